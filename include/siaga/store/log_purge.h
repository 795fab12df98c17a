/*
 * Forgetting persons: what incidents that ended before some time tell of callers, and what was
 * typed freely about them. It is done in small steps between which the log goes on, and goes on
 * after a crash where it was. What is left is whole: each event keeps its bare form and its place
 * in the chain.
 */
#ifndef SIAGA_STORE_LOG_PURGE_H
#define SIAGA_STORE_LOG_PURGE_H

#include <siaga/store/log.h>

struct log_purge {
	int64_t before_ms; /* of what had ended before */
	int64_t seq;       /* of the event that says so: only what is older goes */
};

/* In the transaction in which the event `seq` was appended. */
bool log_purge_begin(struct log_store *log, const struct log_purge *purge, struct err *err);
/* One that was begun and is not at its end: 1, 0 none, -1 error. */
int log_purge_pending(struct log_store *log, struct log_purge *out, struct err *err);
/* Of before when persons were forgotten, or are being so; 0: never, -1 error. */
int64_t log_purged_ms(struct log_store *log, struct err *err);

/* How far it is; zero is the beginning. A writer that starts anew begins there, too. */
struct log_purge_cursor {
	int64_t seq;
	char answer[80];
	bool events_done;
	int64_t new_answers; /* those up to this one are put in order first */
};

/* A step, in a transaction of its own: 1 there is more, 0 that was the last, -1 error. */
int log_purge_step(struct log_store *log, const struct log_purge *purge,
	struct log_purge_cursor *cursor, int64_t now_ms, struct err *err);
/* After the last step: takes what was forgotten out of the -wal file, too, and ends the purge. 1
 * done, 0 somebody is reading who must end first, -1 error. */
int log_purge_finish(struct log_store *log, struct err *err);

/* What a purge would find. */
struct log_purge_count {
	int64_t incidents, persons, events;
};

bool log_purge_count(
	struct log_store *log, int64_t before_ms, struct log_purge_count *out, struct err *err);

#endif
