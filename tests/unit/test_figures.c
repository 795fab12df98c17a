#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/figures.h>

#include "world.h"

#define SECOND INT64_C(1000)
#define MINUTE INT64_C(60000)

struct fixture {
	struct world world;
	struct timer_table table;
	struct figures figures;
};

static int setup(void **state) {
	struct fixture *fix = mem_alloc(1, sizeof(*fix));
	city_fill(&fix->world.registry);
	timer_table_defaults(&fix->table);
	figures_init(&fix->figures);
	*state = fix;
	return 0;
}

static int teardown(void **state) {
	struct fixture *fix = *state;
	world_finish(&fix->world);
	figures_finish(&fix->figures);
	free(fix);
	return 0;
}

/* What an operator does to incident n, so many milliseconds after T0. */
struct act {
	int n;
	enum action action;
	const char *who; /* the agency where it is about a dispatch */
	int64_t after_ms;
};

static bool is_about_agency(enum action action) {
	return action >= ACTION_DISPATCH && action <= ACTION_EXPIRE;
}

static void act(struct fixture *fix, struct act what) {
	bool agency = is_about_agency(what.action);
	struct command cmd =
		city_command(&fix->world, what.action, city_id(what.n), agency ? "ayu" : what.who);
	struct refusal no = {0};
	cmd.at_ms = T0 + what.after_ms;
	cmd.method = METHOD_CAMERA;
	cmd.reason = REJECT_PRANK;
	cmd.disposition = DISPOSITION_HANDLED;
	cmd.note = mem_dup_str("as it was said");
	text_copy(cmd.camera, sizeof(cmd.camera), "Balaikota");
	text_copy(cmd.by.position, sizeof(cmd.by.position), "TMC-1");
	if (agency) {
		text_copy(cmd.agency, sizeof(cmd.agency), what.who);
	}
	if (what.action == ACTION_DELIVER) {
		cmd.role = ROLE_AGENCY;
		cmd.seq = fix->world.head;
		text_copy(cmd.own_agency, sizeof(cmd.own_agency), what.who);
	}
	if (what.action == ACTION_EXPIRE) {
		cmd.role = ROLE_NONE;
	}
	bool ok = city_do(&fix->world, &cmd, &no);
	assert_string_equal(no.message, "");
	assert_true(ok);
}

static void play(struct fixture *fix, const struct act *acts, size_t len) {
	for (size_t i = 0; i < len; i++) {
		act(fix, acts[i]);
	}
}

#define PLAY(fix, ...)                                                                             \
	play(fix, (const struct act[]){__VA_ARGS__}, ARRAY_LEN(((const struct act[]){__VA_ARGS__})))

static void raise(
	struct fixture *fix, int n, enum kind kind, enum priority priority, int64_t after_ms) {
	city_raise(&fix->world, city_id(n), kind, priority, T0 + after_ms);
}

static const struct figures *at(struct fixture *fix, int64_t after_ms) {
	figures_compute(&fix->figures, &fix->world, &fix->table, T0 + after_ms - FIGURES_SHIFT_MS,
		T0 + after_ms);
	return &fix->figures;
}

static void a_quiet_room_has_no_figures(void **state) {
	struct fixture *fix = *state;
	const struct figures *f = at(fix, 0);
	assert_int_equal(f->open, 0);
	assert_int_equal(f->operators_len, 0);
	assert_int_equal(f->agencies_len, 0);
	assert_int_equal(f->recent, 0);
	assert_int_equal(f->missing, 0);
	for (int mode = 0; mode < MODE_COUNT; mode++) {
		assert_int_equal(f->received[mode].count, 0);
		for (int time = 0; time < FIGURE_TIME_COUNT; time++) {
			assert_int_equal(f->received[mode].times[time].count, 0);
			assert_false(figure_is_missed(&f->received[mode].times[time]));
		}
	}
}

static void nothing_at_all_is_needed_to_end(void **state) {
	struct figures zero = {0};
	UNUSED(state);
	figures_finish(&zero);
}

