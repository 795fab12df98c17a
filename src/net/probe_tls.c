#include "probe_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

/* What OpenSSL says of a call, as the socket would say it. */
static ssize_t as_errno(struct probe *probe, int rc, short *events) {
	int what = SSL_get_error(probe->ssl, rc);
	if (rc > 0) {
		return rc;
	}
	if (what == SSL_ERROR_ZERO_RETURN) {
		return 0;
	}
	if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE) {
		*events = what == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
		errno = EAGAIN;
		return -1;
	}
	if (what == SSL_ERROR_SSL && probe->tls->fault.reason == 0) {
		probe->tls->fault.reason = ERR_GET_REASON(ERR_peek_error());
	}
	ERR_clear_error();
	errno = errno != 0 && what == SSL_ERROR_SYSCALL ? errno : ECONNRESET;
	return -1;
}

ssize_t probe_tls_send(struct probe *probe, const char *data, size_t len, short *events) {
	ERR_clear_error();
	errno = 0;
	return as_errno(probe, SSL_write(probe->ssl, data, (int)len), events);
}

ssize_t probe_tls_recv(struct probe *probe, char *out, size_t size, short *events) {
	ERR_clear_error();
	errno = 0;
	return as_errno(probe, SSL_read(probe->ssl, out, (int)size), events);
}

void probe_tls_finish(struct probe *probe) {
	SSL_free(probe->ssl);
	tls_client_destroy(probe->tls);
}

/* --- what the certificate says --- */

static void add_name(struct buf *names, const char *text, size_t len) {
	buf_printf(names, "%s%.*s", names->len > 0 ? ", " : "", (int)len, text);
}

/* Whom it is for: the names, else the subject. */
static void read_names(X509 *certificate, char *out, size_t size) {
	GENERAL_NAMES *all = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	struct buf names = {0};
	char address[INET6_ADDRSTRLEN];
	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		int type;
		const ASN1_STRING *value =
			GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all, i), &type);
		if (type == GEN_DNS) {
			add_name(&names, (const char *)ASN1_STRING_get0_data(value),
				(size_t)ASN1_STRING_length(value));
		} else if (type == GEN_IPADD) {
			int len = ASN1_STRING_length(value), family = len == 4 ? AF_INET : AF_INET6;
			if ((len == 4 || len == 16) &&
				inet_ntop(family, ASN1_STRING_get0_data(value), address,
					sizeof(address)) != NULL) {
				add_name(&names, address, strlen(address));
			}
		}
	}
	GENERAL_NAMES_free(all);
	if (names.len == 0) {
		char subject[256];
		X509_NAME_oneline(X509_get_subject_name(certificate), subject, sizeof(subject));
		add_name(&names, subject, strlen(subject));
	}
	text_clean(out, size, names.data, names.len);
	buf_finish(&names);
}

static void read_certificate(SSL *ssl, struct probe_tls *seen) {
	X509 *certificate = SSL_get0_peer_certificate(ssl);
	if (certificate == NULL) {
		return;
	}
	read_names(certificate, seen->names, sizeof(seen->names));
	tls_read_name(X509_get_issuer_name(certificate), seen->issuer, sizeof(seen->issuer));
	seen->expires_s = tls_seconds(X509_get0_notAfter(certificate));
}

/* Behind the server's own, up to the CA: whichever ends first. */
static void read_chain(SSL *ssl, struct probe_tls *seen) {
	const STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
	for (int i = 1; i < sk_X509_num(chain); i++) {
		X509 *one = sk_X509_value(chain, i);
		int64_t expires_s = tls_seconds(X509_get0_notAfter(one));
		if (i == 1 || expires_s < seen->chain_expires_s) {
			seen->chain_expires_s = expires_s;
			tls_read_name(X509_get_subject_name(one), seen->chain_name,
				sizeof(seen->chain_name));
		}
	}
}

/* --- the handshake --- */

static bool shake(struct probe *probe, int64_t until_ms) {
	while (true) {
		short events = POLLIN;
		ERR_clear_error();
		errno = 0;
		ssize_t rc = as_errno(probe, SSL_connect(probe->ssl), &events);
		if (rc > 0) {
			return true;
		}
		if (rc == 0) {
			errno = ECONNRESET;
			return false;
		}
		if (errno != EAGAIN || !probe_wait(probe->fd, events, until_ms)) {
			return false;
		}
	}
}

bool probe_explain(const struct probe *probe, struct err *err) {
	char why[ERR_TEXT_MAX];
	return probe->tls != NULL &&
	       tls_client_explain(probe->tls, probe->url.host, why, sizeof(why)) &&
	       !err_set(err, "%s", why);
}

static bool begin(struct probe *probe, const struct tls_trust *trust, struct err *err) {
	probe->tls = tls_client_create();
	tls_client_trust(probe->tls, trust);
	if (!tls_client_begin(probe->tls, err)) {
		return false;
	}
	probe->ssl = SSL_new(probe->tls->ctx);
	if (probe->ssl == NULL || SSL_set_fd(probe->ssl, probe->fd) != 1) {
		return err_set(err, _("TLS cannot be set up"));
	}
	/* Looked at to the end, so that it can be said what is wrong; nothing is sent before. */
	SSL_set_verify(probe->ssl, SSL_VERIFY_NONE, NULL);
	/* Many servers close without a word. */
	SSL_set_options(probe->ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_set_tlsext_host_name(probe->ssl, probe->url.host);
	return true;
}

/* Up to where both know how to talk; who that is has not been judged. */
static bool talk(
	struct probe *probe, const struct tls_trust *trust, int64_t *took_ms, struct err *err) {
	int64_t begun_ms = clock_mono_ms();
	*took_ms = 0;
	if (!begin(probe, trust, err)) {
		return false;
	}
	bool ok = shake(probe, begun_ms + PROBE_MS);
	int wrong = errno;
	*took_ms = clock_mono_ms() - begun_ms;
	return ok || (!probe_explain(probe, err) && err_set(err, "%s", strerror(wrong)));
}

bool probe_secure(struct probe *probe, const struct tls_trust *trust, struct probe_tls *seen,
	int64_t *took_ms, struct err *err) {
	*seen = (struct probe_tls){0};
	if (!talk(probe, trust, took_ms, err)) {
		return false;
	}
	snprintf(seen->protocol, sizeof(seen->protocol), "%s", SSL_get_version(probe->ssl));
	read_certificate(probe->ssl, seen);
	probe->tls->fault.verify = (int)SSL_get_verify_result(probe->ssl);
	if (probe->tls->fault.verify == X509_V_OK) {
		probe->tls->fault.verify =
			tls_check_name(SSL_get0_peer_certificate(probe->ssl), probe->url.host);
	}
	if (probe->tls->fault.verify != X509_V_OK) {
		probe_explain(probe, err);
		return false;
	}
	read_chain(probe->ssl, seen);
	return true;
}

bool probe_secure_own(struct probe *probe, unsigned char print[TLS_PRINT_LEN], struct err *err) {
	static const struct tls_trust nobody = {.ca = "", .certificate = "", .key = ""};
	int64_t took_ms;
	if (!talk(probe, &nobody, &took_ms, err)) {
		return false;
	}
	tls_read_print(SSL_get0_peer_certificate(probe->ssl), print);
	return true;
}
