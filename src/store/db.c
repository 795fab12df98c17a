#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/disk.h>
#include <siaga/base/macros.h>
#include <siaga/base/text.h>

bool db_path(char out[PATH_MAX], const char *real, const char *name, struct err *err) {
	int wanted = snprintf(out, PATH_MAX, "%s/%s", real, name);

	if (wanted < 0 || wanted >= PATH_MAX) {
		return err_set(err, _("%s/%s: the path is too long"), real, name);
	}
	return true;
}

bool db_make_dir(const char *dir, char real[PATH_MAX], struct err *err) {
	char part[PATH_MAX];
	size_t len = strlen(dir);

	if (len == 0 || len >= sizeof(part)) {
		return err_set(err, _("the folder's path is empty or too long"));
	}
	memcpy(part, dir, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0') {
			continue;
		}
		part[i] = '\0';
		if (!disk_make_dir(part, 0700) && errno != EEXIST && i == len) {
			return err_set(err, "%s: %s", dir, strerror(errno));
		}
		part[i] = dir[i];
	}
	if (realpath(dir, real) == NULL) {
		return err_set(err, "%s: %s", dir, strerror(errno));
	}
	return true;
}

int db_lock(const char *real, const char *name, bool *taken, struct err *err) {
	char path[PATH_MAX];
	int fd, rc;

	*taken = false;
	if (!db_path(path, real, name, err)) {
		return -1;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		(void)err_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	do {
		rc = flock(fd, LOCK_EX | LOCK_NB);
	} while (rc != 0 && errno == EINTR);
	if (rc != 0) {
		int wrong = errno;

		*taken = wrong == EWOULDBLOCK;
		(void)err_set(err, "%s: %s", path, strerror(wrong));
		(void)close(fd);
		errno = wrong;
		return -1;
	}
	return fd;
}

/* A number that a query or pragma gives; false on any error. */
static bool get_number(struct db *db, const char *sql, int64_t *value) {
	sqlite3_stmt *stmt = NULL;
	bool got = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) == SQLITE_OK &&
		   sqlite3_step(stmt) == SQLITE_ROW;

	if (got) {
		*value = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return got;
}

static bool has_wal(const struct db *db) {
	char wal[PATH_MAX + 8];

	(void)snprintf(wal, sizeof(wal), "%s-wal", db->path);
	return access(wal, F_OK) == 0;
}

/* Without a -wal file nobody has it open, and SQLite need not make one to read it. */
static void look_uri(char out[3 * PATH_MAX + 32], const char *path) {
	size_t len = (size_t)sprintf(out, "file:");

	for (; *path != '\0'; path++) {
		bool plain = *path == '/' || text_id_ok((char[]){*path, '\0'}, 1);

		len += (size_t)sprintf(out + len, plain ? "%c" : "%%%02X", (unsigned char)*path);
	}
	memcpy(out + len, "?immutable=1", sizeof("?immutable=1"));
}

void db_set_room(struct db *db, int kib) {
	char pragma[48];

	(void)snprintf(pragma, sizeof(pragma), "PRAGMA cache_size=-%d", kib);
	/* A wish: what is wrong with a file is found, and told, by what is needed of it. */
	(void)sqlite3_exec(db->handle, pragma, NULL, NULL, NULL);
}

static bool open_handle(struct db *db, unsigned flags, struct err *err) {
	int way = (flags & DB_WRITE) != 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	bool still = (flags & DB_LOOK) != 0 && !has_wal(db);
	char uri[3 * PATH_MAX + 32];
	int rc;

	if (still) {
		look_uri(uri, db->path);
		way |= SQLITE_OPEN_URI;
	}
	rc = sqlite3_open_v2(still ? uri : db->path, &db->handle,
		way | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc != SQLITE_OK) {
		return db_fail(db, err);
	}
	db_set_busy(db, DB_BUSY_MS);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (db->kind->cache_kib > 0) {
		db_set_room(db, db->kind->cache_kib);
	}
	return db_exec(db,
		"PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;"
		"PRAGMA temp_store=MEMORY",
		err);
}

/*
 * A failure of SQLite, told apart into damage and everything else. What is asked of a file before
 * it is known would be answered by any file that is whole, and a statement that does not fit the
 * tables means that they are not what their version promises: a plain error is the file's as well.
 */
static enum db_result failure(struct db *db, struct err *err) {
	int rc = sqlite3_errcode(db->handle);

	if ((rc & 0xff) == SQLITE_ERROR) {
		(void)err_set(err, _("%s: damaged: %s"), db->path, sqlite3_errmsg(db->handle));
		return DB_DAMAGED;
	}
	(void)db_fail(db, err);
	return db_is_damage(rc) ? DB_DAMAGED : DB_FAILED;
}

/* Schema and its version change in one transaction, so that a crash leaves the one or the other. */
static enum db_result take_step(struct db *db, int from, struct err *err) {
	enum db_result result;
	char seal[96];
	int64_t version;

	if (!db_exec(db, "BEGIN EXCLUSIVE", err)) {
		return failure(db, err);
	}
	if (!get_number(db, "PRAGMA user_version", &version)) {
		goto undo;
	}
	if (version == from) {
		(void)snprintf(seal, sizeof(seal),
			"PRAGMA application_id=%u; PRAGMA user_version=%d",
			db->kind->application_id, from + 1);
		if (!db_exec(db, db->kind->steps[from], err) || !db_exec(db, seal, err)) {
			goto undo;
		}
	}
	/* Otherwise another program was faster. */
	if (db_exec(db, "COMMIT", err)) {
		return DB_OK;
	}
undo:
	/* Before the ROLLBACK, which has an error of its own, or none. */
	result = failure(db, err);
	(void)db_exec(db, "ROLLBACK", NULL);
	return result;
}

static enum db_result migrate(struct db *db, int64_t version, struct err *err) {
	enum db_result result = DB_OK;

	for (int from = (int)version; result == DB_OK && from < db->kind->steps_len; from++) {
		result = take_step(db, from, err);
	}
	return result;
}

void db_remove(const char *path) {
	static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
	char tail_path[PATH_MAX + 16];

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		(void)snprintf(tail_path, sizeof(tail_path), "%s%s", path, tails[i]);
		(void)unlink(tail_path);
	}
}

