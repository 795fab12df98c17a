#include "test.h"

#include <siaga/base/duration.h>
#include <siaga/base/macros.h>

static void test_reads_and_writes(void **state) {
	static const struct {
		const char *text;
		int64_t ms;
		const char *back;
	} cases[] = {
		{"0", 0, "0s"},
		{"0s", 0, "0s"},
		{"5s", 5000, "5s"},
		{"500ms", 500, "500ms"},
		{"2m", 120000, "2m"},
		{"90s", 90000, "1m30s"},
		{"1h30m", 5400000, "1h30m"},
		{"1h2m3s4ms", 3723004, "1h2m3s4ms"},
		{"168h", DURATION_MAX_MS, "168h"},
	};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char back[DURATION_TEXT_SIZE];
		int64_t ms = -1;
		assert_true(duration_parse(cases[i].text, &ms));
		assert_int_equal(ms, cases[i].ms);
		duration_format(back, ms);
		assert_string_equal(back, cases[i].back);
	}
}

static void test_refuses_what_is_no_time(void **state) {
	static const char *const wrong[] = {"", "5", "s", "5x", "5 s", "-5s", "1m1h", "1m1m",
		"1.5s", "5sm", "169h", "168h1ms", "99999999999999999999999s", "1h-", "5S"};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		int64_t ms = 77;
		assert_false(duration_parse(wrong[i], &ms));
		assert_int_equal(ms, 77);
	}
}

static void test_days_are_for_what_is_kept_long(void **state) {
	static const char *const wrong[] = {"", "90", "d", "1h1d", "1d1d", "-1d", "36526d",
		"99999999999999999999d", "36525d1ms"};
	int64_t ms = 77;
	UNUSED(state);
	assert_false(duration_parse("1d", &ms));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_false(duration_parse_days(wrong[i], &ms));
		assert_int_equal(ms, 77);
	}
	assert_true(duration_parse_days("90d", &ms));
	assert_int_equal(ms, INT64_C(7776000000));
	assert_true(duration_parse_days("1d12h30m", &ms));
	assert_int_equal(ms, 131400000);
	assert_true(duration_parse_days("36525d", &ms));
	assert_int_equal(ms, DURATION_DAYS_MAX_MS);
}

static void test_formats_any_number(void **state) {
	char out[DURATION_TEXT_SIZE];
	UNUSED(state);
	duration_format(out, -1);
	assert_string_equal(out, "0s");
	duration_format(out, INT64_MAX);
	assert_string_equal(out, "2562047788015h12m55s807ms");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_and_writes),
		cmocka_unit_test(test_refuses_what_is_no_time),
		cmocka_unit_test(test_days_are_for_what_is_kept_long),
		cmocka_unit_test(test_formats_any_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
