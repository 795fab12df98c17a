#include <siaga/store/cache.h>

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/disk.h>
#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "cache_private.h"
#include "db.h"

/* "SIAC" */
#define CACHE_APPLICATION_ID 0x53494143u
#define CHECK_BYTES_MAX      (64 * 1024 * 1024)
#define LOCK_PAUSE_MS        20
#define PROBE_BYTES          (64 * 1024) /* more than what is saved at once takes */

static const char *const cache_steps[] = {
	"CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), feed TEXT NOT NULL,"
	" last_seq INTEGER NOT NULL, saved_at_ms INTEGER NOT NULL, name TEXT NOT NULL,"
	" role TEXT NOT NULL, agency TEXT NOT NULL) STRICT;"
	"CREATE TABLE registry(id INTEGER PRIMARY KEY CHECK(id = 1), json TEXT NOT NULL) STRICT;"
	"CREATE TABLE event(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, incident TEXT,"
	" body TEXT NOT NULL) STRICT;"
	"CREATE INDEX event_by_incident ON event(incident, seq) WHERE incident IS NOT NULL;"
	/* state_seq: the event that said last whether it is open; ended_at_ms: NULL while it is. */
	"CREATE TABLE incident(id TEXT PRIMARY KEY, state_seq INTEGER NOT NULL,"
	" ended_at_ms INTEGER) STRICT, WITHOUT ROWID;"
	"CREATE INDEX incident_by_end ON incident(ended_at_ms);"
	"CREATE TABLE outbox(id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, frame TEXT NOT NULL) "
	"STRICT;",
	/*
	 * key is the time of the first alarm and the number: the order of reading is the order of
	 * rowids, also in the index of words, which gives them sorted without having to read them
	 * all. That index follows the rows by history_put(), because a trigger may not touch it.
	 */
	"CREATE TABLE history(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	" number INTEGER NOT NULL, kind TEXT NOT NULL, priority TEXT NOT NULL, state TEXT NOT NULL,"
	" mode TEXT NOT NULL, place TEXT NOT NULL, lat_e7 INTEGER NOT NULL,"
	" lon_e7 INTEGER NOT NULL, received_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
	" outcome TEXT NOT NULL, caller TEXT NOT NULL, phone TEXT NOT NULL, agencies TEXT NOT NULL,"
	" camera TEXT NOT NULL, alarms INTEGER NOT NULL, last_seq INTEGER NOT NULL,"
	" words TEXT NOT NULL) STRICT;"
	"CREATE VIRTUAL TABLE history_words USING fts5(words, content='history',"
	" content_rowid='key', detail=none, columnsize=0, prefix='1 2 3 4 5 6 7 8',"
	" tokenize=\"ascii tokenchars '=_'\");"
	"CREATE TABLE history_count(id INTEGER PRIMARY KEY CHECK(id = 1),"
	" ended INTEGER NOT NULL) STRICT;"
	"INSERT INTO history_count(id, ended) VALUES(1, 0);"
	"CREATE TRIGGER history_made AFTER INSERT ON history BEGIN"
	" UPDATE history_count SET ended = ended + 1; END;"
	"CREATE TRIGGER history_gone AFTER DELETE ON history BEGIN"
	" UPDATE history_count SET ended = ended - 1; END;"
	/* Incidents that ended and have a row to come, or that their row does not tell all of. */
	"CREATE TABLE behind(id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"INSERT INTO behind(id, seq) SELECT id, 0 FROM incident WHERE ended_at_ms IS NOT NULL;",
	"ALTER TABLE meta ADD COLUMN mark TEXT NOT NULL DEFAULT '';"
	/* Persons of incidents that ended before are to be forgotten (0: none), and are. */
	"ALTER TABLE meta ADD COLUMN forget_ms INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE meta ADD COLUMN forgot_ms INTEGER NOT NULL DEFAULT 0;"
	/* What an older console has kept may be. */
	"ALTER TABLE event ADD COLUMN personal INTEGER NOT NULL DEFAULT 1;"
	"CREATE INDEX event_personal ON event(seq) WHERE personal = 1;",
};

