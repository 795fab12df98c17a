#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

/* A command on an incident as the operator saw it: the rev of when the prompt opened, not of now.
 */
static struct command command_on(
	const struct app *app, enum action action, const struct target *target) {
	struct command cmd =
		outbox_command(app, action, world_incident(&app->world, target->incident));
	if (cmd.has & HAS_IF_REV) {
		cmd.if_rev = target->rev;
	}
	return cmd;
}

/* Does sending to it still need a verification? Some plans send first and verify on the way. */
static bool needs_method(const struct app *app, const struct incident *inc) {
	const struct plan *plan = registry_plan(&app->world.registry, inc->kind, inc->priority);
	return inc->verified_at_ms == 0 && (plan == NULL || !plan->dispatch_first);
}

static bool is_among(const char (*agencies)[AGENCY_ID_SIZE], size_t len, const char *agency) {
	for (size_t i = 0; i < len; i++) {
		if (strcmp(agencies[i], agency) == 0) {
			return true;
		}
	}
	return false;
}

bool action_arm(struct app *app, const struct incident *inc, const char (*agencies)[AGENCY_ID_SIZE],
	size_t len) {
	const char *why;
	if (!command_allowed(app, COMMAND_ARM, inc, &why)) {
		notice_add(app, true, "%s: %s", len > 0 ? agencies[0] : _("dispatch"), why);
		return false;
	}
	char wanted[PLAN_AGENCIES_MAX][AGENCY_ID_SIZE];
	size_t wanted_len = 0;
	for (size_t i = 0; i < len && wanted_len < PLAN_AGENCIES_MAX; i++) {
		const struct dispatch *last = incident_dispatch(inc, agencies[i]);
		bool named =
			is_among((const char(*)[AGENCY_ID_SIZE])wanted, wanted_len, agencies[i]);
		if (!named && (last == NULL || !dispatch_is_live(last))) {
			text_copy(wanted[wanted_len++], AGENCY_ID_SIZE, agencies[i]);
		}
	}
	if (wanted_len == 0) {
		notice_add(app, true,
			len == 1 ? _("%s is on #%lld already; u takes it back")
				 : _("%s and the others are on #%lld already"),
			len > 0 ? agencies[0] : "?", (long long)inc->number);
		return false;
	}
	bool ask = needs_method(app, inc);
	modal_open(app, ask ? MODAL_METHOD : MODAL_ARM, COMMAND_ARM, inc);
	memcpy(app->modal.agencies, wanted, sizeof(wanted));
	app->modal.agencies_len = wanted_len;
	app->modal.take = inc->state == INCIDENT_NEW;
	return true;
}

void action_arm_plan(struct app *app, const struct incident *inc) {
	const struct plan *plan = registry_plan(&app->world.registry, inc->kind, inc->priority);
	size_t live = 0;
	for (size_t i = 0; i < plan->agencies_len; i++) {
		const struct dispatch *last = incident_dispatch(inc, plan->agencies[i]);
		live += last != NULL && dispatch_is_live(last);
	}
	if (live == plan->agencies_len) {
		notice_add(app, false, _("The whole plan of #%lld is on its way"),
			(long long)inc->number);
		return;
	}
	action_arm(app, inc, plan->agencies, plan->agencies_len);
}

static void send_take(struct app *app, const struct target *target, struct effects *fx) {
	struct command cmd = command_on(app, ACTION_ACKNOWLEDGE, target);
	outbox_submit(app, &cmd, fx);
}

static void send_method(struct app *app, const struct target *target, bool taken,
	enum method method, const char *camera, struct effects *fx) {
	struct command cmd = command_on(app, ACTION_VERIFY, target);
	cmd.if_rev += taken ? 1 : 0; /* Taking it, just before, counts it up. */
	cmd.method = method;
	text_copy(cmd.camera, sizeof(cmd.camera), camera);
	outbox_submit(app, &cmd, fx);
}

static void confirm_arm(struct app *app, const struct modal *armed, struct effects *fx) {
	const struct target *target = &armed->targets[0];
	if (armed->take) {
		send_take(app, target, fx);
	}
	if (armed->method != METHOD_NONE) {
		send_method(app, target, armed->take, armed->method, armed->camera, fx);
	}
	struct app_undo *undo = &app->undo;
	memset(undo, 0, sizeof(*undo));
	undo->action = ACTION_DISPATCH;
	text_copy(undo->incident, sizeof(undo->incident), target->incident);
	memcpy(undo->agencies, armed->agencies, sizeof(undo->agencies));
	undo->agencies_len = armed->agencies_len;
	undo->at_ms = app->now_ms;
	for (size_t i = 0; i < armed->agencies_len; i++) {
		struct command cmd = command_on(app, ACTION_DISPATCH, target);
		text_copy(cmd.agency, sizeof(cmd.agency), armed->agencies[i]);
		outbox_submit(app, &cmd, fx);
	}
}

