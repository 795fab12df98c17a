#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/app/map_view.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#define SEEN_MS 1000

static void open_filter(struct app *app, const char *text) {
	struct err err = {0};
	if (text[0] != '\0') {
		if (!rows_set_filter(app, text, &err)) {
			notice_add(app, true, "%s", err.text);
		}
		return;
	}
	modal_open(app, MODAL_FILTER, COMMAND_FILTER, app_selected(app));
	struct buf now = {0};
	filter_text(&app->filter, &now);
	modal_set_text(app, now.data != NULL ? now.data : "");
	text_copy(app->modal.before, sizeof(app->modal.before), app->modal.text);
	buf_finish(&now);
}

/* What is asked for by its number is seen, over the history, too. */
static void go_to(struct app *app, const struct incident *inc, struct effects *fx) {
	if (app->history.on && strcmp(inc->id, app->history.opened) == 0) {
		return;
	}
	past_leave(app);
	rows_select(app, inc->id, fx);
}

/* What is selected, and what is looked at. True where it was one of these. */
static bool run_queue(struct app *app, const struct call *call, struct effects *fx) {
	switch ((int)call->id) {
	case COMMAND_OPEN:
		if (app->history.on && app->focus == PANE_QUEUE &&
			(call->key != 0 || call->inc == NULL)) {
			past_enter(app, fx);
			return true;
		}
		if (call->inc != NULL && call->key == 0) {
			go_to(app, call->inc, fx);
		}
		look_focus(app, PANE_DETAIL);
		return true;
	case COMMAND_SELECT:
		if (call->inc != NULL) {
			go_to(app, call->inc, fx);
		}
		return true;
	case COMMAND_MARK:
		if (app->history.on) {
			return true; /* The queue is not on the screen. */
		}
		marks_toggle(app, call->inc->id);
		if (call->key != 0) {
			rows_move(app, 1, fx);
		}
		return true;
	case COMMAND_FILTER: open_filter(app, call->args); return true;
	case COMMAND_HISTORY:
		if (app->history.on && call->args[0] == '\0') {
			past_leave(app);
		} else {
			past_open(app, call->args, fx);
		}
		return true;
	default: return false;
	}
}

/* Is it, or may it become, something that is done about the incident? */
static bool acts(enum command_id id) {
	unsigned about = COMMAND_INCIDENT | COMMAND_WRITES;
	return (command_get(id)->flags & about) == about || id == COMMAND_LINE;
}

/* Opens the prompt of a command, for the marked incidents or for the one. */
static void ask(struct app *app, const struct call *call, enum modal_type type) {
	bool group = (command_get(call->id)->flags & COMMAND_GROUP) != 0;
	if (group && app->marks_len > 0 && call->key != 0) {
		modal_open_marked(app, type, call->id);
	} else {
		modal_open(app, type, call->id, call->inc);
		draft_take(app);
	}
}

/* At once for one incident; for the marked ones a strip asks first. */
static void now_or_group(
	struct app *app, const struct call *call, enum action action, struct effects *fx) {
	if (app->marks_len > 0 && call->key != 0) {
		modal_open_marked(app, MODAL_GROUP, call->id);
	} else {
		action_simple(app, action, call->inc, fx);
	}
}

/* What asks first. */
static bool run_prompt(struct app *app, const struct call *call, struct effects *fx) {
	switch ((int)call->id) {
	case COMMAND_ARM: modal_open(app, MODAL_LETTER, COMMAND_ARM, call->inc); return true;
	case COMMAND_ARM_PLAN: action_arm_plan(app, call->inc); return true;
	case COMMAND_RECALL: action_undo(app, fx); return true;
	case COMMAND_VERIFY: ask(app, call, MODAL_METHOD); return true;
	case COMMAND_REJECT: ask(app, call, MODAL_REASON); return true;
	case COMMAND_CLOSE: ask(app, call, MODAL_DISPOSITION); return true;
	case COMMAND_KIND: ask(app, call, MODAL_KIND); return true;
	case COMMAND_PRIORITY: ask(app, call, MODAL_PRIORITY); return true;
	case COMMAND_HOLD: ask(app, call, MODAL_HOLD); return true;
	case COMMAND_NOTE: ask(app, call, MODAL_NOTE); return true;
	case COMMAND_DECLINE:
	case COMMAND_CLAIM: ask(app, call, MODAL_CAUSE); return true;
	case COMMAND_MERGE: ask(app, call, MODAL_MERGE); return true;
	case COMMAND_JOIN: action_join(app, call->inc); return true;
	case COMMAND_CANCEL:
	case COMMAND_PHONE:
	case COMMAND_PLACE: line_usage(app, call->id); return true;
	default: return false;
	}
}

