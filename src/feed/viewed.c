/*
 * Who had which incident open, or asked for one that has ended. Passing over it with the keys is no
 * look at it, and whoever goes to and fro between two is not told each time.
 */
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#include "private.h"

#define LOOK_MS    2000   /* open for so long, it was seen */
#define AGAIN_MS   600000 /* and for so long it is not told again */
#define VIEWED_MAX 64     /* remembered of one console; of more, the oldest is told again */

struct viewed {
	char incident[UUID_SIZE];
	int64_t at_ms; /* mono */
};

/* Was it told lately? What is too long ago is dropped on the way. */
static bool was_told(struct session *s, const char *incident, int64_t now_ms) {
	size_t kept = 0;
	bool told = false;
	for (size_t i = 0; i < s->viewed_len; i++) {
		if (now_ms - s->viewed[i].at_ms < AGAIN_MS) {
			told = told || strcmp(s->viewed[i].incident, incident) == 0;
			s->viewed[kept++] = s->viewed[i];
		}
	}
	s->viewed_len = kept;
	return told;
}

static void remember(struct session *s, const char *incident, int64_t now_ms) {
	if (s->viewed == NULL) {
		s->viewed = mem_alloc(VIEWED_MAX, sizeof(*s->viewed));
	}
	if (s->viewed_len == VIEWED_MAX) {
		memmove(s->viewed, s->viewed + 1, (VIEWED_MAX - 1) * sizeof(*s->viewed));
		s->viewed_len--;
	}
	struct viewed *viewed = &s->viewed[s->viewed_len++];
	text_copy(viewed->incident, sizeof(viewed->incident), incident);
	viewed->at_ms = now_ms;
}

/* Into the log, unless that was done lately. */
static void tell(struct session *s, const char *incident, int64_t now_ms) {
	if (!was_told(s, incident, now_ms)) {
		witness_say(s->feed, s, ACTION_VIEW, incident);
		remember(s, incident, now_ms);
	}
}

void viewed_settle(struct session *s) {
	int64_t now_ms = clock_mono_ms();
	if (s->open_ms != 0 && now_ms - s->open_ms >= LOOK_MS && session_is_present(s)) {
		tell(s, s->open, now_ms);
		s->open_ms = 0;
	}
}

void viewed_open(struct session *s, const char *incident) {
	viewed_settle(s);
	if (strcmp(s->open, incident) == 0) {
		return;
	}
	text_copy(s->open, sizeof(s->open), incident);
	s->open_ms = incident[0] != '\0' ? clock_mono_ms() : 0;
}

void viewed_look(struct feed *feed) {
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		viewed_settle(s);
	}
}

bool viewed_ended(struct session *s, const char *incident) {
	struct log_incident place = {0};
	struct err err = {0};
	int found = log_get_incident(s->feed->reader, incident, &place, &err);
	/* What is open is before everybody's eyes anyway. */
	if (found == 1 && place.ended_seq != 0) {
		tell(s, incident, clock_mono_ms());
	}
	return found >= 0;
}

void viewed_finish(struct session *s) {
	free(s->viewed);
}
