#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <siaga/base/text.h>
#include <siaga/ui/draw.h>

#include "view.h"

#define LASTS_MOST_MS 10000 /* what was overlooked is not wrong for longer */

/* For so long what is being drawn is right. */
static int64_t lasts_ms;

struct rect view_box(struct surface *s, struct rect area, const char *title, bool focus) {
	surface_fill(s, area, UI_TEXT, ' ');
	if (area.rows < 3 || area.cols < 20) {
		return area;
	}
	surface_box(s, area, UI_BORDER, title, focus ? UI_TITLE : UI_LABEL);
	if (focus) {
		/* The line on top is enough to be seen: a whole frame is hundreds of bytes on the
		 * line to the terminal, each time that another pane gets the keys. */
		surface_change(s, view_row(area, 0), UI_BORDER, UI_BORDER_FOCUS);
	}
	return (struct rect){area.col + 1, area.row + 1, area.cols - 2, area.rows - 2};
}

struct rect view_frame(struct surface *s, const struct app *app, const struct layout *layout,
	enum pane pane, const char *title) {
	bool focus = app->focus == pane;
	char text[512];

	/* Brackets say where the focus is where colours cannot. */
	(void)snprintf(text, sizeof(text), focus ? "[%d %s]" : "%d %s", (int)pane + 1, title);
	return view_box(s, layout->panes[pane], text, focus);
}

void view_foot(struct surface *s, struct rect area, const char *fmt, ...) {
	char text[96];
	va_list args;
	int width;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	width = text_width(text);
	if (area.rows >= 3 && area.cols >= 20 && width + 4 <= area.cols) {
		(void)surface_text(s, area.col + area.cols - 2 - width, area.row + area.rows - 1,
			width, UI_KEY, text);
	}
}

struct rect view_row(struct rect area, int row) {
	return (struct rect){area.col, area.row + row, area.cols, 1};
}

void view_reverse(struct surface *s, struct rect area) {
	for (int col = area.col; col < area.col + area.cols; col++) {
		struct cell *cell = surface_cell(s, col, area.row);

		if (cell != NULL) {
			cell->reverse = true;
		}
	}
}

void view_alarm(
	const struct app *app, struct surface *s, struct rect row, const struct incident *inc) {
	char age[VIEW_TIME_SIZE];
	int col = row.col, right = row.col + row.cols;

	view_age(age, app_feed_now(app) - incident_received_ms(inc));
	col += surface_printf(s, col, row.row, right - col, UI_UNACK, "#%lld P%d %s %s ",
		(long long)inc->number, (int)inc->priority + 1, word_kind(inc->kind), age);
	if (col < right) {
		(void)surface_text(s, col, row.row, right - col, UI_UNACK, inc->place);
	}
}

void view_new(
	const struct app *app, struct surface *s, struct rect row, const struct incident *inc) {
	surface_fill(s, row, UI_UNACK, ' ');
	int used = surface_text(s, row.col, row.row, row.cols, UI_UNACK, _("* NEW")) + 1;

	view_alarm(app, s, (struct rect){row.col + used, row.row, row.cols - used, 1}, inc);
}

const char *view_at(const char *position) {
	return position[0] != '\0' ? "@" : "";
}

void view_lasts(int64_t left_ms) {
	lasts_ms = left_ms < lasts_ms ? left_ms : lasts_ms;
}

/* A step that the age has not reached, or the rest of the one that it is in. */
static void ages(int64_t age_ms, int64_t step_ms) {
	view_lasts(age_ms > 0 ? step_ms - age_ms % step_ms : step_ms - age_ms);
}

static void runs_until(const struct app *app, int64_t until_ms) {
	view_lasts(until_ms != INT64_MAX ? until_ms - app_feed_now(app) : INT64_MAX);
}

struct timer_verdict view_timer(const struct app *app, const struct incident *inc) {
	struct timer_verdict verdict = app_timer(app, inc);

	runs_until(app, verdict.until_ms);
	return verdict;
}

bool view_claim_is_stale(const struct app *app, const struct incident *inc) {
	struct timer_verdict verdict = app_claim_timer(app, inc);

	runs_until(app, verdict.until_ms);
	return verdict.level >= TIMER_LEVEL_WARN;
}

