#include "test.h"

#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/ui/osc.h>

static void test_each_kind(void **state) {
	char out[OSC_NOTIFY_SIZE];

	UNUSED(state);
	osc_notify(out, OSC_9, "P1 FIRE E5", true, false);
	assert_string_equal(out, "\033]9;P1 FIRE E5\a");
	osc_notify(out, OSC_777, "P1 FIRE E5", true, false);
	assert_string_equal(out, "\033]777;notify;Siaga;P1 FIRE E5\a");
	osc_notify(out, OSC_9, "P1 FIRE E5", true, true);
	assert_string_equal(out, "\033Ptmux;\033\033]9;P1 FIRE E5\a\033\\");
}

static void test_no_text_ends_the_sequence(void **state) {
	char out[OSC_NOTIFY_SIZE];

	UNUSED(state);
	osc_notify(out, OSC_9, "4;1\a\033\\x\xc2\x9c\xff\n", true, false);
	assert_string_equal(
		out, "\033]9;4,1\xef\xbf\xbd\xef\xbf\xbd\\x\xef\xbf\xbd\xef\xbf\xbd \a");
	/* In a terminal without UTF-8 the second byte of this letter would be such an end. */
	osc_notify(out, OSC_9, "\xc3\x9c", false, false);
	assert_string_equal(out, "\033]9;?\?\a");
}

static void test_at_most_200_bytes_of_text(void **state) {
	char out[OSC_NOTIFY_SIZE], text[2000];

	UNUSED(state);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	osc_notify(out, OSC_777, text, true, true);
	assert_int_equal(
		strlen(out), OSC_TEXT_MAX + strlen("\033Ptmux;\033\033]777;notify;Siaga;\a\033\\"));
	/* Never half a character. */
	memcpy(text + OSC_TEXT_MAX - 1, "\xc3\xa9", 2);
	osc_notify(out, OSC_9, text, true, false);
	assert_int_equal(strlen(out), OSC_TEXT_MAX - 1 + strlen("\033]9;\a"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind),
		cmocka_unit_test(test_no_text_ends_the_sequence),
		cmocka_unit_test(test_at_most_200_bytes_of_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
