#include <siaga/model/reduce.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

/* Another operator's incident can be taken freely for so long; later the taker says why. */
#define CLAIM_FREE_MS 20000

static const char *const refusal_code_names[] = {
	[REFUSAL_CONFLICT] = "conflict",
	[REFUSAL_STATE] = "state",
	[REFUSAL_UNKNOWN] = "unknown",
	[REFUSAL_FORBIDDEN] = "forbidden",
	[REFUSAL_INVALID] = "invalid",
	[REFUSAL_UNAVAILABLE] = "unavailable",
	[REFUSAL_TOO_MANY] = "too_many",
};
static_assert(ARRAY_LEN(refusal_code_names) == REFUSAL_CODE_COUNT, "name every code");

const char *refusal_code_name(enum refusal_code code) {
	return (unsigned)code < REFUSAL_CODE_COUNT ? refusal_code_names[code] : "?";
}

bool refusal_code_find(const char *name, enum refusal_code *out) {
	for (size_t i = 0; i < REFUSAL_CODE_COUNT; i++) {
		if (strcmp(refusal_code_names[i], name) == 0) {
			*out = (enum refusal_code)i;
			return true;
		}
	}
	return false;
}

bool reduce_refuse(struct refusal *no, enum refusal_code code, const char *fmt, ...) {
	va_list args;
	no->code = code;
	va_start(args, fmt);
	vsnprintf(no->message, sizeof(no->message), fmt, args);
	va_end(args);
	return false;
}

int64_t incident_rev_after(const struct incident *inc, enum event_type type, const char *other) {
	bool moves = incident_state_after(inc, type, other) != inc->state ||
		     type == EVENT_INCIDENT_VERIFIED;
	return inc->rev + (moves ? 1 : 0);
}

struct event *reduce_add(struct events *out, const struct command *cmd, const struct incident *inc,
	enum event_type type) {
	struct event *event = events_add(out);
	event->type = type;
	event->at_ms = cmd->at_ms;
	event->by = cmd->by;
	event->mode = cmd->mode;
	if (cmd->note != NULL && cmd->note[0] != '\0') {
		event->note = mem_dup_str(cmd->note);
	}
	if (inc != NULL) {
		text_copy(event->incident, sizeof(event->incident), inc->id);
		event->number = inc->number;
		event->mode = inc->mode;
		event->rev = incident_rev_after(inc, type, cmd->other);
	}
	return event;
}

static bool refuse_state(struct refusal *no, const struct incident *inc, const char *need) {
	return reduce_refuse(no, REFUSAL_STATE, "#%lld is %s: %s", (long long)inc->number,
		incident_state_name(inc->state), need);
}

static bool raise_alarm(const struct world *world, const struct command *cmd, struct events *out) {
	struct event *event = reduce_add(out, cmd, NULL, EVENT_INCIDENT_RAISED);
	text_copy(event->incident, sizeof(event->incident), cmd->new_incident);
	event->number = world->last_number + 1;
	event->rev = 1;
	event->kind = cmd->kind;
	event->priority = cmd->priority;
	event->at = cmd->alarm.at;
	text_copy(event->place, sizeof(event->place), cmd->alarm.place);
	alarm_copy(&event->alarm, &cmd->alarm);
	return true;
}

static bool update(const struct world *world, const struct command *cmd, const struct incident *inc,
	struct events *out, struct refusal *no) {
	bool caller = cmd->role == ROLE_INTAKE;
	unsigned may = caller ? HAS_AT | HAS_ACCURACY | HAS_WITHDRAWN
			      : HAS_KIND | HAS_PRIORITY | HAS_PLACE | HAS_AT;
	UNUSED(world);
	if ((cmd->has & may) == 0 && cmd->note == NULL) {
		return reduce_refuse(no, REFUSAL_INVALID, "nothing to update");
	}
	struct event *event = reduce_add(out, cmd, inc, EVENT_INCIDENT_UPDATED);
	event->has = cmd->has & may;
	event->kind = cmd->kind;
	event->priority = cmd->priority;
	event->at = cmd->at;
	event->accuracy_m = cmd->accuracy_m;
	text_copy(event->place, sizeof(event->place), cmd->place);
	if (caller) {
		text_copy(event->alarm.id, sizeof(event->alarm.id), cmd->alarm.id);
	}
	return true;
}

