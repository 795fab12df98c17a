#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

static void a_new_alarm_rings_and_is_selected(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->bells, 0);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->bells, 1);
	assert_string_equal(b->app.selected, city_id(1));
	/* The nearest working camera first: the nearest one is down, the next one stale. */
	assert_string_equal(b->app.near[b->app.near_pick].camera->id, "Balaikota");
	bench_pass(b, 9000);
	assert_int_equal(b->bells, 1);
	bench_pass(b, 1000);
	assert_int_equal(b->bells, 2);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_pass(b, 60000);
	assert_int_equal(b->bells, 2);
}

/* So that it is drawn at once, muted or not. */
static void an_alarm_is_known_from_what_calls_nobody(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_key(b, 'o');
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	assert_true(b->app.called);
	bench_apply(b, (struct app_event){.type = APP_PRESENCE});
	assert_false(b->app.called);
	bench_raise(b, 2, KIND_CRIME, PRIORITY_P2);
	assert_true(b->app.called);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	assert_false(b->app.called);
}

static void an_open_prompt_does_not_silence_the_bell(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	int bells = b->bells;
	bench_key(b, 'e');
	bench_pass(b, 5000);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->bells, bells + 1);
}

static void mute_silences_and_ends_by_itself(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_key(b, 'o');
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_pass(b, 60000);
	assert_int_equal(b->bells, 0);
	bench_pass(b, 60001);
	assert_int_equal(b->bells, 1);
}

static void old_work_never_rings(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	int bells = b->bells;
	bench_lose(b);
	bench_pass(b, 60000);
	bench_connect(b, ROLE_OPERATOR);
	bench_pass(b, 60000);
	assert_int_equal(b->bells, bells);
}

static void enter_never_sends_and_y_does(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, KEY_CODE_F0 + 2);
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	bench_key(b, 'y'); /* typed before the strip was on the screen */
	assert_int_equal(b->sent_len, 0);
	bench_drawn(b);
	bench_key(b, KEY_CODE_ENTER);
	bench_key(b, 'Y');
	bench_key(b, KEY_CODE_F0 + 2);
	assert_int_equal(b->sent_len, 0);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 1);
	assert_int_equal(b->sent[0].action, ACTION_DISPATCH);
	assert_string_equal(b->sent[0].agency, "damkar");
	assert_string_equal(b->sent[0].incident, city_id(1));
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 1);
}

static void an_armed_strip_keeps_its_incident_whatever_comes(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P2);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, KEY_CODE_F0 + 2);
	bench_drawn(b);
	size_t rows = b->app.rows_len;
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P1); /* would go on top */
	assert_int_equal(b->app.rows_len, rows);
	assert_int_equal(b->app.modal.arrived, 1);
	assert_string_equal(b->app.selected, city_id(1));
	bench_key(b, 'y');
	assert_string_equal(b->sent[0].incident, city_id(1));
	assert_int_equal(b->app.rows_len, 2);
	assert_string_equal(b->app.rows[0], city_id(2));
	assert_string_equal(b->app.selected, city_id(1));
}

static void a_strip_that_lost_its_room_sends_nothing(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_key(b, 'D');
	bench_drawn(b);
	bench_apply(b, (struct app_event){.type = APP_DRAWN, .cut = true}); /* resized to nothing */
	bench_pass(b, 300);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	bench_drawn(b);
	bench_key(b, 'y');
	assert_true(b->sent_len > 0);
}

static void a_strip_ends_with_its_incident_or_its_time(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, KEY_CODE_F0 + 2);
	bench_drawn(b);
	bench_pass(b, b->app.cfg.arm_ms + 1);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	bench_key(b, KEY_CODE_F0 + 2);
	bench_drawn(b);
	bench_act(b, 1, ACTION_REJECT, "budi");
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 0);
}

/* What was said of the strip before is not read as being about the one that was sent. */
static void what_was_cancelled_before_is_not_said_of_what_is_sent(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, KEY_CODE_F0 + 2);
	bench_drawn(b);
	bench_key(b, KEY_CODE_ESCAPE);
	assert_string_equal(b->app.notice.text, "Cancelled: nothing was sent");
	bench_key(b, KEY_CODE_F0 + 2);
	bench_drawn(b);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->app.notice.text, "");
}

static void the_plan_goes_out_at_once_and_u_recalls(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, 'D');
	bench_drawn(b);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 2);
	assert_string_equal(b->sent[1].agency, "psc119");
	bench_key(b, 'u');
	assert_int_equal(b->sent_len, 4); /* what went out with one key comes back with one */
	assert_int_equal(b->sent[2].action, ACTION_CANCEL);
	assert_string_equal(b->sent[2].agency, "damkar");
	assert_string_equal(b->sent[3].agency, "psc119");
}

