#include <math.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "map.h"

/* Metres a column of the screen may stand for, so that this is still worth drawing. */
#define STREETS_M      130.0 /* streets that are not arterial */
#define CAMERAS_M      60.0  /* cameras away from the selected incident */
#define PLACES_M       200.0
#define ROAD_NAMES_M   45.0
#define STREET_NAMES_M 20.0

#define NEAR_CAMERAS   5  /* of the selected incident: always drawn */
#define SCALE_COLS     10 /* of the bar, at most */
#define RING_DOTS      3  /* a smaller ring says nothing */

struct street {
	const struct app *app;
	struct surface *s;
	struct rect area;
	struct canvas canvas;
	struct projection p;
	struct map_marks marks;
	struct map_labels labels;
};

static enum canvas_style style_of(const struct app *app, const struct surface *s) {
	if (s->ascii || app->map.style == MAP_STYLE_ASCII) {
		return CANVAS_ASCII;
	}
	return app->map.style == MAP_STYLE_HALF ? CANVAS_HALF : CANVAS_BRAILLE;
}

enum rank { RANK_CELL, RANK_OUTLINE, RANK_RAIL, RANK_STREET, RANK_ARTERIAL, RANK_RIVER, RANK_RING };

/* NULL: not drawn at this scale, or it is a point. Kinds differ by their dashes too, not by colour
 * alone. */
static const struct pen *pen_of(const struct feature *feature, double metres_per_col) {
	static const struct pen outline = {UI_MAP_OUTLINE, RANK_OUTLINE, 2, 1, '.'};
	static const struct pen kecamatan = {UI_MAP_OUTLINE, RANK_OUTLINE, 1, 3, '.'};
	static const struct pen rail = {UI_MAP_RAIL, RANK_RAIL, 4, 2, '#'};
	static const struct pen street = {UI_MAP_STREET, RANK_STREET, 1, 1, 0};
	static const struct pen near_street = {UI_MAP_STREET, RANK_STREET, 1, 0, 0};
	static const struct pen arterial = {UI_MAP_STREET, RANK_ARTERIAL, 1, 0, 0};
	static const struct pen river = {UI_MAP_WATER, RANK_RIVER, 1, 0, 0};
	switch (feature->kind) {
	case FEATURE_OUTLINE: return &outline;
	case FEATURE_KECAMATAN: return &kecamatan;
	case FEATURE_RAIL: return &rail;
	case FEATURE_RIVER: return &river;
	case FEATURE_ROAD:
		if (feature->arterial) {
			return &arterial;
		}
		return metres_per_col > STREETS_M      ? NULL
		       : metres_per_col > ROAD_NAMES_M ? &street
						       : &near_street;
	case FEATURE_PLACE:
	case FEATURE_KIND_COUNT: break;
	}
	return NULL;
}

/* The chosen cell's border. */
static void draw_cell_border(struct street *t) {
	static const struct pen pen = {UI_MAP_RING, RANK_CELL, 1, 1, ':'};
	const struct geo_grid *grid = &t->app->world.registry.grid;
	int col, row;
	if (!t->app->map.has_cell || !map_view_cell(&t->app->map, grid, NULL, &col, &row)) {
		return;
	}
	struct position mid = map_cell_centre(grid, col, row);
	int64_t lat = ((int64_t)grid->box.max.lat_e7 - grid->box.min.lat_e7) / grid->rows / 2;
	int64_t lon = ((int64_t)grid->box.max.lon_e7 - grid->box.min.lon_e7) / grid->cols / 2;
	int32_t north = (int32_t)(mid.lat_e7 + lat), south = (int32_t)(mid.lat_e7 - lat);
	int32_t east = (int32_t)(mid.lon_e7 + lon), west = (int32_t)(mid.lon_e7 - lon);
	struct position border[] = {
		{north, west}, {north, east}, {south, east}, {south, west}, {north, west}};
	canvas_polyline(&t->canvas, &t->p, border, ARRAY_LEN(border), &pen);
}