static const char *const cache_sql[] = {
	[CACHE_BEGIN] = "BEGIN IMMEDIATE",
	[CACHE_COMMIT] = "COMMIT",
	[CACHE_META_GET] = "SELECT feed, last_seq, saved_at_ms, name, role, agency, mark"
			   " FROM meta",
	/* Another console may be further along. */
	[CACHE_META_PUT] =
		"INSERT INTO meta(id, feed, last_seq, saved_at_ms, name, role, agency, mark,"
		" forget_ms) VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(id) DO UPDATE"
		" SET forget_ms = max(forget_ms, excluded.forget_ms), feed = excluded.feed, mark = "
		"CASE WHEN excluded.last_seq > last_seq OR"
		" (excluded.last_seq = last_seq AND excluded.mark <> '')"
		" THEN excluded.mark ELSE mark END, last_seq = max(last_seq, excluded.last_seq),"
		" saved_at_ms = max(saved_at_ms, excluded.saved_at_ms), name = excluded.name,"
		" role = excluded.role, agency = excluded.agency",
	[CACHE_EVENT_PUT] = "INSERT INTO event(seq, at_ms, incident, body, personal)"
			    " VALUES(?1, ?2, nullif(?3, ''), ?4, ?5) ON CONFLICT(seq) DO NOTHING",
	/* ?2 seq, ?3 ended at or NULL, ?4 whether the event says anything about being open. */
	[CACHE_INCIDENT_PUT] =
		"INSERT INTO incident(id, state_seq, ended_at_ms)"
		" VALUES(?1, CASE WHEN ?4 THEN ?2 ELSE 0 END, ?3) ON CONFLICT(id) DO UPDATE"
		" SET state_seq = ?2, ended_at_ms = ?3 WHERE ?4 AND ?2 > state_seq",
	/* ?3: the event ends it. */
	[CACHE_BEHIND_PUT] = "INSERT INTO behind(id, seq) SELECT ?1, ?2"
			     " WHERE ?3 OR EXISTS(SELECT 1 FROM history WHERE id = ?1)"
			     " ON CONFLICT(id) DO UPDATE SET seq = max(seq, excluded.seq)",
	[CACHE_BEHIND_DROP] = "DELETE FROM behind WHERE id = ?1 AND seq <= ?2",
	[CACHE_HISTORY_GET] = "SELECT key, last_seq, words FROM history WHERE id = ?1",
	[CACHE_HISTORY_ROW] = "SELECT number, kind, priority, state, place FROM history"
			      " WHERE id = ?1",
	[CACHE_HISTORY_BARE] =
		"UPDATE history SET caller = '', phone = '', words = ?2 WHERE id = ?1",
	[CACHE_FORGOTTEN] = "SELECT max(forget_ms, forgot_ms) FROM meta",
	[CACHE_HISTORY_DROP] = "DELETE FROM history WHERE id = ?1",
	/* Not of what is open by a later event, which another console has brought. Two incidents
	 * of one number and moment are one too many: the first stays. */
	[CACHE_HISTORY_PUT] =
		"INSERT INTO history(key, id, number, kind, priority, state, mode, place, lat_e7,"
		" lon_e7, received_ms, ended_ms, outcome, caller, phone, agencies, camera, alarms,"
		" last_seq, words) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
		" ?14, ?15, ?16, ?17, ?18, ?19, ?20 WHERE NOT EXISTS"
		" (SELECT 1 FROM incident WHERE id = ?2 AND ended_at_ms IS NULL)"
		" ON CONFLICT DO NOTHING",
	[CACHE_WORDS_PUT] = "INSERT INTO history_words(rowid, words) VALUES(?1, ?2)",
	[CACHE_WORDS_DROP] = "INSERT INTO history_words(history_words, rowid, words)"
			     " VALUES('delete', ?1, ?2)",
	[CACHE_REGISTRY_PUT] = "INSERT OR REPLACE INTO registry(id, json) VALUES(1, ?1)",
	[CACHE_REGISTRY_GET] = "SELECT json FROM registry",
	/* The few incidents first, then their events by index; the bodies last. */
	[CACHE_READ] = "SELECT body FROM event WHERE seq IN (SELECT e.seq FROM incident i"
		       " CROSS JOIN event e ON e.incident = i.id"
		       " WHERE i.ended_at_ms IS NULL OR i.ended_at_ms > ?1) ORDER BY seq",
	[CACHE_COPY] = "VACUUM INTO ?1",
};
static_assert(ARRAY_LEN(cache_sql) == CACHE_STMT_COUNT, "a statement for each number");
static_assert(CACHE_STMT_COUNT <= DB_STATEMENTS_MAX, "room for each statement");

