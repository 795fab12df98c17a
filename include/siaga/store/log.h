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
#include <siaga/base/trouble.h>
#include <siaga/base/uuid.h>

#define LOG_HASH_LEN 32

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
	const char *bare; /* without caller and free text: what remains of it; NULL: as the body */
	size_t bare_len;
	const char *audience; /* who may see it, in the words of whoever writes; NULL: "" */
	const char *asks;     /* the agency that it asks to the incident; NULL or "": none */
	bool asks_caller;     /* which is shown who called */
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
/* The same; *taken: it failed because another writer has it. */
struct log_store *log_try_writer(const char *dir, bool *taken, struct err *err);
struct log_store *log_open_reader(const char *dir, struct err *err);
void log_close(struct log_store *log); /* NULL is fine */

void log_feed_id(struct log_store *log, char out[UUID_SIZE]); /* made with the log */
bool log_head(struct log_store *log, int64_t *seq, int64_t *last_number, struct err *err);

/*
 * The chain: each event's hash covers the one before it, its own bare form, its audience and a
 * salted digest of its body, so that nothing in the log can be changed, taken out or put elsewhere
 * without showing, and what is personal can be forgotten without breaking it. The hash of seq 0 is
 * that of the feed's id. 1 found, 0 no such event or not chained yet, -1 error.
 */
int log_hash(struct log_store *log, int64_t seq, unsigned char out[LOG_HASH_LEN], struct err *err);
/* The hash of the event that was appended last in this transaction. */
void log_last_hash(const struct log_store *log, unsigned char out[LOG_HASH_LEN]);

/* A transaction: everything between is on disk when log_commit returns true, or none of it. */
bool log_begin(struct log_store *log, struct err *err);
bool log_append(struct log_store *log, const struct log_row *row, struct err *err);
/* The first answer to an id stands. */
bool log_put_answer(
	struct log_store *log, const struct log_answer *answer, int64_t at_ms, struct err *err);
/* An event of an older siaga's log gets what that one did not keep: `masked`, `bare`, `audience`,
 * `asks` and its place in the chain. All of them, from seq 1 on, in one transaction; before that
 * nothing can be appended. */
bool log_fill(struct log_store *log, const struct log_row *row, struct err *err);
/* Whether there is something to fill: 1, 0, -1 error. */
int log_needs_fill(struct log_store *log, struct err *err);
bool log_commit(struct log_store *log, struct err *err);
void log_rollback(struct log_store *log);
/* Why the last call that failed did; to be asked before the next call. */
enum trouble log_trouble(const struct log_store *log);
/* Can it be written? Tries it, and changes nothing. Outside a transaction. */
bool log_probe(struct log_store *log, struct err *err);

/* Of the writer, also of what its open transaction has put. 1 found, 0 not, -1 error. */
int log_get_answer(struct log_store *log, const char *id, struct log_answer *out, struct err *err);
/* The incident that an alarm came in as; same results. */
int log_find_alarm(
	struct log_store *log, const char *alarm, char incident[UUID_SIZE], struct err *err);
/* The incident that an incident number means; same results. */
int log_find_number(
	struct log_store *log, int64_t number, char incident[UUID_SIZE], struct err *err);

/* One incident in the log. */
struct log_incident {
	int64_t number;    /* 0: none */
	int64_t first_seq; /* its first and its last event */
	int64_t last_seq;
	int64_t ended_seq; /* the event that ended it; 0: it is open */
};

/* 1 found, 0 not, -1 error. */
int log_get_incident(
	struct log_store *log, const char *id, struct log_incident *out, struct err *err);
/* Since which event an agency is asked to an incident; 0: never, -1: error. *caller (NULL is fine):
 * it is shown who called. */
int64_t log_get_sent(struct log_store *log, const char *agency, const char *incident, bool *caller,
	struct err *err);
/* The first event with after < seq <= upto by which the agency is asked to an incident for the
 * first time; 0: none, -1: error. */
int64_t log_next_sent(struct log_store *log, const char *agency, int64_t after, int64_t upto,
	char incident[UUID_SIZE], struct err *err);

/* An event as it is read; the texts live until the call is over. */
struct log_event {
	int64_t seq;
	const char *body;
	size_t len;
	const char *masked; /* the body itself where that has nothing to hide */
	size_t masked_len;
	const char *audience;
	const char *type;
	bool caller;               /* read for an agency: that one is shown who called */
	const unsigned char *hash; /* LOG_HASH_LEN of it; NULL: not chained yet */
};

/* Called per event in order of seq; false stops. */
typedef bool (*log_event_fn)(void *data, const struct log_event *event);

/* Events with after < seq <= upto, at most max. Returns how many, -1 on error. */
int64_t log_read(struct log_store *log, int64_t after, int64_t upto, int64_t max,
	log_event_fn on_event, void *data, struct err *err);
/* The same, only events of incidents that were open at `head`; with an agency only of those that it
 * was asked to at `head` (NULL: of all). */
int64_t log_read_open(struct log_store *log, const char *agency, int64_t after, int64_t head,
	int64_t max, log_event_fn on_event, void *data, struct err *err);
/* Events of one incident with after < seq <= upto, at most max: all of them, whoever asks. `caller`
 * is as the agency was asked to it ("": none). What a purge is about to forget is forgotten here.
 * Returns as log_read(). */
int64_t log_read_past(struct log_store *log, const char *agency, const char *incident,
	int64_t after, int64_t upto, int64_t max, log_event_fn on_event, void *data,
	struct err *err);
/* All events of one incident. */
int64_t log_read_incident(struct log_store *log, const char *incident, log_event_fn on_event,
	void *data, struct err *err);
/* What was said of the cameras, the youngest first. It reads every event that belongs to no
 * incident until it is stopped: for a start, not for a request. */
bool log_read_cameras(struct log_store *log, log_event_fn on_event, void *data, struct err *err);
/* After all was filled, and whenever a log is opened for writing. */
void log_tidy(struct log_store *log);
/* A feed begins on this log: nobody is connected now. For looking back only; it may fail. */
void log_note_start(struct log_store *log, int64_t at_ms);
/*
 * Pauses: what a commit need not do is done while nobody waits for one. log_rest_after_ms() is how
 * many milliseconds without a transaction are the time for log_rest(), which does some of it, a few
 * milliseconds of work, and is to be asked again; -1: there is nothing to do. What is in the WAL is
 * moved to the main file, as far as readers let it; where that is never done a commit will, when so
 * much has gathered that it takes some tens of milliseconds. And new answers are put in order;
 * where that is never done, and there are very many, each costs its commit more.
 */
int log_rest_after_ms(const struct log_store *log);
void log_rest(struct log_store *log);
/* Moves what is in the WAL now. */
void log_checkpoint(struct log_store *log);

#endif
