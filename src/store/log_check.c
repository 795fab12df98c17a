#include <siaga/store/log_check.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "log_private.h"

#define FAULTS_MAX "100" /* of SQLite, for one file */

/*
 * Where nobody has the file open it is read without making anything beside it, and else as any
 * reader does, which waits for nobody and sees what is committed.
 */
struct log_store *log_open_look(const char *dir, struct err *err) {
	return log_open_still(dir, err);
}

bool log_look_begin(struct log_store *log, struct err *err) {
	return db_exec(&log->db, "BEGIN", err);
}

void log_look_end(struct log_store *log) {
	(void)db_exec(&log->db, "ROLLBACK", NULL);
}

bool log_check_file(struct log_store *log, log_fault_fn on_fault, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db, "PRAGMA integrity_check(" FAULTS_MAX ")", err);
	int rc = stmt == NULL ? -1 : 1;

	while (rc == 1 && (rc = db_step(&log->db, stmt, err)) == 1) {
		const char *said = db_column(stmt, 0, NULL);

		if (strcmp(said, "ok") != 0) {
			on_fault(data, said);
		}
	}
	(void)sqlite3_finalize(stmt);
	return rc == 0;
}

static struct log_column get_column(sqlite3_stmt *stmt, int at) {
	struct log_column column = {0};

	if (sqlite3_column_type(stmt, at) != SQLITE_NULL) {
		/* A blob of no bytes is NULL to SQLite, and is there all the same. */
		column.data = sqlite3_column_type(stmt, at) == SQLITE_BLOB
				      ? sqlite3_column_blob(stmt, at)
				      : (const char *)sqlite3_column_text(stmt, at);
		column.data = column.data != NULL ? column.data : "";
		column.len = (size_t)sqlite3_column_bytes(stmt, at);
	}
	return column;
}

bool log_read_raw(struct log_store *log, log_raw_fn on_event, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT seq, at_ms, number, incident, type, body, masked, bare, salt, digest, hash,"
		" audience, purged_at_ms FROM event ORDER BY seq",
		err);
	int rc = stmt == NULL ? -1 : 1;

	while (rc == 1 && (rc = db_step(&log->db, stmt, err)) == 1) {
		struct log_raw raw = {
			.seq = sqlite3_column_int64(stmt, 0),
			.at_ms = sqlite3_column_int64(stmt, 1),
			.number = sqlite3_column_int64(stmt, 2),
			.incident = get_column(stmt, 3),
			.type = get_column(stmt, 4),
			.body = get_column(stmt, 5),
			.masked = get_column(stmt, 6),
			.bare = get_column(stmt, 7),
			.salt = get_column(stmt, 8),
			.digest = get_column(stmt, 9),
			.hash = get_column(stmt, 10),
			.audience = get_column(stmt, 11),
			.purged = sqlite3_column_type(stmt, 12) != SQLITE_NULL,
			.purged_at_ms = sqlite3_column_int64(stmt, 12),
		};

		if (!on_event(data, &raw)) {
			rc = 0;
		}
	}
	(void)sqlite3_finalize(stmt);
	return rc == 0;
}

static const unsigned char *bytes_of(const struct log_column *column) {
	return (const unsigned char *)column->data;
}

/* Whether what there is beside the body is what one of the three kinds of events has: nothing
 * personal, something personal, and personal and forgotten. */
static bool parts_fit(const struct log_raw *raw) {
	bool bare = raw->bare.data != NULL, salt = raw->salt.data != NULL;

	if (raw->digest.data == NULL) {
		return !bare && !salt && !raw->purged;
	}
	if (raw->digest.len != LOG_HASH_LEN) {
		return false;
	}
	return raw->purged ? !bare && !salt && raw->masked.data == NULL
			   : bare && salt && raw->salt.len == LOG_SALT_LEN;
}

unsigned log_check_link(const struct log_raw *raw, unsigned char last[LOG_HASH_LEN]) {
	const struct log_column *kept = raw->bare.data != NULL ? &raw->bare : &raw->body;
	unsigned char made[LOG_HASH_LEN];
	unsigned flaws = parts_fit(raw) ? 0 : LOG_FLAW_PARTS;

	if (flaws == 0 && raw->salt.data != NULL) {
		log_chain_digest(
			bytes_of(&raw->salt), raw->salt.len, raw->body.data, raw->body.len, made);
		if (memcmp(made, raw->digest.data, LOG_HASH_LEN) != 0) {
			flaws |= LOG_FLAW_DIGEST;
		}
	}
	log_chain_hash(last, raw->seq, kept->data, kept->len,
		raw->audience.data != NULL ? raw->audience.data : "",
		raw->digest.len == LOG_HASH_LEN ? bytes_of(&raw->digest) : NULL, made);
	if (raw->hash.len != LOG_HASH_LEN) {
		memcpy(last, made, LOG_HASH_LEN);
		return flaws | LOG_FLAW_NO_HASH;
	}
	if (memcmp(made, raw->hash.data, LOG_HASH_LEN) != 0) {
		flaws |= LOG_FLAW_HASH;
	}
	memcpy(last, raw->hash.data, LOG_HASH_LEN);
	return flaws;
}

