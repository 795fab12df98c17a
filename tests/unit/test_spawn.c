/* Programs beside the console: they start, end, are ended, and never reach into the console. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <siaga/base/macros.h>

#include "console/spawn.h"
#include "loop_test.h"

struct outcome {
	struct loop *loop;
	struct spawn_pool *pool;
	int ended;
	struct spawn_result result;
	char output[65536];
};

static int setup(void **state) {
	static const int signals[] = {SIGTERM, SIGWINCH, 0};
	struct outcome *o = calloc(1, sizeof(*o));
	if (o == NULL) {
		return -1;
	}
	o->loop = loop_create(LOOP_POLL, signals, NULL, NULL, NULL, NULL);
	o->pool = spawn_pool_create(o->loop, 2);
	*state = o;
	return o->loop != NULL ? 0 : -1;
}

static int teardown(void **state) {
	struct outcome *o = *state;
	spawn_pool_destroy(o->pool);
	loop_destroy(o->loop);
	free(o);
	/* Nothing of a test stays, not even unreaped. */
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static void on_end(void *data, const struct spawn_result *result) {
	struct outcome *o = data;
	size_t len = result->output_len < sizeof(o->output) - 1 ? result->output_len
								: sizeof(o->output) - 1;
	o->ended++;
	o->result = *result;
	memcpy(o->output, result->output, len);
	o->output[len] = '\0';
}

static bool has_ended(void *data) {
	return ((struct outcome *)data)->ended > 0;
}

static struct spawn *start(struct outcome *o, struct spawn_config cfg, struct err *err) {
	cfg.on_end = on_end;
	cfg.data = o;
	o->ended = 0;
	return spawn_start(o->pool, &cfg, err);
}

/* Runs a shell script to its end, with at most 1000 bytes of output. */
static void run_script(struct outcome *o, const char *script) {
	const char *argv[] = {"sh", "-c", script, NULL};
	assert_non_null(start(o, (struct spawn_config){.argv = argv, .output_max = 1000}, NULL));
	assert_true(loop_run_until(o->loop, has_ended, o));
	assert_int_equal(o->ended, 1);
	assert_int_equal(spawn_pool_len(o->pool), 0);
}

static void program_ends_and_is_heard(void **state) {
	struct outcome *o = *state;
	run_script(o, "echo siaga; echo not this >&2");
	assert_string_equal(o->result.error, "");
	assert_true(o->result.started);
	assert_string_equal(o->output, "siaga\n");
}

static void program_without_output_ends(void **state) {
	struct outcome *o = *state;
	const char *argv[] = {"sh", "-c", "echo siaga", NULL};
	assert_non_null(start(o, (struct spawn_config){.argv = argv}, NULL));
	assert_true(loop_run_until(o->loop, has_ended, o));
	assert_string_equal(o->result.error, "");
	assert_int_equal(o->result.output_len, 0);
}

static void program_sees_nothing_of_the_console(void **state) {
	struct outcome *o = *state;
	int extra = open("/dev/zero", O_RDONLY); /* as a library may leave one */
	assert_true(extra > 2);
	assert_int_equal(signal(SIGPIPE, SIG_IGN) == SIG_ERR, 0);
	run_script(o, "cd /proc/$$/fd; for f in *; do readlink $f; done; "
		      "grep -E '^Sig(Blk|Ign)' /proc/self/status; cut -d' ' -f5,6,7 /proc/$$/stat; "
		      "echo $$");
	(void)close(extra);
	assert_string_equal(o->result.error, "");
	assert_int_equal(strncmp(o->output, "/dev/null\npipe:[", 16), 0);
	assert_non_null(strstr(o->output, "]\n/dev/null\nSigBlk:\t0000000000000000\n"
					  "SigIgn:\t0000000000000000\n"));
	assert_null(strstr(o->output, "/dev/zero"));
	/* Group and session are its own, and there is no terminal. */
	int group, session, terminal, pid;
	const char *rest = strstr(o->output, "SigIgn:\t0000000000000000\n") + 25;
	assert_int_equal(sscanf(rest, "%d %d %d %d", &group, &session, &terminal, &pid), 4);
	assert_int_equal(group, pid);
	assert_int_equal(session, pid);
	assert_int_equal(terminal, 0);
}

