#include "bench.h"

#include <string.h>

#include <siaga/base/text.h>

/* Two incidents, both taken by ayu; the first is selected. */
static void two(struct bench *b) {
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "ayu");
	bench_line(b, "1");
	assert_string_equal(b->app.selected, city_id(1));
}

static void a_long_word_comes_back_in_whole_characters(void **state) {
	struct bench *b = *state;
	struct app_event line = {.type = APP_LINE};
	char text[APP_TEXT_MAX] = "!";
	for (int i = 0; i < 30; i++) {
		strcat(text, "\xe2\x98\x8e");
	}
	line.text = text;
	two(b);
	bench_apply(b, line);
	assert_non_null(strstr(b->app.notice.text, "no command \"!\xe2\x98\x8e"));
	assert_true(text_utf8_ok(b->app.notice.text, strlen(b->app.notice.text)));
}

static void a_line_acts_on_any_incident_and_leaves_the_selection(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "n 2 \"dua orang pingsan\"");
	assert_int_equal(b->sent[0].action, ACTION_NOTE);
	assert_string_equal(b->sent[0].incident, city_id(2));
	assert_string_equal(b->sent[0].note, "dua orang pingsan");
	bench_line(b, "v #2 callback");
	assert_int_equal(b->sent[1].action, ACTION_VERIFY);
	assert_string_equal(b->sent[1].incident, city_id(2));
	assert_int_equal(b->sent[1].method, METHOD_CALLBACK);
	bench_line(b, "v 1 camera PasarGede"); /* the one that is named, not the nearest */
	assert_string_equal(b->sent[2].camera, "PasarGede");
	b->sent_len = 2;
	bench_line(b, "p 2 p1");
	assert_int_equal(b->sent[2].action, ACTION_UPDATE);
	assert_int_equal(b->sent[2].priority, PRIORITY_P1);
	bench_line(b, "x 2 prank");
	assert_int_equal(b->sent[3].reason, REJECT_PRANK);
	bench_line(b, "ho 15"); /* minutes, though there is a number alone */
	assert_int_equal(b->sent[4].action, ACTION_HOLD);
	assert_string_equal(b->sent[4].incident, city_id(1));
	bench_line(b, "ho 2 15");
	assert_string_equal(b->sent[5].incident, city_id(2));
	assert_string_equal(b->app.selected, city_id(1));
}

static void without_a_number_the_selected_one_is_meant(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "n . asap tebal");
	bench_line(b, "kind hazard");
	assert_string_equal(b->sent[0].incident, city_id(1));
	assert_string_equal(b->sent[0].note, "asap tebal");
	assert_int_equal(b->sent[1].kind, KIND_HAZARD);
	assert_string_equal(b->sent[1].incident, city_id(1));
}

static void the_camera_that_is_named_verifies_whichever_is_selected(void **state) {
	struct bench *b = *state;
	two(b);
	/* The nearest that works would be another one; and #2 is not the selected one. */
	bench_line(b, "v 2 camera Gladag");
	assert_string_equal(b->sent[0].incident, city_id(2));
	assert_string_equal(b->sent[0].camera, "Gladag");
	bench_line(b, "v camera PasarGede");
	assert_string_equal(b->sent[1].incident, city_id(1));
	assert_string_equal(b->sent[1].camera, "PasarGede");
}

static void a_whole_line_answers_nothing_that_is_asked(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "d 1 damkar");
	bench_drawn(b);
	bench_pass(b, 1000);
	bench_apply(b, (struct app_event){.type = APP_LINE, .text = "y"});
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->sent_len, 0);
	bench_apply(b, (struct app_event){.type = APP_LINE, .text = "n 2 dua orang"});
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->sent[0].incident, city_id(2));
	bench_apply(b, (struct app_event){.type = APP_LINE, .text = "2"});
	assert_string_equal(b->app.selected, city_id(2));
	assert_string_equal(app_shown(&b->app)->id, city_id(2));
}

