/* How the trainee who makes no mistakes does things, with what has to come before them. */
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "ideal_private.h"

#define HOLD_MS  600000
#define NEAR_MAX 8

/* --- one command --- */

static struct command make(const struct incident *inc, enum action action) {
	struct command cmd = {.action = action, .has = HAS_IF_REV, .if_rev = inc->rev};
	text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
	return cmd;
}

static bool may(const struct robot *r, const struct command *cmd) {
	return !robot_is_forbidden(r, cmd, NULL, NULL);
}

/* It is selected, and then a command is used, as it would be on the console. */
static void reach_for(struct robot *r, const struct command *cmd) {
	if (!robot_is_forbidden(r, NULL, NULL, cmd->incident)) {
		run_select(r->run, cmd->incident);
	}
	if (!robot_is_forbidden(r, NULL, action_name(cmd->action), NULL)) {
		run_command(r->run, action_name(cmd->action));
	}
}

enum outcome robot_send(struct robot *r, struct command *cmd, const char *note) {
	int64_t head, seq;
	struct refusal no;
	if (!r->online || !may(r, cmd)) {
		return NOT_NOW;
	}
	reach_for(r, cmd);
	const struct incident *inc = world_incident(r->world, cmd->incident);
	cmd->if_rev = inc->rev;
	cmd->note = note != NULL ? mem_dup_str(note) : NULL;
	sim_make_id(cmd->id, r->seed, SIM_ID_COMMAND, ++r->commands);
	head = sim_head(run_sim(r->run));
	run_do(r->run, cmd, &seq, &no);
	command_finish(cmd);
	return sim_head(run_sim(r->run)) > head ? DID : NOT_NOW;
}

static enum outcome send_plain(struct robot *r, const struct incident *inc, enum action action) {
	struct command cmd = make(inc, action);
	return robot_send(r, &cmd, NULL);
}

static enum outcome send_of(struct robot *r, const struct incident *inc, enum action action,
	const char *agency, const char *note) {
	struct command cmd = make(inc, action);
	text_copy(cmd.agency, sizeof(cmd.agency), agency);
	return robot_send(r, &cmd, note);
}

/* --- what comes before --- */

static enum outcome acknowledge(struct robot *r, const struct incident *inc) {
	if (inc->state != INCIDENT_NEW) {
		return DONE;
	}
	return send_plain(r, inc, ACTION_ACKNOWLEDGE);
}

static enum outcome reopen(struct robot *r, const struct incident *inc) {
	return incident_is_open(inc) ? DONE : send_plain(r, inc, ACTION_REOPEN);
}

/* Open, and somebody's. */
static enum outcome take(struct robot *r, const struct incident *inc) {
	enum outcome outcome = reopen(r, inc);
	return outcome == DONE ? acknowledge(r, inc) : outcome;
}

/* --- verifying --- */

/* The nearest that works, or any at all. */
static bool set_camera(struct robot *r, const struct incident *inc, struct command *cmd) {
	const struct registry *reg = &r->world->registry;
	struct camera_near near[NEAR_MAX];
	size_t len = registry_near(reg, inc->at, near, NEAR_MAX);
	size_t at = registry_first_working(near, len);
	if (reg->cameras_len == 0) {
		return false;
	}
	text_copy(cmd->camera, sizeof(cmd->camera),
		at < len ? near[at].camera->id : reg->cameras[0].id);
	return true;
}

/* As it is asked for; otherwise by a call back, or by whatever nobody forbids. */
static bool set_method(
	struct robot *r, const struct incident *inc, struct command *cmd, const struct cond *cond) {
	static const enum method methods[] = {
		METHOD_CALLBACK, METHOD_CAMERA, METHOD_SECOND_REPORT, METHOD_UNIT, METHOD_AGENCY};
	const char *camera = cond != NULL ? cond->camera : "";
	bool said = cond != NULL && (cond->has & COND_HAS_METHOD);
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		cmd->method = said ? cond->method : camera[0] != '\0' ? METHOD_CAMERA : methods[i];
		text_copy(cmd->camera, sizeof(cmd->camera), camera);
		bool ok = cmd->method != METHOD_CAMERA || camera[0] != '\0' ||
			  set_camera(r, inc, cmd);
		cmd->method = ok ? cmd->method : METHOD_NONE;
		if (ok && may(r, cmd)) {
			return true;
		}
	}
	return false;
}

