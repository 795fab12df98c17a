#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "view.h"

/* Writes lines one below the other, of which those inside the scrolled window are drawn. Without a
 * surface it only counts. */
struct pen {
	struct surface *s;
	struct rect area;
	int skip;
	int line; /* the next one, from 0 */
};

static void put_line(struct pen *pen, enum ui_role role, int indent, const char *text) {
	int row = pen->line - pen->skip;

	if (pen->s != NULL && row >= 0 && row < pen->area.rows) {
		(void)surface_text(pen->s, pen->area.col + indent, pen->area.row + row,
			pen->area.cols - indent, role, text);
	}
	pen->line++;
}

/* Bytes of `text` that make one line, broken at a blank where there is one. */
static size_t line_bytes(const char *text, int columns) {
	size_t len = text_fit(text, columns, NULL);
	size_t cut = len;

	if (text[len] == '\0') {
		return len;
	}
	while (cut > 0 && text[cut] != ' ') {
		cut--;
	}
	if (cut > 0) {
		return cut;
	}
	return len > 0 ? len : strlen(text);
}

/* A text of any length, over as many lines as it takes; all but the first are indented. */
static void put_text(struct pen *pen, enum ui_role role, const char *text) {
	int indent = 0;

	while (*text != '\0') {
		char part[512];
		int columns = pen->area.cols - indent;
		size_t len = line_bytes(text, columns > 1 ? columns : 1);

		if (len >= sizeof(part)) {
			len = text_fit(text, (int)sizeof(part) / 8, NULL);
		}
		if (len == 0 || len >= sizeof(part)) {
			return;
		}
		memcpy(part, text, len);
		part[len] = '\0';
		put_line(pen, role, indent, part);
		text += len;
		text += strspn(text, " ");
		indent = pen->area.cols > 12 ? 2 : 0;
	}
}

static void put(struct pen *pen, enum ui_role role, const char *fmt, ...) ATTR_PRINTF(3, 4);

static void put(struct pen *pen, enum ui_role role, const char *fmt, ...) {
	struct buf text = {0};
	char whole[NOTE_MAX + 512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(whole, sizeof(whole) - 1, fmt, args);
	va_end(args);
	/* What was cut in the middle of a character is cut before it. */
	buf_reserve(&text, sizeof(whole));
	(void)text_copy(text.data, sizeof(whole), whole);
	put_text(pen, role, text.data);
	buf_finish(&text);
}

static void put_head(const struct app *app, struct pen *pen, const struct incident *inc) {
	char age[VIEW_TIME_SIZE], in_state[VIEW_TIME_SIZE], cell[GEO_CELL_SIZE];
	char lat[GEO_DEGREES_SIZE], lon[GEO_DEGREES_SIZE];
	int64_t now = app_feed_now(app);

	view_age(age, now - incident_received_ms(inc));
	view_age(in_state, now - inc->state_at_ms[inc->state]);
	view_cell(app, inc->at, cell);
	geo_format_degrees(lat, inc->at.lat_e7);
	geo_format_degrees(lon, inc->at.lon_e7);
	put(pen, role_of_priority(inc->priority), "P%d #%lld %s  %s", (int)inc->priority + 1,
		(long long)inc->number, word_kind(inc->kind), word_state(inc->state));
	put(pen, UI_TEXT, _("age %s, in this state %s%s"), age, in_state,
		app_is_pending(app, inc->id) ? _(", NOT CONFIRMED") : "");
	if (inc->mode != MODE_ACTUAL) {
		put(pen, UI_MODE, "%s", word_mode(inc->mode));
	}
	put(pen, UI_TITLE, "%s", inc->place[0] != '\0' ? inc->place : _("place not said"));
	put(pen, UI_TEXT, "%s  %s, %s", cell, lat, lon);
	if (inc->claim.name[0] != '\0') {
		put(pen, UI_TEXT, _("with %s%s%s"), inc->claim.name, view_at(inc->claim.position),
			inc->claim.position);
	}
	if (inc->held_until_ms > 0) {
		view_time(age, inc->held_until_ms, false);
		put(pen, UI_WARN, _("on hold until %s"), age);
	}
	if (inc->method != METHOD_NONE) {
		put(pen, UI_TEXT, _("verified by %s %s"), word_method(inc->method), inc->camera);
	} else if (incident_is_open(inc)) {
		put(pen, UI_WARN, "%s", _("not verified"));
	}
	if (inc->reason != REJECT_NONE) {
		put(pen, UI_TEXT, _("false alarm: %s"), word_reason(inc->reason));
	}
	if (inc->disposition != DISPOSITION_NONE) {
		put(pen, UI_TEXT, _("ended: %s"), word_disposition(inc->disposition));
	}
}

/* The nearest that works stands first: the others may show nothing. */
static void put_camera(const struct app *app, struct pen *pen) {
	size_t i = registry_first_working(app->near, app->near_len);
	char distance[VIEW_TIME_SIZE];
	const struct camera *camera;

	if (i >= app->near_len) {
		put(pen, UI_CAMERA_DOWN, "%s",
			app->near_len > 0 ? _("No camera nearby works")
					  : _("No camera is known nearby"));
		return;
	}
	camera = app->near[i].camera;
	view_distance(distance, app->near[i].distance_m);
	put(pen, role_of_camera(camera->status), _("camera %s %s %s %03d, %s %s%s"), camera->id,
		distance, _(geo_compass(app->near[i].bearing_deg)), app->near[i].bearing_deg,
		word_camera(camera->status), camera->name,
		camera->fictional ? _(" (fictional)") : "");
}

static void put_dispatches(const struct app *app, struct pen *pen, const struct incident *inc) {
	const struct plan *plan = registry_plan(&app->world.registry, inc->kind, inc->priority);
	struct buf unsent = {0};

	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *d = &inc->dispatches[i];
		char age[VIEW_TIME_SIZE];
		enum ui_role role = d->state == DISPATCH_DECLINED || d->state == DISPATCH_EXPIRED
					    ? UI_ERROR
				    : dispatch_is_live(d) ? UI_TEXT
							  : UI_MUTED;

		view_age(age, app_feed_now(app) - d->at_ms[d->state]);
		put(pen, role, "%s %s %s  %s%s%s%s%s", view_agency(app, d->agency),
			word_step(d->state), age, d->by.name, view_at(d->by.position),
			d->by.position, d->cause[0] != '\0' ? ": " : "", d->cause);
	}
	for (size_t i = 0; plan != NULL && i < plan->agencies_len; i++) {
		if (incident_dispatch(inc, plan->agencies[i]) == NULL) {
			buf_printf(&unsent, " %s", view_agency(app, plan->agencies[i]));
		}
	}
	if (unsent.len > 0) {
		put(pen, UI_WARN, _("plan, not sent yet:%s"), unsent.data);
	}
	buf_finish(&unsent);
}

