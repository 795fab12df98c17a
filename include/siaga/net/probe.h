/*
 * A connection made step by step, each with its time and its reason why not: for the doctors. Waits
 * where it is called, PROBE_MS at most for a step, and needs no loop.
 */
#ifndef SIAGA_NET_PROBE_H
#define SIAGA_NET_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/net/client.h>
#include <siaga/net/tls.h>

#define PROBE_MS           5000
#define PROBE_ADDRESS_SIZE 64

struct probe;

/* The URL is copied. */
struct probe *probe_create(const struct link_url *url);
void probe_destroy(struct probe *probe); /* closes; NULL is fine */

/* Finds the address that the link would take. A resolver that does not answer is left alone after
 * the time. */
bool probe_resolve(
	struct probe *probe, char address[PROBE_ADDRESS_SIZE], int64_t *took_ms, struct err *err);
/* To the address that was found. */
bool probe_connect(struct probe *probe, int64_t *took_ms, struct err *err);

/* What is seen of TLS there; "" and 0 where it did not come so far. */
struct probe_tls {
	char protocol[16];            /* "TLSv1.3" */
	char names[256], issuer[128]; /* whom the certificate is for, and who says so: clean */
	int64_t expires_s;            /* UTC, seconds */
	char chain_name[128];    /* of those that vouch for it the one that ends first: clean */
	int64_t chain_expires_s; /* 0: there is none, or it is not trusted */
};

/* TLS over the connection that was made: the handshake, and nothing is sent behind it. False: *err
 * says why, also where it is the certificate. */
bool probe_secure(struct probe *probe, const struct tls_trust *trust, struct probe_tls *seen,
	int64_t *took_ms, struct err *err);

/* The same to a server of our own, whatever it is called: print is that of the certificate which it
 * shows. Nothing secret is to be sent to one that shows another than we know. */
bool probe_secure_own(struct probe *probe, unsigned char print[TLS_PRINT_LEN], struct err *err);

/* GET over the open connection, once; `token` NULL or "": none. The status, and the beginning of
 * the body; 0 when what came is no answer of HTTP. */
int probe_get(struct probe *probe, const char *path, const char *token, char *body, size_t size,
	struct err *err);

#endif
