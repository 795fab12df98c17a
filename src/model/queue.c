#include <siaga/model/queue.h>

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>

#include "places.h"
#include "private.h"

static const char *const queue_key_names[] = {
	[QUEUE_BY_PRIORITY] = "priority",
	[QUEUE_BY_AGE] = "age",
	[QUEUE_BY_STATE] = "state",
	[QUEUE_BY_DISTANCE] = "distance",
	[QUEUE_BY_NUMBER] = "number",
};
static_assert(ARRAY_LEN(queue_key_names) == QUEUE_KEY_COUNT, "name every key");

const char *queue_key_name(enum queue_key key) {
	return (unsigned)key < QUEUE_KEY_COUNT ? queue_key_names[key] : "?";
}

bool queue_key_find(const char *name, enum queue_key *out) {
	for (size_t i = 0; i < QUEUE_KEY_COUNT; i++) {
		if (strcmp(queue_key_names[i], name) == 0) {
			*out = (enum queue_key)i;
			return true;
		}
	}
	return false;
}

/* From top to bottom; no order takes a row out of its group. */
enum group { GROUP_NEW_P1, GROUP_NEW, GROUP_OPEN, GROUP_HELD, GROUP_ENDED };

/* Bits of `first`: millimetres on the earth and milliseconds of some thousand years have room. */
#define PRIORITY_BITS 3
#define KEY_BITS      56
#define KEY_ZERO      (INT64_C(1) << (KEY_BITS - 1))
#define KEY_MOST      ((UINT64_C(1) << KEY_BITS) - 1)
static_assert(KEY_BITS + PRIORITY_BITS == PLACE_GROUP_SHIFT, "the group is above both");

static enum group group_of(const struct incident *inc, int64_t now_ms) {
	if (!incident_is_open(inc)) {
		return GROUP_ENDED;
	}
	if (inc->state == INCIDENT_NEW) {
		return inc->priority == PRIORITY_P1 ? GROUP_NEW_P1 : GROUP_NEW;
	}
	return incident_is_held(inc, now_ms) ? GROUP_HELD : GROUP_OPEN;
}

static int64_t ended_ms(const struct incident *inc) {
	return inc->state_at_ms[inc->state];
}

static int64_t key_of(const struct incident *inc, const struct queue_order *order) {
	switch (order->key) {
	case QUEUE_BY_AGE: return incident_received_ms(inc);
	case QUEUE_BY_STATE: return (int64_t)inc->state;
	case QUEUE_BY_DISTANCE: return llround(geo_distance_m(order->from, inc->at) * 1000);
	case QUEUE_BY_NUMBER: return inc->number;
	case QUEUE_BY_PRIORITY:
	case QUEUE_KEY_COUNT: break;
	}
	return (int64_t)inc->priority;
}

/* What has no room is as good as the last that has. */
static uint64_t key_bits(int64_t key) {
	key = key < -KEY_ZERO ? -KEY_ZERO : key > KEY_ZERO - 1 ? KEY_ZERO - 1 : key;
	return (uint64_t)(key + KEY_ZERO);
}

static struct place place_of(struct incident *inc, const struct queue_query *query) {
	enum group group = group_of(inc, query->now_ms);
	struct place place = {.inc = inc};
	uint64_t key;
	if (group == GROUP_ENDED) {
		key = KEY_MOST - key_bits(ended_ms(inc));
	} else if (group == GROUP_HELD) {
		key = key_bits(inc->held_until_ms);
	} else {
		key = key_bits(key_of(inc, &query->order));
		key = query->order.reverse ? KEY_MOST - key : key;
	}
	place.first = (uint64_t)group << PLACE_GROUP_SHIFT | key << PRIORITY_BITS;
	if (group != GROUP_ENDED) {
		place.first |= (uint64_t)inc->priority;
		place.second = (uint64_t)incident_received_ms(inc) ^ (uint64_t)INT64_MIN;
	}
	return place;
}

static bool in_sight(const struct incident *inc, const struct queue_query *query) {
	if (!incident_is_open(inc) && query->now_ms - ended_ms(inc) > query->keep_ms) {
		return false;
	}
	return query->wants == NULL || query->wants(query->data, inc);
}

/* The first `max` of those that came so far: in any order while there is room, then a heap with the
 * last of them on top. */
struct best {
	struct place *places;
	size_t len, cap, max;
	bool is_heap;
};

static void sink(struct best *best, size_t at) {
	struct place place = best->places[at];
	for (size_t child = 2 * at + 1; child < best->len; child = 2 * at + 1) {
		child += child + 1 < best->len &&
			 places_compare(&best->places[child + 1], &best->places[child]) > 0;
		if (places_compare(&best->places[child], &place) <= 0) {
			break;
		}
		best->places[at] = best->places[child];
		at = child;
	}
	best->places[at] = place;
}

