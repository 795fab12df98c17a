#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/net/loop.h>

#include "snapshot.h"

#define SETTLE_MS 300 /* who steps through cameras gets the picture of the last one */

struct watch {
	const struct config *cfg;
	void (*on_picture)(void *data, const struct app_picture *picture);
	void *data;
	struct snapshot_taker *taker;
	struct loop_timer *again;
	char camera[CAMERA_ID_SIZE]; /* "": none is looked at */
	char url[sizeof(((struct camera *)NULL)->snapshot)];
	int cols, rows;
};

static void on_done(void *data, const struct snapshot *shot) {
	struct watch *watch = data;
	struct app_picture picture = {.cols = shot->cols,
		.rows = 2 * shot->rows,
		/* Only read: the pixels stay the taker's. */
		.rgb = (uint8_t *)(uintptr_t)shot->pixels,
		.taken_ms = shot->taken_at_ms};
	text_copy(picture.camera, sizeof(picture.camera), shot->camera);
	text_copy(picture.why, sizeof(picture.why), shot->error);
	watch->on_picture(watch->data, &picture);
}

static void take(void *data) {
	struct watch *watch = data;
	const char *words[CONFIG_ARGS_MAX + 1];
	struct err err = {0};
	config_command_words(&watch->cfg->snapshot, words);
	if (!snapshot_request(watch->taker, words, watch->camera, watch->url, watch->cols,
		    watch->rows, &err)) {
		struct app_picture none = {0};
		text_copy(none.camera, sizeof(none.camera), watch->camera);
		text_copy(none.why, sizeof(none.why), err.text);
		watch->on_picture(watch->data, &none);
	}
	loop_timer_set(watch->again, watch->cfg->snapshot_every_ms);
}

struct watch *watch_create(struct loop *loop, const struct config *cfg,
	void (*on_picture)(void *data, const struct app_picture *picture), void *data) {
	struct watch *watch = mem_alloc(1, sizeof(*watch));
	watch->cfg = cfg;
	watch->on_picture = on_picture;
	watch->data = data;
	watch->taker = snapshot_create(loop, SNAPSHOT_LIMIT_MS, on_done, watch);
	watch->again = loop_timer_create(loop, take, watch);
	return watch;
}

void watch_destroy(struct watch *watch) {
	if (watch == NULL) {
		return;
	}
	loop_timer_destroy(watch->again);
	snapshot_destroy(watch->taker);
	free(watch);
}

static void look_away(struct watch *watch) {
	if (watch->camera[0] != '\0') {
		watch->camera[0] = '\0';
		loop_timer_cancel(watch->again);
		snapshot_cancel(watch->taker);
	}
}

void watch_camera(struct watch *watch, const struct camera *camera, int cols, int rows) {
	if (camera == NULL || cols <= 0 || rows <= 0 || watch->cfg->snapshot.len == 0) {
		look_away(watch);
		return;
	}
	if (strcmp(watch->camera, camera->id) == 0 && watch->cols == cols && watch->rows == rows) {
		return;
	}
	bool first = watch->camera[0] == '\0';
	text_copy(watch->camera, sizeof(watch->camera), camera->id);
	text_copy(watch->url, sizeof(watch->url),
		camera->snapshot[0] != '\0' ? camera->snapshot : camera->stream);
	watch->cols = cols;
	watch->rows = rows;
	loop_timer_set(watch->again, first ? 0 : SETTLE_MS);
}