/* All that is in the -wal goes into the file itself, which gets its name without it. */
static bool move_in(struct db *db, struct err *err) {
	return sqlite3_wal_checkpoint_v2(
		       db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK ||
	       db_fail(db, err);
}

/*
 * Makes the file whole under another name and then gives it its own: whoever finds it finds a
 * schema in it, and an empty file means that something cut it off.
 */
static bool make_file(
	struct db *file, const char *real, const struct db_kind *kind, struct err *err) {
	const char *path = file->path;
	struct db db = {.kind = kind};
	char name[64];
	bool made = false;
	int fd;

	(void)snprintf(name, sizeof(name), "%s.XXXXXX", kind->file);
	if (!db_path(db.path, real, name, err)) {
		return false;
	}
	/* 0600, which SQLite copies to its files beside it. */
	fd = mkostemp(db.path, O_CLOEXEC);
	if (fd < 0) {
		file->trouble = trouble_of_errno(errno);
		return err_set(err, "%s: %s", db.path, strerror(errno));
	}
	(void)close(fd);
	made = open_handle(&db, DB_WRITE, err) &&
	       db_exec(&db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", err) &&
	       migrate(&db, 0, err) == DB_OK && move_in(&db, err);
	file->trouble = made ? TROUBLE_NONE : db.trouble;
	db_close(&db);
	/* Somebody else may have made it at the same moment; theirs is as good. */
	if (made && link(db.path, path) != 0 && errno != EEXIST && rename(db.path, path) != 0) {
		file->trouble = trouble_of_errno(errno);
		made = err_set(err, "%s: %s", path, strerror(errno));
	}
	db_remove(db.path);
	if (made) {
		disk_sync_names(real);
	}
	return made;
}

/* The file is there or is made. A missing file whose -wal is there lost its main part: that is
 * damage. */
static enum db_result ensure_file(
	struct db *db, const char *real, unsigned flags, struct err *err) {
	char wal[PATH_MAX + 8];
	struct stat st;

	if (lstat(db->path, &st) == 0) {
		return DB_OK;
	}
	if (errno != ENOENT) {
		(void)err_set(err, "%s: %s", db->path, strerror(errno));
		return DB_FAILED;
	}
	(void)snprintf(wal, sizeof(wal), "%s-wal", db->path);
	if (lstat(wal, &st) == 0 && st.st_size > 0) {
		(void)err_set(err, _("%s: missing, though its -wal file is there"), db->path);
		return DB_DAMAGED;
	}
	if ((flags & DB_WRITE) == 0) {
		(void)err_set(err, _("%s: there is no such file"), db->path);
		return DB_MISSING;
	}
	return make_file(db, real, db->kind, err) ? DB_OK : DB_FAILED;
}

static enum db_result identify(struct db *db, unsigned flags, struct err *err) {
	int64_t id, version, tables;

	if (!get_number(db, "PRAGMA application_id", &id) ||
		!get_number(db, "PRAGMA user_version", &version) ||
		!get_number(db, "SELECT count(*) FROM sqlite_schema", &tables)) {
		return failure(db, err);
	}
	if (tables == 0) {
		(void)err_set(err, _("%s: damaged: the file is empty"), db->path);
		return DB_DAMAGED;
	}
	if (id != (int64_t)db->kind->application_id || version < 1) {
		(void)err_set(err, _("%s: not the %s of a siaga"), db->path, db->kind->file);
		return DB_DAMAGED;
	}
	if (version > db->kind->steps_len) {
		(void)err_set(err,
			_("%s: written by a newer siaga (schema %lld, this one knows %d)"),
			db->path, (long long)version, db->kind->steps_len);
		return DB_NEWER;
	}
	if (version == db->kind->steps_len) {
		return DB_OK;
	}
	if ((flags & DB_LOOK) != 0) {
		(void)err_set(err, _("%s: schema %lld, of an older siaga (this one has %d)"),
			db->path, (long long)version, db->kind->steps_len);
		return DB_OLDER;
	}
	if ((flags & DB_WRITE) == 0) {
		(void)err_set(err,
			_("%s: written by an older siaga; its owner has to open it once"),
			db->path);
		return DB_FAILED;
	}
	return migrate(db, version, err);
}

static enum db_result check(struct db *db, struct err *err) {
	sqlite3_stmt *stmt = NULL;
	enum db_result result = DB_OK;

	if (sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &stmt, NULL) != SQLITE_OK ||
		sqlite3_step(stmt) != SQLITE_ROW) {
		result = failure(db, err);
	} else if (strcmp(db_column(stmt, 0, NULL), "ok") != 0) {
		(void)err_set(err, _("%s: damaged: %s"), db->path, db_column(stmt, 0, NULL));
		result = DB_DAMAGED;
	}
	(void)sqlite3_finalize(stmt);
	return result;
}

static enum db_result prepare_all(struct db *db, struct err *err) {
	for (int i = 0; i < db->kind->sql_len; i++) {
		int rc = sqlite3_prepare_v3(db->handle, db->kind->sql[i], -1,
			SQLITE_PREPARE_PERSISTENT, &db->stmts[i], NULL);

		if (rc != SQLITE_OK) {
			(void)db_fail(db, err);
			/* A table or column that the schema's version promises is not there. */
			return rc == SQLITE_ERROR || db_is_damage(rc) ? DB_DAMAGED : DB_FAILED;
		}
	}
	return DB_OK;
}

/* Whether what is beside the file may be written, too; nothing is, and nobody who writes is waited
 * for. */
static bool may_write(struct db *db, struct err *err) {
	int rc;

	(void)sqlite3_busy_timeout(db->handle, 0);
	rc = sqlite3_exec(db->handle, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL);
	(void)sqlite3_busy_timeout(db->handle, db->busy_ms);
	return rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY || db_fail(db, err);
}

/* Only now is it known to be ours, and only now is anything written to it. */
static bool set_modes(struct db *db, unsigned flags, struct err *err) {
	if ((flags & DB_WRITE) == 0) {
		return db_exec(db, "PRAGMA query_only=ON", err);
	}
	if (sqlite3_db_readonly(db->handle, "main") == 1) {
		return err_set(err, _("%s: it may not be written"), db->path);
	}
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	/* What is forgotten is overwritten, whatever this SQLite does by itself. */
	return db_exec(db,
		       "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=4194304;"
		       "PRAGMA secure_delete=ON",
		       err) &&
	       db_exec(db,
		       (flags & DB_SYNC_FULL) != 0 ? "PRAGMA synchronous=FULL"
						   : "PRAGMA synchronous=NORMAL",
		       err) &&
	       may_write(db, err);
}

static enum db_result open_steps(struct db *db, const char *real, unsigned flags, struct err *err) {
	enum db_result result = ensure_file(db, real, flags, err);

	if (result != DB_OK) {
		return result;
	}
	if (!open_handle(db, flags, err)) {
		return db_is_damage(sqlite3_errcode(db->handle)) ? DB_DAMAGED : DB_FAILED;
	}
	/* A file that is refused stays as it was, so nothing may be moved out of its -wal either.
	 */
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	result = identify(db, flags, err);
	if ((result == DB_OK || result == DB_OLDER) && (flags & DB_CHECK) != 0) {
		enum db_result checked = check(db, err);

		result = checked == DB_OK ? result : checked;
	}
	if (result == DB_OK && !set_modes(db, flags, err)) {
		result = db_is_damage(sqlite3_errcode(db->handle)) ? DB_DAMAGED : DB_FAILED;
	}
	return result == DB_OK ? prepare_all(db, err) : result;
}

static enum db_result open_once(struct db *db, const char *real, unsigned flags, struct err *err) {
	enum db_result result = open_steps(db, real, flags, err);

	if (result != DB_OK) {
		db_close(db);
	}
	return result;
}

enum db_result db_open(struct db *db, const char *real, const struct db_kind *kind, unsigned flags,
	struct err *err) {
	/* What SQLite makes beside the file is, before it is given to the file's owner, for a
	 * moment that of whoever makes it: of root, say, who looks into it. SQLite would then take
	 * what it may not write for something to be read only, as long as it has it open. */
	static const useconds_t rests_us[] = {1000, 4000, 16000};
	enum db_result result;
	bool still;

	*db = (struct db){.kind = kind};
	if (!db_path(db->path, real, kind->file, err)) {
		return DB_FAILED;
	}
	still = (flags & DB_LOOK) != 0 && !has_wal(db);
	result = open_once(db, real, flags, err);
	for (size_t i = 0;
		i < ARRAY_LEN(rests_us) && result == DB_FAILED && db->trouble == TROUBLE_READ_ONLY;
		i++) {
		(void)usleep(rests_us[i]);
		db->trouble = TROUBLE_NONE;
		if (err != NULL) {
			err->text[0] = '\0';
		}
		result = open_once(db, real, flags, err);
	}
	/* Somebody began to write meanwhile, and it was read half before and half after. */
	return result == DB_DAMAGED && still && has_wal(db) ? open_once(db, real, flags, err)
							    : result;
}

void db_close(struct db *db) {
	if (db == NULL) {
		return;
	}
	for (int i = 0; i < DB_STATEMENTS_MAX; i++) {
		(void)sqlite3_finalize(db->stmts[i]);
		db->stmts[i] = NULL;
	}
	(void)sqlite3_close(db->handle);
	db->handle = NULL;
}
