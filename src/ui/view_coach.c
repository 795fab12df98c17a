/* What a training says to the trainee: below the status line until something else is said, and as a
 * page over everything. */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "flow.h"
#include "view.h"

#define ROWS_SMALL 2
#define ROWS_MOST  4

static void fill(const struct app *app, struct flow *flow, int cols) {
	flow_init(flow, cols - 2);
	flow->indent = 0;
	flow_put(flow, 0, UI_COACH, app->training.said);
	flow_end(flow);
}

int view_coach_rows(const struct app *app, int cols, int rows) {
	int most = rows >= LAYOUT_COACH_ROWS ? ROWS_MOST : ROWS_SMALL;
	struct flow flow;
	if (!view_is_training(app) || app->training.said[0] == '\0' || rows < LAYOUT_ALERT_ROWS) {
		return 0;
	}
	fill(app, &flow, cols);
	int lines = flow.line;
	flow_finish(&flow);
	return lines < most ? lines : most;
}

void view_coach(const struct app *app, struct surface *s, struct rect area) {
	struct flow flow;
	if (area.rows <= 0) {
		return;
	}
	fill(app, &flow, area.cols);
	surface_fill(s, area, UI_COACH, ' ');
	flow_draw(&flow, s, (struct rect){area.col + 1, area.row, area.cols - 2, area.rows}, 0);
	if (flow.line > area.rows) {
		surface_text(
			s, area.col + area.cols - 2, area.row + area.rows - 1, 1, UI_COACH, "~");
	}
	flow_finish(&flow);
}

/* A line may be wider than the screen: it goes on below. */
static void fill_page(const struct app *app, struct flow *flow, int cols) {
	char line[400];
	flow_init(flow, cols);
	for (const char *at = app->page; at != NULL && *at != '\0';) {
		size_t len = strcspn(at, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		/* A first line ends with a colon: it is a heading. */
		bool heading = len > 0 && at[len - 1] == ':' && at[0] != ' ';
		flow_put(flow, 0, heading ? UI_TITLE : UI_TEXT, len > 0 ? line : " ");
		flow_end(flow);
		at += len + (at[len] == '\n');
	}
}

void view_page(const struct app *app, struct surface *s) {
	int top = s->rows > 1 ? 1 : 0;
	struct rect area = {0, top, s->cols, s->rows - top};
	const struct incident *fresh = view_first_new(app);
	struct flow flow;
	if (fresh != NULL && area.rows > 3 && !app->training.over) {
		/* The page hides the queue; not an alarm that nobody took. */
		area.rows--;
		view_new(app, s, (struct rect){0, s->rows - 1, s->cols, 1}, fresh);
	}
	struct rect inner = view_box(s, area, _("SCORE  j k scroll  Esc leaves"), true);
	fill_page(app, &flow, inner.cols);
	int most = flow.line > inner.rows ? flow.line - inner.rows : 0;
	int first = app->modal.scroll < most ? app->modal.scroll : most;
	flow_draw(&flow, s, inner, first);
	if (first < most) {
		view_foot(s, area, _(" %zu more "), (size_t)(most - first));
	}
	flow_finish(&flow);
}
