/* The cache read as what it is a part of: the feed's log. */
#include <siaga/store/cache.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
