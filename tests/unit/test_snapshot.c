/* A camera's picture: whole or not at all, never in the way, never two at once. */
#include "test.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <siaga/base/macros.h>

#include "console/snapshot.h"
#include "loop_test.h"

#define COLS  4
#define ROWS  3
#define BYTES (COLS * 2 * ROWS * 3)
#define URL   "rtsp://127.0.0.1/1"

struct outcome {
	struct loop *loop;
	struct snapshot_taker *taker;
	char dir[64], file[96];
	int done;
	struct snapshot shot; /* its pixels are the taker's, until the next one */
};

static void on_done(void *data, const struct snapshot *shot) {
	struct outcome *o = data;
	o->done++;
	o->shot = *shot;
}

static int setup(void **state) {
	struct outcome *o = calloc(1, sizeof(*o));
	if (o == NULL) {
		return -1;
	}
	o->loop = loop_create(LOOP_POLL, NULL, NULL, NULL, NULL, NULL);
	o->taker = snapshot_create(o->loop, 500, on_done, o);
	(void)snprintf(o->dir, sizeof(o->dir), "/tmp/siaga-test-XXXXXX");
	*state = o;
	if (o->loop == NULL || mkdtemp(o->dir) == NULL) {
		return -1;
	}
	(void)snprintf(o->file, sizeof(o->file), "%s/pids", o->dir);
	return 0;
}

static int teardown(void **state) {
	struct outcome *o = *state;
	snapshot_destroy(o->taker);
	loop_destroy(o->loop);
	(void)unlink(o->file);
	(void)rmdir(o->dir);
	free(o);
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static bool is_done(void *data) {
	return ((struct outcome *)data)->done > 0;
}

/* Asks for a picture of a camera that is a shell script; {cols} and the like are its arguments. */
static bool ask(struct outcome *o, const char *script, const char *camera, struct err *err) {
	const char *words[] = {
		"sh", "-c", script, o->file, "{cols}", "{height}", "{url}", "{id}", NULL};
	return snapshot_request(o->taker, words, camera, URL, COLS, ROWS, err);
}

static void take(struct outcome *o, const char *script, const char *camera) {
	o->done = 0;
	assert_true(ask(o, script, camera, NULL));
	assert_true(snapshot_is_busy(o->taker));
	assert_int_equal(o->done, 0);
	assert_true(loop_run_until(o->loop, is_done, o));
	assert_int_equal(o->done, 1);
	assert_false(snapshot_is_busy(o->taker));
}

static const char *const camera_script = "head -c $(($1 * $2 * 3)) /dev/zero | tr '\\0' A";

static void picture_of_the_right_size_is_taken(void **state) {
	struct outcome *o = *state;
	int64_t before = clock_mono_ms();
	take(o, camera_script, "TMC-001");
	assert_string_equal(o->shot.camera, "TMC-001");
	assert_string_equal(o->shot.error, "");
	assert_int_equal(o->shot.cols, COLS);
	assert_int_equal(o->shot.rows, ROWS);
	assert_true(o->shot.taken_at_ms >= before && o->shot.taken_at_ms <= clock_mono_ms());
	assert_non_null(o->shot.pixels);
	for (size_t i = 0; i < BYTES; i++) {
		assert_int_equal(o->shot.pixels[i], 'A');
	}
}

static void big_picture_arrives_whole(void **state) {
	struct outcome *o = *state;
	const char *words[] = {"head", "-c", "480000", "/dev/zero", NULL};
	assert_true(snapshot_request(
		o->taker, words, "a", URL, SNAPSHOT_COLS_MAX, SNAPSHOT_ROWS_MAX, NULL));
	assert_true(loop_run_until(o->loop, is_done, o));
	assert_string_equal(o->shot.error, "");
	assert_int_equal(o->shot.pixels[479999], 0);
}

static void camera_that_fails_is_said(void **state) {
	static const struct {
		const char *script, *error;
	} all[] = {
		{"printf abc", "the picture is not whole: 3 of 72 bytes"},
		{"head -c 73 /dev/zero", "sh gave more than was asked for"},
		{"yes", "sh gave more than was asked for"},
		{"head -c 72 /dev/zero; exit 1", "sh ended with 1"},
		{"sleep 1000", "sh took longer than 1 s and was ended"},
		{"head -c 72 /dev/zero; sleep 1000", "sh took longer than 1 s and was ended"},
		{"exec 1>&-; sleep 1000", "sh took longer than 1 s and was ended"},
	};
	struct outcome *o = *state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		take(o, all[i].script, "TMC-001");
		assert_string_equal(o->shot.error, all[i].error);
		assert_null(o->shot.pixels);
	}
}

