/* Who is there: consoles and the agencies' desks. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#define SOON_MS 200 /* a hundred consoles that come back make one message, not a hundred */
/* Each is told of each: of so many squared a round takes some milliseconds, and leaves the rest of
 * the time to the alarms. */
#define PACE 250

void presence_soon(struct feed *feed) {
	feed->presence_stale = true;
	if (feed->presence_waits) {
		return; /* Not anew, or whoever comes and goes would put it off for ever. */
	}
	int64_t left_ms = feed->presence_next_ms - clock_mono_ms();
	feed->presence_waits = true;
	loop_timer_set(feed->presence, left_ms > SOON_MS ? left_ms : SOON_MS);
}

/* One that is being sent away is not. */
static bool is_there(const struct session *s) {
	return s->conn != NULL && !s->ending && session_is_present(s);
}

static bool is_online(const struct feed *feed, const char *agency) {
	for (const struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		if (is_there(s) && s->role == ROLE_AGENCY && strcmp(s->agency, agency) == 0) {
			return true;
		}
	}
	return false;
}

/* A desk is told of its own agency's; who of the control room looks at what is not its business. */
static bool may_know(const struct session *to, const struct session *of) {
	return to->role != ROLE_AGENCY ||
	       (of->role == ROLE_AGENCY && strcmp(to->agency, of->agency) == 0);
}

/* Those who may have claimed something come first: a console takes whoever is not named for gone.
 */
static size_t add_persons(const struct feed *feed, const struct session *to, bool room,
	struct presence *who, size_t len) {
	for (const struct session *s = feed->sessions; s != NULL && len < WIRE_PRESENCE_MAX;
		s = s->hh.next) {
		bool claims = action_allowed(s->role, ACTION_CLAIM);
		if (is_there(s) && claims == room && may_know(to, s)) {
			text_copy(who[len].name, WHO_SIZE, s->who.name);
			text_copy(who[len].position, WHO_SIZE, s->who.position);
			text_copy(who[len++].open, UUID_SIZE, s->open);
		}
	}
	return len;
}

static void compose(const struct feed *feed, const struct session *to, struct buf *frame) {
	const struct registry *reg = &feed->registry;
	struct presence *who = mem_alloc(WIRE_PRESENCE_MAX, sizeof(*who));
	struct desk_state *desks = mem_alloc(reg->agencies_len + 1, sizeof(*desks));
	size_t who_len = add_persons(feed, to, true, who, 0);
	who_len = add_persons(feed, to, false, who, who_len);
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *agency = &reg->agencies[i];
		text_copy(desks[i].agency, AGENCY_ID_SIZE, agency->id);
		desks[i].desk = is_online(feed, agency->id) ? DESK_ONLINE
				: agency->by_phone          ? DESK_PHONE
							    : DESK_OFFLINE;
	}
	session_begin_frame(frame);
	wire_put_presence(frame, who, who_len, desks, reg->agencies_len);
	free(who);
	free(desks);
}

/* Who sees all sees the same; each desk's is its own. */
struct buf *presence_frame(struct feed *feed, const struct session *to, struct buf *own) {
	if (to->role == ROLE_AGENCY) {
		compose(feed, to, own);
		return own;
	}
	if (feed->presence_stale || feed->presence_frame.len == 0) {
		compose(feed, to, &feed->presence_frame);
		feed->presence_stale = false;
	}
	return &feed->presence_frame;
}

void presence_tell(struct feed *feed) {
	int64_t count = HASH_COUNT(feed->sessions);
	feed->presence_waits = false;
	feed->presence_next_ms = clock_mono_ms() + count * count / PACE;
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		s->owes_presence = session_is_present(s);
		session_wake(s);
	}
}

void presence_link(struct feed *feed, const struct session *session, bool up) {
	presence_soon(feed);
	if (!feed->ending) {
		witness_say(feed, session, up ? ACTION_LINK_UP : ACTION_LINK_DOWN, "");
	}
}
