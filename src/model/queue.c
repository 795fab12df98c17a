#include <siaga/model/queue.h>

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>

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

/* An incident with all that its place depends on, so that distances are worked out once and not
 * with every comparison. Lower is further up. */
struct place {
	enum group group;
	int64_t keys[4];
	struct incident *inc;
};

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

static struct place place_of(struct incident *inc, const struct queue_query *query) {
	struct place place = {.group = group_of(inc, query->now_ms), .inc = inc};
	int64_t key = 0;
	if (place.group == GROUP_ENDED) {
		key = -ended_ms(inc);
	} else if (place.group == GROUP_HELD) {
		key = inc->held_until_ms;
	} else {
		key = key_of(inc, &query->order);
		key = query->order.reverse ? -key : key;
	}
	place.keys[0] = key;
	place.keys[1] = place.group == GROUP_ENDED ? 0 : (int64_t)inc->priority;
	place.keys[2] = place.group == GROUP_ENDED ? 0 : incident_received_ms(inc);
	place.keys[3] = inc->number;
	return place;
}

static int compare_places(const void *a, const void *b) {
	const struct place *x = a, *y = b;
	if (x->group != y->group) {
		return x->group < y->group ? -1 : 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(x->keys); i++) {
		if (x->keys[i] != y->keys[i]) {
			return x->keys[i] < y->keys[i] ? -1 : 1;
		}
	}
	return 0;
}

static bool in_sight(const struct incident *inc, const struct queue_query *query) {
	if (!incident_is_open(inc) && query->now_ms - ended_ms(inc) > query->keep_ms) {
		return false;
	}
	return query->wants == NULL || query->wants(query->data, inc);
}

size_t queue_select(const struct world *world, const struct queue_query *query,
	struct incident **out, size_t max) {
	struct place *places = NULL;
	size_t total = 0, cap = 0;
	/* All are put in order before any is cut off: which ones come first is not known sooner. */
	for (struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		if (!in_sight(inc, query)) {
			continue;
		}
		if (total == cap) {
			cap = cap > 0 ? cap * 2 : 64;
			places = mem_resize(places, cap, sizeof(*places));
		}
		places[total++] = place_of(inc, query);
	}
	if (total > 0) {
		qsort(places, total, sizeof(*places), compare_places);
	}
	for (size_t i = 0; i < total && i < max; i++) {
		out[i] = places[i].inc;
	}
	free(places);
	return total;
}

size_t queue_collect(const struct world *world, int64_t now_ms, int64_t keep_ms,
	struct incident **out, size_t max) {
	struct queue_query query = {.now_ms = now_ms, .keep_ms = keep_ms};
	return queue_select(world, &query, out, max);
}
