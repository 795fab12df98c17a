#include "camera_index.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>

struct camera_index {
	const struct camera *cameras;
	size_t len;
	struct spots *spots;
	uint32_t *slots; /* 1 + a camera's number, where its id falls or behind; 0: free */
	size_t mask;     /* their number, less one */
};

/* FNV-1a. */
static size_t hash(const char *id) {
	uint64_t value = UINT64_C(0xcbf29ce484222325);
	for (; *id != '\0'; id++) {
		value = (value ^ (unsigned char)*id) * UINT64_C(0x100000001b3);
	}
	return (size_t)(value ^ value >> 32);
}

static void add_ids(struct camera_index *index) {
	size_t count = 16;
	while (count < 2 * index->len) {
		count *= 2;
	}
	index->slots = mem_alloc(count, sizeof(*index->slots));
	index->mask = count - 1;
	for (size_t i = 0; i < index->len; i++) {
		size_t slot = hash(index->cameras[i].id) & index->mask;
		while (index->slots[slot] != 0) {
			slot = (slot + 1) & index->mask;
		}
		index->slots[slot] = (uint32_t)i + 1;
	}
}

struct camera_index *camera_index_create(const struct camera *cameras, size_t len) {
	struct camera_index *index = mem_alloc(1, sizeof(*index));
	struct position *places = mem_alloc(len + 1, sizeof(*places));
	index->cameras = cameras;
	index->len = len;
	for (size_t i = 0; i < len; i++) {
		places[i] = cameras[i].at;
	}
	index->spots = spots_create(places, len);
	free(places);
	add_ids(index);
	return index;
}

void camera_index_destroy(struct camera_index *index) {
	if (index != NULL) {
		spots_destroy(index->spots);
		free(index->slots);
		free(index);
	}
}

bool camera_index_is_of(
	const struct camera_index *index, const struct camera *cameras, size_t len) {
	return index != NULL && index->cameras == cameras && index->len == len;
}

size_t camera_index_find(const struct camera_index *index, const char *id) {
	size_t slot = hash(id) & index->mask;
	for (; index->slots[slot] != 0; slot = (slot + 1) & index->mask) {
		if (strcmp(index->cameras[index->slots[slot] - 1].id, id) == 0) {
			return index->slots[slot] - 1;
		}
	}
	return index->len;
}

size_t camera_index_near(
	const struct camera_index *index, struct position at, struct spot_near *out, size_t k) {
	return spots_near(index->spots, at, out, k);
}
