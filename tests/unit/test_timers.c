#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/timers.h>

#include "world.h"

#define SECOND INT64_C(1000)
#define MINUTE INT64_C(60000)

struct fixture {
	struct world world;
	struct timer_table table;
};

static int setup(void **state) {
	struct fixture *fix = mem_alloc(1, sizeof(*fix));
	city_fill(&fix->world.registry);
	timer_table_defaults(&fix->table);
	*state = fix;
	return 0;
}

static int teardown(void **state) {
	struct fixture *fix = *state;
	world_finish(&fix->world);
	free(fix);
	return 0;
}

/* Does something to incident 1, so many milliseconds after T0; dispatches are those of `agency`. */
static void act(struct fixture *fix, enum action action, const char *agency, int64_t after_ms) {
	struct command cmd = city_command(&fix->world, action, city_id(1), "ayu");
	struct refusal no = {0};
	cmd.at_ms = T0 + after_ms;
	cmd.method = METHOD_CALLBACK;
	cmd.reason = REJECT_PRANK;
	cmd.disposition = DISPOSITION_HANDLED;
	cmd.note = mem_dup_str("as it was said");
	if (agency != NULL) {
		text_copy(cmd.agency, sizeof(cmd.agency), agency);
	}
	if (action == ACTION_DELIVER) {
		cmd.role = ROLE_AGENCY;
		cmd.seq = fix->world.head;
		text_copy(cmd.own_agency, sizeof(cmd.own_agency), agency);
	}
	bool ok = city_do(&fix->world, &cmd, &no);
	assert_string_equal(no.message, "");
	assert_true(ok);
}

static void hold(struct fixture *fix, int64_t until_ms, int64_t after_ms) {
	struct command cmd = city_command(&fix->world, ACTION_HOLD, city_id(1), "ayu");
	struct refusal no;
	cmd.at_ms = T0 + after_ms;
	cmd.until_ms = until_ms;
	assert_true(city_do(&fix->world, &cmd, &no));
}

static struct timer_verdict at(struct fixture *fix, int64_t after_ms) {
	return timers_judge(&fix->table, world_incident(&fix->world, city_id(1)), T0 + after_ms);
}

static void a_new_alarm_goes_from_the_operator_to_everybody(void **state) {
	struct fixture *fix = *state;
	static const struct {
		int64_t after_ms;
		enum timer_level level;
		int64_t limit_ms;
	} steps[] = {
		{0, TIMER_LEVEL_NONE, 5 * SECOND},
		{5 * SECOND, TIMER_LEVEL_WARN, 5 * SECOND},
		{10 * SECOND, TIMER_LEVEL_ALERT, 10 * SECOND},
		{20 * SECOND, TIMER_LEVEL_ESCALATED, 20 * SECOND},
		{59 * SECOND, TIMER_LEVEL_ESCALATED, 20 * SECOND},
		{60 * SECOND, TIMER_LEVEL_ALL, 60 * SECOND},
	};
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P3, T0);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct timer_verdict verdict = at(fix, steps[i].after_ms);
		assert_int_equal(verdict.timer, TIMER_NEW);
		assert_int_equal(verdict.level, steps[i].level);
		assert_int_equal(verdict.limit_ms, steps[i].limit_ms);
		assert_int_equal(verdict.since_ms, T0);
		assert_int_equal(verdict.dispatch, -1);
	}
}

static void acknowledging_stops_the_bell_and_starts_the_decision(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_MEDICAL, PRIORITY_P3, T0);
	act(fix, ACTION_ACKNOWLEDGE, NULL, 50 * SECOND);
	struct timer_verdict verdict = at(fix, 51 * SECOND);
	assert_int_equal(verdict.timer, TIMER_DECIDE);
	assert_int_equal(verdict.level, TIMER_LEVEL_NONE);
	assert_int_equal(verdict.since_ms, T0 + 50 * SECOND);
	assert_int_equal(verdict.limit_ms, 60 * SECOND);
	assert_int_equal(at(fix, 170 * SECOND).level, TIMER_LEVEL_ALERT);
	act(fix, ACTION_VERIFY, NULL, 171 * SECOND);
	assert_int_equal(at(fix, 172 * SECOND).timer, TIMER_COUNT);
}

