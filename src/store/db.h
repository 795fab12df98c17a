/*
 * What the three files have in common: how one is made, recognised, brought up to date and opened,
 * and short forms for prepared statements.
 */
#ifndef SIAGA_STORE_DB_H
#define SIAGA_STORE_DB_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include <siaga/base/err.h>
#include <siaga/base/trouble.h>

#define DB_STATEMENTS_MAX 40
#define DB_BUSY_MS        2000 /* how long a lock is waited for, where nothing else is said */

/* What makes a file this kind of file. */
struct db_kind {
	const char *file;         /* its name in the folder */
	uint32_t application_id;  /* in its header */
	const char *const *steps; /* steps[n] takes the schema from version n to n + 1 */
	int steps_len;
	const char *const *sql; /* the statements that are prepared once, by number */
	int sql_len;
	int cache_kib; /* memory for pages, of each connection at most; 0: as SQLite has it */
};

enum db_flag {
	DB_WRITE = 1 << 0,     /* may make, migrate and change the file; else it is only read */
	DB_SYNC_FULL = 1 << 1, /* a commit is on disk when it returns; else the last ones may go
				  with the power */
	DB_CHECK = 1 << 2,     /* look the whole file over first */
	DB_LOOK = 1 << 3,      /* only to be looked at: nothing at all is changed, and beside the
				  file nothing is made where nobody has it open */
};

enum db_result {
	DB_OK,
	DB_FAILED,  /* a reason outside the file: rights, space, a lock */
	DB_MISSING, /* to be read only, and not there */
	DB_DAMAGED, /* broken, cut off, or not a file of this kind; nothing was changed in it */
	DB_NEWER,   /* a newer program has changed its schema */
	DB_OLDER,   /* to be looked at, whole, and with an older schema */
};

struct db {
	sqlite3 *handle;
	const struct db_kind *kind;
	sqlite3_stmt *stmts[DB_STATEMENTS_MAX];
	int busy_ms;          /* how long a lock is waited for */
	int bind_rc;          /* the first failed bind since the last step */
	enum trouble trouble; /* of the last failure; nobody clears it */
	char path[PATH_MAX];
};

/* Makes the folder and its parents (0700) where they miss; `real` gets its path without links. */
bool db_make_dir(const char *dir, char real[PATH_MAX], struct err *err);
/* real + "/" + name; false when too long. */
bool db_path(char out[PATH_MAX], const char *real, const char *name, struct err *err);
/*
 * Takes the lock file `name` in the folder: its descriptor, -1 on error; *taken: somebody has it.
 * Closing the descriptor gives it back.
 */
int db_lock(const char *real, const char *name, bool *taken, struct err *err);

/* Opens kind->file in the folder `real`; flags are of enum db_flag. On failure db is closed. */
enum db_result db_open(struct db *db, const char *real, const struct db_kind *kind, unsigned flags,
	struct err *err);
void db_close(struct db *db); /* zero is fine */

/* "PATH: what SQLite says"; returns false. */
bool db_fail(struct db *db, struct err *err);
/* Whether the last error of SQLite means that the file itself is broken. */
bool db_is_damage(int rc);
/* Writes something that changes nothing, as sure as a commit is on this connection. Outside a
 * transaction. */
bool db_probe(struct db *db, struct err *err);
void db_set_busy(struct db *db, int busy_ms);
/* So much memory, in KiB, for its pages at most. */
void db_set_room(struct db *db, int kib);
/* Is the open file no longer the one of that name: renamed, or removed? */
bool db_has_moved(struct db *db);
/* Writes a whole, compact copy of the file as it is now; `path` must not be there, or be empty. */
bool db_copy(struct db *db, const char *path, struct err *err);
/* The file and what SQLite has, or has left, beside it. */
void db_remove(const char *path);
/* Moves all of the -wal file to the main one and empties it; false also where somebody reads. */
bool db_checkpoint(struct db *db, struct err *err);
/* Runs text without results. */
bool db_exec(struct db *db, const char *sql, struct err *err);

/* A statement that is needed now and then; the caller finalizes it. NULL on error. */
sqlite3_stmt *db_prepare(struct db *db, const char *sql, struct err *err);
/* Prepared statement number `which`, with nothing bound. */
sqlite3_stmt *db_stmt(struct db *db, int which);
/* The text must live until the statement is reset. */
void db_bind_text(struct db *db, sqlite3_stmt *stmt, int at, const char *text, size_t len);
void db_bind_str(struct db *db, sqlite3_stmt *stmt, int at, const char *text);
void db_bind_blob(struct db *db, sqlite3_stmt *stmt, int at, const void *data, size_t len);
void db_bind_int(struct db *db, sqlite3_stmt *stmt, int at, int64_t value);
/* One step: 1 a row, 0 the end, -1 error. At the end and on error the statement is reset. */
int db_step(struct db *db, sqlite3_stmt *stmt, struct err *err);
/* Runs a statement that has no rows to the end. */
bool db_run(struct db *db, sqlite3_stmt *stmt, struct err *err);
/* Ends a statement before its end; safe after its end too. */
void db_reset(sqlite3_stmt *stmt);

/* A column as text, "" for NULL; lives until the next step. len may be NULL. */
const char *db_column(sqlite3_stmt *stmt, int at, size_t *len);
/* A column as a number from 0 to max, whatever a damaged file holds: what is outside becomes the
 * nearer end. */
int64_t db_column_number(sqlite3_stmt *stmt, int at, int64_t max);

#define DB_SEQ_MAX (INT64_C(1) << 53)       /* of the log, as far as its messages can say it */
#define DB_MS_MAX  INT64_C(253402300799999) /* the last millisecond of the year 9999 */

/* A column of exactly so many bytes; false when it is not that. */
bool db_column_blob(sqlite3_stmt *stmt, int at, void *out, size_t len);

#endif
