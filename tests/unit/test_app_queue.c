#include "bench.h"

#include <string.h>

#include <siaga/base/text.h>

static void type_filter(struct bench *b, const char *text) {
	bench_key(b, '/');
	bench_type(b, text);
}

static void a_filter_works_while_it_is_typed_and_esc_takes_it_back(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "ayu");
	type_filter(b, "kind:medical");
	assert_int_equal(b->app.rows_len, 1);
	assert_string_equal(b->app.rows[0], city_id(2));
	bench_key(b, KEY_CODE_ESCAPE);
	assert_int_equal(b->app.rows_len, 2);
	type_filter(b, "kind:medical");
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->app.rows_len, 1);
	bench_key(b, KEY_CODE_ESCAPE); /* one step out: the filter */
	assert_int_equal(b->app.rows_len, 2);
}

static void half_a_word_of_a_filter_does_not_lose_the_selection(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "ayu");
	bench_line(b, "2");
	type_filter(b, "kind:fire");
	assert_string_equal(b->app.selected, city_id(1));
	bench_key(b, KEY_CODE_ESCAPE); /* it was only looked at */
	assert_string_equal(b->app.selected, city_id(2));
	type_filter(b, "kind:fire");
	bench_key(b, KEY_CODE_CTRL('U'));
	bench_type(b, "kind:medical");
	bench_key(b, KEY_CODE_ENTER);
	assert_string_equal(b->app.selected, city_id(2));
	assert_string_equal(b->app.shown, city_id(2));
}

static void no_filter_hides_an_alarm_that_nobody_took(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_line(b, "filter kind:medical");
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P4);
	assert_int_equal(b->app.rows_len, 2);
	assert_string_equal(b->app.rows[0], city_id(2));
	assert_int_equal(b->app.outside, 1);
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "budi");
	assert_int_equal(b->app.rows_len, 1);
}

static void a_wrong_filter_is_refused_with_its_place(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	type_filter(b, "p<=2 kid:fire");
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->app.modal.type, MODAL_FILTER);
	assert_non_null(strstr(b->app.notice.text, "column 6"));
}

static void a_held_order_stands_still_and_takes_new_alarms_on_top(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P2);
	bench_key(b, 'f');
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu"); /* would sink below the new one */
	assert_string_equal(b->app.rows[0], city_id(1));
	bench_raise(b, 3, KIND_FIRE, PRIORITY_P4);
	assert_int_equal(b->app.rows_len, 3);
	assert_string_equal(b->app.rows[0], city_id(3));
	assert_string_equal(b->app.selected, city_id(1));
	bench_key(b, 'f');
	assert_string_equal(b->app.rows[0], city_id(2));
	assert_string_equal(b->app.selected, city_id(1));
}

static void the_selection_stays_with_its_incident_when_the_order_changes(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P3);
	bench_pass(b, 1000);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P2);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "ayu");
	bench_line(b, "2");
	assert_string_equal(b->app.rows[0], city_id(2));
	bench_line(b, "sort age");
	assert_string_equal(b->app.rows[0], city_id(1));
	assert_string_equal(b->app.selected, city_id(2));
	bench_key(b, 'S');
	assert_string_equal(b->app.rows[0], city_id(2));
	assert_string_equal(b->app.selected, city_id(2));
}

static void marked_incidents_are_done_together_after_a_strip(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	for (int i = 1; i <= 3; i++) {
		bench_raise(b, i, KIND_FIRE, PRIORITY_P2);
	}
	bench_key(b, 'g');
	bench_key(b, ' ');
	bench_key(b, ' ');
	assert_int_equal(b->app.marks_len, 2);
	bench_key(b, 'a');
	assert_int_equal(b->app.modal.type, MODAL_GROUP);
	assert_int_equal(b->sent_len, 0);
	bench_key(b, 'y'); /* before it was seen */
	assert_int_equal(b->sent_len, 0);
	bench_drawn(b);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 2);
	assert_int_equal(b->sent[1].action, ACTION_ACKNOWLEDGE);
	assert_int_equal(b->app.marks_len, 0);
	bench_settle(b, "ayu");
	assert_int_equal(bench_incident(b, 3)->state, INCIDENT_NEW);
}

static void a_group_leaves_out_what_cannot_be_done(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P2);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P2);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_line(b, "mark 1");
	bench_line(b, "mark 2");
	bench_key(b, 'a');
	assert_int_equal(b->app.modal.targets_len, 1);
	assert_string_equal(b->app.modal.targets[0].incident, city_id(2));
	assert_non_null(strstr(b->app.notice.text, "1 of the marked left out"));
	bench_key(b, KEY_CODE_ESCAPE);
	bench_key(b, 'x'); /* both can be false */
	assert_int_equal(b->app.modal.targets_len, 2);
	bench_drawn(b);
	bench_key(b, 'p');
	assert_int_equal(b->sent_len, 2);
}