static void a_typed_dispatch_is_only_armed(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "d 1 damkar psc119");
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	assert_int_equal(b->app.modal.agencies_len, 2);
	assert_string_equal(b->app.modal.targets[0].incident, city_id(1));
	assert_int_equal(b->sent_len, 0);
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->sent_len, 0);
	bench_drawn(b);
	bench_key(b, 'y');
	assert_int_equal(b->sent_len, 2);
	assert_string_equal(b->sent[1].agency, "psc119");
}

static void what_is_wrong_in_a_line_is_named_and_nothing_is_sent(void **state) {
	static const char *const lines[][2] = {
		{"d 99 damkar", "#99"},
		{"d 1 dampar", "dampar"},
		{"v 1 telepathy", "telepathy"},
		{"x 1 boring", "boring"},
		{"k 1 whatever", "whatever"},
		{"p 1 p9", "p9"},
		{"kind 1 volcano", "volcano"},
		{"ho 1 soon", "soon"},
		{"ho 1 99999", "99999"},
		{"m 1 1", "#1"},
		{"g Z99", "Z99"},
		{"nonsense", "nonsense"},
		{"quit now", "quit"},
		{"ph 1 damkar dance", "accept"},
		{"cn 1 damkar", "damkar"},
		{"v 1 camera Nowhere", "Nowhere"},
		{"pane attic", "queue"},
		{"so beauty", "priority"},
	};
	struct bench *b = *state;
	two(b);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		bench_line(b, lines[i][0]);
		if (strstr(b->app.notice.text, lines[i][1]) == NULL || !b->app.notice.error) {
			fail_msg("%s: said \"%s\"", lines[i][0], b->app.notice.text);
		}
		assert_int_equal(b->app.modal.type, MODAL_NONE);
	}
	assert_int_equal(b->sent_len, 0);
}

static void lines_come_back_with_up(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "sort age");
	bench_key(b, ':');
	bench_key(b, KEY_CODE_UP);
	assert_string_equal(b->app.modal.text, "sort age");
	bench_key(b, KEY_CODE_UP);
	assert_string_equal(b->app.modal.text, "1");
	bench_key(b, KEY_CODE_UP); /* no further back */
	assert_string_equal(b->app.modal.text, "1");
	bench_key(b, KEY_CODE_DOWN);
	bench_key(b, KEY_CODE_DOWN);
	assert_string_equal(b->app.modal.text, "");
}

static void a_line_that_is_not_whole_says_what_it_wants(void **state) {
	static const char *const lines[] = {
		"place 2", "cancel 2", "phone 2", "cancel 2 damkar psc119"};
	struct bench *b = *state;
	two(b);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		bench_line(b, lines[i]);
		assert_true(b->app.notice.error);
		assert_non_null(strstr(b->app.notice.text, "[NUMBER] "));
		b->app.notice.text[0] = '\0';
	}
	assert_int_equal(b->sent_len, 0);
}

static void a_merge_into_what_is_no_number_is_refused(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "m 2 1x");
	assert_string_equal(b->app.notice.text, "no other incident #1x here");
	assert_int_equal(b->sent_len, 0);
}

static void an_agency_that_is_named_twice_is_asked_once(void **state) {
	struct bench *b = *state;
	two(b);
	bench_line(b, "d 1 damkar psc119 damkar");
	assert_int_equal(b->app.modal.agencies_len, 2);
}

static void tab_completes_commands_and_what_follows(void **state) {
	struct bench *b = *state;
	two(b);
	bench_key(b, ':');
	bench_type(b, "ackn");
	bench_key(b, KEY_CODE_TAB);
	assert_string_equal(b->app.modal.text, "acknowledge ");
	bench_key(b, KEY_CODE_CTRL('U'));
	bench_type(b, "d 2 dam");
	bench_key(b, KEY_CODE_TAB);
	assert_string_equal(b->app.modal.text, "d 2 damkar ");
	bench_type(b, "psc");
	bench_key(b, KEY_CODE_TAB);
	assert_string_equal(b->app.modal.text, "d 2 damkar psc119 ");
	bench_key(b, KEY_CODE_CTRL('U'));
	bench_type(b, "sort ");
	bench_key(b, KEY_CODE_TAB);
	assert_string_equal(b->app.modal.text, "sort priority");
	bench_key(b, KEY_CODE_TAB);
	assert_string_equal(b->app.modal.text, "sort age");
	bench_key(b, KEY_CODE_BACK_TAB);
	assert_string_equal(b->app.modal.text, "sort priority");
	bench_key(b, KEY_CODE_CTRL('W'));
	assert_string_equal(b->app.modal.text, "sort ");
}

