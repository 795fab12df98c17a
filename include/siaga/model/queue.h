/* The order of the queue: a pure function of incidents. */
#ifndef SIAGA_MODEL_QUEUE_H
#define SIAGA_MODEL_QUEUE_H

#include <stddef.h>

#include <siaga/model/incident.h>

/*
 * Sorts: open before ended; unacknowledged first, then by priority, then oldest first; ended ones
 * last, youngest first. Total: the number breaks ties.
 */
int queue_compare(const struct incident *a, const struct incident *b);

/* Fills `out` with up to `max` incidents in order; returns how many there are that pass: open ones,
 * and ended ones whose end is younger than `keep_ms` before now_ms. */
size_t queue_collect(const struct world *world, int64_t now_ms, int64_t keep_ms,
	struct incident **out, size_t max);

#endif
