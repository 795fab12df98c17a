/* What a training says to the trainee: below the status line until something else is said, and as a
 * page over everything. */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "flow.h"
#include "view.h"

#define ROWS_SMALL 2
#define ROWS_MOST  4
#define CLASS_ROWS 30 /* of the screen: from there on the class has two */

static void fill(const struct app *app, struct flow *flow, int cols) {
	flow_init(flow, cols - 2);
	flow->indent = 0;
	flow_put(flow, 0, UI_COACH, app->training.said);
	flow_end(flow);
}

static int least(int a, int b) {
	return a < b ? a : b;
}

/* Above what is said; a row, or two where there is room. */
static int class_rows(const struct flow *flow, int rows) {
	return least(flow->line, rows >= CLASS_ROWS ? 2 : 1);
}

int view_coach_rows(const struct app *app, int cols, int rows) {
	int most = rows >= LAYOUT_COACH_ROWS ? ROWS_MOST : ROWS_SMALL;
	struct flow flow, class;
	if (!view_is_training(app) || rows < LAYOUT_ALERT_ROWS) {
		return 0;
	}
	fill(app, &flow, cols);
	view_class_line(app, &class, cols);
	int lines = least(flow.line, most) + class_rows(&class, rows);
	flow_finish(&flow);
	flow_finish(&class);
	return lines;
}

/* As much of it as there is room for. */
static void show(const struct flow *flow, struct surface *s, struct rect area) {
	if (area.rows <= 0) {
		return;
	}
	flow_draw(flow, s, (struct rect){area.col + 1, area.row, area.cols - 2, area.rows}, 0);
	if (flow->line > area.rows) {
		surface_text(
			s, area.col + area.cols - 2, area.row + area.rows - 1, 1, UI_COACH, "~");
	}
}

void view_coach(const struct app *app, struct surface *s, struct rect area) {
	struct flow flow, class;
	if (area.rows <= 0) {
		return;
	}
	fill(app, &flow, area.cols);
	view_class_line(app, &class, area.cols);
	int rows = least(class_rows(&class, s->rows), area.rows);
	surface_fill(s, area, UI_COACH, ' ');
	show(&class, s, (struct rect){area.col, area.row, area.cols, rows});
	show(&flow, s, (struct rect){area.col, area.row + rows, area.cols, area.rows - rows});
	flow_finish(&flow);
	flow_finish(&class);
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