static void send_merge(
	struct app *app, const struct target *target, const char *into, struct effects *fx) {
	struct command cmd = command_on(app, ACTION_MERGE, target);
	text_copy(cmd.other, sizeof(cmd.other), into);
	memset(&app->undo, 0, sizeof(app->undo));
	app->undo.action = ACTION_MERGE;
	text_copy(app->undo.incident, sizeof(app->undo.incident), target->incident);
	app->undo.at_ms = app->now_ms;
	outbox_submit(app, &cmd, fx);
}

static void confirm_group(struct app *app, const struct modal *group, struct effects *fx) {
	for (size_t i = 0; i < group->targets_len; i++) {
		enum action action = group->command == COMMAND_RESOLVE  ? ACTION_RESOLVE
				     : group->command == COMMAND_RESUME ? ACTION_HOLD
									: ACTION_ACKNOWLEDGE;
		struct command cmd = command_on(app, action, &group->targets[i]);
		outbox_submit(app, &cmd, fx);
	}
	marks_clear(app);
}

void action_confirm(struct app *app, struct effects *fx) {
	struct modal armed = app->modal;
	modal_close(app);
	/* "Nothing was sent", say, was about the strip before this one. */
	app->notice.text[0] = '\0';
	app->notice.error = false;
	if (armed.targets_len == 0 ||
		world_incident(&app->world, armed.targets[0].incident) == NULL) {
		return;
	}
	if (armed.type == MODAL_ARM) {
		confirm_arm(app, &armed, fx);
	} else if (armed.type == MODAL_JOIN) {
		send_merge(app, &armed.targets[0], armed.into, fx);
	} else if (armed.type == MODAL_GROUP) {
		confirm_group(app, &armed, fx);
	} else {
		struct command cmd = command_on(app, ACTION_CANCEL, &armed.targets[0]);
		text_copy(cmd.agency, sizeof(cmd.agency), armed.agencies[0]);
		outbox_submit(app, &cmd, fx);
	}
}

/* What was just done, while its time runs; false when there is nothing. */
static bool undo_last(struct app *app, struct effects *fx) {
	struct app_undo undo = app->undo;
	const struct incident *inc = world_incident(&app->world, undo.incident);
	if (undo.at_ms == 0 || app->now_ms - undo.at_ms > app->cfg.recall_ms || inc == NULL) {
		return false;
	}
	if (undo.action == ACTION_MERGE && inc->state != INCIDENT_DUPLICATE) {
		return false; /* The feed has not done it, yet. */
	}
	app->undo.at_ms = 0;
	if (undo.action == ACTION_MERGE) {
		action_simple(app, ACTION_SPLIT, inc, fx);
		notice_add(app, false, _("#%lld is on its own again"), (long long)inc->number);
		return true;
	}
	for (size_t i = 0; i < undo.agencies_len; i++) {
		struct command cmd = outbox_command(app, ACTION_CANCEL, inc);
		text_copy(cmd.agency, sizeof(cmd.agency), undo.agencies[i]);
		outbox_submit(app, &cmd, fx);
	}
	notice_add(app, false,
		undo.agencies_len == 1 ? _("Taking %s back from #%lld")
				       : _("Taking %s and the others back from #%lld"),
		undo.agencies[0], (long long)inc->number);
	return true;
}

void action_undo(struct app *app, struct effects *fx) {
	if (undo_last(app, fx)) {
		return;
	}
	const struct incident *inc = rows_seen(app);
	for (size_t i = inc != NULL ? inc->dispatches_len : 0; i > 0; i--) {
		const struct dispatch *dispatch = &inc->dispatches[i - 1];
		if (dispatch_is_live(dispatch)) {
			modal_open(app, MODAL_RECALL, COMMAND_RECALL, inc);
			text_copy(app->modal.agencies[0], AGENCY_ID_SIZE, dispatch->agency);
			app->modal.agencies_len = 1;
			return;
		}
	}
	notice_add(app, false, "%s", _("No dispatch to take back"));
}

