/*
 * Who came, went and looked. Nobody asks again for what the log did not take of that, so it is kept
 * here until the log can be written, with the time when it happened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#include "private.h"

#define WAITING_MAX 10000 /* of more, the oldest are lost */
#define TRIES_MAX   5     /* where the log can be written, and does not take just this */
#define AGAIN_MS    1000
#define AT_ONCE_MAX 500 /* so that no alarm waits for it */

struct deed {
	uint64_t order;
	uint64_t session;
	enum action action;
	struct who who;
	enum role role;
	char agency[AGENCY_ID_SIZE];
	char incident[UUID_SIZE];
	int64_t at_ms;
	int tries;
	UT_hash_handle hh; /* while the writer has it */
};

/* Back to its place: what was refused together comes one after the other. */
static void keep(struct witness *witness, struct deed *deed) {
	if (witness->len == WAITING_MAX) {
		free(witness->waiting[0]);
		witness->lost++;
		witness->len--;
		memmove(witness->waiting, witness->waiting + 1,
			witness->len * sizeof(struct deed *));
	}
	witness->waiting = mem_resize(witness->waiting, witness->len + 1, sizeof(struct deed *));
	size_t at = witness->len++;
	for (; at > 0 && witness->waiting[at - 1]->order > deed->order; at--) {
		witness->waiting[at] = witness->waiting[at - 1];
	}
	witness->waiting[at] = deed;
}

/* Whoever went did not go before they came: of one link, the writer has one deed at a time. */
static bool is_asked(const struct witness *witness, uint64_t session) {
	struct deed *deed = NULL;
	HASH_FIND(hh, witness->asked, &session, sizeof(session), deed);
	return deed != NULL;
}

/* False: it has to wait for an older one, or too many are waiting; the deed stays the caller's. */
static bool submit(struct feed *feed, struct deed *deed) {
	struct witness *witness = &feed->witness;
	if (is_asked(witness, deed->session)) {
		return false;
	}
	struct command cmd = {
		.action = deed->action, .by = deed->who, .role = deed->role, .at_ms = deed->at_ms};
	uuid_make(cmd.id);
	text_copy(cmd.incident, sizeof(cmd.incident), deed->incident);
	text_copy(cmd.own_agency, sizeof(cmd.own_agency), deed->agency);
	if (!feed_submit_late(feed, &cmd, &(struct waiter){.deed = deed})) {
		return false;
	}
	HASH_ADD(hh, witness->asked, session, sizeof(deed->session), deed);
	return true;
}

void witness_say(
	struct feed *feed, const struct session *s, enum action action, const char *incident) {
	struct witness *witness = &feed->witness;
	struct deed *deed = mem_alloc(1, sizeof(*deed));
	*deed = (struct deed){.order = ++feed->last_id,
		.session = s->id,
		.action = action,
		.who = s->who,
		.role = s->role,
		.at_ms = clock_wall_ms()};
	text_copy(deed->agency, sizeof(deed->agency), s->agency);
	text_copy(deed->incident, sizeof(deed->incident), incident);
	if (feed->trouble != TROUBLE_NONE || witness->len > 0 || !submit(feed, deed)) {
		keep(witness, deed);
	}
}

void witness_result(struct feed *feed, struct deed *deed, const struct writer_result *result) {
	struct witness *witness = &feed->witness;
	HASH_DEL(witness->asked, deed);
	if (!result->refused || result->refusal.code != REFUSAL_UNAVAILABLE) {
		witness->alone = false;
		free(deed);
		if (witness->asked == NULL) {
			witness_look(feed);
		}
		return;
	}
	if (feed->trouble == TROUBLE_NONE) {
		/* One that the log never takes must not take the others with it. */
		witness->alone = true;
		witness->again_ms = clock_mono_ms() + AGAIN_MS;
		if (++deed->tries == TRIES_MAX) {
			witness->lost++;
			free(deed);
			return;
		}
	}
	keep(witness, deed);
}

static void say_lost(struct witness *witness) {
	if (witness->lost > 0) {
		fprintf(stderr,
			"siagad: the log could not take who came, went and looked: %zu times\n",
			witness->lost);
		witness->lost = 0;
	}
}

void witness_again(struct feed *feed) {
	struct witness *witness = &feed->witness;
	size_t done = 0, left = 0, count = witness->alone ? 1 : AT_ONCE_MAX;
	bool full = false;
	for (size_t i = 0; i < witness->len; i++) {
		struct deed *deed = witness->waiting[i];
		bool may = !full && done < count && !is_asked(witness, deed->session);
		if (may && submit(feed, deed)) {
			done++;
			continue;
		}
		full = full || may;
		witness->waiting[left++] = deed;
	}
	witness->len = left;
	say_lost(witness);
}

void witness_look(struct feed *feed) {
	struct witness *witness = &feed->witness;
	/* Also where others that the writer had were taken meanwhile. */
	bool early = clock_mono_ms() < witness->again_ms;
	if (feed->trouble == TROUBLE_NONE && witness->len > 0 && !early) {
		witness_again(feed);
	}
}

void witness_finish(struct witness *witness) {
	HASH_CLEAR(hh, witness->asked);
	witness->lost += witness->len;
	say_lost(witness);
	for (size_t i = 0; i < witness->len; i++) {
		free(witness->waiting[i]);
	}
	free(witness->waiting);
}
