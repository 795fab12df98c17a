#include <siaga/store/log.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "db.h"

/* "SIAL" */
#define LOG_APPLICATION_ID 0x5349414cu
/* Above this a look at every page would keep the control room waiting; damage then shows when it is
 * read. */
#define LOG_CHECK_MAX_BYTES (INT64_C(256) << 20)

enum log_stmt {
	LOG_HEAD,
	LOG_FEED_GET,
	LOG_FEED_PUT,
	LOG_BEGIN,
	LOG_COMMIT,
	LOG_EVENT_PUT,
	LOG_INCIDENT_PUT,
	LOG_ALARM_PUT,
	LOG_ANSWER_PUT,
	LOG_ANSWER_GET,
	LOG_ALARM_FIND,
	LOG_NUMBER_FIND,
	LOG_READ,
	LOG_READ_MASKED,
	LOG_READ_OPEN,
	LOG_READ_OPEN_MASKED,
	LOG_READ_INCIDENT,
	LOG_STMT_COUNT
};

static const char *const log_steps[] = {
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE event(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, incident TEXT,"
	" number INTEGER NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, masked TEXT) STRICT;"
	"CREATE INDEX event_by_incident ON event(incident, seq) WHERE incident IS NOT NULL;"
	/* ended_seq is NULL while the incident is open; so is number of one that has none yet. */
	"CREATE TABLE incident(id TEXT PRIMARY KEY, number INTEGER UNIQUE, first_seq INTEGER NOT "
	"NULL,"
	" last_seq INTEGER NOT NULL, ended_seq INTEGER) STRICT, WITHOUT ROWID;"
	"CREATE INDEX incident_by_end ON incident(ended_seq);"
	"CREATE TABLE alarm(id TEXT PRIMARY KEY, incident TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE answer(id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, refused INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, incident TEXT NOT NULL,"
	" alarm TEXT NOT NULL, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
};

/* The few open incidents are found first, then their events by index; the bodies are read last. */
#define OPEN_EVENTS                                                                                \
	"seq IN (SELECT e.seq FROM incident i CROSS JOIN event e ON e.incident = i.id"             \
	" WHERE (i.ended_seq IS NULL OR i.ended_seq > ?2) AND i.first_seq <= ?2"                   \
	" AND e.seq > ?1 AND e.seq <= ?2 ORDER BY e.seq LIMIT ?3) ORDER BY seq"

static const char *const log_sql[] = {
	[LOG_HEAD] = "SELECT coalesce((SELECT max(seq) FROM event), 0),"
		     " coalesce((SELECT max(number) FROM incident), 0)",
	[LOG_FEED_GET] = "SELECT value FROM meta WHERE key = 'feed'",
	[LOG_FEED_PUT] = "INSERT INTO meta(key, value) VALUES('feed', ?1)",
	[LOG_BEGIN] = "BEGIN IMMEDIATE",
	[LOG_COMMIT] = "COMMIT",
	[LOG_EVENT_PUT] = "INSERT INTO event(seq, at_ms, incident, number, type, body, masked)"
			  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	/* ?4 opens, ?5 ends; an event that does neither leaves the incident as it was. */
	[LOG_INCIDENT_PUT] =
		"INSERT INTO incident(id, number, first_seq, last_seq, ended_seq)"
		" VALUES(?1, nullif(?2, 0), ?3, ?3, CASE WHEN ?5 THEN ?3 END)"
		" ON CONFLICT(id) DO UPDATE SET last_seq = excluded.last_seq,"
		" number = coalesce(number, excluded.number),"
		" ended_seq = CASE WHEN ?5 THEN ?3 WHEN ?4 THEN NULL ELSE ended_seq END",
	[LOG_ALARM_PUT] = "INSERT INTO alarm(id, incident) VALUES(?1, ?2)",
	/* The first answer stands. */
	[LOG_ANSWER_PUT] = "INSERT INTO answer(id, at_ms, refused, seq, code, message, incident, "
			   "alarm, number)"
			   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(id) DO NOTHING",
	[LOG_ANSWER_GET] = "SELECT refused, seq, code, message, incident, alarm, number"
			   " FROM answer WHERE id = ?1",
	[LOG_ALARM_FIND] = "SELECT incident FROM alarm WHERE id = ?1",
	[LOG_NUMBER_FIND] = "SELECT id FROM incident WHERE number = ?1",
	[LOG_READ] =
		"SELECT seq, body FROM event WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3",
	[LOG_READ_MASKED] = "SELECT seq, coalesce(masked, body) FROM event"
			    " WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3",
	[LOG_READ_OPEN] = "SELECT seq, body FROM event WHERE " OPEN_EVENTS,
	[LOG_READ_OPEN_MASKED] = "SELECT seq, coalesce(masked, body) FROM event WHERE " OPEN_EVENTS,
	[LOG_READ_INCIDENT] = "SELECT seq, body FROM event WHERE incident = ?1 ORDER BY seq",
};
static_assert(ARRAY_LEN(log_sql) == LOG_STMT_COUNT, "a statement for each number");
static_assert(LOG_STMT_COUNT <= DB_STATEMENTS_MAX, "room for each statement");

static const struct db_kind log_kind = {
	.file = "log.db",
	.application_id = LOG_APPLICATION_ID,
	.steps = log_steps,
	.steps_len = ARRAY_LEN(log_steps),
	.sql = log_sql,
	.sql_len = LOG_STMT_COUNT,
};

enum transaction {
	TRANSACTION_NONE,
	TRANSACTION_OPEN,
	TRANSACTION_LOST, /* something failed in it: it can only be rolled back */
};

struct log_store {
	struct db db;
	char feed[UUID_SIZE];
	int lock; /* of the writer, else -1 */
	enum transaction transaction;
	int64_t next_seq; /* in the open transaction */
};

static bool load_feed(struct log_store *log, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_FEED_GET);
	int rc = db_step(&log->db, stmt, err);

	if (rc > 0) {
		text_copy(log->feed, sizeof(log->feed), db_column(stmt, 0, NULL));
		db_reset(stmt);
	}
	return rc >= 0;
}

