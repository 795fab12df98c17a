#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/app/config.h>
#include <siaga/app/key.h>
#include <siaga/app/map_view.h>
#include <siaga/base/mem.h>
#include <siaga/model/queue.h>

static struct config cfg; /* large */

static int set_up(void **state) {
	UNUSED(state);
	config_defaults(&cfg);
	return 0;
}

static void parses(const char *text) {
	struct err err = {0};
	bool ok = config_parse(&cfg, "f", text, strlen(text), NULL, &err);
	assert_string_equal(err.text, "");
	assert_true(ok);
}

static void fails(const char *text, const char *wanted) {
	struct err err = {0};
	config_defaults(&cfg);
	assert_false(config_parse(&cfg, "f", text, strlen(text), NULL, &err));
	assert_string_equal(err.text, wanted);
}

static void test_every_default_can_be_written_in_a_file(void **state) {
	size_t len;
	const struct setting *options = config_options(&len);
	UNUSED(state);
	for (size_t i = 0; i < len; i++) {
		struct err err = {0};
		bool ok = config_set(&cfg, &options[i], options[i].initial, &err);
		assert_string_equal(err.text, "");
		assert_true(ok);
		assert_ptr_equal(
			config_option_find(options[i].section, options[i].key), &options[i]);
	}
	assert_string_equal(cfg.theme, "siaga-dark");
	assert_int_equal(cfg.keep_ended_ms, 30 * 60 * 1000);
	assert_int_equal(cfg.arm_ms, 20000);
	assert_int_equal(cfg.recall_ms, 10000);
	assert_int_equal(cfg.resend_ms, 30000);
	assert_int_equal(cfg.repeat_ms, 10000);
	assert_int_equal(cfg.mute_ms, 120000);
	assert_true(cfg.bell && cfg.color);
	assert_false(cfg.mouse || cfg.readonly || cfg.ascii);
	assert_int_equal(cfg.viewer.len, 4);
	assert_int_equal(cfg.snapshot.len, 0);
}

static void test_words_mean_the_same_as_where_they_are_used(void **state) {
	UNUSED(state);
	for (int i = 0; i < MAP_STYLE_COUNT; i++) {
		assert_true(config_set(&cfg, config_option_find("map", "style"),
			map_style_name((enum map_style)i), NULL));
		assert_int_equal(cfg.map_style, i);
	}
	for (int i = 0; i < QUEUE_KEY_COUNT; i++) {
		assert_true(config_set(&cfg, config_option_find("queue", "sort"),
			queue_key_name((enum queue_key)i), NULL));
		assert_int_equal(cfg.sort, i);
	}
}

static void test_reads_all_kinds_of_values(void **state) {
	UNUSED(state);
	parses("# ours\n"
	       "[feed]\nurl = wss://feed.example/v1/feed\ntoken_file = ~/.siaga-token\n"
	       "[console]\nlanguage = id\nmouse = on\ncolor = no\nslow_frames = 2\n"
	       "position = TMC-2\n"
	       "[queue]\nsort = age\nkeep_ended = 0\n"
	       "[alarm]\nnotify = osc777\nrepeat = 1m30s\nsound = aplay -q \"/a b/c.wav\"\n"
	       "[map]\nstyle = braille\nring = 500\n");
	assert_string_equal(cfg.feed_url, "wss://feed.example/v1/feed");
	assert_string_equal(cfg.token_file, "~/.siaga-token");
	assert_int_equal(cfg.language, CONFIG_LANGUAGE_ID);
	assert_true(cfg.mouse);
	assert_false(cfg.color);
	assert_int_equal(cfg.slow_frames, 2);
	assert_string_equal(cfg.position, "TMC-2");
	assert_int_equal(cfg.sort, QUEUE_BY_AGE);
	assert_int_equal(cfg.keep_ended_ms, 0);
	assert_int_equal(cfg.notify, CONFIG_NOTIFY_OSC777);
	assert_int_equal(cfg.repeat_ms, 90000);
	assert_int_equal(cfg.sound.len, 3);
	assert_string_equal(cfg.sound.text + cfg.sound.at[2], "/a b/c.wav");
	assert_int_equal(cfg.map_style, MAP_STYLE_BRAILLE);
	assert_int_equal(cfg.ring_m, 500);
}

static void test_a_later_file_goes_over_an_earlier_one(void **state) {
	UNUSED(state);
	parses("[console]\ntheme = mono\nmouse = yes\n[bind]\nt = note\n");
	parses("[console]\nmouse = no\n[bind]\nt = top\n");
	assert_string_equal(cfg.theme, "mono");
	assert_false(cfg.mouse);
	assert_int_equal(keymap_find(&cfg.keys, PANE_QUEUE, false, 't'), COMMAND_TOP);
}

