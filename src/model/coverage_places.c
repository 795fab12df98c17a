/* Where one more camera would see the most, and the next one most of what is left. */
#include "coverage_private.h"

#include <math.h>
#include <stdlib.h>

#include <siaga/base/mem.h>
#include <siaga/model/spots.h>

/*
 * A camera may stand wherever something has happened, but where a hundred things have happened
 * within a few steps one place stands for all: incidents are gathered in heaps, whose middles are
 * the candidates. What a candidate sees is at first guessed by heaps, and is counted one by one as
 * soon as it is chosen.
 */
#define HEAPS_ACROSS 5 /* in the radius */

struct heap {
	int64_t north, east; /* which square of the fine grid */
	size_t first, len;   /* its incidents, in the order of `gathered` */
	size_t left;         /* those that nothing sees yet */
	size_t score;        /* what is left around here */
	struct position middle;
};

struct gathered {
	int64_t north, east;
	size_t incident;
};

struct search {
	const struct coverage_incident *blind;
	struct gathered *gathered;
	size_t len;
	struct heap *heaps;
	size_t heaps_len;
	size_t *heap_of; /* by incident */
	bool *is_seen;   /* by incident */
	struct spots *incidents, *middles;
	int radius_m;
	/* While a place is taken. */
	struct coverage_place *place;
	size_t change; /* of the scores around a heap */
};

static int compare_gathered(const void *a, const void *b) {
	const struct gathered *x = a, *y = b;
	if (x->north != y->north) {
		return x->north < y->north ? -1 : 1;
	}
	if (x->east != y->east) {
		return x->east < y->east ? -1 : 1;
	}
	return x->incident < y->incident ? -1 : x->incident > y->incident;
}

/* Into squares of one side in metres, in rows from the south. */
static void gather(struct search *s) {
	double side_e7 = (double)s->radius_m / HEAPS_ACROSS / GEO_METRES_PER_E7;
	s->gathered = mem_alloc(s->len, sizeof(*s->gathered));
	for (size_t i = 0; i < s->len; i++) {
		double north = floor(s->blind[i].at.lat_e7 / side_e7);
		int32_t row_e7 = (int32_t)(north * side_e7);
		double narrow = geo_narrowing(row_e7, row_e7);
		s->gathered[i] = (struct gathered){
			.north = (int64_t)north,
			.east = (int64_t)floor(s->blind[i].at.lon_e7 * narrow / side_e7),
			.incident = i,
		};
	}
	qsort(s->gathered, s->len, sizeof(*s->gathered), compare_gathered);
}

static struct position middle_of(const struct search *s, const struct heap *heap) {
	int64_t lat = 0, lon = 0, len = (int64_t)heap->len;
	for (size_t i = heap->first; i < heap->first + heap->len; i++) {
		lat += s->blind[s->gathered[i].incident].at.lat_e7;
		lon += s->blind[s->gathered[i].incident].at.lon_e7;
	}
	return (struct position){(int32_t)(lat / len), (int32_t)(lon / len)};
}

static void make_heaps(struct search *s) {
	s->heaps = mem_alloc(s->len, sizeof(*s->heaps));
	s->heap_of = mem_alloc(s->len, sizeof(*s->heap_of));
	for (size_t i = 0; i < s->len; i++) {
		const struct gathered *item = &s->gathered[i];
		struct heap *last = s->heaps_len > 0 ? &s->heaps[s->heaps_len - 1] : NULL;
		if (last == NULL || last->north != item->north || last->east != item->east) {
			last = &s->heaps[s->heaps_len++];
			*last = (struct heap){.north = item->north, .east = item->east, .first = i};
		}
		last->len++;
		last->left++;
		s->heap_of[item->incident] = s->heaps_len - 1;
	}
}

/* --- what is left around --- */

static void add_left(void *data, size_t index, double distance_m) {
	struct search *s = data;
	UNUSED(distance_m);
	s->change += s->heaps[index].left;
}

static void take_off(void *data, size_t index, double distance_m) {
	struct search *s = data;
	UNUSED(distance_m);
	struct heap *heap = &s->heaps[index];
	heap->score -= heap->score < s->change ? heap->score : s->change;
}

