#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

static void what_ended_before_we_came_and_is_reopened_is_asked_for(void **state) {
	struct bench *b = *state;
	bench_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	bench_act(b, 1, ACTION_REJECT, "ayu");
	world_forget(&b->app.world, city_id(1));
	bench_connect(b, ROLE_OPERATOR);
	bench_act(b, 1, ACTION_REOPEN, "ayu");
	assert_false(b->reconnect);
	assert_int_equal(b->count[EFFECT_TELL], 1);
	assert_string_equal(b->last[EFFECT_TELL].id, city_id(1));
	bench_tell(b, 1);
	assert_false(b->reconnect);
	assert_int_equal(b->app.rows_len, 1);
	assert_int_equal(world_incident(&b->app.world, city_id(1))->alarms_len, 1);
	/* It is here: nobody asks again. */
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->count[EFFECT_TELL], 1);
}

static void what_was_asked_and_not_told_is_asked_again(void **state) {
	struct bench *b = *state;
	struct refusal no = {.code = REFUSAL_TOO_MANY, .message = "too many"};
	bench_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	bench_act(b, 1, ACTION_REJECT, "ayu");
	world_forget(&b->app.world, city_id(1));
	bench_connect(b, ROLE_OPERATOR);
	bench_act(b, 1, ACTION_REOPEN, "ayu");
	assert_int_equal(b->count[EFFECT_TELL], 1);
	bench_apply(b, (struct app_event){.type = APP_REFUSED, .id = "", .refusal = &no});
	bench_pass(b, 5000);
	assert_int_equal(b->count[EFFECT_TELL], 2);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->count[EFFECT_TELL], 3);
}

/* The link broke while the open incidents came, and one of them ended before it stood again. */
static void what_ended_while_nobody_was_told_is_asked_for(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	bench_raise(b, 2, KIND_CRIME, PRIORITY_P2);
	b->app.has_data = false;
	bench_lose(b);
	bench_act(b, 1, ACTION_REJECT, "ayu");
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	assert_false(b->follow_has_after);
	bench_snapshot(b);
	assert_int_equal(b->count[EFFECT_TELL], 1);
	assert_string_equal(b->last[EFFECT_TELL].id, city_id(1));
	bench_tell(b, 1);
	assert_false(b->reconnect);
	assert_int_equal(world_incident(&b->app.world, city_id(1))->state, INCIDENT_FALSE_ALARM);
	assert_int_equal(world_incident(&b->app.world, city_id(2))->state, INCIDENT_NEW);
}

/* As many as a night brings: no faster than a feed takes, each once, and none of them rings. */
/* Until the feed has told it, it is not shown as open; it is what was looked at all the same. */
static void what_ended_unseen_stays_selected(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P2);
	bench_line(b, "select 1");
	bench_pass(b, 5000);
	b->app.has_data = false;
	bench_lose(b);
	bench_act(b, 1, ACTION_REJECT, "budi");
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	bench_snapshot(b);
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 0);
	bench_tell(b, 1);
	assert_string_equal(b->app.selected, city_id(1));
	assert_int_equal(bench_incident(b, 1)->state, INCIDENT_FALSE_ALARM);
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 0);
}

static void many_that_ended_while_nobody_was_told_are_asked_for_in_turn(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	for (int n = 1; n <= 100; n++) {
		bench_raise(b, n, KIND_CRIME, PRIORITY_P1);
	}
	b->app.has_data = false;
	bench_lose(b);
	for (int n = 1; n <= 100; n++) {
		bench_act(b, n, ACTION_REJECT, "ayu");
	}
	bench_pass(b, 5000);
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	int bells = b->bells;
	bench_snapshot(b);
	assert_int_equal(app_count(&b->app).open, 0);
	assert_int_equal(b->app.rows_len, 0);
	int asked = b->count[EFFECT_TELL];
	assert_in_range(asked, 1, 50);
	for (int n = 1; n <= asked; n++) {
		bench_tell(b, n);
	}
	assert_int_equal(b->count[EFFECT_TELL], asked);
	/* The feed has enough of it for a moment: what it has told is not asked for again. */
	struct refusal no = {.code = REFUSAL_TOO_MANY, .message = "too many"};
	bench_apply(b, (struct app_event){.type = APP_REFUSED, .id = "", .refusal = &no});
	for (int second = 0; second < 12; second++) {
		int before = b->count[EFFECT_TELL];
		bench_pass(b, 1000);
		assert_in_range(b->count[EFFECT_TELL] - before, 0, 20);
	}
	assert_int_equal(b->count[EFFECT_TELL], 100);
	assert_int_equal(b->bells, bells);
	assert_false(b->reconnect);
}

