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

int64_t pace_wait(const struct pace *pace, enum pace_why why, int per_s, int64_t now_ms) {
	int share = per_s > 1 ? per_s - 1 : 1;
	int room = share - (is_typing(pace, now_ms) ? TYPED : 0);
	int64_t wait_ms, even_ms = pace->fed_ms + (SECOND_MS + share - 1) / share - now_ms;
	if (why == PACE_KEY) {
		wait_ms = wait_for_room(pace, per_s, now_ms);
	} else {
		wait_ms = wait_for_room(pace, room > 0 ? room : 1, now_ms);
		wait_ms = wait_ms > even_ms ? wait_ms : even_ms;
	}
	return wait_ms > 0 ? wait_ms : 0;
}

void pace_drawn(struct pace *pace, enum pace_why why, int64_t now_ms) {
	pace->drawn_ms[pace->next] = now_ms;
	pace->next = (pace->next + 1) % PACE_MOST;
	if (why == PACE_KEY) {
		pace->key_ms = now_ms;
	}
	if (why != PACE_TICK) {
		pace->fed_ms = now_ms;
	}
}