static bool claim(const struct command *cmd, const struct incident *inc, struct events *out,
	struct refusal *no) {
	if (!incident_is_open(inc) || inc->state == INCIDENT_NEW) {
		return refuse_state(
			no, inc, "only an acknowledged, open incident can be taken over");
	}
	if (strcmp(inc->claim.name, cmd->by.name) == 0 &&
		strcmp(inc->claim.position, cmd->by.position) == 0) {
		return true;
	}
	bool free_now =
		inc->claim.name[0] == '\0' || cmd->at_ms - inc->claim_at_ms <= CLAIM_FREE_MS;
	if (!free_now && cmd->note == NULL) {
		return reduce_refuse(no, REFUSAL_INVALID, "note: %s has it; say why you take it",
			inc->claim.name);
	}
	reduce_add(out, cmd, inc, EVENT_INCIDENT_CLAIMED);
	return true;
}

static bool verify(const struct world *world, const struct command *cmd, const struct incident *inc,
	struct events *out, struct refusal *no) {
	if (inc->state < INCIDENT_ACKNOWLEDGED || inc->state > INCIDENT_ON_SCENE) {
		return refuse_state(no, inc, "acknowledge it first");
	}
	if (inc->verified_at_ms != 0) {
		return refuse_state(no, inc, "it is verified already");
	}
	if (cmd->method == METHOD_NONE) {
		return reduce_refuse(no, REFUSAL_INVALID, "method: missing");
	}
	if (cmd->method == METHOD_CAMERA &&
		registry_camera(&world->registry, cmd->camera) == NULL) {
		return reduce_refuse(no, REFUSAL_UNKNOWN, "camera: no camera \"%s\"", cmd->camera);
	}
	struct event *event = reduce_add(out, cmd, inc, EVENT_INCIDENT_VERIFIED);
	event->method = cmd->method;
	if (cmd->method == METHOD_CAMERA) {
		text_copy(event->camera, sizeof(event->camera), cmd->camera);
	}
	return true;
}

/* The agencies that are still on an incident, for a refusal. */
static bool refuse_live(struct refusal *no, const struct incident *inc) {
	char names[160] = "";
	size_t len = 0;
	for (size_t i = 0; i < inc->dispatches_len && len + AGENCY_ID_SIZE + 2 < sizeof(names);
		i++) {
		if (dispatch_is_live(&inc->dispatches[i])) {
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
				len > 0 ? ", " : "", inc->dispatches[i].agency);
		}
	}
	return reduce_refuse(no, REFUSAL_STATE, "#%lld: %s not cleared or cancelled yet",
		(long long)inc->number, names);
}

static bool reject(const struct command *cmd, const struct incident *inc, struct events *out,
	struct refusal *no) {
	if (!incident_is_open(inc)) {
		return refuse_state(no, inc, "it has ended");
	}
	if (cmd->reason == REJECT_NONE) {
		return reduce_refuse(no, REFUSAL_INVALID, "reason: missing");
	}
	if (incident_has_live_dispatch(inc)) {
		return refuse_live(no, inc);
	}
	reduce_add(out, cmd, inc, EVENT_INCIDENT_REJECTED)->reason = cmd->reason;
	return true;
}

static bool merge(const struct world *world, const struct command *cmd, const struct incident *inc,
	struct events *out, struct refusal *no) {
	const struct incident *into = world_incident(world, cmd->other);
	if (into == NULL) {
		return reduce_refuse(no, REFUSAL_UNKNOWN, "into: no such incident");
	}
	if (into == inc) {
		return reduce_refuse(
			no, REFUSAL_INVALID, "into: an incident cannot be merged into itself");
	}
	if (!incident_is_open(inc)) {
		return refuse_state(no, inc, "it has ended");
	}
	if (!incident_is_open(into)) {
		return refuse_state(no, into, "it has ended");
	}
	if (incident_has_live_dispatch(inc)) {
		return refuse_live(no, inc);
	}
	struct event *event = reduce_add(out, cmd, inc, EVENT_INCIDENT_MERGED);
	text_copy(event->other, sizeof(event->other), into->id);
	for (size_t i = 0; i < inc->alarms_len; i++) {
		event = reduce_add(out, cmd, into, EVENT_INCIDENT_ALARM_ADDED);
		alarm_copy(&event->alarm, &inc->alarms[i]);
		text_copy(event->alarm.from, sizeof(event->alarm.from), inc->id);
	}
	return true;
}

static bool split(const struct world *world, const struct command *cmd, const struct incident *inc,
	struct events *out, struct refusal *no) {
	if (inc->state != INCIDENT_DUPLICATE) {
		return refuse_state(no, inc, "only a merged incident can be split off");
	}
	const struct incident *into = world_incident(world, inc->merged_into);
	struct event *event = reduce_add(out, cmd, inc, EVENT_INCIDENT_SPLIT);
	text_copy(event->other, sizeof(event->other), inc->merged_into);
	event->rev = inc->rev + 1;
	if (into != NULL) {
		event = reduce_add(out, cmd, into, EVENT_INCIDENT_SPLIT);
		text_copy(event->other, sizeof(event->other), inc->id);
		event->rev = into->rev;
	}
	return true;
}

