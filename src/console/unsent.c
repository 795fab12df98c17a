/* The outbox on the disk, into the app: what an earlier console has not sent. */
#include "runtime.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

struct outbox_load {
	struct runtime *rt;
	struct cache_meta meta;
	size_t unread;
};

static bool load_outbox(void *data, const char *id, int64_t at_ms, const char *text) {
	struct outbox_load *load = data;
	struct runtime *rt = load->rt;
	struct client_frame frame;
	UNUSED(id);
	load->unread++;
	if (wire_get_client_frame(&frame, text, strlen(text), NULL)) {
		if (frame.type == FRAME_DO) {
			load->unread--;
			text_copy(frame.command.by.name, sizeof(frame.command.by.name), frame.as);
			struct app_event event = {.type = APP_OUTBOX,
				.command = &frame.command,
				.tried = frame.tried,
				.guessed = frame.feed[0] == '\0',
				.made_ms = at_ms};
			/* An older program did not say which feed's; its cache was of one. */
			text_copy(event.feed, sizeof(event.feed),
				event.guessed ? load->meta.feed : frame.feed);
			runtime_apply(rt, &event);
		}
		client_frame_finish(&frame);
	}
	return true;
}

void runtime_load_outbox(struct runtime *rt) {
	struct outbox_load load = {.rt = rt};
	struct err err = {0};
	char text[256];
	if (rt->cache == NULL || rt->keep.gone) {
		runtime_apply(rt, &(struct app_event){.type = APP_OUTBOX_READ});
		return;
	}
	(void)cache_get_meta(rt->cache, &load.meta, NULL);
	if (!cache_outbox_read(rt->cache, load_outbox, &load, &err)) {
		keep_unread(rt, &err);
	}
	if (load.unread > 0) {
		snprintf(text, sizeof(text),
			ngettext("%zu unsent action cannot be read: it stays in the outbox, and is "
				 "not sent",
				"%zu unsent actions cannot be read: they stay in the outbox, and "
				"are not sent",
				load.unread),
			load.unread);
		runtime_notice(rt, true, text);
	}
	runtime_apply(rt, &(struct app_event){.type = APP_OUTBOX_READ});
}

static bool see(void *data, const char *id, int64_t at_ms, const char *text) {
	struct runtime *rt = data;
	struct client_frame frame;
	char seen[UUID_SIZE];
	/* Of what cannot be read nobody knows. */
	bool tried = !wire_get_client_frame(&frame, text, strlen(text), NULL) || frame.tried;
	UNUSED(at_ms);
	client_frame_finish(&frame);
	text_copy(seen, sizeof(seen), id);
	runtime_apply(
		rt, &(struct app_event){
			    .type = APP_OUTBOX_SEEN, .id = seen, .name = frame.as, .tried = tried});
	return true;
}

void runtime_look_outbox(struct runtime *rt) {
	struct err err = {0};
	bool whole = rt->cache != NULL && !rt->keep.gone && rt->keep.trouble != TROUBLE_DAMAGED;
	if (whole && !cache_outbox_read(rt->cache, see, rt, &err)) {
		keep_unread(rt, &err);
		whole = false;
	}
	/* One that was set aside meanwhile tells nothing of what was done since. */
	whole = whole && !cache_is_gone(rt->cache);
	runtime_apply(rt, &(struct app_event){.type = APP_OUTBOX_READ, .whole = whole});
}
