#include <siaga/app/map_view.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#define CLOSEST_M   150.0 /* a step that would show less than this is not made */
#define ZOOM_MAX    16    /* for a map of the whole earth */
#define RING_M      500
#define INNER_PARTS 10 /* what is nearer to the border than one part counts as out of view */

static const char *const style_names[] = {
	[MAP_STYLE_GRID] = "grid",
	[MAP_STYLE_BRAILLE] = "braille",
	[MAP_STYLE_HALF] = "half",
	[MAP_STYLE_ASCII] = "ascii",
};
static_assert(ARRAY_LEN(style_names) == MAP_STYLE_COUNT, "name every style");

const char *map_style_name(enum map_style style) {
	return (unsigned)style < MAP_STYLE_COUNT ? style_names[style] : "?";
}

bool map_style_find(const char *name, enum map_style *out) {
	for (size_t i = 0; i < MAP_STYLE_COUNT; i++) {
		if (strcmp(style_names[i], name) == 0) {
			*out = (enum map_style)i;
			return true;
		}
	}
	return false;
}

void map_view_init(struct map_view *view) {
	memset(view, 0, sizeof(*view));
	view->follow = true;
	view->ring_m = RING_M;
}

static int clamp(int value, int min, int max) {
	return value < min ? min : value > max ? max : value;
}

static int32_t clamp_e7(int64_t value, int32_t min, int32_t max) {
	return value < min ? min : value > max ? max : (int32_t)value;
}

static bool box_has(const struct geo_box *box, struct position at) {
	return at.lat_e7 >= box->min.lat_e7 && at.lat_e7 <= box->max.lat_e7 &&
	       at.lon_e7 >= box->min.lon_e7 && at.lon_e7 <= box->max.lon_e7;
}

static int64_t lat_span(const struct geo_grid *grid) {
	return (int64_t)grid->box.max.lat_e7 - grid->box.min.lat_e7;
}

static int64_t lon_span(const struct geo_grid *grid) {
	return (int64_t)grid->box.max.lon_e7 - grid->box.min.lon_e7;
}

static struct position middle(const struct geo_grid *grid) {
	const struct geo_box *box = &grid->box;
	return (struct position){
		.lat_e7 = (int32_t)(((int64_t)box->min.lat_e7 + box->max.lat_e7) / 2),
		.lon_e7 = (int32_t)(((int64_t)box->min.lon_e7 + box->max.lon_e7) / 2),
	};
}

int map_view_zoom_max(const struct geo_grid *grid) {
	if (grid->cols <= 0) {
		return 0;
	}
	struct position corner = {grid->box.min.lat_e7, grid->box.max.lon_e7};
	double across = geo_distance_m(grid->box.min, corner);
	double down = geo_distance_m(corner, grid->box.max);
	double metres = across > down ? across : down;
	int zoom = 0;
	while (zoom < ZOOM_MAX && metres / 2 >= CLOSEST_M) {
		metres /= 2;
		zoom++;
	}
	return zoom;
}

/* A part of the box's size around the centre is in the pane whatever the pane's shape is. */
static bool is_in_view(const struct map_view *view, const struct geo_grid *grid,
	struct position centre, struct position at) {
	int64_t lat = llabs((int64_t)at.lat_e7 - centre.lat_e7);
	int64_t lon = llabs((int64_t)at.lon_e7 - centre.lon_e7);
	int64_t half_lat = (lat_span(grid) >> view->zoom) / 2;
	int64_t half_lon = (lon_span(grid) >> view->zoom) / 2;
	return lat <= half_lat - half_lat / INNER_PARTS && lon <= half_lon - half_lon / INNER_PARTS;
}

struct position map_view_at(
	const struct map_view *view, const struct geo_grid *grid, const struct position *selected) {
	struct position centre = middle(grid);
	if (view->zoom == 0) {
		return centre;
	}
	if (box_has(&grid->box, view->centre)) {
		centre = view->centre;
	}
	bool lost = view->follow && selected != NULL && !is_in_view(view, grid, centre, *selected);
	return lost ? *selected : centre;
}

bool map_view_cell(const struct map_view *view, const struct geo_grid *grid,
	const struct position *selected, int *col, int *row) {
	if (grid->cols <= 0) {
		return false;
	}
	if (view->has_cell) {
		/* The map may be another one since the cell was chosen. */
		*col = clamp(view->cell_col, 0, grid->cols - 1);
		*row = clamp(view->cell_row, 0, grid->rows - 1);
		return true;
	}
	return selected != NULL && geo_grid_find(grid, *selected, col, row);
}

