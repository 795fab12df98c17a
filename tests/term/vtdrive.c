/*
 * Drives a program on a terminal for tests: reads one command a line, its fields parted by tabs, and
 * answers each with one line of JSON. `ok` is false for a wait that ran into its deadline; then the
 * screen comes along.
 *
 *   spawn COLS ROWS TERM ARGV...   starts a program; what ran before is killed
 *   keys HEX                       types these bytes
 *   wait TEXT MS, waitgone TEXT MS until the screen holds the text, or no longer
 *   settle QUIET_MS MS             until nothing was written for QUIET_MS
 *   dump, attrs, raw               rows of text; runs of attributes; bytes written since the last raw
 *   bytes, bell                    how many since it was last asked
 *   state                          alternate screen, cursor, modes left behind, running or not
 *   resize COLS ROWS, kill SIGNAL, hangup
 *   exited MS                      until it ended: its exit status or the signal
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vt.h"

#define LINE_MAX_BYTES 65536
#define FIELDS_MAX     64
#define FOREVER_MS     3600000

struct request {
	char *fields[FIELDS_MAX + 1]; /* NULL ends */
	int len;
};

static const char *field(const struct request *req, int index) {
	return index < req->len ? req->fields[index] : "";
}

static long number(const struct request *req, int index) {
	return strtol(field(req, index), NULL, 10);
}

/* --- answers --- */

static void put_string(const char *text) {
	putchar('"');
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\') {
			printf("\\%c", *c);
		} else if (*c < 0x20 || *c == 0x7f) {
			printf("\\u%04x", *c);
		} else {
			putchar(*c);
		}
	}
	putchar('"');
}

static void put_rows(const struct vt *vt) {
	printf("\"rows\":[");
	for (int row = 0; row < vt->rows && vt->term != NULL; row++) {
		printf("%s", row > 0 ? "," : "");
		put_string(vt_row(vt, row));
	}
	putchar(']');
}

static void answer(bool ok) {
	printf("{\"ok\":%s}\n", ok ? "true" : "false");
}

static void answer_error(const char *text) {
	printf("{\"ok\":false,\"error\":");
	put_string(text);
	printf("}\n");
}

/* A wait that failed says what there was instead. */
static void answer_wait(const struct vt *vt, bool ok) {
	printf("{\"ok\":%s", ok ? "true" : "false");
	if (!ok) {
		printf(",\"ended\":%s,", vt->ended ? "true" : "false");
		put_rows(vt);
	}
	printf("}\n");
}

static void put_colour(const char *name, const VTermColor *colour) {
	if (VTERM_COLOR_IS_DEFAULT_FG(colour) || VTERM_COLOR_IS_DEFAULT_BG(colour)) {
		printf(",\"%s\":null", name);
	} else if (VTERM_COLOR_IS_INDEXED(colour)) {
		printf(",\"%s\":%d", name, colour->indexed.idx);
	} else {
		printf(",\"%s\":\"#%02x%02x%02x\"", name, colour->rgb.red, colour->rgb.green,
			colour->rgb.blue);
	}
}

static bool same_look(const VTermScreenCell *a, const VTermScreenCell *b) {
	return a->attrs.bold == b->attrs.bold && a->attrs.reverse == b->attrs.reverse &&
	       a->attrs.underline == b->attrs.underline && a->attrs.blink == b->attrs.blink &&
	       vterm_color_is_equal(&a->fg, &b->fg) && vterm_color_is_equal(&a->bg, &b->bg);
}

static void put_run(const VTermScreenCell *look, int col, int len, bool first) {
	printf("%s{\"col\":%d,\"len\":%d", first ? "" : ",", col, len);
	printf(",\"bold\":%s,\"reverse\":%s,\"underline\":%s,\"blink\":%s",
		look->attrs.bold ? "true" : "false", look->attrs.reverse ? "true" : "false",
		look->attrs.underline ? "true" : "false", look->attrs.blink ? "true" : "false");
	put_colour("fg", &look->fg);
	put_colour("bg", &look->bg);
	putchar('}');
}

