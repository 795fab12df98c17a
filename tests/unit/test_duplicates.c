#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/duplicates.h>

#include "world.h"

#define MINUTE INT64_C(60000)
#define NOW    (T0 + 60 * MINUTE)
#define CROWD  400 /* incidents, at most */

static int setup(void **state) {
	struct world *world = mem_alloc(1, sizeof(*world));
	city_fill(&world->registry);
	*state = world;
	return 0;
}

static int teardown(void **state) {
	world_finish(*state);
	free(*state);
	return 0;
}

/* A report north_m north of Gladag, by a telephone or "". */
static struct incident *report_at_ms(
	struct world *world, enum kind kind, int64_t at_ms, int north_m, const char *phone) {
	struct event event = {.type = EVENT_INCIDENT_RAISED, .rev = 1, .kind = kind};
	event.seq = world->head + 1;
	event.number = world->last_number + 1;
	event.at_ms = at_ms;
	event.at = (struct position){-75722000 + north_m * 90, 1108289000};
	event.alarm.at = event.at;
	event.alarm.accuracy_m = -1;
	event.alarm.received_at_ms = event.at_ms;
	text_copy(event.alarm.caller_phone, sizeof(event.alarm.caller_phone), phone);
	snprintf(event.incident, sizeof(event.incident), "00000000-0000-4000-8000-%012u",
		(unsigned)event.number);
	return world_apply(world, &event);
}

/* The same, so many minutes after T0. */
static struct incident *report(
	struct world *world, enum kind kind, int minutes, int north_m, const char *phone) {
	return report_at_ms(world, kind, T0 + minutes * MINUTE, north_m, phone);
}

/* One report joins another's incident. */
static void merge(struct world *world, struct incident *inc, struct incident *into) {
	struct command cmd = city_command(world, ACTION_MERGE, inc->id, "ayu");
	struct refusal no;
	text_copy(cmd.other, sizeof(cmd.other), into->id);
	assert_true(city_do(world, &cmd, &no));
}

static void end(struct incident *inc, enum incident_state state, int64_t at_ms) {
	inc->state = state;
	inc->state_at_ms[state] = at_ms;
}

/* Why the second of two is suggested for the first; 0: it is not. */
static unsigned why(struct world *world, const struct incident *inc) {
	struct duplicate found[4];
	size_t len = duplicates_find(world, inc, NOW, found, ARRAY_LEN(found));
	assert_true(len <= 1);
	return len > 0 ? found[0].why : 0;
}

static void two_calls_about_one_fire_are_suggested_to_each_other(void **state) {
	struct world *world = *state;
	struct incident *first = report(world, KIND_FIRE, 50, 0, "0811111111");
	struct incident *second = report(world, KIND_FIRE, 53, 60, "0822222222");
	struct duplicate found[4];
	assert_int_equal(duplicates_find(world, second, NOW, found, 4), 1);
	assert_ptr_equal(found[0].incident, first);
	assert_int_equal(found[0].why, DUPLICATE_NEAR);
	assert_in_range((int)found[0].distance_m, 58, 62);
	assert_int_equal(found[0].apart_ms, 3 * MINUTE);
	assert_int_equal(duplicates_find(world, first, NOW, found, 4), 1);
	assert_int_equal(found[0].apart_ms, -3 * MINUTE);
	assert_int_equal(duplicates_find(world, first, NOW, found, 0), 0);
}

static void farther_than_eighty_metres_is_another_place(void **state) {
	struct world *world = *state;
	struct incident *first = report(world, KIND_FIRE, 50, 0, "");
	struct incident *second = report(world, KIND_FIRE, 50, 100, "");
	assert_int_equal(why(world, second), 0);
	/* Unless one of them does not know where it is so exactly. */
	first->alarms[0].accuracy_m = 150;
	assert_int_equal(why(world, second), DUPLICATE_NEAR);
	assert_int_equal(why(world, first), DUPLICATE_NEAR);
	first->alarms[0].accuracy_m = INT32_MAX;
	second->at.lat_e7 += 1000000; /* an operator put it 11 km away */
	assert_int_equal(why(world, second), 0);
}

