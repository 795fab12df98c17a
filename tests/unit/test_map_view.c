#include "test.h"

#include <string.h>

#include <siaga/app/map_view.h>

/* About 11 km across and 11 km down: A1 to K11. */
static struct geo_grid city(void) {
	struct geo_box box = {{-76000000, 1107000000}, {-75000000, 1108000000}};
	return geo_grid_make(box);
}

static const struct position north_east = {-75050000, 1107950000};
static const struct position south_west = {-75950000, 1107050000};

static void test_zooming_in_and_out_again_changes_nothing(void **state) {
	struct geo_grid grid = city();
	struct map_view view;
	UNUSED(state);
	map_view_init(&view);
	struct position before = map_view_at(&view, &grid, &north_east);
	int most = map_view_zoom_max(&grid);
	assert_in_range(most, 5, 7);
	for (int i = 0; i < most + 5; i++) {
		map_view_zoom(&view, 1, &grid, &north_east);
	}
	assert_int_equal(view.zoom, most);
	for (int i = 0; i < most + 5; i++) {
		map_view_zoom(&view, -1, &grid, &north_east);
	}
	assert_int_equal(view.zoom, 0);
	struct position after = map_view_at(&view, &grid, &north_east);
	assert_memory_equal(&before, &after, sizeof(before));
}

static void test_zooming_in_goes_to_the_selected_incident(void **state) {
	struct geo_grid grid = city();
	struct map_view view;
	UNUSED(state);
	map_view_init(&view);
	map_view_zoom(&view, 1, &grid, &north_east);
	struct position at = map_view_at(&view, &grid, &north_east);
	assert_memory_equal(&at, &north_east, sizeof(at));
	/* Another one is selected: the view goes there; a near one does not move it. */
	at = map_view_at(&view, &grid, &south_west);
	assert_memory_equal(&at, &south_west, sizeof(at));
	struct position near = {north_east.lat_e7 - 1000, north_east.lon_e7 - 1000};
	at = map_view_at(&view, &grid, &near);
	assert_memory_equal(&at, &north_east, sizeof(at));
	assert_true(view.follow);
}

static void test_a_pan_stops_following_until_centred(void **state) {
	struct geo_grid grid = city();
	struct map_view view;
	UNUSED(state);
	map_view_init(&view);
	view.style = MAP_STYLE_BRAILLE;
	map_view_zoom(&view, 3, &grid, &north_east);
	map_view_pan(&view, -1, 2, &grid, &north_east);
	assert_false(view.follow);
	struct position at = map_view_at(&view, &grid, &north_east);
	/* A quarter of an eighth of the city to the west, two of them to the south. */
	assert_int_equal(at.lon_e7, north_east.lon_e7 - 1000000 / 8 / 4);
	assert_int_equal(at.lat_e7, north_east.lat_e7 - 2 * (1000000 / 8 / 4));
	struct position still = map_view_at(&view, &grid, &south_west);
	assert_memory_equal(&at, &still, sizeof(at));
	map_view_centre(&view, &south_west);
	assert_true(view.follow);
	at = map_view_at(&view, &grid, &south_west);
	assert_memory_equal(&at, &south_west, sizeof(at));
}

static void test_a_pan_never_leaves_the_map(void **state) {
	struct geo_grid grid = city();
	struct map_view view;
	UNUSED(state);
	map_view_init(&view);
	view.style = MAP_STYLE_HALF;
	map_view_zoom(&view, 2, &grid, NULL);
	map_view_pan(&view, -1000000000, 1000000000, &grid, NULL);
	struct position at = map_view_at(&view, &grid, NULL);
	assert_memory_equal(&at, &grid.box.min, sizeof(at));
	map_view_pan(&view, 1000000000, -1000000000, &grid, NULL);
	at = map_view_at(&view, &grid, NULL);
	assert_memory_equal(&at, &grid.box.max, sizeof(at));
}

static void test_in_the_grid_a_pan_moves_the_chosen_cell(void **state) {
	struct geo_grid grid = city();
	struct map_view view;
	int col, row;
	UNUSED(state);
	map_view_init(&view);
	assert_false(map_view_cell(&view, &grid, NULL, &col, &row));
	assert_true(map_view_cell(&view, &grid, &north_east, &col, &row));
	assert_int_equal(col, grid.cols - 1);
	assert_int_equal(row, 0);
	map_view_pan(&view, -1, 1, &grid, &north_east);
	assert_true(map_view_cell(&view, &grid, &north_east, &col, &row));
	assert_int_equal(col, grid.cols - 2);
	assert_int_equal(row, 1);
	map_view_pan(&view, 50, -50, &grid, &north_east);
	assert_true(map_view_cell(&view, &grid, &north_east, &col, &row));
	assert_int_equal(col, grid.cols - 1);
	assert_int_equal(row, 0);
	map_view_centre(&view, NULL);
	assert_false(map_view_cell(&view, &grid, NULL, &col, &row));
}

