#include "pace.h"

#include <stdbool.h>

#define SECOND_MS 1000
#define TYPED     3 /* so many more frames are kept for somebody who types */

/* Who typed in this second types on. */
static bool is_typing(const struct pace *pace, int64_t now_ms) {
	return now_ms - pace->key_ms < SECOND_MS;
}

/* Until there is room for one more among so many of a second. */
static int64_t wait_for_room(const struct pace *pace, int room, int64_t now_ms) {
	size_t oldest = (pace->next + PACE_MOST - (size_t)room) % PACE_MOST;
	return pace->drawn_ms[oldest] + SECOND_MS - now_ms;
}

static int share_of(int per_s) {
	return per_s > 1 ? per_s - 1 : 1;
}

static int64_t even_ms(int per_s) {
	return (SECOND_MS + share_of(per_s) - 1) / share_of(per_s);
}

/* Was there an alarm in the time of the last two frames? */
static bool is_ringing(const struct pace *pace, int64_t even, int64_t now_ms) {
	return now_ms - pace->alarm_ms < 2 * even;
}

int64_t pace_wait(const struct pace *pace, enum pace_why why, int per_s, int64_t now_ms) {
	int room = share_of(per_s) - (is_typing(pace, now_ms) ? TYPED : 0);
	int64_t turn_ms = why == PACE_ALARM ? pace->alarm_turn_ms : pace->turn_ms;
	int64_t wait_ms;
	if (why == PACE_KEY) {
		wait_ms = wait_for_room(pace, per_s, now_ms);
	} else {
		wait_ms = wait_for_room(pace, room > 0 ? room : 1, now_ms);
		wait_ms = wait_ms > turn_ms - now_ms ? wait_ms : turn_ms - now_ms;
	}
	return wait_ms > 0 ? wait_ms : 0;
}

void pace_drawn(struct pace *pace, enum pace_why why, int per_s, int64_t now_ms) {
	int64_t even = even_ms(per_s), next_ms = now_ms + even;
	pace->drawn_ms[pace->next] = now_ms;
	pace->next = (pace->next + 1) % PACE_MOST;
	if (why == PACE_TICK) {
		return;
	}
	bool alarm = why == PACE_ALARM, rings = is_ringing(pace, even, now_ms);
	if (alarm && !rings && now_ms < pace->turn_ms) {
		/* Another one has the turn that this one did not wait for, the rest the next. */
		pace->alarm_turn_ms = pace->turn_ms < next_ms ? pace->turn_ms : next_ms;
		pace->turn_ms = pace->alarm_turn_ms + even;
	} else {
		/* Alarm upon alarm is drawn as evenly as anything else. */
		pace->alarm_turn_ms = alarm || rings ? next_ms : now_ms;
		pace->turn_ms = next_ms;
	}
	pace->alarm_ms = alarm ? now_ms : pace->alarm_ms;
	pace->key_ms = why == PACE_KEY ? now_ms : pace->key_ms;
}
