/*
 * The port. The library would take in whoever comes for as long as somebody comes, and nobody who
 * is inside would be heard meanwhile; here a few are taken in, and then those inside have the time:
 * where a hundred consoles come back at once, an alarm does not wait for all of their handshakes.
 */
#include "private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AT_ONCE  2   /* are taken in; a handshake takes a fifth of a millisecond ... */
#define LOOKS    16  /* ... of so many, where others are sent away at the door */
#define PAUSE_MS 1   /* then */
#define AGAIN_MS 100 /* after there were no files left for another */

union any_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool read_address(
	union any_address *out, socklen_t *len, const char *address, uint16_t port) {
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, address, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
		*len = sizeof(out->v4);
		return true;
	}
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons(port);
	*len = sizeof(out->v6);
	return inet_pton(AF_INET6, address, &out->v6.sin6_addr) == 1;
}

static uint16_t port_of(int fd) {
	union any_address at = {0};
	socklen_t len = sizeof(at);
	if (getsockname(fd, &at.any, &len) != 0) {
		return 0;
	}
	return ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
}

static bool enter(struct server *server, int fd) {
	int one = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (!doors_may_enter(server, fd)) {
		close(fd);
		return false;
	}
	/* Where that fails it has closed it. */
	return lws_adopt_socket_vhost(server->vhost, fd) != NULL;
}

static void close_for(struct server *server, int ms) {
	loop_unwatch_fd(server->loop, server->listen_fd);
	loop_timer_set(server->listen_again, ms);
}

static void on_knock(void *data, int fd, uint32_t events) {
	struct server *server = data;
	int entered = 0;
	UNUSED(events);
	for (int i = 0; i < LOOKS && entered < AT_ONCE; i++) {
		int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (peer >= 0) {
			entered += enter(server, peer);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			close_for(server, AGAIN_MS);
			return;
		}
		if (errno != ECONNABORTED && errno != EINTR) {
			return;
		}
	}
	close_for(server, PAUSE_MS);
}

static void on_again(void *data) {
	struct server *server = data;
	if (!loop_watch_fd(server->loop, server->listen_fd, on_knock, server, NULL)) {
		loop_timer_set(server->listen_again, AGAIN_MS);
	}
}

bool server_listen(struct server *server, struct err *err) {
	union any_address at;
	socklen_t len;
	int one = 1;
	const char *address = server->address;
	unsigned port = server->cfg.port;
	if (!read_address(&at, &len, address, server->cfg.port)) {
		return err_set(err, "%s: not a numeric address", address);
	}
	int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return err_set(err, "%s port %u: %s", address, port, strerror(errno));
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &at.any, len) != 0 || listen(fd, SOMAXCONN) != 0) {
		close(fd);
		return err_set(err, "%s port %u: in use, or not ours to take", address, port);
	}
	server->listen_fd = fd;
	server->port = port_of(fd);
	server->listen_again = loop_timer_create(server->loop, on_again, server);
	return loop_watch_fd(server->loop, fd, on_knock, server, err);
}

void server_listen_no_more(struct server *server) {
	if (server->listen_fd < 0) {
		return;
	}
	loop_unwatch_fd(server->loop, server->listen_fd);
	loop_timer_destroy(server->listen_again);
	close(server->listen_fd);
	server->listen_fd = -1;
}
