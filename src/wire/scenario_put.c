/* Writes lines of a training scenario: what scenario.c reads. */
#include <siaga/wire/scenario.h>

#include <stdio.h>
#include <stdlib.h>

#include <siaga/base/macros.h>

#include "put.h"

/* --- what several lines have --- */

static void put_pair(struct buf *out, const char *name, const int64_t pair_ms[2]) {
	put_open(out, name, '[');
	put_seconds(out, NULL, pair_ms[0]);
	put_seconds(out, NULL, pair_ms[1]);
	put_close(out, ']');
}

static void put_words(struct buf *out, const char *name, const struct scenario_text *text) {
	if (text->en == NULL) {
		put_some(out, name, text->id);
		return;
	}
	put_open(out, name, '{');
	put_some(out, "id", text->id);
	put_text(out, "en", text->en);
	put_close(out, '}');
}

/* From 0 to 1, with as many digits as it takes to be the same when it is read. */
static void put_share(struct buf *out, const char *name, double share) {
	char digits[40];
	int precision = 1;
	do {
		snprintf(digits, sizeof(digits), "%.*g", precision, share);
	} while (strtod(digits, NULL) != share && ++precision <= 17);
	put_literal(out, name, digits);
}

/* --- conditions --- */

static void put_cond(struct buf *out, const struct cond *cond);

/* Beside what was done. */
static void put_given(struct buf *out, const struct cond *deed) {
	put_some(out, "key", deed->key);
	put_some(out, "into", deed->into);
	put_some(out, "agency", deed->agency);
	put_some(out, "camera", deed->camera);
	if (deed->has & COND_HAS_METHOD) {
		put_text(out, "method", method_name(deed->method));
	}
	if (deed->has & COND_HAS_REASON) {
		put_text(out, "reason", reject_reason_name(deed->reason));
	}
	if (deed->has & COND_HAS_DISPOSITION) {
		put_text(out, "disposition", disposition_name(deed->disposition));
	}
	if (deed->has & COND_HAS_KIND) {
		put_text(out, "kind", kind_name(deed->kind));
	}
	if (deed->has & COND_HAS_PRIORITY) {
		put_text(out, "priority", priority_name(deed->priority));
	}
}

static void put_parts(struct buf *out, const char *name, const struct cond *cond) {
	put_open(out, name, '[');
	for (size_t i = 0; i < cond->parts_len; i++) {
		put_open(out, NULL, '{');
		put_cond(out, &cond->parts[i]);
		put_close(out, '}');
	}
	put_close(out, ']');
}

static void put_nested(struct buf *out, const char *name, const struct cond *cond) {
	put_open(out, name, '{');
	put_cond(out, cond);
	put_close(out, '}');
}

/* The members of one. */
static void put_cond(struct buf *out, const struct cond *cond) {
	switch (cond->type) {
	case COND_ALL: put_parts(out, "all", cond); break;
	case COND_ANY: put_parts(out, "any", cond); break;
	case COND_COMMAND: put_text(out, "command", cond->name); break;
	case COND_DID:
		put_text(out, "did", action_name(cond->action));
		put_given(out, cond);
		break;
	case COND_LINE: put_text(out, "line", cond->name); break;
	case COND_NOT: put_nested(out, "not", &cond->parts[0]); break;
	case COND_SELECTED: put_text(out, "selected", cond->key); break;
	case COND_STATE:
		put_text(out, "state", incident_state_name(cond->state));
		put_text(out, "key", cond->key);
		break;
	case COND_STATUS:
		put_text(out, "status", dispatch_state_name(cond->status));
		put_text(out, "key", cond->key);
		put_text(out, "agency", cond->agency);
		break;
	case COND_TYPE_COUNT: break;
	}
}

/* --- what is of one line only --- */

static void put_head(struct buf *out, const struct scenario_line *line) {
	put_text(out, "scenario", line->id);
	put_words(out, "title", &line->text);
	put_some(out, "lang", line->key);
	if (line->end_ms >= 0) {
		put_seconds(out, "end", line->end_ms);
	}
	if (line->pass > 0) {
		put_int(out, "pass", line->pass);
	}
}

static void put_agency(struct buf *out, const struct scenario_line *line) {
	static const char *const steps[] = {"accept_s", "en_route_s", "on_scene_s", "clear_s"};
	put_text(out, "agency", line->agency);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		put_pair(out, steps[i], line->step_ms[i]);
	}
	if (line->decline > 0) {
		put_share(out, "decline", line->decline);
	}
	if (line->silent > 0) {
		put_share(out, "silent", line->silent);
	}
	if (line->units > 0) {
		put_int(out, "units", line->units);
	}
}

