/* What must not be lost, and what must not slip to another incident. */
#include "bench.h"

#include <string.h>

#include <siaga/base/text.h>

#define OTHER_FEED "f0000000-0000-4000-8000-000000000002"
#define OLD        "a0000000-0000-4000-8000-000000000080"

/* A fire and a medical one, both taken by ayu. */
static void two(struct bench *b) {
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "ayu");
}

/* Opens a closed incident that is in the cache only. */
static void open_old(struct bench *b) {
	struct history_item item = {.key = 8, .number = 80, .id = OLD};
	struct event raised = {
		.seq = 5, .type = EVENT_INCIDENT_RAISED, .number = 80, .rev = 1, .incident = OLD};
	bench_key(b, 'H');
	bench_apply(b, (struct app_event){
			       .type = APP_HISTORY, .items = &item, .items_len = 1, .whole = true});
	bench_key(b, KEY_CODE_ENTER);
	bench_apply(b,
		(struct app_event){.type = APP_OLD, .id = OLD, .events = &raised, .events_len = 1});
	assert_string_equal(app_shown(&b->app)->id, OLD);
}

static void an_incident_that_a_filter_hides_stays_selected_when_it_was_asked_for(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "filter kind:medical");
	bench_line(b, "1");
	assert_string_equal(app_selected(&b->app)->id, city_id(1));
	bench_pass(b, 1000);
	assert_string_equal(app_selected(&b->app)->id, city_id(1));
	bench_raise(b, 3, KIND_MEDICAL, PRIORITY_P1);
	assert_string_equal(app_selected(&b->app)->id, city_id(1));
	bench_key(b, 'j'); /* and the keys lead back into the queue */
	assert_string_equal(app_selected(&b->app)->id, city_id(3));
}

static void a_held_order_takes_a_filter_and_a_sort_all_the_same(void **state) {
	struct bench *b = *state;
	two(b);
	bench_key(b, 'f');
	bench_line(b, "filter kind:medical");
	assert_int_equal(b->app.rows_len, 1);
	assert_string_equal(b->app.rows[0], city_id(2));
	bench_line(b, "filter p>=1");
	assert_int_equal(b->app.rows_len, 2); /* nothing stays hidden by a filter that is gone */
	assert_string_equal(b->app.rows[0], city_id(1));
	bench_line(b, "sort number");
	bench_key(b, 'S');
	assert_string_equal(b->app.rows[0], city_id(2));
	bench_act(b, 2, ACTION_REJECT, "budi");
	assert_string_equal(b->app.rows[0], city_id(2)); /* but else it stands still */
	assert_true(app_is_frozen(&b->app));
}

static void the_first_alarm_of_a_queue_held_empty_is_selected(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_key(b, 'f');
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->app.rows_len, 1);
	assert_non_null(app_selected(&b->app));
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 1);
}

static void a_held_order_ends_with_the_log_it_was_of(void **state) {
	struct bench *b = *state;
	two(b);
	bench_key(b, 'f');
	bench_lose(b);
	bench_welcome(b, OTHER_FEED, ROLE_OPERATOR, 0);
	assert_false(app_is_frozen(&b->app));
}

static void a_note_on_a_closed_incident_of_the_cache_is_sent(void **state) {
	struct bench *b = *state;
	two(b);
	open_old(b);
	bench_key(b, 'e');
	bench_type(b, "pelapor menelepon lagi");
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent_len, 1);
	assert_int_equal(b->sent[0].action, ACTION_NOTE);
	assert_string_equal(b->sent[0].incident, OLD);
	assert_string_equal(b->sent[0].note, "pelapor menelepon lagi");
	bench_line(b, "note . selesai");
	assert_int_equal(b->sent_len, 2);
	assert_string_equal(b->sent[1].incident, OLD);
}

static void what_is_asked_for_by_its_number_is_seen_over_the_history(void **state) {
	struct bench *b = *state;
	two(b);
	open_old(b);
	bench_line(b, "2");
	assert_false(b->app.history.on);
	assert_string_equal(app_shown(&b->app)->id, city_id(2));
	open_old(b);
	bench_line(b, "open 1");
	assert_false(b->app.history.on);
	assert_string_equal(app_shown(&b->app)->id, city_id(1));
	open_old(b);
	bench_line(b, "open"); /* the one that is open already */
	assert_true(b->app.history.on);
	assert_string_equal(app_shown(&b->app)->id, OLD);
	bench_raise(b, 3, KIND_FIRE, PRIORITY_P1);
	bench_key(b, 'n');
	assert_false(b->app.history.on);
	assert_string_equal(app_selected(&b->app)->id, city_id(3));
}