static void program_that_is_not_there_is_named(void **state) {
	struct outcome *o = *state;
	const char *argv[] = {"/usr/bin/no-such\033program", NULL};
	assert_non_null(start(o, (struct spawn_config){.argv = argv, .output_max = 10}, NULL));
	assert_int_equal(o->ended, 0);
	assert_true(loop_run_until(o->loop, has_ended, o));
	assert_false(o->result.started);
	assert_string_equal(o->result.error,
		"no-such\xef\xbf\xbdprogram cannot be started: No such file or directory");
}

static void program_that_fails_says_how(void **state) {
	struct outcome *o = *state;
	run_script(o, "echo half; exit 3");
	assert_string_equal(o->result.error, "sh ended with 3");
	assert_string_equal(o->output, "half\n");
	run_script(o, "kill -TERM $$");
	assert_string_equal(o->result.error, "sh was ended by signal 15");
}

static void program_that_floods_is_ended(void **state) {
	struct outcome *o = *state;
	run_script(o, "yes");
	assert_string_equal(o->result.error, "sh gave more than was asked for");
	assert_int_equal(o->result.output_len, 1001);
}

static void exact_output_is_no_flood(void **state) {
	struct outcome *o = *state;
	run_script(o, "head -c 1000 /dev/zero");
	assert_string_equal(o->result.error, "");
	assert_int_equal(o->result.output_len, 1000);
}

static void program_that_takes_too_long_is_ended_with_all_it_started(void **state) {
	struct outcome *o = *state;
	const char *argv[] = {
		"sh", "-c", "trap '' TERM; sleep 1000 & echo $$; echo $!; wait", NULL};
	pid_t pids[2];
	assert_non_null(start(
		o, (struct spawn_config){.argv = argv, .output_max = 100, .limit_ms = 300}, NULL));
	assert_true(loop_run_until(o->loop, has_ended, o));
	assert_string_equal(o->result.error, "sh took longer than 1 s and was ended");
	assert_int_equal(read_pids(o->output, pids, 2), 2);
	assert_false(process_runs(pids[0]));
	assert_true(loop_run_until(o->loop, process_is_gone, &pids[1]));
}

static void what_a_program_leaves_behind_ends_with_it(void **state) {
	struct outcome *o = *state;
	pid_t pid;
	run_script(o, "sleep 1000 & echo $!");
	assert_string_equal(o->result.error, "");
	assert_int_equal(read_pids(o->output, &pid, 1), 1);
	assert_true(loop_run_until(o->loop, process_is_gone, &pid));
}

static void stopped_program_is_heard_of_once(void **state) {
	struct outcome *o = *state;
	const char *argv[] = {"sleep", "1000", NULL};
	struct spawn *spawn =
		start(o, (struct spawn_config){.argv = argv, .limit_ms = 60000}, NULL);
	assert_non_null(spawn);
	spawn_stop(spawn);
	assert_true(loop_run_until(o->loop, has_ended, o));
	assert_int_equal(o->ended, 1);
	assert_string_equal(o->result.error, "sleep was ended by signal 9");
}

static void no_more_programs_than_may_be(void **state) {
	struct outcome *o = *state;
	const char *argv[] = {"sleep", "1000", NULL};
	struct spawn_config cfg = {.argv = argv};
	struct err err = {0};
	assert_non_null(start(o, cfg, &err));
	assert_non_null(start(o, cfg, &err));
	assert_null(start(o, cfg, &err));
	assert_string_equal(err.text, "2 programs run already");
	assert_int_equal(spawn_pool_len(o->pool), 2);
}

