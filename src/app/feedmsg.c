#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

static void set_feed_clock(struct app *app, int64_t feed_now_ms) {
	app->feed_offset_ms = feed_now_ms - app->now_ms;
	app->feed_clock_known = true;
}

/* Forgets what the old log said; the registry will come again. */
static void forget_world(struct app *app) {
	world_finish(&app->world);
	free(app->rows);
	app->rows = NULL;
	app->rows_len = 0;
	app->selected[0] = app->shown[0] = app->looked[0] = '\0';
	app->show_at_ms = 0;
	app->frozen = false; /* Held rows would let in nothing but new alarms. */
	app->near_len = app->near_pick = 0;
	app->near_chosen = false;
	app_picture_finish(&app->picture);
	memset(&app->undo, 0, sizeof(app->undo));
	marks_clear(app);
	past_finish(app);
	lacks_finish(app);
	presence_forget(app);
	app->mark_seq = 0;
	app->kept_seq = 0;
	app->mark[0] = '\0';
	app->has_data = false;
	app->cached = app->broken = false;
	memset(&app->modal, 0, sizeof(app->modal));
}

/* The mark of what we hold, where it is known for just that. */
static const char *mark_of(const struct app *app) {
	return app->mark_seq == app->world.head ? app->mark : "";
}

static void set_mark(struct app *app, const char *mark, int64_t seq) {
	if (mark != NULL && mark[0] != '\0' && seq == app->world.head) {
		text_copy(app->mark, sizeof(app->mark), mark);
		app->mark_seq = seq;
	}
}

/* Once is what happens to feeds. One that is another each time is not looked for often. */
static void set_aside(struct app *app, struct effects *fx) {
	effects_add(fx, EFFECT_SET_ASIDE);
	forget_world(app);
	app->distrusted = true;
}

static void follow(struct app *app, struct effects *fx) {
	bool whole = app->has_data && !app->resync;
	/* Of what was open here, what does not come again has ended meanwhile. */
	if (!whole && !lacks_add_open(app)) {
		set_aside(app, fx);
	}
	struct effect *follow = effects_add(fx, EFFECT_FOLLOW);
	follow->has_after = whole;
	follow->seq = app->follow_seq = app->world.head;
	text_copy(follow->text, sizeof(follow->text), mark_of(app));
	app->snapshot = !follow->has_after;
	app->snapshot_kept = app->cache_trouble == TROUBLE_NONE;
}

void feed_welcome(struct app *app, const struct app_event *event, struct effects *fx) {
	bool other_log = app->feed[0] != '\0' &&
			 (strcmp(app->feed, event->feed) != 0 || event->head < app->world.head);
	bool other_eyes = app->feed[0] != '\0' && app->role != ROLE_NONE &&
			  (!roles_see_the_same(app->role, event->role) ||
				  strcmp(app->agency, event->agency) != 0);
	if (other_log || other_eyes) {
		set_aside(app, fx);
		notice_add(app, true, "%s",
			other_log ? _("The feed has another log: the old cache is kept aside")
				  : _("The cache was made for another role: kept aside"));
	}
	if (app->broken) {
		set_aside(app, fx);
		notice_add(app, true, "%s", _("The cache cannot be read whole: kept aside"));
	}
	app->look_anew = app->look_anew || strcmp(app->feed, event->feed) != 0;
	text_copy(app->feed, sizeof(app->feed), event->feed);
	text_copy(app->name, sizeof(app->name), event->name);
	text_copy(app->agency, sizeof(app->agency), event->agency);
	app->role = event->role;
	if (!command_for_role(app, COMMAND_BOARD)) {
		board_leave(app);
	}
	app->mode = event->mode;
	training_leave(app);
	app->beat_ms = event->beat_ms;
	app->welcomed = app->named = true;
	outbox_name(app);
	app->heard_ms = app->now_ms;
	app->link = APP_LINK_CATCHING_UP;
	set_feed_clock(app, event->feed_now_ms);
	follow(app, fx);
	app->feed_head = event->head;
	trust_behind(app);
}

