#include "summary.h"

#include <stdlib.h>
#include <string.h>

static int64_t ended_ms(const struct incident *inc) {
	return incident_is_open(inc) ? 0 : inc->state_at_ms[inc->state];
}

static const char *outcome(const struct incident *inc) {
	if (inc->state == INCIDENT_FALSE_ALARM) {
		return reject_reason_name(inc->reason);
	}
	return inc->state == INCIDENT_CLOSED ? disposition_name(inc->disposition) : "";
}

static void add_agencies(struct buf *out, const struct incident *inc) {
	buf_add_str(out, "");
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const char *agency = inc->dispatches[i].agency;

		/* Asked twice it went once. */
		if (incident_dispatch(inc, agency) == &inc->dispatches[i]) {
			buf_printf(out, "%s%s", out->len > 0 ? " " : "", agency);
		}
	}
}

/* Who called comes before what was said, and the latest words before the oldest: what a very long
 * story holds beyond the room for it is the least likely to be looked for. */
static void add_notes(struct buf *out, const struct incident *inc) {
	buf_add_str(out, "");
	for (size_t i = 0; i < inc->alarms_len; i++) {
		const struct alarm *alarm = &inc->alarms[i];

		buf_printf(out, "%s / %s / %s / ", alarm->caller_name, alarm->caller_phone,
			alarm->place);
	}
	for (size_t i = 0; i < inc->alarms_len; i++) {
		if (inc->alarms[i].note != NULL) {
			buf_printf(out, "%s / ", inc->alarms[i].note);
		}
	}
	for (size_t i = inc->entries_len; i > 0; i--) {
		if (inc->entries[i - 1].note != NULL) {
			buf_printf(out, "%s / ", inc->entries[i - 1].note);
		}
	}
}

void summary_add(struct summary *summary, const struct incident *inc) {
	const struct alarm *first = inc->alarms_len > 0 ? &inc->alarms[0] : NULL;
	struct buf *texts;

	summary->rows = mem_resize(summary->rows, summary->len + 1, sizeof(*summary->rows));
	summary->texts =
		mem_resize(summary->texts, 2 * (summary->len + 1), sizeof(*summary->texts));
	texts = &summary->texts[2 * summary->len];
	memset(texts, 0, 2 * sizeof(*texts));
	add_agencies(&texts[0], inc);
	add_notes(&texts[1], inc);
	summary->rows[summary->len++] = (struct history_row){
		.id = inc->id,
		.number = inc->number,
		.kind = kind_name(inc->kind),
		.priority = priority_name(inc->priority),
		.state = incident_state_name(inc->state),
		.mode = mode_name(inc->mode),
		.place = inc->place,
		.lat_e7 = inc->at.lat_e7,
		.lon_e7 = inc->at.lon_e7,
		.received_ms = incident_received_ms(inc),
		.ended_ms = ended_ms(inc),
		.outcome = outcome(inc),
		.caller = first != NULL ? first->caller_name : "",
		.phone = first != NULL ? first->caller_phone : "",
		.agencies = texts[0].data,
		.camera = inc->camera,
		.alarms = (int64_t)inc->alarms_len,
		.last_seq = inc->last_seq,
		.notes = texts[1].data,
	};
}

void summary_finish(struct summary *summary) {
	for (size_t i = 0; i < 2 * summary->len; i++) {
		buf_finish(&summary->texts[i]);
	}
	free(summary->texts);
	free(summary->rows);
	*summary = (struct summary){0};
}
