/* What the app wants done outside of the terminal: the configured sound, the viewer of a camera,
 * the pictures of the one that is looked at. */
#include <stdio.h>

#include <siaga/ui/screen.h>

#include "plain.h"
#include "programs.h"
#include "runtime.h"
#include "watch.h"

static void on_failed(void *data, const char *text) {
	struct runtime *rt = data;
	runtime_notice(rt, true, text);
	runtime_want_draw(rt);
}

static void on_picture(void *data, const struct app_picture *picture) {
	struct runtime *rt = data;
	runtime_apply(rt, &(struct app_event){.type = APP_PICTURE, .picture = picture});
	runtime_want_draw(rt);
}

void outside_open(struct runtime *rt) {
	rt->programs = programs_create(rt->loop, on_failed, rt);
	rt->watch = watch_create(rt->loop, &rt->opt->config, on_picture, rt);
}

void outside_close(struct runtime *rt) {
	watch_destroy(rt->watch);
	rt->watch = NULL;
	programs_destroy(rt->programs);
	rt->programs = NULL;
}

void outside_ring(struct runtime *rt, bool told) {
	const struct config *cfg = &rt->opt->config;
	const char *words[CONFIG_ARGS_MAX + 1];
	struct err err = {0};
	/* Where there is no sound either, somebody wants to hear the bell all the same. */
	bool heard = cfg->bell || (told && cfg->sound.len == 0);
	if (rt->plain != NULL) {
		plain_ring(rt->plain, heard);
	} else if (heard) {
		screen_bell();
	}
	if (cfg->sound.len == 0 || rt->programs == NULL) {
		return;
	}
	config_command_words(&cfg->sound, words);
	if (!programs_play_sound(rt->programs, words, told, &err) &&
		(told || programs_sound_failures(rt->programs) == 1)) {
		runtime_notice(rt, true, err.text);
	}
}

void outside_view(struct runtime *rt, const char *id) {
	const struct config_command *viewer = &rt->opt->config.viewer;
	const struct camera *camera = registry_camera(&rt->app.world.registry, id);
	const char *words[CONFIG_ARGS_MAX + 1];
	char text[CAMERA_ID_SIZE + 80];
	struct err err = {0};
	if (camera == NULL || rt->programs == NULL) {
		return;
	}
	config_command_words(viewer, words);
	if (!programs_view_camera(rt->programs, words, camera, &err)) {
		runtime_notice(rt, true, err.text);
		return;
	}
	snprintf(text, sizeof(text), _("Showing %s"), camera->id);
	runtime_notice(rt, false, text);
}

void outside_look(struct runtime *rt, int cols, int rows) {
	const struct app *app = &rt->app;
	const struct camera *camera =
		app->near_pick < app->near_len ? app->near[app->near_pick].camera : NULL;
	if (rt->watch != NULL) {
		watch_camera(rt->watch, camera, cols, rows);
	}
}
