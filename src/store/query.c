#include "db.h"

#include <stdio.h>
#include <string.h>

bool db_is_damage(int rc) {
	int primary = rc & 0xff;

	return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

static enum trouble trouble_of(int rc, int reason) {
	enum trouble trouble = trouble_of_errno(reason);

	switch (rc & 0xff) {
	case SQLITE_FULL: return TROUBLE_FULL;
	case SQLITE_READONLY: return TROUBLE_READ_ONLY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return TROUBLE_DAMAGED;
	case SQLITE_CANTOPEN: return trouble != TROUBLE_NONE ? trouble : TROUBLE_OTHER;
	/* Whatever the system calls it, a read or a write has failed. */
	case SQLITE_IOERR:
		return trouble == TROUBLE_FULL || trouble == TROUBLE_READ_ONLY ? trouble
									       : TROUBLE_IO;
	default: return TROUBLE_OTHER;
	}
}

bool db_fail(struct db *db, struct err *err) {
	int rc = sqlite3_errcode(db->handle);
	int reason = sqlite3_system_errno(db->handle);

	db->trouble = trouble_of(rc, reason);
	if (db_is_damage(rc)) {
		return err_set(err, _("%s: damaged: %s"), db->path, sqlite3_errmsg(db->handle));
	}
	if (((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN) && reason != 0) {
		return err_set(
			err, "%s: %s (%s)", db->path, sqlite3_errmsg(db->handle), strerror(reason));
	}
	return err_set(err, "%s: %s", db->path, sqlite3_errmsg(db->handle));
}

bool db_exec(struct db *db, const char *sql, struct err *err) {
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || db_fail(db, err);
}

/* The version is written as it is, and the header's page goes to the disk with it. */
static bool write_version(struct db *db, struct err *err) {
	char seal[48];
	sqlite3_stmt *stmt = NULL;
	bool got = sqlite3_prepare_v2(db->handle, "PRAGMA user_version", -1, &stmt, NULL) ==
			   SQLITE_OK &&
		   sqlite3_step(stmt) == SQLITE_ROW;

	(void)snprintf(seal, sizeof(seal), "PRAGMA user_version=%d",
		got ? sqlite3_column_int(stmt, 0) : 0);
	(void)sqlite3_finalize(stmt);
	return got ? db_exec(db, seal, err) : db_fail(db, err);
}

bool db_probe(struct db *db, struct err *err) {
	bool done = db_exec(db, "BEGIN IMMEDIATE", err) && write_version(db, err) &&
		    db_exec(db, "COMMIT", err);

	if (sqlite3_get_autocommit(db->handle) == 0) {
		(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	}
	return done;
}

void db_set_busy(struct db *db, int busy_ms) {
	db->busy_ms = busy_ms;
	(void)sqlite3_busy_timeout(db->handle, busy_ms);
}

bool db_has_moved(struct db *db) {
	int moved = 0;

	return sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
		       SQLITE_OK &&
	       moved != 0;
}

bool db_checkpoint(struct db *db, struct err *err) {
	int rc;

	/* Whoever reads may take as long as they like; nobody here waits for that. */
	(void)sqlite3_busy_timeout(db->handle, 0);
	rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_busy_timeout(db->handle, db->busy_ms);
	return rc == SQLITE_OK || db_fail(db, err);
}

bool db_copy(struct db *db, const char *path, struct err *err) {
	sqlite3_stmt *stmt = NULL;
	bool reads = sqlite3_db_readonly(db->handle, "main") == 1, done;

	/* To SQLite the copy is a database like any other, and this one may change none. */
	if (reads && !db_exec(db, "PRAGMA query_only=OFF", err)) {
		return false;
	}
	if (sqlite3_prepare_v2(db->handle, "VACUUM INTO ?1", -1, &stmt, NULL) != SQLITE_OK) {
		done = db_fail(db, err);
	} else {
		db_bind_str(db, stmt, 1, path);
		done = db_run(db, stmt, err);
	}
	(void)sqlite3_finalize(stmt);
	return (!reads || db_exec(db, "PRAGMA query_only=ON", err)) && done;
}

sqlite3_stmt *db_prepare(struct db *db, const char *sql, struct err *err) {
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) != SQLITE_OK) {
		(void)db_fail(db, err);
	}
	return stmt;
}

sqlite3_stmt *db_stmt(struct db *db, int which) {
	sqlite3_stmt *stmt = db->stmts[which];

	db_reset(stmt);
	return stmt;
}

static void remember_bind(struct db *db, int rc) {
	if (db->bind_rc == SQLITE_OK) {
		db->bind_rc = rc;
	}
}

void db_bind_text(struct db *db, sqlite3_stmt *stmt, int at, const char *text, size_t len) {
	remember_bind(db, sqlite3_bind_text64(stmt, at, text, len, SQLITE_STATIC, SQLITE_UTF8));
}

void db_bind_str(struct db *db, sqlite3_stmt *stmt, int at, const char *text) {
	db_bind_text(db, stmt, at, text, strlen(text));
}

void db_bind_blob(struct db *db, sqlite3_stmt *stmt, int at, const void *data, size_t len) {
	remember_bind(db, sqlite3_bind_blob64(stmt, at, data, len, SQLITE_STATIC));
}

void db_bind_int(struct db *db, sqlite3_stmt *stmt, int at, int64_t value) {
	remember_bind(db, sqlite3_bind_int64(stmt, at, value));
}

void db_reset(sqlite3_stmt *stmt) {
	/* What went wrong, the step has already said. */
	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
}

int db_step(struct db *db, sqlite3_stmt *stmt, struct err *err) {
	int rc = db->bind_rc;

	db->bind_rc = SQLITE_OK;
	if (rc != SQLITE_OK) {
		/* Without this a text that was not bound would be stored as NULL. */
		(void)err_set(err, "%s: %s", db->path, sqlite3_errstr(rc));
		db_reset(stmt);
		return -1;
	}
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		return 1;
	}
	if (rc == SQLITE_DONE) {
		db_reset(stmt);
		return 0;
	}
	(void)db_fail(db, err);
	db_reset(stmt);
	return -1;
}

bool db_run(struct db *db, sqlite3_stmt *stmt, struct err *err) {
	return db_step(db, stmt, err) == 0;
}

const char *db_column(sqlite3_stmt *stmt, int at, size_t *len) {
	const unsigned char *text = sqlite3_column_text(stmt, at);

	if (len != NULL) {
		*len = text != NULL ? (size_t)sqlite3_column_bytes(stmt, at) : 0;
	}
	return text != NULL ? (const char *)text : "";
}

int64_t db_column_number(sqlite3_stmt *stmt, int at, int64_t max) {
	int64_t number = sqlite3_column_int64(stmt, at);

	return number < 0 ? 0 : number > max ? max : number;
}

bool db_column_blob(sqlite3_stmt *stmt, int at, void *out, size_t len) {
	const void *data = sqlite3_column_blob(stmt, at);

	if (data == NULL || sqlite3_column_type(stmt, at) != SQLITE_BLOB ||
		(size_t)sqlite3_column_bytes(stmt, at) != len) {
		return false;
	}
	memcpy(out, data, len);
	return true;
}
