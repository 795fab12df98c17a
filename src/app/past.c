#include <siaga/app/history.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

#define ASK_BEFORE 20 /* rows before the end: the next page is asked for */

static void ask(struct app *app, struct effects *fx) {
	struct history *history = &app->history;
	if (history->waiting || history->whole) {
		return;
	}
	struct effect *effect = effects_add(fx, EFFECT_HISTORY);
	text_copy(effect->text, sizeof(effect->text), history->words);
	effect->seq = history->len > 0 ? history->rows[history->len - 1].key : 0;
	history->waiting = true;
}

static void forget_old(struct app *app) {
	world_finish(&app->history.old);
	app->history.opened[0] = '\0';
}

void past_finish(struct app *app) {
	forget_old(app);
	free(app->history.rows);
	memset(&app->history, 0, sizeof(app->history));
}

void past_open(struct app *app, const char *words, struct effects *fx) {
	past_finish(app);
	app->history.on = true;
	text_copy(app->history.words, sizeof(app->history.words), words);
	app->focus = PANE_QUEUE;
	app->detail_scroll = 0;
	marks_clear(app);
	near_refresh(app);
	ask(app, fx);
}

void past_leave(struct app *app) {
	if (!app->history.on) {
		return;
	}
	past_finish(app);
	app->detail_scroll = 0;
	near_refresh(app);
}

void past_move(struct app *app, int by, struct effects *fx) {
	struct history *history = &app->history;
	if (history->len > 0) {
		int64_t at = (int64_t)history->at + by, last = (int64_t)history->len - 1;
		history->at = (size_t)(at < 0 ? 0 : at > last ? last : at);
	}
	if (history->at + ASK_BEFORE >= history->len) {
		ask(app, fx);
	}
}

void past_enter(struct app *app, struct effects *fx) {
	struct history *history = &app->history;
	if (history->at >= history->len) {
		return;
	}
	forget_old(app);
	text_copy(effects_add(fx, EFFECT_OLD)->id, UUID_SIZE, history->rows[history->at].id);
}

void past_rows(struct app *app, const struct app_event *event) {
	struct history *history = &app->history;
	if (!history->on) {
		return;
	}
	history->waiting = false;
	history->whole = event->whole;
	history->rows = mem_resize(
		history->rows, history->len + event->items_len + 1, sizeof(*history->rows));
	memcpy(history->rows + history->len, event->items,
		event->items_len * sizeof(*history->rows));
	history->len += event->items_len;
}

void past_old(struct app *app, const struct app_event *event) {
	struct history *history = &app->history;
	if (!history->on) {
		return;
	}
	forget_old(app);
	for (size_t i = 0; i < event->events_len; i++) {
		world_apply(&history->old, &event->events[i]);
	}
	if (world_incident(&history->old, event->id) == NULL) {
		notice_add(app, true, "%s", _("The cache does not hold it any more"));
		return;
	}
	text_copy(history->opened, sizeof(history->opened), event->id);
	app->focus = PANE_DETAIL;
	app->detail_scroll = 0;
	near_refresh(app);
}