static void make_indexes(struct search *s) {
	struct position *places = mem_alloc(s->len, sizeof(*places));
	for (size_t i = 0; i < s->len; i++) {
		places[i] = s->blind[i].at;
	}
	s->incidents = spots_create(places, s->len);
	for (size_t i = 0; i < s->heaps_len; i++) {
		places[i] = s->heaps[i].middle = middle_of(s, &s->heaps[i]);
	}
	s->middles = spots_create(places, s->heaps_len);
	free(places);
	for (size_t i = 0; i < s->heaps_len; i++) {
		s->change = 0;
		spots_within(s->middles, s->heaps[i].middle, s->radius_m, add_left, s);
		s->heaps[i].score = s->change;
	}
}

/* --- taking one place after the other --- */

static void see(void *data, size_t index, double distance_m) {
	struct search *s = data;
	UNUSED(distance_m);
	if (s->is_seen[index]) {
		return;
	}
	s->is_seen[index] = true;
	s->heaps[s->heap_of[index]].left--;
	s->place->incidents++;
	s->place->urgent += s->blind[index].priority <= PRIORITY_P2;
}

/* Puts the scores right around every heap of which something is seen now. */
static void settle(struct search *s, const size_t *left_before) {
	for (size_t i = 0; i < s->heaps_len; i++) {
		s->change = left_before[i] - s->heaps[i].left;
		if (s->change > 0) {
			spots_within(s->middles, s->heaps[i].middle, s->radius_m, take_off, s);
		}
	}
}

static size_t best_heap(const struct search *s) {
	size_t best = 0;
	for (size_t i = 1; i < s->heaps_len; i++) {
		if (s->heaps[i].score > s->heaps[best].score) {
			best = i;
		}
	}
	return best;
}

static void find_landmark(struct coverage_place *place, const struct registry *reg) {
	place->landmark_m = COVERAGE_LANDMARK_M;
	for (size_t i = 0; i < reg->features_len; i++) {
		const struct feature *feature = &reg->features[i];
		if (feature->name[0] == '\0' ||
			(feature->kind != FEATURE_ROAD && feature->kind != FEATURE_PLACE)) {
			continue;
		}
		for (size_t p = 0; p < feature->points_len; p++) {
			double distance_m = geo_distance_m(place->at, feature->points[p]);
			if (distance_m < place->landmark_m) {
				place->landmark = feature;
				place->landmark_m = distance_m;
			}
		}
	}
}

static void take_places(struct search *s, struct coverage *coverage, const struct registry *reg,
	size_t places_max) {
	size_t *left_before = mem_alloc(s->heaps_len, sizeof(*left_before));
	s->is_seen = mem_alloc(s->len, sizeof(*s->is_seen));
	coverage->places = mem_alloc(places_max + 1, sizeof(*coverage->places));
	while (coverage->places_len < places_max) {
		for (size_t i = 0; i < s->heaps_len; i++) {
			left_before[i] = s->heaps[i].left;
		}
		struct heap *heap = &s->heaps[best_heap(s)];
		struct coverage_place *place = &coverage->places[coverage->places_len];
		*place = (struct coverage_place){.at = heap->middle};
		s->place = place;
		spots_within(s->incidents, place->at, s->radius_m, see, s);
		if (place->incidents == 0 && heap->score == 0) {
			break;
		}
		if (place->incidents == 0) {
			heap->score = 0; /* What is left is around its neighbours' edges only. */
			continue;
		}
		coverage->places_len++;
		find_landmark(place, reg);
		settle(s, left_before);
	}
	free(left_before);
	free(s->is_seen);
}

void coverage_find_places(struct coverage *coverage, const struct registry *reg,
	const struct coverage_incident *blind, size_t len, int radius_m, size_t places_max) {
	struct search s = {.blind = blind, .len = len, .radius_m = radius_m};
	if (len == 0 || places_max == 0) {
		return;
	}
	gather(&s);
	make_heaps(&s);
	make_indexes(&s);
	take_places(&s, coverage, reg, places_max);
	spots_destroy(s.incidents);
	spots_destroy(s.middles);
	free(s.gathered);
	free(s.heaps);
	free(s.heap_of);
}