static void test_errors_name_place_key_value_and_what_is_allowed(void **state) {
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{"[console]\n\nmouse = maybe\n", "f:3: mouse = \"maybe\": must be yes or no"},
		{"[map]\nring = 5x\n", "f:2: ring = \"5x\": must be a number from 0 to 50000"},
		{"[map]\nring = 50001\n",
			"f:2: ring = \"50001\": must be a number from 0 to 50000"},
		{"[map]\nring = -1\n", "f:2: ring = \"-1\": must be a number from 0 to 50000"},
		{"[map]\nring = 99999999999999999999\n",
			"f:2: ring = \"99999999999999999999\": must be a number from 0 to 50000"},
		{"[map]\nring =\n", "f:2: ring = \"\": must be a number from 0 to 50000"},
		{"[alarm]\nrepeat = 10\n",
			"f:2: repeat = \"10\": must be a time from 2s to 10m, such as 90s, 2m or "
			"1h30m"},
		{"[alarm]\nrepeat = 1s\n",
			"f:2: repeat = \"1s\": must be a time from 2s to 10m, such as 90s, 2m or "
			"1h30m"},
		{"[console]\nlanguage = jv\n",
			"f:2: language = \"jv\": must be one of auto, en, id"},
		{"[console]\nmoose = yes\n",
			"f:2: [console] has no \"moose\"; did you mean \"mouse\"?"},
		{"[console]\nelephant = yes\n", "f:2: [console] has no \"elephant\""},
		{"[console]\nring = 5\n", "f:2: \"ring\" belongs into [map], not [console]"},
		{"[consle]\nx = 1\n",
			"f:1: there is no section [consle]; did you mean \"console\"?"},
		{"[elephant]\nx = 1\n", "f:1: there is no section [elephant]"},
		{"mouse = yes\n", "f:1: \"mouse\" stands before the first [section]"},
		{"[console]\nmouse = yes\nascii = yes\nmouse = no\n",
			"f:4: \"mouse\" is in line 2 already"},
		{"[feed]\ntoken = s3cret\n",
			"f:2: a token does not belong here: put it into a file that only you can "
			"read, and say token_file = FILE"},
		{"[alarm]\nsound = aplay \"x\n", "f:2: sound: a \" is not closed"},
		{"[alarm]\nsound = \"\" x\n", "f:2: sound: the first word must be a program"},
		{"[timers]\nnwe = 5s\n", "f:2: there is no timer \"nwe\"; did you mean \"new\"?"},
		{"[timers]\nelephant = 5s\n", "f:2: there is no timer \"elephant\""},
		{"[timers]\n. = 5s\n", "f:2: there is no timer \".\""},
		{"[timers]\ntravel.P1.fire = 5s\n",
			"f:2: \"travel.P1.fire\": after the timer's name goes .KIND, then .P1 to "
			".P4"},
		{"[timers]\nnew = 5s 10\n",
			"f:2: new = \"5s 10\": must be times such as 5s 10s 20s 1m: warn, alert, "
			"tell supervisors, tell everybody; - is never"},
		{"[timers]\nnew =\n",
			"f:2: new = \"\": must be times such as 5s 10s 20s 1m: warn, alert, "
			"tell supervisors, tell everybody; - is never"},
		{"[timers]\nnew = 1s 2s 3s 4s 5s\n",
			"f:2: new = \"1s 2s 3s 4s 5s\": must be times such as 5s 10s 20s 1m: warn, "
			"alert, tell supervisors, tell everybody; - is never"},
		{"[timers]\nnew = 10s 5s\n",
			"f:2: new = \"10s 5s\": no time may be shorter than the one before"},
		{"[timers]\nnew = 10s\nnew = 5s\n", "f:3: \"new\" is in line 2 already"},
		{"[bind]\ne = note\ne = top\n",
			"f:3: \"e\" is bound to note in line 2 already, and here to top"},
	};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fails(cases[i].text, cases[i].wanted);
	}
}

