/* A grid of cells to draw on. Knows no terminal: the screen shows it, tests read it. */
#ifndef SIAGA_UI_SURFACE_H
#define SIAGA_UI_SURFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/mem.h>

/* What a cell means; themes say how it looks. */
enum ui_role {
	UI_TEXT,
	UI_MUTED,
	UI_TITLE,
	UI_BORDER,
	UI_BORDER_FOCUS,
	UI_SELECTION,
	UI_P1,
	UI_P2,
	UI_P3,
	UI_P4,
	UI_UNACK,
	UI_LINK_OK,
	UI_LINK_LOST,
	UI_CACHED,
	UI_KEY,
	UI_LABEL,
	UI_PROMPT,
	UI_STRIP, /* an armed dispatch */
	UI_WARN,
	UI_ERROR,
	UI_MAP_STREET,
	UI_MAP_WATER,
	UI_MAP_RAIL,
	UI_MAP_OUTLINE,
	UI_CAMERA_OK,
	UI_CAMERA_STALE,
	UI_CAMERA_DOWN,
	UI_MODE, /* exercise, test, training */
	UI_HELD, /* an incident that is put off until a time */
	UI_OVERDUE_WARN,
	UI_OVERDUE_ALERT,
	UI_CLAIM_STALE,
	UI_MARK, /* rows marked for a group action */
	UI_MAP_RING,
	UI_MAP_LABEL,
	UI_PICTURE_NOTE, /* age and source beside a picture */
	UI_DISABLED,     /* a hint that does not apply now */
	UI_COACH,        /* what a training says to the trainee */
	UI_ALERT,        /* the feed or this console cannot write */
	UI_ROLE_COUNT
};

const char *ui_role_name(enum ui_role role); /* "p1", "link.ok", "map.street" */
bool ui_role_find(const char *name, enum ui_role *out);

struct cell {
	uint32_t glyph[3]; /* base and up to two combining marks; 0 ends; glyph[0] 0: right half of
			      a wide one */
	uint8_t role;
	bool reverse;    /* selected: as the role `selection` looks */
	bool picture;    /* looks as fg and bg say, whatever the theme */
	uint32_t fg, bg; /* 0xrrggbb */
};

struct rect {
	int col, row, cols, rows;
};

struct surface {
	int cols, rows;
	struct cell *cells;
	bool ascii;                 /* draw frames and marks with ASCII only */
	int cursor_col, cursor_row; /* -1: hidden */
};

void surface_init(struct surface *s, int cols, int rows);
void surface_finish(struct surface *s);
void surface_resize(struct surface *s, int cols, int rows);
void surface_clear(struct surface *s);
struct cell *surface_cell(const struct surface *s, int col, int row); /* NULL outside */

/* Draws clean UTF-8 into at most `cols` columns from (col,row), clipped; returns columns used.
 * Where it does not fit, the last column shows an ellipsis. */
int surface_text(
	struct surface *s, int col, int row, int cols, enum ui_role role, const char *text);
/* The same, formatted; at most 511 bytes. */
int surface_printf(struct surface *s, int col, int row, int cols, enum ui_role role,
	const char *fmt, ...) ATTR_PRINTF(6, 7);
void surface_fill(struct surface *s, struct rect area, enum ui_role role, uint32_t glyph);
/* Gives a row's cells role and reverse video, keeping their text: the selection. */
void surface_mark(struct surface *s, struct rect area, enum ui_role role, bool reverse);
/* Gives those of the cells that have one role another. */
void surface_change(struct surface *s, struct rect area, enum ui_role from, enum ui_role to);
void surface_box(struct surface *s, struct rect area, enum ui_role role, const char *title,
	enum ui_role title_role);

/*
 * Draws a raster of cols x rows2 pixels, three bytes each, two above each other in every cell; on
 * an ASCII surface each cell is a character as bright as the two. What is outside the area is cut
 * off.
 */
void surface_picture(struct surface *s, struct rect area, const uint8_t *rgb, int cols, int rows2);

/* A character for the brightness of one or two colours: what a terminal without them shows. */
uint32_t surface_grey(uint32_t rgb, uint32_t other);

/* The text of the grid, one line per row, trailing blanks cut. `roles` adds a second block with a
 * letter per role; pictures are '%'. */
void surface_dump(const struct surface *s, struct buf *out, bool roles);

#endif
