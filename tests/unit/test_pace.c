/* When frames are drawn: few enough for the line, soon enough for whoever looks and types. */
#include "test.h"

#include <stdbool.h>

#include <siaga/base/macros.h>

#include "console/pace.h"

#define START_MS   100000
#define FLOOD_MS   5000
#define FRAMES_MAX 1024

/* What was drawn, when, and why it could not be sooner. */
struct show {
	struct pace pace;
	int64_t frames_ms[FRAMES_MAX];
	size_t frames;
};

static bool draw(struct show *show, enum pace_why why, int64_t now_ms) {
	if (pace_wait(&show->pace, why, PACE_MOST, now_ms) > 0) {
		return false;
	}
	pace_drawn(&show->pace, why, PACE_MOST, now_ms);
	assert_true(show->frames < FRAMES_MAX);
	show->frames_ms[show->frames++] = now_ms;
	return true;
}

/* The most frames of any second. */
static size_t most_in_a_second(const struct show *show) {
	size_t most = 0;
	for (size_t first = 0, last = 0; last < show->frames; last++) {
		while (show->frames_ms[last] - show->frames_ms[first] >= 1000) {
			first++;
		}
		most = last - first + 1 > most ? last - first + 1 : most;
	}
	return most;
}

static void the_first_change_after_quiet_is_drawn_at_once(void **state) {
	struct show show = {0};
	UNUSED(state);
	assert_true(draw(&show, PACE_FEED, START_MS));
	assert_true(draw(&show, PACE_FEED, START_MS + 100));
}

static void the_clock_holds_no_alarm_back(void **state) {
	struct show show = {0};
	UNUSED(state);
	for (int64_t ms = START_MS; ms < START_MS + FLOOD_MS; ms += 1000) {
		assert_true(draw(&show, PACE_TICK, ms));
		assert_true(draw(&show, PACE_FEED, ms + 1));
	}
}

static void an_alarm_does_not_wait_for_what_was_drawn_just_before(void **state) {
	struct show show = {0};
	UNUSED(state);
	for (int64_t ms = START_MS; ms < START_MS + FLOOD_MS; ms += 200) {
		assert_true(draw(&show, PACE_FEED, ms));
		assert_true(draw(&show, PACE_ALARM, ms + 1));
	}
}

/* It took the place of the frame that was next. */
static void what_comes_after_an_alarm_that_went_first_waits_for_it(void **state) {
	struct show show = {0};
	UNUSED(state);
	assert_true(draw(&show, PACE_FEED, START_MS));
	assert_true(draw(&show, PACE_ALARM, START_MS + 20));
	assert_false(draw(&show, PACE_FEED, START_MS + 105));
	assert_true(draw(&show, PACE_FEED, START_MS + 106));
	/* And one that had no need to costs nothing. */
	assert_true(draw(&show, PACE_ALARM, START_MS + 1000));
	assert_true(draw(&show, PACE_FEED, START_MS + 1053));
}

/* But for once, when there is no room for the one more that went first. */
static void alarm_upon_alarm_is_drawn_evenly(void **state) {
	struct show show = {0};
	size_t uneven = 0;
	UNUSED(state);
	draw(&show, PACE_FEED, START_MS);
	for (int64_t ms = START_MS + 1; ms < START_MS + FLOOD_MS; ms++) {
		draw(&show, PACE_ALARM, ms);
	}
	assert_in_range(most_in_a_second(&show), 19, PACE_MOST);
	assert_int_equal(show.frames_ms[1], START_MS + 1);
	assert_int_equal(show.frames_ms[2], START_MS + 53);
	for (size_t i = 3; i < show.frames; i++) {
		int64_t gap_ms = show.frames_ms[i] - show.frames_ms[i - 1];
		assert_true(gap_ms <= 100);
		uneven += gap_ms < 50 || gap_ms > 54;
	}
	assert_true(uneven <= 1);
}

/* Drawn without asking, as whenever the terminal changes its size. */
static void who_did_not_ask_holds_nobody_up(void **state) {
	UNUSED(state);
	for (int per_s = 1; per_s <= PACE_MOST; per_s++) {
		struct pace pace = {0};
		for (int64_t ms = START_MS; ms < START_MS + 1000; ms += 10) {
			pace_drawn(&pace, PACE_ALARM, per_s, ms);
		}
		int64_t even_ms = per_s > 1 ? 1000 / (per_s - 1) + 1 : 1000;
		assert_true(pace_wait(&pace, PACE_ALARM, per_s, START_MS + 2000) <= even_ms);
		assert_true(pace_wait(&pace, PACE_TICK, per_s, START_MS + 2000) <= even_ms);
	}
}

static void an_alarm_on_a_slow_line_goes_first(void **state) {
	struct pace pace = {0};
	UNUSED(state);
	pace_drawn(&pace, PACE_FEED, 5, START_MS);
	assert_int_equal(pace_wait(&pace, PACE_FEED, 5, START_MS + 20), 230);
	assert_int_equal(pace_wait(&pace, PACE_ALARM, 5, START_MS + 20), 0);
	/* No longer than that, once the line is quick. */
	struct pace quick = pace;
	pace_drawn(&quick, PACE_ALARM, PACE_MOST, START_MS + 20);
	assert_int_equal(pace_wait(&quick, PACE_ALARM, PACE_MOST, START_MS + 20), 53);
	pace_drawn(&pace, PACE_ALARM, 5, START_MS + 20);
	assert_int_equal(pace_wait(&pace, PACE_ALARM, 5, START_MS + 30), 220);
	assert_int_equal(pace_wait(&pace, PACE_FEED, 5, START_MS + 30), 470);
	assert_int_equal(pace_wait(&pace, PACE_KEY, 5, START_MS + 30), 0);
}

