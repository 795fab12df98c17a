#include <siaga/store/log.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/disk.h>
#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "log_private.h"
#include "look_private.h"

/* "SIAL" */
#define LOG_APPLICATION_ID 0x5349414cu
/* Above this a look at every page would keep the control room waiting; damage then shows when it is
 * read. */
#define LOG_CHECK_MAX_BYTES (INT64_C(256) << 20)
#define LOG_PROBE_BYTES     (INT64_C(256) << 10)

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
	/*
	 * bare: NULL where the body has nothing personal, and after it was forgotten: the body is
	 * the bare form then. salt goes with what is forgotten, or the digest would tell a short
	 * telephone number to whoever tries them all. hash is NULL only until the feed has filled
	 * an older log. sent: since when an agency is asked to an incident.
	 */
	"ALTER TABLE event ADD COLUMN bare TEXT;"
	"ALTER TABLE event ADD COLUMN salt BLOB;"
	"ALTER TABLE event ADD COLUMN digest BLOB;"
	"ALTER TABLE event ADD COLUMN hash BLOB;"
	"ALTER TABLE event ADD COLUMN audience TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE event ADD COLUMN purged_at_ms INTEGER;"
	"CREATE TABLE sent(agency TEXT NOT NULL, incident TEXT NOT NULL, seq INTEGER NOT NULL,"
	" caller INTEGER NOT NULL, PRIMARY KEY(agency, incident)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX sent_by_seq ON sent(agency, seq);"
	/* What can still be forgotten; and consoles that came and went. */
	"CREATE INDEX event_personal ON event(seq) WHERE salt IS NOT NULL;"
	"CREATE INDEX event_general ON event(seq) WHERE incident IS NULL;"
	/* After which event a feed began: whoever had been there before was not there then. */
	"CREATE TABLE started(seq INTEGER NOT NULL, at_ms INTEGER NOT NULL) STRICT;",
	/* Answers that are not in the table answer yet, in the order in which they were given. */
	"CREATE TABLE answer_new(n INTEGER PRIMARY KEY, id TEXT NOT NULL, at_ms INTEGER NOT NULL,"
	" refused INTEGER NOT NULL, seq INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT "
	"NULL,"
	" incident TEXT NOT NULL, alarm TEXT NOT NULL, number INTEGER NOT NULL) STRICT;",
};

/* The same, but of what a purge that goes on is about to forget (before ?6, older than event ?7; of
 * the incident ?5) what will be left. */
#define GOES                                                                                       \
	"salt IS NOT NULL AND seq < ?7 AND EXISTS(SELECT 1 FROM incident i JOIN event x"           \
	" ON x.seq = i.ended_seq WHERE i.id = ?5 AND x.at_ms < ?6)"
#define KEPT_COLUMNS                                                                               \
	"seq, CASE WHEN " GOES " THEN bare ELSE body END, CASE WHEN " GOES                         \
	" THEN NULL ELSE masked END, audience, hash, type"
/* Of the agency ?4; "seq" and its like are the event's. */
#define SENT_CALLER                                                                                \
	", (SELECT s.caller FROM sent s WHERE s.agency = ?4 AND s.incident = event.incident)"
/* The few open incidents are found first, then their events by index; the bodies are read last. */
#define OPEN_EVENTS                                                                                \
	"seq IN (SELECT e.seq FROM incident i CROSS JOIN event e ON e.incident = i.id"             \
	" WHERE (i.ended_seq IS NULL OR i.ended_seq > ?2) AND i.first_seq <= ?2"                   \
	" AND e.seq > ?1 AND e.seq <= ?2 ORDER BY e.seq LIMIT ?3) ORDER BY seq"
#define SENT_EVENTS                                                                                \
	"seq IN (SELECT e.seq FROM incident i CROSS JOIN sent s ON s.agency = ?4"                  \
	" AND s.incident = i.id AND s.seq <= ?2 CROSS JOIN event e ON e.incident = i.id"           \
	" WHERE (i.ended_seq IS NULL OR i.ended_seq > ?2) AND i.first_seq <= ?2"                   \
	" AND e.seq > ?1 AND e.seq <= ?2 ORDER BY e.seq LIMIT ?3) ORDER BY seq"

#define ANSWER_ROW "id, at_ms, refused, seq, code, message, incident, alarm, number"

