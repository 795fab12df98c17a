#include "test.h"

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>
#include <siaga/base/uuid.h>
#include <siaga/store/cache.h>

#include "test_dir.h"

#define FEED  "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define OTHER "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
#define FIRE  "11111111-1111-4111-8111-111111111111"
#define FLOOD "22222222-2222-4222-8222-222222222222"
#define ASK   "33333333-3333-4333-8333-333333333333"
#define TELL  "44444444-4444-4444-8444-444444444444"

struct seen {
	char text[512];
	size_t len, stop_at;
};

static bool on_event(void *data, const char *body, size_t len) {
	struct seen *seen = data;

	assert_true(strlen(seen->text) + len + 2 < sizeof(seen->text));
	(void)strncat(seen->text, body, len);
	(void)strcat(seen->text, " ");
	return ++seen->len != seen->stop_at;
}

static bool on_item(void *data, const char *id, int64_t at_ms, const char *frame) {
	struct seen *seen = data;
	size_t have = strlen(seen->text);

	(void)snprintf(seen->text + have, sizeof(seen->text) - have, "%.4s %lld %s;", id,
		(long long)at_ms, frame);
	return ++seen->len != seen->stop_at;
}

static struct cache_store *open_cache(struct test_dir *dir, const char *notice_part) {
	char notice[300] = "?";
	struct err err = {0};
	struct cache_store *cache = cache_open(dir->path, notice, sizeof(notice), &err);

	if (cache == NULL) {
		fail_msg("%s", err.text);
	}
	if (notice_part == NULL) {
		assert_string_equal(notice, "");
	} else if (strstr(notice, notice_part) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", notice, notice_part);
	}
	return cache;
}

static struct cache_meta make_meta(int64_t last_seq) {
	return (struct cache_meta){
		.feed = FEED,
		.last_seq = last_seq,
		.saved_at_ms = 1000 * last_seq,
		.name = "ayu",
		.role = "operator",
	};
}

static const struct cache_event story[] = {
	{.seq = 1, .at_ms = 1000, .incident = FIRE, .body = "fire", .opens = true},
	{.seq = 2, .at_ms = 2000, .incident = FLOOD, .body = "flood", .opens = true},
	{.seq = 3, .at_ms = 3000, .incident = "", .body = "camera"},
	{.seq = 4, .at_ms = 4000, .incident = FIRE, .body = "note"},
	{.seq = 5, .at_ms = 5000, .incident = FLOOD, .body = "dry", .ends = true},
};

static void save(struct cache_store *cache, const struct cache_event *events, size_t len) {
	struct cache_meta meta = make_meta(events[len - 1].seq);
	struct err err = {0};

	if (!cache_save(cache, &meta, events, len, NULL, 0, &err)) {
		fail_msg("%s", err.text);
	}
}

static void expect_read(struct cache_store *cache, int64_t since_ms, const char *want) {
	struct seen seen = {0};

	assert_true(cache_read(cache, since_ms, on_event, &seen, NULL));
	assert_string_equal(seen.text, want);
}

static void expect_outbox(struct cache_store *cache, const char *want) {
	struct seen seen = {0};

	assert_true(cache_outbox_read(cache, on_item, &seen, NULL));
	assert_string_equal(seen.text, want);
}

/* How many files in the folder have `part` in their name. */
static int count_files(struct test_dir *dir, const char *part) {
	DIR *open = opendir(dir->path);
	struct dirent *entry;
	int found = 0;

	assert_non_null(open);
	while ((entry = readdir(open)) != NULL) {
		found += strstr(entry->d_name, part) != NULL;
	}
	(void)closedir(open);
	return found;
}

static void test_empty(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);
	struct cache_meta meta;
	struct buf json = {0};

	assert_int_equal(file_mode(dir_file(dir, "cache.db")), 0600);
	assert_true(cache_get_meta(cache, &meta, NULL));
	assert_string_equal(meta.feed, "");
	assert_int_equal(meta.saved_at_ms, 0);
	assert_int_equal(cache_get_registry(cache, &json, NULL), 0);
	expect_read(cache, 0, "");
	expect_outbox(cache, "");
	cache_close(cache);
	cache_close(NULL);
}

