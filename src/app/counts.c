/*
 * How many incidents there are of each sort, and until when that is so. Between two events most
 * ticks find nothing to do: no hold ends, no timer passes a limit, no row has been in sight for
 * long enough. When that will be is worked out once, and until then no incident is looked at.
 */
#include "private.h"

static int64_t sooner(int64_t a, int64_t b) {
	return a < b ? a : b;
}

static void count(struct app_counts *counts, const struct incident *inc) {
	bool open = incident_is_open(inc);
	counts->fresh += inc->state == INCIDENT_NEW;
	counts->open += open;
	if (open && inc->priority < PRIORITY_COUNT) {
		counts->by_priority[inc->priority]++;
	}
}

struct app_counts app_count(const struct app *app) {
	struct app_counts counts = {0};
	if (rest_lasts(app)) {
		return app->rest.counts;
	}
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (app_is_ours(app, inc)) {
			count(&counts, inc);
		}
	}
	return counts;
}

static bool is_overdue(const struct timer_verdict *verdict) {
	return verdict->level >= TIMER_LEVEL_ALERT;
}

size_t app_count_overdue(const struct app *app) {
	size_t overdue = 0;
	if (rest_lasts(app)) {
		return app->rest.overdue;
	}
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (app_is_ours(app, inc)) {
			struct timer_verdict verdict = app_timer(app, inc);
			overdue += is_overdue(&verdict);
		}
	}
	return overdue;
}

/* When the clock alone gives the incident another place or another colour, ends its hold or takes
 * it out of sight; INT64_MAX: never. */
static int64_t lasts_until(const struct app *app, const struct incident *inc,
	const struct timer_verdict *verdict, int64_t now_ms) {
	int64_t until_ms = verdict->until_ms;
	if (!incident_is_open(inc)) {
		until_ms = inc->state_at_ms[inc->state] + app->cfg.keep_ended_ms + 1;
	} else if (inc->held_until_ms > now_ms) {
		until_ms = sooner(until_ms, inc->held_until_ms);
	}
	return until_ms > now_ms ? until_ms : INT64_MAX;
}

void rest_begin(struct app *app) {
	int64_t now_ms = app_feed_now(app);
	struct app_rest *rest = &app->rest;
	*rest = (struct app_rest){0};
	if (!filter_is_empty(&app->filter)) {
		return; /* What it asks for may be an age. */
	}
	rest->until_ms = INT64_MAX;
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (app_is_ours(app, inc)) {
			struct timer_verdict verdict = app_timer(app, inc);
			count(&rest->counts, inc);
			rest->overdue += is_overdue(&verdict);
			rest->until_ms =
				sooner(rest->until_ms, lasts_until(app, inc, &verdict, now_ms));
		}
	}
	rest->from_ms = now_ms;
}

bool rest_lasts(const struct app *app) {
	const struct app_rest *rest = &app->rest;
	int64_t now_ms = app_feed_now(app);
	return now_ms >= rest->from_ms && now_ms < rest->until_ms;
}