/* The body is an object already; what is ours stands before what is in it. */
static void put_body(struct buf *out, const char *name, const struct scenario_line *line) {
	put_open(out, name, '{');
	put_text(out, "key", line->key);
	if (line->spread_m > 0) {
		put_int(out, "spread_m", line->spread_m);
	}
	if (line->body.len > 2) {
		buf_add(out, ",", 1);
		buf_add(out, line->body.data + 1, line->body.len - 1);
	} else {
		put_close(out, '}');
	}
}

static void put_agencies(
	struct buf *out, const char *name, const char ids[][AGENCY_ID_SIZE], size_t len) {
	if (len > 0) {
		put_open(out, name, '[');
		for (size_t i = 0; i < len; i++) {
			put_text(out, NULL, ids[i]);
		}
		put_close(out, ']');
	}
}

static void put_truth(struct buf *out, const struct scenario_truth *truth) {
	if (!truth->known) {
		return;
	}
	put_open(out, "truth", '{');
	put_literal(out, "real", truth->real ? "true" : "false");
	put_some(out, "same_as", truth->same_as);
	put_agencies(out, "needs", truth->needs, truth->needs_len);
	put_agencies(out, "may", truth->may, truth->may_len);
	put_close(out, '}');
}

static const char *step_word(enum action action) {
	return dispatch_state_name(action == ACTION_ACCEPT     ? DISPATCH_ACCEPTED
				   : action == ACTION_DECLINE  ? DISPATCH_DECLINED
				   : action == ACTION_EN_ROUTE ? DISPATCH_EN_ROUTE
				   : action == ACTION_ON_SCENE ? DISPATCH_ON_SCENE
							       : DISPATCH_CLEARED);
}

static void put_expected(struct buf *out, const char *name, const struct scenario_line *line) {
	put_open(out, name, '{');
	put_cond(out, &line->cond);
	if (line->within_ms >= 0) {
		put_seconds(out, "within", line->within_ms);
	}
	put_int(out, "points", line->points);
	put_words(out, "text", &line->text);
	put_close(out, '}');
}

static void put_ghost(struct buf *out, const struct scenario_line *line) {
	put_open(out, "ghost", '{');
	put_text(out, "by", line->by.name);
	put_some(out, "position", line->by.position);
	if (line->role != ROLE_OPERATOR) {
		put_text(out, "role", role_name(line->role));
	}
	put_text(out, "action", action_name(line->cond.action));
	put_given(out, &line->cond);
	if (line->has_where) {
		put_position(out, line->where);
	}
	if (line->place != NULL) {
		put_text(out, "place", line->place);
	}
	if (line->until_ms > 0) {
		put_seconds(out, "until_s", line->until_ms);
	}
	put_some(out, "note", line->note);
	put_close(out, '}');
}

/* --- a line --- */

static void put_timed(struct buf *out, const struct scenario_line *line) {
	if (line->at_ms[0] != line->at_ms[1]) {
		put_pair(out, "at", line->at_ms);
	} else if (!line->has_after || line->at_ms[0] > 0) {
		put_seconds(out, "at", line->at_ms[0]);
	}
	if (line->has_after) {
		put_nested(out, "after", &line->after);
	}
	if (line->has_when) {
		put_nested(out, "when", &line->when);
	}
	put_some(out, "id", line->id);
	if (line->chance < 1) {
		put_share(out, "chance", line->chance);
	}
	put_some(out, "one_of", line->one_of);
}

void wire_put_scenario_line(struct buf *out, const struct scenario_line *line) {
	buf_add(out, "{", 1);
	if (line->type != LINE_HEAD && line->type != LINE_AGENCY) {
		put_timed(out, line);
	}
	switch (line->type) {
	case LINE_AGENCY: put_agency(out, line); break;
	case LINE_CAMERA:
		put_text(out, "camera", line->camera);
		put_text(out, "status", camera_status_name(line->camera_status));
		break;
	case LINE_CANCEL: put_body(out, "cancel", line); break;
	case LINE_DESK:
		put_text(out, "agency", line->agency);
		put_text(out, "desk", desk_mood_name(line->mood));
		break;
	case LINE_EXPECT: put_expected(out, "expect", line); break;
	case LINE_FORBID: put_expected(out, "forbid", line); break;
	case LINE_GHOST: put_ghost(out, line); break;
	case LINE_HEAD: put_head(out, line); break;
	case LINE_LINK: put_text(out, "link", line->up ? "up" : "down"); break;
	case LINE_NOTE:
	case LINE_STATUS:
		put_text(out, "agency", line->agency);
		if (line->type == LINE_STATUS) {
			put_text(out, "status", step_word(line->action));
		}
		put_text(out, "key", line->key);
		put_some(out, "note", line->note);
		break;
	case LINE_RAISE:
		put_body(out, "raise", line);
		put_truth(out, &line->truth);
		break;
	case LINE_SAY: put_words(out, "say", &line->text); break;
	case LINE_UPDATE: put_body(out, "update", line); break;
	case LINE_TYPE_COUNT: break;
	}
	put_close(out, '}');
}
