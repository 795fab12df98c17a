#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "view.h"

#define CALM_MS         120000
#define ACCURACY_POOR_M 100 /* the place is somewhere about there, and that is said aloud */

static void put_title(struct detail *d) {
	const struct incident *inc = d->inc;
	char age[VIEW_TIME_SIZE];
	view_minutes(age, app_feed_now(d->app) - inc->state_at_ms[inc->state]);
	flow_say(&d->flow, role_of_priority(inc->priority), "P%d", (int)inc->priority + 1);
	flow_say(&d->flow, UI_TITLE, "#%lld %s", (long long)inc->number, word_kind(inc->kind));
	flow_fact(&d->flow, inc->state == INCIDENT_NEW ? UI_UNACK : UI_TEXT, "%s %s",
		word_state(inc->state), age);
	if (app_is_pending(d->app, inc->id)) {
		flow_fact(&d->flow, UI_WARN, "%s", _("NOT CONFIRMED"));
	}
	if (inc->mode != MODE_ACTUAL) {
		flow_fact(&d->flow, UI_MODE, " %s ", word_mode(inc->mode));
	}
	flow_end(&d->flow);
}

/* When it counts as overdue, after the beginning of its clock. */
static int64_t due_ms(const struct app *app, const struct incident *inc, enum timer timer) {
	struct timer_limits limits =
		timer_table_get(&app->cfg.timers, timer, inc->kind, inc->priority);
	return limits.alert_ms != 0      ? limits.alert_ms
	       : limits.warn_ms != 0     ? limits.warn_ms
	       : limits.escalate_ms != 0 ? limits.escalate_ms
					 : limits.all_ms;
}

/* A clock that moves by steps: what changes each second draws the eye, and the line to the terminal
 * may be slow. */
static int64_t calm_ms(int64_t age_ms) {
	int64_t step_ms = age_ms < CALM_MS ? 5000 : 30000, since_ms = age_ms % step_ms;
	view_lasts(since_ms >= 0 ? step_ms - since_ms : -since_ms);
	return age_ms - since_ms;
}

/* What it waits for: "not accepted DAMKAR 0:40 of 1:00", or by how much it is overdue. */
static void put_timer(struct detail *d) {
	const struct incident *inc = d->inc;
	struct timer_verdict verdict = view_timer(d->app, inc);
	char since[VIEW_TIME_SIZE], limit[VIEW_TIME_SIZE], over[VIEW_TIME_SIZE];
	if (verdict.timer == TIMER_COUNT) {
		return;
	}
	int64_t age_ms = app_feed_now(d->app) - verdict.since_ms;
	int64_t due = due_ms(d->app, inc, verdict.timer);
	bool late = age_ms >= due;
	enum ui_role role = verdict.expired                      ? UI_MUTED
			    : verdict.level >= TIMER_LEVEL_ALERT ? UI_OVERDUE_ALERT
			    : verdict.level >= TIMER_LEVEL_WARN  ? UI_OVERDUE_WARN
								 : UI_LABEL;
	view_length(since, calm_ms(age_ms));
	view_length(limit, due);
	view_length(over, calm_ms(age_ms - due));
	if (late) {
		flow_say(&d->flow, role, _("OVERDUE %s"), over);
	}
	flow_put(&d->flow, late ? 2 : 0, role, word_timer(verdict.timer));
	if (verdict.dispatch >= 0) {
		flow_put(&d->flow, 1, role,
			view_agency(d->app, inc->dispatches[verdict.dispatch].agency));
	}
	if (!late) {
		flow_say(&d->flow, role, _("%s of %s"), since, limit);
	}
	if (verdict.level >= TIMER_LEVEL_ESCALATED) {
		flow_fact(&d->flow, role, "%s", _("escalated"));
	}
	flow_end(&d->flow);
}

static void put_place(struct detail *d) {
	const struct incident *inc = d->inc;
	int32_t accuracy_m = inc->alarms_len > 0 ? inc->alarms[0].accuracy_m : -1;
	char cell[GEO_CELL_SIZE];
	flow_put(&d->flow, 0, UI_TITLE, inc->place[0] != '\0' ? inc->place : _("place not said"));
	flow_end(&d->flow);
	view_cell(d->app, inc->at, cell);
	flow_put(&d->flow, 0, UI_TEXT, cell);
	if (accuracy_m > 0) {
		flow_fact(&d->flow, accuracy_m > ACCURACY_POOR_M ? UI_WARN : UI_LABEL,
			_("within %ld m"), (long)accuracy_m);
	}
	/* A metre is enough to drive to. */
	flow_fact(&d->flow, UI_LABEL, "%.5f, %.5f", (double)inc->at.lat_e7 / 1e7,
		(double)inc->at.lon_e7 / 1e7);
	flow_end(&d->flow);
}

