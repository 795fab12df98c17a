/* What the feed holds back from a console: actions that come too fast. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

/* The feed refuses everything from the n-th on that was sent and not answered. */
static void put_off(struct bench *b, size_t from) {
	struct refusal no = {.code = REFUSAL_TOO_MANY, .message = "too many messages"};
	for (size_t i = from; i < b->sent_len; i++) {
		bench_apply(b, (struct app_event){
				       .type = APP_REFUSED, .id = b->sent[i].id, .refusal = &no});
		command_finish(&b->sent[i]);
	}
	b->sent_len = from;
}

static void raise_many(struct bench *b, int count) {
	for (int i = 1; i <= count; i++) {
		bench_raise(b, i, KIND_CRIME, PRIORITY_P2);
	}
}

static void take(struct bench *b, int n) {
	char line[32];
	snprintf(line, sizeof(line), "ack #%d", n);
	bench_line(b, line);
}

static void what_the_feed_puts_off_is_sent_again_once_and_in_order(void **state) {
	struct bench *b = *state;
	char ids[20][UUID_SIZE];
	bench_connect(b, ROLE_OPERATOR);
	raise_many(b, 20);
	for (int i = 0; i < 20; i++) {
		take(b, i + 1);
		text_copy(ids[i], UUID_SIZE, b->sent[i].id);
	}
	assert_int_equal(b->sent_len, 20);
	put_off(b, 0);
	assert_int_equal(app_count_unsent(&b->app), 20);
	assert_int_equal(b->forgotten, 0);
	assert_non_null(strstr(b->app.notice.text, "in a moment"));
	bench_pass(b, 1000); /* too soon */
	assert_int_equal(b->sent_len, 0);
	bench_pass(b, 1000);
	assert_int_equal(b->sent_len, 10);
	bench_pass(b, 1000);
	assert_int_equal(b->sent_len, 20);
	for (int i = 0; i < 20; i++) {
		assert_string_equal(b->sent[i].id, ids[i]);
	}
	bench_settle(b, "ayu");
	assert_int_equal(app_count_unsent(&b->app), 0);
	bench_pass(b, 5000);
	assert_int_equal(b->sent_len, 0);
	for (int i = 1; i <= 20; i++) {
		assert_int_equal(bench_incident(b, i)->state, INCIDENT_ACKNOWLEDGED);
	}
}

static void nothing_overtakes_what_was_put_off(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	raise_many(b, 2);
	take(b, 1);
	put_off(b, 0);
	take(b, 2);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->held_len, 1); /* on disk all the same */
	bench_pass(b, 1600);
	assert_int_equal(b->sent_len, 2);
	assert_string_equal(b->sent[0].incident, city_id(1));
	bench_settle(b, "ayu");
	take(b, 1); /* and from now on at once */
	assert_int_equal(b->sent_len, 0);
	raise_many(b, 3);
	take(b, 3);
	assert_int_equal(b->sent_len, 1);
}

static void what_is_put_off_for_too_long_is_put_to_the_operator(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	raise_many(b, 1);
	take(b, 1);
	put_off(b, 0);
	b->mono_ms += 40000;
	bench_pass(b, 0);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	assert_int_equal(app_count_unsent(&b->app), 1);
}

static void a_link_that_comes_back_sends_what_was_put_off_once(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	raise_many(b, 1);
	take(b, 1);
	put_off(b, 0);
	bench_lose(b);
	bench_pass(b, 2000);
	assert_int_equal(b->sent_len, 0);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 1);
	bench_pass(b, 2000);
	assert_int_equal(b->sent_len, 1);
}

static void what_else_was_too_much_is_told_again(void **state) {
	struct bench *b = *state;
	struct refusal no = {.code = REFUSAL_TOO_MANY, .message = "too many messages"};
	bench_connect(b, ROLE_AGENCY);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_pass(b, 1000);
	int got = b->count[EFFECT_GOT], looks = b->count[EFFECT_LOOK];
	bench_apply(b, (struct app_event){.type = APP_REFUSED, .id = "", .refusal = &no});
	bench_pass(b, 2000);
	assert_int_equal(b->count[EFFECT_GOT], got + 1);
	assert_int_equal(b->count[EFFECT_LOOK], looks + (b->app.selected[0] != '\0'));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(what_the_feed_puts_off_is_sent_again_once_and_in_order),
		BENCH_TEST(nothing_overtakes_what_was_put_off),
		BENCH_TEST(what_is_put_off_for_too_long_is_put_to_the_operator),
		BENCH_TEST(a_link_that_comes_back_sends_what_was_put_off_once),
		BENCH_TEST(what_else_was_too_much_is_told_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
