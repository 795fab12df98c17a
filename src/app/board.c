#include <siaga/app/board.h>

#include <siaga/base/duration.h>

#include "private.h"

/* Ticks come every second; one that comes a little early counts, two at once do not. */
#define LEAST_MS 500

static void count(struct app *app) {
	struct board *board = &app->board;
	int64_t now_ms = app_feed_now(app);
	board->count_ms = app->now_ms;
	figures_compute(
		&board->figures, &app->world, &app->cfg.timers, now_ms - board->span_ms, now_ms);
}

void board_open(struct app *app, const char *span) {
	struct board *board = &app->board;
	int64_t span_ms = FIGURES_SHIFT_MS;
	if (span[0] != '\0' && (!duration_parse(span, &span_ms) || span_ms < BOARD_SPAN_MIN_MS ||
				       span_ms > BOARD_SPAN_MAX_MS)) {
		notice_add(app, true, "%s", _("board TIME: 1m to 24h, such as 90m or 8h"));
		return;
	}
	if (!board->on) {
		board->focus = app->focus;
		board->scroll = 0;
	}
	board->on = true;
	board->span_ms = span_ms;
	app->focus = PANE_QUEUE;
	count(app);
}

void board_leave(struct app *app) {
	if (app->board.on) {
		app->board.on = false;
		app->focus = app->board.focus;
	}
}

bool board_keeps(enum command_id id) {
	switch ((int)id) {
	case COMMAND_BACK:
	case COMMAND_BOARD:
	case COMMAND_BOTTOM:
	case COMMAND_DOWN:
	case COMMAND_HELP:
	case COMMAND_LINE:
	case COMMAND_MUTE:
	case COMMAND_PAGE_DOWN:
	case COMMAND_PAGE_UP:
	case COMMAND_QUIT:
	case COMMAND_REDRAW:
	case COMMAND_TEST_SOUND:
	case COMMAND_THEME:
	case COMMAND_TOP:
	case COMMAND_UP: return true;
	/* What the line does to an incident by its number moves nothing here. */
	default: return (command_get(id)->flags & COMMAND_WRITES) != 0;
	}
}

void board_tick(struct app *app) {
	if (app->board.on && app->now_ms - app->board.count_ms >= LEAST_MS) {
		count(app);
	}
}

/* Only what was drawn knows how long it is. */
void board_drawn(struct app *app, int most) {
	app->board.most = most;
	if (app->board.scroll > most) {
		app->board.scroll = most;
	}
}
