/*
 * What a console is sent of the log: its place in it is a number. An agency's desk gets the part
 * that it may see, and is told up to where that part is whole; when it is asked to an incident,
 * first what happened there before.
 */
#include "private.h"

#include <string.h>

#include <siaga/base/text.h>

#include "audience.h"

#define MESSAGE_EVENTS_MAX 512
#define MESSAGE_BYTES_MAX  (48 * 1024)

struct compose {
	const struct session *session;
	struct buf out;
	size_t count;         /* events in it */
	int64_t last;         /* seq of the last one that was looked at */
	bool before;          /* what happened before the desk was asked is among them */
	char mark[MARK_SIZE]; /* of the last one */
};

enum session_kind session_kind(const struct session *s) {
	return s->role == ROLE_OPERATOR || s->role == ROLE_SUPERVISOR ? SESSION_ROOM
	       : s->role == ROLE_AGENCY                               ? SESSION_DESK
	       : s->role == ROLE_OBSERVER                             ? SESSION_OBSERVER
								      : SESSION_TRAINER;
}

static bool is_desk(const struct session *s) {
	return session_kind(s) == SESSION_DESK;
}

void session_mark(struct feed *feed, int64_t seq, char mark[MARK_SIZE]) {
	const struct writer_event *event = ring_get(&feed->ring, seq);
	unsigned char hash[LOG_HASH_LEN];
	bool read = event == NULL && log_hash(feed->reader, seq, hash, NULL) == 1;
	ring_mark(mark, event != NULL ? event->hash : read ? hash : NULL);
}

/* How much of an event this console is shown. */
static enum audience_seen seen(const struct compose *c, const char *audience, const char *type) {
	const struct session *s = c->session;
	switch (session_kind(s)) {
	case SESSION_ROOM: return AUDIENCE_CALLER;
	case SESSION_OBSERVER:
		return audience_sees(audience, PLAN_OBSERVERS) == AUDIENCE_CALLER ? AUDIENCE_CALLER
										  : AUDIENCE_MASKED;
	case SESSION_TRAINER: return AUDIENCE_MASKED;
	case SESSION_DESK:
	case SESSION_KIND_COUNT: break;
	}
	enum audience_seen own = audience_sees(audience, s->agency);
	bool all = audience_sees(audience, AUDIENCE_ALL) != AUDIENCE_NOTHING &&
		   !(type != NULL && audience_was_all(type));
	if (own == AUDIENCE_NOTHING && (all || (c->before && audience_had_seen(type)))) {
		return AUDIENCE_MASKED;
	}
	return own;
}

/* False: the message is full. */
static bool add(
	struct compose *c, int64_t seq, const unsigned char *hash, const char *body, size_t len) {
	if (body != NULL) {
		if (c->count > 0) {
			buf_add(&c->out, ",", 1);
		}
		buf_add(&c->out, body, len);
		c->count++;
	}
	c->last = seq;
	ring_mark(c->mark, hash);
	return c->count < MESSAGE_EVENTS_MAX && c->out.len < MESSAGE_BYTES_MAX;
}

static bool on_log_event(void *data, const struct log_event *event) {
	struct compose *c = data;
	enum audience_seen what = seen(c, event->audience, event->type);
	if (what == AUDIENCE_NOTHING) {
		return add(c, event->seq, event->hash, NULL, 0);
	}
	if (what == AUDIENCE_CALLER || event->caller) {
		return add(c, event->seq, event->hash, event->body, event->len);
	}
	return add(c, event->seq, event->hash, event->masked, event->masked_len);
}

static void add_ring(struct compose *c, int64_t upto) {
	const struct session *s = c->session;
	bool more = true;
	for (int64_t seq = s->cursor + 1; more && seq <= upto; seq++) {
		const struct writer_event *event = ring_get(&s->feed->ring, seq);
		enum audience_seen what = seen(c, event->audience, NULL);
		bool full = what == AUDIENCE_CALLER || event->masked == NULL;
		more = add(c, seq, event->hash,
			what == AUDIENCE_NOTHING ? NULL
			: full                   ? event->full
						 : event->masked,
			full ? event->full_len : event->masked_len);
	}
}

void session_begin_frame(struct buf *frame) {
	static const char room[SERVER_HEADROOM] = {0};
	buf_clear(frame);
	buf_add(frame, room, sizeof(room));
}

static void begin(struct compose *c, const char *head) {
	c->out = composed_room(c->session->feed);
	session_begin_frame(&c->out);
	buf_add_str(&c->out, head);
}

