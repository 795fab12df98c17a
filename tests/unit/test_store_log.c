#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/store/log.h>

#include "test_dir.h"

#define FIRE  "11111111-1111-4111-8111-111111111111"
#define FLOOD "22222222-2222-4222-8222-222222222222"
#define CRASH "33333333-3333-4333-8333-333333333333"

struct seen {
	int64_t seqs[64];
	char last[256];
	size_t len, stop_at;
	bool masked;
	char audience[64];
	bool caller;
};

static bool on_event(void *data, const struct log_event *event) {
	struct seen *seen = data;
	const char *body = seen->masked ? event->masked : event->body;
	size_t len = seen->masked ? event->masked_len : event->len;

	assert_true(seen->len < ARRAY_LEN(seen->seqs) && len < sizeof(seen->last));
	seen->seqs[seen->len++] = event->seq;
	memcpy(seen->last, body, len);
	seen->last[len] = '\0';
	seen->caller = event->caller;
	(void)snprintf(seen->audience, sizeof(seen->audience), "%s", event->audience);
	return seen->len != seen->stop_at;
}

static struct log_store *open_log(struct test_dir *dir) {
	struct err err = {0};
	struct log_store *log = log_open_writer(dir->path, &err);

	if (log == NULL) {
		fail_msg("%s", err.text);
	}
	return log;
}

static struct log_row make_row(int64_t seq, const char *incident, int64_t number) {
	return (struct log_row){
		.seq = seq,
		.at_ms = 1000 * seq,
		.incident = incident,
		.number = number,
		.type = "incident.noted",
		.alarm = "",
		.body = "{\"phone\":\"+62 271\"}",
		.body_len = 19,
		.masked = "{\"phone\":\"+62 271\"}",
		.masked_len = 19,
	};
}

static bool append(struct log_store *log, const struct log_row *row, struct err *err) {
	return log_begin(log, err) && log_append(log, row, err) && log_commit(log, err);
}

static void put(
	struct log_store *log, int64_t seq, const char *incident, int64_t number, char what) {
	struct log_row row = make_row(seq, incident, number);
	struct err err = {0};

	row.opens = what == 'o';
	row.ends = what == 'e';
	if (!append(log, &row, &err)) {
		fail_msg("%s", err.text);
	}
}

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