static void do_attrs(const struct vt *vt) {
	printf("{\"ok\":true,\"attrs\":[");
	for (int row = 0; row < vt->rows; row++) {
		VTermScreenCell look = {0}, cell;
		int start = 0;
		printf("%s[", row > 0 ? "," : "");
		for (int col = 0; col < vt->cols; col++) {
			VTermPos at = {.row = row, .col = col};
			vterm_screen_get_cell(vt->screen, at, &cell);
			if (col > 0 && !same_look(&cell, &look)) {
				put_run(&look, start, col - start, start == 0);
				start = col;
			}
			look = cell;
		}
		put_run(&look, start, vt->cols - start, start == 0);
		putchar(']');
	}
	printf("]}\n");
}

/* --- commands --- */

static void do_spawn(struct vt *vt, const struct request *req) {
	long cols = number(req, 1), rows = number(req, 2);
	if (req->len < 5 || cols < 1 || cols > VT_COLS_MAX || rows < 1 || rows > VT_ROWS_MAX) {
		answer_error("spawn COLS ROWS TERM ARGV...");
	} else if (!vt_spawn(vt, (int)cols, (int)rows, field(req, 3), req->fields + 4)) {
		answer_error(strerror(errno));
	} else {
		printf("{\"ok\":true,\"pid\":%d}\n", (int)vt->pid);
	}
}

