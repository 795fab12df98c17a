/* The supervisor board: what waits, who has how much, how long things take. The figures are counted
 * in the model; here they become sections, one below the other or in columns. */
#include <stdarg.h>
#include <stdio.h>

#include <siaga/base/text.h>

#include "flow.h"
#include "view.h"

#define COLUMNS_MAX   3
#define TWO_COLS      120 /* a screen so wide has two columns, then three */
#define THREE_COLS    180
#define COLUMN_GAP    2
#define SECONDS_MS    120000 /* what is older is told in minutes: fewer bytes on the line */
#define SMALL_SECTION 2      /* of the sections, those that a small screen shows */

struct page {
	const struct app *app;
	const struct figures *figures;
	const struct figures_received *received; /* of the mode that the feed is in */
	struct flow flow;
};

/* A number or word of a table that ends `width` columns after `col`. */
static void put_cell(struct page *p, int col, int width, enum ui_role role, const char *fmt, ...)
	ATTR_PRINTF(5, 6);

static void put_cell(struct page *p, int col, int width, enum ui_role role, const char *fmt, ...) {
	char text[64];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	flow_column(&p->flow, col + width - text_width(text));
	flow_put(&p->flow, 1, role, text);
}

/* A count; a zero is not worth the eye. */
static void put_count(struct page *p, int col, int width, enum ui_role role, size_t count) {
	put_cell(p, col, width, count > 0 ? role : UI_MUTED, "%zu", count);
}

/* "#412 0:42", "#398 12m" */
static void put_incident(
	struct page *p, int col, enum ui_role role, int64_t number, int64_t age_ms) {
	char age[VIEW_TIME_SIZE];
	if (number == 0) {
		return;
	}
	if (age_ms < SECONDS_MS) {
		view_age(age, age_ms);
	} else {
		view_minutes(age, age_ms);
	}
	flow_column(&p->flow, col);
	flow_say(&p->flow, UI_KEY, "#%lld", (long long)number);
	flow_put(&p->flow, 1, role, age);
}

static void put_share(struct page *p, enum ui_role role, size_t part, size_t whole) {
	flow_say(&p->flow, role, _("%zu of %zu"), part, whole);
	if (whole > 0) {
		flow_say(&p->flow, UI_LABEL, "(%zu %%)", (100 * part + whole / 2) / whole);
	}
}

static void title(struct page *p, const char *text) {
	flow_put(&p->flow, 0, UI_TITLE, text);
}

static void nothing(struct page *p, const char *text) {
	flow_put(&p->flow, 0, UI_MUTED, text);
	flow_end(&p->flow);
}

/* --- the sections --- */

/* What the figures do not know, before anything else. */
static void put_gaps(struct page *p) {
	const struct figures *f = p->figures;
	char since[VIEW_TIME_SIZE];
	if (p->app->whole_since_ms > f->from_ms && f->unknown > 0) {
		view_time(since, p->app->whole_since_ms, false);
		flow_say(&p->flow, UI_WARN,
			_("What ended before %s is not known here and not counted"), since);
		flow_end(&p->flow);
	} else if (f->missing > 0) {
		flow_say(&p->flow, UI_WARN,
			_("%zu of this time are not known here and not counted"), f->missing);
		flow_end(&p->flow);
	}
}

