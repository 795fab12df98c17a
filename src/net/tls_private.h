/* What the files of net/ share about TLS. */
#ifndef SIAGA_NET_TLS_PRIVATE_H
#define SIAGA_NET_TLS_PRIVATE_H

#include <openssl/ssl.h>

#include <siaga/net/tls.h>

/* Who somebody is: a certificate, what is between it and the CA, and its key. Zero is nobody. */
struct tls_identity {
	X509 *certificate;
	STACK_OF(X509) * chain;
	EVP_PKEY *key;
	int64_t expires_s; /* of whatever ends first */
};

/* How many others may read a key. */
enum tls_key_mode {
	TLS_KEY_GROUP, /* the file's group: a daemon's key may belong to a group of its own */
	TLS_KEY_OWNER
};

/* Reads and checks both files; the purpose is X509_PURPOSE_SSL_SERVER or _CLIENT. */
bool tls_identity_load(struct tls_identity *identity, const char *certificate, const char *key,
	enum tls_key_mode mode, int purpose, struct err *err);
void tls_identity_finish(struct tls_identity *identity);
/* All certificates of a PEM file, one at least, none of them judged; NULL: *err names the file. */
STACK_OF(X509) * tls_read_all(const char *path, struct err *err);
/* UTC; 0: it is no time. */
int64_t tls_seconds(const ASN1_TIME *time);
/* What the subject or issuer is called, for a person: clean. */
void tls_read_name(X509_NAME *name, char *out, size_t size);
/* Of NULL: zeros. */
void tls_read_print(const X509 *one, unsigned char print[TLS_PRINT_LEN]);
/* A store of these CAs and no others; NULL: *err names the file. */
X509_STORE *tls_load_ca(const char *path, struct err *err);
/* What no connection of ours does, whichever side it is. */
void tls_restrict(SSL_CTX *ctx);

/* --- the client's side --- */

/* What became of the newest handshake. Zero: nothing yet. */
struct tls_fault {
	bool begun, shaken; /* the handshake; agreed on, as far as we are concerned */
	bool asked;         /* the server wanted to know who we are */
	int verify;         /* X509_V_ERR_... of the server's certificate, or X509_V_OK */
	int alert;          /* what the server complained of; 0: nothing */
	int reason;         /* SSL_R_... of our own side; 0: none */
};

/* A context for connections that trust the same, and what came of the newest of them. */
struct tls_client {
	SSL_CTX *ctx;                 /* NULL until one begins */
	char *ca, *certificate, *key; /* "" where there is none */
	bool has_system;              /* the system's CAs are loaded */
	int64_t expires_s;            /* of its own certificate; 0 where there is none */
	struct tls_fault fault;
};

struct tls_client *tls_client_create(void);
void tls_client_destroy(struct tls_client *client); /* NULL is fine */
void tls_client_trust(struct tls_client *client, const struct tls_trust *trust);
/* Reads the files anew, before each connection: what was repaired is good at once. Forgets the
 * fault. */
bool tls_client_begin(struct tls_client *client, struct err *err);
/* Is the certificate for that host? X509_V_OK, or what is wrong. */
int tls_check_name(X509 *certificate, const char *host);
/*
 * OpenSSL has judged one certificate of the server's chain, and thinks so. The name is looked at
 * here, too: libwebsockets cuts an IPv6 address at its first colon, and checks no name then.
 */
bool tls_client_judge(
	struct tls_client *client, const char *host, X509_STORE_CTX *chain, bool good);
/* For a person, one line: why the newest handshake failed. False: it was not TLS. */
bool tls_client_explain(const struct tls_client *client, const char *host, char *out, size_t size);

#endif