static void more_than_ten_minutes_apart_is_another_time(void **state) {
	struct world *world = *state;
	report(world, KIND_FIRE, 40, 0, "");
	assert_int_equal(why(world, report(world, KIND_FIRE, 50, 0, "")), DUPLICATE_NEAR);
	assert_int_equal(why(world, report(world, KIND_FLOOD, 51, 0, "")), 0);
}

static void the_same_telephone_counts_wherever_it_calls_from(void **state) {
	struct world *world = *state;
	report(world, KIND_FIRE, 10, 0, "+62 812-555-0101");
	struct incident *again = report(world, KIND_CROWD, 40, 5000, "0812 555 0101");
	assert_int_equal(why(world, again), DUPLICATE_SAME_CALLER);
	struct incident *late = report(world, KIND_CRIME, 71, 9000, "08125550101");
	assert_int_equal(why(world, late), 0);
	assert_int_equal(why(world, report(world, KIND_CRIME, 90, 12000, "")), 0);
}

static void kinds_that_exclude_each_other_are_not_suggested(void **state) {
	static const struct {
		enum kind a, b;
		bool fit;
	} cases[] = {
		{KIND_FIRE, KIND_FIRE, true},
		{KIND_UNKNOWN, KIND_CROWD, true},
		{KIND_ACCIDENT, KIND_MEDICAL, true},
		{KIND_TRAFFIC, KIND_MEDICAL, true},
		{KIND_ACCIDENT, KIND_TRAFFIC, true},
		{KIND_FIRE, KIND_HAZARD, true},
		{KIND_FLOOD, KIND_RESCUE, true},
		{KIND_FIRE, KIND_FLOOD, false},
		{KIND_MEDICAL, KIND_FIRE, false},
		{KIND_OTHER, KIND_CRIME, false},
	};
	struct world *world = *state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(duplicates_kinds_fit(cases[i].a, cases[i].b), cases[i].fit);
		assert_int_equal(duplicates_kinds_fit(cases[i].b, cases[i].a), cases[i].fit);
	}
	report(world, KIND_FIRE, 50, 0, "");
	assert_int_equal(why(world, report(world, KIND_FLOOD, 50, 0, "")), 0);
}

static void what_has_ended_counts_for_ten_minutes(void **state) {
	struct world *world = *state;
	struct incident *first = report(world, KIND_FIRE, 50, 0, "");
	struct incident *second = report(world, KIND_FIRE, 58, 0, "");
	end(first, INCIDENT_CLOSED, NOW - 9 * MINUTE);
	assert_int_equal(why(world, second), DUPLICATE_NEAR);
	end(first, INCIDENT_FALSE_ALARM, NOW - 10 * MINUTE);
	assert_int_equal(why(world, second), 0);
}

static void an_exercise_is_never_taken_for_the_real_thing(void **state) {
	struct world *world = *state;
	report(world, KIND_FIRE, 50, 0, "0811111111")->mode = MODE_EXERCISE;
	assert_int_equal(why(world, report(world, KIND_FIRE, 50, 0, "0811111111")), 0);
}

static void a_merged_incident_speaks_through_the_one_it_joined(void **state) {
	struct world *world = *state;
	struct duplicate found[4];
	struct incident *into = report(world, KIND_FIRE, 40, 0, "0811111111");
	struct incident *inc = report(world, KIND_FIRE, 48, 70, "0822222222");
	merge(world, inc, into);
	/* 13 minutes after the first caller and 140 m away, but close to the second. */
	struct incident *third = report(world, KIND_FIRE, 53, 140, "0833333333");
	assert_int_equal(duplicates_find(world, third, NOW, found, 4), 1);
	assert_ptr_equal(found[0].incident, into);
}

