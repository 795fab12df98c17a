/* An event of the log as a line of text. */
#include <string.h>

#include "plain_private.h"

#define CAMERAS_TOLD 3 /* with a new alarm; `cameras` tells the others */

static void add_by(const struct who *by, struct buf *out) {
	if (by->name[0] != '\0') {
		buf_printf(out, _(", by %s%s%s"), by->name, view_at(by->position), by->position);
	}
}

static void add_note(const char *note, struct buf *out) {
	if (note != NULL && note[0] != '\0') {
		buf_printf(out, ": %s", note);
	}
}

/* Who called, and what may be wrong about it. */
static void add_caller(const struct app *app, const struct alarm *alarm, struct buf *out) {
	char pressed[VIEW_TIME_SIZE];
	UNUSED(app);
	if (alarm->caller_name[0] != '\0' || alarm->caller_phone[0] != '\0') {
		buf_printf(out, _("; caller %s%s%s"), alarm->caller_name,
			alarm->caller_name[0] != '\0' && alarm->caller_phone[0] != '\0' ? " " : "",
			alarm->caller_phone);
	}
	if (alarm->source[0] != '\0') {
		buf_add_str(out, " ");
		buf_printf(out, _("via %s"), alarm->source);
	}
	if (alarm->accuracy_m > 0) {
		buf_add_str(out, "; ");
		buf_printf(out, _("within %ld m"), (long)alarm->accuracy_m);
	}
	if (alarm_is_late(alarm)) {
		view_time(pressed, alarm->occurred_at_ms, true);
		buf_printf(out, _("; LATE, pressed %s"), pressed);
	}
	if (alarm->note != NULL && alarm->note[0] != '\0') {
		buf_printf(out, _("; says: %s"), alarm->note);
	}
}

static void add_cameras(const struct app *app, struct position at, struct buf *out) {
	struct camera_near near[CAMERAS_TOLD];
	size_t len = registry_near(&app->world.registry, at, near, CAMERAS_TOLD);
	buf_add_str(out, "; ");
	if (len == 0) {
		buf_add_str(out, _("No camera is known nearby"));
		return;
	}
	buf_add_str(out, _("cameras: "));
	for (size_t i = 0; i < len; i++) {
		buf_add_str(out, i > 0 ? ", " : "");
		plain_camera(&near[i], out);
	}
}

/* A new alarm, or a new request to this desk: all that is needed to begin. */
static void tell_new(const struct app *app, const struct event *event, const struct incident *inc,
	struct buf *out) {
	bool raised = event->type == EVENT_INCIDENT_RAISED;
	enum priority priority = raised ? event->priority : inc->priority;
	enum kind kind = raised ? event->kind : inc->kind;
	struct position at = raised ? event->at : inc->at;
	const struct alarm *alarm = raised                ? &event->alarm
				    : inc->alarms_len > 0 ? &inc->alarms[0]
							  : NULL;
	struct duplicate like[1];
	/* TRANSLATORS: "NEW #412 P1 FIRE " */
	buf_printf(out, _("NEW #%lld P%d %s "), (long long)event->number, (int)priority + 1,
		word_kind(kind));
	plain_place(app, raised ? event->place : inc->place, at, out);
	if (!raised) {
		add_by(&event->by, out);
		add_note(event->note, out);
	}
	if (alarm != NULL) {
		add_caller(app, alarm, out);
	}
	if (raised && inc != NULL && app_joins(app, inc, like, 1) > 0) {
		buf_printf(out, _("; like #%lld"), (long long)like[0].incident->number);
	}
	add_cameras(app, at, out);
}

/* What an operator or the caller has changed. */
static void add_changes(const struct app *app, const struct event *event, struct buf *out) {
	if ((event->has & HAS_KIND) != 0) {
		buf_printf(out, " %s", word_kind(event->kind));
	}
	if ((event->has & HAS_PRIORITY) != 0) {
		buf_printf(out, " P%d", (int)event->priority + 1);
	}
	if ((event->has & HAS_PLACE) != 0) {
		buf_printf(out, " %s", event->place);
	}
	if ((event->has & HAS_AT) != 0) {
		char cell[GEO_CELL_SIZE];
		view_cell(app, event->at, cell);
		buf_add_str(out, " ");
		buf_printf(out, _("moved to %s"), cell);
	}
	if ((event->has & HAS_WITHDRAWN) != 0) {
		buf_printf(out, ", %s", _("asked to cancel"));
	}
}

