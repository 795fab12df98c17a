#include "test.h"

#include <siaga/base/macros.h>
#include <siaga/store/history.h>

#include "test_dir.h"

#define FEED  "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define FIRE  "11111111-1111-4111-8111-111111111111"
#define FLOOD "22222222-2222-4222-8222-222222222222"
#define DAY   INT64_C(86400000)
#define START INT64_C(1767225600000)

/* The numbers of the rows that came, each with a blank behind it. */
struct seen {
	char text[2000];
	int64_t first, last; /* their keys */
	int len, stop_at;
	struct history_row row; /* the last one; its numbers only */
};

static bool on_row(void *data, const struct history_row *row) {
	struct seen *seen = data;
	size_t have = strlen(seen->text);

	(void)snprintf(
		seen->text + have, sizeof(seen->text) - have, "%lld ", (long long)row->number);
	seen->first = seen->len == 0 ? row->key : seen->first;
	seen->last = row->key;
	seen->row = *row;
	return ++seen->len != seen->stop_at;
}

static bool on_event(void *data, const char *body, size_t len) {
	struct seen *seen = data;

	(void)strncat(seen->text, body, len);
	(void)strcat(seen->text, " ");
	return ++seen->len != seen->stop_at;
}

static struct cache_store *open_cache(struct test_dir *dir) {
	char notice[300];
	struct err err = {0};
	struct cache_store *cache = cache_open(dir->path, notice, sizeof(notice), &err);

	if (cache == NULL) {
		fail_msg("%s", err.text);
	}
	assert_string_equal(notice, "");
	return cache;
}

static void save_all(struct cache_store *cache, const struct cache_event *events, size_t len,
	const struct history_row *rows, size_t rows_len) {
	struct cache_meta meta = {
		.feed = FEED,
		.last_seq = len > 0 ? events[len - 1].seq : 1,
		.saved_at_ms = START,
		.name = "ayu",
		.role = "operator",
	};
	struct err err = {0};

	if (!cache_save(cache, &meta, events, len, rows, rows_len, &err)) {
		fail_msg("%s", err.text);
	}
}

static struct history_row make_row(int number, char id[UUID_SIZE]) {
	(void)snprintf(id, UUID_SIZE, "%08d-0000-4000-8000-000000000000", number);
	return (struct history_row){
		.id = id,
		.number = number,
		.kind = number % 10 == 0 ? "fire" : "medical",
		.priority = number % 2 == 0 ? "P1" : "P3",
		.state = number % 7 == 0 ? "false_alarm" : "closed",
		.mode = "actual",
		.place = number % 2 == 0 ? "Pasar Gede" : "Jl. Slamet Riyadi 12",
		.lat_e7 = -75701000,
		.lon_e7 = 1108300000,
		.received_ms = START + number * DAY,
		.ended_ms = START + number * DAY + 1000,
		.outcome = number % 7 == 0 ? "prank" : "handled",
		.caller = "Sri",
		.phone = "+62 800-555-0101",
		.agencies = "damkar psc119",
		.camera = "Gladag",
		.alarms = 2,
		.last_seq = 10 * number,
		.notes = "",
	};
}

static void save_row(struct cache_store *cache, const struct history_row *row) {
	save_all(cache, NULL, 0, row, 1);
}

/* Days 1 to 100, one incident each. */
static struct cache_store *open_hundred(struct test_dir *dir) {
	struct cache_store *cache = open_cache(dir);
	struct history_row rows[100];
	char ids[100][UUID_SIZE];

	for (int i = 0; i < 100; i++) {
		rows[i] = make_row(i + 1, ids[i]);
	}
	save_all(cache, NULL, 0, rows, ARRAY_LEN(rows));
	return cache;
}

static struct seen read_rows(struct cache_store *cache, const struct history_query *query) {
	struct seen seen = {0};
	struct err err = {0};

	if (!cache_history(cache, query, on_row, &seen, &err)) {
		fail_msg("%s", err.text);
	}
	return seen;
}

