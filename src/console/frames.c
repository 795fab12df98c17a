/* Between the feed's frames, the cache and the app: translation only. */
#include "runtime.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/ui/screen.h>

#include "plain.h"

void runtime_apply(struct runtime *rt, struct app_event *event) {
	if (event->type == APP_LINK_DOWN) {
		saving_flush(rt); /* Who is told next may be another feed. */
	}
	event->mono_ms = clock_mono_ms();
	event->wall_ms = clock_wall_ms();
	rt->fx.len = 0;
	app_apply(&rt->app, event, &rt->fx);
	rt->dirty = true;
	rt->untouched = rt->untouched && rt->app.still;
	enum pace_why why = rt->app.called ? PACE_ALARM : PACE_FEED;
	rt->why = rt->why < why ? why : rt->why;
	runtime_effects(rt, event);
}

void runtime_notice(struct runtime *rt, bool error, const char *text) {
	runtime_apply(rt, &(struct app_event){.type = APP_NOTICE, .error = error, .text = text});
}

static void from_presence(const struct server_frame *frame, struct app_event *event) {
	struct desk_now *desks = mem_alloc(frame->desks_len + 1, sizeof(*desks));
	struct viewer *viewers = mem_alloc(frame->who_len + 1, sizeof(*viewers));
	for (size_t i = 0; i < frame->who_len; i++) {
		text_copy(viewers[i].who.name, WHO_SIZE, frame->who[i].name);
		text_copy(viewers[i].who.position, WHO_SIZE, frame->who[i].position);
		text_copy(viewers[i].open, UUID_SIZE, frame->who[i].open);
	}
	event->viewers = viewers;
	event->viewers_len = frame->who_len;
	for (size_t i = 0; i < frame->desks_len; i++) {
		text_copy(desks[i].agency, sizeof(desks[i].agency), frame->desks[i].agency);
		desks[i].desk = frame->desks[i].desk;
	}
	event->desks = desks;
	event->desks_len = frame->desks_len;
}

bool runtime_is_quiet(const struct server_frame *frame) {
	size_t i = 0;
	while (i < frame->events.len && event_is_quiet(&frame->events.items[i])) {
		i++;
	}
	return frame->type == FRAME_EVENTS && i == frame->events.len;
}

/* Nothing of the street is ever shown as a training, whatever a feed says. */
static bool is_trainer(const struct runtime *rt) {
	return rt->app.role == ROLE_TRAINER && rt->app.mode != MODE_ACTUAL;
}

static void from_class(const struct training_frame *frame, struct training *training) {
	static_assert(TRAINING_PERSONS_MAX >= TRAINING_CLASS_MAX, "there is room for all");
	static_assert(TRAINING_NAME_SIZE == WHO_SIZE, "a name is whole");
	training->several = frame->class;
	text_copy(training->trainee, sizeof(training->trainee), frame->trainee);
	for (size_t i = 0; i < frame->trainees_len; i++) {
		const struct training_trainee *from = &frame->trainees[i];
		struct training_person *person = &training->persons[training->persons_len++];
		*person = (struct training_person){.at_ms = from->at_ms,
			.points = from->points,
			.possible = from->possible,
			.fresh = from->fresh,
			.open = from->open,
			.linked = from->linked,
			.paused = from->paused,
			.over = from->over};
		text_copy(person->name, sizeof(person->name), from->name);
	}
}

/* What the trainer is told of the trainee's exercise. */
static void from_training(const struct training_frame *frame, struct training *training) {
	*training = (struct training){.on = true,
		.followed = true,
		.at_ms = frame->at_ms,
		.end_ms = frame->end_ms,
		.speed_percent = frame->speed_percent,
		.paused = frame->paused,
		.watched = frame->watched,
		.over = frame->over};
	static_assert(TRAINING_ITEMS_MAX >= TRAINING_ALARMS_MAX, "there is room for all");
	for (size_t i = 0; i < frame->alarms_len; i++) {
		struct training_item *item = &training->items[training->items_len++];
		text_copy(item->key, sizeof(item->key), frame->alarms[i].key);
		text_copy(item->what, sizeof(item->what), frame->alarms[i].what);
	}
	from_class(frame, training);
	snprintf(training->said, sizeof(training->said), _("%s, %lld of %lld points%s%s"),
		frame->trainee, (long long)frame->points, (long long)frame->possible,
		frame->said[0] != '\0' ? ": " : "", frame->said);
}

