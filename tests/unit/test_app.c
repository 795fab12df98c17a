#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/app/app.h>
#include <siaga/app/commands.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "world.h"

#define FEED "f0000000-0000-4000-8000-000000000001"

/* A console with a feed that the test plays: what is sent is decided by the real reducer. */
struct bench {
	struct app app;
	struct effects fx;
	struct world feed;
	int64_t mono_ms;
	int bells, stored, aside, follows;
	bool follow_has_after;
	int64_t follow_after;
	struct command sent[16];
	size_t sent_len, held_len, forgotten;
	bool quit, reconnect;
};

static int64_t wall(const struct bench *b) {
	return T0 + b->mono_ms;
}

static void apply(struct bench *b, struct app_event event) {
	event.mono_ms = b->mono_ms;
	event.wall_ms = wall(b);
	b->fx.len = 0;
	app_apply(&b->app, &event, &b->fx);
	for (size_t i = 0; i < b->fx.len; i++) {
		const struct effect *fx = &b->fx.items[i];
		b->bells += fx->type == EFFECT_BELL;
		b->stored += fx->type == EFFECT_STORE;
		b->aside += fx->type == EFFECT_SET_ASIDE;
		b->quit |= fx->type == EFFECT_QUIT;
		b->reconnect |= fx->type == EFFECT_RECONNECT;
		b->forgotten += fx->type == EFFECT_FORGET;
		b->held_len += fx->type == EFFECT_HOLD;
		if (fx->type == EFFECT_FOLLOW) {
			b->follows++;
			b->follow_has_after = fx->has_after;
			b->follow_after = fx->seq;
		}
		if (fx->type == EFFECT_SEND && b->sent_len < ARRAY_LEN(b->sent)) {
			b->sent[b->sent_len] = *fx->command;
			b->sent[b->sent_len++].note = NULL;
		}
	}
}

static void key(struct bench *b, uint32_t code) {
	apply(b, (struct app_event){.type = APP_KEY, .key = code});
}

static void drawn(struct bench *b) {
	apply(b, (struct app_event){.type = APP_DRAWN});
}

static void pass(struct bench *b, int64_t ms) {
	b->mono_ms += ms;
	apply(b, (struct app_event){.type = APP_TICK});
}

/* The feed decides a command and tells the console. */
static bool feed_do(struct bench *b, struct command *cmd) {
	struct events events = {0};
	struct refusal no;
	cmd->at_ms = wall(b);
	bool ok = reduce(&b->feed, cmd, &events, &no);
	for (size_t i = 0; i < events.len; i++) {
		events.items[i].seq = b->feed.head + 1;
		world_apply(&b->feed, &events.items[i]);
	}
	if (events.len > 0) {
		apply(b, (struct app_event){.type = APP_EVENTS,
				 .events = events.items,
				 .events_len = events.len});
	}
	events_finish(&events);
	return ok;
}

static void feed_raise(struct bench *b, int n, enum kind kind, enum priority priority) {
	struct command cmd = {
		.action = ACTION_RAISE, .role = ROLE_INTAKE, .kind = kind, .priority = priority};
	cmd.alarm.at = (struct position){-75722000, 1108289000};
	cmd.alarm.received_at_ms = wall(b);
	text_copy(cmd.alarm.id, sizeof(cmd.alarm.id), city_id(n));
	text_copy(cmd.new_incident, sizeof(cmd.new_incident), city_id(n));
	assert_true(feed_do(b, &cmd));
}

static void feed_act(struct bench *b, int n, enum action action, const char *name) {
	struct command cmd = city_command(&b->feed, action, city_id(n), name);
	cmd.method = METHOD_CALLBACK;
	cmd.reason = REJECT_PRANK;
	cmd.disposition = DISPOSITION_HANDLED;
	assert_true(feed_do(b, &cmd));
}

static void welcome(struct bench *b, const char *feed, enum role role, int64_t head) {
	struct app_event event = {
		.type = APP_WELCOME, .head = head, .feed_now_ms = wall(b), .beat_ms = 10000};
	text_copy(event.feed, sizeof(event.feed), feed);
	event.name = "ayu";
	event.agency = role == ROLE_AGENCY ? "damkar" : "";
	event.role = role;
	apply(b, (struct app_event){.type = APP_LINK_UP});
	apply(b, event);
}

static void connect(struct bench *b, enum role role) {
	struct registry reg = {0};
	welcome(b, FEED, role, b->feed.head);
	city_fill(&reg);
	apply(b, (struct app_event){.type = APP_REGISTRY, .registry = &reg});
	apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
}