static enum outcome verify(struct robot *r, const struct incident *inc, const struct cond *cond) {
	struct command cmd = make(inc, ACTION_VERIFY);
	enum outcome outcome = take(r, inc);
	if (outcome != DONE || inc->verified_at_ms != 0) {
		return outcome;
	}
	if (cond == NULL || (!(cond->has & COND_HAS_METHOD) && cond->camera[0] == '\0')) {
		cond = robot_find_wish(r, inc, ACTION_VERIFY, COND_HAS_METHOD);
	}
	return set_method(r, inc, &cmd, cond) ? robot_send(r, &cmd, NULL) : NOT_NOW;
}

/* --- agencies --- */

static bool goes_first(const struct robot *r, const struct incident *inc) {
	const struct plan *plan = registry_plan(&r->world->registry, inc->kind, inc->priority);
	return plan != NULL && plan->dispatch_first;
}

static bool is_sent(const struct incident *inc, const char *agency) {
	const struct dispatch *dispatch = incident_dispatch(inc, agency);
	return dispatch != NULL && dispatch_is_live(dispatch);
}

static enum outcome dispatch(struct robot *r, const struct incident *inc, const char *agency) {
	struct command cmd = make(inc, ACTION_DISPATCH);
	enum outcome outcome = take(r, inc);
	text_copy(cmd.agency, sizeof(cmd.agency), agency);
	/* Even where a plan sends first, a scenario may forbid that. */
	if (outcome == DONE && (!goes_first(r, inc) || !may(r, &cmd))) {
		outcome = verify(r, inc, NULL);
	}
	if (outcome != DONE || is_sent(inc, agency)) {
		return outcome;
	}
	cmd.if_rev = inc->rev;
	return robot_send(r, &cmd, NULL);
}

static enum outcome try_agencies(struct robot *r, const struct incident *inc,
	const char (*agencies)[AGENCY_ID_SIZE], size_t len) {
	enum outcome outcome = NOT_NOW;
	for (size_t i = 0; i < len && outcome == NOT_NOW; i++) {
		if (!is_sent(inc, agencies[i])) {
			outcome = dispatch(r, inc, agencies[i]);
		}
	}
	return outcome;
}

/* Those that are needed, those that may come, those of the plan. */
static enum outcome dispatch_some(struct robot *r, const struct incident *inc) {
	const struct plan *plan = registry_plan(&r->world->registry, inc->kind, inc->priority);
	enum outcome outcome = NOT_NOW;
	size_t len;
	const struct raised *raised = run_raised(r->run, &len);
	for (size_t i = 0; i < len && outcome == NOT_NOW; i++) {
		const struct scenario_truth *truth = &raised[i].line->truth;
		if (run_incident(r->run, &raised[i]) == inc) {
			outcome = try_agencies(r, inc, truth->needs, truth->needs_len);
			outcome = outcome == NOT_NOW
					  ? try_agencies(r, inc, truth->may, truth->may_len)
					  : outcome;
		}
	}
	if (outcome == NOT_NOW && plan != NULL) {
		outcome = try_agencies(r, inc, plan->agencies, plan->agencies_len);
	}
	return outcome;
}

enum outcome robot_dispatch(struct robot *r, const struct incident *inc, const char *agency) {
	return agency[0] != '\0' ? dispatch(r, inc, agency) : dispatch_some(r, inc);
}

