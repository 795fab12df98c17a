/* What the console believes of a feed that says nothing whole, answers nobody, or says goodbye
 * twice. */
#include "bench.h"

#include <string.h>

#define NOBODY "e0000000-0000-4000-8000-000000000009"

static void beat(struct bench *b) {
	bench_apply(
		b, (struct app_event){
			   .type = APP_BEAT, .head = b->feed.head, .feed_now_ms = bench_wall(b)});
}

static void tick(struct bench *b) {
	bench_apply(b, (struct app_event){.type = APP_TICK});
}

/* Time passes while bytes of one message keep coming. */
static void drip(struct bench *b, int64_t ms) {
	for (int64_t passed = 0; passed < ms; passed += 1000) {
		b->mono_ms += 1000;
		bench_apply(b, (struct app_event){.type = APP_PROOF});
		bench_apply(b, (struct app_event){.type = APP_TICK, .receiving = true});
	}
}

static void a_message_on_its_way_is_waited_for_and_called_slow(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	beat(b);
	int64_t beat_ms = b->app.beat_ms;
	drip(b, beat_ms);
	assert_false(app_is_slow(&b->app));
	drip(b, 2 * beat_ms);
	assert_true(app_is_slow(&b->app));
	assert_true(app_silence(&b->app) >= 3 * beat_ms);
	assert_false(b->reconnect);
	beat(b);
	tick(b);
	assert_false(app_is_slow(&b->app));
}

static void but_not_for_ever(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	beat(b);
	drip(b, 121000);
	assert_true(b->reconnect);
}

static void bytes_of_nothing_are_no_message(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	beat(b);
	b->mono_ms += 2 * b->app.beat_ms;
	bench_apply(b, (struct app_event){.type = APP_PROOF});
	tick(b);
	assert_true(b->reconnect);
}

static void an_answer_to_nobody_is_told_once_and_touches_nothing(void **state) {
	struct bench *b = *state;
	struct refusal no = {.code = REFUSAL_CONFLICT, .message = "was first"};
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 1);
	for (int i = 0; i < 100; i++) {
		bench_apply(b, (struct app_event){.type = APP_DONE, .id = NOBODY, .seq = 7});
		bench_apply(
			b, (struct app_event){.type = APP_REFUSED, .id = NOBODY, .refusal = &no});
	}
	assert_int_equal(b->forgotten, 0);
	assert_int_equal(app_count_unsent(&b->app), 1);
	assert_int_equal(b->app.bad_messages, 200);
	assert_null(strstr(b->app.notice.text, "REFUSED"));
	bench_settle(b, "ayu");
	assert_int_equal(app_count_unsent(&b->app), 0);
}

static void too_many_and_goodbye_are_told_once(void **state) {
	struct bench *b = *state;
	struct refusal no = {.code = REFUSAL_TOO_MANY, .message = "too many"};
	bench_connect(b, ROLE_OPERATOR);
	size_t lines = b->app.log_len;
	for (int i = 0; i < 100; i++) {
		bench_apply(b, (struct app_event){.type = APP_REFUSED, .id = "", .refusal = &no});
	}
	assert_int_equal(b->app.log_len, lines + 1);
	bench_apply(b, (struct app_event){.type = APP_BYE, .text = "going away"});
	bench_apply(b, (struct app_event){.type = APP_BYE, .text = "really"});
	assert_int_equal(b->app.bad_messages, 1);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	bench_apply(b, (struct app_event){.type = APP_BYE, .text = "again"});
	assert_int_equal(b->app.bad_messages, 1);
}

static void an_event_that_cannot_be_read_costs_itself_and_is_told(void **state) {
	struct bench *b = *state;
	char why[] = "events[0].type: unknown value";
	bench_connect(b, ROLE_OPERATOR);
	struct event unread = {.seq = b->feed.head + 1, .type = EVENT_UNREAD, .note = why};
	bench_apply(b, (struct app_event){.type = APP_EVENTS, .events = &unread, .events_len = 1});
	b->feed.head = unread.seq;
	assert_false(b->reconnect);
	assert_int_equal(b->app.bad_messages, 1);
	assert_non_null(strstr(b->app.notice.text, why));
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	assert_false(b->reconnect);
	assert_int_equal(b->app.rows_len, 1);
}

static void a_feed_without_open_incidents_is_not_behind(void **state) {
	struct bench *b = *state;
	bench_pass(b, 1000);
	b->feed.head = 6;
	bench_connect(b, ROLE_OPERATOR);
	b->mono_ms += 5000; /* Its next beat is still to come. */
	bench_apply(b, (struct app_event){.type = APP_TICK});
	assert_false(app_is_slow(&b->app));
	assert_int_equal(b->app.link, APP_LINK_LIVE);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(a_message_on_its_way_is_waited_for_and_called_slow),
		BENCH_TEST(but_not_for_ever),
		BENCH_TEST(bytes_of_nothing_are_no_message),
		BENCH_TEST(an_answer_to_nobody_is_told_once_and_touches_nothing),
		BENCH_TEST(too_many_and_goodbye_are_told_once),
		BENCH_TEST(an_event_that_cannot_be_read_costs_itself_and_is_told),
		BENCH_TEST(a_feed_without_open_incidents_is_not_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
