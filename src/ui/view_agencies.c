/* The agencies: who is there, how to ring them, what they are on, how fast they say yes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siaga/base/text.h>

#include "flow.h"
#include "view.h"

#define DAY_S       INT64_C(86400)
#define LATELY_MS   (30 * 60000) /* a refusal is told for so long */
#define HEADS_ROWS  8            /* a pane this high has a row of heads */
#define PICKED_ROWS 4            /* what the picked one needs below, at least */
#define LOAD_WARN   2            /* more incidents than that are many for one agency */

/* The parts of a row, from the left; a width of 0 leaves one out. */
enum part {
	PART_KEY,
	PART_NAME,
	PART_DESK,
	PART_COUNT_OF,
	PART_PHONE,
	PART_ACCEPTS,
	PART_LOAD,
	PART_COUNT
};

/* What is known of one agency. */
struct known {
	const struct agency *agency;
	size_t count;   /* open incidents that it is on */
	char load[200]; /* "#412 way 2m, #415 req <1m" */
	int64_t *times; /* owned: from delivered to accepted, today */
	size_t times_len;
	const struct incident *refused; /* lately, the last one; NULL: none */
	const struct dispatch *refusal;
};

struct survey {
	const struct app *app;
	struct known *known; /* owned; in the registry's order */
	size_t len;
};

/* Who answers for how long things take. */
static bool judges(const struct app *app) {
	return app->role == ROLE_SUPERVISOR;
}

static struct known *find(const struct survey *survey, const char *agency) {
	for (size_t i = 0; i < survey->len; i++) {
		if (strcmp(survey->known[i].agency->id, agency) == 0) {
			return &survey->known[i];
		}
	}
	return NULL;
}

static void add_load(const struct app *app, struct known *known, const struct incident *inc,
	const struct dispatch *dispatch) {
	size_t used = strlen(known->load);
	char one[64], age[VIEW_TIME_SIZE];
	known->count++;
	view_minutes(age, app_feed_now(app) - dispatch->at_ms[dispatch->state]);
	snprintf(one, sizeof(one), "%s#%lld %s %s", used > 0 ? ", " : "", (long long)inc->number,
		word_step_short(dispatch->state), age);
	if (used + strlen(one) < sizeof(known->load)) {
		text_copy(known->load + used, sizeof(known->load) - used, one);
	}
}

static void add_time(struct known *known, const struct dispatch *dispatch, int64_t from_ms) {
	int64_t asked_ms = dispatch->at_ms[DISPATCH_DELIVERED];
	int64_t accepted_ms = dispatch->at_ms[DISPATCH_ACCEPTED];
	if (asked_ms == 0 || accepted_ms < asked_ms || accepted_ms < from_ms) {
		return;
	}
	if ((known->times_len & (known->times_len - 1)) == 0) {
		size_t cap = known->times_len > 0 ? known->times_len * 2 : 4;
		known->times = mem_resize(known->times, cap, sizeof(*known->times));
	}
	known->times[known->times_len++] = accepted_ms - asked_ms;
}

static void add_refusal(const struct app *app, struct known *known, const struct incident *inc,
	const struct dispatch *dispatch) {
	int64_t at_ms = dispatch->at_ms[dispatch->state];
	if (dispatch->state != DISPATCH_DECLINED && dispatch->state != DISPATCH_EXPIRED) {
		return;
	}
	if (app_feed_now(app) - at_ms < LATELY_MS &&
		(known->refusal == NULL || at_ms > known->refusal->at_ms[known->refusal->state])) {
		view_lasts(at_ms + LATELY_MS - app_feed_now(app));
		known->refused = inc;
		known->refusal = dispatch;
	}
}

/* When the day began where the console stands. */
static int64_t midnight_ms(int64_t now_ms) {
	time_t at = (time_t)(now_ms / 1000);
	struct tm tm;
	if (localtime_r(&at, &tm) == NULL) {
		return now_ms;
	}
	/* By the clock on the wall, which on two days of a year is an hour off. */
	int64_t past_s = (tm.tm_hour * 60 + tm.tm_min) * INT64_C(60) + tm.tm_sec;
	view_lasts((DAY_S - past_s % DAY_S) * 1000 - now_ms % 1000);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm) * 1000;
}

/* Over the world, not the queue: what a filter hides is on an agency's hands all the same. No
 * exercise makes the figures of the city better: times are those of this console's mode. */
static void add_all(struct survey *survey) {
	const struct app *app = survey->app;
	int64_t from_ms = midnight_ms(app_feed_now(app));
	bool times = judges(app);
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		for (size_t i = 0; i < inc->dispatches_len; i++) {
			const struct dispatch *dispatch = &inc->dispatches[i];
			struct known *known = find(survey, dispatch->agency);
			if (known == NULL) {
				continue;
			}
			if (dispatch_is_live(dispatch)) {
				add_load(app, known, inc, dispatch);
			}
			add_refusal(app, known, inc, dispatch);
			if (times && inc->mode == app->mode) {
				add_time(known, dispatch, from_ms);
			}
		}
	}
}