/* Does the desk say itself how it goes on? One that is silent shows that by not answering. */
static bool speaks(struct robot *r, const struct incident *inc, const struct dispatch *dispatch) {
	const struct sim *sim = run_sim(r->run);
	int64_t left_ms = dispatch->at_ms[dispatch->state] + ROBOT_ANSWER_MS - sim_now_ms(sim);
	if (scenario_desk(r->sc, dispatch->agency) == NULL ||
		!sim_is_online(sim, dispatch->agency)) {
		return false;
	}
	if (sim_will_step(sim, dispatch->agency, inc->id)) {
		return true;
	}
	if (left_ms > 0) {
		robot_wake(r, run_now_ms(r->run) + left_ms);
	}
	return left_ms > 0;
}

enum outcome robot_report(struct robot *r, const struct incident *inc, const char *agency,
	enum dispatch_state status) {
	const struct dispatch *dispatch = incident_dispatch(inc, agency);
	bool fresh;
	if (dispatch == NULL || !dispatch_is_live(dispatch) || status == DISPATCH_DELIVERED ||
		speaks(r, inc, dispatch)) {
		return NOT_NOW;
	}
	fresh = dispatch->state == DISPATCH_REQUESTED || dispatch->state == DISPATCH_DELIVERED;
	if (status == DISPATCH_DECLINED) {
		return send_of(r, inc, ACTION_DECLINE, agency, "tidak ada armada");
	}
	if (fresh) {
		return send_of(r, inc, ACTION_ACCEPT, agency, NULL);
	}
	if (dispatch->state == DISPATCH_ACCEPTED && status != DISPATCH_ACCEPTED) {
		return send_of(r, inc, ACTION_EN_ROUTE, agency, NULL);
	}
	if (dispatch->state == DISPATCH_EN_ROUTE && status != DISPATCH_EN_ROUTE) {
		return send_of(r, inc, ACTION_ON_SCENE, agency, NULL);
	}
	return status == DISPATCH_CLEARED ? send_of(r, inc, ACTION_CLEAR, agency, NULL) : NOT_NOW;
}

/* Agencies that are still there come back, or are called back: where the alarm is false, or where
 * there is no more time. */
static enum outcome end_dispatches(struct robot *r, const struct incident *inc, bool recall) {
	enum outcome outcome = DONE;
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		char agency[AGENCY_ID_SIZE]; /* the list moves when one is added */
		text_copy(agency, sizeof(agency), dispatch->agency);
		if (!dispatch_is_live(dispatch)) {
			continue;
		}
		outcome = robot_report(r, inc, agency, DISPATCH_CLEARED);
		if (outcome == NOT_NOW &&
			(r->hurry || (recall && !robot_is_needed(r, inc, agency)))) {
			outcome = send_of(r, inc, ACTION_CANCEL, agency, NULL);
		}
		if (outcome == DID) {
			return DID;
		}
	}
	return outcome;
}

static enum outcome cancel(struct robot *r, const struct incident *inc, const char *agency) {
	enum outcome outcome;
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		if (dispatch_is_live(dispatch) &&
			(agency[0] == '\0' || strcmp(agency, dispatch->agency) == 0)) {
			char name[AGENCY_ID_SIZE];
			text_copy(name, sizeof(name), dispatch->agency);
			return send_of(r, inc, ACTION_CANCEL, name, NULL);
		}
	}
	outcome = robot_dispatch(r, inc, agency);
	return outcome == DONE ? NOT_NOW : outcome;
}

