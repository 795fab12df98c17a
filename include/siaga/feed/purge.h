/*
 * Forgetting persons in the log, by the one who has it open for writing: the running feed, between
 * its batches, or the command, where no feed runs.
 */
#ifndef SIAGA_FEED_PURGE_H
#define SIAGA_FEED_PURGE_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/store/log_purge.h>

struct purge {
	struct log_store *log;
	struct log_purge what;
	struct log_purge_cursor cursor;
	bool pending, steps_done;
};

/* Takes up what is pending in the log, if anything is. */
bool purge_resume(struct purge *purge, struct log_store *log, struct err *err);
/* Does a piece of it. Milliseconds until the next is worth trying, 0 at once, -1: it is done. An
 * error is one of those that pass. */
int purge_some(struct purge *purge, struct err *err);

/* Does all of it, on a log that no feed has open; `log` is open for writing. */
bool purge_run_all(struct log_store *log, int64_t before_ms, struct err *err);

#endif
