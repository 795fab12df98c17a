#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/ui/theme.h>

#include "test_dir.h"

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

/* A theme that was written before there was such a role still shows it as what it is. */
static void test_a_role_that_is_left_out_looks_like_its_kind(void **state) {
	struct theme theme;
	struct err err = {0};

	UNUSED(state);
	assert_true(theme_parse(&theme, "mine",
		"[role]\ntext = #111111 on #eeeeee\np1 = #ff0000 bold\nwarn = #aa5500 underline\n"
		"muted = default on default\n",
		&err));
	assert_int_equal(theme.styles[UI_OVERDUE_ALERT].fg.rgb, 0xff0000);
	assert_int_equal(theme.styles[UI_OVERDUE_ALERT].bg.rgb, 0xeeeeee);
	assert_true(theme.styles[UI_OVERDUE_ALERT].bold);
	assert_true(theme.styles[UI_CAMERA_STALE].underline);
	assert_int_equal(theme.styles[UI_MAP_LABEL].fg.rgb, 0x111111);
	assert_true(theme.styles[UI_SELECTION].reverse);
	/* The terminal's own colours are not those of the text. */
	assert_false(theme.styles[UI_MUTED].fg.set || theme.styles[UI_MUTED].bg.set);
	assert_false(theme.styles[UI_DISABLED].fg.set);
	assert_true(theme_parse(&theme, "empty", "", &err));
	assert_true(theme.styles[UI_SELECTION].reverse);
	assert_string_equal(theme.name, "empty");
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
		{"[role]\np1 = #000000/1/16\n", "t:2: "},
		{"[role]\np1 = #000000/1/1/1\n", "t:2: "},
		{"[role]\np1 = #00000\n", "t:2: "},
		{"[role]\nnothing = bold\n", "t:2: "},
		{"[role]\np1 = \n", "t:2: "},
		{"[role]\np1 = bold on\n", "t:2: "},
		{"[role]\np1 = on #000000 on #000000\n", "t:2: "},
		{"[role]\np1 = #000000 #000000\n", "t:2: "},
		{"[role]\np1 = on nothing\n", "t:2: "},
		{"[role]\np1 = bold\np1 = bold\n", "t:3: "},
		{"[palette]\nred = #ff0000\nred = #ff0000\n", "t:3: "},
		{"[palette]\nred = bold\n", "t:2: "},
		{"[palette]\nred = #ff00\n", "t:2: "},
		{"[palette]\na-name-that-is-longer-than-any-colour = #ff0000\n", "t:2: "},
		{"[theme]\ntitle = x\n", "t:2: "},
		{"[role]\ntext = #000000\n# \xff\n", "t:3: "},
	};

	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct theme theme;
		struct err err = {0};

		assert_false(theme_parse(&theme, "t", cases[i].text, &err));
		assert_memory_equal(err.text, cases[i].where, strlen(cases[i].where));
	}
}

static void test_a_palette_has_an_end(void **state) {
	struct buf text = {0};
	struct theme theme;
	struct err err = {0};

	UNUSED(state);
	buf_add_str(&text, "[palette]\n");
	for (int i = 0; i < 65; i++) {
		buf_printf(&text, "c%d = #000000\n", i);
	}
	assert_false(theme_parse(&theme, "t", text.data, &err));
	assert_memory_equal(err.text, "t:66: ", 6);
	buf_finish(&text);
}

static void test_those_that_ship(void **state) {
	struct theme theme;
	struct err err = {0};
	size_t count = 0;

	UNUSED(state);
	for (const char *const *name = theme_builtin_names(); *name != NULL; name++, count++) {
		assert_true(theme_builtin(&theme, *name, &err));
		assert_string_equal(theme.name, *name);
	}
	assert_int_equal(count, 5);
	assert_false(theme_builtin(&theme, "other", &err));
}

/* --- on disk --- */

