/* The order of the queue: a pure function of incidents and the time. When it changes by the time
 * alone app/counts.c has to know. */
#ifndef SIAGA_MODEL_QUEUE_H
#define SIAGA_MODEL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/model/incident.h>

enum queue_key {
	QUEUE_BY_PRIORITY, /* P1 first, then the oldest */
	QUEUE_BY_AGE,      /* oldest first */
	QUEUE_BY_STATE,    /* least advanced first, then by priority */
	QUEUE_BY_DISTANCE, /* nearest to `from` first */
	QUEUE_BY_NUMBER,   /* lowest first */
	QUEUE_KEY_COUNT
};

const char *queue_key_name(enum queue_key key); /* "priority", "age"; "?" outside the range */
bool queue_key_find(const char *name, enum queue_key *out);

/* How the operator wants it. Zero is by priority. */
struct queue_order {
	enum queue_key key;
	bool reverse; /* turns the key round; what is equal by it stays oldest first */
	struct position from;
};

/* What belongs into the queue, and how. Zero but for the times is all of it by priority. */
struct queue_query {
	struct queue_order order;
	int64_t now_ms;
	int64_t keep_ms; /* ended ones stay in sight for so long */
	/* NULL, or whether a view wants this one; asked once for each that is open or in sight. */
	bool (*wants)(void *data, const struct incident *inc);
	void *data;
	/* What `wants` would surely refuse, as far as marks tell: it is not asked about that. */
	struct sieve sieve;
};

/*
 * Fills `out` with the first `max` incidents in order; returns how many there are. Whatever the
 * order: what is not acknowledged comes first, P1 before the rest of it, held or not; then what is
 * open, by the order; then what is on hold, the next to come back first; then what has ended,
 * youngest end first. Numbers break ties, so the same incidents always give the same rows.
 */
size_t queue_select(const struct world *world, const struct queue_query *query,
	struct incident **out, size_t max);

/* Memory to put a queue in order, kept from one time to the next: to be given so much by the system
 * each time may take longer than all the rest. Zero is none yet. */
struct queue_room {
	struct place *places, *spare;
	size_t len, cap;
};

/*
 * As queue_select() of all that there are, but writes their ids, over the `before` that `ids` holds
 * from the last time; it has room for all incidents of the world. `*same` is whether those were the
 * same.
 */
size_t queue_list(const struct world *world, const struct queue_query *query,
	struct queue_room *room, char (*ids)[UUID_SIZE], size_t before, bool *same);
void queue_room_finish(struct queue_room *room);

/* The same by priority, without a filter. */
size_t queue_collect(const struct world *world, int64_t now_ms, int64_t keep_ms,
	struct incident **out, size_t max);

#endif
