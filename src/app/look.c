/* Looking about: what the keys do that never reaches the feed. */
#include <string.h>

#include <siaga/app/map_view.h>
#include <siaga/base/text.h>

#include "private.h"

#define PAGE_ROWS 10

static void scroll(int *at, int by, int most) {
	*at = *at + by < 0 ? 0 : *at + by > most ? most : *at + by;
}

static void move_rows(struct app *app, int by, struct effects *fx) {
	if (app->history.on) {
		past_move(app, by, fx);
	} else {
		rows_move(app, by, fx);
	}
}

static void move(struct app *app, int by, struct effects *fx) {
	if (app->board.on) {
		scroll(&app->board.scroll, by, app->board.most);
		return;
	}
	switch (app->focus) {
	case PANE_DETAIL: scroll(&app->detail_scroll, by, app->detail_most); break;
	case PANE_LOG: scroll(&app->log_scroll, -by, (int)app->log_len); break;
	case PANE_AGENCIES:
		scroll(&app->agency_pick, by, (int)app->world.registry.agencies_len - 1);
		break;
	case PANE_CAMERAS:
		if (app->near_len > 0) {
			int pick = (int)app->near_pick;
			scroll(&pick, by, (int)app->near_len - 1);
			app->near_pick = (size_t)pick;
			app->near_chosen = true;
		}
		break;
	case PANE_QUEUE:
	case PANE_MAP:
	case PANE_COUNT: move_rows(app, by, fx); break;
	}
}

/* One step out: the innermost thing first. */
static void back(struct app *app) {
	if (app->board.on) {
		board_leave(app);
	} else if (app->zoom) {
		app->zoom = false;
	} else if (app->focus != PANE_QUEUE) {
		app->focus = PANE_QUEUE;
	} else if (app->history.on) {
		past_leave(app);
	} else if (app->marks_len > 0) {
		marks_clear(app);
	} else if (!filter_is_empty(&app->filter)) {
		rows_set_filter(app, "", NULL);
	} else if (app->frozen) {
		app->frozen = false;
		rows_refresh(app);
	} else {
		notice_add(app, false, "%s", _(":quit leaves the console"));
	}
}

static void mute(struct app *app) {
	if (app->mute_until_ms > app->now_ms) {
		app->mute_until_ms = 0;
		notice_add(app, false, "%s", _("The bell rings again"));
	} else {
		app->mute_until_ms = app->now_ms + app->cfg.mute_ms;
	}
}

static void quit(struct app *app, bool forced, struct effects *fx) {
	size_t unsent = app_count_unsent(app);
	if (unsent > 0 && !forced && app->link != APP_LINK_NONE) {
		notice_add(app, true,
			_("%zu not confirmed by the feed; :quit! leaves them in the outbox"),
			unsent);
		return;
	}
	app->quit = true;
	effects_add(fx, EFFECT_QUIT);
}

void look_focus(struct app *app, enum pane pane) {
	app->focus = pane;
	if (pane != PANE_QUEUE && pane != PANE_MAP) {
		app->tab = pane;
	}
}

static void go_pane(struct app *app, const struct call *call) {
	enum pane pane;
	if (call->key >= '1' && call->key < '1' + PANE_COUNT) {
		look_focus(app, (enum pane)(call->key - '1'));
	} else if (call->args[0] >= '1' && call->args[0] < '1' + PANE_COUNT &&
		   call->args[1] == '\0') {
		look_focus(app, (enum pane)(call->args[0] - '1'));
	} else if (pane_find(call->args, &pane)) {
		look_focus(app, pane);
	} else {
		notice_add(app, true, "%s", _("pane queue|map|detail|cameras|log|agencies"));
	}
}

static void next_theme(struct app *app, const char *name, struct effects *fx) {
	if (name[0] == '\0') {
		size_t i = 0;
		while (i < app->themes_len && strcmp(app->themes[i], app->theme) != 0) {
			i++;
		}
		if (app->themes_len == 0) {
			return;
		}
		name = app->themes[(i + 1) % app->themes_len];
	}
	struct effect *effect = effects_add(fx, EFFECT_THEME);
	text_copy(effect->text, sizeof(effect->text), name);
}

static void go_cell(struct app *app, const char *name) {
	struct err err = {0};
	if (map_view_goto_cell(&app->map, &app->world.registry.grid, name, &err)) {
		look_focus(app, PANE_MAP);
	} else {
		notice_add(app, true, "%s", err.text);
	}
}

static const struct position *shown_at(const struct app *app) {
	const struct incident *inc = app_shown(app);
	return inc != NULL ? &inc->at : NULL;
}

static bool run_map(struct app *app, const struct call *call) {
	const struct geo_grid *grid = &app->world.registry.grid;
	const struct position *at = shown_at(app);
	switch ((int)call->id) {
	case COMMAND_MAP_IN: map_view_zoom(&app->map, 1, grid, at); return true;
	case COMMAND_MAP_OUT: map_view_zoom(&app->map, -1, grid, at); return true;
	case COMMAND_MAP_LEFT: map_view_pan(&app->map, -1, 0, grid, at); return true;
	case COMMAND_MAP_RIGHT: map_view_pan(&app->map, 1, 0, grid, at); return true;
	case COMMAND_MAP_UP: map_view_pan(&app->map, 0, -1, grid, at); return true;
	case COMMAND_MAP_DOWN: map_view_pan(&app->map, 0, 1, grid, at); return true;
	case COMMAND_MAP_CENTRE: map_view_centre(&app->map, at); return true;
	case COMMAND_MAP_RING: map_view_next_ring(&app->map); return true;
	case COMMAND_MAP_CAMERAS: app->map.all_cameras = !app->map.all_cameras; return true;
	case COMMAND_MAP_STYLE: map_view_next_style(&app->map); return true;
	case COMMAND_GOTO: go_cell(app, call->args); return true;
	default: return false;
	}
}

