/* Frames that the feed sends to a console. */
#include <siaga/wire/wire.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#include "private.h"
#include "put.h"

#define PROTOCOL_VERSION 1
#define EVENTS_MAX       4096
#define DESKS_MAX        64
#define BEAT_MIN_MS      200 /* what comes faster costs more than it tells */
#define BEAT_MAX_S       60  /* a dead link is known after two: nobody waits for longer */

static const char *const server_frame_names[] = {
	[FRAME_WELCOME] = "welcome",
	[FRAME_REGISTRY] = "registry",
	[FRAME_EVENTS] = "events",
	[FRAME_LIVE] = "live",
	[FRAME_DONE] = "done",
	[FRAME_REFUSED] = "refused",
	[FRAME_PRESENCE] = "presence",
	[FRAME_BYE] = "bye",
	[FRAME_BEAT] = "beat",
	[FRAME_DIVERGED] = "diverged",
	[FRAME_TRAINING] = "training",
};
static_assert(ARRAY_LEN(server_frame_names) == SERVER_FRAME_COUNT, "name every frame");

/* --- writing --- */

static void put_start(struct buf *out, enum server_frame_type type) {
	buf_add(out, "{", 1);
	put_text(out, "t", server_frame_names[type]);
}

void wire_put_welcome(struct buf *out, const char *feed, int64_t head, int64_t now_ms,
	const char *name, enum role role, const char *agency, int64_t beat_ms, enum mode mode) {
	put_start(out, FRAME_WELCOME);
	put_int(out, "v", PROTOCOL_VERSION);
	put_text(out, "feed", feed);
	put_int(out, "head", head);
	put_time(out, "now", now_ms);
	put_open(out, "you", '{');
	put_text(out, "name", name);
	put_text(out, "role", role_name(role));
	put_some(out, "agency", agency);
	put_close(out, '}');
	put_seconds(out, "beat_s", beat_ms);
	put_text(out, "mode", mode_name(mode));
	put_close(out, '}');
}

void wire_put_events_tail(struct buf *out, const char *mark) {
	put_close(out, ']');
	put_some(out, "mark", mark);
	put_close(out, '}');
}

void wire_put_events_part(struct buf *out, int64_t after, int64_t to, const char *mark) {
	put_close(out, ']');
	put_int(out, "after", after);
	put_int(out, "to", to);
	put_some(out, "mark", mark);
	put_close(out, '}');
}

void wire_put_diverged(struct buf *out, int64_t head) {
	put_start(out, FRAME_DIVERGED);
	put_int(out, "head", head);
	put_close(out, '}');
}

void wire_put_live(struct buf *out, int64_t head, const char *mark, int64_t purged_ms) {
	put_start(out, FRAME_LIVE);
	put_int(out, "head", head);
	put_some(out, "mark", mark);
	if (purged_ms > 0) {
		put_time(out, "purged", purged_ms);
	}
	put_close(out, '}');
}

/* Both or neither, so that who knows of neither reads what it knows. */
static void put_trouble(struct buf *out, enum trouble trouble) {
	if (trouble != TROUBLE_NONE) {
		put_literal(out, "writes", "false");
		put_text(out, "why", trouble_name(trouble));
	}
}

static void read_trouble(const struct reader *r, enum trouble *trouble) {
	bool writes = true;
	const char *why;
	read_flag(r, "writes", OPTIONAL, &writes);
	if (writes) {
		return;
	}
	/* A newer feed may know of more. */
	if (!read_raw(r, "why", OPTIONAL, &why) || !trouble_find(why, trouble) ||
		*trouble == TROUBLE_NONE) {
		*trouble = TROUBLE_OTHER;
	}
}

void wire_put_health(struct buf *out, const struct wire_health *health) {
	bool well = health->trouble == TROUBLE_NONE;
	buf_add(out, "{", 1);
	put_text(out, "status", well ? "ok" : "failing");
	put_int(out, "head", health->head);
	put_time(out, "now", health->now_ms);
	put_trouble(out, health->trouble);
	if (!well) {
		put_time(out, "since", health->since_ms);
	}
	put_close(out, '}');
}

