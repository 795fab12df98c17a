#include "test.h"

#include <string.h>

#include <siaga/ui/layout.h>

#define COLS_MAX 200
#define ROWS_MAX 60

static char taken[ROWS_MAX][COLS_MAX];

static void take(struct rect r, char letter, int cols, int rows) {
	if (r.cols == 0 || r.rows == 0) {
		return;
	}
	assert_true(r.col >= 0 && r.row >= 0 && r.cols > 0 && r.rows > 0);
	assert_true(r.col + r.cols <= cols && r.row + r.rows <= rows);
	for (int row = r.row; row < r.row + r.rows; row++) {
		for (int col = r.col; col < r.col + r.cols; col++) {
			assert_int_equal(taken[row][col], 0);
			taken[row][col] = letter;
		}
	}
}

static const char letters[PANE_COUNT] = {'Q', 'M', 'D', 'C', 'L', 'A'};

static void fill(const struct layout *l, int cols, int rows) {
	memset(taken, 0, sizeof(taken));
	take(l->status, 's', cols, rows);
	for (int i = 0; i < PANE_COUNT; i++) {
		take(l->panes[i], letters[i], cols, rows);
	}
	take(l->bar, 'b', cols, rows);
	take(l->hints, 'h', cols, rows);
}

static void compute(struct layout *l, int cols, int rows, enum pane focus, bool zoom) {
	struct layout_options options = {.focus = focus, .tab = PANE_DETAIL, .zoom = zoom};

	layout_compute(l, cols, rows, &options);
	fill(l, cols, rows);
}

/* Nothing overlaps, nothing sticks out, and no cell of the screen is forgotten. */
static void test_every_size(void **state) {
	UNUSED(state);
	for (int rows = 1; rows <= ROWS_MAX; rows++) {
		for (int cols = 1; cols <= COLS_MAX; cols += cols < 20 ? 1 : 3) {
			for (int focus = 0; focus < PANE_COUNT * 2; focus++) {
				struct layout l;

				compute(&l, cols, rows, (enum pane)(focus / 2), focus % 2 == 1);
				for (int row = 0; row < rows; row++) {
					assert_null(memchr(taken[row], 0, (size_t)cols));
				}
				assert_int_equal(l.strip.row + l.strip.rows, rows);
				assert_int_equal(l.strip.cols, cols);
				assert_true(l.strip.rows >= 1);
			}
		}
	}
}

static void test_tiers(void **state) {
	static const struct {
		int cols, rows;
		enum tier tier;
	} cases[] = {
		{1, 1, TIER_STRIP},
		{59, 16, TIER_STRIP},
		{60, 15, TIER_STRIP},
		{60, 16, TIER_SMALL},
		{79, 24, TIER_SMALL},
		{80, 24, TIER_NORMAL},
		{100, 29, TIER_NORMAL},
		{100, 30, TIER_LARGE},
		{160, 44, TIER_LARGE},
		{160, 45, TIER_WALL},
	};

	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct layout l;

		compute(&l, cases[i].cols, cases[i].rows, PANE_QUEUE, false);
		assert_int_equal(l.tier, cases[i].tier);
	}
}

/* One letter per 10 columns and 3 rows, read from the middle of each block. */
static void assert_drawn(const char *const *expected, size_t lines) {
	for (size_t row = 0; row < lines; row++) {
		for (size_t col = 0; expected[row][col] != '\0'; col++) {
			assert_int_equal(taken[row * 3 + 1][col * 10 + 5], expected[row][col]);
		}
	}
}

static void test_80x24_as_drawn(void **state) {
	static const char *const queue[] = {
		"QQQQQQQQ",
		"QQQQQQQQ",
		"QQQQQQQQ",
		"QQQQQQQQ",
		"MMMDDDDD",
		"MMMDDDDD",
		"MMMDDDDD",
		"bbbbbbbb",
	};
	static const char *const zoomed[] = {
		"MMMMMMMM",
		"MMMMMMMM",
		"MMMMMMMM",
		"MMMMMMMM",
		"MMMMMMMM",
		"MMMMMMMM",
		"MMMMMMMM",
		"bbbbbbbb",
	};
	struct layout l;

	UNUSED(state);
	compute(&l, 80, 24, PANE_QUEUE, false);
	assert_drawn(queue, ARRAY_LEN(queue));
	assert_int_equal(taken[0][0], 's');
	assert_int_equal(taken[22][0], 'b');
	assert_int_equal(taken[23][0], 'h');
	/* The pane that is looked at has the place; the others wait under their numbers. */
	for (int pane = PANE_DETAIL; pane < PANE_COUNT; pane++) {
		compute(&l, 80, 24, (enum pane)pane, false);
		assert_int_equal(taken[16][60], letters[pane]);
		assert_int_equal(l.panes[pane].cols, 50);
	}
	compute(&l, 80, 24, PANE_MAP, true);
	assert_drawn(zoomed, ARRAY_LEN(zoomed));
}

