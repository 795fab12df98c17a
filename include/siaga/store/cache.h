/*
 * The console's cache: what the feed said, for reading when it is gone, and the outbox of what was
 * asked of it. STATE/cache.db, 0600, WAL. A damaged file is set aside and a new one made; a newer
 * schema is refused. Several consoles may share one.
 */
#ifndef SIAGA_STORE_CACHE_H
#define SIAGA_STORE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>
#include <siaga/base/trouble.h>
#include <siaga/base/uuid.h>

#define CACHE_MARK_SIZE 17

struct cache_store;
struct history_row;

/* `notice` gets a line for the operator where an old file was set aside, else "". */
struct cache_store *cache_open(const char *dir, char *notice, size_t notice_size, struct err *err);
/* The same; `trouble` is why it failed where that may pass by itself, else NONE. Waits at most so
 * long for another console that is opening it. */
struct cache_store *cache_try_open(const char *dir, int wait_ms, char *notice, size_t notice_size,
	enum trouble *trouble, struct err *err);
/* To be read only, beside whatever console has it: nothing in it is changed, and none is made. */
struct cache_store *cache_open_look(const char *dir, struct err *err);
void cache_close(struct cache_store *cache); /* NULL is fine */

/* Why a call failed since this was asked last, and forgets it; DAMAGED before all else. That is
 * noted beside the file, so that the next start sets it aside, however whole it looks. */
enum trouble cache_trouble(struct cache_store *cache);
/* Has the file lost its name, because another console has set it aside or somebody has removed it?
 * Nothing can be kept in it then; it is to be closed, and opened anew. */
bool cache_is_gone(struct cache_store *cache);
/* For how long a write waits for another console's. */
void cache_set_patience(struct cache_store *cache, int wait_ms);
/* Can it be written? Tries it, and changes nothing; *trouble says why not. */
bool cache_probe(struct cache_store *cache, enum trouble *trouble, struct err *err);

struct cache_meta {
	char feed[UUID_SIZE]; /* "" when nothing was ever cached */
	int64_t last_seq;     /* every event up to here that this role may see is in the cache */
	char mark[CACHE_MARK_SIZE]; /* of last_seq in the log's chain; "": not known */
	int64_t saved_at_ms;        /* feed's clock at the last save; 0: never */
	int64_t forget_ms; /* saving: persons of incidents that ended before are to be forgotten,
			      see cache_forget.h; 0: none */
	char name[48];     /* who the cache was made for */
	char role[16];
	char agency[25];
	/* Saving: everything up to here is in it already, as far as the caller knows; 0: it may be
	 * empty. */
	int64_t after;
	/* Saving: may what was kept as `kept` go on with this? NULL: where it is the same feed's.
	 */
	bool (*goes_on)(const struct cache_meta *kept, const struct cache_meta *now);
};

bool cache_get_meta(struct cache_store *cache, struct cache_meta *meta, struct err *err);

/* One event to keep. */
struct cache_event {
	int64_t seq, at_ms;
	const char *incident; /* "" for none */
	const char *body;
	bool opens, ends; /* as in the log */
	bool personal;    /* it tells of persons, or what was typed about them */
};

/*
 * Saves events, the rows of the incidents they are about (history.h) and meta.last_seq in one
 * transaction. Events already there are left as they are, and so is a row that knows of later
 * events: saving twice is harmless. Refused where another program has begun it anew meanwhile: for
 * another feed or other eyes, or with less in it than meta.after says.
 */
bool cache_save(struct cache_store *cache, const struct cache_meta *meta,
	const struct cache_event *events, size_t len, const struct history_row *rows,
	size_t rows_len, struct err *err);
bool cache_save_registry(struct cache_store *cache, const char *json, size_t len, struct err *err);
int cache_get_registry(struct cache_store *cache, struct buf *json, struct err *err); /* 1, 0, -1 */

typedef bool (*cache_event_fn)(void *data, const char *body, size_t len);
/* Events of incidents that are open or ended after since_ms, in order of seq. */
bool cache_read(struct cache_store *cache, int64_t since_ms, cache_event_fn on_event, void *data,
	struct err *err);

/* Events from a time on, and those of no incident from before it, in order of seq. */
bool cache_read_since(struct cache_store *cache, int64_t since_ms, cache_event_fn on_event,
	void *data, struct err *err);
/* The event from which on none is missing; 1, 0 there is no event, -1 error. */
int cache_whole_since(struct cache_store *cache, int64_t *seq, int64_t *at_ms, struct err *err);

/* The feed is another log than the cached one: the file is kept aside under a new name (written to
 * `aside`) and the cache is empty afterwards. The outbox is carried over. */
bool cache_set_aside(struct cache_store *cache, char *aside, size_t size, struct err *err);

/* The outbox: written with synchronous=FULL before it is shown. Text is the `do` frame. */
bool cache_outbox_put(struct cache_store *cache, const char *id, int64_t at_ms, const char *frame,
	struct err *err);
bool cache_outbox_drop(struct cache_store *cache, const char *id, struct err *err);
typedef bool (*cache_outbox_fn)(void *data, const char *id, int64_t at_ms, const char *frame);
bool cache_outbox_read(
	struct cache_store *cache, cache_outbox_fn on_item, void *data, struct err *err);

#endif
