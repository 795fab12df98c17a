/* Whoever repeats a command gets the answer that it had, wherever the log keeps it by then. */
#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include <siaga/store/log_check.h>
#include <siaga/store/log_purge.h>

#include "log_test.h"

#define SOME  1024
#define MOST  65536
#define SLICE 64

static struct log_answer make_answer(int number) {
	struct log_answer answer = {.seq = number, .number = number, .incident = FIRE};

	/* In no order at all, as digests are. */
	(void)snprintf(
		answer.id, sizeof(answer.id), "k:%08x%d", (unsigned)number * 2654435761u, number);
	return answer;
}

static bool put_answer(struct log_store *log, int number, int64_t at_ms, struct err *err) {
	struct log_answer answer = make_answer(number);

	return log_put_answer(log, &answer, at_ms, err);
}

/* Numbers from `first` on, in one transaction. */
static bool try_answers(
	struct log_store *log, int first, int count, int64_t at_ms, struct err *err) {
	bool ok = log_begin(log, err);

	for (int i = first; ok && i < first + count; i++) {
		ok = put_answer(log, i, at_ms, err);
	}
	return ok && log_commit(log, err);
}

static void put_answers(struct log_store *log, int first, int count, int64_t at_ms) {
	struct err err = {0};

	if (!try_answers(log, first, count, at_ms, &err)) {
		fail_msg("%s", err.text);
	}
}

static bool is_there(struct log_store *log, int number) {
	struct log_answer want = make_answer(number), got;
	struct err err = {0};
	int found = log_get_answer(log, want.id, &got, &err);

	assert_string_equal(err.text, "");
	if (found == 1) {
		assert_string_equal(got.id, want.id);
		assert_int_equal(got.seq, number);
		assert_int_equal(got.number, number);
		assert_string_equal(got.incident, FIRE);
	}
	return found == 1;
}

static void all_there(struct log_store *log, int first, int count) {
	for (int i = first; i < first + count; i++) {
		if (!is_there(log, i)) {
			fail_msg("answer %d is not there", i);
		}
	}
}

static void none_there(struct log_store *log, int first, int count) {
	for (int i = first; i < first + count; i++) {
		assert_false(is_there(log, i));
	}
}

static int rows(struct test_dir *dir, const char *table) {
	sqlite3 *handle;
	sqlite3_stmt *stmt;
	char sql[64];
	int count;

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	assert_int_equal(sqlite3_open(dir_file(dir, "log.db"), &handle), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	count = sqlite3_column_int(stmt, 0);
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(handle);
	return count;
}

static void in_order(struct test_dir *dir, int settled, int new) {
	assert_int_equal(rows(dir, "answer"), settled);
	assert_int_equal(rows(dir, "answer_new"), new);
}

/* As long as there is something to do in a pause; so often there was. */
static int rest(struct log_store *log) {
	int rests = 0;

	while (log_rest_after_ms(log) >= 0) {
		log_rest(log);
		assert_true(++rests < 10000);
	}
	return rests;
}

static void test_put_in_order_in_pauses(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);

	put_answers(log, 1, SOME - 1, 1);
	assert_int_equal(log_rest_after_ms(log), -1);
	in_order(dir, 0, SOME - 1);
	put_answers(log, SOME, 1, 1);
	assert_int_equal(log_rest_after_ms(log), 250);
	log_rest(log);
	in_order(dir, SLICE, SOME - SLICE);
	all_there(log, 1, SOME);
	assert_int_equal(log_rest_after_ms(log), -1);
	/* Nor is one that has been put in order given a second time. */
	put_answers(log, 1, SOME, 2);
	in_order(dir, SLICE, SOME - SLICE);
	none_there(log, SOME + 1, 1);
	log_close(log);

	log = open_log(dir);
	all_there(log, 1, SOME);
	put_answers(log, SOME + 1, SLICE, 1);
	assert_int_equal(log_rest_after_ms(log), 250);
	log_rest(log);
	in_order(dir, 2 * SLICE, SOME - SLICE);
	all_there(log, 1, SOME + SLICE);
	log_close(log);
}

