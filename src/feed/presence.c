/* Who is there: consoles and the agencies' desks. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#define SOON_MS 200 /* a hundred consoles that come back make one message, not a hundred */

void presence_soon(struct feed *feed) {
	loop_timer_set(feed->presence, SOON_MS);
}

static bool is_online(const struct feed *feed, const char *agency) {
	for (const struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		if (s->conn != NULL && session_is_present(s) && s->role == ROLE_AGENCY &&
			strcmp(s->agency, agency) == 0) {
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

void presence_frame(const struct feed *feed, const struct session *to, struct buf *frame) {
	size_t count = HASH_COUNT(feed->sessions), who_len = 0;
	const struct registry *reg = &feed->registry;
	struct presence *who = mem_alloc(count + 1, sizeof(*who));
	struct desk_state *desks = mem_alloc(reg->agencies_len + 1, sizeof(*desks));
	for (const struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		if (s->conn != NULL && session_is_present(s) && may_know(to, s)) {
			text_copy(who[who_len].name, WHO_SIZE, s->who.name);
			text_copy(who[who_len].position, WHO_SIZE, s->who.position);
			text_copy(who[who_len++].open, UUID_SIZE, s->open);
		}
	}
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *agency = &reg->agencies[i];
		text_copy(desks[i].agency, AGENCY_ID_SIZE, agency->id);
		desks[i].desk = is_online(feed, agency->id) ? DESK_ONLINE
				: agency->by_phone          ? DESK_PHONE
							    : DESK_OFFLINE;
	}
	wire_put_presence(frame, who, who_len, desks, reg->agencies_len);
	free(who);
	free(desks);
}

void presence_send(struct feed *feed) {
	struct buf all = {0}, own = {0};
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		bool desk = s->role == ROLE_AGENCY;
		struct buf *frame = desk ? &own : &all;
		if (!session_is_present(s)) {
			continue;
		}
		/* Who sees all sees the same; each desk's is its own. */
		if (desk || all.len == 0) {
			buf_clear(frame);
			presence_frame(feed, s, frame);
		}
		session_send(s, frame->data, frame->len);
	}
	buf_finish(&all);
	buf_finish(&own);
}

void presence_link(struct feed *feed, const struct session *session, bool up) {
	presence_soon(feed);
	if (!feed->ending) {
		witness_say(feed, session, up ? ACTION_LINK_UP : ACTION_LINK_DOWN, "");
	}
}