void feed_diverged(struct app *app, struct effects *fx) {
	if (app->snapshot || app->link == APP_LINK_LIVE) {
		trust_bad(app, "%s", _("another log, where none was followed"));
		return;
	}
	set_aside(app, fx);
	notice_add(app, true, "%s", _("The feed has another log: the old cache is kept aside"));
	follow(app, fx);
}

void feed_registry(struct app *app, struct registry *registry) {
	struct registry *old = &app->world.registry;
	for (size_t i = 0; i < registry->agencies_len; i++) {
		const struct agency *known = registry_agency(old, registry->agencies[i].id);
		if (known != NULL) {
			registry->agencies[i].desk = known->desk;
		}
	}
	app->near_len = 0;
	registry_finish(old);
	*old = *registry;
	memset(registry, 0, sizeof(*registry));
	registry_index(old);
	near_refresh(app);
}

static void note_raised(struct app *app, const struct event *event) {
	if (event->type == EVENT_INCIDENT_RAISED && app->modal.type != MODAL_NONE) {
		app->modal.arrived++;
	}
}

/* Who worked an incident is told when somebody takes it over; called before the event is applied.
 */
static void note_taken(struct app *app, const struct event *event) {
	const struct incident *inc = world_incident(&app->world, event->incident);
	if (event->type == EVENT_INCIDENT_CLAIMED && inc != NULL &&
		strcmp(inc->claim.name, app->name) == 0 && strcmp(event->by.name, app->name) != 0) {
		notice_add(app, true, _("%s has taken over #%lld: %s"), event->by.name,
			(long long)inc->number, event->note != NULL ? event->note : "-");
	}
}

/* What makes the bell due on this console. */
static bool calls(const struct app *app, const struct event *event) {
	if (app->role == ROLE_AGENCY) {
		return event->type == EVENT_DISPATCH_REQUESTED &&
		       strcmp(event->agency, app->agency) == 0;
	}
	return event->type == EVENT_INCIDENT_RAISED || event->type == EVENT_INCIDENT_ALARM_ADDED;
}

static void keep_up_to(struct app *app, size_t first, int64_t after, int64_t seq, const char *mark,
	struct effects *fx) {
	struct effect *store = effects_add(fx, EFFECT_STORE);
	store->first = first;
	store->after = after;
	store->seq = seq;
	text_copy(store->text, sizeof(store->text), mark != NULL ? mark : "");
	app->kept_seq = seq != 0 ? seq : app->kept_seq;
}

/*
 * What goes into the cache is what follows on what is in it, be it new or only new to the cache;
 * while the cache cannot be written it falls behind, and nothing is put there behind a gap.
 * `whole`: all of the message was taken.
 */
static void keep_events(
	struct app *app, const struct app_event *event, bool whole, struct effects *fx) {
	size_t first = 0, end = event->events_len;
	if (app->cache_trouble != TROUBLE_NONE) {
		return;
	}
	if (event->open_only || event->past) {
		if (end > 0 && whole) {
			keep_up_to(app, 0, 0, 0, "", fx);
		}
		return;
	}
	/* After a gap in the message: not applied, not kept. */
	while (end > 0 && event->events[end - 1].seq > app->world.head) {
		end--;
	}
	while (first < end && event->events[first].seq <= app->kept_seq) {
		first++;
	}
	int64_t upto = event->partial && whole ? event->head
		       : end > 0               ? event->events[end - 1].seq
					       : 0;
	bool follows = event->partial
			       ? event->after <= app->kept_seq
			       : first < end && event->events[first].seq == app->kept_seq + 1;
	if (follows && upto > app->kept_seq) {
		keep_up_to(app, first, app->kept_seq, upto, whole ? event->mark : "", fx);
	}
}

