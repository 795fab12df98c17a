/* Frames of a console, as the feed reads them. */
#include <stdlib.h>
#include <string.h>

#include <siaga/wire/wire.h>

#include "fuzz.h"

static void put_frame(struct buf *out, const struct client_frame *frame) {
	switch (frame->type) {
	case FRAME_FOLLOW:
		wire_put_follow(out, frame->has_after, frame->after, frame->mark, frame->position);
		break;
	case FRAME_DO: wire_put_do(out, &frame->command); break;
	case FRAME_GOT: wire_put_got(out, frame->seq); break;
	case FRAME_LOOK: wire_put_look(out, frame->open); break;
	case FRAME_TELL: wire_put_tell(out, frame->incident); break;
	case FRAME_TRAIN: wire_put_train(out, &frame->train); break;
	case CLIENT_FRAME_COUNT: break;
	}
}

/* Nobody gets by a frame what is the feed's own, or the intake's, to say. */
static void check_command(const struct command *cmd) {
	MUST(cmd->action != ACTION_RAISE && cmd->action != ACTION_DELIVER);
	MUST(cmd->role == ROLE_NONE && cmd->by.name[0] == '\0' && cmd->own_agency[0] == '\0');
	MUST(cmd->at_ms == 0 && cmd->alarm.id[0] == '\0' && cmd->new_incident[0] == '\0');
	MUST(is_clean(cmd->place, sizeof(cmd->place)));
	MUST(is_clean(cmd->agency, sizeof(cmd->agency)));
	MUST(is_clean(cmd->camera, sizeof(cmd->camera)));
	MUST(cmd->note == NULL || is_clean(cmd->note, NOTE_MAX + 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct client_frame frame, again;
	struct buf first = {0}, second = {0};
	struct err err = {0};
	if (!wire_get_client_frame(&frame, (const char *)data, size, &err)) {
		MUST(is_message(&err));
		MUST(frame.command.note == NULL && frame.command.action == (enum action)0);
		MUST(frame.command.id[0] == '\0' ||
			(frame.type == FRAME_DO && uuid_ok(frame.command.id)));
		return 0;
	}
	MUST(frame.type < CLIENT_FRAME_COUNT);
	MUST(is_clean(frame.position, sizeof(frame.position)));
	if (frame.type == FRAME_DO) {
		check_command(&frame.command);
	}
	put_frame(&first, &frame);
	MUST_OF(wire_get_client_frame(&again, first.data, first.len, &err), first.data);
	/* To put something on hold until nothing may be said by saying nothing. */
	unsigned until = frame.command.action == ACTION_HOLD ? HAS_UNTIL : 0u;
	MUST(again.type == frame.type);
	MUST((again.command.has | until) == (frame.command.has | until));
	put_frame(&second, &again);
	MUST_OF(first.len == second.len && memcmp(first.data, second.data, first.len) == 0,
		first.data);
	client_frame_finish(&frame);
	client_frame_finish(&again);
	buf_finish(&first);
	buf_finish(&second);
	return 0;
}
