/* An error message on its way to a person: one line of clean text, says what and where. */
#ifndef SIAGA_BASE_ERR_H
#define SIAGA_BASE_ERR_H

#include <stdbool.h>

#include <siaga/base/macros.h>

#define ERR_TEXT_MAX 400

struct err {
	char text[ERR_TEXT_MAX];
};

/* Writes the message; a NULL err is fine. Always returns false, so `return err_set(...)` reads
 * well. */
bool err_set(struct err *err, const char *fmt, ...) ATTR_PRINTF(2, 3);

/* Puts "prefix: " before the message that is there already; returns false. */
bool err_prefix(struct err *err, const char *fmt, ...) ATTR_PRINTF(2, 3);

#endif
