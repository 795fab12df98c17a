/* A condition of a scenario in words, for expectations that have none of their own. */
#include <stdio.h>

#include <siaga/base/macros.h>

#include "score_private.h"

/* A word of a table, or a mark for none. */
static const char *word(const char *const *words, size_t len, size_t at) {
	return at < len && words[at] != NULL ? _(words[at]) : "?";
}

#define WORD(words, value) word(words, ARRAY_LEN(words), (size_t)(value))

/* "%s" is the alarm. */
static const char *const deeds[ACTION_COUNT] = {
	[ACTION_UPDATE] = N_("correct %s"),
	[ACTION_ACKNOWLEDGE] = N_("acknowledge %s"),
	[ACTION_CLAIM] = N_("take over %s"),
	[ACTION_RELEASE] = N_("release %s"),
	[ACTION_VERIFY] = N_("verify %s"),
	[ACTION_REJECT] = N_("mark %s as a false alarm"),
	[ACTION_MERGE] = N_("merge %s"),
	[ACTION_SPLIT] = N_("split off %s"),
	[ACTION_NOTE] = N_("write a note to %s"),
	[ACTION_HOLD] = N_("put %s on hold"),
	[ACTION_RESOLVE] = N_("resolve %s"),
	[ACTION_CLOSE] = N_("close %s"),
	[ACTION_REOPEN] = N_("reopen %s"),
	[ACTION_CAMERA_VIEWED] = N_("look at a camera for %s"),
};

static const char *const methods[METHOD_COUNT] = {
	[METHOD_CAMERA] = N_("camera"),
	[METHOD_CALLBACK] = N_("call back"),
	[METHOD_UNIT] = N_("unit on the radio (HT)"),
	[METHOD_AGENCY] = N_("another agency"),
	[METHOD_SECOND_REPORT] = N_("second report"),
};

static const char *const reasons[REJECT_COUNT] = {
	[REJECT_PRANK] = N_("prank"),
	[REJECT_ACCIDENTAL] = N_("accidental"),
	[REJECT_SILENT] = N_("silent"),
	[REJECT_TEST] = N_("test"),
	[REJECT_UNVERIFIABLE] = N_("could not be verified"),
};

static const char *const dispositions[DISPOSITION_COUNT] = {
	[DISPOSITION_HANDLED] = N_("handled"),
	[DISPOSITION_REPORT_TAKEN] = N_("report taken"),
	[DISPOSITION_TRANSPORTED] = N_("taken to hospital"),
	[DISPOSITION_FIRE_OUT] = N_("fire out"),
	[DISPOSITION_GONE_ON_ARRIVAL] = N_("gone on arrival"),
	[DISPOSITION_REFERRED] = N_("referred to another agency"),
	[DISPOSITION_CANCELLED_BY_CALLER] = N_("cancelled by the caller"),
	[DISPOSITION_INFORMATION] = N_("information"),
	[DISPOSITION_UNVERIFIABLE] = N_("could not be verified"),
	[DISPOSITION_TEST] = N_("test"),
};

static const char *const states[INCIDENT_STATE_COUNT] = {
	[INCIDENT_NEW] = N_("new"),
	[INCIDENT_ACKNOWLEDGED] = N_("acknowledged"),
	[INCIDENT_VERIFIED] = N_("verified"),
	[INCIDENT_DISPATCHED] = N_("dispatched"),
	[INCIDENT_ON_SCENE] = N_("on scene"),
	[INCIDENT_RESOLVED] = N_("resolved"),
	[INCIDENT_CLOSED] = N_("closed"),
	[INCIDENT_FALSE_ALARM] = N_("false alarm"),
	[INCIDENT_DUPLICATE] = N_("merged"),
};

static const char *const steps[DISPATCH_STATE_COUNT] = {
	[DISPATCH_REQUESTED] = N_("requested"),
	[DISPATCH_DELIVERED] = N_("delivered"),
	[DISPATCH_ACCEPTED] = N_("accepted"),
	[DISPATCH_EN_ROUTE] = N_("en route"),
	[DISPATCH_ON_SCENE] = N_("on scene"),
	[DISPATCH_CLEARED] = N_("cleared"),
	[DISPATCH_DECLINED] = N_("declined"),
	[DISPATCH_CANCELLED] = N_("cancelled"),
	[DISPATCH_EXPIRED] = N_("expired"),
};

#define ALARM_SIZE (SCENARIO_KEY_SIZE + 32)

