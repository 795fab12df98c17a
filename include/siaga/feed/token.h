/* Tokens: made once, shown once, kept as a hash. */
#ifndef SIAGA_FEED_TOKEN_H
#define SIAGA_FEED_TOKEN_H

#include <stddef.h>

#include <siaga/store/admin.h>

#define TOKEN_TEXT_SIZE 64

/* 256 random bits as "siaga_" and base64url. */
void token_make(char out[TOKEN_TEXT_SIZE]);
/* SHA-256 of the text. The token has 256 bits of chance in it, so no salt and no slow hash are
 * needed. */
void token_hash(const char *text, unsigned char out[TOKEN_HASH_LEN]);
/* SHA-256 of both, in hex, behind "k:": an idempotency key that is one caller's own. */
void token_scope_key(const char *name, const char *key, char *out, size_t size);

#endif
