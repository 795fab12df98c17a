#include <siaga/store/history.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "cache_private.h"
#include "db.h"

#define WORDS_MAX        16384 /* bytes of a row that can be searched */
#define WORD_SIZE        128
#define QUERY_WORDS_MAX  12
#define PHONE_DIGITS_MIN 7 /* fewer are a number like any other */
#define PHONE_DIGITS_MAX 14
#define PHONE_GROUP_MIN  3
#define KEY_NUMBER_BITS  20 /* key: milliseconds, then so many bits of the number */
#define KEY_TIME_MAX     ((INT64_C(1) << (62 - KEY_NUMBER_BITS)) - 1)

enum history_stmt {
	HISTORY_OLDER,
	HISTORY_NEWER,
	HISTORY_WORDS_OLDER,
	HISTORY_WORDS_NEWER,
	HISTORY_COUNT,
	HISTORY_INCIDENT,
	HISTORY_BEHIND,
	HISTORY_STMT_COUNT
};

#define COLUMNS                                                                                    \
	"h.key, h.id, h.number, h.kind, h.priority, h.state, h.mode, h.place, h.lat_e7, h.lon_e7," \
	" h.received_ms, h.ended_ms, h.outcome, h.caller, h.phone, h.agencies, h.camera, "         \
	"h.alarms,"                                                                                \
	" h.last_seq"
#define WINDOW      "h.key > ?1 AND h.key < ?2"
#define FROM_WORDS  " FROM history_words w CROSS JOIN history h ON h.key = w.rowid"
#define WORD_WINDOW "w.history_words MATCH ?4 AND w.rowid > ?1 AND w.rowid < ?2"

/* ?1 and ?2: between these keys; ?3: so many; ?4: words. */
static const char *const history_sql[] = {
	[HISTORY_OLDER] =
		"SELECT " COLUMNS " FROM history h WHERE " WINDOW " ORDER BY h.key DESC LIMIT ?3",
	[HISTORY_NEWER] = "SELECT * FROM (SELECT " COLUMNS " FROM history h WHERE " WINDOW
			  " ORDER BY h.key LIMIT ?3) ORDER BY key DESC",
	[HISTORY_WORDS_OLDER] = "SELECT " COLUMNS FROM_WORDS " WHERE " WORD_WINDOW
				" ORDER BY w.rowid DESC LIMIT ?3",
	[HISTORY_WORDS_NEWER] = "SELECT * FROM (SELECT " COLUMNS FROM_WORDS " WHERE " WORD_WINDOW
				" ORDER BY w.rowid LIMIT ?3) ORDER BY key DESC",
	[HISTORY_COUNT] = "SELECT ended FROM history_count",
	[HISTORY_INCIDENT] = "SELECT body FROM event WHERE incident = ?1 ORDER BY seq",
	[HISTORY_BEHIND] = "SELECT id FROM behind LIMIT ?1",
};
static_assert(ARRAY_LEN(history_sql) == HISTORY_STMT_COUNT, "a statement for each number");

bool history_open(struct cache_store *cache, struct err *err) {
	cache->history_kind = *cache->db.kind;
	cache->history_kind.sql = history_sql;
	cache->history_kind.sql_len = HISTORY_STMT_COUNT;
	return db_open(&cache->history, cache->dir, &cache->history_kind, 0, err) == DB_OK;
}

static int64_t key_of(int64_t received_ms, int64_t number) {
	int64_t at = received_ms < 0 ? 0 : received_ms > KEY_TIME_MAX ? KEY_TIME_MAX : received_ms;

	return (int64_t)((uint64_t)at << KEY_NUMBER_BITS |
			 ((uint64_t)number & ((UINT64_C(1) << KEY_NUMBER_BITS) - 1)));
}

/* --- words: the same folding for what is kept and what is looked for --- */

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static size_t digits_at(const char *text) {
	size_t len = 0;

	while (is_digit(text[len])) {
		len++;
	}
	return len;
}

/*
 * Bytes that a telephone number takes here, in groups apart by one blank, dash or dot; 0 when there
 * is none. `out` gets it as it is dialled at home, where a 0 stands for the country's 62.
 */
