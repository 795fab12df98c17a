/* What the trainee who makes no mistakes must not do, and what has to wait for something else. */
#include <string.h>

#include "ideal_private.h"
#include "run_private.h"

static const struct expected *judged(const struct robot *r, const struct wish *wish) {
	size_t len;
	const struct expected *expected = run_expected(r->run, &len);
	return wish->place > 0 ? &expected[wish->place - 1] : NULL;
}

bool robot_is_open(const struct robot *r, const struct wish *wish) {
	const struct expected *expected = judged(r, wish);
	(*r->looks)++;
	if (expected != NULL) {
		return expected->verdict == VERDICT_OPEN;
	}
	return !wish->line->has_after && !wish->line->has_when;
}

static bool is_about(const struct robot *r, const struct incident *inc, const char *key) {
	return key[0] != '\0' && judge_is_about(r->run, inc->id, key);
}

static bool is_own(const struct robot *r, const struct incident *own, const struct incident *inc) {
	size_t hops = HASH_COUNT(r->world->incidents);
	while (own != NULL && own != inc && own->merged_into[0] != '\0' && hops-- > 0) {
		own = world_incident(r->world, own->merged_into);
	}
	return own == inc;
}

/* The first wish that names an alarm of the incident, and fits; or NULL. */
static const struct wish *first_wish(const struct robot *r, const struct incident *inc,
	bool (*fits)(const struct robot *r, const struct wish *wish, const struct incident *inc,
		const void *data),
	const void *data) {
	size_t len;
	const struct raised *raised = run_raised(r->run, &len);
	for (size_t i = 0; i < r->own_len; i++) {
		const struct keyed *keyed = NULL;
		if (is_own(r, r->own[i], inc)) {
			HASH_FIND_STR(r->keyed, raised[i].line->key, keyed);
		}
		for (size_t j = 0; keyed != NULL && j < keyed->len; j++) {
			const struct wish *wish = &r->wishes[keyed->wishes[j]];
			if (wish->line->type == LINE_EXPECT && fits(r, wish, inc, data)) {
				return wish;
			}
		}
	}
	return NULL;
}

/* --- what is forbidden --- */

/* What is tried: one of them. */
struct try {
	const struct command *cmd;
	const char *command, *selected;
};

static bool leads_to_state(const struct robot *r, const struct cond *cond, const struct try *try) {
	static const unsigned states[ACTION_COUNT] = {
		[ACTION_ACKNOWLEDGE] = 1u << INCIDENT_ACKNOWLEDGED,
		[ACTION_VERIFY] = 1u << INCIDENT_VERIFIED,
		[ACTION_DISPATCH] = 1u << INCIDENT_DISPATCHED | 1u << INCIDENT_ON_SCENE,
		[ACTION_ON_SCENE] = 1u << INCIDENT_ON_SCENE,
		[ACTION_RESOLVE] = 1u << INCIDENT_RESOLVED,
		[ACTION_CLOSE] = 1u << INCIDENT_CLOSED,
		[ACTION_REJECT] = 1u << INCIDENT_FALSE_ALARM,
		[ACTION_MERGE] = 1u << INCIDENT_DUPLICATE,
		[ACTION_REOPEN] = 1u << INCIDENT_ACKNOWLEDGED,
	};
	return try->cmd != NULL && (states[try->cmd->action] & 1u << cond->state) != 0 &&
	       judge_is_about(r->run, try->cmd->incident, cond->key);
}

/* An agency that is sent comes, too. */
static bool leads_to_status(const struct robot *r, const struct cond *cond, const struct try *try) {
	static const unsigned steps[ACTION_COUNT] = {
		[ACTION_DISPATCH] = 1u << DISPATCH_REQUESTED | 1u << DISPATCH_DELIVERED |
				    1u << DISPATCH_ACCEPTED | 1u << DISPATCH_EN_ROUTE |
				    1u << DISPATCH_ON_SCENE | 1u << DISPATCH_CLEARED,
		[ACTION_ACCEPT] = 1u << DISPATCH_ACCEPTED,
		[ACTION_DECLINE] = 1u << DISPATCH_DECLINED,
		[ACTION_EN_ROUTE] = 1u << DISPATCH_EN_ROUTE,
		[ACTION_ON_SCENE] = 1u << DISPATCH_ON_SCENE,
		[ACTION_CLEAR] = 1u << DISPATCH_CLEARED,
		[ACTION_CANCEL] = 1u << DISPATCH_CANCELLED,
	};
	return try->cmd != NULL && (steps[try->cmd->action] & 1u << cond->status) != 0 &&
	       strcmp(try->cmd->agency, cond->agency) == 0 &&
	       judge_is_about(r->run, try->cmd->incident, cond->key);
}