static void one_alarm_waits_and_is_overdue(void **state) {
	struct fixture *fix = *state;
	raise(fix, 1, KIND_FIRE, PRIORITY_P1, 0);
	const struct figures *f = at(fix, 15 * SECOND);
	assert_int_equal(f->open, 1);
	assert_int_equal(f->waiting[PRIORITY_P1].count, 1);
	assert_int_equal(f->waiting[PRIORITY_P1].number, 1);
	assert_int_equal(f->waiting[PRIORITY_P1].since_ms, T0);
	assert_int_equal(f->waiting[PRIORITY_P2].count, 0);
	assert_int_equal(f->overdue[TIMER_NEW].levels[TIMER_LEVEL_ALERT], 1);
	assert_int_equal(f->overdue[TIMER_NEW].number, 1);
	assert_int_equal(f->overdue[TIMER_NEW].due_ms, T0 + 10 * SECOND);
	assert_int_equal(f->operators_len, 0);
	assert_int_equal(f->recent, 1);
	assert_int_equal(f->received[MODE_ACTUAL].count, 1);
	assert_int_equal(f->received[MODE_ACTUAL].states[INCIDENT_NEW], 1);
	assert_int_equal(f->received[MODE_ACTUAL].kinds[KIND_FIRE], 1);
	assert_int_equal(f->received[MODE_ACTUAL].priorities[PRIORITY_P1], 1);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_ANSWER].count, 0);
}

static void the_oldest_alarm_of_each_priority_is_named(void **state) {
	struct fixture *fix = *state;
	raise(fix, 1, KIND_FIRE, PRIORITY_P2, 3 * SECOND);
	raise(fix, 2, KIND_FIRE, PRIORITY_P2, 1 * SECOND);
	raise(fix, 3, KIND_FIRE, PRIORITY_P4, 2 * SECOND);
	const struct figures *f = at(fix, 4 * SECOND);
	assert_int_equal(f->waiting[PRIORITY_P2].count, 2);
	assert_int_equal(f->waiting[PRIORITY_P2].number, 2);
	assert_int_equal(f->waiting[PRIORITY_P4].number, 3);
}

/* One incident from the call to its end, every time of it by hand. */
static void each_time_is_what_the_clock_of_the_feed_says(void **state) {
	struct fixture *fix = *state;
	static const struct {
		enum figure_time time;
		int64_t ms, target_ms;
	} times[] = {
		{FIGURE_ANSWER, 8 * SECOND, 10 * SECOND},
		{FIGURE_VERIFY, 22 * SECOND, 120 * SECOND},
		{FIGURE_PROCESS, 45 * SECOND, 60 * SECOND},
		{FIGURE_ACCEPT, 29 * SECOND, 60 * SECOND},
		{FIGURE_TURNOUT, 75 * SECOND, 240 * SECOND},
		{FIGURE_TRAVEL, 5 * MINUTE, 15 * MINUTE},
		{FIGURE_RESPONSE, 450 * SECOND, 15 * MINUTE},
		{FIGURE_CLEAR, 40 * MINUTE, 0},
	};
	raise(fix, 1, KIND_FIRE, PRIORITY_P1, 0);
	PLAY(fix, {1, ACTION_ACKNOWLEDGE, "ayu", 8 * SECOND},
		{1, ACTION_VERIFY, "ayu", 30 * SECOND}, {1, ACTION_DISPATCH, "damkar", 45 * SECOND},
		{1, ACTION_DELIVER, "damkar", 46 * SECOND},
		{1, ACTION_ACCEPT, "damkar", 75 * SECOND},
		{1, ACTION_EN_ROUTE, "damkar", 150 * SECOND},
		{1, ACTION_ON_SCENE, "damkar", 450 * SECOND},
		{1, ACTION_CLEAR, "damkar", 30 * MINUTE}, {1, ACTION_RESOLVE, "ayu", 35 * MINUTE},
		{1, ACTION_CLOSE, "ayu", 40 * MINUTE});
	const struct figures *f = at(fix, 41 * MINUTE);
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		const struct figure *figure = &f->received[MODE_ACTUAL].times[times[i].time];
		assert_int_equal(figure->count, 1);
		assert_int_equal(figure->median_ms, times[i].ms);
		assert_int_equal(figure->p90_ms, times[i].ms);
		assert_int_equal(figure->target_ms, times[i].target_ms);
		assert_int_equal(figure->judged, times[i].target_ms != 0 ? 1 : 0);
		assert_int_equal(figure->met, figure->judged);
		assert_false(figure_is_missed(figure));
	}
	assert_int_equal(f->open, 0);
	assert_int_equal(f->agencies_len, 0);
	assert_int_equal(f->received[MODE_ACTUAL].verified, 1);
	assert_int_equal(f->received[MODE_ACTUAL].by_camera, 1);
	assert_int_equal(f->skewed, 0);
}

