/*
 * Those who catch up. Many who come back at once would keep everybody else from the loop, and what
 * they are sent from the processor: so only a part of the time is for them, and whoever gets
 * nothing waits for the next. A piece takes much longer to read than to send to all who are there:
 * so whoever is ahead waits a little for the others of its kind.
 */
#include "private.h"

#include <siaga/base/clock.h>

#define BEHIND   1024 /* events: more than that is catching up; and so far one may be ahead */
#define SHARE_US 500  /* for all who do ... */
#define EVERY_US 2500 /* ... of so much time */
#define AGAIN_MS ((EVERY_US - SHARE_US) / 1000)
#define HELD_MAX 10 /* so often it waits for others, and is told all the same */

static bool is_behind(const struct session *s) {
	return s->phase != SESSION_FOLLOWING || s->feed->shown - s->cursor > BEHIND;
}

/* Is it sent the same pieces as others? */
static bool shares(const struct session *s) {
	return s->phase == SESSION_FOLLOWING && session_kind(s) != SESSION_DESK;
}

static bool is_ahead(const struct session *s) {
	return shares(s) && s->held < HELD_MAX &&
	       s->feed->catchup.last[session_kind(s)] < s->cursor - BEHIND;
}

static void begin(struct catchup *catchup, uint64_t turn) {
	catchup->turn = turn;
	catchup->since_us = clock_mono_us();
}

/* Within a turn of the loop it never begins anew, however long a single piece has taken; while
 * somebody waits it does when the timer rings. */
static bool is_too_long(struct catchup *catchup, uint64_t turn) {
	if (!catchup->waits && catchup->turn != turn &&
		clock_mono_us() - catchup->since_us >= EVERY_US) {
		begin(catchup, turn);
	}
	return clock_mono_us() - catchup->since_us > SHARE_US;
}

static void note_place(struct catchup *catchup, const struct session *s) {
	int64_t *last = &catchup->last[session_kind(s)];
	if (shares(s) && s->cursor < *last) {
		*last = s->cursor;
	}
}

static void wait(struct session *s) {
	struct catchup *catchup = &s->feed->catchup;
	s->later = true;
	note_place(catchup, s);
	if (!catchup->waits) {
		catchup->waits = true;
		loop_timer_set(s->feed->later, AGAIN_MS);
	}
}

bool catchup_has_to_wait(struct session *s) {
	struct feed *feed = s->feed;
	if (is_behind(s)) {
		bool ahead = is_ahead(s);
		if (ahead || is_too_long(&feed->catchup, loop_turn(feed->loop))) {
			s->held += ahead;
			wait(s);
			return true;
		}
	}
	s->held = 0;
	return false;
}

void catchup_forget_places(struct catchup *catchup) {
	for (size_t i = 0; i < SESSION_KIND_COUNT; i++) {
		catchup->last[i] = INT64_MAX;
	}
}

/* Of those who wait, the ones after the one that was told last come first. */
static void tell(struct feed *feed, uint64_t after, uint64_t upto) {
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		if (!s->later || s->id <= after || s->id > upto) {
			continue;
		}
		s->later = false;
		if (s->conn == NULL || s->ending || !session_is_present(s)) {
			session_wake(s);
			continue;
		}
		ws_conn_write_now(s->conn);
		feed->catchup.told = s->later ? feed->catchup.told : s->id;
	}
}

void catchup_on_time(struct feed *feed) {
	struct catchup *catchup = &feed->catchup;
	uint64_t told = catchup->told;
	catchup->waits = false;
	/* One that does not read is not among those who wait, and keeps nobody. */
	catchup_forget_places(catchup);
	for (const struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		if (s->later) {
			note_place(catchup, s);
		}
	}
	begin(catchup, loop_turn(feed->loop));
	tell(feed, told, UINT64_MAX);
	tell(feed, 0, told);
	if (!catchup->waits) {
		catchup_forget_places(catchup);
	}
}