static void test_going_to_a_cell(void **state) {
	struct geo_grid grid = city();
	struct map_view view;
	struct err err;
	int col, row;
	char name[GEO_CELL_SIZE];
	UNUSED(state);
	map_view_init(&view);
	assert_true(map_view_goto_cell(&view, &grid, "c4", &err));
	assert_false(view.follow);
	assert_true(map_view_cell(&view, &grid, &north_east, &col, &row));
	assert_int_equal(col, 2);
	assert_int_equal(row, 3);
	map_view_zoom(&view, 1, &grid, &north_east);
	geo_grid_name(&grid, map_view_at(&view, &grid, &north_east), name);
	assert_string_equal(name, "C4");
}

static void test_a_cell_that_does_not_exist_is_named_in_the_error(void **state) {
	static const char *const wrong[] = {"Z9", "A0", "A12", "C", "4", "", "C4x", "c99999999999",
		("\xc3\x84"
		 "4")};
	struct geo_grid grid = city(), none = {0};
	struct map_view view, before;
	struct err err;
	UNUSED(state);
	map_view_init(&view);
	before = view;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_false(map_view_goto_cell(&view, &grid, wrong[i], &err));
		assert_memory_equal(&view, &before, sizeof(view));
	}
	assert_false(map_view_goto_cell(&view, &grid, "Z9", &err));
	assert_string_equal(err.text, "no cell \"Z9\"; the map goes from A1 to K11");
	assert_false(map_view_goto_cell(&view, &none, "C4", &err));
	assert_string_equal(err.text, "there is no map yet");
}

/* Whatever is pressed while no registry has come, and where the map is a single point. */
static void test_without_a_map_nothing_breaks(void **state) {
	struct geo_box point = {north_east, north_east};
	struct geo_grid none = {0},
			grids[] = {none, geo_grid_make(geo_box_empty()), geo_grid_make(point)};
	struct map_view view;
	int col, row;
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(grids); i++) {
		for (int style = 0; style < MAP_STYLE_COUNT; style++) {
			map_view_init(&view);
			view.style = (enum map_style)style;
			map_view_zoom(&view, 1, &grids[i], &north_east);
			assert_int_equal(view.zoom, 0);
			map_view_pan(&view, 1, 1, &grids[i], NULL);
			(void)map_view_at(&view, &grids[i], &south_west);
			bool any = map_view_cell(&view, &grids[i], NULL, &col, &row);
			assert_int_equal(any, i == 2);
		}
	}
}

/* The map was replaced by a smaller one while a cell of the old one was chosen. */
static void test_a_chosen_cell_survives_another_map(void **state) {
	struct geo_grid grid = city();
	struct geo_box box = {{100000000, 100000000}, {100200000, 100200000}};
	struct geo_grid other = geo_grid_make(box);
	struct map_view view;
	struct err err;
	int col, row;
	UNUSED(state);
	map_view_init(&view);
	assert_true(map_view_goto_cell(&view, &grid, "K11", &err));
	map_view_zoom(&view, 2, &grid, NULL);
	assert_true(map_view_cell(&view, &other, NULL, &col, &row));
	assert_int_equal(col, other.cols - 1);
	assert_int_equal(row, other.rows - 1);
	struct position at = map_view_at(&view, &other, NULL);
	assert_int_equal(at.lat_e7, 100100000);
	map_view_zoom(&view, -2, &other, NULL);
	map_view_zoom(&view, 1, &other, NULL);
	at = map_view_at(&view, &other, NULL);
	assert_in_range(at.lat_e7, box.min.lat_e7, box.max.lat_e7);
}

static void test_styles_and_rings_go_round(void **state) {
	struct map_view view;
	enum map_style style;
	UNUSED(state);
	map_view_init(&view);
	for (int i = 0; i < MAP_STYLE_COUNT; i++) {
		assert_int_equal(view.style, i);
		assert_true(map_style_find(map_style_name(view.style), &style));
		assert_int_equal(style, view.style);
		map_view_next_style(&view);
	}
	assert_int_equal(view.style, MAP_STYLE_GRID);
	assert_false(map_style_find("satellite", &style));
	assert_string_equal(map_style_name(MAP_STYLE_COUNT), "?");
	int first = view.ring_m, steps = 0;
	do {
		map_view_next_ring(&view);
		steps++;
	} while (view.ring_m != first && steps < 20);
	assert_int_equal(steps, 5);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zooming_in_and_out_again_changes_nothing),
		cmocka_unit_test(test_zooming_in_goes_to_the_selected_incident),
		cmocka_unit_test(test_a_pan_stops_following_until_centred),
		cmocka_unit_test(test_a_pan_never_leaves_the_map),
		cmocka_unit_test(test_in_the_grid_a_pan_moves_the_chosen_cell),
		cmocka_unit_test(test_going_to_a_cell),
		cmocka_unit_test(test_a_cell_that_does_not_exist_is_named_in_the_error),
		cmocka_unit_test(test_without_a_map_nothing_breaks),
		cmocka_unit_test(test_a_chosen_cell_survives_another_map),
		cmocka_unit_test(test_styles_and_rings_go_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