static void waiting(struct page *p) {
	const struct figures *f = p->figures;
	size_t count = 0;
	put_gaps(p);
	for (int i = 0; i < PRIORITY_COUNT; i++) {
		count += f->waiting[i].count;
	}
	title(p, _("WAITING"));
	flow_say(&p->flow, count > 0 ? UI_UNACK : UI_MUTED, "%zu", count);
	flow_fact(&p->flow, UI_TEXT, _("open %zu"), f->open);
	if (f->held > 0) {
		flow_fact(&p->flow, UI_HELD, _("on hold %zu"), f->held);
	}
	if (f->unclaimed > 0) {
		flow_fact(&p->flow, UI_WARN, _("unclaimed %zu"), f->unclaimed);
	}
	flow_fact(&p->flow, f->recent > FIGURES_FLOOD ? UI_WARN : UI_LABEL,
		f->recent > FIGURES_FLOOD ? _("FLOOD: %zu alarms in 10 minutes")
					  : _("%zu alarms in 10 minutes"),
		f->recent);
	flow_end(&p->flow);
	for (int i = 0; i < PRIORITY_COUNT; i++) {
		const struct figures_waiting *one = &f->waiting[i];
		if (one->count > 0) {
			flow_say(&p->flow, role_of_priority((enum priority)i), "P%d", i + 1);
			put_cell(p, 3, 4, UI_UNACK, "%zu", one->count);
			flow_fact(&p->flow, UI_LABEL, "%s", _("the oldest"));
			put_incident(p, 0, UI_TEXT, one->number, f->now_ms - one->since_ms);
			flow_end(&p->flow);
		}
	}
}

/* Where the counts of a table begin: what is left of them is for words. */
static int words_of(const struct page *p) {
	int cols = p->flow.cols - 34;
	return cols < 14 ? 14 : cols > 30 ? 30 : cols;
}

static void overdue(struct page *p) {
	const struct figures *f = p->figures;
	int col = words_of(p);
	size_t rows = 0;
	title(p, _("OVERDUE"));
	put_cell(p, col, 6, UI_LABEL, "%s", _("warn"));
	put_cell(p, col + 6, 6, UI_LABEL, "%s", _("alert"));
	put_cell(p, col + 12, 6, UI_LABEL, "%s", _("superv"));
	put_cell(p, col + 18, 4, UI_LABEL, "%s", _("all"));
	flow_column(&p->flow, col + 23);
	flow_say(&p->flow, UI_LABEL, "%s", _("longest"));
	flow_end(&p->flow);
	for (int i = 0; i < TIMER_COUNT; i++) {
		const struct figures_overdue *one = &f->overdue[i];
		size_t over = one->levels[TIMER_LEVEL_ALERT] + one->levels[TIMER_LEVEL_ESCALATED] +
			      one->levels[TIMER_LEVEL_ALL];
		if (over + one->levels[TIMER_LEVEL_WARN] == 0) {
			continue;
		}
		rows++;
		flow_put(&p->flow, 0, over > 0 ? UI_TEXT : UI_MUTED, word_timer((enum timer)i));
		put_count(p, col, 6, UI_OVERDUE_WARN, one->levels[TIMER_LEVEL_WARN]);
		put_count(p, col + 6, 6, UI_OVERDUE_ALERT, one->levels[TIMER_LEVEL_ALERT]);
		put_count(p, col + 12, 6, UI_OVERDUE_ALERT, one->levels[TIMER_LEVEL_ESCALATED]);
		put_count(p, col + 18, 4, UI_OVERDUE_ALERT, one->levels[TIMER_LEVEL_ALL]);
		put_incident(p, col + 23, UI_OVERDUE_ALERT, one->number, f->now_ms - one->due_ms);
		flow_end(&p->flow);
	}
	if (rows == 0) {
		nothing(p, _("nothing is overdue"));
	}
	if (f->forgotten > 0) {
		flow_say(&p->flow, UI_WARN, _("%zu overdue for more than an hour"), f->forgotten);
		flow_end(&p->flow);
	}
}

