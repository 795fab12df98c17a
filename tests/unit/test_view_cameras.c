/* The cameras near an incident, and what the picked one sees. */
#include "shown.h"

#include <stdlib.h>

static void set_snapshot(struct shown *t) {
	assert_true(config_command_parse(&t->app.cfg.snapshot, "picture {url}", NULL));
	t->app.cfg.snapshot_every_ms = 5000;
}

static struct camera *camera(struct shown *t, const char *id) {
	struct camera *found = registry_camera(&t->app.world.registry, id);
	assert_non_null(found);
	return found;
}

/* A picture of that camera, of one grey, or why there is none. */
static void take(struct shown *t, const char *id, const char *why, int cols, int rows) {
	struct effects fx = {0};
	struct app_picture picture = {.cols = cols, .rows = rows, .taken_ms = t->app.now_ms};
	text_copy(picture.camera, sizeof(picture.camera), id);
	text_copy(picture.why, sizeof(picture.why), why);
	if (cols > 0) {
		picture.rgb = mem_alloc((size_t)cols * (size_t)rows * 3, 1);
		memset(picture.rgb, 0x80, (size_t)cols * (size_t)rows * 3);
	}
	app_apply(&t->app,
		&(struct app_event){.type = APP_PICTURE,
			.mono_ms = t->app.now_ms,
			.wall_ms = t->app.now_ms,
			.picture = &picture},
		&fx);
	free(picture.rgb);
	effects_finish(&fx);
}

static void test_rows_hold_their_columns(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_CAMERAS);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	text_copy(camera(&t, "Balaikota")->name, 96, "Depan Balai Kota Surakarta");
	camera(&t, "PasarGede")->fictional = true;
	at(&t, 1);
	draw(&t, 43, 6);
	assert_shows(&t, "│>    0 m N 000  DOWN  Gladag       DISHUB  │");
	assert_shows(&t, "│   110 m N 000  STALE PasarGede(f) DISHUB  │");
	assert_shows(&t, "│   220 m N 000  ok    Balaikota    DISHUB  │");
	assert_lacks(&t, "CAMERA ");
	draw(&t, 75, 9);
	assert_shows(&t, "    AWAY TO     IS    CAMERA          OWNER   PLACE");
	assert_shows(&t, "   110 m N 000  STALE PasarGede       DISHUB  PasarGede (fictional)");
	assert_shows(
		&t, "   220 m N 000  ok    Balaikota       DISHUB  Depan Balai Kota Surakarta");
	/* Once somebody says how a camera is, it is said how long ago that was. */
	camera(&t, "Gladag")->status_at_ms = T0 - 720000;
	draw(&t, 75, 9);
	assert_shows(&t, ">    0 m N 000  DOWN  12m   Gladag ");
	draw(&t, 43, 6);
	assert_shows(&t, ">    0 m N 000  DOWN  12m   Gladag ");
	end(&t);
}

static void test_nothing_that_works_is_said(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_CAMERAS);
	draw(&t, 43, 6);
	assert_shows(&t, "No incident is selected");
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	camera(&t, "Balaikota")->status = CAMERA_DOWN;
	camera(&t, "PasarGede")->status = CAMERA_DOWN;
	draw(&t, 43, 6);
	assert_shows(&t, "No camera nearby works");
	assert_shows(&t, "DOWN  Balaikota");
	end(&t);
}

/* The picture has its place where there is room, and says whose it is and how old. */
static void test_a_picture_has_its_age(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_CAMERAS);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	draw(&t, 43, 20);
	assert_int_equal(t.drawn.picture.rows, 0);
	set_snapshot(&t);
	draw(&t, 43, 13);
	assert_int_equal(t.drawn.picture.rows, 0);
	draw(&t, 43, 20);
	assert_int_equal(t.drawn.picture.cols, 42);
	assert_int_equal(t.drawn.picture.rows, 12);
	assert_shows(&t, "Gladag the picture is coming");
	take(&t, "Gladag", "", 42, 24);
	t.app.now_ms += 4000;
	draw(&t, 43, 20);
	assert_shows(&t, "Gladag 0:04 old");
	assert_true(surface_cell(&t.s, t.drawn.picture.col, t.drawn.picture.row)->picture);
	assert_int_equal(surface_cell(&t.s, 8, t.drawn.picture.row - 1)->role, UI_PICTURE_NOTE);
	/* No newer one came: the old one stays, and says so. */
	t.app.picture.why[0] = '\0';
	t.app.now_ms += 7000;
	draw(&t, 43, 20);
	assert_int_equal(surface_cell(&t.s, 8, t.drawn.picture.row - 1)->role, UI_CAMERA_STALE);
	text_copy(t.app.picture.why, sizeof(t.app.picture.why), "ffmpeg ended with 1");
	draw(&t, 43, 20);
	assert_shows(&t, "Gladag 0:11 old: ffmpeg ended with 1");
	/* It is not taken for another camera's. */
	t.app.near_pick = 2;
	draw(&t, 43, 20);
	assert_shows(&t, "Balaikota the picture is coming");
	assert_false(surface_cell(&t.s, t.drawn.picture.col, t.drawn.picture.row)->picture);
	take(&t, "Balaikota", "no address for a picture is known", 0, 0);
	draw(&t, 43, 20);
	assert_shows(&t, "Balaikota no picture");
	assert_shows(&t, "no address for a picture is known");
	end(&t);
}

