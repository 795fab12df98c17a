#include <siaga/wire/wire.h>

#include <string.h>

#include <siaga/base/text.h>

#include "mask.h"
#include "private.h"
#include "put.h"

/* How much of an event is written. */
enum detail {
	DETAIL_FULL,
	DETAIL_MASKED, /* what tells who the caller is made unreadable */
	DETAIL_BARE    /* no caller, no note: what may be kept for ever */
};

struct form {
	enum detail detail;
	const struct incident
		*inc; /* masked: whose callers' names are no word of a note; or NULL */
};

/* The members of `data`; a note may stand in every event. */
enum part {
	PART_KIND = 1 << 0,
	PART_PRIORITY = 1 << 1,
	PART_PLACE = 1 << 2,
	PART_POSITION = 1 << 3,
	PART_ALARM = 1 << 4,
	PART_UPDATE = 1 << 5, /* what an update changes; all of it optional */
	PART_METHOD = 1 << 6,
	PART_CAMERA = 1 << 7,
	PART_CAMERA_STATUS = 1 << 8,
	PART_REASON = 1 << 9,
	PART_INTO = 1 << 10,
	PART_OTHER = 1 << 11,
	PART_UNTIL = 1 << 12,
	PART_DISPOSITION = 1 << 13,
	PART_AGENCY = 1 << 14,
	PART_REV = 1 << 15,
	PART_CALLER = 1 << 16, /* a flag: the agency is shown who called */
	PART_ROLE = 1 << 17,
	PART_BEFORE = 1 << 18,
	PART_INCIDENT = 1 << 19 /* not in data: the event is one of an incident */
};

/* Which event must have which members, and which more it may have. */
static const struct {
	unsigned need, may;
} parts[EVENT_TYPE_COUNT] = {
	[EVENT_INCIDENT_RAISED] = {PART_INCIDENT | PART_KIND | PART_PRIORITY | PART_POSITION |
					   PART_ALARM,
		PART_PLACE},
	[EVENT_INCIDENT_ALARM_ADDED] = {PART_INCIDENT | PART_ALARM, 0},
	[EVENT_INCIDENT_UPDATED] = {PART_INCIDENT, PART_UPDATE},
	[EVENT_INCIDENT_ACKNOWLEDGED] = {PART_INCIDENT, 0},
	[EVENT_INCIDENT_CLAIMED] = {PART_INCIDENT, 0},
	[EVENT_INCIDENT_RELEASED] = {PART_INCIDENT, 0},
	[EVENT_INCIDENT_VERIFIED] = {PART_INCIDENT | PART_METHOD, PART_CAMERA},
	[EVENT_INCIDENT_REJECTED] = {PART_INCIDENT | PART_REASON, 0},
	[EVENT_INCIDENT_MERGED] = {PART_INCIDENT | PART_INTO, 0},
	[EVENT_INCIDENT_SPLIT] = {PART_INCIDENT | PART_OTHER, 0},
	[EVENT_INCIDENT_NOTED] = {PART_INCIDENT, 0},
	[EVENT_INCIDENT_HELD] = {PART_INCIDENT, PART_UNTIL},
	[EVENT_INCIDENT_RESOLVED] = {PART_INCIDENT, 0},
	[EVENT_INCIDENT_CLOSED] = {PART_INCIDENT | PART_DISPOSITION, 0},
	[EVENT_INCIDENT_REOPENED] = {PART_INCIDENT, 0},
	[EVENT_INCIDENT_VIEWED] = {PART_INCIDENT, PART_ROLE},
	[EVENT_DISPATCH_REQUESTED] = {PART_INCIDENT | PART_AGENCY, PART_CALLER},
	[EVENT_DISPATCH_DELIVERED] = {PART_INCIDENT | PART_AGENCY, 0},
	[EVENT_DISPATCH_ACCEPTED] = {PART_INCIDENT | PART_AGENCY, 0},
	[EVENT_DISPATCH_DECLINED] = {PART_INCIDENT | PART_AGENCY, 0},
	[EVENT_DISPATCH_EN_ROUTE] = {PART_INCIDENT | PART_AGENCY, 0},
	[EVENT_DISPATCH_ON_SCENE] = {PART_INCIDENT | PART_AGENCY, 0},
	[EVENT_DISPATCH_CLEARED] = {PART_INCIDENT | PART_AGENCY, 0},
	[EVENT_DISPATCH_CANCELLED] = {PART_INCIDENT | PART_AGENCY, 0},
	[EVENT_DISPATCH_EXPIRED] = {PART_INCIDENT | PART_AGENCY, 0},
	[EVENT_CAMERA_STATUS] = {PART_CAMERA | PART_CAMERA_STATUS, 0},
	[EVENT_CAMERA_VIEWED] = {PART_CAMERA, PART_INCIDENT},
	[EVENT_REGISTRY_CHANGED] = {PART_REV, 0},
	[EVENT_LINK_UP] = {0, PART_AGENCY | PART_ROLE},
	[EVENT_LINK_DOWN] = {0, PART_AGENCY | PART_ROLE},
	[EVENT_LOG_PURGED] = {PART_BEFORE, 0},
};

