/* Where incidents are in the queue, and how they get there. */
#ifndef SIAGA_MODEL_PLACES_H
#define SIAGA_MODEL_PLACES_H

#include <stddef.h>
#include <stdint.h>

struct incident;

/*
 * An incident with all that its place depends on, so that distances are worked out once and not
 * with every comparison. Lower is further up. It is small, for it is moved to be put in order.
 */
struct place {
	uint64_t first;  /* from PLACE_GROUP_SHIFT on a group, below that what decides in it */
	uint64_t second; /* what decides after that */
	struct incident *inc;
};

#define PLACE_GROUP_SHIFT 59

/* Below 0 when `a` is further up; numbers break ties. For qsort(), too. */
int places_compare(const void *a, const void *b);

/*
 * Puts them in that order: few by comparing, many digit by digit, which takes as long as there are
 * places, times the digits in which those of a group differ; what is equal in both words is
 * compared then. `spare` is as much room again.
 */
void places_sort(struct place *places, struct place *spare, size_t len);

#endif