static const char *const log_sql[] = {
	[LOG_HEAD] = "SELECT coalesce((SELECT max(seq) FROM event), 0),"
		     " coalesce((SELECT max(number) FROM incident), 0)",
	[LOG_FEED_GET] = "SELECT value FROM meta WHERE key = 'feed'",
	[LOG_FEED_PUT] = "INSERT INTO meta(key, value) VALUES('feed', ?1)",
	[LOG_BEGIN] = "BEGIN IMMEDIATE",
	[LOG_COMMIT] = "COMMIT",
	[LOG_EVENT_PUT] = "INSERT INTO event(masked, bare, salt, digest, hash, audience, seq,"
			  " at_ms, incident, number, type, body)"
			  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	[LOG_EVENT_FILL] = "UPDATE event SET masked = ?1, bare = ?2, salt = ?3, digest = ?4,"
			   " hash = ?5, audience = ?6 WHERE seq = ?7",
	/* ?4 opens, ?5 ends; an event that does neither leaves the incident as it was. */
	[LOG_INCIDENT_PUT] =
		"INSERT INTO incident(id, number, first_seq, last_seq, ended_seq)"
		" VALUES(?1, nullif(?2, 0), ?3, ?3, CASE WHEN ?5 THEN ?3 END)"
		" ON CONFLICT(id) DO UPDATE SET last_seq = excluded.last_seq,"
		" number = coalesce(number, excluded.number),"
		" ended_seq = CASE WHEN ?5 THEN ?3 WHEN ?4 THEN NULL ELSE ended_seq END",
	[LOG_INCIDENT_GET] = "SELECT coalesce(number, 0), first_seq, last_seq,"
			     " coalesce(ended_seq, 0) FROM incident WHERE id = ?1",
	[LOG_ALARM_PUT] = "INSERT INTO alarm(id, incident) VALUES(?1, ?2)",
	/* Asked again, it is asked since the first time. */
	[LOG_SENT_PUT] = "INSERT INTO sent(agency, incident, seq, caller) VALUES(?1, ?2, ?3, ?4)"
			 " ON CONFLICT DO UPDATE SET caller = max(caller, excluded.caller)",
	[LOG_SENT_GET] = "SELECT seq, caller FROM sent WHERE agency = ?1 AND incident = ?2",
	[LOG_SENT_NEXT] = "SELECT seq, incident FROM sent WHERE agency = ?1 AND seq > ?2"
			  " AND seq <= ?3 ORDER BY seq LIMIT 1",
	/* The first answer stands. */
	[LOG_ANSWER_PUT] = "INSERT INTO answer(" ANSWER_ROW ")"
			   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(id) DO NOTHING",
	[LOG_ANSWER_GET] = "SELECT " LOG_ANSWER_COLUMNS " FROM answer WHERE id = ?1",
	[LOG_ANSWER_NEW_PUT] = "INSERT INTO answer_new(" ANSWER_ROW ", n)"
			       " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10"
			       " WHERE NOT EXISTS(SELECT 1 FROM answer WHERE id = ?1)",
	[LOG_ANSWER_NEW_GET] =
		"SELECT " LOG_ANSWER_COLUMNS " FROM answer_new WHERE n = ?2 AND id = ?1",
	[LOG_ANSWER_SETTLE] = "INSERT INTO answer(" ANSWER_ROW ")"
			      " SELECT " ANSWER_ROW " FROM answer_new WHERE n <= ?1"
			      " ON CONFLICT(id) DO NOTHING",
	[LOG_ANSWER_NEW_DROP] = "DELETE FROM answer_new WHERE n <= ?1",
	[LOG_ALARM_FIND] = "SELECT incident FROM alarm WHERE id = ?1",
	[LOG_NUMBER_FIND] = "SELECT id FROM incident WHERE number = ?1",
	[LOG_HASH_GET] = "SELECT hash FROM event WHERE seq = ?1",
	[LOG_READ] = "SELECT " LOG_EVENT_COLUMNS " FROM event WHERE seq > ?1 AND seq <= ?2"
		     " ORDER BY seq LIMIT ?3",
	[LOG_READ_OPEN] = "SELECT " LOG_EVENT_COLUMNS " FROM event WHERE " OPEN_EVENTS,
	[LOG_READ_SENT] = "SELECT " LOG_EVENT_COLUMNS SENT_CALLER " FROM event WHERE " SENT_EVENTS,
	[LOG_READ_PAST] = "SELECT " KEPT_COLUMNS SENT_CALLER " FROM event WHERE incident = ?5"
			  " AND seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3",
	[LOG_READ_INCIDENT] =
		"SELECT " LOG_EVENT_COLUMNS " FROM event WHERE incident = ?1 ORDER BY seq",
};
static_assert(ARRAY_LEN(log_sql) == LOG_STMT_COUNT, "a statement for each number");
static_assert(LOG_STMT_COUNT <= DB_STATEMENTS_MAX, "room for each statement");