static void draw_lines(struct street *t) {
	static const struct pen ring = {UI_MAP_RING, RANK_RING, 1, 1, ':'};
	const struct registry *reg = &t->app->world.registry;
	const struct position *selected = map_selected(t->app);
	draw_cell_border(t);
	for (size_t i = 0; i < reg->features_len; i++) {
		const struct feature *feature = &reg->features[i];
		const struct pen *pen = pen_of(feature, t->p.metres_per_col);
		if (pen != NULL) {
			canvas_polyline(
				&t->canvas, &t->p, feature->points, feature->points_len, pen);
		}
	}
	if (selected != NULL && t->app->map.ring_m > 0) {
		canvas_ring(&t->canvas, &t->p, *selected, t->app->map.ring_m, &ring);
	}
	canvas_paint(&t->canvas, t->s);
}

static const char *camera_glyph(const struct surface *s, enum camera_status status) {
	static const char *const plain[CAMERA_STATUS_COUNT] = {
		[CAMERA_OK] = "o", [CAMERA_STALE] = "~", [CAMERA_DOWN] = "x"};
	static const char *const fine[CAMERA_STATUS_COUNT] = {
		[CAMERA_OK] = "○", [CAMERA_STALE] = "◐", [CAMERA_DOWN] = "✕"};
	if ((unsigned)status >= CAMERA_STATUS_COUNT) {
		status = CAMERA_DOWN;
	}
	return !s->ascii && text_width(fine[status]) == 1 ? fine[status] : plain[status];
}

static bool is_near(const struct app *app, const struct camera *camera) {
	for (size_t i = 0; i < app->near_len && i < NEAR_CAMERAS; i++) {
		if (app->near[i].camera == camera) {
			return true;
		}
	}
	return app->near_pick < app->near_len && app->near[app->near_pick].camera == camera;
}

/* Working ones first: where two are in one cell, the operator sees that one can be looked through.
 */
static void draw_cameras(struct street *t) {
	const struct registry *reg = &t->app->world.registry;
	bool all = t->app->map.all_cameras || t->p.metres_per_col <= CAMERAS_M;
	int col, row;
	for (int status = 0; status < CAMERA_STATUS_COUNT; status++) {
		for (size_t i = 0; i < reg->cameras_len; i++) {
			const struct camera *camera = &reg->cameras[i];
			if ((int)camera->status != status || (!all && !is_near(t->app, camera)) ||
				!canvas_cell_at(&t->canvas, &t->p, camera->at, &col, &row) ||
				map_labels_has(&t->labels, col, row)) {
				continue;
			}
			(void)surface_text(t->s, col, row, 1, role_of_camera(camera->status),
				camera_glyph(t->s, camera->status));
			map_labels_take(&t->labels, (struct rect){col, row, 1, 1});
		}
	}
}

/* Beside its mark: what the selected incident is. */
static void label_selected(struct street *t) {
	const struct incident *inc = app_shown(t->app);
	char text[64];
	for (size_t i = 0; inc != NULL && i < t->marks.len; i++) {
		if (t->marks.items[i].selected) {
			struct rect at = map_marks_extent(&t->marks.items[i], t->area);
			(void)snprintf(text, sizeof(text), "#%lld %s", (long long)inc->number,
				word_kind(inc->kind));
			(void)map_labels_beside(
				&t->labels, at.col, at.row, at.cols, UI_TITLE, text);
		}
	}
}

/* Metres that are a round number: "500 m", "2 km". */
static void format_length(char out[VIEW_TIME_SIZE], double metres) {
	bool far = metres >= 1000.0 && fmod(metres, 1000.0) == 0.0;
	(void)snprintf(
		out, VIEW_TIME_SIZE, far ? "%.0f km" : "%.0f m", far ? metres / 1000.0 : metres);
}

/* On the ring where it crosses the north, east, south or west. */
static void label_ring(struct street *t) {
	const struct position *selected = map_selected(t->app);
	char text[VIEW_TIME_SIZE];
	double x, y, metres = t->app->map.ring_m;
	if (selected == NULL || metres <= 0) {
		return;
	}
	double wide = metres / t->p.metres_per_col, high = wide / 2;
	if (wide * t->canvas.dot_cols < RING_DOTS) {
		return;
	}
	format_length(text, metres);
	projection_dot(&t->p, *selected, &x, &y);
	x = t->area.col + x / t->canvas.dot_cols;
	y = t->area.row + y / t->canvas.dot_rows;
	const double places[4][2] = {{x, y - high}, {x + wide, y}, {x, y + high}, {x - wide, y}};
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		double col = floor(places[i][0]), row = floor(places[i][1]);
		if (col >= t->area.col && row >= t->area.row && col < t->area.col + t->area.cols &&
			row < t->area.row + t->area.rows &&
			map_labels_beside(&t->labels, (int)col, (int)row, 0, UI_MAP_RING, text)) {
			return;
		}
	}
}

