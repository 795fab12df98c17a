#include "test.h"

#include <string.h>

#include <siaga/base/file.h>
#include <siaga/base/ini.h>
#include <siaga/base/setting.h>

struct values {
	bool yes;
	int number, word;
	int64_t ms;
	char text[8];
};

#define OF(member) offsetof(struct values, member), sizeof(((struct values *)NULL)->member)

static const char *const words[] = {"none", "some", "all", NULL};
static const struct setting table[] = {
	{"one", "yes", SETTING_BOOL, OF(yes), .initial = "no", .help = "a"},
	{"one", "number", SETTING_NUMBER, OF(number), 5, 10, .initial = "7", .help = "b"},
	{"one", "word", SETTING_WORD, OF(word), .words = words, .initial = "some", .help = "c"},
	{"two", "wait", SETTING_DURATION, OF(ms), 1000, 60000, .initial = "2s", .help = "d"},
	{"two", "text", SETTING_TEXT, OF(text), .initial = "", .help = "e"},
};

static bool set(struct values *values, const char *section, const char *key, const char *value,
	struct err *err) {
	return setting_set(values, setting_find(table, ARRAY_LEN(table), section, key), value, err);
}

static void test_values_are_read_as_they_are_written(void **state) {
	struct values values = {0};
	(void)state;
	assert_true(set(&values, "one", "yes", "on", NULL));
	assert_true(values.yes);
	assert_true(set(&values, "one", "number", "10", NULL));
	assert_int_equal(values.number, 10);
	assert_true(set(&values, "one", "word", "all", NULL));
	assert_int_equal(values.word, 2);
	assert_true(set(&values, "two", "wait", "1m", NULL));
	assert_int_equal(values.ms, 60000);
	assert_true(set(&values, "two", "text", "1234567", NULL));
	assert_string_equal(values.text, "1234567");
}

static void test_what_is_not_allowed_changes_nothing(void **state) {
	struct values values = {.number = 6, .word = 1, .ms = 3000, .text = "old"};
	const struct values before = values;
	struct err err = {0};
	(void)state;
	assert_false(set(&values, "one", "yes", "perhaps", &err));
	assert_string_equal(err.text, "yes = \"perhaps\": must be yes or no");
	assert_false(set(&values, "one", "number", "11", &err));
	assert_string_equal(err.text, "number = \"11\": must be a number from 5 to 10");
	assert_false(set(&values, "one", "number", "-6", &err));
	assert_false(set(&values, "one", "number", "99999999999999999999", &err));
	assert_false(set(&values, "one", "word", "", &err));
	assert_string_equal(err.text, "word = \"\": must be one of none, some, all");
	assert_false(set(&values, "two", "wait", "2m", &err));
	assert_false(set(&values, "two", "text", "12345678", &err));
	assert_string_equal(err.text, "text: longer than 7 bytes");
	assert_memory_equal(&values, &before, sizeof(values));
}

static void test_names_that_there_are_not(void **state) {
	static const char *const more[] = {"three", NULL};
	struct ini_item item = {.section = "one", .key = "numbr"};
	struct err err = {0};
	(void)state;
	assert_false(setting_unknown_section(table, ARRAY_LEN(table), more, "thre", &err));
	assert_string_equal(err.text, "there is no section [thre]; did you mean \"three\"?");
	assert_false(setting_unknown_key(table, ARRAY_LEN(table), &item, &err));
	assert_string_equal(err.text, "[one] has no \"numbr\"; did you mean \"number\"?");
	item.key = "wait";
	assert_false(setting_unknown_key(table, ARRAY_LEN(table), &item, &err));
	assert_string_equal(err.text, "\"wait\" belongs into [two], not [one]");
	assert_null(setting_find(table, ARRAY_LEN(table), "one", "wait"));
}

static void test_folders_of_files(void **state) {
	char dir[FILE_PATH_SIZE], path[64] = "a/b";
	(void)state;
	file_dir("/etc/siaga/siagad.conf", dir, sizeof(dir));
	assert_string_equal(dir, "/etc/siaga");
	file_dir("/siagad.conf", dir, sizeof(dir));
	assert_string_equal(dir, "/");
	file_dir("siagad.conf", dir, sizeof(dir));
	assert_string_equal(dir, ".");
	assert_true(file_resolve("/etc", path, sizeof(path), NULL));
	assert_string_equal(path, "/etc/a/b");
	assert_true(file_resolve("/var", path, sizeof(path), NULL));
	assert_string_equal(path, "/etc/a/b");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_read_as_they_are_written),
		cmocka_unit_test(test_what_is_not_allowed_changes_nothing),
		cmocka_unit_test(test_names_that_there_are_not),
		cmocka_unit_test(test_folders_of_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
