#include <siaga/ui/terminal.h>

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <siaga/base/clock.h>

#include "screen_private.h"

#define ANSWER_MS 1500

/*
 * A character of two bytes and where the cursor is then: in the second column where they were read
 * as one. Then whether mode 2026 is known. Last what every terminal answers, so that nobody has to
 * wait for an answer that does not come.
 */
#define QUESTION "\r\xc3\xa9\033[6n\r\033[K\033[?2026$p\033[c"

struct answers {
	char text[512];
	size_t len;
};

/* The answers so far: true when the last one is there. */
static bool read_answers(const struct answers *got, struct terminal *out) {
	const char *at = got->text;
	while ((at = strstr(at, "\033[")) != NULL) {
		int first = 0, second = 0, used = 0;
		at += 2;
		if (sscanf(at, "%4d;%4dR%n", &first, &second, &used) == 2 && used > 0) {
			out->reads_utf8 = second == 2 ? TERMINAL_YES : TERMINAL_NO;
		}
		used = 0;
		if (sscanf(at, "?%4d;%4d$y%n", &first, &second, &used) == 2 && used > 0 &&
			first == 2026) {
			out->sync = second == 1 || second == 2 ? TERMINAL_YES : TERMINAL_NO;
		}
		if (*at == '?' && at[1 + strspn(at + 1, "0123456789;")] == 'c') {
			/* It answers, and not about what it never heard of. */
			out->sync = out->sync == TERMINAL_SILENT ? TERMINAL_NO : out->sync;
			return true;
		}
	}
	return false;
}

static void listen(int fd, struct terminal *out) {
	int64_t until_ms = clock_mono_ms() + ANSWER_MS, left_ms;
	struct answers got = {.len = 0};
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	while (!read_answers(&got, out) && got.len < sizeof(got.text) - 1 &&
		(left_ms = until_ms - clock_mono_ms()) > 0) {
		int rc = poll(&ready, 1, (int)left_ms);
		ssize_t len =
			rc > 0 ? read(fd, got.text + got.len, sizeof(got.text) - 1 - got.len) : 0;
		if (rc < 0 ? errno != EINTR : len <= 0) {
			break;
		}
		for (ssize_t i = 0; i < len; i++) {
			/* What is typed meanwhile is dropped; a NUL would hide what follows. */
			got.text[got.len] = got.text[got.len] != '\0' ? got.text[got.len] : ' ';
			got.len++;
		}
		got.text[got.len] = '\0';
	}
}

static void ask(int fd, struct terminal *out) {
	struct termios saved, raw;
	if (tcgetpgrp(fd) != getpgrp() || tcgetattr(fd, &saved) != 0) {
		return;
	}
	raw = saved;
	cfmakeraw(&raw);
	if (tcsetattr(fd, TCSADRAIN, &raw) != 0) {
		return;
	}
	out->sync = out->reads_utf8 = TERMINAL_SILENT;
	if (write(fd, QUESTION, sizeof(QUESTION) - 1) == (ssize_t)sizeof(QUESTION) - 1) {
		listen(fd, out);
	}
	/* A late answer would be typed into the shell. */
	(void)tcsetattr(fd, TCSAFLUSH, &saved);
}

void terminal_look(struct terminal *out, struct err *err) {
	struct screen *scr = &screen_self;
	const char *term = getenv("TERM");
	struct winsize size;
	*out = (struct terminal){.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0};
	scr->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	out->there = scr->fd >= 0;
	/* The description can be read without the terminal. */
	out->known = screen_describe(term != NULL ? term : "", err);
	out->colours = out->known ? scr->can.colours : 0;
	if (out->there) {
		if (ioctl(scr->fd, TIOCGWINSZ, &size) == 0) {
			out->cols = size.ws_col;
			out->rows = size.ws_row;
		}
		if (out->known && scr->can.modern) {
			ask(scr->fd, out);
		}
		(void)close(scr->fd);
	}
	screen_forget();
	scr->fd = -1;
}