/* The step of an agency, said by the operator. */
static enum outcome step(
	struct robot *r, const struct incident *inc, enum action action, const char *wanted) {
	const struct dispatch *dispatch;
	enum outcome outcome;
	char agency[AGENCY_ID_SIZE];
	text_copy(agency, sizeof(agency), wanted);
	for (size_t i = 0; i < inc->dispatches_len && agency[0] == '\0'; i++) {
		if (dispatch_is_live(&inc->dispatches[i])) {
			text_copy(agency, sizeof(agency), inc->dispatches[i].agency);
		}
	}
	if (agency[0] == '\0' || !is_sent(inc, agency)) {
		outcome = robot_dispatch(r, inc, agency);
		return outcome == DONE ? NOT_NOW : outcome;
	}
	dispatch = incident_dispatch(inc, agency);
	if ((dispatch->state == DISPATCH_REQUESTED || dispatch->state == DISPATCH_DELIVERED) &&
		action != ACTION_ACCEPT && action != ACTION_DECLINE) {
		action = ACTION_ACCEPT;
	}
	return send_of(
		r, inc, action, agency, action == ACTION_DECLINE ? "tidak ada armada" : NULL);
}

/* --- how it ends --- */

static enum outcome resolve(struct robot *r, const struct incident *inc) {
	enum outcome outcome = take(r, inc);
	if (outcome == DONE && inc->state < INCIDENT_VERIFIED) {
		outcome = verify(r, inc, NULL);
	}
	if (outcome == DONE && robot_is_too_early(r, inc, ACTION_RESOLVE)) {
		outcome = NOT_NOW;
	}
	if (outcome == DONE) {
		outcome = end_dispatches(r, inc, false);
	}
	return outcome == DONE ? send_plain(r, inc, ACTION_RESOLVE) : outcome;
}

static enum outcome close_it(struct robot *r, const struct incident *inc, const struct cond *cond) {
	struct command cmd = make(inc, ACTION_CLOSE);
	enum outcome outcome = take(r, inc);
	if (outcome != DONE || robot_is_too_early(r, inc, ACTION_CLOSE)) {
		return outcome == DID ? DID : NOT_NOW;
	}
	/* Properly, where that is not forbidden: verified, everybody back, resolved. */
	if (inc->state < INCIDENT_RESOLVED && resolve(r, inc) == DID) {
		return DID;
	}
	outcome = end_dispatches(r, inc, false);
	if (outcome != DONE) {
		return outcome;
	}
	if (cond == NULL || !(cond->has & COND_HAS_DISPOSITION)) {
		cond = robot_find_wish(r, inc, ACTION_CLOSE, COND_HAS_DISPOSITION);
	}
	cmd.disposition = cond != NULL ? cond->disposition : DISPOSITION_HANDLED;
	cmd.if_rev = inc->rev;
	return robot_send(r, &cmd, NULL);
}

static enum outcome reject(struct robot *r, const struct incident *inc, const struct cond *cond) {
	static const enum reject_reason reasons[] = {
		REJECT_PRANK, REJECT_ACCIDENTAL, REJECT_UNVERIFIABLE, REJECT_SILENT, REJECT_TEST};
	struct command cmd = make(inc, ACTION_REJECT);
	enum outcome outcome = reopen(r, inc);
	if (outcome != DONE || robot_is_too_early(r, inc, ACTION_REJECT)) {
		return outcome == DID ? DID : NOT_NOW;
	}
	if (acknowledge(r, inc) == DID) {
		return DID;
	}
	outcome = end_dispatches(r, inc, true);
	if (outcome != DONE) {
		return outcome;
	}
	if (cond == NULL || !(cond->has & COND_HAS_REASON)) {
		cond = robot_find_wish(r, inc, ACTION_REJECT, COND_HAS_REASON);
	}
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		cmd.reason = cond != NULL ? cond->reason : reasons[i];
		if (may(r, &cmd)) {
			return robot_send(r, &cmd, NULL);
		}
	}
	return NOT_NOW;
}

/* --- the rest --- */

/* What is the trainee's own cannot be taken by them, and what is nobody's cannot be let go: so one
 * comes before the other. */
static enum outcome claim(struct robot *r, const struct incident *inc) {
	enum outcome outcome = take(r, inc);
	bool own = inc->claim.name[0] != '\0';
	return outcome == DONE ? send_plain(r, inc, own ? ACTION_RELEASE : ACTION_CLAIM) : outcome;
}

