/* What is in memory when persons are forgotten; and who has seen an incident. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>

static void note(struct bench *b, int n, const char *text) {
	struct command cmd = city_command(&b->feed, ACTION_NOTE, city_id(n), "budi");
	cmd.note = mem_dup_str(text);
	assert_true(bench_do(b, &cmd));
	command_finish(&cmd);
}

static void purge(struct bench *b, int64_t before_ms) {
	struct command cmd = {
		.action = ACTION_PURGE, .at_ms = bench_wall(b), .before_ms = before_ms};
	assert_true(bench_do(b, &cmd));
}

static void view(struct bench *b, int n, const char *name) {
	struct command cmd = city_command(&b->feed, ACTION_VIEW, city_id(n), name);
	cmd.role = ROLE_OBSERVER;
	assert_true(bench_do(b, &cmd));
	command_finish(&cmd);
}

static bool is_in_log(const struct bench *b, const char *text) {
	for (size_t i = 0; i < b->app.log_len; i++) {
		if (strstr(b->app.log[i].text, text) != NULL) {
			return true;
		}
	}
	return false;
}

static bool has_note(const struct incident *inc) {
	bool any = false;
	for (size_t i = 0; i < inc->entries_len; i++) {
		any = any || inc->entries[i].note != NULL;
	}
	for (size_t i = 0; i < inc->alarms_len; i++) {
		any = any || inc->alarms[i].note != NULL || inc->alarms[i].caller_name[0] != '\0' ||
		      inc->alarms[i].caller_phone[0] != '\0';
	}
	return any;
}

/* One that ended and one that is open, both told about. */
static int64_t tell_two(struct bench *b) {
	bench_connect(b, ROLE_OPERATOR);
	bench_raise_at(b, 1, KIND_FIRE, PRIORITY_P1, (struct position){0}, "+62 888");
	bench_raise_at(b, 2, KIND_FLOOD, PRIORITY_P2, (struct position){0}, "+62 999");
	note(b, 1, "rahasia");
	note(b, 2, "masih");
	bench_act(b, 1, ACTION_REJECT, "budi");
	bench_pass(b, 1000);
	return bench_wall(b);
}

static void test_the_ended_one_is_forgotten_and_the_open_one_is_not(void **state) {
	struct bench *b = *state;
	int64_t then_ms = tell_two(b);
	struct incident *ended = bench_incident(b, 1);
	int64_t rev = ended->rev;
	size_t entries = ended->entries_len;

	assert_true(has_note(ended) && has_note(bench_incident(b, 2)));
	assert_true(is_in_log(b, "rahasia"));
	/* It ended later than that. */
	purge(b, then_ms - 3600000);
	assert_true(has_note(bench_incident(b, 1)));
	purge(b, then_ms);
	ended = bench_incident(b, 1);
	assert_false(has_note(ended));
	assert_true(has_note(bench_incident(b, 2)));
	assert_false(is_in_log(b, "rahasia"));
	/* What was done, and when, is as it was. */
	assert_int_equal(ended->rev, rev);
	assert_int_equal(ended->entries_len, entries);
	assert_int_equal(ended->state, INCIDENT_FALSE_ALARM);
	assert_string_equal(ended->entries[entries - 1].by.name, "budi");
	/* So is the feed's own world. */
	assert_false(has_note(world_incident(&b->feed, city_id(1))));
	bench_pass(b, 1000);
	assert_int_equal(b->app.bad_messages, 0);
}

static void test_a_note_that_was_begun_is_forgotten_too(void **state) {
	struct bench *b = *state;
	int64_t then_ms = tell_two(b);
	struct app_draft *drafts = b->app.drafts;

	(void)snprintf(drafts[0].incident, UUID_SIZE, "%s", city_id(1));
	(void)snprintf(drafts[0].text, sizeof(drafts[0].text), "rahasia");
	(void)snprintf(drafts[1].incident, UUID_SIZE, "%s", city_id(2));
	(void)snprintf(drafts[1].text, sizeof(drafts[1].text), "masih");
	purge(b, then_ms);
	assert_string_equal(drafts[0].text, "");
	assert_string_equal(drafts[1].text, "masih");
}