/* From a new alarm to the agencies in three keys: D, how it was verified, y. */
static void one_strip_takes_verifies_and_sends(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P1);
	bench_key(b, KEY_CODE_F0 + 3);
	assert_int_equal(b->app.modal.type, MODAL_METHOD);
	bench_drawn(b);
	bench_key(b, 'k'); /* by camera, on the home row */
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	assert_int_equal(b->sent_len, 0);
	bench_key(b, 'y'); /* before the strip was seen */
	assert_int_equal(b->sent_len, 0);
	bench_drawn(b);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 3);
	assert_int_equal(b->sent[0].action, ACTION_ACKNOWLEDGE);
	assert_int_equal(b->sent[1].action, ACTION_VERIFY);
	assert_string_equal(b->sent[1].camera, "Balaikota");
	assert_int_equal(b->sent[2].action, ACTION_DISPATCH);
	for (size_t i = 0; i < 3; i++) {
		b->sent[i].by = (struct who){.name = "ayu"};
		assert_true(bench_do(b, &b->sent[i]));
	}
}

static void what_others_did_meanwhile_is_not_done_twice(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P1);
	bench_key(b, KEY_CODE_F0 + 3);
	bench_drawn(b);
	bench_key(b, 'k');
	bench_drawn(b);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	bench_key(b, 'y'); /* the strip has changed: it must be seen first */
	assert_int_equal(b->sent_len, 0);
	bench_drawn(b);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 2);
	assert_int_equal(b->sent[0].action, ACTION_VERIFY);
	assert_int_equal(b->sent[0].if_rev, 2);
	assert_int_equal(b->sent[1].action, ACTION_DISPATCH);
}

static void a_paste_never_acts(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, KEY_CODE_F0 + 2);
	bench_drawn(b);
	bench_apply(b, (struct app_event){.type = APP_PASTE, .text = "yyyy"});
	assert_int_equal(b->sent_len, 0);
	bench_key(b, KEY_CODE_ESCAPE);
	bench_key(b, 'e');
	bench_apply(b, (struct app_event){.type = APP_PASTE, .text = "asap tebal"});
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent[0].action, ACTION_NOTE);
}

static void what_cannot_be_sent_is_kept_and_said(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_lose(b);
	assert_true(b->app.cached);
	bench_key(b, KEY_CODE_F0 + 2);
	bench_drawn(b);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->held_len, 1);
	assert_int_equal(app_count_unsent(&b->app), 1);
	assert_non_null(strstr(b->app.notice.text, "NOT SENT"));
	/* Young enough: it goes when the link is back. */
	bench_pass(b, 5000);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 1);
	/* And an old one is put to the operator. */
	bench_lose(b);
	bench_pass(b, 60000);
	bench_connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 1);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	bench_drawn(b);
	bench_key(b, 'd'); /* meant for something else: the question has just come */
	assert_int_equal(app_count_unsent(&b->app), 1);
	b->mono_ms += 1000;
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent_len, 1);
	bench_key(b, 'd');
	assert_int_equal(app_count_unsent(&b->app), 0);
	assert_int_equal(b->forgotten, 1);
}

static void offline_refuses_and_says_so(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	b->app.link = APP_LINK_NONE;
	bench_key(b, KEY_CODE_F0 + 2);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_non_null(strstr(b->app.notice.text, "OFFLINE"));
}

static void ages_follow_the_feeds_clock(void **state) {
	struct bench *b = *state;
	struct app_event event = {.type = APP_BEAT, .feed_now_ms = T0 + 3600000 + b->mono_ms};
	bench_connect(b, ROLE_OPERATOR);
	bench_apply(b, event);
	b->mono_ms += 500;
	bench_apply(b, (struct app_event){.type = APP_TICK});
	assert_int_equal(app_feed_now(&b->app), T0 + 3600000 + b->mono_ms);
}

static void a_desk_sees_and_moves_its_own_dispatches(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_AGENCY);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->app.rows_len, 0);
	assert_int_equal(b->bells, 0);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	struct command cmd = city_command(&b->feed, ACTION_DISPATCH, city_id(1), "ayu");
	text_copy(cmd.agency, sizeof(cmd.agency), "damkar");
	assert_true(bench_do(b, &cmd));
	assert_int_equal(b->app.rows_len, 1);
	assert_int_equal(b->bells, 1);
	bench_key(b, 'a');
	assert_int_equal(b->sent[0].action, ACTION_ACCEPT);
	bench_key(b, 'w'); /* not accepted by the feed yet: refused here */
	assert_int_equal(b->sent_len, 1);
	bench_key(b, KEY_CODE_F0 + 2); /* a desk dispatches nobody */
	assert_int_equal(b->app.modal.type, MODAL_NONE);
}

