/*
 * What a thousand consoles are told at the same time: a call of the kernel for each message costs
 * more than all that is done for it here, and wakes a reader each time. So small messages to those
 * where nothing waits go to the kernel many at once, past libwebsockets, which sends one by one.
 * It is the library's again where a message is large, the socket is nearly full, or TLS is spoken,
 * where it saved a fourteenth and no more.
 */
#include "private.h"

#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "gather.h"

#define HEAD_MAX   4
#define FRAME_COST 2048 /* of the kernel's memory, beside its bytes, as a rule */

/* RFC 6455, 5.2: a whole text message. Returns its length. */
static size_t put_head(char head[HEAD_MAX], size_t len) {
	head[0] = (char)0x81;
	if (len < 126) {
		head[1] = (char)len;
		return 2;
	}
	head[1] = 126;
	head[2] = (char)(len >> 8);
	head[3] = (char)(len & 255);
	return 4;
}

/*
 * Will the socket take all of it? Nobody keeps the rest of a message that it takes a part of. Of
 * the room that the kernel says there is, half is used before it is asked again.
 */
static bool has_room(struct ws_conn *conn, size_t len) {
	uint32_t memory[SK_MEMINFO_VARS] = {0};
	socklen_t size = sizeof(memory);
	size_t cost = len + FRAME_COST;
	if (conn->room < cost) {
		int fd = lws_get_socket_fd(conn->wsi);
		bool known = getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &size) == 0;
		uint32_t all = memory[SK_MEMINFO_SNDBUF], used = memory[SK_MEMINFO_WMEM_QUEUED];
		conn->room = known && all > used ? (all - used) / 2 : 0;
	}
	if (conn->room < cost) {
		return false;
	}
	conn->room -= cost;
	return true;
}

/* Nobody keeps the rest, so nothing can follow, not the library's own words either: the other end
 * comes back, and says up to where it has all. */
static void on_failed(void *data) {
	struct ws_conn *conn = data;
	conn->broken = true;
	shutdown(lws_get_socket_fd(conn->wsi), SHUT_WR);
	lws_callback_on_writable(conn->wsi);
}

/* Where the kernel gives us no ring, or it broke, we do not ask again. */
static bool can_gather(struct server *server) {
	if (server->gather == NULL && !server->no_ring) {
		server->gather = gather_create(on_failed);
		server->no_ring = server->gather == NULL;
	}
	return !server->no_ring;
}

/* Two to the same one never wait together: of the first, a part might go out, and then the second.
 */
bool server_gather(struct ws_conn *conn, const char *text, size_t len) {
	struct server *server = conn->server;
	char frame[GATHER_MESSAGE_MAX];
	if (conn->batch == server->batch) {
		server_send_together(server);
	}
	if (conn->broken) {
		return true;
	}
	if (server->tls != NULL || len > GATHER_MESSAGE_MAX - HEAD_MAX || !can_gather(server) ||
		!has_room(conn, len)) {
		return false;
	}
	size_t head_len = put_head(frame, len);
	memcpy(frame + head_len, text, len);
	if (!gather_add(
		    server->gather, lws_get_socket_fd(conn->wsi), frame, head_len + len, conn)) {
		server->no_ring = true;
		return false;
	}
	conn->batch = server->batch;
	server->stats.together++;
	return true;
}

void server_send_together(struct server *server) {
	gather_send(server->gather);
	server->batch++;
}

void server_gather_finish(struct server *server) {
	gather_destroy(server->gather);
}
