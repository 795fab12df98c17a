#include <siaga/store/admin.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "db.h"
#include "look_private.h"

/* "SIAA" */
#define ADMIN_APPLICATION_ID 0x53494141u

enum admin_stmt {
	ADMIN_TOKEN_ADD,
	ADMIN_TOKEN_REVOKE,
	ADMIN_TOKEN_LIST,
	ADMIN_REGISTRY_PUT,
	ADMIN_REGISTRY_GET,
	ADMIN_PURGE_ASK,
	ADMIN_PURGE_ASKED,
	ADMIN_VERSION,
	ADMIN_STMT_COUNT
};

static const char *const admin_steps[] = {
	"CREATE TABLE token(name TEXT PRIMARY KEY, role TEXT NOT NULL, agency TEXT NOT NULL,"
	" hash BLOB NOT NULL UNIQUE, made_at_ms INTEGER NOT NULL, revoked_at_ms INTEGER NOT NULL)"
	" STRICT;"
	"CREATE TABLE registry(id INTEGER PRIMARY KEY CHECK(id = 1), rev INTEGER NOT NULL,"
	" at_ms INTEGER NOT NULL, json TEXT NOT NULL) STRICT;",
	("CREATE TABLE purge(id INTEGER PRIMARY KEY CHECK(id = 1), before_ms INTEGER NOT NULL)"
	 " STRICT;"),
};

#define TOKEN_COLUMNS "name, role, agency, hash, made_at_ms, revoked_at_ms"

static const char *const admin_sql[] = {
	/* Changes nothing while a live token has the name. */
	[ADMIN_TOKEN_ADD] =
		"INSERT INTO token(" TOKEN_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, 0)"
		" ON CONFLICT(name) DO UPDATE SET role = excluded.role, agency = excluded.agency,"
		" hash = excluded.hash, made_at_ms = excluded.made_at_ms, revoked_at_ms = 0"
		" WHERE revoked_at_ms <> 0",
	[ADMIN_TOKEN_REVOKE] =
		"UPDATE token SET revoked_at_ms = ?2 WHERE name = ?1 AND revoked_at_ms = 0",
	[ADMIN_TOKEN_LIST] = "SELECT " TOKEN_COLUMNS " FROM token ORDER BY name",
	[ADMIN_REGISTRY_PUT] =
		"INSERT INTO registry(id, rev, at_ms, json) VALUES(1, 1, ?1, ?2)"
		" ON CONFLICT(id) DO UPDATE SET rev = rev + 1, at_ms = excluded.at_ms,"
		" json = excluded.json RETURNING rev",
	[ADMIN_REGISTRY_GET] = "SELECT rev, json FROM registry",
	/* A later time replaces an earlier one. */
	[ADMIN_PURGE_ASK] =
		("INSERT INTO purge(id, before_ms) VALUES(1, ?1) ON CONFLICT(id) DO UPDATE"
		 " SET before_ms = max(before_ms, excluded.before_ms)"),
	[ADMIN_PURGE_ASKED] = "SELECT before_ms FROM purge",
	[ADMIN_VERSION] = "PRAGMA data_version",
};
static_assert(ARRAY_LEN(admin_sql) == ADMIN_STMT_COUNT, "a statement for each number");
static_assert(ADMIN_STMT_COUNT <= DB_STATEMENTS_MAX, "room for each statement");

const struct db_kind admin_kind = {
	.file = "admin.db",
	.application_id = ADMIN_APPLICATION_ID,
	.steps = admin_steps,
	.steps_len = ARRAY_LEN(admin_steps),
	.sql = admin_sql,
	.sql_len = ADMIN_STMT_COUNT,
};

struct admin_store *admin_open(const char *dir, struct err *err) {
	struct admin_store *admin;
	char real[PATH_MAX];

	if (!db_make_dir(dir, real, err)) {
		return NULL;
	}
	admin = mem_alloc(1, sizeof(*admin));
	/* FULL: a token that was revoked must not come back with the power. */
	if (db_open(&admin->db, real, &admin_kind, DB_WRITE | DB_SYNC_FULL | DB_CHECK, err) !=
		DB_OK) {
		free(admin);
		return NULL;
	}
	return admin;
}

struct admin_store *admin_open_look(const char *dir, struct err *err) {
	struct admin_store *admin;
	char real[PATH_MAX];

	if (realpath(dir, real) == NULL) {
		(void)err_set(err, "%s: %s", dir, strerror(errno));
		return NULL;
	}
	admin = mem_alloc(1, sizeof(*admin));
	if (db_open(&admin->db, real, &admin_kind, DB_LOOK | DB_CHECK, err) != DB_OK) {
		free(admin);
		return NULL;
	}
	return admin;
}

bool admin_copy(struct admin_store *admin, const char *path, struct err *err) {
	return db_copy(&admin->db, path, err);
}

void admin_close(struct admin_store *admin) {
	if (admin == NULL) {
		return;
	}
	db_close(&admin->db);
	free(admin);
}

