/*
 * Forgetting persons in the console's cache when the feed has forgotten them: in small steps, so
 * that the screen goes on. What is wanted is kept in the cache, and a console that ended in the
 * middle goes on with it the next time.
 */
#ifndef SIAGA_STORE_CACHE_FORGET_H
#define SIAGA_STORE_CACHE_FORGET_H

#include <siaga/store/cache.h>

/* Incidents that ended before are to be forgotten; what was wanted earlier is part of it. */
bool cache_want_forget(struct cache_store *cache, int64_t before_ms, struct err *err);

enum forget_phase { FORGET_EVENTS, FORGET_WORDS, FORGET_FILES, FORGET_DONE };

/* How far it is; zero is the beginning, which finds out what is wanted. */
struct cache_forget {
	int64_t before_ms, seq;
	enum forget_phase phase;
	bool merging;
};

/* Appends what may be kept of an event; false: it cannot be read, and then nothing of it is kept.
 */
typedef bool (*cache_bare_fn)(struct buf *out, const char *body, size_t len);

/* One step: 1 there is more, 0 all is done or nothing was wanted, -1 error, or somebody else has
 * the file: again in a while. */
int cache_forget_step(struct cache_store *cache, struct cache_forget *forget, cache_bare_fn bare,
	struct err *err);

#endif
