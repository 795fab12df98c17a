/* What was expected of the trainee, and whether it came. */
#include <string.h>

#include <siaga/base/mem.h>

#include "run_private.h"

/* Its alarm, and the incidents of that, are looked up for each condition. */
#define COND_LOOKS 4

/* --- is it so? --- */

/* The incidents that are an alarm's: the one that it was raised as, and the one that it belongs to
 * now. */
struct whose {
	bool any; /* no alarm was named */
	const char *raised, *now;
};

static struct whose find_whose(const struct run *run, const char *key) {
	struct whose whose = {.any = key[0] == '\0', .raised = "", .now = ""};
	const struct raised *raised = whose.any ? NULL : run_find(run, key);
	const struct incident *now = raised != NULL ? run_incident(run, raised) : NULL;
	whose.raised = raised != NULL ? raised->ids.incident : "";
	whose.now = now != NULL ? now->id : "";
	return whose;
}

static bool is_of(const struct whose *whose, const char *incident) {
	return whose->any || (incident[0] != '\0' && (strcmp(whose->raised, incident) == 0 ||
							     strcmp(whose->now, incident) == 0));
}

bool judge_is_about(const struct run *run, const char *incident, const char *key) {
	struct whose whose = find_whose(run, key);
	return !whose.any && is_of(&whose, incident);
}

static bool is_text(const char *wanted, const char *text) {
	return wanted[0] == '\0' || strcmp(wanted, text) == 0;
}

/* Who does it to what is found once, and held against all that was done. */
struct deed_cond {
	const struct cond *cond;
	struct whose key, into;
};

static struct deed_cond find_deed(const struct run *run, const struct cond *cond) {
	return (struct deed_cond){cond, find_whose(run, cond->key), find_whose(run, cond->into)};
}

/* The one merged into the other, whichever into which: what they are about is one then. */
static bool is_merge(const struct deed_cond *deed, const struct command *cmd) {
	return (is_of(&deed->key, cmd->incident) && is_of(&deed->into, cmd->other)) ||
	       (is_of(&deed->key, cmd->other) && is_of(&deed->into, cmd->incident));
}

static bool is_deed(const struct deed_cond *deed, const struct command *cmd) {
	const struct cond *cond = deed->cond;
	if (cond->action != cmd->action) {
		return false;
	}
	if (cmd->action == ACTION_MERGE) {
		return is_merge(deed, cmd);
	}
	return is_of(&deed->key, cmd->incident) && is_text(cond->agency, cmd->agency) &&
	       is_text(cond->camera, cmd->camera) &&
	       (!(cond->has & COND_HAS_METHOD) || cond->method == cmd->method) &&
	       (!(cond->has & COND_HAS_REASON) || cond->reason == cmd->reason) &&
	       (!(cond->has & COND_HAS_DISPOSITION) || cond->disposition == cmd->disposition) &&
	       (!(cond->has & COND_HAS_KIND) || (cmd->has & HAS_KIND && cond->kind == cmd->kind)) &&
	       (!(cond->has & COND_HAS_PRIORITY) ||
		       (cmd->has & HAS_PRIORITY && cond->priority == cmd->priority));
}

bool judge_is_deed(const struct run *run, const struct cond *cond, const struct command *cmd) {
	struct deed_cond deed;
	if (cond->action != cmd->action) {
		return false;
	}
	deed = find_deed(run, cond);
	return is_deed(&deed, cmd);
}

static bool is_among(
	const struct run *run, const struct deed_cond *deed, struct deed_places places) {
	for (size_t i = 0; i < places.len; i++) {
		(*run->looks)++;
		if (is_deed(deed, &run->deeds[places.items[i]].command)) {
			return true;
		}
	}
	return false;
}

static bool was_done(const struct run *run, const struct cond *cond) {
	struct deed_cond deed = find_deed(run, cond);
	bool other = deed.key.any && cond->action == ACTION_MERGE;
	const struct whose *whose = other ? &deed.into : &deed.key;
	if (whose->any) {
		return is_among(run, &deed, run->by_action[cond->action]);
	}
	return is_among(run, &deed, deeds_about(run, whose->raised)) ||
	       (strcmp(whose->raised, whose->now) != 0 &&
		       is_among(run, &deed, deeds_about(run, whose->now)));
}

/* The incident that the alarm was raised as, and the one that it belongs to now: mostly one. */
static void incidents_of(
	const struct run *run, const struct cond *cond, const struct incident *out[2]) {
	const struct raised *raised = run_find(run, cond->key);
	out[0] = out[1] = NULL;
	if (raised != NULL) {
		out[0] = world_incident(sim_get_world(run->sim), raised->ids.incident);
		out[1] = run_incident(run, raised);
	}
}

