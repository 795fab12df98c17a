#include "private.h"

#include <assert.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SEND_BUFFER     (48 * 1024) /* a stalled reader is noticed after this */
#define USER_TIMEOUT_MS 10000u
#define CLOSE_TOO_BIG   1009
#define LINGER_S        2 /* for one that is told that it is sent away to go by itself */
#define FAREWELL_S      5 /* until it has taken what it is told before that */
#define WRITE_CLOSE     ((enum lws_write_protocol)4) /* its own word for it is not in its headers */

static struct server *server_of(struct lws *wsi) {
	return lws_get_vhost(wsi) != NULL ? lws_vhost_user(lws_get_vhost(wsi)) : NULL;
}

static int admit(struct server *server, struct lws *wsi, struct ws_conn **slot) {
	char path[SERVER_PATH_MAX], bearer[SERVER_HEADER_MAX], key[SERVER_HEADER_MAX];
	char type[SERVER_HEADER_MAX], peer[64];
	struct http_request req;
	void *session = NULL;
	int status = HTTP_STATUS_NOT_FOUND, wait_s = 1;
	server_read_head(wsi, &req, path, bearer, key, type, peer);
	if (server->destroying) {
		status = HTTP_STATUS_SERVICE_UNAVAILABLE;
	} else if (strcmp(path, server->ws_path) == 0) {
		status = server->cfg.ops->on_upgrade(server->cfg.data, &req, &session, &wait_s);
	}
	if (status != 0) {
		server_refuse_upgrade(server, wsi, status, wait_s);
		return 1;
	}
	struct ws_conn *conn = mem_alloc(1, sizeof(*conn));
	conn->server = server;
	conn->wsi = wsi;
	conn->session = session;
	conn->next = server->conns;
	server->conns = conn;
	*slot = conn;
	return 0;
}

static void tune(struct lws *wsi) {
	int fd = lws_get_socket_fd(wsi), one = 1, buffer = SEND_BUFFER, all = INT_MAX;
	unsigned timeout = USER_TIMEOUT_MS;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	/* Else it may take less than there is room for, where the system is set so. */
	setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &all, sizeof(all));
}

static void drop(struct server *server, struct ws_conn **slot) {
	struct ws_conn *conn = *slot;
	if (conn == NULL) {
		return;
	}
	for (struct ws_conn **at = &server->conns; *at != NULL; at = &(*at)->next) {
		if (*at == conn) {
			*at = conn->next;
			break;
		}
	}
	if (!server->destroying) {
		server->cfg.ops->on_close(
			server->cfg.data, conn->session, conn->established ? conn : NULL);
	}
	buf_finish(&conn->in);
	free(conn);
	*slot = NULL;
}

static int receive(struct server *server, struct ws_conn *conn, const char *in, size_t len) {
	struct lws *wsi = conn->wsi;
	alive_heard(conn);
	if (conn->closing || server->destroying) {
		return 0;
	}
	if (lws_is_first_fragment(wsi)) {
		buf_clear(&conn->in);
	}
	if (conn->in.len + len + lws_remaining_packet_payload(wsi) > server->cfg.message_max) {
		lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL, 0);
		return -1;
	}
	buf_add(&conn->in, in, len);
	if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
		server->cfg.ops->on_message(server->cfg.data, conn->session,
			conn->in.data != NULL ? conn->in.data : "", conn->in.len);
	}
	return 0;
}

/* A reason that lws_close_reason() is given when writable is not sent by 4.1.6; a frame is. */
static bool say_close(struct ws_conn *conn) {
	unsigned char frame[LWS_PRE + 2 + sizeof(conn->close_reason)];
	size_t len = strlen(conn->close_reason);
	frame[LWS_PRE] = (unsigned char)(conn->close_code >> 8);
	frame[LWS_PRE + 1] = (unsigned char)(conn->close_code & 255);
	memcpy(frame + LWS_PRE + 2, conn->close_reason, len);
	conn->close_said = true;
	lws_callback_on_writable(conn->wsi);
	return lws_write(conn->wsi, frame + LWS_PRE, 2 + len, WRITE_CLOSE) >= 0;
}

/* A socket that is closed on what comes in takes back what went out and was not read yet, so the
 * other end is the first to close, from when all has gone out. */