static void lose(struct bench *b) {
	apply(b, (struct app_event){.type = APP_LINK_DOWN, .text = "gone", .retry_ms = 500});
}

static int setup(void **state) {
	struct bench *b = mem_alloc(1, sizeof(*b));
	b->mono_ms = 1000;
	app_init(&b->app);
	city_fill(&b->feed.registry);
	*state = b;
	return 0;
}

static int teardown(void **state) {
	struct bench *b = *state;
	app_finish(&b->app);
	world_finish(&b->feed);
	effects_finish(&b->fx);
	free(b);
	return 0;
}

static void a_new_alarm_rings_and_is_selected(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	assert_int_equal(b->bells, 0);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->bells, 1);
	assert_string_equal(b->app.selected, city_id(1));
	/* The nearest working camera first: the nearest one is down, the next one stale. */
	assert_string_equal(b->app.near[b->app.near_pick].camera->id, "Balaikota");
	pass(b, 9000);
	assert_int_equal(b->bells, 1);
	pass(b, 1000);
	assert_int_equal(b->bells, 2);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	pass(b, 60000);
	assert_int_equal(b->bells, 2);
}

static void an_open_prompt_does_not_silence_the_bell(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	int bells = b->bells;
	key(b, 'e');
	pass(b, 5000);
	feed_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->bells, bells + 1);
}

static void what_ended_before_we_came_and_is_reopened_is_asked_for(void **state) {
	struct bench *b = *state;
	feed_raise(b, 1, KIND_CRIME, PRIORITY_P2);
	feed_act(b, 1, ACTION_REJECT, "ayu");
	world_forget(&b->app.world, city_id(1));
	connect(b, ROLE_OPERATOR);
	feed_act(b, 1, ACTION_REOPEN, "ayu");
	assert_true(b->reconnect);
	lose(b);
	welcome(b, FEED, ROLE_OPERATOR, b->feed.head);
	assert_false(b->follow_has_after);
}

static void mute_silences_and_ends_by_itself(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	key(b, 'o');
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	pass(b, 60000);
	assert_int_equal(b->bells, 0);
	pass(b, 60001);
	assert_int_equal(b->bells, 1);
}

static void old_work_never_rings(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	int bells = b->bells;
	lose(b);
	pass(b, 60000);
	connect(b, ROLE_OPERATOR);
	pass(b, 60000);
	assert_int_equal(b->bells, bells);
}

static void enter_never_sends_and_y_does(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	key(b, KEY_CODE_F0 + 2);
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	key(b, 'y'); /* typed before the strip was on the screen */
	assert_int_equal(b->sent_len, 0);
	drawn(b);
	key(b, KEY_CODE_ENTER);
	key(b, 'Y');
	key(b, KEY_CODE_F0 + 2);
	assert_int_equal(b->sent_len, 0);
	key(b, 'y');
	assert_int_equal(b->sent_len, 1);
	assert_int_equal(b->sent[0].action, ACTION_DISPATCH);
	assert_string_equal(b->sent[0].agency, "damkar");
	assert_string_equal(b->sent[0].incident, city_id(1));
	key(b, 'y');
	assert_int_equal(b->sent_len, 1);
}

static void an_armed_strip_keeps_its_incident_whatever_comes(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P2);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	key(b, KEY_CODE_F0 + 2);
	drawn(b);
	size_t rows = b->app.rows_len;
	feed_raise(b, 2, KIND_FIRE, PRIORITY_P1); /* would go on top */
	assert_int_equal(b->app.rows_len, rows);
	assert_int_equal(b->app.modal.arrived, 1);
	assert_string_equal(b->app.selected, city_id(1));
	key(b, 'y');
	assert_string_equal(b->sent[0].incident, city_id(1));
	assert_int_equal(b->app.rows_len, 2);
	assert_string_equal(b->app.rows[0], city_id(2));
	assert_string_equal(b->app.selected, city_id(1));
}

static void a_strip_ends_with_its_incident_or_its_time(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	key(b, KEY_CODE_F0 + 2);
	drawn(b);
	pass(b, APP_ARM_MS + 1);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	key(b, KEY_CODE_F0 + 2);
	drawn(b);
	feed_act(b, 1, ACTION_REJECT, "budi");
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	key(b, 'y');
	assert_int_equal(b->sent_len, 0);
}

static void the_plan_goes_out_at_once_and_u_recalls(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	key(b, 'D');
	drawn(b);
	key(b, 'y');
	assert_int_equal(b->sent_len, 2);
	assert_string_equal(b->sent[1].agency, "psc119");
	key(b, 'u');
	assert_int_equal(b->sent_len, 4); /* what went out with one key comes back with one */
	assert_int_equal(b->sent[2].action, ACTION_CANCEL);
	assert_string_equal(b->sent[2].agency, "damkar");
	assert_string_equal(b->sent[3].agency, "psc119");
}