/* What is done when the key goes down. */
static void run_at_once(struct app *app, const struct call *call, struct effects *fx) {
	const struct incident *inc = call->inc;
	if (call->key != 0 && rows_slid(app)) {
		return;
	}
	switch ((int)call->id) {
	case COMMAND_ACKNOWLEDGE: now_or_group(app, call, ACTION_ACKNOWLEDGE, fx); break;
	case COMMAND_RESOLVE: now_or_group(app, call, ACTION_RESOLVE, fx); break;
	case COMMAND_RESUME: now_or_group(app, call, ACTION_HOLD, fx); break;
	case COMMAND_RELEASE: action_simple(app, ACTION_RELEASE, inc, fx); break;
	case COMMAND_REOPEN: action_simple(app, ACTION_REOPEN, inc, fx); break;
	case COMMAND_SPLIT: action_simple(app, ACTION_SPLIT, inc, fx); break;
	case COMMAND_ACCEPT: action_step(app, ACTION_ACCEPT, inc, app->agency, NULL, fx); break;
	case COMMAND_EN_ROUTE: action_step(app, ACTION_EN_ROUTE, inc, app->agency, NULL, fx); break;
	case COMMAND_ON_SCENE: action_step(app, ACTION_ON_SCENE, inc, app->agency, NULL, fx); break;
	case COMMAND_CLEAR: action_step(app, ACTION_CLEAR, inc, app->agency, NULL, fx); break;
	default: break;
	}
}

void keys_run(struct app *app, const struct call *call, struct effects *fx) {
	const char *why;
	unsigned flags = command_get(call->id)->flags;
	bool group = (flags & COMMAND_GROUP) != 0 && app->marks_len > 0 && call->key != 0 &&
		     !app->board.on;
	/* A group is looked at one by one. */
	if (!group && !command_allowed(app, call->id, call->inc, &why)) {
		notice_add(app, true, "%s: %s", command_get(call->id)->name, why);
		return;
	}
	if (call->key == 0 && !call->named && acts(call->id) && rows_slid(app)) {
		return;
	}
	if (app->board.on && !board_keeps(call->id)) {
		board_leave(app);
	}
	if (!training_run(app, call, fx) && !look_run(app, call, fx) && !run_queue(app, call, fx) &&
		(call->args[0] == '\0' || !line_incident(app, call, fx)) &&
		!run_prompt(app, call, fx)) {
		run_at_once(app, call, fx);
	}
}

static const struct agency *agency_of_key(const struct app *app, uint32_t key) {
	for (size_t i = 0; i < app->world.registry.agencies_len; i++) {
		const struct agency *agency = &app->world.registry.agencies[i];
		if (agency->fkey != 0 && key == KEY_CODE_F0 + (uint32_t)agency->fkey) {
			return agency;
		}
	}
	return NULL;
}

/* An error stays until a key, but long enough to be seen. */
static void dismiss_error(struct app *app) {
	if (app->notice.error && app->now_ms - app->notice.at_ms >= SEEN_MS) {
		app->notice.text[0] = '\0';
		app->notice.error = false;
	}
}

/* Does the key only move the mark? Everything else is about what is shown. */
static bool is_step(const struct app *app, uint32_t key) {
	enum command_id id = command_of_key(app, key);
	return app->focus == PANE_QUEUE &&
	       (id == COMMAND_UP || id == COMMAND_DOWN || id == COMMAND_PAGE_UP ||
		       id == COMMAND_PAGE_DOWN || id == COMMAND_TOP || id == COMMAND_BOTTOM ||
		       id == COMMAND_NEXT || id == COMMAND_PREVIOUS);
}

void keys_line(struct app *app, const char *line, struct effects *fx) {
	dismiss_error(app);
	if (app->modal.type != MODAL_NONE) {
		modal_leave(app);
	}
	rows_show(app, fx);
	line_remember(app, line);
	line_run(app, line, fx);
	rows_show(app, fx);
}

void keys_press(struct app *app, uint32_t key, struct effects *fx) {
	dismiss_error(app);
	if (app->modal.type != MODAL_NONE || !is_step(app, key)) {
		rows_show(app, fx);
	}
	if (modal_makes_room(app, key)) {
		/* Otherwise its letters were keys, of the page and of what is under it. */
		modal_close(app);
	}
	if (app->modal.type != MODAL_NONE) {
		modal_key(app, key, fx);
		return;
	}
	if (modal_was_meant(app, key)) {
		return;
	}
	bool desk = app->role == ROLE_AGENCY;
	const struct keymap_binding *bound = keymap_get(&app->cfg.keys, app->focus, desk, key);
	const struct agency *agency = agency_of_key(app, key);
	/* What was configured goes before the registry's keys, and those before the table's. */
	if (agency != NULL && !desk && (bound == NULL || bound->layer == 0)) {
		char id[1][AGENCY_ID_SIZE];
		text_copy(id[0], AGENCY_ID_SIZE, agency->id);
		action_arm(app, rows_seen(app), (const char(*)[AGENCY_ID_SIZE])id, 1);
		return;
	}
	if (bound == NULL || bound->command == COMMAND_COUNT) {
		return;
	}
	if (bound->args[0] != '\0') {
		/* As if the line had been typed. */
		char line[KEYMAP_ARGS_SIZE + 64];
		snprintf(line, sizeof(line), "%s %s", command_get(bound->command)->name,
			bound->args);
		line_run(app, line, fx);
		return;
	}
	keys_run(app,
		&(struct call){.id = bound->command,
			.inc = acts(bound->command) ? rows_seen(app) : app_selected(app),
			.args = "",
			.key = key},
		fx);
}