const struct db_kind log_kind = {
	.file = "log.db",
	.application_id = LOG_APPLICATION_ID,
	.steps = log_steps,
	.steps_len = ARRAY_LEN(log_steps),
	.sql = log_sql,
	.sql_len = LOG_STMT_COUNT,
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

/* It is the truth, and the only one: nothing is tried with it that could make it worse. */
static bool advise(const struct log_store *log, struct err *err) {
	char what[ERR_TEXT_MAX];

	if (err == NULL) {
		return false;
	}
	(void)text_copy(what, sizeof(what), err->text);
	return err_set(err,
		"%s; it is left as it is: put back a copy, or save what can be read with sqlite3 "
		"%s .recover into a new file",
		what, log->db.path);
}

static bool open_writer(struct log_store *log, const char *dir, bool *taken, struct err *err) {
	char real[PATH_MAX];
	enum db_result result;

	*taken = false;
	if (!db_make_dir(dir, real, err)) {
		return false;
	}
	(void)text_copy(log->dir, sizeof(log->dir), real);
	log->lock = db_lock(real, "lock", taken, err);
	if (log->lock < 0) {
		return *taken ? err_set(err, "another siagad is running on %s", dir) : false;
	}
	result =
		db_open(&log->db, real, &log_kind, DB_WRITE | DB_SYNC_FULL | check_flag(real), err);
	if (result != DB_OK) {
		return result == DB_DAMAGED ? advise(log, err) : false;
	}
	return log_watch_wal(log, err) && log_load_answers(log, err) && load_feed(log, err) &&
	       (log->feed[0] != '\0' || make_feed(log, err));
}

struct log_store *log_try_writer(const char *dir, bool *taken, struct err *err) {
	struct log_store *log = mem_alloc(1, sizeof(*log));

	log->lock = -1;
	if (!open_writer(log, dir, taken, err)) {
		log_close(log);
		return NULL;
	}
	return log;
}

struct log_store *log_open_writer(const char *dir, struct err *err) {
	bool taken;

	return log_try_writer(dir, &taken, err);
}

static struct log_store *open_reader(const char *dir, unsigned flags, struct err *err) {
	struct log_store *log;
	char real[PATH_MAX];

	if (realpath(dir, real) == NULL) {
		(void)err_set(err, "%s: %s", dir, strerror(errno));
		return NULL;
	}
	log = mem_alloc(1, sizeof(*log));
	log->lock = -1;
	if (db_open(&log->db, real, &log_kind, flags, err) != DB_OK || !load_feed(log, err)) {
		log_close(log);
		return NULL;
	}
	return log;
}

struct log_store *log_open_reader(const char *dir, struct err *err) {
	return open_reader(dir, 0, err);
}

struct log_store *log_open_still(const char *dir, struct err *err) {
	return open_reader(dir, DB_LOOK, err);
}

void log_close(struct log_store *log) {
	if (log == NULL) {
		return;
	}
	db_close(&log->db);
	log_drop_answers(log);
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

/* Where the chain goes on. It is read each time, so that what was rolled back leaves no trace. */
static bool find_end(struct log_store *log, int64_t head, struct err *err) {
	int rc = log_hash(log, head, log->last_hash, err);

	log->next_seq = log->next_fill = head + 1;
	if (rc == 0) {
		log->next_fill = 1;
		log_chain_first(log->feed, log->last_hash);
	}
	return rc >= 0;
}

bool log_begin(struct log_store *log, struct err *err) {
	int64_t head, number;

	if (log->lock < 0) {
		return err_set(err, "%s: opened for reading", log->db.path);
	}
	if (log->transaction != TRANSACTION_NONE) {
		return err_set(err, "%s: a transaction is open already", log->db.path);
	}
	/* What fails and is not SQLite's doing is none of the troubles that have a name. */
	log->db.trouble = TROUBLE_OTHER;
	if (!db_run(&log->db, db_stmt(&log->db, LOG_BEGIN), err)) {
		return false;
	}
	log->transaction = TRANSACTION_OPEN;
	log->new_settled = 0;
	if (!log_load_answers(log, err) || !log_head(log, &head, &number, err) ||
		!find_end(log, head, err)) {
		log_rollback(log);
		return false;
	}
	return true;
}

/*
 * When the disk is full SQLite ends the transaction by itself, and what is written next would be
 * committed alone. So one failure loses the transaction here too, until it is rolled back.
 */
bool log_lose(struct log_store *log) {
	if (log->transaction == TRANSACTION_OPEN) {
		log->transaction = TRANSACTION_LOST;
	}
	return false;
}

bool log_may_write(struct log_store *log, struct err *err) {
	/* What fails may be a mere read, and end it all the same. */
	if (log->transaction == TRANSACTION_OPEN && sqlite3_get_autocommit(log->db.handle) != 0) {
		(void)log_lose(log);
	}
	switch (log->transaction) {
	case TRANSACTION_NONE: return err_set(err, "%s: no transaction is open", log->db.path);
	case TRANSACTION_LOST: return err_set(err, "%s: the transaction failed", log->db.path);
	case TRANSACTION_OPEN: break;
	}
	return true;
}

/* NULL where it is the same as the body. */
static void bind_form(struct db *db, sqlite3_stmt *stmt, int at, const struct log_row *row,
	const char *form, size_t len) {
	if (form != NULL && (len != row->body_len || memcmp(form, row->body, len) != 0)) {
		db_bind_text(db, stmt, at, form, len);
	}
}

/* What a new event and one that is filled have in common. */
static void bind_forms(struct log_store *log, sqlite3_stmt *stmt, const struct log_row *row,
	const struct log_link *link) {
	struct db *db = &log->db;

	bind_form(db, stmt, 1, row, row->masked, row->masked_len);
	bind_form(db, stmt, 2, row, row->bare, row->bare_len);
	if (link->salted) {
		db_bind_blob(db, stmt, 3, link->salt, sizeof(link->salt));
		db_bind_blob(db, stmt, 4, link->digest, sizeof(link->digest));
	}
	db_bind_blob(db, stmt, 5, link->hash, sizeof(link->hash));
	db_bind_str(db, stmt, 6, row->audience != NULL ? row->audience : "");
	db_bind_int(db, stmt, 7, row->seq);
}

static bool put_event(struct log_store *log, const struct log_row *row, const struct log_link *link,
	struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_EVENT_PUT);

	bind_forms(log, stmt, row, link);
	db_bind_int(&log->db, stmt, 8, row->at_ms);
	if (row->incident[0] != '\0') {
		db_bind_str(&log->db, stmt, 9, row->incident);
	}
	db_bind_int(&log->db, stmt, 10, row->number);
	db_bind_str(&log->db, stmt, 11, row->type);
	db_bind_text(&log->db, stmt, 12, row->body, row->body_len);
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

static bool put_sent(struct log_store *log, const struct log_row *row, struct err *err) {
	sqlite3_stmt *stmt;

	if (row->asks == NULL || row->asks[0] == '\0') {
		return true;
	}
	stmt = db_stmt(&log->db, LOG_SENT_PUT);
	db_bind_str(&log->db, stmt, 1, row->asks);
	db_bind_str(&log->db, stmt, 2, row->incident);
	db_bind_int(&log->db, stmt, 3, row->seq);
	db_bind_int(&log->db, stmt, 4, row->asks_caller ? 1 : 0);
	return db_run(&log->db, stmt, err);
}

bool log_append(struct log_store *log, const struct log_row *row, struct err *err) {
	struct log_link link;

	if (!log_may_write(log, err)) {
		return false;
	}
	if (log->next_fill != log->next_seq) {
		(void)err_set(err, "%s: an older siaga's log, not filled yet", log->db.path);
		return log_lose(log);
	}
	if (row->seq != log->next_seq) {
		(void)err_set(err, "%s: event %lld where %lld is next", log->db.path,
			(long long)row->seq, (long long)log->next_seq);
		return log_lose(log);
	}
	log_chain_link(&link, log->last_hash, row);
	if (!put_event(log, row, &link, err) || !put_incident(log, row, err) ||
		!put_alarm(log, row, err) || !put_sent(log, row, err)) {
		return log_lose(log);
	}
	memcpy(log->last_hash, link.hash, sizeof(log->last_hash));
	log->next_seq++;
	log->next_fill++;
	return true;
}

void log_last_hash(const struct log_store *log, unsigned char out[LOG_HASH_LEN]) {
	memcpy(out, log->last_hash, LOG_HASH_LEN);
}

int log_needs_fill(struct log_store *log, struct err *err) {
	unsigned char hash[LOG_HASH_LEN];
	int64_t head, number;
	int rc;

	if (!log_head(log, &head, &number, err)) {
		return -1;
	}
	rc = log_hash(log, head, hash, err);
	return rc < 0 ? -1 : !rc;
}

bool log_fill(struct log_store *log, const struct log_row *row, struct err *err) {
	struct log_link link;
	sqlite3_stmt *stmt;

	if (!log_may_write(log, err)) {
		return false;
	}
	if (row->seq != log->next_fill || row->seq >= log->next_seq) {
		(void)err_set(err, "%s: event %lld filled where %lld is next", log->db.path,
			(long long)row->seq, (long long)log->next_fill);
		return log_lose(log);
	}
	if (row->seq == 1 &&
		!db_exec(&log->db, "INSERT OR REPLACE INTO meta VALUES('untidy', '1')", err)) {
		return log_lose(log);
	}
	log_chain_link(&link, log->last_hash, row);
	stmt = db_stmt(&log->db, LOG_EVENT_FILL);
	bind_forms(log, stmt, row, &link);
	if (!db_run(&log->db, stmt, err) || !put_sent(log, row, err)) {
		return log_lose(log);
	}
	memcpy(log->last_hash, link.hash, sizeof(log->last_hash));
	log->next_fill++;
	return true;
}

bool log_commit(struct log_store *log, struct err *err) {
	if (!log_may_write(log, err) || !db_run(&log->db, db_stmt(&log->db, LOG_COMMIT), err)) {
		log_rollback(log);
		return false;
	}
	log_commit_answers(log);
	log->transaction = TRANSACTION_NONE;
	return true;
}

void log_rollback(struct log_store *log) {
	if (log->transaction != TRANSACTION_NONE) {
		log_drop_answers(log);
	}
	if (sqlite3_get_autocommit(log->db.handle) == 0) {
		(void)db_exec(&log->db, "ROLLBACK", NULL);
	}
	log->transaction = TRANSACTION_NONE;
}

enum trouble log_trouble(const struct log_store *log) {
	return log->db.trouble;
}

/* What is asked for next may be larger than what the probe writes, so there must be some room. */
bool log_probe(struct log_store *log, struct err *err) {
	return disk_try(log->dir, LOG_PROBE_BYTES, &log->db.trouble, err) &&
	       db_probe(&log->db, err);
}

/*
 * Rows that grew were moved from page to page, and what is left of them where they were would
 * outlive their being forgotten. Without the room for it on the disk it is done another time.
 */
void log_tidy(struct log_store *log) {
	sqlite3_stmt *stmt = db_prepare(&log->db, "SELECT 1 FROM meta WHERE key = 'untidy'", NULL);
	int rc = stmt != NULL ? db_step(&log->db, stmt, NULL) : -1;

	(void)sqlite3_finalize(stmt);
	if (rc == 1 && db_exec(&log->db, "PRAGMA temp_store=FILE; VACUUM", NULL)) {
		(void)db_exec(&log->db, "DELETE FROM meta WHERE key = 'untidy'", NULL);
	}
	(void)db_exec(&log->db, "PRAGMA temp_store=MEMORY", NULL);
}

void log_note_start(struct log_store *log, int64_t at_ms) {
	sqlite3_stmt *stmt = db_prepare(
		&log->db, "INSERT INTO started SELECT coalesce(max(seq), 0), ?1 FROM event", NULL);

	if (stmt != NULL) {
		db_bind_int(&log->db, stmt, 1, at_ms);
		(void)db_run(&log->db, stmt, NULL);
	}
	(void)sqlite3_finalize(stmt);
}

static bool settles_first(int move_ms, int settle_ms) {
	return settle_ms >= 0 && (move_ms < 0 || settle_ms < move_ms);
}

int log_rest_after_ms(const struct log_store *log) {
	int move_ms = log_checkpoint_after_ms(log), settle_ms = log_settle_after_ms(log);

	return settles_first(move_ms, settle_ms) ? settle_ms : move_ms;
}

void log_rest(struct log_store *log) {
	if (settles_first(log_checkpoint_after_ms(log), log_settle_after_ms(log))) {
		log_settle(log);
	} else {
		log_checkpoint(log);
	}
}
