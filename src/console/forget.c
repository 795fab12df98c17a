/* What the feed has forgotten goes from the cache, too: a piece at a time, beside everything else.
 */
#include <siaga/store/cache_forget.h>

#include "runtime.h"

#define STEP_MS  20   /* between two pieces: what the operator does comes first */
#define AGAIN_MS 5000 /* another console is at it, or the disk is full */

static bool make_bare(struct buf *out, const char *body, size_t len) {
	struct event event;
	if (!wire_get_event(&event, body, len, NULL)) {
		return false;
	}
	wire_put_event_bare(out, &event);
	event_finish(&event);
	return true;
}

/* Notes what was told, where it is not noted yet. In another console's cache it has no place. */
static bool note_told(struct runtime *rt, struct err *err) {
	int64_t *before_ms = &rt->keep.before_ms;
	if (*before_ms <= 0 || !keep_is_ours(rt)) {
		return true;
	}
	if (!cache_want_forget(rt->cache, *before_ms, err)) {
		return false;
	}
	*before_ms = 0;
	return true;
}

/* Somebody else has the file, or the disk is full: that passes, and who saves says it. In a damaged
 * file nothing can be forgotten: the next start sets it aside, and then all of it goes. */
static bool may_pass(struct runtime *rt, const struct err *err) {
	enum trouble trouble = cache_trouble(rt->cache);
	if (trouble == TROUBLE_DAMAGED) {
		keep_failed_for(rt, trouble, err);
	}
	return trouble != TROUBLE_DAMAGED;
}

static void on_timer(void *data) {
	struct runtime *rt = data;
	struct err err = {0};
	saving_flush(rt);
	if (rt->cache == NULL) {
		return; /* It is asked for again when there is one, see keep.c. */
	}
	int rc = note_told(rt, &err) ? cache_forget_step(rt->cache, &rt->forget, make_bare, &err)
				     : -1;
	if (rc > 0 || (rc < 0 && may_pass(rt, &err))) {
		loop_timer_set(rt->forget_timer, rc > 0 ? STEP_MS : AGAIN_MS);
	}
}

void forget_soon(struct runtime *rt) {
	if (rt->forget_timer == NULL) {
		rt->forget_timer = loop_timer_create(rt->loop, on_timer, rt);
	}
	loop_timer_set(rt->forget_timer, STEP_MS);
}

void forget_told(struct runtime *rt, int64_t before_ms) {
	struct err err = {0};
	saving_flush(rt);
	if (before_ms > rt->keep.before_ms) {
		rt->keep.before_ms = before_ms;
	}
	if (rt->cache == NULL || before_ms <= 0 || !keep_is_ours(rt)) {
		return;
	}
	if (!note_told(rt, &err)) {
		if (!may_pass(rt, &err)) {
			return;
		}
		runtime_notice(rt, true, err.text);
	}
	forget_soon(rt);
}