static void verify_and_close_ask_how(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P1);
	bench_key(b, 'K'); /* not acknowledged */
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	bench_key(b, 'a');
	assert_int_equal(b->sent[0].action, ACTION_ACKNOWLEDGE);
	assert_int_equal(b->sent[0].if_rev, 1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, 'v');
	bench_drawn(b);
	bench_key(b, 'c');
	assert_int_equal(b->sent[1].action, ACTION_VERIFY);
	assert_string_equal(b->sent[1].camera, "Balaikota");
	bench_act(b, 1, ACTION_VERIFY, "ayu");
	bench_key(b, 'K');
	bench_drawn(b);
	bench_key(b, 'h');
	assert_int_equal(b->sent[2].disposition, DISPOSITION_HANDLED);
}

static void quitting_is_a_typed_command(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_key(b, 'q');
	bench_key(b, KEY_CODE_CTRL('C'));
	bench_key(b, KEY_CODE_ESCAPE);
	assert_false(b->quit);
	for (const char *c = ":quit"; *c != '\0'; c++) {
		bench_key(b, (uint32_t)*c);
	}
	bench_key(b, KEY_CODE_ENTER);
	assert_true(b->quit);
}

static void a_training_needs_no_viewer_to_look_through_a_camera(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	for (size_t i = 0; i < b->app.world.registry.cameras_len; i++) {
		struct camera *camera = &b->app.world.registry.cameras[i];
		text_copy(camera->stream, sizeof(camera->stream), "http://h/");
	}
	b->app.cfg.viewer.len = 0;
	bench_key(b, 'c');
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->count[EFFECT_CAMERA], 0);
	assert_int_equal(b->sent_len, 0);
	b->app.training.on = true;
	bench_key(b, KEY_CODE_ENTER);
	assert_string_equal(b->last[EFFECT_CAMERA].text, "Balaikota");
	assert_int_equal(b->sent_len, 1);
	assert_int_equal(b->sent[0].action, ACTION_CAMERA_VIEWED);
	assert_string_equal(b->sent[0].camera, "Balaikota");
}

static void every_command_has_one_key_and_a_help(void **state) {
	struct bench *b = *state;
	for (int role = 0; role < 2; role++) {
		b->app.role = role == 0 ? ROLE_OPERATOR : ROLE_AGENCY;
		for (int i = 0; i < COMMAND_COUNT; i++) {
			const struct command_entry *entry = command_get((enum command_id)i);
			assert_true(strlen(entry->help) > 0 && strlen(entry->label) > 0);
			assert_int_equal(command_find(entry->name), i);
			for (size_t k = 0; k < COMMAND_KEYS_MAX && entry->keys[k] != 0; k++) {
				if (!command_for_role(&b->app, (enum command_id)i)) {
					continue;
				}
				/* What is for one pane works there, the rest where nothing takes
				 * its place. */
				bool found = false;
				for (int pane = 0; pane < PANE_COUNT; pane++) {
					b->app.focus = (enum pane)pane;
					found |= (int)command_of_key(&b->app, entry->keys[k]) == i;
				}
				/* At a desk its own steps go before what is for all: s is "on
				 * scene". */
				enum command_id taken = command_of_key(&b->app, entry->keys[k]);
				if (!found && !(role == 1 && taken != COMMAND_COUNT &&
						      command_get(taken)->flags & COMMAND_DESK)) {
					fail_msg("%s has the key %u in vain", entry->name,
						(unsigned)entry->keys[k]);
				}
			}
		}
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(a_new_alarm_rings_and_is_selected),
		BENCH_TEST(an_alarm_is_known_from_what_calls_nobody),
		BENCH_TEST(an_open_prompt_does_not_silence_the_bell),
		BENCH_TEST(mute_silences_and_ends_by_itself),
		BENCH_TEST(old_work_never_rings),
		BENCH_TEST(enter_never_sends_and_y_does),
		BENCH_TEST(an_armed_strip_keeps_its_incident_whatever_comes),
		BENCH_TEST(a_strip_that_lost_its_room_sends_nothing),
		BENCH_TEST(a_strip_ends_with_its_incident_or_its_time),
		BENCH_TEST(what_was_cancelled_before_is_not_said_of_what_is_sent),
		BENCH_TEST(the_plan_goes_out_at_once_and_u_recalls),
		BENCH_TEST(one_strip_takes_verifies_and_sends),
		BENCH_TEST(what_others_did_meanwhile_is_not_done_twice),
		BENCH_TEST(a_paste_never_acts),
		BENCH_TEST(what_cannot_be_sent_is_kept_and_said),
		BENCH_TEST(offline_refuses_and_says_so),
		BENCH_TEST(ages_follow_the_feeds_clock),
		BENCH_TEST(a_desk_sees_and_moves_its_own_dispatches),
		BENCH_TEST(verify_and_close_ask_how),
		BENCH_TEST(quitting_is_a_typed_command),
		BENCH_TEST(a_training_needs_no_viewer_to_look_through_a_camera),
		BENCH_TEST(every_command_has_one_key_and_a_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
