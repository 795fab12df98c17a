#include <stdlib.h>
#include <string.h>

#include "detail.h"
#include "view.h"

#define KNOWN_MAX  3 /* incidents that are named */
#define PHONES_MAX 4 /* callers whose earlier calls are looked for: each is a search of all */
#define PLACE_M    100.0

static bool is_join(const struct detail *d, const struct incident *inc) {
	for (size_t i = 0; i < d->joins_len; i++) {
		if (d->joins[i].incident == inc) {
			return true;
		}
	}
	return false;
}

void detail_joins(struct detail *d) {
	char distance[VIEW_TIME_SIZE], apart[VIEW_TIME_SIZE];
	for (size_t i = 0; i < d->joins_len; i++) {
		const struct duplicate *join = &d->joins[i];
		view_distance(distance, join->distance_m);
		view_span(apart, join->apart_ms < 0 ? -join->apart_ms : join->apart_ms);
		flow_put(&d->flow, 0, UI_WARN, _("like"));
		flow_say(&d->flow, UI_TITLE, "#%lld", (long long)join->incident->number);
		flow_say(&d->flow, UI_TEXT, "%s %s,", word_kind(join->incident->kind),
			word_state(join->incident->state));
		flow_say(&d->flow, UI_TEXT,
			join->apart_ms < 0 ? _("%s, %s later") : _("%s, %s earlier"), distance,
			apart);
		if ((join->why & DUPLICATE_SAME_CALLER) != 0) {
			flow_put(&d->flow, 0, UI_WARN, _(", same caller"));
		}
		if (i == 0) {
			detail_key(d, COMMAND_JOIN, _("joins"));
		}
		flow_end(&d->flow);
	}
}

/* "#401 prank 2h ago": what an incident of the past came to. */
static void put_past(struct detail *d, const struct incident *inc) {
	char ago[VIEW_TIME_SIZE];
	const char *what = inc->state == INCIDENT_FALSE_ALARM && inc->reason != REJECT_NONE
				   ? word_reason(inc->reason)
				   : word_kind(inc->kind);
	int64_t age_ms = app_feed_now(d->app) - incident_received_ms(inc);
	view_since(ago, age_ms);
	flow_say(&d->flow, UI_KEY, "#%lld", (long long)inc->number);
	flow_say(&d->flow, inc->state == INCIDENT_FALSE_ALARM ? UI_WARN : UI_TEXT, _("%s %s ago"),
		what, ago);
}

/* A line of earlier incidents, but those that stand above as likely the same. */
static void put_known(struct detail *d, const char *label, const struct incident *const *found,
	size_t len, size_t total) {
	size_t shown = 0;
	for (size_t i = 0; i < len; i++) {
		if (is_join(d, found[i])) {
			total--;
			continue;
		}
		if (shown++ == 0) {
			flow_column(&d->flow, 2);
			flow_put(&d->flow, 1, UI_LABEL, label);
		}
		put_past(d, found[i]);
		if (shown == KNOWN_MAX) {
			break;
		}
	}
	if (shown > 0 && total > shown) {
		flow_say(&d->flow, UI_LABEL, _("and %zu more"), total - shown);
	}
	flow_end(&d->flow);
}

static void put_phone(struct detail *d, const struct alarm *alarm) {
	const struct incident *found[KNOWN_MAX + APP_JOIN_MAX];
	size_t total = history_of_phone(
		&d->app->world, alarm->caller_phone, d->inc, found, KNOWN_MAX + APP_JOIN_MAX);
	put_known(d, _("this phone:"), found,
		total < KNOWN_MAX + APP_JOIN_MAX ? total : KNOWN_MAX + APP_JOIN_MAX, total);
}

/* Who may see callers is told where nothing was said; to the others it is kept from. */
static const char *unsaid(const struct app *app, const char *text) {
	return app->role == ROLE_OPERATOR || app->role == ROLE_SUPERVISOR ? text : "-";
}

static void put_times(struct detail *d, const struct alarm *alarm) {
	char pressed[VIEW_TIME_SIZE], received[VIEW_TIME_SIZE];
	if (!alarm_is_late(alarm)) {
		return;
	}
	view_time(pressed, alarm->occurred_at_ms, true);
	view_time(received, alarm->received_at_ms, true);
	flow_fact(&d->flow, UI_WARN, _("LATE: pressed %s, received %s"), pressed, received);
}

/* Which incident this caller reported at first, where two became one. */
static void put_from(struct detail *d, const struct alarm *alarm) {
	if (alarm->from[0] == '\0') {
		return;
	}
	const struct incident *from = world_incident(&d->app->world, alarm->from);
	if (from != NULL) {
		flow_fact(&d->flow, UI_LABEL, _("of #%lld"), (long long)from->number);
	} else {
		flow_put(&d->flow, 2, UI_LABEL, _("of another incident"));
	}
}

static void put_caller(struct detail *d, const struct alarm *alarm, bool first) {
	enum ui_role role = alarm->withdrawn ? UI_MUTED : UI_TEXT;
	char time[VIEW_TIME_SIZE];
	view_time(time, alarm->received_at_ms, true);
	flow_put(&d->flow, 0, UI_MUTED, time);
	flow_put(&d->flow, 1, role,
		alarm->caller_name[0] != '\0' ? alarm->caller_name : unsaid(d->app, _("no name")));
	flow_put(&d->flow, 1, alarm->withdrawn ? UI_MUTED : UI_TITLE,
		alarm->caller_phone[0] != '\0' ? alarm->caller_phone
					       : unsaid(d->app, _("no number")));
	if (alarm->source[0] != '\0') {
		flow_say(&d->flow, UI_LABEL, _("via %s"), alarm->source);
	}
	put_from(d, alarm);
	put_times(d, alarm);
	if (alarm->withdrawn) {
		flow_put(&d->flow, 2, UI_WARN, _("asked to cancel"));
	}
	/* The first caller's place is the incident's, and stands above. */
	if (!first && alarm->accuracy_m > 0) {
		flow_fact(&d->flow, UI_LABEL, _("within %ld m"), (long)alarm->accuracy_m);
	}
	if (!first && alarm->place[0] != '\0' && strcmp(alarm->place, d->inc->place) != 0) {
		flow_fact(&d->flow, UI_TEXT, "%s", alarm->place);
	}
	flow_end(&d->flow);
	if (alarm->note != NULL) {
		flow_column(&d->flow, 2);
		flow_put(&d->flow, 1, UI_TEXT, alarm->note);
		flow_end(&d->flow);
	}
}

void detail_callers(struct detail *d) {
	size_t phones = 0;
	if (d->inc->alarms_len > 1) {
		flow_say(&d->flow, UI_LABEL, _("CALLERS %zu"), d->inc->alarms_len);
		flow_end(&d->flow);
	}
	for (size_t i = 0; i < d->inc->alarms_len; i++) {
		const struct alarm *alarm = &d->inc->alarms[i];
		put_caller(d, alarm, i == 0);
		if (alarm->caller_phone[0] != '\0' && phones < PHONES_MAX) {
			phones++;
			put_phone(d, alarm);
		}
	}
}

void detail_place(struct detail *d) {
	const struct incident *found[KNOWN_MAX + APP_JOIN_MAX];
	size_t max = KNOWN_MAX + APP_JOIN_MAX;
	size_t total = history_of_place(&d->app->world, d->inc->at, PLACE_M, d->inc, found, max);
	put_known(d, _("this place:"), found, total < max ? total : max, total);
}
