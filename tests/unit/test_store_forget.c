/* What the cache forgets: from every byte of its files, and nothing more than it should. */
#include "test.h"

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/store/cache_forget.h>
#include <siaga/store/history.h>

#include "test_dir.h"

#define FEED  "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define START INT64_C(1700000000000)
#define DAY   INT64_C(86400000)
#define MANY  400
#define HALF  (START + MANY / 2 * DAY)

/* Bodies of this test: what is personal stands behind a bar; one that begins with a question mark
 * cannot be read. */
static bool make_bare(struct buf *out, const char *body, size_t len) {
	const char *bar = memchr(body, '|', len);

	buf_add(out, body, bar != NULL ? (size_t)(bar - body) : len);
	return body[0] != '?';
}

static struct cache_store *open_cache(struct test_dir *dir) {
	char notice[300];
	struct err err = {0};
	struct cache_store *cache = cache_open(dir->path, notice, sizeof(notice), &err);

	if (cache == NULL) {
		fail_msg("%s", err.text);
	}
	return cache;
}

static void save(struct cache_store *cache, const struct cache_event *events, size_t len,
	const struct history_row *row, int64_t forget_ms) {
	struct cache_meta meta = {
		.feed = FEED,
		.last_seq = events[len - 1].seq,
		.saved_at_ms = START,
		.forget_ms = forget_ms,
		.name = "ayu",
		.role = "operator",
	};
	struct err err = {0};

	if (!cache_save(cache, &meta, events, len, row, row != NULL, &err)) {
		fail_msg("%s", err.text);
	}
}

static void name_id(char id[UUID_SIZE], int number) {
	(void)snprintf(id, UUID_SIZE, "%08d-0000-4000-8000-000000000000", number);
}

static struct history_row make_row(int number, const char *id, const char *notes) {
	return (struct history_row){
		.id = id,
		.number = number,
		.kind = "fire",
		.priority = "P1",
		.state = "closed",
		.mode = "actual",
		.place = "Pasar Gede",
		.received_ms = START + number * DAY,
		.ended_ms = START + number * DAY,
		.outcome = "handled",
		.caller = number * DAY + START < HALF ? "Aminah" : "Barusari",
		.phone = number * DAY + START < HALF ? "+62 888 7776665" : "",
		.agencies = "damkar",
		.camera = "",
		.alarms = 1,
		.last_seq = 3 * number,
		.notes = notes,
	};
}

/* An incident that ended on its day, told in three events; each in a save of its own, so that the
 * index of words has many parts. */
static void save_incident(struct cache_store *cache, int number) {
	bool old = START + number * DAY < HALF;
	char id[UUID_SIZE], bodies[3][300], notes[300];
	struct cache_event events[3];
	struct history_row row;

	name_id(id, number);
	for (int i = 0; i < 3; i++) {
		(void)snprintf(bodies[i], sizeof(bodies[i]), "event %d %d|%s%d %*d", number, i,
			old ? "terbakar" : "masihada", number, number % 90 + 1, number);
		events[i] = (struct cache_event){
			.seq = 3 * number + i - 2,
			.at_ms = START + number * DAY,
			.incident = id,
			.body = bodies[i],
			.opens = i == 0,
			.ends = i == 2,
			.personal = i != 1,
		};
		if (i == 1) {
			(void)strcpy(strchr(bodies[i], '|'), "");
		}
	}
	(void)snprintf(notes, sizeof(notes), "%s %d menelepon%d", old ? "terbakar" : "masihada",
		number, number);
	row = make_row(number, id, notes);
	save(cache, events, 3, &row, 0);
}

static int count_word(struct test_dir *dir, const char *word) {
	static const char *const files[] = {"cache.db", "cache.db-wal", "cache.db-shm"};
	size_t len = strlen(word);
	int found = 0;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		FILE *file = fopen(dir_file(dir, files[i]), "rb");
		char *data;
		long size;

		if (file == NULL) {
			continue;
		}
		(void)fseek(file, 0, SEEK_END);
		size = ftell(file);
		rewind(file);
		data = malloc((size_t)size + 1);
		assert_non_null(data);
		assert_int_equal(fread(data, 1, (size_t)size, file), size);
		for (long at = 0; at + (long)len <= size; at++) {
			size_t same = 0;

			while (same < len &&
				(data[at + (long)same] | 0x20) == (word[same] | 0x20)) {
				same++;
			}
			found += same == len;
		}
		free(data);
		(void)fclose(file);
	}
	return found;
}

static void forget_all(struct cache_store *cache) {
	struct cache_forget forget = {0};
	struct err err = {0};
	int rc, steps = 0;

	while ((rc = cache_forget_step(cache, &forget, make_bare, &err)) == 1) {
		assert_true(++steps < 10000);
	}
	if (rc < 0) {
		fail_msg("%s", err.text);
	}
}

static bool count_row(void *data, const struct history_row *row) {
	(*(int *)data)++;
	assert_string_equal(row->place, "Pasar Gede");
	return true;
}

static int find_words(struct cache_store *cache, const char *words) {
	struct history_query query = {.words = words, .limit = MANY};
	int found = 0;

	assert_true(cache_history(cache, &query, count_row, &found, NULL));
	return found;
}