static void a_typed_note_does_not_take_the_place_of_one_that_was_begun(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "1");
	bench_key(b, 'e');
	bench_type(b, "dua pelaku");
	bench_key(b, KEY_CODE_ESCAPE);
	bench_line(b, "note asap tebal");
	assert_string_equal(b->sent[0].note, "asap tebal");
	bench_key(b, 'e');
	assert_string_equal(b->app.modal.text, "dua pelaku");
}

static void what_others_did_while_the_method_was_asked_is_not_done_again(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P1);
	bench_line(b, "dispatch 1 psc119 polresta");
	assert_int_equal(b->app.modal.type, MODAL_METHOD);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	bench_drawn(b);
	bench_key(b, 'b');
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	bench_drawn(b);
	bench_pass(b, 200);
	bench_key(b, 'y');
	assert_int_equal(b->sent[0].action, ACTION_VERIFY);
	bench_settle(b, "ayu");
	assert_true(bench_incident(b, 1)->verified_at_ms != 0);
	assert_int_equal(bench_incident(b, 1)->dispatches_len, 2);
}

static void an_agency_that_is_named_twice_is_asked_once(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "dispatch 1 damkar damkar");
	assert_int_equal(b->app.modal.agencies_len, 1);
}

static void a_merge_wants_a_number_and_nothing_else(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "1");
	bench_key(b, 'm');
	bench_type(b, "2o");
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_MERGE);
	bench_key(b, KEY_CODE_BACKSPACE);
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent_len, 1);
}

static void a_merge_is_taken_back_when_the_feed_has_done_it(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "merge 2 1");
	assert_int_equal(b->sent_len, 1);
	bench_key(b, 'u'); /* too early: there is nothing to take back yet */
	bench_settle(b, "ayu");
	assert_int_equal(bench_incident(b, 2)->state, INCIDENT_DUPLICATE);
	bench_key(b, 'u');
	bench_settle(b, "ayu");
	assert_int_not_equal(bench_incident(b, 2)->state, INCIDENT_DUPLICATE);
}

static void nothing_is_joined_with_what_has_ended_meanwhile(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	bench_line(b, "2");
	bench_key(b, '=');
	assert_int_equal(b->app.modal.type, MODAL_JOIN);
	bench_act(b, 1, ACTION_REJECT, "budi");
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_non_null(strstr(b->app.notice.text, "#1 has ended"));
}

static void others_are_told_what_is_open_when_the_selection_falls_to_a_neighbour(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "1");
	bench_pass(b, 1000);
	assert_string_equal(b->last[EFFECT_LOOK].id, city_id(1));
	bench_line(b, "filter kind:medical");
	bench_pass(b, 1000);
	assert_string_equal(app_selected(&b->app)->id, city_id(2));
	assert_string_equal(b->last[EFFECT_LOOK].id, city_id(2));
}

static void a_cancel_of_several_agencies_is_refused_aloud(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "cancel 1 damkar polresta");
	assert_int_equal(b->sent_len, 0);
	assert_true(b->app.notice.error);
	assert_non_null(strstr(b->app.notice.text, "cancel"));
}

/* A note that was written without a link, too long ago to be sent unasked. */
static void leave_old_note(struct bench *b) {
	two(b);
	bench_lose(b);
	bench_line(b, "n 1 asap");
	bench_pass(b, 60000);
}

static void a_question_about_an_old_action_can_be_put_off(void **state) {
	struct bench *b = *state;
	leave_old_note(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	bench_drawn(b);
	bench_key(b, KEY_CODE_ESCAPE);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	bench_pass(b, 1000); /* there is time for something more urgent */
	bench_line(b, "n 2 pingsan");
	assert_int_equal(b->sent_len, 1);
	assert_int_equal(app_count_unsent(&b->app), 2);
	bench_pass(b, 60000);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	/* A whole line is about something else, and puts nothing off. */
	bench_apply(b, (struct app_event){.type = APP_LINE, .text = "2"});
	bench_pass(b, 1000);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
}

static void a_clock_that_is_set_back_makes_nothing_young_again(void **state) {
	struct bench *b = *state;
	leave_old_note(b);
	b->set_ms = -45000; /* so that it looks 15 s old */
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	assert_int_equal(app_pending_age(&b->app, b->app.pending[0]), 60000);
	/* Said to be right now, it is young for as long as it is. */
	bench_drawn(b);
	bench_pass(b, 2000);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 1);
	bench_lose(b);
	bench_pass(b, 20000);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 2);
}

