/*
 * Lines on a part of the screen, finer than its cells where the terminal can: braille dots, half
 * blocks, or ASCII characters. Points are dots from the upper left corner of the area; whatever
 * lies outside is clipped.
 */
#ifndef SIAGA_UI_CANVAS_H
#define SIAGA_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/model/geo.h>
#include <siaga/ui/surface.h>

enum canvas_style {
	CANVAS_BRAILLE, /* 2x4 dots a cell */
	CANVAS_HALF,    /* 1x2 */
	CANVAS_ASCII,   /* 1x1; a character by the line's direction, + where lines cross */
	CANVAS_STYLE_COUNT
};

/* How a line is drawn. A cell has one role: that of the highest rank that touched it. */
struct pen {
	enum ui_role role;
	int rank;
	int on, off; /* dots drawn and left out in turn, ASCII draws all; off 0: solid */
	char plain;  /* its ASCII character; 0: by direction */
};

struct canvas {
	enum canvas_style style;
	struct rect area;
	int dot_cols, dot_rows; /* dots in a cell */
	int width, height;      /* in dots */
	struct canvas_cell *cells;
	unsigned stroke;    /* counts the lines, to know a bend from a crossing */
	int dash;           /* dots since the line began */
	int last_x, last_y; /* the line's last dot */
};

/* An area without cells is fine: nothing is drawn. */
void canvas_init(struct canvas *c, enum canvas_style style, struct rect area);
void canvas_finish(struct canvas *c); /* zero is fine */
void canvas_dot(struct canvas *c, int64_t x, int64_t y, const struct pen *pen);
void canvas_line(
	struct canvas *c, int64_t x0, int64_t y0, int64_t x1, int64_t y1, const struct pen *pen);
/* Puts the cells that were touched on the surface. */
void canvas_paint(const struct canvas *c, struct surface *s);

/* From positions to dots: equirectangular, as wide as high on a cell twice as high as wide. */
struct projection {
	struct position centre;
	double mid_x, mid_y; /* the dot where the centre is */
	double x_per_e7, y_per_e7;
	double metres_per_col; /* of a cell */
};

/* The whole box in the canvas at zoom 0, each step of zoom twice as close. A box of no size is
 * shown 200 m wide. */
struct projection projection_fit(
	const struct canvas *c, const struct geo_box *box, struct position centre, int zoom);
void projection_dot(const struct projection *p, struct position at, double *x, double *y);
/* The screen's cell of a place; false when it is outside. */
bool canvas_cell_at(
	const struct canvas *c, const struct projection *p, struct position at, int *col, int *row);
/* A line through positions; a single one is a dot. Points closer than a dot are passed over. */
void canvas_polyline(struct canvas *c, const struct projection *p, const struct position *points,
	size_t len, const struct pen *pen);
/* The part of the way between two places that is in sight: its length in dots and the cell of its
 * middle. False when nothing of it is. */
bool canvas_stretch(const struct canvas *c, const struct projection *p, struct position from,
	struct position to, double *dots, int *col, int *row);
void canvas_ring(struct canvas *c, const struct projection *p, struct position centre,
	double metres, const struct pen *pen);

#endif