static void the_likeliest_comes_first(void **state) {
	struct world *world = *state;
	struct duplicate found[4];
	report(world, KIND_FIRE, 50, 60, "");            /* 1: near */
	report(world, KIND_FIRE, 50, 30, "");            /* 2: nearer */
	report(world, KIND_CROWD, 50, 2000, "08111111"); /* 3: same caller */
	report(world, KIND_FIRE, 50, 70, "08111111");    /* 4: both */
	report(world, KIND_FIRE, 50, 30, "");            /* 5: as near as 2 */
	struct incident *inc = report(world, KIND_FIRE, 55, 0, "08111111");
	assert_int_equal(duplicates_find(world, inc, NOW, found, 4), 4);
	assert_int_equal(found[0].incident->number, 4);
	assert_int_equal(found[0].why, DUPLICATE_NEAR | DUPLICATE_SAME_CALLER);
	assert_int_equal(found[1].incident->number, 3);
	assert_int_equal(found[2].incident->number, 2);
	assert_int_equal(found[3].incident->number, 5);
	assert_int_equal(duplicates_find(world, inc, NOW, found, 1), 1);
	assert_int_equal(found[0].incident->number, 4);
}

/* --- the rule, told once more, by looking at all of all --- */

static int64_t apart(int64_t a, int64_t b) {
	return a > b ? a - b : b - a;
}

static int64_t when(const struct incident *inc, size_t i) {
	int64_t at_ms = inc->alarms[i].received_at_ms;
	return i == 0 || at_ms == 0 ? incident_received_ms(inc) : at_ms;
}

static unsigned plain_why(const struct incident *a, const struct incident *b) {
	char one[PHONE_KEY_SIZE], two[PHONE_KEY_SIZE];
	unsigned why = 0;
	for (size_t i = 0; i < a->alarms_len; i++) {
		for (size_t j = 0; j < b->alarms_len; j++) {
			const struct alarm *x = &a->alarms[i], *y = &b->alarms[j];
			struct position from = i > 0 ? x->at : a->at, to = j > 0 ? y->at : b->at;
			int32_t wide =
				x->accuracy_m > y->accuracy_m ? x->accuracy_m : y->accuracy_m;
			double reach_m = wide > 1000 ? 1000 : wide > 80 ? wide : 80;
			int64_t apart_ms = apart(when(a, i), when(b, j));
			if (apart_ms <= 30 * MINUTE && phone_key(one, x->caller_phone) &&
				phone_key(two, y->caller_phone) && strcmp(one, two) == 0) {
				why |= DUPLICATE_SAME_CALLER;
			}
			if (apart_ms <= 10 * MINUTE && duplicates_kinds_fit(a->kind, b->kind) &&
				geo_distance_m(from, to) <= reach_m) {
				why |= DUPLICATE_NEAR;
			}
		}
	}
	return why;
}

static bool plain_candidate(
	const struct incident *inc, const struct incident *other, int64_t now_ms) {
	return other != inc && other->state != INCIDENT_DUPLICATE && other->mode == inc->mode &&
	       (incident_is_open(other) || now_ms - other->state_at_ms[other->state] < 10 * MINUTE);
}

/* Every incident that the rule has must be among those found, for the same reason, and no other. */
static void compare_with_plain(
	const struct world *world, const struct incident *inc, int64_t now_ms) {
	static struct duplicate found[CROWD];
	size_t len = duplicates_find(world, inc, now_ms, found, CROWD), want = 0;
	for (const struct incident *other = world->incidents; other != NULL;
		other = other->hh.next) {
		unsigned why = plain_candidate(inc, other, now_ms) ? plain_why(inc, other) : 0;
		size_t i = 0;
		while (i < len && found[i].incident != other) {
			i++;
		}
		assert_int_equal(i < len ? found[i].why : 0, why);
		want += why != 0;
	}
	assert_int_equal(len, want);
}

static void compare_history(const struct world *world, const struct incident *inc) {
	const struct incident *out[4];
	const char *phone = inc->alarms_len > 0 ? inc->alarms[0].caller_phone : "";
	char key[PHONE_KEY_SIZE], other[PHONE_KEY_SIZE];
	bool has_key = phone_key(key, phone);
	size_t called = 0, there = 0;
	for (const struct incident *at = world->incidents; at != NULL; at = at->hh.next) {
		bool counts = at != inc && (at->state != INCIDENT_DUPLICATE ||
						   world_incident(world, at->merged_into) == NULL);
		bool same = false;
		for (size_t i = 0; has_key && i < at->alarms_len; i++) {
			same = same || (phone_key(other, at->alarms[i].caller_phone) &&
					       strcmp(key, other) == 0);
		}
		called += counts && same;
		there += counts && geo_distance_m(inc->at, at->at) <= 120;
	}
	assert_int_equal(history_of_phone(world, phone, inc, out, 4), called);
	assert_int_equal(history_of_place(world, inc->at, 120, inc, out, 4), there);
}

