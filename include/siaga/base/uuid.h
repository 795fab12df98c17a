/* Random identifiers, RFC 4122 version 4, lower case. */
#ifndef SIAGA_BASE_UUID_H
#define SIAGA_BASE_UUID_H

#include <stdbool.h>

#define UUID_SIZE 37 /* with NUL */

void uuid_make(char out[UUID_SIZE]);
bool uuid_ok(const char *text); /* 36 characters, hex and dashes in place */

#endif
