#include "plain_out.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/err.h>

#define RETRY_MS  20
#define ASKED_MAX 512 /* bytes that whoever says that it is ready does take */

static void on_event(void *data, int fd, uint32_t events);

static void lose(struct plain_out *out, int error) {
	out->error = error;
	loop_unwatch_fd(out->loop, out->fd);
	buf_clear(&out->waiting);
	out->on_change(out->data);
}

/* The reader of a pipe has left: that is known without writing. */
static void on_event(void *data, int fd, uint32_t events) {
	UNUSED(fd);
	UNUSED(events);
	lose(data, EPIPE);
}

/* Not to block is a property of the open file, and others may have the same one open: the shell on
 * the terminal. So it is opened once more. */
static bool open_own(struct plain_out *out) {
	int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0) {
		out->fd = fd;
		out->way = PLAIN_OUT_OWN;
	}
	return fd >= 0;
}

void plain_out_init(
	struct plain_out *out, struct loop *loop, void (*on_change)(void *data), void *data) {
	struct stat st;
	memset(out, 0, sizeof(*out));
	out->loop = loop;
	out->on_change = on_change;
	out->data = data;
	out->fd = STDOUT_FILENO;
	out->way = PLAIN_OUT_ASKED;
	out->tty = isatty(STDOUT_FILENO) != 0;
	/* Where bytes above 127 are characters by themselves, some are controls of the terminal. */
	out->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode)) {
		out->way = PLAIN_OUT_FILE;
	} else if (S_ISSOCK(st.st_mode)) {
		out->way = PLAIN_OUT_SOCKET;
	} else if (open_own(out) && S_ISFIFO(st.st_mode)) {
		loop_watch_fd(loop, out->fd, on_event, out, &(struct err){0});
	}
}

void plain_out_finish(struct plain_out *out) {
	if (out->loop == NULL) {
		return;
	}
	loop_unwatch_fd(out->loop, out->fd);
	loop_timer_destroy(out->retry);
	buf_finish(&out->waiting);
	if (out->way == PLAIN_OUT_OWN) {
		close(out->fd);
	}
	memset(out, 0, sizeof(*out));
}

static ssize_t put(struct plain_out *out, const char *data, size_t len) {
	struct pollfd ready = {.fd = out->fd, .events = POLLOUT};
	if (out->way == PLAIN_OUT_SOCKET) {
		return send(out->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	if (out->way == PLAIN_OUT_ASKED) {
		if (poll(&ready, 1, 0) == 0) {
			errno = EAGAIN;
			return -1;
		}
		len = len < ASKED_MAX ? len : ASKED_MAX;
	}
	return write(out->fd, data, len);
}

/* Writes what is taken now; false when something is left. */
static bool drain(struct plain_out *out) {
	size_t done = 0;
	int error = 0;
	while (done < out->waiting.len && error == 0) {
		ssize_t n = put(out, out->waiting.data + done, out->waiting.len - done);
		if (n >= 0) {
			done += (size_t)n;
		} else if (errno != EINTR) {
			error = errno;
		}
	}
	buf_drop_front(&out->waiting, done);
	if (error != 0 && error != EAGAIN && error != EWOULDBLOCK) {
		lose(out, error);
		return true;
	}
	return out->waiting.len == 0;
}

static void on_retry(void *data) {
	struct plain_out *out = data;
	if (!drain(out)) {
		loop_timer_set(out->retry, RETRY_MS);
	}
	if (out->full && out->waiting.len < PLAIN_WAITING_MAX / 4) {
		out->full = false;
		out->on_change(out->data);
	}
}

static void want_retry(struct plain_out *out) {
	out->full = out->full || out->waiting.len > PLAIN_WAITING_MAX;
	if (out->retry == NULL) {
		out->retry = loop_timer_create(out->loop, on_retry, out);
	}
	loop_timer_set(out->retry, RETRY_MS);
}

static void add(struct plain_out *out, const char *data, size_t len) {
	bool begun = out->waiting.len > 0;
	if (out->error != 0 || len == 0) {
		return;
	}
	for (size_t i = 0; i < len && out->ascii; i++) {
		unsigned char byte = (unsigned char)data[i];
		/* One mark for each character: its later bytes are left out. */
		if ((byte & 0xc0) != 0x80) {
			buf_add(&out->waiting, byte < 0x80 ? &data[i] : "?", 1);
		}
	}
	if (!out->ascii) {
		buf_add(&out->waiting, data, len);
	}
	if (begun || !drain(out)) {
		want_retry(out);
	}
}

void plain_out_add(struct plain_out *out, const struct buf *lines) {
	add(out, lines->data, lines->len);
}

void plain_out_bell(struct plain_out *out) {
	if (out->tty) {
		add(out, "\a", 1);
	}
}

bool plain_out_flush(struct plain_out *out, int64_t wait_ms) {
	int64_t until_ms = clock_mono_ms() + wait_ms;
	while (out->error == 0 && !drain(out)) {
		struct pollfd ready = {.fd = out->fd, .events = POLLOUT};
		int64_t left_ms = until_ms - clock_mono_ms();
		if (left_ms <= 0) {
			return false;
		}
		if (poll(&ready, 1, (int)left_ms) < 0 && errno != EINTR) {
			return false;
		}
	}
	return out->error == 0;
}