static void test_saved_and_reopened(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);
	struct cache_meta meta;
	struct buf json = {0};
	struct seen seen = {.stop_at = 1};

	save(cache, story, ARRAY_LEN(story));
	assert_true(cache_save_registry(cache, "{\"a\":1}", 7, NULL));
	assert_true(cache_save_registry(cache, "{}", 2, NULL));
	assert_int_equal(file_mode(dir_file(dir, "cache.db-wal")), 0600);
	cache_close(cache);
	assert_int_equal(chmod(dir_file(dir, "cache.db"), 0644), 0);

	cache = open_cache(dir, NULL);
	assert_int_equal(file_mode(dir_file(dir, "cache.db")), 0600);
	assert_true(cache_get_meta(cache, &meta, NULL));
	assert_string_equal(meta.feed, FEED);
	assert_string_equal(meta.name, "ayu");
	assert_string_equal(meta.role, "operator");
	assert_int_equal(meta.last_seq, 5);
	assert_int_equal(meta.saved_at_ms, 5000);
	assert_int_equal(cache_get_registry(cache, &json, NULL), 1);
	assert_string_equal(json.data, "{}");
	buf_finish(&json);
	expect_read(cache, 4999, "fire flood note dry ");
	expect_read(cache, 5000, "fire note ");
	assert_true(cache_read(cache, 0, on_event, &seen, NULL));
	assert_string_equal(seen.text, "fire ");
	cache_close(cache);
}

/* The mark is that of the last seq, whoever saved it. */
static void test_mark(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);
	struct cache_meta meta = make_meta(2);

	(void)snprintf(meta.mark, sizeof(meta.mark), "two");
	assert_true(cache_save(cache, &meta, story, 2, NULL, 0, NULL));
	/* Behind, it changes nothing; at the same place only when it knows. */
	meta = make_meta(1);
	(void)snprintf(meta.mark, sizeof(meta.mark), "one");
	assert_true(cache_save(cache, &meta, story, 1, NULL, 0, NULL));
	meta = make_meta(2);
	assert_true(cache_save(cache, &meta, story, 2, NULL, 0, NULL));
	assert_true(cache_get_meta(cache, &meta, NULL));
	assert_string_equal(meta.mark, "two");
	/* Further on, where it is not known, the old one would be wrong. */
	save(cache, story, 3);
	assert_true(cache_get_meta(cache, &meta, NULL));
	assert_int_equal(meta.last_seq, 3);
	assert_string_equal(meta.mark, "");
	cache_close(cache);
}

/* So many events in saves of `each`; the last seq. */
static int64_t save_many(struct cache_store *cache, int64_t seq, int count, int each) {
	struct cache_event events[40];
	char body[1000], ids[40][UUID_SIZE];

	memset(body, 'x', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	assert_true(each <= (int)ARRAY_LEN(events));
	for (; count > 0; count -= each) {
		for (int i = 0; i < each; i++) {
			seq++;
			(void)snprintf(ids[i], sizeof(ids[i]), "%08x-0000-4000-8000-000000000000",
				(unsigned)seq * 2654435761u);
			events[i] = (struct cache_event){.seq = seq,
				.at_ms = 1000 * seq,
				.incident = ids[i],
				.body = body,
				.opens = true};
		}
		save(cache, events, (size_t)each);
	}
	return seq;
}

/* Most of a console's memory would be pages of this file: it has few at hand, but while it catches
 * up with much, and gives them back. */
static void test_memory(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);
	int64_t seq = save_many(cache, 0, 6000, 20), few = sqlite3_memory_used();

	assert_in_range(few, 1, 1 << 20);
	seq = save_many(cache, seq, 8000, 40);
	assert_in_range(sqlite3_memory_used(), 1, few + (128 << 10));
	seq = save_many(cache, seq, 4000, 40);
	assert_in_range(sqlite3_memory_used(), few + (1 << 20), few + (3 << 20));
	(void)save_many(cache, seq, 1, 1);
	assert_in_range(sqlite3_memory_used(), 1, few + (128 << 10));
	cache_close(cache);
}

