/*
 * How commands were answered. They are found by ids that are as good as random, so in a table that
 * is ordered by them each new one changes a page of its own. What is new is therefore added to the
 * end of a table without any order, where a commit's answers lie together, and is found by what is
 * held in memory; when there is time it goes to the ordered one.
 */
#include <siaga/store/log.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/table.h>
#include <siaga/base/text.h>

#include "log_private.h"

/* So many new ones are in memory at most, some 80 bytes each. */
#define NEW_MOST 65536
#define NEW_SOME 1024
/* Pauses of the writer, in milliseconds: in one so long a slice is settled, and then, as long as
 * nothing else comes, one after the other. Who has to be quick all the time has no such pause, and
 * where there is no room for new ones any more each costs a little more. */
#define PAUSE_MS 250
#define NEXT_MS  20

/* Where a new answer is. That its id is that of another one is possible, so that is read, too. */
struct log_new_answer {
	UT_hash_handle hh; /* in the order of n */
	uint64_t key;
	int64_t n;
};

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t key_of(const char *id) {
	uint64_t key = UINT64_C(0xcbf29ce484222325);

	for (; *id != '\0'; id++) {
		key = (key ^ (unsigned char)*id) * UINT64_C(0x100000001b3);
	}
	return key;
}

static struct log_new_answer *find(struct log_store *log, const char *id) {
	struct log_new_answer *found;
	uint64_t key = key_of(id);

	HASH_FIND(hh, log->new_answers, &key, sizeof(key), found);
	return found;
}

static void hold(struct log_store *log, const char *id, int64_t n) {
	struct log_new_answer *item = mem_alloc(1, sizeof(*item));

	item->key = key_of(id);
	item->n = log->new_last = n;
	HASH_ADD(hh, log->new_answers, key, sizeof(item->key), item);
}

static void drop(struct log_store *log, struct log_new_answer *item) {
	HASH_DEL(log->new_answers, item);
	free(item);
}

void log_drop_answers(struct log_store *log) {
	struct log_new_answer *item, *next;

	HASH_ITER (hh, log->new_answers, item, next) {
		drop(log, item);
	}
	log->new_known = false;
}

/* One that is not held would be given a second time. */
bool log_load_answers(struct log_store *log, struct err *err) {
	sqlite3_stmt *stmt;
	int rc;

	if (log->new_known) {
		return true;
	}
	log_drop_answers(log);
	stmt = db_prepare(&log->db, "SELECT n, id FROM answer_new ORDER BY n", err);
	rc = stmt == NULL ? -1 : 1;
	while (rc == 1 && (rc = db_step(&log->db, stmt, err)) == 1) {
		hold(log, db_column(stmt, 1, NULL), sqlite3_column_int64(stmt, 0));
	}
	(void)sqlite3_finalize(stmt);
	log->new_known = rc == 0;
	return log->new_known;
}

/* What is settled is found in the other table from now on. */
void log_commit_answers(struct log_store *log) {
	struct log_new_answer *item, *next;

	HASH_ITER (hh, log->new_answers, item, next) {
		if (item->n > log->new_settled) {
			break;
		}
		drop(log, item);
	}
	log->new_settled = 0;
	log->new_failed = log->new_settles = false;
}

/* --- in a transaction --- */

void log_get_answer_row(sqlite3_stmt *stmt, struct log_answer *out) {
	*out = (struct log_answer){
		.refused = sqlite3_column_int(stmt, 0) != 0,
		.seq = sqlite3_column_int64(stmt, 1),
		.number = sqlite3_column_int64(stmt, 6),
	};
	text_copy(out->code, sizeof(out->code), db_column(stmt, 2, NULL));
	text_copy(out->message, sizeof(out->message), db_column(stmt, 3, NULL));
	text_copy(out->incident, sizeof(out->incident), db_column(stmt, 4, NULL));
	text_copy(out->alarm, sizeof(out->alarm), db_column(stmt, 5, NULL));
}

/* The one that a statement finds; it has its id as ?1. */
static int get(struct log_store *log, sqlite3_stmt *stmt, const char *id, struct log_answer *out,
	struct err *err) {
	int rc;

	db_bind_str(&log->db, stmt, 1, id);
	rc = db_step(&log->db, stmt, err);
	if (rc == 1) {
		log_get_answer_row(stmt, out);
		text_copy(out->id, sizeof(out->id), id);
		db_reset(stmt);
	}
	return rc;
}

static int get_new(struct log_store *log, const struct log_new_answer *item, const char *id,
	struct log_answer *out, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_ANSWER_NEW_GET);

	db_bind_int(&log->db, stmt, 2, item->n);
	return get(log, stmt, id, out, err);
}