/* Raises ten and answers the first in 1 s, the second in 2 s and so on. */
static void answer_ten(struct fixture *fix) {
	for (int n = 1; n <= 10; n++) {
		raise(fix, n, KIND_MEDICAL, PRIORITY_P2, 0);
		act(fix, (struct act){n, ACTION_ACKNOWLEDGE, "ayu", n * SECOND});
	}
}

static void percentiles_are_times_that_were_taken(void **state) {
	struct fixture *fix = *state;
	answer_ten(fix);
	const struct figure *answer = &at(fix, MINUTE)->received[MODE_ACTUAL].times[FIGURE_ANSWER];
	assert_int_equal(answer->count, 10);
	assert_int_equal(answer->median_ms, 5 * SECOND);
	assert_int_equal(answer->p90_ms, 9 * SECOND);
	assert_int_equal(answer->met, 10);
	assert_false(figure_is_missed(answer));
	/* Two of twelve above ten seconds: the 90th percentile is the eleventh of them. */
	raise(fix, 11, KIND_MEDICAL, PRIORITY_P2, 0);
	raise(fix, 12, KIND_MEDICAL, PRIORITY_P2, 0);
	PLAY(fix, {11, ACTION_ACKNOWLEDGE, "ayu", 20 * SECOND},
		{12, ACTION_ACKNOWLEDGE, "ayu", 30 * SECOND});
	answer = &at(fix, MINUTE)->received[MODE_ACTUAL].times[FIGURE_ANSWER];
	assert_int_equal(answer->median_ms, 6 * SECOND);
	assert_int_equal(answer->p90_ms, 20 * SECOND);
	assert_int_equal(answer->met, 10);
	assert_true(figure_is_missed(answer));
}

static void a_time_is_held_against_the_target_of_its_own_kind(void **state) {
	struct fixture *fix = *state;
	for (int n = 1; n <= 2; n++) {
		raise(fix, n, n == 1 ? KIND_FIRE : KIND_MEDICAL, PRIORITY_P2, 0);
		PLAY(fix, {n, ACTION_ACKNOWLEDGE, "ayu", SECOND}, {n, ACTION_VERIFY, "ayu", SECOND},
			{n, ACTION_DISPATCH, "damkar", SECOND},
			{n, ACTION_ACCEPT, "damkar", SECOND},
			{n, ACTION_EN_ROUTE, "damkar", SECOND},
			{n, ACTION_ON_SCENE, "damkar", 12 * MINUTE});
	}
	const struct figure *travel =
		&at(fix, 13 * MINUTE)->received[MODE_ACTUAL].times[FIGURE_TRAVEL];
	assert_int_equal(travel->target_ms, 10 * MINUTE);
	assert_int_equal(travel->target_to, 15 * MINUTE);
	assert_int_equal(travel->judged, 2);
	assert_int_equal(travel->met, 1); /* the fire's */
	assert_true(figure_is_missed(travel));
	/* Only P1 has a target for the first dispatch. */
	const struct figure *process = &fix->figures.received[MODE_ACTUAL].times[FIGURE_PROCESS];
	assert_int_equal(process->count, 2);
	assert_int_equal(process->judged, 0);
	assert_false(figure_is_missed(process));
}

