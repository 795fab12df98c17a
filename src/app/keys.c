#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#define PAGE_ROWS 10

static void move(struct app *app, int by, struct effects *fx) {
	if (app->focus == PANE_DETAIL) {
		app->detail_scroll = app->detail_scroll + by < 0 ? 0 : app->detail_scroll + by;
	} else if (app->focus == PANE_CAMERAS && app->near_len > 0) {
		int last = (int)app->near_len - 1, pick = (int)app->near_pick + by;
		app->near_pick = (size_t)(pick < 0 ? 0 : pick > last ? last : pick);
		app->near_chosen = true;
	} else {
		rows_move(app, by, fx);
	}
}

static void back(struct app *app) {
	if (app->notice.error) {
		app->notice.text[0] = '\0';
		app->notice.error = false;
	} else if (app->zoom) {
		app->zoom = false;
	} else if (app->focus != PANE_QUEUE) {
		app->focus = PANE_QUEUE;
	} else {
		notice_add(app, false, "%s", _(":quit leaves the console"));
	}
}

static void mute(struct app *app) {
	if (app->mute_until_ms > app->now_ms) {
		app->mute_until_ms = 0;
		notice_add(app, false, "%s", _("The bell rings again"));
	} else {
		app->mute_until_ms = app->now_ms + APP_MUTE_MS;
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

void keys_run(struct app *app, enum command_id id, uint32_t key, struct effects *fx) {
	const char *why;
	UNUSED(key);
	if (!command_enabled(app, id, &why)) {
		notice_add(app, true, "%s: %s", command_get(id)->name, why);
		return;
	}
	struct incident *inc = app_selected(app);
	switch (id) {
	case COMMAND_UP: move(app, -1, fx); break;
	case COMMAND_DOWN: move(app, 1, fx); break;
	case COMMAND_PAGE_UP: move(app, -PAGE_ROWS, fx); break;
	case COMMAND_PAGE_DOWN: move(app, PAGE_ROWS, fx); break;
	case COMMAND_TOP: move(app, -(1 << 20), fx); break;
	case COMMAND_BOTTOM:
		if (app->focus != PANE_DETAIL) {
			move(app, 1 << 20, fx);
		}
		break;
	case COMMAND_NEXT_NEW: rows_move_new(app, 1, fx); break;
	case COMMAND_PREVIOUS_NEW: rows_move_new(app, -1, fx); break;
	case COMMAND_NEXT_PANE: app->focus = (enum pane)((app->focus + 1) % PANE_COUNT); break;
	case COMMAND_OPEN: app->focus = PANE_DETAIL; break;
	case COMMAND_BACK: back(app); break;
	case COMMAND_CAMERA_NEXT:
		app->focus = PANE_CAMERAS;
		if (app->near_len > 0 && app->near_chosen) {
			app->near_pick = (app->near_pick + 1) % app->near_len;
		}
		app->near_chosen = app->near_len > 0;
		break;
	case COMMAND_HELP: modal_open(app, MODAL_HELP, NULL); break;
	case COMMAND_LINE: modal_open(app, MODAL_LINE, inc); break;
	case COMMAND_MUTE: mute(app); break;
	case COMMAND_REDRAW: effects_add(fx, EFFECT_REDRAW); break;
	case COMMAND_QUIT: quit(app, false, fx); break;
	case COMMAND_ARM: modal_open(app, MODAL_LETTER, inc); break;
	case COMMAND_ARM_PLAN: action_arm_plan(app); break;
	case COMMAND_RECALL: action_recall(app, fx); break;
	case COMMAND_VERIFY: modal_open(app, MODAL_METHOD, inc); break;
	case COMMAND_REJECT: modal_open(app, MODAL_REASON, inc); break;
	case COMMAND_CLOSE: modal_open(app, MODAL_DISPOSITION, inc); break;
	case COMMAND_NOTE: modal_open(app, MODAL_NOTE, inc); break;
	case COMMAND_DECLINE: modal_open(app, MODAL_CAUSE, inc); break;
	case COMMAND_MERGE: modal_open(app, MODAL_MERGE, inc); break;
	case COMMAND_ACKNOWLEDGE: action_simple(app, ACTION_ACKNOWLEDGE, fx); break;
	case COMMAND_CLAIM: modal_open(app, MODAL_CAUSE, inc); break;
	case COMMAND_RESOLVE: action_simple(app, ACTION_RESOLVE, fx); break;
	case COMMAND_REOPEN: action_simple(app, ACTION_REOPEN, fx); break;
	case COMMAND_SPLIT: action_simple(app, ACTION_SPLIT, fx); break;
	case COMMAND_ACCEPT: action_step(app, ACTION_ACCEPT, app->agency, NULL, fx); break;
	case COMMAND_EN_ROUTE: action_step(app, ACTION_EN_ROUTE, app->agency, NULL, fx); break;
	case COMMAND_ON_SCENE: action_step(app, ACTION_ON_SCENE, app->agency, NULL, fx); break;
	case COMMAND_CLEAR: action_step(app, ACTION_CLEAR, app->agency, NULL, fx); break;
	case COMMAND_COUNT: break;
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

void keys_press(struct app *app, uint32_t key, struct effects *fx) {
	if (app->modal.type != MODAL_NONE) {
		modal_key(app, key, fx);
		return;
	}
	const struct agency *agency = agency_of_key(app, key);
	if (agency != NULL && app->role != ROLE_AGENCY) {
		action_arm(app, agency->id);
		return;
	}
	enum command_id id = command_of_key(app, key);
	if (id != COMMAND_COUNT) {
		keys_run(app, id, key, fx);
	}
}

/* Splits off the first word; the rest stays in *line. */
static const char *next_word(char **line) {
	while (**line == ' ') {
		(*line)++;
	}
	char *word = *line;
	*line += strcspn(*line, " ");
	if (**line != '\0') {
		*(*line)++ = '\0';
	}
	return word;
}

/* ":phone AGENCY STEP": what a desk without software said on the telephone. */
static void line_phone(struct app *app, const char *agency, const char *step, struct effects *fx) {
	enum action action;
	if (!action_find(step, &action) || action < ACTION_ACCEPT || action > ACTION_CLEAR) {
		notice_add(
			app, true, "%s", _("phone AGENCY accept|decline|en_route|on_scene|clear"));
		return;
	}
	action_step(app, action, agency, _("by telephone"), fx);
}

void keys_line(struct app *app, const char *text, struct effects *fx) {
	char copy[APP_TEXT_MAX];
	char *line = copy;
	text_copy(copy, sizeof(copy), text);
	const char *verb = next_word(&line);
	if (verb[0] == '\0') {
		return;
	}
	if (strcmp(verb, "quit!") == 0 || strcmp(verb, "q!") == 0) {
		quit(app, true, fx);
	} else if (strcmp(verb, "q") == 0) {
		quit(app, false, fx);
	} else if (strcmp(verb, "phone") == 0) {
		const char *agency = next_word(&line);
		line_phone(app, agency, next_word(&line), fx);
	} else if (strcmp(verb, "cancel") == 0) {
		action_step(app, ACTION_CANCEL, next_word(&line), NULL, fx);
	} else if (verb[0] >= '1' && verb[0] <= '9') {
		const struct incident *inc = world_by_number(&app->world, strtoll(verb, NULL, 10));
		if (inc != NULL) {
			rows_select(app, inc->id, fx);
		} else {
			notice_add(app, true, _("no incident #%s here"), verb);
		}
	} else {
		enum command_id id = command_find(verb);
		if (id == COMMAND_COUNT) {
			notice_add(app, true, _("no command \"%s\"; ? lists them"), verb);
		} else {
			keys_run(app, id, 0, fx);
		}
	}
}
