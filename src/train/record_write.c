/* Makes the scenario out of what was taken. */
#include <siaga/train/record.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/wire/wire.h>

#include "record_private.h"

#define STEP_MAX_MS INT64_C(86400000)
#define HOLD_MAX_MS INT64_C(604800000)

/* What is being written. */
struct writing {
	struct recorder *rec;
	struct buf *out;
	struct buf text; /* masked; until the next one is */
	struct recorder_counts *counts;
	int64_t lines, operators;
};

static void put(struct writing *w, const struct scenario_line *line) {
	wire_put_scenario_line(w->out, line);
	buf_add(w->out, "\n", 1);
	w->lines++;
}

/* Without what tells who somebody is; lives until the next call. */
static const char *masked(struct writing *w, const char *text) {
	persons_mask(w->rec->persons, text, &w->text);
	return w->text.data;
}

static void mask_into(struct writing *w, char *out, size_t size, const char *text) {
	text_copy(out, size, masked(w, text));
}

static char *dup_masked(struct writing *w, const char *text) {
	return text != NULL ? mem_dup_str(masked(w, text)) : NULL;
}

/* --- who --- */

static bool is_desk(const struct doer *doer) {
	return doer->role == ROLE_AGENCY ||
	       (doer->role == ROLE_NONE && !doer->room && doer->agency[0] != '\0');
}

/* An agency's console is called after it, and no note is read without its agencies. */
static void name_persons(struct recorder *rec) {
	for (int i = 0; i < ROLE_COUNT; i++) {
		persons_spare(rec->persons, role_name((enum role)i));
	}
	persons_spare(rec->persons, "meja desk");
	for (const struct incident *inc = rec->world.incidents; inc != NULL; inc = inc->hh.next) {
		for (size_t i = 0; i < inc->dispatches_len; i++) {
			persons_spare(rec->persons, inc->dispatches[i].agency);
		}
	}
	for (const struct counter *desk = rec->desks; desk != NULL; desk = desk->hh.next) {
		persons_spare(rec->persons, desk->id);
	}
	for (const struct doer *doer = rec->doers; doer != NULL; doer = doer->hh.next) {
		persons_add_token(rec->persons, doer->name);
	}
}

static void put_who(struct writing *w, const struct who *who, struct scenario_line *line) {
	struct doer *doer;
	HASH_FIND_STR(w->rec->doers, who->name, doer);
	line->role = ROLE_OPERATOR;
	if (doer != NULL && is_desk(doer)) {
		line->role = ROLE_AGENCY;
		text_copy(line->cond.agency, sizeof(line->cond.agency), doer->agency);
		snprintf(line->by.name, sizeof(line->by.name), "meja-%s", doer->agency);
	} else if (doer != NULL) {
		line->role = doer->role != ROLE_NONE ? doer->role : ROLE_OPERATOR;
		doer->count = doer->count > 0 ? doer->count : ++w->operators;
		snprintf(line->by.name, sizeof(line->by.name), "operator-%lld",
			(long long)doer->count);
	} else {
		text_copy(line->by.name, sizeof(line->by.name), "operator");
	}
	mask_into(w, line->by.position, sizeof(line->by.position), who->position);
}

/* --- lines --- */

static void put_head(struct writing *w) {
	struct recorder *rec = w->rec;
	char from[CLOCK_RFC3339_SIZE], to[CLOCK_RFC3339_SIZE];
	struct buf id = {0}, en = {0};
	clock_format(from, rec->from_ms);
	clock_format(to, rec->to_ms);
	/* Of one day only its hours are said twice. */
	const char *until = strncmp(from, to, 10) == 0 ? to + 11 : to;
	int len = until == to ? 16 : 5;
	from[10] = to[10] = ' ';
	buf_printf(&id, "Rekaman %.16s sampai %.*s UTC", from, len, until);
	buf_printf(&en, "Recorded %.16s to %.*s UTC", from, len, until);
	struct scenario_line line = {.type = LINE_HEAD,
		.end_ms = rec->to_ms - rec->from_ms,
		.text = {.id = id.data, .en = en.data}};
	text_copy(line.id, sizeof(line.id), rec->name);
	put(w, &line);
	buf_finish(&id);
	buf_finish(&en);
}

/* --- agencies --- */

/* The steps of a desk as they were seen, in the order of step_ms, and what is likely where none
 * was. */
