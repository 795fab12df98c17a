/* The alarm's sound and the viewers: one sound at a time, a silent room is told of, the bell is not
 * theirs. */
#include "test.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <siaga/base/macros.h>
#include <siaga/model/registry.h>

#include "console/programs.h"
#include "loop_test.h"

struct outcome {
	struct loop *loop;
	struct programs *programs;
	char dir[64], file[96];
	int told;
	char text[ERR_TEXT_MAX];
};

static void on_failed(void *data, const char *text) {
	struct outcome *o = data;
	o->told++;
	(void)snprintf(o->text, sizeof(o->text), "%s", text);
}

static int setup(void **state) {
	struct outcome *o = calloc(1, sizeof(*o));
	if (o == NULL) {
		return -1;
	}
	o->loop = loop_create(LOOP_POLL, NULL, NULL, NULL, NULL, NULL);
	o->programs = programs_create(o->loop, on_failed, o);
	(void)snprintf(o->dir, sizeof(o->dir), "/tmp/siaga-test-XXXXXX");
	*state = o;
	if (o->loop == NULL || mkdtemp(o->dir) == NULL) {
		return -1;
	}
	(void)snprintf(o->file, sizeof(o->file), "%s/out", o->dir);
	return 0;
}

static int teardown(void **state) {
	struct outcome *o = *state;
	programs_destroy(o->programs);
	loop_destroy(o->loop);
	(void)unlink(o->file);
	(void)rmdir(o->dir);
	free(o);
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static bool is_told(void *data) {
	return ((struct outcome *)data)->told > 0;
}

/* No child is left: what played has ended and was reaped. */
static bool is_quiet(void *data) {
	siginfo_t info = {0};
	(void)data;
	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
}

static bool play(struct outcome *o, const char *script, bool told, struct err *err) {
	const char *words[] = {"sh", "-c", script, o->file, NULL};
	return programs_play_sound(o->programs, words, told, err);
}

static void play_to_the_end(struct outcome *o, const char *script, bool told) {
	assert_true(play(o, script, told, NULL));
	assert_true(loop_run_until(o->loop, is_quiet, o));
}

static size_t lines_in(const char *path) {
	FILE *file = fopen(path, "r");
	size_t lines = 0;
	int c;
	while (file != NULL && (c = fgetc(file)) != EOF) {
		lines += c == '\n';
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	return lines;
}

static void sound_plays_once_at_a_time(void **state) {
	struct outcome *o = *state;
	assert_true(play(o, "echo played >>$0", false, NULL));
	assert_true(play(o, "echo played >>$0", false, NULL));
	assert_true(loop_run_until(o->loop, is_quiet, o));
	assert_int_equal(lines_in(o->file), 1);
	play_to_the_end(o, "echo played >>$0", false);
	assert_int_equal(lines_in(o->file), 2);
	assert_int_equal(o->told, 0);
	assert_int_equal(programs_sound_failures(o->programs), 0);
}

static void silence_is_told_of_once_until_a_sound_worked(void **state) {
	struct outcome *o = *state;
	play_to_the_end(o, "exit 1", false);
	assert_int_equal(o->told, 1);
	assert_string_equal(o->text, "NO ALARM SOUND, only the bell: sh ended with 1");
	play_to_the_end(o, "exit 1", false);
	play_to_the_end(o, "exit 1", false);
	assert_int_equal(o->told, 1);
	assert_int_equal(programs_sound_failures(o->programs), 3);
	play_to_the_end(o, "exit 0", false);
	assert_int_equal(programs_sound_failures(o->programs), 0);
	play_to_the_end(o, "exit 1", false);
	assert_int_equal(o->told, 2);
}

static void test_of_the_sound_is_always_answered(void **state) {
	struct outcome *o = *state;
	play_to_the_end(o, "exit 1", true);
	play_to_the_end(o, "exit 1", true);
	assert_int_equal(o->told, 2);
	/* Also when it falls on a sound that is playing. */
	assert_true(play(o, "exit 1", false, NULL));
	play_to_the_end(o, "exit 1", true);
	assert_int_equal(o->told, 3);
}

static void sound_that_cannot_be_played_is_told_of(void **state) {
	struct outcome *o = *state;
	const char *missing[] = {"no-such-player", "panik.wav", NULL};
	const char *empty[] = {NULL};
	struct err err = {0};
	assert_true(programs_play_sound(o->programs, missing, false, NULL));
	assert_true(loop_run_until(o->loop, is_told, o));
	assert_string_equal(o->text, "NO ALARM SOUND, only the bell: no-such-player cannot be "
				     "started: No such file or directory");
	assert_false(programs_play_sound(o->programs, empty, true, &err));
	assert_string_equal(err.text, "no program is configured");
	assert_int_equal(programs_sound_failures(o->programs), 2);
}

static void sound_without_descriptors_is_refused(void **state) {
	struct outcome *o = *state;
	struct rlimit before, none;
	struct err err = {0};
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 4;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	bool played = play(o, "exit 0", false, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_false(played);
	assert_string_equal(err.text, "sh cannot be started: Too many open files");
	assert_int_equal(programs_sound_failures(o->programs), 1);
}

static bool has_written(void *data) {
	return access(data, F_OK) == 0;
}

static void viewer_gets_the_address_as_one_argument(void **state) {
	struct outcome *o = *state;
	struct camera camera = {.id = "TMC-001", .stream = "http://h/;touch$IFS'x'&(y)*"};
	const char *words[] = {"sh", "-c", "printf '%s\\n' \"$@\" >$0.new; mv $0.new $0", o->file,
		"--title={id}", "{url}", NULL};
	char text[200] = "";
	assert_true(programs_view_camera(o->programs, words, &camera, NULL));
	assert_true(loop_run_until(o->loop, has_written, o->file));
	assert_true(loop_run_until(o->loop, is_quiet, o));
	FILE *file = fopen(o->file, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	(void)fclose(file);
	assert_string_equal(text, "--title=TMC-001\nhttp://h/;touch$IFS'x'&(y)*\n");
	assert_int_equal(o->told, 0);
}

static void viewer_that_fails_is_told_of(void **state) {
	struct outcome *o = *state;
	struct camera camera = {.id = "TMC-001", .stream = "http://h/"};
	const char *words[] = {"sh", "-c", "exit 2", NULL};
	assert_true(programs_view_camera(o->programs, words, &camera, NULL));
	assert_true(loop_run_until(o->loop, is_told, o));
	assert_string_equal(o->text, "Camera viewer: sh ended with 2");
}

static void viewer_of_what_has_no_stream_is_refused(void **state) {
	struct outcome *o = *state;
	struct camera camera = {.id = "TMC-001"};
	const char *words[] = {"true", "{url}", NULL};
	struct err err = {0};
	assert_false(programs_view_camera(o->programs, words, &camera, &err));
	assert_string_equal(err.text, "TMC-001 has no stream");
	(void)snprintf(camera.stream, sizeof(camera.stream), "file:///etc/passwd");
	assert_false(programs_view_camera(o->programs, words, &camera, &err));
	assert_string_equal(err.text, "the address is no http, https or rtsp URL");
}

static void viewers_outlive_the_console_and_are_few(void **state) {
	struct outcome *o = *state;
	struct camera camera = {.id = "TMC-001", .stream = "http://h/"};
	const char *words[] = {"sleep", "1000", NULL};
	struct err err = {0};
	siginfo_t info = {0};
	for (int i = 0; i < PROGRAMS_VIEWERS_MAX; i++) {
		assert_true(programs_view_camera(o->programs, words, &camera, NULL));
	}
	assert_false(programs_view_camera(o->programs, words, &camera, &err));
	assert_string_equal(err.text, "4 programs run already");
	assert_true(play(o, "sleep 1000", false, NULL));
	programs_destroy(o->programs);
	o->programs = NULL;
	/* The sound is gone; the viewers are there, until their operator ends them. */
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), 0);
	assert_int_equal(info.si_pid, 0);
	char path[64], text[256] = "";
	pid_t pids[8];
	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	(void)fclose(file);
	for (char *c = text; *c != '\0'; c++) {
		*c = *c == ' ' ? '\n' : *c;
	}
	assert_int_equal(read_pids(text, pids, ARRAY_LEN(pids)), PROGRAMS_VIEWERS_MAX);
	for (int i = 0; i < PROGRAMS_VIEWERS_MAX; i++) {
		assert_int_equal(kill(pids[i], SIGKILL), 0);
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
	}
}

#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_LOOP(sound_plays_once_at_a_time),
		WITH_LOOP(silence_is_told_of_once_until_a_sound_worked),
		WITH_LOOP(test_of_the_sound_is_always_answered),
		WITH_LOOP(sound_that_cannot_be_played_is_told_of),
		WITH_LOOP(sound_without_descriptors_is_refused),
		WITH_LOOP(viewer_gets_the_address_as_one_argument),
		WITH_LOOP(viewer_that_fails_is_told_of),
		WITH_LOOP(viewer_of_what_has_no_stream_is_refused),
		WITH_LOOP(viewers_outlive_the_console_and_are_few),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
