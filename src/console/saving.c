#include "saving.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#include "runtime.h"
#include "summary.h"

#define APART_MS       80        /* two saves in a rush, where no frame comes between them */
#define WAITING_MAX    (1 << 20) /* bytes */
#define MEND_INCIDENTS 8         /* at a save: each costs the reading of its events */

struct saving_event {
	int64_t seq, at_ms;
	enum event_type type;
	bool personal;
	char incident[UUID_SIZE];
	const char *body; /* the message's until it has to outlive it */
	char *own;        /* owned; else NULL */
};

/* --- history --- */

static bool mend_event(void *data, const char *body, size_t len) {
	struct world *world = data;
	struct event event;
	if (wire_get_event(&event, body, len, NULL)) {
		world_apply(world, &event);
		event_finish(&event);
	}
	return true;
}

/* Makes the row of an incident from the events that the cache has of it. */
static bool mend(struct runtime *rt, const char *id, struct err *err) {
	struct world world = {0};
	struct summary summary = {0};
	const struct incident *inc;
	bool done = cache_read_incident(rt->cache, id, mend_event, &world, err);
	inc = world_incident(&world, id);
	if (done && inc != NULL) {
		summary_add(&summary, inc);
	}
	done = done && cache_history_mend(rt->cache, id, summary.rows, err);
	summary_finish(&summary);
	world_finish(&world);
	return done;
}

/* Incidents that an older console kept, or that were no longer in memory, or further on, when what
 * was said about them was saved. */
bool saving_mend(struct runtime *rt) {
	char ids[MEND_INCIDENTS][UUID_SIZE];
	size_t len = cache_history_behind(rt->cache, ids, MEND_INCIDENTS);
	struct err err = {0};
	for (size_t i = 0; i < len; i++) {
		if (!mend(rt, ids[i], &err)) {
			keep_failed(rt, &err);
			return false;
		}
	}
	return len == MEND_INCIDENTS;
}

/*
 * What ended gets its row, what is open again loses it; most events are about neither. The incident
 * is as it is after this event and no later one: so each of a save's incidents is taken once.
 */
static void sum_up(struct runtime *rt, struct summary *summary, const struct saving_event *item) {
	const struct incident *inc = world_incident(&rt->app.world, item->incident);
	if (inc != NULL && inc->last_seq == item->seq &&
		(!incident_is_open(inc) || item->type == EVENT_INCIDENT_REOPENED ||
			item->type == EVENT_INCIDENT_SPLIT)) {
		summary_add(summary, inc);
	}
}

/* --- what waits --- */

static void add(struct saving *saving, const struct event *event, const char *body) {
	if (saving->len == saving->cap) {
		saving->cap = saving->cap > 0 ? 2 * saving->cap : 16;
		saving->items = mem_resize(saving->items, saving->cap, sizeof(*saving->items));
	}
	struct saving_event *item = &saving->items[saving->len++];
	*item = (struct saving_event){.seq = event->seq,
		.at_ms = event->at_ms,
		.type = event->type,
		.personal = event_is_personal(event),
		.body = body};
	text_copy(item->incident, sizeof(item->incident), event->incident);
	saving->bytes += sizeof(*item) + strlen(body);
}

/* The message that was added ends before it is saved. */
static void own(struct saving *saving) {
	for (size_t i = saving->len; i > 0 && saving->items[i - 1].own == NULL; i--) {
		struct saving_event *item = &saving->items[i - 1];
		item->own = mem_dup_str(item->body);
		item->body = item->own;
	}
}

static void finish_items(struct saving *saving) {
	for (size_t i = 0; i < saving->len; i++) {
		free(saving->items[i].own);
	}
	free(saving->items);
}

void saving_drop(struct runtime *rt) {
	struct saving *saving = &rt->saving;
	finish_items(saving);
	*saving = (struct saving){.timer = saving->timer, .saved_ms = saving->saved_ms};
}

void saving_finish(struct runtime *rt) {
	saving_drop(rt);
	loop_timer_destroy(rt->saving.timer);
}

/* --- into the cache --- */

static struct cache_event *make_rows(
	struct runtime *rt, const struct saving *saving, struct summary *summary) {
	struct cache_event *rows = mem_alloc(saving->len + 1, sizeof(*rows));
	for (size_t i = 0; i < saving->len; i++) {
		const struct saving_event *item = &saving->items[i];
		enum event_type type = item->type;
		sum_up(rt, summary, item);
		rows[i] = (struct cache_event){
			.seq = item->seq,
			.at_ms = item->at_ms,
			.incident = item->incident,
			.body = item->body,
			.personal = item->personal,
			.opens = type == EVENT_INCIDENT_RAISED || type == EVENT_INCIDENT_REOPENED ||
				 type == EVENT_INCIDENT_SPLIT,
			.ends = type == EVENT_INCIDENT_CLOSED || type == EVENT_INCIDENT_REJECTED ||
				type == EVENT_INCIDENT_MERGED,
		};
	}
	return rows;
}