static size_t take_phone(const char *text, char out[PHONE_DIGITS_MAX + 1]) {
	size_t at = text[0] == '+', group = digits_at(text + at), len = 0;

	if (text[0] != '+' && text[0] != '0' && strncmp(text, "62", 2) != 0) {
		return 0;
	}
	while (group > 0 && len + group <= PHONE_DIGITS_MAX) {
		memcpy(out + len, text + at, group);
		len += group;
		at += group;
		/* A short group is more likely a number of its own: "0812345678 2 orang". */
		group = text[at] == ' ' || text[at] == '-' || text[at] == '.'
				? digits_at(text + at + 1)
				: 0;
		if (group < PHONE_GROUP_MIN) {
			break;
		}
		at++;
	}
	at -= at > 0 && !is_digit(text[at - 1]);
	out[len] = '\0';
	if (len < (text[0] == '+' ? 2 : PHONE_DIGITS_MIN)) {
		return 0;
	}
	if (strncmp(out, "62", 2) == 0) {
		out[0] = '0';
		/* By hand: valgrind takes a checked memmove() for a memcpy(), and complains. */
		for (size_t i = 1; i < len; i++) {
			out[i] = out[i + 1];
		}
	}
	return at;
}

/* Bytes of what parts words here: ASCII that is neither letter nor digit, and the dashes, quotes
 * and blanks of U+2000 to U+206F; 0 inside a word. */
static size_t take_gap(const char *text) {
	unsigned char c = (unsigned char)text[0];

	if (c == 0xe2 && ((unsigned char)text[1] == 0x80 || (unsigned char)text[1] == 0x81)) {
		return 3;
	}
	return is_digit(text[0]) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80
		       ? 0
		       : 1;
}

/* The next word from *text on; false at the end. Case is the index's matter. */
static bool next_word(const char **text, char out[WORD_SIZE]) {
	char phone[PHONE_DIGITS_MAX + 1];
	const char *at = *text;
	size_t len = 0, taken;

	while ((taken = take_phone(at, phone)) == 0) {
		if (*at == '\0') {
			return false;
		}
		if (take_gap(at) == 0) {
			break;
		}
		at += take_gap(at);
	}
	if (taken > 0) {
		*text = at + taken;
		(void)text_copy(out, WORD_SIZE, phone);
		return true;
	}
	for (; *at != '\0' && take_gap(at) == 0; at++) {
		if (len + 1 < WORD_SIZE) {
			out[len++] = *at;
		}
	}
	out[len] = '\0';
	*text = at;
	return true;
}

static void add_words(struct buf *out, const char *text) {
	char word[WORD_SIZE];

	while (out->len < WORDS_MAX && next_word(&text, word)) {
		buf_printf(out, "%s ", word);
	}
}

/* "kind=fire": no word that anybody types holds a "=", so that it means the column alone. */
static void add_tag(struct buf *out, const char *name, const char *value) {
	buf_printf(out, "%s=", name);
	for (; *value != '\0'; value++) {
		if (take_gap(value) == 0 || *value == '_') {
			buf_add(out, value, 1);
		}
	}
	buf_add_str(out, " ");
}

static char *dup_words(const struct history_row *row) {
	struct buf words = {0};

	add_tag(&words, "kind", row->kind);
	add_tag(&words, "priority", row->priority);
	add_tag(&words, "state", row->state);
	buf_printf(&words, "%lld ", (long long)row->number);
	add_words(&words, row->caller);
	add_words(&words, row->phone);
	add_words(&words, row->place);
	add_words(&words, row->notes);
	return words.data;
}

/* The expression of the index for all that is asked, NULL for nothing. */
static char *dup_match(const struct history_query *query) {
	const char *text = query->words != NULL ? query->words : "";
	const char *const tags[][2] = {
		{"kind", query->kind},
		{"priority", query->priority},
		{"state", query->state},
	};
	struct buf match = {0};
	char word[WORD_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if (tags[i][1] != NULL) {
			buf_add_str(&match, "\"");
			add_tag(&match, tags[i][0], tags[i][1]);
			buf_add_str(&match, "\" ");
		}
	}
	for (int i = 0; i < QUERY_WORDS_MAX && next_word(&text, word); i++) {
		/* No word has a quote in it: it parts words. */
		buf_printf(&match, "\"%s\"%s ", word, *text == '\0' ? "*" : "");
	}
	return match.data;
}