struct desk_seen {
	int64_t step_ms[4][2];
	int64_t asked, declined;
};

static void see(int64_t span_ms[2], int64_t from_ms, int64_t to_ms) {
	int64_t took_ms = to_ms - from_ms;
	if (from_ms == 0 || to_ms == 0 || took_ms < 0 || took_ms > STEP_MAX_MS) {
		return;
	}
	span_ms[0] = span_ms[0] < 0 || took_ms < span_ms[0] ? took_ms : span_ms[0];
	span_ms[1] = took_ms > span_ms[1] ? took_ms : span_ms[1];
}

static void see_dispatch(struct desk_seen *seen, const struct dispatch *dispatch) {
	const int64_t *at_ms = dispatch->at_ms;
	bool declined = dispatch->state == DISPATCH_DECLINED;
	bool accepted = at_ms[DISPATCH_ACCEPTED] != 0;
	seen->asked += declined || accepted;
	seen->declined += declined;
	see(seen->step_ms[0], at_ms[DISPATCH_REQUESTED],
		accepted ? at_ms[DISPATCH_ACCEPTED] : at_ms[DISPATCH_DECLINED]);
	see(seen->step_ms[1], at_ms[DISPATCH_ACCEPTED], at_ms[DISPATCH_EN_ROUTE]);
	see(seen->step_ms[2], at_ms[DISPATCH_EN_ROUTE], at_ms[DISPATCH_ON_SCENE]);
	see(seen->step_ms[3], at_ms[DISPATCH_ON_SCENE], at_ms[DISPATCH_CLEARED]);
}

static void put_agency(struct writing *w, const struct counter *desk) {
	static const int64_t usual_ms[4][2] = {
		{5000, 20000}, {20000, 60000}, {180000, 480000}, {300000, 900000}};
	struct scenario_line line = {.type = LINE_AGENCY};
	struct desk_seen seen = {.step_ms = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}}};
	const struct incident *inc = w->rec->world.incidents;
	for (; inc != NULL; inc = inc->hh.next) {
		for (size_t i = 0; i < inc->dispatches_len; i++) {
			if (strcmp(inc->dispatches[i].agency, desk->id) == 0) {
				see_dispatch(&seen, &inc->dispatches[i]);
			}
		}
	}
	if (!desk->seen && seen.asked == 0) {
		return;
	}
	text_copy(line.agency, sizeof(line.agency), desk->id);
	for (size_t i = 0; i < 4; i++) {
		bool there = seen.step_ms[i][0] >= 0;
		memcpy(line.step_ms[i], there ? seen.step_ms[i] : usual_ms[i],
			sizeof(line.step_ms[i]));
	}
	if (seen.asked > 0) {
		line.decline = (double)(seen.declined * 100 / seen.asked) / 100;
	}
	put(w, &line);
}

static void put_desk(struct writing *w, const char *agency, bool up, int64_t at_ms) {
	struct scenario_line line = {.type = LINE_DESK,
		.at_ms = {at_ms, at_ms},
		.chance = 1,
		.mood = up ? MOOD_NORMAL : MOOD_OFFLINE};
	text_copy(line.agency, sizeof(line.agency), agency);
	put(w, &line);
}

static void put_camera(
	struct writing *w, const char *camera, enum camera_status status, int64_t at_ms) {
	struct scenario_line line = {
		.type = LINE_CAMERA, .at_ms = {at_ms, at_ms}, .chance = 1, .camera_status = status};
	text_copy(line.camera, sizeof(line.camera), camera);
	put(w, &line);
}

/* Every agency of which something is known stands in the table of desks. */
static void put_agencies(struct writing *w) {
	struct recorder *rec = w->rec;
	for (const struct incident *inc = rec->world.incidents; inc != NULL; inc = inc->hh.next) {
		for (size_t i = 0; i < inc->dispatches_len; i++) {
			record_find_desk(rec, inc->dispatches[i].agency);
		}
	}
	for (const struct counter *desk = rec->desks; desk != NULL; desk = desk->hh.next) {
		put_agency(w, desk);
	}
	for (const struct counter *desk = rec->desks; desk != NULL; desk = desk->hh.next) {
		if (desk->seen && !desk->at_from) {
			put_desk(w, desk->id, false, 0);
		}
	}
	for (const struct eye *eye = rec->eyes; eye != NULL; eye = eye->hh.next) {
		put_camera(w, eye->id, eye->at_from, 0);
	}
}