static void program_that_is_not_there_is_said(void **state) {
	struct outcome *o = *state;
	const char *words[] = {"no-such-program", "{url}", NULL};
	assert_true(snapshot_request(o->taker, words, "a", URL, COLS, ROWS, NULL));
	assert_true(loop_run_until(o->loop, is_done, o));
	assert_string_equal(
		o->shot.error, "no-such-program cannot be started: No such file or directory");
}

static void older_picture_stays_with_its_age(void **state) {
	struct outcome *o = *state;
	take(o, camera_script, "TMC-001");
	int64_t taken = o->shot.taken_at_ms;
	take(o, "exit 1", "TMC-001");
	assert_string_equal(o->shot.error, "sh ended with 1");
	assert_non_null(o->shot.pixels);
	assert_int_equal(o->shot.taken_at_ms, taken);
	/* Of another camera it would be a lie. */
	take(o, "exit 1", "TMC-002");
	assert_null(o->shot.pixels);
}

static void what_will_not_do_is_refused(void **state) {
	static const struct {
		const char *camera, *url;
		int cols, rows;
		const char *error;
	} all[] = {
		{"a", URL, 0, 1, "no room for a picture"},
		{"a", URL, 1, 0, "no room for a picture"},
		{"a", URL, SNAPSHOT_COLS_MAX + 1, 1, "no room for a picture"},
		{"a", URL, 1, SNAPSHOT_ROWS_MAX + 1, "no room for a picture"},
		{"a", "", 1, 1, "no address for a picture is known"},
		{"a", NULL, 1, 1, "no address for a picture is known"},
		{"a", "file:///etc/passwd", 1, 1, "the address is no http, https or rtsp URL"},
		{"", URL, 1, 1, "no such camera"},
		{"a b", URL, 1, 1, "no such camera"},
	};
	struct outcome *o = *state;
	const char *words[] = {"true", NULL};
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct err err = {0};
		assert_false(snapshot_request(o->taker, words, all[i].camera, all[i].url,
			all[i].cols, all[i].rows, &err));
		assert_string_equal(err.text, all[i].error);
		assert_false(snapshot_is_busy(o->taker));
	}
}

static bool has_written(void *data) {
	return access(data, F_OK) == 0;
}

