/* The write-ahead file, and when what is in it is moved to the main one. */
#include <siaga/store/log.h>

#include <siaga/base/macros.h>

#include "log_private.h"

/*
 * Pages of the -wal file. Alarms that come together lie together, so the more are moved at once the
 * less there is to move. But whose commit moves them waits for all of it: where nothing else is to
 * be done they are moved before it comes to that, and the more there are the sooner.
 */
#define LOG_WAL_MOST     8000
#define LOG_WAL_MUCH     2000
#define LOG_WAL_SOME     500
#define LOG_WAL_SOON_MS  5
#define LOG_WAL_LATER_MS 250

/* So many pages are in the -wal file after a commit. */
static int on_commit(void *data, sqlite3 *handle, const char *name, int pages) {
	struct log_store *log = data;

	UNUSED(handle);
	UNUSED(name);
	log->wal_tried = pages < log->wal_pages ? 0 : log->wal_tried; /* it began anew */
	log->wal_pages = pages;
	if (pages >= LOG_WAL_MOST && log_checkpoint_after_ms(log) >= 0) {
		log_checkpoint(log);
	}
	return SQLITE_OK;
}

bool log_watch_wal(struct log_store *log, struct err *err) {
	(void)sqlite3_wal_hook(log->db.handle, on_commit, log);
	/* A file that keeps its length is written over, not made longer again. */
	return db_exec(&log->db, "PRAGMA journal_size_limit=34000000", err);
}

int log_checkpoint_after_ms(const struct log_store *log) {
	int pages = log->wal_pages - log->wal_tried;

	if (pages < LOG_WAL_SOME) {
		return -1;
	}
	return pages < LOG_WAL_MUCH ? LOG_WAL_LATER_MS : LOG_WAL_SOON_MS;
}

void log_checkpoint(struct log_store *log) {
	/* Where that fails, or somebody reads: with the next ones. */
	log->wal_tried = log->wal_pages;
	(void)sqlite3_wal_checkpoint_v2(
		log->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}