/* Where that fails the connection is broken, and nobody asks for more. */
static void put(struct session *s, struct buf *out) {
	ws_conn_send_in_place(s->conn, out->data + SERVER_HEADROOM, out->len - SERVER_HEADROOM);
	s->unanswered++;
}

static bool send(struct session *s, struct compose *c) {
	put(s, &c->out);
	composed_spare(s->feed, &c->out);
	return true;
}

/* --- pieces of the log --- */

static bool cannot_read(struct session *s, struct compose *c) {
	composed_spare(s->feed, &c->out);
	session_bye(s, 1011, "the log cannot be read now");
	return false;
}

static bool send_composed(struct session *s) {
	struct composed *same = composed_find(s->feed, session_kind(s), s->cursor);
	if (same == NULL) {
		return false;
	}
	put(s, &same->out);
	s->cursor = s->told = same->to;
	return true;
}

/* The next of the events up to `upto`; true: there was one. */
static bool send_log(struct session *s, int64_t upto) {
	struct feed *feed = s->feed;
	struct compose c = {.session = s, .last = s->cursor};
	struct err err = {0};
	int64_t after = s->cursor;
	uint64_t forgotten = writer_forgotten(feed->writer);
	if (!is_desk(s) && send_composed(s)) {
		return true;
	}
	begin(&c, WIRE_EVENTS_HEAD);
	if (ring_get(&feed->ring, after + 1) != NULL) {
		add_ring(&c, upto);
	} else if (log_read(feed->reader, after, upto, MESSAGE_EVENTS_MAX, on_log_event, &c, &err) <
		   0) {
		return cannot_read(s, &c);
	}
	bool moved = c.last > after;
	s->cursor = c.last;
	if (c.count == 0) {
		composed_spare(feed, &c.out);
		return moved;
	}
	if (is_desk(s)) {
		wire_put_events_part(&c.out, s->told, c.last, c.mark);
	} else {
		wire_put_events_tail(&c.out, c.mark);
	}
	s->told = c.last;
	put(s, &c.out);
	if (is_desk(s)) {
		composed_spare(feed, &c.out);
		return true;
	}
	composed_keep(feed, &(struct composed){
				    .kind = session_kind(s),
				    .after = after,
				    .to = c.last,
				    .shown = feed->shown,
				    .full = c.last < feed->shown,
				    .forgotten = forgotten,
				    .out = c.out,
			    });
	return true;
}

/* The next of the open incidents' events; false: they are all there. */
static bool send_open(struct session *s) {
	struct compose c = {.session = s, .last = s->cursor, .before = true};
	struct err err = {0};
	begin(&c, WIRE_EVENTS_HEAD_OPEN);
	int64_t read = log_read_open(s->feed->reader, is_desk(s) ? s->agency : NULL, s->cursor,
		s->snapshot_head, MESSAGE_EVENTS_MAX, on_log_event, &c, &err);
	if (read < 0) {
		return cannot_read(s, &c);
	}
	s->cursor = c.last;
	if (c.count == 0) {
		composed_spare(s->feed, &c.out);
		return read > 0;
	}
	wire_put_events_tail(&c.out, "");
	return send(s, &c);
}

/* The next of what has happened at one incident; 0: that was all, -1: it cannot be read. */
static int send_past(struct session *s, struct session_past *past, struct err *err) {
	struct compose c = {.session = s, .last = past->after, .before = true};
	begin(&c, WIRE_EVENTS_HEAD_PAST);
	int64_t read = log_read_past(s->feed->reader, s->agency, past->incident, past->after,
		past->before - 1, MESSAGE_EVENTS_MAX, on_log_event, &c, err);
	if (read < 0) {
		composed_spare(s->feed, &c.out);
		return -1;
	}
	past->after = c.last;
	if (read == 0) {
		past->incident[0] = '\0';
	}
	if (c.count == 0) {
		composed_spare(s->feed, &c.out);
		return read > 0;
	}
	wire_put_events_tail(&c.out, "");
	return send(s, &c);
}

/* One that has ended and cannot be read keeps nobody from all the others. */
static void go_without(struct session *s, const struct err *err) {
	struct log_incident place = {0};
	if (log_get_incident(s->feed->reader, s->tell.incident, &place, NULL) != 1 ||
		place.ended_seq == 0) {
		session_bye(s, 1011, "the log cannot be read now");
		return;
	}
	trouble_unread(s->feed, err);
	s->tell.incident[0] = '\0';
}

static bool has_tells(const struct session *s) {
	return s->tells_len > 0 || s->tell.incident[0] != '\0';
}