static void write_file(const char *dir, const char *name, const char *text, size_t len) {
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void write_theme(const char *dir, const char *name, const char *text) {
	write_file(dir, name, text, strlen(text));
}

static bool load(const char *dir, const char *name, struct err *err) {
	struct theme theme;
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return theme_load_file(&theme, path, err);
}

static void test_a_file_is_read_and_a_strange_one_refused(void **state) {
	const char *dir = ((struct test_dir *)*state)->path;
	struct err err = {0};
	char *big = mem_alloc(1, THEME_FILE_MAX + 1);

	write_theme(dir, "good.theme", "[role]\ntext = #ffffff on #000000\n");
	assert_true(load(dir, "good.theme", &err));
	write_theme(dir, "bad.theme", "[role]\n\ntext = beautiful\n");
	assert_false(load(dir, "bad.theme", &err));
	assert_non_null(strstr(err.text, "/bad.theme:3: "));
	assert_false(load(dir, "missing.theme", &err));
	assert_non_null(strstr(err.text, "/missing.theme: "));
	assert_false(load(dir, ".", &err));
	assert_non_null(strstr(err.text, "regular"));
	assert_int_equal(mkfifo(dir_file(*state, "pipe.theme"), 0600), 0);
	assert_false(load(dir, "pipe.theme", &err));
	memset(big, '\n', THEME_FILE_MAX + 1);
	write_file(dir, "big.theme", big, THEME_FILE_MAX);
	assert_true(load(dir, "big.theme", &err));
	write_file(dir, "big.theme", big, THEME_FILE_MAX + 1);
	assert_false(load(dir, "big.theme", &err));
	assert_non_null(strstr(err.text, "longer"));
	write_file(dir, "zero.theme", "[role]\n\0x", 9);
	assert_false(load(dir, "zero.theme", &err));
	free(big);
}

static void test_the_users_own_comes_first(void **state) {
	char user[600], installed[600];
	const char *dirs[] = {user, installed, NULL}, *nowhere[] = {"/nonexistent", NULL};
	struct theme theme;
	struct err err = {0};

	(void)snprintf(user, sizeof(user), "%s/user", ((struct test_dir *)*state)->path);
	(void)snprintf(
		installed, sizeof(installed), "%s/installed", ((struct test_dir *)*state)->path);
	assert_int_equal(mkdir(user, 0700), 0);
	assert_int_equal(mkdir(installed, 0700), 0);
	write_theme(user, "mono.theme", "[role]\ntext = #111111\n");
	write_theme(installed, "mono.theme", "[role]\ntext = #222222\n");
	write_theme(installed, "city.theme", "[theme]\nname = other\n[role]\ntext = #333333\n");
	assert_true(theme_find(&theme, "mono", dirs, &err));
	assert_int_equal(theme.styles[UI_TEXT].fg.rgb, 0x111111);
	assert_true(theme_find(&theme, "city", dirs, &err));
	assert_int_equal(theme.styles[UI_TEXT].fg.rgb, 0x333333);
	assert_string_equal(theme.name, "city");
	assert_true(theme_find(&theme, "siaga-dark", dirs, &err));
	assert_true(theme_find(&theme, "mono", nowhere, &err));
	assert_false(theme.styles[UI_TEXT].fg.set);
	/* A wrong one of one's own is not passed over in silence. */
	write_theme(user, "city.theme", "nonsense\n");
	assert_false(theme_find(&theme, "city", dirs, &err));
	assert_non_null(strstr(err.text, "/user/city.theme:1: "));
	assert_false(theme_find(&theme, "nothing", dirs, &err));
	assert_non_null(strstr(err.text, "nothing"));
	assert_false(theme_find(&theme, "no name", dirs, &err));
	assert_false(theme_find(&theme, "../user/mono", dirs, &err));
	(void)snprintf(user, sizeof(user), "%s/user/mono.theme", ((struct test_dir *)*state)->path);
	assert_true(theme_find(&theme, user, nowhere, &err));
}

static void test_all_names_are_listed_once(void **state) {
	static const char *const wanted[] = {
		"city", "high-contrast", "mono", "okabe-ito", "siaga-dark", "siaga-light"};
	const char *dir = ((struct test_dir *)*state)->path;
	const char *dirs[] = {dir, "/nonexistent", NULL};
	struct theme_names names;

	write_theme(dir, "mono.theme", "");
	write_theme(dir, "city.theme", "");
	write_theme(dir, "city.theme~", "");
	write_theme(dir, ".theme", "");
	write_theme(dir, ".hidden.theme", "");
	write_theme(dir, "two words.theme", "");
	write_theme(dir, "a-name-that-is-much-too-long-for-it.theme", "");
	theme_list(&names, dirs);
	assert_int_equal(names.len, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		assert_string_equal(names.names[i], wanted[i]);
	}
	theme_names_finish(&names);
	theme_names_finish(&names);
}

static void test_where_the_user_keeps_them(void **state) {
	char wanted[64] = "/home/ayu/.config/siaga/themes";

	UNUSED(state);
	assert_int_equal(setenv("HOME", "/home/ayu", 1), 0);
	assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
	assert_string_equal(theme_dirs()[0], wanted);
	assert_int_equal(setenv("XDG_CONFIG_HOME", "relative", 1), 0);
	assert_string_equal(theme_dirs()[0], wanted);
	assert_int_equal(setenv("XDG_CONFIG_HOME", "/etc/xdg", 1), 0);
	assert_string_equal(theme_dirs()[0], "/etc/xdg/siaga/themes");
	assert_non_null(theme_dirs()[1]);
	assert_null(theme_dirs()[2]);
	assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
	assert_int_equal(unsetenv("HOME"), 0);
	assert_null(theme_dirs()[1]);
}

/* --- colours --- */

static void test_nearest(void **state) {
	UNUSED(state);
	assert_int_equal(theme_nearest_256(0x000000), 16);
	assert_int_equal(theme_nearest_256(0xffffff), 231);
	assert_int_equal(theme_nearest_256(0xff0000), 196);
	assert_int_equal(theme_nearest_256(0x808080), 244);
	assert_int_equal(theme_nearest_256(0x080808), 232);
	assert_int_equal(theme_nearest_256(0xeeeeee), 255);
	assert_int_equal(theme_nearest_256(0x5faf87), 72);
	assert_int_equal(theme_nearest_8(0xff0000), 1);
	assert_int_equal(theme_nearest_8(0xffffff), 7);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_and_inherits),
		cmocka_unit_test(test_a_role_that_is_left_out_looks_like_its_kind),
		cmocka_unit_test(test_errors_say_where),
		cmocka_unit_test(test_a_palette_has_an_end),
		cmocka_unit_test(test_those_that_ship),
		cmocka_unit_test_setup_teardown(
			test_a_file_is_read_and_a_strange_one_refused, dir_setup, dir_teardown),
		cmocka_unit_test_setup_teardown(
			test_the_users_own_comes_first, dir_setup, dir_teardown),
		cmocka_unit_test_setup_teardown(
			test_all_names_are_listed_once, dir_setup, dir_teardown),
		cmocka_unit_test(test_where_the_user_keeps_them),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