static bool close_incident(const struct command *cmd, const struct incident *inc,
	struct events *out, struct refusal *no) {
	if (!incident_is_open(inc) || inc->state == INCIDENT_NEW) {
		return refuse_state(no, inc,
			inc->state == INCIDENT_NEW ? "acknowledge it first" : "it has ended");
	}
	if (cmd->disposition == DISPOSITION_NONE) {
		return reduce_refuse(no, REFUSAL_INVALID, "disposition: missing");
	}
	if (incident_has_live_dispatch(inc)) {
		return refuse_live(no, inc);
	}
	reduce_add(out, cmd, inc, EVENT_INCIDENT_CLOSED)->disposition = cmd->disposition;
	return true;
}

static bool resolve(const struct command *cmd, const struct incident *inc, struct events *out,
	struct refusal *no) {
	if (inc->state < INCIDENT_VERIFIED || inc->state > INCIDENT_ON_SCENE) {
		return refuse_state(
			no, inc, "only a verified or dispatched incident can be resolved");
	}
	reduce_add(out, cmd, inc, EVENT_INCIDENT_RESOLVED);
	return true;
}

static bool acknowledge(const struct command *cmd, const struct incident *inc, struct events *out,
	struct refusal *no) {
	if (inc->state != INCIDENT_NEW) {
		return reduce_refuse(no, REFUSAL_CONFLICT, "%s was first: #%lld is %s",
			inc->state_by.name[0] != '\0' ? inc->state_by.name : "somebody",
			(long long)inc->number, incident_state_name(inc->state));
	}
	reduce_add(out, cmd, inc, EVENT_INCIDENT_ACKNOWLEDGED);
	return true;
}

/* An agency's desk sees to its own: an incident that it was never sent to is not its business. */
static bool desk_may(const struct command *cmd, const struct incident *inc, struct refusal *no) {
	if (cmd->role == ROLE_AGENCY && incident_dispatch(inc, cmd->own_agency) == NULL) {
		return reduce_refuse(no, REFUSAL_FORBIDDEN, "%s was not sent to #%lld",
			cmd->own_agency, (long long)inc->number);
	}
	return true;
}

static bool reduce_incident(const struct world *world, const struct command *cmd,
	const struct incident *inc, struct events *out, struct refusal *no) {
	switch (cmd->action) {
	case ACTION_UPDATE:
	case ACTION_WITHDRAW: return update(world, cmd, inc, out, no);
	case ACTION_ACKNOWLEDGE: return acknowledge(cmd, inc, out, no);
	case ACTION_CLAIM: return claim(cmd, inc, out, no);
	case ACTION_RELEASE:
		if (inc->claim.name[0] != '\0') {
			reduce_add(out, cmd, inc, EVENT_INCIDENT_RELEASED);
		}
		return true;
	case ACTION_VERIFY: return verify(world, cmd, inc, out, no);
	case ACTION_REJECT: return reject(cmd, inc, out, no);
	case ACTION_MERGE: return merge(world, cmd, inc, out, no);
	case ACTION_SPLIT: return split(world, cmd, inc, out, no);
	case ACTION_NOTE:
		if (cmd->note == NULL || cmd->note[0] == '\0') {
			return reduce_refuse(no, REFUSAL_INVALID, "note: missing");
		}
		reduce_add(out, cmd, inc, EVENT_INCIDENT_NOTED);
		return true;
	case ACTION_HOLD:
		if (!incident_is_open(inc)) {
			return refuse_state(no, inc, "it has ended");
		}
		reduce_add(out, cmd, inc, EVENT_INCIDENT_HELD)->until_ms = cmd->until_ms;
		return true;
	case ACTION_RESOLVE: return resolve(cmd, inc, out, no);
	case ACTION_CLOSE: return close_incident(cmd, inc, out, no);
	case ACTION_REOPEN:
		if (inc->state != INCIDENT_CLOSED && inc->state != INCIDENT_FALSE_ALARM) {
			return refuse_state(no, inc, "only a closed or false one can be reopened");
		}
		reduce_add(out, cmd, inc, EVENT_INCIDENT_REOPENED);
		return true;
	case ACTION_CAMERA_VIEWED:
		if (cmd->role == ROLE_OBSERVER && cmd->note != NULL && cmd->note[0] != '\0') {
			return reduce_refuse(no, REFUSAL_FORBIDDEN, "note: not for your role");
		}
		if (registry_camera(&world->registry, cmd->camera) == NULL) {
			return reduce_refuse(
				no, REFUSAL_UNKNOWN, "camera: no camera \"%s\"", cmd->camera);
		}
		text_copy(reduce_add(out, cmd, inc, EVENT_CAMERA_VIEWED)->camera, CAMERA_ID_SIZE,
			cmd->camera);
		return true;
	case ACTION_VIEW:
		reduce_add(out, cmd, inc, EVENT_INCIDENT_VIEWED)->role = cmd->role;
		return true;
	case ACTION_DISPATCH: return reduce_dispatch(world, cmd, inc, out, no);
	case ACTION_ACCEPT:
	case ACTION_DECLINE:
	case ACTION_EN_ROUTE:
	case ACTION_ON_SCENE:
	case ACTION_CLEAR:
	case ACTION_CANCEL:
	case ACTION_EXPIRE: return reduce_step(world, cmd, inc, out, no);
	case ACTION_RAISE:
	case ACTION_DELIVER:
	case ACTION_CAMERA_STATUS:
	case ACTION_REGISTRY_CHANGED:
	case ACTION_LINK_UP:
	case ACTION_LINK_DOWN:
	case ACTION_PURGE:
	case ACTION_COUNT: break;
	}
	return reduce_refuse(no, REFUSAL_INVALID, "action: not for an incident");
}

