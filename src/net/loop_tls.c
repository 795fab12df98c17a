#include "private.h"
#include "tls_private.h"

#include <string.h>

/* libwebsockets starts TLS only while it makes a context that asks for it. */
#define SPARE_FDS 8 /* of a context that connects to nobody */

/* OpenSSL and what libwebsockets keeps in it belong to the process. To start them anew would give
 * the library other places for what it knows of the connections that are already there. */
static bool started;

bool loop_tls_is_started(void) {
	return started;
}

void loop_tls_set_started(void) {
	started = true;
}

static bool start_library(void) {
	struct lws_context_creation_info info = {
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
		.fd_limit_per_thread = SPARE_FDS,
	};
	if (!started) {
		struct lws_context *spare = lws_create_context(&info);
		started = spare != NULL;
		lws_context_destroy(spare);
	}
	return started;
}

static bool make_vhost(struct loop *loop) {
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN,
		.protocols = loop_protocols,
		.vhost_name = "tls",
		.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
		.provided_client_ssl_ctx = loop->tls->ctx,
	};
	if (loop->tls_vhost == NULL && start_library()) {
		loop->tls_vhost = lws_create_vhost(loop->cx, &info);
	}
	return loop->tls_vhost != NULL;
}

struct lws_vhost *loop_vhost(struct loop *loop, bool tls, bool *distrusted, struct err *err) {
	*distrusted = false;
	if (!tls) {
		return loop->vhost;
	}
	if (!tls_client_begin(loop->tls, err)) {
		*distrusted = true;
		return NULL;
	}
	if (!make_vhost(loop)) {
		err_set(err, _("TLS cannot be set up"));
		return NULL;
	}
	return loop->tls_vhost;
}

void loop_trust(struct loop *loop, const struct tls_trust *trust) {
	tls_client_trust(loop->tls, trust);
}
