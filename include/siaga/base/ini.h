/*
 * Files of `[section]` and `key = value`, as people write them: configuration and themes. A comment
 * is a whole line that begins with # or ;, so a value may hold both. CRLF and a byte order mark are
 * fine. Names keep their case.
 */
#ifndef SIAGA_BASE_INI_H
#define SIAGA_BASE_INI_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/base/err.h>

#define INI_LINE_MAX 4096 /* bytes, without the line's end */

/* One `key = value`. All texts are clean and live for the call only. */
struct ini_item {
	const char *section; /* "" before the first [section] */
	const char *key;     /* never "" */
	char *value;         /* blanks cut off both ends, may be ""; the callee may cut it up */
	int line;            /* from 1 */
	int first_line;      /* where the same key of the same section stood first; 0: here */
};

/* What on_section and on_item put into err goes out as "NAME:LINE: ..."; they say only the rest. */
struct ini_ops {
	/* A [section] begins; false: an error, and its keys are passed over. NULL: any is fine. */
	bool (*on_section)(void *data, const char *section, int line, struct err *err);
	bool (*on_item)(void *data, const struct ini_item *item, struct err *err);
	/* An error, complete with its place; true goes on reading. NULL: the first one ends it. */
	bool (*on_error)(void *data, const char *text);
};

/* Reads `len` bytes. True when there was no error at all; err has the first one. */
bool ini_parse(const char *name, const char *text, size_t len, const struct ini_ops *ops,
	void *data, struct err *err);

#endif
