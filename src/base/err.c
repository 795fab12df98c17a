#include <siaga/base/err.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Library messages may hold line breaks, and a cut may fall inside a character; neither is for a
 * person. */
static void make_one_line(char text[ERR_TEXT_MAX], bool cut) {
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f) {
			text[i] = ' ';
		}
	}
	if (!cut) {
		return;
	}
	while (len > 0 && ((unsigned char)text[len - 1] & 0xc0) == 0x80) {
		len--;
	}
	if (len > 0 && (unsigned char)text[len - 1] >= 0xc0) {
		len--;
	}
	text[len] = '\0';
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