static void a_p1_is_dispatched_within_a_minute_of_the_call(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_MEDICAL, PRIORITY_P1, T0);
	act(fix, ACTION_ACKNOWLEDGE, NULL, 4 * SECOND);
	act(fix, ACTION_VERIFY, NULL, 20 * SECOND);
	struct timer_verdict verdict = at(fix, 61 * SECOND);
	assert_int_equal(verdict.timer, TIMER_FIRST_DISPATCH);
	assert_int_equal(verdict.level, TIMER_LEVEL_ALERT);
	assert_int_equal(verdict.since_ms, T0);
	act(fix, ACTION_DISPATCH, "psc119", 62 * SECOND);
	assert_int_equal(at(fix, 63 * SECOND).timer, TIMER_UNDELIVERED);
}

static void each_step_of_an_agency_has_its_own_clock(void **state) {
	struct fixture *fix = *state;
	struct timer_verdict verdict;
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	act(fix, ACTION_ACKNOWLEDGE, NULL, 1 * SECOND);
	act(fix, ACTION_DISPATCH, "damkar", 2 * SECOND);
	verdict = at(fix, 12 * SECOND);
	assert_int_equal(verdict.timer, TIMER_UNDELIVERED);
	assert_int_equal(verdict.level, TIMER_LEVEL_ALERT);
	assert_int_equal(verdict.dispatch, 0);
	act(fix, ACTION_DELIVER, "damkar", 13 * SECOND);
	verdict = at(fix, 43 * SECOND);
	assert_int_equal(verdict.timer, TIMER_UNACCEPTED);
	assert_int_equal(verdict.level, TIMER_LEVEL_WARN);
	act(fix, ACTION_ACCEPT, "damkar", 44 * SECOND);
	verdict = at(fix, 44 * SECOND + 4 * MINUTE);
	assert_int_equal(verdict.timer, TIMER_TURNOUT);
	assert_int_equal(verdict.level, TIMER_LEVEL_ALERT);
	act(fix, ACTION_EN_ROUTE, "damkar", 5 * MINUTE);
	assert_int_equal(at(fix, 17 * MINUTE).level, TIMER_LEVEL_WARN);
	verdict = at(fix, 20 * MINUTE);
	assert_int_equal(verdict.timer, TIMER_TRAVEL);
	assert_int_equal(verdict.level, TIMER_LEVEL_ESCALATED);
	act(fix, ACTION_ON_SCENE, "damkar", 20 * MINUTE);
	verdict = at(fix, 50 * MINUTE);
	assert_int_equal(verdict.timer, TIMER_SCENE);
	assert_int_equal(verdict.level, TIMER_LEVEL_ALERT);
	act(fix, ACTION_NOTE, NULL, 50 * MINUTE);
	assert_int_equal(at(fix, 51 * MINUTE).level, TIMER_LEVEL_NONE);
	assert_int_equal(at(fix, 51 * MINUTE).since_ms, T0 + 50 * MINUTE);
	act(fix, ACTION_CLEAR, "damkar", 60 * MINUTE);
	assert_int_equal(at(fix, 90 * MINUTE).timer, TIMER_COUNT);
}

static void the_agency_that_is_worst_off_is_named(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	act(fix, ACTION_ACKNOWLEDGE, NULL, 1 * SECOND);
	act(fix, ACTION_DISPATCH, "damkar", 2 * SECOND);
	act(fix, ACTION_DISPATCH, "psc119", 3 * SECOND);
	act(fix, ACTION_DELIVER, "damkar", 4 * SECOND);
	struct timer_verdict verdict = at(fix, 14 * SECOND);
	assert_int_equal(verdict.dispatch, 1);
	assert_int_equal(verdict.timer, TIMER_UNDELIVERED);
	act(fix, ACTION_DELIVER, "psc119", 15 * SECOND);
	assert_int_equal(at(fix, 16 * SECOND).dispatch, 0); /* whose limit comes next */
}

static void when_everybody_says_no_there_is_something_to_decide(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	act(fix, ACTION_ACKNOWLEDGE, NULL, 1 * SECOND);
	act(fix, ACTION_DISPATCH, "damkar", 2 * SECOND);
	act(fix, ACTION_DECLINE, "damkar", 30 * SECOND);
	struct timer_verdict verdict = at(fix, 90 * SECOND);
	assert_int_equal(verdict.timer, TIMER_DECIDE);
	assert_int_equal(verdict.level, TIMER_LEVEL_WARN);
	assert_int_equal(verdict.since_ms, T0 + 30 * SECOND);
	act(fix, ACTION_DISPATCH, "psc119", 91 * SECOND);
	assert_int_equal(at(fix, 92 * SECOND).timer, TIMER_UNDELIVERED);
}

