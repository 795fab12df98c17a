#include <siaga/store/log_purge.h>

#include <stdio.h>
#include <stdlib.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "log_private.h"

#define LOOKED_AT 500 /* events of one step, of which most may be too young */
#define ANSWERS   500

/* ?1: what ended before; an event of no incident is as old as itself. */
#define IS_OLD                                                                                     \
	"CASE WHEN e.incident IS NULL THEN e.at_ms < ?1 ELSE EXISTS(SELECT 1 FROM incident i"      \
	" JOIN event x ON x.seq = i.ended_seq WHERE i.id = e.incident AND x.at_ms < ?1) END"
/* Only what still has something personal is looked at, however long the log. */
#define PERSONAL "event e INDEXED BY event_personal WHERE e.salt IS NOT NULL"

/* --- that there is one --- */

bool log_purge_begin(struct log_store *log, const struct log_purge *purge, struct err *err) {
	char sql[320];

	/* The later one takes over what an earlier one has not done. */
	(void)snprintf(sql, sizeof(sql),
		"INSERT OR REPLACE INTO meta(key, value) VALUES('purge', '%lld %lld');"
		"INSERT INTO meta(key, value) VALUES('purged', '%lld') ON CONFLICT(key) DO UPDATE"
		" SET value = excluded.value"
		" WHERE CAST(excluded.value AS INTEGER) > CAST(value AS INTEGER)",
		(long long)purge->before_ms, (long long)purge->seq, (long long)purge->before_ms);
	return db_exec(&log->db, sql, err);
}

/* 1 and the text, 0 none, -1 error. */
static int get_meta(struct log_store *log, const char *key, char out[64], struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db, "SELECT value FROM meta WHERE key = ?1", err);
	int rc = -1;

	if (stmt != NULL) {
		db_bind_str(&log->db, stmt, 1, key);
		rc = db_step(&log->db, stmt, err);
	}
	if (rc == 1) {
		(void)text_copy(out, 64, db_column(stmt, 0, NULL));
	}
	(void)sqlite3_finalize(stmt);
	return rc;
}

int log_purge_pending(struct log_store *log, struct log_purge *out, struct err *err) {
	char text[64], *rest;
	int rc = get_meta(log, "purge", text, err);

	if (rc == 1) {
		out->before_ms = strtoll(text, &rest, 10);
		out->seq = strtoll(rest, NULL, 10);
	}
	return rc;
}

int64_t log_purged_ms(struct log_store *log, struct err *err) {
	char text[64];
	int rc = get_meta(log, "purged", text, err);

	return rc == 1 ? strtoll(text, NULL, 10) : rc;
}

/* --- step by step --- */

/* The events of a step that are old enough; how many were looked at, -1 on error. */
static int find_events(struct log_store *log, const struct log_purge *purge,
	struct log_purge_cursor *cursor, int64_t found[LOOKED_AT], int *len, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT e.seq, " IS_OLD " FROM " PERSONAL
		" AND e.seq > ?2 AND e.seq < ?3 ORDER BY e.seq LIMIT ?4",
		err);
	int looked = 0, rc = stmt == NULL ? -1 : 1;

	if (stmt != NULL) {
		db_bind_int(&log->db, stmt, 1, purge->before_ms);
		db_bind_int(&log->db, stmt, 2, cursor->seq);
		db_bind_int(&log->db, stmt, 3, purge->seq);
		db_bind_int(&log->db, stmt, 4, LOOKED_AT);
	}
	*len = 0;
	while (rc == 1 && (rc = db_step(&log->db, stmt, err)) == 1) {
		cursor->seq = sqlite3_column_int64(stmt, 0);
		looked++;
		if (sqlite3_column_int(stmt, 1) != 0) {
			found[(*len)++] = cursor->seq;
		}
	}
	(void)sqlite3_finalize(stmt);
	return rc < 0 ? -1 : looked;
}

/* The salt goes with the body, or the digest would tell a short telephone number to whoever tries
 * them all. */
static bool forget_events(
	struct log_store *log, const int64_t *seqs, int len, int64_t now_ms, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"UPDATE event SET body = bare, bare = NULL, masked = NULL, salt = NULL,"
		" purged_at_ms = ?2 WHERE seq = ?1",
		err);
	bool done = stmt != NULL;

	for (int i = 0; done && i < len; i++) {
		db_bind_int(&log->db, stmt, 1, seqs[i]);
		db_bind_int(&log->db, stmt, 2, now_ms);
		done = db_run(&log->db, stmt, err);
	}
	(void)sqlite3_finalize(stmt);
	return done;
}