/* A pane of another size than the picture was taken for: it is fitted in, nothing is torn. */
static void test_any_picture_in_any_pane(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_CAMERAS);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	set_snapshot(&t);
	for (int size = 1; size < 70; size += 7) {
		take(&t, "Gladag", "", size, 1 + size / 2);
		for (int cols = 1; cols < 130; cols += 9) {
			draw(&t, cols, 30);
		}
	}
	for (int rows = 1; rows < 40; rows++) {
		draw(&t, 43, rows);
		assert_true(t.drawn.picture.rows == 0 || rows >= 14);
	}
	end(&t);
}

static size_t count_effects(const struct effects *fx, enum effect_type type) {
	size_t count = 0;
	for (size_t i = 0; i < fx->len; i++) {
		count += fx->items[i].type == type;
	}
	return count;
}

/* There is nothing to show where none works. */
static void test_enter_says_that_no_camera_works(void **state) {
	struct shown t;
	struct effects fx = {0};
	struct app_event enter = {.type = APP_KEY, .mono_ms = T0, .wall_ms = T0, .key = '\r'};
	UNUSED(state);
	begin(&t, PANE_CAMERAS);
	draw(&t, 43, 20);
	app_apply(&t.app, &enter, &fx);
	assert_string_equal(t.app.notice.text, "No incident is selected");
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	draw(&t, 43, 20);
	t.app.near_pick = t.app.near_len; /* the first that works: there is none */
	app_apply(&t.app, &enter, &fx);
	assert_string_equal(t.app.notice.text, "No camera nearby works");
	assert_int_equal(fx.len, 0);
	end(&t);
	effects_finish(&fx);
}

/* Enter shows the picked camera, and the incident's history is told who looked. */
static void test_enter_shows_the_picked_camera(void **state) {
	struct shown t;
	struct effects fx = {0};
	struct app_event enter = {.type = APP_KEY, .mono_ms = T0, .wall_ms = T0, .key = '\r'};
	UNUSED(state);
	begin(&t, PANE_CAMERAS);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	draw(&t, 43, 20);
	t.app.near_pick = 2;
	app_apply(&t.app, &enter, &fx);
	assert_int_equal(fx.len, 0);
	assert_string_equal(t.app.notice.text, "Balaikota has no stream");
	text_copy(camera(&t, "Balaikota")->stream, 160, "rtsp://127.0.0.1/1");
	app_apply(&t.app, &enter, &fx);
	assert_int_equal(count_effects(&fx, EFFECT_CAMERA), 1);
	assert_string_equal(fx.items[0].text, "Balaikota");
	assert_int_equal(count_effects(&fx, EFFECT_SEND), 1);
	const struct command *cmd = fx.items[1].command;
	assert_int_equal(cmd->action, ACTION_CAMERA_VIEWED);
	assert_string_equal(cmd->incident, city_id(1));
	assert_string_equal(cmd->camera, "Balaikota");
	/* Who only looks may look; nothing is sent. Nor is it kept for later. */
	fx.len = 0;
	t.app.cfg.readonly = true;
	app_apply(&t.app, &enter, &fx);
	t.app.cfg.readonly = false;
	t.app.link = APP_LINK_LOST;
	app_apply(&t.app, &enter, &fx);
	assert_int_equal(count_effects(&fx, EFFECT_CAMERA), 2);
	assert_int_equal(fx.len, 2);
	fx.len = 0;
	t.app.cfg.viewer.len = 0;
	app_apply(&t.app, &enter, &fx);
	assert_int_equal(fx.len, 0);
	assert_string_equal(t.app.notice.text, "no viewer is configured: [camera] viewer");
	effects_finish(&fx);
	end(&t);
}

/* The mouse picks what it points at, whatever stands above the rows. */
static void test_the_mouse_finds_its_row(void **state) {
	struct shown t;
	char id[UUID_SIZE];
	UNUSED(state);
	begin(&t, PANE_CAMERAS);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	set_snapshot(&t);
	for (int rows = 12; rows < 30; rows += 5) {
		draw(&t, 75, rows);
		for (int row = 2; row < 8; row++) {
			struct cell *cell = surface_cell(&t.s, 23, row);
			assert_int_equal(ui_find(&t.app, &t.s, 23, row, id), PANE_CAMERAS);
			uint32_t seen = cell->glyph[0], first = (unsigned char)id[0];
			assert_true(seen == first || (first == 0 && (seen == ' ' || seen == 'C')));
		}
	}
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_hold_their_columns),
		cmocka_unit_test(test_nothing_that_works_is_said),
		cmocka_unit_test(test_a_picture_has_its_age),
		cmocka_unit_test(test_any_picture_in_any_pane),
		cmocka_unit_test(test_the_mouse_finds_its_row),
		cmocka_unit_test(test_enter_says_that_no_camera_works),
		cmocka_unit_test(test_enter_shows_the_picked_camera),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