/* A new log gets its identifier; an old one has it, or has lost more than that. */
static bool make_feed(struct log_store *log, struct err *err) {
	sqlite3_stmt *stmt;
	int64_t seq, number;
	char feed[UUID_SIZE];

	if (!log_head(log, &seq, &number, err)) {
		return false;
	}
	if (seq > 0) {
		return err_set(err, "%s: damaged: it does not say which feed it is", log->db.path);
	}
	uuid_make(feed);
	stmt = db_stmt(&log->db, LOG_FEED_PUT);
	db_bind_str(&log->db, stmt, 1, feed);
	if (!db_run(&log->db, stmt, err)) {
		return false;
	}
	text_copy(log->feed, sizeof(log->feed), feed);
	return true;
}

static unsigned check_flag(const char *real) {
	char path[PATH_MAX];
	struct stat st;

	if (db_path(path, real, log_kind.file, NULL) && stat(path, &st) == 0 &&
		st.st_size > LOG_CHECK_MAX_BYTES) {
		return 0;
	}
	return DB_CHECK;
}

static bool open_writer(struct log_store *log, const char *dir, struct err *err) {
	char real[PATH_MAX];
	bool taken;

	if (!db_make_dir(dir, real, err)) {
		return false;
	}
	log->lock = db_lock(real, "lock", false, &taken, err);
	if (log->lock < 0) {
		return taken ? err_set(err, "another siagad is running on %s", dir) : false;
	}
	if (db_open(&log->db, real, &log_kind, DB_WRITE | DB_SYNC_FULL | check_flag(real), err) !=
		DB_OK) {
		return false;
	}
	return db_exec(&log->db, "PRAGMA wal_autocheckpoint=4000", err) && load_feed(log, err) &&
	       (log->feed[0] != '\0' || make_feed(log, err));
}

struct log_store *log_open_writer(const char *dir, struct err *err) {
	struct log_store *log = mem_alloc(1, sizeof(*log));

	log->lock = -1;
	if (!open_writer(log, dir, err)) {
		log_close(log);
		return NULL;
	}
	return log;
}

struct log_store *log_open_reader(const char *dir, struct err *err) {
	struct log_store *log;
	char real[PATH_MAX];

	if (realpath(dir, real) == NULL) {
		(void)err_set(err, "%s: %s", dir, strerror(errno));
		return NULL;
	}
	log = mem_alloc(1, sizeof(*log));
	log->lock = -1;
	if (db_open(&log->db, real, &log_kind, 0, err) != DB_OK || !load_feed(log, err)) {
		log_close(log);
		return NULL;
	}
	return log;
}

void log_close(struct log_store *log) {
	if (log == NULL) {
		return;
	}
	db_close(&log->db);
	if (log->lock >= 0) {
		(void)close(log->lock);
	}
	free(log);
}

void log_feed_id(struct log_store *log, char out[UUID_SIZE]) {
	text_copy(out, UUID_SIZE, log->feed);
}

bool log_head(struct log_store *log, int64_t *seq, int64_t *last_number, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_HEAD);

	if (db_step(&log->db, stmt, err) != 1) {
		return false;
	}
	*seq = sqlite3_column_int64(stmt, 0);
	*last_number = sqlite3_column_int64(stmt, 1);
	db_reset(stmt);
	return true;
}

