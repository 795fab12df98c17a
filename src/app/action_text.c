/* What is done with a text that was typed into a prompt. */
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

static void send_text(struct app *app, enum action action, const struct target *target,
	const char *text, struct effects *fx) {
	const struct incident *inc = world_incident(&app->world, target->incident);
	if (inc == NULL) {
		/* One that ended long ago, opened from the cache. */
		inc = world_incident(&app->history.old, target->incident);
	}
	if (inc == NULL) {
		return;
	}
	struct command cmd = outbox_command(app, action, inc);
	if (cmd.has & HAS_IF_REV) {
		cmd.if_rev = target->rev;
	}
	cmd.note = mem_dup_str(text);
	if (action == ACTION_DECLINE) {
		text_copy(cmd.agency, sizeof(cmd.agency), app->agency);
	}
	outbox_submit(app, &cmd, fx);
}

static void text_merge(struct app *app, struct effects *fx) {
	struct modal prompt = app->modal;
	const char *digits = prompt.text[0] == '#' ? prompt.text + 1 : prompt.text;
	size_t len = strspn(digits, "0123456789");
	bool number = len > 0 && len < 18 && digits[len + strspn(digits + len, " ")] == '\0';
	const struct incident *into =
		number ? world_by_number(&app->world, strtoll(digits, NULL, 10)) : NULL;
	for (size_t i = 0; i < prompt.targets_len && into != NULL; i++) {
		if (strcmp(into->id, prompt.targets[i].incident) == 0) {
			into = NULL;
		}
	}
	if (into == NULL) {
		notice_add(app, true, _("no other incident #%s here"), digits);
		return;
	}
	modal_close(app);
	for (size_t i = 0; i < prompt.targets_len; i++) {
		const struct incident *inc =
			world_incident(&app->world, prompt.targets[i].incident);
		if (inc == NULL) {
			continue;
		}
		struct command cmd = outbox_command(app, ACTION_MERGE, inc);
		cmd.if_rev = prompt.targets[i].rev;
		text_copy(cmd.other, sizeof(cmd.other), into->id);
		memset(&app->undo, 0, sizeof(app->undo));
		app->undo.action = ACTION_MERGE;
		text_copy(app->undo.incident, sizeof(app->undo.incident), inc->id);
		app->undo.at_ms = app->now_ms;
		outbox_submit(app, &cmd, fx);
	}
	marks_clear(app);
}

static void text_filter(struct app *app) {
	struct err err = {0};
	if (rows_set_filter(app, app->modal.text, &err)) {
		modal_close(app);
	} else {
		notice_add(app, true, "%s", err.text);
	}
}

void action_text(struct app *app, struct effects *fx) {
	enum modal_type type = app->modal.type;
	if ((type == MODAL_MERGE || type == MODAL_CAUSE) && !modal_drop_ended(app)) {
		return;
	}
	struct modal prompt = app->modal;
	if (prompt.type == MODAL_FILTER) {
		text_filter(app);
		return;
	}
	if (prompt.type == MODAL_LINE) {
		modal_close(app);
		if (prompt.targets_len > 0) {
			/* What was selected when the line was opened is what it is about. */
			rows_select(app, prompt.targets[0].incident, fx);
		}
		line_remember(app, prompt.text);
		line_run(app, prompt.text, fx);
		return;
	}
	if (prompt.text_len == 0) {
		return;
	}
	if (prompt.type == MODAL_MERGE) {
		text_merge(app, fx);
		return;
	}
	enum action action = prompt.type == MODAL_NOTE  ? ACTION_NOTE
			     : app->role == ROLE_AGENCY ? ACTION_DECLINE
							: ACTION_CLAIM;
	app->modal.text_len = 0; /* It is sent, not a draft. */
	modal_close(app);
	for (size_t i = 0; i < prompt.targets_len; i++) {
		send_text(app, action, &prompt.targets[i], prompt.text, fx);
	}
	marks_clear(app);
}
