/*
 * Those who catch up. Many who come back at once would keep everybody from the door for as long as
 * a turn of the loop takes that gives each of them a large piece: so in one turn only so much time
 * is for them, and whoever gets nothing waits for another. Whoever is ahead waits for the others,
 * as a piece takes much longer to read than to send to all who are there.
 */
#include "private.h"

#include <siaga/base/clock.h>

#define BEHIND   1024 /* events: more than that is catching up; and so far one may be ahead */
#define TURN_US  250
#define AGAIN_MS 2 /* for everybody else, between two of those */

static bool is_behind(const struct session *s) {
	return s->phase != SESSION_FOLLOWING || s->feed->shown - s->cursor > BEHIND;
}

/* Is it sent the same pieces as others? */
static bool shares(const struct session *s) {
	return s->phase == SESSION_FOLLOWING && s->role != ROLE_AGENCY;
}

static bool is_ahead(const struct session *s) {
	return shares(s) && s->feed->catchup.last < s->cursor - BEHIND;
}

static bool is_too_long(struct catchup *catchup, uint64_t turn) {
	int64_t now_us = clock_mono_us();
	if (catchup->turn != turn) {
		catchup->turn = turn;
		catchup->since_us = now_us;
	}
	return now_us - catchup->since_us > TURN_US;
}

static void wait(struct session *s) {
	struct catchup *catchup = &s->feed->catchup;
	s->later = true;
	if (shares(s) && s->cursor < catchup->last) {
		catchup->last = s->cursor;
	}
	if (!catchup->waits) {
		catchup->waits = true;
		loop_timer_set(s->feed->later, AGAIN_MS);
	}
}

bool catchup_has_to_wait(struct session *s) {
	struct feed *feed = s->feed;
	if (!is_behind(s) ||
		(!is_ahead(s) && !is_too_long(&feed->catchup, loop_turn(feed->loop)))) {
		return false;
	}
	wait(s);
	return true;
}

void catchup_on_time(struct feed *feed) {
	struct catchup *catchup = &feed->catchup;
	catchup->waits = false;
	/* One that does not read is not among those who wait, and keeps nobody. */
	catchup->last = INT64_MAX;
	for (const struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		if (s->later && shares(s) && s->cursor < catchup->last) {
			catchup->last = s->cursor;
		}
	}
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		if (s->later && is_behind(s) && is_ahead(s)) {
			wait(s);
		} else if (s->later) {
			s->later = false;
			session_tell_now(s);
		}
	}
}