/* " into #412"; nothing where that one is not known here. */
static void add_other(const struct app *app, const struct event *event, struct buf *out) {
	const struct incident *other = world_incident(&app->world, event->other);
	if (other != NULL) {
		buf_add_str(out, " ");
		buf_printf(out,
			event->type == EVENT_INCIDENT_MERGED ? _("into #%lld") : _("from #%lld"),
			(long long)other->number);
	}
}

/* What the event's word leaves open. */
static void add_subject(const struct app *app, const struct event *event, struct buf *out) {
	char until[VIEW_TIME_SIZE];
	switch ((int)event->type) {
	case EVENT_INCIDENT_ALARM_ADDED:
		buf_add_str(out, ": ");
		plain_place(app, event->alarm.place, event->alarm.at, out);
		add_caller(app, &event->alarm, out);
		break;
	case EVENT_INCIDENT_UPDATED: add_changes(app, event, out); break;
	case EVENT_INCIDENT_VERIFIED:
		buf_printf(out, " %s%s%s", word_method(event->method),
			event->camera[0] != '\0' ? " " : "", event->camera);
		break;
	case EVENT_INCIDENT_REJECTED: buf_printf(out, " %s", word_reason(event->reason)); break;
	case EVENT_INCIDENT_CLOSED:
		buf_printf(out, " %s", word_disposition(event->disposition));
		break;
	case EVENT_INCIDENT_MERGED:
	case EVENT_INCIDENT_SPLIT: add_other(app, event, out); break;
	case EVENT_CAMERA_STATUS:
		buf_printf(out, " %s %s", event->camera, word_camera(event->camera_status));
		break;
	case EVENT_INCIDENT_HELD:
		if (event->until_ms > 0) {
			view_time(until, event->until_ms, false);
			buf_add_str(out, " ");
			buf_printf(out, _("until %s"), until);
		}
		break;
	default:
		if (event->agency[0] != '\0') {
			buf_printf(out, " %s", view_agency(app, event->agency));
		}
		if (event->camera[0] != '\0') {
			buf_printf(out, " %s", event->camera);
		}
	}
}

static const char *word_of(const struct event *event) {
	return event->type == EVENT_INCIDENT_HELD && event->until_ms <= 0 ? _("no longer on hold")
									  : word_event(event->type);
}

/* A desk is told of what it is sent to, and from then on. */
static bool is_ours(const struct app *app, const struct event *event, const struct incident *inc) {
	if (app->role != ROLE_AGENCY || event->incident[0] == '\0') {
		return true;
	}
	return inc != NULL && app_is_ours(app, inc) &&
	       (event->agency[0] == '\0' || strcmp(event->agency, app->agency) == 0);
}

void plain_event(const struct app *app, const struct event *event, struct buf *out) {
	const struct incident *inc = world_incident(&app->world, event->incident);
	size_t from = plain_begin(out);
	bool asked = app->role == ROLE_AGENCY && event->type == EVENT_DISPATCH_REQUESTED;
	if (!is_ours(app, event, inc) || (app->role == ROLE_AGENCY && event->incident[0] != '\0' &&
						 event->type == EVENT_INCIDENT_RAISED)) {
		return;
	}
	plain_time(out, event->at_ms, inc != NULL ? inc->mode : app->mode);
	if (event->type == EVENT_INCIDENT_RAISED || (asked && inc != NULL)) {
		tell_new(app, event, inc, out);
	} else {
		if (event->number != 0) {
			buf_printf(out, "#%lld ", (long long)event->number);
		}
		buf_add_str(out, word_of(event));
		add_subject(app, event, out);
		add_by(&event->by, out);
		add_note(event->note, out);
	}
	plain_end(out, from);
}