/* A console that is behind saves what another has saved long ago. */
static void test_saved_twice(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL), *behind = open_cache(dir, NULL);
	struct cache_meta meta;

	save(cache, story, ARRAY_LEN(story));
	save(behind, story, 2);
	expect_read(behind, 5000, "fire note ");
	assert_true(cache_get_meta(behind, &meta, NULL));
	assert_int_equal(meta.last_seq, 5);
	assert_int_equal(meta.saved_at_ms, 5000);
	save(behind,
		&(struct cache_event){
			.seq = 6, .at_ms = 6000, .incident = FLOOD, .body = "again", .opens = true},
		1);
	expect_read(cache, 9000, "fire flood note dry again ");
	cache_close(behind);
	cache_close(cache);
}

static void test_never_mixed(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL), *copy;
	struct cache_meta meta = make_meta(1);
	struct buf json = {0};
	struct err err = {0};
	char aside[PATH_MAX], again[PATH_MAX];

	save(cache, story, ARRAY_LEN(story));
	assert_true(cache_save_registry(cache, "{}", 2, NULL));
	assert_true(cache_outbox_put(cache, ASK, 7, "{}", NULL));
	(void)snprintf(meta.feed, sizeof(meta.feed), OTHER);
	assert_false(cache_save(cache, &meta, story, 1, NULL, 0, &err));
	expect_read(cache, 5000, "fire note ");

	assert_true(cache_set_aside(cache, aside, sizeof(aside), &err));
	assert_int_equal(file_mode(aside), 0600);
	expect_read(cache, 0, "");
	expect_outbox(cache, "3333 7 {};");
	assert_int_equal(cache_get_registry(cache, &json, NULL), 0);
	assert_true(cache_save(cache, &meta, story, 1, NULL, 0, &err));
	expect_read(cache, 0, "fire ");
	assert_true(cache_get_meta(cache, &meta, NULL));
	assert_string_equal(meta.feed, OTHER);
	assert_int_equal(meta.last_seq, 1);
	/* Twice in the same second. */
	assert_true(cache_set_aside(cache, again, sizeof(again), &err));
	assert_string_not_equal(aside, again);
	cache_close(cache);

	/* What was set aside can be read. */
	assert_int_equal(rename(aside, dir_file(dir, "cache.db")), 0);
	copy = open_cache(dir, NULL);
	expect_read(copy, 5000, "fire note ");
	cache_close(copy);
}

/* A byte of the header that says how the schema is written, and a version that is not the file's:
 * SQLite calls neither of them damage. */
static void test_a_header_that_lies_is_damage(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);

	save(cache, story, 5);
	assert_true(cache_outbox_put(cache, ASK, 7, "{}", NULL));
	cache_close(cache);
	assert_true(run_sql(dir_file(dir, "cache.db"), "PRAGMA user_version=1"));
	cache = open_cache(dir, "set aside");
	expect_outbox(cache, "3333 7 {};");
	expect_read(cache, 0, "");
	save(cache, story, 5);
	cache_close(cache);
	assert_true(spoil(dir_file(dir, "cache.db"), -1, 47, "\x7a"));
	cache = open_cache(dir, "set aside");
	expect_read(cache, 0, "");
	cache_close(cache);
}

/* Damage that no check of the file sees is not believed. */
static void test_what_stands_in_it_may_be_anything(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);
	struct cache_meta meta;

	save(cache, story, 5);
	assert_true(cache_outbox_put(cache, ASK, 7, "{}", NULL));
	cache_close(cache);
	assert_true(run_sql(dir_file(dir, "cache.db"),
		"UPDATE meta SET last_seq = -5, saved_at_ms = 9223372036854775807,"
		" name = 'a' || char(27) || '[2J', mark = 'x y', agency = '../x', role = '';"
		"UPDATE outbox SET at_ms = -9223372036854775807"));
	cache = open_cache(dir, NULL);
	assert_true(cache_get_meta(cache, &meta, NULL));
	assert_string_equal(meta.feed, FEED);
	assert_int_equal(meta.last_seq, 0);
	assert_true(meta.saved_at_ms == INT64_C(253402300799999));
	assert_string_equal(meta.name, "a\xef\xbf\xbd[2J");
	assert_string_equal(meta.mark, "");
	assert_string_equal(meta.agency, "");
	assert_string_equal(meta.role, "");
	expect_outbox(cache, "3333 0 {};");
	cache_close(cache);
}

