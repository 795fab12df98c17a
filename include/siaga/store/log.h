/*
 * The feed's log: the truth. SQLite, WAL, synchronous=FULL. One writer (a handle opened with
 * log_open_writer), any number of readers; a handle belongs to one thread at a time.
 */
#ifndef SIAGA_STORE_LOG_H
#define SIAGA_STORE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/uuid.h>

struct log_store;

/* What is kept of an event beside its body. */
struct log_row {
	int64_t seq, at_ms;
	const char *incident; /* "" for none */
	int64_t number;
	const char *type;
	const char *alarm; /* id of a new alarm in this event, or "" */
	bool opens,
		ends; /* the incident is open (raised, reopened, split) or ended after this event */
	const char *body; /* the event's JSON, whole */
	size_t body_len;
	const char *masked; /* the same without what tells who the caller is */
	size_t masked_len;
};

/* How a command was answered, kept so that the same id gets the same answer. */
struct log_answer {
	char id[80];
	bool refused;
	int64_t seq;
	char code[24];                              /* refused */
	char message[240];                          /* refused */
	char incident[UUID_SIZE], alarm[UUID_SIZE]; /* raise */
	int64_t number;
};

/*
 * Opens or makes DIR/log.db (0600, DIR 0700 where it is made here). Another writer, a newer schema,
 * a file that is not ours or a damaged one is an error that says which; nothing is ever reset.
 */
struct log_store *log_open_writer(const char *dir, struct err *err);
struct log_store *log_open_reader(const char *dir, struct err *err);
void log_close(struct log_store *log); /* NULL is fine */

void log_feed_id(struct log_store *log, char out[UUID_SIZE]); /* made with the log */
bool log_head(struct log_store *log, int64_t *seq, int64_t *last_number, struct err *err);

/* A transaction: everything between is on disk when log_commit returns true, or none of it. */
bool log_begin(struct log_store *log, struct err *err);
bool log_append(struct log_store *log, const struct log_row *row, struct err *err);
bool log_put_answer(
	struct log_store *log, const struct log_answer *answer, int64_t at_ms, struct err *err);
bool log_commit(struct log_store *log, struct err *err);
void log_rollback(struct log_store *log);

/* 1 found, 0 not, -1 error. */
int log_get_answer(struct log_store *log, const char *id, struct log_answer *out, struct err *err);
/* The incident that an alarm came in as; same results. */
int log_find_alarm(
	struct log_store *log, const char *alarm, char incident[UUID_SIZE], struct err *err);
/* The incident that an incident number means; same results. */
int log_find_number(
	struct log_store *log, int64_t number, char incident[UUID_SIZE], struct err *err);

/* Called per event in order of seq; the text lives until it returns; false stops. */
typedef bool (*log_event_fn)(void *data, int64_t seq, const char *body, size_t len);

/* Events with after < seq <= upto, at most max; `masked` chooses the body. Returns how many, -1 on
 * error. */
int64_t log_read(struct log_store *log, int64_t after, int64_t upto, int64_t max, bool masked,
	log_event_fn on_event, void *data, struct err *err);
/* The same, only events of incidents that were open at `head`. */
int64_t log_read_open(struct log_store *log, int64_t after, int64_t head, int64_t max, bool masked,
	log_event_fn on_event, void *data, struct err *err);
/* All events of one incident. */
int64_t log_read_incident(struct log_store *log, const char *incident, log_event_fn on_event,
	void *data, struct err *err);
/* Moves what is in the WAL to the main file as far as readers let it; never waits. */
void log_checkpoint(struct log_store *log);

#endif
