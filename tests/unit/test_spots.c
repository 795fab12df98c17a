#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/registry.h>
#include <siaga/model/spots.h>

#define MANY 3000
#define K    12

static unsigned dice(unsigned *seed, unsigned sides) {
	*seed = *seed * 1664525u + 1013904223u;
	return (unsigned)(((uint64_t)*seed * sides) >> 32);
}

static struct position around(unsigned *seed, struct position middle, unsigned side_e7) {
	return (struct position){
		middle.lat_e7 - (int32_t)(side_e7 / 2) + (int32_t)dice(seed, side_e7),
		middle.lon_e7 - (int32_t)(side_e7 / 2) + (int32_t)dice(seed, side_e7)};
}

/* By looking at all of them. */
static size_t scan(const struct position *places, size_t len, struct position at,
	struct spot_near *out, size_t k) {
	size_t found = 0;
	for (size_t i = 0; i < len; i++) {
		struct spot_near near = {i, geo_distance_m(at, places[i]), places[i]};
		size_t place = found;
		while (place > 0 && out[place - 1].distance_m > near.distance_m) {
			place--;
		}
		if (place == k) {
			continue;
		}
		found += found < k;
		for (size_t m = found - 1; m > place; m--) {
			out[m] = out[m - 1];
		}
		out[place] = near;
	}
	return found;
}

static void assert_as_by_scan(
	const struct position *places, size_t len, const struct position *asked, size_t asked_len) {
	struct spots *spots = spots_create(places, len);
	for (size_t i = 0; i < asked_len; i++) {
		struct spot_near want[K], got[K];
		size_t count = scan(places, len, asked[i], want, K);
		assert_int_equal(spots_near(spots, asked[i], got, K), count);
		for (size_t n = 0; n < count; n++) {
			assert_int_equal(got[n].index, want[n].index);
			assert_true(got[n].distance_m == want[n].distance_m);
		}
	}
	spots_destroy(spots);
}

/* Whatever the places look like: the answer is that of looking at all of them. */
static void the_nearest_are_those_of_a_scan(void **state) {
	static const struct position middles[] = {{-75722000, 1108289000}, {0, 0},
		{899000000, 1799000000}, {-899000000, -1799000000}, {600000000, 0}};
	static const unsigned sides[] = {1, 20, 1000, 800000, 1900000};
	static const size_t lens[] = {0, 1, 7, 8, 9, 64, 65, 513, MANY};
	struct position *places = mem_alloc(MANY, sizeof(*places)), asked[40];
	unsigned seed = 7;
	UNUSED(state);
	for (size_t m = 0; m < ARRAY_LEN(middles); m++) {
		for (size_t s = 0; s < ARRAY_LEN(sides); s++) {
			for (size_t i = 0; i < MANY; i++) {
				places[i] = around(&seed, middles[m], sides[s]);
			}
			for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
				asked[i] =
					around(&seed, middles[m], i % 2 == 0 ? sides[s] : 1950000);
			}
			for (size_t l = 0; l < ARRAY_LEN(lens); l++) {
				assert_as_by_scan(places, lens[l], asked, ARRAY_LEN(asked));
			}
		}
	}
	free(places);
}

/* A camera that was registered at 0,0 by mistake must not make the others slow or wrong. */
static void places_all_over_the_world(void **state) {
	struct position places[500], asked[50];
	unsigned seed = 9;
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		places[i] = (struct position){(int32_t)dice(&seed, 1800000000) - 900000000,
			(int32_t)(dice(&seed, 3600000000u) - 1800000000u)};
	}
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		asked[i] = (struct position){(int32_t)dice(&seed, 1800000000) - 900000000,
			(int32_t)(dice(&seed, 3600000000u) - 1800000000u)};
	}
	assert_as_by_scan(places, ARRAY_LEN(places), asked, ARRAY_LEN(asked));
}