static void test_forgets_what_is_old_and_nothing_else(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir);

	/* Not in the order of time, as rows are that were summed up later. */
	for (int i = 0; i < MANY; i++) {
		save_incident(cache, i * 7 % MANY + 1);
	}
	assert_true(count_word(dir, "Aminah") > 0);
	assert_true(count_word(dir, "terbakar") > 0);
	/* 1, 10 to 19, 100 to 199. */
	assert_int_equal(find_words(cache, "menelepon1"), 111);
	assert_true(cache_want_forget(cache, HALF, NULL));
	forget_all(cache);
	assert_int_equal(count_word(dir, "Aminah"), 0);
	assert_int_equal(count_word(dir, "terbakar"), 0);
	assert_int_equal(count_word(dir, "7776665"), 0);
	assert_int_equal(find_words(cache, "aminah"), 0);
	assert_int_equal(find_words(cache, "terbakar"), 0);
	assert_int_equal(find_words(cache, "barusari"), MANY / 2 + 1);
	assert_int_equal(find_words(cache, "masihada"), MANY / 2 + 1);
	assert_int_equal(find_words(cache, "gede"), MANY);
	assert_int_equal(cache_history_count(cache, NULL), MANY);
	cache_close(cache);
	/* The same again finds nothing to do. */
	cache = open_cache(dir);
	forget_all(cache);
	assert_int_equal(find_words(cache, "masihada"), MANY / 2 + 1);
	cache_close(cache);
}

/* A console that was asleep has it all in memory, and saves it when it wakes up. */
static void test_what_comes_late_brings_nothing_back(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir);
	char id[UUID_SIZE];
	struct history_row row;
	struct cache_event event;

	save_incident(cache, 1);
	assert_true(cache_want_forget(cache, HALF, NULL));
	forget_all(cache);
	save_incident(cache, 1);
	assert_int_equal(count_word(dir, "Aminah"), 0);
	assert_int_equal(count_word(dir, "terbakar"), 0);
	/* Something new that is said about it goes with the next time. */
	name_id(id, 1);
	event = (struct cache_event){.seq = 9,
		.at_ms = HALF + DAY,
		.incident = id,
		.body = "note|tambahan",
		.personal = true};
	row = make_row(1, id, "tambahan");
	row.last_seq = 9;
	save(cache, &event, 1, &row, 0);
	assert_int_equal(find_words(cache, "tambahan"), 0);
	assert_true(count_word(dir, "tambahan") > 0);
	assert_true(cache_want_forget(cache, HALF + 1, NULL));
	forget_all(cache);
	assert_int_equal(count_word(dir, "tambahan"), 0);
	/* What was wanted before is part of what is. */
	assert_true(cache_want_forget(cache, HALF, NULL));
	forget_all(cache);
	cache_close(cache);
}

/* It is wanted with the save that brings the event, so that nothing comes between. */
static void test_what_is_wanted_outlives_the_console(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir);
	struct cache_event purged = {.seq = 1000, .at_ms = HALF, .incident = "", .body = "purged"};
	struct cache_forget forget = {0};

	for (int i = 1; i <= 100; i++) {
		save_incident(cache, i);
	}
	save(cache, &purged, 1, NULL, HALF);
	assert_int_equal(cache_forget_step(cache, &forget, make_bare, NULL), 1);
	cache_close(cache);
	cache = open_cache(dir);
	forget_all(cache);
	assert_int_equal(count_word(dir, "terbakar"), 0);
	cache_close(cache);
}

static void test_what_cannot_be_told_goes(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir);
	char id[UUID_SIZE], other[UUID_SIZE], open[UUID_SIZE];
	const struct cache_event events[] = {
		{.seq = 1,
			.at_ms = START,
			.incident = id,
			.body = "?|Aminah",
			.opens = true,
			.personal = true},
		{.seq = 2, .at_ms = START, .incident = id, .body = "end", .ends = true},
		/* Of an incident that had ended before this cache began. */
		{.seq = 3,
			.at_ms = HALF + DAY,
			.incident = other,
			.body = "note|Aminah",
			.personal = true},
		{.seq = 4,
			.at_ms = START,
			.incident = "",
			.body = "camera|Aminah",
			.personal = true},
		{.seq = 5,
			.at_ms = START,
			.incident = open,
			.body = "open|Terbukawati",
			.opens = true,
			.personal = true},
		{.seq = 6,
			.at_ms = HALF + DAY,
			.incident = "",
			.body = "camera|Barusari",
			.personal = true},
	};

	name_id(id, 1);
	name_id(other, 2);
	name_id(open, 3);
	save(cache, events, ARRAY_LEN(events), NULL, HALF);
	forget_all(cache);
	assert_int_equal(count_word(dir, "Aminah"), 0);
	assert_true(count_word(dir, "Terbukawati") > 0);
	assert_true(count_word(dir, "Barusari") > 0);
	cache_close(cache);
}

static void test_nothing_is_wanted_of_an_empty_cache(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir);

	assert_true(cache_want_forget(cache, HALF, NULL));
	forget_all(cache);
	cache_close(cache);
}

/* Somebody else who writes: it is put off, not lost. */
static void test_waits_for_another_console(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_cache(dir);
	struct cache_forget forget = {0};
	sqlite3 *other = NULL;
	struct err err = {0};

	save_incident(cache, 1);
	assert_true(cache_want_forget(cache, HALF, NULL));
	assert_int_equal(sqlite3_open(dir_file(dir, "cache.db"), &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(cache_forget_step(cache, &forget, make_bare, &err), -1);
	assert_true(err.text[0] != '\0');
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
	forget_all(cache);
	assert_int_equal(count_word(dir, "Aminah"), 0);
	cache_close(cache);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, dir_setup, dir_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_forgets_what_is_old_and_nothing_else),
		TEST(test_what_comes_late_brings_nothing_back),
		TEST(test_what_is_wanted_outlives_the_console),
		TEST(test_what_cannot_be_told_goes),
		TEST(test_nothing_is_wanted_of_an_empty_cache),
		TEST(test_waits_for_another_console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