static pid_t wait_for_pid(struct outcome *o) {
	char text[32] = "";
	pid_t pid = 0;
	assert_true(loop_run_until(o->loop, has_written, o->file));
	FILE *file = fopen(o->file, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	(void)fclose(file);
	assert_int_equal(read_pids(text, &pid, 1), 1);
	return pid;
}

static const char *const lasting_script = "echo $$ >$0.new; mv $0.new $0; sleep 1000";

static void newer_wish_replaces_the_older_ones(void **state) {
	struct outcome *o = *state;
	assert_true(ask(o, lasting_script, "TMC-001", NULL));
	pid_t first = wait_for_pid(o);
	assert_true(ask(o, "exit 1", "TMC-002", NULL));
	assert_true(ask(o, "exit 2", "TMC-003", NULL));
	assert_true(ask(o, camera_script, "TMC-004", NULL));
	assert_true(snapshot_is_busy(o->taker));
	assert_true(loop_run_until(o->loop, is_done, o));
	assert_string_equal(o->shot.camera, "TMC-004");
	assert_string_equal(o->shot.error, "");
	assert_int_equal(o->done, 1);
	assert_false(process_runs(first));
}

static void same_picture_is_not_taken_twice_at_once(void **state) {
	struct outcome *o = *state;
	assert_true(ask(o, camera_script, "TMC-001", NULL));
	assert_true(ask(o, "exit 1", "TMC-001", NULL));
	assert_true(loop_run_until(o->loop, is_done, o));
	assert_string_equal(o->shot.error, "");
	assert_false(snapshot_is_busy(o->taker));
}

static bool is_idle(void *data) {
	pid_t pid = *(pid_t *)data;
	return !process_runs(pid) && waitpid(pid, NULL, WNOHANG) == -1;
}

static void nobody_looks_any_more(void **state) {
	struct outcome *o = *state;
	assert_true(ask(o, lasting_script, "TMC-001", NULL));
	pid_t pid = wait_for_pid(o);
	assert_true(ask(o, camera_script, "TMC-002", NULL));
	snapshot_cancel(o->taker);
	assert_false(snapshot_is_busy(o->taker));
	assert_true(loop_run_until(o->loop, is_idle, &pid));
	assert_int_equal(o->done, 0);
	/* And again, with nothing running; then it works as before. */
	snapshot_cancel(o->taker);
	take(o, camera_script, "TMC-001");
	assert_string_equal(o->shot.error, "");
}

static void look_again_right_after_the_pane_was_closed(void **state) {
	struct outcome *o = *state;
	assert_true(ask(o, lasting_script, "TMC-001", NULL));
	snapshot_cancel(o->taker);
	take(o, camera_script, "TMC-001");
	assert_string_equal(o->shot.error, "");
}

static void nothing_runs_when_the_taker_is_gone(void **state) {
	struct outcome *o = *state;
	assert_true(ask(o, lasting_script, "TMC-001", NULL));
	pid_t pid = wait_for_pid(o);
	snapshot_destroy(o->taker);
	o->taker = NULL;
	assert_false(process_runs(pid));
	assert_int_equal(o->done, 0);
}

/* The one that waits finds no descriptors when its turn comes, and says so. */
static void waiting_wish_that_cannot_start_is_said(void **state) {
	struct outcome *o = *state;
	struct rlimit before, none;
	assert_true(ask(o, "sleep 1000", "TMC-001", NULL));
	assert_true(ask(o, camera_script, "TMC-002", NULL));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 4;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	bool done = loop_run_until(o->loop, is_done, o);
	struct err err = {0};
	bool asked = ask(o, camera_script, "TMC-003", &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(done);
	assert_string_equal(o->shot.camera, "TMC-002");
	assert_string_equal(o->shot.error, "sh cannot be started: Too many open files");
	assert_false(asked);
	assert_string_equal(err.text, "sh cannot be started: Too many open files");
	take(o, camera_script, "TMC-003");
	assert_string_equal(o->shot.error, "");
}

#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_LOOP(picture_of_the_right_size_is_taken),
		WITH_LOOP(big_picture_arrives_whole),
		WITH_LOOP(camera_that_fails_is_said),
		WITH_LOOP(program_that_is_not_there_is_said),
		WITH_LOOP(older_picture_stays_with_its_age),
		WITH_LOOP(what_will_not_do_is_refused),
		WITH_LOOP(newer_wish_replaces_the_older_ones),
		WITH_LOOP(same_picture_is_not_taken_twice_at_once),
		WITH_LOOP(nobody_looks_any_more),
		WITH_LOOP(look_again_right_after_the_pane_was_closed),
		WITH_LOOP(nothing_runs_when_the_taker_is_gone),
		WITH_LOOP(waiting_wish_that_cannot_start_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
