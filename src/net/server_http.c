#include "private.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_WAIT_S 30

#define SPARES_MAX    256  /* requests that are kept for others to come */
#define SPARE_KEPT    4096 /* bytes of memory of each of its texts */
#define SAYING_KEPT   16384

/*
 * A request, from its head to its answer. Once it is handed over it is found by its id: the peer
 * may be gone before it is answered.
 */
struct server_request {
	struct http_request req; /* id 0: it is not handed over yet */
	char path[SERVER_PATH_MAX], bearer[SERVER_HEADER_MAX], key[SERVER_HEADER_MAX];
	char type[SERVER_HEADER_MAX], peer[64];
	struct buf body;
	struct lws *wsi;
	struct buf head, answer; /* of the answer; the head without its last line */
	bool ready;
	UT_hash_handle hh;           /* in server.calls, by req.id */
	struct server_request *next; /* in server.spares */
};

static struct server *server_of(struct lws *wsi) {
	return lws_get_vhost(wsi) != NULL ? lws_vhost_user(lws_get_vhost(wsi)) : NULL;
}

static struct server_request *find_call(struct server *server, uint64_t id) {
	struct server_request *call = NULL;
	HASH_FIND(hh, server->calls, &id, sizeof(id), call);
	return call;
}

static struct server_request *take_request(struct server *server) {
	struct server_request *in = server->spares;
	if (in == NULL) {
		return mem_alloc(1, sizeof(*in));
	}
	server->spares = in->next;
	server->spares_len--;
	return in;
}

static void free_request(struct server_request *in) {
	buf_finish(&in->body);
	buf_finish(&in->head);
	buf_finish(&in->answer);
	free(in);
}

static void drop_request(struct server *server, struct server_request **slot) {
	struct server_request *in = *slot;
	*slot = NULL;
	if (in == NULL) {
		return;
	}
	if (in->req.id != 0) {
		HASH_DEL(server->calls, in);
	}
	/* Nothing of one stays for the next: neither who called, nor a token. */
	explicit_bzero(in->bearer, sizeof(in->bearer));
	buf_wipe(&in->body, SPARE_KEPT);
	buf_wipe(&in->head, SPARE_KEPT);
	buf_wipe(&in->answer, SPARE_KEPT);
	if (server->spares_len == SPARES_MAX) {
		free_request(in);
		return;
	}
	in->req.id = 0;
	in->ready = false;
	in->next = server->spares;
	server->spares = in;
	server->spares_len++;
}

void server_http_finish(struct server *server) {
	while (server->spares != NULL) {
		struct server_request *in = server->spares;
		server->spares = in->next;
		free_request(in);
	}
	buf_finish(&server->saying);
}

static void hand_over(struct server *server, struct lws *wsi, struct server_request *in) {
	in->wsi = wsi;
	in->req.id = ++server->last_id;
	in->req.body = in->body.data != NULL ? in->body.data : "";
	in->req.body_len = in->body.len;
	HASH_ADD(hh, server->calls, req.id, sizeof(in->req.id), in);
	doors_wait(server, wsi, SERVER_WAIT_NONE);
	lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, ANSWER_WAIT_S);
	server->handing = in->req.id;
	server->cfg.ops->on_request(server->cfg.data, &in->req);
	server->handing = 0;
}

/* Answers at once and ends the connection: what follows of the request is not wanted. */
static int refuse(struct lws *wsi, unsigned status) {
	lws_return_http_status(wsi, status, NULL);
	return -1;
}

static int begin(struct server *server, struct lws *wsi, struct server_request **slot) {
	char length[24];
	drop_request(server, slot);
	struct server_request *in = *slot = take_request(server);
	server_read_head(wsi, &in->req, in->path, in->bearer, in->key, in->type, in->peer);
	if (strcmp(in->req.method, "OTHER") == 0) {
		return refuse(wsi, HTTP_STATUS_METHOD_NOT_ALLOWED);
	}
	/* A length and chunks are two truths; whoever stands before us may believe the other. */
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
		return refuse(wsi, 411);
	}
	if (strcmp(in->req.method, "GET") == 0) {
		hand_over(server, wsi, in);
		return 0;
	}
	if (lws_hdr_copy(wsi, length, sizeof(length), WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0 ||
		strspn(length, "0123456789") != strlen(length)) {
		return refuse(wsi, 411);
	}
	unsigned long long bytes = strtoull(length, NULL, 10);
	if (bytes > server->cfg.body_max) {
		return refuse(wsi, HTTP_STATUS_REQ_ENTITY_TOO_LARGE);
	}
	doors_wait(server, wsi, SERVER_WAIT_BODY);
	return 0;
}

static const char *status_text(int status) {
	static const struct {
		int status;
		const char *text;
	} texts[] = {{200, "OK"}, {201, "Created"}, {400, "Bad Request"}, {401, "Unauthorized"},
		{403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
		{413, "Payload Too Large"}, {415, "Unsupported Media Type"},
		{429, "Too Many Requests"}, {503, "Service Unavailable"}};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (texts[i].status == status) {
			return texts[i].text;
		}
	}
	return "";
}