/* From a new alarm to the agencies in three keys: D, how it was verified, y. */
static void one_strip_takes_verifies_and_sends(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_MEDICAL, PRIORITY_P1);
	key(b, KEY_CODE_F0 + 3);
	assert_int_equal(b->app.modal.type, MODAL_METHOD);
	drawn(b);
	key(b, 'k'); /* by camera, on the home row */
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	assert_int_equal(b->sent_len, 0);
	key(b, 'y'); /* before the strip was seen */
	assert_int_equal(b->sent_len, 0);
	drawn(b);
	key(b, 'y');
	assert_int_equal(b->sent_len, 3);
	assert_int_equal(b->sent[0].action, ACTION_ACKNOWLEDGE);
	assert_int_equal(b->sent[1].action, ACTION_VERIFY);
	assert_string_equal(b->sent[1].camera, "Balaikota");
	assert_int_equal(b->sent[2].action, ACTION_DISPATCH);
	for (size_t i = 0; i < 3; i++) {
		b->sent[i].by = (struct who){.name = "ayu"};
		assert_true(feed_do(b, &b->sent[i]));
	}
}

static void what_others_did_meanwhile_is_not_done_twice(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_MEDICAL, PRIORITY_P1);
	key(b, KEY_CODE_F0 + 3);
	drawn(b);
	key(b, 'k');
	drawn(b);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	key(b, 'y'); /* the strip has changed: it must be seen first */
	assert_int_equal(b->sent_len, 0);
	drawn(b);
	key(b, 'y');
	assert_int_equal(b->sent_len, 2);
	assert_int_equal(b->sent[0].action, ACTION_VERIFY);
	assert_int_equal(b->sent[0].if_rev, 2);
	assert_int_equal(b->sent[1].action, ACTION_DISPATCH);
}

static void a_paste_never_acts(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	key(b, KEY_CODE_F0 + 2);
	drawn(b);
	apply(b, (struct app_event){.type = APP_PASTE, .text = "yyyy"});
	assert_int_equal(b->sent_len, 0);
	key(b, KEY_CODE_ESCAPE);
	key(b, 'e');
	apply(b, (struct app_event){.type = APP_PASTE, .text = "asap tebal"});
	key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent[0].action, ACTION_NOTE);
}

static void what_cannot_be_sent_is_kept_and_said(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	lose(b);
	assert_true(b->app.cached);
	key(b, KEY_CODE_F0 + 2);
	drawn(b);
	key(b, 'y');
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->held_len, 1);
	assert_int_equal(app_count_unsent(&b->app), 1);
	assert_non_null(strstr(b->app.notice.text, "NOT SENT"));
	/* Young enough: it goes when the link is back. */
	pass(b, 5000);
	connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 1);
	/* And an old one is put to the operator. */
	lose(b);
	pass(b, 60000);
	connect(b, ROLE_OPERATOR);
	assert_int_equal(b->sent_len, 1);
	assert_int_equal(b->app.modal.type, MODAL_RESEND);
	drawn(b);
	key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent_len, 1);
	key(b, 'd');
	assert_int_equal(app_count_unsent(&b->app), 0);
	assert_int_equal(b->forgotten, 1);
}

static void offline_refuses_and_says_so(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	b->app.link = APP_LINK_NONE;
	key(b, KEY_CODE_F0 + 2);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_non_null(strstr(b->app.notice.text, "OFFLINE"));
}

static void a_gap_is_not_applied_and_a_repeat_is_not_shown(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	int64_t head = b->app.world.head;
	struct event event = {
		.seq = head + 2, .at_ms = T0, .type = EVENT_INCIDENT_RAISED, .rev = 1, .number = 9};
	text_copy(event.incident, sizeof(event.incident), city_id(9));
	apply(b, (struct app_event){.type = APP_EVENTS, .events = &event, .events_len = 1});
	assert_null(world_incident(&b->app.world, city_id(9)));
	assert_int_equal(b->app.world.head, head);
	assert_true(b->reconnect);
	event.seq = head;
	apply(b, (struct app_event){.type = APP_EVENTS, .events = &event, .events_len = 1});
	assert_null(world_incident(&b->app.world, city_id(9)));
}