static void apply_frame(struct runtime *rt, struct server_frame *frame) {
	struct app_event event = {0};
	struct training training = {0};
	bool dirty = rt->dirty;
	enum pace_why why = rt->why;
	event.head = frame->head;
	event.feed_now_ms = frame->now_ms;
	switch (frame->type) {
	case FRAME_WELCOME:
		event.type = APP_WELCOME;
		text_copy(event.feed, sizeof(event.feed), frame->feed);
		event.beat_ms = frame->beat_ms;
		event.name = frame->name;
		event.agency = frame->agency;
		event.role = frame->role;
		event.mode = frame->mode;
		break;
	case FRAME_REGISTRY:
		if (app_hears(&rt->app)) {
			keep_registry(rt, &frame->registry);
		}
		event.type = APP_REGISTRY;
		event.registry = &frame->registry;
		break;
	case FRAME_EVENTS:
		event.type = APP_EVENTS;
		event.events = frame->events.items;
		event.events_len = frame->events.len;
		event.open_only = frame->open_only;
		event.past = frame->past;
		event.partial = frame->partial;
		event.after = frame->after;
		event.head = frame->to;
		event.mark = frame->mark;
		break;
	case FRAME_LIVE:
		event.type = APP_CAUGHT_UP;
		event.purged_ms = frame->purged_ms;
		event.mark = frame->mark;
		break;
	case FRAME_DIVERGED: event.type = APP_DIVERGED; break;
	case FRAME_DONE:
		event.type = APP_DONE;
		event.id = frame->id;
		event.seq = frame->seq;
		break;
	case FRAME_REFUSED:
		event.type = APP_REFUSED;
		event.id = frame->id;
		event.refusal = &frame->refusal;
		break;
	case FRAME_PRESENCE:
		event.type = APP_PRESENCE;
		from_presence(frame, &event);
		break;
	case FRAME_BYE:
		event.type = APP_BYE;
		event.text = frame->reason;
		break;
	case FRAME_BEAT:
		event.type = APP_BEAT;
		event.trouble = frame->trouble;
		break;
	case FRAME_TRAINING:
		if (!is_trainer(rt)) {
			return;
		}
		event.type = APP_TRAINING;
		from_training(&frame->training, &training);
		event.training = &training;
		break;
	case SERVER_FRAME_COUNT: return;
	}
	rt->current = frame;
	runtime_apply(rt, &event);
	rt->current = NULL;
	if (frame->type == FRAME_TRAINING && frame->training.note[0] != '\0') {
		runtime_notice(rt, true, frame->training.note);
	}
	bool beat = frame->type == FRAME_BEAT;
	bool quiet = rt->app.link == APP_LINK_LIVE && runtime_is_quiet(frame);
	rt->dirty = quiet || (beat && rt->app.still) ? dirty : rt->dirty;
	/* That the feed is there is no news: as little as the clock does it hold an alarm back. */
	rt->why = beat ? why : rt->why;
	if (frame->type == FRAME_LIVE && rt->app.link == APP_LINK_LIVE) {
		/* The event that said so may be one that was not sent here. */
		forget_told(rt, frame->purged_ms);
	}
	if (frame->type == FRAME_WELCOME && rt->app.welcomed) {
		link_set_silence(rt->link, rt->app.beat_ms * 2);
	} else if (rt->app.link == APP_LINK_LIVE && !rt->app.distrusted) {
		link_settle(rt->link);
	}
	free((void *)(uintptr_t)event.desks);
	free((void *)(uintptr_t)event.viewers);
}

void runtime_message(struct runtime *rt, const char *text, size_t len) {
	struct server_frame frame;
	struct err err = {0};
	if (!wire_get_server_frame(&frame, text, len, &err)) {
		runtime_apply(rt, &(struct app_event){.type = APP_BAD_MESSAGE, .text = err.text});
		return;
	}
	apply_frame(rt, &frame);
	server_frame_finish(&frame);
}

/* --- the cache --- */

#define MEND_START_MS 100 /* at the start, at most so long */

static bool load_event(void *data, const char *body, size_t len) {
	struct runtime *rt = data;
	struct event event;
	if (wire_get_event(&event, body, len, NULL)) {
		runtime_apply(
			rt, &(struct app_event){
				    .type = APP_CACHE_EVENT, .events = &event, .events_len = 1});
		event_finish(&event);
	} else {
		/* Without it an incident may be missing: all that is open comes anew. */
		rt->app.bad_messages++;
		rt->app.broken = true;
	}
	return true;
}

