/* SHA-256, by a method that is looked up once and not for each text. */
#ifndef SIAGA_STORE_DIGEST_H
#define SIAGA_STORE_DIGEST_H

#include <stddef.h>

#define DIGEST_LEN 32

void digest_make(const void *data, size_t len, unsigned char out[DIGEST_LEN]);

#endif