static void label_picked_camera(struct street *t) {
	int col, row;
	if (t->app->near_pick < t->app->near_len) {
		const struct camera *camera = t->app->near[t->app->near_pick].camera;
		if (canvas_cell_at(&t->canvas, &t->p, camera->at, &col, &row)) {
			map_labels_know(&t->labels, camera->name);
			(void)map_labels_beside(&t->labels, col, row, 1,
				role_of_camera(camera->status), camera->name);
		}
	}
}

/* "|----| 500 m": the longest round length that the bar has room for. */
static void label_scale(struct street *t) {
	static const int steps[] = {1, 2, 5};
	const char *const *ends, *const plain[] = {"|", "-", "|"}, *const fine[] = {"├", "─", "┤"};
	char text[128] = "", length[VIEW_TIME_SIZE];
	double metres = 1.0;
	int power = 1;
	int most = t->area.cols / 4 < SCALE_COLS ? t->area.cols / 4 : SCALE_COLS;
	for (size_t i = 0; i < 3 * 8; i++, power *= i % 3 == 0 ? 10 : 1) {
		int length_m = steps[i % 3] * power;
		if (length_m <= most * t->p.metres_per_col) {
			metres = length_m;
		}
	}
	int cols = (int)lround(metres / t->p.metres_per_col);
	ends = t->s->ascii ? plain : fine;
	size_t len = text_copy(text, sizeof(text), ends[0]);
	for (int i = 2; i < cols; i++) {
		len += text_copy(text + len, sizeof(text) - len, ends[1]);
	}
	len += text_copy(text + len, sizeof(text) - len, ends[2]);
	format_length(length, metres);
	(void)snprintf(text + len, sizeof(text) - len, " %s", length);
	(void)map_labels_corner(&t->labels, UI_MAP_LABEL, text);
}

/* Nothing that needs somebody is silently out of view. */
static void label_hidden(struct street *t) {
	char text[96];
	if (t->marks.hidden_p1 > 0 || t->marks.hidden_new > 0) {
		(void)snprintf(text, sizeof(text), _("out of view: P1 %d, new %d"),
			t->marks.hidden_p1, t->marks.hidden_new);
		(void)map_labels_corner(&t->labels, UI_WARN, text);
	}
}

/* An area's name stands in its middle, a line's where most of it is in sight. */
static void label_area(struct street *t, const struct feature *feature) {
	struct geo_box box = geo_box_empty();
	int col, row;
	for (size_t i = 0; i < feature->points_len; i++) {
		geo_box_add(&box, feature->points[i]);
	}
	struct position middle = {
		.lat_e7 = (int32_t)(((int64_t)box.min.lat_e7 + box.max.lat_e7) / 2),
		.lon_e7 = (int32_t)(((int64_t)box.min.lon_e7 + box.max.lon_e7) / 2),
	};
	if (feature->points_len > 0 && canvas_cell_at(&t->canvas, &t->p, middle, &col, &row)) {
		(void)map_labels_name(&t->labels, col, row, feature->name);
	}
}

static void label_line(struct street *t, const struct feature *feature) {
	double longest = 0.0, dots;
	int col, row, best_col = 0, best_row = 0;
	for (size_t i = 1; i < feature->points_len; i++) {
		if (canvas_stretch(&t->canvas, &t->p, feature->points[i - 1], feature->points[i],
			    &dots, &col, &row) &&
			dots > longest) {
			longest = dots;
			best_col = col;
			best_row = row;
		}
	}
	if (longest > 0.0) {
		(void)map_labels_name(&t->labels, best_col, best_row, feature->name);
	}
}

static void label_kind(
	struct street *t, enum feature_kind kind, bool arterial_only, double most_m) {
	const struct registry *reg = &t->app->world.registry;
	for (size_t i = 0; i < reg->features_len && t->p.metres_per_col <= most_m; i++) {
		const struct feature *feature = &reg->features[i];
		if (feature->kind != kind || (arterial_only && !feature->arterial)) {
			continue;
		}
		if (kind == FEATURE_KECAMATAN || kind == FEATURE_PLACE) {
			label_area(t, feature);
		} else {
			label_line(t, feature);
		}
	}
}

