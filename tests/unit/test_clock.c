#include "test.h"

#include <stdlib.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>

static void test_format(void **state) {
	static const struct {
		int64_t at_ms;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{-5, "1970-01-01T00:00:00.000Z"},
		{951782400001, "2000-02-29T00:00:00.001Z"},
		{1792845296789, "2026-10-24T12:34:56.789Z"},
		{253402300799999, "9999-12-31T23:59:59.999Z"},
		{INT64_MAX, "9999-12-31T23:59:59.999Z"},
	};
	char text[CLOCK_RFC3339_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		clock_format(text, cases[i].at_ms);
		assert_string_equal(text, cases[i].text);
	}
}

static void test_parse(void **state) {
	static const struct {
		const char *text;
		int64_t at_ms;
	} cases[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2026-10-24T12:34:56.789Z", 1792845296789},
		{"2026-10-24t19:34:56.7891234567+07:00", 1792845296789},
		{"2026-10-24T12:34:56.7z", 1792845296700},
		{"1969-12-31T23:30:00-01:00", 1800000},
		{"2016-12-31T23:59:60Z", 1483228800000},
		{"9999-12-31T23:59:59.999Z", 253402300799999},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t at_ms = -1;

		assert_true(clock_parse(cases[i].text, &at_ms));
		assert_true(at_ms == cases[i].at_ms);
	}
}

static void test_parse_refuses(void **state) {
	static const char *const cases[] = {
		"",
		"2026",
		"2026-10-24",
		"2026-10-24T12:34Z",
		"2026-10-24T12:34:56",
		"2026-10-24T12:34:56.Z",
		"2026-10-24 12:34:56Z",
		"2026-10-24T12:34:56Zx",
		"2026-10-24T12:34:56+0700",
		"2026-10-24T12:34:56+24:00",
		"2026-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-01-01T24:00:00Z",
		"1969-12-31T23:59:59Z",
		"9999-12-31T23:59:59-00:01",
		"99999-12-31T23:59:59Z",
		"+026-10-24T12:34:56Z",
		"2026-10-2aT12:34:56Z",
	};
	int64_t at_ms = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_false(clock_parse(cases[i], &at_ms));
		assert_true(at_ms == 42);
	}
}

static void test_round_trip(void **state) {
	(void)state;
	/* A step that is no multiple of a day visits every month and time of day. */
	for (int64_t at_ms = 0; at_ms < 253402300799999; at_ms += 8765432109) {
		char text[CLOCK_RFC3339_SIZE];
		int64_t back;

		clock_format(text, at_ms);
		assert_true(clock_parse(text, &back));
		assert_true(back == at_ms);
	}
}

static void test_clocks_run(void **state) {
	int64_t mono = clock_mono_ms();

	(void)state;
	assert_true(clock_wall_ms() > 1700000000000);
	assert_true(clock_mono_ms() >= mono);
}

static void test_parse_local(void **state) {
	int64_t at_ms = 0;

	(void)state;
	setenv("TZ", "WIB-7", 1);
	assert_true(clock_parse_local("2026-01-31 15:00", &at_ms));
	assert_int_equal(at_ms, INT64_C(1769846400000));
	assert_true(clock_parse_local("2026-01-31 15:00:30", &at_ms));
	assert_int_equal(at_ms, INT64_C(1769846430000));
	assert_true(clock_parse_local("2026-01-31T08:00:00Z", &at_ms));
	assert_int_equal(at_ms, INT64_C(1769846400000));
	static const char *const wrong[] = {"", "2026-01-31", "2026-01-31 15", "2026-01-31 24:00",
		"2026-02-30 15:00", "2026-01-31 15:00:", "2026-01-31 15:00Z", "2026-01-31  15:00",
		"2026-01-31T15:00", "1970-01-01 00:00", "15:00", " 2026-01-31 15:00"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		at_ms = 5;
		assert_false(clock_parse_local(wrong[i], &at_ms));
		assert_int_equal(at_ms, 5);
	}
	setenv("TZ", "UTC", 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_parse_local),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_clocks_run),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
