#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/ui/picture.h>

static const struct rect room = {0, 0, 8, 4};

static uint8_t *make_grey(int cols, int rows, uint8_t value) {
	uint8_t *rgb = mem_alloc((size_t)cols * (size_t)rows, 3);

	memset(rgb, value, (size_t)cols * (size_t)rows * 3);
	return rgb;
}

static void test_keeps_the_shape(void **state) {
	static const struct {
		int cols, rows, want_cols, want_rows;
	} cases[] = {
		{640, 480, 8, 6},
		{480, 640, 6, 8},
		{100, 100, 8, 8},
		{1600, 10, 8, 1},
		{10, 1600, 1, 8},
		{3, 2, 3, 2}, /* not enlarged */
		{1, 1, 1, 1},
		{16384, 1, 8, 1},
	};

	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t *rgb = make_grey(cases[i].cols, cases[i].rows, 77);
		struct picture out;

		assert_true(picture_fit(&out, rgb, cases[i].cols, cases[i].rows, room));
		assert_int_equal(out.cols, cases[i].want_cols);
		assert_int_equal(out.rows, cases[i].want_rows);
		for (int at = 0; at < out.cols * out.rows * 3; at++) {
			assert_int_equal(out.rgb[at], 77);
		}
		picture_finish(&out);
		free(rgb);
	}
}

static void test_a_pixel_is_the_mean_of_what_it_covers(void **state) {
	uint8_t rgb[3 * 3 * 3] = {0};
	struct picture out;

	UNUSED(state);
	/* Three columns become two: the middle one counts half for each. */
	for (int row = 0; row < 3; row++) {
		rgb[9 * row] = 90;
		rgb[9 * row + 4] = 90;
		rgb[9 * row + 8] = 90;
	}
	assert_true(picture_fit(&out, rgb, 3, 3, (struct rect){0, 0, 2, 1}));
	assert_int_equal(out.cols, 2);
	assert_int_equal(out.rows, 2);
	assert_memory_equal(out.rgb, ((uint8_t[]){60, 30, 0, 0, 30, 60}), 6);
	picture_finish(&out);
	picture_finish(&out);
}

static void test_what_is_no_picture_is_not_drawn(void **state) {
	uint8_t rgb[3] = {0};
	struct picture out;
	struct surface s;

	UNUSED(state);
	assert_false(picture_fit(&out, NULL, 1, 1, room));
	assert_false(picture_fit(&out, rgb, 0, 1, room));
	assert_false(picture_fit(&out, rgb, 1, -1, room));
	assert_false(picture_fit(&out, rgb, 16385, 1, room));
	assert_false(picture_fit(&out, rgb, 1, 16385, room));
	assert_false(picture_fit(&out, rgb, 1, 1, (struct rect){0, 0, 0, 4}));
	assert_false(picture_fit(&out, rgb, 1, 1, (struct rect){0, 0, 4, 0}));
	assert_null(out.rgb);
	surface_init(&s, 4, 4);
	assert_int_equal(picture_draw(&s, room, rgb, 0, 0).cols, 0);
	assert_int_equal(surface_cell(&s, 0, 0)->glyph[0], ' ');
	surface_finish(&s);
}

static void test_stands_in_the_middle_of_black(void **state) {
	uint8_t *rgb = make_grey(80, 80, 200);
	struct surface s;

	UNUSED(state);
	surface_init(&s, 20, 6);
	struct rect place = picture_draw(&s, (struct rect){1, 1, 16, 4}, rgb, 80, 80);
	assert_int_equal(place.col, 5);
	assert_int_equal(place.row, 1);
	assert_int_equal(place.cols, 8);
	assert_int_equal(place.rows, 4);
	assert_int_equal(surface_cell(&s, 5, 1)->fg, 0xc8c8c8);
	assert_true(surface_cell(&s, 1, 1)->picture);
	assert_int_equal(surface_cell(&s, 1, 1)->bg, 0);
	assert_false(surface_cell(&s, 0, 1)->picture);
	assert_false(surface_cell(&s, 17, 4)->picture);
	assert_false(surface_cell(&s, 1, 5)->picture);
	surface_finish(&s);
	free(rgb);
}

/* The area may hang over the edge, when the screen has just become smaller. */
static void test_is_cut_off_at_the_edge(void **state) {
	uint8_t *rgb = make_grey(300, 300, 10);
	struct surface s;

	UNUSED(state);
	surface_init(&s, 10, 5);
	(void)picture_draw(&s, (struct rect){5, 2, 100, 100}, rgb, 300, 300);
	(void)picture_draw(&s, (struct rect){-5, -2, 8, 8}, rgb, 300, 300);
	assert_true(surface_cell(&s, 9, 4)->picture);
	surface_finish(&s);
	free(rgb);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_the_shape),
		cmocka_unit_test(test_a_pixel_is_the_mean_of_what_it_covers),
		cmocka_unit_test(test_what_is_no_picture_is_not_drawn),
		cmocka_unit_test(test_stands_in_the_middle_of_black),
		cmocka_unit_test(test_is_cut_off_at_the_edge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