static bool was_reported_since(const struct incident *inc, int64_t since_ms) {
	for (size_t i = 0; i < inc->alarms_len; i++) {
		int64_t at_ms = i > 0 ? inc->alarms[i].received_at_ms : incident_received_ms(inc);
		if (at_ms >= since_ms) {
			return true;
		}
	}
	return false;
}

/* All of them that a report came of since, as they came, and then no more. */
static void compare_since(const struct world *world, int64_t since_ms) {
	size_t slot = 0;
	for (const struct incident *at = world->incidents; at != NULL; at = at->hh.next) {
		if (was_reported_since(at, since_ms)) {
			assert_ptr_equal(world_next_since(world, &slot, since_ms), at);
		}
	}
	assert_null(world_next_since(world, &slot, since_ms));
	assert_null(world_next_since(world, &slot, since_ms));
}

static uint32_t roll(uint32_t *dice, uint32_t sides) {
	*dice = *dice * 1664525 + 1013904223;
	return (*dice >> 8) % sides;
}

static struct position somewhere(uint32_t *dice) {
	return (struct position){-75722000 + 90 * (int32_t)roll(dice, 2500),
		1108289000 + 90 * (int32_t)roll(dice, 300)};
}

static struct incident *any(const struct world *world, uint32_t *dice) {
	struct incident *inc = world->incidents;
	for (uint32_t n = roll(dice, HASH_COUNT(world->incidents)); n > 0; n--) {
		inc = inc->hh.next;
	}
	return inc;
}

/* Telephones of few people, in the ways that they are written. */
static void call(struct world *world, uint32_t *dice, int64_t at_ms) {
	static const char *const forms[] = {
		"0812%04u555", "+62 812-%04u-555", "", "110", "x%04u", "+1 812 %04u 555"};
	struct event event = {
		.type = EVENT_INCIDENT_RAISED, .rev = 1, .kind = (enum kind)roll(dice, KIND_COUNT)};
	event.seq = world->head + 1;
	event.number = world->last_number + 1;
	event.at_ms = at_ms;
	event.mode = roll(dice, 9) == 0 ? MODE_EXERCISE : MODE_ACTUAL;
	event.at = event.alarm.at = somewhere(dice);
	event.alarm.accuracy_m = (int32_t)roll(dice, 4) == 0 ? (int32_t)roll(dice, 2000) : -1;
	event.alarm.received_at_ms = at_ms - (int64_t)roll(dice, 3) * MINUTE;
	snprintf(event.alarm.caller_phone, sizeof(event.alarm.caller_phone),
		forms[roll(dice, ARRAY_LEN(forms))], (unsigned)roll(dice, 40));
	snprintf(event.incident, sizeof(event.incident), "00000000-0000-4000-8000-%012u",
		(unsigned)event.number);
	snprintf(event.alarm.id, sizeof(event.alarm.id), "00000000-0000-4000-9000-%012u",
		(unsigned)event.number);
	world_apply(world, &event);
}

static void work(struct world *world, uint32_t *dice, int64_t at_ms) {
	static const enum action actions[] = {ACTION_ACKNOWLEDGE, ACTION_MERGE, ACTION_MERGE,
		ACTION_UPDATE, ACTION_SPLIT, ACTION_RESOLVE, ACTION_CLOSE, ACTION_REOPEN,
		ACTION_NOTE};
	struct incident *inc = any(world, dice);
	enum action action = actions[roll(dice, ARRAY_LEN(actions))];
	struct command cmd = city_command(world, action, inc->id, "ayu");
	struct refusal no;
	cmd.at_ms = at_ms;
	text_copy(cmd.other, sizeof(cmd.other), any(world, dice)->id);
	cmd.disposition = DISPOSITION_HANDLED;
	cmd.has |= action == ACTION_UPDATE ? HAS_AT : 0;
	cmd.at = somewhere(dice);
	cmd.note = action == ACTION_NOTE ? mem_dup_str("asap") : NULL;
	(void)city_do(world, &cmd, &no); /* What is not allowed changes nothing. */
}