/* A feed cannot slip in what nobody has asked for. */
static void what_is_told_unasked_is_not_taken(void **state) {
	struct bench *b = *state;
	bench_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	bench_act(b, 1, ACTION_REJECT, "ayu");
	world_forget(&b->app.world, city_id(1));
	bench_connect(b, ROLE_OPERATOR);
	bench_tell(b, 1);
	assert_null(world_incident(&b->app.world, city_id(1)));
	assert_true(b->reconnect);
}

static void a_gap_is_not_applied_and_a_repeat_is_not_shown(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	int64_t head = b->app.world.head;
	struct event event = {
		.seq = head + 2, .at_ms = T0, .type = EVENT_INCIDENT_RAISED, .rev = 1, .number = 9};
	text_copy(event.incident, sizeof(event.incident), city_id(9));
	bench_apply(b, (struct app_event){.type = APP_EVENTS, .events = &event, .events_len = 1});
	assert_null(world_incident(&b->app.world, city_id(9)));
	assert_int_equal(b->app.world.head, head);
	assert_true(b->reconnect);
	event.seq = head;
	bench_apply(b, (struct app_event){.type = APP_EVENTS, .events = &event, .events_len = 1});
	assert_null(world_incident(&b->app.world, city_id(9)));
}

static void a_cache_that_cannot_be_read_whole_is_no_base(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	bench_lose(b);
	b->app.broken = true;
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	assert_int_equal(b->aside, 1);
	assert_false(b->follow_has_after);
	assert_null(world_incident(&b->app.world, city_id(1)));
}

static void another_log_is_never_mixed_in(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	assert_false(b->follow_has_after);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_true(b->follow_has_after);
	assert_int_equal(b->follow_after, b->feed.head);
	bench_lose(b);
	bench_welcome(b, "f0000000-0000-4000-8000-000000000002", ROLE_OPERATOR, 99);
	assert_int_equal(b->aside, 1);
	assert_false(b->follow_has_after);
	assert_int_equal(b->app.rows_len, 0);
	assert_false(b->app.has_data);
	bench_lose(b);
}

static void a_shorter_log_is_another_log(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	bench_lose(b);
	bench_welcome(b, FEED, ROLE_OPERATOR, 1);
	assert_int_equal(b->aside, 1);
	assert_false(b->follow_has_after);
}

/* A log that was put back from a copy and has gone on is as long, and not the same. */
static void a_log_that_has_gone_another_way_is_another_log(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_lose(b);
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	bench_apply(b,
		(struct app_event){
			.type = APP_CAUGHT_UP, .head = b->feed.head, .mark = "00000000000000aa"});
	bench_lose(b);
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head + 7);
	assert_true(b->follow_has_after);
	assert_string_equal(b->follow_mark, "00000000000000aa");
	bench_apply(b, (struct app_event){.type = APP_DIVERGED, .head = b->feed.head + 7});
	assert_int_equal(b->aside, 1);
	assert_false(b->follow_has_after);
	assert_string_equal(b->follow_mark, "");
	assert_null(bench_incident(b, 1));
	assert_false(b->app.has_data);
	/* Said again, it is a lie, and no reason to set aside what has come since. */
	bench_apply(b, (struct app_event){.type = APP_DIVERGED, .head = b->feed.head + 7});
	assert_int_equal(b->aside, 1);
}

/* What is known of another place in the log says nothing about this one. */
static void a_mark_belongs_to_one_event(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_lose(b);
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	bench_apply(b,
		(struct app_event){
			.type = APP_CAUGHT_UP, .head = b->feed.head, .mark = "00000000000000aa"});
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_lose(b);
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	assert_true(b->follow_has_after);
	assert_string_equal(b->follow_mark, "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(what_ended_before_we_came_and_is_reopened_is_asked_for),
		BENCH_TEST(what_was_asked_and_not_told_is_asked_again),
		BENCH_TEST(what_ended_while_nobody_was_told_is_asked_for),
		BENCH_TEST(what_ended_unseen_stays_selected),
		BENCH_TEST(many_that_ended_while_nobody_was_told_are_asked_for_in_turn),
		BENCH_TEST(what_is_told_unasked_is_not_taken),
		BENCH_TEST(a_gap_is_not_applied_and_a_repeat_is_not_shown),
		BENCH_TEST(a_cache_that_cannot_be_read_whole_is_no_base),
		BENCH_TEST(another_log_is_never_mixed_in),
		BENCH_TEST(a_shorter_log_is_another_log),
		BENCH_TEST(a_log_that_has_gone_another_way_is_another_log),
		BENCH_TEST(a_mark_belongs_to_one_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
