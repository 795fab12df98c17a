/* What the trainee who makes no mistakes does about a condition. */
#include <string.h>

#include <siaga/base/text.h>

#include "ideal_private.h"

static const struct incident *incident_of(const struct robot *r, const char *key) {
	const struct raised *raised = run_find(r->run, key);
	return raised != NULL ? run_incident(r->run, raised) : NULL;
}

/* --- about which alarm --- */

/* About this alarm, or about the first with which something can be done. */
static enum outcome about_any(struct robot *r, const struct cond *cond, enum action action) {
	size_t len;
	enum outcome outcome = NOT_NOW;
	if (cond->key[0] != '\0') {
		const struct incident *inc = incident_of(r, cond->key);
		return inc != NULL ? robot_deed(r, inc, action, cond) : NOT_NOW;
	}
	run_raised(r->run, &len);
	for (size_t i = 0; i < len && outcome != DID; i++) {
		/* Something that is done may raise one more: the list moves. */
		size_t now;
		const struct incident *inc = run_incident(r->run, &run_raised(r->run, &now)[i]);
		outcome = inc != NULL ? robot_deed(r, inc, action, cond) : NOT_NOW;
	}
	return outcome;
}

/* --- merging --- */

/* One of them goes to the other: that one of which nobody is on the way. */
static enum outcome merge_into(
	struct robot *r, const struct incident *from, const struct incident *into) {
	struct command cmd = {.action = ACTION_MERGE, .has = HAS_IF_REV};
	const struct incident *both[] = {from, into};
	if (from == NULL || into == NULL || from == into) {
		return NOT_NOW;
	}
	for (size_t i = 0; i < 2; i++) {
		if (both[i]->state == INCIDENT_NEW &&
			robot_deed(r, both[i], ACTION_ACKNOWLEDGE, &(struct cond){0}) == DID) {
			return DID;
		}
	}
	bool turn = incident_has_live_dispatch(from) && !incident_has_live_dispatch(into);
	text_copy(cmd.incident, sizeof(cmd.incident), turn ? into->id : from->id);
	text_copy(cmd.other, sizeof(cmd.other), turn ? from->id : into->id);
	return robot_send(r, &cmd, NULL);
}

/* The alarm of which the scenario says that it is the same, either of the two. */
static const struct incident *twin_of(
	const struct robot *r, const struct raised *one, const struct incident *inc) {
	size_t len;
	const struct raised *raised = run_raised(r->run, &len);
	if (one->line->truth.same_as[0] != '\0') {
		return incident_of(r, one->line->truth.same_as);
	}
	for (size_t i = 0; i < len; i++) {
		if (strcmp(raised[i].line->truth.same_as, one->line->key) == 0 &&
			run_incident(r->run, &raised[i]) != inc) {
			return run_incident(r->run, &raised[i]);
		}
	}
	return NULL;
}

static enum outcome merge_some(struct robot *r, const struct cond *cond) {
	enum outcome outcome = NOT_NOW;
	size_t len;
	run_raised(r->run, &len);
	for (size_t i = 0; i < len && outcome == NOT_NOW; i++) {
		size_t now;
		const struct raised *one = &run_raised(r->run, &now)[i];
		const struct incident *inc = run_incident(r->run, one);
		const char *key = one->line->key;
		/* Whichever goes into which counts: so of two names either may be said. */
		if ((cond->key[0] == '\0' || strcmp(cond->key, key) == 0) &&
			(cond->into[0] == '\0' || cond->key[0] == '\0')) {
			const struct incident *twin = cond->into[0] != '\0'
							      ? incident_of(r, cond->into)
							      : twin_of(r, one, inc);
			outcome = merge_into(r, inc, twin);
		}
	}
	return outcome;
}

static enum outcome merge(struct robot *r, const struct cond *cond) {
	if (cond->key[0] != '\0' && cond->into[0] != '\0') {
		return merge_into(r, incident_of(r, cond->key), incident_of(r, cond->into));
	}
	if (cond->key[0] == '\0' && cond->into[0] != '\0') {
		struct cond turned = *cond;
		text_copy(turned.key, sizeof(turned.key), cond->into);
		turned.into[0] = '\0';
		return merge_some(r, &turned);
	}
	return merge_some(r, cond);
}

/* What was merged is taken apart; what was not is merged first. */
static enum outcome split(struct robot *r, const struct cond *cond) {
	struct command cmd = {.action = ACTION_SPLIT, .has = HAS_IF_REV};
	size_t len;
	const struct raised *raised = run_raised(r->run, &len);
	for (size_t i = 0; i < len; i++) {
		const struct incident *inc = world_incident(r->world, raised[i].ids.incident);
		if (inc != NULL && inc->state == INCIDENT_DUPLICATE &&
			(cond->key[0] == '\0' || strcmp(cond->key, raised[i].line->key) == 0)) {
			text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
			return robot_send(r, &cmd, NULL);
		}
	}
	return merge_some(r, cond);
}

