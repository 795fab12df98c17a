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

static struct rect *rect_of(struct layout *out, enum pane pane) {
	switch (pane) {
	case PANE_MAP: return &out->map;
	case PANE_DETAIL: return &out->detail;
	case PANE_CAMERAS: return &out->cameras;
	case PANE_QUEUE:
	case PANE_COUNT: break;
	}
	return &out->queue;
}

/* Queue over map and one pane: detail, or cameras while they have the focus. */
static void divide_normal(struct layout *out, struct rect middle, enum pane focus) {
	out->queue = cut_top(&middle, middle.rows * 10 / 21);
	*rect_of(out, focus == PANE_CAMERAS ? PANE_CAMERAS : PANE_DETAIL) =
		cut_right(&middle, middle.cols * 5 / 8);
	out->map = middle;
}

/* Queue and map over detail and cameras. */
static void divide_large(struct layout *out, struct rect middle) {
	struct rect upper = cut_top(&middle, middle.rows * 11 / 21);
	int right = middle.cols * 3 / 8;
	out->map = cut_right(&upper, right);
	out->queue = upper;
	out->cameras = cut_right(&middle, right);
	out->detail = middle;
}

void layout_compute(struct layout *out, int cols, int rows, enum pane focus, bool zoom) {
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
		out->agencies = cut_low(&middle, 1);
	}
	int strip = whole.rows - 1 < STRIP_ROWS ? whole.rows - 1 : STRIP_ROWS;
	out->strip = cut_low(&whole, strip > 0 ? strip : 1);
	if (middle.rows == 0) {
		return;
	}
	if (zoom || out->tier <= TIER_SMALL) {
		*rect_of(out, middle.rows >= 3 ? focus : PANE_QUEUE) = middle;
	} else if (out->tier == TIER_NORMAL) {
		divide_normal(out, middle, focus);
	} else {
		divide_large(out, middle);
	}
}
