#include "test.h"

#include <signal.h>
#include <sys/resource.h>

#include "log_test.h"

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
		TEST(test_chain),
		TEST(test_older_log_is_filled),
		TEST(test_older_log_is_not_read),
		TEST(test_older_log_that_is_not_what_it_says),
		TEST(test_older_log_on_a_full_disk),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