/* --- callers --- */

static void put_raise(struct writing *w, const struct event *event, const struct call *call,
	struct scenario_line *line) {
	struct command cmd = {.kind = event->kind, .priority = event->priority};
	const struct alarm *from = &event->alarm;
	struct alarm *alarm = &cmd.alarm;
	alarm->at = from->at;
	alarm->accuracy_m = from->accuracy_m;
	mask_into(w, alarm->place, sizeof(alarm->place), from->place);
	mask_into(w, alarm->source, sizeof(alarm->source), from->source);
	alarm->note = dup_masked(w, from->note);
	if (from->caller_name[0] != '\0') {
		snprintf(alarm->caller_name, sizeof(alarm->caller_name), "Pelapor %lld",
			(long long)call->person);
	}
	if (from->caller_phone[0] != '\0') {
		snprintf(alarm->caller_phone, sizeof(alarm->caller_phone), "+62 800-%03lld-0%03lld",
			(long long)(555 + call->person / 1000 % 445),
			(long long)(call->person % 1000));
	}
	line->type = LINE_RAISE;
	line->truth = call->truth;
	wire_put_alarm(&line->body, &cmd);
	command_finish(&cmd);
}

static void put_more(struct writing *w, const struct event *event, struct scenario_line *line) {
	struct command cmd = {.has = event->has & (HAS_AT | HAS_ACCURACY),
		.at = event->at,
		.accuracy_m = event->accuracy_m};
	cmd.note = dup_masked(w, event->note);
	if (event->has & HAS_WITHDRAWN) {
		line->type = LINE_CANCEL;
		wire_put_alarm_cancel(&line->body, &cmd);
	} else {
		line->type = LINE_UPDATE;
		wire_put_alarm_update(&line->body, &cmd);
	}
	command_finish(&cmd);
}

/* --- ghosts --- */

/* What was asked for when this came of it; ACTION_COUNT: nobody did it. */
static enum action action_of(enum event_type type) {
	static const struct {
		enum event_type type;
		enum action action;
	} actions[] = {
		{EVENT_INCIDENT_UPDATED, ACTION_UPDATE},
		{EVENT_INCIDENT_ACKNOWLEDGED, ACTION_ACKNOWLEDGE},
		{EVENT_INCIDENT_CLAIMED, ACTION_CLAIM},
		{EVENT_INCIDENT_RELEASED, ACTION_RELEASE},
		{EVENT_INCIDENT_VERIFIED, ACTION_VERIFY},
		{EVENT_INCIDENT_REJECTED, ACTION_REJECT},
		{EVENT_INCIDENT_MERGED, ACTION_MERGE},
		{EVENT_INCIDENT_SPLIT, ACTION_SPLIT},
		{EVENT_INCIDENT_NOTED, ACTION_NOTE},
		{EVENT_INCIDENT_HELD, ACTION_HOLD},
		{EVENT_INCIDENT_RESOLVED, ACTION_RESOLVE},
		{EVENT_INCIDENT_CLOSED, ACTION_CLOSE},
		{EVENT_INCIDENT_REOPENED, ACTION_REOPEN},
		{EVENT_DISPATCH_REQUESTED, ACTION_DISPATCH},
		{EVENT_DISPATCH_ACCEPTED, ACTION_ACCEPT},
		{EVENT_DISPATCH_DECLINED, ACTION_DECLINE},
		{EVENT_DISPATCH_EN_ROUTE, ACTION_EN_ROUTE},
		{EVENT_DISPATCH_ON_SCENE, ACTION_ON_SCENE},
		{EVENT_DISPATCH_CLEARED, ACTION_CLEAR},
		{EVENT_DISPATCH_CANCELLED, ACTION_CANCEL},
		{EVENT_CAMERA_VIEWED, ACTION_CAMERA_VIEWED},
	};
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (actions[i].type == type) {
			return actions[i].action;
		}
	}
	return ACTION_COUNT;
}

static unsigned given(unsigned has, enum has member, enum cond_has is) {
	return has & (unsigned)member ? (unsigned)is : 0u;
}

