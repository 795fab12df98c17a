#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#define BAD_FRAMES_MAX   20
#define OUT_FRAMES_MAX   1024 /* answers and beats that a console does not read: it is gone */
#define OUT_BYTES_MAX    (256 * 1024)
#define CLOSE_BAD        4400
#define CLOSE_TOO_MANY   4429
#define PAUSE_MS         900 /* "in a second", and clocks differ */
#define CLOSE_REVOKED    4001
#define THROTTLED_BURSTS 10 /* of messages after the refusal: it does not listen */
#define CLOSE_SLOW       4008
#define HEARD_MAX        3   /* follow, and once more where the log is another one */
#define TELLS_MAX        256 /* incidents that are to be told of, at once */

struct session *session_create(struct feed *feed, const struct token *token) {
	struct session *s = mem_alloc(1, sizeof(*s));
	s->feed = feed;
	s->id = ++feed->last_id;
	text_copy(s->who.name, sizeof(s->who.name), token->name);
	memcpy(s->token, token->hash, sizeof(s->token));
	s->role = token->role;
	text_copy(s->agency, sizeof(s->agency), token->agency);
	HASH_ADD(hh, feed->sessions, id, sizeof(s->id), s);
	feed->counters.sessions_total++;
	return s;
}

static void drop_waiting(struct session *s) {
	for (size_t i = 0; i < s->out_len; i++) {
		buf_finish(&s->out[i]);
	}
	s->out_len = s->out_bytes = 0;
}

/* From here on it is nobody, however long it takes until it has heard why. */
static void end(struct session *s, uint16_t code, const char *reason) {
	viewed_settle(s);
	s->open_ms = 0;
	s->ending = true;
	presence_soon(s->feed);
	ws_conn_close(s->conn, code, reason);
}

/* It hears why if it reads on soon; what waited is not kept for that. */
static void end_slow(struct session *s) {
	drop_waiting(s);
	end(s, CLOSE_SLOW, "slow");
}

void session_destroy(struct session *s) {
	fan_without(s->feed, s);
	HASH_DEL(s->feed->sessions, s);
	drop_waiting(s);
	viewed_finish(s);
	free(s->tells);
	free(s->out);
	free(s);
}

void session_send(struct session *s, const char *text, size_t len) {
	if (s->conn == NULL || s->ending) {
		return;
	}
	if (s->out_len == OUT_FRAMES_MAX || s->out_bytes + len > OUT_BYTES_MAX) {
		end_slow(s);
		return;
	}
	s->out = mem_resize(s->out, s->out_len + 1, sizeof(*s->out));
	struct buf *frame = &s->out[s->out_len++];
	memset(frame, 0, sizeof(*frame));
	buf_add(frame, text, len);
	s->out_bytes += len;
	ws_conn_want_write(s->conn);
}

static void send_buf(struct session *s, struct buf *frame) {
	session_send(s, frame->data, frame->len);
	buf_finish(frame);
}

void session_bye(struct session *s, uint16_t code, const char *reason) {
	struct buf frame = {0};
	if (s->conn == NULL || s->ending) {
		return;
	}
	wire_put_bye(&frame, reason);
	send_buf(s, &frame);
	end(s, code, reason);
}

void session_check_token(struct session *s) {
	if (s->conn == NULL || s->ending ||
		tokens_has(&s->feed->tokens, s->token, s->role, s->agency)) {
		return;
	}
	drop_waiting(s);
	session_bye(s, CLOSE_REVOKED, "the token was revoked");
	s->feed->counters.revoked++;
}

void session_open(struct session *s, struct ws_conn *conn) {
	struct buf frame = {0};
	s->conn = conn;
	wire_put_welcome(&frame, s->feed->feed_id, s->feed->ring.head, clock_wall_ms(), s->who.name,
		s->role, s->agency, BEAT_MS, s->feed->cfg->mode);
	send_buf(s, &frame);
	if (s->feed->trouble != TROUBLE_NONE) {
		trouble_beat(s->feed, s);
	}
	session_check_token(s); /* It may have gone during the handshake. */
}

bool session_is_present(const struct session *s) {
	return s->phase != SESSION_HELLO;
}

void session_wake(struct session *s) {
	if (s->conn != NULL && s->phase != SESSION_HELLO) {
		ws_conn_want_write(s->conn);
	}
}

void session_tell(struct session *s) {
	if (s->conn != NULL && s->phase == SESSION_FOLLOWING && !s->ending) {
		ws_conn_write_together(s->conn);
	} else {
		session_wake(s);
	}
}

/* --- what the console says --- */

static void refuse(struct session *s, const char *id, enum refusal_code code, const char *message) {
	struct refusal no = {.code = code};
	struct buf frame = {0};
	text_copy(no.message, sizeof(no.message), message);
	wire_put_refused(&frame, id, &no);
	send_buf(s, &frame);
	s->feed->counters.refused++;
}