/* Is it a message that this console may be sent, at the place in the log where it is? */
static bool in_turn(struct app *app, const struct app_event *event, struct effects *fx) {
	bool desk = app->role == ROLE_AGENCY;
	if (event->open_only && !app->snapshot) {
		trust_bad(app, "%s", _("the open incidents, for which nobody asked"));
	} else if ((event->past || event->partial) && event->open_only) {
		trust_bad(app, "%s", _("the open incidents, and not the open incidents"));
	} else if ((event->partial || (event->past && app->lacks_len == 0)) && !desk) {
		trust_bad(app, "%s", _("a part of the log, for one who may see all of it"));
	} else if (event->partial && event->after > app->world.head) {
		trust_bad(app, _("it went from %lld to %lld"), (long long)app->world.head,
			(long long)event->after);
		trust_relink(app, fx, _("the feed left something out"));
		return false;
	} else {
		return true;
	}
	trust_relink(app, fx, _("the feed lost its place"));
	return false;
}

/* May this event of the message come next? *seen: it is here already, and no harm. */
static bool is_next(struct app *app, const struct app_event *event, const struct event *item,
	struct effects *fx, bool *seen) {
	int64_t head = app->world.head;
	bool asked = app->role == ROLE_AGENCY || item->type == EVENT_UNREAD ||
		     lacks_has(app, item->incident);
	/* Seen: an alarm is never shown twice. Of what was before, the incident itself knows. */
	*seen = !event->open_only && !event->past && item->seq <= head;
	bool ok = event->open_only || *seen ||
		  (event->past             ? item->seq <= head && asked
			  : event->partial ? item->seq <= event->head
					   : item->seq == head + 1);
	if (!ok) {
		trust_bad(
			app, _("it went from %lld to %lld"), (long long)head, (long long)item->seq);
		trust_relink(app, fx, _("the feed left something out"));
	}
	return ok;
}

/* It had ended before we came, and is open again. */
static bool is_unknown(const struct event *event, const struct incident *inc) {
	return inc == NULL &&
	       (event->type == EVENT_INCIDENT_REOPENED || event->type == EVENT_INCIDENT_SPLIT);
}

static bool ends(const struct event *event) {
	return event->type == EVENT_INCIDENT_CLOSED || event->type == EVENT_INCIDENT_REJECTED ||
	       event->type == EVENT_INCIDENT_MERGED;
}

static void take_event(struct app *app, const struct app_event *event, const struct event *item,
	struct effects *fx) {
	bool live = app->link == APP_LINK_LIVE && !event->past;
	if (live) {
		note_taken(app, item);
	}
	const struct incident *inc = world_apply(&app->world, item);
	if (item->type == EVENT_UNREAD) {
		trust_bad(app, _("event %lld: %s"), (long long)item->seq, item->note);
		return;
	}
	if (event->open_only) {
		lacks_drop(app, item->incident);
	}
	bool next = !event->open_only && !event->past;
	if (next && is_unknown(item, inc) && !lacks_add(app, item->incident, item->seq)) {
		app->broken = true;
		trust_relink(app, fx, _("too much is missing here"));
	}
	if (next && inc == NULL && ends(item)) {
		lacks_ended(app, item->incident);
	}
	if (item->type == EVENT_LOG_PURGED) {
		app_forget_persons(app, item->before_ms);
	}
	if (next && !event_is_quiet(item)) {
		log_event(app, item);
	}
	if (live) {
		note_raised(app, item);
		if (calls(app, item)) {
			app->bell_due = app->called = true;
			alert_notify(app, item, fx);
		}
	}
}