static const char *const outbox_sql[] = {
	[OUTBOX_PUT] =
		("INSERT INTO outbox(id, at_ms, frame) VALUES(?1, ?2, ?3)"
		 " ON CONFLICT(id) DO UPDATE SET at_ms = excluded.at_ms, frame = excluded.frame"),
	[OUTBOX_PUT_BACK] = "INSERT INTO outbox(id, at_ms, frame) VALUES(?1, ?2, ?3)"
			    " ON CONFLICT(id) DO NOTHING",
	[OUTBOX_DROP] = "DELETE FROM outbox WHERE id = ?1",
	[OUTBOX_READ] = "SELECT id, at_ms, frame FROM outbox ORDER BY at_ms, rowid",
};
static_assert(ARRAY_LEN(outbox_sql) == OUTBOX_STMT_COUNT, "a statement for each number");

const struct db_kind cache_kind = {
	.file = "cache.db",
	.application_id = CACHE_APPLICATION_ID,
	.steps = cache_steps,
	.steps_len = ARRAY_LEN(cache_steps),
	.sql = cache_sql,
	.sql_len = CACHE_STMT_COUNT,
	.cache_kib = CACHE_KIB,
};

/* The same file, seen through the connection that waits for the disk. */
static const struct db_kind outbox_kind = {
	.file = "cache.db",
	.application_id = CACHE_APPLICATION_ID,
	.steps = cache_steps,
	.steps_len = ARRAY_LEN(cache_steps),
	.sql = outbox_sql,
	.sql_len = OUTBOX_STMT_COUNT,
	.cache_kib = CACHE_KIB,
};

/*
 * Looking a file over costs a second for every 170 MB, and an operator who starts the console in
 * the middle of something does not have it. Damage in a big file is found by whoever reads there.
 */
static unsigned check_flag(const char *dir) {
	char path[PATH_MAX];
	struct stat st;
	bool big = db_path(path, dir, cache_kind.file, NULL) && stat(path, &st) == 0 &&
		   st.st_size > CHECK_BYTES_MAX;

	return big ? 0 : DB_CHECK;
}

/* It holds names and telephone numbers, and it is no use where its owner may not write it. */
static void own(const char *dir) {
	char path[PATH_MAX];
	struct stat st;

	if (db_path(path, dir, cache_kind.file, NULL) && lstat(path, &st) == 0 &&
		S_ISREG(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 0600) != 0600) {
		(void)chmod(path, 0600);
	}
}

/* A file that is in the way: somebody else's, or none at all. */
static bool is_in_the_way(const char *dir) {
	char path[PATH_MAX];
	struct stat st;

	if (!db_path(path, dir, cache_kind.file, NULL) || lstat(path, &st) != 0 ||
		S_ISLNK(st.st_mode)) {
		return false;
	}
	return !S_ISREG(st.st_mode) || (access(path, R_OK | W_OK) != 0 && errno == EACCES);
}

