/*
 * A database that somebody else opens at the same moment. What SQLite makes beside the file belongs
 * at first to whoever makes it, and is given to the file's owner right after: where root looks into
 * a feed's folder just as the feed opens its log, the feed finds a file that it may not write, and
 * a moment later may. Here system calls that are refused stand for the other user.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include <siaga/store/log.h>

#include "test_dir.h"

static struct {
	const char *tail; /* of the file's name */
	int writes;       /* so many openings to write are refused, -1: all */
	int reads;        /* the same to read */
} refused;

static bool counts(int *left) {
	if (*left > 0) {
		(*left)--;
		return true;
	}
	return *left < 0;
}

static int open_or_refuse(const char *path, int flags, int mode) {
	size_t len = strlen(path), tail = refused.tail != NULL ? strlen(refused.tail) : 0;

	if (tail > 0 && len > tail && strcmp(path + len - tail, refused.tail) == 0 &&
		counts((flags & O_ACCMODE) == O_RDONLY ? &refused.reads : &refused.writes)) {
		errno = EACCES;
		return -1;
	}
	return open(path, flags, mode);
}

/* A log with what a program leaves beside it that is killed. */
static void leave_log(struct test_dir *dir) {
	struct err err = {0};
	int status;
	pid_t child;

	refused.tail = NULL;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct log_store *log = log_open_writer(dir->path, &err);

		_exit(log != NULL && log_begin(log, &err) && log_commit(log, &err) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(access(dir_file(dir, "log.db-wal"), F_OK) == 0);
	assert_true(access(dir_file(dir, "log.db-shm"), F_OK) == 0);
}

static bool can_write(struct log_store *log, struct err *err) {
	struct log_answer answer = {.id = "k:1"};

	return log_begin(log, err) && log_put_answer(log, &answer, 1, err) && log_commit(log, err);
}

static void opened_and_written(struct test_dir *dir, const char *tail, int writes, int reads) {
	struct err err = {0};
	struct log_store *log;

	leave_log(dir);
	refused.tail = tail;
	refused.writes = writes;
	refused.reads = reads;
	log = log_open_writer(dir->path, &err);
	if (log == NULL || !can_write(log, &err)) {
		fail_msg("%s refused %d, %d times: %s", tail, writes, reads, err.text);
	}
	assert_string_equal(err.text, "");
	assert_int_equal(refused.writes, 0);
	assert_int_equal(refused.reads, 0);
	refused.tail = NULL;
	log_close(log);
}

static void test_writer_does_not_stay_a_reader(void **state) {
	struct test_dir *dir = *state;

	opened_and_written(dir, "-shm", 1, 0);
	opened_and_written(dir, "-wal", 1, 0);
}

static void test_not_even_read_for_a_moment(void **state) {
	struct test_dir *dir = *state;

	opened_and_written(dir, "-shm", 2, 2);
	opened_and_written(dir, "-wal", 2, 2);
}

static void test_what_stays_refused_is_told(void **state) {
	struct test_dir *dir = *state;
	static const char *const tails[] = {"-shm", "-wal"};

	for (size_t i = 0; i < 2; i++) {
		for (int reads = 0; reads >= -1; reads--) {
			struct err err = {0};

			leave_log(dir);
			refused.tail = tails[i];
			refused.writes = -1;
			refused.reads = reads;
			assert_null(log_open_writer(dir->path, &err));
			if (strstr(err.text, "log.db: ") == NULL ||
				strstr(err.text, reads == 0 ? "readonly" : "Permission denied") ==
					NULL) {
				fail_msg("%s", err.text);
			}
			refused.tail = NULL;
		}
	}
}

/* Somebody who writes just then is waited for with the first write, not with the opening. */
static void test_writer_elsewhere_is_no_hindrance(void **state) {
	struct test_dir *dir = *state;
	struct err err = {0};
	sqlite3 *other;
	struct log_store *log;

	leave_log(dir);
	assert_int_equal(sqlite3_open(dir_file(dir, "log.db"), &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	log = log_open_writer(dir->path, &err);
	if (log == NULL) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_true(can_write(log, &err));
	log_close(log);
	(void)sqlite3_close(other);
}

static int stand_between(void **state) {
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	(void)state;
	return vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)open_or_refuse);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dir_setup, dir_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_writer_does_not_stay_a_reader),
		TEST(test_not_even_read_for_a_moment),
		TEST(test_what_stays_refused_is_told),
		TEST(test_writer_elsewhere_is_no_hindrance),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, stand_between, NULL);
}