void feed_events(struct app *app, const struct app_event *event, struct effects *fx) {
	size_t first = event->events_len, i = 0;
	int64_t before = app->world.head;
	if (!in_turn(app, event, fx)) {
		return;
	}
	app_forget_ended(app);
	for (; i < event->events_len; i++) {
		const struct event *item = &event->events[i];
		bool seen;
		if (!is_next(app, event, item, fx, &seen)) {
			break;
		}
		if (!seen) {
			first = first == event->events_len ? i : first;
			take_event(app, event, item, fx);
		}
	}
	if (event->partial && i == event->events_len && event->head > app->world.head) {
		app->world.head = event->head;
	}
	trust_behind(app);
	if (app->world.head > before && !event->open_only) {
		set_mark(app, event->mark,
			event->partial ? event->head : event->events[event->events_len - 1].seq);
	}
	keep_events(app, event, i == event->events_len, fx);
	if (first < event->events_len && app->role == ROLE_AGENCY && !app->cfg.readonly &&
		!app->snapshot && !event->past) {
		effects_add(fx, EFFECT_GOT)->seq = app->world.head;
	}
	if (app->link == APP_LINK_LIVE) {
		modal_check(app);
		rows_changed(app);
		near_refresh(app);
		if (app->bell_due) {
			alert_bell(app, fx); /* What rings again does so with a tick. */
		}
		lacks_ask(app, fx);
	}
}

void feed_caught_up(struct app *app, const struct app_event *event, struct effects *fx) {
	if (app->link == APP_LINK_LIVE) {
		if (app->lives == 0) {
			trust_bad(app, "%s", _("live, and so it was"));
			return;
		}
		app->lives--;
		bool again = app->refill_again;
		app->refill = app->refill_again = false;
		if (again) {
			trouble_refill(app, fx);
		}
		return;
	}
	if (app->snapshot ? event->head < app->feed_head : event->head != app->world.head) {
		trust_bad(app, _("live at %lld, and we have %lld"), (long long)event->head,
			(long long)app->world.head);
		trust_relink(app, fx, _("the feed lost its place"));
		return;
	}
	if (app->snapshot) {
		app->snapshot = false;
		app->resync = false;
		app->whole_since_ms = app_feed_now(app);
		app_forget_persons(app, event->purged_ms);
		if (event->head > app->world.head) {
			app->world.head = event->head;
		}
		/* What came before the open incidents is not to come any more. */
		trust_behind(app);
		set_mark(app, event->mark, event->head);
		if (app->snapshot_kept) {
			keep_up_to(app, 0, 0, app->world.head, mark_of(app), fx);
		}
	} else {
		set_mark(app, event->mark, event->head);
	}
	/* A desk that only looks has received nothing: nobody there can answer. */
	if (app->role == ROLE_AGENCY && !app->cfg.readonly) {
		effects_add(fx, EFFECT_GOT)->seq = app->world.head;
	}
	bool first = !app->was_live;
	int64_t gone_ms = app->now_ms - app->lost_ms;
	app->link = APP_LINK_LIVE;
	app->was_live = true;
	app->has_data = true;
	app->cached = false;
	app->retry_at_ms = 0;
	if (!first) {
		notice_add(app, false, _("Link restored after %lld s, nothing lost"),
			(long long)(gone_ms / 1000));
	}
	modal_check(app);
	rows_refresh(app);
	/* The catch-up was silent; one ring for what still waits. */
	app->bell_ms = 0;
	app->bell_due = true;
	alert_bell(app, fx);
	outbox_resume(app, fx);
	lacks_ask(app, fx);
	trouble_refill(app, fx);
	if (app->selected[0] != '\0') {
		rows_look(app, fx);
	}
}

/* What nobody asked is not answered: it would be told as the operator's, and cost a write. */
static bool is_awaited(struct app *app, const char *id) {
	if (!outbox_awaits(app, id)) {
		trust_bad(app, "%s", _("an answer to what was not asked"));
		return false;
	}
	return true;
}

void feed_done(struct app *app, const struct app_event *event, struct effects *fx) {
	if (is_awaited(app, event->id)) {
		text_copy(effects_add(fx, EFFECT_FORGET)->id, UUID_SIZE, event->id);
		outbox_drop(app, event->id);
	}
}