static void operators(struct page *p) {
	const struct figures *f = p->figures;
	int col = words_of(p);
	title(p, _("OPERATORS"));
	put_cell(p, col, 6, UI_LABEL, "%s", _("has"));
	put_cell(p, col + 6, 6, UI_LABEL, "%s", _("P1+P2"));
	flow_column(&p->flow, col + 14);
	flow_say(&p->flow, UI_LABEL, "%s", _("longest as it is"));
	flow_end(&p->flow);
	for (size_t i = 0; i < f->operators_len; i++) {
		const struct figures_operator *one = &f->operators[i];
		const struct incident *inc = world_by_number(&p->app->world, one->number);
		bool gone = inc != NULL && app_claim_is_stale(p->app, inc);
		char name[2 * WHO_SIZE + 4];
		(void)snprintf(name, sizeof(name), "%s%s%s%s", gone ? "?" : "", one->who.name,
			view_at(one->who.position), one->who.position);
		flow_put(&p->flow, 0, gone ? UI_CLAIM_STALE : UI_TEXT, name);
		put_count(p, col, 6, UI_TITLE, one->open);
		put_count(p, col + 6, 6, UI_TEXT, one->urgent);
		put_incident(p, col + 14, UI_TEXT, one->number, f->now_ms - one->since_ms);
		flow_end(&p->flow);
	}
	if (f->operators_len == 0) {
		nothing(p, _("nobody has an incident"));
	}
}

#define STEP_COL  10 /* after the name */
#define STEP_COLS 5

static void agencies(struct page *p) {
	const struct figures *f = p->figures;
	int exits = STEP_COL + DISPATCH_CLEARED * STEP_COLS;
	title(p, _("AGENCIES"));
	for (int step = 0; step < DISPATCH_CLEARED; step++) {
		put_cell(p, STEP_COL + step * STEP_COLS, STEP_COLS, UI_LABEL, "%s",
			word_step_short((enum dispatch_state)step));
	}
	put_cell(p, exits, STEP_COLS, UI_LABEL, "%s", word_step_short(DISPATCH_DECLINED));
	put_cell(
		p, exits + STEP_COLS, STEP_COLS, UI_LABEL, "%s", word_step_short(DISPATCH_EXPIRED));
	flow_column(&p->flow, exits + 2 * STEP_COLS + 1);
	flow_say(&p->flow, UI_LABEL, "%s", _("unanswered"));
	flow_end(&p->flow);
	for (size_t i = 0; i < f->agencies_len; i++) {
		const struct figures_agency *one = &f->agencies[i];
		flow_put(&p->flow, 0, UI_TEXT, view_agency(p->app, one->id));
		for (int step = 0; step < DISPATCH_CLEARED; step++) {
			put_count(p, STEP_COL + step * STEP_COLS, STEP_COLS, UI_TEXT,
				one->steps[step]);
		}
		put_count(p, exits, STEP_COLS, UI_ERROR, one->declined);
		put_count(p, exits + STEP_COLS, STEP_COLS, UI_ERROR, one->expired);
		put_incident(p, exits + 2 * STEP_COLS + 1, UI_WARN, one->number,
			f->now_ms - one->since_ms);
		flow_end(&p->flow);
	}
	if (f->agencies_len == 0) {
		nothing(p, _("nobody is under way"));
	}
}

/* "10s", or "10m-15m" where kinds and priorities differ. */
static void put_target(struct page *p, int col, const struct figure *figure) {
	char least[VIEW_TIME_SIZE], most[VIEW_TIME_SIZE];
	flow_column(&p->flow, col);
	if (figure->judged == 0) {
		flow_put(&p->flow, 1, UI_MUTED, "-");
		return;
	}
	view_span(least, figure->target_ms);
	view_span(most, figure->target_to);
	flow_say(&p->flow, UI_LABEL, figure->target_to > figure->target_ms ? "%s-%s" : "%s", least,
		most);
}

