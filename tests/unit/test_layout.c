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

static void fill(const struct layout *l, int cols, int rows) {
	memset(taken, 0, sizeof(taken));
	take(l->status, 'S', cols, rows);
	take(l->queue, 'Q', cols, rows);
	take(l->map, 'M', cols, rows);
	take(l->detail, 'D', cols, rows);
	take(l->cameras, 'C', cols, rows);
	take(l->agencies, 'A', cols, rows);
	take(l->hints, 'H', cols, rows);
}

/* Nothing overlaps, nothing sticks out, and no cell of the screen is forgotten. */
static void test_every_size(void **state) {
	UNUSED(state);
	for (int rows = 1; rows <= ROWS_MAX; rows++) {
		for (int cols = 1; cols <= COLS_MAX; cols++) {
			for (int focus = 0; focus < PANE_COUNT * 2; focus++) {
				struct layout l;

				layout_compute(
					&l, cols, rows, (enum pane)(focus / 2), focus % 2 == 1);
				fill(&l, cols, rows);
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

		layout_compute(&l, cases[i].cols, cases[i].rows, PANE_QUEUE, false);
		assert_int_equal(l.tier, cases[i].tier);
	}
}

/* One letter per 10 columns and 3 rows of the middle. */
static void test_80x24_as_drawn(void **state) {
	static const char *const expected[] = {
		"SSSSSSSS",
		"QQQQQQQQ",
		"QQQQQQQQ",
		"QQQQQQQQ",
		"MMMDDDDD",
		"MMMDDDDD",
		"MMMDDDDD",
		"MMMDDDDD",
	};
	struct layout l;

	UNUSED(state);
	layout_compute(&l, 80, 24, PANE_QUEUE, false);
	fill(&l, 80, 24);
	for (size_t row = 0; row < ARRAY_LEN(expected); row++) {
		for (size_t col = 0; col < 8; col++) {
			assert_int_equal(taken[row * 3][col * 10], expected[row][col]);
		}
	}
	assert_int_equal(taken[22][0], 'A');
	assert_int_equal(taken[23][0], 'H');
	layout_compute(&l, 80, 24, PANE_CAMERAS, false);
	assert_int_equal(l.detail.cols, 0);
	assert_int_equal(l.cameras.cols, 50);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_tiers),
		cmocka_unit_test(test_80x24_as_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