static void alarms_in_a_flood_hold_nothing_up_for_long(void **state) {
	UNUSED(state);
	for (int every_ms = 2; every_ms < 1500; every_ms += every_ms < 200 ? 1 : 13) {
		struct show show = {0};
		int64_t drawn_ms = START_MS, came_ms = 0;
		for (int64_t ms = START_MS; ms < START_MS + FLOOD_MS; ms++) {
			came_ms = came_ms == 0 && ms % every_ms == 0 ? ms : came_ms;
			if (draw(&show, came_ms != 0 ? PACE_ALARM : PACE_FEED, ms)) {
				drawn_ms = ms;
				came_ms = 0;
			}
			assert_true(came_ms == 0 || ms - came_ms <= (every_ms < 100 ? 100 : 53));
			assert_true(ms - drawn_ms <= 107);
		}
		assert_in_range(most_in_a_second(&show), 19, PACE_MOST);
	}
}

static void a_flood_is_drawn_evenly(void **state) {
	UNUSED(state);
	for (enum pace_why why = PACE_FEED; why <= PACE_ALARM; why++) {
		struct show show = {0};
		for (int64_t ms = START_MS; ms < START_MS + FLOOD_MS; ms++) {
			draw(&show, why, ms);
		}
		assert_in_range(most_in_a_second(&show), 19, PACE_MOST);
		for (size_t i = 1; i < show.frames; i++) {
			assert_in_range(show.frames_ms[i] - show.frames_ms[i - 1], 50, 54);
		}
	}
}

static void a_key_is_answered_at_once_in_a_flood(void **state) {
	static const int every_ms[] = {97, 137, 211, 500};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(every_ms); i++) {
		struct show show = {0};
		for (int64_t ms = START_MS; ms < START_MS + FLOOD_MS; ms++) {
			/* It was drawn by itself, and then somebody types. */
			if (ms > START_MS + 1000 && ms % every_ms[i] == 0) {
				assert_true(draw(&show, PACE_KEY, ms));
			}
			draw(&show, ms % 1000 == 10 ? PACE_TICK : PACE_FEED, ms);
		}
		assert_true(show.frames >= 15 * FLOOD_MS / 1000);
		assert_in_range(most_in_a_second(&show), 15, PACE_MOST);
	}
}

static void no_typing_draws_more_than_the_line_takes(void **state) {
	struct show show = {0};
	UNUSED(state);
	for (int64_t ms = START_MS; ms < START_MS + FLOOD_MS; ms++) {
		draw(&show, PACE_KEY, ms);
	}
	assert_int_equal(most_in_a_second(&show), PACE_MOST);
}

static void a_slow_line_gets_what_it_is_said_to_take(void **state) {
	UNUSED(state);
	for (int per_s = 1; per_s <= 5; per_s++) {
		struct pace pace = {0};
		int drawn = 0;
		for (int64_t ms = START_MS; ms < START_MS + FLOOD_MS; ms++) {
			if (pace_wait(&pace, PACE_FEED, per_s, ms) == 0) {
				pace_drawn(&pace, PACE_FEED, per_s, ms);
				drawn++;
			}
		}
		assert_in_range(drawn, 1, per_s * FLOOD_MS / 1000);
	}
}

static void the_wait_is_as_long_as_it_says(void **state) {
	struct pace pace = {0};
	int64_t ms = START_MS;
	UNUSED(state);
	for (int i = 0; i < 100; i++) {
		pace_drawn(&pace, PACE_FEED, PACE_MOST, ms);
		int64_t wait_ms = pace_wait(&pace, PACE_FEED, PACE_MOST, ms);
		assert_true(wait_ms > 0);
		assert_int_equal(pace_wait(&pace, PACE_FEED, PACE_MOST, ms + wait_ms - 1), 1);
		ms += wait_ms;
		assert_int_equal(pace_wait(&pace, PACE_FEED, PACE_MOST, ms), 0);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_change_after_quiet_is_drawn_at_once),
		cmocka_unit_test(the_clock_holds_no_alarm_back),
		cmocka_unit_test(an_alarm_does_not_wait_for_what_was_drawn_just_before),
		cmocka_unit_test(what_comes_after_an_alarm_that_went_first_waits_for_it),
		cmocka_unit_test(alarm_upon_alarm_is_drawn_evenly),
		cmocka_unit_test(who_did_not_ask_holds_nobody_up),
		cmocka_unit_test(an_alarm_on_a_slow_line_goes_first),
		cmocka_unit_test(alarms_in_a_flood_hold_nothing_up_for_long),
		cmocka_unit_test(a_flood_is_drawn_evenly),
		cmocka_unit_test(a_key_is_answered_at_once_in_a_flood),
		cmocka_unit_test(no_typing_draws_more_than_the_line_takes),
		cmocka_unit_test(a_slow_line_gets_what_it_is_said_to_take),
		cmocka_unit_test(the_wait_is_as_long_as_it_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
