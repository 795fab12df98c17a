#include <stdio.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "view.h"

/* The parts of a row, from the left; a width of 0 leaves one out. */
enum part {
	PART_MARK,
	PART_PRIORITY,
	PART_TIME,
	PART_NUMBER,
	PART_KIND,
	PART_PLACE,
	PART_CELL,
	PART_STATE,
	PART_WHO,
	PART_AGENCIES,
	PART_COUNT
};

static void divide(int widths[PART_COUNT], int cols) {
	int rest = cols;

	memset(widths, 0, PART_COUNT * sizeof(*widths));
	widths[PART_MARK] = 2;
	widths[PART_PRIORITY] = 3;
	widths[PART_TIME] = cols >= 30 ? 7 : 0;
	widths[PART_NUMBER] = 6;
	widths[PART_KIND] = 10;
	if (cols >= 50) {
		widths[PART_CELL] = 4;
		widths[PART_AGENCIES] = cols >= 140 ? 48 : cols >= 100 ? 24 : cols >= 70 ? 14 : 8;
	}
	if (cols >= 70) {
		widths[PART_STATE] = 11;
	}
	if (cols >= 90) {
		widths[PART_WHO] = 9;
	}
	for (int i = 0; i < PART_COUNT; i++) {
		rest -= widths[i];
	}
	widths[PART_PLACE] = rest > 0 ? rest : 0;
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

/* The age; where a timer has run out, how long that already takes, with a mark: ">1:10". */
static enum ui_role time_text(const struct app *app, const struct incident *inc, enum ui_role text,
	char out[VIEW_TIME_SIZE]) {
	struct timer_verdict verdict = app_timer(app, inc);
	char limit[VIEW_TIME_SIZE];

	if (app_is_held(app, inc)) {
		view_time(limit, inc->held_until_ms, false);
		(void)snprintf(out, VIEW_TIME_SIZE, "%s", limit);
		return UI_HELD;
	}
	if (!incident_is_open(inc)) {
		view_time(out, inc->state_at_ms[inc->state], false);
		return text;
	}
	view_age(out, app_feed_now(app) - incident_received_ms(inc));
	if (verdict.level < TIMER_LEVEL_WARN) {
		return text;
	}
	if (verdict.level >= TIMER_LEVEL_ALERT) {
		view_age(limit, app_feed_now(app) - verdict.since_ms);
		(void)snprintf(out, VIEW_TIME_SIZE, ">%.24s", limit);
		return UI_OVERDUE_ALERT;
	}
	return UI_OVERDUE_WARN;
}

static enum ui_role state_text(const struct app *app, const struct incident *inc, enum ui_role text,
	char *out, size_t size) {
	bool fresh = inc->state == INCIDENT_NEW;

	(void)snprintf(out, size, "%s%s",
		app_is_held(app, inc) ? _("ON HOLD") : word_state(inc->state),
		app_is_pending(app, inc->id) ? "?" : "");
	return fresh ? UI_UNACK : app_is_held(app, inc) ? UI_HELD : text;
}

/* Where it is, after what stands out: LATE, and how many alarms it holds. */
static void draw_place(struct surface *s, int col, int row, int cols, enum ui_role text,
	const struct incident *inc) {
	if (incident_is_late(inc) && cols > 6) {
		int used = surface_text(s, col, row, cols - 1, UI_WARN, _("LATE")) + 1;

		col += used;
		cols -= used;
	}
	if (inc->alarms_len > 1 && cols > 6) {
		int used = surface_printf(s, col, row, cols - 1, UI_LABEL, "%zux", inc->alarms_len);

		col += used + 1;
		cols -= used + 1;
	}
	(void)surface_text(s, col, row, cols - 1, text, inc->place);
}

static void draw_mark(const struct app *app, struct surface *s, struct rect area,
	const struct incident *inc, bool selected) {
	bool marked = app_is_marked(app, inc->id);

	(void)surface_text(s, area.col, area.row, 1, marked ? UI_MARK : UI_UNACK,
		marked                       ? "+"
		: inc->state == INCIDENT_NEW ? "*"
					     : " ");
	(void)surface_text(s, area.col + 1, area.row, 1, UI_KEY, selected ? ">" : " ");
}

static void draw_row(
	const struct app *app, struct surface *s, struct rect area, const struct incident *inc) {
	int widths[PART_COUNT];
	char text[PART_COUNT][160];
	enum ui_role roles[PART_COUNT];
	bool selected = !app->history.on && strcmp(app->selected, inc->id) == 0;
	bool open = incident_is_open(inc);
	enum ui_role plain = !open ? UI_MUTED : inc->state == INCIDENT_NEW ? UI_TITLE : UI_TEXT;
	char time[VIEW_TIME_SIZE];
	int col = area.col;

	divide(widths, area.cols);
	memset(text, 0, sizeof(text));
	for (int i = 0; i < PART_COUNT; i++) {
		roles[i] = plain;
	}
	(void)snprintf(text[PART_PRIORITY], 160, "P%d", (int)inc->priority + 1);
	roles[PART_PRIORITY] = open ? role_of_priority(inc->priority) : UI_MUTED;
	roles[PART_TIME] = time_text(app, inc, plain, time);
	(void)snprintf(text[PART_TIME], 160, "%6s", time);
	(void)snprintf(text[PART_NUMBER], 160, "#%lld", (long long)inc->number);
	(void)text_copy(text[PART_KIND], 160, word_kind(inc->kind));
	view_cell(app, inc->at, text[PART_CELL]);
	roles[PART_STATE] = state_text(app, inc, plain, text[PART_STATE], 160);
	(void)text_copy(text[PART_WHO], 160, inc->claim.name);
	if (app_claim_is_stale(app, inc)) {
		(void)snprintf(text[PART_WHO], 160, "?%.60s", inc->claim.name);
		roles[PART_WHO] = UI_CLAIM_STALE;
	}
	agencies_text(app, inc, text[PART_AGENCIES], 160);
	draw_mark(app, s, area, inc, selected);
	for (int i = 0; i < PART_COUNT; i++) {
		int room = area.col + area.cols - col;
		int cols = widths[i] - 1 < room ? widths[i] - 1 : room;

		if (i == PART_PLACE) {
			draw_place(s, col, area.row, widths[i], plain, inc);
		} else if (i != PART_MARK && cols > 0) {
			(void)surface_text(s, col, area.row, cols, roles[i], text[i]);
		}
		col += widths[i];
	}
	if (selected) {
		view_reverse(s, area);
	}
}

static void draw_heads(struct surface *s, struct rect row) {
	static const char *const heads[PART_COUNT] = {
		[PART_MARK] = "",
		[PART_PRIORITY] = N_("P"),
		[PART_TIME] = N_("  TIME"),
		[PART_NUMBER] = N_("NO"),
		[PART_KIND] = N_("WHAT"),
		[PART_PLACE] = N_("WHERE"),
		[PART_CELL] = N_("CELL"),
		[PART_STATE] = N_("STATE"),
		[PART_WHO] = N_("WHO"),
		[PART_AGENCIES] = N_("AGENCIES"),
	};
	int widths[PART_COUNT], col = row.col;

	divide(widths, row.cols);
	for (int i = 0; i < PART_COUNT; i++) {
		if (widths[i] > 1 && heads[i][0] != '\0') {
			(void)surface_text(s, col, row.row, widths[i] - 1, UI_LABEL, _(heads[i]));
		}
		col += widths[i];
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
	(void)surface_text(s, area.col + 1, row, area.cols - 1, UI_MUTED,
		filter_is_empty(&app->filter) ? _("The queue is empty")
					      : _("Nothing passes the filter; Esc takes it away"));
}

/* The first unacknowledged alarm above what is shown, or NULL; *count: how many there are. */
static const struct incident *above(const struct app *app, size_t first, size_t *count) {
	const struct incident *top = NULL;

	*count = 0;
	for (size_t i = 0; i < first; i++) {
		const struct incident *inc = app_row(app, i);

		if (inc != NULL && inc->state == INCIDENT_NEW) {
			top = top != NULL ? top : inc;
			(*count)++;
		}
	}
	return top;
}

/* An alarm that nobody took stays in sight, however far down the queue the operator is. */
static void draw_above(const struct app *app, struct surface *s, struct rect row,
	const struct incident *top, size_t count) {
	surface_fill(s, row, UI_UNACK, ' ');
	(void)surface_printf(
		s, row.col, row.row, row.cols, UI_UNACK, _("* %zu NEW above: "), count);
	view_alarm(app, s,
		(struct rect){row.col + 16, row.row, row.cols > 16 ? row.cols - 16 : 0, 1}, top);
}

static void queue_title(const struct app *app, char *out, size_t size) {
	char order[64] = "", extra[96] = "", only[160] = "";
	struct buf filter = {0};

	filter_text(&app->filter, &filter);
	if (filter.len > 0) {
		(void)text_copy(only, sizeof(only) - 12, " /");
		(void)text_copy(only + 2, sizeof(only) - 14, filter.data);
	}
	if (filter.len > 0 && app->outside > 0) {
		size_t len = strlen(only);

		(void)snprintf(only + len, sizeof(only) - len, " +%zu", app->outside);
	}
	buf_finish(&filter);
	if (app->order.key != QUEUE_BY_PRIORITY || app->order.reverse) {
		(void)snprintf(order, sizeof(order), _(" by %s%s"), word_order(app->order.key),
			app->order.reverse ? _(" reversed") : "");
	}
	if (app->marks_len > 0) {
		(void)snprintf(extra, sizeof(extra), _(", %zu marked"), app->marks_len);
	}
	(void)snprintf(out, size, _("QUEUE %zu open%s%s%s%s"), app_count_open(app), only, order,
		extra, app_is_frozen(app) ? _(", order held") : "");
}

static void draw_rows(const struct app *app, struct surface *s, struct rect area, size_t first) {
	for (int row = 0; row < area.rows && first + (size_t)row < app->rows_len; row++) {
		const struct incident *inc = app_row(app, first + (size_t)row);

		if (inc != NULL) {
			draw_row(app, s, view_row(area, row), inc);
		}
	}
}

/* Page by page: the rows do not slide under the eyes with every step. */
size_t view_first(size_t at, int rows) {
	return rows > 0 ? at / (size_t)rows * (size_t)rows : 0;
}

/* Divides the inside of the pane: a row of heads where there is room, a row for the alarms above
 * the page, the page itself. Returns the first row of the page. */
static size_t cut_page(const struct app *app, const struct layout *layout, struct rect *rows,
	struct rect *heads, struct rect *pinned) {
	int selected = app_selected_row(app);
	size_t at = selected > 0 ? (size_t)selected : 0, count;

	memset(heads, 0, sizeof(*heads));
	memset(pinned, 0, sizeof(*pinned));
	if (layout->tier >= TIER_LARGE && rows->rows > 6) {
		*heads = view_row(*rows, 0);
		rows->row++;
		rows->rows--;
	}
	if (rows->rows >= 3 && above(app, view_first(at, rows->rows), &count) != NULL) {
		/* Pages of one row less: the alarm above keeps its place on all of them. */
		*pinned = view_row(*rows, 0);
		rows->row++;
		rows->rows--;
	}
	return view_first(at, rows->rows);
}

size_t view_queue_page(const struct app *app, const struct layout *layout, struct rect *rows) {
	struct rect heads, pinned;

	return cut_page(app, layout, rows, &heads, &pinned);
}

void view_queue(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect inner, heads, pinned;
	const struct incident *top;
	char title[160];
	size_t first, count, shown;

	if (app->history.on) {
		view_history(app, s, layout);
		return;
	}
	queue_title(app, title, sizeof(title));
	inner = layout->tier == TIER_STRIP ? layout->panes[PANE_QUEUE]
					   : view_frame(s, app, layout, PANE_QUEUE, title);
	if (app->rows_len == 0) {
		draw_empty(app, s, inner);
		return;
	}
	first = cut_page(app, layout, &inner, &heads, &pinned);
	if (heads.rows > 0) {
		draw_heads(s, heads);
	}
	top = above(app, first, &count);
	if (pinned.rows > 0 && top != NULL) {
		draw_above(app, s, pinned, top, count);
	}
	draw_rows(app, s, inner, first);
	shown = first + (size_t)(inner.rows > 0 ? inner.rows : 0);
	if (shown < app->rows_len && layout->tier != TIER_STRIP) {
		view_foot(s, layout->panes[PANE_QUEUE], _(" %zu more "), app->rows_len - shown);
	}
}
