/* A file of certificates, one by one: who each is, and whether the next has signed it. */
#include "tls_private.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <siaga/base/text.h>

void tls_read_name(X509_NAME *name, char *out, size_t size) {
	char text[256] = "";
	if (X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof(text)) <= 0) {
		X509_NAME_oneline(name, text, sizeof(text));
	}
	text_clean(out, size, text, strlen(text));
}

void tls_read_print(const X509 *one, unsigned char print[TLS_PRINT_LEN]) {
	if (one == NULL || X509_digest(one, EVP_sha256(), print, NULL) != 1) {
		memset(print, 0, TLS_PRINT_LEN);
	}
}

static bool is_signed_by(X509 *one, X509 *by) {
	bool is = X509_check_issued(by, one) == X509_V_OK &&
		  X509_verify(one, X509_get0_pubkey(by)) == 1;
	ERR_clear_error();
	return is;
}

static enum tls_signer signer_of(const STACK_OF(X509) * all, int at) {
	X509 *one = sk_X509_value(all, at);
	if (is_signed_by(one, one)) {
		return TLS_SIGNER_SELF;
	}
	if (at + 1 == sk_X509_num(all)) {
		return TLS_SIGNER_AWAY;
	}
	return is_signed_by(one, sk_X509_value(all, at + 1)) ? TLS_SIGNER_NEXT : TLS_SIGNER_WRONG;
}

bool tls_chain_look(const char *path, tls_link_fn on_link, void *data, struct err *err) {
	STACK_OF(X509) *all = tls_read_all(path, err);
	for (int i = 0; i < sk_X509_num(all); i++) {
		X509 *one = sk_X509_value(all, i);
		struct tls_link link = {
			.place = i + 1,
			.signer = signer_of(all, i),
			.expires_s = tls_seconds(X509_get0_notAfter(one)),
		};
		tls_read_print(one, link.print);
		tls_read_name(X509_get_subject_name(one), link.name, sizeof(link.name));
		tls_read_name(X509_get_issuer_name(one), link.issuer, sizeof(link.issuer));
		on_link(data, &link);
	}
	sk_X509_pop_free(all, X509_free);
	return all != NULL;
}
