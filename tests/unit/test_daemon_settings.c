#include "test.h"

#include <string.h>

#include "../../src/daemon/settings.h"

static struct daemon_settings settings;

static void test_the_defaults_are_those_of_the_feed(void **state) {
	struct feed_limits limits = {0};
	(void)state;
	feed_limits_complete(&limits);
	daemon_settings_defaults(&settings);
	assert_memory_equal(&settings.limits, &limits, sizeof(limits));
	assert_int_equal(settings.mode, MODE_ACTUAL);
	assert_int_equal(settings.clients, TLS_CLIENTS_NO);
	assert_string_equal(settings.data, "");
}

static void test_every_limit_has_a_row(void **state) {
	size_t len, covered = 0;
	const struct setting *rows = daemon_settings_rows(&len);
	(void)state;
	for (size_t i = 0; i < len; i++) {
		covered += strcmp(rows[i].section, "limits") == 0 ? rows[i].size : 0;
	}
	assert_int_equal(covered, sizeof(struct feed_limits));
}

static void test_the_words_are_in_the_order_of_what_they_mean(void **state) {
	size_t len;
	const struct setting *rows = daemon_settings_rows(&len);
	const struct setting *mode = setting_find(rows, len, "feed", "mode");
	(void)state;
	assert_non_null(mode);
	for (int i = 0; i < MODE_COUNT; i++) {
		assert_string_equal(mode->words[i], mode_name((enum mode)i));
	}
	assert_null(mode->words[MODE_COUNT]);
}

static void test_keys_of_the_feed_are_options(void **state) {
	struct daemon_options opt = {0};
	struct err err = {0};
	(void)state;
	daemon_settings_defaults(&settings);
	strcpy(settings.data, "/var/lib/siaga");
	settings.mode = MODE_TEST;
	opt.given[DAEMON_DATA] = "/elsewhere";
	assert_true(daemon_settings_fill(&settings, &opt, &err));
	assert_string_equal(opt.given[DAEMON_DATA], "/elsewhere");
	assert_string_equal(opt.given[DAEMON_MODE], "test");
	assert_null(opt.given[DAEMON_LISTEN]);
}

static void test_tls_is_configured_or_not(void **state) {
	struct tls_server_config tls;
	(void)state;
	daemon_settings_defaults(&settings);
	assert_false(daemon_settings_tls(&settings, &tls));
	strcpy(settings.certificate, "a.pem");
	strcpy(settings.key, "a.key");
	assert_true(daemon_settings_tls(&settings, &tls));
	assert_string_equal(tls.certificate, "a.pem");
	assert_null(tls.client_ca);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_defaults_are_those_of_the_feed),
		cmocka_unit_test(test_every_limit_has_a_row),
		cmocka_unit_test(test_the_words_are_in_the_order_of_what_they_mean),
		cmocka_unit_test(test_keys_of_the_feed_are_options),
		cmocka_unit_test(test_tls_is_configured_or_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
