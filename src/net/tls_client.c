#include "tls_private.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <siaga/base/mem.h>

#define ALERT_MASK 255 /* the low byte says what, the other how bad */

static int client_index(void) {
	static int index = -1;
	if (index < 0) {
		index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	}
	return index;
}

/* Takes down what the handshake came to. The library above tells none of it. */
static void on_info(const SSL *ssl, int where, int ret) {
	struct tls_client *client = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), client_index());
	if (client == NULL) {
		return;
	}
	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT &&
		(ret & ALERT_MASK) != SSL_AD_CLOSE_NOTIFY) {
		client->fault.alert = ret & ALERT_MASK;
	} else if (where == SSL_CB_HANDSHAKE_START) {
		client->fault.begun = true;
	} else if (where == SSL_CB_HANDSHAKE_DONE) {
		client->fault.shaken = true;
	} else if (where == SSL_CB_CONNECT_EXIT && ret <= 0 && ERR_peek_error() != 0) {
		client->fault.reason = ERR_GET_REASON(ERR_peek_error());
	}
}

/* The server asks for a certificate; what there is, is set already. */
static int on_asked(SSL *ssl, void *data) {
	struct tls_client *client = data;
	UNUSED(ssl);
	client->fault.asked = true;
	return 1;
}

struct tls_client *tls_client_create(void) {
	struct tls_client *client = mem_alloc(1, sizeof(*client));
	client->ca = mem_dup_str("");
	client->certificate = mem_dup_str("");
	client->key = mem_dup_str("");
	return client;
}

static bool make_context(struct tls_client *client) {
	if (client->ctx != NULL) {
		return true;
	}
	client->ctx = SSL_CTX_new(TLS_client_method());
	if (client->ctx == NULL) {
		return false;
	}
	tls_restrict(client->ctx);
	SSL_CTX_set_ex_data(client->ctx, client_index(), client);
	SSL_CTX_set_info_callback(client->ctx, on_info);
	SSL_CTX_set_cert_cb(client->ctx, on_asked, client);
	SSL_CTX_set_verify(client->ctx, SSL_VERIFY_PEER, NULL);
	return true;
}

void tls_client_destroy(struct tls_client *client) {
	if (client == NULL) {
		return;
	}
	SSL_CTX_free(client->ctx);
	free(client->ca);
	free(client->certificate);
	free(client->key);
	free(client);
}

void tls_client_trust(struct tls_client *client, const struct tls_trust *trust) {
	free(client->ca);
	free(client->certificate);
	free(client->key);
	client->ca = mem_dup_str(trust->ca);
	client->certificate = mem_dup_str(trust->certificate);
	client->key = mem_dup_str(trust->key);
}

static bool begin_identity(struct tls_client *client, struct err *err) {
	struct tls_identity own;
	client->expires_s = 0;
	if (client->certificate[0] == '\0' && client->key[0] == '\0') {
		return true;
	}
	if (client->certificate[0] == '\0' || client->key[0] == '\0') {
		return err_set(err, _("certificate and key of this console go together"));
	}
	if (!tls_identity_load(&own, client->certificate, client->key, TLS_KEY_OWNER,
		    X509_PURPOSE_SSL_CLIENT, err)) {
		return false;
	}
	client->expires_s = own.expires_s;
	bool ok =
		SSL_CTX_use_cert_and_key(client->ctx, own.certificate, own.key, own.chain, 1) == 1;
	ERR_clear_error();
	tls_identity_finish(&own);
	return ok || err_set(err, _("%s: the certificate cannot be used"), client->certificate);
}

bool tls_client_begin(struct tls_client *client, struct err *err) {
	client->fault = (struct tls_fault){0};
	if (!make_context(client)) {
		return err_set(err, _("TLS cannot be set up"));
	}
	if (client->ca[0] != '\0') {
		X509_STORE *store = tls_load_ca(client->ca, err);
		if (store == NULL) {
			return false;
		}
		SSL_CTX_set_cert_store(client->ctx, store);
		client->has_system = false;
	} else if (!client->has_system) {
		client->has_system = SSL_CTX_set_default_verify_paths(client->ctx) == 1;
		ERR_clear_error();
	}
	return begin_identity(client, err);
}

bool tls_trust_check(const struct tls_trust *trust, int64_t *expires_s, struct err *err) {
	struct tls_client *client = tls_client_create();
	tls_client_trust(client, trust);
	bool ok = tls_client_begin(client, err);
	if (expires_s != NULL) {
		*expires_s = client->expires_s;
	}
	tls_client_destroy(client);
	return ok;
}

