#include "forms.h"

#include <siaga/wire/wire.h>

#include "audience.h"

#define FORM_KEPT 16384 /* bytes of memory for the next one */

void forms_make(struct forms *forms, const struct event *event, const struct incident *inc,
	const struct registry *reg) {
	buf_wipe(&forms->full, FORM_KEPT);
	buf_wipe(&forms->masked, FORM_KEPT);
	buf_wipe(&forms->bare, FORM_KEPT);
	buf_wipe(&forms->audience, FORM_KEPT);
	wire_put_event(&forms->full, event);
	wire_put_event_masked(&forms->masked, event, inc);
	wire_put_event_bare(&forms->bare, event);
	audience_of(&forms->audience, event, inc, reg);
}

void forms_finish(struct forms *forms) {
	buf_finish(&forms->full);
	buf_finish(&forms->masked);
	buf_finish(&forms->bare);
	buf_finish(&forms->audience);
}

void forms_row(struct log_row *row, const struct forms *forms, const struct event *event,
	const struct incident *inc) {
	enum event_type type = event->type;
	bool open = inc != NULL && incident_is_open(inc);
	*row = (struct log_row){
		.seq = event->seq,
		.at_ms = event->at_ms,
		.incident = event->incident,
		.number = event->number,
		.type = event_type_name(type),
		.alarm = type == EVENT_INCIDENT_RAISED ? event->alarm.id : "",
		.opens =
			open && (type == EVENT_INCIDENT_RAISED || type == EVENT_INCIDENT_REOPENED ||
					type == EVENT_INCIDENT_SPLIT),
		.ends = inc != NULL && !open &&
			(type == EVENT_INCIDENT_CLOSED || type == EVENT_INCIDENT_REJECTED ||
				type == EVENT_INCIDENT_MERGED),
		.body = forms->full.data,
		.body_len = forms->full.len,
		.masked = forms->masked.data,
		.masked_len = forms->masked.len,
		.bare = forms->bare.data,
		.bare_len = forms->bare.len,
		.audience = forms->audience.data,
		.asks = type == EVENT_DISPATCH_REQUESTED ? event->agency : "",
		.asks_caller = (event->has & HAS_CALLER) != 0,
	};
}

/* --- an older siaga's log --- */

#define FILL_SLICE 1000

struct fill {
	struct log_store *log;
	struct world world;
	int64_t seq; /* filled up to here */
	struct err *err;
	bool failed;
};

/* The body stays as it is, whatever this siaga would write for it. */
static bool fill_event(void *data, const struct log_event *old) {
	struct fill *fill = data;
	struct log_row row = {.seq = old->seq};
	struct log_incident place = {0};
	struct forms forms = {0};
	struct event event;
	if (wire_get_event(&event, old->body, old->len, NULL)) {
		event.seq = old->seq;
		const struct incident *inc = world_apply(&fill->world, &event);
		forms_make(&forms, &event, inc, &fill->world.registry);
		forms_row(&row, &forms, &event, inc);
	}
	row.body = old->body;
	row.body_len = old->len;
	fill->failed = !log_fill(fill->log, &row, fill->err);
	/* After its last event an incident is not asked for any more. */
	if (!fill->failed && row.incident != NULL && row.incident[0] != '\0' &&
		log_get_incident(fill->log, row.incident, &place, fill->err) == 1 &&
		place.last_seq <= row.seq) {
		world_forget(&fill->world, row.incident);
	}
	event_finish(&event);
	forms_finish(&forms);
	fill->seq = old->seq;
	return !fill->failed;
}

bool forms_fill_log(struct log_store *log, struct err *err) {
	struct fill fill = {.log = log, .err = err};
	int64_t head, number, count = 1;
	int needs = log_needs_fill(log, err);
	if (needs <= 0) {
		return needs == 0;
	}
	if (!log_head(log, &head, &number, err) || !log_begin(log, err)) {
		return false;
	}
	while (count > 0 && !fill.failed) {
		count = log_read(log, fill.seq, head, FILL_SLICE, fill_event, &fill, err);
	}
	world_finish(&fill.world);
	if (count < 0 || fill.failed) {
		log_rollback(log);
		return false;
	}
	return log_commit(log, err);
}
