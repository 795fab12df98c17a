#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "log_test.h"

static int64_t head_of(struct log_store *log) {
	int64_t seq = -1, number = -1;

	assert_true(log_head(log, &seq, &number, NULL));
	return seq;
}

static void refused_with(struct test_dir *dir, const char *part) {
	struct err err = {0};

	assert_null(log_open_writer(dir->path, &err));
	if (strstr(err.text, part) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", err.text, part);
	}
}

static void test_made_and_reopened(void **state) {
	struct test_dir *dir = *state;
	char feed[UUID_SIZE], again[UUID_SIZE];
	struct log_store *log = open_log(dir);
	struct seen seen = {0};
	int64_t seq, number;

	assert_int_equal(head_of(log), 0);
	log_feed_id(log, feed);
	assert_true(uuid_ok(feed));
	put(log, 1, FIRE, 7, 'o');
	put(log, 2, "", 0, ' ');
	assert_int_equal(file_mode(dir_file(dir, "log.db")), 0600);
	assert_int_equal(file_mode(dir_file(dir, "log.db-wal")), 0600);
	log_close(log);
	log_close(NULL);

	log = open_log(dir);
	log_feed_id(log, again);
	assert_string_equal(feed, again);
	assert_true(log_head(log, &seq, &number, NULL));
	assert_int_equal(seq, 2);
	assert_int_equal(number, 7);
	assert_int_equal(log_read(log, 0, 99, 99, on_event, &seen, NULL), 2);
	assert_int_equal(seen.seqs[0], 1);
	assert_string_equal(seen.last, "{\"phone\":\"+62 271\"}");
	log_checkpoint(log);
	log_close(log);
}

static void test_makes_the_folder(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log;
	char deep[128];

	(void)snprintf(deep, sizeof(deep), "%s/a/b", dir->path);
	log = log_open_writer(deep, NULL);
	assert_non_null(log);
	assert_int_equal(file_mode(deep), 0700);
	log_close(log);
	/* A linked folder is a folder; a linked file is refused. */
	assert_int_equal(symlink(deep, dir_file(dir, "link")), 0);
	log = log_open_writer(dir->file, NULL);
	assert_non_null(log);
	log_close(log);
	assert_int_equal(symlink("a/b/log.db", dir_file(dir, "log.db")), 0);
	refused_with(dir, "log.db");
}

static void test_second_writer(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);

	refused_with(dir, "another siagad is running on");
	log_close(log);
	log = open_log(dir);
	log_close(log);
}

static void test_newer_schema(void **state) {
	struct test_dir *dir = *state;
	struct err err = {0};
	long size;

	log_close(open_log(dir));
	assert_true(run_sql(dir_file(dir, "log.db"), "PRAGMA user_version=99"));
	size = file_size(dir->file);
	refused_with(dir, "newer");
	assert_null(log_open_reader(dir->path, &err));
	assert_non_null(strstr(err.text, "newer"));
	assert_int_equal(file_size(dir_file(dir, "log.db")), size);
}

static void test_not_ours(void **state) {
	struct test_dir *dir = *state;

	assert_true(run_sql(dir_file(dir, "log.db"), "CREATE TABLE t(x); PRAGMA user_version=1"));
	refused_with(dir, "not the log.db of a siaga");
}

