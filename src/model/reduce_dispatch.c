#include <siaga/model/reduce.h>

#include <string.h>

#include <siaga/base/text.h>

#include "private.h"

bool reduce_dispatch(const struct world *world, const struct command *cmd,
	const struct incident *inc, struct events *out, struct refusal *no) {
	if (registry_agency(&world->registry, cmd->agency) == NULL) {
		return reduce_refuse(no, REFUSAL_UNKNOWN, "agency: no agency \"%s\"", cmd->agency);
	}
	if (!incident_is_open(inc)) {
		return reduce_refuse(no, REFUSAL_STATE, "#%lld is %s: it has ended",
			(long long)inc->number, incident_state_name(inc->state));
	}
	if (inc->state == INCIDENT_NEW) {
		return reduce_refuse(no, REFUSAL_STATE, "#%lld is new: acknowledge it first",
			(long long)inc->number);
	}
	const struct plan *plan = registry_plan(&world->registry, inc->kind, inc->priority);
	bool first = plan != NULL && plan->dispatch_first;
	if (inc->verified_at_ms == 0 && !first) {
		return reduce_refuse(
			no, REFUSAL_STATE, "#%lld is not verified yet", (long long)inc->number);
	}
	const struct dispatch *last = incident_dispatch(inc, cmd->agency);
	if (last != NULL && dispatch_is_live(last)) {
		return true; /* One more time the same agency: it is asked already. */
	}
	struct event *event = reduce_add(out, cmd, inc, EVENT_DISPATCH_REQUESTED);
	text_copy(event->agency, sizeof(event->agency), cmd->agency);
	/* Once shown, the caller is not hidden again: the agency may be talking to them. */
	if (plan_shows_caller(plan, cmd->agency) || (last != NULL && last->caller)) {
		event->has |= HAS_CALLER;
	}
	return true;
}

/* Which steps of a dispatch lead to which; bit per state it may come from. */
#define FROM(state) (1u << DISPATCH_##state)

static const struct {
	enum action action;
	enum event_type type;
	enum dispatch_state to;
	unsigned from;
} steps[] = {
	{ACTION_ACCEPT, EVENT_DISPATCH_ACCEPTED, DISPATCH_ACCEPTED,
		FROM(REQUESTED) | FROM(DELIVERED)},
	{ACTION_DECLINE, EVENT_DISPATCH_DECLINED, DISPATCH_DECLINED,
		FROM(REQUESTED) | FROM(DELIVERED) | FROM(ACCEPTED)},
	{ACTION_EN_ROUTE, EVENT_DISPATCH_EN_ROUTE, DISPATCH_EN_ROUTE, FROM(ACCEPTED)},
	{ACTION_ON_SCENE, EVENT_DISPATCH_ON_SCENE, DISPATCH_ON_SCENE,
		FROM(ACCEPTED) | FROM(EN_ROUTE)},
	{ACTION_CLEAR, EVENT_DISPATCH_CLEARED, DISPATCH_CLEARED,
		FROM(ACCEPTED) | FROM(EN_ROUTE) | FROM(ON_SCENE)},
	{ACTION_CANCEL, EVENT_DISPATCH_CANCELLED, DISPATCH_CANCELLED,
		FROM(REQUESTED) | FROM(DELIVERED) | FROM(ACCEPTED) | FROM(EN_ROUTE) |
			FROM(ON_SCENE)},
	{ACTION_EXPIRE, EVENT_DISPATCH_EXPIRED, DISPATCH_EXPIRED,
		FROM(REQUESTED) | FROM(DELIVERED)},
};

bool reduce_step(const struct world *world, const struct command *cmd, const struct incident *inc,
	struct events *out, struct refusal *no) {
	UNUSED(world);
	const char *agency = cmd->role == ROLE_AGENCY ? cmd->own_agency : cmd->agency;
	if (cmd->role == ROLE_AGENCY && cmd->agency[0] != '\0' &&
		strcmp(cmd->agency, agency) != 0) {
		return reduce_refuse(no, REFUSAL_FORBIDDEN, "agency: %s is not yours", cmd->agency);
	}
	const struct dispatch *dispatch = incident_dispatch(inc, agency);
	if (dispatch == NULL) {
		return reduce_refuse(no, REFUSAL_UNKNOWN, "agency: \"%s\" was not sent to #%lld",
			agency, (long long)inc->number);
	}
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (steps[i].action != cmd->action) {
			continue;
		}
		if (dispatch->state == steps[i].to) {
			return true; /* Said before: so it is. */
		}
		if ((steps[i].from & 1u << dispatch->state) == 0) {
			return reduce_refuse(no, REFUSAL_STATE,
				"%s at #%lld is %s: it cannot be %s now", agency,
				(long long)inc->number, dispatch_state_name(dispatch->state),
				dispatch_state_name(steps[i].to));
		}
		if (cmd->action == ACTION_DECLINE && (cmd->note == NULL || cmd->note[0] == '\0')) {
			return reduce_refuse(no, REFUSAL_INVALID, "note: say why");
		}
		text_copy(reduce_add(out, cmd, inc, steps[i].type)->agency, AGENCY_ID_SIZE, agency);
		return true;
	}
	return reduce_refuse(no, REFUSAL_INVALID, "action: not a step of a dispatch");
}

bool reduce_deliver(const struct world *world, const struct command *cmd, struct events *out) {
	for (struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		const struct dispatch *dispatch = incident_dispatch(inc, cmd->own_agency);
		if (dispatch != NULL && dispatch->state == DISPATCH_REQUESTED &&
			dispatch->requested_seq <= cmd->seq) {
			text_copy(reduce_add(out, cmd, inc, EVENT_DISPATCH_DELIVERED)->agency,
				AGENCY_ID_SIZE, cmd->own_agency);
		}
	}
	return true;
}
