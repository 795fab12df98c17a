#include <siaga/base/uuid.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define TIME_BYTES 6

static const char hex_digits[] = "0123456789abcdef";

static bool is_dash_place(size_t i) {
	return i == 8 || i == 13 || i == 18 || i == 23;
}

static void fill_random(unsigned char *raw, size_t len) {
	size_t have = 0;

	while (have < len) {
		ssize_t got = getrandom(raw + have, len - have, 0);

		if (got > 0) {
			have += (size_t)got;
		} else if (errno != EINTR) {
			/* An identifier that is not random would be one that is shown twice. */
			perror("siaga: no random numbers");
			abort();
		}
	}
}

static void put(char out[UUID_SIZE], unsigned char raw[16], unsigned version) {
	size_t next = 0;

	raw[6] = (unsigned char)((raw[6] & 0x0f) | version << 4);
	raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < 16; i++) {
		if (is_dash_place(next)) {
			out[next++] = '-';
		}
		out[next++] = hex_digits[raw[i] >> 4];
		out[next++] = hex_digits[raw[i] & 0x0f];
	}
	out[next] = '\0';
}

void uuid_make(char out[UUID_SIZE]) {
	unsigned char raw[16];

	fill_random(raw, sizeof(raw));
	put(out, raw, 4);
}

void uuid_make_at(char out[UUID_SIZE], int64_t at_ms) {
	unsigned char raw[16];

	for (int i = 0; i < TIME_BYTES; i++) {
		raw[i] = (unsigned char)(at_ms >> 8 * (TIME_BYTES - 1 - i));
	}
	fill_random(raw + TIME_BYTES, sizeof(raw) - TIME_BYTES);
	put(out, raw, 7);
}

bool uuid_ok(const char *text) {
	for (size_t i = 0; i < UUID_SIZE - 1; i++) {
		char c = text[i];
		bool hex =
			(c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

		if (is_dash_place(i) ? c != '-' : !hex) {
			return false;
		}
	}
	return text[UUID_SIZE - 1] == '\0';
}
