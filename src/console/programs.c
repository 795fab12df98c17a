#include "programs.h"

#include <stdlib.h>

#include <siaga/base/mem.h>
#include <siaga/model/registry.h>

#include "spawn.h"

struct programs {
	struct spawn_pool *sounds, *viewers;
	void (*on_failed)(void *data, const char *text);
	void *data;
	int sound_failures;
	bool told; /* the sound that plays is to be told of in any case */
};

static void on_sound_end(void *data, const struct spawn_result *result) {
	struct programs *programs = data;
	struct err err = {0};
	bool told = programs->told;
	programs->told = false;
	if (result->error[0] == '\0') {
		programs->sound_failures = 0;
		return;
	}
	programs->sound_failures++;
	if (told || programs->sound_failures == 1) {
		err_set(&err, _("NO ALARM SOUND, only the bell: %s"), result->error);
		programs->on_failed(programs->data, err.text);
	}
}

static void on_viewer_end(void *data, const struct spawn_result *result) {
	struct programs *programs = data;
	struct err err = {0};
	if (result->error[0] != '\0') {
		err_set(&err, _("Camera viewer: %s"), result->error);
		programs->on_failed(programs->data, err.text);
	}
}

struct programs *programs_create(
	struct loop *loop, void (*on_failed)(void *data, const char *text), void *data) {
	struct programs *programs = mem_alloc(1, sizeof(*programs));
	programs->sounds = spawn_pool_create(loop, 1);
	programs->viewers = spawn_pool_create(loop, PROGRAMS_VIEWERS_MAX);
	programs->on_failed = on_failed;
	programs->data = data;
	return programs;
}

void programs_destroy(struct programs *programs) {
	if (programs != NULL) {
		spawn_pool_destroy(programs->sounds);
		spawn_pool_destroy(programs->viewers);
		free(programs);
	}
}

static bool run(struct spawn_pool *pool, const char *const *words, const struct spawn_vars *vars,
	struct spawn_config cfg, struct err *err) {
	struct spawn_args args;
	if (!spawn_expand(&args, words, vars, err)) {
		return false;
	}
	/* The pointers of the array are only read. */
	cfg.argv = (const char *const *)args.items;
	bool ok = spawn_start(pool, &cfg, err) != NULL;
	spawn_args_finish(&args);
	return ok;
}

bool programs_play_sound(
	struct programs *programs, const char *const *words, bool told, struct err *err) {
	const struct spawn_config cfg = {
		.limit_ms = PROGRAMS_SOUND_LIMIT_MS, .on_end = on_sound_end, .data = programs};
	programs->told = programs->told || told;
	if (spawn_pool_len(programs->sounds) > 0) {
		return true;
	}
	if (!run(programs->sounds, words, &(struct spawn_vars){0}, cfg, err)) {
		programs->told = false;
		programs->sound_failures++;
		return false;
	}
	return true;
}

int programs_sound_failures(const struct programs *programs) {
	return programs->sound_failures;
}

bool programs_view_camera(struct programs *programs, const char *const *words,
	const struct camera *camera, struct err *err) {
	const struct spawn_config cfg = {
		.outlives = true, .on_end = on_viewer_end, .data = programs};
	const struct spawn_vars vars = {.url = camera->stream, .id = camera->id};
	if (camera->stream[0] == '\0') {
		return err_set(err, _("%s has no stream"), camera->id);
	}
	return run(programs->viewers, words, &vars, cfg, err);
}
