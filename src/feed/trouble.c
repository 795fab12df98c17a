/* The log cannot be written: everybody is told, once; and once when it can be again. */
#include "private.h"

#include <stdio.h>

#include <siaga/base/clock.h>

void trouble_beat(struct feed *feed, struct session *only) {
	struct buf frame = {0};
	wire_put_beat(&frame, feed->ring.head, clock_wall_ms(), feed->trouble);
	for (struct session *s = feed->sessions; s != NULL && only == NULL; s = s->hh.next) {
		session_advance(s);
		session_send(s, frame.data, frame.len);
	}
	if (only != NULL) {
		session_advance(only);
		session_send(only, frame.data, frame.len);
	}
	buf_finish(&frame);
}

static void say(const struct feed *feed, const char *why) {
	if (feed->trouble != TROUBLE_NONE) {
		fprintf(stderr,
			"siagad: the log cannot be written: %s; until it can, alarms get 503 and "
			"actions are refused\n",
			why);
	} else {
		fprintf(stderr, "siagad: the log can be written again, after %lld s\n",
			(long long)(clock_wall_ms() - feed->trouble_since_ms) / 1000);
	}
}

void trouble_unread(struct feed *feed, const struct err *err) {
	if (!feed->unread_said) {
		feed->unread_said = true;
		fprintf(stderr,
			"siagad: an incident that has ended, and that a console asks for, cannot "
			"be read: %s; it goes without\n",
			err->text);
	}
}

void trouble_change(struct feed *feed, enum trouble trouble, const char *why) {
	bool began = feed->trouble == TROUBLE_NONE;
	feed->trouble = trouble;
	say(feed, why);
	if (began) {
		feed->trouble_since_ms = clock_wall_ms();
	}
	trouble_beat(feed, NULL);
	if (trouble == TROUBLE_NONE) {
		witness_again(feed);
	}
	for (struct session *s = feed->sessions; s != NULL && trouble == TROUBLE_NONE;
		s = s->hh.next) {
		session_got_again(s);
	}
}
