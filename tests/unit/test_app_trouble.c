/* The feed cannot write, or this console cannot: what is kept, what goes out, what is asked for
 * again. */
#include "bench.h"

#include <string.h>

static void beat(struct bench *b, enum trouble trouble) {
	bench_apply(b, (struct app_event){.type = APP_BEAT,
			       .head = b->feed.head,
			       .feed_now_ms = bench_wall(b),
			       .trouble = trouble});
}

static void kept(struct bench *b, enum trouble trouble, int64_t seq) {
	b->disk = trouble;
	bench_apply(b, (struct app_event){.type = APP_KEPT, .trouble = trouble, .seq = seq});
}

static void one(struct bench *b) {
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
}

static void what_is_asked_while_the_feed_cannot_write_goes_when_it_can(void **state) {
	struct bench *b = *state;
	one(b);
	beat(b, TROUBLE_FULL);
	assert_non_null(strstr(b->app.notice.text, "disk full"));
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->held_len, 1);
	assert_non_null(strstr(b->app.notice.text, "the feed cannot write. Kept"));
	/* Nothing of it by time alone. */
	b->mono_ms += 5000;
	beat(b, TROUBLE_IO);
	bench_apply(b, (struct app_event){.type = APP_TICK});
	assert_int_equal(b->sent_len, 0);
	beat(b, TROUBLE_NONE);
	assert_int_equal(b->sent_len, 1);
	bench_settle(b, "ayu");
	assert_int_equal(app_count_unsent(&b->app), 0);
	assert_int_equal(bench_incident(b, 1)->state, INCIDENT_ACKNOWLEDGED);
}

static void what_has_become_old_is_asked_about_when_it_can_be_sent(void **state) {
	struct bench *b = *state;
	one(b);
	beat(b, TROUBLE_FULL);
	bench_key(b, 'a');
	for (int i = 0; i < 40; i++) {
		b->mono_ms += 1000;
		beat(b, TROUBLE_FULL);
		bench_apply(b, (struct app_event){.type = APP_TICK});
		assert_int_equal(b->app.modal.type, MODAL_NONE);
	}
	beat(b, TROUBLE_NONE);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
}

static void what_an_old_feed_refuses_is_tried_again(void **state) {
	struct bench *b = *state;
	struct refusal no = {.code = REFUSAL_UNAVAILABLE, .message = "no room"};
	one(b);
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 1);
	bench_apply(
		b, (struct app_event){.type = APP_REFUSED, .id = b->sent[0].id, .refusal = &no});
	assert_int_equal(app_count_unsent(&b->app), 1);
	assert_int_equal(b->forgotten, 0);
	assert_non_null(strstr(b->app.notice.text, "no room"));
	bench_pass(b, 2000);
	assert_int_equal(b->sent_len, 2);
	assert_string_equal(b->sent[0].id, b->sent[1].id);
}

static void a_link_that_is_lost_says_nothing_of_the_feeds_disk(void **state) {
	struct bench *b = *state;
	one(b);
	beat(b, TROUBLE_READ_ONLY);
	assert_non_null(strstr(app_hold_reason(&b->app), "feed cannot write"));
	bench_lose(b);
	assert_int_equal(b->app.feed_trouble, TROUBLE_NONE);
	assert_non_null(strstr(app_hold_reason(&b->app), "No link"));
	bench_connect(b, ROLE_OPERATOR);
	assert_null(app_hold_reason(&b->app));
}

static void what_cannot_be_kept_is_not_told_as_kept(void **state) {
	struct bench *b = *state;
	one(b);
	bench_lose(b);
	kept(b, TROUBLE_FULL, b->app.kept_seq);
	bench_key(b, 'a');
	assert_non_null(strstr(b->app.notice.text, "NOT KEPT (disk full)"));
	assert_int_equal(app_count_unkept(&b->app), 1);
	for (size_t i = 0; i < b->app.log_len; i++) {
		assert_null(strstr(b->app.log[i].text, "Kept in the outbox"));
	}
	kept(b, TROUBLE_NONE, b->app.kept_seq);
	assert_int_equal(b->held_len, 2);
	assert_int_equal(app_count_unkept(&b->app), 0);
}

/* Nothing is put behind a gap; what is missing is asked for, kept, and not shown twice. */
static void what_the_cache_missed_is_asked_for_again(void **state) {
	struct bench *b = *state;
	struct event again[3] = {{.seq = 2}, {.seq = 3}, {.seq = 4}};
	int64_t head;
	int bells;
	one(b);
	head = b->app.kept_seq;
	assert_int_equal(head, b->feed.head);
	kept(b, TROUBLE_FULL, head);
	b->stored = 0;
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P2);
	bench_raise(b, 3, KIND_MEDICAL, PRIORITY_P2);
	assert_int_equal(b->stored, 0);
	b->follows = 0;
	kept(b, TROUBLE_NONE, head);
	assert_int_equal(b->follows, 1);
	assert_int_equal(b->follow_after, head);
	assert_int_equal(b->app.link, APP_LINK_LIVE);
	bells = b->bells;
	/* The feed tells it all again, in one piece with something new behind it. */
	for (int i = 0; i < 2; i++) {
		again[i].seq = head + 1 + i;
		again[i].type = EVENT_LINK_UP;
	}
	bench_apply(
		b, (struct app_event){
			   .type = APP_EVENTS, .events = again, .events_len = 2, .mark = "abcd"});
	assert_int_equal(b->stored, 1);
	assert_int_equal(b->last[EFFECT_STORE].first, 0);
	assert_int_equal(b->last[EFFECT_STORE].seq, head + 2);
	assert_string_equal(b->last[EFFECT_STORE].text, "abcd");
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->app.bad_messages, 0);
	assert_int_equal(b->bells, bells);
	assert_int_equal(app_count(&b->app).open, 3);
	bench_raise(b, 4, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->stored, 2);
	assert_int_equal(b->last[EFFECT_STORE].seq, b->feed.head);
	/* Once more, unasked, it is what it always was: out of turn. */
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->app.bad_messages, 1);
}

