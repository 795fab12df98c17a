/* What the cameras see of what happens, to be kept: as JSON, and its cells as CSV. */
#ifndef SIAGA_WIRE_COVERAGE_H
#define SIAGA_WIRE_COVERAGE_H

#include <stdint.h>

#include <siaga/base/mem.h>
#include <siaga/model/coverage.h>

/* What was counted; times of incidents received, from_ms on and before to_ms. */
struct coverage_span {
	int64_t from_ms, to_ms;
	int radius_m;
};

void wire_put_coverage(struct buf *out, const struct coverage *coverage,
	const struct coverage_span *span, const struct registry *reg);
/* A line of names, then a line for each cell, the worst first. */
void wire_put_coverage_csv(struct buf *out, const struct coverage *coverage);

#endif
