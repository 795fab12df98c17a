#include <stdio.h>
#include <string.h>

#include <siaga/app/commands.h>
#include <siaga/base/text.h>

#include "view.h"

/* Draws "key label" and returns the columns it took with the gap; 0 when there is no room for all
 * of it. */
static int draw_key(struct surface *s, struct rect area, int col, const char *key,
	const char *label, bool enabled) {
	int room = area.col + area.cols - col;
	int used;

	if (text_width(key) + 1 + text_width(label) > room) {
		return 0;
	}
	used = surface_text(s, col, area.row, room, enabled ? UI_KEY : UI_MUTED, key) + 1;
	used += surface_text(
		s, col + used, area.row, room - used, enabled ? UI_TEXT : UI_MUTED, label);
	return used + 2;
}

static int draw_commands(const struct app *app, struct surface *s, struct rect area, unsigned with,
	unsigned without) {
	int col = area.col;

	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command_entry *entry = command_get((enum command_id)id);
		const char *why = NULL;
		char key[KEY_LABEL_SIZE];

		if ((entry->flags & with) != with || (entry->flags & without) != 0 ||
			entry->keys[0] == 0 || !command_for_role(app, (enum command_id)id) ||
			!command_enabled(app, (enum command_id)id, &why)) {
			continue;
		}
		key_label(entry->keys[0], key);
		col += draw_key(s, area, col, key, _(entry->label), true);
	}
	return col;
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
	char step[24] = "";
	char key[16];

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
	col += surface_text(s, col, slot.row, right - col - text_width(step), UI_TEXT, name);
	(void)surface_text(s, col, slot.row, right - col, UI_TITLE, step);
}

void view_agencies(const struct app *app, struct surface *s, struct rect area) {
	const struct registry *reg = &app->world.registry;
	int shown = 0, slot = 0;

	if (area.rows <= 0) {
		return;
	}
	if (app->role == ROLE_AGENCY) {
		int used = surface_printf(s, area.col, area.row, area.cols, UI_TITLE, _("desk %s"),
			view_agency(app, app->agency));

		area.col += used + 2;
		area.cols -= used + 2;
		(void)draw_commands(app, s, area, COMMAND_DESK, 0);
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

void view_hints(const struct app *app, struct surface *s, struct rect area) {
	if (area.rows <= 0) {
		return;
	}
	if (app->notice.text[0] != '\0' && app->now_ms - app->notice.at_ms < APP_NOTICE_MS) {
		(void)surface_text(s, area.col, area.row, area.cols,
			app->notice.error ? UI_ERROR : UI_PROMPT, app->notice.text);
		return;
	}
	/* A desk's own commands are in the bar above. */
	(void)draw_commands(
		app, s, area, COMMAND_HINT, app->role == ROLE_AGENCY ? COMMAND_DESK : 0);
}