static void what_ends_meanwhile_leaves_the_group(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P2);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P2);
	bench_line(b, "mark 1");
	bench_line(b, "mark 2");
	bench_key(b, 'x');
	bench_drawn(b);
	bench_act(b, 1, ACTION_REJECT, "budi");
	assert_int_equal(b->app.modal.targets_len, 1);
	bench_drawn(b);
	bench_key(b, 't');
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->sent[0].incident, city_id(2));
}

static void a_hold_comes_back_by_itself_and_rings_once(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P2);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_pass(b, 1000);
	bench_key(b, 'h');
	bench_drawn(b);
	bench_key(b, '1'); /* five minutes */
	bench_settle(b, "ayu");
	assert_true(app_is_held(&b->app, bench_incident(b, 1)));
	int bells = b->bells;
	bench_pass(b, 4 * 60 * 1000);
	assert_int_equal(b->bells, bells);
	bench_pass(b, 61 * 1000);
	assert_false(app_is_held(&b->app, bench_incident(b, 1)));
	assert_int_equal(b->bells, bells + 1);
	assert_non_null(strstr(b->app.notice.text, "back from hold"));
	bench_pass(b, 1000);
	assert_int_equal(b->bells, bells + 1);
}

static void a_likely_duplicate_is_joined_with_one_key_and_split_with_undo(void **state) {
	struct bench *b = *state;
	struct duplicate found[4];
	bench_connect(b, ROLE_OPERATOR);
	bench_raise_at(b, 1, KIND_FIRE, PRIORITY_P1, (struct position){-75722000, 1108289000}, "");
	bench_pass(b, 60000);
	bench_raise_at(
		b, 2, KIND_UNKNOWN, PRIORITY_P2, (struct position){-75722100, 1108289200}, "");
	bench_line(b, "2");
	assert_int_equal(app_joins(&b->app, bench_incident(b, 2), found, 4), 1);
	bench_key(b, '=');
	assert_int_equal(b->app.modal.type, MODAL_JOIN);
	assert_int_equal(b->app.modal.into_number, 1); /* the older one keeps its number */
	bench_drawn(b);
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent_len, 0);
	bench_key(b, 'y');
	bench_settle(b, "ayu");
	assert_int_equal(bench_incident(b, 2)->state, INCIDENT_DUPLICATE);
	assert_int_equal(bench_incident(b, 1)->alarms_len, 2);
	bench_key(b, 'u');
	bench_settle(b, "ayu");
	assert_int_equal(bench_incident(b, 2)->state, INCIDENT_NEW);
	assert_int_equal(bench_incident(b, 1)->alarms_len, 1);
}

static void closed_incidents_are_looked_up_without_losing_the_queue(void **state) {
	struct history_item items[2] = {{.key = 9, .number = 90}, {.key = 8, .number = 80}};
	struct event raised = {.seq = 5,
		.type = EVENT_INCIDENT_RAISED,
		.number = 80,
		.rev = 1,
		.incident = "a0000000-0000-4000-8000-000000000080"};
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	text_copy(items[1].id, sizeof(items[1].id), raised.incident);
	bench_key(b, 'H');
	assert_int_equal(b->count[EFFECT_HISTORY], 1);
	bench_apply(b, (struct app_event){
			       .type = APP_HISTORY, .items = items, .items_len = 2, .whole = true});
	assert_int_equal(b->app.history.len, 2);
	assert_null(app_selected(&b->app)); /* nothing is open: no key acts on what is not seen */
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 0);
	bench_key(b, 'j');
	bench_key(b, KEY_CODE_ENTER);
	assert_string_equal(b->last[EFFECT_OLD].id, raised.incident);
	bench_apply(b, (struct app_event){.type = APP_OLD,
			       .id = raised.incident,
			       .events = &raised,
			       .events_len = 1});
	assert_int_equal(app_shown(&b->app)->number, 80);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P1); /* the queue goes on behind it */
	bench_key(b, KEY_CODE_ESCAPE);
	bench_key(b, KEY_CODE_ESCAPE);
	assert_false(b->app.history.on);
	assert_int_equal(b->app.rows_len, 2);
	assert_string_equal(b->app.selected, city_id(1));
}