/* --- saving --- */

static bool put_row(struct cache_store *cache, const struct history_row *row, int64_t key,
	const char *words, struct err *err) {
	struct db *db = &cache->db;
	sqlite3_stmt *stmt = db_stmt(db, CACHE_HISTORY_PUT);

	db_bind_int(db, stmt, 1, key);
	db_bind_str(db, stmt, 2, row->id);
	db_bind_int(db, stmt, 3, row->number);
	db_bind_str(db, stmt, 4, row->kind);
	db_bind_str(db, stmt, 5, row->priority);
	db_bind_str(db, stmt, 6, row->state);
	db_bind_str(db, stmt, 7, row->mode);
	db_bind_str(db, stmt, 8, row->place);
	db_bind_int(db, stmt, 9, row->lat_e7);
	db_bind_int(db, stmt, 10, row->lon_e7);
	db_bind_int(db, stmt, 11, row->received_ms);
	db_bind_int(db, stmt, 12, row->ended_ms);
	db_bind_str(db, stmt, 13, row->outcome);
	db_bind_str(db, stmt, 14, row->caller);
	db_bind_str(db, stmt, 15, row->phone);
	db_bind_str(db, stmt, 16, row->agencies);
	db_bind_str(db, stmt, 17, row->camera);
	db_bind_int(db, stmt, 18, row->alarms);
	db_bind_int(db, stmt, 19, row->last_seq);
	db_bind_str(db, stmt, 20, words);
	return db_run(db, stmt, err);
}

/*
 * What the index of words is to be told, which is what it holds where that is to go. It is told at
 * the end of the transaction: each statement on a table after one on the index makes it write out
 * all that it has, and pieces of an incident each cost more to merge than to make.
 */
static void put_words(struct cache_store *cache, enum cache_stmt which, int64_t key, char *take) {
	struct history_words *words = &cache->words;

	if (words->len == words->cap) {
		words->cap = words->cap > 0 ? 2 * words->cap : 16;
		words->items = mem_resize(words->items, words->cap, sizeof(*words->items));
	}
	words->items[words->len++] =
		(struct history_word){.which = which, .key = key, .words = take};
}

static void forget_words(struct history_words *words) {
	for (size_t i = 0; i < words->len; i++) {
		free(words->items[i].words);
	}
	words->len = 0;
}

bool history_end(struct cache_store *cache, bool done, struct err *err) {
	struct history_words *words = &cache->words;

	for (size_t i = 0; done && i < words->len; i++) {
		sqlite3_stmt *stmt = db_stmt(&cache->db, (int)words->items[i].which);

		db_bind_int(&cache->db, stmt, 1, words->items[i].key);
		db_bind_str(&cache->db, stmt, 2, words->items[i].words);
		done = db_run(&cache->db, stmt, err);
	}
	forget_words(words);
	return done;
}

void history_close(struct cache_store *cache) {
	forget_words(&cache->words);
	free(cache->words.items);
	db_close(&cache->history);
}

/* What is kept of the incident: 1 (words are the caller's to free), 0 nothing, -1 error. */
static int get_old(struct cache_store *cache, const char *id, int64_t *key, int64_t *last_seq,
	char **words, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_HISTORY_GET);
	int rc;

	db_bind_str(&cache->db, stmt, 1, id);
	rc = db_step(&cache->db, stmt, err);
	if (rc == 1) {
		*key = sqlite3_column_int64(stmt, 0);
		*last_seq = sqlite3_column_int64(stmt, 1);
		*words = mem_dup_str(db_column(stmt, 2, NULL));
		db_reset(stmt);
	}
	return rc;
}

/* Takes away what is kept of the incident; takes the words. */
static bool drop_row(
	struct cache_store *cache, const char *id, int64_t key, char *take_words, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_HISTORY_DROP);

	put_words(cache, CACHE_WORDS_DROP, key, take_words);
	db_bind_str(&cache->db, stmt, 1, id);
	return db_run(&cache->db, stmt, err);
}

