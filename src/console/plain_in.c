#include "plain_in.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <siaga/base/err.h>
#include <siaga/base/text.h>

#define READ_MAX 65536

static void on_event(void *data, int fd, uint32_t events) {
	struct plain_in *in = data;
	UNUSED(fd);
	UNUSED(events);
	in->on_ready(in->data);
}

void plain_in_init(
	struct plain_in *in, struct loop *loop, void (*on_ready)(void *data), void *data) {
	memset(in, 0, sizeof(*in));
	in->loop = loop;
	in->on_ready = on_ready;
	in->data = data;
	in->tty = isatty(STDIN_FILENO) != 0;
	in->polled = true;
}

void plain_in_finish(struct plain_in *in) {
	if (in->loop != NULL) {
		plain_in_rest(in);
		buf_finish(&in->read);
		memset(in, 0, sizeof(*in));
	}
}

void plain_in_watch(struct plain_in *in) {
	if (in->polled && !in->watched && !in->ended) {
		in->watched = loop_watch_fd(in->loop, STDIN_FILENO, on_event, in, &(struct err){0});
		in->polled = in->watched;
	}
	if (!in->polled) {
		in->on_ready(in->data);
	}
}

void plain_in_rest(struct plain_in *in) {
	if (in->watched) {
		loop_unwatch_fd(in->loop, STDIN_FILENO);
		in->watched = false;
	}
}

/* Reads what is there without waiting; false when there is nothing. */
static bool read_more(struct plain_in *in) {
	struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
	if (in->ended || (in->polled && poll(&ready, 1, 0) <= 0)) {
		return false;
	}
	buf_reserve(&in->read, READ_MAX);
	ssize_t n = read(STDIN_FILENO, in->read.data + in->read.len, READ_MAX - 1);
	if (n > 0) {
		in->read.len += (size_t)n;
		in->read.data[in->read.len] = '\0';
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		in->ended = true;
	}
	return n > 0;
}

/* False when it becomes longer than a line may be: a byte that is no text becomes three. */
static bool clean(char line[PLAIN_LINE_SIZE], const char *raw, size_t len) {
	char whole[3 * PLAIN_LINE_SIZE];
	len -= len > 0 && raw[len - 1] == '\r';
	size_t got = text_clean(whole, sizeof(whole), raw, len);
	text_copy(line, PLAIN_LINE_SIZE, whole);
	return got < PLAIN_LINE_SIZE;
}

enum plain_got plain_in_take(struct plain_in *in, char line[PLAIN_LINE_SIZE]) {
	for (;;) {
		struct buf *read = &in->read;
		char *end = read->len > 0 ? memchr(read->data, '\n', read->len) : NULL;
		if (end != NULL) {
			size_t len = (size_t)(end - read->data);
			bool fits = !in->skipping && len < PLAIN_LINE_SIZE &&
				    clean(line, read->data, len);
			in->skipping = false;
			buf_drop_front(read, len + 1);
			return fits ? PLAIN_GOT_LINE : PLAIN_GOT_TOO_LONG;
		}
		if (read->len >= PLAIN_LINE_SIZE) {
			in->skipping = true;
			buf_clear(read);
		}
		if (!read_more(in)) {
			return in->ended ? PLAIN_GOT_END : PLAIN_GOT_NOTHING;
		}
	}
}

bool plain_in_is_cut(const struct plain_in *in) {
	return in->ended && (in->read.len > 0 || in->skipping);
}