static void test_garbage(void **state) {
	struct test_dir *dir = *state;
	char text[8192];

	memset(text, 'g', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_true(spoil(dir_file(dir, "log.db"), -1, 0, text));
	refused_with(dir, "log.db: damaged");
	assert_int_equal(file_size(dir_file(dir, "log.db")), sizeof(text) - 1);
}

static void test_zero_length(void **state) {
	struct test_dir *dir = *state;
	struct err err = {0};

	log_close(open_log(dir));
	assert_int_equal(truncate(dir_file(dir, "log.db"), 0), 0);
	refused_with(dir, "empty");
	assert_null(log_open_reader(dir->path, &err));
	assert_int_equal(file_size(dir_file(dir, "log.db")), 0);
}

static void test_damaged_inside(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	long size;

	for (int64_t seq = 1; seq <= 200; seq++) {
		put(log, seq, FIRE, 1, ' ');
	}
	log_close(log);
	size = file_size(dir_file(dir, "log.db"));
	assert_true(spoil(dir->file, -1, size - 4096, "zzzzzzzzzzzz"));
	refused_with(dir, "log.db: damaged");
	/* Cut off. */
	assert_int_equal(truncate(dir->file, size - 8192), 0);
	refused_with(dir, "log.db: damaged");
	assert_int_equal(file_size(dir->file), size - 8192);
}

static void test_main_file_gone(void **state) {
	struct test_dir *dir = *state;

	assert_true(spoil(dir_file(dir, "log.db-wal"), -1, 0, "something"));
	refused_with(dir, "missing");
	assert_int_equal(file_size(dir_file(dir, "log.db")), -1);
	assert_int_equal(file_size(dir_file(dir, "log.db-wal")), 9);
}

static void test_reader_needs_a_log(void **state) {
	struct test_dir *dir = *state;
	struct err err = {0};

	assert_null(log_open_reader(dir->path, &err));
	assert_non_null(strstr(err.text, "log.db"));
	assert_int_equal(file_size(dir_file(dir, "log.db")), -1);
	assert_null(log_open_reader("/nonexistent", &err));
}

static void test_reader_beside_writer(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir), *reader = log_open_reader(dir->path, NULL);
	struct log_row row = make_row(2, FIRE, 1);
	struct err err = {0};

	assert_non_null(reader);
	put(log, 1, FIRE, 1, 'o');
	assert_int_equal(head_of(reader), 1);
	assert_true(log_begin(log, NULL) && log_append(log, &row, NULL));
	assert_int_equal(head_of(reader), 1);
	assert_true(log_commit(log, NULL));
	assert_int_equal(head_of(reader), 2);
	assert_false(log_begin(reader, &err));
	log_close(log);
	assert_int_equal(head_of(reader), 2);
	log_close(reader);
	/* Alone, after the writer has gone and taken its -wal along. */
	reader = log_open_reader(dir->path, &err);
	assert_non_null(reader);
	assert_int_equal(head_of(reader), 2);
	log_close(reader);
}

static void test_rollback(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_answer answer = {.id = "one", .seq = 1}, got;
	struct log_row row = make_row(1, FIRE, 1);
	char incident[UUID_SIZE];
	struct err err = {0};

	row.alarm = "alarm";
	assert_true(log_begin(log, NULL));
	assert_false(log_begin(log, &err));
	assert_true(log_append(log, &row, NULL));
	assert_true(log_put_answer(log, &answer, 1, NULL));
	log_rollback(log);
	log_rollback(log);
	assert_int_equal(head_of(log), 0);
	assert_int_equal(log_get_answer(log, "one", &got, NULL), 0);
	assert_int_equal(log_find_alarm(log, "alarm", incident, NULL), 0);
	assert_int_equal(log_find_number(log, 1, incident, NULL), 0);
	assert_false(log_append(log, &row, &err));
	assert_false(log_commit(log, &err));
	put(log, 1, FIRE, 1, 'o');
	assert_int_equal(head_of(log), 1);
	log_close(log);
}

static void test_no_gap(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_row(2, FIRE, 1);
	struct err err = {0};

	assert_true(log_begin(log, NULL));
	assert_false(log_append(log, &row, &err));
	/* The transaction is lost as a whole. */
	row.seq = 1;
	assert_false(log_append(log, &row, &err));
	assert_false(log_commit(log, &err));
	assert_int_equal(head_of(log), 0);
	put(log, 1, FIRE, 1, 'o');
	log_close(log);
}

/* Puts events until it is so long, or is wanted; the last seq. */
static int64_t gather(
	struct log_store *log, struct test_dir *dir, int64_t seq, int64_t wal_bytes, bool wanted) {
	while (file_size(dir_file(dir, "log.db-wal")) < wal_bytes &&
		!(wanted && log_rest_after_ms(log) >= 0)) {
		put(log, ++seq, FIRE, 7, ' ');
	}
	return seq;
}

