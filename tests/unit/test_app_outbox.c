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

/* The cache is of whoever was here last; who is here now, only the feed can say. */
static void alone_and_nobody(struct bench *b) {
	alone(b);
	b->app.named = false;
	text_copy(b->app.name, sizeof(b->app.name), "budi");
}

static void what_is_asked_before_the_feed_has_said_who_we_are_is_ours(void **state) {
	struct bench *b = *state;
	alone_and_nobody(b);
	bench_key(b, 'a');
	assert_int_equal(b->held_len, 1);
	assert_string_equal(b->app.pending[0]->command.by.name, "");
	bench_connect(b, ROLE_OPERATOR);
	assert_string_equal(b->app.pending[0]->command.by.name, b->app.name);
	assert_int_equal(b->sent_len, 1);
	assert_false(is_told(b, "kept for them"));
}

/* Old: it waits for the operator, and on the disk it says by then whose it is. */
static void whose_it_is_goes_to_the_disk_once_that_was_looked_at(void **state) {
	struct bench *b = *state;
	alone_and_nobody(b);
	bench_line(b, "note 1 \"sudah lama\"");
	b->elsewhere_tried = true;
	bench_pass(b, 60000);
	bench_welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	assert_int_equal(b->held_len, 1);
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	assert_int_equal(b->held_len, 2);
	assert_string_equal(b->last[EFFECT_HOLD].command->by.name, "ayu");
	assert_true(b->last[EFFECT_HOLD].tried);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->held_len, 2); /* and once is enough */
}

static void what_another_console_has_finished_gets_no_name(void **state) {
	struct bench *b = *state;
	alone_and_nobody(b);
	bench_key(b, 'a');
	b->elsewhere_done = true;
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->held_len, 1);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(app_count_unsent(&b->app), 0);
	assert_true(is_told(b, "1 unsent action was finished by another console here"));
}

/* Who we are there, this feed cannot say. */
static void what_is_for_another_feed_gets_no_name_of_this_one(void **state) {
	static const enum trouble disks[] = {TROUBLE_NONE, TROUBLE_FULL};
	struct bench *b = *state;
	for (size_t i = 0; i < 2; i++) {
		alone_and_nobody(b);
		kept(b, disks[i]);
		b->held_len = 0;
		bench_key(b, 'a');
		connect_other(b);
		assert_int_equal(b->held_len, 1);
		assert_int_equal(b->sent_len, 0);
		assert_int_equal(app_count_unsent(&b->app), i);
	}
	assert_string_equal(b->app.pending[0]->command.by.name, "");
}

/* And where that console ended before it knew, nobody's action is sent as another's by itself. */
static void what_nobody_has_put_a_name_to_is_asked_about_however_young(void **state) {
	struct bench *b = *state;
	alone(b);
	load(b, "", FEED, false);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	bench_pass(b, 2000);
	assert_int_equal(b->sent_len, 0);
}

/* An unsent action that nobody has put a name to, and the question about it. */
static void asked_about_nobodys(struct bench *b) {
	alone(b);
	load(b, "", FEED, false);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	bench_drawn(b);
	b->mono_ms += 2000;
}

/* Its console has heard meanwhile who that is. */
static void what_has_got_anothers_name_is_theirs(void **state) {
	static const char keys[] = {'y', 'd'};
	struct bench *b = *state;
	for (size_t i = 0; i < 2; i++) {
		b->elsewhere_name[0] = '\0';
		asked_about_nobodys(b);
		text_copy(b->elsewhere_name, sizeof(b->elsewhere_name), "siti");
		bench_key(b, (uint32_t)keys[i]);
		assert_int_equal(b->sent_len, 0);
		assert_int_equal(b->forgotten, 0);
		assert_int_equal(app_count_unsent(&b->app), 0);
		assert_int_equal(b->app.modal.type, MODAL_NONE);
		assert_true(is_told(b, "1 unsent by siti: kept for them"));
		bench_lose(b);
	}
}

