/*
 * Looking a log over: everything as it lies in the file, whatever that is. Nothing here changes it,
 * and a feed may go on writing meanwhile.
 */
#ifndef SIAGA_STORE_LOG_CHECK_H
#define SIAGA_STORE_LOG_CHECK_H

#include <siaga/store/log.h>

/* As log_open_reader(); also where nothing may be written beside the log, as in a copy of it. */
struct log_store *log_open_look(const char *dir, struct err *err);
/* What is read between these is the log of one moment. */
bool log_look_begin(struct log_store *log, struct err *err);
void log_look_end(struct log_store *log);

/* Called for each thing that SQLite finds wrong with the file. */
typedef void (*log_fault_fn)(void *data, const char *what);
bool log_check_file(struct log_store *log, log_fault_fn on_fault, void *data, struct err *err);

/* A text or bytes of a column; data NULL: the column is NULL. Texts are terminated. */
struct log_column {
	const char *data;
	size_t len;
};

/* An event with all its columns; they live until the call is over. */
struct log_raw {
	int64_t seq, at_ms, number;
	struct log_column incident, type, body, masked, bare, salt, digest, hash, audience;
	bool purged;
	int64_t purged_at_ms;
};

typedef bool (*log_raw_fn)(void *data, const struct log_raw *raw);
/* All events in order of seq; false stops. */
bool log_read_raw(struct log_store *log, log_raw_fn on_event, void *data, struct err *err);

/* What can be wrong with an event's place in the chain. */
enum log_flaw {
	LOG_FLAW_NO_HASH = 1 << 0, /* not chained */
	LOG_FLAW_HASH = 1 << 1,    /* what it covers has changed: this event, or the one before */
	LOG_FLAW_DIGEST = 1 << 2,  /* the body is not the one that was written */
	LOG_FLAW_PARTS = 1 << 3    /* bare form, salt and digest do not go together */
};

/* `last` is the hash before, and becomes this event's as it is stored, so that one fault is told
 * once. */
unsigned log_check_link(const struct log_raw *raw, unsigned char last[LOG_HASH_LEN]);

/* How many rows a table has. */
enum log_table { LOG_TABLE_INCIDENT, LOG_TABLE_ALARM, LOG_TABLE_SENT, LOG_TABLE_COUNT };
int64_t log_count(struct log_store *log, enum log_table table, struct err *err);

typedef void (*log_answer_fn)(void *data, const struct log_answer *answer);
bool log_read_answers(struct log_store *log, log_answer_fn on_answer, void *data, struct err *err);
/* How many of them are of an id that has another one already; -1 on error. */
int64_t log_count_twice_answered(struct log_store *log, struct err *err);

/* What tells who was there and what was open on their consoles, in order of seq: events of no
 * incident, each look at one, and all of one incident (NULL: of none). */
bool log_read_watch(struct log_store *log, const char *incident, log_event_fn on_event, void *data,
	struct err *err);
/* The first event that was at that time or later, whether it can be read or not: 1, 0 none, -1
 * error.
 */
int log_find_since(struct log_store *log, int64_t since_ms, int64_t *seq, struct err *err);
/* All that tells who called, in order of seq. */
bool log_read_callers(struct log_store *log, log_event_fn on_event, void *data, struct err *err);
/* After which events a feed began: consoles that had been there before were not there then. */
typedef void (*log_start_fn)(void *data, int64_t seq, int64_t at_ms);
bool log_read_starts(struct log_store *log, log_start_fn on_start, void *data, struct err *err);

/* Writes a whole copy of the log as it is now, compact, to a file that does not exist. */
bool log_copy(struct log_store *log, const char *path, struct err *err);

#endif