static void test_what_does_not_fit_is_refused(void **state) {
	struct buf text = {0};
	char wide[2 * CONFIG_TEXT_SIZE];
	UNUSED(state);
	memset(wide, 'x', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	buf_printf(&text, "[feed]\ntoken_file = %s\n", wide);
	fails(text.data, "f:2: token_file: longer than 1023 bytes");
	buf_clear(&text);
	buf_printf(&text, "[console]\nposition = %.*s\n", CONFIG_WORD_SIZE, wide);
	fails(text.data, "f:2: position: longer than 63 bytes");
	buf_clear(&text);
	buf_printf(&text, "[alarm]\nsound = %s\n", wide);
	fails(text.data, "f:2: sound: the command is longer than 1023 bytes");
	buf_clear(&text);
	buf_add_str(&text, "[alarm]\nsound =");
	for (int i = 0; i <= CONFIG_ARGS_MAX; i++) {
		buf_add_str(&text, " a");
	}
	fails(text.data, "f:2: sound: more than 32 words");
	buf_clear(&text);
	buf_add_str(&text, "[timers]\n");
	for (int timer = 0; timer < TIMER_COUNT; timer++) {
		for (int kind = 0; kind < KIND_COUNT; kind++) {
			buf_printf(&text, "%s.%s = 5s\n", timer_name((enum timer)timer),
				kind_name((enum kind)kind));
			buf_printf(&text, "%s.%s.P1 = 5s\n", timer_name((enum timer)timer),
				kind_name((enum kind)kind));
		}
	}
	struct err err = {0};
	config_defaults(&cfg);
	assert_false(config_parse(&cfg, "f", text.data, text.len, NULL, &err));
	assert_non_null(strstr(err.text, "more than 128 timers"));
	buf_finish(&text);
}

static void test_timers(void **state) {
	UNUSED(state);
	parses("[timers]\nnew = 3s 6s\ntravel.crime = 4m 5m - 9m\ndecide.P1 = -\n"
	       "travel.fire.P2 = 1h\n");
	struct timer_limits got = timer_table_get(&cfg.timers, TIMER_NEW, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(got.warn_ms, 3000);
	assert_int_equal(got.alert_ms, 6000);
	assert_int_equal(got.escalate_ms, 0);
	got = timer_table_get(&cfg.timers, TIMER_TRAVEL, KIND_CRIME, PRIORITY_P1);
	assert_int_equal(got.alert_ms, 300000);
	assert_int_equal(got.escalate_ms, 0);
	assert_int_equal(got.all_ms, 540000);
	got = timer_table_get(&cfg.timers, TIMER_DECIDE, KIND_FIRE, PRIORITY_P1);
	assert_int_equal(got.warn_ms, 0);
	got = timer_table_get(&cfg.timers, TIMER_DECIDE, KIND_FIRE, PRIORITY_P2);
	assert_int_not_equal(got.warn_ms, 0);
	got = timer_table_get(&cfg.timers, TIMER_TRAVEL, KIND_FIRE, PRIORITY_P2);
	assert_int_equal(got.warn_ms, 3600000);
}

static bool add_error(void *data, const char *text) {
	struct buf *all = data;
	buf_printf(all, "%s\n", text);
	return true;
}

static void test_all_errors_at_once(void **state) {
	static const char text[] = "[console]\nmouse = x\nascii = yes\n[nothing]\nmouse = x\n"
				   "[map]\nring = x\n[bind]\n: = none\n";
	struct buf all = {0};
	const struct config_hooks hooks = {.on_error = add_error, .data = &all};
	struct err err = {0};
	UNUSED(state);
	assert_false(config_parse(&cfg, "f", text, sizeof(text) - 1, &hooks, &err));
	assert_string_equal(all.data,
		"f:2: mouse = \"x\": must be yes or no\n"
		"f:4: there is no section [nothing]\n"
		"f:7: ring = \"x\": must be a number from 0 to 50000\n"
		"f: [bind] leaves no key for line in the pane queue; bind one\n");
	assert_string_equal(err.text, "f:2: mouse = \"x\": must be yes or no");
	assert_true(cfg.ascii);
	buf_finish(&all);
}

static bool shout(
	void *data, const struct setting *option, char *value, size_t size, struct err *err) {
	UNUSED(data);
	if (strcmp(value, "bad") == 0) {
		return err_set(err, "%s is bad", option->key);
	}
	if (option->type == SETTING_FILE) {
		snprintf(value, size, "/home/x");
	}
	return true;
}

static void test_the_reader_may_look_at_values(void **state) {
	static const char text[] = "[feed]\ntoken_file = ~/x\nurl = bad\n";
	const struct config_hooks hooks = {.on_value = shout};
	struct err err = {0};
	UNUSED(state);
	assert_false(config_parse(&cfg, "f", text, sizeof(text) - 1, &hooks, &err));
	assert_string_equal(err.text, "f:3: url is bad");
	assert_string_equal(cfg.token_file, "/home/x");
}

static void test_commands_are_split_without_a_shell(void **state) {
	static const char *const wanted[] = {
		"play", "--name=two words", "", "ab cd", "{url}", "x{id}", "$(rm)", "'q", NULL};
	const char *words[CONFIG_ARGS_MAX + 1];
	struct config_command command;
	struct err err = {0};
	UNUSED(state);
	assert_true(config_command_parse(&command,
		"  play --name=\"two words\"  \"\" a\"b c\"d {url} x{id} $(rm) 'q ", &err));
	config_command_words(&command, words);
	for (size_t i = 0; wanted[i] != NULL; i++) {
		assert_non_null(words[i]);
		assert_string_equal(words[i], wanted[i]);
	}
	assert_null(words[ARRAY_LEN(wanted) - 1]);
	assert_true(config_command_parse(&command, "", &err));
	config_command_words(&command, words);
	assert_null(words[0]);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_default_can_be_written_in_a_file, set_up),
		cmocka_unit_test_setup(test_words_mean_the_same_as_where_they_are_used, set_up),
		cmocka_unit_test_setup(test_reads_all_kinds_of_values, set_up),
		cmocka_unit_test_setup(test_a_later_file_goes_over_an_earlier_one, set_up),
		cmocka_unit_test_setup(
			test_errors_name_place_key_value_and_what_is_allowed, set_up),
		cmocka_unit_test_setup(test_what_does_not_fit_is_refused, set_up),
		cmocka_unit_test_setup(test_timers, set_up),
		cmocka_unit_test_setup(test_all_errors_at_once, set_up),
		cmocka_unit_test_setup(test_the_reader_may_look_at_values, set_up),
		cmocka_unit_test_setup(test_commands_are_split_without_a_shell, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
