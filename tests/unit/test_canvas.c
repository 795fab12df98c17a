#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/ui/canvas.h>

static const struct pen street = {.role = UI_MAP_STREET, .rank = 1};
static const struct pen river = {.role = UI_MAP_WATER, .rank = 2};

struct sheet {
	struct surface s;
	struct canvas c;
	struct buf out;
};

static void begin(struct sheet *t, enum canvas_style style, int cols, int rows) {
	memset(t, 0, sizeof(*t));
	surface_init(&t->s, cols, rows);
	canvas_init(&t->c, style, (struct rect){0, 0, cols, rows});
}

/* What is on the sheet must be this, row by row. */
static void expect(struct sheet *t, bool roles, const char *text) {
	canvas_paint(&t->c, &t->s);
	buf_clear(&t->out);
	surface_dump(&t->s, &t->out, roles);
	assert_string_equal(t->out.data, text);
}

static void end(struct sheet *t) {
	canvas_finish(&t->c);
	surface_finish(&t->s);
	buf_finish(&t->out);
}

static void test_a_diagonal_in_each_style(void **state) {
	struct sheet t;
	UNUSED(state);
	begin(&t, CANVAS_BRAILLE, 4, 2);
	canvas_line(&t.c, 0, 0, 7, 7, &street);
	expect(&t, false, "⠑⢄\n  ⠑⢄\n");
	end(&t);
	begin(&t, CANVAS_HALF, 4, 2);
	canvas_line(&t.c, 0, 3, 3, 0, &street);
	expect(&t, false, "  ▄▀\n▄▀\n");
	end(&t);
	begin(&t, CANVAS_ASCII, 4, 4);
	canvas_line(&t.c, 0, 0, 3, 3, &street);
	expect(&t, false, "\\\n \\\n  \\\n   \\\n");
	end(&t);
}

/* A cell is twice as high as wide: what looks like 45 degrees is two columns to a row. */
static void test_ascii_lines_lean_as_they_look(void **state) {
	struct sheet t;
	UNUSED(state);
	begin(&t, CANVAS_ASCII, 9, 5);
	canvas_line(&t.c, 0, 0, 8, 4, &street);
	expect(&t, false, "\\\n \\\\\n   \\\\\n     \\\\\n       \\\\\n");
	end(&t);
	begin(&t, CANVAS_ASCII, 5, 3);
	canvas_line(&t.c, 0, 2, 4, 0, &street);
	expect(&t, false, "    /\n  //\n//\n");
	end(&t);
}

static void test_lines_that_cross_are_joined(void **state) {
	struct sheet t;
	UNUSED(state);
	begin(&t, CANVAS_ASCII, 5, 3);
	canvas_line(&t.c, 0, 1, 4, 1, &street);
	canvas_line(&t.c, 2, 0, 2, 2, &street);
	expect(&t, false, "  |\n--+--\n  |\n");
	end(&t);
}

static void test_the_higher_rank_gives_the_role(void **state) {
	struct sheet t;
	UNUSED(state);
	for (int turn = 0; turn < 2; turn++) {
		begin(&t, CANVAS_BRAILLE, 3, 1);
		canvas_line(&t.c, 0, 0, 5, 0, turn == 0 ? &street : &river);
		canvas_line(&t.c, 2, 0, 2, 3, turn == 0 ? &river : &street);
		expect(&t, true, turn == 0 ? "⠉⡏⠉\n-~-\n" : "⠉⡏⠉\n~~~\n");
		end(&t);
	}
	begin(&t, CANVAS_ASCII, 3, 3);
	canvas_line(&t.c, 0, 1, 2, 1, &river);
	canvas_line(&t.c, 1, 0, 1, 2, &street);
	expect(&t, true, " |\n---\n |\n.-\n~~~\n.-\n");
	end(&t);
}

static void test_dashes_and_characters_of_their_own(void **state) {
	static const struct pen dashed = {
		.role = UI_MAP_RAIL, .rank = 1, .on = 3, .off = 1, .plain = '#'};
	struct sheet t;
	UNUSED(state);
	begin(&t, CANVAS_BRAILLE, 4, 1);
	canvas_line(&t.c, 0, 0, 7, 0, &dashed);
	expect(&t, false, "⠉⠁⠉⠁\n");
	end(&t);
	begin(&t, CANVAS_ASCII, 8, 1);
	canvas_line(&t.c, 0, 0, 7, 0, &dashed);
	expect(&t, false, "########\n");
	end(&t);
}

