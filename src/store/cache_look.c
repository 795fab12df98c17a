#include "cache_private.h"
#include "look_private.h"

static bool count(struct db *db, struct cache_look *out, struct err *err) {
	sqlite3_stmt *stmt = NULL;
	int rc = look_query(db,
		"SELECT (SELECT count(*) FROM event), (SELECT ended FROM history_count),"
		" (SELECT count(*) FROM outbox), (SELECT coalesce(min(at_ms), 0) FROM outbox)",
		&stmt, err);

	if (rc == 1) {
		out->events = sqlite3_column_int64(stmt, 0);
		out->ended = sqlite3_column_int64(stmt, 1);
		out->outbox = sqlite3_column_int64(stmt, 2);
		out->outbox_since_ms = db_column_number(stmt, 3, DB_MS_MAX);
	}
	(void)sqlite3_finalize(stmt);
	return rc == 1;
}

void cache_look(const char *dir, struct cache_look *out, struct err *err) {
	struct cache_store cache = {0};
	bool open;

	*out = (struct cache_look){0};
	open = look_open(&cache.db, dir, &cache_kind, &out->state, &out->schema, &out->bytes, err);

	if (open && (!cache_get_meta(&cache, &out->meta, err) || !count(&cache.db, out, err))) {
		out->state = look_failure(&cache.db);
	}
	if (out->state == LOOK_FINE && cache_is_suspect(dir)) {
		out->state = LOOK_DAMAGED;
		(void)err_set(err, _("%s: damaged: met while it was in use"), cache.db.path);
	}
	db_close(&cache.db);
}
