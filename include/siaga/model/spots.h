/*
 * Many places, kept so that those near another are found without looking at all of them: a tree of
 * boxes over the places in the order of a Z curve. Pure; distances are geo_distance_m()'s.
 */
#ifndef SIAGA_MODEL_SPOTS_H
#define SIAGA_MODEL_SPOTS_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/model/geo.h>

struct spots;

struct spot_near {
	size_t index; /* among the places it was made of */
	double distance_m;
	struct position at; /* where it is: whoever holds the places need not fetch it */
};

/* Of at most UINT32_MAX places, which are copied; n of them take n log n. */
struct spots *spots_create(const struct position *places, size_t len);
void spots_destroy(struct spots *spots); /* NULL is fine */

/* The k nearest to `at`, nearest first, of equals the lower index first; returns how many were
 * found. The same as of looking at all. */
size_t spots_near(const struct spots *spots, struct position at, struct spot_near *out, size_t k);

/* The nearest one that is at most so far from `at`; false: there is none. */
bool spots_nearest(
	const struct spots *spots, struct position at, double reach_m, struct spot_near *out);

typedef void (*spots_fn)(void *data, size_t index, double distance_m);
/* Every one at most so far from `at`, in no order. */
void spots_within(const struct spots *spots, struct position at, double radius_m, spots_fn on_spot,
	void *data);

#endif