bool log_begin(struct log_store *log, struct err *err) {
	int64_t head, number;

	if (log->lock < 0) {
		return err_set(err, "%s: opened for reading", log->db.path);
	}
	if (log->transaction != TRANSACTION_NONE) {
		return err_set(err, "%s: a transaction is open already", log->db.path);
	}
	if (!db_run(&log->db, db_stmt(&log->db, LOG_BEGIN), err)) {
		return false;
	}
	log->transaction = TRANSACTION_OPEN;
	if (!log_head(log, &head, &number, err)) {
		log_rollback(log);
		return false;
	}
	log->next_seq = head + 1;
	return true;
}

/*
 * When the disk is full SQLite ends the transaction by itself, and what is written next would be
 * committed alone. So one failure loses the transaction here too, until it is rolled back.
 */
static bool lose(struct log_store *log) {
	if (log->transaction == TRANSACTION_OPEN) {
		log->transaction = TRANSACTION_LOST;
	}
	return false;
}

static bool may_write(struct log_store *log, struct err *err) {
	switch (log->transaction) {
	case TRANSACTION_NONE: return err_set(err, "%s: no transaction is open", log->db.path);
	case TRANSACTION_LOST: return err_set(err, "%s: the transaction failed", log->db.path);
	case TRANSACTION_OPEN: break;
	}
	return true;
}

static bool put_event(struct log_store *log, const struct log_row *row, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_EVENT_PUT);

	db_bind_int(&log->db, stmt, 1, row->seq);
	db_bind_int(&log->db, stmt, 2, row->at_ms);
	if (row->incident[0] != '\0') {
		db_bind_str(&log->db, stmt, 3, row->incident);
	}
	db_bind_int(&log->db, stmt, 4, row->number);
	db_bind_str(&log->db, stmt, 5, row->type);
	db_bind_text(&log->db, stmt, 6, row->body, row->body_len);
	/* NULL: the body has nothing to hide. */
	if (row->masked_len != row->body_len ||
		memcmp(row->masked, row->body, row->body_len) != 0) {
		db_bind_text(&log->db, stmt, 7, row->masked, row->masked_len);
	}
	return db_run(&log->db, stmt, err);
}

static bool put_incident(struct log_store *log, const struct log_row *row, struct err *err) {
	sqlite3_stmt *stmt;

	if (row->incident[0] == '\0') {
		return true;
	}
	stmt = db_stmt(&log->db, LOG_INCIDENT_PUT);
	db_bind_str(&log->db, stmt, 1, row->incident);
	db_bind_int(&log->db, stmt, 2, row->number);
	db_bind_int(&log->db, stmt, 3, row->seq);
	db_bind_int(&log->db, stmt, 4, row->opens ? 1 : 0);
	db_bind_int(&log->db, stmt, 5, row->ends ? 1 : 0);
	return db_run(&log->db, stmt, err);
}

static bool put_alarm(struct log_store *log, const struct log_row *row, struct err *err) {
	sqlite3_stmt *stmt;

	if (row->alarm[0] == '\0') {
		return true;
	}
	stmt = db_stmt(&log->db, LOG_ALARM_PUT);
	db_bind_str(&log->db, stmt, 1, row->alarm);
	db_bind_str(&log->db, stmt, 2, row->incident);
	return db_run(&log->db, stmt, err);
}

bool log_append(struct log_store *log, const struct log_row *row, struct err *err) {
	if (!may_write(log, err)) {
		return false;
	}
	if (row->seq != log->next_seq) {
		(void)err_set(err, "%s: event %lld where %lld is next", log->db.path,
			(long long)row->seq, (long long)log->next_seq);
		return lose(log);
	}
	if (!put_event(log, row, err) || !put_incident(log, row, err) ||
		!put_alarm(log, row, err)) {
		return lose(log);
	}
	log->next_seq++;
	return true;
}

bool log_put_answer(
	struct log_store *log, const struct log_answer *answer, int64_t at_ms, struct err *err) {
	sqlite3_stmt *stmt;

	if (!may_write(log, err)) {
		return false;
	}
	stmt = db_stmt(&log->db, LOG_ANSWER_PUT);
	db_bind_str(&log->db, stmt, 1, answer->id);
	db_bind_int(&log->db, stmt, 2, at_ms);
	db_bind_int(&log->db, stmt, 3, answer->refused ? 1 : 0);
	db_bind_int(&log->db, stmt, 4, answer->seq);
	db_bind_str(&log->db, stmt, 5, answer->code);
	db_bind_str(&log->db, stmt, 6, answer->message);
	db_bind_str(&log->db, stmt, 7, answer->incident);
	db_bind_str(&log->db, stmt, 8, answer->alarm);
	db_bind_int(&log->db, stmt, 9, answer->number);
	return db_run(&log->db, stmt, err) || lose(log);
}

