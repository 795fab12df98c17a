/*
 * The timers of a loop, behind one descriptor. The library's own are a millisecond
 * wide: it wakes up before that is over and asks again and again until it is.
 */
#include "private.h"

#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>

#define US_PER_MS 1000
#define US_PER_S  1000000

struct loop_timer {
	struct loop *loop;
	loop_timer_fn on_fire;
	void *data;
	bool set;
	int64_t due_us, late_us; /* from when on, and when it wakes the loop itself */
	uint64_t turn;           /* of its setting */
	struct loop_timer *next;
};

static int64_t now_us(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / US_PER_MS;
}

/* Has the descriptor wake the loop at the first moment that some timer insists on. */
static void arm(struct loop *loop) {
	int64_t first_us = 0;
	if (loop->in_timers) {
		return;
	}
	for (const struct loop_timer *timer = loop->timers; timer != NULL; timer = timer->next) {
		if (timer->set && (first_us == 0 || timer->late_us < first_us)) {
			first_us = timer->late_us;
		}
	}
	if (first_us != loop->armed_us) {
		struct itimerspec at = {.it_value = {.tv_sec = first_us / US_PER_S,
						.tv_nsec = first_us % US_PER_S * 1000}};
		timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
		loop->armed_us = first_us;
	}
}

/* Of those that are due, the one that has waited longest. What is set in this turn, even by itself,
 * waits for the next. */
static struct loop_timer *find_due(const struct loop *loop, int64_t at_us) {
	struct loop_timer *first = NULL;
	for (struct loop_timer *timer = loop->timers; timer != NULL; timer = timer->next) {
		if (timer->set && timer->due_us <= at_us && timer->turn < loop->timer_turn &&
			(first == NULL || timer->due_us < first->due_us)) {
			first = timer;
		}
	}
	return first;
}

void timer_fire_due(struct loop *loop) {
	struct loop_timer *timer;
	int64_t at_us = now_us();
	/* Set or disarmed below, whatever was set: that also makes the descriptor wait again, so
	 * that nobody need read it. */
	loop->armed_us = -1;
	loop->timer_turn++;
	loop->in_timers = true;
	/* From the start each time: whatever is called may set, cancel and destroy others. */
	while ((timer = find_due(loop, at_us)) != NULL) {
		timer->set = false;
		timer->on_fire(timer->data);
	}
	loop->in_timers = false;
	arm(loop);
}

struct loop_timer *loop_timer_create(struct loop *loop, loop_timer_fn on_fire, void *data) {
	struct loop_timer *timer = mem_alloc(1, sizeof(*timer));
	timer->loop = loop;
	timer->on_fire = on_fire;
	timer->data = data;
	timer->next = loop->timers;
	loop->timers = timer;
	return timer;
}

void loop_timer_set_lax(struct loop_timer *timer, int64_t delay_ms, int64_t slack_ms) {
	timer->set = true;
	timer->due_us = now_us() + (delay_ms > 0 ? delay_ms : 0) * US_PER_MS;
	timer->late_us = timer->due_us + slack_ms * US_PER_MS;
	timer->turn = timer->loop->timer_turn;
	arm(timer->loop);
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ms) {
	loop_timer_set_lax(timer, delay_ms, 0);
}

void loop_timer_cancel(struct loop_timer *timer) {
	timer->set = false;
	arm(timer->loop);
}

void loop_timer_destroy(struct loop_timer *timer) {
	if (timer == NULL) {
		return;
	}
	struct loop_timer **at = &timer->loop->timers;
	while (*at != timer) {
		at = &(*at)->next;
	}
	*at = timer->next;
	arm(timer->loop);
	free(timer);
}
