#include "test.h"

#include <string.h>

#include <siaga/ui/theme.h>

static void test_reads_and_inherits(void **state) {
	struct theme theme;
	struct err err = {0};

	UNUSED(state);
	assert_true(theme_parse(&theme, "mine",
		"# one\n[palette]\nred = #ff0000/124/1\n[role]\ntext = #010203\n\np1 = on red bold "
		"reverse\n",
		&err));
	assert_int_equal(theme.styles[UI_P1].fg.rgb, 0x010203);
	assert_int_equal(theme.styles[UI_P1].bg.index_256, 124);
	assert_int_equal(theme.styles[UI_P1].bg.index_16, 1);
	assert_true(theme.styles[UI_P1].bold && theme.styles[UI_P1].reverse);
	assert_int_equal(theme.styles[UI_P2].fg.rgb, 0x010203);
	assert_int_equal(theme.styles[UI_TEXT].fg.index_256, -1);
	assert_false(theme.styles[UI_P2].bg.set);
}

static void test_errors_say_where(void **state) {
	static const struct {
		const char *text, *where;
	} cases[] = {
		{"[role]\ntext = red\n", "t:2: "},
		{"\n\n[nothing]\n", "t:3: "},
		{"text = #000000\n", "t:1: "},
		{"[role\n", "t:1: "},
		{"[role]\n\nnonsense", "t:3: "},
		{"[role]\np1 = #000000/256\n", "t:2: "},
		{"[role]\np1 = #00000\n", "t:2: "},
		{"[role]\nnothing = bold\n", "t:2: "},
		{"[role]\np1 = \n", "t:2: "},
		{"[role]\np1 = bold\np1 = bold\n", "t:3: "},
	};

	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct theme theme;
		struct err err = {0};

		assert_false(theme_parse(&theme, "t", cases[i].text, &err));
		assert_memory_equal(err.text, cases[i].where, strlen(cases[i].where));
	}
}

static void test_those_that_ship(void **state) {
	static const char *const names[] = {"siaga-dark", "siaga-light", "mono"};
	struct theme theme;
	struct err err = {0};

	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_true(theme_builtin(&theme, names[i], &err));
	}
	assert_false(theme_builtin(&theme, "other", &err));
}

static void test_nearest(void **state) {
	UNUSED(state);
	assert_int_equal(theme_nearest_256(0x000000), 16);
	assert_int_equal(theme_nearest_256(0xffffff), 231);
	assert_int_equal(theme_nearest_256(0xff0000), 196);
	assert_int_equal(theme_nearest_256(0x808080), 244);
	assert_int_equal(theme_nearest_8(0xff0000), 1);
	assert_int_equal(theme_nearest_8(0xffffff), 7);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_and_inherits),
		cmocka_unit_test(test_errors_say_where),
		cmocka_unit_test(test_those_that_ship),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
