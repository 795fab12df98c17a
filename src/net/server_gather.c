/*
 * What a thousand consoles are told at the same time: a call of the kernel for each message costs
 * more than all that is done for it here, and wakes a reader each time. So small messages to those
 * where nothing waits go to the kernel many at once, past libwebsockets, which sends one by one.
 * It is the library's again where a message is large, the socket is nearly full, or TLS is spoken.
 */
#include "private.h"

#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "gather.h"

#define HEAD_MAX   4
#define FRAME_COST 2048 /* what a frame takes of the kernel's memory beside its bytes, at most */

/* RFC 6455, 5.2: a whole text message. Returns its length. */
static size_t put_head(unsigned char head[HEAD_MAX], size_t len) {
	head[0] = 0x81;
	if (len < 126) {
		head[1] = (unsigned char)len;
		return 2;
	}
	head[1] = 126;
	head[2] = (unsigned char)(len >> 8);
	head[3] = (unsigned char)(len & 255);
	return 4;
}

/*
 * Will the socket take all of it? Nobody keeps the rest of a message that it takes a part of. The
 * kernel is asked how much room there is, and not again until half of that is used.
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

/* How much of it went out is not known, so nothing can follow: the other end comes back, and says
 * up to where it has all. */
static void on_failed(void *data) {
	struct ws_conn *conn = data;
	conn->broken = true;
	lws_callback_on_writable(conn->wsi);
}

/* Two to the same one never wait together: of the first, a part might go out, and then the second.
 */
bool server_gather(struct ws_conn *conn, const char *text, size_t len) {
	struct server *server = conn->server;
	unsigned char head[HEAD_MAX];
	if (conn->batch == server->batch) {
		server_send_together(server);
	}
	if (conn->broken) {
		return true;
	}
	if (server->tls != NULL || server->gathers_not || len > GATHER_MESSAGE_MAX - HEAD_MAX ||
		!has_room(conn, len)) {
		return false;
	}
	if (server->gather == NULL) {
		server->gather = gather_create(on_failed);
		server->gathers_not = server->gather == NULL;
	}
	if (server->gather == NULL || !gather_add(server->gather, lws_get_socket_fd(conn->wsi),
					      head, put_head(head, len), text, len, conn)) {
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
