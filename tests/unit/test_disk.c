#include "test.h"

#include <dirent.h>

#include <siaga/base/disk.h>

#include "test_dir.h"

static size_t count_files(const char *path) {
	size_t count = 0;
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
	}
	(void)closedir(dir);
	return count;
}

static void test_measured_and_nothing_left(void **state) {
	struct test_dir *dir = *state;
	struct disk_sync sync;
	struct err err = {0};
	int64_t room = 0;

	if (!disk_measure_sync(dir->path, &sync, &err)) {
		fail_msg("%s", err.text);
	}
	assert_in_range(sync.rounds, 1, DISK_SYNC_ROUNDS);
	assert_true(sync.median_us >= 0 && sync.median_us <= sync.max_us);
	assert_int_equal(count_files(dir->path), 0);
	assert_true(disk_free(dir->path, &room, &err));
	assert_true(room > 0);
}

static void test_what_is_not_there(void **state) {
	struct test_dir *dir = *state;
	const char *gone = dir_file(dir, "gone"), *name;
	struct disk_sync sync;
	enum disk_kind kind;
	struct err err = {0};
	int64_t room;

	assert_false(disk_measure_sync(gone, &sync, &err));
	assert_non_null(strstr(err.text, "No such file"));
	assert_false(disk_free(gone, &room, &err));
	assert_false(disk_kind(gone, &kind, &name, &err));
}

static void test_memory_is_no_disk(void **state) {
	enum disk_kind kind;
	const char *name;

	(void)state;
	assert_true(disk_kind("/dev/shm", &kind, &name, NULL));
	assert_int_equal(kind, DISK_MEMORY);
	assert_string_equal(name, "tmpfs");
	assert_true(disk_kind("/proc", &kind, &name, NULL));
	assert_int_equal(kind, DISK_LOCAL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_measured_and_nothing_left, dir_setup, dir_teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_there, dir_setup, dir_teardown),
		cmocka_unit_test(test_memory_is_no_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
