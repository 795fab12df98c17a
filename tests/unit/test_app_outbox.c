/* What is not sent yet: whose it is, where it is kept, and who else may have sent it. */
#include "bench.h"

#include <string.h>

#include <siaga/base/text.h>

#define OTHER_FEED "f0000000-0000-4000-8000-000000000002"

static void kept(struct bench *b, enum trouble trouble) {
	b->disk = trouble;
	bench_apply(b,
		(struct app_event){.type = APP_KEPT, .trouble = trouble, .seq = b->app.kept_seq});
}

/* An incident that is new, and no link. */
static void alone(struct bench *b) {
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_lose(b);
}

static void connect_other(struct bench *b) {
	bench_welcome(b, OTHER_FEED, ROLE_OPERATOR, 0);
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = 0});
}

static bool is_told(const struct bench *b, const char *text) {
	for (size_t i = 0; i < b->app.log_len; i++) {
		if (strstr(b->app.log[i].text, text) != NULL) {
			return true;
		}
	}
	return false;
}

/* As an earlier console kept it. */
static void load(struct bench *b, const char *name, const char *feed, bool guessed) {
	struct command cmd = city_command(&b->feed, ACTION_NOTE, city_id(1), name);
	struct app_event event = {
		.type = APP_OUTBOX, .command = &cmd, .made_ms = bench_wall(b), .guessed = guessed};
	text_copy(event.feed, sizeof(event.feed), feed);
	bench_apply(b, event);
	bench_apply(b, (struct app_event){.type = APP_OUTBOX_READ});
}

static void what_was_asked_of_one_feed_is_not_sent_to_another(void **state) {
	struct bench *b = *state;
	alone(b);
	bench_key(b, 'a');
	assert_string_equal(b->last[EFFECT_HOLD].feed, FEED);
	connect_other(b);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->forgotten, 0);
	assert_int_equal(app_count_unsent(&b->app), 0);
	assert_true(is_told(b, "1 unsent for another feed: kept for it"));
}

/* It is nowhere but in memory: dropped there it would be lost. */
static void what_is_for_another_feed_and_not_kept_yet_waits_for_the_disk(void **state) {
	struct bench *b = *state;
	alone(b);
	kept(b, TROUBLE_FULL);
	bench_key(b, 'a');
	connect_other(b);
	assert_int_equal(app_count_unkept(&b->app), 1);
	bench_pass(b, 60000);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	kept(b, TROUBLE_NONE);
	assert_int_equal(b->held_len, 2);
	assert_int_equal(app_count_unsent(&b->app), 0);
	assert_int_equal(b->forgotten, 0);
}

static void what_is_not_kept_and_comes_back_to_its_feed_is_sent(void **state) {
	struct bench *b = *state;
	alone(b);
	kept(b, TROUBLE_FULL);
	bench_key(b, 'a');
	connect_other(b);
	assert_int_equal(b->sent_len, 0);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 1);
	bench_settle(b, "ayu");
	kept(b, TROUBLE_NONE);
	assert_int_equal(app_count_unsent(&b->app), 0);
}

static void what_comes_late_is_sent_once_and_only_where_it_is_ours(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	load(b, "budi", FEED, false);
	load(b, "ayu", OTHER_FEED, false);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(app_count_unsent(&b->app), 0);
	load(b, "ayu", FEED, false);
	assert_int_equal(b->sent_len, 1);
	bench_apply(b, (struct app_event){.type = APP_OUTBOX_READ});
	assert_int_equal(b->sent_len, 1);
}

/* The cache was begun anew for another feed since; the incident says more than that. */
static void what_does_not_say_its_feed_goes_to_the_one_that_has_its_incident(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	load(b, "ayu", OTHER_FEED, true);
	assert_int_equal(b->sent_len, 0);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	load(b, "ayu", OTHER_FEED, true);
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->last[EFFECT_SEND].feed, FEED);
	load(b, "ayu", "", true);
	assert_int_equal(b->sent_len, 2);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(what_was_asked_of_one_feed_is_not_sent_to_another),
		BENCH_TEST(what_is_for_another_feed_and_not_kept_yet_waits_for_the_disk),
		BENCH_TEST(what_is_not_kept_and_comes_back_to_its_feed_is_sent),
		BENCH_TEST(what_comes_late_is_sent_once_and_only_where_it_is_ours),
		BENCH_TEST(what_does_not_say_its_feed_goes_to_the_one_that_has_its_incident),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
