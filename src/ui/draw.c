#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <siaga/base/text.h>
#include <siaga/ui/draw.h>

#include "view.h"

struct rect view_frame(struct surface *s, struct rect area, const char *title, bool focus) {
	surface_fill(s, area, UI_TEXT, ' ');
	if (area.rows < 3 || area.cols < 20) {
		return area;
	}
	surface_box(s, area, focus ? UI_BORDER_FOCUS : UI_BORDER, title, UI_TITLE);
	return (struct rect){area.col + 1, area.row + 1, area.cols - 2, area.rows - 2};
}

struct rect view_row(struct rect area, int row) {
	return (struct rect){area.col, area.row + row, area.cols, 1};
}

const char *view_at(const char *position) {
	return position[0] != '\0' ? "@" : "";
}

void view_age(char out[VIEW_TIME_SIZE], int64_t age_ms) {
	long long seconds = age_ms > 0 ? (long long)(age_ms / 1000) : 0;

	if (seconds < 3600) {
		(void)snprintf(out, VIEW_TIME_SIZE, "%lld:%02lld", seconds / 60, seconds % 60);
	} else if (seconds < 86400) {
		(void)snprintf(
			out, VIEW_TIME_SIZE, _("%lldh%02lld"), seconds / 3600, seconds / 60 % 60);
	} else {
		(void)snprintf(out, VIEW_TIME_SIZE, _("%lldd"), seconds / 86400);
	}
}

void view_time(char out[VIEW_TIME_SIZE], int64_t wall_ms, bool seconds) {
	time_t at = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (wall_ms <= 0 || localtime_r(&at, &tm) == NULL ||
		strftime(out, VIEW_TIME_SIZE, seconds ? "%H:%M:%S" : "%H:%M", &tm) == 0) {
		(void)text_copy(out, VIEW_TIME_SIZE, "-");
	}
}

void view_distance(char out[VIEW_TIME_SIZE], double metres) {
	if (metres < 995.0) {
		(void)snprintf(out, VIEW_TIME_SIZE, "%.0f m", round(metres / 10.0) * 10.0);
	} else {
		(void)snprintf(out, VIEW_TIME_SIZE, "%.1f km", metres / 1000.0);
	}
}

void view_cell(const struct app *app, struct position at, char out[GEO_CELL_SIZE]) {
	if (app->world.registry.grid.cols <= 0) {
		(void)text_copy(out, GEO_CELL_SIZE, "-");
		return;
	}
	geo_grid_name(&app->world.registry.grid, at, out);
}

const char *view_agency(const struct app *app, const char *id) {
	const struct agency *agency = registry_agency(&app->world.registry, id);

	return agency != NULL && agency->short_name[0] != '\0' ? agency->short_name : id;
}

enum ui_role role_of_priority(enum priority priority) {
	switch (priority) {
	case PRIORITY_P1: return UI_P1;
	case PRIORITY_P2: return UI_P2;
	case PRIORITY_P3: return UI_P3;
	case PRIORITY_P4:
	case PRIORITY_COUNT: break;
	}
	return UI_P4;
}

enum ui_role role_of_camera(enum camera_status status) {
	switch (status) {
	case CAMERA_OK: return UI_CAMERA_OK;
	case CAMERA_STALE: return UI_CAMERA_STALE;
	case CAMERA_DOWN:
	case CAMERA_STATUS_COUNT: break;
	}
	return UI_CAMERA_DOWN;
}

void ui_draw(const struct app *app, struct surface *s) {
	struct layout layout;
	bool tabbed;

	surface_clear(s);
	layout_compute(&layout, s->cols, s->rows, app->focus, app->zoom);
	tabbed = layout.detail.cols == 0 || layout.cameras.cols == 0;
	view_status(app, s, layout.status);
	if (layout.queue.cols > 0) {
		view_queue(app, s, layout.queue, layout.tier);
	}
	if (layout.map.cols > 0) {
		view_map(app, s, layout.map);
	}
	if (layout.detail.cols > 0) {
		view_detail(app, s, layout.detail, tabbed);
	}
	if (layout.cameras.cols > 0) {
		view_cameras(app, s, layout.cameras, tabbed);
	}
	view_agencies(app, s, layout.agencies);
	view_hints(app, s, layout.hints);
	view_modal(app, s, layout.strip);
}
