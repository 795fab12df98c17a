/* The one gate for strangers' text, and what is done with a text once it is through. The first two
 * bytes say how much room there is, and how many columns. */
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/duration.h>
#include <siaga/base/text.h>
#include <siaga/model/geo.h>

#include "fuzz.h"

/* No more than two marks on a letter, and none without one. */
static void check_marks(const char *text) {
	size_t used;
	int columns, marks = 2;
	while ((used = text_next(text, NULL, &columns)) > 0) {
		marks = columns == 0 ? marks + 1 : 0;
		MUST(marks <= 2);
		text += used;
	}
}

static void check_clean(const char *raw, size_t len, size_t size) {
	char *out = mem_alloc(size + 1, 1), *again = mem_alloc(size + 1, 1);
	memset(out, 'x', size + 1);
	size_t written = text_clean(out, size, raw, len);
	MUST(out[size] == 'x');
	if (size > 0) {
		MUST(written < size && written == strlen(out));
		MUST(is_clean(out, size));
		check_marks(out);
		/* What is clean stays as it is: texts pass the gate again on every hop. */
		MUST(text_clean(again, size, out, written) == written);
		MUST(memcmp(out, again, written + 1) == 0);
	}
	free(out);
	free(again);
}

static void check_columns(const char *text, int columns) {
	int used = -1, width = text_width(text);
	size_t len = strlen(text), fits = text_fit(text, columns, &used);
	MUST(fits <= len && used <= columns && used >= 0 && width >= used);
	MUST((fits == len) == (width <= columns));
	MUST(text_utf8_ok(text, fits) && text_utf8_ok(text + fits, len - fits));
	size_t words = text_fit_words(text, columns);
	MUST(words <= fits && (words == fits || words == 0 || text[words] == ' '));
}

static void check_copy(const char *text, size_t size) {
	char *out = mem_alloc(size + 1, 1);
	size_t len = text_copy(out, size, text);
	MUST(size == 0 || (len < size && strlen(out) == len && strncmp(out, text, len) == 0));
	MUST(text_utf8_ok(out, len));
	free(out);
}

static void check_fold(const char *text) {
	size_t size = 24 * strlen(text) + 1;
	char *once = mem_alloc(size, 1), *twice = mem_alloc(size, 1);
	size_t len = text_fold(once, size, text);
	MUST(len == strlen(once) && text_utf8_ok(once, len));
	(void)text_fold(twice, size, once);
	MUST_OF(strcmp(once, twice) == 0, text);
	MUST(text_begins(text, once) && text_contains(text, once) && text_contains(text, ""));
	/* A part that is cut off between two characters is found in the whole. */
	for (size_t at = 0, used; (used = text_next(text + at, NULL, NULL)) > 0; at += used) {
		(void)text_fold(twice, size, text + at);
		MUST_OF(text_contains(text, twice), text + at);
	}
	free(once);
	free(twice);
}

/* Small languages of their own that take a text and give one back. */
static void check_read_back(const char *text) {
	char time[CLOCK_RFC3339_SIZE], duration[DURATION_TEXT_SIZE], degrees[GEO_DEGREES_SIZE];
	int64_t ms, again_ms;
	int32_t e7, again_e7;
	if (clock_parse(text, &ms)) {
		clock_format(time, ms);
		MUST_OF(clock_parse(time, &again_ms) && again_ms == ms, time);
	}
	if (duration_parse(text, &ms)) {
		MUST(ms >= 0 && ms <= DURATION_MAX_MS);
		duration_format(duration, ms);
		MUST_OF(duration_parse(duration, &again_ms) && again_ms == ms, duration);
	}
	if (geo_parse_degrees(text, 180, &e7)) {
		MUST(e7 >= -1800000000 && e7 <= 1800000000);
		geo_format_degrees(degrees, e7);
		MUST_OF(geo_parse_degrees(degrees, 180, &again_e7) && again_e7 == e7, degrees);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct bytes in = {data, size};
	size_t room = take_byte(&in), len;
	int columns = (int)take_byte(&in);
	char *raw = take_data(&in, in.left, &len);
	check_clean(raw, len, room);
	check_clean(raw, len, 3 * len + 1);
	(void)text_utf8_ok(raw, len);
	/* The others take whatever ends with a NUL, and must not read behind it. */
	char *text = dup_text((const uint8_t *)raw, len);
	(void)text_width(text);
	(void)text_fit(text, columns, NULL);
	(void)text_id_ok(text, room);
	check_read_back(text);
	char *clean = mem_alloc(3 * len + 1, 1);
	(void)text_clean(clean, 3 * len + 1, raw, len);
	check_columns(clean, columns);
	check_copy(clean, room);
	if (len <= 96) { /* It takes the square of that. */
		check_fold(clean);
	}
	free(clean);
	free(text);
	free(raw);
	return 0;
}
