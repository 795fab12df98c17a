#include "test.h"

#include <stdio.h>
#include <string.h>

#include <siaga/app/key.h>
#include <siaga/app/keymap.h>

static struct keymap km;

static int set_up(void **state) {
	UNUSED(state);
	keymap_defaults(&km);
	keymap_begin(&km);
	return 0;
}

static void binds(const char *where, const char *command) {
	struct err err = {0};
	bool ok = keymap_bind(&km, where, command, 7, &err);
	assert_string_equal(err.text, "");
	assert_true(ok);
}

static void refuses(const char *where, const char *command, const char *wanted) {
	struct err err = {0};
	assert_false(keymap_bind(&km, where, command, 8, &err));
	assert_string_equal(err.text, wanted);
}

static enum command_id in_queue(uint32_t key) {
	return keymap_find(&km, PANE_QUEUE, false, key);
}

static void test_labels_read_back(void **state) {
	UNUSED(state);
	for (uint32_t key = 1; key <= KEY_CODE_LAST; key++) {
		char label[KEY_LABEL_SIZE];
		uint32_t back = 0;
		bool is_key = (key < 0x7f || key > 0x9f || key == 0x7f) && key != 0x7f &&
			      key != KEY_CODE_SPECIAL && key != KEY_CODE_F0;
		bool is_text = key < 0xd800 || (key > 0xdfff && key < KEY_CODE_SPECIAL);
		if (!is_key || (!is_text && key <= KEY_CODE_SPECIAL)) {
			continue;
		}
		key_label(key, label);
		if (!key_parse(label, &back) || back != key) {
			fail_msg("%x is \"%s\" and comes back as %x", key, label, back);
		}
	}
}

static void test_names_of_keys(void **state) {
	static const struct {
		const char *text;
		uint32_t key;
	} good[] = {
		{"pgup", KEY_CODE_PAGE_UP},
		{"f12", KEY_CODE_F0 + 12},
		{"ctrl-l", KEY_CODE_CTRL('L')},
		{"Hash", '#'},
		{"semicolon", ';'},
		{"EQUALS", '='},
		{"#", '#'},
		{"U", 'U'},
		{"F", 'F'},
		{"\xc3\xa9", 0xe9},
		{"u+00e9", 0xe9},
	};
	static const char *const bad[] = {"", "F13", "F0", "F1x", "Ctrl-", "Ctrl-ab", "Ctrl-1",
		"Ctrl-@", "xy", "U+", "U+110000", "U+20", "U+zz", " ", "\x7f", "F00000000000001"};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		uint32_t key = 0;
		assert_true(key_parse(good[i].text, &key));
		assert_int_equal(key, good[i].key);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint32_t key = 77;
		if (key_parse(bad[i], &key)) {
			fail_msg("\"%s\" was taken for a key", bad[i]);
		}
		assert_int_equal(key, 77);
	}
}

/* The keys of the table do not contradict each other: each leads to its command where it should. */
static void test_the_tables_own_keys_are_all_in_force(void **state) {
	UNUSED(state);
	keymap_defaults(&km);
	assert_true(keymap_check(&km, NULL));
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command_entry *entry = command_get((enum command_id)id);
		uint32_t keys[COMMAND_KEYS_MAX];
		bool desk = (entry->flags & COMMAND_DESK) != 0;
		size_t len =
			keymap_keys_of(&km, 0, desk, (enum command_id)id, keys, COMMAND_KEYS_MAX);
		for (size_t k = 0; k < COMMAND_KEYS_MAX && entry->keys[k] != 0; k++) {
			if (k >= len || keys[k] != entry->keys[k]) {
				fail_msg("key %zu of %s does not reach it", k, entry->name);
			}
		}
	}
	for (size_t i = 0; i < km.len; i++) {
		for (size_t j = i + 1; j < km.len; j++) {
			const struct keymap_binding *a = &km.items[i], *b = &km.items[j];
			unsigned sides = COMMAND_ROOM | COMMAND_DESK;
			unsigned one = command_get(a->command)->flags & sides;
			unsigned two = command_get(b->command)->flags & sides;
			bool same_panes =
				(a->panes == 0 && b->panes == 0) || (a->panes & b->panes) != 0;
			if (a->key == b->key && same_panes && one == two) {
				fail_msg("%s and %s have the same key",
					command_get(a->command)->name,
					command_get(b->command)->name);
			}
		}
	}
}

