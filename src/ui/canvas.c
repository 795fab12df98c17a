#include <siaga/ui/canvas.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>

#define BRAILLE      0x2800u
#define UPPER_HALF   0x2580u
#define LOWER_HALF   0x2584u
#define FULL_BLOCK   0x2588u
#define RING_PARTS   96
#define LEAST_M      200.0 /* what a map of a single point shows */
#define LEAST_COSINE 0.01  /* near the poles a degree of longitude has next to no length */
#define M_PER_E7     (6371000.0 * 3.14159265358979323846 / 180.0 / 1e7)

/* The character of an ASCII line. */
enum direction { ACROSS, DOWN, RISING, FALLING, CROSSING, DIRECTION_COUNT };
static const uint8_t direction_glyphs[DIRECTION_COUNT] = {'-', '|', '/', '\\', '+'};

struct canvas_cell {
	uint8_t dots; /* bits of U+2800, or 1 upper and 2 lower half */
	uint8_t role;
	uint8_t glyph; /* of ASCII */
	int rank;
	unsigned stroke;
};

void canvas_init(struct canvas *c, enum canvas_style style, struct rect area) {
	static const struct {
		int cols, rows;
	} dots[CANVAS_STYLE_COUNT] = {
		[CANVAS_BRAILLE] = {2, 4},
		[CANVAS_HALF] = {1, 2},
		[CANVAS_ASCII] = {1, 1},
	};
	memset(c, 0, sizeof(*c));
	c->style = style;
	c->area = area;
	c->dot_cols = dots[style].cols;
	c->dot_rows = dots[style].rows;
	if (area.cols > 0 && area.rows > 0) {
		c->width = area.cols * c->dot_cols;
		c->height = area.rows * c->dot_rows;
		c->cells = mem_alloc((size_t)area.cols * (size_t)area.rows, sizeof(*c->cells));
	}
}

void canvas_finish(struct canvas *c) {
	free(c->cells);
	memset(c, 0, sizeof(*c));
}

