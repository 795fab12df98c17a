#include <stdio.h>

#include <siaga/base/mem.h>

#include "view.h"

/* One colour for a line: it is read as a whole, and costs little on the line to the terminal. */
static enum ui_role role_of(const struct app_log_line *line) {
	if (line->number != 0 && line->type == EVENT_INCIDENT_RAISED) {
		return UI_UNACK;
	}
	if (line->type == EVENT_DISPATCH_DECLINED || line->type == EVENT_DISPATCH_EXPIRED) {
		return UI_WARN;
	}
	return line->error ? UI_ERROR : UI_TEXT;
}

void view_log_line(const struct app *app, const struct app_log_line *line, struct buf *out) {
	bool said = line->number == 0 && line->type == EVENT_INCIDENT_RAISED;
	char time[VIEW_TIME_SIZE];

	view_time(time, line->wall_ms, true);
	buf_printf(out, "%s ", time);
	if (line->number != 0) {
		buf_printf(out, "#%lld ", (long long)line->number);
	}
	if (!said) {
		buf_printf(out, "%s", word_event(line->type));
	}
	if (line->agency[0] != '\0') {
		buf_printf(out, " %s", view_agency(app, line->agency));
	}
	/* Of an alarm it would only say through what it came. */
	if (line->by[0] != '\0' && line->type != EVENT_INCIDENT_RAISED) {
		buf_printf(out, " %s", line->by);
	}
	if (line->text[0] != '\0') {
		buf_printf(out, "%s%s", said ? "" : ": ", line->text);
	}
}

static void draw_line(const struct app *app, struct surface *s, struct rect row,
	const struct app_log_line *line) {
	struct buf text = {0};

	view_log_line(app, line, &text);
	(void)surface_text(s, row.col, row.row, row.cols, role_of(line), text.data);
	buf_finish(&text);
}

/* Line by line down the pane; when it is full a third of it goes on top and it goes on below. So a
 * new line is one line to write, not all of them one higher. */
static int first_line(int64_t dropped, int len, int rows) {
	int64_t step = rows - rows / 3, all = dropped + len, first;

	if (all <= rows || step < 1) {
		return 0;
	}
	first = (all - rows + step - 1) / step * step - dropped;
	return first > 0 ? (int)first : 0;
}

void view_log(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect inner = view_frame(s, app, layout, PANE_LOG, word_pane(PANE_LOG));
	int len = (int)app->log_len, back, first;

	if (len == 0) {
		(void)surface_text(
			s, inner.col, inner.row, inner.cols, UI_MUTED, _("Nothing happened yet"));
		return;
	}
	back = app->log_scroll < len - 1 ? app->log_scroll : len - 1;
	first = first_line(app->log_dropped, len, inner.rows);
	if (back > 0) {
		first = len - back > inner.rows ? len - back - inner.rows : 0;
	}
	for (int row = 0; row < inner.rows && first + row < len; row++) {
		draw_line(app, s, view_row(inner, row), &app->log[first + row]);
	}
	if (back > 0) {
		view_foot(s, layout->panes[PANE_LOG], _(" %d newer "), len - first - inner.rows);
	}
}