static void expect(struct cache_store *cache, struct history_query query, const char *want) {
	struct seen seen = read_rows(cache, &query);

	assert_string_equal(seen.text, want);
}

static void expect_words(struct cache_store *cache, const char *words, const char *want) {
	expect(cache, (struct history_query){.words = words, .limit = 5}, want);
}

static void test_nothing_yet(void **state) {
	struct cache_store *cache = open_cache(*state);
	char ids[2][UUID_SIZE];

	expect(cache, (struct history_query){0}, "");
	expect_words(cache, "kebakaran", "");
	assert_int_equal(cache_history_count(cache, NULL), 0);
	assert_int_equal(cache_history_behind(cache, ids, 2), 0);
	cache_close(cache);
}

static void test_row_comes_back_as_it_was(void **state) {
	struct cache_store *cache = open_cache(*state);
	char id[UUID_SIZE];
	struct history_row want = make_row(7, id);
	struct seen seen = {0};

	save_row(cache, &want);
	seen = read_rows(cache, &(struct history_query){0});
	assert_int_equal(seen.len, 1);
	assert_int_equal(seen.row.number, 7);
	assert_int_equal(seen.row.lat_e7, -75701000);
	assert_int_equal(seen.row.lon_e7, 1108300000);
	assert_int_equal(seen.row.received_ms, START + 7 * DAY);
	assert_int_equal(seen.row.ended_ms, START + 7 * DAY + 1000);
	assert_int_equal(seen.row.alarms, 2);
	assert_int_equal(seen.row.last_seq, 70);
	cache_close(cache);
}

static bool on_texts(void *data, const struct history_row *row) {
	char *out = data;

	(void)snprintf(out, 300, "%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s", row->id, row->kind,
		row->priority, row->state, row->mode, row->place, row->outcome, row->caller,
		row->phone, row->agencies, row->camera, row->notes);
	return true;
}

static void test_texts_of_a_row(void **state) {
	struct cache_store *cache = open_cache(*state);
	char id[UUID_SIZE], text[300] = "";
	struct history_row row = make_row(7, id);

	row.notes = "found by this, not shown";
	save_row(cache, &row);
	assert_true(cache_history(cache, &(struct history_query){0}, on_texts, text, NULL));
	assert_string_equal(text,
		"00000007-0000-4000-8000-000000000000|medical|P3|false_alarm|actual|"
		"Jl. Slamet Riyadi 12|prank|Sri|+62 800-555-0101|damkar psc119|Gladag|");
	cache_close(cache);
}

static void test_pages_to_the_oldest_and_back(void **state) {
	struct cache_store *cache = open_hundred(*state);
	struct seen seen = read_rows(cache, &(struct history_query){.limit = 3});
	struct history_query query = {.limit = 3};

	assert_string_equal(seen.text, "100 99 98 ");
	query.before = seen.last;
	seen = read_rows(cache, &query);
	assert_string_equal(seen.text, "97 96 95 ");
	expect(cache, (struct history_query){.limit = 2, .after = seen.first}, "99 98 ");
	expect(cache, (struct history_query){.limit = 9, .after = seen.first}, "100 99 98 ");
	query = (struct history_query){.limit = 40};
	for (int page = 0; page < 3; page++) {
		seen = read_rows(cache, &query);
		query.before = seen.last;
	}
	assert_int_equal(seen.len, 20);
	assert_int_equal(seen.row.number, 1);
	expect(cache, query, "");
	/* Asked for nothing special, a page is not the whole table. */
	assert_int_equal(read_rows(cache, &(struct history_query){0}).len, HISTORY_PAGE);
	assert_int_equal(cache_history_count(cache, NULL), 100);
	cache_close(cache);
}

static void test_reader_may_stop(void **state) {
	struct cache_store *cache = open_hundred(*state);
	struct seen seen = {.stop_at = 2};

	assert_true(cache_history(cache, &(struct history_query){0}, on_row, &seen, NULL));
	assert_string_equal(seen.text, "100 99 ");
	expect(cache, (struct history_query){.limit = 1}, "100 ");
	cache_close(cache);
}