static int hex_digit(int c) {
	return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

static void do_keys(struct vt *vt, const struct request *req) {
	const char *hex = field(req, 1);
	char data[LINE_MAX_BYTES / 2];
	size_t len = 0;
	for (; hex_digit((unsigned char)hex[0]) >= 0; hex += 2) {
		int low = hex_digit((unsigned char)hex[1]);
		if (low < 0) {
			break;
		}
		data[len++] = (char)(hex_digit((unsigned char)hex[0]) << 4 | low);
	}
	if (hex[0] != '\0') {
		answer_error("keys HEX");
	} else {
		answer(vt_write(vt, data, len));
	}
}

static void do_wait(struct vt *vt, const struct request *req, bool want) {
	int64_t deadline = vt_now_ms() + number(req, 2);
	vt_pump(vt);
	while (vt_has(vt, field(req, 1)) != want && !vt->ended && vt_now_ms() < deadline) {
		vt_poll(vt, -1, deadline);
		vt_pump(vt);
	}
	answer_wait(vt, vt_has(vt, field(req, 1)) == want);
}

static void do_settle(struct vt *vt, const struct request *req) {
	int64_t start = vt_now_ms(), deadline = start + number(req, 2), last = start;
	int64_t quiet = number(req, 1);
	while (vt_now_ms() < deadline && vt_now_ms() - last < quiet) {
		vt_poll(vt, -1, last + quiet < deadline ? last + quiet : deadline);
		if (vt_pump(vt)) {
			last = vt_now_ms();
		}
	}
	answer_wait(vt, vt_now_ms() - last >= quiet);
}

static void do_exited(struct vt *vt, const struct request *req) {
	int64_t deadline = vt_now_ms() + number(req, 1);
	vt_pump(vt);
	while (!vt->ended && vt_now_ms() < deadline) {
		vt_poll(vt, -1, deadline);
		vt_pump(vt);
	}
	/* What it wrote last may have come between its end and our look at it. */
	vt_pump(vt);
	if (!vt->ended) {
		answer_wait(vt, false);
	} else if (WIFSIGNALED(vt->status)) {
		printf("{\"ok\":true,\"signal\":%d}\n", WTERMSIG(vt->status));
	} else {
		printf("{\"ok\":true,\"exit\":%d}\n", WEXITSTATUS(vt->status));
	}
}

static void do_raw(struct vt *vt) {
	printf("{\"ok\":true,\"hex\":\"");
	for (size_t i = 0; i < vt->raw_len; i++) {
		printf("%02x", (unsigned char)vt->raw[i]);
	}
	printf("\"}\n");
	vt->raw_len = 0;
}

static void do_count(uint64_t *count) {
	printf("{\"ok\":true,\"count\":%llu}\n", (unsigned long long)*count);
	*count = 0;
}

static void do_state(const struct vt *vt) {
	printf("{\"ok\":true,\"altscreen\":%s,\"cursor\":%s,\"running\":%s,\"modes_left\":",
		vt->altscreen ? "true" : "false", vt->cursor_visible ? "true" : "false",
		vt->pid != 0 && !vt->ended ? "true" : "false");
	put_string(vt_modes_left(vt));
	printf("}\n");
}

static void do_resize(struct vt *vt, const struct request *req) {
	long cols = number(req, 1), rows = number(req, 2);
	if (cols < 1 || cols > VT_COLS_MAX || rows < 1 || rows > VT_ROWS_MAX) {
		answer_error("resize COLS ROWS");
	} else {
		answer(vt_resize(vt, (int)cols, (int)rows));
	}
}

static void obey(struct vt *vt, const struct request *req) {
	const char *verb = field(req, 0);
	vt_pump(vt);
	if (strcmp(verb, "spawn") == 0) {
		do_spawn(vt, req);
	} else if (vt->pid == 0) {
		answer_error("nothing runs: spawn first");
	} else if (strcmp(verb, "keys") == 0) {
		do_keys(vt, req);
	} else if (strcmp(verb, "wait") == 0 || strcmp(verb, "waitgone") == 0) {
		do_wait(vt, req, strcmp(verb, "wait") == 0);
	} else if (strcmp(verb, "settle") == 0) {
		do_settle(vt, req);
	} else if (strcmp(verb, "exited") == 0) {
		do_exited(vt, req);
	} else if (strcmp(verb, "dump") == 0) {
		printf("{\"ok\":true,");
		put_rows(vt);
		printf("}\n");
	} else if (strcmp(verb, "attrs") == 0) {
		do_attrs(vt);
	} else if (strcmp(verb, "raw") == 0) {
		do_raw(vt);
	} else if (strcmp(verb, "bytes") == 0) {
		do_count(&vt->bytes);
	} else if (strcmp(verb, "bell") == 0) {
		do_count(&vt->bells);
	} else if (strcmp(verb, "state") == 0) {
		do_state(vt);
	} else if (strcmp(verb, "resize") == 0) {
		do_resize(vt, req);
	} else if (strcmp(verb, "kill") == 0) {
		answer(!vt->ended && kill(vt->pid, (int)number(req, 1)) == 0);
	} else if (strcmp(verb, "hangup") == 0) {
		vt_hangup(vt);
		answer(true);
	} else {
		answer_error("unknown command");
	}
}

/* --- lines --- */

static void obey_line(struct vt *vt, char *line) {
	struct request req = {.len = 0};
	char *rest = line, *word;
	while (req.len < FIELDS_MAX && (word = strsep(&rest, "\t")) != NULL) {
		req.fields[req.len++] = word;
	}
	obey(vt, &req);
	fflush(stdout);
}

/* The program's output is taken all the time, so that it never waits for us. */
static void serve(struct vt *vt) {
	static char line[LINE_MAX_BYTES];
	size_t len = 0;
	while (true) {
		vt_poll(vt, STDIN_FILENO, vt_now_ms() + FOREVER_MS);
		vt_pump(vt);
		struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
		if (poll(&in, 1, 0) <= 0) {
			continue;
		}
		ssize_t n = read(STDIN_FILENO, line + len, sizeof(line) - 1 - len);
		if (n <= 0) {
			return;
		}
		len += (size_t)n;
		for (char *end; (end = memchr(line, '\n', len)) != NULL;) {
			size_t used = (size_t)(end - line) + 1;
			*end = '\0';
			obey_line(vt, line);
			memmove(line, line + used, len - used);
			len -= used;
		}
		if (len == sizeof(line) - 1) {
			answer_error("line too long");
			return;
		}
	}
}

int main(void) {
	struct vt vt;
	if (!vt_init(&vt)) {
		perror("vtdrive");
		return EXIT_FAILURE;
	}
	serve(&vt);
	vt_finish(&vt);
	return EXIT_SUCCESS;
}