static void put_alarm(struct pen *pen, const struct alarm *alarm) {
	char received[VIEW_TIME_SIZE], occurred[VIEW_TIME_SIZE];

	view_time(received, alarm->received_at_ms, true);
	view_time(occurred, alarm->occurred_at_ms, true);
	put(pen, alarm->withdrawn ? UI_MUTED : UI_TEXT, "%s %s %s%s%s", received,
		alarm->caller_name[0] != '\0' ? alarm->caller_name : _("no name"),
		alarm->caller_phone[0] != '\0' ? alarm->caller_phone : _("no number"),
		alarm->source[0] != '\0' ? _(" via ") : "", alarm->source);
	if (alarm_is_late(alarm)) {
		put(pen, UI_WARN, _("  LATE: pressed %s, received %s"), occurred, received);
	}
	if (alarm->withdrawn) {
		put(pen, UI_WARN, "%s", _("  the caller asked to cancel"));
	}
	if (alarm->accuracy_m >= 0) {
		put(pen, UI_LABEL, _("  place good to %ld m"), (long)alarm->accuracy_m);
	}
	if (alarm->note != NULL) {
		put(pen, UI_TEXT, "  %s", alarm->note);
	}
}

static void put_entry(const struct app *app, struct pen *pen, const struct entry *entry) {
	char time[VIEW_TIME_SIZE];
	const char *what = "";

	view_time(time, entry->at_ms, true);
	if (entry->agency[0] != '\0') {
		what = view_agency(app, entry->agency);
	} else if (entry->type == EVENT_INCIDENT_VERIFIED) {
		what = word_method(entry->method);
	} else if (entry->reason != REJECT_NONE) {
		what = word_reason(entry->reason);
	} else if (entry->disposition != DISPOSITION_NONE) {
		what = word_disposition(entry->disposition);
	}
	put(pen, UI_TEXT, "%s %s%s%s %s%s%s%s%s%s%s", time, entry->by.name,
		view_at(entry->by.position), entry->by.position, word_event(entry->type),
		what[0] != '\0' ? " " : "", what, entry->camera[0] != '\0' ? " " : "",
		entry->camera, entry->note != NULL ? ": " : "",
		entry->note != NULL ? entry->note : "");
}

static void put_all(const struct app *app, struct pen *pen, const struct incident *inc) {
	put_head(app, pen, inc);
	put_camera(app, pen);
	put_dispatches(app, pen, inc);
	put(pen, UI_LABEL, _("CALLERS %zu"), inc->alarms_len);
	for (size_t i = 0; i < inc->alarms_len; i++) {
		put_alarm(pen, &inc->alarms[i]);
	}
	put(pen, UI_LABEL, "%s", _("HISTORY"));
	for (size_t i = 0; i < inc->entries_len; i++) {
		put_entry(app, pen, &inc->entries[i]);
	}
}

void view_detail(const struct app *app, struct surface *s, const struct layout *layout) {
	const struct incident *inc = app_shown(app);
	struct rect inner = view_frame(s, app, layout, PANE_DETAIL, word_pane(PANE_DETAIL));
	struct pen pen = {.area = inner};
	int most;

	if (inc == NULL) {
		(void)surface_text(s, inner.col, inner.row, inner.cols, UI_MUTED,
			_("No incident is selected"));
		return;
	}
	put_all(app, &pen, inc);
	most = pen.line > inner.rows ? pen.line - inner.rows : 0;
	pen = (struct pen){.s = s,
		.area = inner,
		.skip = app->detail_scroll < most ? app->detail_scroll : most};
	put_all(app, &pen, inc);
	if (pen.skip < most) {
		view_foot(s, layout->panes[PANE_DETAIL], _(" %d more "), most - pen.skip);
	}
}