static void test_filters(void **state) {
	struct cache_store *cache = open_hundred(*state);
	struct seen seen;

	expect(cache, (struct history_query){.kind = "fire", .limit = 3}, "100 90 80 ");
	expect(cache, (struct history_query){.state = "false_alarm", .limit = 3}, "98 91 84 ");
	expect(cache, (struct history_query){.state = "false_alarm", .kind = "fire"}, "70 ");
	expect(cache, (struct history_query){.priority = "P3", .limit = 2}, "99 97 ");
	expect(cache, (struct history_query){.kind = "crowd"}, "");
	expect(cache,
		(struct history_query){.from_ms = START + 10 * DAY, .to_ms = START + 13 * DAY},
		"12 11 10 ");
	expect(cache,
		(struct history_query){
			.from_ms = START + 10 * DAY, .to_ms = START + 31 * DAY, .kind = "fire"},
		"30 20 10 ");
	seen = read_rows(cache, &(struct history_query){.kind = "fire", .limit = 2});
	expect(cache, (struct history_query){.kind = "fire", .limit = 2, .before = seen.last},
		"80 70 ");
	expect(cache, (struct history_query){.kind = "fire", .limit = 1, .after = seen.last},
		"100 ");
	/* What is no word of ours is no expression either. */
	expect(cache, (struct history_query){.kind = "fire\" OR \"kind=medical"}, "");
	cache_close(cache);
}

static void test_search(void **state) {
	struct cache_store *cache = open_cache(*state);
	char ids[4][UUID_SIZE];
	struct history_row rows[] = {
		make_row(1, ids[0]), make_row(2, ids[1]), make_row(3, ids[2]), make_row(4, ids[3])};

	rows[0].notes = "Kios terbakar\u2014api besar; sudah ditelepon 081234567890. 2 korban";
	rows[1].caller = "B\u00fcnyamin";
	rows[1].phone = "0271 712-345";
	rows[2].place = "ꦱꦭ";
	rows[2].notes = "kind=fire, \"quoted\" AND NOT (x) * ^";
	rows[3].phone = "";
	save_all(cache, NULL, 0, rows, ARRAY_LEN(rows));

	expect_words(cache, "gede", "4 2 ");
	expect_words(cache, "GEDE pasar", "4 2 ");
	expect_words(cache, "pasar gede slamet", "");
	expect_words(cache, "pas", "4 2 "); /* the word that is being typed */
	expect_words(cache, "pas gede", "");
	expect_words(cache, "pas ", "");
	expect_words(cache, "terbakar api", "1 ");
	expect_words(cache, "#3", "3 ");
	expect_words(cache, "b\u00fcnyamin", "2 ");
	expect_words(cache, "ꦱꦭ", "3 ");
	/* One telephone number, however it is written. */
	expect_words(cache, "08005550101", "3 1 ");
	expect_words(cache, "+62 800 555 0101", "3 1 ");
	expect_words(cache, "628005550101", "3 1 ");
	expect_words(cache, "0800555", "3 1 ");
	expect_words(cache, "+6281234567890", "1 ");
	expect_words(cache, "0271712345 bünyamin", "2 ");
	expect_words(cache, "2 korban", "1 ");
	/* Marks of every kind part words, and are no language of queries. */
	expect_words(cache, "\"quoted\" AND", "3 ");
	expect_words(cache, "quoted* OR gede", "");
	expect_words(cache, "(x) ^ NOT", "3 ");
	expect_words(cache, "+ - \" ' * \u2014", "4 3 2 1 ");
	expect_words(cache, "fire kind", "3 ");
	expect_words(cache, "+62800", "3 1 ");
	expect(cache, (struct history_query){.words = "sri", .priority = "P1"}, "4 ");
	cache_close(cache);
}

/* Nobody types so much, but it may be pasted. */
static void test_search_for_very_much(void **state) {
	struct cache_store *cache = open_hundred(*state);
	static char words[30000];

	memset(words, 'z', sizeof(words) - 1);
	expect_words(cache, words, "");
	for (size_t i = 1; i < sizeof(words) - 1; i += 2) {
		words[i] = ' ';
	}
	expect_words(cache, words, "");
	cache_close(cache);
}

