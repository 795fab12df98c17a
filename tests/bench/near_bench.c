/*
 * How long it takes to find the 8 cameras nearest to an alarm, among so many, against a plain scan
 * and SQLite's R*Tree:
 *
 *     near_bench CAMERAS
 *
 * prints a line NAME MEDIAN_US P99_US for each. Half of the cameras stand about a hundred
 * crossings, as cameras do, the other half anywhere in the city; one alarm in ten comes from beyond
 * its border. All three must name the same cameras, or there is no figure; of many cameras the scan
 * is asked less often.
 *
 * The scan holds nothing but places, sixteen bytes each, and keeps the best eight in a heap: what
 * anybody would write first. The R*Tree is asked for boxes that double until the eighth is inside.
 */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/model/registry.h>

#define NEAREST   8
#define ALARMS    2000
#define SCANNED   (INT64_C(40000000)) /* cameras that all scans together look at */
#define CROSSINGS 100
#define M_E7      90 /* about a metre, in 1e-7 degrees */

static const struct position south_west = {-75952000, 1107692000};
static const struct position north_east = {-75221000, 1108690000};

struct spot {
	struct position at;
	double distance_m;
};

struct rig {
	struct registry reg;
	struct spot *spots; /* for the scan */
	sqlite3 *db;
	sqlite3_stmt *inside;
	size_t len;
	int32_t first_box_e7;
};

/* The distances of the nearest, which is what all three have to agree upon. */
struct found {
	double distance_m[NEAREST];
	size_t len;
};

typedef void (*find_fn)(struct rig *rig, struct position at, struct found *out);

static unsigned dice(unsigned *seed, unsigned sides) {
	*seed = *seed * 1664525u + 1013904223u;
	return (unsigned)(((uint64_t)*seed * sides) >> 32);
}

static struct position somewhere(unsigned *seed, int32_t beyond_e7) {
	struct position at = {south_west.lat_e7 - beyond_e7, south_west.lon_e7 - beyond_e7};
	at.lat_e7 += (int32_t)dice(
		seed, (unsigned)(north_east.lat_e7 - south_west.lat_e7 + 2 * beyond_e7));
	at.lon_e7 += (int32_t)dice(
		seed, (unsigned)(north_east.lon_e7 - south_west.lon_e7 + 2 * beyond_e7));
	return at;
}

static void make_cameras(struct rig *rig, size_t len) {
	struct position crossings[CROSSINGS];
	unsigned seed = 1;
	for (size_t i = 0; i < CROSSINGS; i++) {
		crossings[i] = somewhere(&seed, 0);
	}
	for (size_t i = 0; i < len; i++) {
		struct camera *camera = registry_add_camera(&rig->reg);
		(void)snprintf(camera->id, sizeof(camera->id), "camera-%zu", i);
		if (i % 2 == 0) {
			camera->at = somewhere(&seed, 0);
			continue;
		}
		camera->at = crossings[dice(&seed, CROSSINGS)];
		camera->at.lat_e7 += (int32_t)dice(&seed, 200 * M_E7) - 100 * M_E7;
		camera->at.lon_e7 += (int32_t)dice(&seed, 200 * M_E7) - 100 * M_E7;
	}
	registry_index(&rig->reg);
	rig->len = len;
	rig->spots = mem_alloc(len, sizeof(*rig->spots));
	for (size_t i = 0; i < len; i++) {
		rig->spots[i].at = rig->reg.cameras[i].at;
	}
}

static void check(struct rig *rig, int rc) {
	if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
		(void)fprintf(stderr, "near_bench: %s\n", sqlite3_errmsg(rig->db));
		exit(EXIT_FAILURE);
	}
}

static void make_tree(struct rig *rig) {
	sqlite3_stmt *put;
	check(rig, sqlite3_open(":memory:", &rig->db));
	check(rig, sqlite3_exec(rig->db,
			   "CREATE VIRTUAL TABLE tree USING rtree_i32(id, s, n, w, e); BEGIN", NULL,
			   NULL, NULL));
	check(rig, sqlite3_prepare_v2(rig->db, "INSERT INTO tree VALUES (?1, ?2, ?2, ?3, ?3)", -1,
			   &put, NULL));
	for (size_t i = 0; i < rig->len; i++) {
		check(rig, sqlite3_bind_int64(put, 1, (sqlite3_int64)i + 1));
		check(rig, sqlite3_bind_int(put, 2, rig->spots[i].at.lat_e7));
		check(rig, sqlite3_bind_int(put, 3, rig->spots[i].at.lon_e7));
		check(rig, sqlite3_step(put));
		check(rig, sqlite3_reset(put));
	}
	check(rig, sqlite3_finalize(put));
	check(rig, sqlite3_exec(rig->db, "COMMIT", NULL, NULL, NULL));
	check(rig,
		sqlite3_prepare_v2(rig->db,
			"SELECT s, w FROM tree WHERE s >= ?1 AND n <= ?2 AND w >= ?3 AND e <= ?4",
			-1, &rig->inside, NULL));
	/* The box in which, on the whole, twice as many are as are wanted. */
	double area = (double)(north_east.lat_e7 - south_west.lat_e7) *
		      (double)(north_east.lon_e7 - south_west.lon_e7);
	rig->first_box_e7 = (int32_t)(sqrt(area / (double)rig->len * 2 * NEAREST) / 2) + 1;
}

