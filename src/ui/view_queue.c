#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "view.h"

#define FRESH_MS  60000 /* so long the seconds count */
#define BAND_ROWS 3     /* kept for new alarms ... */
#define BAND_FROM 12    /* ... in a pane of so many rows */

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
	widths[PART_KIND] = 9;
	widths[PART_STATE] = cols >= 46 ? 10 : 0;
	widths[PART_CELL] = cols >= 52 ? 4 : 0;
	widths[PART_AGENCIES] = cols >= 140   ? 48
				: cols >= 100 ? 24
				: cols >= 72  ? 15
				: cols >= 64  ? 8
					      : 0;
	widths[PART_WHO] = cols >= 84 ? 9 : 0;
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

/* The age: by seconds while an alarm is fresh, by minutes after that, so that the screen rests.
 * Where a timer has run out a mark says so, before the limit that was passed or how long it takes:
 * ">10s", ">12m". */
static enum ui_role time_text(const struct app *app, const struct incident *inc, enum ui_role text,
	char out[VIEW_TIME_SIZE]) {
	struct timer_verdict verdict = view_timer(app, inc);
	char limit[VIEW_TIME_SIZE];
	int64_t age_ms;

	if (app_is_held(app, inc)) {
		view_lasts(inc->held_until_ms - app_feed_now(app));
		view_time(limit, inc->held_until_ms, false);
		(void)snprintf(out, VIEW_TIME_SIZE, "%s", limit);
		return UI_HELD;
	}
	if (!incident_is_open(inc)) {
		view_time(out, inc->state_at_ms[inc->state], false);
		return text;
	}
	if (verdict.level >= TIMER_LEVEL_ALERT) {
		int64_t since_ms = app_feed_now(app) - verdict.since_ms;

		if (since_ms < FRESH_MS) {
			view_lasts(FRESH_MS - since_ms);
			view_span(limit, verdict.limit_ms);
		} else {
			view_minutes(limit, since_ms);
		}
		(void)snprintf(out, VIEW_TIME_SIZE, ">%.24s", limit);
		return UI_OVERDUE_ALERT;
	}
	age_ms = app_feed_now(app) - incident_received_ms(inc);
	if (inc->state == INCIDENT_NEW && age_ms < FRESH_MS) {
		view_age(out, age_ms);
	} else {
		view_minutes(out, age_ms);
	}
	return verdict.level < TIMER_LEVEL_WARN ? text : UI_OVERDUE_WARN;
}

static enum ui_role state_text(const struct app *app, const struct incident *inc, enum ui_role text,
	char *out, size_t size) {
	(void)snprintf(out, size, "%s%s",
		app_is_held(app, inc) ? _("ON HOLD") : word_state(inc->state),
		app_is_pending(app, inc->id) ? "?" : "");
	return app_is_held(app, inc) ? UI_HELD : text;
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
	if (view_claim_is_stale(app, inc)) {
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
		/* Up to where it is: enough to be seen, and few bytes on the line. */
		int cols = area.cols;

		for (int i = PART_PLACE; i < PART_COUNT; i++) {
			cols -= widths[i];
		}
		view_reverse(s, (struct rect){area.col, area.row, cols, 1});
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
		[PART_CELL] = N_("GR"),
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
	(void)snprintf(out, size, _("QUEUE %zu open%s%s%s%s"), app_count(app).open, only, order,
		extra, app_is_frozen(app) ? _(", order held") : "");
}

/* Page by page: the rows do not slide under the eyes with every step. */
size_t view_first(size_t at, int rows) {
	return rows > 0 ? at / (size_t)rows * (size_t)rows : 0;
}

/*
 * The inside of the pane, divided: a line of heads where there is room, one for the alarms above
 * the page, the page itself. Where the pane is tall the first lines of the queue are kept for new
 * alarms: one that comes has its place, and pushes nothing down under the eyes.
 */
struct page {
	struct rect heads, pinned, rows;
	size_t first; /* line of the queue that is on top of the page */
	size_t fresh; /* rows of new alarms, on top of the queue */
	size_t gap;   /* blank lines after them */
};

static size_t line_of(const struct page *page, size_t row) {
	return row < page->fresh ? row : row + page->gap;
}

/* The row on a line, or SIZE_MAX: it is kept free. */
static size_t row_of(const struct page *page, size_t line) {
	if (line < page->fresh) {
		return line;
	}
	return line < page->fresh + page->gap ? SIZE_MAX : line - page->gap;
}

static size_t count_fresh(const struct app *app) {
	size_t count = 0;
	const struct incident *inc = app_row(app, 0);

	while (inc != NULL && inc->state == INCIDENT_NEW) {
		inc = app_row(app, ++count);
	}
	return count;
}

static struct page cut_page(const struct app *app, const struct layout *layout, struct rect inner) {
	struct page page = {.rows = inner, .fresh = count_fresh(app)};
	int selected = app_selected_row(app);
	size_t at, count;

	if (layout->tier >= TIER_LARGE && inner.rows > 6) {
		page.heads = view_row(page.rows, 0);
		page.rows.row++;
		page.rows.rows--;
	}
	if (page.rows.rows >= BAND_FROM && page.fresh < BAND_ROWS) {
		page.gap = BAND_ROWS - page.fresh;
	}
	at = line_of(&page, selected > 0 ? (size_t)selected : 0);
	if (page.rows.rows >= 3 && above(app, view_first(at, page.rows.rows), &count) != NULL) {
		/* Pages of one line less: the alarm above keeps its place on all of them. */
		page.pinned = view_row(page.rows, 0);
		page.rows.row++;
		page.rows.rows--;
	}
	page.first = view_first(at, page.rows.rows);
	return page;
}

size_t view_queue_row(
	const struct app *app, const struct layout *layout, struct rect inner, int row) {
	struct page page = cut_page(app, layout, inner);

	if (row < page.rows.row || row >= page.rows.row + page.rows.rows) {
		return SIZE_MAX;
	}
	return row_of(&page, page.first + (size_t)(row - page.rows.row));
}

static void draw_rows(const struct app *app, struct surface *s, const struct page *page) {
	for (int i = 0; i < page->rows.rows; i++) {
		size_t line = page->first + (size_t)i, row = row_of(page, line);
		const struct incident *inc = row == SIZE_MAX ? NULL : app_row(app, row);

		if (inc != NULL) {
			draw_row(app, s, view_row(page->rows, i), inc);
		} else if (line == 0 && page->gap == BAND_ROWS) {
			(void)surface_text(s, page->rows.col + 2, page->rows.row + i,
				page->rows.cols - 2, UI_MUTED, _("no new alarm"));
		}
	}
}

void view_queue(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect inner;
	struct page page;
	const struct incident *top;
	char title[160];
	size_t count, shown;

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
	page = cut_page(app, layout, inner);
	if (page.heads.rows > 0) {
		draw_heads(s, page.heads);
	}
	top = above(app, page.first, &count);
	if (page.pinned.rows > 0 && top != NULL) {
		draw_above(app, s, page.pinned, top, count);
	}
	draw_rows(app, s, &page);
	shown = page.first + (size_t)(page.rows.rows > 0 ? page.rows.rows : 0);
	if (shown < app->rows_len + page.gap && layout->tier != TIER_STRIP) {
		view_foot(s, layout->panes[PANE_QUEUE], _(" %zu more "),
			app->rows_len + page.gap - shown);
	}
}
