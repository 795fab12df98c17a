#include <siaga/store/log.h>

#include <string.h>

#include <siaga/base/text.h>
#include <siaga/store/log_purge.h>

#include "log_private.h"

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

int log_hash(struct log_store *log, int64_t seq, unsigned char out[LOG_HASH_LEN], struct err *err) {
	sqlite3_stmt *stmt;
	int rc;

	if (seq == 0) {
		log_chain_first(log->feed, out);
		return 1;
	}
	stmt = db_stmt(&log->db, LOG_HASH_GET);
	db_bind_int(&log->db, stmt, 1, seq);
	rc = db_step(&log->db, stmt, err);
	if (rc == 1) {
		rc = db_column_blob(stmt, 0, out, LOG_HASH_LEN) ? 1 : 0;
		db_reset(stmt);
	}
	return rc;
}

int log_get_incident(
	struct log_store *log, const char *id, struct log_incident *out, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_INCIDENT_GET);
	int rc;

	db_bind_str(&log->db, stmt, 1, id);
	rc = db_step(&log->db, stmt, err);
	if (rc == 1) {
		*out = (struct log_incident){
			.number = sqlite3_column_int64(stmt, 0),
			.first_seq = sqlite3_column_int64(stmt, 1),
			.last_seq = sqlite3_column_int64(stmt, 2),
			.ended_seq = sqlite3_column_int64(stmt, 3),
		};
		db_reset(stmt);
	}
	return rc;
}

int64_t log_get_sent(struct log_store *log, const char *agency, const char *incident, bool *caller,
	struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_SENT_GET);
	int64_t seq;
	int rc;

	db_bind_str(&log->db, stmt, 1, agency);
	db_bind_str(&log->db, stmt, 2, incident);
	rc = db_step(&log->db, stmt, err);
	seq = rc == 1 ? sqlite3_column_int64(stmt, 0) : rc;
	if (caller != NULL) {
		*caller = rc == 1 && sqlite3_column_int(stmt, 1) != 0;
	}
	db_reset(stmt);
	return seq;
}

int64_t log_next_sent(struct log_store *log, const char *agency, int64_t after, int64_t upto,
	char incident[UUID_SIZE], struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_SENT_NEXT);
	int64_t seq;
	int rc;

	db_bind_str(&log->db, stmt, 1, agency);
	db_bind_int(&log->db, stmt, 2, after);
	db_bind_int(&log->db, stmt, 3, upto);
	rc = db_step(&log->db, stmt, err);
	seq = rc;
	if (rc == 1) {
		seq = sqlite3_column_int64(stmt, 0);
		text_copy(incident, UUID_SIZE, db_column(stmt, 1, NULL));
		db_reset(stmt);
	}
	return seq;
}

/* Hands over what a statement finds; an event that the caller stops at counts too. */
static int64_t give_events(struct log_store *log, sqlite3_stmt *stmt, log_event_fn on_event,
	void *data, struct err *err) {
	int64_t given = 0;
	int rc;

	while ((rc = db_step(&log->db, stmt, err)) == 1) {
		struct log_event event = {.seq = sqlite3_column_int64(stmt, 0)};

		event.body = db_column(stmt, 1, &event.len);
		event.masked = event.body;
		event.masked_len = event.len;
		if (sqlite3_column_type(stmt, 2) != SQLITE_NULL) {
			event.masked = db_column(stmt, 2, &event.masked_len);
		}
		event.audience = db_column(stmt, 3, NULL);
		if (sqlite3_column_type(stmt, 4) == SQLITE_BLOB &&
			sqlite3_column_bytes(stmt, 4) == LOG_HASH_LEN) {
			event.hash = sqlite3_column_blob(stmt, 4);
		}
		event.type = db_column(stmt, 5, NULL);
		event.caller = sqlite3_column_count(stmt) > 6 && sqlite3_column_int(stmt, 6) != 0;
		given++;
		if (!on_event(data, &event)) {
			db_reset(stmt);
			break;
		}
	}
	return rc < 0 ? -1 : given;
}

static void bind_range(struct log_store *log, sqlite3_stmt *stmt, const int64_t range[3]) {
	for (int i = 0; i < 3; i++) {
		db_bind_int(&log->db, stmt, i + 1, range[i]);
	}
}

int64_t log_read(struct log_store *log, int64_t after, int64_t upto, int64_t max,
	log_event_fn on_event, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_READ);

	bind_range(log, stmt, (const int64_t[]){after, upto, max});
	return give_events(log, stmt, on_event, data, err);
}

int64_t log_read_open(struct log_store *log, const char *agency, int64_t after, int64_t head,
	int64_t max, log_event_fn on_event, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, agency != NULL ? LOG_READ_SENT : LOG_READ_OPEN);

	bind_range(log, stmt, (const int64_t[]){after, head, max});
	if (agency != NULL) {
		db_bind_str(&log->db, stmt, 4, agency);
	}
	return give_events(log, stmt, on_event, data, err);
}

int64_t log_read_past(struct log_store *log, const char *agency, const char *incident,
	int64_t after, int64_t upto, int64_t max, log_event_fn on_event, void *data,
	struct err *err) {
	struct log_purge purge = {0};
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_READ_PAST);

	if (log_purge_pending(log, &purge, err) < 0) {
		return -1;
	}
	bind_range(log, stmt, (const int64_t[]){after, upto, max});
	db_bind_str(&log->db, stmt, 4, agency);
	db_bind_str(&log->db, stmt, 5, incident);
	db_bind_int(&log->db, stmt, 6, purge.before_ms);
	db_bind_int(&log->db, stmt, 7, purge.seq);
	return give_events(log, stmt, on_event, data, err);
}

int64_t log_read_incident(struct log_store *log, const char *incident, log_event_fn on_event,
	void *data, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&log->db, LOG_READ_INCIDENT);

	db_bind_str(&log->db, stmt, 1, incident);
	return give_events(log, stmt, on_event, data, err);
}

bool log_read_cameras(struct log_store *log, log_event_fn on_event, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&log->db,
		"SELECT " LOG_EVENT_COLUMNS " FROM event"
		" WHERE incident IS NULL AND type = 'camera.status' ORDER BY seq DESC",
		err);
	bool read = stmt != NULL && give_events(log, stmt, on_event, data, err) >= 0;

	(void)sqlite3_finalize(stmt);
	return read;
}
