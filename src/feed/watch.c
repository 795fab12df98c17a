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

static void put_registry(struct buf *frame, const struct registry *reg) {
	session_begin_frame(frame);
	wire_put_registry(frame, reg);
}

void watch_put_registry(struct feed *feed) {
	put_registry(&feed->registry_frame, &feed->registry);
}

static bool copy_registry(const struct buf *frame, struct registry *copy, struct err *err) {
	return wire_get_registry(
		copy, frame->data + SERVER_HEADROOM, frame->len - SERVER_HEADROOM, err);
}

#define AGAIN_MS 5000

/* What the administrator wants forgotten goes to the writer, again where that could not write it.
 */
static void ask_purge(struct feed *feed) {
	struct command cmd = {.action = ACTION_PURGE, .before_ms = feed->purge_asked_ms};
	int64_t now_ms = clock_mono_ms();
	if (feed->purge_asked_ms <= feed->purged_ms || feed->ending ||
		(feed->purge_try_ms != 0 && now_ms - feed->purge_try_ms < AGAIN_MS)) {
		return;
	}
	feed->purge_try_ms = now_ms;
	uuid_make(cmd.id);
	text_copy(cmd.by.name, sizeof(cmd.by.name), "siagad");
	feed_submit(feed, &cmd, NULL, false, NULL);
}

/* Once for what admin.db holds now, however often it is tried. */
static void say_bad(struct feed *feed, int64_t version, const char *what, const struct err *err) {
	if (feed->admin_told != version) {
		feed->admin_told = version;
		fprintf(stderr, "siagad: the %s cannot be read now: %s\n", what, err->text);
	}
}

/* What cannot be read leaves the wish as it was, and is tried again by and by. */
static void look_at_purge(struct feed *feed) {
	struct err err = {0};
	int64_t asked_ms = admin_purge_asked_ms(feed->admin, &err);
	feed->purge_again_ms = asked_ms >= 0 ? 0 : clock_mono_ms() + AGAIN_MS;
	if (asked_ms < 0) {
		say_bad(feed, feed->admin_version, "wish to forget persons", &err);
		return;
	}
	feed->purge_asked_ms = asked_ms;
	feed->purge_try_ms = 0;
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
	look_at_purge(feed);
	watch_put_registry(feed);
	return copy_registry(&feed->registry_frame, copy, err);
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

struct cameras {
	struct registry *reg;
	size_t found;
};

/* Of each camera the youngest word counts, which comes first. */
static bool on_camera(void *data, const struct log_event *from) {
	struct cameras *cameras = data;
	struct event event;
	if (!wire_get_event(&event, from->body, from->len, NULL)) {
		return true;
	}
	struct camera *camera = registry_camera(cameras->reg, event.camera);
	if (camera != NULL && camera->status_at_ms == 0) {
		camera->status = event.camera_status;
		camera->status_at_ms = event.at_ms;
		cameras->found++;
	}
	event_finish(&event);
	return cameras->found < cameras->reg->cameras_len;
}

void watch_cameras(struct feed *feed) {
	struct cameras cameras = {.reg = &feed->registry};
	struct registry copy;
	struct err err = {0};
	if (feed->registry.cameras_len > 0 &&
		!log_read_cameras(feed->reader, on_camera, &cameras, &err)) {
		/* Alarms are worth more than the state of a camera. */
		fprintf(stderr, "siagad: what the log says of the cameras cannot be read: %s\n",
			err.text);
	}
	if (cameras.found == 0) {
		return;
	}
	watch_put_registry(feed);
	if (copy_registry(&feed->registry_frame, &copy, &err)) {
		keep_cameras(&feed->registry, &copy);
		writer_set_registry(feed->writer, &copy);
	}
}

/* Nothing is changed before all of it is known to be good. */
static bool change_registry(struct feed *feed, struct err *err) {
	struct registry reg, copy;
	struct buf frame = {0};
	if (!read_registry(feed, &reg, err)) {
		return false;
	}
	if (reg.rev == feed->registry_rev) {
		registry_finish(&reg);
		return true;
	}
	keep_cameras(&feed->registry, &reg);
	put_registry(&frame, &reg);
	if (!copy_registry(&frame, &copy, err)) {
		registry_finish(&reg);
		buf_finish(&frame);
		return false;
	}
	registry_finish(&feed->registry);
	feed->registry = reg;
	buf_finish(&feed->registry_frame);
	feed->registry_frame = frame;
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
	feed->registry_rev = reg.rev;
	return true;
}

/* What cannot be read leaves all as it was, and is tried again by and by. */
static void look_at_registry(struct feed *feed) {
	struct err err = {0};
	bool read = change_registry(feed, &err);
	feed->registry_again_ms = read ? 0 : clock_mono_ms() + AGAIN_MS;
	if (!read) {
		say_bad(feed, feed->admin_version, "registry", &err);
	}
}

void watch_look(struct feed *feed) {
	struct err err = {0};
	int64_t version = admin_version(feed->admin);
	ask_purge(feed);
	if (version == feed->admin_version) {
		return;
	}
	/* Not read: asked again at the next look, for a token that was revoked opens nothing. */
	if (!tokens_read(&feed->tokens, feed->admin, &err)) {
		say_bad(feed, version, "tokens", &err);
		return;
	}
	feed->admin_version = version;
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		session_check_token(s);
	}
	look_at_purge(feed);
	ask_purge(feed);
	look_at_registry(feed);
}

void watch_look_once(struct feed *feed) {
	uint64_t turn = loop_turn(feed->loop);
	if (turn != feed->looked_turn) {
		watch_look(feed);
		feed->looked_turn = turn;
	}
}

void watch_tick(struct feed *feed) {
	watch_look(feed);
	if (feed->purge_again_ms != 0 && clock_mono_ms() >= feed->purge_again_ms) {
		look_at_purge(feed);
	}
	if (feed->registry_again_ms != 0 && clock_mono_ms() >= feed->registry_again_ms) {
		look_at_registry(feed);
	}
}

void watch_close(struct feed *feed) {
	tokens_finish(&feed->tokens);
	admin_close(feed->admin);
	registry_finish(&feed->registry);
	buf_finish(&feed->registry_frame);
}
