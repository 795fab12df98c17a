#include "test.h"

#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#define FFFD "\xef\xbf\xbd"

static void test_utf8_ok(void **state) {
	static const char *const bad[] = {
		"\x80",
		"\xc3",
		"\xc0\x80",         /* overlong NUL */
		"\xc1\xbf",         /* overlong */
		"\xe0\x9f\xbf",     /* overlong */
		"\xf0\x8f\xbf\xbf", /* overlong */
		"\xed\xa0\x80",     /* surrogate */
		"\xf4\x90\x80\x80", /* over U+10FFFF */
		"\xf5\x80\x80\x80",
		"\xe2\x82",
		"\xf0\x9f\x98",
		"ok\xff",
	};

	(void)state;
	assert_true(text_utf8_ok("", 0));
	assert_true(text_utf8_ok("Jalan Slamet Riyadi \xe2\x80\x94 \xf0\x9f\x9a\x91", 28));
	assert_true(text_utf8_ok("\xf4\x8f\xbf\xbd", 4));
	assert_false(text_utf8_ok("a\0b", 3));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(text_utf8_ok(bad[i], strlen(bad[i])));
	}
	/* Only the bytes that were given are looked at. */
	assert_false(text_utf8_ok("\xe2\x80\x94", 2));
}

static void test_clean(void **state) {
	static const struct {
		const char *from, *to;
	} cases[] = {
		{"", ""}, {"Pak Joko", "Pak Joko"}, {"a\tb\nc\rd", "a b c d"},
		{"a\xe2\x80\xa8"
		 "b",
			"a b"},
		{"\x1b[31mred\x07\x7f", FFFD "[31mred" FFFD FFFD},
		{"\xc2\x9b"
		 "31m",
			FFFD "31m"}, /* C1 CSI */
		{"ab\xe2\x80\xae"
		 "cd",
			"abcd"}, /* U+202E */
		{"a\xe2\x81\xa6"
		 "b\xe2\x80\x8b"
		 "c\xef\xbb\xbf",
			"abc"}, /* 2066, 200B, FEFF */
		{"a\xc2\xad"
		 "b\xf3\xa0\x81\x81",
			"ab"},                       /* 00AD, E0041 */
		{"\xee\x80\x80", FFFD},              /* private use */
		{"\xef\xbf\xbf\xcd\xb8", FFFD FFFD}, /* U+FFFF, U+0378 unassigned */
		{"x\xff\xfey", "x" FFFD FFFD "y"}, {"\xed\xa0\x80", FFFD FFFD FFFD},
		{"\xcc\x81"
		 "a",
			"a"}, /* a mark alone */
		{"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84", "e\xcc\x81\xcc\x82"},
		{"\xe2\x9a\xa0\xef\xb8\x8f", "\xe2\x9a\xa0"},             /* VS16 goes */
		{"\xea\xa6\xb1\xea\xa6\xba", "\xea\xa6\xb1\xea\xa6\xba"}, /* Javanese */
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = text_clean(out, sizeof(out), cases[i].from, strlen(cases[i].from));

		assert_string_equal(out, cases[i].to);
		assert_int_equal(len, strlen(out));
		/* What is clean stays as it is. */
		text_clean(out, sizeof(out), cases[i].to, strlen(cases[i].to));
		assert_string_equal(out, cases[i].to);
	}
	assert_int_equal(text_clean(out, sizeof(out), "a\0b", 3), 5);
	assert_string_equal(out, "a" FFFD "b");
}

static void test_clean_never_splits(void **state) {
	char out[8];

	(void)state;
	memset(out, 'x', sizeof(out));
	assert_int_equal(text_clean(out, 0, "abc", 3), 0);
	assert_int_equal(out[0], 'x');
	assert_int_equal(text_clean(out, 1, "abc", 3), 0);
	assert_string_equal(out, "");
	assert_int_equal(text_clean(out, 4, "ab\xe2\x80\x94", 5), 2);
	assert_string_equal(out, "ab");
	assert_int_equal(text_clean(out, 6, "ab\xe2\x80\x94", 5), 5);
	assert_int_equal(text_copy(out, 5, "ab\xe2\x80\x94z"), 2);
	assert_string_equal(out, "ab");
	assert_int_equal(text_copy(out, 6, "ab\xe2\x80\x94"), 5);
	assert_int_equal(text_copy(out, 4, "abcdef"), 3);
	assert_string_equal(out, "abc");
}

/* Every character: what is left is well-formed, and has no control, bidi or zero-width character in
 * it. */
static void test_clean_all(void **state) {
	(void)state;
	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		char in[6] = "a", out[16];
		size_t len = 1, clean;
		uint32_t got;

		if (code < 0x80) {
			in[len++] = (char)code;
		} else if (code < 0x800) {
			in[len++] = (char)(0xc0 | (code >> 6));
			in[len++] = (char)(0x80 | (code & 0x3f));
		} else if (code < 0x10000) {
			in[len++] = (char)(0xe0 | (code >> 12));
			in[len++] = (char)(0x80 | ((code >> 6) & 0x3f));
			in[len++] = (char)(0x80 | (code & 0x3f));
		} else {
			in[len++] = (char)(0xf0 | (code >> 18));
			in[len++] = (char)(0x80 | ((code >> 12) & 0x3f));
			in[len++] = (char)(0x80 | ((code >> 6) & 0x3f));
			in[len++] = (char)(0x80 | (code & 0x3f));
		}
		clean = text_clean(out, sizeof(out), in, len);
		if (!text_utf8_ok(out, clean) || text_width(out) < 1 || text_width(out) > 10) {
			fail_msg("U+%04X", code);
		}
		for (size_t at = 0, step; (step = text_next(out + at, &got, NULL)) > 0;
			at += step) {
			if (got < 0x20 || (got >= 0x7f && got < 0xa0) ||
				(got >= 0x200b && got <= 0x200f) ||
				(got >= 0x2028 && got <= 0x202e) ||
				(got >= 0x2060 && got <= 0x206f)) {
				fail_msg("U+%04X is left", got);
			}
		}
	}
}