static void a_hold_is_quiet_and_comes_back_by_itself(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_OTHER, PRIORITY_P3, T0);
	act(fix, ACTION_ACKNOWLEDGE, NULL, 1 * SECOND);
	hold(fix, T0 + 30 * MINUTE, 2 * SECOND);
	assert_int_equal(at(fix, 29 * MINUTE).timer, TIMER_COUNT);
	struct timer_verdict verdict = at(fix, 31 * MINUTE);
	assert_int_equal(verdict.timer, TIMER_DECIDE);
	assert_int_equal(verdict.level, TIMER_LEVEL_WARN);
	assert_int_equal(verdict.since_ms, T0 + 30 * MINUTE);
	/* Lifted early, its clock begins at that moment. */
	hold(fix, 0, 10 * MINUTE);
	assert_int_equal(at(fix, 10 * MINUTE + SECOND).since_ms, T0 + 10 * MINUTE);
	assert_int_equal(at(fix, 10 * MINUTE + SECOND).level, TIMER_LEVEL_NONE);
}

static void a_hold_does_not_silence_what_nobody_took(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_OTHER, PRIORITY_P3, T0);
	hold(fix, T0 + 30 * MINUTE, 1 * SECOND);
	assert_int_equal(at(fix, 60 * SECOND).level, TIMER_LEVEL_ALL);
}

static void reopening_cancels_what_was_left_over(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	act(fix, ACTION_REJECT, NULL, 30 * SECOND);
	assert_int_equal(at(fix, 31 * SECOND).timer, TIMER_COUNT);
	act(fix, ACTION_REOPEN, NULL, 20 * MINUTE);
	struct timer_verdict verdict = at(fix, 20 * MINUTE + SECOND);
	assert_int_equal(verdict.level, TIMER_LEVEL_NONE);
	assert_int_equal(verdict.timer, TIMER_FIRST_DISPATCH);
	assert_int_equal(verdict.since_ms, T0 + 20 * MINUTE);
	/* A dispatch of the time before does not answer for the time after. */
	act(fix, ACTION_DISPATCH, "damkar", 21 * MINUTE);
	act(fix, ACTION_CANCEL, "damkar", 22 * MINUTE);
	act(fix, ACTION_CLOSE, NULL, 23 * MINUTE);
	act(fix, ACTION_REOPEN, NULL, 24 * MINUTE);
	assert_int_equal(at(fix, 25 * MINUTE).timer, TIMER_FIRST_DISPATCH);
	assert_int_equal(at(fix, 25 * MINUTE).level, TIMER_LEVEL_ALERT);
}

static void what_was_split_off_waits_from_then_on(void **state) {
	struct fixture *fix = *state;
	struct refusal no;
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	city_raise(&fix->world, city_id(2), KIND_FIRE, PRIORITY_P1, T0);
	struct command cmd = city_command(&fix->world, ACTION_MERGE, city_id(1), "ayu");
	text_copy(cmd.other, sizeof(cmd.other), city_id(2));
	cmd.at_ms = T0 + 1 * SECOND;
	assert_true(city_do(&fix->world, &cmd, &no));
	assert_int_equal(at(fix, 60 * SECOND).timer, TIMER_COUNT);
	act(fix, ACTION_SPLIT, NULL, 10 * MINUTE);
	struct timer_verdict verdict = at(fix, 10 * MINUTE + 10 * SECOND);
	assert_int_equal(verdict.timer, TIMER_NEW);
	assert_int_equal(verdict.level, TIMER_LEVEL_ALERT);
}

static void old_work_never_rings(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P3, T0);
	assert_int_equal(at(fix, 60 * MINUTE + 10 * SECOND).level, TIMER_LEVEL_ALL);
	struct timer_verdict verdict = at(fix, 60 * MINUTE + 11 * SECOND);
	assert_int_equal(verdict.level, TIMER_LEVEL_NONE);
	assert_int_equal(verdict.timer, TIMER_NEW);
	assert_true(verdict.expired);
	/* What has expired does not stand in the way of what has not. */
	act(fix, ACTION_ACKNOWLEDGE, NULL, 61 * MINUTE);
	act(fix, ACTION_DISPATCH, "damkar", 62 * MINUTE);
	act(fix, ACTION_DISPATCH, "psc119", 130 * MINUTE);
	verdict = at(fix, 130 * MINUTE + SECOND);
	assert_false(verdict.expired);
	assert_int_equal(verdict.dispatch, 1);
}

