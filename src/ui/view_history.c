/* Closed incidents from the cache, in the queue's place. */
#include <stdio.h>

#include <siaga/base/text.h>

#include "view.h"

const char *view_outcome(const struct history_item *item) {
	if (item->state == INCIDENT_FALSE_ALARM) {
		return word_reason(item->reason);
	}
	return item->state == INCIDENT_DUPLICATE ? word_state(item->state)
						 : word_disposition(item->disposition);
}

static void draw_item(const struct app *app, struct surface *s, struct rect area, size_t at) {
	const struct history_item *item = &app->history.rows[at];
	char day[VIEW_TIME_SIZE], took[VIEW_TIME_SIZE];
	int right = area.col + area.cols, col = area.col;
	int took_cols = area.cols >= 90 ? 7 : 0, how_cols = area.cols >= 90 ? 23 : 13;

	view_day(day, item->received_ms);
	view_age(took, item->ended_ms - item->received_ms);
	(void)surface_text(s, col, area.row, 1, UI_KEY, at == app->history.at ? ">" : " ");
	col += 2;
	(void)surface_text(s, col, area.row, 11, UI_LABEL, day);
	col += 12;
	(void)surface_printf(s, col, area.row, 2, UI_TEXT, "P%d", (int)item->priority + 1);
	col += 3;
	(void)surface_printf(s, col, area.row, 7, UI_TEXT, "#%lld", (long long)item->number);
	col += 8;
	(void)surface_text(s, col, area.row, 9, UI_TEXT, word_kind(item->kind));
	col += 10;
	if (area.cols >= 70) {
		right -= how_cols;
		(void)surface_text(s, right, area.row, how_cols, UI_TEXT, view_outcome(item));
		right -= took_cols + 1;
	}
	if (took_cols > 0) {
		(void)surface_printf(s, right, area.row, took_cols - 1, UI_LABEL, "%6s", took);
		right--;
	}
	(void)surface_text(s, col, area.row, right > col ? right - col : 0, UI_TEXT, item->place);
	if (at == app->history.at) {
		view_reverse(s, area);
	}
}

void view_history(const struct app *app, struct surface *s, const struct layout *layout) {
	const struct history *history = &app->history;
	struct rect inner;
	char title[280];
	size_t first;

	(void)snprintf(title, sizeof(title),
		history->words[0] != '\0' ? _("HISTORY: %s") : _("HISTORY, newest first%s"),
		history->words);
	inner = view_frame(s, app, layout, PANE_QUEUE, title);
	if (history->len == 0) {
		(void)surface_text(s, inner.col + 1, inner.row + inner.rows / 2, inner.cols - 1,
			UI_MUTED,
			history->waiting ? _("Reading the cache")
					 : _("The cache holds nothing of that"));
		return;
	}
	first = view_first(history->at, inner.rows);
	for (int row = 0; row < inner.rows && first + (size_t)row < history->len; row++) {
		draw_item(app, s, view_row(inner, row), first + (size_t)row);
	}
	view_foot(s, layout->panes[PANE_QUEUE],
		history->whole ? _(" %zu of %zu ") : _(" %zu of more than %zu "), history->at + 1,
		history->len);
}
