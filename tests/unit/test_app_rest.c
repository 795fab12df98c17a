/* Between two events most ticks look at no incident: nobody may notice. */
#include "bench.h"

#include <string.h>

static void tick(struct bench *b, int64_t ms) {
	b->mono_ms += ms;
	bench_apply(b, (struct app_event){.type = APP_TICK});
}

static void beat(struct bench *b, int64_t feed_now_ms) {
	bench_apply(b, (struct app_event){
			       .type = APP_BEAT, .head = b->feed.head, .feed_now_ms = feed_now_ms});
}

static bool has_row(const struct bench *b, int n) {
	for (size_t i = 0; i < b->app.rows_len; i++) {
		if (strcmp(b->app.rows[i], city_id(n)) == 0) {
			return true;
		}
	}
	return false;
}

static void what_came_while_a_question_was_open_is_there_when_it_falls(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, 'd');
	assert_int_not_equal(b->app.modal.type, MODAL_NONE);
	tick(b, 100);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	tick(b, 100);
	tick(b, 100);
	assert_false(has_row(b, 2));
	/* It falls before a timer of the two passes a limit. */
	b->app.modal.opened_ms = b->mono_ms - b->app.cfg.arm_ms - 50000;
	tick(b, 100);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_true(has_row(b, 2));
}

static void what_a_filter_asks_for_comes_when_it_is_old_enough(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 1, ACTION_VERIFY, "ayu");
	bench_act(b, 1, ACTION_RESOLVE, "ayu");
	bench_line(b, "filter age>7m");
	tick(b, 6 * 60000);
	tick(b, 1000);
	assert_false(has_row(b, 1));
	tick(b, 60000);
	assert_true(has_row(b, 1));
}

static void what_is_overdue_is_not_when_the_feed_sets_its_clock_back(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	int64_t raised_ms = bench_wall(b);
	tick(b, 11000);
	tick(b, 1000);
	assert_int_equal(app_count_overdue(&b->app), 1);
	beat(b, raised_ms + 6000);
	assert_int_equal(app_count_overdue(&b->app), 0);
	tick(b, 1000);
	assert_int_equal(app_count_overdue(&b->app), 0);
	tick(b, 4000);
	assert_int_equal(app_count_overdue(&b->app), 1);
}

/* Catching up is silent: what has long been late is no news. */
static void what_ran_out_while_the_link_was_lost_is_not_told(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_SUPERVISOR);
	tick(b, 1000);
	bench_lose(b);
	b->app.relinking = true; /* It hears nothing. */
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	for (int i = 0; i < 30; i++) {
		tick(b, 1000);
	}
	b->app.relinking = false;
	bench_welcome(b, FEED, ROLE_SUPERVISOR, b->feed.head);
	bench_apply(b, (struct app_event){.type = APP_EVENTS,
			       .events = b->log.items,
			       .events_len = b->log.len,
			       .head = b->feed.head});
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_non_null(bench_incident(b, 1));
	tick(b, 1000);
	assert_null(strstr(b->app.notice.text, "ESCALATED"));
	assert_int_equal(app_count(&b->app).fresh, 1);
}

static void a_beat_with_nothing_new_is_not_worth_a_frame(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	tick(b, 1000);
	beat(b, bench_wall(b) + 3);
	assert_true(b->app.still);
	bench_apply(b, (struct app_event){.type = APP_BEAT,
			       .head = b->feed.head,
			       .trouble = TROUBLE_FULL,
			       .feed_now_ms = bench_wall(b)});
	assert_false(b->app.still);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(what_came_while_a_question_was_open_is_there_when_it_falls),
		BENCH_TEST(what_a_filter_asks_for_comes_when_it_is_old_enough),
		BENCH_TEST(what_is_overdue_is_not_when_the_feed_sets_its_clock_back),
		BENCH_TEST(what_ran_out_while_the_link_was_lost_is_not_told),
		BENCH_TEST(a_beat_with_nothing_new_is_not_worth_a_frame),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
