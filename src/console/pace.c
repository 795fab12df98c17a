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

/* Alarm upon alarm is drawn as evenly as anything else. */
static bool goes_first(const struct pace *pace, enum pace_why why, int per_s, int64_t now_ms) {
	return why == PACE_ALARM && pace->fed_ms <= now_ms &&
	       now_ms - pace->alarm_ms >= 2 * even_ms(per_s);
}

int64_t pace_wait(const struct pace *pace, enum pace_why why, int per_s, int64_t now_ms) {
	int room = share_of(per_s) - (is_typing(pace, now_ms) ? TYPED : 0);
	int64_t wait_ms, turn_ms = pace->fed_ms + even_ms(per_s) - now_ms;
	if (why == PACE_KEY) {
		wait_ms = wait_for_room(pace, per_s, now_ms);
	} else {
		wait_ms = wait_for_room(pace, room > 0 ? room : 1, now_ms);
		if (wait_ms < turn_ms && !goes_first(pace, why, per_s, now_ms)) {
			wait_ms = turn_ms;
		}
	}
	return wait_ms > 0 ? wait_ms : 0;
}

void pace_drawn(struct pace *pace, enum pace_why why, int per_s, int64_t now_ms) {
	int64_t turn_ms = pace->fed_ms + (why == PACE_ALARM ? even_ms(per_s) : 0);
	pace->drawn_ms[pace->next] = now_ms;
	pace->next = (pace->next + 1) % PACE_MOST;
	if (why == PACE_KEY) {
		pace->key_ms = now_ms;
	} else if (why == PACE_ALARM) {
		pace->alarm_ms = now_ms;
	}
	if (why != PACE_TICK) {
		pace->fed_ms = turn_ms > now_ms ? turn_ms : now_ms;
	}
}
