/* What the conditions of a scenario name, and whether they can come true at all. */
#include <stdio.h>
#include <string.h>

#include <siaga/base/macros.h>

#include "check_private.h"

/* A condition, where it stands, and what that means for it. */
struct view {
	const struct scenario_line *line;
	bool required;    /* the whole condition needs it; it is in no `any` and no `not` */
	bool after;       /* it may take its time: `after` waits until it comes true */
	bool ghost;       /* what somebody else did */
	int64_t until_ms; /* when it has to be true at the latest; CHECK_NEVER: any time */
};

static void put_place(const struct place *place, char *out, size_t size) {
	size_t len;
	if (place->parent != NULL) {
		put_place(place->parent, out, size);
	}
	len = strlen(out);
	snprintf(out + len, size - len, "%s%s", len > 0 ? "." : "", place->name);
	if (place->index >= 0) {
		len = strlen(out);
		snprintf(out + len, size - len, "[%d]", place->index);
	}
}

static const char *member_of(char out[MEMBER_SIZE], const struct place *place, const char *name) {
	size_t len;
	out[0] = '\0';
	put_place(place, out, MEMBER_SIZE);
	len = strlen(out);
	if (name != NULL) {
		snprintf(out + len, MEMBER_SIZE - len, ".%s", name);
	}
	return out;
}

/* --- alarms --- */

/* Is there a run without it? Who waits for it as `after` says has nothing to fear of that. */
static bool may_fail(const struct check *c, const struct named *alarm) {
	const struct scenario_line *first = &c->sc->lines[alarm->first];
	if (first->one_of[0] != '\0' && first->chance >= 1 && !first->has_when) {
		return check_find(c->groups, first->one_of)->count > alarm->count;
	}
	return alarm->count == 1 && (first->chance < 1 || first->has_when);
}

static void look_key(struct check *c, const struct view *view, const struct place *place,
	const char *name, const char *key) {
	char member[MEMBER_SIZE], at[CLOCK_SIZE], end[CLOCK_SIZE];
	const struct named *alarm = check_find(c->alarms, key);
	const struct scenario_line *line = view->line;
	if (alarm == NULL) {
		check_error(c, line, member_of(member, place, name), "no alarm \"%s\"", key);
		return;
	}
	if (!c->timed || alarm->soonest_ms == CHECK_NEVER || view->ghost) {
		return;
	}
	if (alarm->soonest_ms > c->sc->end_ms) {
		check_error(c, line, member_of(member, place, name),
			"\"%s\" is raised at %s, after the end at %s", key,
			check_clock(at, alarm->soonest_ms), check_clock(end, c->sc->end_ms));
	} else if (view->required && view->until_ms < alarm->soonest_ms) {
		check_error(c, line, member_of(member, place, name),
			"\"%s\" is raised later, at %s in line %d", key,
			check_clock(at, alarm->soonest_ms), c->sc->lines[alarm->soonest].number);
	} else if (view->required && line->type == LINE_EXPECT && !view->after &&
		   !line->has_after && !line->has_when && line->one_of[0] == '\0' &&
		   line->chance >= 1 && may_fail(c, alarm)) {
		check_warn(c, line, member_of(member, place, name),
			"\"%s\" may never be raised: wait for it with after", key);
	}
}

/* --- deeds --- */

static bool is_of_dispatch(enum action action) {
	return action == ACTION_DISPATCH || action == ACTION_ACCEPT || action == ACTION_DECLINE ||
	       action == ACTION_EN_ROUTE || action == ACTION_ON_SCENE || action == ACTION_CLEAR ||
	       action == ACTION_CANCEL;
}

/* Members that the action does not have: the condition would never come true. */
static void look_fit(struct check *c, const struct view *view, const struct place *place,
	const struct cond *cond) {
	enum action action = cond->action;
	const struct {
		const char *name;
		bool said, fits;
	} members[] = {
		{"into", cond->into[0] != '\0', action == ACTION_MERGE},
		{"agency", cond->agency[0] != '\0', is_of_dispatch(action)},
		{"camera", cond->camera[0] != '\0',
			action == ACTION_VERIFY || action == ACTION_CAMERA_VIEWED},
		{"method", (cond->has & COND_HAS_METHOD) != 0, action == ACTION_VERIFY},
		{"reason", (cond->has & COND_HAS_REASON) != 0, action == ACTION_REJECT},
		{"disposition", (cond->has & COND_HAS_DISPOSITION) != 0, action == ACTION_CLOSE},
		{"kind", (cond->has & COND_HAS_KIND) != 0, action == ACTION_UPDATE},
		{"priority", (cond->has & COND_HAS_PRIORITY) != 0, action == ACTION_UPDATE},
	};
	char member[MEMBER_SIZE];
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (members[i].said && !members[i].fits) {
			check_error(c, view->line, member_of(member, place, members[i].name),
				"does not go with did %s", action_name(action));
		}
	}
	if (action == ACTION_VERIFY && cond->camera[0] != '\0' && (cond->has & COND_HAS_METHOD) &&
		cond->method != METHOD_CAMERA) {
		check_error(c, view->line, member_of(member, place, "camera"),
			"does not go with method %s", method_name(cond->method));
	}
	if (action == ACTION_MERGE && cond->into[0] != '\0' && strcmp(cond->into, cond->key) == 0) {
		check_error(c, view->line, member_of(member, place, "into"),
			"an alarm cannot be merged into itself");
	}
}

