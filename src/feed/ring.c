#include "private.h"

void ring_push(struct ring *ring, const struct writer_event *event) {
	writer_event_copy(&ring->slots[event->seq & (RING_SLOTS - 1)], event);
	ring->head = event->seq;
}

const struct writer_event *ring_get(const struct ring *ring, int64_t seq) {
	const struct writer_event *slot = &ring->slots[seq & (RING_SLOTS - 1)];
	return slot->seq == seq && seq > 0 ? slot : NULL;
}

void ring_finish(struct ring *ring) {
	for (size_t i = 0; i < RING_SLOTS; i++) {
		writer_event_finish(&ring->slots[i]);
	}
}

void ring_mark(char out[MARK_SIZE], const unsigned char hash[LOG_HASH_LEN]) {
	static const char digits[] = "0123456789abcdef";
	out[0] = '\0';
	for (size_t i = 0; hash != NULL && i + 1 < MARK_SIZE; i++) {
		out[i] = digits[hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
		out[i + 1] = '\0';
	}
}