static void candidates_say_what_they_mean(void **state) {
	struct candidate found[64];
	struct bench *b = *state;
	two(b);
	assert_true(command_complete(&b->app, "verify 1 ", found, 64) == 5);
	assert_string_equal(found[0].text, "camera");
	assert_true(strlen(found[0].help) > 0);
	assert_true(command_complete(&b->app, "d ", found, 64) >= 2);
	assert_true(command_complete(&b->app, "m 2 1", found, 64) == 1);
	assert_true(command_complete(&b->app, "filter kin", found, 64) == 1);
	assert_string_equal(found[0].text, "kind:");
	assert_true(command_complete(&b->app, "nonsense x", found, 64) == 0);
	assert_true(command_complete(&b->app, "", found, 64) > 30);
}

static void short_codes_and_names_are_unique(void **state) {
	struct bench *b = *state;
	for (int i = 0; i < COMMAND_COUNT; i++) {
		const struct command_entry *entry = command_get((enum command_id)i);
		for (size_t k = 0; k < COMMAND_ALIAS_MAX && entry->alias[k] != NULL; k++) {
			assert_int_equal(command_find(entry->alias[k]), i);
		}
		assert_int_equal(command_find(entry->name), i);
	}
	assert_int_equal(command_find("ackno"), COMMAND_ACKNOWLEDGE);
	assert_int_equal(command_find("m"), COMMAND_MERGE);
	assert_int_equal(command_find("re"), COMMAND_COUNT); /* several begin so */
	bench_connect(b, ROLE_OPERATOR);
}

static void a_page_makes_room_for_the_line(void **state) {
	struct bench *b = *state;
	two(b);
	bench_key(b, '?');
	bench_key(b, ':');
	assert_int_equal(b->app.modal.type, MODAL_LINE);
	bench_key(b, KEY_CODE_ESCAPE);
	/* What is looked for in a page may have one. */
	bench_key(b, '?');
	bench_key(b, '/');
	bench_key(b, ':');
	assert_int_equal(b->app.modal.type, MODAL_HELP);
	assert_string_equal(b->app.modal.text, ":");
}

static void readonly_only_looks(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	b->app.cfg.readonly = true;
	bench_key(b, 'a');
	assert_non_null(strstr(b->app.notice.text, "READ ONLY"));
	bench_line(b, "n 1 hello");
	bench_line(b, "d 1 damkar");
	bench_key(b, KEY_CODE_F0 + 2);
	bench_key(b, 'D');
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->sent_len, 0);
	for (int i = 0; i < COMMAND_COUNT; i++) {
		bool writes = command_get((enum command_id)i)->flags & COMMAND_WRITES;
		assert_false(writes && command_enabled(&b->app, (enum command_id)i, NULL));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(a_long_word_comes_back_in_whole_characters),
		BENCH_TEST(a_line_acts_on_any_incident_and_leaves_the_selection),
		BENCH_TEST(without_a_number_the_selected_one_is_meant),
		BENCH_TEST(a_typed_dispatch_is_only_armed),
		BENCH_TEST(what_is_wrong_in_a_line_is_named_and_nothing_is_sent),
		BENCH_TEST(the_camera_that_is_named_verifies_whichever_is_selected),
		BENCH_TEST(a_whole_line_answers_nothing_that_is_asked),
		BENCH_TEST(lines_come_back_with_up),
		BENCH_TEST(a_line_that_is_not_whole_says_what_it_wants),
		BENCH_TEST(a_merge_into_what_is_no_number_is_refused),
		BENCH_TEST(an_agency_that_is_named_twice_is_asked_once),
		BENCH_TEST(tab_completes_commands_and_what_follows),
		BENCH_TEST(candidates_say_what_they_mean),
		BENCH_TEST(short_codes_and_names_are_unique),
		BENCH_TEST(a_page_makes_room_for_the_line),
		BENCH_TEST(readonly_only_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