/* --- writing --- */

static void put_caller(struct buf *out, const struct alarm *alarm, enum detail detail) {
	if (alarm->caller_name[0] == '\0' && alarm->caller_phone[0] == '\0') {
		return;
	}
	put_open(out, "caller", '{');
	if (detail == DETAIL_FULL) {
		put_some(out, "name", alarm->caller_name);
		put_some(out, "phone", alarm->caller_phone);
	} else {
		char masked[MASK_SIZE];
		if (alarm->caller_name[0] != '\0') {
			mask_name(masked, alarm->caller_name);
			put_text(out, "name", masked);
		}
		if (alarm->caller_phone[0] != '\0') {
			mask_phone(masked, alarm->caller_phone);
			put_text(out, "phone", masked);
		}
	}
	put_close(out, '}');
}

static void put_note(
	struct buf *out, const char *note, const struct event *event, const struct form *form) {
	struct buf masked = {0};
	if (form->detail == DETAIL_FULL || note == NULL) {
		put_some(out, "note", note);
	} else if (form->detail == DETAIL_MASKED) {
		mask_note(&masked, note, &event->alarm, form->inc);
		put_some(out, "note", masked.data);
	}
	buf_finish(&masked);
}

static void put_alarm(struct buf *out, const struct event *event, const struct form *form) {
	const struct alarm *alarm = &event->alarm;
	enum detail detail = form->detail;
	put_open(out, "alarm", '{');
	put_text(out, "id", alarm->id);
	if (alarm->occurred_at_ms != 0) {
		put_time(out, "occurred_at", alarm->occurred_at_ms);
	}
	put_time(out, "received_at", alarm->received_at_ms);
	put_position(out, alarm->at);
	if (alarm->accuracy_m >= 0) {
		put_int(out, "accuracy_m", alarm->accuracy_m);
	}
	if (detail != DETAIL_BARE) {
		put_caller(out, alarm, detail);
	}
	put_some(out, "source", alarm->source);
	put_some(out, "place", alarm->place);
	put_note(out, alarm->note, event, form);
	if (alarm->withdrawn) {
		put_literal(out, "withdrawn", "true");
	}
	put_close(out, '}');
	put_some(out, "from", alarm->from);
}

static void put_update(struct buf *out, const struct event *event) {
	put_some(out, "alarm", event->alarm.id);
	if (event->has & HAS_KIND) {
		put_text(out, "kind", kind_name(event->kind));
	}
	if (event->has & HAS_PRIORITY) {
		put_text(out, "priority", priority_name(event->priority));
	}
	if (event->has & HAS_AT) {
		put_position(out, event->at);
	}
	if (event->has & HAS_ACCURACY) {
		put_int(out, "accuracy_m", event->accuracy_m);
	}
	if (event->has & HAS_PLACE) {
		put_text(out, "place", event->place);
	}
	if (event->has & HAS_WITHDRAWN) {
		put_literal(out, "withdrawn", "true");
	}
}

static void put_words(struct buf *out, const struct event *event, unsigned has) {
	if (has & PART_KIND) {
		put_text(out, "kind", kind_name(event->kind));
	}
	if (has & PART_PRIORITY) {
		put_text(out, "priority", priority_name(event->priority));
	}
	if (has & PART_METHOD) {
		put_text(out, "method", method_name(event->method));
	}
	if (has & PART_CAMERA) {
		put_some(out, "camera", event->camera);
	}
	if (has & PART_CAMERA_STATUS) {
		put_text(out, "status", camera_status_name(event->camera_status));
	}
	if (has & PART_REASON) {
		put_text(out, "reason", reject_reason_name(event->reason));
	}
	if (has & PART_INTO) {
		put_text(out, "into", event->other);
	}
	if (has & PART_OTHER) {
		put_text(out, "other", event->other);
	}
	if (has & PART_DISPOSITION) {
		put_text(out, "disposition", disposition_name(event->disposition));
	}
	if (has & PART_AGENCY) {
		put_some(out, "agency", event->agency);
	}
	if ((has & PART_CALLER) && (event->has & HAS_CALLER)) {
		put_literal(out, "caller", "true");
	}
	if (has & PART_REV) {
		put_int(out, "rev", event->registry_rev);
	}
	if ((has & PART_ROLE) && event->role != ROLE_NONE) {
		put_text(out, "role", role_name(event->role));
	}
	if (has & PART_BEFORE) {
		put_time(out, "before", event->before_ms);
	}
}

