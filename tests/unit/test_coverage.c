#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/coverage.h>
#include <siaga/wire/coverage.h>

#include "world.h"

#define M_E7 90 /* about a metre */

static const struct position gladag = {-75722000, 1108289000};

/* The small city, whose cameras are Gladag (down), Pasar Gede 111 m (stale) and Balaikota 222 m
 * (ok) to the north of it. */
struct fixture {
	struct registry reg;
	struct coverage out;
	struct coverage_incident incidents[64];
	size_t len;
};

static int setup(void **state) {
	struct fixture *fix = mem_alloc(1, sizeof(*fix));
	city_fill(&fix->reg);
	*state = fix;
	return 0;
}

static int teardown(void **state) {
	struct fixture *fix = *state;
	coverage_finish(&fix->out);
	registry_finish(&fix->reg);
	free(fix);
	return 0;
}

#define COVERAGE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static struct position off(int north_m, int east_m) {
	return (struct position){gladag.lat_e7 + north_m * M_E7, gladag.lon_e7 + east_m * M_E7};
}

static void happens(struct fixture *fix, struct position at, enum priority priority, int times) {
	for (int i = 0; i < times; i++) {
		fix->incidents[fix->len++] = (struct coverage_incident){at, priority};
	}
}

static void compute(struct fixture *fix, int radius_m, size_t places_max) {
	coverage_finish(&fix->out);
	coverage_compute(&fix->out, &fix->reg, fix->incidents, fix->len, radius_m, places_max);
}

static void the_best_camera_within_the_radius_counts(void **state) {
	struct fixture *fix = *state;
	happens(fix, gladag, PRIORITY_P1, 1);
	static const struct {
		int radius_m;
		enum coverage_sight sight;
	} cases[] = {{1, COVERAGE_DOWN}, {100, COVERAGE_DOWN}, {120, COVERAGE_STALE},
		{220, COVERAGE_STALE}, {230, COVERAGE_SEEN}};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		compute(fix, cases[i].radius_m, 3);
		assert_int_equal(fix->out.all.counts[PRIORITY_P1][cases[i].sight], 1);
		assert_int_equal(coverage_total(&fix->out.all), 1);
	}
	fix->incidents[0].at = off(-2000, 0);
	compute(fix, 1000, 0);
	assert_int_equal(fix->out.all.counts[PRIORITY_P1][COVERAGE_BLIND], 1);
	assert_int_equal(fix->out.places_len, 0);
}

static void each_cell_has_its_own_and_the_worst_comes_first(void **state) {
	struct fixture *fix = *state;
	char cell[GEO_CELL_SIZE];
	happens(fix, off(222, 0), PRIORITY_P1, 9);
	happens(fix, off(-1500, 0), PRIORITY_P2, 2);
	happens(fix, off(0, -3000), PRIORITY_P4, 3);
	happens(fix, (struct position){0, 0}, PRIORITY_P3, 1);
	compute(fix, 250, 0);
	assert_int_equal(coverage_total(&fix->out.all), 15);
	assert_int_equal(coverage_sight(&fix->out.all, COVERAGE_SEEN), 9);
	assert_int_equal(coverage_of(&fix->out.all, PRIORITY_P2), 2);
	assert_int_equal(fix->out.cameras[CAMERA_OK], 1);
	assert_int_equal(fix->out.cameras[CAMERA_STALE], 1);
	assert_int_equal(fix->out.cameras[CAMERA_DOWN], 1);
	assert_int_equal(fix->out.cells_len, 4);
	geo_grid_name(&fix->reg.grid, off(0, -3000), cell);
	assert_string_equal(fix->out.cells[0].name, cell);
	geo_grid_name(&fix->reg.grid, off(-1500, 0), cell);
	assert_string_equal(fix->out.cells[1].name, cell);
	assert_string_equal(fix->out.cells[2].name, "-");
	geo_grid_name(&fix->reg.grid, gladag, cell);
	assert_string_equal(fix->out.cells[3].name, cell);
	assert_int_equal(coverage_sight(&fix->out.cells[3].tally, COVERAGE_SEEN), 9);
}

/* The first place is where most is unseen; the second sees most of what the first does not. */
static void one_more_camera_after_the_other(void **state) {
	struct fixture *fix = *state;
	happens(fix, off(-2000, 0), PRIORITY_P1, 4);
	happens(fix, off(-2030, 20), PRIORITY_P3, 5);
	happens(fix, off(-2200, 0), PRIORITY_P4, 3);
	happens(fix, off(0, -3000), PRIORITY_P2, 6);
	happens(fix, off(0, -5000), PRIORITY_P2, 1);
	happens(fix, off(222, 0), PRIORITY_P1, 20);
	compute(fix, 250, 10);
	assert_int_equal(fix->out.places_len, 3);
	assert_int_equal(fix->out.places[0].incidents, 12);
	assert_int_equal(fix->out.places[0].urgent, 4);
	assert_true(geo_distance_m(fix->out.places[0].at, off(-2000, 0)) <= 250);
	assert_int_equal(fix->out.places[1].incidents, 6);
	assert_true(geo_distance_m(fix->out.places[1].at, off(0, -3000)) < 1);
	assert_int_equal(fix->out.places[2].incidents, 1);
	compute(fix, 250, 1);
	assert_int_equal(fix->out.places_len, 1);
}