static void linger(struct ws_conn *conn) {
	if (!conn->lingers) {
		conn->lingers = true;
		lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LINGER_S);
	}
}

static int writable(struct server *server, struct ws_conn *conn) {
	if (conn->broken || server->destroying) {
		return -1;
	}
	if (conn->close_said) {
		linger(conn);
		return 0;
	}
	if (alive_ping(conn)) {
		lws_callback_on_writable(conn->wsi);
		return conn->broken ? -1 : 0;
	}
	/* What was said before the close is sent before the close. */
	bool more = server->cfg.ops->on_writable(server->cfg.data, conn->session);
	if (conn->broken) {
		return -1;
	}
	if (more) {
		lws_callback_on_writable(conn->wsi);
	}
	return !more && conn->closing && !say_close(conn) ? -1 : 0;
}

int server_ws_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
	struct ws_conn **slot = user;
	if (why == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE) {
		return server_guard_upgrade(wsi);
	}
	struct server *server = wsi != NULL ? server_of(wsi) : NULL;
	if (server == NULL || slot == NULL) {
		return 0;
	}
	switch ((int)why) {
	case LWS_CALLBACK_TIMER: return doors_late(server, wsi);
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: return admit(server, wsi, slot);
	case LWS_CALLBACK_ESTABLISHED:
		if (*slot == NULL) {
			return -1;
		}
		(*slot)->established = true;
		doors_pass(server, wsi);
		alive_start(*slot);
		tune(wsi);
		server->cfg.ops->on_open(server->cfg.data, (*slot)->session, *slot);
		return 0;
	case LWS_CALLBACK_RECEIVE: return *slot != NULL ? receive(server, *slot, in, len) : -1;
	case LWS_CALLBACK_RECEIVE_PONG:
		if (*slot != NULL) {
			alive_heard(*slot);
		}
		return 0;
	/* An answer to what was said has none; any other close the library answers. */
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: return *slot != NULL && (*slot)->close_said;
	case LWS_CALLBACK_SERVER_WRITEABLE: return *slot != NULL ? writable(server, *slot) : -1;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL: drop(server, slot); return 0;
	default: return 0;
	}
}

void ws_conn_want_write(struct ws_conn *conn) {
	lws_callback_on_writable(conn->wsi);
}

/* What the network does not take the library keeps, and until that is gone nothing follows it. */
static bool is_free(const struct ws_conn *conn) {
	return conn->established && !conn->closing && !conn->broken && !conn->ping_due &&
	       !conn->server->destroying && !lws_partial_buffered(conn->wsi);
}

void ws_conn_write_now(struct ws_conn *conn) {
	if (!is_free(conn) ||
		conn->server->cfg.ops->on_writable(conn->server->cfg.data, conn->session) ||
		conn->broken || conn->closing) {
		lws_callback_on_writable(conn->wsi);
	}
}

void ws_conn_write_together(struct ws_conn *conn) {
	conn->gathers = true;
	ws_conn_write_now(conn);
	conn->gathers = false;
}

static_assert(SERVER_HEADROOM >= LWS_PRE, "room for the library's head of a frame");

bool ws_conn_send_in_place(struct ws_conn *conn, char *text, size_t len) {
	conn->sent += len;
	if (conn->gathers && server_gather(conn, text, len)) {
		return !conn->broken;
	}
	conn->room = 0;
	conn->broken = lws_write(conn->wsi, (unsigned char *)text, len, LWS_WRITE_TEXT) < (int)len;
	return !conn->broken;
}

bool ws_conn_send(struct ws_conn *conn, const char *text, size_t len) {
	char *frame = mem_alloc(1, SERVER_HEADROOM + len);
	memcpy(frame + SERVER_HEADROOM, text, len);
	bool sent = ws_conn_send_in_place(conn, frame + SERVER_HEADROOM, len);
	free(frame);
	return sent;
}

void ws_conn_close(struct ws_conn *conn, uint16_t code, const char *reason) {
	conn->closing = true;
	conn->close_code = code;
	snprintf(conn->close_reason, sizeof(conn->close_reason), "%s", reason);
	lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, FAREWELL_S);
	lws_callback_on_writable(conn->wsi);
}