static void test_width(void **state) {
	uint32_t code;
	int columns;

	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("Gladag"), 6);
	assert_int_equal(text_width("\xe7\x81\xab\xe4\xba\x8b"), 4);
	assert_int_equal(text_width("e\xcc\x81"), 1);
	assert_int_equal(text_width("\xf0\x9f\x9a\x91"), 2);
	assert_int_equal(text_width("\xea\xa6\xb1\xea\xa6\xba"), 2);
	assert_int_equal(text_next("", &code, &columns), 0);
	assert_int_equal(text_next("\xe7\x81\xab", &code, &columns), 3);
	assert_int_equal(code, 0x706b);
	assert_int_equal(columns, 2);
	/* Cut off: one byte, and nothing behind the end is read. */
	assert_int_equal(text_next("\xe7", &code, &columns), 1);
	assert_int_equal(code, 0xfffd);
	assert_int_equal(columns, 1);
}

static void test_fit(void **state) {
	int used = -1;

	(void)state;
	assert_int_equal(text_fit("abc", 2, &used), 2);
	assert_int_equal(used, 2);
	assert_int_equal(text_fit("a\xe7\x81\xab", 2, &used), 1);
	assert_int_equal(used, 1);
	assert_int_equal(text_fit("a\xe7\x81\xab", 3, NULL), 4);
	/* The marks go with their base. */
	assert_int_equal(text_fit("e\xcc\x81x", 1, &used), 3);
	assert_int_equal(text_fit("abc", 0, &used), 0);
	assert_int_equal(text_fit("abc", -1, &used), 0);
	assert_int_equal(used, 0);
}

static void test_id_ok(void **state) {
	(void)state;
	assert_true(text_id_ok("Gladag-01_a.b", 32));
	assert_true(text_id_ok("abc", 3));
	assert_false(text_id_ok("abcd", 3));
	assert_false(text_id_ok("", 3));
	assert_false(text_id_ok("a b", 8));
	assert_false(text_id_ok("a/b", 8));
	assert_false(text_id_ok("\xc3\xa9", 8));
}

static void test_fold(void **state) {
	char out[16];

	(void)state;
	assert_int_equal(text_fold(out, sizeof(out), "GLADAG 4"), 8);
	assert_string_equal(out, "gladag 4");
	text_fold(out, sizeof(out),
		"Stra\xc3\x9f"
		"E");
	assert_string_equal(out, "strasse");
	/* A letter with a mark is the same in one character or two, and large or small. */
	text_fold(out, sizeof(out), "CAF\xc3\x89");
	assert_string_equal(out, "cafe\xcc\x81");
	/* Room for the letter but not its mark: neither. */
	assert_int_equal(text_fold(out, 6, "CAF\xc3\x89"), 3);
	assert_int_equal(text_fold(out, 1, "A"), 0);
	assert_string_equal(out, "");
	assert_int_equal(text_fold(out, 0, "A"), 0);
	assert_int_equal(text_fold(out, sizeof(out), "\xe7"), 3);
	assert_string_equal(out, "\xef\xbf\xbd");
}

static void test_contains(void **state) {
	(void)state;
	assert_true(text_contains("Dekat Pasar Legi", "pasar"));
	assert_true(text_contains("DEKAT PASAR LEGI", "legi"));
	assert_false(text_contains("Dekat Pasar Legi", "pasar gede"));
	assert_false(text_contains("Pasar Le", "legi"));
	assert_true(text_contains("Jl. Stra\xc3\x9f"
				  "e",
		"strasse"));
	assert_true(text_contains("Caf\xc3\xa9", "cafe"));
	assert_true(text_contains("xe\xcc\x81y", "e\xcc\x81y"));
	assert_true(text_contains("\xe7\x81\xab\xe4\xba\x8b", "\xe4\xba\x8b"));
	assert_true(text_contains("anything", ""));
	assert_true(text_contains("", ""));
	assert_false(text_contains("", "a"));
	assert_true(text_begins("Kebakaran", "keb"));
	assert_false(text_begins("Kebakaran", "bakar"));
	assert_false(text_begins("Ke", "keb"));
}

static void test_word(void **state) {
	UNUSED(state);
	assert_int_equal(text_word("kata lain"), 4);
	assert_int_equal(text_word("kata"), 4);
	assert_int_equal(text_word("\xc3\x89lan's"), 5);
	assert_int_equal(text_word("e\xcc\x81lan2"), 6);
	assert_int_equal(text_word("\xe7\x81\xab\xe4\xba\x8b"), 6);
	assert_int_equal(text_word("\xe2\x80\x9ckata"), 0);
	assert_int_equal(text_word("kata\xe2\x80\x9d"), 4);
	assert_int_equal(text_word("7"), 0);
	assert_int_equal(text_word("\xff"), 0);
	assert_int_equal(text_word(""), 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_ok),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_clean_never_splits),
		cmocka_unit_test(test_clean_all),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_contains),
		cmocka_unit_test(test_id_ok),
		cmocka_unit_test(test_word),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