static void another_log_is_never_mixed_in(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	assert_false(b->follow_has_after);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	lose(b);
	connect(b, ROLE_OPERATOR);
	assert_true(b->follow_has_after);
	assert_int_equal(b->follow_after, b->feed.head);
	lose(b);
	welcome(b, "f0000000-0000-4000-8000-000000000002", ROLE_OPERATOR, 99);
	assert_int_equal(b->aside, 1);
	assert_false(b->follow_has_after);
	assert_int_equal(b->app.rows_len, 0);
	assert_false(b->app.has_data);
	lose(b);
}

static void a_shorter_log_is_another_log(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	lose(b);
	welcome(b, FEED, ROLE_OPERATOR, 1);
	assert_int_equal(b->aside, 1);
	assert_false(b->follow_has_after);
}

static void ages_follow_the_feeds_clock(void **state) {
	struct bench *b = *state;
	struct app_event event = {.type = APP_BEAT, .feed_now_ms = T0 + 3600000 + b->mono_ms};
	connect(b, ROLE_OPERATOR);
	apply(b, event);
	b->mono_ms += 500;
	apply(b, (struct app_event){.type = APP_TICK});
	assert_int_equal(app_feed_now(&b->app), T0 + 3600000 + b->mono_ms);
}

static void a_desk_sees_and_moves_its_own_dispatches(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_AGENCY);
	feed_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	feed_raise(b, 2, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(b->app.rows_len, 0);
	assert_int_equal(b->bells, 0);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	struct command cmd = city_command(&b->feed, ACTION_DISPATCH, city_id(1), "ayu");
	text_copy(cmd.agency, sizeof(cmd.agency), "damkar");
	assert_true(feed_do(b, &cmd));
	assert_int_equal(b->app.rows_len, 1);
	assert_int_equal(b->bells, 1);
	key(b, 'a');
	assert_int_equal(b->sent[0].action, ACTION_ACCEPT);
	key(b, 'w'); /* not accepted by the feed yet: refused here */
	assert_int_equal(b->sent_len, 1);
	key(b, KEY_CODE_F0 + 2); /* a desk dispatches nobody */
	assert_int_equal(b->app.modal.type, MODAL_NONE);
}

static void verify_and_close_ask_how(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	feed_raise(b, 1, KIND_MEDICAL, PRIORITY_P1);
	key(b, 'K'); /* not acknowledged */
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	key(b, 'a');
	assert_int_equal(b->sent[0].action, ACTION_ACKNOWLEDGE);
	assert_int_equal(b->sent[0].if_rev, 1);
	feed_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	key(b, 'v');
	drawn(b);
	key(b, 'c');
	assert_int_equal(b->sent[1].action, ACTION_VERIFY);
	assert_string_equal(b->sent[1].camera, "Balaikota");
	feed_act(b, 1, ACTION_VERIFY, "ayu");
	key(b, 'K');
	drawn(b);
	key(b, 'h');
	assert_int_equal(b->sent[2].disposition, DISPOSITION_HANDLED);
}

static void quitting_is_a_typed_command(void **state) {
	struct bench *b = *state;
	connect(b, ROLE_OPERATOR);
	key(b, 'q');
	key(b, KEY_CODE_CTRL('C'));
	key(b, KEY_CODE_ESCAPE);
	assert_false(b->quit);
	for (const char *c = ":quit"; *c != '\0'; c++) {
		key(b, (uint32_t)*c);
	}
	key(b, KEY_CODE_ENTER);
	assert_true(b->quit);
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
				assert_true(
					found || entry->keys[k] == 's' || entry->keys[k] == 'r');
			}
		}
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(a_new_alarm_rings_and_is_selected),
		TEST(an_open_prompt_does_not_silence_the_bell),
		TEST(what_ended_before_we_came_and_is_reopened_is_asked_for),
		TEST(mute_silences_and_ends_by_itself),
		TEST(old_work_never_rings),
		TEST(enter_never_sends_and_y_does),
		TEST(an_armed_strip_keeps_its_incident_whatever_comes),
		TEST(a_strip_ends_with_its_incident_or_its_time),
		TEST(the_plan_goes_out_at_once_and_u_recalls),
		TEST(one_strip_takes_verifies_and_sends),
		TEST(what_others_did_meanwhile_is_not_done_twice),
		TEST(a_paste_never_acts),
		TEST(what_cannot_be_sent_is_kept_and_said),
		TEST(offline_refuses_and_says_so),
		TEST(a_gap_is_not_applied_and_a_repeat_is_not_shown),
		TEST(another_log_is_never_mixed_in),
		TEST(a_shorter_log_is_another_log),
		TEST(ages_follow_the_feeds_clock),
		TEST(a_desk_sees_and_moves_its_own_dispatches),
		TEST(verify_and_close_ask_how),
		TEST(quitting_is_a_typed_command),
		TEST(every_command_has_one_key_and_a_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