/* Once there is a pause the rest follows soon, before what may wait longer. */
static void test_the_rest_follows(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);

	put_answers(log, 1, 3 * SOME, 1);
	log_checkpoint(log);
	for (int i = 1; i <= 2 * SOME / SLICE; i++) {
		assert_int_equal(log_rest_after_ms(log), i == 1 ? 250 : 20);
		log_rest(log);
		in_order(dir, i * SLICE, 3 * SOME - i * SLICE);
	}
	assert_true(file_size(dir_file(dir, "log.db-wal")) > 600 * 4120);
	log_close(log);
}

/* What else is to be done in a pause is not forgotten over it. */
static void test_one_after_the_other(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);

	put_answers(log, 1, 2 * SOME, 1);
	log_checkpoint(log);
	assert_int_equal(log_rest_after_ms(log), 250);
	log_rest(log);
	assert_int_equal(log_rest_after_ms(log), 20);
	log_rest(log);
	in_order(dir, 2 * SLICE, 2 * (SOME - SLICE));
	put_answers(log, 2 * SOME + 1, 1, 1);
	assert_int_equal(log_rest_after_ms(log), 250);
	/* What gathers in the WAL meanwhile may wait longer than the next slice. */
	for (int number = 2 * SOME + 2; log_rest_after_ms(log) == 250 && number < 4000; number++) {
		put_answers(log, number, 1, 1);
	}
	assert_int_equal(log_rest_after_ms(log), 5);
	log_rest(log);
	assert_int_equal(log_rest_after_ms(log), 250);
	(void)rest(log);
	assert_in_range(rows(dir, "answer_new"), SOME - SLICE, SOME - 1);
	log_close(log);
}

/* Of more than can be held none is lost, nor given twice. */
static void test_very_many(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	const int all = MOST + SLICE + 10;
	int settled;

	put_answers(log, 1, SOME, 1);
	log_checkpoint(log);
	log_rest(log);
	put_answers(log, SOME + 1, all - SOME, 1);
	in_order(dir, SLICE + 10, MOST);
	all_there(log, 1, all);
	put_answers(log, 1, all, 2);
	in_order(dir, SLICE + 10, MOST);
	log_close(log);

	log = open_log(dir);
	all_there(log, 1, all);
	(void)rest(log);
	settled = rows(dir, "answer");
	assert_in_range(rows(dir, "answer_new"), SOME - SLICE, SOME - 1);
	in_order(dir, settled, all - settled);
	all_there(log, 1, all);
	/* There is room again. */
	put_answers(log, all + 1, 5, 1);
	in_order(dir, settled, all + 5 - settled);
	all_there(log, all + 1, 5);
	log_close(log);
}

static void test_rolled_back(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);

	put_answers(log, 1, 3, 1);
	assert_true(log_begin(log, NULL));
	assert_true(put_answer(log, 4, 1, NULL));
	assert_true(put_answer(log, 5, 1, NULL));
	all_there(log, 1, 5);
	log_rollback(log);
	all_there(log, 1, 3);
	none_there(log, 4, 2);
	/* So both are new, and so is what comes after them. */
	put_answers(log, 4, 3, 1);
	all_there(log, 1, 6);
	log_close(log);
	log = open_log(dir);
	all_there(log, 1, 6);
	in_order(dir, 0, 6);
	assert_false(put_answer(log, 7, 1, NULL));
	none_there(log, 7, 1);
	log_close(log);
}

/* Two ids that are one to the table in memory: 64 bits of FNV-1a. */
#define TWIN_ONE "Oi69FbUPz7e"
#define TWIN_TWO "tA_PgPDOgEp"