static void resolved_and_ended_incidents_wait_for_nobody(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	act(fix, ACTION_ACKNOWLEDGE, NULL, 1 * SECOND);
	act(fix, ACTION_DISPATCH, "damkar", 2 * SECOND);
	act(fix, ACTION_RESOLVE, NULL, 3 * SECOND);
	assert_int_equal(at(fix, 2 * MINUTE).timer, TIMER_COUNT);
	act(fix, ACTION_CANCEL, "damkar", 4 * SECOND);
	act(fix, ACTION_CLOSE, NULL, 5 * SECOND);
	assert_int_equal(at(fix, 2 * MINUTE).timer, TIMER_COUNT);
}

static void a_claim_goes_stale_when_its_console_is_gone(void **state) {
	struct fixture *fix = *state;
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	const struct incident *inc = world_incident(&fix->world, city_id(1));
	int64_t gone_ms = T0 + MINUTE;
	assert_int_equal(timers_judge_claim(&fix->table, inc, gone_ms, gone_ms + MINUTE).timer,
		TIMER_COUNT); /* nobody's */
	act(fix, ACTION_ACKNOWLEDGE, NULL, 1 * SECOND);
	assert_int_equal(
		timers_judge_claim(&fix->table, inc, 0, gone_ms + MINUTE).timer, TIMER_COUNT);
	struct timer_verdict claim =
		timers_judge_claim(&fix->table, inc, gone_ms, gone_ms + 20 * SECOND);
	assert_int_equal(claim.timer, TIMER_STALE_CLAIM);
	assert_int_equal(claim.level, TIMER_LEVEL_WARN);
	assert_int_equal(claim.since_ms, gone_ms);
	/* Between the two the worse one is shown. */
	struct timer_verdict other = at(fix, 80 * SECOND);
	assert_int_equal(other.level, TIMER_LEVEL_ALERT);
	assert_int_equal(timer_worse(claim, other, T0 + 80 * SECOND).timer, other.timer);
	assert_int_equal(timer_worse(other, claim, T0 + 80 * SECOND).timer, other.timer);
	hold(fix, T0 + 30 * MINUTE, 61 * SECOND);
	assert_int_equal(
		timers_judge_claim(&fix->table, inc, gone_ms, gone_ms + MINUTE).timer, TIMER_COUNT);
}

static void the_most_specific_row_wins(void **state) {
	struct fixture *fix = *state;
	struct timer_table *table = &fix->table;
	struct timer_limits limits = {0};
	limits.alert_ms = 1;
	assert_true(timer_table_set(table, TIMER_TRAVEL, TIMER_ANY, PRIORITY_P1, limits));
	limits.alert_ms = 2;
	assert_true(timer_table_set(table, TIMER_TRAVEL, KIND_CRIME, TIMER_ANY, limits));
	limits.alert_ms = 3;
	assert_true(timer_table_set(table, TIMER_TRAVEL, KIND_CRIME, PRIORITY_P1, limits));
	assert_int_equal(timer_table_get(table, TIMER_TRAVEL, KIND_FLOOD, PRIORITY_P2).alert_ms,
		10 * MINUTE);
	assert_int_equal(
		timer_table_get(table, TIMER_TRAVEL, KIND_FIRE, PRIORITY_P2).alert_ms, 15 * MINUTE);
	assert_int_equal(timer_table_get(table, TIMER_TRAVEL, KIND_FLOOD, PRIORITY_P1).alert_ms, 1);
	assert_int_equal(timer_table_get(table, TIMER_TRAVEL, KIND_CRIME, PRIORITY_P2).alert_ms, 2);
	assert_int_equal(timer_table_get(table, TIMER_TRAVEL, KIND_CRIME, PRIORITY_P1).alert_ms, 3);
	limits.alert_ms = 4; /* the same row again */
	assert_true(timer_table_set(table, TIMER_TRAVEL, KIND_CRIME, PRIORITY_P1, limits));
	assert_int_equal(timer_table_get(table, TIMER_TRAVEL, KIND_CRIME, PRIORITY_P1).alert_ms, 4);
}

