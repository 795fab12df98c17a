/* The cache read as what it is a part of: the feed's log. */
#include <siaga/store/cache.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/store/history.h>

#include "cache_private.h"

struct cache_store *cache_open_look(const char *dir, struct err *err) {
	struct cache_store *cache = mem_alloc(1, sizeof(*cache));
	enum db_result result = DB_MISSING;

	if (realpath(dir, cache->dir) == NULL) {
		(void)err_set(err, "%s: %s", dir, strerror(errno));
	} else {
		result = db_open(&cache->db, cache->dir, &cache_kind, DB_LOOK, err);
		if (result == DB_MISSING) {
			(void)err_set(err, _("%s: nothing was ever kept there"), cache->db.path);
		} else if (result == DB_OLDER) {
			(void)err_set(err,
				_("%s: of an older siaga: a console that is started there brings "
				  "it up to date"),
				cache->db.path);
		}
	}
	if (result != DB_OK) {
		cache_close(cache);
		return NULL;
	}
	return cache;
}

int cache_whole_since(struct cache_store *cache, int64_t *seq, int64_t *at_ms, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&cache->db,
		"SELECT seq, at_ms FROM event AS e"
		" WHERE NOT EXISTS(SELECT 1 FROM event WHERE seq = e.seq - 1)"
		" ORDER BY seq DESC LIMIT 1",
		err);
	int rc = stmt == NULL ? -1 : db_step(&cache->db, stmt, err);

	if (rc == 1) {
		*seq = db_column_number(stmt, 0, DB_SEQ_MAX);
		*at_ms = db_column_number(stmt, 1, DB_MS_MAX);
	}
	(void)sqlite3_finalize(stmt);
	return rc;
}

bool cache_read_since(struct cache_store *cache, int64_t since_ms, cache_event_fn on_event,
	void *data, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&cache->db,
		"SELECT body FROM event WHERE at_ms >= ?1 OR incident IS NULL ORDER BY seq", err);
	int rc = stmt == NULL ? -1 : 1;

	if (stmt != NULL) {
		db_bind_int(&cache->db, stmt, 1, since_ms);
	}
	while (rc == 1 && (rc = db_step(&cache->db, stmt, err)) == 1) {
		size_t len;
		const char *body = db_column(stmt, 0, &len);

		if (!on_event(data, body, len)) {
			rc = 0;
		}
	}
	(void)sqlite3_finalize(stmt);
	return rc == 0;
}

static void get_ended(sqlite3_stmt *stmt, struct history_row *row) {
	*row = (struct history_row){
		.id = db_column(stmt, 0, NULL),
		.kind = db_column(stmt, 1, NULL),
		.priority = db_column(stmt, 2, NULL),
		.state = db_column(stmt, 3, NULL),
		.mode = db_column(stmt, 4, NULL),
		.lat_e7 = sqlite3_column_int(stmt, 5),
		.lon_e7 = sqlite3_column_int(stmt, 6),
		.received_ms = sqlite3_column_int64(stmt, 7),
		.ended_ms = sqlite3_column_int64(stmt, 8),
	};
}

bool cache_read_ended(struct cache_store *cache, int64_t from_ms, int64_t to_ms,
	history_row_fn on_row, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&cache->db,
		"SELECT id, kind, priority, state, mode, lat_e7, lon_e7, received_ms, ended_ms"
		" FROM history WHERE received_ms >= ?1 AND received_ms < ?2",
		err);
	int rc = stmt == NULL ? -1 : 1;

	if (stmt != NULL) {
		db_bind_int(&cache->db, stmt, 1, from_ms);
		db_bind_int(&cache->db, stmt, 2, to_ms);
	}
	while (rc == 1 && (rc = db_step(&cache->db, stmt, err)) == 1) {
		struct history_row row;

		get_ended(stmt, &row);
		rc = on_row(data, &row) ? 1 : 0;
	}
	(void)sqlite3_finalize(stmt);
	return rc == 0;
}
