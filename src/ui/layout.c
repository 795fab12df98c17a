#include <siaga/ui/layout.h>

#include <string.h>

#define STRIP_ROWS 8 /* at most; a prompt takes of them what it needs */

/* The least size of each tier. */
static const struct {
	int cols, rows;
} least[TIER_COUNT] = {
	[TIER_STRIP] = {0, 0},
	[TIER_SMALL] = {60, 16},
	[TIER_NORMAL] = {80, 24},
	[TIER_LARGE] = {100, 30},
	[TIER_WALL] = {160, 45},
};

static enum tier tier_of(int cols, int rows) {
	enum tier tier = TIER_WALL;
	while (tier > TIER_STRIP && (cols < least[tier].cols || rows < least[tier].rows)) {
		tier--;
	}
	return tier;
}

/* Cuts a piece off the top; what is left stays in *area. */
static struct rect cut_top(struct rect *area, int rows) {
	struct rect top = {area->col, area->row, area->cols, rows};
	area->row += rows;
	area->rows -= rows;
	return top;
}

static struct rect cut_low(struct rect *area, int rows) {
	area->rows -= rows;
	return (struct rect){area->col, area->row + area->rows, area->cols, rows};
}

static struct rect cut_right(struct rect *area, int cols) {
	area->cols -= cols;
	return (struct rect){area->col + area->cols, area->row, cols, area->rows};
}

static bool is_low(enum pane pane) {
	return pane != PANE_QUEUE && pane != PANE_MAP;
}

/* Queue over map and one pane: the one with the focus, or that was used last. */
static void divide_normal(
	struct layout *out, struct rect middle, const struct layout_options *opt) {
	enum pane tab = is_low(opt->focus) ? opt->focus : opt->tab;
	out->panes[PANE_QUEUE] = cut_top(&middle, middle.rows * 10 / 21);
	out->panes[is_low(tab) ? tab : PANE_DETAIL] = cut_right(&middle, middle.cols * 5 / 8);
	out->panes[PANE_MAP] = middle;
}

/* Queue and map over detail, cameras and log; the agencies take the log's place when they are
 * looked at. */
static void divide_large(struct layout *out, struct rect middle, const struct layout_options *opt) {
	enum pane tab = is_low(opt->focus) ? opt->focus : opt->tab;
	struct rect upper = cut_top(&middle, middle.rows * 11 / 21);
	int right = middle.cols * 3 / 8;
	out->panes[PANE_MAP] = cut_right(&upper, right);
	out->panes[PANE_QUEUE] = upper;
	struct rect corner = cut_right(&middle, right);
	out->panes[tab == PANE_AGENCIES ? PANE_AGENCIES : PANE_LOG] =
		cut_low(&corner, corner.rows * 9 / 20);
	out->panes[PANE_CAMERAS] = corner;
	out->panes[PANE_DETAIL] = middle;
}

/* Three columns: queue over detail, map over log, cameras over agencies. */
static void divide_wall(struct layout *out, struct rect middle) {
	struct rect right = cut_right(&middle, middle.cols / 5);
	struct rect centre = cut_right(&middle, middle.cols * 7 / 16);
	out->panes[PANE_QUEUE] = cut_top(&middle, middle.rows * 3 / 5);
	out->panes[PANE_DETAIL] = middle;
	out->panes[PANE_MAP] = cut_top(&centre, centre.rows * 3 / 4);
	out->panes[PANE_LOG] = centre;
	out->panes[PANE_CAMERAS] = cut_top(&right, right.rows * 3 / 5);
	out->panes[PANE_AGENCIES] = right;
}

void layout_compute(struct layout *out, int cols, int rows, const struct layout_options *opt) {
	struct rect middle = {0, 0, cols > 0 ? cols : 1, rows > 0 ? rows : 1};
	struct rect whole = middle;
	memset(out, 0, sizeof(*out));
	out->tier = tier_of(middle.cols, middle.rows);
	/* With few rows the bars go first, then the hints; the status line and an alarm stay. */
	out->status = cut_top(&middle, 1);
	if (whole.rows >= 4) {
		out->hints = cut_low(&middle, 1);
	}
	if (whole.rows >= 7) {
		out->bar = cut_low(&middle, 1);
	}
	if (opt->alerts > 0 && whole.rows >= LAYOUT_ALERT_ROWS) {
		out->alert = cut_top(&middle, opt->alerts);
	}
	if (opt->coach > 0 && whole.rows >= LAYOUT_ALERT_ROWS) {
		out->coach = cut_top(&middle, opt->coach);
	}
	int strip = whole.rows - 1 < STRIP_ROWS ? whole.rows - 1 : STRIP_ROWS;
	out->strip = cut_low(&whole, strip > 0 ? strip : 1);
	if (middle.rows == 0) {
		return;
	}
	if (opt->zoom || out->tier <= TIER_SMALL) {
		out->panes[middle.rows >= 3 ? opt->focus : PANE_QUEUE] = middle;
	} else if (out->tier == TIER_NORMAL) {
		divide_normal(out, middle, opt);
	} else if (out->tier == TIER_LARGE) {
		divide_large(out, middle, opt);
	} else {
		divide_wall(out, middle);
	}
}

enum pane layout_find(const struct layout *layout, int col, int row) {
	for (size_t i = 0; i < PANE_COUNT; i++) {
		const struct rect *r = &layout->panes[i];
		if (col >= r->col && col < r->col + r->cols && row >= r->row &&
			row < r->row + r->rows) {
			return (enum pane)i;
		}
	}
	return PANE_COUNT;
}
