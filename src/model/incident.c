#include <siaga/model/incident.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>

#include "private.h"

#define LIST_CAP_MIN 64

static_assert(LIST_CAP_MIN % WORLD_SPAN_LEN == 0, "spans are whole");
/* Of no report. */
static const struct span no_span = {INT64_MAX, INT64_MIN};

int64_t incident_received_ms(const struct incident *inc) {
	return inc->state_at_ms[INCIDENT_NEW];
}

bool incident_is_open(const struct incident *inc) {
	return inc->state < INCIDENT_CLOSED;
}

bool incident_is_late(const struct incident *inc) {
	return inc->alarms_len > 0 && alarm_is_late(&inc->alarms[0]);
}

bool incident_is_held(const struct incident *inc, int64_t now_ms) {
	return inc->held_until_ms > now_ms && inc->state != INCIDENT_NEW && incident_is_open(inc);
}

bool dispatch_is_live(const struct dispatch *dispatch) {
	return dispatch->state < DISPATCH_CLEARED;
}

struct dispatch *incident_dispatch(const struct incident *inc, const char *agency) {
	for (size_t i = inc->dispatches_len; i > 0; i--) {
		if (strcmp(inc->dispatches[i - 1].agency, agency) == 0) {
			return &inc->dispatches[i - 1];
		}
	}
	return NULL;
}

bool incident_has_live_dispatch(const struct incident *inc) {
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		if (dispatch_is_live(&inc->dispatches[i])) {
			return true;
		}
	}
	return false;
}

static void destroy(struct incident *inc) {
	for (size_t i = 0; i < inc->alarms_len; i++) {
		alarm_finish(&inc->alarms[i]);
	}
	for (size_t i = 0; i < inc->entries_len; i++) {
		free(inc->entries[i].note);
	}
	free(inc->alarms);
	free(inc->dispatches);
	free(inc->entries);
	free(inc->seen);
	incident_free_words(inc);
	free(inc);
}

static void forget_persons(struct incident *inc) {
	for (size_t i = 0; i < inc->alarms_len; i++) {
		struct alarm *alarm = &inc->alarms[i];
		alarm_finish(alarm);
		memset(alarm->caller_name, 0, sizeof(alarm->caller_name));
		memset(alarm->caller_phone, 0, sizeof(alarm->caller_phone));
	}
	for (size_t i = 0; i < inc->entries_len; i++) {
		free(inc->entries[i].note);
		inc->entries[i].note = NULL;
	}
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		memset(inc->dispatches[i].cause, 0, sizeof(inc->dispatches[i].cause));
	}
	incident_make_findable(inc);
}

/* What its reports left before is not taken off: a span that is too wide leaves nothing out. */
static void widen(struct world *world, size_t slot) {
	const struct span *when = &world->traces[slot].when;
	struct span *span = &world->spans[slot / WORLD_SPAN_LEN];
	span->first_ms = when->first_ms < span->first_ms ? when->first_ms : span->first_ms;
	span->last_ms = when->last_ms > span->last_ms ? when->last_ms : span->last_ms;
}

void world_mark(struct world *world, const struct incident *inc, bool words, bool reports) {
	struct marks *marks = &world->list[inc->slot].marks;
	marks->facts = marks_state(inc->state) | marks_kind(inc->kind) |
		       marks_priority(inc->priority) | marks_claim(inc->claim.name);
	marks->asked = 0;
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		marks->asked |= marks_agency(inc->dispatches[i].agency);
	}
	if (words) {
		memset(marks->letters, 0, sizeof(marks->letters));
		marks_add_text(marks, inc->words, inc->words_len + inc->phones_len);
	}
	if (reports) {
		world->traces[inc->slot] = incident_trace(inc);
		widen(world, inc->slot);
	}
}

void world_forget_persons(struct world *world, int64_t before_ms) {
	for (struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		if (!incident_is_open(inc) && inc->state_at_ms[inc->state] < before_ms) {
			forget_persons(inc);
			world_mark(world, inc, true, true);
		}
	}
}

void world_finish(struct world *world) {
	struct incident *inc, *next;
	HASH_ITER (hh, world->incidents, inc, next) {
		HASH_DEL(world->incidents, inc);
		destroy(inc);
	}
	free(world->list);
	free(world->traces);
	free(world->spans);
	registry_finish(&world->registry);
	memset(world, 0, sizeof(*world));
}

struct incident *world_incident(const struct world *world, const char *id) {
	struct incident *inc = NULL;
	HASH_FIND_STR(world->incidents, id, inc);
	return inc;
}

const struct incident *world_merged(const struct world *world, const struct incident *inc) {
	size_t hops = HASH_COUNT(world->incidents);
	for (; inc != NULL && inc->merged_into[0] != '\0'; hops--) {
		inc = hops > 0 ? world_incident(world, inc->merged_into) : NULL;
	}
	return inc;
}

struct incident *world_by_number(const struct world *world, int64_t number) {
	for (struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		if (inc->number == number) {
			return inc;
		}
	}
	return NULL;
}

/* --- the list --- */

/* Closes up to those that are left. */
static void close_up(struct world *world) {
	size_t len = 0;
	for (size_t i = 0; i * WORLD_SPAN_LEN < world->list_len; i++) {
		world->spans[i] = no_span;
	}
	for (size_t i = 0; i < world->list_len; i++) {
		const struct listed *listed = &world->list[i];
		if (listed->inc != NULL) {
			listed->inc->slot = len;
			world->traces[len] = world->traces[i];
			widen(world, len);
			world->list[len++] = *listed;
		}
	}
	world->list_len = len;
}

/* Where less than half are left, closing up is enough for a while. */
static void make_room(struct world *world) {
	close_up(world);
	if (world->list_len * 2 >= world->list_cap) {
		world->list_cap = world->list_cap > 0 ? world->list_cap * 2 : LIST_CAP_MIN;
		world->list = mem_resize(world->list, world->list_cap, sizeof(*world->list));
		world->traces = mem_resize(world->traces, world->list_cap, sizeof(*world->traces));
		world->spans = mem_resize(
			world->spans, world->list_cap / WORLD_SPAN_LEN, sizeof(*world->spans));
	}
}

void world_add(struct world *world, struct incident *inc) {
	HASH_ADD_STR(world->incidents, id, inc);
	if (world->list_len == world->list_cap) {
		make_room(world);
	}
	inc->slot = world->list_len;
	if (inc->slot % WORLD_SPAN_LEN == 0) {
		world->spans[inc->slot / WORLD_SPAN_LEN] = no_span;
	}
	world->traces[world->list_len] = (struct trace){.when = no_span};
	world->list[world->list_len++] = (struct listed){.inc = inc};
}

struct incident *world_next_since(const struct world *world, size_t *slot, int64_t since_ms) {
	for (size_t at = *slot; at < world->list_len; at++) {
		if (at % WORLD_SPAN_LEN == 0 &&
			world->spans[at / WORLD_SPAN_LEN].last_ms < since_ms) {
			at += WORLD_SPAN_LEN - 1;
		} else if (world->traces[at].when.last_ms >= since_ms &&
			   world->list[at].inc != NULL) {
			*slot = at + 1;
			return world->list[at].inc;
		}
	}
	*slot = world->list_len;
	return NULL;
}

void world_forget(struct world *world, const char *id) {
	struct incident *inc = world_incident(world, id);
	if (inc != NULL) {
		world->list[inc->slot] = (struct listed){0};
		HASH_DEL(world->incidents, inc);
		destroy(inc);
	}
}
