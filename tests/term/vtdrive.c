/*
 * Runs a program on a terminal of its own and tells what it shows. Requests are lines on standard
 * input, words apart by tabs; each is answered by one line of JSON on standard output:
 *
 *   answer HEX                     before spawn: what to answer when asked for mode 2026
 *   spawn COLS ROWS TERM ARGV...   once, before all else
 *   keys HEX                       types these bytes
 *   react MS HEX TEXT              types them: microseconds to the first byte and to the text
 *   wait MS TEXT, waitgone MS TEXT until a row of the screen holds the text, or no row does
 *   dump                           the rows as text
 *   attrs ROW                      runs of equal attributes: column, length, bold, reverse, fg, bg
 *   bytes, bell, frames, raw       what came since the last such request: counts, or the bytes;
 *                                  a frame is what comes after a moment of silence
 *   resize COLS ROWS
 *   state                          termios as before the spawn?, alternate screen, cursor, mouse
 *   pid, kill SIGNAL, hangup, exited MS
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <vterm.h>

#define WORDS_MAX 64
#define CELL_MAX  (VTERM_MAX_CHARS_PER_CELL * 4 + 1)

struct drive {
	VTerm *term;
	VTermScreen *screen;
	int cols, rows;
	int master, slave; /* The slave stays open here so that the end of the program is no end of
			      file. */
	int pidfd;
	pid_t pid;
	bool ended;
	int status;
	struct termios before;
	bool altscreen, cursor;
	int mouse;
	long bytes, bells, frames;
	int64_t first_us; /* when something came first since it was set to 0 */
	int64_t last_us;  /* when something came last */
	char *raw;
	size_t raw_len, raw_size;
	const char *answer; /* to the question for mode 2026, in hex; NULL: libvterm's own */
	char answer_hex[256];
};

/* --- the terminal --- */

/* libvterm dies of a wide character where there is one column only: it keeps a second one. */
static int term_cols(int cols) {
	return cols < 2 ? 2 : cols;
}

static int on_prop(VTermProp prop, VTermValue *value, void *data) {
	struct drive *d = data;
	if (prop == VTERM_PROP_ALTSCREEN) {
		d->altscreen = value->boolean;
	} else if (prop == VTERM_PROP_CURSORVISIBLE) {
		d->cursor = value->boolean;
	} else if (prop == VTERM_PROP_MOUSE) {
		d->mouse = value->number;
	}
	return 1;
}

static int on_bell(void *data) {
	struct drive *d = data;
	d->bells++;
	return 1;
}