static void put_twin(struct log_store *log, const char *id, int64_t seq) {
	struct log_answer answer = {.seq = seq};

	(void)snprintf(answer.id, sizeof(answer.id), "%s", id);
	assert_true(log_begin(log, NULL));
	assert_true(log_put_answer(log, &answer, 1, NULL));
	assert_true(log_commit(log, NULL));
}

static int64_t twin(struct log_store *log, const char *id) {
	struct log_answer got;

	return log_get_answer(log, id, &got, NULL) == 1 ? got.seq : 0;
}

static void test_ids_that_look_the_same(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);

	put_twin(log, TWIN_ONE, 1);
	assert_int_equal(twin(log, TWIN_TWO), 0);
	put_twin(log, TWIN_TWO, 2);
	in_order(dir, 1, 1);
	for (int turn = 0; turn < 2; turn++) {
		put_twin(log, TWIN_ONE, 3);
		put_twin(log, TWIN_TWO, 4);
		assert_int_equal(twin(log, TWIN_ONE), 1);
		assert_int_equal(twin(log, TWIN_TWO), 2);
		in_order(dir, 1, 1);
		log_close(log);
		log = open_log(dir);
	}
	put_answers(log, 1, SOME, 1);
	log_rest(log);
	in_order(dir, 1 + SLICE, SOME + 1 - SLICE);
	assert_int_equal(twin(log, TWIN_ONE), 1);
	assert_int_equal(twin(log, TWIN_TWO), 2);
	log_close(log);
}

/* No file may become longer than so; returns what it was. */
static struct rlimit tighten(rlim_t bytes) {
	struct rlimit old, tight;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	return old;
}

/* A disk that is full in a pause is none of the alarms' business, and is not tried again and again.
 */
static void test_no_room_for_order(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct rlimit old;

	put_answers(log, 1, SOME, 1);
	log_checkpoint(log);
	old = tighten(4096);
	assert_int_equal(log_rest_after_ms(log), 250);
	log_rest(log);
	all_there(log, 1, SOME);
	assert_int_equal(log_rest_after_ms(log), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	in_order(dir, 0, SOME);
	put_answers(log, SOME + 1, 1, 1);
	all_there(log, 1, SOME + 1);
	assert_int_equal(log_rest_after_ms(log), 250);
	log_rest(log);
	in_order(dir, SLICE, SOME + 1 - SLICE);
	all_there(log, 1, SOME + 1);
	log_close(log);
}

static void purge_before(struct log_store *log, int64_t before_ms, int more);

/* What failed once is tried again as soon as anything is written, however few are left by then. */
static void test_tried_again(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct rlimit old;

	put_answers(log, 1, 3 * SOME, 1);
	log_checkpoint(log);
	old = tighten(4096);
	log_rest(log);
	assert_int_equal(log_rest_after_ms(log), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	purge_before(log, 2, 0);
	in_order(dir, 0, 0);
	log_checkpoint(log);
	put_answers(log, 1, SOME, 3);
	assert_int_equal(log_rest_after_ms(log), 250);
	log_rest(log);
	in_order(dir, SLICE, SOME - SLICE);
	all_there(log, 1, SOME);
	log_close(log);
}

/* What could not be committed was not answered, and is when it is asked again. */
static void test_no_room_for_answers(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct rlimit old;
	struct err err = {0};

	put_answers(log, 1, 5, 1);
	log_checkpoint(log);
	old = tighten(4096);
	assert_false(try_answers(log, 4, 500, 2, &err));
	assert_true(err.text[0] != '\0');
	log_rollback(log);
	all_there(log, 1, 5);
	none_there(log, 6, 498);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	put_answers(log, 4, 500, 3);
	all_there(log, 1, 503);
	in_order(dir, 0, 503);
	log_close(log);
}

/* All steps of a purge; after the first one more is answered. */
static void purge_before(struct log_store *log, int64_t before_ms, int more) {
	struct log_purge what = {.before_ms = before_ms, .seq = 1};
	struct log_purge_cursor cursor = {0};
	struct err err = {0};
	int rc;

	while ((rc = log_purge_step(log, &what, &cursor, 1, &err)) == 1) {
		if (more > 0) {
			put_answers(log, more, 1, before_ms);
			more = 0;
		}
	}
	if (rc < 0) {
		fail_msg("%s", err.text);
	}
}

static void test_old_ones_are_forgotten(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);

	put_answers(log, 1, SOME, 10);
	log_rest(log);
	put_answers(log, 2001, 2 * SLICE, 30);
	purge_before(log, 20, 3001);
	none_there(log, 1, SOME);
	all_there(log, 2001, 2 * SLICE);
	all_there(log, 3001, 1);
	in_order(dir, 2 * SLICE, 1);
	/* Whoever asks so late is asking anew. */
	put_answers(log, 1, 10, 40);
	all_there(log, 1, 10);
	purge_before(log, 40, 0);
	none_there(log, 2001, 2 * SLICE);
	all_there(log, 1, 10);
	in_order(dir, 10, 0);
	log_close(log);
}

static void count_answer(void *data, const struct log_answer *answer) {
	int64_t *sum = data;

	*sum += answer->seq;
}

static void test_looked_over_wherever_they_are(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir), *reader;
	struct log_answer got;
	struct err err = {0};
	int64_t sum = 0;

	put_answers(log, 1, SOME, 1);
	log_rest(log);
	reader = log_open_reader(dir->path, NULL);
	assert_true(log_read_answers(reader, count_answer, &sum, NULL));
	assert_int_equal(sum, SOME * (SOME + 1) / 2);
	/* But they are found by whoever writes them. */
	assert_int_equal(log_get_answer(reader, make_answer(1).id, &got, &err), -1);
	assert_non_null(strstr(err.text, "opened for reading"));
	log_close(reader);
	log_close(log);
}