static void a_console_that_only_looks_sends_nothing_that_was_left(void **state) {
	struct bench *b = *state;
	leave_old_note(b);
	b->app.cfg.readonly = true;
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	b->app.cfg.readonly = false;
	bench_lose(b);
	bench_line(b, "n 1 api");
	b->app.cfg.readonly = true;
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(app_count_unsent(&b->app), 2);
}

static void keys_meant_for_what_has_closed_do_nothing_else(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P2);
	bench_line(b, "1");
	b->app.cfg.keep_ended_ms = 0;
	bench_key(b, 'x');
	bench_drawn(b);
	b->mono_ms += 1000;
	bench_act(b, 1, ACTION_REJECT, "budi");
	bench_pass(b, 100);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_string_equal(b->app.selected, city_id(2)); /* what moved into its place */
	bench_key(b, 'a');                                /* "accidental", a moment too late */
	assert_int_equal(b->sent_len, 0);
	bench_pass(b, 500);
	bench_key(b, 'a'); /* but this one is for the queue */
	assert_int_equal(b->sent_len, 1);
}

static void keys_that_were_no_answer_are_taken_at_once(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P2);
	bench_key(b, 'd');
	bench_drawn(b);
	bench_act(b, 1, ACTION_REJECT, "budi");
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	bench_line(b, "a 2");
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->sent[0].incident, city_id(2));
}

static void a_text_that_is_being_typed_stays_when_its_incident_ends(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P2);
	bench_line(b, "1");
	bench_key(b, 'C');
	bench_type(b, "budi ");
	bench_act(b, 1, ACTION_REJECT, "budi");
	bench_type(b, "keluar ruangan"); /* no key of the queue */
	assert_int_equal(b->app.modal.type, MODAL_CAUSE);
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->sent_len, 0);
	assert_non_null(strstr(b->app.notice.text, "#1 has ended"));
}

static void a_cancel_with_an_agency_that_nobody_knows_takes_nothing_back(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "dispatch 1 damkar");
	bench_drawn(b);
	bench_key(b, 'y');
	bench_settle(b, "ayu");
	bench_line(b, "cancel 1 damkar tukang");
	assert_int_equal(b->sent_len, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(an_incident_that_a_filter_hides_stays_selected_when_it_was_asked_for),
		BENCH_TEST(a_held_order_takes_a_filter_and_a_sort_all_the_same),
		BENCH_TEST(the_first_alarm_of_a_queue_held_empty_is_selected),
		BENCH_TEST(a_held_order_ends_with_the_log_it_was_of),
		BENCH_TEST(a_note_on_a_closed_incident_of_the_cache_is_sent),
		BENCH_TEST(what_is_asked_for_by_its_number_is_seen_over_the_history),
		BENCH_TEST(a_typed_note_does_not_take_the_place_of_one_that_was_begun),
		BENCH_TEST(what_others_did_while_the_method_was_asked_is_not_done_again),
		BENCH_TEST(an_agency_that_is_named_twice_is_asked_once),
		BENCH_TEST(a_merge_wants_a_number_and_nothing_else),
		BENCH_TEST(a_merge_is_taken_back_when_the_feed_has_done_it),
		BENCH_TEST(nothing_is_joined_with_what_has_ended_meanwhile),
		BENCH_TEST(others_are_told_what_is_open_when_the_selection_falls_to_a_neighbour),
		BENCH_TEST(a_cancel_of_several_agencies_is_refused_aloud),
		BENCH_TEST(a_question_about_an_old_action_can_be_put_off),
		BENCH_TEST(a_clock_that_is_set_back_makes_nothing_young_again),
		BENCH_TEST(a_console_that_only_looks_sends_nothing_that_was_left),
		BENCH_TEST(keys_meant_for_what_has_closed_do_nothing_else),
		BENCH_TEST(keys_that_were_no_answer_are_taken_at_once),
		BENCH_TEST(a_text_that_is_being_typed_stays_when_its_incident_ends),
		BENCH_TEST(a_cancel_with_an_agency_that_nobody_knows_takes_nothing_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
