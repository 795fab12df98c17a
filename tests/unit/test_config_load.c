#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <siaga/base/file.h>

#include "../../src/console/config_load.h"
#include "../../src/console/xdg.h"
#include "test_dir.h"

static struct config cfg;

/* Writes a file of the test's folder; its name is in dir->file. */
static const char *write_file(struct test_dir *dir, const char *name, const char *text) {
	static char paths[4][128];
	static int next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof(paths[0]), "%s", dir_file(dir, name));
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, 0600), 0);
	return path;
}

static void test_the_user_goes_over_the_system(void **state) {
	struct test_dir *dir = *state;
	struct config_report report;
	const char *system = write_file(
		dir, "system.conf", "[console]\ntheme = mono\nmouse = yes\n[bind]\nb = note\n");
	const char *user = write_file(dir, "user.conf", "[console]\nmouse = no\n[bind]\nb = top\n");
	assert_true(config_load(&cfg, system, user, NULL, &report));
	assert_string_equal(cfg.theme, "mono");
	assert_false(cfg.mouse);
	assert_int_equal(report.read_len, 2);
	assert_int_equal(report.warnings.len, 0);
	assert_int_equal(keymap_find(&cfg.keys, PANE_QUEUE, false, 'b'), COMMAND_TOP);
	config_report_finish(&report);

	/* One that is named stands alone. */
	const char *only = write_file(dir, "only.conf", "[map]\nring = 7\n");
	assert_true(config_load(&cfg, system, user, only, &report));
	assert_string_equal(cfg.theme, "siaga-dark");
	assert_int_equal(cfg.ring_m, 7);
	assert_int_equal(report.read_len, 1);
	config_report_finish(&report);
}

static void test_errors_of_all_files_are_told(void **state) {
	struct test_dir *dir = *state;
	struct config_report report;
	char wanted[800];
	const char *system = write_file(dir, "system.conf", "[console]\nmouse = x\n");
	const char *user = write_file(dir, "user.conf",
		"nonsense\n[feed]\nurl = ftp://x/\n[alarm]\nsound = play {url}\n"
		"[camera]\nviewer = {id}\nsnapshot = x {url} {cols} {rows} {height} {id} "
		"{nothing}\n");
	assert_false(config_load(&cfg, system, user, NULL, &report));
	snprintf(wanted, sizeof(wanted),
		"%s:2: mouse = \"x\": must be yes or no\n"
		"%s:1: \"nonsense\" is neither [section] nor NAME = VALUE\n"
		"%s:3: url: ftp://x/: not a ws:// or wss:// address\n"
		"%s:5: sound: {url}: {url} means nothing here\n"
		"%s:8: snapshot: {nothing}: {nothing} means nothing here\n",
		system, user, user, user, user);
	assert_string_equal(report.errors.data, wanted);
	config_report_finish(&report);
	assert_true(config_load(&cfg, NULL, NULL, NULL, &report));
	assert_int_equal(report.read_len, 0);
	config_report_finish(&report);
	config_report_finish(&report);
}

static void test_paths_belong_to_the_file(void **state) {
	struct test_dir *dir = *state;
	struct config_report report;
	char wanted[200];
	const char *user = write_file(
		dir, "user.conf", "[feed]\ntoken_file = a/token\n[console]\nstate = ~/state\n");
	setenv("HOME", "/home/ayu", 1);
	assert_true(config_load(&cfg, NULL, user, NULL, &report));
	snprintf(wanted, sizeof(wanted), "%s/a/token", dir->path);
	assert_string_equal(cfg.token_file, wanted);
	assert_string_equal(cfg.state, "/home/ayu/state");
	config_report_finish(&report);
	unsetenv("HOME");
	assert_false(config_load(&cfg, NULL, user, NULL, &report));
	assert_non_null(strstr(report.errors.data, ":4: state: ~/state: HOME is not set"));
	config_report_finish(&report);
}

static void test_folders_of_the_user(void **state) {
	char out[64];
	struct err err = {0};
	UNUSED(state);
	setenv("HOME", "/home/ayu", 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	assert_true(xdg_config_path("siaga.conf", out, sizeof(out)));
	assert_string_equal(out, "/home/ayu/.config/siaga/siaga.conf");
	assert_true(xdg_state_dir(out, sizeof(out), &err));
	assert_string_equal(out, "/home/ayu/.local/state/siaga");
	setenv("XDG_CONFIG_HOME", "/c", 1);
	setenv("XDG_STATE_HOME", "/s", 1);
	assert_true(xdg_config_path("siaga.conf", out, sizeof(out)));
	assert_string_equal(out, "/c/siaga/siaga.conf");
	assert_true(xdg_state_dir(out, sizeof(out), &err));
	assert_string_equal(out, "/s/siaga");
	/* Relative ones do not count. */
	setenv("XDG_CONFIG_HOME", "c", 1);
	setenv("XDG_STATE_HOME", "s", 1);
	unsetenv("HOME");
	assert_false(xdg_config_path("siaga.conf", out, sizeof(out)));
	assert_false(xdg_state_dir(out, sizeof(out), &err));
	assert_string_equal(err.text, "HOME is not set: say where the cache is with --state DIR");
	setenv("XDG_STATE_HOME", "/s", 1);
	assert_false(xdg_state_dir(out, 5, &err));
	assert_string_equal(err.text, "the state directory's name is too long");
	setenv("HOME", "/home/ayu", 1);
	snprintf(out, sizeof(out), "~/x");
	assert_false(file_resolve("/d", out, 8, &err));
	assert_string_equal(err.text, "~/x: the name is too long");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_the_user_goes_over_the_system, dir_setup, dir_teardown),
		cmocka_unit_test_setup_teardown(
			test_errors_of_all_files_are_told, dir_setup, dir_teardown),
		cmocka_unit_test_setup_teardown(
			test_paths_belong_to_the_file, dir_setup, dir_teardown),
		cmocka_unit_test(test_folders_of_the_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
