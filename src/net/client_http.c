#include "private.h"

#include "tls_private.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (64 * 1024)

struct post {
	struct client client; /* first */
	char *token, *key, *host;
	unsigned char *body; /* LWS_PRE bytes for the library in front */
	size_t body_len;
	struct buf answer;
	int status;
	bool done;
	http_done_fn on_done;
	void *data;
};

static void finish(struct lws *wsi, struct post *post) {
	if (wsi != NULL) {
		lws_set_opaque_user_data(wsi, NULL);
	}
	if (post->on_done != NULL) {
		post->on_done(post->data, post->status,
			post->answer.data != NULL ? post->answer.data : "", post->answer.len);
	}
	buf_finish(&post->answer);
	free(post->token);
	free(post->key);
	free(post->host);
	free(post->body);
	free(post);
}

static bool add(struct lws *wsi, const char *name, const char *value, unsigned char **at,
	unsigned char *end) {
	return value[0] == '\0' ||
	       lws_add_http_header_by_name(wsi, (const unsigned char *)name,
		       (const unsigned char *)value, (int)strlen(value), at, end) == 0;
}

static int add_headers(struct lws *wsi, const struct post *post, unsigned char **at, size_t room) {
	unsigned char *end = *at + room;
	struct buf auth = {0}, length = {0};
	buf_printf(&auth, "%s%s", post->token[0] != '\0' ? "Bearer " : "", post->token);
	buf_printf(&length, "%zu", post->body_len);
	bool ok = add(wsi, "authorization:", auth.data != NULL ? auth.data : "", at, end) &&
		  add(wsi, "content-type:", "application/json", at, end) &&
		  add(wsi, "content-length:", length.data, at, end) &&
		  add(wsi, "idempotency-key:", post->key, at, end);
	buf_finish(&auth);
	buf_finish(&length);
	lws_client_http_body_pending(wsi, 1);
	lws_callback_on_writable(wsi);
	return ok ? 0 : -1;
}

void http_client_gone(struct lws *wsi, struct client *client) {
	finish(wsi, (struct post *)client);
}

int client_judge(struct lws *wsi, void *chain, bool good) {
	const struct client *client = lws_get_opaque_user_data(wsi);
	/* What nobody waits for any more is not trusted. */
	return client != NULL && tls_client_judge(client->loop->tls, client->host, chain, good) ? 0
												: 1;
}

int http_client_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
	struct post *post = NULL;
	char chunk[LWS_PRE + 4096], *at = chunk + LWS_PRE;
	int room = 4096;
	/* The library's next version asks here, this one the first protocol. */
	if (why == LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION) {
		return client_judge(wsi, user, len != 0);
	}
	if (wsi == NULL || (post = lws_get_opaque_user_data(wsi)) == NULL) {
		return 0;
	}
	switch ((int)why) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: return add_headers(wsi, post, in, len);
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		lws_client_http_body_pending(wsi, 0);
		return lws_write(wsi, post->body + LWS_PRE, post->body_len, LWS_WRITE_HTTP_FINAL) <
		       0;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		post->status = (int)lws_http_client_http_response(wsi);
		return 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return lws_http_client_read(wsi, &at, &room) < 0 ? -1 : 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		if (post->answer.len + len > ANSWER_MAX) {
			return -1;
		}
		buf_add(&post->answer, in, len);
		return 0;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP: finish(wsi, post); return -1;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP: finish(wsi, post); return 0;
	default: return 0;
	}
}

bool http_post(struct loop *loop, const struct link_url *url, const char *token,
	const char *idempotency_key, const char *body, size_t len, http_done_fn on_done, void *data,
	struct err *err) {
	struct lws_client_connect_info info = {0};
	struct post *post = mem_alloc(1, sizeof(*post));
	bool distrusted;
	post->host = mem_dup_str(url->host);
	post->client = (struct client){CLIENT_POST, loop, post->host};
	post->token = mem_dup_str(token);
	post->key = mem_dup_str(idempotency_key);
	post->body = mem_alloc(1, LWS_PRE + len + 1);
	post->body_len = len;
	memcpy(post->body + LWS_PRE, body, len);
	info.context = loop->cx;
	info.address = info.host = info.origin = url->host;
	info.port = url->port;
	info.path = url->path;
	info.method = "POST";
	info.local_protocol_name = info.protocol = "http-client";
	info.alpn = "http/1.1";
	info.opaque_user_data = post;
	info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT | (url->tls ? LCCSCF_USE_SSL : 0);
	post->on_done = on_done;
	post->data = data;
	info.vhost = loop_vhost(loop, url->tls, &distrusted, err);
	if (info.vhost == NULL) {
		finish(NULL, post);
		return false;
	}
	if (lws_client_connect_via_info(&info) == NULL) {
		/* The connection error was, or will be, told by the callback. */
		return err_set(err, _("cannot connect to %s"), url->host);
	}
	return true;
}