/* Does it bear on the condition at all? */
static bool touches(const struct robot *r, const struct cond *cond, const struct try *try) {
	switch (cond->type) {
	case COND_ALL:
	case COND_ANY:
	case COND_NOT:
		for (size_t i = 0; i < cond->parts_len; i++) {
			if (touches(r, &cond->parts[i], try)) {
				return true;
			}
		}
		return false;
	case COND_COMMAND: return try->command != NULL && strcmp(try->command, cond->name) == 0;
	case COND_DID: return try->cmd != NULL && judge_is_deed(r->run, cond, try->cmd);
	case COND_SELECTED: return try->selected != NULL;
	case COND_STATE: return leads_to_state(r, cond, try);
	case COND_STATUS: return leads_to_status(r, cond, try);
	case COND_LINE:
	case COND_TYPE_COUNT: break;
	}
	return false;
}

/* Would it be so, once that was done? */
static bool leads_to(const struct robot *r, const struct cond *cond, const struct try *try) {
	bool all = cond->type == COND_ALL;
	switch (cond->type) {
	case COND_ALL:
	case COND_ANY:
		for (size_t i = 0; i < cond->parts_len; i++) {
			if (leads_to(r, &cond->parts[i], try) != all) {
				return !all;
			}
		}
		return all;
	case COND_NOT: return !leads_to(r, &cond->parts[0], try);
	case COND_COMMAND:
	case COND_DID:
	case COND_STATE:
	case COND_STATUS: return touches(r, cond, try) || run_holds(r->run, cond);
	case COND_SELECTED:
		return try->selected != NULL ? judge_is_about(r->run, try->selected, cond->key)
					     : run_holds(r->run, cond);
	case COND_LINE:
	case COND_TYPE_COUNT: break;
	}
	return run_holds(r->run, cond);
}

/* What is expected says what is not to be, as well: `all` of this and `not` that. */
static bool breaks(const struct robot *r, const struct cond *cond, const struct try *try) {
	if (cond->type == COND_NOT) {
		return touches(r, cond, try) && run_holds(r->run, cond) && !leads_to(r, cond, try);
	}
	for (size_t i = 0; i < cond->parts_len && cond->type == COND_ALL; i++) {
		if (breaks(r, &cond->parts[i], try)) {
			return true;
		}
	}
	return false;
}

bool robot_is_forbidden(const struct robot *r, const struct command *cmd, const char *command,
	const char *selected) {
	struct try try = {cmd, command, selected};
	*r->looks += (int64_t)r->wishes_len;
	for (size_t i = 0; i < r->wishes_len; i++) {
		const struct wish *wish = &r->wishes[i];
		const struct cond *cond = &wish->line->cond;
		bool hurt = wish->line->type == LINE_FORBID
				    ? touches(r, cond, &try) && leads_to(r, cond, &try)
				    : breaks(r, cond, &try);
		if (hurt && robot_is_open(r, wish)) {
			return true;
		}
	}
	return false;
}

/* --- what is wished for elsewhere --- */

/* A deed about the incident, and which of its members have to be said. */
struct sought {
	enum action action;
	unsigned has;
};

static const struct cond *find_deed(const struct robot *r, const struct cond *cond,
	const struct incident *inc, const struct sought *sought) {
	for (size_t i = 0; i < cond->parts_len && cond->type != COND_NOT; i++) {
		const struct cond *found = find_deed(r, &cond->parts[i], inc, sought);
		if (found != NULL) {
			return found;
		}
	}
	bool says = (cond->has & sought->has) != 0 || cond->camera[0] != '\0';
	return cond->type == COND_DID && cond->action == sought->action && says &&
			       is_about(r, inc, cond->key)
		       ? cond
		       : NULL;
}

static bool wishes_deed(const struct robot *r, const struct wish *wish, const struct incident *inc,
	const void *data) {
	/* One that has an `after` may still come: better that it is done its way. */
	return (wish->place == 0 || robot_is_open(r, wish)) &&
	       find_deed(r, &wish->line->cond, inc, data) != NULL;
}

const struct cond *robot_find_wish(
	const struct robot *r, const struct incident *inc, enum action action, unsigned has) {
	struct sought sought = {action, has};
	const struct wish *wish = first_wish(r, inc, wishes_deed, &sought);
	return wish != NULL ? find_deed(r, &wish->line->cond, inc, &sought) : NULL;
}

/* --- what comes first --- */

enum stage { STAGE_NONE, STAGE_TAKE, STAGE_VERIFY, STAGE_SEND, STAGE_RESOLVE, STAGE_END };