static void a_reopening_does_not_spoil_the_first_answer(void **state) {
	struct fixture *fix = *state;
	raise(fix, 1, KIND_MEDICAL, PRIORITY_P2, 0);
	PLAY(fix, {1, ACTION_ACKNOWLEDGE, "ayu", 5 * SECOND},
		{1, ACTION_REJECT, "ayu", 10 * SECOND}, {1, ACTION_REOPEN, "ayu", 60 * MINUTE},
		{1, ACTION_VERIFY, "ayu", 61 * MINUTE}, {1, ACTION_CLOSE, "ayu", 70 * MINUTE},
		{1, ACTION_REOPEN, "ayu", 80 * MINUTE});
	const struct figures *f = at(fix, 90 * MINUTE);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_ANSWER].median_ms, 5 * SECOND);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_CLEAR].count, 0);
	assert_int_equal(f->received[MODE_ACTUAL].false_alarms, 0);
}

static void the_callers_clock_counts_for_nothing(void **state) {
	struct fixture *fix = *state;
	raise(fix, 1, KIND_MEDICAL, PRIORITY_P2, 0);
	world_incident(&fix->world, city_id(1))->alarms[0].occurred_at_ms = T0 - 1000 * MINUTE;
	act(fix, (struct act){1, ACTION_ACKNOWLEDGE, "ayu", 5 * SECOND});
	const struct figures *f = at(fix, MINUTE);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_ANSWER].p90_ms, 5 * SECOND);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_RESPONSE].count, 0);
}

static void a_clock_that_was_set_back_makes_no_figure(void **state) {
	struct fixture *fix = *state;
	raise(fix, 1, KIND_MEDICAL, PRIORITY_P2, 60 * SECOND);
	act(fix, (struct act){1, ACTION_ACKNOWLEDGE, "ayu", 5 * SECOND});
	const struct figures *f = at(fix, 10 * SECOND);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_ANSWER].count, 0);
	assert_int_equal(f->skewed, 1);
	assert_int_equal(f->received[MODE_ACTUAL].count, 1);
}

static void operators_by_what_they_have(void **state) {
	struct fixture *fix = *state;
	raise(fix, 1, KIND_MEDICAL, PRIORITY_P1, 0);
	raise(fix, 2, KIND_MEDICAL, PRIORITY_P3, 0);
	raise(fix, 3, KIND_MEDICAL, PRIORITY_P4, 0);
	raise(fix, 4, KIND_MEDICAL, PRIORITY_P2, 0);
	raise(fix, 5, KIND_MEDICAL, PRIORITY_P2, 0);
	PLAY(fix, {1, ACTION_ACKNOWLEDGE, "budi", 10 * SECOND},
		{2, ACTION_ACKNOWLEDGE, "ayu", 20 * SECOND},
		{3, ACTION_ACKNOWLEDGE, "budi", 5 * SECOND},
		{4, ACTION_ACKNOWLEDGE, "citra", 5 * SECOND},
		{4, ACTION_REJECT, "citra", 6 * SECOND},
		{5, ACTION_ACKNOWLEDGE, "ayu", 30 * SECOND},
		{5, ACTION_RELEASE, "ayu", 31 * SECOND});
	const struct figures *f = at(fix, MINUTE);
	assert_int_equal(f->operators_len, 2); /* citra's has ended */
	assert_string_equal(f->operators[0].who.name, "budi");
	assert_string_equal(f->operators[0].who.position, "TMC-1");
	assert_int_equal(f->operators[0].open, 2);
	assert_int_equal(f->operators[0].urgent, 1);
	assert_int_equal(f->operators[0].number, 3);
	assert_int_equal(f->operators[0].since_ms, T0 + 5 * SECOND);
	assert_string_equal(f->operators[1].who.name, "ayu");
	assert_int_equal(f->operators[1].open, 1);
	assert_int_equal(f->unclaimed, 1);
	assert_int_equal(f->open, 4);
}