static void test_asides_fill_no_disk(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);
	char aside[PATH_MAX], listed[PATH_MAX];
	struct stat st;
	FILE *file;

	for (int i = 0; i < 14; i++) {
		assert_true(cache_set_aside(cache, aside, sizeof(aside), NULL));
		assert_int_equal(stat(aside, &st), 0); /* the newest is never the one to go */
	}
	assert_in_range(count_files(dir, "aside"), 1, 10);
	/* What SQLite left beside one that is no more is none of them. */
	for (int i = 0; i < 12; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "cache.db.aside-%d-journal", i);
		file = fopen(dir_file(dir, name), "w");
		assert_non_null(file);
		(void)fclose(file);
	}
	for (int i = 0; i < 3; i++) {
		assert_true(cache_set_aside(cache, aside, sizeof(aside), NULL));
	}
	assert_int_equal(count_files(dir, "aside") - count_files(dir, "-journal"), 10);
	/* Nor does one go of which what was not sent is still to be taken out. */
	text_copy(listed, sizeof(listed), aside);
	file = fopen(dir_file(dir, "cache.rescue"), "w");
	assert_non_null(file);
	(void)fprintf(file, "%s\n", strrchr(listed, '/') + 1);
	(void)fclose(file);
	for (int i = 0; i < 12; i++) {
		assert_true(cache_set_aside(cache, aside, sizeof(aside), NULL));
	}
	assert_int_equal(stat(listed, &st), 0);
	cache_close(cache);
}

static void test_outbox(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL), *other = open_cache(dir, NULL);
	struct seen seen = {.stop_at = 1};

	assert_true(cache_outbox_put(cache, ASK, 20, "{\"t\":\"do\"}", NULL));
	assert_true(cache_outbox_put(cache, TELL, 10, "{}", NULL));
	expect_outbox(other, "4444 10 {};3333 20 {\"t\":\"do\"};");
	assert_true(cache_outbox_put(other, ASK, 21, "{\"n\":2}", NULL));
	assert_true(cache_outbox_drop(other, TELL, NULL));
	assert_true(cache_outbox_drop(other, TELL, NULL));
	cache_close(other);
	cache_close(cache);
	cache = open_cache(dir, NULL);
	expect_outbox(cache, "3333 21 {\"n\":2};");
	assert_true(cache_outbox_put(cache, TELL, 30, "{}", NULL));
	assert_true(cache_outbox_read(cache, on_item, &seen, NULL));
	assert_int_equal(seen.len, 1);
	cache_close(cache);
}

static void test_newer_schema(void **state) {
	struct test_dir *dir = *state;
	char notice[100];
	struct err err = {0};

	cache_close(open_cache(dir, NULL));
	assert_true(run_sql(dir_file(dir, "cache.db"), "PRAGMA user_version=99"));
	assert_null(cache_open(dir->path, notice, sizeof(notice), &err));
	assert_non_null(strstr(err.text, "newer"));
	assert_string_equal(notice, "");
	assert_int_equal(count_files(dir, "aside"), 0);
}

static void test_garbage(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache;

	assert_true(spoil(
		dir_file(dir, "cache.db"), -1, 0, "this is not a database, whatever it says"));
	assert_true(spoil(dir_file(dir, "cache.db-wal"), -1, 0, "nor is this"));
	cache = open_cache(dir, "cache.db.aside-");
	save(cache, story, 1);
	expect_read(cache, 0, "fire ");
	assert_int_equal(count_files(dir, "Z-wal"), 1);
	cache_close(cache);
	cache_close(open_cache(dir, NULL));
}

static void test_zero_length(void **state) {
	struct test_dir *dir = *state;

	cache_close(open_cache(dir, NULL));
	assert_int_equal(truncate(dir_file(dir, "cache.db"), 0), 0);
	cache_close(open_cache(dir, "cache.db.aside-"));
	cache_close(open_cache(dir, NULL));
}

static void test_wal_alone(void **state) {
	struct test_dir *dir = *state;

	assert_true(spoil(dir_file(dir, "cache.db-wal"), -1, 0, "left over"));
	cache_close(open_cache(dir, "cache.db.aside-"));
	assert_int_equal(count_files(dir, "aside"), 1);
	cache_close(open_cache(dir, NULL));
}