static void a_cache_that_never_held_anything_begins_with_what_is_open(void **state) {
	struct bench *b = *state;
	kept(b, TROUBLE_IO, 0);
	one(b);
	assert_int_equal(b->stored, 0);
	kept(b, TROUBLE_NONE, 0);
	assert_true(b->reconnect);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_false(b->follow_has_after);
	assert_true(b->stored > 0);
	assert_int_equal(b->app.kept_seq, b->feed.head);
}

/* The disk was full for a part of it: what is in the cache is not all that is open. */
static void a_snapshot_with_a_hole_is_asked_for_again(void **state) {
	struct bench *b = *state;
	struct registry reg = {0};
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	city_fill(&reg);
	bench_apply(b, (struct app_event){.type = APP_REGISTRY, .registry = &reg});
	kept(b, TROUBLE_FULL, 0);
	kept(b, TROUBLE_NONE, 0);
	b->stored = 0;
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->stored, 0);
	assert_true(b->reconnect);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_false(b->follow_has_after);
	assert_true(b->stored > 0);
}

/* The link goes while it is told again: it is asked for anew, from where it has come to. */
static void a_refill_that_is_cut_off_goes_on(void **state) {
	struct bench *b = *state;
	struct event again = {.type = EVENT_LINK_UP};
	int64_t head;
	one(b);
	head = b->feed.head;
	kept(b, TROUBLE_FULL, head);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P2);
	bench_raise(b, 3, KIND_MEDICAL, PRIORITY_P2);
	kept(b, TROUBLE_NONE, head);
	again.seq = head + 1;
	bench_apply(b, (struct app_event){.type = APP_EVENTS, .events = &again, .events_len = 1});
	assert_int_equal(b->last[EFFECT_STORE].seq, head + 1);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->follow_after, head + 1);
	again.seq = head + 2;
	bench_apply(b, (struct app_event){.type = APP_EVENTS, .events = &again, .events_len = 1});
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->last[EFFECT_STORE].seq, b->feed.head);
	assert_int_equal(b->app.bad_messages, 0);
}

/* The disk fails under what the feed tells again: that it was all is still to come, and expected.
 */
static void a_refill_under_which_the_disk_fails_is_no_fault_of_the_feeds(void **state) {
	struct bench *b = *state;
	struct event again = {.type = EVENT_LINK_UP};
	one(b);
	int64_t head = b->feed.head;
	kept(b, TROUBLE_FULL, head);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P2);
	bench_raise(b, 3, KIND_MEDICAL, PRIORITY_P2);
	kept(b, TROUBLE_NONE, head);
	again.seq = head + 1;
	bench_apply(b, (struct app_event){.type = APP_EVENTS, .events = &again, .events_len = 1});
	kept(b, TROUBLE_FULL, head);
	again.seq = head + 2;
	bench_apply(b, (struct app_event){.type = APP_EVENTS, .events = &again, .events_len = 1});
	b->follows = 0;
	kept(b, TROUBLE_NONE, head);
	assert_int_equal(b->follows, 0); /* One at a time. */
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->app.bad_messages, 0);
	assert_int_equal(b->follows, 1);
	assert_int_equal(b->follow_after, head);
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->app.bad_messages, 0);
	assert_int_equal(b->follows, 1);
}

/* It was too much at once, and nobody can say which of what was asked: it is asked again. */
static void a_refill_that_is_refused_for_a_while_is_asked_for_again(void **state) {
	struct bench *b = *state;
	struct refusal no = {.code = REFUSAL_TOO_MANY, .message = "too many"};
	one(b);
	int64_t head = b->feed.head;
	kept(b, TROUBLE_FULL, head);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P2);
	kept(b, TROUBLE_NONE, head);
	b->follows = 0;
	bench_apply(b, (struct app_event){.type = APP_REFUSED, .id = "", .refusal = &no});
	assert_int_equal(b->follows, 0);
	bench_pass(b, 2000);
	assert_int_equal(b->follows, 1);
	assert_int_equal(b->follow_after, head);
	/* Where it was another one that was refused, both are answered. */
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->app.bad_messages, 0);
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->app.bad_messages, 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(what_is_asked_while_the_feed_cannot_write_goes_when_it_can),
		BENCH_TEST(what_has_become_old_is_asked_about_when_it_can_be_sent),
		BENCH_TEST(what_an_old_feed_refuses_is_tried_again),
		BENCH_TEST(a_link_that_is_lost_says_nothing_of_the_feeds_disk),
		BENCH_TEST(what_cannot_be_kept_is_not_told_as_kept),
		BENCH_TEST(what_the_cache_missed_is_asked_for_again),
		BENCH_TEST(a_snapshot_with_a_hole_is_asked_for_again),
		BENCH_TEST(a_refill_that_is_cut_off_goes_on),
		BENCH_TEST(a_refill_that_is_refused_for_a_while_is_asked_for_again),
		BENCH_TEST(a_refill_under_which_the_disk_fails_is_no_fault_of_the_feeds),
		BENCH_TEST(a_cache_that_never_held_anything_begins_with_what_is_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
