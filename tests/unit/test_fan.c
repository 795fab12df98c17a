/*
 * The rounds through those who follow, with sessions that take long enough for a round to go in
 * slices, and a timer that rings when the test says so.
 */
#include "test.h"

#include <siaga/base/clock.h>

#include "../../src/feed/private.h"

#define SESSIONS 20
#define SLOW_US  250 /* of one: a slice is over after eight of them */

static struct feed *feed;
static struct session sessions[SESSIONS];
static int64_t gathered[SESSIONS]; /* the head of the log when it was told the last time ... */
static int64_t told[SESSIONS];     /* ... and when that was sent */
static int asked;                  /* for the timer, and it has not rung */

void session_tell(struct session *s) {
	int64_t until_us = clock_mono_us() + SLOW_US;
	while (clock_mono_us() < until_us) {
		continue;
	}
	gathered[s - sessions] = s->feed->ring.head;
}

void server_send_together(struct server *server) {
	(void)server;
	memcpy(told, gathered, sizeof(told));
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ms) {
	(void)timer;
	(void)delay_ms;
	asked = 1;
}

static int setup(void **state) {
	(void)state;
	feed = mem_alloc(1, sizeof(*feed));
	for (size_t i = 0; i < SESSIONS; i++) {
		sessions[i] = (struct session){.feed = feed, .id = i + 1};
		struct session *s = &sessions[i];
		HASH_ADD(hh, feed->sessions, id, sizeof(s->id), s);
		told[i] = gathered[i] = 0;
	}
	asked = 0;
	return 0;
}

static void leave(struct session *s) {
	fan_without(feed, s);
	HASH_DEL(feed->sessions, s);
}

static int teardown(void **state) {
	(void)state;
	while (feed->sessions != NULL) {
		leave(feed->sessions);
	}
	free(feed);
	return 0;
}

static void happens(void) {
	feed->ring.head++;
	fan_soon(feed);
}

/* Rings until nobody asks for it. */
static void ring_out(void) {
	int64_t until_us = clock_mono_us() + 5000000;
	while (asked) {
		assert_true(clock_mono_us() < until_us);
		asked = 0;
		fan_on_pace(feed);
		/* It does not ring before the rest is over. */
		while (asked && feed->fan.waits && clock_mono_us() < feed->fan.ended_us + 50000) {
			continue;
		}
	}
}

static void check_told(int64_t head) {
	for (const struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		assert_int_equal(told[s - sessions], head);
	}
}

static void a_round_goes_in_slices_and_reaches_all(void **state) {
	(void)state;
	happens();
	assert_true(asked);
	assert_int_equal(told[0], 1);
	assert_int_equal(told[SESSIONS - 1], 0);
	ring_out();
	check_told(1);
	assert_int_equal(feed->shown, 1);
}

static void what_comes_in_the_middle_reaches_also_those_who_were_told_before(void **state) {
	(void)state;
	happens();
	happens();
	assert_int_equal(told[0], 1);
	ring_out();
	check_told(2);
}

/* Whoever is next leaves, and the one after, and so on to the last: the round ends all the same. */
static void what_comes_in_the_middle_is_told_also_where_the_rest_leaves(void **state) {
	(void)state;
	happens();
	happens();
	while (feed->fan.next != NULL) {
		leave(feed->fan.next);
	}
	assert_non_null(feed->sessions);
	ring_out();
	check_told(2);
	assert_int_equal(feed->shown, 2);
}

static void a_rush_in_the_middle_is_told_in_the_next_round(void **state) {
	(void)state;
	happens();
	for (int i = 0; i < 20; i++) {
		happens();
	}
	/* More than a few events: those still to come are told no other head in this round. */
	assert_in_range(feed->shown, 1, 10);
	ring_out();
	check_told(21);
	assert_int_equal(feed->shown, 21);
}

static void where_nobody_is_there_the_next_is_told_at_once(void **state) {
	(void)state;
	happens();
	while (feed->sessions != NULL) {
		leave(feed->sessions);
	}
	ring_out();
	feed->fan.ended_us = 0;
	happens();
	assert_int_equal(feed->shown, 2);
	assert_false(feed->fan.goes);
}

#define WITH_FEED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_FEED(a_round_goes_in_slices_and_reaches_all),
		WITH_FEED(what_comes_in_the_middle_reaches_also_those_who_were_told_before),
		WITH_FEED(what_comes_in_the_middle_is_told_also_where_the_rest_leaves),
		WITH_FEED(a_rush_in_the_middle_is_told_in_the_next_round),
		WITH_FEED(where_nobody_is_there_the_next_is_told_at_once),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