static void times(struct page *p) {
	bool missed;
	char text[VIEW_TIME_SIZE];
	title(p, _("TIMES"));
	put_cell(p, 10, 5, UI_LABEL, "%s", _("n"));
	put_cell(p, 15, 9, UI_LABEL, "%s", _("median"));
	put_cell(p, 24, 9, UI_LABEL, "%s", _("90 %"));
	flow_column(&p->flow, 35);
	flow_say(&p->flow, UI_LABEL, "%s", _("target"));
	put_cell(p, 43, 8, UI_LABEL, "%s", _("met"));
	flow_end(&p->flow);
	for (int i = 0; i < FIGURE_TIME_COUNT; i++) {
		const struct figure *one = &p->received->times[i];
		flow_put(&p->flow, 0, one->count > 0 ? UI_TEXT : UI_MUTED,
			word_time((enum figure_time)i));
		put_count(p, 10, 5, UI_TEXT, one->count);
		if (one->count > 0) {
			missed = figure_is_missed(one);
			view_age(text, one->median_ms);
			put_cell(p, 15, 9, UI_TEXT, "%s", text);
			view_age(text, one->p90_ms);
			/* The mark says it where colours do not. */
			put_cell(p, 24, 9, missed ? UI_OVERDUE_ALERT : UI_TEXT, "%s%s",
				missed ? ">" : "", text);
			put_target(p, 35, one);
			if (one->judged > 0) {
				put_cell(p, 43, 8, missed ? UI_OVERDUE_ALERT : UI_TEXT, "%zu/%zu",
					one->met, one->judged);
			}
		}
		flow_end(&p->flow);
	}
	if (p->figures->skewed > 0) {
		flow_say(&p->flow, UI_WARN, _("%zu left out: the feed's clock was set back"),
			p->figures->skewed);
		flow_end(&p->flow);
	}
}

static void received(struct page *p) {
	const struct figures_received *r = p->received;
	title(p, _("RECEIVED"));
	flow_say(&p->flow, UI_TITLE, "%zu", r->count);
	for (int i = 0; i < PRIORITY_COUNT; i++) {
		flow_fact(&p->flow, UI_TEXT, "P%d %zu", i + 1, r->priorities[i]);
	}
	flow_end(&p->flow);
	for (int i = 0; i < INCIDENT_STATE_COUNT; i++) {
		if (r->states[i] > 0) {
			flow_fact(&p->flow, UI_TEXT, "%s %zu", word_state((enum incident_state)i),
				r->states[i]);
		}
	}
	flow_end(&p->flow);
	for (int i = 0; i < KIND_COUNT; i++) {
		if (r->kinds[i] > 0) {
			flow_fact(
				&p->flow, UI_LABEL, "%s %zu", word_kind((enum kind)i), r->kinds[i]);
		}
	}
	flow_end(&p->flow);
	for (int i = 0; i < MODE_COUNT; i++) {
		const struct figures_received *other = &p->figures->received[i];
		if (other != r && other->count > 0) {
			flow_fact(&p->flow, UI_WARN, _("apart: %s %zu"), word_mode((enum mode)i),
				other->count);
		}
	}
	flow_end(&p->flow);
}

static void false_alarms(struct page *p) {
	const struct figures_received *r = p->received;
	title(p, _("FALSE ALARMS"));
	put_share(p, UI_TITLE, r->false_alarms, r->count);
	for (int i = 0; i < REJECT_COUNT; i++) {
		if (i != REJECT_UNVERIFIABLE && r->reasons[i] > 0) {
			flow_fact(&p->flow, UI_TEXT, "%s %zu",
				i == REJECT_NONE ? _("no reason said")
						 : word_reason((enum reject_reason)i),
				r->reasons[i]);
		}
	}
	flow_end(&p->flow);
	/* Not proven false: it must not stand among the pranks. */
	if (r->reasons[REJECT_UNVERIFIABLE] > 0) {
		flow_say(&p->flow, UI_WARN, _("of them only not verifiable: %zu"),
			r->reasons[REJECT_UNVERIFIABLE]);
		flow_end(&p->flow);
	}
}

static void cameras(struct page *p) {
	const struct figures_received *r = p->received;
	title(p, _("CAMERAS"));
	flow_fact(&p->flow, UI_LABEL, "%s", _("verified by camera"));
	put_share(p, UI_TEXT, r->by_camera, r->verified);
	flow_end(&p->flow);
	flow_say(&p->flow, UI_LABEL, _("no working camera within %d m:"), FIGURES_CAMERA_M);
	put_share(p, r->unseen > 0 ? UI_WARN : UI_TEXT, r->unseen, r->count);
	flow_end(&p->flow);
}