static void test_120x40_as_drawn(void **state) {
	static const char *const expected[] = {
		"QQQQQQQMMMMM",
		"QQQQQQQMMMMM",
		"QQQQQQQMMMMM",
		"QQQQQQQMMMMM",
		"QQQQQQQMMMMM",
		"QQQQQQQMMMMM",
		"QQQQQQQMMMMM",
		"DDDDDDDCCCCC",
		"DDDDDDDCCCCC",
		"DDDDDDDCCCCC",
		"DDDDDDDLLLLL",
		"DDDDDDDLLLLL",
		"DDDDDDDLLLLL",
	};
	struct layout l;

	UNUSED(state);
	compute(&l, 120, 40, PANE_QUEUE, false);
	assert_drawn(expected, ARRAY_LEN(expected));
	compute(&l, 120, 40, PANE_AGENCIES, false);
	assert_int_equal(taken[36][100], 'A');
}

static void test_160x45_shows_all_six(void **state) {
	static const char *const expected[] = {
		"QQQQQQQMMMMMMCCC",
		"QQQQQQQMMMMMMCCC",
		"QQQQQQQMMMMMMCCC",
		"QQQQQQQMMMMMMCCC",
		"QQQQQQQMMMMMMCCC",
		"QQQQQQQMMMMMMCCC",
		"QQQQQQQMMMMMMCCC",
		"QQQQQQQMMMMMMCCC",
		"QQQQQQQMMMMMMCCC",
		"DDDDDDDMMMMMMAAA",
		"DDDDDDDMMMMMMAAA",
		"DDDDDDDLLLLLLAAA",
		"DDDDDDDLLLLLLAAA",
		"DDDDDDDLLLLLLAAA",
	};
	struct layout l;

	UNUSED(state);
	compute(&l, 160, 45, PANE_QUEUE, false);
	assert_drawn(expected, ARRAY_LEN(expected));
}

/* A row under the status line, in every size that has one to give; nothing lies over it. */
static void test_alerts_have_their_rows(void **state) {
	UNUSED(state);
	for (int rows = 1; rows <= 60; rows++) {
		for (int alerts = 0; alerts <= 2; alerts++) {
			struct layout_options opt = {.focus = PANE_QUEUE, .alerts = alerts};
			struct layout l;

			layout_compute(&l, 80, rows, &opt);
			assert_int_equal(l.alert.rows, rows >= LAYOUT_ALERT_ROWS ? alerts : 0);
			if (l.alert.rows > 0) {
				assert_int_equal(l.alert.row, 1);
				assert_int_equal(l.alert.cols, 80);
				assert_true(l.strip.row >= 1 + l.alert.rows);
				assert_int_equal(l.panes[PANE_QUEUE].row, 1 + l.alert.rows);
			}
		}
	}
}

static void test_the_mouse_finds_the_pane(void **state) {
	struct layout l;

	UNUSED(state);
	compute(&l, 80, 24, PANE_QUEUE, false);
	assert_int_equal(layout_find(&l, 5, 5), PANE_QUEUE);
	assert_int_equal(layout_find(&l, 5, 15), PANE_MAP);
	assert_int_equal(layout_find(&l, 70, 15), PANE_DETAIL);
	assert_int_equal(layout_find(&l, 5, 0), PANE_COUNT);
	assert_int_equal(layout_find(&l, 5, 23), PANE_COUNT);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_tiers),
		cmocka_unit_test(test_80x24_as_drawn),
		cmocka_unit_test(test_120x40_as_drawn),
		cmocka_unit_test(test_160x45_shows_all_six),
		cmocka_unit_test(test_alerts_have_their_rows),
		cmocka_unit_test(test_the_mouse_finds_the_pane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
