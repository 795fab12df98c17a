/*
 * How long it takes to count what so many cameras see of so many incidents, and to find ten places
 * for more, against a scan of all cameras for each incident:
 *
 *     coverage_bench CAMERAS INCIDENTS [alone]
 *
 * prints the milliseconds of the whole, those of the scan, how many incidents that looked at, and
 * those of nothing but a sort of the incidents; alone it prints the first only. The scan looks at a
 * sample, and its time is scaled up to all of them. It stops at the first camera that works within
 * the radius, and must see as many of the sample as the coverage does. Nine cameras of ten work.
 * Two incidents in three happen about a hundred places, and cameras stand in one half of the city
 * only, so that there is something left to be found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/model/coverage.h>

#define RADIUS_M 100
#define PLACES   10
#define SPOTS    100
#define M_E7     90                   /* about a metre, in 1e-7 degrees */
#define LOOKED   (INT64_C(200000000)) /* cameras that the scan looks at, at most */

static const struct position south_west = {-75952000, 1107692000};
static const struct position north_east = {-75221000, 1108690000};

static unsigned dice(unsigned *seed, unsigned sides) {
	*seed = *seed * 1664525u + 1013904223u;
	return (unsigned)(((uint64_t)*seed * sides) >> 32);
}

/* In the whole city, or its western half. */
static struct position somewhere(unsigned *seed, unsigned parts) {
	struct position at = south_west;
	at.lat_e7 += (int32_t)dice(seed, (unsigned)(north_east.lat_e7 - south_west.lat_e7));
	at.lon_e7 += (int32_t)dice(seed, (unsigned)(north_east.lon_e7 - south_west.lon_e7) / parts);
	return at;
}

static void make(
	struct registry *reg, size_t cameras, struct coverage_incident *incidents, size_t len) {
	struct position spots[SPOTS];
	unsigned seed = 1;
	for (size_t i = 0; i < SPOTS; i++) {
		spots[i] = somewhere(&seed, 1);
	}
	for (size_t i = 0; i < cameras; i++) {
		struct camera *camera = registry_add_camera(reg);
		(void)snprintf(camera->id, sizeof(camera->id), "camera-%zu", i);
		camera->at = somewhere(&seed, 2);
		camera->status = dice(&seed, 10) == 0 ? CAMERA_DOWN : CAMERA_OK;
	}
	for (size_t i = 0; i < len; i++) {
		incidents[i].at = spots[dice(&seed, SPOTS)];
		incidents[i].at.lat_e7 += (int32_t)dice(&seed, 600 * M_E7) - 300 * M_E7;
		incidents[i].at.lon_e7 += (int32_t)dice(&seed, 600 * M_E7) - 300 * M_E7;
		if (i % 3 == 0) {
			incidents[i].at = somewhere(&seed, 1);
		}
		incidents[i].priority = (enum priority)dice(&seed, PRIORITY_COUNT);
	}
	registry_index(reg);
}

static double now_ms(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static size_t scan(
	const struct registry *reg, const struct coverage_incident *incidents, size_t len) {
	size_t seen = 0;
	for (size_t i = 0; i < len; i++) {
		for (size_t c = 0; c < reg->cameras_len; c++) {
			const struct camera *camera = &reg->cameras[c];
			if (camera->status == CAMERA_OK &&
				geo_distance_m(incidents[i].at, camera->at) <= RADIUS_M) {
				seen++;
				break;
			}
		}
	}
	return seen;
}

static int from_the_south(const void *a, const void *b) {
	const struct coverage_incident *x = a, *y = b;
	return (x->at.lat_e7 > y->at.lat_e7) - (x->at.lat_e7 < y->at.lat_e7);
}

static double sort_ms(struct coverage_incident *incidents, size_t len) {
	double start = now_ms();
	qsort(incidents, len, sizeof(*incidents), from_the_south);
	return now_ms() - start;
}

static size_t seen_of(
	const struct registry *reg, const struct coverage_incident *incidents, size_t len) {
	struct coverage coverage = {0};
	coverage_compute(&coverage, reg, incidents, len, RADIUS_M, 0);
	size_t seen = coverage_sight(&coverage.all, COVERAGE_SEEN);
	coverage_finish(&coverage);
	return seen;
}

/* Says all figures, where the scan sees the same. */
static bool compare(const struct registry *reg, const struct coverage *coverage,
	struct coverage_incident *incidents, size_t len, double took) {
	size_t sample = (size_t)LOOKED / reg->cameras_len + 1;
	sample = sample < len ? sample : len;
	double start = now_ms();
	size_t seen = scan(reg, incidents, sample);
	double scanned = (now_ms() - start) * (double)len / (double)sample;
	bool agree = seen == seen_of(reg, incidents, sample) && coverage->places_len == PLACES;
	if (agree) {
		printf("%.3f %.3f %zu %.3f\n", took, scanned, sample, sort_ms(incidents, len));
	} else {
		(void)fprintf(
			stderr, "coverage_bench: the scan sees %zu, or a place is missing\n", seen);
	}
	return agree;
}

int main(int argc, char **argv) {
	struct registry reg = {0};
	struct coverage coverage = {0};
	bool alone = argc == 4 && strcmp(argv[3], "alone") == 0;
	long cameras = argc == 3 || alone ? strtol(argv[1], NULL, 10) : 0;
	long incidents_len = argc == 3 || alone ? strtol(argv[2], NULL, 10) : 0;
	if (cameras < 1 || cameras > 10000000 || incidents_len < 1 || incidents_len > 10000000) {
		(void)fprintf(stderr, "usage: coverage_bench CAMERAS INCIDENTS [alone]\n");
		return 2;
	}
	size_t len = (size_t)incidents_len;
	struct coverage_incident *incidents = mem_alloc(len, sizeof(*incidents));
	make(&reg, (size_t)cameras, incidents, len);
	double start = now_ms();
	coverage_compute(&coverage, &reg, incidents, len, RADIUS_M, PLACES);
	double took = now_ms() - start;
	bool agree = alone || compare(&reg, &coverage, incidents, len, took);
	if (alone) {
		printf("%.3f\n", took);
	}
	coverage_finish(&coverage);
	registry_finish(&reg);
	free(incidents);
	return agree ? EXIT_SUCCESS : EXIT_FAILURE;
}