static void whatever_happens_the_same_are_found_as_by_looking_at_all(void **state) {
	UNUSED(state);
	uint32_t dice = 1;
	for (int round = 0; round < 12; round++) {
		/* Quicker and slower times, much and little that is forgotten; and some in which
		 * nothing old becomes young again. */
		uint32_t pause_ms = round % 2 == 0 ? 20000 : 120000, keep = round % 3 == 2 ? 3 : 12;
		bool works = round % 4 < 2;
		struct world world = {0};
		int64_t now_ms = T0;
		city_fill(&world.registry);
		for (int step = 0; step < 700; step++) {
			now_ms += (int64_t)roll(&dice, pause_ms);
			if (HASH_COUNT(world.incidents) < 2 ||
				((!works || roll(&dice, 2) == 0) &&
					HASH_COUNT(world.incidents) < CROWD)) {
				call(&world, &dice, now_ms);
			} else if (roll(&dice, keep) == 0) {
				world_forget(&world, any(&world, &dice)->id);
			} else if (roll(&dice, 60) == 0) {
				world_forget_persons(&world, now_ms);
			} else if (works) {
				work(&world, &dice, now_ms);
			}
			if (HASH_COUNT(world.incidents) > 0) {
				const struct incident *inc = any(&world, &dice);
				compare_with_plain(&world, inc, now_ms);
				compare_history(&world, inc);
			}
			compare_since(&world, now_ms - (int64_t)roll(&dice, 120) * MINUTE);
			compare_since(&world, now_ms);
		}
		world_finish(&world);
	}
}

/* Half an hour is half an hour also where so many lie between that they are left out together. */
static void the_last_of_many_old_ones_is_found_to_the_millisecond(void **state) {
	struct world *world = *state;
	struct incident *old = NULL;
	for (int i = 0; i < 3 * WORLD_SPAN_LEN; i++) {
		bool last = i == 3 * WORLD_SPAN_LEN - 1;
		old = report(world, KIND_FIRE, 0, 2000 * i, last ? "0811111111" : "");
	}
	struct incident *new = report(world, KIND_FIRE, 30, -5000, "0811111111");
	assert_int_equal(why(world, new), DUPLICATE_SAME_CALLER);
	assert_int_equal(why(world, old), DUPLICATE_SAME_CALLER);
	struct incident *later =
		report_at_ms(world, KIND_FIRE, T0 + 30 * MINUTE + 1, -9000, "0811111111");
	struct duplicate found[2];
	assert_int_equal(duplicates_find(world, later, NOW, found, 2), 1);
	assert_ptr_equal(found[0].incident, new);
}

/* A report that joins an old incident is found by who comes then, whatever was forgotten
 * meanwhile. */
static void an_old_incident_is_as_young_as_its_last_report(void **state) {
	struct world *world = *state;
	struct incident *old = report(world, KIND_FIRE, 0, 0, "0811111111");
	for (int i = 1; i < 3 * WORLD_SPAN_LEN; i++) {
		report(world, KIND_FIRE, i < WORLD_SPAN_LEN ? 0 : 200, 2000 * i, "");
	}
	struct incident *joins = report(world, KIND_FIRE, 200, -5000, "0822222222");
	struct incident *late = report(world, KIND_FIRE, 210, -9000, "0822222222");
	assert_int_equal(why(world, late), DUPLICATE_SAME_CALLER);
	merge(world, joins, old);
	struct duplicate found[2];
	assert_int_equal(duplicates_find(world, late, NOW, found, 2), 1);
	assert_ptr_equal(found[0].incident, old);
	/* Most are forgotten, and what is left closes up when others come. */
	for (int i = 2; i <= 2 * WORLD_SPAN_LEN; i++) {
		char id[UUID_SIZE];
		snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012u", (unsigned)i);
		world_forget(world, id);
	}
	for (int i = 0; i < 2 * WORLD_SPAN_LEN; i++) {
		report(world, KIND_FIRE, 300, 2000 * i, "");
	}
	assert_int_equal(duplicates_find(world, late, NOW, found, 2), 1);
	assert_ptr_equal(found[0].incident, old);
}