/* The part in sight is the same whether or not the line goes on outside. */
static void test_clipping_changes_nothing_inside(void **state) {
	static const int far[] = {0, 10, 1000, 100000000};
	struct sheet t;
	UNUSED(state);
	for (int style = 0; style < CANVAS_STYLE_COUNT; style++) {
		char *first = NULL;
		for (size_t i = 0; i < ARRAY_LEN(far); i++) {
			begin(&t, (enum canvas_style)style, 6, 3);
			int64_t w = t.c.width - 1, n = far[i];
			canvas_line(&t.c, -n, -n, w + n, w + n, &street);
			canvas_line(&t.c, w + n, -n, -n, w + n, &street);
			canvas_line(&t.c, -n, 1, w + n, 1, &street);
			canvas_line(&t.c, 1, -n, 1, w + n, &street);
			canvas_paint(&t.c, &t.s);
			surface_dump(&t.s, &t.out, false);
			if (first == NULL) {
				first = mem_dup_str(t.out.data);
			}
			assert_string_equal(t.out.data, first);
			end(&t);
		}
		free(first);
	}
}

static void test_what_is_outside_draws_nothing(void **state) {
	static const int64_t lines[][4] = {
		{-5, -5, -1, 100},
		{0, -1, 100, -1},
		{0, 12, 11, 500},
		{12, 0, 13, 11},
		{-20, 5, 5, -20},
		{INT64_MIN, INT64_MIN, INT64_MIN, INT64_MAX},
		{INT64_MAX, 0, INT64_MAX, INT64_MAX},
	};
	struct sheet t;
	UNUSED(state);
	begin(&t, CANVAS_BRAILLE, 6, 3);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		canvas_line(&t.c, lines[i][0], lines[i][1], lines[i][2], lines[i][3], &street);
	}
	canvas_dot(&t.c, -1, 0, &street);
	canvas_dot(&t.c, 0, 12, &street);
	expect(&t, false, "\n\n\n");
	/* From one end of all numbers to the other, it still goes through. */
	canvas_line(&t.c, INT64_MIN, 5, INT64_MAX, 5, &street);
	expect(&t, false, "\n⠒⠒⠒⠒⠒⠒\n\n");
	end(&t);
}

static void test_an_area_without_cells_takes_everything(void **state) {
	static const struct rect areas[] = {{0, 0, 0, 0}, {3, 3, -4, 2}, {0, 0, 5, 0}};
	static const struct position points[] = {{0, 0}, {10, 10}};
	struct geo_box box = {{0, 0}, {10, 10}};
	struct surface s;
	struct canvas c;
	int col, row;
	double dots;
	UNUSED(state);
	surface_init(&s, 3, 3);
	for (size_t i = 0; i < ARRAY_LEN(areas); i++) {
		canvas_init(&c, CANVAS_HALF, areas[i]);
		struct projection p = projection_fit(&c, &box, points[0], 3);
		canvas_line(&c, -3, -3, 9, 9, &street);
		canvas_polyline(&c, &p, points, 2, &street);
		canvas_ring(&c, &p, points[0], 100, &street);
		assert_false(canvas_cell_at(&c, &p, points[0], &col, &row));
		assert_false(canvas_stretch(&c, &p, points[0], points[1], &dots, &col, &row));
		canvas_paint(&c, &s);
		canvas_finish(&c);
	}
	surface_finish(&s);
}

/* About 2 km by 2 km on the equator. */
static const struct geo_box box = {{-90000, -90000}, {90000, 90000}};

static void test_a_river_with_a_bend(void **state) {
	static const struct position bend[] = {{90000, -90000}, {0, 0}, {0, 90000}};
	struct sheet t;
	UNUSED(state);
	begin(&t, CANVAS_BRAILLE, 10, 5);
	struct projection p = projection_fit(&t.c, &box, (struct position){0, 0}, 0);
	canvas_polyline(&t.c, &p, bend, ARRAY_LEN(bend), &river);
	expect(&t, false, "⠑⢄\n  ⠑⢄\n    ⠑⠤⠤⠤⠤⠤\n\n\n");
	end(&t);
	begin(&t, CANVAS_HALF, 10, 5);
	p = projection_fit(&t.c, &box, (struct position){0, 0}, 0);
	canvas_polyline(&t.c, &p, bend, ARRAY_LEN(bend), &river);
	expect(&t, false, "▀▄\n  ▀▄\n    ▀▄▄▄▄▄\n\n\n");
	end(&t);
	begin(&t, CANVAS_ASCII, 10, 5);
	p = projection_fit(&t.c, &box, (struct position){0, 0}, 0);
	canvas_polyline(&t.c, &p, bend, ARRAY_LEN(bend), &river);
	expect(&t, false, " \\\n  \\\\\n    \\\\----\n\n\n");
	end(&t);
}

