#include "private.h"

#include <stdlib.h>
#include <string.h>

static void drop(struct writer_event *event) {
	free(event->full);
	free(event->masked);
	memset(event, 0, sizeof(*event));
}

void ring_push(struct ring *ring, struct writer_event *event) {
	struct writer_event *slot = &ring->slots[event->seq & (RING_SLOTS - 1)];
	drop(slot);
	*slot = *event;
	memset(event, 0, sizeof(*event));
	ring->head = slot->seq;
}

const struct writer_event *ring_get(const struct ring *ring, int64_t seq) {
	const struct writer_event *slot = &ring->slots[seq & (RING_SLOTS - 1)];
	return slot->seq == seq && seq > 0 ? slot : NULL;
}

void ring_finish(struct ring *ring) {
	for (size_t i = 0; i < RING_SLOTS; i++) {
		drop(&ring->slots[i]);
	}
}