static void bind_hash(struct db *db, sqlite3_stmt *stmt, int at, const unsigned char *hash) {
	if (sqlite3_bind_blob(stmt, at, hash, TOKEN_HASH_LEN, SQLITE_STATIC) != SQLITE_OK) {
		db->bind_rc = SQLITE_NOMEM;
	}
}

/* Whoever can write to the file can write anything into it, and it is printed and drawn. */
static void read_text(sqlite3_stmt *stmt, int column, char *out, size_t size) {
	size_t len;
	const char *text = db_column(stmt, column, &len);

	(void)text_clean(out, size, text, len);
}

static void read_token(sqlite3_stmt *stmt, struct token_row *out) {
	const void *hash = sqlite3_column_blob(stmt, 3);

	*out = (struct token_row){
		.made_at_ms = sqlite3_column_int64(stmt, 4),
		.revoked_at_ms = sqlite3_column_int64(stmt, 5),
	};
	read_text(stmt, 0, out->name, sizeof(out->name));
	read_text(stmt, 1, out->role, sizeof(out->role));
	read_text(stmt, 2, out->agency, sizeof(out->agency));
	if (hash != NULL && sqlite3_column_bytes(stmt, 3) == TOKEN_HASH_LEN) {
		memcpy(out->hash, hash, TOKEN_HASH_LEN);
	}
}

bool admin_add_token(struct admin_store *admin, const struct token_row *row, struct err *err) {
	struct db *db = &admin->db;
	sqlite3_stmt *stmt = db_stmt(db, ADMIN_TOKEN_ADD);

	db_bind_str(db, stmt, 1, row->name);
	db_bind_str(db, stmt, 2, row->role);
	db_bind_str(db, stmt, 3, row->agency);
	bind_hash(db, stmt, 4, row->hash);
	db_bind_int(db, stmt, 5, row->made_at_ms);
	if (!db_run(db, stmt, err)) {
		return false;
	}
	if (sqlite3_changes(db->handle) == 0) {
		return err_set(err, "there is a token named %s already", row->name);
	}
	return true;
}

bool admin_revoke_token(
	struct admin_store *admin, const char *name, int64_t at_ms, struct err *err) {
	struct db *db = &admin->db;
	sqlite3_stmt *stmt = db_stmt(db, ADMIN_TOKEN_REVOKE);

	db_bind_str(db, stmt, 1, name);
	/* 0 would mean that it still counts. */
	db_bind_int(db, stmt, 2, at_ms > 0 ? at_ms : 1);
	if (!db_run(db, stmt, err)) {
		return false;
	}
	if (sqlite3_changes(db->handle) == 0) {
		return err_set(err, "there is no token named %s", name);
	}
	return true;
}

bool admin_list_tokens(struct admin_store *admin,
	void (*on_token)(void *data, const struct token_row *), void *data, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&admin->db, ADMIN_TOKEN_LIST);
	int rc;

	while ((rc = db_step(&admin->db, stmt, err)) == 1) {
		struct token_row row;

		read_token(stmt, &row);
		on_token(data, &row);
	}
	return rc == 0;
}

bool admin_put_registry(struct admin_store *admin, const char *json, size_t len, int64_t at_ms,
	int64_t *rev, struct err *err) {
	struct db *db = &admin->db;
	sqlite3_stmt *stmt = db_stmt(db, ADMIN_REGISTRY_PUT);
	int64_t made;

	db_bind_int(db, stmt, 1, at_ms);
	db_bind_text(db, stmt, 2, json, len);
	if (db_step(db, stmt, err) != 1) {
		return false;
	}
	made = sqlite3_column_int64(stmt, 0);
	/* It is committed only when the statement has run to its end. */
	if (!db_run(db, stmt, err)) {
		return false;
	}
	*rev = made;
	return true;
}

int admin_get_registry(struct admin_store *admin, struct buf *json, int64_t *rev, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&admin->db, ADMIN_REGISTRY_GET);
	int rc = db_step(&admin->db, stmt, err);

	if (rc == 1) {
		size_t len;
		const char *text = db_column(stmt, 1, &len);

		*rev = sqlite3_column_int64(stmt, 0);
		buf_clear(json);
		buf_add(json, text, len);
		db_reset(stmt);
	}
	return rc;
}

bool admin_ask_purge(struct admin_store *admin, int64_t before_ms, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&admin->db, ADMIN_PURGE_ASK);

	db_bind_int(&admin->db, stmt, 1, before_ms);
	return db_run(&admin->db, stmt, err);
}

int64_t admin_purge_asked_ms(struct admin_store *admin, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&admin->db, ADMIN_PURGE_ASKED);
	int rc = db_step(&admin->db, stmt, err);
	int64_t before_ms = rc < 0 ? -1 : 0;

	if (rc == 1) {
		before_ms = sqlite3_column_int64(stmt, 0);
		db_reset(stmt);
	}
	return before_ms;
}

int64_t admin_version(struct admin_store *admin) {
	sqlite3_stmt *stmt = db_stmt(&admin->db, ADMIN_VERSION);
	int64_t version = 0;

	if (db_step(&admin->db, stmt, NULL) == 1) {
		version = sqlite3_column_int64(stmt, 0);
		db_reset(stmt);
	}
	return version;
}
