/* Caches that were set aside: how many stay, what takes them away, and what does not. */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>

#include <siaga/base/macros.h>
#include <siaga/store/cache_forget.h>
#include <siaga/store/history.h>

#include "test_dir.h"

#define FEED "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define FIRE "11111111-1111-4111-8111-111111111111"
#define ASK  "33333333-3333-4333-8333-333333333333"
/* Persons of what ended before are forgotten. */
#define BEFORE INT64_C(1700000000000)
#define KEPT   10
#define ASIDE  "cache.db.aside-20231101T000000Z"
#define SECOND "cache.db.aside-20231102T000000Z"
#define THIRD  "cache.db.aside-20231103T000000Z"

static struct cache_store *open_cache(struct test_dir *dir, char *notice, size_t size) {
	struct err err = {0};
	struct cache_store *cache = cache_open(dir->path, notice, size, &err);

	if (cache == NULL) {
		fail_msg("%s", err.text);
	}
	return cache;
}

/* Of an incident that ended, and its row. */
static struct cache_store *open_filled(struct test_dir *dir) {
	char notice[300];
	struct cache_store *cache = open_cache(dir, notice, sizeof(notice));
	const struct cache_meta meta = {.feed = FEED,
		.last_seq = 2,
		.saved_at_ms = BEFORE,
		.name = "ayu",
		.role = "operator"};
	const struct cache_event events[] = {
		{.seq = 1, .at_ms = BEFORE, .incident = FIRE, .body = "fire", .opens = true},
		{.seq = 2, .at_ms = BEFORE, .incident = FIRE, .body = "out", .ends = true},
	};
	const struct history_row row = {.id = FIRE,
		.number = 1,
		.kind = "fire",
		.priority = "P1",
		.state = "closed",
		.mode = "actual",
		.place = "Pasar Gede",
		.received_ms = BEFORE,
		.ended_ms = BEFORE,
		.outcome = "handled",
		.caller = "",
		.phone = "",
		.agencies = "",
		.camera = "",
		.alarms = 1,
		.last_seq = 2,
		.notes = ""};

	assert_true(cache_save(cache, &meta, events, ARRAY_LEN(events), &row, 1, NULL));
	return cache;
}

static bool is_there(struct test_dir *dir, const char *name) {
	struct stat st;

	return lstat(dir_file(dir, name), &st) == 0;
}

static int count_asides(struct test_dir *dir) {
	DIR *open = opendir(dir->path);
	struct dirent *entry;
	int found = 0;

	assert_non_null(open);
	while ((entry = readdir(open)) != NULL) {
		found += strstr(entry->d_name, ".aside-") != NULL;
	}
	(void)closedir(open);
	return found;
}

static void write_file(struct test_dir *dir, const char *name, const char *text, time_t at) {
	const struct timespec times[] = {{.tv_sec = at}, {.tv_sec = at}};

	assert_true(spoil(dir_file(dir, name), -1, 0, text));
	assert_int_equal(utimensat(AT_FDCWD, dir->file, times, 0), 0);
}

