#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

void fuzz_broken(const char *what, const char *text, const char *file, int line) {
	(void)fflush(stdout);
	(void)fprintf(stderr, "%s:%d: does not hold: %s\n%s\n", file, line, what, text);
	abort();
}

unsigned take_byte(struct bytes *in) {
	if (in->left == 0) {
		return 0;
	}
	in->left--;
	return *in->at++;
}

unsigned take_below(struct bytes *in, unsigned limit) {
	return take_byte(in) % limit;
}

uint32_t take_u32(struct bytes *in) {
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		value = value << 8 | take_byte(in);
	}
	return value;
}

char *take_data(struct bytes *in, size_t len, size_t *got) {
	char *copy;

	*got = len < in->left ? len : in->left;
	copy = dup_exact(in->at, *got);
	in->at += *got;
	in->left -= *got;
	return copy;
}

char *take_text(struct bytes *in, size_t len) {
	char *copy;

	len = len < in->left ? len : in->left;
	copy = dup_text(in->at, len);
	in->at += len;
	in->left -= len;
	return copy;
}

char *take_line(struct bytes *in) {
	const uint8_t *end = in->left > 0 ? memchr(in->at, '\n', in->left) : NULL;
	char *line = take_text(in, end != NULL ? (size_t)(end - in->at) : in->left);

	(void)take_byte(in);
	return line;
}

char *dup_text(const uint8_t *data, size_t size) {
	size_t len = size > 0 ? strnlen((const char *)data, size) : 0;
	char *copy = mem_alloc(len + 1, 1);

	if (len > 0) {
		memcpy(copy, data, len);
	}
	return copy;
}

char *dup_exact(const void *data, size_t size) {
	char *copy = mem_alloc(size > 0 ? size : 1, 1);

	if (size > 0) {
		memcpy(copy, data, size);
	}
	return copy;
}

/* Written out once more, so that a mistake in text_clean() is not made here too. */
static bool is_seen(uint32_t code) {
	return code >= 0x20 && !(code >= 0x7f && code <= 0x9f) && code != 0xad && code != 0x61c &&
	       !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff &&
	       !(code >= 0xfe00 && code <= 0xfe0f) && !(code >= 0xe0000 && code <= 0xe0fff) &&
	       !(code >= 0xd800 && code <= 0xdfff) && code <= 0x10ffff;
}

bool is_clean(const char *text, size_t size) {
	size_t len = strnlen(text, size), used;
	uint32_t code;

	if (len == size || !text_utf8_ok(text, len)) {
		return false;
	}
	for (size_t at = 0; at < len; at += used) {
		used = text_next(text + at, &code, NULL);
		if (used == 0 || !is_seen(code)) {
			return false;
		}
	}
	return true;
}

bool is_message(const struct err *err) {
	size_t len = strnlen(err->text, sizeof(err->text));

	return len > 0 && len < sizeof(err->text) && text_utf8_ok(err->text, len) &&
	       strpbrk(err->text, "\n\r\t\033") == NULL;
}
