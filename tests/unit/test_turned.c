#include "test.h"

#include <stdio.h>
#include <string.h>

#include <siaga/feed/turned.h>

#define T0     1000
#define MINUTE 60000

static char said[64][160];
static size_t said_len;

static void say(const char *line) {
	assert_true(said_len < 64);
	(void)snprintf(said[said_len++], sizeof(said[0]), "%s", line);
}

static int forget(void **state) {
	(void)state;
	said_len = 0;
	return 0;
}

static void the_first_is_said_at_once_and_the_rest_once_a_minute(void **state) {
	struct turned turned = {0};
	(void)state;
	for (int i = 0; i < 5000; i++) {
		turned_note(&turned, TURNED_GUESSES, "192.0.2.7", T0 + i, say);
	}
	assert_int_equal(said_len, 1);
	assert_string_equal(said[0], "192.0.2.7: turned away: requests without a good token");
	turned_look(&turned, T0 + MINUTE - 1, say);
	assert_int_equal(said_len, 1);
	turned_look(&turned, T0 + MINUTE, say);
	assert_int_equal(said_len, 2);
	assert_string_equal(said[1], "192.0.2.7: turned away within a minute: 4999 requests "
				     "without a good token");
}

static void what_goes_on_is_no_first_again(void **state) {
	struct turned turned = {0};
	(void)state;
	for (int i = 0; i < 10 * MINUTE; i += 100) {
		turned_note(&turned, TURNED_ALL_FULL, "192.0.2.7", T0 + i, say);
	}
	assert_int_equal(said_len, 10);
	/* After a quiet minute it is. */
	turned_look(&turned, T0 + 10 * MINUTE, say);
	turned_look(&turned, T0 + 11 * MINUTE, say);
	assert_int_equal(said_len, 11);
	turned_look(&turned, T0 + 12 * MINUTE, say);
	turned_note(&turned, TURNED_ALL_FULL, "192.0.2.8", T0 + 20 * MINUTE, say);
	assert_int_equal(said_len, 12);
	assert_string_equal(said[11], "192.0.2.8: turned away: connections over what all may have");
}

static void many_addresses_are_no_many_lines(void **state) {
	struct turned turned = {0};
	char address[32];
	(void)state;
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(address, sizeof(address), "10.0.%d.%d", i / 250, i % 250);
		turned_note(&turned, TURNED_ADDRESS_FULL, address, T0, say);
	}
	turned_look(&turned, T0 + MINUTE, say);
	assert_int_equal(said_len, 1 + TURNED_ROWS_MAX + 1);
	assert_string_equal(
		said[said_len - 1], "other addresses: turned away within a minute: 991");
}

static void one_house_of_v6_is_one(void **state) {
	struct turned turned = {0};
	(void)state;
	turned_note(&turned, TURNED_GUESSES, "2001:db8:1:2::7", T0, say);
	turned_note(&turned, TURNED_GUESSES, "2001:db8:1:2::8", T0, say);
	turned_note(&turned, TURNED_GUESSES, "::ffff:192.0.2.9", T0, say);
	turned_look(&turned, T0 + MINUTE, say);
	assert_int_equal(said_len, 3);
	assert_string_equal(said[0], "2001:db8:1:2::: turned away: requests without a good token");
	assert_non_null(strstr(said[1], "2001:db8:1:2::: turned away within a minute: 1 "));
	assert_non_null(strstr(said[2], "192.0.2.9: turned away within a minute: 1 "));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			the_first_is_said_at_once_and_the_rest_once_a_minute, forget),
		cmocka_unit_test_setup(what_goes_on_is_no_first_again, forget),
		cmocka_unit_test_setup(many_addresses_are_no_many_lines, forget),
		cmocka_unit_test_setup(one_house_of_v6_is_one, forget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