void runtime_load_cache(struct runtime *rt) {
	struct cache_meta meta;
	struct buf json = {0};
	struct err err = {0};
	struct app_event event = {.type = APP_CACHE};
	struct registry registry = {0};
	char name[WHO_SIZE], agency[AGENCY_ID_SIZE];
	if (!cache_get_meta(rt->cache, &meta, &err)) {
		keep_unread(rt, &err);
		return;
	}
	text_copy(event.feed, sizeof(event.feed), meta.feed);
	event.head = meta.last_seq;
	event.feed_now_ms = meta.saved_at_ms;
	/* The file may have been written into. */
	text_clean(name, sizeof(name), meta.name, strlen(meta.name));
	text_clean(agency, sizeof(agency), meta.agency, strlen(meta.agency));
	event.name = name;
	event.agency = agency;
	event.mark = meta.mark;
	role_find(meta.role, &event.role);
	runtime_apply(rt, &event);
	if (cache_get_registry(rt->cache, &json, &err) == 1) {
		if (wire_get_registry(&registry, json.data, json.len, &err)) {
			runtime_apply(rt, &(struct app_event){.type = APP_CACHE_REGISTRY,
						  .registry = &registry});
		} else {
			runtime_notice(rt, true, err.text);
		}
	}
	buf_finish(&json);
	/* The board counts a whole shift, of which the queue shows the end only. */
	int64_t keep_ms = rt->app.cfg.keep_ended_ms > FIGURES_SHIFT_MS ? rt->app.cfg.keep_ended_ms
								       : FIGURES_SHIFT_MS;
	if (!cache_read(rt->cache, clock_wall_ms() - keep_ms, load_event, rt, &err)) {
		rt->app.broken = true;
		keep_unread(rt, &err);
	}
	runtime_load_outbox(rt);
	int64_t until_ms = clock_mono_ms() + MEND_START_MS;
	while (saving_mend(rt) && clock_mono_ms() < until_ms) {
	}
	/* Where nothing was ever saved as whole, the feed is asked for all again. */
	runtime_apply(rt, &(struct app_event){.type = APP_CACHE_DONE});
	forget_soon(rt);
}

/* --- effects --- */

/* The line takes nothing, and enough waits for it: later, as if the feed had said so. */
static void say_later(struct runtime *rt, const char *id) {
	const struct refusal later = {.code = REFUSAL_TOO_MANY};
	runtime_apply(rt, &(struct app_event){.type = APP_REFUSED, .id = id, .refusal = &later});
}

static void keep_and_send(struct runtime *rt, const struct effect *effect, bool now) {
	struct buf frame = {0}, kept = {0};
	char id[UUID_SIZE]; /* The command may be gone by the end. */
	text_copy(id, sizeof(id), effect->command->id);
	wire_put_do(&frame, effect->command);
	wire_put_kept_do(&kept, effect->command, effect->feed, effect->tried);
	keep_item(rt, effect, kept.data);
	buf_finish(&kept);
	if (now && !link_send(rt->link, frame.data, frame.len)) {
		say_later(rt, id);
	}
	buf_finish(&frame);
}

static void send_frame(struct runtime *rt, const struct effect *effect) {
	struct buf frame = {0};
	if (rt->link == NULL) {
		return;
	}
	if (effect->type == EFFECT_FOLLOW) {
		wire_put_follow(
			&frame, effect->has_after, effect->seq, effect->text, rt->opt->position);
	} else if (effect->type == EFFECT_GOT) {
		wire_put_got(&frame, effect->seq);
	} else if (effect->type == EFFECT_TELL) {
		wire_put_tell(&frame, effect->id);
	} else {
		wire_put_look(&frame, effect->id);
	}
	bool full = link_get_state(rt->link) == LINK_OPEN &&
		    !link_send(rt->link, frame.data, frame.len);
	buf_finish(&frame);
	/* The first of a link finds room. */
	if (full && (effect->type != EFFECT_FOLLOW || rt->app.link == APP_LINK_LIVE)) {
		say_later(rt, "");
	}
}