static void agencies_by_the_step_of_their_dispatches(void **state) {
	struct fixture *fix = *state;
	for (int n = 1; n <= 3; n++) {
		raise(fix, n, KIND_FIRE, PRIORITY_P2, 0);
		PLAY(fix, {n, ACTION_ACKNOWLEDGE, "ayu", SECOND},
			{n, ACTION_DISPATCH, "damkar", n * MINUTE});
	}
	PLAY(fix, {1, ACTION_ACCEPT, "damkar", 4 * MINUTE},
		{3, ACTION_DISPATCH, "psc119", 4 * MINUTE},
		{3, ACTION_DECLINE, "psc119", 5 * MINUTE},
		{2, ACTION_DISPATCH, "polresta", 4 * MINUTE},
		{2, ACTION_EXPIRE, "polresta", 5 * MINUTE},
		{1, ACTION_DISPATCH, "psc119", 5 * MINUTE},
		{1, ACTION_CANCEL, "psc119", 6 * MINUTE});
	const struct figures *f = at(fix, 6 * MINUTE);
	assert_int_equal(f->agencies_len, 3);
	assert_string_equal(f->agencies[0].id, "damkar");
	assert_int_equal(f->agencies[0].live, 3);
	assert_int_equal(f->agencies[0].steps[DISPATCH_REQUESTED], 2);
	assert_int_equal(f->agencies[0].steps[DISPATCH_ACCEPTED], 1);
	assert_int_equal(f->agencies[0].number, 2);
	assert_int_equal(f->agencies[0].since_ms, T0 + 2 * MINUTE);
	assert_string_equal(f->agencies[1].id, "polresta");
	assert_int_equal(f->agencies[1].live, 0);
	assert_int_equal(f->agencies[1].expired, 1);
	assert_int_equal(f->agencies[1].number, 0);
	assert_string_equal(f->agencies[2].id, "psc119");
	assert_int_equal(f->agencies[2].declined, 1);
	/* What went wrong before the shift is not this shift's. */
	f = at(fix, 6 * MINUTE + FIGURES_SHIFT_MS);
	assert_int_equal(f->agencies_len, 1);
}

static void what_still_waits_is_shown_however_old_it_is(void **state) {
	struct fixture *fix = *state;
	raise(fix, 1, KIND_FIRE, PRIORITY_P3, 0);
	raise(fix, 2, KIND_FIRE, PRIORITY_P3, 0);
	act(fix, (struct act){2, ACTION_ACKNOWLEDGE, "ayu", 5 * SECOND});
	const struct figures *f = at(fix, 2 * FIGURES_SHIFT_MS);
	assert_int_equal(f->received[MODE_ACTUAL].count, 0);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_ANSWER].count, 0);
	assert_int_equal(f->waiting[PRIORITY_P3].number, 1);
	assert_int_equal(f->operators_len, 1);
	assert_int_equal(f->forgotten, 2);
	assert_int_equal(f->recent, 0);
}

static void an_exercise_is_kept_apart(void **state) {
	struct fixture *fix = *state;
	for (int n = 1; n <= 2; n++) {
		raise(fix, n, KIND_FIRE, PRIORITY_P3, 0);
		act(fix, (struct act){n, ACTION_ACKNOWLEDGE, "ayu", n * 5 * SECOND});
	}
	world_incident(&fix->world, city_id(2))->mode = MODE_EXERCISE;
	const struct figures *f = at(fix, MINUTE);
	assert_int_equal(f->received[MODE_ACTUAL].count, 1);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_ANSWER].p90_ms, 5 * SECOND);
	assert_int_equal(f->received[MODE_EXERCISE].count, 1);
	assert_int_equal(f->received[MODE_EXERCISE].times[FIGURE_ANSWER].p90_ms, 10 * SECOND);
	assert_int_equal(f->received[MODE_TEST].count, 0);
	assert_int_equal(f->operators[0].open, 2); /* it takes hands all the same */
}

static void false_alarms_by_their_reason(void **state) {
	struct fixture *fix = *state;
	for (int n = 1; n <= 4; n++) {
		raise(fix, n, KIND_UNKNOWN, PRIORITY_P3, 0);
		PLAY(fix, {n, ACTION_ACKNOWLEDGE, "ayu", SECOND},
			{n, ACTION_REJECT, "ayu", 2 * SECOND});
	}
	world_incident(&fix->world, city_id(4))->reason = REJECT_UNVERIFIABLE;
	const struct figures_received *received = &at(fix, MINUTE)->received[MODE_ACTUAL];
	assert_int_equal(received->false_alarms, 4);
	assert_int_equal(received->reasons[REJECT_PRANK], 3);
	assert_int_equal(received->reasons[REJECT_UNVERIFIABLE], 1);
	assert_int_equal(received->states[INCIDENT_FALSE_ALARM], 4);
}

