#include "lookup.h"

#include <siaga/base/text.h>
#include <siaga/wire/wire.h>

/* More than any night merges; a damaged log may lead round in a circle. */
#define HOPS_MAX 1000

bool lookup_apply(struct world *world, const struct log_event *from) {
	struct event event;
	if (!wire_get_event(&event, from->body, from->len, NULL)) {
		return false;
	}
	event.seq = from->seq;
	world_apply(world, &event);
	event_finish(&event);
	return true;
}

static bool on_event(void *data, const struct log_event *from) {
	lookup_apply(data, from);
	return true;
}

bool lookup_incident(struct world *world, struct log_store *log, const char *id, struct err *err) {
	if (id[0] == '\0' || world_incident(world, id) != NULL) {
		return true;
	}
	int64_t head = world->head;
	bool read = log_read_incident(log, id, on_event, world, err) >= 0;
	world->head = head;
	if (!read) {
		world_forget(world, id);
	}
	return read;
}

bool lookup_merged(
	struct world *world, struct log_store *log, char id[UUID_SIZE], struct err *err) {
	char at[UUID_SIZE], last[UUID_SIZE];
	text_copy(at, sizeof(at), id);
	text_copy(last, sizeof(last), id);
	for (int hops = 0; hops < HOPS_MAX; hops++) {
		bool was_there = world_incident(world, at) != NULL;
		if (!lookup_incident(world, log, at, err)) {
			return false;
		}
		const struct incident *inc = world_incident(world, at);
		bool goes_on = inc != NULL && inc->merged_into[0] != '\0';
		if (inc != NULL) {
			text_copy(last, sizeof(last), at);
		}
		if (!goes_on) {
			text_copy(id, UUID_SIZE, last);
			return true;
		}
		text_copy(at, sizeof(at), inc->merged_into);
		if (!was_there) {
			world_forget(world, last);
		}
	}
	return true;
}