static void what_has_got_anothers_name_is_not_asked_about(void **state) {
	struct refusal later = {.code = REFUSAL_TOO_MANY};
	struct bench *b = *state;
	asked_about_nobodys(b);
	text_copy(b->elsewhere_name, sizeof(b->elsewhere_name), "siti");
	bench_apply(b, (struct app_event){.type = APP_REFUSED, .id = "", .refusal = &later});
	bench_pass(b, 5000);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(app_count_unsent(&b->app), 0);
}

static void what_was_asked_for_here_is_ours_whatever_name_it_has_got(void **state) {
	struct bench *b = *state;
	alone_and_nobody(b);
	bench_key(b, 'a');
	text_copy(b->elsewhere_name, sizeof(b->elsewhere_name), "siti");
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->app.pending[0]->command.by.name, "ayu");
}

/* And goes again by itself like all that is: nobody is asked twice. */
static void what_nobody_has_put_a_name_to_and_is_sent_is_ours(void **state) {
	struct refusal later = {.code = REFUSAL_UNAVAILABLE};
	struct bench *b = *state;
	asked_about_nobodys(b);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->last[EFFECT_SEND].command->by.name, "ayu");
	bench_apply(
		b, (struct app_event){.type = APP_REFUSED, .id = b->sent[0].id, .refusal = &later});
	bench_pass(b, 5000);
	assert_int_equal(b->sent_len, 2);
	bench_lose(b);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 3);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
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

static void what_another_console_has_finished_is_dropped_and_told(void **state) {
	struct bench *b = *state;
	alone(b);
	bench_key(b, 'a');
	b->elsewhere_done = true;
	bench_pass(b, 60000);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(app_count_unsent(&b->app), 0);
	assert_true(is_told(b, "1 unsent action was finished by another console here"));
}

/* It was never in the file: that it is not there says nothing. */
static void what_was_never_kept_is_not_taken_for_finished(void **state) {
	struct bench *b = *state;
	alone(b);
	kept(b, TROUBLE_FULL);
	bench_key(b, 'a');
	b->elsewhere_done = true;
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 1);
	assert_false(is_told(b, "finished by another"));
}

/* The file is gone, or cannot be read: it is asked about, and not as never sent. */
static void what_nobody_can_know_is_asked_about(void **state) {
	struct bench *b = *state;
	bool gone[] = {true, false};
	for (size_t i = 0; i < 2; i++) {
		alone(b);
		bench_line(b, "note 1 \"siapa tahu\"");
		assert_false(b->app.pending[0]->tried);
		b->elsewhere_done = true;
		b->unread = !gone[i];
		if (gone[i]) {
			bench_apply(b, (struct app_event){.type = APP_OUTBOX_GONE});
		}
		bench_pass(b, 60000);
		bench_connect(b, ROLE_OPERATOR);
		assert_int_equal(b->sent_len, 0);
		assert_int_equal(b->app.modal.type, MODAL_RESEND);
		assert_false(is_told(b, "finished by another"));
		assert_true(b->app.pending[0]->tried);
		bench_drawn(b);
		b->mono_ms += 2000;
		bench_key(b, 'd');
		assert_string_equal(
			b->app.notice.text, "Dropped: it is not sent again, but may be done");
		assert_int_equal(app_count_unsent(&b->app), 0);
		bench_lose(b);
	}
}

static void what_another_console_has_tried_is_not_called_never_sent(void **state) {
	struct bench *b = *state;
	alone(b);
	bench_key(b, 'a');
	b->elsewhere_tried = true;
	bench_pass(b, 60000);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	assert_true(b->app.pending[0]->tried);
}

static void what_is_finished_while_it_is_asked_about_is_neither_sent_nor_dropped(void **state) {
	static const char keys[] = {'y', 'd'};
	struct bench *b = *state;
	for (size_t i = 0; i < 2; i++) {
		b->elsewhere_done = false;
		alone(b);
		bench_line(b, "note 1 \"dua kali\"");
		bench_pass(b, 60000);
		bench_connect(b, ROLE_OPERATOR);
		assert_int_equal(b->app.modal.type, MODAL_RESEND);
		b->elsewhere_done = true;
		bench_drawn(b);
		b->mono_ms += 2000;
		bench_key(b, (uint32_t)keys[i]);
		assert_int_equal(b->sent_len, 0);
		assert_int_equal(b->forgotten, 0);
		assert_int_equal(app_count_unsent(&b->app), 0);
		assert_true(is_told(b, "finished by another"));
		bench_lose(b);
	}
}

