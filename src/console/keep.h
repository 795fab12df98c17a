/*
 * What the console keeps on its own disk, and what becomes of it when that disk does not take it:
 * the console goes on without, says so, tries again, and then asks the feed for what is missing.
 */
#ifndef SIAGA_CONSOLE_KEEP_H
#define SIAGA_CONSOLE_KEEP_H

#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/trouble.h>
#include <siaga/base/uuid.h>

struct cache_meta;
struct effect;
struct loop_timer;
struct registry;
struct runtime;

/* Zero is ready. */
struct keep {
	char dir[4096];
	struct loop_timer *timer; /* looks whether it can be written again */
	enum trouble trouble;
	int64_t wait_ms;           /* until the next look; longer where it fails again and again */
	int64_t failed_ms;         /* mono, of the last failure */
	bool aside, registry;      /* these are still to be done */
	bool gone;                 /* the file is: all of the outbox goes into the new one */
	bool taken;                /* another console has begun the cache anew */
	char (*forget)[UUID_SIZE]; /* owned: items that the feed has and the outbox still holds */
	size_t forget_len;
	int64_t before_ms; /* persons of incidents that ended before are to be forgotten, which is
			      still to be noted in the cache; 0: nothing is */
};

/* Opens the cache and loads what is in it. False: it cannot be used, and that will not pass. */
bool keep_open(struct runtime *rt, struct err *err);
void keep_close(struct runtime *rt);

/* Which feed's words these are, and for whose eyes. */
void keep_sign(const struct runtime *rt, struct cache_meta *meta);
/* The same feed, and eyes that may see the same. */
bool keep_goes_on(const struct cache_meta *kept, const struct cache_meta *now);
/* Is there in the cache what this console may show? Else another one has begun it anew, for another
 * feed or other eyes. */
bool keep_is_ours(struct runtime *rt);

/* Something could not be written to the cache: err says what. */
void keep_failed(struct runtime *rt, const struct err *err);
/* The same where it is known why, because cache_trouble() was asked. */
void keep_failed_for(struct runtime *rt, enum trouble trouble, const struct err *err);
/* Something could not be read from it. */
void keep_unread(struct runtime *rt, const struct err *err);

void keep_registry(struct runtime *rt, const struct registry *reg);
/* Puts it into the outbox, and tells the app whether it is there. */
void keep_item(struct runtime *rt, const struct effect *effect, const char *frame);
void keep_forget(struct runtime *rt, const char *id);
void keep_set_aside(struct runtime *rt);

#endif
