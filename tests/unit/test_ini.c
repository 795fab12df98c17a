#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/ini.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

/* What was read, as one text: "section.key=value@line(first)\n". */
struct log {
	struct buf items, errors;
	int max_errors;
};

static bool on_section(void *data, const char *section, int line, struct err *err) {
	UNUSED(data);
	UNUSED(line);
	return strcmp(section, "bad") != 0 || err_set(err, "no section \"%s\"", section);
}

static bool on_item(void *data, const struct ini_item *item, struct err *err) {
	struct log *log = data;
	if (strcmp(item->key, "wrong") == 0) {
		return err_set(err, "wrong is wrong");
	}
	buf_printf(&log->items, "%s.%s=%s@%d", item->section, item->key, item->value, item->line);
	if (item->first_line != 0) {
		buf_printf(&log->items, "(%d)", item->first_line);
	}
	buf_add_str(&log->items, "\n");
	return true;
}

static bool on_error(void *data, const char *text) {
	struct log *log = data;
	buf_printf(&log->errors, "%s\n", text);
	return --log->max_errors > 0;
}

static const struct ini_ops ops = {on_section, on_item, on_error};
static const struct ini_ops plain_ops = {NULL, on_item, NULL};

static void finish(struct log *log) {
	buf_finish(&log->items);
	buf_finish(&log->errors);
}

static void reads(const char *text, size_t len, const char *wanted) {
	struct log log = {.max_errors = 100};
	struct err err = {0};
	bool ok = ini_parse("f", text, len, &ops, &log, &err);
	assert_string_equal(err.text, "");
	assert_true(ok);
	assert_string_equal(log.items.data != NULL ? log.items.data : "", wanted);
	finish(&log);
}

static void test_reads_what_people_write(void **state) {
	static const char odd[] = "\xef\xbb\xbf[a]\r\nk = v\r\n";
	UNUSED(state);
	reads("", 0, "");
	reads("\n\n", 2, "");
	reads("k=v", 3, ".k=v@1\n");
	reads(odd, sizeof(odd) - 1, "a.k=v@2\n");
	static const char usual[] = "; one\n# two\n\n[ a ]\n  long key =  v ; w # x = y \n"
				    "\tempty =\n[b]\nk=1\n[a]\nk=2\n[b]\nK=3\nk=4\n";
	reads(usual, sizeof(usual) - 1,
		"a.long key=v ; w # x = y@5\na.empty=@6\nb.k=1@8\na.k=2@10\nb.K=3@12\n"
		"b.k=4@13(8)\n");
}

static void test_strangers_characters_are_cleaned(void **state) {
	static const char text[] = "k = a\x1b[2Jb\tc\xe2\x80\xaeg";
	UNUSED(state);
	reads(text, sizeof(text) - 1, ".k=a\xef\xbf\xbd[2Jb cg@1\n");
}

static void fails(const char *text, size_t len, const char *wanted) {
	struct log log = {.max_errors = 1};
	struct err err = {0};
	assert_false(ini_parse("f", text, len, &ops, &log, &err));
	assert_memory_equal(err.text, wanted, strlen(wanted));
	assert_non_null(log.errors.data);
	assert_memory_equal(log.errors.data, wanted, strlen(wanted));
	finish(&log);
	struct log plain = {0};
	if (strstr(wanted, "no section") == NULL) {
		/* Nobody wants to hear of errors: the first one ends it, all the same. */
		assert_false(ini_parse("f", text, len, &plain_ops, &plain, NULL));
	}
	finish(&plain);
}

static void test_errors_say_where_and_what(void **state) {
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{"\n[a", "f:2: \"[a\": the ] of the section is missing"},
		{"[ ]", "f:1: the section has no name"},
		{"[bad]", "f:1: no section \"bad\""},
		{"\n\nnonsense\n", "f:3: \"nonsense\" is neither [section] nor NAME = VALUE"},
		{"= 3", "f:1: the name before the = is missing"},
		{"[a]\nwrong = 1", "f:2: wrong is wrong"},
		{"k = \xff", "f:1: the line is not UTF-8"},
	};
	static const char with_nul[] = "a = 1\nk = \0x";
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fails(cases[i].text, strlen(cases[i].text), cases[i].wanted);
	}
	fails(with_nul, sizeof(with_nul) - 1, "f:2: the line is not UTF-8");
}

static void test_too_long_a_line(void **state) {
	struct buf text = {0};
	UNUSED(state);
	buf_add_str(&text, "[a]\nk = ");
	while (text.len < 4 + INI_LINE_MAX) {
		buf_add_str(&text, "x");
	}
	struct log log = {.max_errors = 9};
	assert_true(ini_parse("f", text.data, text.len, &ops, &log, NULL));
	finish(&log);
	buf_add_str(&text, "x\nl = 1\n");
	struct log again = {.max_errors = 9};
	assert_false(ini_parse("f", text.data, text.len, &ops, &again, NULL));
	assert_string_equal(again.errors.data, "f:2: the line is longer than 4096 bytes\n");
	assert_string_equal(again.items.data, "a.l=1@3\n");
	finish(&again);
	buf_finish(&text);
}

static void test_all_errors_when_wanted(void **state) {
	static const char text[] = "x\n[bad]\nk = passed over\n[a]\nwrong=1\nk = 2\ny\nz\n";
	struct log log = {.max_errors = 4};
	struct err err = {0};
	UNUSED(state);
	assert_false(ini_parse("f", text, sizeof(text) - 1, &ops, &log, &err));
	assert_string_equal(log.items.data, "a.k=2@6\n");
	assert_string_equal(log.errors.data, "f:1: \"x\" is neither [section] nor NAME = VALUE\n"
					     "f:2: no section \"bad\"\n"
					     "f:5: wrong is wrong\n"
					     "f:7: \"y\" is neither [section] nor NAME = VALUE\n");
	assert_string_equal(err.text, "f:1: \"x\" is neither [section] nor NAME = VALUE");
	finish(&log);
}

/* Whatever the bytes: it ends, and all that comes out of it is clean. */
static void test_noise_does_no_harm(void **state) {
	static const char alphabet[] = "[]=#; \t\r\n\n\nab\xc3\xa9\xe2\x80\xae\xff\x1b";
	unsigned seed = 1;
	UNUSED(state);
	for (int round = 0; round < 3000; round++) {
		char text[120];
		struct log log = {.max_errors = 1000};
		seed = seed * 1103515245u + 12345u;
		size_t len = (seed >> 16) % sizeof(text);
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1103515245u + 12345u;
			/* NUL too: it is the last of the alphabet's bytes. */
			text[i] = alphabet[(seed >> 16) % sizeof(alphabet)];
		}
		ini_parse("f", text, len, &ops, &log, NULL);
		assert_true(
			text_utf8_ok(log.items.data != NULL ? log.items.data : "", log.items.len));
		assert_true(text_utf8_ok(
			log.errors.data != NULL ? log.errors.data : "", log.errors.len));
		finish(&log);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_what_people_write),
		cmocka_unit_test(test_strangers_characters_are_cleaned),
		cmocka_unit_test(test_errors_say_where_and_what),
		cmocka_unit_test(test_too_long_a_line),
		cmocka_unit_test(test_all_errors_when_wanted),
		cmocka_unit_test(test_noise_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
