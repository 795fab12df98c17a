#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "private.h"

/* The bell says "now": what nobody took for so long is a matter for people, not for a bell. */
#define BELL_OLD_MS   (60 * 60 * 1000)
#define BELL_LEAST_MS 2000  /* never more often */
#define BELL_SLOW_MS  30000 /* again for what is not P1 */

/* Is this console one that an unacknowledged alarm calls at once? The others are called when it was
 * left waiting. */
static bool is_called_first(const struct app *app) {
	return app->role == ROLE_OPERATOR || app->role == ROLE_NONE;
}

static bool waits(const struct app *app, const struct incident *inc) {
	if (app->role == ROLE_AGENCY) {
		const struct dispatch *own = incident_dispatch(inc, app->agency);
		return own != NULL && own->state <= DISPATCH_DELIVERED;
	}
	if (inc->state != INCIDENT_NEW) {
		return false;
	}
	if (is_called_first(app)) {
		return true;
	}
	enum timer_level level = app_timer(app, inc).level;
	return level >= (app->role == ROLE_SUPERVISOR ? TIMER_LEVEL_ESCALATED : TIMER_LEVEL_ALL);
}

/* What waits for somebody, as far as this console is called for it. */
static bool anything_waits(const struct app *app, bool *urgent) {
	bool waiting = false;
	int64_t since_ms = app_feed_now(app) - BELL_OLD_MS;
	const struct incident *inc;
	size_t slot = 0;
	*urgent = false;
	/* Over the world, not the rows: those stand still while a prompt is open. */
	while (!*urgent && (inc = world_next_since(&app->world, &slot, since_ms)) != NULL) {
		if (!app_is_ours(app, inc) || incident_received_ms(inc) < since_ms ||
			!waits(app, inc)) {
			continue;
		}
		waiting = true;
		*urgent = inc->priority == PRIORITY_P1;
	}
	return waiting;
}

void alert_bell(struct app *app, struct effects *fx) {
	bool urgent;
	if (app->link != APP_LINK_LIVE) {
		app->bell_due = app->call_due = false;
		return;
	}
	int64_t since = app->now_ms - app->bell_ms, repeat_ms = app->cfg.repeat_ms;
	bool due = app->bell_due || app->call_due;
	int64_t rest_ms = due ? BELL_LEAST_MS : repeat_ms < BELL_SLOW_MS ? repeat_ms : BELL_SLOW_MS;
	/* To look over all incidents is only worth it where it could ring now. */
	if (app->now_ms < app->mute_until_ms || (app->bell_ms == 0 ? !due : since < rest_ms)) {
		return;
	}
	bool waiting = anything_waits(app, &urgent);
	bool again = waiting && app->bell_ms != 0 && since >= (urgent ? repeat_ms : BELL_SLOW_MS);
	app->bell_due &= waiting;
	if (app->bell_due || app->call_due || again) {
		effects_add(fx, EFFECT_BELL);
		app->bell_ms = app->now_ms;
		app->bell_due = app->call_due = false;
	}
}

void alert_notify(struct app *app, const struct event *event, struct effects *fx) {
	const struct incident *inc = world_incident(&app->world, event->incident);
	if (app->cfg.notify == CONFIG_NOTIFY_NONE || inc == NULL || !waits(app, inc) ||
		app->now_ms < app->mute_until_ms) {
		return; /* As the bell: who is called later is told later, and quiet is quiet. */
	}
	char text[PLACE_SIZE + 80];
	snprintf(text, sizeof(text), "#%lld P%d %s %s", (long long)inc->number,
		(int)inc->priority + 1, kind_name(inc->kind), inc->place);
	struct effect *effect = effects_add(fx, EFFECT_NOTIFY);
	text_copy(effect->text, sizeof(effect->text), text);
}

struct timer_verdict app_timer(const struct app *app, const struct incident *inc) {
	return timers_judge(&app->cfg.timers, inc, app_feed_now(app));
}

bool app_is_held(const struct app *app, const struct incident *inc) {
	return inc->held_until_ms > app_feed_now(app);
}

/* What a console of this role is told when a timer passes a level. */
static bool is_told(const struct app *app, enum timer_level level) {
	if (app->role == ROLE_AGENCY) {
		return false; /* A desk hears of its own dispatches only. */
	}
	return level >= TIMER_LEVEL_ALL ||
	       (level >= TIMER_LEVEL_ESCALATED && app->role == ROLE_SUPERVISOR);
}

static void tell(struct app *app, const struct incident *inc, const struct timer_verdict *verdict,
	struct effects *fx) {
	notice_add(app, true, _("ESCALATED: #%lld P%d waits too long (%s)"), (long long)inc->number,
		(int)inc->priority + 1, timer_name(verdict->timer));
	struct effect *notify = effects_add(fx, EFFECT_NOTIFY);
	text_copy(notify->text, sizeof(notify->text), app->notice.text);
	app->call_due = true;
}

/* What happened between two looks: holds that ended, timers that passed a level. */
void alert_tick(struct app *app, bool rests, struct effects *fx) {
	int64_t now = app_feed_now(app), before = app->checked_ms;
	app->checked_ms = now;
	if (rests || app->link != APP_LINK_LIVE || before == 0 || before >= now) {
		return; /* Catching up is silent. */
	}
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (!incident_is_open(inc) || !app_is_ours(app, inc)) {
			continue;
		}
		if (inc->held_until_ms > before && inc->held_until_ms <= now) {
			notice_add(app, true, _("#%lld is back from hold"), (long long)inc->number);
			app->call_due = true;
		}
		struct timer_verdict verdict = app_timer(app, inc);
		int64_t passed_ms = verdict.since_ms + verdict.limit_ms;
		if (is_told(app, verdict.level) && passed_ms > before && passed_ms <= now) {
			tell(app, inc, &verdict, fx);
		}
	}
}