static int step_events(struct log_store *log, const struct log_purge *purge,
	struct log_purge_cursor *cursor, int64_t now_ms, struct err *err) {
	int64_t found[LOOKED_AT];
	int len, looked = find_events(log, purge, cursor, found, &len, err);

	if (looked < 0 || (len > 0 && !forget_events(log, found, len, now_ms, err))) {
		return -1;
	}
	cursor->events_done = looked < LOOKED_AT;
	cursor->new_answers = log->new_last;
	return 1;
}

/* Whoever repeats a command after so long is not answered from memory. */
static int step_answers(struct log_store *log, const struct log_purge *purge,
	struct log_purge_cursor *cursor, struct err *err) {
	char upto[sizeof(cursor->answer)] = "";
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT coalesce(max(id), ''), count(*) FROM"
		" (SELECT id FROM answer WHERE id > ?1 ORDER BY id LIMIT ?2)",
		err);
	int rc = -1, looked = 0;

	if (stmt != NULL) {
		db_bind_str(&log->db, stmt, 1, cursor->answer);
		db_bind_int(&log->db, stmt, 2, ANSWERS);
		rc = db_step(&log->db, stmt, err);
	}
	if (rc == 1) {
		(void)text_copy(upto, sizeof(upto), db_column(stmt, 0, NULL));
		looked = sqlite3_column_int(stmt, 1);
	}
	(void)sqlite3_finalize(stmt);
	if (rc != 1 || looked == 0) {
		return rc == 1 ? 0 : -1;
	}
	stmt = db_prepare(
		&log->db, "DELETE FROM answer WHERE id > ?1 AND id <= ?2 AND at_ms < ?3", err);
	if (stmt != NULL) {
		db_bind_str(&log->db, stmt, 1, cursor->answer);
		db_bind_str(&log->db, stmt, 2, upto);
		db_bind_int(&log->db, stmt, 3, purge->before_ms);
	}
	rc = stmt != NULL && db_run(&log->db, stmt, err) ? 1 : -1;
	(void)sqlite3_finalize(stmt);
	(void)text_copy(cursor->answer, sizeof(cursor->answer), upto);
	return rc < 0 ? -1 : looked == ANSWERS;
}

int log_purge_step(struct log_store *log, const struct log_purge *purge,
	struct log_purge_cursor *cursor, int64_t now_ms, struct err *err) {
	struct log_purge_cursor next = *cursor;
	int64_t first_new;
	int rc;

	if (!log_begin(log, err)) {
		return -1;
	}
	first_new = log_first_new_answer(log);
	if (!next.events_done) {
		rc = step_events(log, purge, &next, now_ms, err);
	} else if (first_new != 0 && first_new <= next.new_answers) {
		rc = log_settle_slice(log, LOG_SETTLE_SLICE, err) ? 1 : -1;
	} else {
		rc = step_answers(log, purge, &next, err);
	}
	if (rc < 0) {
		log_rollback(log);
		return -1;
	}
	if (!log_commit(log, err)) {
		return -1;
	}
	*cursor = next;
	return rc;
}

int log_purge_finish(struct log_store *log, struct err *err) {
	if (!db_checkpoint(&log->db, err)) {
		int rc = sqlite3_errcode(log->db.handle) & 0xff;

		return rc == SQLITE_BUSY || rc == SQLITE_LOCKED ? 0 : -1;
	}
	return db_exec(&log->db, "DELETE FROM meta WHERE key = 'purge'", err) ? 1 : -1;
}

bool log_purge_count(
	struct log_store *log, int64_t before_ms, struct log_purge_count *out, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT count(DISTINCT incident), count(DISTINCT caller), count(*) FROM"
		" (SELECT e.incident, json_extract(e.body, '$.data.alarm.caller') AS caller "
		"FROM " PERSONAL " AND " IS_OLD ")",
		err);
	int rc = -1;

	if (stmt != NULL) {
		db_bind_int(&log->db, stmt, 1, before_ms);
		rc = db_step(&log->db, stmt, err);
	}
	if (rc == 1) {
		*out = (struct log_purge_count){
			.incidents = sqlite3_column_int64(stmt, 0),
			.persons = sqlite3_column_int64(stmt, 1),
			.events = sqlite3_column_int64(stmt, 2),
		};
	}
	(void)sqlite3_finalize(stmt);
	return rc == 1;
}