/* "#3 kebakaran-1"; the key alone while it has no number. */
static const char *alarm_text(char out[ALARM_SIZE], const struct run *run, const char *key) {
	const struct raised *raised = run_find(run, key);
	const struct incident *inc =
		raised != NULL ? world_incident(sim_get_world(run_sim(run)), raised->ids.incident)
			       : NULL;
	if (key[0] == '\0') {
		snprintf(out, ALARM_SIZE, "%s", _("an alarm"));
	} else if (inc != NULL) {
		snprintf(out, ALARM_SIZE, "#%lld %s", (long long)inc->number, key);
	} else {
		snprintf(out, ALARM_SIZE, "%s", key);
	}
	return out;
}

/* In brackets, all that is asked for of a deed. */
static void add_detail(struct buf *out, bool *open, const char *text) {
	buf_add_str(out, *open ? ", " : " (");
	buf_add_str(out, text);
	*open = true;
}

static void add_details(struct buf *out, const struct cond *cond) {
	bool open = false;
	if (cond->has & COND_HAS_METHOD) {
		add_detail(out, &open, WORD(methods, cond->method));
	}
	if (cond->camera[0] != '\0') {
		add_detail(out, &open, cond->camera);
	}
	if (cond->has & COND_HAS_REASON) {
		add_detail(out, &open, WORD(reasons, cond->reason));
	}
	if (cond->has & COND_HAS_DISPOSITION) {
		add_detail(out, &open, WORD(dispositions, cond->disposition));
	}
	if (cond->has & COND_HAS_KIND) {
		add_detail(out, &open, kind_name(cond->kind));
	}
	if (cond->has & COND_HAS_PRIORITY) {
		add_detail(out, &open, priority_name(cond->priority));
	}
	buf_add_str(out, open ? ")" : "");
}

static void add_did(struct buf *out, const struct run *run, const struct cond *cond) {
	char key[ALARM_SIZE], into[ALARM_SIZE];
	const char *agency = cond->agency[0] != '\0' ? cond->agency : _("an agency");
	alarm_text(key, run, cond->key);
	alarm_text(into, run, cond->into);
	if (cond->action == ACTION_DISPATCH) {
		buf_printf(out, _("send %s to %s"), agency, key);
	} else if (cond->action == ACTION_CANCEL) {
		buf_printf(out, _("take %s back from %s"), agency, key);
	} else if (cond->action == ACTION_MERGE && cond->into[0] != '\0') {
		buf_printf(out, _("merge %s with %s"), key, into);
	} else if (deeds[cond->action] != NULL) {
		buf_printf(out, _(deeds[cond->action]), key);
	} else {
		buf_printf(out, "%s: %s", action_name(cond->action), key);
	}
	add_details(out, cond);
}

/* In brackets where it has parts itself. */
static void add_part(struct buf *out, const struct run *run, const struct cond *part) {
	bool deeper = part->type == COND_ALL || part->type == COND_ANY;
	buf_add_str(out, deeper ? "(" : "");
	score_cond_words(out, run, part, false);
	buf_add_str(out, deeper ? ")" : "");
}

static void add_parts(struct buf *out, const struct run *run, const struct cond *cond) {
	for (size_t i = 0; i < cond->parts_len && out->len <= SCENARIO_TEXT_MAX; i++) {
		if (i > 0) {
			buf_add_str(out, cond->type == COND_ALL ? _(" and ") : _(" or "));
		}
		add_part(out, run, &cond->parts[i]);
	}
}

void score_cond_words(
	struct buf *out, const struct run *run, const struct cond *cond, bool forbidden) {
	char key[ALARM_SIZE];
	if (forbidden) {
		buf_add_str(out, _("not: "));
		add_part(out, run, cond);
		return;
	}
	alarm_text(key, run, cond->key);
	switch (cond->type) {
	case COND_ALL:
	case COND_ANY: add_parts(out, run, cond); break;
	case COND_COMMAND: buf_printf(out, _("use :%s"), cond->name); break;
	case COND_DID: add_did(out, run, cond); break;
	case COND_LINE: buf_printf(out, _("%s has happened"), cond->name); break;
	case COND_NOT:
		buf_add_str(out, _("not: "));
		add_part(out, run, &cond->parts[0]);
		break;
	case COND_SELECTED: buf_printf(out, _("select %s"), key); break;
	case COND_STATE: buf_printf(out, _("%s is %s"), key, WORD(states, cond->state)); break;
	case COND_STATUS:
		buf_printf(out, _("%s at %s: %s"), cond->agency, key, WORD(steps, cond->status));
		break;
	case COND_TYPE_COUNT: break;
	}
}
