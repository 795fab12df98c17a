/*
 * All that has entered an exercise so far, as it goes over the wire: the trainee's console keeps it
 * to send it, and the class to give it back.
 */
#ifndef SIAGA_CONSOLE_TAPE_H
#define SIAGA_CONSOLE_TAPE_H

#include <siaga/train/run.h>
#include <siaga/wire/class.h>

#define TAPE_BYTES_MAX ((size_t)4 * 1024 * 1024) /* an evening of hard typing is a tenth of it */

struct tape_mark {
	int64_t at_ms;
	size_t end; /* in the text */
};

struct tape {
	struct buf text;
	struct tape_mark *marks; /* owned; one for each */
	size_t len, cap;
};

void tape_finish(struct tape *tape); /* zero is fine */
void tape_clear(struct tape *tape);
/* False: it is full. */
bool tape_add(struct tape *tape, const struct tape_entry *entry);
/* Appends those from `from` on that fit into a frame and are not later than until_ms, joined by
 * commas. Returns the first that is not among them. */
size_t tape_put(const struct tape *tape, size_t from, int64_t until_ms, struct buf *out);

/* Does again what entered. False: *err says that there is no such command. What the feed refuses
 * now it refused then. */
bool tape_play(struct run *run, const struct tape_entry *entry, struct err *err);

#endif
