#include "test.h"

#include <siaga/model/geo.h>

static void degrees_are_read_and_written_exactly(void **state) {
	UNUSED(state);
	static const struct {
		const char *text;
		bool ok;
		int32_t value;
	} cases[] = {
		{"-7.5722", true, -75722000},
		{"110.8289", true, 1108289000},
		{"0", true, 0},
		{"-0.00000004", true, 0},
		{"7.55555555", true, 75555556},
		{"+90", true, 900000000},
		{"181", false, 0},
		{"1e5", false, 0},
		{"7,5", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"7.", false, 0},
		{"nan", false, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int32_t value = 0;
		assert_int_equal(geo_parse_degrees(cases[i].text, 180, &value), cases[i].ok);
		if (cases[i].ok) {
			assert_int_equal(value, cases[i].value);
		}
	}
	char out[GEO_DEGREES_SIZE];
	geo_format_degrees(out, -75722000);
	assert_string_equal(out, "-7.5722000");
	geo_format_degrees(out, -1);
	assert_string_equal(out, "-0.0000001");
}

static void distance_and_bearing_are_those_of_the_city(void **state) {
	UNUSED(state);
	struct position gladag = {-75722000, 1108289000}, purwosari = {-75615000, 1107960000};
	double metres = geo_distance_m(gladag, purwosari);
	assert_in_range((int)metres, 3790, 3830);
	assert_in_range(geo_bearing_deg(gladag, purwosari), 286, 290);
	assert_string_equal(geo_compass(288), "W");
	assert_string_equal(geo_compass(0), "N");
	assert_string_equal(geo_compass(337), "NW");
	assert_string_equal(geo_compass(338), "N");
}

static void grid_names_cells_from_the_north_west(void **state) {
	UNUSED(state);
	struct geo_box box = geo_box_empty();
	geo_box_add(&box, (struct position){-75952000, 1107692000});
	geo_box_add(&box, (struct position){-75221000, 1108690000});
	struct geo_grid grid = geo_grid_make(box);
	char name[GEO_CELL_SIZE];
	assert_int_equal(grid.cols, 11);
	assert_int_equal(grid.rows, 8);
	geo_grid_name(&grid, (struct position){-75221000, 1107692000}, name);
	assert_string_equal(name, "A1");
	geo_grid_name(&grid, (struct position){-75952000, 1108690000}, name);
	assert_string_equal(name, "K8");
	geo_grid_name(&grid, (struct position){0, 0}, name);
	assert_string_equal(name, "-");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(degrees_are_read_and_written_exactly),
		cmocka_unit_test(distance_and_bearing_are_those_of_the_city),
		cmocka_unit_test(grid_names_cells_from_the_north_west),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