int log_get_answer(struct log_store *log, const char *id, struct log_answer *out, struct err *err) {
	const struct log_new_answer *item;
	int rc;

	if (log->lock < 0) {
		(void)err_set(err, "%s: opened for reading", log->db.path);
		return -1;
	}
	if (!log_load_answers(log, err)) {
		return -1;
	}
	item = find(log, id);
	rc = item != NULL ? get_new(log, item, id, out, err) : 0;
	return rc != 0 ? rc : get(log, db_stmt(&log->db, LOG_ANSWER_GET), id, out, err);
}

static bool put(struct log_store *log, sqlite3_stmt *stmt, const struct log_answer *answer,
	int64_t at_ms, struct err *err) {
	db_bind_str(&log->db, stmt, 1, answer->id);
	db_bind_int(&log->db, stmt, 2, at_ms);
	db_bind_int(&log->db, stmt, 3, answer->refused ? 1 : 0);
	db_bind_int(&log->db, stmt, 4, answer->seq);
	db_bind_str(&log->db, stmt, 5, answer->code);
	db_bind_str(&log->db, stmt, 6, answer->message);
	db_bind_str(&log->db, stmt, 7, answer->incident);
	db_bind_str(&log->db, stmt, 8, answer->alarm);
	db_bind_int(&log->db, stmt, 9, answer->number);
	return db_run(&log->db, stmt, err);
}

/* To the end of the new ones, where it is not settled already. */
static bool put_new(
	struct log_store *log, const struct log_answer *answer, int64_t at_ms, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_ANSWER_NEW_PUT);
	int64_t n = log->new_last + 1;

	db_bind_int(&log->db, stmt, 10, n);
	if (!put(log, stmt, answer, at_ms, err)) {
		return false;
	}
	if (sqlite3_changes(log->db.handle) > 0) {
		hold(log, answer->id, n);
	}
	return true;
}

bool log_put_answer(
	struct log_store *log, const struct log_answer *answer, int64_t at_ms, struct err *err) {
	const struct log_new_answer *item;
	struct log_answer first;
	int known;

	if (!log_may_write(log, err)) {
		return false;
	}
	item = find(log, answer->id);
	if (item == NULL && HASH_COUNT(log->new_answers) < NEW_MOST) {
		return put_new(log, answer, at_ms, err) || log_lose(log);
	}
	/* The first answer stands; and one that could not be held goes where it is found. */
	known = item != NULL ? get_new(log, item, answer->id, &first, err) : 0;
	if (known == 0) {
		known = put(log, db_stmt(&log->db, LOG_ANSWER_PUT), answer, at_ms, err) ? 1 : -1;
	}
	return known > 0 || log_lose(log);
}

/* --- in a pause --- */

/* The n of the last of the first `max` new ones; 0: there is none. */
static int64_t slice_end(const struct log_store *log, int max) {
	const struct log_new_answer *item = log->new_answers;
	int64_t end = 0;

	for (int i = 0; i < max && item != NULL; i++) {
		end = item->n;
		item = item->hh.next;
	}
	return end;
}

int64_t log_first_new_answer(const struct log_store *log) {
	return slice_end(log, 1);
}

bool log_settle_slice(struct log_store *log, int max, struct err *err) {
	int64_t end = slice_end(log, max);
	sqlite3_stmt *copy = db_stmt(&log->db, LOG_ANSWER_SETTLE);
	sqlite3_stmt *clear = db_stmt(&log->db, LOG_ANSWER_NEW_DROP);

	db_bind_int(&log->db, copy, 1, end);
	db_bind_int(&log->db, clear, 1, end);
	if (!db_run(&log->db, copy, err) || !db_run(&log->db, clear, err)) {
		return log_lose(log);
	}
	log->new_settled = end;
	return true;
}

int log_settle_after_ms(const struct log_store *log) {
	if (HASH_COUNT(log->new_answers) < NEW_SOME || log->new_failed) {
		return -1;
	}
	return log->new_settles ? NEXT_MS : PAUSE_MS;
}

void log_settle(struct log_store *log) {
	bool begun = log_begin(log, NULL);
	bool settled =
		begun && log_settle_slice(log, LOG_SETTLE_SLICE, NULL) && log_commit(log, NULL);

	if (begun && !settled) {
		log_rollback(log);
	}
	/* Nobody waits for it; whoever commits next finds out what is wrong, or that nothing is. */
	log->new_failed = !settled;
	log->new_settles = settled;
}