/* --- conditions --- */

static enum outcome pursue_deed(struct robot *r, const struct cond *cond) {
	if (cond->action == ACTION_MERGE) {
		return merge(r, cond);
	}
	if (cond->action == ACTION_SPLIT) {
		return split(r, cond);
	}
	return about_any(r, cond, cond->action);
}

static enum outcome pursue_state(struct robot *r, const struct cond *cond) {
	static const enum action actions[INCIDENT_STATE_COUNT] = {
		[INCIDENT_NEW] = ACTION_COUNT,
		[INCIDENT_ACKNOWLEDGED] = ACTION_ACKNOWLEDGE,
		[INCIDENT_VERIFIED] = ACTION_VERIFY,
		[INCIDENT_DISPATCHED] = ACTION_DISPATCH,
		[INCIDENT_ON_SCENE] = ACTION_DISPATCH,
		[INCIDENT_RESOLVED] = ACTION_RESOLVE,
		[INCIDENT_CLOSED] = ACTION_CLOSE,
		[INCIDENT_FALSE_ALARM] = ACTION_REJECT,
		[INCIDENT_DUPLICATE] = ACTION_MERGE,
	};
	const struct incident *inc = incident_of(r, cond->key);
	if (inc == NULL) {
		return NOT_NOW;
	}
	if (cond->state == INCIDENT_DUPLICATE) {
		return merge_some(r, cond);
	}
	if (cond->state != INCIDENT_ON_SCENE || !incident_has_live_dispatch(inc)) {
		return robot_deed(r, inc, actions[cond->state], cond);
	}
	/* On their way; whose desk does not say so is asked by telephone. */
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		char agency[AGENCY_ID_SIZE];
		text_copy(agency, sizeof(agency), inc->dispatches[i].agency);
		if (robot_report(r, inc, agency, DISPATCH_ON_SCENE) == DID) {
			return DID;
		}
	}
	return NOT_NOW;
}

static enum outcome pursue_status(struct robot *r, const struct cond *cond) {
	const struct incident *inc = incident_of(r, cond->key);
	const struct dispatch *dispatch = inc != NULL ? incident_dispatch(inc, cond->agency) : NULL;
	if (inc == NULL) {
		return NOT_NOW;
	}
	if (cond->status == DISPATCH_CANCELLED) {
		return robot_deed(r, inc, ACTION_CANCEL, cond);
	}
	if (dispatch == NULL || !dispatch_is_live(dispatch)) {
		enum outcome outcome = robot_dispatch(r, inc, cond->agency);
		return outcome == DONE ? NOT_NOW : outcome;
	}
	return robot_report(r, inc, cond->agency, cond->status);
}

static enum outcome pursue_parts(struct robot *r, const struct cond *cond) {
	for (size_t i = 0; i < cond->parts_len; i++) {
		if (robot_pursue(r, &cond->parts[i]) == DID) {
			return DID;
		}
	}
	return NOT_NOW;
}

static enum outcome use_command(struct robot *r, const char *name) {
	if (robot_is_forbidden(r, NULL, name, NULL)) {
		return NOT_NOW;
	}
	run_command(r->run, name);
	return DID;
}

/* Only what the console has heard of can be selected. */
static bool is_seen(const struct robot *r, const char *key) {
	size_t len;
	return run_find(r->run, key) < run_raised(r->run, &len) + r->seen;
}

static enum outcome select_it(struct robot *r, const char *incident) {
	if (robot_is_forbidden(r, NULL, NULL, incident)) {
		return NOT_NOW;
	}
	run_select(r->run, incident);
	return DID;
}

/* What has come true cannot be undone, but for what is selected. */
static enum outcome pursue_not(struct robot *r, const struct cond *cond) {
	return cond->type == COND_SELECTED ? select_it(r, "") : NOT_NOW;
}

enum outcome robot_pursue(struct robot *r, const struct cond *cond) {
	const struct incident *inc;
	if (run_holds(r->run, cond)) {
		return DONE;
	}
	switch (cond->type) {
	case COND_ALL:
	case COND_ANY: return pursue_parts(r, cond);
	case COND_COMMAND: return use_command(r, cond->name);
	case COND_DID: return pursue_deed(r, cond);
	case COND_NOT: return pursue_not(r, &cond->parts[0]);
	case COND_SELECTED:
		inc = incident_of(r, cond->key);
		return inc != NULL && is_seen(r, cond->key) ? select_it(r, inc->id) : NOT_NOW;
	case COND_STATE: return pursue_state(r, cond);
	case COND_STATUS: return pursue_status(r, cond);
	case COND_LINE:
	case COND_TYPE_COUNT: break;
	}
	return NOT_NOW;
}