/*
 * One request at a time. What a client sends before it has its answer, libwebsockets 4.1.6 keeps,
 * and when a body is among that takes the header for the body, and then turns in a circle for ever.
 * So that it never comes to read what it has kept, an answer is the last one of its connection
 * while there is such a thing. It does not tell whose: another connection that is answered just
 * then ends, too, and says so.
 */
static bool is_more_kept(const struct server *server) {
	return lws_service_adjust_timeout(server->loop->cx, 1, 0) == 0;
}

/* In one segment: the head is small, and the body is ours. */
static bool say(struct server *server, struct lws *wsi, const struct buf *head,
	const struct buf *body, bool last) {
	static const char pre[LWS_PRE] = {0};
	struct buf *all = &server->saying;
	buf_wipe(all, SAYING_KEPT);
	buf_add(all, pre, sizeof(pre));
	buf_add(all, head->data, head->len);
	buf_add_str(all, last ? "connection: close\r\n\r\n" : "\r\n");
	buf_add(all, body->data, body->len);
	size_t len = all->len - LWS_PRE;
	unsigned char *data = (unsigned char *)all->data + LWS_PRE;
	return lws_write(wsi, data, len, LWS_WRITE_HTTP_FINAL) == (int)len;
}

static int answer(struct server *server, struct lws *wsi, struct server_request **slot) {
	const struct server_request *in = *slot;
	if (in == NULL || !in->ready) {
		return 0;
	}
	bool last = is_more_kept(server), ok = say(server, wsi, &in->head, &in->answer, last);
	drop_request(server, slot);
	doors_wait(server, wsi, SERVER_WAIT_IDLE);
	return !ok || last || lws_http_transaction_completed(wsi) ? -1 : 0;
}

bool server_reply(struct server *server, uint64_t request_id, int status, const char *content_type,
	const char *extra_header, const char *body, size_t len) {
	struct server_request *call = find_call(server, request_id);
	if (call == NULL || call->ready) {
		return false;
	}
	struct lws *wsi = call->wsi;
	call->ready = true;
	buf_printf(&call->head,
		"HTTP/1.1 %d %s\r\ncontent-type: %s\r\ncontent-length: %zu\r\ncache-control: "
		"no-store\r\n%s%s",
		status, status_text(status), content_type, len,
		extra_header != NULL ? extra_header : "", extra_header != NULL ? "\r\n" : "");
	buf_add(&call->answer, body, len);
	if (request_id == server->handing) {
		/* Within its own callback it might end under the library's feet. */
		lws_callback_on_writable(wsi);
	} else if (answer(server, wsi, lws_wsi_user(wsi)) != 0) {
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	}
	return true;
}

void server_refuse_upgrade(struct server *server, struct lws *wsi, int status, int wait_s) {
	struct buf head = {0}, none = {0};
	buf_printf(&head, "HTTP/1.1 %d %s\r\ncontent-length: 0\r\ncache-control: no-store\r\n",
		status, status_text(status));
	if (status == HTTP_STATUS_SERVICE_UNAVAILABLE || status == 429) {
		buf_printf(&head, "Retry-After: %d\r\n", wait_s);
	}
	say(server, wsi, &head, &none, true);
	buf_finish(&head);
}

static int refuse_upgrade(struct server *server, struct lws *wsi) {
	char path[SERVER_PATH_MAX];
	bool right = lws_hdr_copy(wsi, path, sizeof(path), WSI_TOKEN_GET_URI) > 0 &&
		     strcmp(path, server->ws_path) == 0;
	lws_return_http_status(wsi, right ? HTTP_STATUS_BAD_REQUEST : HTTP_STATUS_NOT_FOUND, NULL);
	return 1;
}

int server_http_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
	struct server_request **slot = user;
	if (why == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE) {
		return server_guard_upgrade(wsi);
	}
	if (why == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
		struct server *made = lws_vhost_user(in);
		return server_tls_adopt(made->tls, user) ? 0 : -1;
	}
	struct server *server = wsi != NULL ? server_of(wsi) : NULL;
	if (server == NULL) {
		return 0;
	}
	switch ((int)why) {
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED: doors_enter(server, wsi); return 0;
	case LWS_CALLBACK_WSI_DESTROY: doors_leave(server, wsi); return 0;
	case LWS_CALLBACK_TIMER: return doors_late(server, wsi);
	case LWS_CALLBACK_HTTP:
		if (server->destroying || slot == NULL) {
			return -1;
		}
		return begin(server, wsi, slot);
	case LWS_CALLBACK_HTTP_BODY:
		if (slot == NULL || *slot == NULL ||
			(*slot)->body.len + len > server->cfg.body_max) {
			return -1;
		}
		buf_add(&(*slot)->body, in, len);
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (server->destroying || slot == NULL || *slot == NULL) {
			return -1;
		}
		if ((*slot)->req.id == 0) {
			hand_over(server, wsi, *slot);
		}
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE: return slot != NULL ? answer(server, wsi, slot) : 0;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		/* No subprotocol was asked for: a websocket of ours always asks. */
		return refuse_upgrade(server, wsi);
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (slot != NULL) {
			drop_request(server, slot);
		}
		return 0;
	default: return 0;
	}
}