static void without_descriptors_it_says_so(void **state) {
	struct outcome *o = *state;
	struct rlimit before, none;
	const char *argv[] = {"true", NULL};
	struct err err = {0};
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 4;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	struct spawn *spawn = start(o, (struct spawn_config){.argv = argv, .output_max = 1}, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_null(spawn);
	assert_string_equal(err.text, "true cannot be started: Too many open files");
	assert_int_equal(spawn_pool_len(o->pool), 0);
}

static bool has_written(void *data) {
	return access(data, F_OK) == 0;
}

static pid_t pid_in(const char *path) {
	char text[32] = "";
	FILE *file = fopen(path, "r");
	pid_t pid = 0;
	if (file != NULL) {
		if (fgets(text, sizeof(text), file) != NULL) {
			(void)read_pids(text, &pid, 1);
		}
		(void)fclose(file);
	}
	return pid;
}

static void what_outlives_goes_on_and_the_rest_ends_with_the_pool(void **state) {
	struct outcome *o = *state;
	char dir[] = "/tmp/siaga-test-XXXXXX", stays[64], goes[64];
	assert_non_null(mkdtemp(dir));
	(void)snprintf(stays, sizeof(stays), "%s/stays", dir);
	(void)snprintf(goes, sizeof(goes), "%s/goes", dir);
	const char *script = "echo $$ >$0.new; mv $0.new $0; exec sleep 1000";
	const char *argv[] = {"sh", "-c", script, stays, NULL};
	assert_non_null(start(o, (struct spawn_config){.argv = argv, .outlives = true}, NULL));
	argv[3] = goes;
	assert_non_null(start(o, (struct spawn_config){.argv = argv}, NULL));
	assert_true(loop_run_until(o->loop, has_written, stays));
	assert_true(loop_run_until(o->loop, has_written, goes));
	pid_t staying = pid_in(stays), going = pid_in(goes);
	(void)unlink(stays);
	(void)unlink(goes);
	(void)rmdir(dir);
	spawn_pool_destroy(o->pool);
	o->pool = NULL;
	assert_true(staying > 0 && process_runs(staying));
	assert_false(process_runs(going));
	assert_int_equal(o->ended, 0);
	assert_int_equal(kill(staying, SIGKILL), 0);
	assert_int_equal(waitpid(staying, NULL, 0), staying);
}

/* Starts a program that lives long in a process of its own, which then is killed. */
static void program_dies_with_a_killed_console(void **state) {
	struct outcome *o = *state;
	int fds[2];
	pid_t pid = 0;
	assert_int_equal(pipe(fds), 0);
	pid_t console = fork();
	if (console == 0) {
		struct spawn_pool *pool = spawn_pool_create(o->loop, 1);
		char command[80];
		const char *argv[] = {"sh", "-c", command, NULL};
		/* It has none of our descriptors, but may find them. */
		(void)snprintf(command, sizeof(command), "echo $$ >/proc/%d/fd/%d; exec sleep 1000",
			(int)getpid(), fds[1]);
		(void)spawn_start(pool, &(struct spawn_config){.argv = argv}, NULL);
		for (;;) {
			(void)pause();
		}
	}
	char text[16] = "";
	assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
	assert_int_equal(read_pids(text, &pid, 1), 1);
	assert_true(process_runs(pid));
	assert_int_equal(kill(console, SIGKILL), 0);
	assert_int_equal(waitpid(console, NULL, 0), console);
	assert_true(loop_run_until(o->loop, process_is_gone, &pid));
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/* From now on these system calls fail with these errors, in this process and its children. */
static bool forbid(const int (*calls)[2], size_t len) {
	struct sock_filter filter[16] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	unsigned short at = 1;
	for (size_t i = 0; i < len; i++) {
		filter[at++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i][0], 0, 1);
		filter[at++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)calls[i][1]);
	}
	filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {.len = at, .filter = filter};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* Runs in a child, for what is forbidden stays so. Its exit status is the number of the first thing
 * that did not hold. */
static int in_a_child(int (*test)(struct outcome *o)) {
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		static struct outcome own; /* the descriptors of the parent's are the parent's */
		int signals[] = {SIGTERM, 0};
		own.loop = loop_create(LOOP_POLL, signals, NULL, NULL, NULL, NULL);
		own.pool = spawn_pool_create(own.loop, 2);
		_exit(test(&own));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int old_kernel(struct outcome *o) {
	const int calls[][2] = {{SYS_pidfd_open, ENOSYS}, {SYS_close_range, ENOSYS}};
	const char *shows[] = {"sh", "-c", "ls /proc/$$/fd", NULL};
	const char *sleeps[] = {"sleep", "1000", NULL};
	if (!forbid(calls, ARRAY_LEN(calls)) || dup2(STDERR_FILENO, 200) != 200) {
		return 1;
	}
	if (start(o, (struct spawn_config){.argv = shows, .output_max = 100}, NULL) == NULL ||
		!loop_run_until(o->loop, has_ended, o) || o->result.error[0] != '\0' ||
		strstr(o->output, "200") != NULL) {
		return 2;
	}
	if (start(o, (struct spawn_config){.argv = sleeps, .limit_ms = 100}, NULL) == NULL ||
		!loop_run_until(o->loop, has_ended, o) ||
		strcmp(o->result.error, "sleep took longer than 1 s and was ended") != 0) {
		return 3;
	}
	if (start(o, (struct spawn_config){.argv = sleeps}, NULL) == NULL) {
		return 4;
	}
	spawn_pool_destroy(o->pool);
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : 5;
}

static int no_more_processes(struct outcome *o) {
	const int calls[][2] = {
		{SYS_clone, EAGAIN},
		{SYS_clone3, EAGAIN},
	};
	const char *argv[] = {"true", NULL};
	struct err err = {0};
	if (!forbid(calls, ARRAY_LEN(calls))) {
		return 1;
	}
	if (start(o, (struct spawn_config){.argv = argv, .output_max = 1}, &err) != NULL) {
		return 2;
	}
	return strcmp(err.text, "true cannot be started: Resource temporarily unavailable") == 0
		       ? 0
		       : 3;
}

static void an_older_kernel_does_as_well(void **state) {
	(void)state;
	assert_int_equal(in_a_child(old_kernel), 0);
}

static void without_processes_it_says_so(void **state) {
	(void)state;
	assert_int_equal(in_a_child(no_more_processes), 0);
}

/* --- words and addresses --- */

static void addresses_of_cameras(void **state) {
	static const char *const good[] = {"http://h", "https://cam.example:8443/a/b.m3u8?x=1&y=2",
		"RTSP://user:p%20w@10.0.0.9:554/1", "http://[::1]:80/x", "https://h/a(b)'c;d$e"};
	static const char *const bad[] = {"", "h", "file:///etc/passwd", "ftp://h", "http://",
		"http:///x", "http://?x", "http://user@/x", "http://user@:80", "http://-o",
		"http://h/a b", "http://h/\n", "http://h/\x1b[2J", "http://h/\"x", "http://h/`x`",
		"http://h/{id}", "http://h/\\x", "http://h/\xc3\xa9", "javascript:http://h",
		" http://h", "-http://h", "data:image/png,x", "http:/h"};
	char longest[SPAWN_URL_MAX + 2];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(spawn_url_ok(good[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(spawn_url_ok(bad[i]));
	}
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "http://h/", 9);
	longest[SPAWN_URL_MAX] = '\0';
	assert_true(spawn_url_ok(longest));
	longest[SPAWN_URL_MAX] = 'a';
	longest[SPAWN_URL_MAX + 1] = '\0';
	assert_false(spawn_url_ok(longest));
}

static void words_take_their_values_and_stay_one_argument(void **state) {
	const char *words[] = {"ffmpeg", "-i", "{url}", "scale={cols}:{height}", "{rows}{rows}",
		"x{id}", "{", "}", "{}", "{X}", "", "a;b c", NULL};
	const struct spawn_vars vars = {
		.url = "http://h/;rm$IFS&'x'", .id = "TMC-001", .cols = 40, .rows = 12};
	const char *want[] = {"ffmpeg", "-i", "http://h/;rm$IFS&'x'", "scale=40:24", "1212",
		"xTMC-001", "{", "}", "{}", "{X}", "", "a;b c"};
	struct spawn_args args;
	(void)state;
	assert_true(spawn_expand(&args, words, &vars, NULL));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_string_equal(args.items[i], want[i]);
	}
	assert_null(args.items[ARRAY_LEN(want)]);
	spawn_args_finish(&args);
	spawn_args_finish(&args);
}

static void words_that_will_not_do(void **state) {
	struct {
		const char *words[4];
		struct spawn_vars vars;
		const char *error;
	} all[] = {
		{{NULL}, {0}, "no program is configured"},
		{{"", NULL}, {0}, "no program is configured"},
		{{"mpv", "{ur}", NULL}, {.url = "http://h"}, "{ur}: {ur} means nothing here"},
		{{"aplay", "{url}", NULL}, {0}, "{url}: {url} means nothing here"},
		{{"aplay", "{cols}", NULL}, {0}, "{cols}: {cols} means nothing here"},
		{{"mpv", "{id}", NULL}, {.id = "-fs"}, "{id}: -fs would be taken for an option"},
		{{"mpv", "{url}", NULL}, {.url = "file:///x"},
			"the address is no http, https or rtsp URL"},
	};
	const char *many[SPAWN_ARGS_MAX + 2];
	struct spawn_args args;
	struct err err;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		assert_false(spawn_expand(&args, all[i].words, &all[i].vars, &err));
		assert_string_equal(err.text, all[i].error);
		assert_null(args.items[0]);
	}
	for (size_t i = 0; i <= SPAWN_ARGS_MAX; i++) {
		many[i] = "x";
	}
	many[SPAWN_ARGS_MAX + 1] = NULL;
	assert_false(spawn_expand(&args, many, &(struct spawn_vars){0}, &err));
	assert_string_equal(err.text, "x: more than 64 words");
	many[SPAWN_ARGS_MAX] = NULL;
	assert_true(spawn_expand(&args, many, &(struct spawn_vars){0}, &err));
	spawn_args_finish(&args);
}

#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_LOOP(program_ends_and_is_heard),
		WITH_LOOP(program_without_output_ends),
		WITH_LOOP(program_sees_nothing_of_the_console),
		WITH_LOOP(program_that_is_not_there_is_named),
		WITH_LOOP(program_that_fails_says_how),
		WITH_LOOP(program_that_floods_is_ended),
		WITH_LOOP(exact_output_is_no_flood),
		WITH_LOOP(program_that_takes_too_long_is_ended_with_all_it_started),
		WITH_LOOP(what_a_program_leaves_behind_ends_with_it),
		WITH_LOOP(stopped_program_is_heard_of_once),
		WITH_LOOP(no_more_programs_than_may_be),
		WITH_LOOP(without_descriptors_it_says_so),
		WITH_LOOP(what_outlives_goes_on_and_the_rest_ends_with_the_pool),
		WITH_LOOP(program_dies_with_a_killed_console),
		WITH_LOOP(an_older_kernel_does_as_well),
		WITH_LOOP(without_processes_it_says_so),
		cmocka_unit_test(addresses_of_cameras),
		cmocka_unit_test(words_take_their_values_and_stay_one_argument),
		cmocka_unit_test(words_that_will_not_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