bool log_commit(struct log_store *log, struct err *err) {
	if (!may_write(log, err) || !db_run(&log->db, db_stmt(&log->db, LOG_COMMIT), err)) {
		log_rollback(log);
		return false;
	}
	log->transaction = TRANSACTION_NONE;
	return true;
}

void log_rollback(struct log_store *log) {
	if (sqlite3_get_autocommit(log->db.handle) == 0) {
		(void)db_exec(&log->db, "ROLLBACK", NULL);
	}
	log->transaction = TRANSACTION_NONE;
}

int log_get_answer(struct log_store *log, const char *id, struct log_answer *out, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_ANSWER_GET);
	int rc;

	db_bind_str(&log->db, stmt, 1, id);
	rc = db_step(&log->db, stmt, err);
	if (rc != 1) {
		return rc;
	}
	*out = (struct log_answer){
		.refused = sqlite3_column_int(stmt, 0) != 0,
		.seq = sqlite3_column_int64(stmt, 1),
		.number = sqlite3_column_int64(stmt, 6),
	};
	text_copy(out->id, sizeof(out->id), id);
	text_copy(out->code, sizeof(out->code), db_column(stmt, 2, NULL));
	text_copy(out->message, sizeof(out->message), db_column(stmt, 3, NULL));
	text_copy(out->incident, sizeof(out->incident), db_column(stmt, 4, NULL));
	text_copy(out->alarm, sizeof(out->alarm), db_column(stmt, 5, NULL));
	db_reset(stmt);
	return 1;
}

/* The one text that a statement with its values bound finds. */
static int find_id(
	struct log_store *log, sqlite3_stmt *stmt, char incident[UUID_SIZE], struct err *err) {
	int rc = db_step(&log->db, stmt, err);

	if (rc == 1) {
		text_copy(incident, UUID_SIZE, db_column(stmt, 0, NULL));
		db_reset(stmt);
	}
	return rc;
}

int log_find_alarm(
	struct log_store *log, const char *alarm, char incident[UUID_SIZE], struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_ALARM_FIND);

	db_bind_str(&log->db, stmt, 1, alarm);
	return find_id(log, stmt, incident, err);
}

int log_find_number(
	struct log_store *log, int64_t number, char incident[UUID_SIZE], struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_NUMBER_FIND);

	db_bind_int(&log->db, stmt, 1, number);
	return find_id(log, stmt, incident, err);
}

/* Hands over what a statement finds; an event that the caller stops at counts too. */
static int64_t give_events(struct log_store *log, sqlite3_stmt *stmt, log_event_fn on_event,
	void *data, struct err *err) {
	int64_t given = 0;
	int rc;

	while ((rc = db_step(&log->db, stmt, err)) == 1) {
		size_t len;
		const char *body = db_column(stmt, 1, &len);

		given++;
		if (!on_event(data, sqlite3_column_int64(stmt, 0), body, len)) {
			db_reset(stmt);
			break;
		}
	}
	return rc < 0 ? -1 : given;
}

static int64_t read_range(struct log_store *log, enum log_stmt which, const int64_t range[3],
	log_event_fn on_event, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, (int)which);

	for (int i = 0; i < 3; i++) {
		db_bind_int(&log->db, stmt, i + 1, range[i]);
	}
	return give_events(log, stmt, on_event, data, err);
}

int64_t log_read(struct log_store *log, int64_t after, int64_t upto, int64_t max, bool masked,
	log_event_fn on_event, void *data, struct err *err) {
	return read_range(log, masked ? LOG_READ_MASKED : LOG_READ,
		(const int64_t[]){after, upto, max}, on_event, data, err);
}

int64_t log_read_open(struct log_store *log, int64_t after, int64_t head, int64_t max, bool masked,
	log_event_fn on_event, void *data, struct err *err) {
	return read_range(log, masked ? LOG_READ_OPEN_MASKED : LOG_READ_OPEN,
		(const int64_t[]){after, head, max}, on_event, data, err);
}

int64_t log_read_incident(struct log_store *log, const char *incident, log_event_fn on_event,
	void *data, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_READ_INCIDENT);

	db_bind_str(&log->db, stmt, 1, incident);
	return give_events(log, stmt, on_event, data, err);
}

void log_checkpoint(struct log_store *log) {
	(void)sqlite3_wal_checkpoint_v2(
		log->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}