static void a_timer_can_be_switched_off_or_left_without_an_alert(void **state) {
	struct fixture *fix = *state;
	struct timer_limits limits = {0};
	city_raise(&fix->world, city_id(1), KIND_FIRE, PRIORITY_P3, T0);
	assert_true(timer_table_set(&fix->table, TIMER_NEW, TIMER_ANY, TIMER_ANY, limits));
	assert_int_equal(at(fix, 60 * SECOND).timer, TIMER_COUNT);
	limits.warn_ms = 5 * SECOND;
	assert_true(timer_table_set(&fix->table, TIMER_NEW, TIMER_ANY, TIMER_ANY, limits));
	assert_int_equal(at(fix, 60 * MINUTE).level, TIMER_LEVEL_WARN);
	assert_true(at(fix, 60 * MINUTE + 6 * SECOND).expired);
	limits.warn_ms = 0;
	limits.escalate_ms = 7 * SECOND;
	assert_true(timer_table_set(&fix->table, TIMER_NEW, TIMER_ANY, TIMER_ANY, limits));
	assert_int_equal(at(fix, 6 * SECOND).limit_ms, 7 * SECOND);
	assert_int_equal(at(fix, 7 * SECOND).level, TIMER_LEVEL_ESCALATED);
}

static void limits_that_make_no_sense_are_refused(void **state) {
	struct fixture *fix = *state;
	struct timer_limits backwards = {10, 5, 0, 0}, negative = {-1, 5, 0, 0},
			    good = {1, 2, 0, 3};
	assert_false(timer_table_set(&fix->table, TIMER_NEW, TIMER_ANY, TIMER_ANY, backwards));
	assert_false(timer_table_set(&fix->table, TIMER_NEW, TIMER_ANY, TIMER_ANY, negative));
	assert_int_equal(timer_table_get(&fix->table, TIMER_NEW, KIND_FIRE, PRIORITY_P1).warn_ms,
		5 * SECOND);
	size_t added = fix->table.len;
	for (int timer = 0; timer < TIMER_COUNT; timer++) {
		for (int kind = 0; kind < KIND_COUNT; kind++) {
			for (int priority = 0; priority < PRIORITY_COUNT; priority++) {
				bool room = added < TIMER_ROWS_MAX;
				assert_int_equal(timer_table_set(&fix->table, (enum timer)timer,
							 kind, priority, good),
					room);
				added += room ? 1 : 0;
			}
		}
	}
	assert_int_equal(fix->table.len, TIMER_ROWS_MAX);
}

static void timers_and_levels_have_names(void **state) {
	UNUSED(state);
	enum timer timer;
	assert_string_equal(timer_name(TIMER_FIRST_DISPATCH), "first_dispatch");
	assert_string_equal(timer_name(TIMER_COUNT), "?");
	assert_true(timer_find("stale_claim", &timer));
	assert_int_equal(timer, TIMER_STALE_CLAIM);
	assert_false(timer_find("tea", &timer));
	assert_string_equal(timer_level_name(TIMER_LEVEL_ESCALATED), "escalated");
	assert_string_equal(timer_level_name(TIMER_LEVEL_COUNT), "?");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(a_new_alarm_goes_from_the_operator_to_everybody),
		TEST(acknowledging_stops_the_bell_and_starts_the_decision),
		TEST(a_p1_is_dispatched_within_a_minute_of_the_call),
		TEST(each_step_of_an_agency_has_its_own_clock),
		TEST(the_agency_that_is_worst_off_is_named),
		TEST(when_everybody_says_no_there_is_something_to_decide),
		TEST(a_hold_is_quiet_and_comes_back_by_itself),
		TEST(a_hold_does_not_silence_what_nobody_took),
		TEST(reopening_cancels_what_was_left_over),
		TEST(what_was_split_off_waits_from_then_on),
		TEST(old_work_never_rings),
		TEST(resolved_and_ended_incidents_wait_for_nobody),
		TEST(a_claim_goes_stale_when_its_console_is_gone),
		TEST(the_most_specific_row_wins),
		TEST(a_timer_can_be_switched_off_or_left_without_an_alert),
		TEST(limits_that_make_no_sense_are_refused),
		TEST(timers_and_levels_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