/* A line of very many points a hair apart is drawn as its ends would be. */
static void test_points_closer_than_a_dot_are_passed_over(void **state) {
	enum { POINTS = 20001 };
	struct position *points = mem_alloc(POINTS, sizeof(*points));
	struct position ends[] = {{0, -90000}, {0, 90000}};
	struct sheet a, b;
	UNUSED(state);
	for (int i = 0; i < POINTS; i++) {
		points[i] = (struct position){0, -90000 + i * 9};
	}
	begin(&a, CANVAS_BRAILLE, 10, 5);
	struct projection p = projection_fit(&a.c, &box, (struct position){0, 0}, 0);
	canvas_polyline(&a.c, &p, points, POINTS, &street);
	assert_in_range(a.c.dash, 20, 40);
	begin(&b, CANVAS_BRAILLE, 10, 5);
	canvas_polyline(&b.c, &p, ends, 2, &street);
	canvas_paint(&b.c, &b.s);
	surface_dump(&b.s, &b.out, false);
	expect(&a, false, b.out.data);
	end(&a);
	end(&b);
	free(points);
}

static void test_a_ring_is_as_wide_as_high(void **state) {
	struct sheet t;
	UNUSED(state);
	begin(&t, CANVAS_BRAILLE, 10, 5);
	struct projection p = projection_fit(&t.c, &box, (struct position){0, 0}, 0);
	canvas_ring(&t.c, &p, (struct position){0, 0}, 900, &street);
	expect(&t, false,
		" ⢀⡠⠔⠒⠒⠢⢄⡀\n"
		"⢀⠎      ⠱⡀\n"
		"⢸        ⡇\n"
		"⠈⢆      ⡰⠁\n"
		" ⠈⠑⠢⠤⠤⠔⠊⠁\n");
	end(&t);
	begin(&t, CANVAS_ASCII, 10, 5);
	canvas_ring(&t.c, &p, (struct position){0, 0}, 1e12, &street);
	end(&t);
}

/* One point, none, the whole earth, the poles, at any zoom: nothing is written outside. */
static void test_any_box_can_be_projected(void **state) {
	static const struct geo_box boxes[] = {
		{{0, 0}, {0, 0}},
		{{-900000000, -1800000000}, {900000000, 1800000000}},
		{{899999999, 0}, {900000000, 1}},
		{{INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}},
	};
	static const struct position points[] = {
		{INT32_MIN, INT32_MIN}, {0, 0}, {INT32_MAX, INT32_MAX}, {900000000, -1800000000}};
	struct sheet t;
	int col, row;
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(boxes); i++) {
		for (int zoom = 0; zoom <= 16; zoom += 4) {
			begin(&t, CANVAS_BRAILLE, 7, 3);
			struct projection p = projection_fit(&t.c, &boxes[i], boxes[i].min, zoom);
			canvas_polyline(&t.c, &p, points, ARRAY_LEN(points), &street);
			canvas_polyline(&t.c, &p, points, 1, &street);
			canvas_polyline(&t.c, &p, NULL, 0, &street);
			canvas_ring(&t.c, &p, points[2], 1000, &street);
			assert_true(canvas_cell_at(&t.c, &p, boxes[i].min, &col, &row));
			assert_int_equal(col, 3);
			assert_int_equal(row, 1);
			end(&t);
		}
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_diagonal_in_each_style),
		cmocka_unit_test(test_ascii_lines_lean_as_they_look),
		cmocka_unit_test(test_lines_that_cross_are_joined),
		cmocka_unit_test(test_the_higher_rank_gives_the_role),
		cmocka_unit_test(test_dashes_and_characters_of_their_own),
		cmocka_unit_test(test_clipping_changes_nothing_inside),
		cmocka_unit_test(test_what_is_outside_draws_nothing),
		cmocka_unit_test(test_an_area_without_cells_takes_everything),
		cmocka_unit_test(test_a_river_with_a_bend),
		cmocka_unit_test(test_points_closer_than_a_dot_are_passed_over),
		cmocka_unit_test(test_a_ring_is_as_wide_as_high),
		cmocka_unit_test(test_any_box_can_be_projected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