static void fill(struct survey *survey, const struct app *app) {
	const struct registry *reg = &app->world.registry;
	survey->app = app;
	survey->len = reg->agencies_len;
	survey->known = mem_alloc(survey->len + 1, sizeof(*survey->known));
	for (size_t i = 0; i < survey->len; i++) {
		survey->known[i].agency = &reg->agencies[i];
	}
	add_all(survey);
}

static void finish(struct survey *survey) {
	for (size_t i = 0; i < survey->len; i++) {
		free(survey->known[i].times);
	}
	free(survey->known);
}

static int compare_times(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* By nearest rank: a time that was taken. */
static int64_t percentile(const int64_t *sorted, size_t len, size_t percent) {
	return sorted[(len * percent + 99) / 100 - 1];
}

/* "0:21 0:48": the median and what nine of ten took at most. */
static void accepts_text(struct known *known, char *out, size_t size) {
	char median[VIEW_TIME_SIZE], most[VIEW_TIME_SIZE];
	out[0] = '\0';
	if (known->times_len == 0) {
		return;
	}
	qsort(known->times, known->times_len, sizeof(*known->times), compare_times);
	view_length(median, percentile(known->times, known->times_len, 50));
	view_length(most, percentile(known->times, known->times_len, 90));
	snprintf(out, size, "%s %s", median, most);
}

static void refusal_text(const struct app *app, const struct known *known, char *out, size_t size) {
	char age[VIEW_TIME_SIZE];
	view_minutes(age, app_feed_now(app) - known->refusal->at_ms[known->refusal->state]);
	snprintf(out, size, "%s #%lld %s", word_step(known->refusal->state),
		(long long)known->refused->number, age);
}

static void key_text(const struct agency *agency, char out[16]) {
	out[0] = '\0';
	if (agency->fkey > 0) {
		snprintf(out, 16, "F%d", agency->fkey);
	} else if (agency->letter != '\0') {
		snprintf(out, 16, "d%c", agency->letter);
	}
}

static enum ui_role desk_role(const struct agency *agency) {
	return agency->desk == DESK_ONLINE    ? UI_LINK_OK
	       : agency->desk == DESK_OFFLINE ? UI_ERROR
	       : agency->desk == DESK_PHONE   ? UI_LABEL
					      : UI_MUTED;
}

static void divide(const struct app *app, int widths[PART_COUNT], int cols) {
	int rest = cols;
	memset(widths, 0, PART_COUNT * sizeof(*widths));
	widths[PART_KEY] = 3;
	widths[PART_NAME] = 11;
	widths[PART_DESK] = 9;
	widths[PART_COUNT_OF] = 3;
	widths[PART_PHONE] = cols >= 60 ? 15 : 0;
	widths[PART_ACCEPTS] = judges(app) && cols >= 48 ? 10 : 0;
	for (int i = 0; i < PART_COUNT; i++) {
		rest -= widths[i];
	}
	widths[PART_LOAD] = rest > 0 ? rest : 0;
}

/* One part of a row; returns the column behind it. */
static int put(struct surface *s, struct rect row, int col, int width, enum ui_role role,
	const char *text) {
	int room = row.col + row.cols - col;
	if (width > 0) {
		surface_text(s, col, row.row, width - 1 < room ? width - 1 : room, role, text);
	}
	return col + width;
}

static void draw_heads(const struct app *app, struct surface *s, struct rect row) {
	static const char *const heads[PART_COUNT] = {
		[PART_KEY] = "",
		[PART_NAME] = N_("AGENCY"),
		[PART_DESK] = N_("DESK"),
		[PART_COUNT_OF] = N_("ON"),
		[PART_PHONE] = N_("PHONE"),
		[PART_ACCEPTS] = N_("50% 90%"),
		[PART_LOAD] = N_("WHAT FOR"),
	};
	int widths[PART_COUNT], col = row.col;
	divide(app, widths, row.cols);
	for (int i = 0; i < PART_COUNT; i++) {
		col = put(s, row, col, widths[i], UI_LABEL, heads[i][0] != '\0' ? _(heads[i]) : "");
	}
}

static void draw_agency(
	const struct app *app, struct surface *s, struct rect row, struct known *known) {
	const struct agency *agency = known->agency;
	int widths[PART_COUNT], col = row.col;
	char text[64];
	divide(app, widths, row.cols);
	key_text(agency, text);
	col = put(s, row, col, widths[PART_KEY], UI_KEY, text);
	col = put(s, row, col, widths[PART_NAME], UI_TITLE, view_agency(app, agency->id));
	col = put(s, row, col, widths[PART_DESK], desk_role(agency), word_desk(agency->desk));
	snprintf(text, sizeof(text), "%2zu", known->count);
	col = put(s, row, col, widths[PART_COUNT_OF],
		known->count > LOAD_WARN ? UI_WARN
		: known->count > 0       ? UI_TEXT
					 : UI_MUTED,
		text);
	col = put(s, row, col, widths[PART_PHONE], UI_LABEL, agency->phone);
	accepts_text(known, text, sizeof(text));
	col = put(s, row, col, widths[PART_ACCEPTS], UI_TEXT, text);
	int room = row.col + row.cols - col;
	if (known->refusal != NULL && room > 0) {
		refusal_text(app, known, text, sizeof(text));
		col += surface_text(s, col, row.row, room, UI_ERROR, text);
		col += known->load[0] != '\0' ? 2 : 0;
	}
	surface_text(s, col, row.row, row.col + row.cols - col, UI_TEXT, known->load);
}

static void put_incident(struct flow *flow, const struct app *app, const struct incident *inc,
	const struct dispatch *dispatch) {
	bool live = dispatch_is_live(dispatch);
	char age[VIEW_TIME_SIZE], cell[GEO_CELL_SIZE];
	view_minutes(age, app_feed_now(app) - dispatch->at_ms[dispatch->state]);
	view_cell(app, inc->at, cell);
	flow_say(flow, role_of_priority(inc->priority), "P%d", (int)inc->priority + 1);
	flow_say(flow, UI_TITLE, "#%lld %s", (long long)inc->number, word_kind(inc->kind));
	flow_put(flow, 1, UI_TEXT, cell);
	flow_say(flow, live ? UI_TEXT : UI_ERROR, "%s %s", word_step(dispatch->state), age);
	flow_put(flow, 2, live ? UI_LABEL : UI_ERROR, live ? inc->place : dispatch->cause);
	flow_end(flow);
}

/* The picked one, whole: its name, its number, where it is needed. */
static void draw_picked(
	const struct app *app, struct surface *s, struct rect area, struct known *known) {
	struct flow flow;
	flow_init(&flow, area.cols);
	flow_put(&flow, 0, UI_TITLE, known->agency->name);
	flow_put(&flow, 2, desk_role(known->agency), word_desk(known->agency->desk));
	flow_put(&flow, 2, UI_TEXT, known->agency->phone);
	if (known->times_len > 0) {
		char median[VIEW_TIME_SIZE], most[VIEW_TIME_SIZE];
		view_age(median, percentile(known->times, known->times_len, 50));
		view_age(most, percentile(known->times, known->times_len, 90));
		flow_fact(&flow, UI_LABEL, _("accepted %zu today, median %s, nine of ten in %s"),
			known->times_len, median, most);
	}
	flow_end(&flow);
	for (const struct incident *inc = app->world.incidents;
		inc != NULL && flow.line < area.rows; inc = inc->hh.next) {
		const struct dispatch *dispatch = incident_dispatch(inc, known->agency->id);
		if (dispatch != NULL && dispatch_is_live(dispatch)) {
			put_incident(&flow, app, inc, dispatch);
		}
	}
	if (known->refusal != NULL) {
		put_incident(&flow, app, known->refused, known->refusal);
	}
	flow_draw(&flow, s, area, 0);
	flow_finish(&flow);
}

static void draw_survey(
	const struct survey *survey, struct surface *s, struct rect area, struct rect frame) {
	const struct app *app = survey->app;
	size_t pick = (size_t)app->agency_pick < survey->len ? (size_t)app->agency_pick : 0;
	struct rect list = area;
	if (area.rows >= HEADS_ROWS) {
		draw_heads(app, s, view_row(area, 0));
		list.row++;
		list.rows--;
	}
	int spare = list.rows - (int)survey->len - 1;
	if (spare >= PICKED_ROWS) {
		list.rows = (int)survey->len;
		draw_picked(app, s,
			(struct rect){area.col, list.row + list.rows + 1, area.cols, spare},
			&survey->known[pick]);
	}
	size_t first = view_first(pick, list.rows);
	for (int row = 0; row < list.rows && first + (size_t)row < survey->len; row++) {
		size_t at = first + (size_t)row;
		draw_agency(app, s, view_row(list, row), &survey->known[at]);
		if (app->focus == PANE_AGENCIES && at == pick) {
			view_reverse(s, view_row(list, row));
		}
	}
	if (list.rows > 0 && first + (size_t)list.rows < survey->len) {
		view_foot(s, frame, _(" %zu more "), survey->len - first - (size_t)list.rows);
	}
}

void view_agencies(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect inner = view_frame(s, app, layout, PANE_AGENCIES, word_pane(PANE_AGENCIES));
	struct survey survey = {0};
	if (app->world.registry.agencies_len == 0) {
		surface_text(
			s, inner.col, inner.row, inner.cols, UI_MUTED, _("No agency is known yet"));
		return;
	}
	fill(&survey, app);
	draw_survey(&survey, s, inner, layout->panes[PANE_AGENCIES]);
	finish(&survey);
}
