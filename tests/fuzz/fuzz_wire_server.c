/* Frames of the feed, as a console reads them. */
#include <stdlib.h>
#include <string.h>

#include <siaga/wire/wire.h>

#include "fuzz.h"

static void check_texts(const struct server_frame *frame) {
	MUST(is_clean(frame->name, sizeof(frame->name)));
	MUST(is_clean(frame->reason, sizeof(frame->reason)));
	MUST(is_clean(frame->refusal.message, sizeof(frame->refusal.message)));
	MUST(is_clean(frame->agency, sizeof(frame->agency)));
	MUST(is_clean(frame->mark, sizeof(frame->mark)));
	MUST(is_clean(frame->training.said, sizeof(frame->training.said)));
	MUST(is_clean(frame->training.trainee, sizeof(frame->training.trainee)));
	MUST(is_clean(frame->training.note, sizeof(frame->training.note)));
	MUST(frame->training.alarms_len <= TRAINING_ALARMS_MAX);
	for (size_t i = 0; i < frame->training.alarms_len; i++) {
		MUST(is_clean(
			frame->training.alarms[i].key, sizeof(frame->training.alarms[i].key)));
		MUST(is_clean(
			frame->training.alarms[i].what, sizeof(frame->training.alarms[i].what)));
	}
	MUST(frame->training.trainees_len <= TRAINING_CLASS_MAX);
	MUST(frame->training.trainees_len == 0 || frame->training.class);
	for (size_t i = 0; i < frame->training.trainees_len; i++) {
		MUST(is_clean(frame->training.trainees[i].name,
			sizeof(frame->training.trainees[i].name)));
	}
	MUST(frame->type < SERVER_FRAME_COUNT);
	MUST(frame->refusal.code < REFUSAL_CODE_COUNT);
	for (size_t i = 0; i < frame->who_len; i++) {
		MUST(is_clean(frame->who[i].name, sizeof(frame->who[i].name)));
		MUST(is_clean(frame->who[i].position, sizeof(frame->who[i].position)));
	}
	for (size_t i = 0; i < frame->desks_len; i++) {
		MUST(is_clean(frame->desks[i].agency, sizeof(frame->desks[i].agency)));
		MUST(frame->desks[i].desk < DESK_COUNT);
	}
}

static void put_events(struct buf *out, const struct server_frame *frame) {
	buf_add_str(out, frame->open_only ? WIRE_EVENTS_HEAD_OPEN
			 : frame->past    ? WIRE_EVENTS_HEAD_PAST
					  : WIRE_EVENTS_HEAD);
	for (size_t i = 0; i < frame->events.len; i++) {
		struct buf body = {0};
		if (frame->events.items[i].type == EVENT_UNREAD) {
			MUST(frame->bodies[i] == NULL && frame->events.items[i].note != NULL);
			buf_add_str(out, i > 0 ? "," : "");
			buf_printf(out, "{\"seq\":%lld}", (long long)frame->events.items[i].seq);
			continue;
		}
		wire_put_event(&body, &frame->events.items[i]);
		MUST_OF(strcmp(body.data, frame->bodies[i]) == 0, body.data);
		buf_add_str(out, i > 0 ? "," : "");
		buf_add(out, body.data, body.len);
		buf_finish(&body);
	}
	if (frame->partial) {
		MUST(frame->after <= frame->to);
		wire_put_events_part(out, frame->after, frame->to, frame->mark);
	} else {
		wire_put_events_tail(out, frame->mark);
	}
}

static void put_frame(struct buf *out, const struct server_frame *frame) {
	switch (frame->type) {
	case FRAME_WELCOME:
		wire_put_welcome(out, frame->feed, frame->head, frame->now_ms, frame->name,
			frame->role, frame->agency, frame->beat_ms, frame->mode);
		break;
	case FRAME_REGISTRY: wire_put_registry(out, &frame->registry); break;
	case FRAME_EVENTS: put_events(out, frame); break;
	case FRAME_LIVE: wire_put_live(out, frame->head, frame->mark, frame->purged_ms); break;
	case FRAME_DONE: wire_put_done(out, frame->id, frame->seq); break;
	case FRAME_REFUSED: wire_put_refused(out, frame->id, &frame->refusal); break;
	case FRAME_PRESENCE:
		wire_put_presence(out, frame->who, frame->who_len, frame->desks, frame->desks_len);
		break;
	case FRAME_BYE: wire_put_bye(out, frame->reason); break;
	case FRAME_BEAT: wire_put_beat(out, frame->head, frame->now_ms, frame->trouble); break;
	case FRAME_DIVERGED: wire_put_diverged(out, frame->head); break;
	case FRAME_TRAINING: wire_put_training(out, &frame->training); break;
	case SERVER_FRAME_COUNT: break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct server_frame frame, again;
	struct buf first = {0}, second = {0};
	struct err err = {0};
	if (!wire_get_server_frame(&frame, (const char *)data, size, &err)) {
		MUST(is_message(&err));
		MUST(frame.events.items == NULL && frame.who == NULL && frame.desks == NULL);
		return 0;
	}
	check_texts(&frame);
	put_frame(&first, &frame);
	MUST_OF(wire_get_server_frame(&again, first.data, first.len, &err), err.text);
	MUST(again.type == frame.type);
	put_frame(&second, &again);
	MUST_OF(first.len == second.len && memcmp(first.data, second.data, first.len) == 0,
		first.data);
	server_frame_finish(&frame);
	server_frame_finish(&again);
	buf_finish(&first);
	buf_finish(&second);
	return 0;
}
