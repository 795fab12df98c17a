/*
 * Events on their way into the cache. The first after quiet is saved at once; what comes in a rush
 * waits in memory for the next frame, or a moment, and is saved in one transaction. Until then it
 * is the feed that has it, and would be asked for it again: nobody is told that it is here.
 */
#ifndef SIAGA_CONSOLE_SAVING_H
#define SIAGA_CONSOLE_SAVING_H

#include <stddef.h>
#include <stdint.h>

#include <siaga/store/cache.h>

struct effect;
struct loop_timer;
struct runtime;
struct saving_event;

/* Zero is ready. */
struct saving {
	struct cache_meta meta;     /* of all that waits */
	struct saving_event *items; /* owned */
	size_t len, cap;
	size_t bytes; /* of their bodies */
	struct loop_timer *timer;
	int64_t saved_ms; /* mono, of the last save; 0: none yet */
	bool waits;       /* there is something to be saved, if only how far it goes */
};

/* Keeps what EFFECT_STORE says of the message being applied, now or soon. */
void saving_store(struct runtime *rt, const struct effect *effect);
/* Saves what waits. To be called before the cache is read, or anybody is told what is in it. */
void saving_flush(struct runtime *rt);
/* A frame was drawn, and the next is far: now the disk is in nobody's way. */
void saving_drawn(struct runtime *rt);
/* Forgets what waits: the cache cannot be written, and the feed is asked for it later. */
void saving_drop(struct runtime *rt);
void saving_finish(struct runtime *rt);

/* Makes rows of incidents that the cache has without, or that do not tell all: some of them. False
 * when there are none left. */
bool saving_mend(struct runtime *rt);

#endif
