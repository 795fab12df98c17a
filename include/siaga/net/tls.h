/*
 * TLS, both ways: 1.2 or newer, nothing older. What is behind it is OpenSSL; only src/net includes
 * it.
 */
#ifndef SIAGA_NET_TLS_H
#define SIAGA_NET_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>

#define TLS_SOON_DAYS 30 /* a certificate that has no more is worth a warning */

enum tls_clients {
	TLS_CLIENTS_NO,
	TLS_CLIENTS_ASK,     /* one that is shown must be good */
	TLS_CLIENTS_REQUIRE, /* nobody gets in without */
	TLS_CLIENTS_COUNT
};

/* The server's side. */
struct tls_server_config {
	const char *certificate, *key; /* PEM files; the chain begins with the server's own */
	const char *client_ca;         /* PEM file, NULL where clients are not asked */
	enum tls_clients clients;
};

/*
 * Would a server start with this? The error names the file, and what is to be done. *expires_s gets
 * the time (UTC, seconds) at which the certificate ends; NULL is fine.
 */
bool tls_server_check(const struct tls_server_config *cfg, int64_t *expires_s, struct err *err);

enum tls_signer {
	TLS_SIGNER_NEXT,  /* the certificate behind it in the file */
	TLS_SIGNER_SELF,  /* itself: a CA's, or one that nobody vouches for */
	TLS_SIGNER_AWAY,  /* it is the last, and what signed it is not in the file */
	TLS_SIGNER_WRONG, /* not the one behind it */
	TLS_SIGNER_COUNT
};

#define TLS_PRINT_LEN 32 /* the SHA-256 of a certificate: no two have the same */

/* A certificate of a chain, as it lies in the file. */
struct tls_link {
	int place;                   /* 1 is the server's own */
	char name[128], issuer[128]; /* clean */
	enum tls_signer signer;
	int64_t expires_s; /* UTC, seconds */
	unsigned char print[TLS_PRINT_LEN];
};

/* Looks at each certificate of the file, and judges none but by who signed it. */
typedef void (*tls_link_fn)(void *data, const struct tls_link *link);
bool tls_chain_look(const char *path, tls_link_fn on_link, void *data, struct err *err);

/* The client's side: whom it trusts, and who it says it is. "" everywhere: the system's CAs, and
 * nobody. */
struct tls_trust {
	const char *ca;                /* PEM file: these CAs and no others */
	const char *certificate, *key; /* PEM files, both or none */
};

/* Would a client start with this? As tls_server_check(); *expires_s of its own certificate, 0 where
 * it has none. */
bool tls_trust_check(const struct tls_trust *trust, int64_t *expires_s, struct err *err);

/* Days from now until then, to the nearest; negative when it is over. */
int64_t tls_days_left(int64_t expires_s);

#endif
