/* A look at what the feed keeps: log.db and admin.db. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <siaga/base/text.h>

#include "look_private.h"

static const enum look_state states[] = {
	[DB_OK] = LOOK_FINE,
	[DB_FAILED] = LOOK_UNREADABLE,
	[DB_MISSING] = LOOK_MISSING,
	[DB_DAMAGED] = LOOK_DAMAGED,
	[DB_NEWER] = LOOK_NEWER,
	[DB_OLDER] = LOOK_OLDER,
};

int look_query(struct db *db, const char *sql, sqlite3_stmt **stmt, struct err *err) {
	if (sqlite3_prepare_v2(db->handle, sql, -1, stmt, NULL) != SQLITE_OK) {
		(void)db_fail(db, err);
		return -1;
	}
	return db_step(db, *stmt, err);
}

enum look_state look_failure(struct db *db) {
	return db_is_damage(sqlite3_errcode(db->handle)) ? LOOK_DAMAGED : LOOK_UNREADABLE;
}

static bool read_schema(struct db *db, int *schema, struct err *err) {
	sqlite3_stmt *stmt = NULL;
	int rc = look_query(db, "PRAGMA user_version", &stmt, err);

	if (rc == 1) {
		*schema = sqlite3_column_int(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return rc == 1;
}

bool look_open(struct db *db, const char *dir, const struct db_kind *kind, enum look_state *state,
	int *schema, int64_t *bytes, struct err *err) {
	char real[PATH_MAX];
	struct stat st;
	enum db_result result;

	*state = LOOK_UNREADABLE;
	if (realpath(dir, real) == NULL) {
		*state = errno == ENOENT ? LOOK_MISSING : LOOK_UNREADABLE;
		(void)err_set(err, "%s: %s", dir, strerror(errno));
		return false;
	}
	result = db_open(db, real, kind, DB_LOOK | DB_CHECK, err);
	*state = states[result];
	if (stat(db->path, &st) == 0) {
		*bytes = (int64_t)st.st_size;
	}
	if (result == DB_OK && !read_schema(db, schema, err)) {
		*state = look_failure(db);
		return false;
	}
	return result == DB_OK;
}

static bool count_log(struct db *db, struct log_look *out, struct err *err) {
	sqlite3_stmt *stmt = NULL;
	int rc = look_query(db,
		"SELECT (SELECT coalesce(max(seq), 0) FROM event),"
		" (SELECT count(*) FROM incident WHERE ended_seq IS NULL),"
		" coalesce((SELECT at_ms FROM event ORDER BY seq DESC LIMIT 1), 0),"
		" (SELECT value FROM meta WHERE key = 'feed')",
		&stmt, err);

	if (rc == 1) {
		out->events = sqlite3_column_int64(stmt, 0);
		out->open = sqlite3_column_int64(stmt, 1);
		out->last_at_ms = sqlite3_column_int64(stmt, 2);
		(void)text_copy(out->feed, sizeof(out->feed), db_column(stmt, 3, NULL));
	}
	(void)sqlite3_finalize(stmt);
	return rc == 1;
}

void log_look(const char *dir, struct log_look *out, struct err *err) {
	struct db db = {0};

	*out = (struct log_look){0};
	if (look_open(&db, dir, &log_kind, &out->state, &out->schema, &out->bytes, err) &&
		!count_log(&db, out, err)) {
		out->state = look_failure(&db);
	}
	db_close(&db);
}

void admin_look(const char *dir, struct admin_look *out,
	void (*on_token)(void *data, const struct token_row *), void *data, struct err *err) {
	struct admin_store admin = {0};
	int64_t bytes;

	*out = (struct admin_look){0};
	if (look_open(&admin.db, dir, &admin_kind, &out->state, &out->schema, &bytes, err) &&
		(!admin_list_tokens(&admin, on_token, data, err) ||
			admin_get_registry(&admin, &out->registry, &out->rev, err) < 0)) {
		out->state = look_failure(&admin.db);
	}
	db_close(&admin.db);
}

void admin_look_finish(struct admin_look *look) {
	buf_finish(&look->registry);
}
