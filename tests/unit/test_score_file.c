#include "test.h"

#include <dirent.h>
#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "../../src/console/score_file.h"
#include "test_dir.h"

static void fill(struct score *score, const char *trainee) {
	memset(score, 0, sizeof(*score));
	text_copy(score->trainee, sizeof(score->trainee), trainee);
	text_copy(score->lang, sizeof(score->lang), "id");
	text_copy(score->scenario, sizeof(score->scenario), "ujian");
	score->pass = 80;
}

static size_t count_files(const struct test_dir *dir) {
	DIR *files = opendir(dir->path);
	struct dirent *entry;
	size_t count = 0;
	assert_non_null(files);
	while ((entry = readdir(files)) != NULL) {
		count += entry->d_name[0] != '.';
	}
	closedir(files);
	return count;
}

static void check_trainee(struct test_dir *dir, const char *name, const char *trainee) {
	struct score score;
	struct err err = {0};
	if (!score_read(&score, dir_file(dir, name), &err)) {
		fail_msg("%s", err.text);
	}
	assert_string_equal(score.trainee, trainee);
	score_finish(&score);
}

static void text_and_json_lie_beside_each_other(void **state) {
	struct score score;
	struct err err = {0};
	fill(&score, "Ayu");
	assert_true(score_write(&score, dir_file(*state, "skor"), "id", &err));
	assert_int_equal(count_files(*state), 2);
	assert_true(file_size(dir_file(*state, "skor")) > 100);
	check_trainee(*state, "skor.json", "Ayu");
	fill(&score, "Budi"); /* In the place of the old one. */
	assert_true(score_write(&score, dir_file(*state, "skor"), "id", &err));
	assert_int_equal(count_files(*state), 2);
	check_trainee(*state, "skor.json", "Budi");
}

/* Nothing of it is there, and what was there is as it was. */
static void where_one_cannot_be_written_neither_is(void **state) {
	struct test_dir *dir = *state;
	struct score score;
	struct err err = {0};
	fill(&score, "Ayu");
	assert_int_equal(mkdir(dir_file(dir, "skor.json"), 0700), 0);
	assert_true(spoil(dir_file(dir, "skor"), -1, 0, "old"));
	assert_false(score_write(&score, dir_file(dir, "skor"), "id", &err));
	assert_non_null(strstr(err.text, "skor.json: not a file"));
	assert_int_equal(file_size(dir_file(dir, "skor")), 3);
	assert_int_equal(count_files(dir), 2);
	assert_false(score_write(&score, "/dev/null", "id", &err));
	assert_string_equal(err.text, "/dev/null: not a file");
	assert_false(score_write(&score, dir_file(dir, "nowhere/skor"), "id", &err));
	assert_non_null(strstr(err.text, "No such file"));
}

static void what_another_left_behind_is_not_in_the_way(void **state) {
	struct score score;
	struct err err = {0};
	fill(&score, "Ayu");
	assert_true(spoil(dir_file(*state, "skor.part0"), -1, 0, "half"));
	assert_true(score_write(&score, dir_file(*state, "skor"), "id", &err));
	assert_int_equal(count_files(*state), 3);
	assert_int_equal(file_size(dir_file(*state, "skor.part0")), 4);
	check_trainee(*state, "skor.json", "Ayu");
}

static void an_error_names_the_file(void **state) {
	struct score score, zero = {0};
	struct err err = {0};
	assert_false(score_read(&score, dir_file(*state, "none.json"), &err));
	assert_non_null(strstr(err.text, "/none.json: No such file"));
	assert_true(spoil(dir_file(*state, "half.json"), -1, 0, "{\"siaga_score\":1"));
	assert_false(score_read(&score, dir_file(*state, "half.json"), &err));
	assert_non_null(strstr(err.text, "/half.json: not JSON: it ends too early"));
	assert_memory_equal(&score, &zero, sizeof(zero));
	assert_false(score_read(&score, "/dev/zero", &err));
	assert_string_equal(err.text, "/dev/zero: not a file");
	assert_memory_equal(&score, &zero, sizeof(zero));
}

static void a_file_has_its_limit(void **state) {
	struct score score;
	struct err err = {0};
	const char *path = dir_file(*state, "large.json");
	assert_true(spoil(path, -1, 0, "{"));
	assert_int_equal(truncate(path, (off_t)SCORE_FILE_MAX + 1), 0);
	assert_false(score_read(&score, path, &err));
	assert_non_null(strstr(err.text, "/large.json: larger than 32 MiB"));
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, dir_setup, dir_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		IN_DIR(text_and_json_lie_beside_each_other),
		IN_DIR(where_one_cannot_be_written_neither_is),
		IN_DIR(what_another_left_behind_is_not_in_the_way),
		IN_DIR(an_error_names_the_file),
		IN_DIR(a_file_has_its_limit),
	};
	return cmocka_run_group_tests_name("score_file", tests, NULL, NULL);
}