static void look_deed(struct check *c, const struct view *view, const struct place *place,
	const struct cond *cond) {
	enum role role = view->ghost ? view->line->role : ROLE_OPERATOR;
	char member[MEMBER_SIZE];
	if (!action_allowed(role, cond->action)) {
		check_error(c, view->line, member_of(member, place, view->ghost ? "action" : "did"),
			"%s is not for the role %s", action_name(cond->action), role_name(role));
	} else if (!view->ghost) {
		look_fit(c, view, place, cond);
	}
	if (cond->key[0] != '\0') {
		look_key(c, view, place, "key", cond->key);
	}
	if (cond->into[0] != '\0') {
		look_key(c, view, place, "into", cond->into);
	}
	if (cond->agency[0] != '\0' && registry_agency(c->reg, cond->agency) == NULL) {
		check_error(c, view->line, member_of(member, place, "agency"), "no agency \"%s\"",
			cond->agency);
	}
	if (cond->camera[0] != '\0' && registry_camera(c->reg, cond->camera) == NULL) {
		check_error(c, view->line, member_of(member, place, "camera"), "no camera \"%s\"",
			cond->camera);
	}
}

/* --- the rest --- */

/* Who has no desk to answer at is rung, and the operator enters what they say. */
static void look_status(struct check *c, const struct view *view, const struct place *place,
	const struct cond *cond) {
	const struct agency *agency = registry_agency(c->reg, cond->agency);
	char member[MEMBER_SIZE];
	bool asked = cond->status != DISPATCH_REQUESTED && cond->status != DISPATCH_CANCELLED;
	look_key(c, view, place, "key", cond->key);
	if (agency == NULL) {
		check_error(c, view->line, member_of(member, place, "agency"), "no agency \"%s\"",
			cond->agency);
	} else if (cond->status == DISPATCH_EXPIRED) {
		check_error(c, view->line, member_of(member, place, "status"),
			"no dispatch expires in an exercise");
	} else if (asked && view->line->type == LINE_EXPECT && view->required && !view->after &&
		   !agency->by_phone && check_find(c->desks, cond->agency) == NULL &&
		   check_find(c->said, cond->agency) == NULL) {
		check_warn(c, view->line, member_of(member, place, "agency"),
			"no line says how the desk of \"%s\" answers", cond->agency);
	}
}

static void look_named_line(struct check *c, const struct view *view, const struct place *place,
	const struct cond *cond) {
	const struct named *line = check_find(c->ids, cond->name);
	char member[MEMBER_SIZE], at[CLOCK_SIZE], end[CLOCK_SIZE];
	if (line == NULL) {
		check_error(c, view->line, member_of(member, place, "line"), "no line \"%s\"",
			cond->name);
	} else if (c->timed && line->soonest_ms != CHECK_NEVER &&
		   line->soonest_ms > c->sc->end_ms) {
		check_error(c, view->line, member_of(member, place, "line"),
			"\"%s\" comes at %s, after the end at %s", cond->name,
			check_clock(at, line->soonest_ms), check_clock(end, c->sc->end_ms));
	}
}

static void look(struct check *c, const struct view *view, const struct place *place,
	const struct cond *cond) {
	char member[MEMBER_SIZE];
	struct view inner = *view;
	inner.required = view->required && cond->type == COND_ALL;
	switch (cond->type) {
	case COND_ALL:
	case COND_ANY:
		for (size_t i = 0; i < cond->parts_len; i++) {
			struct place part = {place, cond->type == COND_ALL ? "all" : "any", (int)i};
			look(c, &inner, &part, &cond->parts[i]);
		}
		break;
	case COND_NOT: look(c, &inner, &(struct place){place, "not", -1}, &cond->parts[0]); break;
	case COND_COMMAND:
		if (c->is_command != NULL && !c->is_command(cond->name)) {
			check_error(c, view->line, member_of(member, place, "command"),
				"no command \"%s\"", cond->name);
		}
		break;
	case COND_DID: look_deed(c, view, place, cond); break;
	case COND_LINE: look_named_line(c, view, place, cond); break;
	case COND_SELECTED: look_key(c, view, place, "selected", cond->key); break;
	case COND_STATE: look_key(c, view, place, "key", cond->key); break;
	case COND_STATUS: look_status(c, view, place, cond); break;
	case COND_TYPE_COUNT: break;
	}
}