static void make_heap(struct best *best) {
	for (size_t at = best->len / 2; at > 0; at--) {
		sink(best, at - 1);
	}
	best->is_heap = true;
}

static void keep_best(struct best *best, const struct place *place) {
	if (best->len < best->max) {
		if (best->len == best->cap) {
			best->cap = best->cap > 0 ? best->cap * 2 : 64;
			best->places = mem_resize(best->places, best->cap, sizeof(*best->places));
		}
		best->places[best->len++] = *place;
		return;
	}
	/* Where all find room none is needed. */
	if (!best->is_heap) {
		make_heap(best);
	}
	if (best->max > 0 && places_compare(place, &best->places[0]) < 0) {
		best->places[0] = *place;
		sink(best, 0);
	}
}

/* So many incidents are fetched while one is looked at; a power of two. */
#define AHEAD 16

/* Those that get through the sieve, in the order of the list. */
struct walk {
	const struct world *world;
	const struct sieve *sieve;
	size_t at; /* in the list */
	struct incident *coming[AHEAD];
	size_t fetched, given;
};

static_assert(offsetof(struct incident, claim) <= INCIDENT_FRONT_SIZE, "the front is in front");
static_assert(offsetof(struct dispatch, by) <= DISPATCH_FRONT_SIZE, "so it is of a dispatch");
static_assert(
	offsetof(struct incident, id) % MEM_LINE + UUID_SIZE <= MEM_LINE, "an id is one line");

static void fetch(const void *at, size_t len) {
	for (size_t offset = 0; offset < len; offset += MEM_LINE) {
		PREFETCH((const char *)at + offset);
	}
}

static bool fetch_next(struct walk *walk) {
	const struct listed *listed;
	do {
		if (walk->at == walk->world->list_len) {
			return false;
		}
		listed = &walk->world->list[walk->at++];
	} while (listed->inc == NULL || !sieve_passes(walk->sieve, &listed->marks));
	fetch(listed->inc, INCIDENT_FRONT_SIZE);
	walk->coming[walk->fetched++ % AHEAD] = listed->inc;
	return true;
}

/* The next one, or NULL. */
static struct incident *walk_on(struct walk *walk) {
	while (walk->fetched - walk->given < AHEAD && fetch_next(walk)) {
	}
	/* By now there is something in the middle to read where the dispatches of it are. */
	size_t middle = walk->given + AHEAD / 2;
	if (walk->sieve->dispatches && middle < walk->fetched) {
		fetch(walk->coming[middle % AHEAD]->dispatches, DISPATCH_FRONT_SIZE);
	}
	return walk->given < walk->fetched ? walk->coming[walk->given++ % AHEAD] : NULL;
}

/* The first `max` of them, in order, in the room; how many there are. */
static size_t put_in_order(const struct world *world, const struct queue_query *query, size_t max,
	struct queue_room *room) {
	struct best best = {.places = room->places, .cap = room->cap, .max = max};
	struct walk walk = {.world = world, .sieve = &query->sieve};
	struct incident *inc;
	size_t total = 0;
	while ((inc = walk_on(&walk)) != NULL) {
		if (!in_sight(inc, query)) {
			continue;
		}
		struct place place = place_of(inc, query);
		keep_best(&best, &place);
		total++;
	}
	if (best.cap > room->cap) {
		free(room->spare);
		room->spare = mem_alloc(best.cap, sizeof(*room->spare));
	}
	room->places = best.places;
	room->cap = best.cap;
	room->len = best.len;
	places_sort(room->places, room->spare, room->len);
	return total;
}

size_t queue_select(const struct world *world, const struct queue_query *query,
	struct incident **out, size_t max) {
	struct queue_room room = {0};
	size_t total = put_in_order(world, query, max, &room);
	for (size_t i = 0; i < room.len; i++) {
		out[i] = room.places[i].inc;
	}
	queue_room_finish(&room);
	return total;
}

size_t queue_list(const struct world *world, const struct queue_query *query,
	struct queue_room *room, char (*ids)[UUID_SIZE], size_t before, bool *same) {
	size_t len = put_in_order(world, query, SIZE_MAX, room);
	const struct place *places = room->places;
	*same = len == before;
	for (size_t i = 0; i < len; i++) {
		/* In this order they lie all over the memory. */
		fetch(places[i + AHEAD < len ? i + AHEAD : i].inc->id, UUID_SIZE);
		*same = *same && memcmp(ids[i], places[i].inc->id, UUID_SIZE) == 0;
		memcpy(ids[i], places[i].inc->id, UUID_SIZE);
	}
	return len;
}

void queue_room_finish(struct queue_room *room) {
	free(room->places);
	free(room->spare);
	*room = (struct queue_room){0};
}

size_t queue_collect(const struct world *world, int64_t now_ms, int64_t keep_ms,
	struct incident **out, size_t max) {
	struct queue_query query = {.now_ms = now_ms, .keep_ms = keep_ms};
	return queue_select(world, &query, out, max);
}