static void test_row_changes(void **state) {
	struct cache_store *cache = open_cache(*state);
	char id[UUID_SIZE];
	struct history_row row = make_row(2, id);

	save_row(cache, &row);
	row.place = "Pasar Legi";
	row.last_seq++;
	save_row(cache, &row);
	save_row(cache, &row);
	expect_words(cache, "legi", "2 ");
	expect_words(cache, "gede", "");
	assert_int_equal(cache_history_count(cache, NULL), 1);

	/* A console that is behind does not take it back. */
	row.place = "Pasar Gede";
	row.last_seq -= 2;
	save_row(cache, &row);
	expect_words(cache, "legi", "2 ");
	assert_int_equal(cache_history_count(cache, NULL), 1);
	cache_close(cache);
}

static void test_open_ones_have_no_row(void **state) {
	struct cache_store *cache = open_cache(*state);
	struct cache_event event = {
		.seq = 1, .at_ms = 1000, .incident = FIRE, .body = "raised", .opens = true};
	char id[UUID_SIZE];
	struct history_row row = make_row(2, id);

	row.id = FIRE;
	row.last_seq = 1;
	row.ended_ms = 0;
	save_all(cache, &event, 1, &row, 1);
	expect(cache, (struct history_query){0}, "");

	event = (struct cache_event){
		.seq = 2, .at_ms = 2000, .incident = FIRE, .body = "closed", .ends = true};
	row.last_seq = 2;
	row.ended_ms = 2000;
	save_all(cache, &event, 1, &row, 1);
	expect_words(cache, "gede", "2 ");

	event = (struct cache_event){
		.seq = 3, .at_ms = 3000, .incident = FIRE, .body = "reopened", .opens = true};
	row.last_seq = 3;
	row.ended_ms = 0;
	save_all(cache, &event, 1, &row, 1);
	expect(cache, (struct history_query){0}, "");
	expect_words(cache, "gede", "");
	assert_int_equal(cache_history_count(cache, NULL), 0);

	/* Another console, which has not heard of that yet, saves what it knows. */
	row.last_seq = 2;
	row.ended_ms = 2000;
	save_all(cache, NULL, 0, &row, 1);
	expect(cache, (struct history_query){0}, "");
	cache_close(cache);
}

/* A feed that numbers two incidents alike harms its own history, not the saving of events. */
static void test_same_number_twice(void **state) {
	struct cache_store *cache = open_cache(*state);
	char id[UUID_SIZE], other[UUID_SIZE];
	struct history_row row = make_row(2, id), twin = make_row(2, other);

	(void)snprintf(other, sizeof(other), FIRE);
	save_row(cache, &row);
	save_row(cache, &twin);
	expect(cache, (struct history_query){0}, "2 ");
	twin.number = -1;
	twin.received_ms = INT64_MIN;
	save_row(cache, &twin);
	twin.id = FLOOD;
	twin.received_ms = INT64_MAX;
	save_row(cache, &twin);
	expect(cache, (struct history_query){0}, "-1 2 -1 ");
	cache_close(cache);
}

static void test_events_of_one_incident(void **state) {
	struct cache_store *cache = open_cache(*state);
	const struct cache_event events[] = {
		{.seq = 1, .at_ms = 1000, .incident = FIRE, .body = "fire", .opens = true},
		{.seq = 2, .at_ms = 2000, .incident = FLOOD, .body = "flood", .opens = true},
		{.seq = 3, .at_ms = 3000, .incident = "", .body = "camera"},
		{.seq = 4, .at_ms = 4000, .incident = FIRE, .body = "note"},
	};
	struct seen seen = {0}, first = {.stop_at = 1};

	save_all(cache, events, ARRAY_LEN(events), NULL, 0);
	assert_true(cache_read_incident(cache, FIRE, on_event, &seen, NULL));
	assert_string_equal(seen.text, "fire note ");
	assert_true(cache_read_incident(cache, FIRE, on_event, &first, NULL));
	assert_string_equal(first.text, "fire ");
	assert_true(cache_read_incident(cache, "nobody", on_event, &seen, NULL));
	assert_string_equal(seen.text, "fire note ");
	cache_close(cache);
}