static int64_t now_us(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Answers of the terminal to what the program asks it. */
static void send_answers(struct drive *d) {
	char answer[256];
	size_t len;
	while ((len = vterm_output_read(d->term, answer, sizeof(answer))) > 0) {
		if (d->master >= 0 && write(d->master, answer, len) < 0) {
			return;
		}
	}
}

static void keep_raw(struct drive *d, const char *bytes, size_t len) {
	if (d->raw_len + len > d->raw_size) {
		d->raw_size = 2 * (d->raw_len + len);
		d->raw = realloc(d->raw, d->raw_size);
		if (d->raw == NULL) {
			abort();
		}
	}
	memcpy(d->raw + d->raw_len, bytes, len);
	d->raw_len += len;
}

#define FRAME_GAP_US 4000 /* between two frames; the parts of one come closer together */

#define QUIET_MS     40   /* nothing for so long: a frame is whole */
#define SETTLE_MS    1000 /* a screen that never rests is answered as it is */

static void type_keys(struct drive *d, const char *hex);

/* Answers the question itself, and keeps it from libvterm; the bytes that are left. */
static size_t answer_question(struct drive *d, char *bytes, size_t len) {
	static const char question[] = "\033[?2026$p";
	const size_t size = sizeof(question) - 1;
	char *found = d->answer != NULL ? memmem(bytes, len, question, size) : NULL;
	if (found == NULL) {
		return len;
	}
	memmove(found, found + size, len - size - (size_t)(found - bytes));
	type_keys(d, d->answer);
	return len - size;
}

/* Takes what the program wrote; false when nothing was waiting. */
static bool take_output(struct drive *d) {
	char bytes[65536];
	ssize_t len = d->master >= 0 ? read(d->master, bytes, sizeof(bytes)) : -1;
	if (len <= 0) {
		return false;
	}
	d->bytes += len;
	d->first_us = d->first_us == 0 ? now_us() : d->first_us;
	keep_raw(d, bytes, (size_t)len);
	d->frames += now_us() - d->last_us > FRAME_GAP_US;
	d->last_us = now_us();
	vterm_input_write(d->term, bytes, answer_question(d, bytes, (size_t)len));
	vterm_screen_flush_damage(d->screen);
	send_answers(d);
	return true;
}

static void take_all_output(struct drive *d) {
	while (take_output(d)) {
	}
}

static int64_t now_ms(void) {
	return now_us() / 1000;
}

/* Waits for output or the program's end, at most until the time; false when that has passed. */
static bool wait_change(struct drive *d, int64_t until_ms) {
	int64_t left = until_ms - now_ms();
	struct pollfd fds[] = {
		{.fd = d->master, .events = POLLIN},
		{.fd = d->ended ? -1 : d->pidfd, .events = POLLIN},
	};
	if (left <= 0 || poll(fds, 2, (int)left) == 0) {
		return false;
	}
	take_all_output(d);
	if (!d->ended && waitpid(d->pid, &d->status, WNOHANG) == d->pid) {
		d->ended = true;
		take_all_output(d);
	}
	return true;
}

/* --- what it shows --- */

static size_t put_utf8(char *out, uint32_t code) {
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* One row as text without the blanks at its end; the caller frees it. */
static char *row_text(const struct drive *d, int row) {
	char *text = malloc((size_t)d->cols * CELL_MAX + 1);
	size_t len = 0, end = 0;
	if (text == NULL) {
		abort();
	}
	for (int col = 0; col < d->cols; col++) {
		VTermScreenCell cell;
		vterm_screen_get_cell(d->screen, (VTermPos){.row = row, .col = col}, &cell);
		if (cell.chars[0] == (uint32_t)-1) {
			continue; /* The right half of a wide character. */
		}
		if (cell.chars[0] == 0) {
			text[len++] = ' ';
			continue;
		}
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
			len += put_utf8(text + len, cell.chars[i]);
		}
		end = cell.chars[0] == ' ' ? end : len;
	}
	text[end] = '\0';
	return text;
}

static bool shows(const struct drive *d, const char *text) {
	bool found = false;
	for (int row = 0; row < d->rows && !found; row++) {
		char *line = row_text(d, row);
		found = strstr(line, text) != NULL;
		free(line);
	}
	return found;
}

static void put_json(const char *text) {
	putchar('"');
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '"' || c == '\\') {
			printf("\\%c", c);
		} else if (c < 0x20 || c == 0x7f) {
			printf("\\u%04x", c);
		} else {
			putchar(c);
		}
	}
	putchar('"');
}

static void put_rows(const struct drive *d) {
	printf("\"rows\":[");
	for (int row = 0; row < d->rows; row++) {
		char *line = row_text(d, row);
		printf("%s", row > 0 ? "," : "");
		put_json(line);
		free(line);
	}
	printf("]");
}

static void put_color(const char *name, const VTermColor *color, bool is_default) {
	printf(",\"%s\":", name);
	if (is_default) {
		printf("null");
	} else if (VTERM_COLOR_IS_INDEXED(color)) {
		printf("%d", color->indexed.idx);
	} else {
		printf("\"#%02x%02x%02x\"", color->rgb.red, color->rgb.green, color->rgb.blue);
	}
}

