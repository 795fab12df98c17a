/*
 * When a frame may be drawn: never more than so many in any second, the first change after quiet at
 * once, a key at once under any load. What the feed sends leaves room for the keys to come, and
 * shares the rest of the second evenly, so that none of it waits longer than the other; but where
 * there is room the first alarm for a while does not wait for what was drawn just before it: it
 * takes the place of the frame that is next.
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
	PACE_ALARM, /* somebody is called here */
	PACE_KEY,
};

struct pace {
	int64_t drawn_ms[PACE_MOST]; /* a ring */
	size_t next;
	int64_t key_ms;        /* when a key was answered last */
	int64_t alarm_ms;      /* when an alarm was drawn last */
	int64_t turn_ms;       /* what the feed sent is not drawn before */
	int64_t alarm_turn_ms; /* nor is an alarm */
};

/* Milliseconds until the frame may be drawn, of `per_s` in a second, at most PACE_MOST. */
int64_t pace_wait(const struct pace *pace, enum pace_why why, int per_s, int64_t now_ms);
/* It is drawn. */
void pace_drawn(struct pace *pace, enum pace_why why, int per_s, int64_t now_ms);

#endif