static void test_who_has_seen_it_is_no_part_of_what_was_done(void **state) {
	struct bench *b = *state;
	const struct incident *inc;
	size_t entries, lines;
	int64_t rev;
	int bells;

	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	inc = bench_incident(b, 1);
	entries = inc->entries_len;
	rev = inc->rev;
	lines = b->app.log_len;
	bells = b->bells;
	for (int i = 0; i < INCIDENT_SEEN_MAX + 5; i++) {
		char name[16];
		(void)snprintf(name, sizeof(name), "tamu%d", i);
		view(b, 1, name);
	}
	view(b, 1, "tamu20");
	inc = bench_incident(b, 1);
	assert_int_equal(inc->entries_len, entries);
	assert_int_equal(inc->rev, rev);
	assert_int_equal(b->app.log_len, lines);
	assert_int_equal(b->bells, bells);
	assert_int_equal(inc->seen_len, INCIDENT_SEEN_MAX);
	/* The latest, each once, the last one last. */
	assert_string_equal(inc->seen[0].who.name, "tamu5");
	assert_string_equal(inc->seen[INCIDENT_SEEN_MAX - 1].who.name, "tamu20");
	assert_int_equal(inc->seen[0].role, ROLE_OBSERVER);
	for (size_t i = 0; i + 1 < inc->seen_len; i++) {
		assert_string_not_equal(inc->seen[i].who.name, "tamu20");
	}
}

static void test_what_is_personal_and_what_is_quiet(void **state) {
	struct event event = {.type = EVENT_INCIDENT_RAISED};
	UNUSED(state);
	assert_false(event_is_personal(&event));
	(void)snprintf(event.alarm.caller_phone, sizeof(event.alarm.caller_phone), "1");
	assert_true(event_is_personal(&event));
	event.alarm.caller_phone[0] = '\0';
	(void)snprintf(event.alarm.caller_name, sizeof(event.alarm.caller_name), "a");
	assert_true(event_is_personal(&event));
	event.alarm.caller_name[0] = '\0';
	event.alarm.note = mem_dup_str("x");
	assert_true(event_is_personal(&event));
	event_finish(&event);
	event.note = mem_dup_str("x");
	assert_true(event_is_personal(&event));
	event_finish(&event);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		event.type = (enum event_type)type;
		assert_int_equal(event_is_quiet(&event), type == EVENT_INCIDENT_VIEWED ||
								 type == EVENT_LINK_UP ||
								 type == EVENT_LINK_DOWN);
	}
	/* Whether a desk is there everybody wants to know. */
	(void)snprintf(event.agency, sizeof(event.agency), "damkar");
	event.type = EVENT_LINK_UP;
	assert_false(event_is_quiet(&event));
}

#define DAY_MS INT64_C(86400000)
#define MANY   300

/* So many alarms that were nothing. */
static void reject_many(struct bench *b, int first, int len) {
	for (int n = first; n < first + len; n++) {
		bench_raise(b, n, KIND_FIRE, PRIORITY_P3);
		bench_act(b, n, ACTION_REJECT, "budi");
	}
}

static size_t in_memory(const struct bench *b) {
	return HASH_COUNT(b->app.world.incidents);
}

static void test_what_ended_a_day_ago_is_no_burden(void **state) {
	struct bench *b = *state;

	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FLOOD, PRIORITY_P1);
	reject_many(b, 2, MANY);
	/* All of it was today, and the board counts it. */
	assert_int_equal(in_memory(b), MANY + 1);
	bench_pass(b, DAY_MS + 61000);
	/* In a year there are many such days. */
	reject_many(b, MANY + 2, MANY);
	assert_in_range(in_memory(b), MANY + 1, 2 * MANY);
	bench_pass(b, DAY_MS + 61000);
	reject_many(b, 2 * MANY + 2, MANY);
	assert_in_range(in_memory(b), MANY + 1, 2 * MANY);
	/* What is open is there however old it is. */
	assert_non_null(bench_incident(b, 1));
	assert_int_equal(b->app.bad_messages, 0);
}

