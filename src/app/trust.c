/* What the console believes of the feed: nothing out of turn, no promise that takes too long. */
#include "private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#define BAD_TOLD_MS   10000  /* a feed that talks nonsense does not fill the log with it */
#define MESSAGE_MS    120000 /* one message on a slow line, as long as its bytes come */
#define BEHIND_MS     2000   /* the feed has more than it sent: for so long that is no matter */
#define SILENT_BEATS  2
#define BEAT_SAID_NOT 10000

void trust_link(struct app *app) {
	app->welcomed = app->relinking = app->bye_said = false;
	app->heard_ms = app->now_ms;
	app->feed_head = 0;
	app->feed_trouble = TROUBLE_NONE; /* It says so again. */
	app->refill = app->refill_again = false;
	app->lives = 0;
	app->behind_ms = 0;
	app->receiving = false;
}

void trust_bad(struct app *app, const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	vsnprintf(app->bad_text, sizeof(app->bad_text), fmt, args);
	va_end(args);
	app->bad_messages++;
	app->bad_untold++;
	trust_tell(app);
}

void trust_tell(struct app *app) {
	if (app->bad_untold == 0 ||
		(app->bad_told_ms != 0 && app->now_ms - app->bad_told_ms < BAD_TOLD_MS)) {
		return;
	}
	if (app->bad_untold == 1) {
		notice_add(app, true, _("A message of the feed was skipped: %s"), app->bad_text);
	} else {
		notice_add(app, true, _("%lld messages of the feed were skipped, the last: %s"),
			(long long)app->bad_untold, app->bad_text);
	}
	app->bad_told_ms = app->now_ms;
	app->bad_untold = 0;
}

void trust_relink(struct app *app, struct effects *fx, const char *why) {
	if (app->relinking) {
		return;
	}
	app->relinking = app->distrusted = true;
	text_copy(effects_add(fx, EFFECT_RECONNECT)->text, EFFECT_TEXT_SIZE, why);
}

bool app_hears(const struct app *app) {
	return app->welcomed && !app->relinking;
}

/* Is it something of the feed's that may be said now? */
bool trust_expects(struct app *app, const struct app_event *event) {
	switch ((int)event->type) {
	case APP_WELCOME:
		if (app->welcomed && !app->relinking) {
			trust_bad(app, "%s", _("a second welcome"));
		}
		return !app->welcomed && !app->relinking;
	case APP_REGISTRY:
	case APP_EVENTS:
	case APP_CAUGHT_UP:
	case APP_DIVERGED:
	case APP_DONE:
	case APP_REFUSED:
	case APP_PRESENCE:
	case APP_BEAT: break;
	default: return true;
	}
	if (!app->welcomed && !app->relinking) {
		trust_bad(app, "%s", _("before its welcome"));
	}
	if (!app_hears(app)) {
		return false;
	}
	app->heard_ms = app->now_ms;
	return true;
}

void trust_head(struct app *app, int64_t head, struct effects *fx) {
	if (head < app->world.head && !app->snapshot) {
		trust_bad(app, _("its log went back from %lld to %lld"), (long long)app->world.head,
			(long long)head);
		trust_relink(app, fx, _("the feed's log went back"));
		return;
	}
	app->feed_head = head > app->feed_head ? head : app->feed_head;
	trust_behind(app);
}

void trust_behind(struct app *app) {
	if (app->world.head >= app->feed_head) {
		app->behind_ms = 0;
	} else if (app->behind_ms == 0) {
		app->behind_ms = app->now_ms;
	}
}

bool trust_is_behind(const struct app *app) {
	return app->behind_ms != 0 && app->now_ms - app->behind_ms > BEHIND_MS;
}

void trust_tick(struct app *app, struct effects *fx) {
	int64_t beat_ms = app->beat_ms > 0 ? app->beat_ms : BEAT_SAID_NOT;
	int64_t dead_ms = SILENT_BEATS * beat_ms, silent_ms = app->now_ms - app->heard_ms;
	bool live = app->link == APP_LINK_LIVE;
	trust_tell(app);
	if (live && silent_ms >= dead_ms && !app->receiving) {
		trust_relink(app, fx, _("the feed fell silent"));
	} else if (live && app->behind_ms != 0 && app->now_ms - app->behind_ms >= dead_ms) {
		trust_bad(app, _("it tells of %lld, but sends nothing after %lld"),
			(long long)app->feed_head, (long long)app->world.head);
		trust_relink(app, fx, _("the feed holds events back"));
	} else if ((live || app->link == APP_LINK_CATCHING_UP) && silent_ms >= MESSAGE_MS) {
		trust_relink(app, fx, _("the feed says nothing whole"));
	}
}