static void next_camera(struct app *app) {
	look_focus(app, PANE_CAMERAS);
	if (app->near_len > 0 && app->near_chosen) {
		app->near_pick = (app->near_pick + 1) % app->near_len;
	}
	app->near_chosen = app->near_len > 0;
}

/* Who looked at what belongs to the incident's history. Not worth a place in the outbox: it says
 * what is being looked at now. */
static void tell_viewed(struct app *app, const char *camera, struct effects *fx) {
	const struct incident *inc = world_incident(&app->world, app->selected);
	if (inc == NULL || app->history.on || app->link != APP_LINK_LIVE || app->cfg.readonly ||
		!action_allowed(app->role, ACTION_CAMERA_VIEWED)) {
		return;
	}
	struct command cmd = outbox_command(app, ACTION_CAMERA_VIEWED, inc);
	text_copy(cmd.camera, sizeof(cmd.camera), camera);
	outbox_submit(app, &cmd, fx);
}

static void open_camera(struct app *app, const char *id, struct effects *fx) {
	if (id[0] == '\0' && app->near_pick < app->near_len) {
		id = app->near[app->near_pick].camera->id;
	}
	const struct camera *camera = registry_camera(&app->world.registry, id);
	if (id[0] == '\0') {
		notice_add(app, true, "%s",
			shown_at(app) == NULL ? _("No incident is selected")
			: app->near_len > 0   ? _("No camera nearby works")
					      : _("No camera is known nearby"));
	} else if (camera == NULL) {
		notice_add(app, true, _("no camera \"%s\""), id);
	} else if (camera->stream[0] == '\0') {
		notice_add(app, true, _("%s has no stream"), camera->id);
	} else if (app->cfg.viewer.len == 0 && !app->training.on) {
		notice_add(app, true, "%s", _("no viewer is configured: [camera] viewer"));
	} else {
		struct effect *effect = effects_add(fx, EFFECT_CAMERA);
		text_copy(effect->text, sizeof(effect->text), camera->id);
		tell_viewed(app, camera->id, fx);
	}
}

/* Looking about: nothing here reaches the feed. True where it was one of these. */
static bool run_view(struct app *app, const struct call *call, struct effects *fx) {
	switch ((int)call->id) {
	case COMMAND_UP: move(app, -1, fx); return true;
	case COMMAND_DOWN: move(app, 1, fx); return true;
	case COMMAND_PREVIOUS: move_rows(app, -1, fx); return true;
	case COMMAND_NEXT: move_rows(app, 1, fx); return true;
	case COMMAND_PAGE_UP: move(app, -PAGE_ROWS, fx); return true;
	case COMMAND_PAGE_DOWN: move(app, PAGE_ROWS, fx); return true;
	case COMMAND_TOP: move(app, -(1 << 20), fx); return true;
	case COMMAND_BOTTOM: move(app, 1 << 20, fx); return true;
	case COMMAND_NEXT_NEW: rows_move_new(app, 1, fx); return true;
	case COMMAND_PREVIOUS_NEW: rows_move_new(app, -1, fx); return true;
	case COMMAND_NEXT_PANE:
		look_focus(app, (enum pane)((app->focus + 1) % PANE_COUNT));
		return true;
	case COMMAND_PREVIOUS_PANE:
		look_focus(app, (enum pane)((app->focus + PANE_COUNT - 1) % PANE_COUNT));
		return true;
	case COMMAND_PANE: go_pane(app, call); return true;
	case COMMAND_ZOOM: app->zoom = !app->zoom; return true;
	case COMMAND_BACK: back(app); return true;
	case COMMAND_BOARD:
		if (app->board.on && call->args[0] == '\0') {
			board_leave(app);
		} else {
			board_open(app, call->args);
		}
		return true;
	case COMMAND_CAMERA_NEXT: next_camera(app); return true;
	case COMMAND_CAMERA_OPEN: open_camera(app, call->args, fx); return true;
	case COMMAND_HELP: modal_open(app, MODAL_HELP, COMMAND_HELP, NULL); return true;
	case COMMAND_LINE:
		modal_open(app, MODAL_LINE, COMMAND_LINE, app->history.on ? NULL : call->inc);
		return true;
	case COMMAND_MUTE: mute(app); return true;
	case COMMAND_REDRAW: effects_add(fx, EFFECT_REDRAW); return true;
	case COMMAND_QUIT: quit(app, strcmp(call->args, "!") == 0, fx); return true;
	case COMMAND_TEST_SOUND: effects_add(fx, EFFECT_BELL)->told = true; return true;
	case COMMAND_THEME: next_theme(app, call->args, fx); return true;
	case COMMAND_SORT: rows_sort(app, call->args); return true;
	case COMMAND_REVERSE:
		app->order.reverse = !app->order.reverse;
		rows_renew(app);
		return true;
	case COMMAND_FREEZE:
		app->frozen = !app->frozen;
		rows_refresh(app);
		return true;
	default: return false;
	}
}

bool look_run(struct app *app, const struct call *call, struct effects *fx) {
	return run_view(app, call, fx) || run_map(app, call);
}