void view_age(char out[VIEW_TIME_SIZE], int64_t age_ms) {
	ages(age_ms, age_ms < 3600000 ? 1000 : 60000);
	view_length(out, age_ms);
}

void view_length(char out[VIEW_TIME_SIZE], int64_t length_ms) {
	long long seconds = length_ms > 0 ? (long long)(length_ms / 1000) : 0;

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

void view_minutes(char out[VIEW_TIME_SIZE], int64_t age_ms) {
	long long minutes = age_ms > 0 ? (long long)(age_ms / 60000) : 0;

	ages(age_ms, 60000);
	if (minutes == 0) {
		(void)text_copy(out, VIEW_TIME_SIZE, _("<1m"));
	} else if (minutes < 60) {
		(void)snprintf(out, VIEW_TIME_SIZE, _("%lldm"), minutes);
	} else {
		view_length(out, age_ms);
	}
}

void view_span(char out[VIEW_TIME_SIZE], int64_t span_ms) {
	long long seconds = (long long)(span_ms / 1000);

	if (seconds < 120) {
		(void)snprintf(out, VIEW_TIME_SIZE, _("%llds"), seconds);
	} else if (seconds < 7200) {
		(void)snprintf(out, VIEW_TIME_SIZE, _("%lldm"), seconds / 60);
	} else {
		(void)snprintf(out, VIEW_TIME_SIZE, _("%lldh"), seconds / 3600);
	}
}

void view_since(char out[VIEW_TIME_SIZE], int64_t age_ms) {
	ages(age_ms, age_ms < 120000 ? 1000 : age_ms < 7200000 ? 60000 : 3600000);
	view_span(out, age_ms);
}

void view_day(char out[VIEW_TIME_SIZE], int64_t wall_ms) {
	time_t at = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (wall_ms <= 0 || localtime_r(&at, &tm) == NULL ||
		strftime(out, VIEW_TIME_SIZE, "%d-%m %H:%M", &tm) == 0) {
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

/* One operation per pane: draws it into its place. The two that have something to say about what
 * they drew are called by name. */
static void (*const views[PANE_COUNT])(
	const struct app *app, struct surface *s, const struct layout *layout) = {
	[PANE_QUEUE] = view_queue,
	[PANE_MAP] = view_map,
	[PANE_LOG] = view_log,
	[PANE_AGENCIES] = view_agencies,
};

void ui_layout(const struct app *app, const struct surface *s, struct layout *out) {
	/* The board has the whole middle, which a zoomed queue would have. */
	const struct layout_options options = {.focus = app->board.on ? PANE_QUEUE : app->focus,
		.tab = app->tab,
		.alerts = view_alerts(app),
		.coach = view_coach_rows(app, s->cols, s->rows),
		.zoom = app->zoom || app->board.on};

	layout_compute(out, s->cols, s->rows, &options);
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

/* On a single row it lies over the status line; not over that this is a training. */
static bool draw_modal(const struct app *app, struct surface *s, struct rect strip) {
	const char *training = _("TRAINING");
	int cols = text_width(training) + 1;

	if (s->rows > 1 || !view_is_training(app) || app->modal.type == MODAL_NONE) {
		return view_modal(app, s, strip);
	}
	strip.col += cols;
	strip.cols = strip.cols > cols ? strip.cols - cols : 1;
	bool whole = view_modal(app, s, strip);
	(void)surface_text(s, 0, 0, cols, UI_MODE, training);
	return whole;
}

/* Does something more go on than what says for how long it is right? */
static bool goes_on(const struct app *app, const struct surface *s) {
	return s->rows <= 1 || app->modal.type != MODAL_NONE || app->board.on || app->history.on ||
	       app->training.on;
}

static struct ui_until lasts(const struct app *app, int64_t left_ms) {
	return (struct ui_until){app->now_ms + left_ms, app_feed_now(app) + left_ms};
}

static bool is_over(const struct app *app, struct ui_until until) {
	return app->now_ms >= until.mono_ms || app_feed_now(app) >= until.feed_ms;
}

static void draw_pane(const struct app *app, struct surface *s, const struct layout *layout,
	enum pane pane, struct ui_drawn *drawn) {
	lasts_ms = LASTS_MOST_MS;
	if (pane == PANE_DETAIL) {
		drawn->detail_most = view_detail(app, s, layout);
	} else if (pane == PANE_CAMERAS) {
		drawn->picture = view_cameras(app, s, layout);
	} else {
		views[pane](app, s, layout);
	}
	drawn->until[pane] = lasts(app, lasts_ms);
}

static bool has_place(const struct layout *layout, int pane) {
	return layout->panes[pane].cols > 0;
}

int ui_draw_again(const struct app *app, struct surface *s, struct ui_drawn *drawn) {
	struct layout layout;
	int rows;

	if (app_feed_now(app) < drawn->at_ms || is_over(app, drawn->until[PANE_COUNT])) {
		*drawn = ui_draw(app, s);
		return s->rows;
	}
	drawn->at_ms = app_feed_now(app);
	ui_layout(app, s, &layout);
	surface_fill(s, layout.status, UI_TEXT, ' ');
	view_status(app, s, layout.status);
	rows = layout.status.rows;
	for (int i = 0; i < PANE_COUNT; i++) {
		const struct rect *place = &layout.panes[i];

		if (has_place(&layout, i) && is_over(app, drawn->until[i])) {
			surface_fill(s, *place, UI_TEXT, ' ');
			draw_pane(app, s, &layout, (enum pane)i, drawn);
			rows = place->row + place->rows > rows ? place->row + place->rows : rows;
		}
	}
	return rows;
}

struct ui_drawn ui_draw(const struct app *app, struct surface *s) {
	struct ui_drawn drawn = {.at_ms = app_feed_now(app)};
	struct layout layout;

	surface_clear(s);
	ui_layout(app, s, &layout);
	view_status(app, s, layout.status); /* The clock has its own way. */
	for (int i = 0; i < PANE_COUNT && !app->board.on; i++) {
		if (has_place(&layout, i)) {
			draw_pane(app, s, &layout, (enum pane)i, &drawn);
		}
	}
	lasts_ms = LASTS_MOST_MS;
	view_alert(app, s, layout.alert);
	view_coach(app, s, layout.coach);
	if (app->board.on) {
		drawn.board_most = view_board(app, s, &layout);
		drawn.detail_most = app->detail_most; /* It stays where it was. */
	}
	view_bar(app, s, layout.bar,
		has_place(&layout, PANE_QUEUE) && !app->history.on && !app->board.on);
	view_hints(app, s, layout.hints);
	drawn.cut = !draw_modal(app, s, layout.strip);
	drawn.until[PANE_COUNT] = lasts(app, goes_on(app, s) ? 0 : lasts_ms);
	return drawn;
}

/* The incident or camera of a row, as the views lay them out. */
static void find_row(
	const struct app *app, const struct layout *layout, enum pane pane, int row, char *id) {
	struct rect inner = layout->panes[pane];
	size_t at;

	inner.row++;
	inner.col++;
	inner.rows -= 2;
	inner.cols -= 2;
	if (row < inner.row || row >= inner.row + inner.rows) {
		return;
	}
	if (pane == PANE_QUEUE && !app->history.on) {
		at = view_queue_row(app, layout, inner, row);
		if (at < app->rows_len) {
			(void)text_copy(id, UUID_SIZE, app->rows[at]);
		}
	} else if (pane == PANE_CAMERAS) {
		at = view_cameras_row(app, inner, row);
		if (at < app->near_len) {
			(void)text_copy(id, UUID_SIZE, app->near[at].camera->id);
		}
	}
}

enum pane ui_find(const struct app *app, const struct surface *s, int col, int row, char *id) {
	struct layout layout;
	enum pane pane;

	id[0] = '\0';
	ui_layout(app, s, &layout);
	pane = layout_find(&layout, col, row);
	if (pane != PANE_COUNT && layout.tier > TIER_STRIP && !app->board.on) {
		find_row(app, &layout, pane, row, id);
	}
	return pane;
}
