/* A desk that is sent a part of the log: what it may see, and what happened before it was asked. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

static struct event about(int n, int64_t seq, enum event_type type) {
	struct event event = {.seq = seq, .type = type, .number = n, .rev = seq, .at_ms = T0 + seq};
	text_copy(event.incident, sizeof(event.incident), city_id(n));
	text_copy(event.by.name, sizeof(event.by.name), "ayu");
	event.accuracy_m = event.alarm.accuracy_m = -1;
	if (type == EVENT_DISPATCH_REQUESTED) {
		text_copy(event.agency, sizeof(event.agency), "damkar");
	}
	if (type == EVENT_INCIDENT_RAISED) {
		text_copy(event.alarm.id, sizeof(event.alarm.id), city_id(n + 100));
		event.alarm.received_at_ms = event.at_ms;
	}
	return event;
}

static void tell_part(
	struct bench *b, const struct event *events, size_t len, int64_t after, int64_t to) {
	bench_apply(b, (struct app_event){.type = APP_EVENTS,
			       .events = events,
			       .events_len = len,
			       .partial = true,
			       .after = after,
			       .head = to,
			       .mark = "00112233"});
}

static void tell_past(struct bench *b, const struct event *events, size_t len) {
	bench_apply(
		b, (struct app_event){
			   .type = APP_EVENTS, .events = events, .events_len = len, .past = true});
}

static void connect_desk(struct bench *b) {
	bench_connect(b, ROLE_AGENCY);
	text_copy(b->app.agency, sizeof(b->app.agency), "damkar");
}

static void what_happened_before_is_taken_once_and_in_silence(void **state) {
	struct bench *b = *state;
	struct event past[] = {
		about(1, 3, EVENT_INCIDENT_RAISED), about(1, 5, EVENT_INCIDENT_ACKNOWLEDGED)};
	struct event asked = about(1, 9, EVENT_DISPATCH_REQUESTED);
	connect_desk(b);
	tell_part(b, NULL, 0, 0, 8);
	assert_int_equal(b->app.world.head, 8);
	tell_past(b, past, 2);
	assert_int_equal(b->app.world.head, 8);
	assert_int_equal(b->last[EFFECT_STORE].seq, 0);
	assert_int_equal(b->bells, 0);
	tell_past(b, past, 2);
	assert_int_equal(bench_incident(b, 1)->entries_len, 2);
	tell_part(b, &asked, 1, 8, 12);
	assert_int_equal(b->app.world.head, 12);
	assert_int_equal(b->last[EFFECT_STORE].seq, 12);
	assert_int_equal(b->last[EFFECT_GOT].seq, 12);
	assert_int_equal(b->bells, 1);
	assert_int_equal(bench_incident(b, 1)->state, INCIDENT_DISPATCHED);
	assert_false(b->reconnect);
	/* The link breaks and all of it comes again. */
	tell_past(b, past, 2);
	tell_part(b, &asked, 1, 8, 12);
	assert_int_equal(bench_incident(b, 1)->entries_len, 3);
	assert_int_equal(b->bells, 1);
	assert_int_equal(b->app.bad_messages, 0);
}

static void a_hole_between_two_parts_is_noticed(void **state) {
	struct bench *b = *state;
	struct event event = about(1, 9, EVENT_INCIDENT_RAISED);
	connect_desk(b);
	tell_part(b, NULL, 0, 0, 5);
	tell_part(b, &event, 1, 7, 9);
	assert_true(b->reconnect);
	assert_int_equal(b->app.world.head, 5);
	assert_null(bench_incident(b, 1));
}

static void what_stands_outside_its_part_is_not_taken(void **state) {
	struct bench *b = *state;
	struct event events[] = {
		about(1, 6, EVENT_INCIDENT_RAISED), about(2, 11, EVENT_INCIDENT_RAISED)};
	connect_desk(b);
	tell_part(b, NULL, 0, 0, 5);
	tell_part(b, events, 2, 5, 9);
	assert_true(b->reconnect);
	assert_int_equal(b->app.world.head, 6);
	assert_null(bench_incident(b, 2));
}

static void what_was_before_does_not_come_after(void **state) {
	struct bench *b = *state;
	struct event event = about(1, 6, EVENT_INCIDENT_RAISED);
	connect_desk(b);
	tell_part(b, NULL, 0, 0, 5);
	tell_past(b, &event, 1);
	assert_true(b->reconnect);
	assert_null(bench_incident(b, 1));
}

/* Else a feed could leave out what an operator has to see. */
static void an_operator_takes_no_parts(void **state) {
	struct bench *b = *state;
	struct event event = about(1, 6, EVENT_INCIDENT_RAISED);
	bench_connect(b, ROLE_OPERATOR);
	tell_part(b, &event, 1, b->app.world.head, 6);
	assert_true(b->reconnect);
	assert_null(bench_incident(b, 1));
	b->reconnect = false;
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	tell_past(b, &event, 1);
	assert_true(b->reconnect);
	assert_null(bench_incident(b, 1));
}

static void parts_that_were_seen_change_nothing(void **state) {
	struct bench *b = *state;
	connect_desk(b);
	tell_part(b, NULL, 0, 0, 5);
	int stored = b->stored;
	tell_part(b, NULL, 0, 2, 4);
	assert_int_equal(b->app.world.head, 5);
	assert_int_equal(b->stored, stored);
	assert_false(b->reconnect);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(what_happened_before_is_taken_once_and_in_silence),
		BENCH_TEST(a_hole_between_two_parts_is_noticed),
		BENCH_TEST(what_stands_outside_its_part_is_not_taken),
		BENCH_TEST(what_was_before_does_not_come_after),
		BENCH_TEST(an_operator_takes_no_parts),
		BENCH_TEST(parts_that_were_seen_change_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
