#include <siaga/store/cache_forget.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "cache_private.h"

#define LOOKED_AT   200 /* events of one step */
#define MERGE_PAGES "64"
/* Above this the file is not written anew: an operator would wait for it. What is forgotten is
 * overwritten all the same, but for what moving rows may have left between them. */
#define ANEW_MAX_BYTES (INT64_C(32) << 20)

/*
 * ?1: what ended before; an event of no incident is as old as itself. Of an incident that had ended
 * before this cache began nobody here knows when it did: what was said about it later is of no use
 * here, and goes.
 */
#define IS_OLD                                                                                     \
	"CASE WHEN e.incident IS NULL THEN e.at_ms < ?1 ELSE EXISTS(SELECT 1 FROM incident i"      \
	" WHERE i.id = e.incident AND (i.ended_at_ms < ?1 OR i.state_seq = 0)) END"

/* An event that is to be forgotten. */
struct item {
	int64_t seq;
	char incident[UUID_SIZE];
	char *body;
	size_t len;
};

struct items {
	struct item list[LOOKED_AT];
	int len, looked;
};

bool cache_want_forget(struct cache_store *cache, int64_t before_ms, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&cache->db,
		"UPDATE meta SET forget_ms = ?1 WHERE forget_ms < ?1 AND forgot_ms < ?1", err);
	bool done = stmt != NULL;

	if (done) {
		db_bind_int(&cache->db, stmt, 1, before_ms);
		done = db_run(&cache->db, stmt, err);
	}
	(void)sqlite3_finalize(stmt);
	return done;
}

/* What is wanted: 0 nothing, -1 error. */
static int64_t wanted_ms(struct cache_store *cache, struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&cache->db, "SELECT forget_ms FROM meta", err);
	int rc = stmt != NULL ? db_step(&cache->db, stmt, err) : -1;
	int64_t before_ms = rc == 1 ? sqlite3_column_int64(stmt, 0) : rc;

	(void)sqlite3_finalize(stmt);
	return before_ms;
}

/* --- events, and the rows of their incidents --- */

static bool find_events(struct cache_store *cache, struct cache_forget *forget, struct items *items,
	struct err *err) {
	sqlite3_stmt *stmt = db_prepare(&cache->db,
		"SELECT e.seq, e.incident, e.body, " IS_OLD
		" FROM event e INDEXED BY event_personal WHERE e.personal = 1 AND e.seq > ?2"
		" ORDER BY e.seq LIMIT ?3",
		err);
	int rc = stmt == NULL ? -1 : 1;

	if (stmt != NULL) {
		db_bind_int(&cache->db, stmt, 1, forget->before_ms);
		db_bind_int(&cache->db, stmt, 2, forget->seq);
		db_bind_int(&cache->db, stmt, 3, LOOKED_AT);
	}
	while (rc == 1 && (rc = db_step(&cache->db, stmt, err)) == 1) {
		struct item *item = &items->list[items->len];

		forget->seq = sqlite3_column_int64(stmt, 0);
		items->looked++;
		if (sqlite3_column_int(stmt, 3) == 0) {
			continue;
		}
		item->seq = forget->seq;
		(void)text_copy(item->incident, sizeof(item->incident), db_column(stmt, 1, NULL));
		item->body = mem_dup_str(db_column(stmt, 2, &item->len));
		items->len++;
	}
	(void)sqlite3_finalize(stmt);
	return rc == 0;
}

static bool forget_event(
	struct cache_store *cache, const struct item *item, cache_bare_fn bare, struct err *err) {
	struct buf kept = {0};
	bool known = bare(&kept, item->body, item->len);
	sqlite3_stmt *stmt = db_prepare(&cache->db,
		known ? "UPDATE event SET body = ?2, personal = 0 WHERE seq = ?1"
		      : "DELETE FROM event WHERE seq = ?1",
		err);
	bool done = stmt != NULL;

	if (done) {
		db_bind_int(&cache->db, stmt, 1, item->seq);
		if (known) {
			db_bind_text(&cache->db, stmt, 2, kept.data, kept.len);
		}
		done = db_run(&cache->db, stmt, err);
	}
	(void)sqlite3_finalize(stmt);
	buf_finish(&kept);
	return done;
}

