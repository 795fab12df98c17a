#include "keep.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#include "runtime.h"
#include "xdg.h"

#define WAIT_MS     1000
#define WAIT_MAX_MS 60000
/* A write of another console takes a moment; one that does not end, because that console was
 * stopped, must not stop the operator here. */
#define PATIENT_MS   700
#define IMPATIENT_MS 30
#define OPENING_MS   3000 /* it may bring an older file up to date */

/* --- whose it is: consoles of other feeds or roles may use the same folder --- */

void keep_sign(const struct runtime *rt, struct cache_meta *meta) {
	text_copy(meta->feed, sizeof(meta->feed), rt->app.feed);
	text_copy(meta->name, sizeof(meta->name), rt->app.name);
	text_copy(meta->role, sizeof(meta->role), role_name(rt->app.role));
	text_copy(meta->agency, sizeof(meta->agency), rt->app.agency);
}

bool keep_goes_on(const struct cache_meta *kept, const struct cache_meta *now) {
	enum role before, after;
	return strcmp(kept->feed, now->feed) == 0 && strcmp(kept->agency, now->agency) == 0 &&
	       (!role_find(kept->role, &before) || !role_find(now->role, &after) ||
		       roles_see_the_same(before, after));
}

bool keep_is_ours(struct runtime *rt) {
	struct cache_meta kept, now = {0};
	keep_sign(rt, &now);
	return rt->app.feed[0] == '\0' || !cache_get_meta(rt->cache, &kept, NULL) ||
	       kept.feed[0] == '\0' || keep_goes_on(&kept, &now);
}

/* --- when it cannot be written --- */

/* The last event that is surely in the cache, of the log that the app follows. */
static int64_t kept_seq(struct runtime *rt) {
	struct cache_meta meta;
	bool ours = rt->cache != NULL && !rt->keep.aside && keep_is_ours(rt) &&
		    cache_get_meta(rt->cache, &meta, NULL) && strcmp(meta.feed, rt->app.feed) == 0;
	return ours ? meta.last_seq : 0;
}

static void tell(struct runtime *rt, enum trouble trouble, const char *why) {
	rt->keep.trouble = trouble;
	saving_drop(rt); /* What is not in it now is asked for again. */
	if (rt->cache != NULL) {
		cache_set_patience(rt->cache, trouble == TROUBLE_NONE ? PATIENT_MS : IMPATIENT_MS);
	}
	runtime_apply(rt,
		&(struct app_event){
			.type = APP_KEPT, .trouble = trouble, .text = why, .seq = kept_seq(rt)});
}

static void wait_longer(struct keep *keep) {
	keep->wait_ms = keep->wait_ms < WAIT_MS           ? WAIT_MS
			: keep->wait_ms < WAIT_MAX_MS / 2 ? 2 * keep->wait_ms
							  : WAIT_MAX_MS;
}

static void fail_with(struct runtime *rt, enum trouble trouble, const char *why) {
	struct keep *keep = &rt->keep;
	int64_t now_ms = clock_mono_ms();
	enum trouble now;
	if (now_ms - keep->failed_ms > 2 * WAIT_MAX_MS) {
		keep->wait_ms = 0;
	}
	keep->failed_ms = now_ms;
	if (rt->cache != NULL) {
		cache_set_patience(rt->cache, IMPATIENT_MS);
	}
	/* What the system says of the disk itself is more exact. */
	if (trouble != TROUBLE_DAMAGED && rt->cache != NULL &&
		!cache_probe(rt->cache, &now, NULL)) {
		trouble = now;
	}
	wait_longer(keep);
	tell(rt, trouble != TROUBLE_NONE ? trouble : TROUBLE_OTHER, why);
	/* What is broken gets no better: the next start sets it aside. */
	if (rt->keep.trouble != TROUBLE_DAMAGED) {
		loop_timer_set(keep->timer, keep->wait_ms);
	}
}

/* Closes a file that nobody would find again. */
static bool drop_gone(struct runtime *rt) {
	if (rt->cache == NULL || !cache_is_gone(rt->cache)) {
		return false;
	}
	cache_close(rt->cache);
	rt->cache = NULL;
	rt->keep.gone = true;
	runtime_apply(rt, &(struct app_event){.type = APP_OUTBOX_GONE});
	return true;
}

void keep_failed_for(struct runtime *rt, enum trouble trouble, const struct err *err) {
	/* What is wrong with a file that is gone says nothing of the new one. */
	if (drop_gone(rt)) {
		trouble = TROUBLE_OTHER;
		loop_timer_set(rt->keep.timer, WAIT_MS);
	}
	/* What follows on the first failure is no news. */
	if (rt->keep.trouble == TROUBLE_NONE) {
		fail_with(rt, trouble, err->text);
	}
}

