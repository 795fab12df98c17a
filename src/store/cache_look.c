#include <siaga/store/look.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <siaga/base/text.h>

#include "cache_private.h"

static const enum look_state states[] = {
	[DB_OK] = LOOK_FINE,
	[DB_FAILED] = LOOK_UNREADABLE,
	[DB_MISSING] = LOOK_MISSING,
	[DB_DAMAGED] = LOOK_DAMAGED,
	[DB_NEWER] = LOOK_NEWER,
	[DB_OLDER] = LOOK_OLDER,
};

/* The first row of a query; 1, 0 or -1, and the statement is to be finalized. */
static int query(struct db *db, const char *sql, sqlite3_stmt **stmt, struct err *err) {
	if (sqlite3_prepare_v2(db->handle, sql, -1, stmt, NULL) != SQLITE_OK) {
		(void)db_fail(db, err);
		return -1;
	}
	return db_step(db, *stmt, err);
}

static bool count(struct db *db, struct cache_look *out, struct err *err) {
	sqlite3_stmt *stmt = NULL;
	int rc = query(db,
		"SELECT (SELECT count(*) FROM event), (SELECT ended FROM history_count),"
		" (SELECT count(*) FROM outbox), (SELECT coalesce(min(at_ms), 0) FROM outbox)",
		&stmt, err);

	if (rc == 1) {
		out->events = sqlite3_column_int64(stmt, 0);
		out->ended = sqlite3_column_int64(stmt, 1);
		out->outbox = sqlite3_column_int64(stmt, 2);
		out->outbox_since_ms = sqlite3_column_int64(stmt, 3);
	}
	(void)sqlite3_finalize(stmt);
	return rc == 1;
}

static bool read_schema(struct db *db, struct cache_look *out, struct err *err) {
	sqlite3_stmt *stmt = NULL;
	int rc = query(db, "PRAGMA user_version", &stmt, err);

	if (rc == 1) {
		out->schema = sqlite3_column_int(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return rc == 1;
}

void cache_look(const char *dir, struct cache_look *out, struct err *err) {
	struct cache_store cache = {0};
	struct stat st;
	enum db_result result;

	*out = (struct cache_look){.state = LOOK_UNREADABLE};
	if (realpath(dir, cache.dir) == NULL) {
		out->state = errno == ENOENT ? LOOK_MISSING : LOOK_UNREADABLE;
		(void)err_set(err, "%s: %s", dir, strerror(errno));
		return;
	}
	result = db_open(&cache.db, cache.dir, &cache_kind, DB_LOOK | DB_CHECK, err);
	out->state = states[result];
	if (stat(cache.db.path, &st) == 0) {
		out->bytes = (int64_t)st.st_size;
	}
	if (result == DB_OK &&
		(!cache_get_meta(&cache, &out->meta, err) || !read_schema(&cache.db, out, err) ||
			!count(&cache.db, out, err))) {
		out->state = db_is_damage(sqlite3_errcode(cache.db.handle)) ? LOOK_DAMAGED
									    : LOOK_UNREADABLE;
	}
	db_close(&cache.db);
}