static bool was_in_state(const struct run *run, const struct cond *cond) {
	const struct incident *of[2];
	incidents_of(run, cond, of);
	return (of[0] != NULL && of[0]->state_at_ms[cond->state] != 0) ||
	       (of[1] != NULL && of[1]->state_at_ms[cond->state] != 0);
}

/* Once is enough: the agency may have been sent again. */
static bool reached(const struct run *run, const struct incident *inc, const struct cond *cond) {
	for (size_t i = 0; inc != NULL && i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		(*run->looks)++;
		if (strcmp(dispatch->agency, cond->agency) == 0 &&
			dispatch->at_ms[cond->status] != 0) {
			return true;
		}
	}
	return false;
}

static bool has_status(const struct run *run, const struct cond *cond) {
	const struct incident *of[2];
	incidents_of(run, cond, of);
	return reached(run, of[0], cond) || (of[1] != of[0] && reached(run, of[1], cond));
}

static bool was_used(const struct run *run, const char *name) {
	const struct used *used;
	HASH_FIND_STR(run->used, name, used);
	return used != NULL;
}

bool run_holds(const struct run *run, const struct cond *cond) {
	*run->looks += COND_LOOKS;
	switch (cond->type) {
	case COND_ALL:
		for (size_t i = 0; i < cond->parts_len; i++) {
			if (!run_holds(run, &cond->parts[i])) {
				return false;
			}
		}
		return true;
	case COND_ANY:
		for (size_t i = 0; i < cond->parts_len; i++) {
			if (run_holds(run, &cond->parts[i])) {
				return true;
			}
		}
		return false;
	case COND_NOT: return !run_holds(run, &cond->parts[0]);
	case COND_COMMAND: return was_used(run, cond->name);
	case COND_DID: return was_done(run, cond);
	case COND_LINE: return director_has_happened(run->director, cond->name);
	case COND_SELECTED:
		return run->selected[0] != '\0' && judge_is_about(run, run->selected, cond->key);
	case COND_STATE: return was_in_state(run, cond);
	case COND_STATUS: return has_status(run, cond);
	case COND_TYPE_COUNT: break;
	}
	return false;
}

/* --- what follows from it --- */

void judge_add(struct run *run, const struct scenario_line *line) {
	if (run->expected_len == run->expected_cap) {
		run->expected_cap = run->expected_cap > 0 ? run->expected_cap * 2 : 16;
		run->expected =
			mem_resize(run->expected, run->expected_cap, sizeof(*run->expected));
	}
	run->expected[run->expected_len++] = (struct expected){.line = line,
		.from_ms = run->now_ms,
		.due_ms = line->within_ms >= 0 ? run->now_ms + line->within_ms : -1,
		.at_ms = -1};
}

static void decide(struct expected *expected, enum verdict verdict, int64_t at_ms) {
	expected->verdict = verdict;
	expected->at_ms = at_ms;
}

static bool is_due(const struct expected *expected, int64_t now_ms) {
	return expected->due_ms >= 0 && expected->due_ms <= now_ms;
}

static void look(struct run *run, struct expected *expected) {
	bool forbid = expected->line->type == LINE_FORBID;
	if (expected->verdict == VERDICT_OPEN) {
		if (run_holds(run, &expected->line->cond)) {
			decide(expected, forbid ? VERDICT_MISSED : VERDICT_MET, run->now_ms);
		} else if (is_due(expected, run->now_ms)) {
			decide(expected, forbid ? VERDICT_MET : VERDICT_MISSED, run->now_ms);
		}
	} else if (expected->verdict == VERDICT_MISSED && !forbid &&
		   run_holds(run, &expected->line->cond)) {
		/* No points, but the trainee is told how late it was. */
		decide(expected, VERDICT_LATE, run->now_ms);
	}
}

void judge_look(struct run *run) {
	for (size_t i = 0; i < run->expected_len; i++) {
		look(run, &run->expected[i]);
	}
}

int64_t judge_next_ms(const struct run *run) {
	int64_t next = -1;
	for (size_t i = 0; i < run->expected_len; i++) {
		const struct expected *expected = &run->expected[i];
		if (expected->verdict == VERDICT_OPEN && expected->due_ms >= 0 &&
			(next < 0 || expected->due_ms < next)) {
			next = expected->due_ms;
		}
	}
	return next;
}

void judge_end(struct run *run) {
	for (size_t i = 0; i < run->expected_len; i++) {
		struct expected *expected = &run->expected[i];
		if (expected->verdict == VERDICT_OPEN) {
			bool forbid = expected->line->type == LINE_FORBID;
			decide(expected, forbid ? VERDICT_MET : VERDICT_MISSED, run->now_ms);
		}
	}
}