void keep_failed(struct runtime *rt, const struct err *err) {
	keep_failed_for(rt, rt->cache != NULL ? cache_trouble(rt->cache) : TROUBLE_OTHER, err);
}

void keep_unread(struct runtime *rt, const struct err *err) {
	runtime_notice(rt, true, err->text);
	if (cache_is_gone(rt->cache)) {
		/* Closed there: whoever reads is not done with it. */
		loop_timer_set(rt->keep.timer, WAIT_MS);
	} else if (cache_trouble(rt->cache) == TROUBLE_DAMAGED) {
		runtime_notice(rt, true,
			_("What is kept here is damaged: leave with :quit and start again, which "
			  "mends it"));
	}
}

/* --- what is kept --- */

void keep_registry(struct runtime *rt, const struct registry *reg) {
	struct buf json = {0};
	struct err err = {0};
	saving_flush(rt);
	wire_put_registry(&json, reg);
	rt->keep.registry =
		rt->keep.trouble != TROUBLE_NONE || (rt->cache != NULL && !keep_is_ours(rt));
	if (rt->cache != NULL && !rt->keep.registry &&
		!cache_save_registry(rt->cache, json.data, json.len, &err)) {
		rt->keep.registry = true;
		keep_failed(rt, &err);
	}
	buf_finish(&json);
}

void keep_item(struct runtime *rt, const struct effect *effect, const char *frame) {
	struct app_event event = {.type = APP_HELD};
	struct err err = {0};
	bool held = effect->type == EFFECT_HOLD;
	char id[UUID_SIZE];
	text_copy(id, sizeof(id), effect->command->id);
	event.id = id;
	saving_flush(rt);
	if (rt->cache == NULL) {
		event.trouble = rt->keep.trouble;
	} else if (!cache_outbox_put(rt->cache, id, effect->made_ms, frame, &err)) {
		keep_failed(rt, &err);
		event.trouble = rt->keep.trouble;
	}
	if (held || event.trouble != TROUBLE_NONE) {
		runtime_apply(rt, &event);
	}
}

static void remember_to_forget(struct keep *keep, const char *id) {
	keep->forget = mem_resize(keep->forget, keep->forget_len + 1, sizeof(*keep->forget));
	text_copy(keep->forget[keep->forget_len++], UUID_SIZE, id);
}

void keep_forget(struct runtime *rt, const char *id) {
	struct err err = {0};
	if (rt->cache == NULL || !cache_outbox_drop(rt->cache, id, &err)) {
		/* Or the next start would ask about what was done long ago. */
		remember_to_forget(&rt->keep, id);
		if (rt->cache != NULL) {
			keep_failed(rt, &err);
		}
	}
}

void keep_set_aside(struct runtime *rt) {
	char aside[256];
	struct err err = {0};
	rt->keep.aside = rt->cache == NULL;
	rt->keep.before_ms = 0; /* What is to come may be another feed's, which says it itself. */
	if (rt->cache != NULL && !cache_set_aside(rt->cache, aside, sizeof(aside), &err)) {
		rt->keep.aside = true;
		keep_failed(rt, &err);
	}
}

/* --- when it can be written again --- */

/* It could not even be opened until now. */
static bool open_late(struct runtime *rt, enum trouble *trouble, struct err *err) {
	char notice[256];
	rt->cache =
		cache_try_open(rt->keep.dir, IMPATIENT_MS, notice, sizeof(notice), trouble, err);
	if (rt->cache == NULL) {
		*trouble = *trouble != TROUBLE_NONE ? *trouble : TROUBLE_OTHER;
		return false;
	}
	cache_set_patience(rt->cache, IMPATIENT_MS);
	if (notice[0] != '\0') {
		runtime_notice(rt, true, notice);
	}
	if (rt->app.feed[0] == '\0') {
		runtime_load_cache(rt);
	} else {
		rt->keep.aside = !keep_is_ours(rt);
		rt->keep.registry = true;
		if (!rt->keep.gone) {
			runtime_load_outbox(rt); /* Else all that is ours is in memory. */
		}
	}
	/* It may have been taken away while it was read. */
	*trouble = rt->cache == NULL ? TROUBLE_OTHER : TROUBLE_NONE;
	return rt->cache != NULL;
}

/* What was in the file that is gone; what the other console has taken out of it is there already.
 */
