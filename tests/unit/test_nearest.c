#include "test.h"

#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/nearest.h>

static const char *nearest(const char *word) {
	static const char *const names[] = {"ascii", "mouse", "theme", "token_file", "url"};
	struct nearest near;
	nearest_init(&near, word);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		nearest_try(&near, names[i]);
	}
	return near.best != NULL ? near.best : "";
}

static void test_a_slip_is_understood(void **state) {
	UNUSED(state);
	assert_string_equal(nearest("moose"), "mouse");
	assert_string_equal(nearest("thmee"), "theme");
	assert_string_equal(nearest("asci"), "ascii");
	assert_string_equal(nearest("tokenfile"), "token_file");
	assert_string_equal(nearest("urls"), "url");
	assert_string_equal(nearest("url"), "url");
}

static void test_something_else_is_not(void **state) {
	char long_word[200];
	UNUSED(state);
	memset(long_word, 'a', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_string_equal(nearest("colour"), "");
	assert_string_equal(nearest(""), "");
	assert_string_equal(nearest("xyz"), "");
	assert_string_equal(nearest(long_word), "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_slip_is_understood),
		cmocka_unit_test(test_something_else_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