static void put_off(struct app *app, const char *id) {
	bool told = app->again_at_ms != 0;
	if (id[0] == '\0') {
		/* Maybe it was that: it is told again, or asked. */
		app->looked[0] = '\0';
		app->refill = false;
		lacks_again(app);
	}
	outbox_again(app, id);
	if (!told) {
		notice_add(app, true, "%s",
			_("The feed takes no more at once: it is sent again in a moment"));
	}
}

void feed_refused(struct app *app, const struct app_event *event, struct effects *fx) {
	if (event->id[0] != '\0' && !is_awaited(app, event->id)) {
		return;
	}
	if (event->refusal->code == REFUSAL_TOO_MANY) {
		put_off(app, event->id);
		return;
	}
	if (event->id[0] == '\0') {
		trust_bad(app, _("it does not understand us: %s"), event->refusal->message);
		return;
	}
	if (event->refusal->code == REFUSAL_UNAVAILABLE) {
		/* Nothing was done, and it is not the operator's doing: it goes again by itself. */
		outbox_again(app, event->id);
		notice_add(app, true,
			_("NOT SENT: the feed cannot write now (%s). It is tried again"),
			event->refusal->message);
		return;
	}
	notice_add(app, true, _("REFUSED: %s"), event->refusal->message);
	text_copy(effects_add(fx, EFFECT_FORGET)->id, UUID_SIZE, event->id);
	outbox_drop(app, event->id);
}

void feed_bye(struct app *app, const struct app_event *event) {
	if (app->bye_said) {
		trust_bad(app, "%s", _("a second goodbye"));
		return;
	}
	app->bye_said = true;
	notice_add(app, true, _("The feed ends the link: %s"), event->text);
}

void feed_link_down(struct app *app, const struct app_event *event) {
	if (app->link == APP_LINK_LIVE || app->link == APP_LINK_CATCHING_UP) {
		app->lost_ms = app->now_ms;
		app->cached_at_ms = app->proof_ms + app->feed_offset_ms;
		app->cached = app->has_data;
	}
	trust_link(app);
	lacks_link(app);
	if (event->refused) {
		app->link = APP_LINK_REFUSED;
		notice_add(app, true, _("The feed refused us: %s"), event->text);
	} else if (app->link != APP_LINK_CONNECTING || app->cached) {
		app->link = APP_LINK_LOST;
	}
	/* It does not pass by itself: said once, however often it is tried. */
	if (event->distrusted && strcmp(app->link_why, event->text) != 0) {
		notice_add(app, true, _("No link, TLS: %s"), event->text);
	}
	app->retry_at_ms = event->retry_ms >= 0 ? app->now_ms + event->retry_ms : 0;
	text_copy(app->link_why, sizeof(app->link_why), event->text);
	for (size_t i = 0; i < app->pending_len; i++) {
		app->pending[i]->sent = false;
	}
	presence_forget(app);
	for (size_t i = 0; i < app->world.registry.agencies_len; i++) {
		struct agency *agency = &app->world.registry.agencies[i];
		agency->desk = agency->by_phone ? DESK_PHONE : DESK_UNKNOWN;
	}
}

void feed_cache(struct app *app, const struct app_event *event) {
	text_copy(app->feed, sizeof(app->feed), event->feed);
	text_copy(app->name, sizeof(app->name), event->name);
	text_copy(app->agency, sizeof(app->agency), event->agency);
	app->role = event->role;
	app->world.head = app->kept_seq = event->head;
	set_mark(app, event->mark, event->head);
	app->cached_at_ms = event->feed_now_ms;
	app->has_data = event->feed[0] != '\0' && event->feed_now_ms != 0;
	app->cached = app->has_data;
}

void feed_cached(struct app *app, const struct event *event) {
	const struct incident *inc = world_apply(&app->world, event);
	if (is_unknown(event, inc) && !lacks_add(app, event->incident, event->seq)) {
		app->broken = true;
	}
}

void feed_cache_done(struct app *app) {
	rows_refresh(app);
}
