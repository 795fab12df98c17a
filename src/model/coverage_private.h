/* What the files of the coverage share. */
#ifndef SIAGA_MODEL_COVERAGE_PRIVATE_H
#define SIAGA_MODEL_COVERAGE_PRIVATE_H

#include <siaga/model/coverage.h>

/* Fills the places where one more camera would see the most of these, which none sees. */
void coverage_find_places(struct coverage *coverage, const struct registry *reg,
	const struct coverage_incident *blind, size_t len, int radius_m, size_t places_max);

#endif