bool wire_get_health(struct wire_health *health, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(health, 0, sizeof(*health));
	if (!doc_init(&doc, json, len, WIRE_CLIENT_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	read_int(&r, "head", REQUIRED, 0, READ_INT_MAX, &health->head);
	read_time(&r, "now", REQUIRED, &health->now_ms);
	read_trouble(&r, &health->trouble);
	read_time(&r, "since", OPTIONAL, &health->since_ms);
	bool ok = read_ok(&r);
	doc_finish(&doc);
	return ok;
}

void wire_put_beat(struct buf *out, int64_t head, int64_t now_ms, enum trouble trouble) {
	put_start(out, FRAME_BEAT);
	put_int(out, "head", head);
	put_time(out, "now", now_ms);
	put_trouble(out, trouble);
	put_close(out, '}');
}

void wire_put_done(struct buf *out, const char *id, int64_t seq) {
	put_start(out, FRAME_DONE);
	put_text(out, "id", id);
	put_int(out, "seq", seq);
	put_close(out, '}');
}

void wire_put_refused(struct buf *out, const char *id, const struct refusal *no) {
	put_start(out, FRAME_REFUSED);
	put_some(out, "id", id);
	put_text(out, "code", refusal_code_name(no->code));
	put_text(out, "message", no->message);
	put_close(out, '}');
}

void wire_put_bye(struct buf *out, const char *reason) {
	put_start(out, FRAME_BYE);
	put_text(out, "reason", reason);
	put_close(out, '}');
}

void wire_put_presence(struct buf *out, const struct presence *who, size_t who_len,
	const struct desk_state *desks, size_t desks_len) {
	put_start(out, FRAME_PRESENCE);
	put_open(out, "who", '[');
	for (size_t i = 0; i < who_len; i++) {
		put_open(out, NULL, '{');
		put_text(out, "name", who[i].name);
		put_some(out, "position", who[i].position);
		put_some(out, "open", who[i].open);
		put_close(out, '}');
	}
	put_close(out, ']');
	put_open(out, "desks", '{');
	for (size_t i = 0; i < desks_len; i++) {
		put_text(out, desks[i].agency, desk_name(desks[i].desk));
	}
	put_close(out, '}');
	put_close(out, '}');
}

/* --- reading --- */

static void read_head(const struct reader *r, struct server_frame *frame) {
	read_int(r, "head", REQUIRED, 0, READ_INT_MAX, &frame->head);
}

static void read_mark(const struct reader *r, struct server_frame *frame) {
	read_id(r, "mark", OPTIONAL, frame->mark, sizeof(frame->mark));
}

static void read_welcome(const struct reader *r, struct server_frame *frame) {
	struct reader you = read_object(r, "you", REQUIRED);
	int64_t version;
	if (read_int(r, "v", REQUIRED, 0, READ_INT_MAX, &version) && version != PROTOCOL_VERSION) {
		read_fail(r, "v", "a version that this program does not speak");
	}
	read_uuid(r, "feed", REQUIRED, frame->feed);
	read_head(r, frame);
	read_time(r, "now", REQUIRED, &frame->now_ms);
	read_text(
		&you, "name", REQUIRED, frame->name, sizeof(frame->name), sizeof(frame->name) - 1);
	read_role(&you, "role", REQUIRED, &frame->role);
	read_id(&you, "agency", OPTIONAL, frame->agency, sizeof(frame->agency));
	if (read_seconds(r, "beat_s", REQUIRED, BEAT_MAX_S, &frame->beat_ms) &&
		frame->beat_ms < BEAT_MIN_MS) {
		read_fail(r, "beat_s", "too small");
	}
	read_mode(r, "mode", OPTIONAL, &frame->mode);
}

/*
 * One that cannot be read, be it of a newer feed, costs the console itself and not all that came
 * with it: its place in the log is kept, and why nothing else is.
 */
static void read_event(struct reader item, struct event *event) {
	struct doc *doc = item.doc;
	struct err why = {0};
	struct doc own = {.root = doc->root, .err = &why};
	struct reader place = item;
	item.doc = &own;
	wire_read_event(&item, event);
	if (!own.failed) {
		return;
	}
	event_finish(event);
	*event = (struct event){.type = EVENT_UNREAD, .note = mem_dup_str(why.text)};
	read_int(&place, "seq", REQUIRED, 1, READ_INT_MAX, &event->seq);
}

static void read_events(const struct reader *r, struct server_frame *frame) {
	struct list list = read_list(r, "events", REQUIRED, EVENTS_MAX);
	struct buf body = {0};
	read_flag(r, "open", OPTIONAL, &frame->open_only);
	read_flag(r, "past", OPTIONAL, &frame->past);
	frame->partial = read_int(r, "to", OPTIONAL, 0, READ_INT_MAX, &frame->to) &&
			 read_int(r, "after", REQUIRED, 0, frame->to, &frame->after);
	read_mark(r, frame);
	frame->bodies = mem_alloc(list.len + 1, sizeof(*frame->bodies));
	for (size_t i = 0; i < list.len && read_ok(r); i++) {
		struct event *event = events_add(&frame->events);
		read_event(read_item(r, &list, i), event);
		if (!read_ok(r) || event->type == EVENT_UNREAD) {
			continue;
		}
		/* The cache gets our own clean words for it, not the stranger's bytes. */
		buf_clear(&body);
		wire_put_event(&body, event);
		frame->bodies[i] = mem_dup_str(body.data);
	}
	buf_finish(&body);
}

static void read_refused(const struct reader *r, struct server_frame *frame) {
	const char *code;
	read_uuid(r, "id", OPTIONAL, frame->id);
	if (read_raw(r, "code", REQUIRED, &code) &&
		!refusal_code_find(code, &frame->refusal.code)) {
		read_fail(r, "code", "unknown value");
	}
	read_text(r, "message", OPTIONAL, frame->refusal.message, sizeof(frame->refusal.message),
		sizeof(frame->refusal.message) - 1);
}

static void read_desks(const struct reader *r, struct server_frame *frame) {
	struct reader desks = read_object(r, "desks", OPTIONAL);
	if (desks.obj == NULL) {
		return;
	}
	size_t len = (size_t)json_object_object_length(desks.obj);
	if (len > DESKS_MAX) {
		read_fail(r, "desks", "more than %d desks", DESKS_MAX);
		return;
	}
	frame->desks = mem_alloc(len + 1, sizeof(*frame->desks));
	struct json_object_iterator it = json_object_iter_begin(desks.obj);
	struct json_object_iterator end = json_object_iter_end(desks.obj);
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *agency = json_object_iter_peek_name(&it);
		struct desk_state *desk = &frame->desks[frame->desks_len++];
		if (!text_id_ok(agency, sizeof(desk->agency) - 1)) {
			read_fail(r, "desks", "a name that is not an id");
			return;
		}
		text_copy(desk->agency, sizeof(desk->agency), agency);
		read_desk(&desks, agency, REQUIRED, &desk->desk);
	}
}

static void read_presence(const struct reader *r, struct server_frame *frame) {
	struct list list = read_list(r, "who", REQUIRED, WIRE_PRESENCE_MAX);
	frame->who = mem_alloc(list.len + 1, sizeof(*frame->who));
	for (size_t i = 0; i < list.len; i++) {
		struct reader item = read_item(r, &list, i);
		struct presence *who = &frame->who[frame->who_len++];
		read_text(&item, "name", REQUIRED, who->name, sizeof(who->name),
			sizeof(who->name) - 1);
		read_text(&item, "position", OPTIONAL, who->position, sizeof(who->position),
			sizeof(who->position) - 1);
		read_uuid(&item, "open", OPTIONAL, who->open);
	}
	read_desks(r, frame);
}

static void read_frame(const struct reader *r, struct server_frame *frame) {
	const char *name;
	size_t type = 0;
	if (!read_raw(r, "t", REQUIRED, &name)) {
		return;
	}
	while (type < SERVER_FRAME_COUNT && strcmp(server_frame_names[type], name) != 0) {
		type++;
	}
	frame->type = (enum server_frame_type)type;
	switch (frame->type) {
	case FRAME_WELCOME: read_welcome(r, frame); break;
	case FRAME_REGISTRY: wire_read_registry(r, &frame->registry); break;
	case FRAME_EVENTS: read_events(r, frame); break;
	case FRAME_LIVE:
		read_head(r, frame);
		read_mark(r, frame);
		read_time(r, "purged", OPTIONAL, &frame->purged_ms);
		break;
	case FRAME_DIVERGED: read_head(r, frame); break;
	case FRAME_DONE:
		read_uuid(r, "id", REQUIRED, frame->id);
		read_int(r, "seq", OPTIONAL, 0, READ_INT_MAX, &frame->seq);
		break;
	case FRAME_REFUSED: read_refused(r, frame); break;
	case FRAME_PRESENCE: read_presence(r, frame); break;
	case FRAME_BYE:
		read_text(r, "reason", OPTIONAL, frame->reason, sizeof(frame->reason),
			sizeof(frame->reason) - 1);
		break;
	case FRAME_BEAT:
		read_head(r, frame);
		read_time(r, "now", REQUIRED, &frame->now_ms);
		read_trouble(r, &frame->trouble);
		break;
	case FRAME_TRAINING:
		memset(&frame->training, 0, sizeof(frame->training));
		wire_read_training(r, &frame->training);
		break;
	case SERVER_FRAME_COUNT:
		/* A newer feed may say more; the caller tells this error by its text. */
		r->doc->failed = true;
		err_set(r->doc->err, "t");
		break;
	}
}

bool wire_get_server_frame(
	struct server_frame *frame, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(frame, 0, offsetof(struct server_frame, training));
	if (!doc_init(&doc, json, len, WIRE_SERVER_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		memset(&frame->training, 0, sizeof(frame->training));
		return false;
	}
	struct reader r = doc_reader(&doc);
	read_frame(&r, frame);
	bool ok = read_ok(&r);
	if (!ok) {
		server_frame_finish(frame);
		memset(&frame->training, 0, sizeof(frame->training));
	}
	doc_finish(&doc);
	return ok;
}

void server_frame_finish(struct server_frame *frame) {
	registry_finish(&frame->registry);
	for (size_t i = 0; frame->bodies != NULL && i < frame->events.len; i++) {
		free(frame->bodies[i]);
	}
	free(frame->bodies);
	events_finish(&frame->events);
	free(frame->who);
	free(frame->desks);
	memset(frame, 0, offsetof(struct server_frame, training));
}
