#include "put.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

/* After an opening bracket no comma stands; elsewhere one does. */
static void put_name(struct buf *out, const char *name) {
	char last = out->len > 0 ? out->data[out->len - 1] : '{';
	if (last != '{' && last != '[') {
		buf_add(out, ",", 1);
	}
	if (name != NULL) {
		buf_add(out, "\"", 1);
		buf_add_str(out, name);
		buf_add(out, "\":", 2);
	}
}

/* Bytes of the character that begins with a byte over 0x7f, or 0 when it is not well-formed. */
static size_t char_len(const char *text, size_t room) {
	unsigned char lead = (unsigned char)text[0];
	size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	return len <= room && text_utf8_ok(text, len) ? len : 0;
}

/* Writes the character at `text` if it cannot stand as it is; returns its bytes, or 0 if it can. */
static size_t escape(struct buf *out, const char *text, size_t room) {
	static const char hex[] = "0123456789abcdef";
	unsigned char c = (unsigned char)text[0];
	if (c == '"' || c == '\\') {
		buf_add(out, (char[]){'\\', (char)c}, 2);
		return 1;
	}
	if (c >= 0x80) {
		if (char_len(text, room) == 0) {
			buf_add_str(out, "\xef\xbf\xbd");
			return 1;
		}
		unsigned char next = (unsigned char)text[1];
		if (c == 0xc2 && next < 0xa0) {
			buf_add(out, (char[]){'\\', 'u', '0', '0', hex[next >> 4], hex[next & 15]},
				6);
			return 2;
		}
		return 0;
	}
	if (c < ' ' || c == 0x7f) {
		buf_add(out, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
		return 1;
	}
	return 0;
}

static bool is_simple(char c) {
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

static void put_string(struct buf *out, const char *text) {
	size_t len = strlen(text);
	buf_add(out, "\"", 1);
	for (size_t i = 0; i < len;) {
		size_t run = i;
		while (run < len && is_simple(text[run])) {
			run++;
		}
		buf_add(out, text + i, run - i);
		if (run == len) {
			break;
		}
		size_t taken = escape(out, text + run, len - run);
		if (taken == 0) {
			taken = char_len(text + run, len - run);
			buf_add(out, text + run, taken);
		}
		i = run + taken;
	}
	buf_add(out, "\"", 1);
}

void put_open(struct buf *out, const char *name, char bracket) {
	put_name(out, name);
	buf_add(out, &bracket, 1);
}

void put_close(struct buf *out, char bracket) {
	buf_add(out, &bracket, 1);
}

void put_text(struct buf *out, const char *name, const char *text) {
	put_name(out, name);
	put_string(out, text);
}

void put_some(struct buf *out, const char *name, const char *text) {
	if (text != NULL && text[0] != '\0') {
		put_text(out, name, text);
	}
}

void put_int(struct buf *out, const char *name, int64_t value) {
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	put_name(out, name);
	if (value < 0) {
		buf_add(out, "-", 1);
	}
	buf_add(out, digits + at, sizeof(digits) - at);
}

void put_literal(struct buf *out, const char *name, const char *literal) {
	put_name(out, name);
	buf_add_str(out, literal);
}

void put_time(struct buf *out, const char *name, int64_t at_ms) {
	char text[CLOCK_RFC3339_SIZE];
	clock_format(text, at_ms);
	put_text(out, name, text);
}

void put_seconds(struct buf *out, const char *name, int64_t value_ms) {
	put_int(out, name, value_ms / 1000);
	if (value_ms % 1000 != 0) {
		buf_printf(out, ".%03d", (int)(value_ms % 1000));
	}
}

void put_position(struct buf *out, struct position at) {
	char degrees[GEO_DEGREES_SIZE];
	geo_format_degrees(degrees, at.lat_e7);
	put_literal(out, "lat", degrees);
	geo_format_degrees(degrees, at.lon_e7);
	put_literal(out, "lon", degrees);
}
