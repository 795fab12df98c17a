/* Bodies of the intake's requests, and its answers. */
#include <siaga/wire/wire.h>

#include <string.h>

#include <siaga/base/text.h>

#include "private.h"
#include "put.h"

/* What a caller may send, in bytes before cleaning. */
#define PLACE_BYTES  120
#define NAME_BYTES   80
#define PHONE_BYTES  32
#define SOURCE_BYTES 24

/* Where the caller's app does not say; a bare press may be anything, so it is not the last in line.
 */
static enum priority default_priority(enum kind kind) {
	switch (kind) {
	case KIND_FIRE:
	case KIND_MEDICAL:
	case KIND_RESCUE: return PRIORITY_P1;
	case KIND_UNKNOWN:
	case KIND_ACCIDENT:
	case KIND_CRIME:
	case KIND_FLOOD:
	case KIND_HAZARD: return PRIORITY_P2;
	case KIND_TRAFFIC:
	case KIND_CROWD:
	case KIND_OTHER:
	case KIND_COUNT: break;
	}
	return PRIORITY_P3;
}

void wire_read_alarm(const struct reader *r, struct command *cmd) {
	struct alarm *alarm = &cmd->alarm;
	struct reader caller = read_object(r, "caller", OPTIONAL);
	cmd->action = ACTION_RAISE;
	cmd->accuracy_m = -1;
	alarm->accuracy_m = -1;
	cmd->has |= read_kind(r, "kind", OPTIONAL, &cmd->kind) ? HAS_KIND : 0u;
	cmd->has |= read_priority(r, "priority", OPTIONAL, &cmd->priority) ? HAS_PRIORITY : 0u;
	if (!(cmd->has & HAS_PRIORITY)) {
		cmd->priority = default_priority(cmd->kind);
	}
	read_mode(r, "mode", OPTIONAL, &cmd->mode);
	cmd->has |= read_position(r, REQUIRED, &alarm->at) ? HAS_AT : 0u;
	cmd->has |= read_accuracy(r, &alarm->accuracy_m) ? HAS_ACCURACY : 0u;
	read_time(r, "occurred_at", OPTIONAL, &alarm->occurred_at_ms);
	cmd->has |= read_text(r, "place", OPTIONAL, alarm->place, sizeof(alarm->place), PLACE_BYTES)
			    ? HAS_PLACE
			    : 0u;
	read_note(r, "note", &alarm->note);
	read_text(&caller, "name", OPTIONAL, alarm->caller_name, sizeof(alarm->caller_name),
		NAME_BYTES);
	read_text(&caller, "phone", OPTIONAL, alarm->caller_phone, sizeof(alarm->caller_phone),
		PHONE_BYTES);
	read_text(r, "source", OPTIONAL, alarm->source, sizeof(alarm->source), SOURCE_BYTES);
	cmd->at = alarm->at;
	cmd->accuracy_m = alarm->accuracy_m;
	text_copy(cmd->place, sizeof(cmd->place), alarm->place);
}

void wire_read_alarm_update(const struct reader *r, struct command *cmd) {
	cmd->action = ACTION_UPDATE;
	cmd->accuracy_m = -1;
	cmd->alarm.accuracy_m = -1;
	cmd->has |= read_position(r, OPTIONAL, &cmd->at) ? HAS_AT : 0u;
	cmd->has |= read_accuracy(r, &cmd->accuracy_m) ? HAS_ACCURACY : 0u;
	read_note(r, "note", &cmd->note);
	if (cmd->has == 0 && cmd->note == NULL) {
		read_fail(r, NULL, "lat and lon, accuracy_m or note: missing");
	}
}

void wire_read_alarm_cancel(const struct reader *r, struct command *cmd) {
	cmd->action = ACTION_WITHDRAW;
	cmd->has = HAS_WITHDRAWN;
	cmd->accuracy_m = -1;
	cmd->alarm.accuracy_m = -1;
	read_note(r, "note", &cmd->note);
}

