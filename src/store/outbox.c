#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <siaga/base/text.h>

#include "cache_private.h"

/* A damaged file may claim anything. */
#define RESCUE_ITEMS_MAX 1000
#define RESCUE_BUSY_MS   100 /* it waits for a start */

static bool put(struct cache_store *cache, enum outbox_stmt how, const char *id, int64_t at_ms,
	const char *frame, struct err *err) {
	struct db *db = &cache->outbox;
	sqlite3_stmt *stmt = db_stmt(db, (int)how);

	db_bind_str(db, stmt, 1, id);
	db_bind_int(db, stmt, 2, at_ms);
	db_bind_str(db, stmt, 3, frame);
	/* Looked at afterwards: whoever sets the file aside reads it after that, so what was there
	 * before is found, and what came later is not called kept. */
	return db_run(db, stmt, err) && cache_is_there(cache, err);
}

bool cache_outbox_put(struct cache_store *cache, const char *id, int64_t at_ms, const char *frame,
	struct err *err) {
	return put(cache, OUTBOX_PUT, id, at_ms, frame, err);
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

static bool take(struct outbox_rescue *rescue, sqlite3_stmt *stmt) {
	const char *id = db_column(stmt, 0, NULL);
	const char *frame = db_column(stmt, 2, NULL);

	if (!uuid_ok(id) || !text_utf8_ok(frame, strlen(frame))) {
		return false;
	}
	rescue->items = mem_resize(rescue->items, rescue->len + 1, sizeof(rescue->items[0]));
	rescue->items[rescue->len++] = (struct outbox_item){
		.id = mem_dup_str(id),
		.frame = mem_dup_str(frame),
		.at_ms = db_column_number(stmt, 1, DB_MS_MAX),
	};
	return true;
}

/* What has nothing to do with the file. */
static bool may_pass(int rc) {
	int primary = rc & 0xff;

	return primary == SQLITE_BUSY || primary == SQLITE_FULL || primary == SQLITE_NOMEM ||
	       rc == SQLITE_IOERR_SHMSIZE || rc == SQLITE_IOERR_SHMOPEN ||
	       rc == SQLITE_IOERR_SHMMAP;
}

bool outbox_rescue(struct outbox_rescue *rescue, const char *path, struct err *err) {
	size_t begun = rescue->len;
	sqlite3 *handle = NULL;
	sqlite3_stmt *stmt = NULL;
	/* No db_open: the file need not have all that it promises. */
	int rc = sqlite3_open_v2(path, &handle,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
			SQLITE_OPEN_EXRESCODE,
		NULL);
	bool bad = false, later;

	if (rc == SQLITE_OK) {
		(void)sqlite3_busy_timeout(handle, RESCUE_BUSY_MS);
		rc = sqlite3_prepare_v2(
			handle, "SELECT id, at_ms, frame FROM outbox", -1, &stmt, NULL);
	}
	while (stmt != NULL && (rc = sqlite3_step(stmt)) == SQLITE_ROW &&
		rescue->len - begun < RESCUE_ITEMS_MAX) {
		bad = !take(rescue, stmt) || bad;
	}
	later = may_pass(rc);
	if (later) {
		(void)err_set(err, "%s: %s", path, sqlite3_errstr(rc));
	}
	rescue->lossy = rescue->lossy || rc != SQLITE_DONE || bad;
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(handle);
	return !later;
}

bool outbox_put_back(
	const struct outbox_rescue *rescue, struct cache_store *cache, struct err *err) {
	for (size_t i = 0; i < rescue->len; i++) {
		const struct outbox_item *item = &rescue->items[i];

		if (!put(cache, OUTBOX_PUT_BACK, item->id, item->at_ms, item->frame, err)) {
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