/* What has gathered is wanted to be moved, and is then in the main file; a WAL that is written over
 * does not grow, and where nobody moves it a commit does. */
static void test_wal_is_moved(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	int64_t seq, length, made;

	put(log, 1, FIRE, 7, 'o');
	assert_int_equal(log_rest_after_ms(log), -1);
	made = file_size(dir_file(dir, "log.db"));
	seq = gather(log, dir, 1, INT64_C(4) << 20, true);
	assert_int_equal(log_rest_after_ms(log), 250);
	assert_in_range(file_size(dir_file(dir, "log.db-wal")), 500 * 4096, 600 * 4096);
	assert_int_equal(file_size(dir_file(dir, "log.db")), made);
	log_checkpoint(log);
	assert_int_equal(log_rest_after_ms(log), -1);
	assert_true(file_size(dir_file(dir, "log.db")) > made);
	/* The next ones are written over the old ones. */
	length = file_size(dir_file(dir, "log.db-wal"));
	for (int i = 0; i < 50; i++) {
		put(log, ++seq, FIRE, 7, ' ');
	}
	assert_int_equal(file_size(dir_file(dir, "log.db-wal")), length);
	made = file_size(dir_file(dir, "log.db"));
	while (file_size(dir_file(dir, "log.db")) == made) {
		put(log, ++seq, FIRE, 7, ' ');
		assert_true(file_size(dir_file(dir, "log.db-wal")) < 8100 * 4120);
	}
	assert_in_range(file_size(dir_file(dir, "log.db-wal")), 7900 * 4096, 8100 * 4120);
	log_close(log);
}

/* Where much has gathered a short pause is enough, or it would come to the commit that moves all of
 * it: with alarms all the time there is no long one. */
static void test_much_is_moved_soon(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	int64_t seq = gather(log, dir, 0, 1950 * 4120, false);

	assert_int_equal(log_rest_after_ms(log), 250);
	seq = gather(log, dir, seq, 2100 * 4120, false);
	assert_int_equal(log_rest_after_ms(log), 5);
	log_checkpoint(log);
	assert_int_equal(log_rest_after_ms(log), -1);
	log_close(log);
}

/* Somebody who reads keeps it from being moved whole: it is tried again when more has gathered, and
 * not with every look. */
static void test_wal_is_not_moved_in_vain(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	sqlite3 *reader;
	int64_t seq, length;

	put(log, 1, FIRE, 7, 'o');
	assert_int_equal(sqlite3_open(dir_file(dir, "log.db"), &reader), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM event", NULL, NULL, NULL),
		SQLITE_OK);
	seq = gather(log, dir, 1, INT64_C(4) << 20, true);
	log_checkpoint(log);
	assert_int_equal(log_rest_after_ms(log), -1);
	put(log, ++seq, FIRE, 7, ' ');
	assert_int_equal(log_rest_after_ms(log), -1);
	seq = gather(log, dir, seq, INT64_C(8) << 20, true);
	assert_int_equal(log_rest_after_ms(log), 250);
	assert_in_range(file_size(dir_file(dir, "log.db-wal")), 1000 * 4096, 1100 * 4096);
	/* Much is what has come since then. */
	seq = gather(log, dir, seq, 2400 * 4120, false);
	assert_int_equal(log_rest_after_ms(log), 250);
	seq = gather(log, dir, seq, 2700 * 4120, false);
	assert_int_equal(log_rest_after_ms(log), 5);
	assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(reader);
	log_checkpoint(log);
	/* Begun anew, it is counted anew. */
	length = file_size(dir_file(dir, "log.db-wal"));
	seq = gather(log, dir, seq, length + 1, true);
	assert_int_equal(log_rest_after_ms(log), 250);
	assert_int_equal(file_size(dir_file(dir, "log.db-wal")), length);
	assert_int_equal(head_of(log), seq);
	log_close(log);
}