/* What the console holds did not come from this log: one that was put back from a copy, say, and
 * has gone on another way. */
static bool diverged(struct session *s, const struct client_frame *frame) {
	struct buf out = {0};
	char mark[MARK_SIZE];
	if (!frame->has_after || frame->mark[0] == '\0' || frame->after > s->feed->ring.head) {
		return false;
	}
	session_mark(s->feed, frame->after, mark);
	if (mark[0] == '\0' || strcmp(mark, frame->mark) == 0) {
		return false;
	}
	wire_put_diverged(&out, s->feed->ring.head);
	send_buf(s, &out);
	return true;
}

static void follow(struct session *s, const struct client_frame *frame) {
	struct feed *feed = s->feed;
	if (diverged(s, frame)) {
		return;
	}
	bool first = s->phase == SESSION_HELLO;
	memset(&s->past, 0, sizeof(s->past));
	memset(&s->tell, 0, sizeof(s->tell));
	s->tells_len = 0;
	if (first) { /* Whoever came from there leaves from there. */
		text_copy(s->who.position, sizeof(s->who.position), frame->position);
	}
	s->live_told = false;
	if (frame->has_after && frame->after <= feed->ring.head) {
		s->phase = SESSION_FOLLOWING;
		s->cursor = s->told = frame->after;
	} else {
		s->phase = SESSION_SNAPSHOT;
		s->cursor = 0;
		s->snapshot_head = feed->ring.head;
	}
	/* At once, so that no strip says UNKNOWN of a desk that we do know. */
	s->owes_registry = s->owes_presence = true;
	if (first) {
		presence_link(feed, s, true);
	} else {
		presence_soon(feed);
	}
	ws_conn_want_write(s->conn);
}

static void act(struct session *s, struct client_frame *frame) {
	struct command *cmd = &frame->command;
	struct waiter waiter = {.session = s->id};
	char id[UUID_SIZE];
	text_copy(id, sizeof(id), cmd->id);
	text_copy(waiter.id, sizeof(waiter.id), cmd->id);
	if (!action_allowed(s->role, cmd->action)) {
		refuse(s, id, REFUSAL_FORBIDDEN, "action: not for your role");
		return;
	}
	cmd->by = s->who;
	cmd->role = s->role;
	text_copy(cmd->own_agency, sizeof(cmd->own_agency), s->agency);
	if (!feed_submit(s->feed, cmd, NULL, true, &waiter)) {
		refuse(s, id, REFUSAL_UNAVAILABLE, "too many are waiting; try again");
	}
}

static void deliver(struct session *s) {
	struct command cmd = {.action = ACTION_DELIVER, .role = s->role, .seq = s->got_seq};
	struct waiter waiter = {.session = s->id, .got = true};
	cmd.by = s->who;
	uuid_make(cmd.id);
	text_copy(cmd.own_agency, sizeof(cmd.own_agency), s->agency);
	s->got_waits = feed_submit(s->feed, &cmd, NULL, false, &waiter);
	s->got_unsaid = !s->got_waits;
}

/* However often a desk says it: the newest holds for all that was before. */
void session_got_again(struct session *s) {
	if (s->got_unsaid && !s->got_waits) {
		deliver(s);
	}
}

void session_close(struct session *s) {
	if (s->got_unsaid) {
		deliver(s);
	}
	viewed_settle(s);
}

static void got(struct session *s, int64_t seq) {
	if (seq > s->cursor) {
		seq = s->cursor; /* Nobody has what was not sent. */
	}
	if (s->role != ROLE_AGENCY || seq <= s->got_seq) {
		return;
	}
	s->got_seq = seq;
	s->got_unsaid = true;
	session_got_again(s);
}

/* To a desk only what it was asked to; whatever else it names is as if there were no such one. */
static bool may_be_told(struct session *s, const char *incident) {
	struct err err = {0};
	if (s->role != ROLE_AGENCY) {
		return true;
	}
	int64_t asked = log_get_sent(s->feed->reader, s->agency, incident, NULL, &err);
	if (asked < 0) {
		session_bye(s, 1011, "the log cannot be read now");
	}
	/* One to which it is asked further on comes with all that was before, anyway. */
	return asked > 0 && asked <= (s->phase == SESSION_SNAPSHOT ? s->snapshot_head : s->cursor);
}

static void tell(struct session *s, const char *incident) {
	if (s->phase == SESSION_HELLO) {
		refuse(s, "", REFUSAL_INVALID, "t: tell comes after follow");
		return;
	}
	if (s->tells_len < TELLS_MAX && !may_be_told(s, incident)) {
		return;
	}
	if (s->tells_len == TELLS_MAX || !viewed_ended(s, incident)) {
		refuse(s, "", REFUSAL_TOO_MANY,
			"too many incidents at once; ask again in a second");
		return;
	}
	s->tells = mem_resize(s->tells, s->tells_len + 1, sizeof(*s->tells));
	text_copy(s->tells[s->tells_len++], UUID_SIZE, incident);
	ws_conn_want_write(s->conn);
}