static void put_merged(struct detail *d) {
	if (d->inc->merged_into[0] == '\0') {
		return;
	}
	const struct incident *into = world_incident(&d->app->world, d->inc->merged_into);
	if (into != NULL) {
		flow_say(&d->flow, UI_WARN, _("merged into #%lld"), (long long)into->number);
	} else {
		flow_put(&d->flow, 0, UI_WARN, _("merged into one that is not here"));
	}
	flow_end(&d->flow);
}

static void put_hold(struct detail *d) {
	char until[VIEW_TIME_SIZE], left[VIEW_TIME_SIZE];
	if (!app_is_held(d->app, d->inc)) {
		return;
	}
	view_time(until, d->inc->held_until_ms, false);
	int64_t left_ms = d->inc->held_until_ms - app_feed_now(d->app);
	view_lasts(left_ms % 60000 + 1);
	view_minutes(left, left_ms);
	flow_say(&d->flow, UI_HELD, _("on hold until %s, %s left"), until, left);
	flow_end(&d->flow);
}

static bool is_me(const struct app *app, const struct who *who) {
	return strcmp(app->name, who->name) == 0 && strcmp(app->position, who->position) == 0;
}

/* For how long the console that claimed it is gone. */
static int64_t absent_ms(const struct app *app, const struct who *who) {
	for (size_t i = 0; i < app->absent_len; i++) {
		const struct app_absent *absent = &app->absent[i];
		if (strcmp(absent->who.name, who->name) == 0 &&
			strcmp(absent->who.position, who->position) == 0) {
			return app->now_ms - absent->since_ms;
		}
	}
	return 0;
}

static void put_claim(struct detail *d) {
	const struct who *claim = &d->inc->claim;
	char gone[VIEW_TIME_SIZE];
	if (claim->name[0] == '\0') {
		if (incident_is_open(d->inc) && d->inc->state != INCIDENT_NEW) {
			flow_put(&d->flow, 2, UI_WARN, _("nobody has it"));
		}
	} else if (is_me(d->app, claim)) {
		flow_put(&d->flow, 2, UI_TEXT, _("with you"));
	} else {
		bool stale = view_claim_is_stale(d->app, d->inc);
		flow_fact(&d->flow, stale ? UI_CLAIM_STALE : UI_TEXT, _("with %s%s%s"), claim->name,
			view_at(claim->position), claim->position);
		if (stale) {
			view_length(gone, calm_ms(absent_ms(d->app, claim)));
			flow_say(&d->flow, UI_CLAIM_STALE, "%s %s", word_timer(TIMER_STALE_CLAIM),
				gone);
		}
	}
}

/* The number that answers soonest whether it is true. */
static void put_callback(struct detail *d) {
	const struct alarm *alarm = d->inc->alarms;
	if (d->inc->alarms_len > 0 && alarm->caller_phone[0] != '\0' &&
		action_allowed(d->app->role, ACTION_VERIFY)) {
		flow_put(&d->flow, 0, UI_LABEL, _(", ring"));
		flow_put(&d->flow, 1, UI_TITLE, alarm->caller_phone);
	}
}

/* How it was verified, and when. */
static void put_verified(struct detail *d) {
	const struct incident *inc = d->inc;
	char time[VIEW_TIME_SIZE];
	if (inc->method != METHOD_NONE) {
		view_time(time, inc->verified_at_ms, false);
		flow_fact(
			&d->flow, UI_TEXT, _("verified %s by %s"), time, word_method(inc->method));
		flow_put(&d->flow, 1, UI_TEXT, inc->camera);
	} else if (incident_is_open(inc)) {
		flow_put(&d->flow, 2, UI_WARN, _("not verified"));
		put_callback(d);
	}
	if (inc->reason != REJECT_NONE) {
		flow_fact(&d->flow, UI_TEXT, _("false alarm: %s"), word_reason(inc->reason));
	}
	if (inc->disposition != DISPOSITION_NONE) {
		flow_fact(&d->flow, UI_TEXT, _("ended: %s"), word_disposition(inc->disposition));
	}
}

void detail_head(struct detail *d) {
	char viewers[200];
	put_title(d);
	put_timer(d);
	put_hold(d);
	put_merged(d);
	put_place(d);
	put_verified(d);
	put_claim(d);
	app_viewers(d->app, d->inc->id, viewers, sizeof(viewers));
	if (viewers[0] != '\0') {
		flow_fact(&d->flow, UI_LABEL, _("also open: %s"), viewers);
	}
	flow_end(&d->flow);
}