static void test_masked(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_row(1, FIRE, 1);
	struct seen seen = {.masked = true};

	row.opens = true;
	row.masked = "{}";
	row.masked_len = 2;
	assert_true(append(log, &row, NULL));
	row = make_row(2, FIRE, 1);
	row.masked = "{\"phone\":\"+62 ***\"}";
	assert_true(append(log, &row, NULL));
	put(log, 3, FIRE, 1, ' ');
	assert_int_equal(log_read(log, 0, 1, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{}");
	assert_int_equal(log_read(log, 1, 2, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{\"phone\":\"+62 ***\"}");
	assert_int_equal(log_read_open(log, NULL, 0, 1, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{}");
	seen.masked = false;
	assert_int_equal(log_read_open(log, NULL, 0, 1, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{\"phone\":\"+62 271\"}");
	seen.masked = true;
	/* Nothing to hide: the body serves as both. */
	assert_int_equal(log_read(log, 2, 3, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{\"phone\":\"+62 271\"}");
	log_close(log);
}

static void test_read_windows(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct seen seen = {.stop_at = 2};

	for (int64_t seq = 1; seq <= 10; seq++) {
		put(log, seq, seq % 2 == 0 ? FIRE : FLOOD, seq % 2 == 0 ? 1 : 2,
			seq <= 2 ? 'o' : ' ');
	}
	assert_int_equal(log_read(log, 3, 8, 99, on_event, &seen, NULL), 2);
	assert_int_equal(seen.seqs[1], 5);
	seen = (struct seen){0};
	assert_int_equal(log_read(log, 3, 8, 3, on_event, &seen, NULL), 3);
	assert_int_equal(seen.seqs[2], 6);
	assert_int_equal(log_read(log, 10, 99, 3, on_event, &seen, NULL), 0);
	seen = (struct seen){0};
	assert_int_equal(log_read_incident(log, FIRE, on_event, &seen, NULL), 5);
	assert_int_equal(seen.seqs[0], 2);
	assert_int_equal(seen.seqs[4], 10);
	assert_int_equal(log_read_incident(log, CRASH, on_event, &seen, NULL), 0);
	log_close(log);
}

static void test_read_open(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct seen seen = {0};

	put(log, 1, FIRE, 1, 'o');
	put(log, 2, FLOOD, 2, 'o');
	put(log, 3, FIRE, 1, ' ');
	put(log, 4, "", 0, ' ');
	put(log, 5, FLOOD, 2, 'e');
	put(log, 6, FLOOD, 2, ' ');
	put(log, 7, FIRE, 1, 'e');
	put(log, 8, CRASH, 3, 'o');
	/* At 4 both were open: FLOOD ends later. CRASH is not there yet. */
	assert_int_equal(log_read_open(log, NULL, 0, 4, 99, on_event, &seen, NULL), 3);
	assert_int_equal(seen.seqs[1], 2);
	assert_int_equal(seen.seqs[2], 3);
	/* At 6 only FIRE. */
	seen = (struct seen){0};
	assert_int_equal(log_read_open(log, NULL, 0, 6, 99, on_event, &seen, NULL), 2);
	assert_int_equal(seen.seqs[0], 1);
	assert_int_equal(seen.seqs[1], 3);
	/* In windows. */
	seen = (struct seen){0};
	assert_int_equal(log_read_open(log, NULL, 0, 6, 1, on_event, &seen, NULL), 1);
	assert_int_equal(log_read_open(log, NULL, 1, 6, 1, on_event, &seen, NULL), 1);
	assert_int_equal(log_read_open(log, NULL, 3, 6, 1, on_event, &seen, NULL), 0);
	assert_int_equal(seen.seqs[1], 3);
	/* Now only CRASH; FLOOD again once it is reopened. */
	seen = (struct seen){0};
	assert_int_equal(log_read_open(log, NULL, 0, 8, 99, on_event, &seen, NULL), 1);
	assert_int_equal(seen.seqs[0], 8);
	put(log, 9, FLOOD, 2, 'o');
	assert_int_equal(log_read_open(log, NULL, 0, 9, 99, on_event, &seen, NULL), 5);
	log_close(log);
}

static void test_find(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_row(1, FIRE, 31);
	char incident[UUID_SIZE];

	row.alarm = CRASH;
	row.opens = true;
	assert_true(append(log, &row, NULL));
	assert_int_equal(log_find_alarm(log, CRASH, incident, NULL), 1);
	assert_string_equal(incident, FIRE);
	assert_int_equal(log_find_number(log, 31, incident, NULL), 1);
	assert_string_equal(incident, FIRE);
	assert_int_equal(log_find_number(log, 30, incident, NULL), 0);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, dir_setup, dir_teardown)

/* --- the chain --- */

static void hash_of(struct log_store *log, int64_t seq, unsigned char out[LOG_HASH_LEN]) {
	assert_int_equal(log_hash(log, seq, out, NULL), 1);
}

static struct log_row make_personal(int64_t seq) {
	struct log_row row = make_row(seq, FIRE, 1);

	row.bare = "{}";
	row.bare_len = 2;
	row.audience = "damkar +psc119";
	return row;
}

static void test_chain(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	unsigned char first[LOG_HASH_LEN], one[LOG_HASH_LEN], two[LOG_HASH_LEN], got[LOG_HASH_LEN];
	struct log_row row = make_personal(2);

	hash_of(log, 0, first);
	put(log, 1, FIRE, 1, 'o');
	hash_of(log, 1, one);
	assert_memory_not_equal(first, one, sizeof(one));
	/* What is rolled back leaves no trace in what comes after it. */
	assert_true(log_begin(log, NULL) && log_append(log, &row, NULL));
	log_last_hash(log, two);
	log_rollback(log);
	assert_int_equal(log_hash(log, 2, got, NULL), 0);
	put(log, 2, FIRE, 1, ' ');
	hash_of(log, 2, got);
	assert_memory_not_equal(two, got, sizeof(got));
	row.seq = 3;
	assert_true(log_begin(log, NULL) && log_append(log, &row, NULL));
	log_last_hash(log, two);
	assert_true(log_commit(log, NULL));
	hash_of(log, 3, got);
	assert_memory_equal(two, got, sizeof(got));
	log_close(log);
	/* The same again after a new start. */
	log = open_log(dir);
	hash_of(log, 0, got);
	assert_memory_equal(first, got, sizeof(got));
	hash_of(log, 3, got);
	assert_memory_equal(two, got, sizeof(got));
	log_close(log);
}

static void test_audience_is_read(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_personal(1);
	struct seen seen = {0};

	assert_true(append(log, &row, NULL));
	put(log, 2, "", 0, ' ');
	assert_int_equal(log_read(log, 0, 1, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.audience, "damkar +psc119");
	assert_int_equal(log_read(log, 1, 2, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.audience, "");
	log_close(log);
}

static void ask(struct log_store *log, int64_t seq, const char *incident, const char *agency) {
	struct log_row row = make_row(seq, incident, 0);

	row.asks = agency;
	assert_true(append(log, &row, NULL));
}

static void test_what_an_agency_was_asked_to(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_incident inc;
	struct seen seen = {0};

	put(log, 1, FIRE, 1, 'o');
	put(log, 2, FLOOD, 2, 'o');
	ask(log, 3, FIRE, "damkar");
	ask(log, 4, FLOOD, "psc119");
	ask(log, 5, FIRE, "damkar");
	put(log, 6, FIRE, 1, 'e');
	assert_int_equal(log_get_sent(log, "damkar", FIRE, NULL, NULL), 3);
	assert_int_equal(log_get_sent(log, "damkar", FLOOD, NULL, NULL), 0);
	assert_int_equal(log_get_incident(log, FIRE, &inc, NULL), 1);
	assert_int_equal(inc.first_seq, 1);
	assert_int_equal(inc.last_seq, 6);
	assert_int_equal(inc.ended_seq, 6);
	assert_int_equal(inc.number, 1);
	assert_int_equal(log_get_incident(log, CRASH, &inc, NULL), 0);
	/* Open and asked at 5: the whole of it. */
	assert_int_equal(log_read_open(log, "damkar", 0, 5, 9, on_event, &seen, NULL), 3);
	assert_int_equal(seen.seqs[0], 1);
	assert_int_equal(seen.seqs[2], 5);
	/* Not asked yet at 2, over at 6. */
	assert_int_equal(log_read_open(log, "damkar", 0, 2, 9, on_event, &seen, NULL), 0);
	assert_int_equal(log_read_open(log, "damkar", 0, 6, 9, on_event, &seen, NULL), 0);
	assert_int_equal(log_read_open(log, "psc119", 0, 6, 9, on_event, &seen, NULL), 2);
	assert_int_equal(log_read_open(log, "pmi", 0, 6, 9, on_event, &seen, NULL), 0);
	log_close(log);
}

static void test_what_happened_before_an_agency_was_asked(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_row(5, FLOOD, 0);
	struct seen seen = {0};
	char incident[UUID_SIZE] = "";

	put(log, 1, FIRE, 1, 'o');
	put(log, 2, FLOOD, 2, 'o');
	put(log, 3, FIRE, 1, 0);
	ask(log, 4, FIRE, "damkar");
	row.asks = "damkar";
	row.asks_caller = true;
	assert_true(append(log, &row, NULL));
	ask(log, 6, FIRE, "damkar");
	assert_int_equal(log_next_sent(log, "damkar", 0, 6, incident, NULL), 4);
	assert_string_equal(incident, FIRE);
	assert_int_equal(log_next_sent(log, "damkar", 4, 6, incident, NULL), 5);
	assert_string_equal(incident, FLOOD);
	/* The second time is not the first. */
	assert_int_equal(log_next_sent(log, "damkar", 5, 6, incident, NULL), 0);
	assert_int_equal(log_next_sent(log, "damkar", 0, 3, incident, NULL), 0);
	assert_int_equal(log_next_sent(log, "pmi", 0, 6, incident, NULL), 0);
	assert_int_equal(log_read_past(log, "damkar", FIRE, 0, 3, 9, on_event, &seen, NULL), 2);
	assert_int_equal(seen.seqs[1], 3);
	assert_false(seen.caller);
	assert_int_equal(log_read_past(log, "damkar", FIRE, 1, 3, 9, on_event, &seen, NULL), 1);
	assert_int_equal(log_read_past(log, "damkar", FLOOD, 0, 4, 9, on_event, &seen, NULL), 1);
	assert_true(seen.caller);
	log_close(log);
}

/* The first schema as it was, with three events. */
static void make_old_log(struct test_dir *dir) {
	assert_true(run_sql(dir_file(dir, "log.db"),
		"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT "
		"ROWID;"
		"CREATE TABLE event(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, incident TEXT,"
		" number INTEGER NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, masked TEXT) "
		"STRICT;"
		"CREATE INDEX event_by_incident ON event(incident, seq) WHERE incident IS NOT NULL;"
		"CREATE TABLE incident(id TEXT PRIMARY KEY, number INTEGER UNIQUE, first_seq "
		"INTEGER NOT "
		"NULL, last_seq INTEGER NOT NULL, ended_seq INTEGER) STRICT, WITHOUT ROWID;"
		"CREATE INDEX incident_by_end ON incident(ended_seq);"
		"CREATE TABLE alarm(id TEXT PRIMARY KEY, incident TEXT NOT NULL) STRICT, WITHOUT "
		"ROWID;"
		"CREATE TABLE answer(id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, refused INTEGER "
		"NOT "
		"NULL, seq INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, incident "
		"TEXT NOT "
		"NULL, alarm TEXT NOT NULL, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
		"INSERT INTO meta VALUES('feed', '" CRASH "');"
		"INSERT INTO event VALUES(1, 1000, '" FIRE "', 1, 'incident.raised', '{1}', NULL);"
		"INSERT INTO event VALUES(2, 2000, '" FIRE "', 1, 'incident.noted', '{22}', '{}');"
		"INSERT INTO event VALUES(3, 3000, NULL, 0, 'link.up', '{3}', NULL);"
		"INSERT INTO incident VALUES('" FIRE "', 1, 1, 2, NULL);"
		"PRAGMA application_id=0x5349414c; PRAGMA user_version=1"));
}

static struct log_row fill_row(int64_t seq, const char *body) {
	return (struct log_row){.seq = seq,
		.incident = FIRE,
		.body = body,
		.body_len = strlen(body),
		.bare = "{}",
		.bare_len = 2,
		.audience = "pmi",
		.asks = seq == 2 ? "pmi" : ""};
}

static void test_older_log_is_filled(void **state) {
	struct test_dir *dir = *state;
	unsigned char hash[LOG_HASH_LEN];
	struct log_row row = make_row(4, FIRE, 1);
	const char *bodies[] = {"{1}", "{22}", "{3}"};
	struct seen seen = {0};
	struct err err = {0};
	struct log_store *log;

	make_old_log(dir);
	log = open_log(dir);
	assert_int_equal(log_needs_fill(log, NULL), 1);
	assert_int_equal(log_hash(log, 3, hash, NULL), 0);
	/* Nothing goes on before all that is there has its place. */
	assert_false(append(log, &row, &err));
	assert_non_null(strstr(err.text, "not filled"));
	log_rollback(log);
	row = fill_row(2, "{22}");
	assert_true(log_begin(log, NULL));
	assert_false(log_fill(log, &row, &err));
	log_rollback(log);
	/* Cut off in the middle, it is as it was. */
	row = fill_row(1, "{1}");
	assert_true(log_begin(log, NULL) && log_fill(log, &row, NULL));
	log_close(log);
	log = open_log(dir);
	assert_int_equal(log_needs_fill(log, NULL), 1);
	assert_true(log_begin(log, NULL));
	for (int64_t seq = 1; seq <= 3; seq++) {
		row = fill_row(seq, bodies[seq - 1]);
		assert_true(log_fill(log, &row, NULL));
	}
	row = fill_row(4, "{4}");
	assert_false(log_fill(log, &row, &err));
	log_rollback(log);
	assert_true(log_begin(log, NULL));
	for (int64_t seq = 1; seq <= 3; seq++) {
		row = fill_row(seq, bodies[seq - 1]);
		assert_true(log_fill(log, &row, NULL));
	}
	assert_true(log_commit(log, NULL));
	assert_int_equal(log_needs_fill(log, NULL), 0);
	hash_of(log, 3, hash);
	assert_int_equal(log_get_sent(log, "pmi", FIRE, NULL, NULL), 2);
	assert_int_equal(log_read(log, 1, 2, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.audience, "pmi");
	put(log, 4, FIRE, 1, ' ');
	log_close(log);
}

/* Only whoever writes it brings a log up to date; who reads says so. */
static void test_older_log_is_not_read(void **state) {
	struct test_dir *dir = *state;
	struct err err = {0};

	make_old_log(dir);
	assert_null(log_open_reader(dir->path, &err));
	assert_non_null(strstr(err.text, "older"));
}

/* A version that promises what is not there, or is there already: the reason is what is said, and
 * nothing was changed. */
static void test_older_log_that_is_not_what_it_says(void **state) {
	struct test_dir *dir = *state;
	struct err err = {0};

	make_old_log(dir);
	assert_true(run_sql(dir_file(dir, "log.db"), "ALTER TABLE event ADD COLUMN salt BLOB"));
	assert_null(log_open_writer(dir->path, &err));
	assert_non_null(strstr(err.text, "damaged"));
	assert_non_null(strstr(err.text, "duplicate column name: salt"));
	assert_true(run_sql(dir_file(dir, "log.db"), "ALTER TABLE event DROP COLUMN salt"));
	log_close(open_log(dir));
}

/* There is no room for the new schema: the old one stays, and the next start finishes. */
static void test_older_log_on_a_full_disk(void **state) {
	struct test_dir *dir = *state;
	struct rlimit old, tight;
	struct err err = {0};

	make_old_log(dir);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = (rlim_t)file_size(dir_file(dir, "log.db"));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	assert_null(log_open_writer(dir->path, &err));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_null(strstr(err.text, "not an error"));
	assert_null(strstr(err.text, "damaged"));
	assert_non_null(strstr(err.text, "log.db"));
	log_close(open_log(dir));
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
		TEST(test_answers),
		TEST(test_masked),
		TEST(test_read_windows),
		TEST(test_read_open),
		TEST(test_find),
		TEST(test_disk_full),
		TEST(test_killed),
		TEST(test_chain),
		TEST(test_audience_is_read),
		TEST(test_what_happened_before_an_agency_was_asked),
		TEST(test_what_an_agency_was_asked_to),
		TEST(test_older_log_is_filled),
		TEST(test_older_log_is_not_read),
		TEST(test_older_log_that_is_not_what_it_says),
		TEST(test_older_log_on_a_full_disk),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
