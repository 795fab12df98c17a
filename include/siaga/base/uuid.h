/* Identifiers that nobody guesses, lower case. */
#ifndef SIAGA_BASE_UUID_H
#define SIAGA_BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_SIZE 37 /* with NUL */

void uuid_make(char out[UUID_SIZE]); /* random, RFC 4122 version 4 */
/* RFC 9562 version 7: of two the later one sorts last, and what is stored by them lies together; 74
 * bits are random. Milliseconds since 1970. */
void uuid_make_at(char out[UUID_SIZE], int64_t at_ms);
bool uuid_ok(const char *text); /* 36 characters, hex and dashes in place */

#endif