static bool same_look(const VTermScreenCell *a, const VTermScreenCell *b) {
	return a->attrs.bold == b->attrs.bold && a->attrs.reverse == b->attrs.reverse &&
	       a->attrs.blink == b->attrs.blink && a->attrs.underline == b->attrs.underline &&
	       vterm_color_is_equal(&a->fg, &b->fg) && vterm_color_is_equal(&a->bg, &b->bg);
}

static void answer_attrs(const struct drive *d, int row) {
	VTermScreenCell first, cell;
	printf("{\"runs\":[");
	for (int col = 0, next; col < d->cols; col = next) {
		vterm_screen_get_cell(d->screen, (VTermPos){.row = row, .col = col}, &first);
		for (next = col + 1; next < d->cols; next++) {
			vterm_screen_get_cell(
				d->screen, (VTermPos){.row = row, .col = next}, &cell);
			if (!same_look(&first, &cell)) {
				break;
			}
		}
		printf("%s{\"col\":%d,\"len\":%d,\"bold\":%d,\"reverse\":%d,\"blink\":%d,"
		       "\"underline\":%d",
			col > 0 ? "," : "", col, next - col, (int)first.attrs.bold,
			(int)first.attrs.reverse, (int)first.attrs.blink,
			(int)first.attrs.underline);
		put_color("fg", &first.fg, VTERM_COLOR_IS_DEFAULT_FG(&first.fg));
		put_color("bg", &first.bg, VTERM_COLOR_IS_DEFAULT_BG(&first.bg));
		printf("}");
	}
	printf("]}");
}

static void answer_raw(struct drive *d) {
	printf("{\"hex\":\"");
	for (size_t i = 0; i < d->raw_len; i++) {
		printf("%02x", (unsigned char)d->raw[i]);
	}
	printf("\"}");
	d->raw_len = 0;
}

static void answer_state(const struct drive *d) {
	struct termios now;
	bool same = d->master >= 0 && tcgetattr(d->slave, &now) == 0 &&
		    now.c_iflag == d->before.c_iflag && now.c_oflag == d->before.c_oflag &&
		    now.c_cflag == d->before.c_cflag && now.c_lflag == d->before.c_lflag &&
		    memcmp(now.c_cc, d->before.c_cc, sizeof(now.c_cc)) == 0;
	printf("{\"termios\":%s,\"altscreen\":%s,\"cursor\":%s,\"mouse\":%d}",
		same ? "true" : "false", d->altscreen ? "true" : "false",
		d->cursor ? "true" : "false", d->mouse);
}

/* --- what it is told --- */

static void answer_wait(struct drive *d, const char *ms, const char *text, bool gone) {
	int64_t until = now_ms() + strtol(ms, NULL, 10);
	bool ok;
	take_all_output(d);
	while (!(ok = shows(d, text) != gone) && wait_change(d, until)) {
	}
	/* A frame may come in pieces: what is answered is the screen at rest, not half a frame. */
	int64_t settle = now_ms() + SETTLE_MS;
	while (ok && !d->ended && now_ms() < settle && wait_change(d, now_ms() + QUIET_MS)) {
	}
	printf("{\"ok\":%s,", ok ? "true" : "false");
	put_rows(d);
	printf("}");
}

static void answer_exited(struct drive *d, const char *ms) {
	int64_t until = now_ms() + strtol(ms, NULL, 10);
	if (!d->ended && waitpid(d->pid, &d->status, WNOHANG) == d->pid) {
		d->ended = true;
	}
	while (!d->ended && wait_change(d, until)) {
	}
	take_all_output(d);
	printf("{\"ok\":%s,\"status\":", d->ended ? "true" : "false");
	if (d->ended && WIFEXITED(d->status)) {
		printf("%d", WEXITSTATUS(d->status));
	} else {
		printf("null");
	}
	printf(",\"signal\":");
	if (d->ended && WIFSIGNALED(d->status)) {
		printf("%d}", WTERMSIG(d->status));
	} else {
		printf("null}");
	}
}