/* The feed has put it off; meanwhile the operator has dropped it at the other console. */
static void what_is_dropped_elsewhere_while_it_is_put_off_is_not_sent_again(void **state) {
	struct bench *b = *state;
	struct refusal later = {.code = REFUSAL_TOO_MANY};
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 1);
	bench_apply(
		b, (struct app_event){.type = APP_REFUSED, .id = b->sent[0].id, .refusal = &later});
	b->elsewhere_done = true;
	bench_pass(b, 5000);
	assert_int_equal(b->sent_len, 1);
	assert_true(is_told(b, "finished by another"));
}

/* What is on its way is answered on this link, whoever has taken its row away. */
static void what_is_on_its_way_is_not_taken_for_finished(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_key(b, 'a');
	b->elsewhere_done = true;
	bench_apply(b, (struct app_event){.type = APP_OUTBOX_READ, .whole = true});
	assert_int_equal(app_count_unsent(&b->app), 1);
	bench_settle(b, "ayu");
	assert_int_equal(app_count_unsent(&b->app), 0);
	assert_int_equal(b->app.bad_messages, 0);
}

static void one_that_only_looks_sends_nothing_that_was_left(void **state) {
	struct bench *b = *state;
	struct refusal later = {.code = REFUSAL_TOO_MANY};
	b->app.cfg.readonly = true;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	load(b, "ayu", FEED, false);
	bench_apply(b, (struct app_event){.type = APP_REFUSED, .id = "", .refusal = &later});
	bench_pass(b, 5000);
	bench_pass(b, 60000);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(app_count_unsent(&b->app), 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(what_is_asked_before_the_feed_has_said_who_we_are_is_ours),
		BENCH_TEST(whose_it_is_goes_to_the_disk_once_that_was_looked_at),
		BENCH_TEST(what_another_console_has_finished_gets_no_name),
		BENCH_TEST(what_is_for_another_feed_gets_no_name_of_this_one),
		BENCH_TEST(what_nobody_has_put_a_name_to_is_asked_about_however_young),
		BENCH_TEST(what_has_got_anothers_name_is_theirs),
		BENCH_TEST(what_has_got_anothers_name_is_not_asked_about),
		BENCH_TEST(what_was_asked_for_here_is_ours_whatever_name_it_has_got),
		BENCH_TEST(what_nobody_has_put_a_name_to_and_is_sent_is_ours),
		BENCH_TEST(what_was_asked_of_one_feed_is_not_sent_to_another),
		BENCH_TEST(what_is_for_another_feed_and_not_kept_yet_waits_for_the_disk),
		BENCH_TEST(what_is_not_kept_and_comes_back_to_its_feed_is_sent),
		BENCH_TEST(what_comes_late_is_sent_once_and_only_where_it_is_ours),
		BENCH_TEST(what_does_not_say_its_feed_goes_to_the_one_that_has_its_incident),
		BENCH_TEST(what_another_console_has_finished_is_dropped_and_told),
		BENCH_TEST(what_was_never_kept_is_not_taken_for_finished),
		BENCH_TEST(what_nobody_can_know_is_asked_about),
		BENCH_TEST(what_another_console_has_tried_is_not_called_never_sent),
		BENCH_TEST(what_is_finished_while_it_is_asked_about_is_neither_sent_nor_dropped),
		BENCH_TEST(what_is_dropped_elsewhere_while_it_is_put_off_is_not_sent_again),
		BENCH_TEST(what_is_on_its_way_is_not_taken_for_finished),
		BENCH_TEST(one_that_only_looks_sends_nothing_that_was_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