static int step_events(struct cache_store *cache, struct cache_forget *forget, cache_bare_fn bare,
	struct err *err) {
	struct items items = {0};
	bool done = find_events(cache, forget, &items, err);
	const char *last = "";

	for (int i = 0; i < items.len; i++) {
		const struct item *item = &items.list[i];

		done = done && forget_event(cache, item, bare, err);
		/* Events of one incident often follow each other. */
		if (done && item->incident[0] != '\0' && strcmp(item->incident, last) != 0) {
			done = history_forget(cache, item->incident, err);
		}
		last = item->incident;
	}
	for (int i = 0; i < items.len; i++) {
		free(items.list[i].body);
	}
	if (items.looked < LOOKED_AT) {
		forget->phase = FORGET_WORDS;
	}
	return done ? 1 : -1;
}

/* --- the index of words: what was taken out stays in it until its parts are merged --- */

static int step_words(struct cache_store *cache, struct cache_forget *forget, struct err *err) {
	int before = sqlite3_total_changes(cache->db.handle);

	if (!db_exec(&cache->db,
		    forget->merging ? "INSERT INTO history_words(history_words, rank)"
				      " VALUES('merge', " MERGE_PAGES ")"
				    : "INSERT INTO history_words(history_words, rank)"
				      " VALUES('merge', -" MERGE_PAGES ")",
		    err)) {
		return -1;
	}
	/* As SQLite says: fewer than two changes, and there was nothing to do. */
	if (forget->merging && sqlite3_total_changes(cache->db.handle) - before < 2) {
		forget->phase = FORGET_FILES;
	}
	forget->merging = true;
	return 1;
}

/* --- files --- */

/* Is there such a row, or cannot that be said? */
static bool may_have(struct db *db, const char *sql, int64_t before_ms) {
	sqlite3_stmt *stmt = db_prepare(db, sql, NULL);
	bool may = stmt == NULL;

	if (stmt != NULL) {
		db_bind_int(db, stmt, 1, before_ms);
		may = db_step(db, stmt, NULL) != 0;
	}
	(void)sqlite3_finalize(stmt);
	return may;
}

/*
 * Does a file that was set aside tell of somebody who is to be forgotten? Each table by itself: one
 * of them may be damaged and the other be whole for everybody to read, and what cannot be asked may
 * tell; so may a file whose names stand between what is broken. One that we may not read does not.
 */
static bool tells_of_them(const char *dir, const char *name, int64_t before_ms) {
	struct db_kind kind = {.file = name,
		.application_id = cache_kind.application_id,
		.steps_len = cache_kind.steps_len};
	struct db db;
	enum db_result result = db_open(&db, dir, &kind, DB_LOOK, NULL);
	bool tells = result == DB_DAMAGED;

	if (result == DB_OK) {
		tells = may_have(&db,
				"SELECT 1 FROM history WHERE ended_ms < ?1"
				" AND caller || phone <> '' LIMIT 1",
				before_ms) ||
			may_have(&db,
				"SELECT 1 FROM event e WHERE e.personal = 1 AND " IS_OLD " LIMIT 1",
				before_ms);
	} else if (result == DB_OLDER) {
		/* An older console knew nothing of forgetting. */
		tells = may_have(&db, "SELECT 1 FROM event e WHERE " IS_OLD " LIMIT 1", before_ms);
	}
	if (result == DB_OK || result == DB_OLDER) {
		db_close(&db);
	}
	return tells;
}

static bool look_at(const char *dir, const char *name, char path[PATH_MAX], struct stat *st) {
	return db_path(path, dir, name, NULL) && lstat(path, st) == 0 && S_ISREG(st->st_mode);
}

/* Does it tell of them, or is so old that it would? What lies beside another file goes with that;
 * what is left of one that is no more is damaged. */
