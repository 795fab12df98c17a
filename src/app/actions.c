#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

/* The incident that the open prompt is about: by id, never the one under the cursor. */
static struct incident *modal_incident(const struct app *app) {
	return world_incident(&app->world, app->modal.incident);
}

void action_arm(struct app *app, const char *agency) {
	const char *why;
	if (!command_enabled(app, COMMAND_ARM, &why)) {
		notice_add(app, true, "%s: %s", agency, why);
		return;
	}
	const struct incident *inc = app_selected(app);
	const struct dispatch *last = incident_dispatch(inc, agency);
	if (last != NULL && dispatch_is_live(last)) {
		notice_add(app, true, _("%s is on #%lld already; u takes it back"), agency,
			(long long)inc->number);
		return;
	}
	modal_open(app, MODAL_ARM, inc);
	text_copy(app->modal.agencies[0], AGENCY_ID_SIZE, agency);
	app->modal.agencies_len = 1;
}

void action_arm_plan(struct app *app) {
	const struct incident *inc = app_selected(app);
	const struct plan *plan = registry_plan(&app->world.registry, inc->kind, inc->priority);
	char missing[PLAN_AGENCIES_MAX][AGENCY_ID_SIZE];
	size_t len = 0;
	for (size_t i = 0; i < plan->agencies_len; i++) {
		const struct dispatch *last = incident_dispatch(inc, plan->agencies[i]);
		if (last == NULL || !dispatch_is_live(last)) {
			text_copy(missing[len++], AGENCY_ID_SIZE, plan->agencies[i]);
		}
	}
	if (len == 0) {
		notice_add(app, false, _("The whole plan of #%lld is on its way"),
			(long long)inc->number);
		return;
	}
	modal_open(app, MODAL_ARM, inc);
	memcpy(app->modal.agencies, missing, len * sizeof(missing[0]));
	app->modal.agencies_len = len;
}

void action_send_armed(struct app *app, struct effects *fx) {
	struct modal armed = app->modal;
	const struct incident *inc = modal_incident(app);
	modal_close(app, fx);
	if (inc == NULL) {
		return;
	}
	for (size_t i = 0; i < armed.agencies_len; i++) {
		bool recall = armed.type == MODAL_RECALL;
		struct command cmd =
			outbox_command(app, recall ? ACTION_CANCEL : ACTION_DISPATCH, inc);
		text_copy(cmd.agency, sizeof(cmd.agency), armed.agencies[i]);
		outbox_submit(app, &cmd, fx);
	}
}

void action_recall(struct app *app, struct effects *fx) {
	const struct incident *inc = world_incident(&app->world, app->recall_incident);
	if (app->recall_ms != 0 && app->now_ms - app->recall_ms <= APP_RECALL_MS && inc != NULL) {
		struct command cmd = outbox_command(app, ACTION_CANCEL, inc);
		text_copy(cmd.agency, sizeof(cmd.agency), app->recall_agency);
		notice_add(app, false, _("Taking %s back from #%lld"), app->recall_agency,
			(long long)inc->number);
		app->recall_ms = 0;
		outbox_submit(app, &cmd, fx);
		return;
	}
	inc = app_selected(app);
	for (size_t i = inc != NULL ? inc->dispatches_len : 0; i > 0; i--) {
		const struct dispatch *dispatch = &inc->dispatches[i - 1];
		if (dispatch_is_live(dispatch)) {
			modal_open(app, MODAL_RECALL, inc);
			text_copy(app->modal.agencies[0], AGENCY_ID_SIZE, dispatch->agency);
			app->modal.agencies_len = 1;
			return;
		}
	}
	notice_add(app, false, "%s", _("No dispatch to take back"));
}

void action_simple(struct app *app, enum action action, struct effects *fx) {
	struct command cmd = outbox_command(app, action, app_selected(app));
	outbox_submit(app, &cmd, fx);
}

void action_step(struct app *app, enum action action, const char *agency, const char *note,
	struct effects *fx) {
	const struct incident *inc = app_selected(app);
	if (inc == NULL || incident_dispatch(inc, agency) == NULL) {
		notice_add(app, true, _("%s is not on this incident"), agency);
		return;
	}
	struct command cmd = outbox_command(app, action, inc);
	text_copy(cmd.agency, sizeof(cmd.agency), agency);
	cmd.note = note != NULL ? mem_dup_str(note) : NULL;
	outbox_submit(app, &cmd, fx);
}

/* A state change as the operator saw it: the rev of when the prompt opened, not of now. */
static struct command modal_command(const struct app *app, enum action action) {
	struct command cmd = outbox_command(app, action, modal_incident(app));
	if (cmd.has & HAS_IF_REV) {
		cmd.if_rev = app->modal.rev;
	}
	return cmd;
}

void action_choose(struct app *app, const struct app_menu_item *item, struct effects *fx) {
	struct command cmd;
	if (app->modal.type == MODAL_METHOD) {
		cmd = modal_command(app, ACTION_VERIFY);
		cmd.method = (enum method)item->value;
		if (cmd.method == METHOD_CAMERA) {
			if (app->near_pick >= app->near_len) {
				notice_add(app, true, "%s", _("No camera works near here"));
				return;
			}
			text_copy(cmd.camera, sizeof(cmd.camera),
				app->near[app->near_pick].camera->id);
		}
	} else if (app->modal.type == MODAL_REASON) {
		cmd = modal_command(app, ACTION_REJECT);
		cmd.reason = (enum reject_reason)item->value;
	} else {
		cmd = modal_command(app, ACTION_CLOSE);
		cmd.disposition = (enum disposition)item->value;
	}
	modal_close(app, fx);
	outbox_submit(app, &cmd, fx);
}

static bool merge_target(struct app *app, struct command *cmd, const char *text) {
	const char *digits = text[0] == '#' ? text + 1 : text;
	const struct incident *into = world_by_number(&app->world, strtoll(digits, NULL, 10));
	if (into == NULL || strcmp(into->id, app->modal.incident) == 0) {
		notice_add(app, true, _("no other incident #%s here"), digits);
		return false;
	}
	text_copy(cmd->other, sizeof(cmd->other), into->id);
	return true;
}

void action_text(struct app *app, struct effects *fx) {
	struct modal prompt = app->modal;
	if (prompt.type == MODAL_LINE) {
		modal_close(app, fx);
		if (prompt.incident[0] != '\0') {
			rows_select(app, prompt.incident, fx);
		}
		keys_line(app, prompt.text, fx);
		return;
	}
	if (prompt.text_len == 0) {
		return;
	}
	enum action action = prompt.type == MODAL_NOTE ? ACTION_NOTE
			     : prompt.type == MODAL_CAUSE
				     ? (app->role == ROLE_AGENCY ? ACTION_DECLINE : ACTION_CLAIM)
				     : ACTION_MERGE;
	struct command cmd = modal_command(app, action);
	if (action == ACTION_MERGE) {
		if (!merge_target(app, &cmd, prompt.text)) {
			command_finish(&cmd);
			return;
		}
	} else {
		cmd.note = mem_dup_str(prompt.text);
		text_copy(cmd.agency, sizeof(cmd.agency),
			action == ACTION_DECLINE ? app->agency : "");
	}
	modal_close(app, fx);
	outbox_submit(app, &cmd, fx);
}