static enum db_result open_writing(struct cache_store *cache, struct err *err) {
	enum db_result result;

	own(cache->dir);
	result = db_open(
		&cache->db, cache->dir, &cache_kind, DB_WRITE | check_flag(cache->dir), err);
	/* Not every damage shows to who looks over the pages, and it would only be met again. */
	if (result == DB_OK && cache_is_suspect(cache->dir)) {
		db_close(&cache->db);
		return DB_DAMAGED;
	}
	return result == DB_FAILED && is_in_the_way(cache->dir) ? DB_DAMAGED : result;
}

/* Opens the file, or moves a damaged one aside and makes a new one. */
static bool open_or_begin_anew(
	struct cache_store *cache, struct rescue_list *list, struct err *err) {
	enum db_result result;

	if (!rescue_read(list, cache->dir, err)) {
		cache->db.trouble = trouble_of_errno(errno);
		return false;
	}
	cache_finish_move(cache->dir, cache_kind.file, list);
	result = open_writing(cache, err);
	if (result == DB_DAMAGED) {
		if (!cache_move_aside(cache->dir, cache_kind.file, list, err)) {
			cache->db.trouble = trouble_of_errno(errno);
			return false;
		}
		result = db_open(&cache->db, cache->dir, &cache_kind, DB_WRITE, err);
	}
	return result == DB_OK;
}

/* Was it moved there, or at least the -wal without which nothing else was left? */
static bool is_moved(const char *path) {
	char wal[PATH_MAX + 8];
	struct stat st;

	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	return lstat(path, &st) == 0 || lstat(wal, &st) == 0;
}

/*
 * What was not sent, out of the files that were moved aside: now, or by somebody who did not get to
 * the end of it. Nobody puts anything more there, see cache_outbox_put().
 */
static bool rescue(struct cache_store *cache, const struct rescue_list *list, char *notice,
	size_t notice_size, struct err *err) {
	struct outbox_rescue found = {0};
	char path[PATH_MAX], last[PATH_MAX] = "";
	bool done = true;

	/* The newest first: it knows best whether something was tried. */
	for (size_t i = list->len; done && i-- > 0;) {
		if (!db_path(path, cache->dir, list->names[i], NULL) || !is_moved(path)) {
			continue;
		}
		if (last[0] == '\0') {
			(void)text_copy(last, sizeof(last), path);
		}
		done = outbox_rescue(&found, path, err);
		cache->db.trouble = done ? TROUBLE_NONE : TROUBLE_IO;
	}
	done = done && outbox_put_back(&found, cache, err);
	if (done && !rescue_end(cache->dir, err)) {
		cache->db.trouble = trouble_of_errno(errno);
		done = false;
	}
	if (done) {
		cache_drop_old_asides(cache->dir, cache_kind.file, last);
	}
	if (done && last[0] != '\0') {
		(void)snprintf(notice, notice_size,
			found.lossy ? _("The saved data were damaged and are set aside as %s. What "
					"was not sent is lost where it could not be read.")
				    : _("The saved data were damaged and are set aside as %s."),
			last);
	}
	outbox_rescue_finish(&found);
	return done;
}

static bool open_both(
	struct cache_store *cache, char *notice, size_t notice_size, struct err *err) {
	struct rescue_list list = {0};
	bool opened = open_or_begin_anew(cache, &list, err);

	if (opened) {
		cache_set_suspect(cache->dir, false);
		/* It may have been copied here with other rights; it holds names and telephone
		 * numbers. */
		(void)chmod(cache->db.path, 0600);
		opened = db_open(&cache->outbox, cache->dir, &outbox_kind, DB_WRITE | DB_SYNC_FULL,
				 err) == DB_OK &&
			 history_open(cache, err) && rescue(cache, &list, notice, notice_size, err);
	}
	rescue_list_finish(&list);
	return opened;
}