static void save(struct runtime *rt, const struct saving *saving) {
	struct summary summary = {0};
	struct cache_event *rows = make_rows(rt, saving, &summary);
	struct err err = {0};
	if (!cache_save(
		    rt->cache, &saving->meta, rows, saving->len, summary.rows, summary.len, &err)) {
		keep_failed(rt, &err);
	} else {
		/* While there is trouble it is the wait until the next look. */
		rt->keep.wait_ms = rt->keep.trouble == TROUBLE_NONE ? 0 : rt->keep.wait_ms;
		saving_mend(rt);
		if (saving->meta.forget_ms > 0) {
			forget_soon(rt);
		}
	}
	summary_finish(&summary);
	free(rows);
}

void saving_flush(struct runtime *rt) {
	/* A failure is told, and what is told may come through here again. */
	struct saving taken = rt->saving;
	if (!taken.waits) {
		return;
	}
	rt->saving = (struct saving){.timer = taken.timer};
	if (taken.timer != NULL) {
		loop_timer_cancel(taken.timer);
	}
	if (rt->cache != NULL) {
		save(rt, &taken);
	}
	rt->saving.saved_ms = clock_mono_ms();
	finish_items(&taken);
}

static void on_time(void *data) {
	struct runtime *rt = data;
	saving_flush(rt);
	runtime_want_draw(rt);
}

void saving_drawn(struct runtime *rt) {
	if (rt->saving.waits) {
		loop_timer_set(rt->saving.timer, 0);
	}
}

/* Of what is saved in one go. */
static void join_meta(struct runtime *rt, const struct effect *effect) {
	struct saving *saving = &rt->saving;
	struct cache_meta *meta = &saving->meta;
	if (!saving->waits) {
		*meta = (struct cache_meta){.after = effect->after, .goes_on = keep_goes_on};
		keep_sign(rt, meta);
	}
	meta->last_seq = effect->seq;
	meta->saved_at_ms = app_feed_now(&rt->app);
	text_copy(meta->mark, sizeof(meta->mark), effect->text);
	saving->waits = true;
}

static void add_message(
	struct saving *saving, const struct server_frame *frame, const struct effect *effect) {
	for (size_t i = effect->first; i < frame->events.len; i++) {
		const struct event *event = &frame->events.items[i];
		if (!frame->open_only && !frame->past && event->seq > effect->seq &&
			effect->seq != 0) {
			break; /* After a gap: not applied, not kept. */
		}
		if (event->type == EVENT_UNREAD) {
			continue;
		}
		if (event->type == EVENT_LOG_PURGED && event->before_ms > saving->meta.forget_ms) {
			saving->meta.forget_ms = event->before_ms;
		}
		add(saving, event, frame->bodies[i]);
	}
}

/* Is it what comes while all is well, and so only the next after what waits? */
static bool may_wait(const struct runtime *rt, const struct effect *effect) {
	const struct server_frame *frame = rt->current;
	return frame != NULL && frame->type == FRAME_EVENTS && !frame->open_only && !frame->past &&
	       effect->seq != 0 && rt->app.link == APP_LINK_LIVE &&
	       rt->keep.trouble == TROUBLE_NONE;
}

void saving_store(struct runtime *rt, const struct effect *effect) {
	struct saving *saving = &rt->saving;
	const struct server_frame *frame = rt->current;
	/* Who looks at the screen need not wait for the disk: it is the feed that has the event. */
	if (rt->cache != NULL && frame != NULL && rt->app.link == APP_LINK_LIVE &&
		!runtime_is_quiet(frame)) {
		runtime_want_draw(rt);
	}
	if (saving->waits && (!may_wait(rt, effect) || effect->after != saving->meta.last_seq)) {
		saving_flush(rt);
	}
	bool wait = may_wait(rt, effect), begun = saving->waits;
	if (rt->cache == NULL) {
		return;
	}
	join_meta(rt, effect);
	if (frame != NULL && frame->type == FRAME_EVENTS) {
		add_message(saving, frame, effect);
	}
	int64_t wait_ms = saving->saved_ms + APART_MS - clock_mono_ms();
	if (!wait || saving->bytes > WAITING_MAX || (!begun && wait_ms <= 0)) {
		saving_flush(rt);
		return;
	}
	own(saving);
	if (!begun) {
		saving->timer = saving->timer != NULL ? saving->timer
						      : loop_timer_create(rt->loop, on_time, rt);
		loop_timer_set(saving->timer, wait_ms);
	}
}