static void test_a_line_goes_before_the_table(void **state) {
	UNUSED(state);
	binds("b", "next-new");
	binds("j", "next-new");
	binds("detail j", "down");
	binds("Hash", "help");
	assert_int_equal(in_queue('b'), COMMAND_NEXT_NEW);
	assert_int_equal(in_queue('j'), COMMAND_NEXT_NEW);
	assert_int_equal(keymap_find(&km, PANE_MAP, false, 'j'), COMMAND_NEXT_NEW);
	assert_int_equal(keymap_find(&km, PANE_DETAIL, false, 'j'), COMMAND_DOWN);
	assert_int_equal(in_queue('#'), COMMAND_HELP);
	assert_int_equal(in_queue('k'), COMMAND_UP);
	assert_int_equal(in_queue(0), COMMAND_COUNT);
	assert_int_equal(in_queue(0x4e2d), COMMAND_COUNT);
	assert_true(keymap_check(&km, NULL));
}

static void test_none_takes_a_key_away(void **state) {
	uint32_t keys[8];
	UNUSED(state);
	binds("queue K", "none");
	assert_int_equal(in_queue('K'), COMMAND_COUNT);
	assert_int_equal(keymap_find(&km, PANE_DETAIL, false, 'K'), COMMAND_CLOSE);
	binds("K", "none");
	assert_int_equal(keymap_find(&km, PANE_DETAIL, false, 'K'), COMMAND_COUNT);
	assert_int_equal(keymap_keys_of(&km, 0, false, COMMAND_CLOSE, keys, ARRAY_LEN(keys)), 0);
}

static void test_room_and_desk_have_keys_of_their_own(void **state) {
	UNUSED(state);
	assert_int_equal(keymap_find(&km, PANE_QUEUE, true, 'a'), COMMAND_ACCEPT);
	assert_int_equal(keymap_find(&km, PANE_QUEUE, false, 'a'), COMMAND_ACKNOWLEDGE);
	binds("w", "acknowledge");
	assert_int_equal(in_queue('w'), COMMAND_ACKNOWLEDGE);
	assert_int_equal(keymap_find(&km, PANE_QUEUE, true, 'w'), COMMAND_EN_ROUTE);
	binds("w", "accept");
	assert_int_equal(keymap_find(&km, PANE_QUEUE, true, 'w'), COMMAND_ACCEPT);
	refuses("w", "decline", "\"w\" is bound to accept in line 7 already, and here to decline");
	refuses("w", "note", "\"w\" is bound to acknowledge in line 7 already, and here to note");
}

static void test_two_lines_may_not_contradict_each_other(void **state) {
	UNUSED(state);
	binds("b", "note");
	refuses("b", "top", "\"b\" is bound to note in line 7 already, and here to top");
	refuses("any b", "none", "\"b\" is bound to note in line 7 already, and here to none");
	binds("queue b", "top");
	refuses("queue b", "top", "\"b\" is bound to top in line 7 already, and here to top");
	/* A later file may. */
	keymap_begin(&km);
	binds("b", "bottom");
	assert_int_equal(in_queue('b'), COMMAND_BOTTOM);
}

static void test_keys_known_by_heart_stay(void **state) {
	UNUSED(state);
	refuses("y", "help", "\"y\" confirms what is armed and nothing else");
	refuses("queue y", "dispatch-plan", "\"y\" confirms what is armed and nothing else");
	refuses("Esc", "none", "\"Esc\" always leads one step out");
	refuses("Ctrl-C", "quit", "\"Ctrl-C\" always leads one step out");
	refuses("Y", "dispatch-plan",
		"\"Y\" differs from the confirming y only by Shift: it can not send dispatch-plan");
	refuses("Enter", "dispatch", "\"Enter\" opens and never sends: not dispatch");
	binds("Y", "top");
	binds("queue Enter", "help");
}

static void test_help_and_command_line_stay_in_reach(void **state) {
	struct err err = {0};
	UNUSED(state);
	binds("?", "none");
	assert_true(keymap_check(&km, &err)); /* F1 is left */
	binds("map F1", "none");
	assert_false(keymap_check(&km, &err));
	assert_string_equal(err.text, "[bind] leaves no key for help in the pane map; bind one");
	binds("map h", "help");
	assert_true(keymap_check(&km, &err));
	binds(":", "note");
	assert_false(keymap_check(&km, &err));
	assert_string_equal(err.text, "[bind] leaves no key for line in the pane queue; bind one");
}