static bool is_to_go(const char *dir, const char *name, const char *of, int64_t before_ms) {
	char path[PATH_MAX];
	struct stat st;

	if (!look_at(dir, name, path, &st)) {
		return false;
	}
	if (strcmp(name, of) != 0) {
		return !look_at(dir, of, path, &st);
	}
	return (int64_t)st.st_mtime < before_ms / 1000 || tells_of_them(dir, name, before_ms);
}

static bool drop_all_but(const char *dir, const char *file, const struct rescue_list *list,
	int64_t before_ms, struct err *err) {
	char begin[64], path[PATH_MAX], of[NAME_MAX + 1];
	DIR *folder = opendir(dir);
	const struct dirent *entry;

	if (folder == NULL) {
		return err_set(err, "%s: %s", dir, strerror(errno));
	}
	(void)snprintf(begin, sizeof(begin), "%s.aside-", file);
	while ((entry = readdir(folder)) != NULL) {
		if (strncmp(entry->d_name, begin, strlen(begin)) != 0) {
			continue;
		}
		(void)cache_is_beside(entry->d_name, of);
		if (!rescue_has(list, of) && is_to_go(dir, entry->d_name, of, before_ms) &&
			db_path(path, dir, entry->d_name, NULL)) {
			db_remove(path);
		}
	}
	(void)closedir(folder);
	return true;
}

/*
 * What was set aside and has to go. What was not sent was taken out of it; a file of which that is
 * still to be done is on the list and stays for it, and none gets there meanwhile: whoever sets
 * something aside has the lock, and then this is put off.
 */
static bool drop_asides(struct cache_store *cache, int64_t before_ms, struct err *err) {
	struct rescue_list list = {0};
	bool taken, done;
	int lock = cache_lock(cache->dir, 0, &taken, err);

	if (lock < 0) {
		return false;
	}
	done = rescue_read(&list, cache->dir, err) &&
	       drop_all_but(cache->dir, cache->db.kind->file, &list, before_ms, err);
	rescue_list_finish(&list);
	(void)close(lock);
	return done;
}

static bool write_anew(struct cache_store *cache, struct err *err) {
	struct stat st;

	return stat(cache->db.path, &st) != 0 || st.st_size > ANEW_MAX_BYTES ||
	       db_exec(&cache->db, "VACUUM", err);
}

static int step_files(struct cache_store *cache, struct cache_forget *forget, struct err *err) {
	sqlite3_stmt *stmt;
	bool done;

	if (!drop_asides(cache, forget->before_ms, err) || !write_anew(cache, err)) {
		return -1;
	}
	stmt = db_prepare(&cache->db,
		"UPDATE meta SET forgot_ms = max(forgot_ms, ?1),"
		" forget_ms = CASE WHEN forget_ms > ?1 THEN forget_ms ELSE 0 END",
		err);
	done = stmt != NULL;
	if (done) {
		db_bind_int(&cache->db, stmt, 1, forget->before_ms);
		done = db_checkpoint(&cache->db, err) && db_run(&cache->db, stmt, err);
	}
	(void)sqlite3_finalize(stmt);
	forget->phase = done ? FORGET_DONE : forget->phase;
	return done ? 1 : -1;
}

static int step_in_transaction(struct cache_store *cache, struct cache_forget *forget,
	cache_bare_fn bare, struct err *err) {
	struct cache_forget next = *forget;
	int rc;

	if (!cache_begin(cache, err)) {
		return -1;
	}
	rc = next.phase == FORGET_EVENTS ? step_events(cache, &next, bare, err)
					 : step_words(cache, &next, err);
	if (!cache_end(cache, rc > 0, err)) {
		return -1;
	}
	*forget = next;
	return rc;
}

int cache_forget_step(struct cache_store *cache, struct cache_forget *forget, cache_bare_fn bare,
	struct err *err) {
	int64_t before_ms = wanted_ms(cache, err);

	if (before_ms <= 0) {
		return (int)before_ms;
	}
	/* What is wanted now may be more than what was begun. */
	if (before_ms != forget->before_ms || forget->phase == FORGET_DONE) {
		*forget = (struct cache_forget){.before_ms = before_ms};
	}
	return forget->phase == FORGET_FILES ? step_files(cache, forget, err)
					     : step_in_transaction(cache, forget, bare, err);
}