/* What may pass by itself, while the console is in use. */
static enum trouble passing(enum trouble trouble) {
	return trouble == TROUBLE_FULL || trouble == TROUBLE_IO || trouble == TROUBLE_READ_ONLY
		       ? trouble
		       : TROUBLE_NONE;
}

int cache_lock(const char *dir, int wait_ms, bool *taken, struct err *err) {
	const struct timespec pause = {.tv_nsec = 1000000L * LOCK_PAUSE_MS};
	int64_t until_ms = clock_mono_ms() + wait_ms;
	int lock;

	while ((lock = db_lock(dir, "cache.lock", taken, err)) < 0 && *taken &&
		clock_mono_ms() < until_ms) {
		(void)nanosleep(&pause, NULL);
	}
	if (lock < 0 && *taken) {
		(void)err_set(err,
			_("%s: another console is opening it and does not come to an end"), dir);
	}
	return lock;
}

struct cache_store *cache_try_open(const char *dir, int wait_ms, char *notice, size_t notice_size,
	enum trouble *trouble, struct err *err) {
	struct cache_store *cache = mem_alloc(1, sizeof(*cache));
	bool taken, opened;
	int lock;

	*trouble = TROUBLE_NONE;
	if (notice_size > 0) {
		notice[0] = '\0';
	}
	if (!db_make_dir(dir, cache->dir, err)) {
		*trouble = passing(trouble_of_errno(errno));
		free(cache);
		return NULL;
	}
	/* Two consoles that start together must not both set the same file aside. */
	lock = cache_lock(cache->dir, wait_ms, &taken, err);
	if (lock < 0 && !taken) {
		cache->db.trouble = trouble_of_errno(errno);
	}
	opened = lock >= 0 && open_both(cache, notice, notice_size, err);
	if (lock >= 0) {
		(void)close(lock);
	}
	if (!opened) {
		*trouble = passing(cache->db.trouble != TROUBLE_NONE ? cache->db.trouble
								     : cache->outbox.trouble);
		*trouble = lock < 0 && taken ? TROUBLE_OTHER : *trouble;
		cache_close(cache);
		return NULL;
	}
	return cache;
}

struct cache_store *cache_open(const char *dir, char *notice, size_t notice_size, struct err *err) {
	enum trouble trouble;

	return cache_try_open(dir, INT_MAX, notice, notice_size, &trouble, err);
}

void cache_close(struct cache_store *cache) {
	if (cache == NULL) {
		return;
	}
	history_close(cache);
	db_close(&cache->outbox);
	db_close(&cache->db);
	free(cache);
}

enum trouble cache_trouble(struct cache_store *cache) {
	struct db *const all[] = {&cache->db, &cache->outbox, &cache->history};
	enum trouble trouble = TROUBLE_NONE;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (trouble == TROUBLE_NONE || all[i]->trouble == TROUBLE_DAMAGED) {
			trouble = all[i]->trouble;
		}
		all[i]->trouble = TROUBLE_NONE;
	}
	/* Of a file that was set aside already the new one knows nothing. */
	if (trouble == TROUBLE_DAMAGED && !cache_is_gone(cache)) {
		cache_set_suspect(cache->dir, true);
	}
	return trouble;
}

bool cache_is_gone(struct cache_store *cache) {
	return db_has_moved(&cache->outbox);
}

void cache_set_patience(struct cache_store *cache, int wait_ms) {
	db_set_busy(&cache->db, wait_ms);
	db_set_busy(&cache->outbox, wait_ms);
}

bool cache_is_there(struct cache_store *cache, struct err *err) {
	return !cache_is_gone(cache) ||
	       err_set(err, _("%s: the file was set aside or removed"), cache->db.path);
}

bool cache_probe(struct cache_store *cache, enum trouble *trouble, struct err *err) {
	if (!disk_try(cache->dir, PROBE_BYTES, trouble, err)) {
		return false;
	}
	if (!db_probe(&cache->outbox, err)) {
		*trouble = cache_trouble(cache);
		return false;
	}
	return true;
}
