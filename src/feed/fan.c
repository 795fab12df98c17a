/*
 * Telling those who follow that there is more: a round through all of them. A thousand take a
 * while, so a round goes in slices, and whoever is at the door is heard between two of them.
 */
#include "private.h"

#include <siaga/base/clock.h>

#define SLICE_US    1000
#define LOOKS       8 /* sessions between two looks at the clock */
#define FEW         8 /* events are told soon; more are a rush */
#define REST_MAX_US 50000

static void go_on(struct feed *feed) {
	struct fan *fan = &feed->fan;
	int64_t begun_us = clock_mono_us(), now_us = begun_us;
	while (fan->next != NULL && now_us - begun_us < SLICE_US) {
		for (int i = 0; i < LOOKS && fan->next != NULL; i++) {
			struct session *s = fan->next;
			fan->next = s->hh.next;
			session_tell(s);
		}
		now_us = clock_mono_us();
	}
	server_send_together(feed->server);
	now_us = clock_mono_us();
	fan->round_us += now_us - begun_us;
	if (fan->next != NULL) {
		loop_timer_set(feed->pace, 0);
		return;
	}
	fan->goes = false;
	fan->ended_us = now_us;
	if (fan->again) {
		fan->again = false;
		fan_soon(feed);
	}
}

static void begin(struct feed *feed) {
	struct fan *fan = &feed->fan;
	fan->goes = true;
	fan->waits = fan->again = false;
	fan->from = feed->shown = feed->ring.head;
	fan->next = feed->sessions;
	fan->round_us = 0;
	go_on(feed);
}

void fan_on_pace(struct feed *feed) {
	if (feed->fan.goes) {
		go_on(feed);
	} else if (feed->fan.waits) {
		begin(feed);
	}
}

/*
 * The first event after a quiet time goes out at once. After a round there is a rest of a part of
 * what it took, and in a rush of three times that: what comes meanwhile goes into one message.
 */
void fan_soon(struct feed *feed) {
	struct fan *fan = &feed->fan;
	bool rush = feed->ring.head - fan->from > FEW;
	if (fan->goes) {
		/* Those who are still to come in this round hear of it in this one. */
		fan->again = true;
		feed->shown = rush ? feed->shown : feed->ring.head;
		return;
	}
	int64_t rest_us = rush ? fan->round_us * 3 : fan->round_us / 8;
	rest_us = rest_us < REST_MAX_US ? rest_us : REST_MAX_US;
	int64_t left_us = fan->ended_us + rest_us - clock_mono_us();
	if (left_us <= 0) {
		begin(feed);
	} else if (!fan->waits) {
		fan->waits = true;
		loop_timer_set(feed->pace, (left_us + 999) / 1000);
	}
}

void fan_without(struct feed *feed, const struct session *s) {
	if (feed->fan.next == s) {
		feed->fan.next = s->hh.next;
	}
}