int tls_check_name(X509 *certificate, const char *host) {
	unsigned char address[sizeof(struct in6_addr)];
	bool numeric =
		inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
	if (numeric) {
		return X509_check_ip_asc(certificate, host, 0) == 1
			       ? X509_V_OK
			       : X509_V_ERR_IP_ADDRESS_MISMATCH;
	}
	return X509_check_host(certificate, host, strlen(host),
		       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1
		       ? X509_V_OK
		       : X509_V_ERR_HOSTNAME_MISMATCH;
}

bool tls_client_judge(
	struct tls_client *client, const char *host, X509_STORE_CTX *chain, bool good) {
	int wrong = good ? X509_V_OK : X509_STORE_CTX_get_error(chain);
	if (good && X509_STORE_CTX_get_error_depth(chain) == 0) {
		wrong = tls_check_name(X509_STORE_CTX_get_current_cert(chain), host);
		if (wrong != X509_V_OK) {
			X509_STORE_CTX_set_error(chain, wrong);
		}
	}
	if (client->fault.verify == X509_V_OK) {
		client->fault.verify = wrong;
	}
	return wrong == X509_V_OK;
}

/* --- why not --- */

static void explain_certificate(
	const struct tls_client *client, const char *host, char *out, size_t size) {
	switch (client->fault.verify) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		snprintf(out, size, _("the feed's certificate is for another name than %s"), host);
		return;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		snprintf(out, size, "%s", _("the feed's certificate has expired"));
		return;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		snprintf(out, size, "%s",
			_("the feed's certificate is not good yet: is the clock right?"));
		return;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		snprintf(out, size, "%s",
			_("the feed's certificate is signed by nobody but itself"));
		return;
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		if (client->ca[0] != '\0') {
			snprintf(out, size, _("the feed's certificate is not signed by %s"),
				client->ca);
		} else {
			snprintf(out, size, "%s",
				_("the feed's certificate is signed by no CA of this system; a CA "
				  "of "
				  "your own is named with ca under [feed]"));
		}
		return;
	case X509_V_ERR_INVALID_PURPOSE:
		snprintf(out, size, "%s", _("the feed's certificate is not for a server"));
		return;
	default:
		snprintf(out, size, _("the feed's certificate is no good: %s"),
			X509_verify_cert_error_string(client->fault.verify));
		return;
	}
}

static void explain_alert(const struct tls_client *client, char *out, size_t size) {
	bool has_own = client->certificate[0] != '\0';
	switch (client->fault.alert) {
	case SSL_AD_PROTOCOL_VERSION:
		snprintf(out, size, "%s", _("the server there does not take TLS 1.2 or newer"));
		return;
	case SSL_AD_BAD_CERTIFICATE:
	case SSL_AD_CERTIFICATE_EXPIRED:
	case SSL_AD_CERTIFICATE_REVOKED:
	case SSL_AD_CERTIFICATE_UNKNOWN:
	case SSL_AD_UNKNOWN_CA:
	case SSL_AD_UNSUPPORTED_CERTIFICATE:
		snprintf(out, size, _("the feed does not take the certificate of this console: %s"),
			SSL_alert_desc_string_long(client->fault.alert));
		return;
	case SSL_AD_CERTIFICATE_REQUIRED:
	case SSL_AD_HANDSHAKE_FAILURE:
		if (!has_own) {
			snprintf(out, size, "%s",
				_("the feed wants a certificate of this console: name it with "
				  "certificate and key under [feed]"));
			return;
		}
		break;
	default: break;
	}
	snprintf(out, size, _("the feed ended TLS: %s"),
		SSL_alert_desc_string_long(client->fault.alert));
}

bool tls_client_explain(const struct tls_client *client, const char *host, char *out, size_t size) {
	const struct tls_fault *fault = &client->fault;
	if (fault->verify != X509_V_OK) {
		explain_certificate(client, host, out, size);
	} else if (fault->alert != 0) {
		explain_alert(client, out, size);
	} else if (fault->shaken && fault->asked) {
		/* The alert that says so is easily lost: who refuses does not read on, and a reset
		 * takes it away. */
		snprintf(out, size, "%s",
			client->certificate[0] == '\0'
				? _("the feed asked for a certificate of this console, which has "
				    "none, and gave no answer")
				: _("the feed saw the certificate of this console, and gave no "
				    "answer"));
	} else if (fault->shaken) {
		return false;
	} else if (fault->reason == SSL_R_WRONG_VERSION_NUMBER ||
		   fault->reason == SSL_R_PACKET_LENGTH_TOO_LONG ||
		   fault->reason == SSL_R_HTTP_REQUEST) {
		snprintf(out, size, "%s", _("what answers there does not speak TLS"));
	} else if (fault->reason == SSL_R_UNSUPPORTED_PROTOCOL) {
		snprintf(out, size, "%s", _("the server there does not take TLS 1.2 or newer"));
	} else if (fault->reason != 0) {
		snprintf(out, size, _("TLS failed: %s"),
			ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, fault->reason)));
	} else {
		return false;
	}
	return true;
}