static enum stage stage_of_action(enum action action) {
	static const enum stage stages[ACTION_COUNT] = {
		[ACTION_ACKNOWLEDGE] = STAGE_TAKE,
		[ACTION_CLAIM] = STAGE_TAKE,
		[ACTION_RELEASE] = STAGE_TAKE,
		[ACTION_CAMERA_VIEWED] = STAGE_TAKE,
		[ACTION_VERIFY] = STAGE_VERIFY,
		[ACTION_UPDATE] = STAGE_VERIFY,
		[ACTION_NOTE] = STAGE_VERIFY,
		[ACTION_HOLD] = STAGE_VERIFY,
		[ACTION_MERGE] = STAGE_SEND,
		[ACTION_DISPATCH] = STAGE_SEND,
		[ACTION_ACCEPT] = STAGE_SEND,
		[ACTION_DECLINE] = STAGE_SEND,
		[ACTION_EN_ROUTE] = STAGE_SEND,
		[ACTION_ON_SCENE] = STAGE_SEND,
		[ACTION_CLEAR] = STAGE_SEND,
		[ACTION_CANCEL] = STAGE_SEND,
		[ACTION_RESOLVE] = STAGE_RESOLVE,
		[ACTION_CLOSE] = STAGE_END,
		[ACTION_REJECT] = STAGE_END,
	};
	return stages[action];
}

static enum stage stage_of_state(enum incident_state state) {
	static const enum stage stages[INCIDENT_STATE_COUNT] = {
		[INCIDENT_ACKNOWLEDGED] = STAGE_TAKE,
		[INCIDENT_VERIFIED] = STAGE_VERIFY,
		[INCIDENT_DISPATCHED] = STAGE_SEND,
		[INCIDENT_ON_SCENE] = STAGE_SEND,
		[INCIDENT_RESOLVED] = STAGE_RESOLVE,
		[INCIDENT_CLOSED] = STAGE_END,
		[INCIDENT_FALSE_ALARM] = STAGE_END,
	};
	return stages[state];
}

/* Is there something in it about the incident, not so yet, that comes before the stage? */
static bool has_before(const struct robot *r, const struct cond *cond, const struct incident *inc,
	enum stage stage) {
	enum stage own = STAGE_NONE;
	if (cond->type == COND_ALL || cond->type == COND_ANY) {
		bool any = false;
		for (size_t i = 0; i < cond->parts_len && !any; i++) {
			any = has_before(r, &cond->parts[i], inc, stage);
		}
		return any && !run_holds(r->run, cond);
	}
	if (cond->type == COND_DID) {
		own = stage_of_action(cond->action);
	} else if (cond->type == COND_STATE) {
		own = stage_of_state(cond->state);
	} else if (cond->type == COND_STATUS) {
		own = STAGE_SEND;
	}
	return own != STAGE_NONE && own < stage && is_about(r, inc, cond->key) &&
	       !run_holds(r->run, cond);
}

/* Does it wait for something to be done about the incident itself? That may be what is put off. */
static bool waits_for(const struct robot *r, const struct cond *cond, const struct incident *inc) {
	for (size_t i = 0; i < cond->parts_len; i++) {
		if (waits_for(r, &cond->parts[i], inc)) {
			return true;
		}
	}
	return cond->type != COND_SELECTED && is_about(r, inc, cond->key);
}

/* Is it there, or may it still come? A branch that is not taken as things are does not count, nor
 * what was left out when its time came. */
static bool may_come(const struct robot *r, const struct wish *wish, const struct incident *inc) {
	const struct scenario_line *line = wish->line;
	if (wish->place > 0) {
		return robot_is_open(r, wish);
	}
	if (line->has_when && !run_holds(r->run, &line->when)) {
		return false;
	}
	return line->has_after ? !waits_for(r, &line->after, inc)
			       : line->at_ms[1] >= run_now_ms(r->run);
}

static bool comes_first(const struct robot *r, const struct wish *wish, const struct incident *inc,
	const void *data) {
	const enum stage *stage = data;
	return may_come(r, wish, inc) && has_before(r, &wish->line->cond, inc, *stage);
}

bool robot_is_too_early(const struct robot *r, const struct incident *inc, enum action action) {
	enum stage stage = stage_of_action(action);
	return !r->hurry && first_wish(r, inc, comes_first, &stage) != NULL;
}

/* --- agencies --- */

static bool waits_for_agency(const struct robot *r, const struct cond *cond,
	const struct incident *inc, const char *agency) {
	for (size_t i = 0; i < cond->parts_len && cond->type != COND_NOT; i++) {
		if (waits_for_agency(r, &cond->parts[i], inc, agency)) {
			return true;
		}
	}
	return cond->type == COND_STATUS && strcmp(cond->agency, agency) == 0 &&
	       is_about(r, inc, cond->key) && !run_holds(r->run, cond);
}

static bool needs_agency(const struct robot *r, const struct wish *wish, const struct incident *inc,
	const void *data) {
	return robot_is_open(r, wish) && waits_for_agency(r, &wish->line->cond, inc, data);
}

bool robot_is_needed(const struct robot *r, const struct incident *inc, const char *agency) {
	return first_wish(r, inc, needs_agency, agency) != NULL;
}
