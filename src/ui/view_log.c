#include <stdio.h>

#include "view.h"

static void draw_line(const struct app *app, struct surface *s, struct rect row,
	const struct app_log_line *line) {
	char time[VIEW_TIME_SIZE];
	int col = row.col, right = row.col + row.cols;

	view_time(time, line->wall_ms, true);
	col += surface_text(s, col, row.row, right - col, UI_MUTED, time) + 1;
	if (line->number == 0 && line->type == EVENT_INCIDENT_RAISED) {
		(void)surface_text(
			s, col, row.row, right - col, line->error ? UI_ERROR : UI_TEXT, line->text);
		return;
	}
	if (line->number != 0) {
		col += surface_printf(
			s, col, row.row, right - col, UI_KEY, "#%lld ", (long long)line->number);
	}
	col += surface_text(s, col, row.row, right - col,
		line->type == EVENT_INCIDENT_RAISED ? UI_UNACK : UI_TEXT, word_event(line->type));
	if (line->agency[0] != '\0') {
		col += surface_printf(s, col, row.row, right - col, UI_TEXT, " %s",
			view_agency(app, line->agency));
	}
	if (line->by[0] != '\0') {
		col += surface_printf(s, col, row.row, right - col, UI_LABEL, " %s", line->by);
	}
	if (line->text[0] != '\0') {
		(void)surface_printf(s, col, row.row, right - col, UI_LABEL, ": %s", line->text);
	}
}

void view_log(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect inner = view_frame(s, app, layout, PANE_LOG, word_pane(PANE_LOG));
	int len = (int)app->log_len, most, back;

	if (len == 0) {
		(void)surface_text(
			s, inner.col, inner.row, inner.cols, UI_MUTED, _("Nothing happened yet"));
		return;
	}
	/* The newest line is the lowest; scrolling goes back from there. */
	most = len > inner.rows ? len - inner.rows : 0;
	back = app->log_scroll < most ? app->log_scroll : most;
	for (int row = 0; row < inner.rows; row++) {
		int at = len - back - (len < inner.rows ? len : inner.rows) + row;

		if (at >= 0 && at < len - back) {
			draw_line(app, s, view_row(inner, row), &app->log[at]);
		}
	}
	if (back > 0) {
		view_foot(s, layout->panes[PANE_LOG], _(" %d newer "), back);
	}
}
