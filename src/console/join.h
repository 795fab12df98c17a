/*
 * A trainee's way into a class: what is played comes from there, and what enters the exercise here
 * is told there. Nothing that is played passes it: where the class is lost one plays on, and it
 * hears the rest when it is back. It never follows a feed.
 */
#ifndef SIAGA_CONSOLE_JOIN_H
#define SIAGA_CONSOLE_JOIN_H

#include <siaga/net/loop.h>

#include "play.h"

struct join;

struct join_config {
	const char *url;
	const char *token;
	struct who who;
	bool english;
	struct play *play; /* borrowed; not looked at before join_begin() */
	/* A trainer asked for something. False: *err says why it was not done. */
	bool (*on_asked)(void *data, const struct train_frame *train, struct err *err);
	/* It is lost, or back, or over for good: a sentence for the trainee. */
	void (*on_class)(void *data, enum training_class class, const char *text);
	void *data;
};

/* What the class plays, and what this trainee has done in it before. */
struct join_lesson {
	struct buf text; /* of the scenario */
	uint64_t seed;
	int64_t speed_percent;
	bool paused;
	struct tape_entry *entries; /* owned; by time */
	size_t entries_len;
	int64_t at_ms; /* until then that is all */
};

/* Runs the loop until all of the lesson is there. NULL: *err says why nothing came of it; also when
 * somebody stopped the loop. */
struct join *join_create(struct loop *loop, const struct join_config *cfg, struct err *err);
void join_destroy(struct join *join); /* NULL is fine; before the loop's end */
struct join_lesson *join_get_lesson(struct join *join);
/* It is played: from now on all is told. */
void join_begin(struct join *join);
/* Something enters; as run_config wants it. */
void join_note(struct join *join, const struct tape_entry *entry);
/* Runs the loop until the class has heard all, or there is no more hope of it. False: it has not,
 * as *err says. */
bool join_leave(struct join *join, struct err *err);

#endif
