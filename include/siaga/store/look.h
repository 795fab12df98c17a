/* A look at a file of ours that changes nothing in it: for the doctors, also beside a running
 * program. */
#ifndef SIAGA_STORE_LOOK_H
#define SIAGA_STORE_LOOK_H

#include <siaga/store/admin.h>
#include <siaga/store/cache.h>

enum look_state {
	LOOK_FINE,
	LOOK_OLDER,      /* whole; its program will bring it up to date */
	LOOK_MISSING,    /* there is none yet */
	LOOK_UNREADABLE, /* a reason outside the file: rights, a lock */
	LOOK_DAMAGED,
	LOOK_NEWER, /* a newer program has changed its schema */
	LOOK_STATE_COUNT
};

struct cache_look {
	enum look_state state;
	int schema;
	int64_t bytes;
	struct cache_meta meta;
	int64_t events, ended;           /* ended: incidents that can be looked up */
	int64_t outbox, outbox_since_ms; /* what is not sent, and since when the oldest waits */
};

/* Reads the whole file once. Only of a fine one is more than its state and size known; of all but
 * that and a missing one err says what is the matter. */
void cache_look(const char *dir, struct cache_look *out, struct err *err);

/* The feed's log. */
struct log_look {
	enum look_state state;
	int schema;
	int64_t bytes;
	char feed[UUID_SIZE];
	int64_t events, open; /* open: incidents */
	int64_t last_at_ms;   /* of the last event; 0: there is none */
};

/* As cache_look(). */
void log_look(const char *dir, struct log_look *out, struct err *err);

/* The feed's tokens and registry. */
struct admin_look {
	enum look_state state;
	int schema;
	struct buf registry; /* owned: JSON; empty where none was loaded */
	int64_t rev;
};

/* As cache_look(); every token of a fine file is told, by name. */
void admin_look(const char *dir, struct admin_look *out,
	void (*on_token)(void *data, const struct token_row *), void *data, struct err *err);
void admin_look_finish(struct admin_look *look);

#endif
