/*
 * When a frame may be drawn: never more than so many in any second, the first change after quiet at
 * once, a key at once under any load. What the feed sends leaves room for the keys to come, and
 * shares the rest of the second evenly, so that none of it waits longer than the other.
 */
#ifndef SIAGA_CONSOLE_PACE_H
#define SIAGA_CONSOLE_PACE_H

#include <stddef.h>
#include <stdint.h>

#define PACE_MOST 20 /* frames a second */

/* Why a frame is wanted; the last is the most urgent. */
enum pace_why {
	PACE_TICK, /* the clock goes on: there is something to see each second anyway */
	PACE_FEED,
	PACE_KEY,
};

struct pace {
	int64_t drawn_ms[PACE_MOST]; /* a ring */
	size_t next;
	int64_t key_ms; /* when a key was answered last */
	int64_t fed_ms; /* when what the feed had sent was drawn last */
};

/* Milliseconds until the frame may be drawn, of `per_s` in a second, at most PACE_MOST. */
int64_t pace_wait(const struct pace *pace, enum pace_why why, int per_s, int64_t now_ms);
/* It is drawn. */
void pace_drawn(struct pace *pace, enum pace_why why, int64_t now_ms);

#endif
