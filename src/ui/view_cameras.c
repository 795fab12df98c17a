#include <stdio.h>

#include "view.h"

static void draw_camera(
	struct surface *s, struct rect row, const struct camera_near *near, bool picked) {
	const struct camera *camera = near->camera;
	char distance[VIEW_TIME_SIZE], bearing[24];
	int right = row.col + row.cols, col = row.col;

	view_distance(distance, near->distance_m);
	(void)snprintf(bearing, sizeof(bearing), "%s %03d", _(geo_compass(near->bearing_deg)),
		near->bearing_deg);
	(void)surface_text(s, col, row.row, 1, UI_KEY, picked ? ">" : " ");
	col++;
	(void)surface_printf(s, col, row.row, 7, UI_TEXT, "%7s", distance);
	col += 8;
	(void)surface_text(s, col, row.row, right - col < 7 ? right - col : 7, UI_LABEL, bearing);
	col += 8;
	(void)surface_text(s, col, row.row, right - col < 5 ? right - col : 5,
		role_of_camera(camera->status), word_camera(camera->status));
	col += 6;
	col += surface_text(
		       s, col, row.row, right - col < 12 ? right - col : 12, UI_TITLE, camera->id) +
	       1;
	col += surface_text(s, col, row.row, right - col, UI_LABEL, word_owner(camera->owner)) + 1;
	col += surface_text(s, col, row.row, right - col, UI_TEXT, camera->name) + 1;
	if (camera->fictional) {
		(void)surface_text(s, col, row.row, right - col, UI_MUTED, _("(fictional)"));
	}
	if (picked) {
		view_reverse(s, row);
	}
}

void view_cameras(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect inner = view_frame(s, app, layout, PANE_CAMERAS, word_pane(PANE_CAMERAS));
	size_t first = 0;

	if (app->near_len == 0) {
		(void)surface_text(s, inner.col, inner.row, inner.cols, UI_MUTED,
			app_shown(app) == NULL ? _("No incident is selected")
					       : _("No camera is known nearby"));
		return;
	}
	if (inner.rows > 0 && app->near_pick >= (size_t)inner.rows) {
		first = app->near_pick - (size_t)inner.rows + 1;
	}
	for (int row = 0; row < inner.rows && first + (size_t)row < app->near_len; row++) {
		size_t i = first + (size_t)row;

		draw_camera(s, view_row(inner, row), &app->near[i], i == app->near_pick);
	}
}
