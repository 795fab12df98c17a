/* What cannot be written: the feed's log, or what this console keeps. */
#include "private.h"

const char *app_trouble_word(enum trouble trouble) {
	switch (trouble) {
	case TROUBLE_FULL: return _("disk full");
	case TROUBLE_READ_ONLY: return _("read-only");
	case TROUBLE_IO: return _("disk error");
	case TROUBLE_DAMAGED: return _("file damaged");
	case TROUBLE_NONE:
	case TROUBLE_OTHER:
	case TROUBLE_COUNT: break;
	}
	return _("cause unknown");
}

const char *app_hold_reason(const struct app *app) {
	if (app->link != APP_LINK_LIVE) {
		return _("! No link: with y it waits in the outbox, not sent");
	}
	if (app->feed_trouble != TROUBLE_NONE) {
		return _("! The feed cannot write: with y it waits in the outbox, not sent");
	}
	return NULL;
}

void trouble_feed(struct app *app, enum trouble trouble, struct effects *fx) {
	enum trouble before = app->feed_trouble;
	app->feed_trouble = trouble;
	if (before == TROUBLE_NONE && trouble != TROUBLE_NONE) {
		app->feed_trouble_since_ms = app_feed_now(app);
		app->call_due = true;
		notice_add(app, true, _("The feed cannot write: %s"), app_trouble_word(trouble));
	} else if (before != TROUBLE_NONE && trouble == TROUBLE_NONE) {
		notice_add(app, false, _("The feed can write again, after %lld s"),
			(long long)(app_feed_now(app) - app->feed_trouble_since_ms) / 1000);
		if (app->link == APP_LINK_LIVE) {
			outbox_resume(app, fx);
		}
	}
}

void trouble_refill(struct app *app, struct effects *fx) {
	if (app->link != APP_LINK_LIVE || app->cache_trouble != TROUBLE_NONE || app->refill ||
		app->kept_seq >= app->world.head) {
		return;
	}
	if (app->kept_seq == 0) {
		/* It holds nothing: what is open now is what it is to begin with. */
		app->resync = true;
		trust_relink(app, fx, _("to fill the cache"));
		return;
	}
	struct effect *follow = effects_add(fx, EFFECT_FOLLOW);
	follow->has_after = true;
	follow->seq = app->kept_seq;
	app->refill = true;
	app->lives++;
}

void trouble_cache(struct app *app, const struct app_event *event, struct effects *fx) {
	enum trouble before = app->cache_trouble;
	app->cache_trouble = event->trouble;
	app->kept_seq = event->seq;
	app->snapshot_kept = app->snapshot_kept && event->trouble == TROUBLE_NONE;
	app->refill_again = app->refill;
	if (before == TROUBLE_NONE && event->trouble != TROUBLE_NONE) {
		app->cache_trouble_since_ms = app_feed_now(app);
		notice_add(app, true, _("Nothing can be kept on this machine: %s%s%s"),
			app_trouble_word(event->trouble), event->text != NULL ? ": " : "",
			event->text != NULL ? event->text : "");
	} else if (before != TROUBLE_NONE && event->trouble == TROUBLE_NONE) {
		notice_add(app, false, _("It is kept on this machine again, after %lld s"),
			(long long)(app_feed_now(app) - app->cache_trouble_since_ms) / 1000);
		outbox_keep(app, fx);
		trouble_refill(app, fx);
	}
}
