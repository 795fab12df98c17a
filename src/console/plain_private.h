/* What the files of the plain mode share. */
#ifndef SIAGA_CONSOLE_PLAIN_PRIVATE_H
#define SIAGA_CONSOLE_PLAIN_PRIVATE_H

#include <siaga/ui/plain.h>

#include "plain.h"
#include "plain_in.h"
#include "plain_out.h"
#include "runtime.h"

struct plain {
	struct runtime *rt;
	struct plain_in in;
	struct plain_out out;
	struct loop_timer *timer; /* looks for the next line */
	struct buf lines;         /* made, and not put out yet */

	/* What was told. */
	int64_t head; /* the last event */
	int64_t said; /* lines of the app's log */
	enum app_link link;
	int64_t link_ms;   /* mono */
	bool slow, silent; /* silent: what the feed had before we came is caught up with */
	size_t skipped;    /* events of that time */
	size_t unsent;
	enum trouble feed_trouble, cache_trouble;
	int64_t trouble_ms; /* mono */
	int64_t mute_until_ms;
	int day;               /* of the year; -1: none yet */
	enum modal_type asked; /* the question that is open */
	bool noticed;          /* in the last event there was a notice */

	/* When the next line is taken. */
	int64_t read_at_ms;    /* mono: a question is being read, or `wait` */
	int64_t confirm_at_ms; /* mono: what the last line sent is waited for until then */
	int64_t done_seq;      /* of what the feed confirmed last */
	bool early;            /* lines that are there already do not answer the question */
	bool answering;        /* the open question is closed by what was typed */
	bool blocked;          /* a line may wait */
	bool held;             /* the link was left: standard output takes nothing */
	int64_t leave_ms;      /* mono: the input ended; 0: it did not */
	int64_t interrupt_ms;  /* mono of the last Ctrl-C */
};

/* What a line sent is waited for so long before the next one is taken. */
#define PLAIN_CONFIRM_MS 2000

/* Puts out the lines that were made. */
void plain_put(struct plain *plain);
/* Nothing is waiting for the feed, or it was waited for long enough. */
bool plain_is_settled(const struct plain *plain);

/* --- plain_verbs.c --- */

/* Does what a line says: answers the open question, or runs a command. */
void plain_run(struct plain *plain, const char *line);
/* Leaves the open question, nothing is sent. */
void plain_leave(struct plain *plain);

#endif
