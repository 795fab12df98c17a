/* The outbox on the disk, into the app: what an earlier console has not sent. */
#include "runtime.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

struct outbox_load {
	struct runtime *rt;
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
			runtime_apply(rt, &(struct app_event){.type = APP_OUTBOX,
						  .command = &frame.command,
						  .tried = frame.tried,
						  .made_ms = at_ms});
		}
		client_frame_finish(&frame);
	}
	return true;
}

void runtime_load_outbox(struct runtime *rt) {
	struct outbox_load load = {.rt = rt};
	struct err err = {0};
	char text[256];
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