static void put_given(struct writing *w, const struct event *event, struct scenario_line *line) {
	struct cond *deed = &line->cond;
	deed->has |= given(event->has, HAS_KIND, COND_HAS_KIND);
	deed->has |= given(event->has, HAS_PRIORITY, COND_HAS_PRIORITY);
	deed->has |= event->method != METHOD_NONE ? COND_HAS_METHOD : 0u;
	deed->has |= event->reason != REJECT_NONE ? COND_HAS_REASON : 0u;
	deed->has |= event->disposition != DISPOSITION_NONE ? COND_HAS_DISPOSITION : 0u;
	deed->kind = event->kind;
	deed->priority = event->priority;
	deed->method = event->method;
	deed->reason = event->reason;
	deed->disposition = event->disposition;
	text_copy(deed->camera, sizeof(deed->camera), event->camera);
	line->has_where = (event->has & HAS_AT) != 0;
	line->where = event->at;
	line->place = event->has & HAS_PLACE ? dup_masked(w, event->place) : NULL;
	if (event->type == EVENT_INCIDENT_HELD && event->until_ms != 0) {
		int64_t rest_ms = event->until_ms - event->at_ms;
		line->until_ms = rest_ms < 1 ? 1 : rest_ms > HOLD_MAX_MS ? HOLD_MAX_MS : rest_ms;
	}
}

/* False: what it was about is left out. */
static bool put_ghost(struct writing *w, const struct took *item, struct scenario_line *line) {
	const struct event *event = &item->event;
	struct cond *deed = &line->cond;
	const struct call *other =
		event->other[0] != '\0' ? record_call(w->rec, event->other) : NULL;
	if (event->other[0] != '\0' && (other == NULL || other->number == 0)) {
		return false;
	}
	line->type = LINE_GHOST;
	deed->type = COND_DID;
	deed->action = action_of(event->type);
	text_copy(deed->key, sizeof(deed->key), line->key);
	if (deed->action == ACTION_MERGE) {
		record_key(deed->into, other);
	}
	put_who(w, &event->by, line);
	if (event->agency[0] != '\0') {
		text_copy(deed->agency, sizeof(deed->agency), event->agency);
	}
	put_given(w, event, line);
	line->note = dup_masked(w, item->lacks_note ? "***" : event->note);
	return true;
}

/* --- all of it --- */

static bool put_item(struct writing *w, const struct took *item) {
	const struct event *event = &item->event;
	int64_t at_ms = event->at_ms - w->rec->from_ms;
	const struct call *call = record_call(w->rec, event->incident);
	struct scenario_line line = {.at_ms = {at_ms, at_ms}, .chance = 1};
	bool ok = true;
	if (call == NULL || call->number == 0) {
		return false;
	}
	record_key(line.key, call);
	if (event->type == EVENT_INCIDENT_RAISED) {
		put_raise(w, event, call, &line);
	} else if (event->type == EVENT_INCIDENT_UPDATED && event->alarm.id[0] != '\0') {
		put_more(w, event, &line);
	} else {
		ok = action_of(event->type) != ACTION_COUNT && put_ghost(w, item, &line);
		w->counts->actions += ok;
	}
	if (ok) {
		put(w, &line);
	}
	scenario_line_finish(&line);
	return ok;
}

static void put_items(struct writing *w) {
	for (size_t i = 0; i < w->rec->len; i++) {
		const struct took *item = &w->rec->items[i];
		int64_t at_ms = item->event.at_ms - w->rec->from_ms;
		if (item->event.type == EVENT_CAMERA_STATUS) {
			put_camera(w, item->event.camera, item->event.camera_status, at_ms);
		} else if (item->event.incident[0] == '\0') {
			put_desk(w, item->event.agency, item->event.type == EVENT_LINK_UP, at_ms);
		} else if (!put_item(w, item)) {
			w->counts->left++;
		}
	}
}

bool recorder_write(
	struct recorder *rec, struct buf *out, struct recorder_counts *counts, struct err *err) {
	struct writing w = {.rec = rec, .out = out, .counts = counts};
	*counts = (struct recorder_counts){
		.earlier = (int64_t)HASH_COUNT(rec->earlier), .left = rec->left};
	record_find_calls(rec, counts);
	record_find_truths(rec);
	name_persons(rec);
	put_head(&w);
	put_agencies(&w);
	put_items(&w);
	buf_finish(&w.text);
	if (counts->alarms == 0) {
		return err_set(err, _("no alarm was raised in that time"));
	}
	return (w.lines <= SCENARIO_LINES_MAX && out->len <= SCENARIO_FILE_MAX) ||
	       err_set(err, _("%lld lines, more than a scenario may have: record less"),
		       (long long)w.lines);
}