/* --- is it so already? --- */

enum sure { SURELY_NOT, UNSURE, SURELY };

/* Has the line of that name, or of that alarm, come when the other does? */
static enum sure has_come(
	const struct check *c, const struct scenario_line *by, const struct named *named) {
	if (named == NULL || !c->timed || named->soonest_ms == CHECK_NEVER) {
		return SURELY_NOT;
	}
	const struct scenario_line *line = &c->sc->lines[named->soonest];
	int64_t soonest_ms = c->soonest_ms[by - c->sc->lines], latest_ms = check_latest_ms(by);
	bool first = line->number < by->number; /* of two at the same moment */
	if (named->soonest_ms > latest_ms || (named->soonest_ms == latest_ms && !first &&
						     named->count == 1 && !line->has_after)) {
		return SURELY_NOT;
	}
	if (check_is_certain(line) && soonest_ms != CHECK_NEVER &&
		(line->at_ms[1] < soonest_ms || (line->at_ms[1] == soonest_ms && first))) {
		return SURELY;
	}
	return UNSURE;
}

/* Is it so when the line comes, before anybody has done anything? */
static enum sure holds_at(
	const struct check *c, const struct scenario_line *line, const struct cond *cond) {
	enum sure least = SURELY, most = SURELY_NOT;
	switch (cond->type) {
	case COND_ALL:
	case COND_ANY:
		for (size_t i = 0; i < cond->parts_len; i++) {
			enum sure part = holds_at(c, line, &cond->parts[i]);
			least = part < least ? part : least;
			most = part > most ? part : most;
		}
		return cond->type == COND_ALL ? least : most;
	case COND_NOT: return SURELY - holds_at(c, line, &cond->parts[0]);
	case COND_LINE: return has_come(c, line, check_find(c->ids, cond->name));
	case COND_STATE:
		/* Every alarm has been new, and nothing else by itself. */
		return cond->state == INCIDENT_NEW
			       ? has_come(c, line, check_find(c->alarms, cond->key))
			       : SURELY_NOT;
	case COND_COMMAND:
	case COND_DID:
	case COND_SELECTED:
	case COND_STATUS:
	case COND_TYPE_COUNT: break;
	}
	return SURELY_NOT;
}

static void look_judged(struct check *c, const struct scenario_line *line) {
	bool expect = line->type == LINE_EXPECT;
	struct place place = {NULL, expect ? "expect" : "forbid", -1};
	int64_t latest_ms = check_latest_ms(line);
	struct view view = {.line = line, .required = true, .until_ms = CHECK_NEVER};
	if (latest_ms != CHECK_NEVER && line->within_ms >= 0) {
		view.until_ms = latest_ms + line->within_ms;
	}
	look(c, &view, &place, &line->cond);
	if (holds_at(c, line, &line->cond) != SURELY) {
		return;
	}
	if (expect) {
		check_warn(c, line, "expect", "is so from the start: points for nothing");
	} else {
		check_error(c, line, "forbid", "is so from the start: nobody can keep to it");
	}
}

void check_conds(struct check *c, const struct scenario_line *line) {
	struct view view = {.line = line, .required = true, .until_ms = CHECK_NEVER};
	if (line->type == LINE_EXPECT || line->type == LINE_FORBID) {
		look_judged(c, line);
	}
	view.after = true;
	if (line->has_after) {
		look(c, &view, &(struct place){NULL, "after", -1}, &line->after);
	}
	if (line->has_when) {
		view.until_ms = check_latest_ms(line);
		look(c, &view, &(struct place){NULL, "when", -1}, &line->when);
	}
	if (line->type == LINE_GHOST) {
		view.ghost = true;
		look(c, &view, &(struct place){NULL, "ghost", -1}, &line->cond);
	}
}

static bool same_words(const struct cond *a, const struct cond *b) {
	return strcmp(a->key, b->key) == 0 && strcmp(a->into, b->into) == 0 &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->agency, b->agency) == 0 &&
	       strcmp(a->camera, b->camera) == 0;
}

bool check_same_cond(const struct cond *a, const struct cond *b) {
	if (a->type != b->type || a->parts_len != b->parts_len || !same_words(a, b) ||
		a->action != b->action || a->has != b->has || a->method != b->method ||
		a->reason != b->reason || a->disposition != b->disposition || a->kind != b->kind ||
		a->priority != b->priority || a->state != b->state || a->status != b->status) {
		return false;
	}
	for (size_t i = 0; i < a->parts_len; i++) {
		if (!check_same_cond(&a->parts[i], &b->parts[i])) {
			return false;
		}
	}
	return true;
}
