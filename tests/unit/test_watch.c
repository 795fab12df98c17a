/* Pictures of the camera that is looked at: soon, again and again, and none when nobody looks. */
#include "test.h"

#include <errno.h>
#include <sys/wait.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "console/watch.h"
#include "loop_test.h"

#define URL "rtsp://127.0.0.1/1"

struct outcome {
	struct loop *loop;
	struct watch *watch;
	struct config cfg;
	int taken, wanted;
	char camera[CAMERA_ID_SIZE], why[PICTURE_WHY_SIZE];
	int cols, rows;
	uint8_t first;
};

static void on_picture(void *data, const struct app_picture *picture) {
	struct outcome *o = data;
	o->taken++;
	text_copy(o->camera, sizeof(o->camera), picture->camera);
	text_copy(o->why, sizeof(o->why), picture->why);
	o->cols = picture->cols;
	o->rows = picture->rows;
	o->first = picture->rgb != NULL ? picture->rgb[0] : 0;
}

static int setup(void **state) {
	static struct outcome o;
	memset(&o, 0, sizeof(o));
	config_defaults(&o.cfg);
	o.cfg.snapshot_every_ms = 50;
	o.loop = loop_create(LOOP_POLL, NULL, NULL, NULL, NULL, NULL);
	o.watch = watch_create(o.loop, &o.cfg, on_picture, &o);
	*state = &o;
	return o.loop != NULL ? 0 : -1;
}

static int teardown(void **state) {
	struct outcome *o = *state;
	watch_destroy(o->watch);
	loop_destroy(o->loop);
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static bool is_taken(void *data) {
	struct outcome *o = data;
	return o->taken >= o->wanted;
}

static void wait_for(struct outcome *o, int pictures) {
	o->wanted = o->taken + pictures;
	assert_true(loop_run_until(o->loop, is_taken, o));
}

static void set_program(struct outcome *o, const char *command) {
	assert_true(config_command_parse(&o->cfg.snapshot, command, NULL));
}

static struct camera camera(const char *id, const char *url) {
	struct camera found = {0};
	text_copy(found.id, sizeof(found.id), id);
	text_copy(found.snapshot, sizeof(found.snapshot), url);
	return found;
}

static void pictures_come_again_and_again(void **state) {
	struct outcome *o = *state;
	struct camera gladag = camera("Gladag", URL);
	set_program(o, "sh -c \"yes A | head -c $(($0 * $1 * 3))\" {cols} {height}");
	watch_camera(o->watch, &gladag, 8, 3);
	assert_int_equal(o->taken, 0);
	wait_for(o, 3);
	assert_string_equal(o->camera, "Gladag");
	assert_string_equal(o->why, "");
	assert_int_equal(o->cols, 8);
	assert_int_equal(o->rows, 6);
	assert_int_equal(o->first, 'A');
	/* Another size, and then another camera: the pictures follow. */
	struct camera gede = camera("PasarGede", URL);
	watch_camera(o->watch, &gladag, 10, 4);
	watch_camera(o->watch, &gede, 12, 4);
	o->cfg.snapshot_every_ms = 60000;
	wait_for(o, 1);
	while (strcmp(o->camera, "PasarGede") != 0) {
		wait_for(o, 1);
	}
	assert_int_equal(o->cols, 12);
	assert_int_equal(o->rows, 8);
}

static bool has_passed(void *data) {
	return clock_mono_ms() > *(int64_t *)data;
}

static void nothing_is_taken_when_nobody_looks(void **state) {
	struct outcome *o = *state;
	struct camera gladag = camera("Gladag", URL);
	int64_t until;
	set_program(o, "sh -c \"sleep 0.1; head -c 18 /dev/zero\"");
	watch_camera(o->watch, &gladag, 3, 1);
	watch_camera(o->watch, NULL, 0, 0);
	until = clock_mono_ms() + 250;
	assert_true(loop_run_until(o->loop, has_passed, &until));
	assert_int_equal(o->taken, 0);
	watch_camera(o->watch, &gladag, 3, 1);
	wait_for(o, 1);
	assert_string_equal(o->why, "");
	/* No room is no picture, too. */
	watch_camera(o->watch, &gladag, 0, 0);
	o->taken = 0;
	until = clock_mono_ms() + 250;
	assert_true(loop_run_until(o->loop, has_passed, &until));
	assert_int_equal(o->taken, 0);
}

static void what_stands_against_a_picture_is_said(void **state) {
	struct outcome *o = *state;
	struct camera gladag = camera("Gladag", "");
	set_program(o, "true");
	watch_camera(o->watch, &gladag, 8, 3);
	wait_for(o, 1);
	assert_string_equal(o->why, "no address for a picture is known");
	assert_string_equal(o->camera, "Gladag");
	assert_int_equal(o->first, 0);
	struct camera gede = camera("PasarGede", URL);
	watch_camera(o->watch, &gede, 8, 3);
	do {
		wait_for(o, 1);
	} while (strcmp(o->camera, "PasarGede") != 0);
	assert_string_equal(o->why, "the picture is not whole: 0 of 144 bytes");
	/* Where there is no address for pictures a program may take one out of the stream. */
	struct camera baron = camera("Baron", "");
	text_copy(baron.stream, sizeof(baron.stream), URL);
	set_program(o, "sh -c \"test $0 = " URL " && yes B | head -c 144\" {url}");
	watch_camera(o->watch, &baron, 8, 3);
	do {
		wait_for(o, 1);
	} while (strcmp(o->camera, "Baron") != 0);
	assert_string_equal(o->why, "");
	assert_int_equal(o->first, 'B');
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pictures_come_again_and_again, setup, teardown),
		cmocka_unit_test_setup_teardown(
			nothing_is_taken_when_nobody_looks, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_stands_against_a_picture_is_said, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