/* A page of the events is broken, the outbox is not: what was not sent yet is still there. */
static void test_rescue(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);
	long size;

	assert_true(cache_outbox_put(cache, ASK, 7, "{\"t\":\"do\"}", NULL));
	for (int64_t seq = 1; seq <= 300; seq++) {
		save(cache,
			&(struct cache_event){.seq = seq,
				.at_ms = seq,
				.incident = FIRE,
				.body = "a text of some length, so that it takes more than one "
					"page",
				.opens = seq == 1},
			1);
	}
	cache_close(cache);
	size = file_size(dir_file(dir, "cache.db"));
	assert_true(size > 40000);
	assert_true(spoil(dir->file, -1, size - 4096, "zzzzzzzzzzzzzzzzzzzz"));
	cache = open_cache(dir, "cache.db.aside-");
	expect_read(cache, 0, "");
	expect_outbox(cache, "3333 7 {\"t\":\"do\"};");
	cache_close(cache);
}

/* Its version promises other tables than it has. */
static void test_unfit_schema(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);

	assert_true(cache_outbox_put(cache, ASK, 7, "{}", NULL));
	cache_close(cache);
	assert_true(run_sql(dir_file(dir, "cache.db"), "PRAGMA user_version=1"));
	cache = open_cache(dir, "cache.db.aside-");
	expect_outbox(cache, "3333 7 {};");
	cache_close(cache);
}

static void test_disk_full(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir, NULL);
	static char big[60000];
	struct cache_meta meta = make_meta(2);
	struct cache_event events[] = {
		story[0],
		{.seq = 2, .at_ms = 2000, .incident = FIRE, .body = big},
	};
	struct rlimit old, tight;
	struct err err = {0};

	memset(big, 'b', sizeof(big) - 1);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = 30000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	assert_false(cache_save(cache, &meta, events, 2, NULL, 0, &err));
	assert_true(err.text[0] != '\0');
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_true(cache_get_meta(cache, &meta, NULL));
	assert_string_equal(meta.feed, "");
	expect_read(cache, 0, "");
	save(cache, story, 2);
	expect_read(cache, 0, "fire flood ");
	cache_close(cache);
}

/* To read it as a log needs nobody's leave, and makes nothing. */
static void test_read_as_a_log(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache, *look;
	struct err err = {0};
	struct seen seen = {0};
	int64_t seq, at_ms;

	assert_null(cache_open_look(dir->path, &err));
	assert_non_null(strstr(err.text, "cache.db: nothing was ever kept there"));
	assert_int_equal(count_files(dir, "cache"), 0);
	cache = open_cache(dir, NULL);
	look = cache_open_look(dir->path, &err);
	assert_non_null(look);
	assert_int_equal(cache_whole_since(look, &seq, &at_ms, &err), 0);
	save(cache, story, 5);
	assert_true(cache_read_since(look, 4000, on_event, &seen, &err));
	assert_string_equal(seen.text, "camera note dry ");
	assert_int_equal(cache_whole_since(look, &seq, &at_ms, &err), 1);
	assert_int_equal(seq, 1);
	const struct cache_event later[] = {{.seq = 9, .at_ms = 9000, .incident = "", .body = "a"},
		{.seq = 10, .at_ms = 10000, .incident = "", .body = "b"}};
	save(cache, later, 2);
	assert_int_equal(cache_whole_since(look, &seq, &at_ms, &err), 1);
	assert_int_equal(seq, 9);
	assert_int_equal(at_ms, 9000);
	cache_close(look);
	cache_close(cache);
	assert_null(cache_open_look("/nonexistent/cache", &err));
	assert_string_equal(err.text, "/nonexistent/cache: No such file or directory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dir_setup, dir_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_empty),
		TEST(test_read_as_a_log),
		TEST(test_saved_and_reopened),
		TEST(test_memory),
		TEST(test_saved_twice),
		TEST(test_mark),
		TEST(test_never_mixed),
		TEST(test_a_header_that_lies_is_damage),
		TEST(test_what_stands_in_it_may_be_anything),
		TEST(test_asides_fill_no_disk),
		TEST(test_outbox),
		TEST(test_newer_schema),
		TEST(test_garbage),
		TEST(test_zero_length),
		TEST(test_wal_alone),
		TEST(test_rescue),
		TEST(test_unfit_schema),
		TEST(test_disk_full),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
