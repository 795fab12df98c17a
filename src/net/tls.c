#include "tls_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY_S 86400

/* TLS 1.2 with forward secrecy and authenticated encryption; of 1.3 all that there is. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

/* Nobody is asked on a terminal: a key with a password is no key. */
static int no_password(char *out, int size, int writing, void *data) {
	UNUSED(out);
	UNUSED(size);
	UNUSED(writing);
	UNUSED(data);
	return -1;
}

int64_t tls_seconds(const ASN1_TIME *time) {
	struct tm tm = {0};
	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

int64_t tls_days_left(int64_t expires_s) {
	int64_t left_s = expires_s - (int64_t)time(NULL);
	return left_s >= 0 ? (left_s + DAY_S / 2) / DAY_S : -1 - -left_s / DAY_S;
}

static bool is_valid_now(X509 *certificate, const char *path, struct err *err) {
	char date[16];
	const ASN1_TIME *from = X509_get0_notBefore(certificate);
	const ASN1_TIME *until = X509_get0_notAfter(certificate);
	bool over = X509_cmp_current_time(until) < 0;
	time_t at = (time_t)tls_seconds(over ? until : from);
	struct tm tm;
	strftime(date, sizeof(date), "%Y-%m-%d", gmtime_r(&at, &tm));
	if (over) {
		return err_set(err, _("%s: the certificate has expired, on %s"), path, date);
	}
	return X509_cmp_current_time(from) < 0 ||
	       err_set(err, _("%s: the certificate is good from %s on only: is the clock right?"),
		       path, date);
}

static FILE *open_pem(const char *path, struct err *err) {
	struct stat st;
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		err_set(err, "%s: %s", path, strerror(errno));
	} else if (fstat(fileno(file), &st) != 0 || !S_ISREG(st.st_mode)) {
		err_set(err, _("%s: not a file"), path);
		fclose(file);
		file = NULL;
	}
	return file;
}

STACK_OF(X509) * tls_read_all(const char *path, struct err *err) {
	FILE *file = open_pem(path, err);
	STACK_OF(X509) *all = file != NULL ? sk_X509_new_null() : NULL;
	X509 *one;
	while (all != NULL && (one = PEM_read_X509(file, NULL, no_password, NULL)) != NULL) {
		if (sk_X509_push(all, one) <= 0) {
			X509_free(one);
		}
	}
	ERR_clear_error();
	if (file != NULL) {
		fclose(file);
	}
	if (all != NULL && sk_X509_num(all) == 0) {
		sk_X509_free(all);
		err_set(err, _("%s: there is no certificate in it (PEM)"), path);
		return NULL;
	}
	return all;
}

/* The first certificate, then what is behind it. */
static bool load_chain(struct tls_identity *identity, const char *path, struct err *err) {
	bool ok = true;
	identity->chain = tls_read_all(path, err);
	for (int i = 0; i < sk_X509_num(identity->chain); i++) {
		X509 *one = sk_X509_value(identity->chain, i);
		int64_t expires_s = tls_seconds(X509_get0_notAfter(one));
		ok = ok && is_valid_now(one, path, err);
		if (i == 0 || expires_s < identity->expires_s) {
			identity->expires_s = expires_s;
		}
	}
	identity->certificate = sk_X509_shift(identity->chain);
	return ok && identity->certificate != NULL;
}

static bool load_key(
	struct tls_identity *identity, const char *path, enum tls_key_mode mode, struct err *err) {
	mode_t others = S_IRWXO | (mode == TLS_KEY_OWNER ? S_IRWXG : S_IWGRP | S_IXGRP);
	struct stat st;
	FILE *file = open_pem(path, err);
	if (file == NULL) {
		return false;
	}
	bool is_private = fstat(fileno(file), &st) == 0 && (st.st_mode & others) == 0;
	if (is_private) {
		identity->key = PEM_read_PrivateKey(file, NULL, no_password, NULL);
	}
	ERR_clear_error();
	fclose(file);
	if (!is_private) {
		return err_set(err, _("%s: others may read it; chmod %s %s"), path,
			mode == TLS_KEY_OWNER ? "600" : "640", path);
	}
	return identity->key != NULL ||
	       err_set(err, _("%s: there is no key in it (PEM, without a password)"), path);
}

bool tls_identity_load(struct tls_identity *identity, const char *certificate, const char *key,
	enum tls_key_mode mode, int purpose, struct err *err) {
	*identity = (struct tls_identity){0};
	bool ok = load_chain(identity, certificate, err) && load_key(identity, key, mode, err);
	if (ok && X509_check_private_key(identity->certificate, identity->key) != 1) {
		ok = err_set(err, _("%s is not the key of %s"), key, certificate);
	} else if (ok && X509_check_purpose(identity->certificate, purpose, 0) != 1) {
		ok = err_set(err,
			purpose == X509_PURPOSE_SSL_SERVER
				? _("%s: the certificate is not for a server")
				: _("%s: the certificate is not for a client"),
			certificate);
	}
	ERR_clear_error();
	if (!ok) {
		tls_identity_finish(identity);
	}
	return ok;
}

void tls_identity_finish(struct tls_identity *identity) {
	X509_free(identity->certificate);
	sk_X509_pop_free(identity->chain, X509_free);
	EVP_PKEY_free(identity->key);
	*identity = (struct tls_identity){0};
}

X509_STORE *tls_load_ca(const char *path, struct err *err) {
	FILE *file = open_pem(path, err);
	X509_STORE *store = X509_STORE_new();
	size_t count = 0;
	X509 *one;
	if (file == NULL) {
		X509_STORE_free(store);
		return NULL;
	}
	while ((one = PEM_read_X509(file, NULL, no_password, NULL)) != NULL) {
		count += X509_STORE_add_cert(store, one) == 1;
		X509_free(one);
	}
	ERR_clear_error();
	fclose(file);
	if (count == 0) {
		X509_STORE_free(store);
		err_set(err, _("%s: there is no certificate in it (PEM)"), path);
		return NULL;
	}
	return store;
}

void tls_restrict(SSL_CTX *ctx) {
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(ctx, CIPHERS);
	SSL_CTX_set_options(ctx,
		SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	/* A resumed session would not be asked who it is: links are long, a handshake is cheap. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
}