static void test_what_somebody_is_at_stays_however_old_it_is(void **state) {
	struct bench *b = *state;

	bench_connect(b, ROLE_OPERATOR);
	reject_many(b, 1, 3);
	bench_pass(b, 3600000);
	bench_line(b, "select 2");
	assert_string_equal(b->app.selected, city_id(2));
	bench_pass(b, DAY_MS + 61000);
	reject_many(b, 4, MANY);
	assert_null(bench_incident(b, 1));
	assert_non_null(bench_incident(b, 2));
	assert_string_equal(b->app.selected, city_id(2));
}

/* A row that stands still is there to be opened. */
static void test_what_has_a_row_stays_while_the_order_is_held(void **state) {
	struct bench *b = *state;

	bench_connect(b, ROLE_OPERATOR);
	reject_many(b, 1, 3);
	bench_key(b, 'f');
	assert_true(b->app.frozen);
	bench_pass(b, DAY_MS + 61000);
	reject_many(b, 4, MANY);
	assert_non_null(bench_incident(b, 1));
	bench_key(b, 'f');
	reject_many(b, MANY + 4, MANY);
	assert_null(bench_incident(b, 2));
}

static void test_what_is_open_again_after_days_is_asked_for(void **state) {
	struct bench *b = *state;

	bench_connect(b, ROLE_OPERATOR);
	reject_many(b, 1, 2);
	bench_pass(b, DAY_MS + 61000);
	reject_many(b, 3, MANY);
	assert_null(bench_incident(b, 2));
	bench_act(b, 2, ACTION_REOPEN, "budi");
	assert_int_equal(b->count[EFFECT_TELL], 1);
	assert_string_equal(b->last[EFFECT_TELL].id, city_id(2));
	bench_tell(b, 2);
	assert_int_equal(bench_incident(b, 2)->state, INCIDENT_ACKNOWLEDGED);
	assert_int_equal(b->app.bad_messages, 0);
}

/* While it catches up with a year nothing is asked for that has ended again by the end. */
static void test_what_was_open_again_and_ended_is_not_asked_for(void **state) {
	struct bench *b = *state;

	bench_connect(b, ROLE_OPERATOR);
	reject_many(b, 1, 2);
	bench_pass(b, DAY_MS + 61000);
	reject_many(b, 3, MANY);
	bench_lose(b);
	bench_apply(b, (struct app_event){.type = APP_LINK_UP});
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head + 3);
	bench_act(b, 1, ACTION_REOPEN, "budi");
	bench_act(b, 2, ACTION_REOPEN, "budi");
	bench_act(b, 1, ACTION_REJECT, "budi");
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->app.link, APP_LINK_LIVE);
	assert_int_equal(b->count[EFFECT_TELL], 1);
	assert_string_equal(b->last[EFFECT_TELL].id, city_id(2));
	assert_int_equal(b->app.bad_messages, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(test_the_ended_one_is_forgotten_and_the_open_one_is_not),
		BENCH_TEST(test_a_note_that_was_begun_is_forgotten_too),
		BENCH_TEST(test_who_has_seen_it_is_no_part_of_what_was_done),
		BENCH_TEST(test_what_ended_a_day_ago_is_no_burden),
		BENCH_TEST(test_what_somebody_is_at_stays_however_old_it_is),
		BENCH_TEST(test_what_has_a_row_stays_while_the_order_is_held),
		BENCH_TEST(test_what_is_open_again_after_days_is_asked_for),
		BENCH_TEST(test_what_was_open_again_and_ended_is_not_asked_for),
		cmocka_unit_test(test_what_is_personal_and_what_is_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