/* As another console that opens the cache; closing it gives it back. */
static int take_lock(struct test_dir *dir) {
	int fd = open(dir_file(dir, "cache.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

/* As another console that writes. */
static sqlite3 *begin_writing(struct test_dir *dir) {
	sqlite3 *other = NULL;

	assert_int_equal(sqlite3_open(dir_file(dir, "cache.db"), &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	return other;
}

static void end_writing(sqlite3 *other) {
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

/* --- what is set aside --- */

static void test_a_copy_in_vain_does_not_stay(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_filled(dir);
	char aside[PATH_MAX];
	struct err err = {0};
	sqlite3 *other = begin_writing(dir);

	cache_set_patience(cache, 10);
	for (int i = 0; i < 3; i++) {
		assert_false(cache_set_aside(cache, aside, sizeof(aside), &err));
		assert_int_equal(count_asides(dir), 0);
	}
	end_writing(other);
	assert_int_equal(cache_history_count(cache, NULL), 1);
	assert_true(cache_set_aside(cache, aside, sizeof(aside), &err));
	assert_int_equal(count_asides(dir), 1);
	cache_close(cache);
}

/* Who looks at what was set aside would take a copy that is not finished for damage. */
static void test_a_copy_is_made_while_nobody_looks(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_filled(dir);
	char aside[PATH_MAX];
	struct err err = {0};
	int lock = take_lock(dir);

	cache_set_patience(cache, 10);
	assert_false(cache_set_aside(cache, aside, sizeof(aside), &err));
	assert_non_null(strstr(err.text, "another console"));
	assert_int_equal(count_asides(dir), 0);
	assert_int_equal(cache_history_count(cache, NULL), 1);
	(void)close(lock);
	assert_true(cache_set_aside(cache, aside, sizeof(aside), &err));
	assert_int_equal(cache_history_count(cache, NULL), 0);
	cache_close(cache);
}

static void test_damaged_ones_fill_no_disk(void **state) {
	struct test_dir *dir = *state;
	char notice[300];

	for (int i = 0; i < KEPT + 4; i++) {
		assert_true(spoil(dir_file(dir, "cache.db"), -1, 0, "this is no database"));
		cache_close(open_cache(dir, notice, sizeof(notice)));
		assert_non_null(strstr(notice, "set aside as"));
	}
	assert_int_equal(count_asides(dir), KEPT);
}

/* It was written long ago, or the clock was wrong; the operator is told its name. */
static void test_the_last_one_is_never_the_one_to_go(void **state) {
	struct test_dir *dir = *state;
	char notice[300], name[64], *moved;

	for (int i = 0; i < KEPT; i++) {
		(void)snprintf(name, sizeof(name), "cache.db.aside-20401101T00000%dZ", i);
		write_file(dir, name, "-", 2 * BEFORE / 1000);
	}
	write_file(dir, "cache.db", "this is no database", BEFORE / 1000);
	cache_close(open_cache(dir, notice, sizeof(notice)));
	moved = strstr(notice, "cache.db.aside-");
	assert_non_null(moved);
	moved[strlen(ASIDE)] = '\0';
	assert_true(is_there(dir, moved));
	assert_int_equal(count_asides(dir), KEPT);
}

/* What keeps being in the way of a write is damage, whatever another connection met before. */
static void test_damage_is_noted_beside_other_trouble(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_filled(dir);
	const struct history_query query = {.limit = 1};
	sqlite3 *other = begin_writing(dir);
	sqlite3_stmt *stmt = NULL;
	int page;

	cache_set_patience(cache, 10);
	assert_false(cache_outbox_put(cache, ASK, 7, "{}", NULL));
	end_writing(other);
	assert_int_equal(sqlite3_open(dir_file(dir, "cache.db"), &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(other,
				 "SELECT rootpage FROM sqlite_schema WHERE name = 'history'", -1,
				 &stmt, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	page = sqlite3_column_int(stmt, 0);
	(void)sqlite3_finalize(stmt);
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
	assert_true(spoil(dir_file(dir, "cache.db"), -1, 4096L * (page - 1), "\xff\xff\xff\xff"));
	assert_false(cache_history(cache, &query, NULL, NULL, NULL));
	assert_int_equal(cache_trouble(cache), TROUBLE_DAMAGED);
	assert_true(is_there(dir, "cache.suspect"));
	assert_int_equal(cache_trouble(cache), TROUBLE_NONE);
	cache_close(cache);
}

/* --- what is forgotten of it --- */

static bool bare(struct buf *out, const char *body, size_t len) {
	buf_add(out, body, len);
	return true;
}

/* To the end, or to where it cannot go on now. */
static int forget(struct cache_store *cache) {
	struct cache_forget forget = {0};
	struct err err = {0};
	int rc, steps = 0;

	assert_true(cache_want_forget(cache, BEFORE, NULL));
	while ((rc = cache_forget_step(cache, &forget, bare, &err)) == 1) {
		assert_true(++steps < 1000);
	}
	assert_int_equal(rc < 0, err.text[0] != '\0');
	return rc;
}

/* Somebody moves a file aside now, and has not taken out of it yet what was not sent. */
static void test_nothing_goes_while_another_console_opens(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_filled(dir);
	int lock = take_lock(dir);

	write_file(dir, ASIDE, "-", 0);
	assert_int_equal(forget(cache), -1);
	assert_true(is_there(dir, ASIDE));
	(void)close(lock);
	assert_int_equal(forget(cache), 0);
	assert_false(is_there(dir, ASIDE));
	cache_close(cache);
}

static void test_what_is_still_needed_stays_with_what_lies_beside_it(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_filled(dir);

	write_file(dir, ASIDE, "-", 0);
	write_file(dir, ASIDE "-wal", "-", 0);
	write_file(dir, SECOND "-wal", "-", 0); /* and that was all that was left of it */
	write_file(dir, THIRD, "-", 0);
	write_file(dir, "cache.rescue", ASIDE "\n" SECOND "\n", 0);
	assert_int_equal(forget(cache), 0);
	assert_true(is_there(dir, ASIDE));
	assert_true(is_there(dir, ASIDE "-wal"));
	assert_true(is_there(dir, SECOND "-wal"));
	assert_false(is_there(dir, THIRD));
	cache_close(cache);
}

static void test_nothing_goes_where_it_cannot_be_said_what_is_needed(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_filled(dir);
	char aside[PATH_MAX];

	write_file(dir, ASIDE, "-", 0);
	assert_int_equal(mkdir(dir_file(dir, "cache.rescue"), 0700), 0);
	assert_int_equal(forget(cache), -1);
	for (int i = 0; i < KEPT + 2; i++) {
		assert_true(cache_set_aside(cache, aside, sizeof(aside), NULL));
	}
	assert_true(is_there(dir, ASIDE));
	assert_int_equal(count_asides(dir), KEPT + 3);
	cache_close(cache);
}

/* It may tell of somebody; what was not sent was taken out of it. */
static void test_what_is_damaged_goes_however_young(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_filled(dir);

	write_file(dir, ASIDE, "this is no database", 2 * BEFORE / 1000);
	write_file(dir, ASIDE "-wal", "-", 2 * BEFORE / 1000);
	write_file(dir, SECOND "-wal", "-", 2 * BEFORE / 1000);
	/* A folder that was in the way tells nothing, what lies beside it may. */
	assert_int_equal(mkdir(dir_file(dir, THIRD), 0700), 0);
	write_file(dir, THIRD "-wal", "-", 2 * BEFORE / 1000);
	assert_int_equal(forget(cache), 0);
	assert_true(is_there(dir, THIRD));
	assert_int_equal(count_asides(dir), 1);
	cache_close(cache);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dir_setup, dir_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_a_copy_in_vain_does_not_stay),
		TEST(test_a_copy_is_made_while_nobody_looks),
		TEST(test_damaged_ones_fill_no_disk),
		TEST(test_the_last_one_is_never_the_one_to_go),
		TEST(test_damage_is_noted_beside_other_trouble),
		TEST(test_nothing_goes_while_another_console_opens),
		TEST(test_what_is_still_needed_stays_with_what_lies_beside_it),
		TEST(test_nothing_goes_where_it_cannot_be_said_what_is_needed),
		TEST(test_what_is_damaged_goes_however_young),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