static void test_mistakes_are_explained(void **state) {
	UNUSED(state);
	refuses("xx", "help", "\"xx\" is no key; write x, F2, Ctrl-L, Space, PgUp");
	refuses("b", "hlep", "there is no command \"hlep\"; did you mean \"help\"?");
	refuses("b", "", "there is no command \"\"; siaga --list-commands lists them");
	refuses("qeue b", "help", "there is no pane \"qeue\"; did you mean \"queue\"?");
	refuses("elephant b", "help", "there is no pane \"elephant\"");
	refuses("queue map b", "help", "\"map b\" is no key; write x, F2, Ctrl-L, Space, PgUp");
}

static void test_words_may_follow_a_command(void **state) {
	uint32_t keys[8];
	UNUSED(state);
	binds("F12", "pane map");
	binds("b", "dispatch  damkar psc119");
	assert_string_equal(keymap_get(&km, PANE_LOG, false, KEY_CODE_F0 + 12)->args, "map");
	assert_string_equal(keymap_get(&km, PANE_LOG, false, 'b')->args, "damkar psc119");
	assert_null(keymap_get(&km, PANE_LOG, true, 'b'));
	assert_int_equal(keymap_keys_of(&km, 0, false, COMMAND_ARM, keys, ARRAY_LEN(keys)), 1);
	assert_int_equal(keys[0], 'd');
	refuses("B", "pane", "pane needs more words: pane PANE");
	refuses("B", "cancel", "cancel needs more words: cancel [NUMBER] AGENCY");
	refuses("B", "cancel damkar", "nothing may follow cancel: one key would send it");
	refuses("B", "down 3", "nothing may follow down");
	refuses("B", "none down", "nothing may follow none");
	refuses("B", "reject prank", "nothing may follow reject: one key would send it");
	refuses("B", "pane 12345678901234567890123456789012345678901234567890",
		"more than 47 bytes after pane");
	refuses("y", "dispatch damkar", "\"y\" confirms what is armed and nothing else");
}

static void test_keys_of_a_command(void **state) {
	uint32_t keys[8];
	UNUSED(state);
	assert_int_equal(keymap_keys_of(&km, 0, false, COMMAND_DOWN, keys, ARRAY_LEN(keys)), 2);
	binds("b", "down");
	binds("j", "none");
	assert_int_equal(keymap_keys_of(&km, 0, false, COMMAND_DOWN, keys, ARRAY_LEN(keys)), 2);
	assert_int_equal(keys[0], 'b');
	assert_int_equal(keys[1], KEY_CODE_DOWN);
	assert_int_equal(keymap_keys_of(&km, 0, false, COMMAND_DOWN, keys, 1), 1);
	assert_int_equal(keymap_keys_of(&km, 0, false, COMMAND_QUIT, keys, ARRAY_LEN(keys)), 0);
	/* Where the map has the focus h moves it; at a desk s is the agency's arrival. */
	assert_int_equal(keymap_keys_of(&km, PANE_BIT(PANE_MAP), false, COMMAND_HOLD, keys, 8), 0);
	assert_int_equal(keymap_keys_of(&km, PANE_BIT(PANE_LOG), false, COMMAND_HOLD, keys, 8), 1);
	assert_int_equal(keymap_keys_of(&km, 0, false, COMMAND_SORT, keys, 8), 1);
	assert_int_equal(keymap_keys_of(&km, 0, true, COMMAND_SORT, keys, 8), 0);
}

static void test_there_is_an_end_to_keys(void **state) {
	struct err err = {0};
	int line = 0;
	UNUSED(state);
	for (;; line++) {
		char key[16];
		snprintf(key, sizeof(key), "U+%X", 0x4e00 + line);
		if (!keymap_bind(&km, key, "help", line, &err)) {
			break;
		}
		assert_true(line < 2 * KEYMAP_MAX);
	}
	assert_string_equal(err.text, "more than 640 keys");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels_read_back),
		cmocka_unit_test(test_names_of_keys),
		cmocka_unit_test(test_the_tables_own_keys_are_all_in_force),
		cmocka_unit_test_setup(test_a_line_goes_before_the_table, set_up),
		cmocka_unit_test_setup(test_none_takes_a_key_away, set_up),
		cmocka_unit_test_setup(test_room_and_desk_have_keys_of_their_own, set_up),
		cmocka_unit_test_setup(test_two_lines_may_not_contradict_each_other, set_up),
		cmocka_unit_test_setup(test_keys_known_by_heart_stay, set_up),
		cmocka_unit_test_setup(test_help_and_command_line_stay_in_reach, set_up),
		cmocka_unit_test_setup(test_mistakes_are_explained, set_up),
		cmocka_unit_test_setup(test_words_may_follow_a_command, set_up),
		cmocka_unit_test_setup(test_keys_of_a_command, set_up),
		cmocka_unit_test_setup(test_there_is_an_end_to_keys, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
