/* Timers of the loop: each when it is due, and those that may wait with whichever comes next. */
#include "test.h"

#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>
#include <siaga/net/loop.h>

#define SOON_MS  20
#define LATER_MS 60
#define FAR_MS   20000

/* What was called, in its order, as letters. */
struct heard {
	struct loop *loop;
	struct loop_timer *first, *second, *last;
	char order[16];
	size_t len;
	int64_t began_ms, second_ms;
};

static void note(struct heard *h, char letter) {
	assert_true(h->len + 1 < sizeof(h->order));
	h->order[h->len++] = letter;
}

static void on_first(void *data) {
	note(data, '1');
}

static void on_second(void *data) {
	struct heard *h = data;
	note(h, '2');
	h->second_ms = clock_mono_ms();
}

static void on_last(void *data) {
	struct heard *h = data;
	note(h, 'e');
	loop_stop(h->loop);
}

static int setup(void **state) {
	static struct heard h;
	memset(&h, 0, sizeof(h));
	h.loop = loop_create(LOOP_POLL, NULL, NULL, NULL, NULL, NULL);
	h.first = loop_timer_create(h.loop, on_first, &h);
	h.second = loop_timer_create(h.loop, on_second, &h);
	h.last = loop_timer_create(h.loop, on_last, &h);
	h.began_ms = clock_mono_ms();
	*state = &h;
	return 0;
}

static int teardown(void **state) {
	struct heard *h = *state;
	loop_timer_destroy(h->first);
	loop_timer_destroy(h->second);
	loop_timer_destroy(h->last);
	loop_destroy(h->loop);
	return 0;
}

static void test_each_comes_when_it_is_due(void **state) {
	struct heard *h = *state;
	loop_timer_set(h->last, LATER_MS);
	loop_timer_set(h->first, SOON_MS);
	loop_timer_set(h->second, 2 * SOON_MS);
	loop_run(h->loop);
	assert_string_equal(h->order, "12e");
	assert_true(clock_mono_ms() - h->began_ms >= LATER_MS);
}

static void test_what_may_wait_comes_with_the_next(void **state) {
	struct heard *h = *state;
	loop_timer_set_lax(h->second, SOON_MS, FAR_MS);
	loop_timer_set(h->last, LATER_MS);
	loop_run(h->loop);
	/* Alone it would have come after twenty milliseconds, or after twenty seconds. */
	assert_int_equal(h->len, 2);
	assert_true(h->second_ms - h->began_ms >= LATER_MS);
	assert_true(h->second_ms - h->began_ms < FAR_MS);
}

static void test_what_waits_does_not_come_before_it_is_due(void **state) {
	struct heard *h = *state;
	loop_timer_set_lax(h->second, LATER_MS, FAR_MS);
	loop_timer_set(h->last, SOON_MS);
	loop_run(h->loop);
	assert_string_equal(h->order, "e");
}

static void test_without_company_it_wakes_the_loop_itself(void **state) {
	struct heard *h = *state;
	loop_timer_set_lax(h->last, SOON_MS, SOON_MS);
	loop_run(h->loop);
	assert_string_equal(h->order, "e");
	assert_true(clock_mono_ms() - h->began_ms >= 2 * SOON_MS);
}

static void on_again(void *data) {
	struct heard *h = data;
	note(h, 'a');
	if (h->len < 3) {
		loop_timer_set(h->first, 0);
	} else {
		loop_stop(h->loop);
	}
}

static void test_it_may_be_set_again_from_its_own_call(void **state) {
	struct heard *h = *state;
	loop_timer_destroy(h->first);
	h->first = loop_timer_create(h->loop, on_again, h);
	loop_timer_set(h->first, 0);
	loop_run(h->loop);
	assert_string_equal(h->order, "aaa");
}

/* Ends the other one before its turn in the same moment. */
static void on_ender(void *data) {
	struct heard *h = data;
	note(h, 'x');
	loop_timer_destroy(h->second);
	h->second = NULL;
	loop_timer_cancel(h->first);
	loop_timer_set(h->last, 0);
}

static void test_a_call_may_end_those_that_are_due_with_it(void **state) {
	struct heard *h = *state;
	struct loop_timer *ender = loop_timer_create(h->loop, on_ender, h);
	loop_timer_set(ender, 0);
	loop_timer_set(h->first, 0);
	loop_timer_set(h->second, 0);
	loop_run(h->loop);
	assert_string_equal(h->order, "xe");
	loop_timer_destroy(ender);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_comes_when_it_is_due, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_what_may_wait_comes_with_the_next, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_what_waits_does_not_come_before_it_is_due, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_without_company_it_wakes_the_loop_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_it_may_be_set_again_from_its_own_call, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_call_may_end_those_that_are_due_with_it, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