static void the_history_is_read_in_windows(void **state) {
	struct history_item items[100] = {{0}};
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_line(b, "history pasar");
	assert_string_equal(b->last[EFFECT_HISTORY].text, "pasar");
	for (int i = 0; i < 100; i++) {
		items[i].key = 1000 - i;
	}
	bench_apply(b, (struct app_event){.type = APP_HISTORY, .items = items, .items_len = 100});
	assert_int_equal(b->count[EFFECT_HISTORY], 1);
	bench_key(b, 'G');
	assert_int_equal(b->count[EFFECT_HISTORY], 2);
	assert_int_equal(b->last[EFFECT_HISTORY].seq, 901); /* what is older than the last row */
	bench_key(b, 'k');                                  /* asked for once */
	assert_int_equal(b->count[EFFECT_HISTORY], 2);
}

/* More than are put in order with every word of the feed's. */
static void open_many(struct bench *b) {
	bench_connect(b, ROLE_OPERATOR);
	for (int n = 1; n <= 300; n++) {
		bench_raise(b, n, KIND_FLOOD, PRIORITY_P3);
		bench_act(b, n, ACTION_ACKNOWLEDGE, "budi");
	}
	app_settle(&b->app);
	assert_int_equal(b->app.rows_len, 300);
	assert_string_equal(b->app.selected, city_id(1));
}

static void whoever_looks_sees_an_alarm_however_much_is_open(void **state) {
	struct bench *b = *state;
	open_many(b);
	bench_raise(b, 301, KIND_FIRE, PRIORITY_P1);
	app_settle(&b->app);
	assert_string_equal(b->app.rows[0], city_id(301));
	/* So does who only waits. */
	bench_raise(b, 302, KIND_FIRE, PRIORITY_P1);
	bench_pass(b, 1000);
	assert_string_equal(b->app.rows[1], city_id(302));
	/* And a key counts from what there is now. */
	bench_raise(b, 303, KIND_FIRE, PRIORITY_P1);
	bench_key(b, 'g');
	bench_key(b, 'j');
	bench_key(b, 'j');
	assert_string_equal(b->app.selected, city_id(303));
}

/* It is out of sight for the one who filters, though no frame has shown that yet. */
static void a_key_is_not_for_what_took_the_place_however_much_is_open(void **state) {
	struct bench *b = *state;
	open_many(b);
	type_filter(b, "state:acknowledged");
	bench_key(b, KEY_CODE_ENTER);
	app_settle(&b->app);
	bench_act(b, 1, ACTION_REJECT, "budi");
	bench_key(b, 'r');
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	/* It was meant for the one that is gone, of which that is said. */
	assert_non_null(strstr(b->app.notice.text, "already"));
	assert_string_equal(b->app.selected, city_id(2));
}

static void the_bell_rings_for_an_alarm_however_much_is_open(void **state) {
	struct bench *b = *state;
	open_many(b);
	int before = b->bells;
	bench_pass(b, 60000);
	assert_int_equal(b->bells, before);
	bench_raise(b, 301, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->bells, before + 1);
	/* Two at once ring once; what came too early for the bell is not forgotten. */
	bench_raise(b, 302, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->bells, before + 1);
	bench_pass(b, 2000);
	assert_int_equal(b->bells, before + 2);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(a_filter_works_while_it_is_typed_and_esc_takes_it_back),
		BENCH_TEST(half_a_word_of_a_filter_does_not_lose_the_selection),
		BENCH_TEST(no_filter_hides_an_alarm_that_nobody_took),
		BENCH_TEST(a_wrong_filter_is_refused_with_its_place),
		BENCH_TEST(a_held_order_stands_still_and_takes_new_alarms_on_top),
		BENCH_TEST(the_selection_stays_with_its_incident_when_the_order_changes),
		BENCH_TEST(marked_incidents_are_done_together_after_a_strip),
		BENCH_TEST(a_group_leaves_out_what_cannot_be_done),
		BENCH_TEST(what_ends_meanwhile_leaves_the_group),
		BENCH_TEST(a_hold_comes_back_by_itself_and_rings_once),
		BENCH_TEST(a_likely_duplicate_is_joined_with_one_key_and_split_with_undo),
		BENCH_TEST(closed_incidents_are_looked_up_without_losing_the_queue),
		BENCH_TEST(the_history_is_read_in_windows),
		BENCH_TEST(whoever_looks_sees_an_alarm_however_much_is_open),
		BENCH_TEST(a_key_is_not_for_what_took_the_place_however_much_is_open),
		BENCH_TEST(the_bell_rings_for_an_alarm_however_much_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