static void put_data(struct buf *out, const struct event *event, const struct form *form) {
	unsigned has = parts[event->type].need | parts[event->type].may;
	put_open(out, "data", '{');
	put_words(out, event, has);
	if (has & PART_PLACE) {
		put_some(out, "place", event->place);
	}
	if (has & PART_POSITION) {
		put_position(out, event->at);
	}
	if (has & PART_UNTIL) {
		if (event->until_ms != 0) {
			put_time(out, "until", event->until_ms);
		} else {
			put_literal(out, "until", "null");
		}
	}
	if (has & PART_UPDATE) {
		put_update(out, event);
	}
	if (has & PART_ALARM) {
		put_alarm(out, event, form);
	}
	put_note(out, event->note, event, form);
	put_close(out, '}');
}

static void put_event(struct buf *out, const struct event *event, const struct form *form) {
	buf_add(out, "{", 1);
	put_int(out, "seq", event->seq);
	put_time(out, "at", event->at_ms);
	if (event->incident[0] != '\0') {
		put_text(out, "incident", event->incident);
		put_int(out, "number", event->number);
		put_int(out, "rev", event->rev);
	}
	put_text(out, "type", event_type_name(event->type));
	if (event->mode != MODE_ACTUAL) {
		put_text(out, "mode", mode_name(event->mode));
	}
	put_open(out, "by", '{');
	put_text(out, "name", event->by.name);
	put_some(out, "position", event->by.position);
	put_close(out, '}');
	put_data(out, event, form);
	put_close(out, '}');
}

void wire_put_event(struct buf *out, const struct event *event) {
	put_event(out, event, &(struct form){.detail = DETAIL_FULL});
}

void wire_put_event_masked(struct buf *out, const struct event *event, const struct incident *inc) {
	put_event(out, event, &(struct form){.detail = DETAIL_MASKED, .inc = inc});
}

void wire_put_event_bare(struct buf *out, const struct event *event) {
	put_event(out, event, &(struct form){.detail = DETAIL_BARE});
}

/* --- reading --- */

static void read_alarm(const struct reader *data, struct alarm *alarm) {
	struct reader r = read_object(data, "alarm", REQUIRED);
	struct reader caller = read_object(&r, "caller", OPTIONAL);
	read_uuid(&r, "id", REQUIRED, alarm->id);
	read_time(&r, "occurred_at", OPTIONAL, &alarm->occurred_at_ms);
	read_time(&r, "received_at", REQUIRED, &alarm->received_at_ms);
	read_position(&r, REQUIRED, &alarm->at);
	read_accuracy(&r, &alarm->accuracy_m);
	read_text(&caller, "name", OPTIONAL, alarm->caller_name, sizeof(alarm->caller_name),
		sizeof(alarm->caller_name) - 1);
	read_text(&caller, "phone", OPTIONAL, alarm->caller_phone, sizeof(alarm->caller_phone),
		sizeof(alarm->caller_phone) - 1);
	read_text(&r, "source", OPTIONAL, alarm->source, sizeof(alarm->source),
		sizeof(alarm->source) - 1);
	read_text(&r, "place", OPTIONAL, alarm->place, sizeof(alarm->place),
		sizeof(alarm->place) - 1);
	read_note(&r, "note", &alarm->note);
	read_flag(&r, "withdrawn", OPTIONAL, &alarm->withdrawn);
	read_uuid(data, "from", OPTIONAL, alarm->from);
}

static unsigned flag(bool there, enum has has) {
	return there ? (unsigned)has : 0;
}

static void read_update(const struct reader *data, struct event *event) {
	bool withdrawn = false;
	read_uuid(data, "alarm", OPTIONAL, event->alarm.id);
	event->has |= flag(read_kind(data, "kind", OPTIONAL, &event->kind), HAS_KIND);
	event->has |=
		flag(read_priority(data, "priority", OPTIONAL, &event->priority), HAS_PRIORITY);
	event->has |= flag(read_position(data, OPTIONAL, &event->at), HAS_AT);
	event->has |= flag(read_accuracy(data, &event->accuracy_m), HAS_ACCURACY);
	event->has |= flag(read_text(data, "place", OPTIONAL, event->place, sizeof(event->place),
				   sizeof(event->place) - 1),
		HAS_PLACE);
	read_flag(data, "withdrawn", OPTIONAL, &withdrawn);
	event->has |= flag(withdrawn, HAS_WITHDRAWN);
}