struct tally {
	size_t count;
	double furthest_m;
	bool seen[MANY];
};

static void on_spot(void *data, size_t index, double distance_m) {
	struct tally *tally = data;
	assert_false(tally->seen[index]);
	tally->seen[index] = true;
	tally->count++;
	tally->furthest_m = distance_m > tally->furthest_m ? distance_m : tally->furthest_m;
}

static void all_within_a_radius_are_found_once(void **state) {
	static const double radii_m[] = {0, 1, 250, 3000, 100000};
	const struct position middle = {-75722000, 1108289000};
	struct position places[MANY];
	unsigned seed = 11;
	UNUSED(state);
	for (size_t i = 0; i < MANY; i++) {
		places[i] = i % 100 == 0 ? middle : around(&seed, middle, 700000);
	}
	struct spots *spots = spots_create(places, MANY);
	for (size_t r = 0; r < ARRAY_LEN(radii_m); r++) {
		struct tally tally = {0};
		size_t want = 0;
		for (size_t i = 0; i < MANY; i++) {
			want += geo_distance_m(middle, places[i]) <= radii_m[r];
		}
		spots_within(spots, middle, radii_m[r], on_spot, &tally);
		assert_int_equal(tally.count, want);
		assert_true(tally.furthest_m <= radii_m[r]);
		assert_true(want >= MANY / 100);
	}
	spots_destroy(spots);
}

static struct camera *add(struct registry *reg, const char *id, int north_e7) {
	struct camera *camera = registry_add_camera(reg);
	text_copy(camera->id, sizeof(camera->id), id);
	camera->at = (struct position){-75722000 + north_e7, 1108289000};
	return camera;
}

static void cameras_are_found_before_and_after_the_index(void **state) {
	const struct position at = {-75722000, 1108289000};
	struct registry reg = {0};
	struct camera_near near[4];
	UNUSED(state);
	assert_null(registry_camera(&reg, "Gladag"));
	assert_int_equal(registry_near(&reg, at, near, 4), 0);
	registry_index(&reg);
	assert_null(registry_camera(&reg, "Gladag"));
	assert_int_equal(registry_near(&reg, at, near, 4), 0);
	add(&reg, "far", 3000);
	add(&reg, "near", 1000);
	for (int indexed = 0; indexed < 2; indexed++) {
		assert_int_equal(registry_near(&reg, at, near, 4), 2);
		assert_string_equal(near[0].camera->id, "near");
		assert_string_equal(near[1].camera->id, "far");
		assert_int_equal(near[0].bearing_deg, 0);
		assert_ptr_equal(registry_camera(&reg, "far"), &reg.cameras[0]);
		assert_null(registry_camera(&reg, "fa"));
		registry_index(&reg);
	}
	/* One more, behind the index. */
	add(&reg, "nearest", 10);
	assert_ptr_equal(registry_camera(&reg, "nearest"), &reg.cameras[2]);
	assert_int_equal(registry_near(&reg, at, near, 1), 1);
	assert_string_equal(near[0].camera->id, "nearest");
	registry_finish(&reg);
}

/* Of two with the same id the first counts, as it always did. */
static void the_first_of_two_with_one_id(void **state) {
	struct registry reg = {0};
	char id[CAMERA_ID_SIZE];
	UNUSED(state);
	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "camera-%d", i % 500);
		add(&reg, id, i);
	}
	registry_index(&reg);
	for (int i = 0; i < 500; i++) {
		snprintf(id, sizeof(id), "camera-%d", i);
		assert_ptr_equal(registry_camera(&reg, id), &reg.cameras[i]);
	}
	registry_finish(&reg);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_are_those_of_a_scan),
		cmocka_unit_test(places_all_over_the_world),
		cmocka_unit_test(all_within_a_radius_are_found_once),
		cmocka_unit_test(cameras_are_found_before_and_after_the_index),
		cmocka_unit_test(the_first_of_two_with_one_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