/* The most important first; in which column each stands where there are two and three. */
static const struct {
	void (*put)(struct page *p);
	int of_two, of_three;
} sections[] = {
	{waiting, 0, 0},
	{overdue, 0, 0},
	{operators, 0, 1},
	{agencies, 1, 1},
	{times, 1, 2},
	{received, 0, 0},
	{false_alarms, 1, 2},
	{cameras, 1, 2},
};

static void put_sections(const struct app *app, struct page *pages, int columns, bool small) {
	size_t len = small ? SMALL_SECTION : ARRAY_LEN(sections);
	for (size_t i = 0; i < len; i++) {
		int column = columns == 3   ? sections[i].of_three
			     : columns == 2 ? sections[i].of_two
					    : 0;
		struct page *p = &pages[column];
		p->app = app;
		p->figures = &app->board.figures;
		p->received = &app->board.figures.received[app->mode];
		if (columns > 1 && p->flow.line > 0) {
			p->flow.line++; /* There is room for a gap. */
		}
		sections[i].put(p);
	}
}

/* Draws the columns side by side; returns how many lines they can be scrolled. */
static int draw_columns(
	const struct app *app, struct surface *s, struct rect area, int columns, bool small) {
	struct page pages[COLUMNS_MAX] = {0};
	int cols = (area.cols - (columns - 1) * COLUMN_GAP) / columns, lines = 0, most, skip;
	for (int i = 0; i < columns; i++) {
		flow_init(&pages[i].flow, cols);
	}
	put_sections(app, pages, columns, small);
	for (int i = 0; i < columns; i++) {
		lines = pages[i].flow.line > lines ? pages[i].flow.line : lines;
	}
	most = lines > area.rows ? lines - area.rows : 0;
	skip = app->board.scroll < most ? app->board.scroll : most;
	for (int i = 0; i < columns; i++) {
		struct rect place = {area.col + i * (cols + COLUMN_GAP), area.row, cols, area.rows};
		flow_draw(&pages[i].flow, s, place, skip);
		flow_finish(&pages[i].flow);
	}
	return most;
}

#define TEXT_COLS 80

void view_board_text(const struct app *app, struct buf *out) {
	struct page page = {0};
	flow_init(&page.flow, TEXT_COLS);
	put_sections(app, &page, 1, false);
	flow_text(&page.flow, true, out);
	flow_finish(&page.flow);
}

int view_board(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect area = layout->panes[PANE_QUEUE], inner = area;
	const struct incident *fresh = view_first_new(app);
	char head[120], since[VIEW_TIME_SIZE], span[VIEW_TIME_SIZE];
	int columns = area.cols >= THREE_COLS ? 3 : area.cols >= TWO_COLS ? 2 : 1;
	int most;
	if (area.rows <= 0) {
		return 0;
	}
	view_time(since, app->board.figures.from_ms, false);
	view_span(span, app->board.span_ms);
	(void)snprintf(head, sizeof(head), _("BOARD since %s (%s)"), since, span);
	if (layout->tier > TIER_STRIP) {
		inner = view_box(s, area, head, true);
	}
	if (!app->has_data) {
		(void)surface_text(s, inner.col, inner.row + inner.rows / 2, inner.cols, UI_WARN,
			_("NO DATA YET"));
		return 0;
	}
	if (layout->bar.rows <= 0 && fresh != NULL) {
		/* Without a bar the alarm that waits has its place here. */
		view_alarm(app, s, view_row(inner, 0), fresh);
		inner.row++;
		inner.rows--;
	}
	most = draw_columns(app, s, inner, columns, layout->tier <= TIER_SMALL);
	if (app->board.scroll < most && layout->tier > TIER_STRIP) {
		view_foot(s, area, _(" %d more "), most - app->board.scroll);
	}
	return most;
}