/* Takes a distance into a heap with the greatest on top. */
static void heap_take(struct found *heap, double distance_m) {
	size_t at = 0;
	if (heap->len < NEAREST) {
		for (at = heap->len++; at > 0 && heap->distance_m[(at - 1) / 2] < distance_m;
			at = (at - 1) / 2) {
			heap->distance_m[at] = heap->distance_m[(at - 1) / 2];
		}
	} else if (distance_m >= heap->distance_m[0]) {
		return;
	} else {
		for (size_t child = 1; child < NEAREST; child = 2 * at + 1) {
			child += child + 1 < NEAREST &&
				 heap->distance_m[child + 1] > heap->distance_m[child];
			if (heap->distance_m[child] <= distance_m) {
				break;
			}
			heap->distance_m[at] = heap->distance_m[child];
			at = child;
		}
	}
	heap->distance_m[at] = distance_m;
}

static int compare(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void find_by_scan(struct rig *rig, struct position at, struct found *out) {
	out->len = 0;
	for (size_t i = 0; i < rig->len; i++) {
		heap_take(out, geo_distance_m(at, rig->spots[i].at));
	}
	qsort(out->distance_m, out->len, sizeof(out->distance_m[0]), compare);
}

static void find_by_tree(struct rig *rig, struct position at, struct found *out) {
	for (int32_t half = rig->first_box_e7; half < 20000000; half *= 2) {
		out->len = 0;
		check(rig, sqlite3_bind_int(rig->inside, 1, at.lat_e7 - half));
		check(rig, sqlite3_bind_int(rig->inside, 2, at.lat_e7 + half));
		check(rig, sqlite3_bind_int(rig->inside, 3, at.lon_e7 - half));
		check(rig, sqlite3_bind_int(rig->inside, 4, at.lon_e7 + half));
		while (sqlite3_step(rig->inside) == SQLITE_ROW) {
			struct position to = {sqlite3_column_int(rig->inside, 0),
				sqlite3_column_int(rig->inside, 1)};
			heap_take(out, geo_distance_m(at, to));
		}
		check(rig, sqlite3_reset(rig->inside));
		/* Nothing outside the box is nearer than its nearest side, which is the western. */
		struct position side = {at.lat_e7, at.lon_e7 - half};
		if (out->len == NEAREST && out->distance_m[0] <= geo_distance_m(at, side)) {
			break;
		}
	}
	qsort(out->distance_m, out->len, sizeof(out->distance_m[0]), compare);
}

static void find_by_registry(struct rig *rig, struct position at, struct found *out) {
	struct camera_near near[NEAREST];
	out->len = registry_near(&rig->reg, at, near, NEAREST);
	for (size_t i = 0; i < out->len; i++) {
		out->distance_m[i] = near[i].distance_m;
	}
}

static double now_us(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void measure(
	struct rig *rig, const char *name, find_fn find, struct found *answers, size_t alarms) {
	static double took[ALARMS];
	unsigned seed = 2;
	/* The first to write into a page waits for it, and that is not what is asked. */
	memset(took, 0xff, sizeof(took));
	memset(answers, 0xff, alarms * sizeof(*answers));
	for (size_t i = 0; i < alarms; i++) {
		struct position at = somewhere(&seed, i % 10 == 0 ? 2000 * M_E7 : 0);
		double start = now_us();
		find(rig, at, &answers[i]);
		took[i] = now_us() - start;
	}
	qsort(took, alarms, sizeof(took[0]), compare);
	printf("%s %.3f %.3f\n", name, took[alarms / 2], took[alarms * 99 / 100]);
}

static bool same(const struct found *a, const struct found *b, size_t alarms) {
	for (size_t i = 0; i < alarms; i++) {
		for (size_t k = 0; k < NEAREST; k++) {
			if (a[i].len != NEAREST || b[i].len != NEAREST ||
				fabs(a[i].distance_m[k] - b[i].distance_m[k]) > 1e-6) {
				return false;
			}
		}
	}
	return true;
}

int main(int argc, char **argv) {
	static struct found ours[ALARMS], scanned[ALARMS], tree[ALARMS];
	struct rig rig = {0};
	long len = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	if (len < NEAREST || len > 10000000) {
		(void)fprintf(stderr, "usage: near_bench CAMERAS\n");
		return 2;
	}
	make_cameras(&rig, (size_t)len);
	make_tree(&rig);
	size_t alarms = (size_t)(SCANNED / len);
	alarms = alarms < 20 ? 20 : alarms > ALARMS ? ALARMS : alarms;
	measure(&rig, "ours", find_by_registry, ours, ALARMS);
	measure(&rig, "scan", find_by_scan, scanned, alarms);
	measure(&rig, "rtree", find_by_tree, tree, ALARMS);
	bool agree = same(ours, scanned, alarms) && same(ours, tree, ALARMS);
	if (!agree) {
		(void)fprintf(stderr, "near_bench: they do not find the same cameras\n");
	}
	(void)sqlite3_finalize(rig.inside);
	(void)sqlite3_close(rig.db);
	free(rig.spots);
	registry_finish(&rig.reg);
	return agree ? EXIT_SUCCESS : EXIT_FAILURE;
}
