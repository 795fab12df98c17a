#include "bench.h"

#include <siaga/base/mem.h>

#include <string.h>

#include <siaga/base/text.h>

static struct viewer viewer(const char *name, const char *position, int open) {
	struct viewer v = {{"", ""}, ""};
	text_copy(v.who.name, WHO_SIZE, name);
	text_copy(v.who.position, WHO_SIZE, position);
	if (open > 0) {
		text_copy(v.open, UUID_SIZE, city_id(open));
	}
	return v;
}

static void see(struct bench *b, const struct viewer *viewers, size_t len) {
	bench_apply(b,
		(struct app_event){.type = APP_PRESENCE, .viewers = viewers, .viewers_len = len});
}

static void who_else_has_it_open_is_told(void **state) {
	struct viewer there[] = {
		viewer("ayu", "", 1), viewer("budi", "3", 1), viewer("citra", "", 2)};
	struct bench *b = *state;
	char names[80];
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	see(b, there, 3);
	app_viewers(&b->app, city_id(1), names, sizeof(names));
	assert_string_equal(names, "budi@3");
	bench_lose(b); /* nobody can be seen without a link */
	app_viewers(&b->app, city_id(1), names, sizeof(names));
	assert_string_equal(names, "");
}

static void a_claim_whose_console_is_gone_turns_stale(void **state) {
	struct viewer both[] = {viewer("ayu", "", 0), viewer("budi", "", 1)};
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	see(b, both, 2);
	bench_pass(b, 60000);
	assert_false(app_claim_is_stale(&b->app, bench_incident(b, 1)));
	see(b, both, 1);
	bench_pass(b, 10000);
	assert_false(app_claim_is_stale(&b->app, bench_incident(b, 1)));
	see(b, both, 1); /* told again: the clock goes on */
	bench_pass(b, 11000);
	assert_true(app_claim_is_stale(&b->app, bench_incident(b, 1)));
	assert_string_equal(bench_incident(b, 1)->claim.name, "budi"); /* never given away */
	see(b, both, 2);
	assert_false(app_claim_is_stale(&b->app, bench_incident(b, 1)));
}

static void taking_over_asks_for_the_reason(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	bench_pass(b, 30000);
	bench_key(b, 'C');
	assert_int_equal(b->app.modal.type, MODAL_CAUSE);
	bench_key(b, KEY_CODE_ENTER); /* no reason, no claim */
	assert_int_equal(b->sent_len, 0);
	bench_type(b, "budi istirahat");
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent[0].action, ACTION_CLAIM);
	assert_string_equal(b->sent[0].note, "budi istirahat");
	bench_settle(b, "ayu");
	assert_string_equal(bench_incident(b, 1)->claim.name, "ayu");
}

static void who_worked_it_is_told_of_a_take_over(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_pass(b, 30000);
	struct command cmd = city_command(&b->feed, ACTION_CLAIM, city_id(1), "budi");
	cmd.note = mem_dup_str("ayu istirahat");
	assert_true(bench_do(b, &cmd));
	command_finish(&cmd);
	assert_non_null(strstr(b->app.notice.text, "budi has taken over #1"));
	assert_true(b->app.notice.error); /* stays until a key */
}

static void a_key_pressed_twice_is_sent_once(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_key(b, 'a');
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 1);
}

static void a_note_that_was_begun_is_kept_when_something_urgent_comes(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_CRIME, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, 'e');
	bench_type(b, "dua pelaku ");
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->app.modal.type, MODAL_NOTE); /* it takes no focus */
	assert_string_equal(b->app.modal.text, "dua pelaku ");
	bench_key(b, KEY_CODE_ESCAPE);
	bench_key(b, 'n');
	assert_string_equal(b->app.selected, city_id(2));
	bench_key(b, 'e'); /* another incident, another note */
	assert_string_equal(b->app.modal.text, "");
	bench_key(b, KEY_CODE_ESCAPE);
	bench_line(b, "1");
	bench_key(b, 'e');
	assert_string_equal(b->app.modal.text, "dua pelaku ");
	bench_type(b, "kabur");
	bench_key(b, KEY_CODE_ENTER);
	assert_string_equal(b->sent[0].note, "dua pelaku kabur");
	bench_key(b, 'e'); /* sent: no draft is left */
	assert_string_equal(b->app.modal.text, "");
}

static void a_supervisor_is_called_when_an_alarm_was_left_waiting(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_SUPERVISOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_pass(b, 1000);
	assert_int_equal(b->bells, 0);
	for (int i = 0; i < 25; i++) {
		bench_pass(b, 1000);
	}
	assert_true(b->bells >= 1);
	assert_non_null(strstr(b->app.notice.text, "ESCALATED: #1"));
	assert_true(b->notified >= 1);
}

static void an_operator_is_not_told_of_escalations_meant_for_others(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	for (int i = 0; i < 30; i++) {
		bench_pass(b, 1000);
	}
	assert_null(strstr(b->app.notice.text, "ESCALATED"));
	assert_int_equal(app_count_overdue(&b->app), 1);
	for (int i = 0; i < 40; i++) {
		bench_pass(b, 1000);
	}
	assert_non_null(strstr(b->app.notice.text, "ESCALATED")); /* after a minute: everybody */
}

static void a_desk_that_only_looks_has_received_nothing(void **state) {
	struct bench *b = *state;
	b->app.cfg.readonly = true;
	bench_connect(b, ROLE_AGENCY);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->count[EFFECT_GOT], 0);
}

static void quiet_is_quiet_on_the_desktop_too(void **state) {
	struct bench *b = *state;
	b->app.cfg.notify = CONFIG_NOTIFY_OSC9;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->notified, 1);
	bench_key(b, 'o');
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->notified, 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(who_else_has_it_open_is_told),
		BENCH_TEST(a_claim_whose_console_is_gone_turns_stale),
		BENCH_TEST(taking_over_asks_for_the_reason),
		BENCH_TEST(who_worked_it_is_told_of_a_take_over),
		BENCH_TEST(a_key_pressed_twice_is_sent_once),
		BENCH_TEST(a_note_that_was_begun_is_kept_when_something_urgent_comes),
		BENCH_TEST(a_desk_that_only_looks_has_received_nothing),
		BENCH_TEST(quiet_is_quiet_on_the_desktop_too),
		BENCH_TEST(a_supervisor_is_called_when_an_alarm_was_left_waiting),
		BENCH_TEST(an_operator_is_not_told_of_escalations_meant_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
