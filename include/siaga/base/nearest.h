/* "Did you mean ...?": the name that is nearest to what somebody typed. */
#ifndef SIAGA_BASE_NEAREST_H
#define SIAGA_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word; /* what was typed; borrowed */
	const char *best; /* borrowed; NULL while nothing is near */
	size_t distance;
};

void nearest_init(struct nearest *near, const char *word);
/* Offers a name. One that differs in more than a third of its letters is not near. */
void nearest_try(struct nearest *near, const char *name);

#endif
