/* The cameras nearest to the incident, and what the picked one sees. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/ui/picture.h>

#include "flow.h"
#include "view.h"

#define HEADS_ROWS   8  /* a pane this high has a row of heads */
#define DEGREES_COLS 34 /* narrower, the point of the compass must do */
#define PICTURE_FROM 14 /* and one this high room for a picture */
#define PICTURE_COLS 20
#define LIST_ROWS    6 /* stay above it, and a third of the pane */

/* The parts of a row, from the left; a width of 0 leaves one out. */
enum part {
	PART_MARK,
	PART_DISTANCE,
	PART_BEARING,
	PART_STATUS,
	PART_AGE, /* of the status */
	PART_ID,
	PART_OWNER,
	PART_NAME,
	PART_COUNT
};

static bool knows_age(const struct app *app) {
	for (size_t i = 0; i < app->near_len; i++) {
		if (app->near[i].camera->status_at_ms != 0) {
			return true;
		}
	}
	return false;
}

static void divide(const struct app *app, int widths[PART_COUNT], int cols) {
	int rest = cols;
	memset(widths, 0, PART_COUNT * sizeof(*widths));
	widths[PART_MARK] = 1;
	widths[PART_DISTANCE] = 8;
	widths[PART_BEARING] = cols >= DEGREES_COLS ? 7 : 3;
	for (int status = 0; status < CAMERA_STATUS_COUNT; status++) {
		int width = text_width(word_camera((enum camera_status)status)) + 1;
		widths[PART_STATUS] = width > widths[PART_STATUS] ? width : widths[PART_STATUS];
	}
	widths[PART_AGE] = cols >= 30 && knows_age(app) ? 6 : 0;
	widths[PART_OWNER] = cols >= 40 ? 8 : 0;
	for (int i = 0; i < PART_COUNT; i++) {
		rest -= widths[i];
	}
	widths[PART_ID] = rest > 34 ? 16 : rest > 26 ? 13 : rest > 0 ? rest : 0;
	widths[PART_NAME] = rest > widths[PART_ID] ? rest - widths[PART_ID] : 0;
}

static void draw_parts(struct surface *s, struct rect row, const int widths[PART_COUNT],
	char text[PART_COUNT][128], const enum ui_role roles[PART_COUNT]) {
	int col = row.col;
	for (int i = 0; i < PART_COUNT; i++) {
		/* The last one needs no gap behind it. */
		bool last = col + widths[i] >= row.col + row.cols;
		int cols = last ? row.col + row.cols - col : widths[i] - (i == PART_MARK ? 0 : 1);
		if (widths[i] > 0) {
			surface_text(s, col, row.row, cols, roles[i], text[i]);
		}
		col += widths[i];
	}
}

/* What is not a real camera says so, where there is no room for a name behind the id. */
static void name_camera(
	const struct camera *camera, const int widths[PART_COUNT], char text[PART_COUNT][128]) {
	const char *mark = camera->fictional ? _("(fictional)") : "";
	text_copy(text[PART_ID], 128, camera->id);
	text_copy(text[PART_NAME], 128, strcmp(camera->name, camera->id) != 0 ? camera->name : "");
	if (mark[0] == '\0') {
		return;
	}
	if (widths[PART_NAME] > text_width(mark)) {
		int room = widths[PART_NAME] - text_width(mark) - 1;
		snprintf(text[PART_NAME], 128, "%.*s%s%s", (int)text_fit(camera->name, room, NULL),
			camera->name, room > 0 ? " " : "", mark);
	} else {
		/* TRANSLATORS: one letter in brackets, behind the name of a fictional camera. */
		const char *letter = _("(f)");
		bool fits = text_width(camera->id) + text_width(letter) < widths[PART_ID];
		snprintf(text[PART_ID], 128, "%s%s", camera->id, fits ? letter : "");
	}
}