static void one_telephone_is_written_in_many_ways(void **state) {
	UNUSED(state);
	static const struct {
		const char *phone, *key;
	} cases[] = {
		{"+62 812-555-0101", "8125550101"},
		{"0812 555 0101", "8125550101"},
		{"62812.555.0101", "8125550101"},
		{"0062 812 555 0101", "8125550101"},
		{" +62 (0)812 555 0101", "8125550101"},
		{"8125550101", "8125550101"},
		{"(0271) 646505", "271646505"},
		{"+1 812 555 0101", "+18125550101"},
		{"110", ""},
		{"+62 812-***-0101", ""},
		{"+62 812-xxx-0101", ""},
		{"not said", ""},
		{"", ""},
		{"+", ""},
		{"00", ""},
		{"0000000", ""},
		{"012345678901234567890123456789", ""},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char key[PHONE_KEY_SIZE];
		assert_int_equal(phone_key(key, cases[i].phone), cases[i].key[0] != '\0');
		assert_string_equal(key, cases[i].key);
	}
}

static void a_caller_has_a_history(void **state) {
	struct world *world = *state;
	const struct incident *found[2];
	for (int i = 0; i < 5; i++) {
		end(report(world, KIND_OTHER, i, i * 1000, "+62 812 555 0101"),
			INCIDENT_FALSE_ALARM, T0);
	}
	report(world, KIND_OTHER, 5, 0, "0812 555 0199");
	struct incident *inc = report(world, KIND_FIRE, 6, 0, "0812 555 0101");
	assert_int_equal(history_of_phone(world, "0812-5550101", inc, found, 2), 5);
	assert_int_equal(found[0]->number, 5);
	assert_int_equal(found[1]->number, 4);
	assert_int_equal(history_of_phone(world, "0812-5550101", NULL, found, 2), 6);
	assert_ptr_equal(found[0], inc);
	assert_int_equal(history_of_phone(world, "0812-5550101", NULL, NULL, 0), 6);
	assert_int_equal(history_of_phone(world, "nobody", NULL, found, 2), 0);
	/* Merged, both calls are one incident. */
	merge(world, inc, world_by_number(world, 6));
	assert_int_equal(history_of_phone(world, "0812 555 0101", NULL, found, 2), 6);
	assert_int_equal(found[0]->number, 6);
	world_forget(world, found[0]->id);
	assert_int_equal(history_of_phone(world, "0812 555 0101", NULL, found, 2), 6);
	assert_ptr_equal(found[0], inc);
}

static void a_place_has_a_history(void **state) {
	struct world *world = *state;
	const struct incident *found[4];
	report(world, KIND_ACCIDENT, 0, 0, "");
	report(world, KIND_ACCIDENT, 1, 300, "");
	report(world, KIND_ACCIDENT, 2, 90, "");
	struct incident *inc = report(world, KIND_ACCIDENT, 3, 0, "");
	assert_int_equal(history_of_place(world, inc->at, 100, inc, found, 4), 2);
	assert_int_equal(found[0]->number, 3);
	assert_int_equal(found[1]->number, 1);
	merge(world, world_by_number(world, 3), inc);
	assert_int_equal(history_of_place(world, inc->at, 100, inc, found, 4), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(two_calls_about_one_fire_are_suggested_to_each_other),
		TEST(farther_than_eighty_metres_is_another_place),
		TEST(more_than_ten_minutes_apart_is_another_time),
		TEST(the_same_telephone_counts_wherever_it_calls_from),
		TEST(kinds_that_exclude_each_other_are_not_suggested),
		TEST(what_has_ended_counts_for_ten_minutes),
		TEST(an_exercise_is_never_taken_for_the_real_thing),
		TEST(a_merged_incident_speaks_through_the_one_it_joined),
		TEST(the_likeliest_comes_first),
		TEST(the_last_of_many_old_ones_is_found_to_the_millisecond),
		TEST(an_old_incident_is_as_young_as_its_last_report),
		TEST(one_telephone_is_written_in_many_ways),
		TEST(a_caller_has_a_history),
		TEST(a_place_has_a_history),
		TEST(whatever_happens_the_same_are_found_as_by_looking_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