static void test_rows_that_are_behind(void **state) {
	struct cache_store *cache = open_cache(*state);
	struct cache_event event = {
		.seq = 1, .at_ms = 1000, .incident = FIRE, .body = "fire", .opens = true};
	char id[UUID_SIZE], ids[4][UUID_SIZE];
	struct history_row row = make_row(1, id);

	row.id = FIRE;
	save_all(cache, &event, 1, NULL, 0);
	assert_int_equal(cache_history_behind(cache, ids, 4), 0);
	/* It ends when it is not in the console's memory. */
	event = (struct cache_event){
		.seq = 2, .at_ms = 2000, .incident = FIRE, .body = "out", .ends = true};
	save_all(cache, &event, 1, NULL, 0);
	assert_int_equal(cache_history_behind(cache, ids, 4), 1);
	assert_string_equal(ids[0], FIRE);
	row.last_seq = 2;
	assert_true(cache_history_mend(cache, FIRE, &row, NULL));
	assert_int_equal(cache_history_behind(cache, ids, 4), 0);
	expect(cache, (struct history_query){0}, "1 ");
	/* Then something more is said of it. */
	event = (struct cache_event){.seq = 3, .at_ms = 3000, .incident = FIRE, .body = "note"};
	save_all(cache, &event, 1, NULL, 0);
	save_all(cache, &event, 1, NULL, 0);
	assert_int_equal(cache_history_behind(cache, ids, 4), 1);
	/* What is older than that does not bring it up to date; what is as new does. */
	save_all(cache, &event, 1, &row, 1);
	assert_int_equal(cache_history_behind(cache, ids, 4), 1);
	row.last_seq = 3;
	save_all(cache, &event, 1, &row, 1);
	assert_int_equal(cache_history_behind(cache, ids, 4), 0);
	/* And one whose events nobody can read is given up. */
	event.seq = 4;
	save_all(cache, &event, 1, NULL, 0);
	assert_int_equal(cache_history_behind(cache, ids, 4), 1);
	assert_true(cache_history_mend(cache, FIRE, NULL, NULL));
	assert_int_equal(cache_history_behind(cache, ids, 4), 0);
	expect(cache, (struct history_query){0}, "1 ");
	cache_close(cache);
}

static void test_two_consoles_share_it(void **state) {
	struct cache_store *cache = open_hundred(*state), *other = open_cache(*state);
	char id[UUID_SIZE];
	struct history_row row = make_row(200, id);

	save_row(other, &row);
	expect(cache, (struct history_query){.limit = 2}, "200 100 ");
	expect(cache, (struct history_query){.words = "200"}, "200 ");
	assert_int_equal(cache_history_count(cache, NULL), 101);
	cache_close(other);
	cache_close(cache);
	cache = open_cache(*state);
	expect(cache, (struct history_query){.limit = 2}, "200 100 ");
	cache_close(cache);
}

static void test_set_aside_with_the_rest(void **state) {
	struct cache_store *cache = open_hundred(*state);
	char aside[PATH_MAX], id[UUID_SIZE];
	struct history_row row = make_row(3, id);
	struct err err = {0};

	if (!cache_set_aside(cache, aside, sizeof(aside), &err)) {
		fail_msg("%s", err.text);
	}
	expect(cache, (struct history_query){0}, "");
	expect_words(cache, "pasar", "");
	assert_int_equal(cache_history_count(cache, NULL), 0);
	save_row(cache, &row);
	expect_words(cache, "slamet", "3 ");
	cache_close(cache);
}

