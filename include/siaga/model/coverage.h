/*
 * Where alarms come from and no working camera stands near, and where one more would see the most.
 * Pure. Cameras count as they are now, whatever they were when the alarm came.
 */
#ifndef SIAGA_MODEL_COVERAGE_H
#define SIAGA_MODEL_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/model/registry.h>

#define COVERAGE_RADIUS_M     250 /* the board's FIGURES_CAMERA_M */
#define COVERAGE_RADIUS_MAX_M 5000
#define COVERAGE_PLACES_MAX   100

/* An incident, as far as cameras go. */
struct coverage_incident {
	struct position at;
	enum priority priority;
};

/* What is within the radius of an incident, the best of it. */
enum coverage_sight {
	COVERAGE_SEEN,  /* a camera that works */
	COVERAGE_STALE, /* only one that has not been heard of for long */
	COVERAGE_DOWN,  /* only one that is down */
	COVERAGE_BLIND, /* none */
	COVERAGE_SIGHT_COUNT
};

struct coverage_tally {
	size_t counts[PRIORITY_COUNT][COVERAGE_SIGHT_COUNT]; /* of incidents */
};

/* Incidents of a sight at all priorities, and all incidents; of one priority. */
size_t coverage_sight(const struct coverage_tally *tally, enum coverage_sight sight);
size_t coverage_total(const struct coverage_tally *tally);
size_t coverage_of(const struct coverage_tally *tally, enum priority priority);
/* Whole percent, rounded down, so that 100 is all; 0 of none. */
int coverage_percent(size_t part, size_t whole);

struct coverage_cell {
	char name[GEO_CELL_SIZE]; /* "-": what is not on the map */
	int col, row;             /* -1 there */
	struct coverage_tally tally;
	size_t cameras[CAMERA_STATUS_COUNT]; /* that stand in it */
};

/* Where one more camera would help. */
struct coverage_place {
	struct position at;
	size_t incidents, urgent; /* that it would see, no other would, nor a place before this one;
				     urgent: P1 and P2 of them */
	const struct feature *landmark; /* a road or place with a name that is near; the registry's;
					   NULL: none within COVERAGE_LANDMARK_M */
	double landmark_m;
};

#define COVERAGE_LANDMARK_M 1000

/* A camera that does not work, where no other does. */
struct coverage_repair {
	const struct camera *camera; /* the registry's */
	size_t incidents;            /* to which it is the nearest one */
};

struct coverage {
	struct coverage_tally all;
	size_t cameras[CAMERA_STATUS_COUNT];
	struct coverage_cell *cells; /* those with incidents or cameras, most unseen first */
	size_t cells_len;
	struct coverage_place *places; /* the best first */
	size_t places_len;
	struct coverage_repair *repairs; /* the best first */
	size_t repairs_len;
};

void coverage_finish(struct coverage *coverage); /* zero is fine */

/*
 * Fills *coverage, which must be zero; it refers to the registry. Places are looked for where
 * nothing stands within the radius, one after the other, each where it sees most of what is left:
 * at most places_max, and none that would see nothing. n incidents and m cameras take about
 * (n + m) log m.
 */
void coverage_compute(struct coverage *coverage, const struct registry *reg,
	const struct coverage_incident *incidents, size_t len, int radius_m, size_t places_max);

#endif