/* Killed at any moment, of putting or of putting in order, none of what was committed is lost and
 * none is there twice. */
static void test_killed(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log;
	int last = 0, said, status, pipes[2];
	pid_t child;

	for (int turn = 1; turn <= 8; turn++) {
		assert_int_equal(pipe(pipes), 0);
		(void)fflush(NULL);
		child = fork();
		if (child == 0) {
			log = log_open_writer(dir->path, NULL);
			for (int number = last + 1;; number += 300) {
				said = number + 299;
				if (log == NULL || !try_answers(log, number, 300, 1, NULL) ||
					write(pipes[1], &said, sizeof(said)) != sizeof(said)) {
					_exit(1);
				}
				while (log_rest_after_ms(log) >= 0) {
					log_rest(log);
				}
			}
		}
		(void)close(pipes[1]);
		for (int i = 0; i < 3 + turn && read(pipes[0], &said, sizeof(said)) == sizeof(said);
			i++) {
			last = said;
		}
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		while (read(pipes[0], &said, sizeof(said)) == sizeof(said)) {
			last = said;
		}
		(void)close(pipes[0]);
		log = open_log(dir);
		all_there(log, 1, last);
		/* Committed, and nobody was told so any more. */
		last += is_there(log, last + 1) ? 300 : 0;
		assert_int_equal(rows(dir, "answer") + rows(dir, "answer_new"), last);
		log_close(log);
	}
	assert_true(rows(dir, "answer") > SOME);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_put_in_order_in_pauses),
		TEST(test_the_rest_follows),
		TEST(test_one_after_the_other),
		TEST(test_very_many),
		TEST(test_rolled_back),
		TEST(test_ids_that_look_the_same),
		TEST(test_no_room_for_order),
		TEST(test_tried_again),
		TEST(test_no_room_for_answers),
		TEST(test_old_ones_are_forgotten),
		TEST(test_looked_over_wherever_they_are),
		TEST(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