/*
 * The desks of an agency share their token's bucket, and each answers every message of the log: one
 * answer to each, that tells something, is what the feed has asked for.
 */
static bool is_receipt(struct session *s, const struct client_frame *frame) {
	if (frame->type != FRAME_GOT || s->role != ROLE_AGENCY || s->unanswered == 0 ||
		frame->seq <= s->got_seq || frame->seq > s->cursor) {
		return false;
	}
	s->unanswered--;
	return true;
}

/*
 * Once it was too much nothing is taken of the link for a while, and no action before it has paused
 * for so long: what is on its way already is refused whole, and not every second piece of it, so
 * that it can be sent again in its order; and what comes into the bucket meanwhile is for the
 * others of its token. The bucket is the token's: a link that is made anew, or one more, brings no
 * more.
 */
static bool is_too_much(struct session *s, const struct client_frame *frame) {
	const struct feed_limits *limits = &s->feed->limits;
	struct rate rate = {limits->session_rate, limits->session_burst};
	int64_t now_ms = clock_mono_ms();
	struct token *token = tokens_get(&s->feed->tokens, s->token);
	if (token == NULL) {
		return true; /* It was revoked: the link is about to end. */
	}
	if (frame != NULL && is_receipt(s, frame)) {
		return false;
	}
	s->throttled = s->throttled && now_ms - s->refused_ms < PAUSE_MS;
	if (!s->throttled && bucket_take(&token->messages, rate, now_ms) == 0) {
		s->throttled_by = 0;
		return false;
	}
	/* That an operator goes on looking about is no reason to put off what is done. */
	if (!s->throttled || (frame != NULL && frame->type == FRAME_DO)) {
		s->refused_ms = now_ms;
	}
	s->throttled = true;
	s->throttled_by++;
	s->feed->counters.limited_session++;
	return true;
}

/* Whoever was let in is heard, however much others with its token say. */
static bool begins(struct session *s, const struct client_frame *frame) {
	return frame->type == FRAME_FOLLOW && s->phase == SESSION_HELLO && s->heard++ < HEARD_MAX;
}

static void refuse_too_many(struct session *s, const struct client_frame *frame) {
	refuse(s, frame->type == FRAME_DO ? frame->command.id : "", REFUSAL_TOO_MANY,
		"too many messages; send it again in a second");
	if (s->throttled_by > THROTTLED_BURSTS * s->feed->limits.session_burst) {
		session_bye(s, CLOSE_TOO_MANY, "too many messages");
	}
}

void session_message(struct session *s, const char *text, size_t len) {
	struct client_frame frame;
	struct err err = {0};
	if (s->ending) {
		return;
	}
	if (!wire_get_client_frame(&frame, text, len, &err)) {
		is_too_much(s, NULL);
		s->feed->counters.frames_bad++;
		refuse(s, frame.type == FRAME_DO ? frame.command.id : "", REFUSAL_INVALID,
			err.text);
		client_frame_finish(&frame);
		if (++s->bad_frames > BAD_FRAMES_MAX) {
			session_bye(s, CLOSE_BAD, "too many bad messages");
		}
		return;
	}
	bool too_much = is_too_much(s, &frame);
	if (!begins(s, &frame) && too_much) {
		refuse_too_many(s, &frame);
		client_frame_finish(&frame);
		return;
	}
	switch (frame.type) {
	case FRAME_FOLLOW: follow(s, &frame); break;
	case FRAME_DO: act(s, &frame); break;
	case FRAME_GOT: got(s, frame.seq); break;
	case FRAME_LOOK:
		viewed_open(s, frame.open);
		presence_soon(s->feed);
		break;
	case FRAME_TELL: tell(s, frame.incident); break;
	case FRAME_TRAIN: refuse(s, "", REFUSAL_FORBIDDEN, "train: this is no training"); break;
	case CLIENT_FRAME_COUNT: break;
	}
	client_frame_finish(&frame);
}

void session_result(
	struct session *s, const struct waiter *waiter, const struct writer_result *result) {
	struct buf frame = {0};
	if (waiter->got) {
		s->got_waits = false;
		if (result->refused) {
			s->got_unsaid = true; /* Again at the next beat. */
		} else {
			session_got_again(s);
		}
		return;
	}
	if (result->refused) {
		wire_put_refused(&frame, waiter->id, &result->refusal);
		s->feed->counters.refused++;
	} else {
		wire_put_done(&frame, waiter->id, result->seq);
	}
	send_buf(s, &frame);
}