static uint8_t bit_of(const struct canvas *c, int x, int y) {
	static const uint8_t braille[4][2] = {
		{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	if (c->style == CANVAS_BRAILLE) {
		return braille[y % 4][x % 2];
	}
	return c->style == CANVAS_HALF && y % 2 == 1 ? 2 : 1;
}

/* One dot of the current stroke, inside. */
static void touch(struct canvas *c, int x, int y, uint8_t glyph, const struct pen *pen) {
	if (c->dash > 0 && x == c->last_x && y == c->last_y) {
		return; /* where a line bends, two parts of it meet in one dot */
	}
	c->last_x = x;
	c->last_y = y;
	int phase = c->dash++;
	/* A gap of a whole character would tear the line apart. */
	if (c->style != CANVAS_ASCII && pen->off > 0 && phase % (pen->on + pen->off) >= pen->on) {
		return;
	}
	int at = y / c->dot_rows * c->area.cols + x / c->dot_cols;
	struct canvas_cell *cell = &c->cells[at];
	bool above = cell->dots == 0 || pen->rank > cell->rank;
	cell->dots |= bit_of(c, x, y);
	if (above) {
		cell->rank = pen->rank;
		cell->role = (uint8_t)pen->role;
		cell->glyph = glyph;
	} else if (pen->rank == cell->rank && c->stroke != cell->stroke && glyph != cell->glyph) {
		cell->glyph = direction_glyphs[CROSSING];
	} else {
		return;
	}
	cell->stroke = c->stroke;
}

static void begin_stroke(struct canvas *c) {
	c->stroke++;
	c->dash = 0;
}

/* Narrows [*from, *to] to where start + way * t lies between min and max; false: nowhere. */
static bool clip(double start, double way, double min, double max, double *from, double *to) {
	if (way == 0.0) {
		return start >= min && start <= max;
	}
	double a = (min - start) / way, b = (max - start) / way;
	if (a > b) {
		double swap = a;
		a = b;
		b = swap;
	}
	*from = a > *from ? a : *from;
	*to = b < *to ? b : *to;
	return *from <= *to;
}

/* As it looks: a dot of a cell that is twice as high as wide. */
static enum direction direction_of(const struct canvas *c, double dx, double dy) {
	static const double flat = 0.41421356; /* the tangent of 22.5 degrees */
	double across = dx / c->dot_cols, down = 2 * dy / c->dot_rows;
	if (fabs(down) <= flat * fabs(across)) {
		return ACROSS;
	}
	if (fabs(across) <= flat * fabs(down)) {
		return DOWN;
	}
	return (across > 0) == (down > 0) ? FALLING : RISING;
}

/*
 * The dots between two points, both included: one for each step along the longer way. Each is
 * computed by itself from the ends, so the part in sight has the same dots whatever is clipped, and
 * nothing jumps when the view moves.
 */
static void trace(
	struct canvas *c, double x0, double y0, double x1, double y1, const struct pen *pen) {
	double dx = x1 - x0, dy = y1 - y0, from = 0.0, to = 1.0;
	if (!clip(x0, dx, -0.5, c->width - 0.5, &from, &to) ||
		!clip(y0, dy, -0.5, c->height - 0.5, &from, &to)) {
		return;
	}
	bool steep = fabs(dy) > fabs(dx);
	double start = steep ? y0 : x0, way = steep ? dy : dx;
	double last = steep ? c->height - 1 : c->width - 1;
	int a = (int)fmax(0.0, fmin(last, round(start)));
	int b = (int)fmax(0.0, fmin(last, round(start + way)));
	uint8_t glyph = pen->plain != '\0' ? (uint8_t)pen->plain
					   : direction_glyphs[direction_of(c, dx, dy)];
	for (int i = 0; i <= abs(b - a); i++) {
		int along = a < b ? a + i : a - i;
		double t = way != 0.0 ? fmax(0.0, fmin(1.0, (along - start) / way)) : 0.0;
		double across = floor((steep ? x0 + dx * t : y0 + dy * t) + 0.5);
		if (across >= 0.0 && across < (steep ? c->width : c->height)) {
			touch(c, steep ? (int)across : along, steep ? along : (int)across, glyph,
				pen);
		}
	}
}

void canvas_line(
	struct canvas *c, int64_t x0, int64_t y0, int64_t x1, int64_t y1, const struct pen *pen) {
	begin_stroke(c);
	trace(c, (double)x0, (double)y0, (double)x1, (double)y1, pen);
}

void canvas_dot(struct canvas *c, int64_t x, int64_t y, const struct pen *pen) {
	canvas_line(c, x, y, x, y, pen);
}

static uint32_t glyph_of(const struct canvas *c, const struct canvas_cell *cell) {
	static const uint32_t halves[4] = {' ', UPPER_HALF, LOWER_HALF, FULL_BLOCK};
	switch (c->style) {
	case CANVAS_BRAILLE: return BRAILLE | cell->dots;
	case CANVAS_HALF: return halves[cell->dots & 3];
	case CANVAS_ASCII:
	case CANVAS_STYLE_COUNT: break;
	}
	return cell->glyph;
}

void canvas_paint(const struct canvas *c, struct surface *s) {
	for (int i = 0; c->cells != NULL && i < c->area.cols * c->area.rows; i++) {
		const struct canvas_cell *from = &c->cells[i];
		struct cell *to = surface_cell(
			s, c->area.col + i % c->area.cols, c->area.row + i / c->area.cols);
		if (from->dots == 0 || to == NULL) {
			continue;
		}
		memset(to, 0, sizeof(*to));
		to->glyph[0] = glyph_of(c, from);
		to->role = from->role;
	}
}

static double cosine(int32_t lat_e7) {
	double value = cos(lat_e7 / 1e7 * (3.14159265358979323846 / 180.0));
	return value > LEAST_COSINE ? value : LEAST_COSINE;
}

struct projection projection_fit(
	const struct canvas *c, const struct geo_box *box, struct position centre, int zoom) {
	struct projection p = {
		.centre = centre, .mid_x = (c->width - 1) / 2.0, .mid_y = (c->height - 1) / 2.0};
	/* One scale for the whole map: a view that moves north does not stretch. */
	double middle = ((double)box->min.lat_e7 + box->max.lat_e7) / 2;
	double m_per_e7 = M_PER_E7 * cosine((int32_t)middle);
	double wide = ((double)box->max.lon_e7 - box->min.lon_e7) * m_per_e7;
	double high = ((double)box->max.lat_e7 - box->min.lat_e7) * M_PER_E7;
	/* The outermost dots stand for the border itself: what lies on it is still inside. */
	double cols = fmax(c->width - 1, 0.5) / c->dot_cols;
	double rows = fmax(c->height - 1, 0.5) / c->dot_rows;
	if (!(wide > LEAST_M) && !(high > LEAST_M)) {
		wide = LEAST_M;
	}
	p.metres_per_col = ldexp(fmax(wide / cols, high / (2 * rows)), -zoom);
	p.x_per_e7 = m_per_e7 / p.metres_per_col * c->dot_cols;
	p.y_per_e7 = M_PER_E7 / p.metres_per_col / 2 * c->dot_rows;
	return p;
}

void projection_dot(const struct projection *p, struct position at, double *x, double *y) {
	*x = p->mid_x + ((double)at.lon_e7 - p->centre.lon_e7) * p->x_per_e7;
	*y = p->mid_y - ((double)at.lat_e7 - p->centre.lat_e7) * p->y_per_e7;
}

bool canvas_cell_at(const struct canvas *c, const struct projection *p, struct position at,
	int *col, int *row) {
	double x, y;
	projection_dot(p, at, &x, &y);
	x = floor(x + 0.5);
	y = floor(y + 0.5);
	if (!(x >= 0.0 && y >= 0.0 && x < c->width && y < c->height)) {
		return false;
	}
	*col = c->area.col + (int)x / c->dot_cols;
	*row = c->area.row + (int)y / c->dot_rows;
	return true;
}

bool canvas_stretch(const struct canvas *c, const struct projection *p, struct position from,
	struct position to, double *dots, int *col, int *row) {
	double x0, y0, x1, y1, first = 0.0, last = 1.0;
	if (c->cells == NULL) {
		return false;
	}
	projection_dot(p, from, &x0, &y0);
	projection_dot(p, to, &x1, &y1);
	if (!clip(x0, x1 - x0, 0.0, c->width - 1.0, &first, &last) ||
		!clip(y0, y1 - y0, 0.0, c->height - 1.0, &first, &last)) {
		return false;
	}
	double t = (first + last) / 2;
	*dots = hypot(x1 - x0, y1 - y0) * (last - first);
	*col = c->area.col + (int)(x0 + (x1 - x0) * t) / c->dot_cols;
	*row = c->area.row + (int)(y0 + (y1 - y0) * t) / c->dot_rows;
	return true;
}

void canvas_polyline(struct canvas *c, const struct projection *p, const struct position *points,
	size_t len, const struct pen *pen) {
	double x0 = 0.0, y0 = 0.0, x, y;
	begin_stroke(c);
	for (size_t i = 0; i < len; i++) {
		projection_dot(p, points[i], &x, &y);
		if (i == 0) {
			x0 = x;
			y0 = y;
		}
		bool close = fabs(x - x0) < 1.0 && fabs(y - y0) < 1.0;
		if (close && i + 1 < len) {
			continue;
		}
		trace(c, x0, y0, x, y, pen);
		x0 = x;
		y0 = y;
	}
}

void canvas_ring(struct canvas *c, const struct projection *p, struct position centre,
	double metres, const struct pen *pen) {
	double x0, y0, x, y;
	double wide = metres / p->metres_per_col * c->dot_cols;
	double high = metres / p->metres_per_col / 2 * c->dot_rows;
	projection_dot(p, centre, &x, &y);
	begin_stroke(c);
	x0 = x + wide;
	y0 = y;
	for (int i = 1; i <= RING_PARTS; i++) {
		double angle = i * (2 * 3.14159265358979323846 / RING_PARTS);
		double x1 = x + wide * cos(angle), y1 = y + high * sin(angle);
		trace(c, x0, y0, x1, y1, pen);
		x0 = x1;
		y0 = y1;
	}
}
