/* What other processes change in admin.db: tokens and the registry. */
#include "private.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

/* Reads the registry of the store: into *reg, and as the frame that consoles get. */
static bool read_registry(struct feed *feed, struct registry *reg, struct err *err) {
	struct buf json = {0};
	int64_t rev = 0;
	int found = admin_get_registry(feed->admin, &json, &rev, err);
	bool ok = found >= 0;
	memset(reg, 0, sizeof(*reg));
	if (found == 1) {
		ok = wire_get_registry(reg, json.data, json.len, err);
		reg->rev = rev;
	}
	if (ok) {
		registry_index(reg);
	}
	buf_finish(&json);
	return ok;
}

void watch_put_registry(struct feed *feed) {
	session_begin_frame(&feed->registry_frame);
	wire_put_registry(&feed->registry_frame, &feed->registry);
}

static bool copy_registry(struct feed *feed, struct registry *copy, struct err *err) {
	const struct buf *frame = &feed->registry_frame;
	return wire_get_registry(
		copy, frame->data + SERVER_HEADROOM, frame->len - SERVER_HEADROOM, err);
}

#define PURGE_AGAIN_MS 5000

/* What the administrator wants forgotten goes to the writer, again where that could not write it.
 */
static void ask_purge(struct feed *feed) {
	struct command cmd = {.action = ACTION_PURGE, .before_ms = feed->purge_asked_ms};
	int64_t now_ms = clock_mono_ms();
	if (feed->purge_asked_ms <= feed->purged_ms || feed->ending ||
		(feed->purge_try_ms != 0 && now_ms - feed->purge_try_ms < PURGE_AGAIN_MS)) {
		return;
	}
	feed->purge_try_ms = now_ms;
	uuid_make(cmd.id);
	text_copy(cmd.by.name, sizeof(cmd.by.name), "siagad");
	feed_submit(feed, &cmd, NULL, false, NULL);
}

bool watch_open(struct feed *feed, struct registry *copy, struct err *err) {
	feed->admin = admin_open(feed->cfg->dir, err);
	if (feed->admin == NULL) {
		return false;
	}
	/* First the version: what is written while we read is read again. */
	feed->admin_version = admin_version(feed->admin);
	if (!tokens_read(&feed->tokens, feed->admin, err) ||
		!read_registry(feed, &feed->registry, err)) {
		return false;
	}
	feed->registry_rev = feed->registry.rev;
	feed->purge_asked_ms = admin_purge_asked_ms(feed->admin, NULL);
	watch_put_registry(feed);
	return copy_registry(feed, copy, err);
}

/* Cameras are as the log has it, not as the register was loaded. */
static void keep_cameras(const struct registry *old, struct registry *new) {
	for (size_t i = 0; i < new->cameras_len; i++) {
		const struct camera *was = registry_camera(old, new->cameras[i].id);
		if (was != NULL && was->status_at_ms != 0) {
			new->cameras[i].status = was->status;
			new->cameras[i].status_at_ms = was->status_at_ms;
		}
	}
}

static bool change_registry(struct feed *feed, struct err *err) {
	struct registry reg, copy;
	if (!read_registry(feed, &reg, err)) {
		return false;
	}
	if (reg.rev == feed->registry_rev) {
		registry_finish(&reg);
		return true;
	}
	keep_cameras(&feed->registry, &reg);
	registry_finish(&feed->registry);
	feed->registry = reg;
	feed->registry_rev = reg.rev;
	watch_put_registry(feed);
	if (!copy_registry(feed, &copy, err)) {
		return false;
	}
	struct command cmd = {.action = ACTION_REGISTRY_CHANGED, .registry_rev = reg.rev};
	uuid_make(cmd.id);
	text_copy(cmd.by.name, sizeof(cmd.by.name), "siagad");
	writer_set_registry(feed->writer, &copy);
	feed_submit(feed, &cmd, NULL, false, NULL);
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		s->owes_registry = session_is_present(s);
		session_wake(s);
	}
	presence_soon(feed);
	return true;
}

void watch_look(struct feed *feed) {
	struct err err = {0};
	int64_t version = admin_version(feed->admin);
	ask_purge(feed);
	if (version == feed->admin_version) {
		return;
	}
	feed->purge_asked_ms = admin_purge_asked_ms(feed->admin, &err);
	feed->purge_try_ms = 0;
	ask_purge(feed);
	/* Not read: asked again at the next look, and until then all is as it was. */
	if (!tokens_read(&feed->tokens, feed->admin, &err)) {
		fprintf(stderr, "siagad: tokens cannot be read now: %s\n", err.text);
		return;
	}
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		session_check_token(s);
	}
	if (!change_registry(feed, &err)) {
		fprintf(stderr, "siagad: the registry cannot be read now: %s\n", err.text);
		return;
	}
	feed->admin_version = version;
}

void watch_close(struct feed *feed) {
	tokens_finish(&feed->tokens);
	admin_close(feed->admin);
	registry_finish(&feed->registry);
	buf_finish(&feed->registry_frame);
}