bool history_forget(struct cache_store *cache, const char *id, struct err *err) {
	struct db *db = &cache->db;
	struct history_row row = {.id = id, .caller = "", .phone = "", .notes = ""};
	char *words, *old_words = NULL;
	int64_t key, last_seq;
	int rc = get_old(cache, id, &key, &last_seq, &old_words, err);
	sqlite3_stmt *stmt = db_stmt(db, CACHE_HISTORY_ROW);
	bool done = rc >= 0;

	if (rc != 1) {
		return done;
	}
	db_bind_str(db, stmt, 1, id);
	done = db_step(db, stmt, err) == 1;
	if (done) {
		row.number = sqlite3_column_int64(stmt, 0);
		row.kind = db_column(stmt, 1, NULL);
		row.priority = db_column(stmt, 2, NULL);
		row.state = db_column(stmt, 3, NULL);
		row.place = db_column(stmt, 4, NULL);
		words = dup_words(&row);
		db_reset(stmt);
		put_words(cache, CACHE_WORDS_DROP, key, old_words);
		old_words = NULL;
		stmt = db_stmt(db, CACHE_HISTORY_BARE);
		db_bind_str(db, stmt, 1, id);
		db_bind_str(db, stmt, 2, words);
		done = db_run(db, stmt, err);
		put_words(cache, CACHE_WORDS_PUT, key, words);
	}
	free(old_words);
	return done;
}

/* Whether the incident is one of those whose persons are forgotten; a console that comes late with
 * what it still has in memory brings nothing back. */
static bool is_forgotten(struct cache_store *cache, const struct history_row *row) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_FORGOTTEN);
	bool forgotten = false;

	if (db_step(&cache->db, stmt, NULL) == 1) {
		forgotten = row->ended_ms < sqlite3_column_int64(stmt, 0);
		db_reset(stmt);
	}
	return forgotten;
}

static bool put_over(struct cache_store *cache, const struct history_row *row, struct err *err) {
	char *words, *old_words = NULL;
	int64_t key = key_of(row->received_ms, row->number), last_seq = 0;
	int rc = get_old(cache, row->id, &key, &last_seq, &old_words, err);
	bool done = rc >= 0;

	if (rc < 0 || (rc == 1 && row->last_seq < last_seq)) {
		goto out;
	}
	if (rc == 1) {
		done = drop_row(cache, row->id, key, old_words, err);
		old_words = NULL;
	}
	if (done && row->ended_ms != 0) {
		words = dup_words(row);
		done = put_row(cache, row, key, words, err);
		if (done && sqlite3_changes(cache->db.handle) > 0) {
			put_words(cache, CACHE_WORDS_PUT, key, words);
		} else {
			free(words);
		}
	}
out:
	free(old_words);
	return done;
}

bool history_put(struct cache_store *cache, const struct history_row *row, struct err *err) {
	struct history_row kept = *row;
	sqlite3_stmt *stmt;

	if (row->ended_ms != 0 && is_forgotten(cache, row)) {
		kept.caller = kept.phone = kept.notes = "";
	}
	if (!put_over(cache, &kept, err)) {
		return false;
	}
	stmt = db_stmt(&cache->db, CACHE_BEHIND_DROP);
	db_bind_str(&cache->db, stmt, 1, row->id);
	db_bind_int(&cache->db, stmt, 2, row->last_seq);
	return db_run(&cache->db, stmt, err);
}

bool cache_history_mend(
	struct cache_store *cache, const char *id, const struct history_row *row, struct err *err) {
	sqlite3_stmt *stmt;
	bool done;

	if (!cache_begin(cache, err)) {
		return false;
	}
	done = row == NULL || history_put(cache, row, err);
	/* Also where a row does not know of the last event: what could be read has been read. */
	stmt = db_stmt(&cache->db, CACHE_BEHIND_DROP);
	db_bind_str(&cache->db, stmt, 1, id);
	db_bind_int(&cache->db, stmt, 2, INT64_MAX);
	done = done && db_run(&cache->db, stmt, err);
	return cache_end(cache, done, err);
}

