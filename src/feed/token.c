#include <siaga/feed/token.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <siaga/base/mem.h>
#include <siaga/store/digest.h>

#define TOKEN_RANDOM_LEN 32

void token_make(char out[TOKEN_TEXT_SIZE]) {
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char random[TOKEN_RANDOM_LEN + 1] = {0};
	size_t len = 6;
	while (getrandom(random, TOKEN_RANDOM_LEN, 0) != TOKEN_RANDOM_LEN) {
		if (errno != EINTR) {
			abort();
		}
	}
	memcpy(out, "siaga_", 6);
	for (size_t i = 0; i < TOKEN_RANDOM_LEN; i += 3) {
		unsigned bits = (unsigned)random[i] << 16 | (unsigned)random[i + 1] << 8 |
				(i + 2 < TOKEN_RANDOM_LEN ? random[i + 2] : 0u);
		for (int shift = 18; shift >= 0; shift -= 6) {
			out[len++] = digits[bits >> shift & 63];
		}
	}
	out[len] = '\0';
}

void token_hash(const char *text, unsigned char out[TOKEN_HASH_LEN]) {
	digest_make(text, strlen(text), out);
}

void token_scope_key(const char *name, const char *key, char *out, size_t size) {
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[DIGEST_LEN];
	struct buf both = {0};
	buf_printf(&both, "%s\n%s", name, key);
	digest_make(both.data, both.len, hash);
	buf_finish(&both);
	size_t len = (size_t)snprintf(out, size, "k:");
	for (size_t i = 0; i < sizeof(hash) && len + 3 <= size; i++) {
		out[len++] = digits[hash[i] >> 4];
		out[len++] = digits[hash[i] & 15];
		out[len] = '\0';
	}
}