/* 0 by 0 is a terminal that knows no size, and then it has the usual one. */
static void set_size(struct drive *d, int cols, int rows) {
	struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};
	ioctl(d->master, TIOCSWINSZ, &size);
	d->cols = cols > 0 ? cols : 80;
	d->rows = rows > 0 ? rows : 24;
}

static void type_keys(struct drive *d, const char *hex) {
	while (hex[0] != '\0' && hex[1] != '\0') {
		char byte[1024];
		size_t len = 0;
		for (; len < sizeof(byte) && hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
			char digits[] = {hex[0], hex[1], '\0'};
			byte[len++] = (char)strtoul(digits, NULL, 16);
		}
		for (size_t done = 0; done < len;) {
			ssize_t wrote = write(d->master, byte + done, len - done);
			if (wrote > 0) {
				done += (size_t)wrote;
			} else if (errno != EAGAIN || !wait_change(d, now_ms() + 5000)) {
				return;
			}
		}
	}
}

static void run_child(const struct drive *d, char **argv) {
	setsid();
	ioctl(d->slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++) {
		dup2(d->slave, fd);
	}
	close(d->slave);
	close(d->master);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* How long the program takes: to say anything at all, and until the screen shows the answer. */
static void answer_react(struct drive *d, const char *ms, const char *hex, const char *text) {
	int64_t until = now_ms() + strtol(ms, NULL, 10), start = now_us();
	bool ok;
	d->first_us = 0;
	type_keys(d, hex);
	while (!(ok = shows(d, text)) && wait_change(d, until)) {
	}
	printf("{\"ok\":%s,\"first_us\":%lld,\"shown_us\":%lld,", ok ? "true" : "false",
		(long long)(d->first_us == 0 ? -1 : d->first_us - start),
		(long long)(now_us() - start));
	put_rows(d);
	printf("}");
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_prop, .bell = on_bell};

static const char *spawn(struct drive *d, int cols, int rows, char **argv) {
	d->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (d->master < 0 || grantpt(d->master) != 0 || unlockpt(d->master) != 0) {
		return "no terminal";
	}
	d->slave = open(ptsname(d->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (d->slave < 0 || tcgetattr(d->slave, &d->before) != 0) {
		return "no terminal";
	}
	set_size(d, cols, rows);
	d->term = vterm_new(d->rows, term_cols(d->cols));
	vterm_set_utf8(d->term, 1);
	d->screen = vterm_obtain_screen(d->term);
	vterm_screen_set_callbacks(d->screen, &callbacks, d);
	vterm_screen_enable_altscreen(d->screen, 1);
	vterm_screen_reset(d->screen, 1);
	d->altscreen = false;
	d->cursor = true;
	d->pid = fork();
	if (d->pid == 0) {
		run_child(d, argv);
	}
	d->pidfd = d->pid > 0 ? pidfd_open(d->pid, 0) : -1;
	fcntl(d->master, F_SETFL, O_NONBLOCK);
	return d->pidfd < 0 ? "no child" : NULL;
}

static const char *obey_spawned(struct drive *d, char **words, int len) {
	const char *verb = words[0], *first = len > 1 ? words[1] : "0",
		   *second = len > 2 ? words[2] : "0";
	take_all_output(d);
	if (strcmp(verb, "keys") == 0) {
		type_keys(d, first);
	} else if (strcmp(verb, "react") == 0 && len > 3) {
		answer_react(d, first, second, words[3]);
		return NULL;
	} else if (strcmp(verb, "wait") == 0 || strcmp(verb, "waitgone") == 0) {
		answer_wait(d, first, second, verb[4] != '\0');
		return NULL;
	} else if (strcmp(verb, "dump") == 0) {
		printf("{");
		put_rows(d);
		printf("}");
		return NULL;
	} else if (strcmp(verb, "attrs") == 0) {
		answer_attrs(d, (int)strtol(first, NULL, 10));
		return NULL;
	} else if (strcmp(verb, "bytes") == 0 || strcmp(verb, "bell") == 0 ||
		   strcmp(verb, "frames") == 0) {
		long *count = verb[0] == 'f' ? &d->frames : verb[1] == 'y' ? &d->bytes : &d->bells;
		printf("{\"count\":%ld}", *count);
		*count = 0;
		return NULL;
	} else if (strcmp(verb, "raw") == 0) {
		answer_raw(d);
		return NULL;
	} else if (strcmp(verb, "state") == 0) {
		answer_state(d);
		return NULL;
	} else if (strcmp(verb, "pid") == 0) {
		printf("{\"pid\":%d}", (int)d->pid);
		return NULL;
	} else if (strcmp(verb, "exited") == 0) {
		answer_exited(d, first);
		return NULL;
	} else if (strcmp(verb, "resize") == 0) {
		set_size(d, (int)strtol(first, NULL, 10), (int)strtol(second, NULL, 10));
		vterm_set_size(d->term, d->rows, term_cols(d->cols));
	} else if (strcmp(verb, "kill") == 0) {
		kill(d->pid, (int)strtol(first, NULL, 10));
	} else if (strcmp(verb, "hangup") == 0) {
		close(d->slave);
		close(d->master);
		d->slave = d->master = -1;
	} else {
		return "unknown request";
	}
	printf("{}");
	return NULL;
}

static const char *obey(struct drive *d, char **words, int len) {
	if (strcmp(words[0], "answer") == 0 && d->pid == 0) {
		snprintf(d->answer_hex, sizeof(d->answer_hex), "%s", len > 1 ? words[1] : "");
		d->answer = d->answer_hex;
		printf("{}");
		return NULL;
	}
	if (strcmp(words[0], "spawn") != 0) {
		return d->pid > 0 ? obey_spawned(d, words, len) : "spawn first";
	}
	if (len < 5 || d->pid > 0) {
		return "spawn COLS ROWS TERM ARGV, once";
	}
	setenv("TERM", words[3], 1);
	const char *wrong = spawn(
		d, (int)strtol(words[1], NULL, 10), (int)strtol(words[2], NULL, 10), words + 4);
	if (wrong == NULL) {
		printf("{}");
	}
	return wrong;
}

static void obey_line(struct drive *d, char *line) {
	char *words[WORDS_MAX + 1];
	int len = 0;
	for (char *word = strsep(&line, "\t"); word != NULL && len < WORDS_MAX;
		word = strsep(&line, "\t")) {
		words[len++] = word;
	}
	words[len] = NULL;
	const char *wrong = obey(d, words, len);
	if (wrong != NULL) {
		printf("{\"error\":");
		put_json(wrong);
		printf("}");
	}
	putchar('\n');
	fflush(stdout);
}

/* Between two requests the program has to go on: nobody reading its output would stop it. */
static bool wait_request(struct drive *d) {
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = d->pid > 0 ? d->master : -1, .events = POLLIN},
	};
	while (poll(fds, 2, -1) >= 0) {
		if (fds[1].revents != 0) {
			take_all_output(d);
		}
		if (fds[0].revents != 0) {
			return true;
		}
	}
	return false;
}

int main(void) {
	struct drive d = {.master = -1, .slave = -1, .pidfd = -1, .cursor = true};
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	signal(SIGPIPE, SIG_IGN);
	/* Requests come one at a time, each after the answer to the one before: nothing hides in
	 * stdio. */
	while (wait_request(&d) && (len = getline(&line, &size, stdin)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		obey_line(&d, line);
	}
	if (d.pid > 0 && !d.ended) {
		kill(d.pid, SIGKILL);
		waitpid(d.pid, NULL, 0);
	}
	if (d.term != NULL) {
		vterm_free(d.term);
	}
	free(d.raw);
	free(line);
	return 0;
}
