#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "cache_private.h"

#define ASIDE_NAMES_MAX 100
/* A feed that says that it is another one each time must not fill the disk. */
#define ASIDES_KEPT 10
/* A damaged file may claim anything. */
#define RESCUE_ITEMS_MAX 1000

bool cache_outbox_put(struct cache_store *cache, const char *id, int64_t at_ms, const char *frame,
	struct err *err) {
	struct db *db = &cache->outbox;
	sqlite3_stmt *stmt = db_stmt(db, OUTBOX_PUT);

	db_bind_str(db, stmt, 1, id);
	db_bind_int(db, stmt, 2, at_ms);
	db_bind_str(db, stmt, 3, frame);
	/* Looked at afterwards: whoever sets the file aside reads it after that, so what was there
	 * before is found, and what came later is not called kept. */
	return db_run(db, stmt, err) && cache_is_there(cache, err);
}

bool cache_outbox_drop(struct cache_store *cache, const char *id, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->outbox, OUTBOX_DROP);

	db_bind_str(&cache->outbox, stmt, 1, id);
	return db_run(&cache->outbox, stmt, err) && cache_is_there(cache, err);
}

bool cache_outbox_read(
	struct cache_store *cache, cache_outbox_fn on_item, void *data, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->outbox, OUTBOX_READ);
	int rc;

	while ((rc = db_step(&cache->outbox, stmt, err)) == 1) {
		if (!on_item(data, db_column(stmt, 0, NULL), db_column_number(stmt, 1, DB_MS_MAX),
			    db_column(stmt, 2, NULL))) {
			db_reset(stmt);
			break;
		}
	}
	return rc >= 0;
}

void outbox_rescue(struct outbox_rescue *rescue, const char *path) {
	sqlite3 *handle = NULL;
	sqlite3_stmt *stmt = NULL;
	bool bad = false;
	int rc;

	/* No db_open: the file need not have all that it promises. */
	if (sqlite3_open_v2(path, &handle,
		    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
		    NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(handle, "SELECT id, at_ms, frame FROM outbox", -1, &stmt,
			NULL) != SQLITE_OK) {
		goto close;
	}
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && rescue->len < RESCUE_ITEMS_MAX) {
		const char *id = db_column(stmt, 0, NULL);
		const char *frame = db_column(stmt, 2, NULL);
		struct outbox_item *item;

		if (!uuid_ok(id) || !text_utf8_ok(frame, strlen(frame))) {
			bad = true;
			continue;
		}
		rescue->items =
			mem_resize(rescue->items, rescue->len + 1, sizeof(rescue->items[0]));
		item = &rescue->items[rescue->len++];
		*item = (struct outbox_item){
			.id = mem_dup_str(id),
			.frame = mem_dup_str(frame),
			.at_ms = db_column_number(stmt, 1, DB_MS_MAX),
		};
	}
	rescue->whole = rc == SQLITE_DONE && !bad;
close:
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(handle);
}

bool outbox_put_back(
	const struct outbox_rescue *rescue, struct cache_store *cache, struct err *err) {
	for (size_t i = 0; i < rescue->len; i++) {
		const struct outbox_item *item = &rescue->items[i];

		if (!cache_outbox_put(cache, item->id, item->at_ms, item->frame, err)) {
			return false;
		}
	}
	return true;
}

void outbox_rescue_finish(struct outbox_rescue *rescue) {
	for (size_t i = 0; i < rescue->len; i++) {
		free(rescue->items[i].id);
		free(rescue->items[i].frame);
	}
	free(rescue->items);
	*rescue = (struct outbox_rescue){0};
}

bool cache_aside_path(const char *dir, const char *file, char path[PATH_MAX], struct err *err) {
	time_t now = (time_t)(clock_wall_ms() / 1000);
	char stamp[32], name[96];
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	for (int i = 1; i <= ASIDE_NAMES_MAX; i++) {
		struct stat st;

		(void)snprintf(name, sizeof(name), i == 1 ? "%s.aside-%s" : "%s.aside-%s-%d", file,
			stamp, i);
		if (!db_path(path, dir, name, err)) {
			return false;
		}
		if (lstat(path, &st) != 0 && errno == ENOENT) {
			return true;
		}
	}
	return err_set(err, _("%s/%s: too many files were set aside"), dir, file);
}

/* One that was set aside. */
struct aside {
	char path[PATH_MAX];
	struct timespec at;
};

static int by_time(const void *a, const void *b) {
	const struct aside *x = a, *y = b;
	int64_t seconds = (int64_t)x->at.tv_sec - (int64_t)y->at.tv_sec;
	int64_t order = seconds != 0 ? seconds : (int64_t)x->at.tv_nsec - (int64_t)y->at.tv_nsec;

	return order < 0 ? -1 : order > 0;
}

/* Oldest first; the caller frees them. */
static size_t list_asides(const char *dir, const char *file, struct aside **out) {
	DIR *folder = opendir(dir);
	const struct dirent *entry;
	size_t len = 0, prefix;
	char begin[96];
	struct stat st;

	prefix = (size_t)snprintf(begin, sizeof(begin), "%s.aside-", file);
	*out = NULL;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		const char *name = entry->d_name;
		struct aside *one;

		/* What SQLite keeps beside a file goes with that file. */
		if (strncmp(name, begin, prefix) != 0 || strstr(name, "-wal") != NULL ||
			strstr(name, "-shm") != NULL) {
			continue;
		}
		*out = mem_resize(*out, len + 1, sizeof(**out));
		one = &(*out)[len];
		if (db_path(one->path, dir, name, NULL) && lstat(one->path, &st) == 0) {
			one->at = st.st_mtim;
			len++;
		}
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
	if (len > 0) {
		qsort(*out, len, sizeof(**out), by_time);
	}
	return len;
}

void cache_drop_old_asides(const char *dir, const char *file) {
	static const char *const tails[] = {"", "-wal", "-shm"};
	struct aside *asides;
	size_t len = list_asides(dir, file, &asides);

	for (size_t i = 0; i + ASIDES_KEPT < len; i++) {
		for (size_t j = 0; j < ARRAY_LEN(tails); j++) {
			char path[PATH_MAX + 8];

			(void)snprintf(path, sizeof(path), "%s%s", asides[i].path, tails[j]);
			(void)unlink(path);
		}
	}
	free(asides);
}

bool cache_move_aside(
	const char *dir, const char *file, char *aside, size_t size, struct err *err) {
	/* The main file first: what is left without it is known to be damaged. */
	static const char *const tails[] = {"", "-wal", "-shm"};
	char from[PATH_MAX], to[PATH_MAX];

	if (!db_path(from, dir, file, err) || !cache_aside_path(dir, file, to, err)) {
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		char old[PATH_MAX + 8], new[PATH_MAX + 8];

		(void)snprintf(old, sizeof(old), "%s%s", from, tails[i]);
		(void)snprintf(new, sizeof(new), "%s%s", to, tails[i]);
		if (rename(old, new) != 0 && errno != ENOENT) {
			return err_set(err, "%s: %s", old, strerror(errno));
		}
	}
	text_copy(aside, size, to);
	return true;
}
