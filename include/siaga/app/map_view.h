/* What the map pane shows: how, how close, where. Pure state; drawing it is the business of ui/. */
#ifndef SIAGA_APP_MAP_VIEW_H
#define SIAGA_APP_MAP_VIEW_H

#include <stdbool.h>

#include <siaga/base/err.h>
#include <siaga/model/geo.h>

enum map_style {
	MAP_STYLE_GRID,    /* letters and digits: the worst priority of each cell */
	MAP_STYLE_BRAILLE, /* streets, 2x4 dots a cell */
	MAP_STYLE_HALF,    /* streets, 1x2 blocks a cell */
	MAP_STYLE_ASCII,   /* streets, one character a cell */
	MAP_STYLE_COUNT
};

const char *map_style_name(enum map_style style); /* "grid", "braille", "half", "ascii" */
bool map_style_find(const char *name, enum map_style *out);

struct map_view {
	enum map_style style;
	int zoom;               /* 0: the whole city; each step shows half as much across */
	struct position centre; /* where it looks at zoom > 0; off the map: at its middle */
	bool follow;            /* the selected incident stays in view */
	int ring_m;             /* range ring around the selected incident; 0: none */
	bool all_cameras;       /* every camera at every zoom, and their number in the grid */
	bool has_cell;          /* a cell was chosen; else the selected incident's is meant */
	int cell_col, cell_row;
};

/*
 * `grid` is the registry's; one without cells (no map yet) is fine everywhere. `selected` is where
 * the selected incident is; NULL: there is none.
 */
void map_view_init(struct map_view *view);
/* `by` steps closer, or back when negative. */
void map_view_zoom(struct map_view *view, int by, const struct geo_grid *grid,
	const struct position *selected);
/* The closest step: about 200 m across. */
int map_view_zoom_max(const struct geo_grid *grid);
/* Moves the chosen cell where the whole city or the grid is shown, else the view by quarters. Stops
 * following. */
void map_view_pan(struct map_view *view, int cols, int rows, const struct geo_grid *grid,
	const struct position *selected);
/* Looks at a place (NULL: the middle of the map) and follows the selected incident again. */
void map_view_centre(struct map_view *view, const struct position *at);
/* "C4" or "c4": chooses that cell and looks at it. Stops following. */
bool map_view_goto_cell(
	struct map_view *view, const struct geo_grid *grid, const char *name, struct err *err);
void map_view_next_style(struct map_view *view);
void map_view_next_ring(struct map_view *view); /* none, 250 m, 500 m, 1 km, 2 km, none ... */

/* Where the middle of the pane is. */
struct position map_view_at(
	const struct map_view *view, const struct geo_grid *grid, const struct position *selected);
/* The cell whose content is told in words; false when there is none. */
bool map_view_cell(const struct map_view *view, const struct geo_grid *grid,
	const struct position *selected, int *col, int *row);

/* Column and row, from 0, of "C4"; the error names what was asked for and what there is. */
bool map_cell_find(
	const struct geo_grid *grid, const char *name, int *col, int *row, struct err *err);
struct position map_cell_centre(const struct geo_grid *grid, int col, int row);

#endif