static void draw_names(struct street *t) {
	label_kind(t, FEATURE_KECAMATAN, false, HUGE_VAL);
	label_kind(t, FEATURE_ROAD, true, ROAD_NAMES_M);
	label_kind(t, FEATURE_PLACE, false, PLACES_M);
	label_kind(t, FEATURE_RIVER, false, PLACES_M);
	label_kind(t, FEATURE_ROAD, false, STREET_NAMES_M);
	label_kind(t, FEATURE_RAIL, false, STREET_NAMES_M);
}

/* Where the border between two columns (or rows) of the grid is on the screen. */
static double border_at(const struct street *t, bool letter, int index) {
	const struct geo_grid *grid = &t->app->world.registry.grid;
	double lat = ((double)grid->box.max.lat_e7 - grid->box.min.lat_e7) / grid->rows;
	double lon = ((double)grid->box.max.lon_e7 - grid->box.min.lon_e7) / grid->cols;
	double x = t->p.mid_x +
		   (grid->box.min.lon_e7 + lon * index - t->p.centre.lon_e7) * t->p.x_per_e7;
	double y = t->p.mid_y -
		   (grid->box.max.lat_e7 - lat * index - t->p.centre.lat_e7) * t->p.y_per_e7;
	return letter ? (x + 0.5) / t->canvas.dot_cols : (y + 0.5) / t->canvas.dot_rows;
}

/* Letters over the columns and numbers beside the rows of the grid, each in the middle of what is
 * seen of it, with a tick where the next begins. */
static void draw_edges(struct street *t, bool letters) {
	const struct geo_grid *grid = &t->app->world.registry.grid;
	int told[2] = {-1, -1}, end = letters ? t->area.cols : t->area.rows;
	(void)map_view_cell(&t->app->map, grid, map_selected(t->app), &told[0], &told[1]);
	for (int i = 0; i < (letters ? grid->cols : grid->rows); i++) {
		double from = fmax(border_at(t, letters, i), 0.0);
		double to = fmin(border_at(t, letters, i + 1), end);
		if (to - from < 0.5) {
			continue;
		}
		int middle = (int)((from + to) / 2);
		if (letters && from > 0.0 && to - from >= 4.0) {
			(void)surface_text(t->s, t->area.col + (int)from, t->area.row - 1, 1,
				UI_BORDER, t->s->ascii ? "|" : "╷");
		}
		map_edge(t->s, letters ? t->area.col + middle : t->area.col - map_gutter(grid),
			letters ? t->area.row - 1 : t->area.row + middle, letters, i,
			told[letters ? 0 : 1] == i);
	}
}

void map_street(const struct app *app, struct surface *s, struct rect area) {
	const struct registry *reg = &app->world.registry;
	const struct position *selected = map_selected(app);
	int gutter = map_gutter(&reg->grid);
	struct street t = {.app = app, .s = s};
	t.area = (struct rect){area.col + gutter, area.row + 1, area.cols - gutter, area.rows - 1};
	canvas_init(&t.canvas, style_of(app, s), t.area);
	t.p = projection_fit(&t.canvas, &reg->grid.box,
		map_view_at(&app->map, &reg->grid, selected), app->map.zoom);
	map_marks_make(&t.marks, app, &t.canvas, &t.p);
	map_labels_init(&t.labels, s, t.area);
	for (size_t i = 0; i < t.marks.len; i++) {
		map_labels_take(&t.labels, map_marks_extent(&t.marks.items[i], t.area));
	}
	draw_lines(&t);
	draw_cameras(&t);
	draw_edges(&t, true);
	draw_edges(&t, false);
	label_hidden(&t);
	label_selected(&t);
	label_scale(&t);
	label_ring(&t);
	label_picked_camera(&t);
	if (reg->features_len == 0) {
		(void)map_labels_corner(&t.labels, UI_MUTED, _("no streets in the registry"));
	}
	draw_names(&t);
	for (size_t i = 0; i < t.marks.len; i++) {
		map_labels_clear(&t.labels, map_marks_extent(&t.marks.items[i], t.area));
	}
	map_marks_draw(&t.marks, s, t.area);
	map_labels_finish(&t.labels);
	map_marks_finish(&t.marks);
	canvas_finish(&t.canvas);
}