/* The schema of version 1, as it was. */
static const char old_schema[] =
	"CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), feed TEXT NOT NULL,"
	" last_seq INTEGER NOT NULL, saved_at_ms INTEGER NOT NULL, name TEXT NOT NULL,"
	" role TEXT NOT NULL, agency TEXT NOT NULL) STRICT;"
	"CREATE TABLE registry(id INTEGER PRIMARY KEY CHECK(id = 1), json TEXT NOT NULL) STRICT;"
	"CREATE TABLE event(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, incident TEXT,"
	" body TEXT NOT NULL) STRICT;"
	"CREATE INDEX event_by_incident ON event(incident, seq) WHERE incident IS NOT NULL;"
	"CREATE TABLE incident(id TEXT PRIMARY KEY, state_seq INTEGER NOT NULL,"
	" ended_at_ms INTEGER) STRICT, WITHOUT ROWID;"
	"CREATE INDEX incident_by_end ON incident(ended_at_ms);"
	"CREATE TABLE outbox(id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, frame TEXT NOT NULL) "
	"STRICT;"
	"PRAGMA application_id=1397309763; PRAGMA user_version=1; PRAGMA journal_mode=WAL;"
	"INSERT INTO meta VALUES(1, '" FEED "', 2, 9000, 'ayu', 'operator', '');"
	"INSERT INTO event VALUES(1, 1000, '" FIRE "', 'fire'), (2, 2000, '" FIRE "', 'out');"
	"INSERT INTO incident VALUES('" FIRE "', 2, 2000);"
	"INSERT INTO outbox VALUES('" FLOOD "', 7, '{}');";

static void test_file_of_an_older_console(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache;
	struct cache_meta meta;
	struct seen seen = {0};
	char id[UUID_SIZE], ids[2][UUID_SIZE];
	struct history_row row = make_row(1, id);

	assert_true(run_sql(dir_file(dir, "cache.db"), old_schema));
	cache = open_cache(dir);
	assert_true(cache_get_meta(cache, &meta, NULL));
	assert_int_equal(meta.last_seq, 2);
	assert_true(cache_read_incident(cache, FIRE, on_event, &seen, NULL));
	assert_string_equal(seen.text, "fire out ");
	/* Its incidents wait to be summed up. */
	assert_int_equal(cache_history_behind(cache, ids, 2), 1);
	assert_string_equal(ids[0], FIRE);
	row.id = FIRE;
	assert_true(cache_history_mend(cache, FIRE, &row, NULL));
	expect_words(cache, "slamet", "1 ");
	cache_close(cache);
	cache = open_cache(dir);
	expect_words(cache, "slamet", "1 ");
	assert_int_equal(cache_history_behind(cache, ids, 2), 0);
	cache_close(cache);
}

/* The events are there but the index of words is not: every reading says so, and nothing crashes.
 */
static void test_broken_index(void **state) {
	struct test_dir *dir = *state;
	struct cache_store *cache = open_hundred(dir);
	struct seen seen = {0};
	struct err err = {0};

	cache_close(cache);
	assert_true(run_sql(dir_file(dir, "cache.db"),
		"UPDATE history_words_data SET block = x'00ff00ff' WHERE id > 10"));
	cache = open_cache(dir);
	assert_false(cache_history(
		cache, &(struct history_query){.words = "pasar"}, on_row, &seen, &err));
	assert_true(err.text[0] != '\0');
	expect(cache, (struct history_query){.limit = 1}, "100 ");
	cache_close(cache);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dir_setup, dir_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_yet),
		TEST(test_row_comes_back_as_it_was),
		TEST(test_texts_of_a_row),
		TEST(test_pages_to_the_oldest_and_back),
		TEST(test_reader_may_stop),
		TEST(test_filters),
		TEST(test_search),
		TEST(test_search_for_very_much),
		TEST(test_row_changes),
		TEST(test_open_ones_have_no_row),
		TEST(test_same_number_twice),
		TEST(test_events_of_one_incident),
		TEST(test_rows_that_are_behind),
		TEST(test_two_consoles_share_it),
		TEST(test_set_aside_with_the_rest),
		TEST(test_file_of_an_older_console),
		TEST(test_broken_index),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
