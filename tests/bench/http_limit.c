/*
 * An intake that does nothing with what it gets: every POST is answered with 201, and nothing of it
 * is looked at or kept.
 *
 *     http_limit PORT FILE
 *
 * Before the answers of a turn of the loop go out, a page of FILE is written over and synced, one
 * for all of them. libwebsockets with its own loop, one thread. Ends by a signal.
 */
#include <fcntl.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

#define PAGE       4096
#define FILE_BYTES (16 << 20)
#define LINKS_MAX  1024

static const char answer[] =
	"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 124\r\n"
	"cache-control: no-store\r\n\r\n"
	"{\"alarm\":\"00000000-0000-4000-8000-000000000000\",\"incident\":"
	"\"00000000-0000-4000-8000-000000000000\",\"number\":100000,\"again\":0}";

/* Those whose request is whole and that wait for the end of the turn. */
static struct lws *waiting[LINKS_MAX];
static size_t waiting_len;
static int fd = -1;
static char bytes[FILE_BYTES];

static int say(struct lws *wsi) {
	static unsigned char out[LWS_PRE + sizeof(answer)];
	const size_t len = sizeof(answer) - 1;
	memcpy(out + LWS_PRE, answer, len);
	if (lws_write(wsi, out + LWS_PRE, len, LWS_WRITE_HTTP_FINAL) != (int)len) {
		return -1;
	}
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static void forget(const struct lws *wsi) {
	for (size_t i = 0; i < waiting_len; i++) {
		if (waiting[i] == wsi) {
			waiting[i] = waiting[--waiting_len];
		}
	}
}

static int on_http(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
	(void)user;
	(void)in;
	(void)len;
	switch ((int)why) {
	case LWS_CALLBACK_HTTP:
	case LWS_CALLBACK_HTTP_BODY: return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (waiting_len == LINKS_MAX) {
			return -1;
		}
		waiting[waiting_len++] = wsi;
		return 0;
	case LWS_CALLBACK_CLOSED_HTTP: forget(wsi); return 0;
	default: return 0;
	}
}

static void open_file(const char *path) {
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	memset(bytes, 'x', sizeof(bytes));
	if (fd < 0 || write(fd, bytes, sizeof(bytes)) != sizeof(bytes) || fsync(fd) != 0) {
		load_die(path);
	}
}

static void end_turn(void) {
	static off_t at;
	if (waiting_len == 0) {
		return;
	}
	if (pwrite(fd, bytes, PAGE, at) != PAGE || fdatasync(fd) != 0) {
		load_die("the page");
	}
	at = (at + PAGE) % FILE_BYTES;
	for (size_t i = 0; i < waiting_len; i++) {
		if (say(waiting[i]) != 0) {
			lws_set_timeout(waiting[i], PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		}
	}
	waiting_len = 0;
}

int main(int argc, char **argv) {
	static const struct lws_protocols protocols[] = {
		{.name = "http", .callback = on_http}, {.name = NULL}};
	struct lws_context_creation_info info = {.protocols = protocols,
		.iface = "127.0.0.1",
		.pt_serv_buf_size = 16384,
		.keepalive_timeout = 60};
	if (argc != 3) {
		fputs("http_limit PORT FILE\n", stderr);
		return 2;
	}
	lws_set_log_level(LLL_ERR, NULL);
	info.port = atoi(argv[1]);
	open_file(argv[2]);
	struct lws_context *cx = lws_create_context(&info);
	if (cx == NULL) {
		load_die("no context");
	}
	while (lws_service(cx, 0) >= 0) {
		end_turn();
	}
	load_die("the loop has ended");
	return 1;
}
