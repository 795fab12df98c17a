/*
 * The log, and the world that comes of it: who asks for something is decided on here, and what
 * comes of it written. All of it is the writer thread's own.
 */
#ifndef SIAGA_FEED_BOOK_H
#define SIAGA_FEED_BOOK_H

#include <siaga/feed/writer.h>
#include <siaga/store/log.h>

#include "forms.h"

#define ANSWER_ID_MAX 80

/* Somebody's command, or a registry, on its way through the writer. What it holds is used again for
 * the next one, so that the two threads do not free each other's memory. */
struct job {
	struct command cmd;
	char answer_id[ANSWER_ID_MAX];
	bool keep;
	bool unread;                /* what it is about cannot be read: it is refused */
	struct registry *registry;  /* this job only changes the registry */
	char brought[3][UUID_SIZE]; /* incidents that were read for it */
	struct writer_result result;
	struct writer_event *events; /* `events_cap` of them can be finished */
	size_t events_len, events_cap;
	struct job *next;
};

/* Ready for another command; only the memory of its events stays. */
void job_clear(struct job *job);
void job_drop(struct job *job);

/* A camera, as it was before the batch. */
struct camera_was {
	char id[CAMERA_ID_SIZE];
	enum camera_status status;
	int64_t at_ms;
};

struct book {
	struct log_store *log; /* the writer's */
	struct world world;
	struct events events;       /* what the last command came to */
	struct forms forms;         /* of the event that is just written */
	struct camera_was *cameras; /* owned: those that this batch changes, in order */
	size_t cameras_len;
	bool stale;     /* the world could not be read again after a failure */
	bool unread;    /* the last failure was to read what a command is about */
	size_t skipped; /* events of open incidents that cannot be made out */
};

/* Reads the world from the log; the registry stays. */
bool book_open(struct book *book, struct log_store *log, struct err *err);
void book_finish(struct book *book);
/* A transaction failed: what the world was told since is not so. */
void book_read_again(struct book *book);
/* False and *err: it is still not what the log says. */
bool book_is_good(struct book *book, struct err *err);
/*
 * Before the transaction, which SQLite would end at the first error: reads what the command is
 * about. False and *err: it cannot be read now, and the job has to be left out.
 */
bool book_bring(struct book *book, struct job *job, struct err *err);
/* Within a transaction: decides, writes the events and the answer; job->result and job->events say
 * what came of it. False and *err: the log does not take it. */
bool book_do(struct book *book, struct job *job, struct err *err);
/* After the transaction: what has ended is in memory no longer. */
void book_done_with(struct book *book, const struct job *job);
/* Takes the registry (left zero); what the log said of its cameras stands. */
void book_take_registry(struct book *book, struct registry *registry);

#endif