void map_view_zoom(struct map_view *view, int by, const struct geo_grid *grid,
	const struct position *selected) {
	struct position at = map_view_at(view, grid, selected);
	/* From the whole city it goes to what is meant, not to the middle of it. */
	if (view->zoom == 0 && view->has_cell) {
		at = map_cell_centre(grid, view->cell_col, view->cell_row);
	}
	view->centre = view->follow && selected != NULL ? *selected : at;
	view->zoom = clamp(view->zoom + clamp(by, -ZOOM_MAX, ZOOM_MAX), 0, map_view_zoom_max(grid));
}

static void choose_cell(struct map_view *view, const struct geo_grid *grid, int col, int row) {
	view->has_cell = true;
	view->cell_col = clamp(col, 0, grid->cols - 1);
	view->cell_row = clamp(row, 0, grid->rows - 1);
}

void map_view_pan(struct map_view *view, int cols, int rows, const struct geo_grid *grid,
	const struct position *selected) {
	int col, row;
	if (grid->cols <= 0) {
		return;
	}
	struct position at = map_view_at(view, grid, selected);
	if (view->style == MAP_STYLE_GRID || view->zoom == 0) {
		if (!map_view_cell(view, grid, selected, &col, &row)) {
			(void)geo_grid_find(grid, middle(grid), &col, &row);
			cols = rows = 0;
		}
		choose_cell(view, grid, col + clamp(cols, -grid->cols, grid->cols),
			row + clamp(rows, -grid->rows, grid->rows));
		view->centre = map_cell_centre(grid, view->cell_col, view->cell_row);
	} else {
		int64_t lat = (lat_span(grid) >> view->zoom) / 4,
			lon = lon_span(grid) >> view->zoom;
		view->centre.lat_e7 = clamp_e7(
			at.lat_e7 - lat * rows, grid->box.min.lat_e7, grid->box.max.lat_e7);
		view->centre.lon_e7 = clamp_e7(
			at.lon_e7 + lon / 4 * cols, grid->box.min.lon_e7, grid->box.max.lon_e7);
		(void)geo_grid_find(grid, view->centre, &col, &row);
		choose_cell(view, grid, col, row);
	}
	view->follow = false;
}

void map_view_centre(struct map_view *view, const struct position *at) {
	view->follow = true;
	view->has_cell = false;
	if (at != NULL) {
		view->centre = *at;
	} else {
		/* Off every map, so it means the middle of this one. */
		view->centre = (struct position){INT32_MIN, INT32_MIN};
	}
}

bool map_view_goto_cell(
	struct map_view *view, const struct geo_grid *grid, const char *name, struct err *err) {
	int col = 0, row = 0;
	if (!map_cell_find(grid, name, &col, &row, err)) {
		return false;
	}
	choose_cell(view, grid, col, row);
	view->centre = map_cell_centre(grid, col, row);
	view->follow = false;
	return true;
}

void map_view_next_style(struct map_view *view) {
	view->style = (enum map_style)((view->style + 1) % MAP_STYLE_COUNT);
}

void map_view_next_ring(struct map_view *view) {
	static const int rings_m[] = {0, 250, 500, 1000, 2000};
	for (size_t i = 0; i < ARRAY_LEN(rings_m); i++) {
		if (rings_m[i] > view->ring_m) {
			view->ring_m = rings_m[i];
			return;
		}
	}
	view->ring_m = 0;
}

bool map_cell_find(
	const struct geo_grid *grid, const char *name, int *col, int *row, struct err *err) {
	char shown[12];
	int letter = name[0] >= 'a' && name[0] <= 'z' ? name[0] - 'a' : name[0] - 'A';
	int number = 0;
	const char *p = name[0] != '\0' ? name + 1 : name;
	while (*p >= '0' && *p <= '9' && number < 1000) {
		number = number * 10 + (*p++ - '0');
	}
	if (grid->cols <= 0) {
		return err_set(err, "%s", _("there is no map yet"));
	}
	if (*p != '\0' || letter < 0 || letter >= grid->cols || number < 1 || number > grid->rows) {
		(void)text_copy(shown, sizeof(shown), name);
		return err_set(err, _("no cell \"%s\"; the map goes from A1 to %c%d"), shown,
			'A' + grid->cols - 1, grid->rows);
	}
	*col = letter;
	*row = number - 1;
	return true;
}

struct position map_cell_centre(const struct geo_grid *grid, int col, int row) {
	if (grid->cols <= 0) {
		return grid->box.min;
	}
	int64_t lat = lat_span(grid) * (2 * (int64_t)row + 1) / (2 * (int64_t)grid->rows);
	int64_t lon = lon_span(grid) * (2 * (int64_t)col + 1) / (2 * (int64_t)grid->cols);
	return (struct position){
		.lat_e7 = clamp_e7(
			grid->box.max.lat_e7 - lat, grid->box.min.lat_e7, grid->box.max.lat_e7),
		.lon_e7 = clamp_e7(
			grid->box.min.lon_e7 + lon, grid->box.min.lon_e7, grid->box.max.lon_e7),
	};
}