size_t cache_history_behind(struct cache_store *cache, char (*ids)[UUID_SIZE], size_t max) {
	sqlite3_stmt *stmt = db_stmt(&cache->history, HISTORY_BEHIND);
	size_t len = 0;

	db_bind_int(&cache->history, stmt, 1, (int64_t)max);
	while (len < max && db_step(&cache->history, stmt, NULL) == 1) {
		(void)text_copy(ids[len++], UUID_SIZE, db_column(stmt, 0, NULL));
	}
	db_reset(stmt);
	return len;
}

/* --- reading --- */

static void get_row(sqlite3_stmt *stmt, struct history_row *row) {
	*row = (struct history_row){
		.key = sqlite3_column_int64(stmt, 0),
		.id = db_column(stmt, 1, NULL),
		.number = sqlite3_column_int64(stmt, 2),
		.kind = db_column(stmt, 3, NULL),
		.priority = db_column(stmt, 4, NULL),
		.state = db_column(stmt, 5, NULL),
		.mode = db_column(stmt, 6, NULL),
		.place = db_column(stmt, 7, NULL),
		.lat_e7 = (int32_t)sqlite3_column_int64(stmt, 8),
		.lon_e7 = (int32_t)sqlite3_column_int64(stmt, 9),
		.received_ms = db_column_number(stmt, 10, DB_MS_MAX),
		.ended_ms = db_column_number(stmt, 11, DB_MS_MAX),
		.outcome = db_column(stmt, 12, NULL),
		.caller = db_column(stmt, 13, NULL),
		.phone = db_column(stmt, 14, NULL),
		.agencies = db_column(stmt, 15, NULL),
		.camera = db_column(stmt, 16, NULL),
		.alarms = sqlite3_column_int64(stmt, 17),
		.last_seq = sqlite3_column_int64(stmt, 18),
		.notes = "",
	};
}

bool cache_history(struct cache_store *cache, const struct history_query *query,
	history_row_fn on_row, void *data, struct err *err) {
	struct db *db = &cache->history;
	int64_t low = query->from_ms > 0 ? key_of(query->from_ms, 0) - 1 : -1;
	int64_t high = query->to_ms > 0 ? key_of(query->to_ms, 0) : INT64_MAX;
	char *match = dup_match(query);
	sqlite3_stmt *stmt;
	int rc;

	if (query->after > low) {
		low = query->after;
	}
	if (query->before > 0 && query->before < high) {
		high = query->before;
	}
	if (query->after > 0) {
		stmt = db_stmt(db, match != NULL ? HISTORY_WORDS_NEWER : HISTORY_NEWER);
	} else {
		stmt = db_stmt(db, match != NULL ? HISTORY_WORDS_OLDER : HISTORY_OLDER);
	}
	db_bind_int(db, stmt, 1, low);
	db_bind_int(db, stmt, 2, high);
	db_bind_int(db, stmt, 3, query->limit > 0 ? query->limit : HISTORY_PAGE);
	if (match != NULL) {
		db_bind_str(db, stmt, 4, match);
	}
	while ((rc = db_step(db, stmt, err)) == 1) {
		struct history_row row;

		get_row(stmt, &row);
		if (!on_row(data, &row)) {
			db_reset(stmt);
			break;
		}
	}
	free(match);
	return rc >= 0;
}

int64_t cache_history_count(struct cache_store *cache, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->history, HISTORY_COUNT);
	int64_t count = -1;

	if (db_step(&cache->history, stmt, err) == 1) {
		count = sqlite3_column_int64(stmt, 0);
		db_reset(stmt);
	}
	return count;
}

bool cache_read_incident(struct cache_store *cache, const char *id, cache_event_fn on_event,
	void *data, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->history, HISTORY_INCIDENT);
	int rc;

	db_bind_str(&cache->history, stmt, 1, id);
	while ((rc = db_step(&cache->history, stmt, err)) == 1) {
		size_t len;
		const char *body = db_column(stmt, 0, &len);

		if (!on_event(data, body, len)) {
			db_reset(stmt);
			break;
		}
	}
	return rc >= 0;
}
