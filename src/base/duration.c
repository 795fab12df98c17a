#include <siaga/base/duration.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>

/* From long to short. */
static const struct {
	const char *name;
	int64_t ms;
} units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

#define HOURS 1 /* the first unit of what does not take days */

/* The unit at text, not before `from`; ARRAY_LEN(units) when there is none. */
static size_t unit_at(const char *text, size_t len, size_t from) {
	for (size_t i = from; i < ARRAY_LEN(units); i++) {
		if (strlen(units[i].name) == len && memcmp(units[i].name, text, len) == 0) {
			return i;
		}
	}
	return ARRAY_LEN(units);
}

static bool parse(const char *text, size_t from, int64_t max_ms, int64_t *ms) {
	int64_t total = 0;
	if (strcmp(text, "0") == 0) {
		*ms = 0;
		return true;
	}
	if (text[0] == '\0') {
		return false;
	}
	while (text[0] != '\0') {
		int64_t number = 0;
		size_t digits = strspn(text, "0123456789");
		if (digits == 0) {
			return false;
		}
		for (size_t i = 0; i < digits; i++) {
			number = number * 10 + (text[i] - '0');
			if (number > max_ms) {
				return false;
			}
		}
		text += digits;
		size_t len = strspn(text, "dhms");
		size_t unit = unit_at(text, len, from);
		if (unit == ARRAY_LEN(units)) {
			return false;
		}
		if (number > (max_ms - total) / units[unit].ms) {
			return false;
		}
		total += number * units[unit].ms;
		text += len;
		from = unit + 1;
	}
	*ms = total;
	return true;
}

bool duration_parse(const char *text, int64_t *ms) {
	return parse(text, HOURS, DURATION_MAX_MS, ms);
}

bool duration_parse_days(const char *text, int64_t *ms) {
	return parse(text, 0, DURATION_DAYS_MAX_MS, ms);
}

void duration_format(char out[DURATION_TEXT_SIZE], int64_t ms) {
	size_t len = 0;
	if (ms <= 0) {
		snprintf(out, DURATION_TEXT_SIZE, "0s");
		return;
	}
	for (size_t i = HOURS; i < ARRAY_LEN(units) && len < DURATION_TEXT_SIZE; i++) {
		if (ms >= units[i].ms) {
			len += (size_t)snprintf(out + len, DURATION_TEXT_SIZE - len,
				"%" PRId64 "%s", ms / units[i].ms, units[i].name);
			ms %= units[i].ms;
		}
	}
}

bool duration_parse_clock(const char *text, int64_t *ms) {
	int64_t total = 0;
	int parts = 0;
	for (const char *at = text;; at++) {
		size_t digits = strspn(at, "0123456789");
		int64_t value = strtoll(at, NULL, 10);
		bool first = parts == 0;
		if (digits == 0 || digits > 3 || (!first && (digits != 2 || value > 59))) {
			return false;
		}
		total = total * 60 + value;
		parts++;
		at += digits;
		if (*at != ':') {
			*ms = total * 1000;
			return *at == '\0' && (parts == 2 || parts == 3);
		}
	}
}
