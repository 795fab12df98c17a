#include <stdio.h>
#include <string.h>

#include <siaga/app/commands.h>
#include <siaga/base/text.h>

#include "view.h"

#define KEY_LEAST 1 /* columns of a key's name */

/* Draws "key label" and returns the columns it took with the gap; 0 when there is no room for all
 * of it. */
static int draw_key(struct surface *s, struct rect area, int col, const char *key,
	const char *label, bool enabled) {
	int room = area.col + area.cols - col;
	int used;

	if (text_width(key) + 1 + text_width(label) > room) {
		return 0;
	}
	used = surface_text(s, col, area.row, room, enabled ? UI_KEY : UI_DISABLED, key) + 1;
	used += surface_text(
		s, col + used, area.row, room - used, enabled ? UI_TEXT : UI_DISABLED, label);
	return used + 2;
}

static int draw_command(
	const struct app *app, struct surface *s, struct rect area, int col, enum command_id id) {
	const char *label = _(command_get(id)->label);
	char name[KEY_LABEL_SIZE];
	uint32_t key;

	/* Where the line is full already, nothing more is asked about it. */
	if (KEY_LEAST + 1 + text_width(label) > area.col + area.cols - col ||
		!command_for_role(app, id) || view_keys(app, id, false, &key, 1) == 0) {
		return 0;
	}
	key_label(key, name);
	return draw_key(s, area, col, name, label, command_enabled(app, id, NULL));
}

/* A desk's presence as a mark beside its name; the strip and the help say it in words. */
static const char *desk_mark(const struct agency *agency) {
	if (agency->by_phone || agency->desk == DESK_PHONE) {
		return "t";
	}
	return agency->desk == DESK_ONLINE ? "+" : agency->desk == DESK_OFFLINE ? "!" : "?";
}

static enum ui_role desk_role(const struct agency *agency) {
	if (agency->by_phone || agency->desk == DESK_PHONE) {
		return UI_LABEL;
	}
	return agency->desk == DESK_ONLINE    ? UI_LINK_OK
	       : agency->desk == DESK_OFFLINE ? UI_ERROR
					      : UI_MUTED;
}

static void draw_agency(struct surface *s, struct rect slot, const struct agency *agency,
	const struct incident *inc) {
	const struct dispatch *d = inc != NULL ? incident_dispatch(inc, agency->id) : NULL;
	const char *name = agency->short_name[0] != '\0' ? agency->short_name : agency->id;
	int right = slot.col + slot.cols - 1, col = slot.col;
	char step[24] = "", cut[sizeof(agency->name)];
	char key[16];
	int room;

	if (agency->fkey > 0) {
		(void)snprintf(key, sizeof(key), "F%d", agency->fkey);
	} else {
		(void)snprintf(key, sizeof(key), "d%c", agency->letter);
	}
	if (d != NULL) {
		(void)snprintf(step, sizeof(step), ":%s", word_step_short(d->state));
	}
	col += surface_text(s, col, slot.row, right - col, UI_KEY, key);
	col += surface_text(s, col, slot.row, right - col, desk_role(agency), desk_mark(agency));
	/* Cut without a mark: "F3+PSC:way" says more in ten columns than an ellipsis does. */
	room = right - col - text_width(step);
	(void)text_copy(cut, room > 0 ? text_fit(name, room, NULL) + 1 : 1, name);
	col += surface_text(s, col, slot.row, right - col, UI_TEXT, cut);
	(void)surface_text(s, col, slot.row, right - col, UI_TITLE, step);
}

/* While a prompt holds the order what comes has no row yet: the most urgent of these, or NULL. */
static const struct incident *first_unlisted(const struct app *app) {
	const struct incident *first = NULL;

	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		bool listed = inc->state != INCIDENT_NEW || !app_is_ours(app, inc);

		for (size_t i = 0; i < app->rows_len && !listed; i++) {
			listed = strcmp(app->rows[i], inc->id) == 0;
		}
		if (!listed && (first == NULL || inc->priority < first->priority)) {
			first = inc;
		}
	}
	return first;
}

static bool any_new(const struct app *app) {
	const struct incident *inc = app->world.incidents;

	while (inc != NULL && inc->state != INCIDENT_NEW) {
		inc = inc->hh.next;
	}
	return inc != NULL;
}

const struct incident *view_first_new(const struct app *app) {
	const struct incident *unlisted = app->modal.arrived > 0 ? first_unlisted(app) : NULL;

	if (unlisted != NULL) {
		return unlisted;
	}
	/* Most of the time none waits, and the rows need not be looked up. */
	if (!any_new(app)) {
		return NULL;
	}
	for (size_t i = 0; i < app->rows_len; i++) {
		const struct incident *inc = app_row(app, i);

		if (inc != NULL && inc->state == INCIDENT_NEW) {
			return inc;
		}
	}
	return NULL;
}

static void draw_desk(const struct app *app, struct surface *s, struct rect area) {
	static const enum command_id ids[] = {COMMAND_ACCEPT, COMMAND_DECLINE, COMMAND_EN_ROUTE,
		COMMAND_ON_SCENE, COMMAND_CLEAR, COMMAND_NOTE};
	int col = area.col +
		  surface_printf(s, area.col, area.row, area.cols, UI_TITLE, _("desk %s"),
			  view_agency(app, app->agency)) +
		  2;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		col += draw_command(app, s, area, col, ids[i]);
	}
}