/* What a trainer asks of the console that is trained at. */
static void ask_training(struct runtime *rt, const struct effect *effect) {
	static const enum train_ask asks[TRAINING_ASK_COUNT] = {
		[TRAINING_PAUSE] = TRAIN_PAUSE,
		[TRAINING_SPEED] = TRAIN_SPEED,
		[TRAINING_NEXT] = TRAIN_NEXT,
		[TRAINING_SEEK] = TRAIN_SEEK,
		[TRAINING_RESTART] = TRAIN_RESTART,
		[TRAINING_SAY] = TRAIN_SAY,
		[TRAINING_RAISE] = TRAIN_RAISE,
		[TRAINING_DESK] = TRAIN_DESK,
		[TRAINING_DECLINE] = TRAIN_DECLINE,
		[TRAINING_LINK] = TRAIN_LINK,
		[TRAINING_TRAINEE] = TRAIN_WATCH,
	};
	struct train_frame train = {
		.ask = asks[effect->ask], .number = effect->seq, .all = effect->all};
	struct buf frame = {0};
	if (effect->ask == TRAINING_SCORE || effect->ask == TRAINING_TAKE) {
		runtime_notice(rt, false, _("That is the trainee's to do"));
		return;
	}
	bool worded = effect->ask == TRAINING_RAISE || effect->ask == TRAINING_LINK;
	text_copy(train.word, sizeof(train.word), worded ? effect->text : effect->id);
	text_copy(train.text, sizeof(train.text), worded ? "" : effect->text);
	wire_put_train(&frame, &train);
	if (rt->link == NULL || !link_send(rt->link, frame.data, frame.len)) {
		runtime_notice(rt, true, _("Not sent: there is no link to the training"));
	}
	buf_finish(&frame);
}

/* Does it look into the cache, or say what is in it? */
static bool needs_saved(enum effect_type type) {
	return type == EFFECT_FOLLOW || type == EFFECT_GOT || type == EFFECT_SET_ASIDE ||
	       type == EFFECT_FORGET || type == EFFECT_OUTBOX || type == EFFECT_HISTORY ||
	       type == EFFECT_OLD || type == EFFECT_RECONNECT || type == EFFECT_QUIT;
}

void runtime_effects(struct runtime *rt, const struct app_event *event) {
	/* An effect may bring a notice, which comes through here again: work on our own list. */
	struct effects fx = rt->fx;
	memset(&rt->fx, 0, sizeof(rt->fx));
	/* On the disk before anybody is told of it. */
	for (size_t i = 0; i < fx.len; i++) {
		if (fx.items[i].type == EFFECT_SEND || fx.items[i].type == EFFECT_HOLD) {
			keep_and_send(rt, &fx.items[i], fx.items[i].type == EFFECT_SEND);
		}
	}
	if (rt->plain != NULL) {
		plain_tell(rt->plain, event);
	}
	for (size_t i = 0; i < fx.len; i++) {
		const struct effect *effect = &fx.items[i];
		if (needs_saved(effect->type)) {
			saving_flush(rt);
		}
		switch (effect->type) {
		case EFFECT_FOLLOW:
		case EFFECT_GOT:
		case EFFECT_LOOK:
		case EFFECT_TELL: send_frame(rt, effect); break;
		case EFFECT_STORE: saving_store(rt, effect); break;
		case EFFECT_SET_ASIDE: keep_set_aside(rt); break;
		case EFFECT_SEND:
		case EFFECT_HOLD: break;
		case EFFECT_FORGET: keep_forget(rt, effect->id); break;
		case EFFECT_OUTBOX:
			if (effect->anew) {
				runtime_load_outbox(rt);
			} else {
				runtime_look_outbox(rt);
			}
			break;
		case EFFECT_BELL: outside_ring(rt, effect->told); break;
		case EFFECT_NOTIFY:
			if (rt->screen_up) {
				screen_notify(rt->notify, effect->text);
			}
			break;
		case EFFECT_CAMERA: outside_view(rt, effect->text); break;
		case EFFECT_THEME: runtime_theme(rt, effect->text); break;
		case EFFECT_HISTORY: history_read(rt, effect->text, effect->seq); break;
		case EFFECT_OLD: history_read_one(rt, effect->id); break;
		case EFFECT_REDRAW: rt->full = true; break;
		case EFFECT_RECONNECT:
			text_copy(rt->relink_why, sizeof(rt->relink_why), effect->text);
			loop_timer_set(rt->relink, 0);
			break;
		case EFFECT_TRAINING: ask_training(rt, effect); break;
		case EFFECT_QUIT: loop_stop(rt->loop); break;
		case EFFECT_TYPE_COUNT: break;
		}
	}
	effects_finish(&rt->fx);
	fx.len = 0;
	rt->fx = fx;
}
