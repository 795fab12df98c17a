/* The server's side of TLS: who it is, whom it asks, and how that changes while it runs. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "tls_private.h"

struct server_tls {
	char *certificate, *key, *client_ca; /* files; client_ca may be NULL */
	enum tls_clients clients;
	struct tls_identity identity;
	SSL_CTX *ctx; /* the vhost's */
};

/* What is in the files, ready to be used. */
struct loaded {
	struct tls_identity identity;
	X509_STORE *client_ca;
	STACK_OF(X509_NAME) * client_names;
};

static void unload(struct loaded *loaded) {
	tls_identity_finish(&loaded->identity);
	X509_STORE_free(loaded->client_ca);
	sk_X509_NAME_pop_free(loaded->client_names, X509_NAME_free);
}

static bool load(struct loaded *loaded, const struct tls_server_config *cfg, struct err *err) {
	*loaded = (struct loaded){0};
	bool ok = tls_identity_load(&loaded->identity, cfg->certificate, cfg->key, TLS_KEY_GROUP,
		X509_PURPOSE_SSL_SERVER, err);
	if (ok && cfg->client_ca != NULL) {
		loaded->client_ca = tls_load_ca(cfg->client_ca, err);
		ok = loaded->client_ca != NULL;
	}
	if (ok && cfg->client_ca != NULL) {
		loaded->client_names = SSL_load_client_CA_file(cfg->client_ca);
		ERR_clear_error();
	}
	if (!ok) {
		unload(loaded);
	}
	return ok;
}

bool tls_server_check(const struct tls_server_config *cfg, int64_t *expires_s, struct err *err) {
	struct loaded loaded;
	if (!load(&loaded, cfg, err)) {
		return false;
	}
	if (expires_s != NULL) {
		*expires_s = loaded.identity.expires_s;
	}
	unload(&loaded);
	return true;
}

/* Each connection shows what is in force when it comes; those that are there keep theirs. */
static int on_certificate(SSL *ssl, void *data) {
	const struct tls_identity *identity = &((struct server_tls *)data)->identity;
	SSL_certs_clear(ssl);
	return SSL_use_cert_and_key(ssl, identity->certificate, identity->key, identity->chain, 1);
}

static void take(struct server_tls *tls, struct loaded *loaded) {
	tls_identity_finish(&tls->identity);
	tls->identity = loaded->identity;
	if (loaded->client_ca != NULL) {
		SSL_CTX_set_cert_store(tls->ctx, loaded->client_ca);
		SSL_CTX_set_client_CA_list(tls->ctx, loaded->client_names);
	}
	*loaded = (struct loaded){0};
}

static struct tls_server_config config_of(const struct server_tls *tls) {
	return (struct tls_server_config){
		.certificate = tls->certificate,
		.key = tls->key,
		.client_ca = tls->client_ca,
		.clients = tls->clients,
	};
}

static void set_up(struct server_tls *tls) {
	static const unsigned char scope[] = "siagad";
	int verify = SSL_VERIFY_NONE;
	tls_restrict(tls->ctx);
	SSL_CTX_set_num_tickets(tls->ctx, 0);
	SSL_CTX_set_session_id_context(tls->ctx, scope, sizeof(scope));
	if (tls->clients != TLS_CLIENTS_NO) {
		verify = SSL_VERIFY_PEER;
		verify |= tls->clients == TLS_CLIENTS_REQUIRE ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
	}
	/* OpenSSL's own judgement: the one of libwebsockets takes any certificate that no callback
	 * refuses. */
	SSL_CTX_set_verify(tls->ctx, verify, NULL);
	SSL_CTX_set_cert_cb(tls->ctx, on_certificate, tls);
}

struct server_tls *server_tls_create(const struct tls_server_config *cfg, struct err *err) {
	if (!tls_server_check(cfg, NULL, err)) {
		return NULL;
	}
	struct server_tls *tls = mem_alloc(1, sizeof(*tls));
	tls->certificate = mem_dup_str(cfg->certificate);
	tls->key = mem_dup_str(cfg->key);
	tls->client_ca = cfg->client_ca != NULL ? mem_dup_str(cfg->client_ca) : NULL;
	tls->clients = cfg->clients;
	return tls;
}

void server_tls_destroy(struct server_tls *tls) {
	if (tls == NULL) {
		return;
	}
	tls_identity_finish(&tls->identity);
	free(tls->certificate);
	free(tls->key);
	free(tls->client_ca);
	free(tls);
}

bool server_tls_adopt(struct server_tls *tls, void *ctx) {
	struct tls_server_config cfg = config_of(tls);
	struct loaded loaded;
	tls->ctx = ctx;
	if (!load(&loaded, &cfg, NULL)) {
		return false;
	}
	take(tls, &loaded);
	set_up(tls);
	return true;
}

bool server_reload_tls(struct server *server, struct err *err) {
	struct loaded loaded;
	if (server->tls == NULL) {
		return true;
	}
	struct tls_server_config cfg = config_of(server->tls);
	if (!load(&loaded, &cfg, err)) {
		return false;
	}
	take(server->tls, &loaded);
	return true;
}

int64_t server_tls_expires(const struct server *server) {
	return server->tls != NULL ? server->tls->identity.expires_s : 0;
}