void view_bar(const struct app *app, struct surface *s, struct rect area, bool queue_shown) {
	const struct registry *reg = &app->world.registry;
	const struct incident *fresh = view_first_new(app);
	int shown = 0, slot = 0;

	if (area.rows <= 0) {
		return;
	}
	if (!queue_shown && fresh != NULL && fresh != app_selected(app)) {
		/* The queue is not on the screen: the alarm that waits is, all the same. */
		view_new(app, s, area, fresh);
		return;
	}
	if (app->role == ROLE_AGENCY) {
		draw_desk(app, s, area);
		return;
	}
	for (size_t i = 0; i < reg->agencies_len; i++) {
		shown += reg->agencies[i].fkey > 0 || reg->agencies[i].letter != '\0' ? 1 : 0;
	}
	if (shown == 0) {
		return;
	}
	/* All of them have a place of the same width, so that a step never moves a neighbour. */
	if (shown > area.cols / 8) {
		shown = area.cols / 8 > 0 ? area.cols / 8 : 1;
	}
	for (size_t i = 0; i < reg->agencies_len && slot < shown; i++) {
		const struct agency *agency = &reg->agencies[i];
		int cols = area.cols / shown < 20 ? area.cols / shown : 20;

		if (agency->fkey > 0 || agency->letter != '\0') {
			draw_agency(s, (struct rect){area.col + slot * cols, area.row, cols, 1},
				agency, app_selected(app));
			slot++;
		}
	}
}

/* What each pane is for, most wanted first. They keep their places: what cannot be done now is
 * greyed, and says why when its key is pressed. */
static const enum command_id queue_hints[] = {COMMAND_ACKNOWLEDGE, COMMAND_VERIFY, COMMAND_ARM,
	COMMAND_ARM_PLAN, COMMAND_REJECT, COMMAND_NOTE, COMMAND_RESOLVE, COMMAND_CLOSE,
	COMMAND_RECALL, COMMAND_NEXT_NEW, COMMAND_FILTER, COMMAND_SORT, COMMAND_MARK, COMMAND_HOLD,
	COMMAND_MERGE, COMMAND_JOIN, COMMAND_HISTORY, COMMAND_BOARD, COMMAND_LINE, COMMAND_ZOOM,
	COMMAND_MUTE, COMMAND_THEME, COMMAND_COUNT};
static const enum command_id map_hints[] = {COMMAND_MAP_IN, COMMAND_MAP_OUT, COMMAND_MAP_CENTRE,
	COMMAND_MAP_STYLE, COMMAND_MAP_RING, COMMAND_MAP_LEFT, COMMAND_MAP_RIGHT, COMMAND_MAP_UP,
	COMMAND_MAP_DOWN, COMMAND_ZOOM, COMMAND_BACK, COMMAND_COUNT};
static const enum command_id camera_hints[] = {COMMAND_CAMERA_OPEN, COMMAND_CAMERA_NEXT,
	COMMAND_VERIFY, COMMAND_REJECT, COMMAND_ZOOM, COMMAND_BACK, COMMAND_COUNT};
static const enum command_id list_hints[] = {COMMAND_UP, COMMAND_DOWN, COMMAND_BOTTOM, COMMAND_ZOOM,
	COMMAND_BACK, COMMAND_LINE, COMMAND_COUNT};
static const enum command_id board_hints[] = {COMMAND_BACK, COMMAND_DOWN, COMMAND_UP,
	COMMAND_NEXT_NEW, COMMAND_LINE, COMMAND_MUTE, COMMAND_THEME, COMMAND_COUNT};
static const enum command_id history_hints[] = {COMMAND_OPEN, COMMAND_UP, COMMAND_DOWN,
	COMMAND_PAGE_DOWN, COMMAND_TOP, COMMAND_REOPEN, COMMAND_BACK, COMMAND_LINE, COMMAND_COUNT};

const enum command_id *view_hint_ids(const struct app *app) {
	if (app->board.on) {
		return board_hints;
	}
	if (app->history.on && app->focus == PANE_QUEUE) {
		return history_hints;
	}
	switch (app->focus) {
	case PANE_MAP: return map_hints;
	case PANE_CAMERAS: return camera_hints;
	case PANE_LOG:
	case PANE_AGENCIES: return list_hints;
	case PANE_QUEUE:
	case PANE_DETAIL:
	case PANE_COUNT: break;
	}
	return queue_hints;
}

void view_hints(const struct app *app, struct surface *s, struct rect area) {
	const enum command_id *ids = view_hint_ids(app);
	int help = text_width(_(command_get(COMMAND_HELP)->label)) + 2;
	int col = area.col;

	if (area.rows <= 0) {
		return;
	}
	if (app->notice.text[0] != '\0' &&
		(app->notice.error || app->now_ms - app->notice.at_ms < APP_NOTICE_MS)) {
		if (!app->notice.error) {
			view_lasts(app->notice.at_ms + APP_NOTICE_MS - app->now_ms);
		}
		(void)surface_text(s, area.col, area.row, area.cols,
			app->notice.error ? UI_ERROR : UI_PROMPT, app->notice.text);
		return;
	}
	/* The way to all the others has its place on the right. */
	if (area.cols > help + 10) {
		area.cols -= help + 2;
		(void)draw_command(app, s,
			(struct rect){area.col, area.row, area.cols + help + 2, 1},
			area.col + area.cols + 2, COMMAND_HELP);
	}
	for (int i = 0; ids[i] != COMMAND_COUNT; i++) {
		col += draw_command(app, s, area, col, ids[i]);
	}
}
