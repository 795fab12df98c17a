#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "view.h"

/* Columns of the parts of a row; 0 is left out. */
struct columns {
	int mark, priority, age, number, kind, place, cell, state, agencies;
};

static struct columns divide(int cols) {
	struct columns c = {.mark = 3, .priority = 3, .age = 6, .number = 6, .kind = 9};
	int rest;

	if (cols >= 50) {
		c.cell = 4;
		c.agencies = cols >= 140 ? 48 : cols >= 100 ? 28 : cols >= 70 ? 16 : 9;
	}
	if (cols >= 70) {
		c.state = 10;
	}
	if (cols < 30) {
		c.age = 0;
	}
	rest = cols - c.mark - c.priority - c.age - c.number - c.kind - c.cell - c.state -
	       c.agencies;
	c.place = rest > 0 ? rest : 0;
	return c;
}

/* Every agency with its step: "DAM:acc POL:req". The desk of an agency sees its own first and
 * whole. */
static void agencies_text(
	const struct app *app, const struct incident *inc, char *out, size_t size) {
	size_t used = 0;

	out[0] = '\0';
	if (app->role == ROLE_AGENCY) {
		const struct dispatch *own = incident_dispatch(inc, app->agency);

		(void)text_copy(out, size, own != NULL ? word_step(own->state) : "");
		return;
	}
	for (size_t i = 0; i < inc->dispatches_len && used + 1 < size; i++) {
		const struct dispatch *d = &inc->dispatches[i];
		const char *name = view_agency(app, d->agency);
		char text[48];
		int wrote;

		if (incident_dispatch(inc, d->agency) != d) {
			continue; /* a later request of the same agency says it better */
		}
		wrote = snprintf(text, sizeof(text), "%s%.*s:%s", used > 0 ? " " : "",
			(int)text_fit(name, 3, NULL), name, word_step_short(d->state));
		if (wrote > 0 && (size_t)wrote < sizeof(text)) {
			used += text_copy(out + used, size - used, text);
		}
	}
}

static void draw_row(
	const struct app *app, struct surface *s, struct rect area, const struct incident *inc) {
	struct columns c = divide(area.cols);
	char age[VIEW_TIME_SIZE], cell[GEO_CELL_SIZE], agencies[160];
	bool fresh = inc->state == INCIDENT_NEW;
	bool selected = strcmp(app->selected, inc->id) == 0;
	bool open = incident_is_open(inc);
	enum ui_role text = !open ? UI_MUTED : fresh ? UI_TITLE : UI_TEXT;
	int col = area.col, row = area.row, right = area.col + area.cols;
	int place;

	view_age(age, app_feed_now(app) - incident_received_ms(inc));
	view_cell(app, inc->at, cell);
	agencies_text(app, inc, agencies, sizeof(agencies));
	(void)surface_text(s, col, row, right - col, UI_UNACK, fresh ? "*" : " ");
	(void)surface_text(s, col + 1, row, right - col - 1, UI_KEY, selected ? ">" : " ");
	col += c.mark - 1;
	(void)surface_printf(s, col, row, right - col,
		open ? role_of_priority(inc->priority) : UI_MUTED, "P%d", (int)inc->priority + 1);
	col += c.priority;
	if (c.age > 0) {
		(void)surface_printf(
			s, col, row, right - col < 5 ? right - col : 5, text, "%5s", age);
		col += c.age;
	}
	(void)surface_printf(s, col, row, right - col < 6 ? right - col : 6, text, "#%lld",
		(long long)inc->number);
	col += c.number;
	(void)surface_text(
		s, col, row, right - col < 9 ? right - col : 9, text, word_kind(inc->kind));
	col += c.kind;
	place = c.place;
	if (incident_is_late(inc) && place > 6) {
		int used = surface_text(s, col, row, place - 1, UI_WARN, _("LATE")) + 1;

		col += used;
		place -= used;
	}
	(void)surface_text(s, col, row, place - 1, text, inc->place);
	col += place;
	if (c.cell > 0) {
		(void)surface_text(s, col, row, c.cell - 1, text, cell);
		col += c.cell;
	}
	if (c.state > 0) {
		(void)surface_printf(s, col, row, c.state - 1, fresh ? UI_UNACK : text, "%s%s",
			word_state(inc->state), app_is_pending(app, inc->id) ? "?" : "");
		col += c.state;
	}
	if (c.agencies > 0) {
		(void)surface_text(s, col, row, right - col, text, agencies);
	}
	if (selected) {
		for (int at = area.col; at < right; at++) {
			struct cell *one = surface_cell(s, at, row);

			if (one != NULL) {
				one->reverse = true;
			}
		}
	}
}

/* What there is to say when there are no rows. Not to know is not the same as nothing to do. */
static void draw_empty(const struct app *app, struct surface *s, struct rect area) {
	int row = area.row + area.rows / 2;

	if (!app->has_data) {
		(void)surface_text(s, area.col + 1, row, area.cols - 1, UI_WARN, _("NO DATA YET"));
		if (app->link_why[0] != '\0' && row + 1 < area.row + area.rows) {
			(void)surface_text(
				s, area.col + 1, row + 1, area.cols - 1, UI_MUTED, app->link_why);
		}
		return;
	}
	(void)surface_text(s, area.col + 1, row, area.cols - 1, UI_MUTED, _("The queue is empty"));
}

void view_queue(const struct app *app, struct surface *s, struct rect area, enum tier tier) {
	char title[96];
	struct rect inner;
	int selected = app_selected_row(app);
	size_t first;

	(void)snprintf(title, sizeof(title), _("QUEUE %zu open%s"), app_count_open(app),
		app_is_frozen(app) ? _(", order held") : "");
	inner = tier == TIER_STRIP ? area : view_frame(s, area, title, app->focus == PANE_QUEUE);
	if (app->rows_len == 0) {
		draw_empty(app, s, inner);
		return;
	}
	/* Page by page: the rows do not slide under the eyes with every step. */
	first = selected >= 0 && inner.rows > 0 ? (size_t)(selected / inner.rows * inner.rows) : 0;
	for (int row = 0; row < inner.rows && first + (size_t)row < app->rows_len; row++) {
		const struct incident *inc = app_row(app, first + (size_t)row);

		if (inc != NULL) {
			draw_row(app, s, view_row(inner, row), inc);
		}
	}
	if (first + (size_t)inner.rows < app->rows_len && tier != TIER_STRIP &&
		inner.cols < area.cols) {
		(void)surface_printf(s, area.col + area.cols - 14, area.row + area.rows - 1, 12,
			UI_KEY, _(" %zu more "), app->rows_len - first - (size_t)inner.rows);
	}
}