static bool keep_pending(struct runtime *rt, struct err *err) {
	bool done = true;
	for (size_t i = 0; done && i < rt->app.pending_len; i++) {
		const struct app_pending *item = rt->app.pending[i];
		struct buf kept = {0};
		wire_put_kept_do(&kept, &item->command, item->feed, item->tried);
		done = cache_outbox_put(rt->cache, item->command.id, item->made_ms, kept.data, err);
		buf_finish(&kept);
	}
	/* From the end: what is for others is not held in memory any longer. */
	for (size_t i = rt->app.pending_len; done && i > 0; i--) {
		char id[UUID_SIZE];
		text_copy(id, sizeof(id), rt->app.pending[i - 1]->command.id);
		runtime_apply(rt, &(struct app_event){.type = APP_HELD, .id = id});
	}
	return done;
}

/* What had to be left undone. */
static bool catch_up(struct runtime *rt, struct err *err) {
	struct keep *keep = &rt->keep;
	struct buf json = {0};
	char aside[256];
	bool done = !keep->aside || cache_set_aside(rt->cache, aside, sizeof(aside), err);
	keep->aside = !done;
	if (done && keep->gone) {
		done = keep_pending(rt, err);
		keep->gone = !done;
	}
	while (done && keep->forget_len > 0) {
		done = cache_outbox_drop(rt->cache, keep->forget[keep->forget_len - 1], err);
		keep->forget_len -= done;
	}
	if (done && keep->registry && keep_is_ours(rt)) {
		wire_put_registry(&json, &rt->app.world.registry);
		done = cache_save_registry(rt->cache, json.data, json.len, err);
		keep->registry = !done;
		buf_finish(&json);
	}
	if (done && keep_is_ours(rt)) {
		forget_soon(rt);
	}
	return done;
}

static void tell_taken(struct runtime *rt) {
	if (!rt->keep.taken) {
		runtime_notice(rt, true,
			_("Another console keeps here what another feed says or another role may "
			  "see: give one of them a --state of its own"));
	}
}

static void on_time(void *data) {
	struct runtime *rt = data;
	enum trouble trouble = TROUBLE_NONE;
	struct err err = {0};
	saving_flush(rt);
	if (drop_gone(rt) && rt->keep.trouble == TROUBLE_NONE) {
		tell(rt, TROUBLE_OTHER, NULL); /* So that the new one is filled. */
	}
	bool well = rt->cache != NULL ? cache_probe(rt->cache, &trouble, &err)
				      : open_late(rt, &trouble, &err);
	if (well && !catch_up(rt, &err)) {
		trouble = drop_gone(rt) ? TROUBLE_OTHER : cache_trouble(rt->cache);
		trouble = trouble != TROUBLE_NONE ? trouble : TROUBLE_OTHER;
		/* To set a big one aside and fail costs a copy of it each time. */
		wait_longer(&rt->keep);
	}
	bool taken = trouble == TROUBLE_NONE && !keep_is_ours(rt);
	if (taken) {
		trouble = TROUBLE_OTHER;
		tell_taken(rt);
	}
	rt->keep.taken = taken;
	if (trouble == TROUBLE_NONE || trouble != rt->keep.trouble) {
		tell(rt, trouble, err.text);
	}
	if (trouble != TROUBLE_NONE && trouble != TROUBLE_DAMAGED) {
		/* The other one may live long. */
		int64_t wait_ms = rt->keep.wait_ms > WAIT_MS ? rt->keep.wait_ms : WAIT_MS;
		loop_timer_set(rt->keep.timer, taken ? WAIT_MAX_MS : wait_ms);
	}
	runtime_want_draw(rt);
}

/* --- start and end --- */

bool keep_open(struct runtime *rt, struct err *err) {
	struct keep *keep = &rt->keep;
	char notice[256] = "";
	enum trouble trouble;
	if (rt->opt->state != NULL) {
		text_copy(keep->dir, sizeof(keep->dir), rt->opt->state);
	} else if (!xdg_state_dir(keep->dir, sizeof(keep->dir), err)) {
		return false;
	}
	keep->timer = loop_timer_create(rt->loop, on_time, rt);
	rt->cache = cache_try_open(keep->dir, OPENING_MS, notice, sizeof(notice), &trouble, err);
	/* Without a feed there would be nothing to look at. */
	if (rt->cache == NULL && (trouble == TROUBLE_NONE || rt->opt->offline)) {
		return false;
	}
	if (rt->cache == NULL) {
		fail_with(rt, trouble, err->text);
		err->text[0] = '\0'; /* It is told, and may pass. */
	} else {
		cache_set_patience(rt->cache, PATIENT_MS);
		runtime_load_cache(rt);
	}
	if (notice[0] != '\0') {
		runtime_notice(rt, true, notice);
	}
	return true;
}

void keep_close(struct runtime *rt) {
	saving_finish(rt);
	loop_timer_destroy(rt->keep.timer);
	cache_close(rt->cache);
	free(rt->keep.forget);
}