/* The next of what the console has asked for: up to where it is in the log, and no further. */
static void send_told(struct session *s) {
	struct err err = {0};
	if (s->tell.incident[0] == '\0') {
		s->tell = (struct session_past){.before = s->cursor + 1};
		text_copy(s->tell.incident, UUID_SIZE, s->tells[0]);
		s->tells_len--;
		memmove(s->tells, s->tells + 1, s->tells_len * sizeof(*s->tells));
	}
	if (send_past(s, &s->tell, &err) < 0) {
		go_without(s, &err);
	}
}

/* A desk's next piece, which ends before the next event that asks it to an incident. */
static bool send_part(struct session *s) {
	struct err err = {0};
	char incident[UUID_SIZE];
	int64_t shown = s->feed->shown;
	int past = s->past.incident[0] != '\0' ? send_past(s, &s->past, &err) : 0;
	if (past < 0) {
		session_bye(s, 1011, "the log cannot be read now");
		return false;
	}
	if (past > 0) {
		return true;
	}
	/* What happened before the next event, which asks it, may have been told already. */
	int64_t from = s->past.before == s->cursor + 1 ? s->cursor + 1 : s->cursor;
	int64_t asked = log_next_sent(s->feed->reader, s->agency, from, shown, incident, &err);
	if (asked < 0) {
		session_bye(s, 1011, "the log cannot be read now");
		return false;
	}
	if (asked == s->cursor + 1) {
		s->past = (struct session_past){.before = asked};
		text_copy(s->past.incident, sizeof(s->past.incident), incident);
		session_advance(s); /* What is past for the feed has to be past for the desk. */
		return true;
	}
	return send_log(s, asked > 0 ? asked - 1 : shown);
}

static void send_waiting(struct session *s) {
	struct buf frame = s->out[0];
	memmove(s->out, s->out + 1, (s->out_len - 1) * sizeof(*s->out));
	s->out_len--;
	s->out_bytes -= frame.len;
	ws_conn_send(s->conn, frame.data, frame.len);
	s->unanswered++;
	buf_finish(&frame);
}

void session_advance(struct session *s) {
	struct buf frame = {0};
	char mark[MARK_SIZE];
	if (!is_desk(s) || s->phase != SESSION_FOLLOWING || s->told >= s->cursor) {
		return;
	}
	session_mark(s->feed, s->cursor, mark);
	buf_add_str(&frame, WIRE_EVENTS_HEAD);
	wire_put_events_part(&frame, s->told, s->cursor, mark);
	s->told = s->cursor;
	session_send(s, frame.data, frame.len);
	buf_finish(&frame);
}

static void tell_live(struct session *s) {
	struct buf frame = {0};
	char mark[MARK_SIZE];
	session_advance(s);
	session_mark(s->feed, s->cursor, mark);
	wire_put_live(&frame, s->cursor, mark, s->feed->purged_ms);
	session_send(s, frame.data, frame.len);
	buf_finish(&frame);
	s->live_told = true;
}

/* What is told as it is now, however often it has changed. */
static bool send_owed(struct session *s) {
	struct buf own = {0};
	if (s->owes_registry) {
		s->owes_registry = false;
		put(s, &s->feed->registry_frame);
		return true;
	}
	if (s->owes_presence) {
		s->owes_presence = false;
		put(s, presence_frame(s->feed, s, &own));
		buf_finish(&own);
		return true;
	}
	return false;
}

/* Sends the next piece, or finds that there is none. */
static void send_next(struct session *s) {
	if (s->phase == SESSION_SNAPSHOT) {
		if (!send_open(s) && !s->ending) {
			/* The open incidents are all there: from here on, without a gap. */
			s->phase = SESSION_FOLLOWING;
			s->cursor = s->told = s->snapshot_head;
			tell_live(s);
		}
	} else if (has_tells(s)) {
		send_told(s);
	} else if (is_desk(s) && (s->cursor < s->feed->shown || s->past.incident[0] != '\0')) {
		send_part(s);
	} else if (s->cursor < s->feed->shown) {
		send_log(s, s->feed->shown);
	} else if (!s->live_told) {
		tell_live(s);
	}
}

static bool has_more(const struct session *s) {
	return s->out_len > 0 ||
	       (!s->ending && s->phase != SESSION_HELLO &&
		       (s->owes_registry || s->owes_presence || s->phase == SESSION_SNAPSHOT ||
			       s->cursor < s->feed->shown || s->past.incident[0] != '\0' ||
			       has_tells(s) || !s->live_told));
}

bool session_writable(struct session *s) {
	if (s->out_len > 0) {
		send_waiting(s);
	} else if (!s->ending && s->phase != SESSION_HELLO) {
		if (!send_owed(s)) {
			if (catchup_has_to_wait(s)) {
				return false;
			}
			send_next(s);
		}
	}
	return has_more(s);
}