void action_simple(
	struct app *app, enum action action, const struct incident *inc, struct effects *fx) {
	if (action_changes_state(action) && outbox_has(app, action, inc)) {
		return; /* A key that was pressed twice; the second would only be refused. */
	}
	struct command cmd = outbox_command(app, action, inc);
	outbox_submit(app, &cmd, fx);
}

void action_step(struct app *app, enum action action, const struct incident *inc,
	const char *agency, const char *note, struct effects *fx) {
	if (inc == NULL || incident_dispatch(inc, agency) == NULL) {
		notice_add(app, true, _("%s is not on this incident"), agency);
		return;
	}
	struct command cmd = outbox_command(app, action, inc);
	text_copy(cmd.agency, sizeof(cmd.agency), agency);
	cmd.note = note != NULL ? mem_dup_str(note) : NULL;
	outbox_submit(app, &cmd, fx);
}

/* The camera that "verified by camera" means: the picked one where the incident is the one whose
 * cameras are on the screen, else the nearest that works. */
static bool find_camera(struct app *app, const struct incident *inc, char out[CAMERA_ID_SIZE]) {
	struct camera_near near[APP_NEAR_MAX];
	size_t len, pick;
	if (inc == app_selected(app) && app->near_pick < app->near_len) {
		text_copy(out, CAMERA_ID_SIZE, app->near[app->near_pick].camera->id);
		return true;
	}
	len = registry_near(&app->world.registry, inc->at, near, APP_NEAR_MAX);
	pick = registry_first_working(near, len);
	if (pick >= len) {
		notice_add(app, true, "%s", _("No camera works near here"));
		return false;
	}
	text_copy(out, CAMERA_ID_SIZE, near[pick].camera->id);
	return true;
}

static void choose_method(struct app *app, enum method method, struct effects *fx) {
	struct modal *modal = &app->modal;
	const struct incident *inc = modal_incident(app);
	char camera[CAMERA_ID_SIZE] = "";
	if (method == METHOD_CAMERA) {
		text_copy(camera, sizeof(camera), modal->camera); /* where it was typed */
	}
	if (inc == NULL ||
		(method == METHOD_CAMERA && camera[0] == '\0' && !find_camera(app, inc, camera))) {
		return;
	}
	if (modal->agencies_len > 0) {
		/* Verified and sent in one: nothing leaves before the strip is answered. */
		modal->type = MODAL_ARM;
		modal->method = method;
		text_copy(modal->camera, sizeof(modal->camera), camera);
		modal->opened_ms = app->now_ms;
		modal->drawn = false;
		modal_check(app); /* What others did while it was asked. */
		return;
	}
	struct modal done = *modal;
	modal_close(app);
	for (size_t i = 0; i < done.targets_len; i++) {
		const struct target *target = &done.targets[i];
		const struct incident *one = world_incident(&app->world, target->incident);
		if (one == NULL ||
			(method == METHOD_CAMERA && i > 0 && !find_camera(app, one, camera))) {
			continue;
		}
		bool take = one->state == INCIDENT_NEW;
		if (take) {
			send_take(app, target, fx);
		}
		send_method(app, target, take, method, camera, fx);
	}
	marks_clear(app);
}

static struct command chosen(
	const struct app *app, const struct modal *done, const struct target *target, int value) {
	struct command cmd;
	if (done->type == MODAL_REASON) {
		cmd = command_on(app, ACTION_REJECT, target);
		cmd.reason = (enum reject_reason)value;
	} else if (done->type == MODAL_DISPOSITION) {
		cmd = command_on(app, ACTION_CLOSE, target);
		cmd.disposition = (enum disposition)value;
	} else if (done->type == MODAL_HOLD) {
		cmd = command_on(app, ACTION_HOLD, target);
		cmd.has |= HAS_UNTIL;
		cmd.until_ms = app_feed_now(app) + (int64_t)value * 60000;
	} else {
		cmd = command_on(app, ACTION_UPDATE, target);
		if (done->type == MODAL_KIND) {
			cmd.has |= HAS_KIND;
			cmd.kind = (enum kind)value;
		} else {
			cmd.has |= HAS_PRIORITY;
			cmd.priority = (enum priority)value;
		}
	}
	return cmd;
}

void action_choose(struct app *app, int value, struct effects *fx) {
	if (app->modal.type == MODAL_METHOD) {
		choose_method(app, (enum method)value, fx);
		return;
	}
	struct modal done = app->modal;
	modal_close(app);
	for (size_t i = 0; i < done.targets_len; i++) {
		struct command cmd = chosen(app, &done, &done.targets[i], value);
		outbox_submit(app, &cmd, fx);
	}
	marks_clear(app);
}
