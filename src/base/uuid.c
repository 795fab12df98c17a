#include <siaga/base/uuid.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static const char hex_digits[] = "0123456789abcdef";

static bool is_dash_place(size_t i) {
	return i == 8 || i == 13 || i == 18 || i == 23;
}

void uuid_make(char out[UUID_SIZE]) {
	unsigned char raw[16];
	size_t have = 0, next = 0;

	while (have < sizeof(raw)) {
		ssize_t got = getrandom(raw + have, sizeof(raw) - have, 0);

		if (got > 0) {
			have += (size_t)got;
		} else if (errno != EINTR) {
			/* An identifier that is not random would be one that is shown twice. */
			perror("siaga: no random numbers");
			abort();
		}
	}
	raw[6] = (unsigned char)((raw[6] & 0x0f) | 0x40);
	raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(raw); i++) {
		if (is_dash_place(next)) {
			out[next++] = '-';
		}
		out[next++] = hex_digits[raw[i] >> 4];
		out[next++] = hex_digits[raw[i] & 0x0f];
	}
	out[next] = '\0';
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
