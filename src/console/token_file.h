/* The file that holds the operator's token. */
#ifndef SIAGA_CONSOLE_TOKEN_FILE_H
#define SIAGA_CONSOLE_TOKEN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/base/err.h>

#define TOKEN_FILE_SIZE 512

/* The first line of the file, which others must not be able to read: a token is a key. A pipe that
 * nobody writes to is given up after some seconds. */
bool token_file_read(const char *path, char *out, size_t size, struct err *err);
/* As siagad makes them. */
bool token_file_looks_right(const char *token);
/* Is there one in it, where none belongs? */
bool token_file_is_in(const char *text);

#endif
