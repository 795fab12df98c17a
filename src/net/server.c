#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UPGRADE_NAME 16

int server_guard_upgrade(struct lws *wsi) {
	char name[UPGRADE_NAME];
	if (lws_hdr_total_length(wsi, WSI_TOKEN_UPGRADE) <= 0 ||
		lws_hdr_copy(wsi, name, sizeof(name), WSI_TOKEN_UPGRADE) < 0 ||
		strcasecmp(name, "websocket") != 0) {
		return -1;
	}
	return 0;
}

static void copy_header(struct lws *wsi, enum lws_token_indexes token, char *out, int size) {
	if (lws_hdr_total_length(wsi, token) <= 0 || lws_hdr_copy(wsi, out, size, token) < 0) {
		out[0] = '\0';
	}
}

void server_read_head(struct lws *wsi, struct http_request *req, char *path, char *bearer,
	char *key, char *type, char *peer) {
	char auth[SERVER_HEADER_MAX];
	bool post = lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0;
	bool get = lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0;
	copy_header(wsi, post ? WSI_TOKEN_POST_URI : WSI_TOKEN_GET_URI, path, SERVER_PATH_MAX);
	copy_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, auth, sizeof(auth));
	copy_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, type, SERVER_HEADER_MAX);
	bearer[0] = '\0';
	if (strncasecmp(auth, "bearer ", 7) == 0) {
		snprintf(bearer, SERVER_HEADER_MAX, "%s", auth + 7 + strspn(auth + 7, " "));
	}
	int key_len = lws_hdr_custom_length(wsi, "idempotency-key:", 16);
	if (key_len >= SERVER_HEADER_MAX) {
		/* Too long is not absent: handed on as long as it can be, it will be refused. */
		memset(key, 'x', SERVER_HEADER_MAX - 1);
		key[SERVER_HEADER_MAX - 1] = '\0';
	} else if (key_len <= 0 ||
		   lws_hdr_custom_copy(wsi, key, SERVER_HEADER_MAX, "idempotency-key:", 16) < 0) {
		key[0] = '\0';
	}
	if (lws_get_peer_simple(wsi, peer, 64) == NULL) {
		peer[0] = '\0';
	}
	*req = (struct http_request){
		.method = post  ? "POST"
			  : get ? "GET"
				: "OTHER",
		.path = path,
		.bearer = bearer,
		.idempotency_key = key,
		.content_type = type,
		.peer = peer,
		.body = "",
	};
}

/* The library's own look after who is still there, which is not ours: see server_alive.c. */
static const lws_retry_bo_t no_validity = {0};

static void complete(unsigned *time_s, unsigned initial_s) {
	*time_s = *time_s != 0 ? *time_s : initial_s;
}

struct server *server_create(struct loop *loop, const struct server_config *cfg, struct err *err) {
	struct lws_context_creation_info info = {0};
	struct server_tls *tls = NULL;
	if (cfg->tls == NULL && !url_is_loopback(cfg->address)) {
		err_set(err,
			"%s: plain text is for loopback only; elsewhere certificate and key under "
			"[tls] in siagad.conf are needed",
			cfg->address);
		return NULL;
	}
	if (cfg->tls != NULL && (tls = server_tls_create(cfg->tls, err)) == NULL) {
		return NULL;
	}
	struct server *server = mem_alloc(1, sizeof(*server));
	server->listen_fd = -1;
	server->batch = 1;
	server->loop = loop;
	server->cfg = *cfg;
	server->tls = tls;
	complete(&server->cfg.times.header_s, 5);
	complete(&server->cfg.times.body_s, SERVER_BODY_S);
	complete(&server->cfg.times.idle_s, 20);
	snprintf(server->address, sizeof(server->address), "%s", cfg->address);
	snprintf(server->ws_path, sizeof(server->ws_path), "%s", cfg->ws_path);
	snprintf(server->subprotocol, sizeof(server->subprotocol), "%s", cfg->subprotocol);
	server->protocols[0] = (struct lws_protocols){.name = "http",
		.callback = server_http_callback,
		.per_session_data_size = sizeof(void *),
		.rx_buffer_size = 4096,
		.user = server};
	server->protocols[1] = (struct lws_protocols){.name = server->subprotocol,
		.callback = server_ws_callback,
		.per_session_data_size = sizeof(void *),
		.rx_buffer_size = 4096,
		.tx_packet_size = 65536, /* else a message goes out in pieces of rx_buffer_size */
		.user = server};
	info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
	info.protocols = server->protocols;
	info.vhost_name = "feed";
	info.retry_and_idle_policy = &no_validity;
	info.user = server;
	info.keepalive_timeout = (int)server->cfg.times.idle_s;
	info.timeout_secs_ah_idle = server->cfg.times.header_s;
	if (tls != NULL) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
				LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX;
		info.alpn = "http/1.1";
	}
	server->vhost = lws_create_vhost(loop->cx, &info);
	if (server->vhost == NULL) {
		err_set(err, "%s port %u: cannot listen", cfg->address, (unsigned)cfg->port);
		server_free(server);
		return NULL;
	}
	/* The vhost names it until the loop ends. */
	loop->server = server;
	server->alive = loop_timer_create(loop, alive_look, server);
	if (!server_listen(server, err)) {
		server_destroy(server);
		return NULL;
	}
	return server;
}

void server_free(struct server *server) {
	if (server != NULL) {
		server_http_finish(server);
		server_gather_finish(server);
		server_tls_destroy(server->tls);
		free(server);
	}
}

void server_destroy(struct server *server) {
	if (server == NULL) {
		return;
	}
	/* The vhost goes with the loop; until then its callbacks must not reach an owner who is
	 * gone. */
	server->destroying = true;
	server_listen_no_more(server);
	loop_timer_destroy(server->alive);
	server->alive = NULL;
}

uint16_t server_port(const struct server *server) {
	return server->port;
}

bool server_peer_is_local(const char *peer) {
	return url_is_loopback(peer);
}
