#include <siaga/base/err.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

/* What is told was often read or typed just before: a name, a path, a value of a file. Library
 * messages may hold line breaks, and a cut may fall inside a character. None of it is for a person.
 */
static void set_clean(struct err *err, const char *text, bool cut) {
	size_t whole = strlen(text);

	while (cut && whole > 0 && ((unsigned char)text[whole - 1] & 0xc0) == 0x80) {
		whole--;
	}
	whole -= cut && whole > 0 && (unsigned char)text[whole - 1] >= 0xc0;
	(void)text_clean(err->text, sizeof(err->text), text, whole);
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
	set_clean(err, text, wanted >= ERR_TEXT_MAX);
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