static void read_words(
	const struct reader *data, struct event *event, unsigned has, enum need agency) {
	if (has & PART_KIND) {
		read_kind(data, "kind", REQUIRED, &event->kind);
	}
	if (has & PART_PRIORITY) {
		read_priority(data, "priority", REQUIRED, &event->priority);
	}
	if (has & PART_METHOD) {
		read_method(data, "method", REQUIRED, &event->method);
	}
	if (has & PART_CAMERA_STATUS) {
		read_camera_status(data, "status", REQUIRED, &event->camera_status);
	}
	if (has & PART_REASON) {
		read_reject_reason(data, "reason", REQUIRED, &event->reason);
	}
	if (has & PART_INTO) {
		read_uuid(data, "into", REQUIRED, event->other);
	}
	if (has & PART_OTHER) {
		read_uuid(data, "other", REQUIRED, event->other);
	}
	if (has & PART_DISPOSITION) {
		read_disposition(data, "disposition", REQUIRED, &event->disposition);
	}
	if (has & PART_AGENCY) {
		read_id(data, "agency", agency, event->agency, sizeof(event->agency));
	}
	if (has & PART_CALLER) {
		bool caller = false;
		read_flag(data, "caller", OPTIONAL, &caller);
		event->has |= flag(caller, HAS_CALLER);
	}
	if (has & PART_REV) {
		read_int(data, "rev", REQUIRED, 0, READ_INT_MAX, &event->registry_rev);
	}
	if (has & PART_ROLE) {
		read_role(data, "role", OPTIONAL, &event->role);
	}
	if (has & PART_BEFORE) {
		read_time(data, "before", REQUIRED, &event->before_ms);
	}
}

static void read_data(const struct reader *r, struct event *event) {
	unsigned need = parts[event->type].need, has = need | parts[event->type].may;
	struct reader data = read_object(r, "data", REQUIRED);
	read_words(&data, event, has, need & PART_AGENCY ? REQUIRED : OPTIONAL);
	if (has & PART_CAMERA) {
		read_id(&data, "camera", need & PART_CAMERA ? REQUIRED : OPTIONAL, event->camera,
			sizeof(event->camera));
	}
	if (has & PART_PLACE) {
		read_text(&data, "place", OPTIONAL, event->place, sizeof(event->place),
			sizeof(event->place) - 1);
	}
	if (has & PART_POSITION) {
		read_position(&data, REQUIRED, &event->at);
	}
	if (has & PART_UNTIL) {
		read_time(&data, "until", OPTIONAL, &event->until_ms);
	}
	if (has & PART_UPDATE) {
		read_update(&data, event);
	}
	if (has & PART_ALARM) {
		read_alarm(&data, &event->alarm);
	}
	read_note(&data, "note", &event->note);
}

void wire_read_event(const struct reader *r, struct event *event) {
	struct reader by = read_object(r, "by", OPTIONAL);
	event->accuracy_m = -1;
	event->alarm.accuracy_m = -1;
	read_int(r, "seq", REQUIRED, 1, READ_INT_MAX, &event->seq);
	read_time(r, "at", REQUIRED, &event->at_ms);
	if (!read_event_type(r, "type", REQUIRED, &event->type)) {
		return;
	}
	enum need need = parts[event->type].need & PART_INCIDENT ? REQUIRED : OPTIONAL;
	if (read_uuid(r, "incident", need, event->incident)) {
		read_int(r, "number", REQUIRED, 1, READ_INT_MAX, &event->number);
		read_int(r, "rev", REQUIRED, 0, READ_INT_MAX, &event->rev);
	}
	read_mode(r, "mode", OPTIONAL, &event->mode);
	read_text(&by, "name", OPTIONAL, event->by.name, sizeof(event->by.name),
		sizeof(event->by.name) - 1);
	read_text(&by, "position", OPTIONAL, event->by.position, sizeof(event->by.position),
		sizeof(event->by.position) - 1);
	read_data(r, event);
}

bool wire_get_event(struct event *event, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(event, 0, sizeof(*event));
	if (!doc_init(&doc, json, len, WIRE_CLIENT_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	wire_read_event(&r, event);
	bool ok = read_ok(&r);
	if (!ok) {
		event_finish(event);
		memset(event, 0, sizeof(*event));
	}
	doc_finish(&doc);
	return ok;
}