/* Of the three cameras the one on the spot is down, the next stands 111 m to the north. */
static void where_no_camera_works_near_nobody_sees(void **state) {
	struct fixture *fix = *state;
	raise(fix, 1, KIND_CRIME, PRIORITY_P3, 0);
	assert_int_equal(at(fix, 0)->received[MODE_ACTUAL].unseen, 0);
	registry_camera(&fix->world.registry, "PasarGede")->status = CAMERA_DOWN;
	assert_int_equal(at(fix, 0)->received[MODE_ACTUAL].unseen, 0);
	registry_camera(&fix->world.registry, "Balaikota")->status = CAMERA_DOWN;
	assert_int_equal(at(fix, 0)->received[MODE_ACTUAL].unseen, 1);
	/* 250 m to the east along the same latitude is near, 260 m is not. */
	struct camera *camera = registry_camera(&fix->world.registry, "Gladag");
	camera->status = CAMERA_OK;
	camera->at.lon_e7 += 22670;
	assert_int_equal(at(fix, 0)->received[MODE_ACTUAL].unseen, 0);
	camera->at.lon_e7 += 1000;
	assert_int_equal(at(fix, 0)->received[MODE_ACTUAL].unseen, 1);
}

static void numbers_that_are_not_known_here_are_counted(void **state) {
	struct fixture *fix = *state;
	for (int n = 1; n <= 5; n++) {
		raise(fix, n, KIND_FIRE, PRIORITY_P3, 0);
	}
	assert_int_equal(at(fix, 0)->missing, 0);
	world_forget(&fix->world, city_id(3));
	assert_int_equal(at(fix, 0)->missing, 1);
	world_forget(&fix->world, city_id(1)); /* may have been of the shift before */
	assert_int_equal(at(fix, 0)->missing, 1);
}

static void counting_again_forgets_what_was(void **state) {
	struct fixture *fix = *state;
	answer_ten(fix);
	at(fix, MINUTE);
	const struct figures *f = at(fix, MINUTE);
	assert_int_equal(f->received[MODE_ACTUAL].times[FIGURE_ANSWER].count, 10);
	assert_int_equal(f->operators_len, 1);
	assert_int_equal(f->operators[0].open, 10);
	world_finish(&fix->world);
	f = at(fix, MINUTE);
	assert_int_equal(f->open, 0);
	assert_int_equal(f->operators_len, 0);
	assert_int_equal(f->received[MODE_ACTUAL].unseen, 0);
}

static void every_time_has_a_name(void **state) {
	UNUSED(state);
	assert_string_equal(figure_time_name(FIGURE_ANSWER), "answer");
	assert_string_equal(figure_time_name(FIGURE_CLEAR), "clear");
	assert_string_equal(figure_time_name(FIGURE_TIME_COUNT), "?");
}

#define FIGURES_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		FIGURES_TEST(a_quiet_room_has_no_figures),
		cmocka_unit_test(nothing_at_all_is_needed_to_end),
		FIGURES_TEST(one_alarm_waits_and_is_overdue),
		FIGURES_TEST(the_oldest_alarm_of_each_priority_is_named),
		FIGURES_TEST(each_time_is_what_the_clock_of_the_feed_says),
		FIGURES_TEST(percentiles_are_times_that_were_taken),
		FIGURES_TEST(a_time_is_held_against_the_target_of_its_own_kind),
		FIGURES_TEST(a_reopening_does_not_spoil_the_first_answer),
		FIGURES_TEST(the_callers_clock_counts_for_nothing),
		FIGURES_TEST(a_clock_that_was_set_back_makes_no_figure),
		FIGURES_TEST(operators_by_what_they_have),
		FIGURES_TEST(agencies_by_the_step_of_their_dispatches),
		FIGURES_TEST(what_still_waits_is_shown_however_old_it_is),
		FIGURES_TEST(an_exercise_is_kept_apart),
		FIGURES_TEST(false_alarms_by_their_reason),
		FIGURES_TEST(where_no_camera_works_near_nobody_sees),
		FIGURES_TEST(numbers_that_are_not_known_here_are_counted),
		FIGURES_TEST(counting_again_forgets_what_was),
		FIGURES_TEST(every_time_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