static void draw_camera(
	const struct app *app, struct surface *s, struct rect row, size_t i, bool picked) {
	const struct camera_near *near = &app->near[i];
	const struct camera *camera = near->camera;
	int widths[PART_COUNT];
	char text[PART_COUNT][128] = {{0}}, distance[VIEW_TIME_SIZE], age[VIEW_TIME_SIZE] = "";
	enum ui_role status = role_of_camera(camera->status);
	const enum ui_role roles[PART_COUNT] = {
		[PART_MARK] = UI_KEY,
		[PART_DISTANCE] = UI_TEXT,
		[PART_BEARING] = UI_LABEL,
		[PART_STATUS] = status,
		[PART_AGE] = UI_LABEL,
		[PART_ID] = camera->fictional ? UI_MUTED : UI_TITLE,
		[PART_OWNER] = UI_LABEL,
		[PART_NAME] = camera->fictional ? UI_MUTED : UI_TEXT,
	};
	divide(app, widths, row.cols);
	view_distance(distance, near->distance_m);
	if (camera->status_at_ms != 0) {
		view_minutes(age, app_feed_now(app) - camera->status_at_ms);
	}
	text_copy(text[PART_MARK], 128, picked ? ">" : " ");
	snprintf(text[PART_DISTANCE], 128, "%7s", distance);
	snprintf(text[PART_BEARING], 128, widths[PART_BEARING] > 3 ? "%s %03d" : "%s",
		_(geo_compass(near->bearing_deg)), near->bearing_deg);
	text_copy(text[PART_STATUS], 128, word_camera(camera->status));
	text_copy(text[PART_AGE], 128, age);
	text_copy(text[PART_OWNER], 128, word_owner(camera->owner));
	name_camera(camera, widths, text);
	draw_parts(s, row, widths, text, roles);
	if (picked) {
		view_reverse(s, row);
	}
}

static void draw_heads(const struct app *app, struct surface *s, struct rect row) {
	static const char *const heads[PART_COUNT] = {
		[PART_MARK] = "",
		[PART_DISTANCE] = N_("AWAY"),
		[PART_BEARING] = N_("TO"),
		[PART_STATUS] = N_("IS"),
		[PART_AGE] = N_("SINCE"),
		[PART_ID] = N_("CAMERA"),
		[PART_OWNER] = N_("OWNER"),
		[PART_NAME] = N_("PLACE"),
	};
	int widths[PART_COUNT];
	char text[PART_COUNT][128];
	enum ui_role roles[PART_COUNT];
	divide(app, widths, row.cols);
	for (int i = 0; i < PART_COUNT; i++) {
		text_copy(text[i], 128, heads[i][0] != '\0' ? _(heads[i]) : "");
		roles[i] = UI_LABEL;
	}
	snprintf(text[PART_DISTANCE], 128, "%7s", _(heads[PART_DISTANCE]));
	draw_parts(s, row, widths, text, roles);
}

static struct rect cut_top(struct rect *area, int rows) {
	struct rect top = {area->col, area->row, area->cols, rows};
	area->row += rows;
	area->rows -= rows;
	return top;
}

/* Where things are inside the pane; a part without rows is left out. */
struct places {
	struct rect heads, warning, list, note, picture;
};

/* The picture is as wide as the pane, or as a camera's usual shape allows. */
static void cut_picture(struct rect *area, struct places *places) {
	int list = area->rows / 3 > LIST_ROWS ? area->rows / 3 : LIST_ROWS;
	int most = area->rows - list - 1;
	int rows = (area->cols * 9 + 16) / 32;
	rows = rows < most ? rows : most;
	int cols = rows * 32 / 9 < area->cols ? rows * 32 / 9 : area->cols;
	area->rows -= rows + 1;
	places->note = (struct rect){area->col, area->row + area->rows, area->cols, 1};
	places->picture = (struct rect){
		area->col + (area->cols - cols) / 2, places->note.row + 1, cols, rows};
}

static void divide_pane(const struct app *app, struct rect area, struct places *places) {
	memset(places, 0, sizeof(*places));
	int rows = area.rows;
	if (rows >= PICTURE_FROM && area.cols >= PICTURE_COLS && app->cfg.snapshot.len > 0 &&
		app->near_pick < app->near_len) {
		cut_picture(&area, places);
	}
	if (rows >= HEADS_ROWS) {
		places->heads = cut_top(&area, 1);
	}
	if (area.rows > 1 && registry_first_working(app->near, app->near_len) >= app->near_len) {
		places->warning = cut_top(&area, 1);
	}
	places->list = area;
}