int64_t log_count(struct log_store *log, enum log_table table, struct err *err) {
	static const char *const sql[LOG_TABLE_COUNT] = {
		[LOG_TABLE_INCIDENT] = "SELECT count(*) FROM incident",
		[LOG_TABLE_ALARM] = "SELECT count(*) FROM alarm",
		[LOG_TABLE_SENT] = "SELECT count(*) FROM sent",
	};
	sqlite3_stmt *stmt = db_prepare(&log->db, sql[table], err);
	int64_t count = -1;

	if (stmt != NULL && db_step(&log->db, stmt, err) == 1) {
		count = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return count;
}

bool log_read_answers(struct log_store *log, log_answer_fn on_answer, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT " LOG_ANSWER_COLUMNS ", id FROM answer"
		" UNION ALL SELECT " LOG_ANSWER_COLUMNS ", id FROM answer_new",
		err);
	int rc = stmt == NULL ? -1 : 1;

	while (rc == 1 && (rc = db_step(&log->db, stmt, err)) == 1) {
		struct log_answer answer;

		log_get_answer_row(stmt, &answer);
		text_copy(answer.id, sizeof(answer.id), db_column(stmt, 7, NULL));
		on_answer(data, &answer);
	}
	(void)sqlite3_finalize(stmt);
	return rc == 0;
}

int64_t log_count_twice_answered(struct log_store *log, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT count(*) - count(DISTINCT id)"
		" + total(EXISTS(SELECT 1 FROM answer WHERE answer.id = answer_new.id))"
		" FROM answer_new",
		err);
	int64_t count = -1;

	if (stmt != NULL && db_step(&log->db, stmt, err) == 1) {
		count = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return count;
}

/* Gives what a statement (NULL: it has failed) finds, and is its end. */
static bool give_bodies(struct log_store *log, sqlite3_stmt *stmt, log_event_fn on_event,
	void *data, struct err *err) {
	int rc = stmt == NULL ? -1 : 1;

	while (rc == 1 && (rc = db_step(&log->db, stmt, err)) == 1) {
		struct log_event event = {.seq = sqlite3_column_int64(stmt, 0)};

		event.body = db_column(stmt, 1, &event.len);
		if (!on_event(data, &event)) {
			rc = 0;
		}
	}
	(void)sqlite3_finalize(stmt);
	return rc == 0;
}

bool log_read_watch(struct log_store *log, const char *incident, log_event_fn on_event, void *data,
	struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT seq, body FROM event WHERE incident IS NULL OR type = 'incident.viewed'"
		" OR incident = ?1 ORDER BY seq",
		err);

	if (stmt != NULL && incident != NULL) {
		db_bind_str(&log->db, stmt, 1, incident);
	}
	return give_bodies(log, stmt, on_event, data, err);
}

bool log_read_callers(struct log_store *log, log_event_fn on_event, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT seq, body FROM event WHERE type IN ('incident.raised',"
		" 'incident.alarm_added') ORDER BY seq",
		err);

	return give_bodies(log, stmt, on_event, data, err);
}

int log_find_since(struct log_store *log, int64_t since_ms, int64_t *seq, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(
		&log->db, "SELECT seq FROM event WHERE at_ms >= ?1 ORDER BY seq LIMIT 1", err);
	int rc = -1;

	if (stmt != NULL) {
		db_bind_int(&log->db, stmt, 1, since_ms);
		rc = db_step(&log->db, stmt, err);
	}
	if (rc == 1) {
		*seq = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return rc;
}

bool log_read_starts(struct log_store *log, log_start_fn on_start, void *data, struct err *err) {
	sqlite3_stmt *stmt =
		db_prepare(&log->db, "SELECT seq, at_ms FROM started ORDER BY rowid", err);
	int rc = stmt == NULL ? -1 : 1;

	while (rc == 1 && (rc = db_step(&log->db, stmt, err)) == 1) {
		on_start(data, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1));
	}
	(void)sqlite3_finalize(stmt);
	return rc == 0;
}

bool log_copy(struct log_store *log, const char *path, struct err *err) {
	return db_copy(&log->db, path, err);
}
