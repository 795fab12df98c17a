#include <siaga/base/err.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

/*
 * Library messages may hold line breaks, what a stranger wrote may hold anything, and a cut may
 * fall inside a character; none of it is for a person, or for the terminal that shows it.
 */
static void make_one_line(char text[ERR_TEXT_MAX], bool cut) {
	size_t at = 0, used;
	uint32_t code;

	while ((used = text_next(text + at, &code, NULL)) > 0) {
		if (used == 1 && (unsigned char)text[at] >= 0x80) {
			if (cut && strlen(text + at) < 4) {
				text[at] = '\0';
				return;
			}
			text[at] = '?';
		} else if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
			memset(text + at, ' ', used);
		}
		at += used;
	}
}

bool err_set(struct err *err, const char *fmt, ...) {
	/* The arguments may point into the old text. */
	char text[ERR_TEXT_MAX];
	va_list args;
	int wanted;

	if (err == NULL) {
		return false;
	}
	va_start(args, fmt);
	wanted = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (wanted < 0) {
		text[0] = '\0';
	}
	make_one_line(text, wanted >= ERR_TEXT_MAX);
	memcpy(err->text, text, sizeof(text));
	return false;
}

bool err_prefix(struct err *err, const char *fmt, ...) {
	char prefix[ERR_TEXT_MAX];
	va_list args;

	if (err == NULL) {
		return false;
	}
	va_start(args, fmt);
	if (vsnprintf(prefix, sizeof(prefix), fmt, args) < 0) {
		prefix[0] = '\0';
	}
	va_end(args);
	return err_set(err, "%s: %s", prefix, err->text);
}