static bool get_command(struct command *cmd, const char *json, size_t len,
	void (*read)(const struct reader *r, struct command *cmd), struct err *err) {
	struct doc doc;
	memset(cmd, 0, sizeof(*cmd));
	if (!doc_init(&doc, json, len, WIRE_CLIENT_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	read(&r, cmd);
	bool ok = read_ok(&r);
	if (!ok) {
		command_finish(cmd);
		memset(cmd, 0, sizeof(*cmd));
	}
	doc_finish(&doc);
	return ok;
}

bool wire_get_alarm(struct command *cmd, const char *json, size_t len, struct err *err) {
	return get_command(cmd, json, len, wire_read_alarm, err);
}

bool wire_get_alarm_update(struct command *cmd, const char *json, size_t len, struct err *err) {
	return get_command(cmd, json, len, wire_read_alarm_update, err);
}

bool wire_get_alarm_cancel(struct command *cmd, const char *json, size_t len, struct err *err) {
	return len == 0 ? get_command(cmd, "{}", 2, wire_read_alarm_cancel, err)
			: get_command(cmd, json, len, wire_read_alarm_cancel, err);
}

/* --- writing --- */

static void put_accuracy(struct buf *out, int32_t accuracy_m) {
	if (accuracy_m >= 0) {
		put_int(out, "accuracy_m", accuracy_m);
	}
}

/* A text that was cleaned may have become longer than what a caller may send. */
static void put_within(struct buf *out, const char *name, const char *text, size_t bytes) {
	char cut[PLACE_SIZE];
	text_copy(cut, bytes + 1, text);
	put_some(out, name, cut);
}

void wire_put_alarm(struct buf *out, const struct command *cmd) {
	const struct alarm *alarm = &cmd->alarm;
	buf_add(out, "{", 1);
	put_text(out, "kind", kind_name(cmd->kind));
	put_text(out, "priority", priority_name(cmd->priority));
	put_position(out, alarm->at);
	put_accuracy(out, alarm->accuracy_m);
	if (alarm->occurred_at_ms != 0) {
		put_time(out, "occurred_at", alarm->occurred_at_ms);
	}
	put_within(out, "place", alarm->place, PLACE_BYTES);
	put_some(out, "note", alarm->note);
	if (alarm->caller_name[0] != '\0' || alarm->caller_phone[0] != '\0') {
		put_open(out, "caller", '{');
		put_within(out, "name", alarm->caller_name, NAME_BYTES);
		put_within(out, "phone", alarm->caller_phone, PHONE_BYTES);
		put_close(out, '}');
	}
	put_within(out, "source", alarm->source, SOURCE_BYTES);
	if (cmd->mode != MODE_ACTUAL) {
		put_text(out, "mode", mode_name(cmd->mode));
	}
	put_close(out, '}');
}

void wire_put_alarm_update(struct buf *out, const struct command *cmd) {
	buf_add(out, "{", 1);
	if (cmd->has & HAS_AT) {
		put_position(out, cmd->at);
	}
	if (cmd->has & HAS_ACCURACY) {
		put_accuracy(out, cmd->accuracy_m);
	}
	put_some(out, "note", cmd->note);
	put_close(out, '}');
}

void wire_put_alarm_cancel(struct buf *out, const struct command *cmd) {
	buf_add(out, "{", 1);
	put_some(out, "note", cmd->note);
	put_close(out, '}');
}

/* --- answers --- */

void wire_put_alarm_answer(
	struct buf *out, const char *alarm, const char *incident, int64_t number, int64_t seq) {
	buf_add(out, "{", 1);
	put_text(out, "alarm", alarm);
	put_text(out, "incident", incident);
	put_int(out, "number", number);
	put_int(out, "seq", seq);
	put_close(out, '}');
}

void wire_put_error(struct buf *out, const char *code, const char *message) {
	buf_add(out, "{", 1);
	put_text(out, "error", code);
	put_text(out, "message", message);
	put_close(out, '}');
}

/* Help that has said yes and is not done: what a caller wants to hear about. */
static bool is_coming(const struct dispatch *dispatch) {
	return dispatch->state == DISPATCH_ACCEPTED || dispatch->state == DISPATCH_EN_ROUTE ||
	       dispatch->state == DISPATCH_ON_SCENE;
}

void wire_put_alarm_state(struct buf *out, const char *alarm, const struct incident *inc,
	const struct registry *reg) {
	buf_add(out, "{", 1);
	put_text(out, "alarm", alarm);
	put_int(out, "number", inc->number);
	put_text(out, "state", incident_state_name(inc->state));
	put_open(out, "agencies", '[');
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		const struct agency *agency = registry_agency(reg, dispatch->agency);
		if (is_coming(dispatch)) {
			put_open(out, NULL, '{');
			put_text(out, "agency", dispatch->agency);
			put_some(out, "name", agency != NULL ? agency->name : NULL);
			put_text(out, "state", dispatch_state_name(dispatch->state));
			put_time(out, "at", dispatch->at_ms[dispatch->state]);
			put_close(out, '}');
		}
	}
	put_close(out, ']');
	put_close(out, '}');
}