static size_t first_of(const struct app *app, struct rect list) {
	size_t rows = list.rows > 0 ? (size_t)list.rows : 1;
	return app->near_pick >= rows && app->near_pick < app->near_len ? app->near_pick - rows + 1
									: 0;
}

size_t view_cameras_row(const struct app *app, struct rect inner, int row) {
	struct places places;
	divide_pane(app, inner, &places);
	int at = row - places.list.row;
	return at >= 0 && at < places.list.rows ? first_of(app, places.list) + (size_t)at
						: SIZE_MAX;
}

/* Whose picture it is, how old, and why there is no newer one. */
static void draw_note(const struct app *app, struct surface *s, struct rect row, bool ours) {
	const struct app_picture *picture = &app->picture;
	const char *id = app->near[app->near_pick].camera->id;
	char age[VIEW_TIME_SIZE];
	int col = row.col + surface_text(s, row.col, row.row, row.cols, UI_TITLE, id) + 1;
	int room = row.col + row.cols - col;
	if (ours && picture->rgb != NULL) {
		int64_t age_ms = app->now_ms - picture->taken_ms;
		int64_t left_ms = 2 * app->cfg.snapshot_every_ms + 1 - age_ms;
		bool old = left_ms <= 0;
		view_lasts(old ? INT64_MAX : left_ms);
		view_age(age, age_ms);
		col += surface_printf(s, col, row.row, room,
			old ? UI_CAMERA_STALE : UI_PICTURE_NOTE, _("%s old"), age);
		room = row.col + row.cols - col;
		if (picture->why[0] != '\0') {
			surface_printf(
				s, col, row.row, room, UI_CAMERA_STALE, ": %s", picture->why);
		}
	} else if (ours && picture->why[0] != '\0') {
		surface_text(s, col, row.row, room, UI_CAMERA_DOWN, _("no picture"));
	} else {
		surface_text(s, col, row.row, room, UI_MUTED, _("the picture is coming"));
	}
}

/* Why there is none, where it would be. */
static void draw_reason(struct surface *s, struct rect area, const char *why) {
	struct flow flow;
	flow_init(&flow, area.cols);
	flow_put(&flow, 0, UI_CAMERA_DOWN, why);
	flow_end(&flow);
	flow_draw(&flow, s, area, 0);
	flow_finish(&flow);
}

static void draw_picture(const struct app *app, struct surface *s, const struct places *places) {
	const struct app_picture *picture = &app->picture;
	bool ours = strcmp(picture->camera, app->near[app->near_pick].camera->id) == 0;
	draw_note(app, s, places->note, ours);
	if (ours && picture->rgb != NULL) {
		picture_draw(s, places->picture, picture->rgb, picture->cols, picture->rows);
	} else if (ours) {
		draw_reason(s, places->picture, picture->why);
	}
}

struct rect view_cameras(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect inner = view_frame(s, app, layout, PANE_CAMERAS, word_pane(PANE_CAMERAS));
	struct places places;
	if (app->near_len == 0) {
		surface_text(s, inner.col, inner.row, inner.cols, UI_MUTED,
			app_shown(app) == NULL ? _("No incident is selected")
					       : _("No camera is known nearby"));
		return (struct rect){0, 0, 0, 0};
	}
	divide_pane(app, inner, &places);
	if (places.heads.rows > 0) {
		draw_heads(app, s, places.heads);
	}
	if (places.warning.rows > 0) {
		surface_text(s, inner.col, places.warning.row, inner.cols, UI_CAMERA_DOWN,
			_("No camera nearby works"));
	}
	size_t first = first_of(app, places.list);
	for (int row = 0; row < places.list.rows && first + (size_t)row < app->near_len; row++) {
		size_t i = first + (size_t)row;
		draw_camera(app, s, view_row(places.list, row), i, i == app->near_pick);
	}
	if (places.picture.rows > 0) {
		draw_picture(app, s, &places);
	}
	return places.picture;
}