static enum outcome update(struct robot *r, const struct incident *inc, const struct cond *cond) {
	struct command cmd = make(inc, ACTION_UPDATE);
	enum outcome outcome = acknowledge(r, inc);
	if (outcome == DID) {
		return DID;
	}
	cmd.has |= cond->has & COND_HAS_KIND ? (unsigned)HAS_KIND : 0u;
	cmd.has |= cond->has & COND_HAS_PRIORITY ? (unsigned)HAS_PRIORITY : 0u;
	cmd.kind = cond->kind;
	cmd.priority = cond->priority;
	return robot_send(r, &cmd, cmd.has == HAS_IF_REV ? "diperbarui" : NULL);
}

static enum outcome hold(struct robot *r, const struct incident *inc) {
	struct command cmd = make(inc, ACTION_HOLD);
	enum outcome outcome = take(r, inc);
	cmd.until_ms = sim_now_ms(run_sim(r->run)) + HOLD_MS;
	return outcome == DONE ? robot_send(r, &cmd, NULL) : outcome;
}

static enum outcome view_camera(
	struct robot *r, const struct incident *inc, const struct cond *cond) {
	struct command cmd = make(inc, ACTION_CAMERA_VIEWED);
	text_copy(cmd.camera, sizeof(cmd.camera), cond->camera);
	return cond->camera[0] != '\0' || set_camera(r, inc, &cmd) ? robot_send(r, &cmd, NULL)
								   : NOT_NOW;
}

/* What has ended is opened again; what is open ends first, by whatever is expected to end it. */
static enum outcome open_again(struct robot *r, const struct incident *inc) {
	if (!incident_is_open(inc)) {
		return send_plain(r, inc, ACTION_REOPEN);
	}
	return close_it(r, inc, NULL);
}

enum outcome robot_deed(
	struct robot *r, const struct incident *inc, enum action action, const struct cond *cond) {
	const struct cond *how = cond->type == COND_DID ? cond : NULL;
	switch (action) {
	case ACTION_ACKNOWLEDGE: return inc->state == INCIDENT_NEW ? acknowledge(r, inc) : NOT_NOW;
	case ACTION_CLAIM:
	case ACTION_RELEASE: return claim(r, inc);
	case ACTION_VERIFY: return verify(r, inc, how);
	case ACTION_REJECT: return reject(r, inc, how);
	case ACTION_NOTE: return send_of(r, inc, ACTION_NOTE, "", "catatan");
	case ACTION_HOLD: return hold(r, inc);
	case ACTION_UPDATE: return update(r, inc, cond);
	case ACTION_RESOLVE: return resolve(r, inc);
	case ACTION_CLOSE: return close_it(r, inc, how);
	case ACTION_REOPEN: return open_again(r, inc);
	case ACTION_DISPATCH: return robot_dispatch(r, inc, cond->agency);
	case ACTION_CANCEL: return cancel(r, inc, cond->agency);
	case ACTION_ACCEPT:
	case ACTION_DECLINE:
	case ACTION_EN_ROUTE:
	case ACTION_ON_SCENE:
	case ACTION_CLEAR: return step(r, inc, action, cond->agency);
	case ACTION_CAMERA_VIEWED: return view_camera(r, inc, cond);
	case ACTION_MERGE: /* of two of them: robot.c */
	case ACTION_SPLIT:
	case ACTION_RAISE:
	case ACTION_WITHDRAW:
	case ACTION_DELIVER:
	case ACTION_EXPIRE:
	case ACTION_CAMERA_STATUS:
	case ACTION_REGISTRY_CHANGED:
	case ACTION_LINK_UP:
	case ACTION_LINK_DOWN:
	case ACTION_VIEW:
	case ACTION_PURGE:
	case ACTION_COUNT: break;
	}
	return NOT_NOW;
}