/* Where a camera stands that does not work, no other is asked for: that one is to be mended. */
static void what_is_to_be_mended_is_no_place_for_another(void **state) {
	struct fixture *fix = *state;
	happens(fix, off(-20, 0), PRIORITY_P1, 3);
	happens(fix, off(100, 0), PRIORITY_P1, 2);
	compute(fix, 90, 10);
	assert_int_equal(fix->out.places_len, 0);
	assert_int_equal(fix->out.repairs_len, 2);
	assert_string_equal(fix->out.repairs[0].camera->id, "Gladag");
	assert_int_equal(fix->out.repairs[0].incidents, 3);
	assert_string_equal(fix->out.repairs[1].camera->id, "PasarGede");
	assert_int_equal(fix->out.repairs[1].incidents, 2);
}

static void a_place_is_told_by_what_is_near_it(void **state) {
	struct fixture *fix = *state;
	happens(fix, off(-2000, 0), PRIORITY_P1, 1);
	compute(fix, 250, 1);
	assert_null(fix->out.places[0].landmark);
	static const struct {
		const char *name;
		enum feature_kind kind;
		int north_m;
	} near[] = {{"Jl. Veteran", FEATURE_ROAD, -1900}, {"Kali Pepe", FEATURE_RIVER, -2000},
		{"Pasar Gading", FEATURE_PLACE, -2300}};
	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		struct feature *feature = registry_add_feature(&fix->reg);
		feature->kind = near[i].kind;
		text_copy(feature->name, sizeof(feature->name), near[i].name);
		feature_add_point(feature, off(near[i].north_m, 0));
	}
	compute(fix, 250, 1);
	assert_string_equal(fix->out.places[0].landmark->name, "Jl. Veteran");
	assert_true(fix->out.places[0].landmark_m > 95 && fix->out.places[0].landmark_m < 105);
}

static void nothing_is_seen_of_nothing(void **state) {
	struct fixture *fix = *state;
	compute(fix, 250, 10);
	assert_int_equal(coverage_total(&fix->out.all), 0);
	assert_int_equal(fix->out.places_len, 0);
	assert_int_equal(fix->out.cells_len, 1); /* the cameras stand in it */
	assert_int_equal(coverage_percent(0, 0), 0);
	/* All is all, and nearly all is not. */
	assert_int_equal(coverage_percent(999, 1000), 99);
	assert_int_equal(coverage_percent(1000, 1000), 100);
	/* No map, no camera: all of it is outside. */
	registry_finish(&fix->reg);
	registry_index(&fix->reg);
	happens(fix, gladag, PRIORITY_P1, 2);
	compute(fix, 250, 10);
	assert_int_equal(fix->out.cells_len, 1);
	assert_string_equal(fix->out.cells[0].name, "-");
	assert_int_equal(fix->out.places_len, 1);
}

/* Whatever the radius, whatever the spread: no place is useless, and none counts what another has.
 */
static void every_place_sees_something_and_nothing_twice(void **state) {
	struct fixture *fix = *state;
	static const int radii_m[] = {1, 10, 300, COVERAGE_RADIUS_MAX_M};
	unsigned seed = 3;
	for (int i = 0; i < 60; i++) {
		seed = seed * 1664525u + 1013904223u;
		int north = (int)(seed >> 16) % 6000;
		seed = seed * 1664525u + 1013904223u;
		happens(fix, off(-3000 - north, (int)(seed >> 16) % 6000 - 3000), PRIORITY_P3, 1);
	}
	happens(fix, (struct position){899999999, 0}, PRIORITY_P3, 1);
	for (size_t r = 0; r < ARRAY_LEN(radii_m); r++) {
		size_t sum = 0;
		compute(fix, radii_m[r], COVERAGE_PLACES_MAX);
		for (size_t i = 0; i < fix->out.places_len; i++) {
			assert_true(fix->out.places[i].incidents > 0);
			sum += fix->out.places[i].incidents;
		}
		assert_int_equal(sum, coverage_sight(&fix->out.all, COVERAGE_BLIND));
	}
}

static void it_is_kept_as_json_and_csv(void **state) {
	struct fixture *fix = *state;
	const struct coverage_span span = {0, T0, 250};
	struct buf out = {0};
	happens(fix, off(222, 0), PRIORITY_P1, 1);
	happens(fix, off(-2000, 0), PRIORITY_P2, 1);
	compute(fix, 250, 1);
	wire_put_coverage_csv(&out, &fix->out);
	assert_non_null(strstr(out.data, "grid,incidents,seen,stale,down,none,P1,P1_seen,"));
	assert_non_null(strstr(out.data, ",1,0,0,0,1,0,0,1,0,0,0,0,0,0,0,0\n"));
	assert_non_null(strstr(out.data, ",1,1,0,0,0,1,1,0,0,0,0,0,0,1,1,1\n"));
	buf_clear(&out);
	wire_put_coverage(&out, &fix->out, &span, &fix->reg);
	assert_non_null(strstr(out.data, "\"radius_m\":250,\"incidents\":2,\"seen\":1,"));
	assert_non_null(strstr(out.data, "\"P2\":{\"incidents\":1,\"seen\":0,\"stale\":0,"));
	assert_non_null(strstr(out.data, "\"places\":[{\"lat\":-7.5902000,\"lon\":110.8289000,"));
	buf_finish(&out);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		COVERAGE_TEST(the_best_camera_within_the_radius_counts),
		COVERAGE_TEST(each_cell_has_its_own_and_the_worst_comes_first),
		COVERAGE_TEST(one_more_camera_after_the_other),
		COVERAGE_TEST(what_is_to_be_mended_is_no_place_for_another),
		COVERAGE_TEST(a_place_is_told_by_what_is_near_it),
		COVERAGE_TEST(nothing_is_seen_of_nothing),
		COVERAGE_TEST(every_place_sees_something_and_nothing_twice),
		COVERAGE_TEST(it_is_kept_as_json_and_csv),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