static void test_answers(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_answer done = {
		.id = "raise/abc", .seq = 1, .incident = FIRE, .alarm = FLOOD, .number = 9};
	struct log_answer refused = {
		.id = "two", .refused = true, .code = "conflict", .message = "ayu was first"};
	struct log_answer got;

	assert_true(log_begin(log, NULL));
	assert_true(log_put_answer(log, &done, 1, NULL));
	assert_true(log_put_answer(log, &refused, 1, NULL));
	/* The first answer to an id stands. */
	done.seq = 99;
	assert_true(log_put_answer(log, &done, 2, NULL));
	assert_true(log_commit(log, NULL));
	log_close(log);

	log = open_log(dir);
	assert_int_equal(log_get_answer(log, "raise/abc", &got, NULL), 1);
	assert_int_equal(got.seq, 1);
	assert_int_equal(got.number, 9);
	assert_false(got.refused);
	assert_string_equal(got.id, "raise/abc");
	assert_string_equal(got.incident, FIRE);
	assert_string_equal(got.alarm, FLOOD);
	assert_int_equal(log_get_answer(log, "two", &got, NULL), 1);
	assert_true(got.refused);
	assert_string_equal(got.code, "conflict");
	assert_string_equal(got.message, "ayu was first");
	assert_int_equal(log_get_answer(log, "three", &got, NULL), 0);
	log_close(log);
}

/* Events until the disk is full; how many of them went in. */
static int64_t fill(struct log_store *log, const char *big, size_t len, struct err *err) {
	int64_t seq = 0;

	for (;;) {
		struct log_row row = make_row(seq + 1, FIRE, 1);

		row.body = big;
		row.body_len = len;
		row.masked = big;
		row.masked_len = len;
		if (!append(log, &row, err)) {
			return seq;
		}
		seq++;
	}
}

static void test_disk_full(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct rlimit old, tight;
	struct err err = {0};
	char *big = mem_alloc(60000, 1);
	struct log_row row;
	int64_t seq;

	memset(big, 'b', 59999);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = 600000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	seq = fill(log, big, 59999, &err);
	assert_true(seq > 0);
	assert_true(err.text[0] != '\0');
	log_rollback(log);
	/* Still full; still an error; still nothing of it is there. */
	row = make_row(seq + 1, FIRE, 1);
	row.body = big;
	row.body_len = 59999;
	assert_false(append(log, &row, &err));
	log_rollback(log);
	assert_int_equal(head_of(log), seq);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	put(log, seq + 1, FIRE, 1, ' ');
	assert_int_equal(head_of(log), seq + 1);
	log_close(log);
	log = open_log(dir);
	assert_int_equal(head_of(log), seq + 1);
	log_close(log);
	free(big);
}

/* What was committed survives kill -9 at any moment, and what is there has no gap. */
static void test_killed(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log;
	int pipes[2], status;
	int64_t last = 0, said;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		log = log_open_writer(dir->path, NULL);
		for (int64_t seq = 1;; seq++) {
			struct log_row row = make_row(seq, FIRE, 1);

			if (log == NULL || !append(log, &row, NULL) ||
				write(pipes[1], &seq, sizeof(seq)) != sizeof(seq)) {
				_exit(1);
			}
		}
	}
	(void)close(pipes[1]);
	while (last < 100 && read(pipes[0], &said, sizeof(said)) == sizeof(said)) {
		last = said;
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	while (read(pipes[0], &said, sizeof(said)) == sizeof(said)) {
		last = said;
	}
	(void)close(pipes[0]);
	assert_true(last >= 100);
	log = open_log(dir);
	assert_true(head_of(log) >= last);
	put(log, head_of(log) + 1, FIRE, 1, ' ');
	log_close(log);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_made_and_reopened),
		TEST(test_makes_the_folder),
		TEST(test_second_writer),
		TEST(test_newer_schema),
		TEST(test_not_ours),
		TEST(test_garbage),
		TEST(test_zero_length),
		TEST(test_damaged_inside),
		TEST(test_main_file_gone),
		TEST(test_reader_needs_a_log),
		TEST(test_reader_beside_writer),
		TEST(test_rollback),
		TEST(test_no_gap),
		TEST(test_wal_is_moved),
		TEST(test_much_is_moved_soon),
		TEST(test_wal_is_not_moved_in_vain),
		TEST(test_answers),
		TEST(test_disk_full),
		TEST(test_killed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