/* Commands of no incident; true where it was one of them. */
static bool reduce_general(const struct world *world, const struct command *cmd, struct events *out,
	struct refusal *no, bool *ok) {
	*ok = true;
	if (cmd->action == ACTION_RAISE) {
		*ok = raise_alarm(world, cmd, out);
	} else if (cmd->action == ACTION_DELIVER) {
		*ok = reduce_deliver(world, cmd, out);
	} else if (cmd->action == ACTION_CAMERA_STATUS) {
		const struct camera *camera = registry_camera(&world->registry, cmd->camera);
		if (camera == NULL) {
			*ok = reduce_refuse(
				no, REFUSAL_UNKNOWN, "camera: no camera \"%s\"", cmd->camera);
		} else if (!(cmd->has & HAS_CAMERA_STATUS)) {
			*ok = reduce_refuse(no, REFUSAL_INVALID, "status: missing");
		} else if (camera->status != cmd->camera_status) {
			struct event *event = reduce_add(out, cmd, NULL, EVENT_CAMERA_STATUS);
			text_copy(event->camera, sizeof(event->camera), cmd->camera);
			event->camera_status = cmd->camera_status;
		}
	} else if (cmd->action == ACTION_REGISTRY_CHANGED) {
		reduce_add(out, cmd, NULL, EVENT_REGISTRY_CHANGED)->registry_rev =
			cmd->registry_rev;
	} else if (cmd->action == ACTION_LINK_UP || cmd->action == ACTION_LINK_DOWN) {
		struct event *event = reduce_add(out, cmd, NULL,
			cmd->action == ACTION_LINK_UP ? EVENT_LINK_UP : EVENT_LINK_DOWN);
		text_copy(event->agency, sizeof(event->agency), cmd->own_agency);
		event->role = cmd->role;
	} else if (cmd->action == ACTION_PURGE) {
		reduce_add(out, cmd, NULL, EVENT_LOG_PURGED)->before_ms = cmd->before_ms;
	} else {
		return false;
	}
	return true;
}

bool reduce(const struct world *world, const struct command *cmd, struct events *out,
	struct refusal *no) {
	bool ok;
	if (reduce_general(world, cmd, out, no, &ok)) {
		return ok;
	}
	const struct incident *inc = world_incident(world, cmd->incident);
	if (inc == NULL) {
		return reduce_refuse(no, REFUSAL_UNKNOWN, "incident: no such incident");
	}
	if (!desk_may(cmd, inc, no)) {
		return false;
	}
	if (action_changes_state(cmd->action)) {
		if (!(cmd->has & HAS_IF_REV)) {
			return reduce_refuse(no, REFUSAL_INVALID, "if_rev: missing");
		}
		if (cmd->if_rev != inc->rev) {
			return reduce_refuse(no, REFUSAL_CONFLICT, "%s was first: #%lld is %s",
				inc->state_by.name[0] != '\0' ? inc->state_by.name : "somebody",
				(long long)inc->number, incident_state_name(inc->state));
		}
	}
	return reduce_incident(world, cmd, inc, out, no);
}
