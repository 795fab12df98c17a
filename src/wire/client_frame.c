/* Frames that a console sends to the feed. */
#include <siaga/wire/wire.h>

#include <assert.h>
#include <string.h>

#include <siaga/base/text.h>

#include "private.h"
#include "put.h"

static const char *const client_frame_names[] = {
	[FRAME_FOLLOW] = "follow",
	[FRAME_DO] = "do",
	[FRAME_GOT] = "got",
	[FRAME_LOOK] = "look",
	[FRAME_TELL] = "tell",
	[FRAME_TRAIN] = "train",
};
static_assert(ARRAY_LEN(client_frame_names) == CLIENT_FRAME_COUNT, "name every frame");

/* --- writing --- */

void wire_put_follow(
	struct buf *out, bool has_after, int64_t after, const char *mark, const char *position) {
	buf_add_str(out, "{\"t\":\"follow\"");
	if (has_after) {
		put_int(out, "after", after);
		put_some(out, "mark", mark);
	}
	put_some(out, "position", position);
	put_close(out, '}');
}

void wire_put_got(struct buf *out, int64_t seq) {
	buf_add_str(out, "{\"t\":\"got\"");
	put_int(out, "seq", seq);
	put_close(out, '}');
}

void wire_put_look(struct buf *out, const char *incident) {
	buf_add_str(out, "{\"t\":\"look\"");
	if (incident != NULL && incident[0] != '\0') {
		put_text(out, "open", incident);
	} else {
		put_literal(out, "open", "null");
	}
	put_close(out, '}');
}

void wire_put_tell(struct buf *out, const char *incident) {
	buf_add_str(out, "{\"t\":\"tell\"");
	put_text(out, "incident", incident);
	put_close(out, '}');
}

static void put_given(struct buf *out, const struct command *cmd) {
	if (cmd->has & HAS_KIND) {
		put_text(out, "kind", kind_name(cmd->kind));
	}
	if (cmd->has & HAS_PRIORITY) {
		put_text(out, "priority", priority_name(cmd->priority));
	}
	if (cmd->has & HAS_AT) {
		put_position(out, cmd->at);
	}
	if (cmd->has & HAS_ACCURACY) {
		put_int(out, "accuracy_m", cmd->accuracy_m);
	}
	if (cmd->has & HAS_PLACE) {
		put_text(out, "place", cmd->place);
	}
	if (cmd->has & HAS_CAMERA_STATUS) {
		put_text(out, "status", camera_status_name(cmd->camera_status));
	}
	if (cmd->has & HAS_UNTIL || cmd->action == ACTION_HOLD) {
		if (cmd->until_ms != 0) {
			put_time(out, "until", cmd->until_ms);
		} else {
			put_literal(out, "until", "null");
		}
	}
}

void wire_put_command(struct buf *out, const struct command *cmd) {
	put_text(out, "id", cmd->id);
	put_some(out, "incident", cmd->incident);
	if (cmd->has & HAS_IF_REV) {
		put_int(out, "if_rev", cmd->if_rev);
	}
	put_text(out, "action", action_name(cmd->action));
	if (cmd->method != METHOD_NONE) {
		put_text(out, "method", method_name(cmd->method));
	}
	put_some(out, "camera", cmd->camera);
	if (cmd->reason != REJECT_NONE) {
		put_text(out, "reason", reject_reason_name(cmd->reason));
	}
	if (cmd->disposition != DISPOSITION_NONE) {
		put_text(out, "disposition", disposition_name(cmd->disposition));
	}
	put_some(out, "agency", cmd->agency);
	put_some(out, "into", cmd->other);
	put_given(out, cmd);
	put_some(out, "note", cmd->note);
	put_close(out, '}');
}

void wire_put_do(struct buf *out, const struct command *cmd) {
	buf_add_str(out, "{\"t\":\"do\"");
	wire_put_command(out, cmd);
}

void wire_put_kept_do(struct buf *out, const struct command *cmd, const char *feed, bool tried) {
	buf_add_str(out, "{\"t\":\"do\"");
	put_some(out, "as", cmd->by.name);
	put_some(out, "feed", feed);
	put_literal(out, "tried", tried ? "true" : "false");
	wire_put_command(out, cmd);
}

/* --- reading --- */

/* These come from the feed itself or by intake, never from a console. */
static bool is_for_clients(enum action action) {
	return action != ACTION_RAISE && action != ACTION_DELIVER &&
	       action != ACTION_REGISTRY_CHANGED && action != ACTION_LINK_UP &&
	       action != ACTION_LINK_DOWN && action != ACTION_VIEW && action != ACTION_PURGE;
}

