#include "bench.h"

#include <string.h>

#include <siaga/app/config.h>

static struct config cfg; /* large */

static void configure(struct bench *b, const char *text) {
	struct err err = {0};
	config_defaults(&cfg);
	bool ok = config_parse(&cfg, "f", text, strlen(text), NULL, &err);
	assert_string_equal(err.text, "");
	assert_true(ok);
	app_configure(&b->app, &cfg);
}

/* Two incidents, both taken by ayu; the first is selected. */
static void two(struct bench *b) {
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "ayu");
	bench_line(b, "1");
}

static void a_bound_key_does_its_command_and_the_old_one_still_does(void **state) {
	struct bench *b = *state;
	configure(b, "[bind]\nb = note\nqueue k = down\nK = none\n");
	two(b);
	bench_key(b, 'b');
	assert_int_equal(b->app.modal.type, MODAL_NOTE);
	bench_key(b, KEY_CODE_ESCAPE);
	bench_key(b, 'e');
	assert_int_equal(b->app.modal.type, MODAL_NOTE);
	bench_key(b, KEY_CODE_ESCAPE);
	bench_key(b, 'k');
	assert_string_equal(b->app.selected, city_id(2));
	bench_key(b, 'K');
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->sent_len, 0);
}

static void a_bound_key_goes_before_the_agencys_key(void **state) {
	struct bench *b = *state;
	configure(b, "[bind]\nF2 = zoom\n");
	two(b);
	bench_key(b, KEY_CODE_F0 + 2);
	assert_true(b->app.zoom);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	configure(b, "");
	bench_key(b, KEY_CODE_F0 + 2);
	assert_int_equal(b->app.modal.type, MODAL_ARM);
}

static void words_bound_to_a_key_are_as_if_typed(void **state) {
	struct bench *b = *state;
	configure(b, "[bind]\nF12 = pane map\nb = dispatch damkar psc119\n"
		     "Semicolon = select 2\n");
	two(b);
	bench_key(b, KEY_CODE_F0 + 12);
	assert_int_equal(b->app.focus, PANE_MAP);
	bench_key(b, ';');
	assert_string_equal(b->app.selected, city_id(2));
	bench_line(b, "1");
	bench_key(b, 'b');
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	assert_int_equal(b->app.modal.agencies_len, 2);
	bench_drawn(b);
	bench_key(b, 'b');
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent_len, 0);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 2);
}

static void the_strip_expires_when_it_is_configured_to(void **state) {
	struct bench *b = *state;
	configure(b, "[dispatch]\nexpire = 5s\n");
	two(b);
	bench_key(b, KEY_CODE_F0 + 2);
	bench_drawn(b);
	bench_pass(b, 4000);
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	bench_pass(b, 1001);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->sent_len, 0);
}

static void the_bell_repeats_and_is_muted_as_configured(void **state) {
	struct bench *b = *state;
	configure(b, "[alarm]\nrepeat = 3s\nmute = 30s\n");
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_pass(b, 1);
	int rung = b->bells;
	assert_true(rung > 0);
	bench_pass(b, 2900);
	assert_int_equal(b->bells, rung);
	bench_pass(b, 200);
	assert_int_equal(b->bells, rung + 1);
	bench_key(b, 'o');
	bench_pass(b, 29000);
	assert_int_equal(b->bells, rung + 1);
	bench_pass(b, 1100);
	assert_int_equal(b->bells, rung + 2);
}

static void an_old_action_is_put_to_the_operator_as_configured(void **state) {
	struct bench *b = *state;
	configure(b, "[dispatch]\nresend = 5s\n");
	two(b);
	bench_lose(b);
	bench_line(b, "n 1 asap");
	bench_pass(b, 6000);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
}

static void a_readonly_console_sends_nothing_and_says_so(void **state) {
	struct bench *b = *state;
	configure(b, "[console]\nreadonly = yes\n");
	two(b);
	bench_key(b, 'v');
	assert_non_null(strstr(b->app.notice.text, "READ ONLY"));
	bench_key(b, KEY_CODE_F0 + 2);
	bench_line(b, "d 1 damkar");
	bench_line(b, "n 1 asap");
	bench_line(b, "k 1 handled");
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->sent_len, 0);
	bench_key(b, 'j');
	assert_string_equal(b->app.selected, city_id(2));
}

static void order_and_map_begin_as_configured(void **state) {
	struct bench *b = *state;
	configure(b, "[queue]\nsort = age\n[map]\nstyle = braille\nring = 0\n");
	assert_int_equal(b->app.order.key, QUEUE_BY_AGE);
	assert_int_equal(b->app.map.style, MAP_STYLE_BRAILLE);
	assert_int_equal(b->app.map.ring_m, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(a_bound_key_does_its_command_and_the_old_one_still_does),
		BENCH_TEST(a_bound_key_goes_before_the_agencys_key),
		BENCH_TEST(words_bound_to_a_key_are_as_if_typed),
		BENCH_TEST(the_strip_expires_when_it_is_configured_to),
		BENCH_TEST(the_bell_repeats_and_is_muted_as_configured),
		BENCH_TEST(an_old_action_is_put_to_the_operator_as_configured),
		BENCH_TEST(a_readonly_console_sends_nothing_and_says_so),
		BENCH_TEST(order_and_map_begin_as_configured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