static void read_given(const struct reader *r, struct command *cmd) {
	cmd->has |= read_kind(r, "kind", OPTIONAL, &cmd->kind) ? HAS_KIND : 0u;
	cmd->has |= read_priority(r, "priority", OPTIONAL, &cmd->priority) ? HAS_PRIORITY : 0u;
	cmd->has |= read_position(r, OPTIONAL, &cmd->at) ? HAS_AT : 0u;
	cmd->has |= read_accuracy(r, &cmd->accuracy_m) ? HAS_ACCURACY : 0u;
	cmd->has |= read_text(r, "place", OPTIONAL, cmd->place, sizeof(cmd->place),
			    sizeof(cmd->place) - 1)
			    ? HAS_PLACE
			    : 0u;
	cmd->has |= read_camera_status(r, "status", OPTIONAL, &cmd->camera_status)
			    ? HAS_CAMERA_STATUS
			    : 0u;
	/* `until` null says something: no longer on hold. */
	cmd->has |= read_says(r, "until") ? HAS_UNTIL : 0u;
	read_time(r, "until", OPTIONAL, &cmd->until_ms);
}

void wire_read_command(const struct reader *r, struct command *cmd) {
	cmd->accuracy_m = -1;
	cmd->alarm.accuracy_m = -1;
	read_uuid(r, "id", REQUIRED, cmd->id);
	if (read_action(r, "action", REQUIRED, &cmd->action) && !is_for_clients(cmd->action)) {
		read_fail(r, "action", "not for clients");
	}
	enum action action = cmd->action;
	bool of_camera = action == ACTION_CAMERA_STATUS;
	read_uuid(r, "incident", of_camera ? OPTIONAL : REQUIRED, cmd->incident);
	cmd->has |=
		read_int(r, "if_rev", OPTIONAL, 0, READ_INT_MAX, &cmd->if_rev) ? HAS_IF_REV : 0u;
	read_method(r, "method", action == ACTION_VERIFY ? REQUIRED : OPTIONAL, &cmd->method);
	read_id(r, "camera", of_camera || action == ACTION_CAMERA_VIEWED ? REQUIRED : OPTIONAL,
		cmd->camera, sizeof(cmd->camera));
	read_reject_reason(
		r, "reason", action == ACTION_REJECT ? REQUIRED : OPTIONAL, &cmd->reason);
	read_disposition(
		r, "disposition", action == ACTION_CLOSE ? REQUIRED : OPTIONAL, &cmd->disposition);
	/* The steps of a dispatch need none from an agency's desk: it is its own. */
	read_id(r, "agency", action == ACTION_DISPATCH ? REQUIRED : OPTIONAL, cmd->agency,
		sizeof(cmd->agency));
	read_uuid(r, "into", action == ACTION_MERGE ? REQUIRED : OPTIONAL, cmd->other);
	read_given(r, cmd);
	read_note(r, "note", &cmd->note);
}

static void read_frame(const struct reader *r, struct client_frame *frame) {
	const char *name;
	size_t type = 0;
	if (!read_raw(r, "t", REQUIRED, &name)) {
		return;
	}
	while (type < CLIENT_FRAME_COUNT && strcmp(client_frame_names[type], name) != 0) {
		type++;
	}
	frame->type = (enum client_frame_type)type;
	switch (frame->type) {
	case FRAME_FOLLOW:
		frame->has_after = read_int(r, "after", OPTIONAL, 0, READ_INT_MAX, &frame->after);
		read_id(r, "mark", OPTIONAL, frame->mark, sizeof(frame->mark));
		read_text(r, "position", OPTIONAL, frame->position, sizeof(frame->position),
			sizeof(frame->position) - 1);
		break;
	case FRAME_DO:
		wire_read_command(r, &frame->command);
		read_text(r, "as", OPTIONAL, frame->as, sizeof(frame->as), sizeof(frame->as) - 1);
		read_uuid(r, "feed", OPTIONAL, frame->feed);
		/* An older program kept what it had sent without a word of it. */
		frame->tried = !read_flag(r, "tried", OPTIONAL, &frame->tried) || frame->tried;
		break;
	case FRAME_GOT: read_int(r, "seq", REQUIRED, 0, READ_INT_MAX, &frame->seq); break;
	case FRAME_LOOK: read_uuid(r, "open", OPTIONAL, frame->open); break;
	case FRAME_TELL: read_uuid(r, "incident", REQUIRED, frame->incident); break;
	case FRAME_TRAIN: wire_read_train(r, &frame->train); break;
	case CLIENT_FRAME_COUNT: read_fail(r, "t", "unknown value"); break;
	}
}

/* Nothing of a frame that is wrong is used, but whoever asked wants to hear it by the id. */
static void keep_id(struct client_frame *frame) {
	char id[UUID_SIZE] = "";
	if (frame->type == FRAME_DO) {
		memcpy(id, frame->command.id, sizeof(id));
	}
	client_frame_finish(frame);
	memset(frame, 0, sizeof(*frame));
	if (id[0] != '\0') {
		frame->type = FRAME_DO;
		memcpy(frame->command.id, id, sizeof(id));
	}
}

bool wire_get_client_frame(
	struct client_frame *frame, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(frame, 0, sizeof(*frame));
	if (!doc_init(&doc, json, len, WIRE_CLIENT_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	read_frame(&r, frame);
	bool ok = read_ok(&r);
	if (!ok) {
		keep_id(frame);
	}
	doc_finish(&doc);
	return ok;
}

void client_frame_finish(struct client_frame *frame) {
	command_finish(&frame->command);
}
