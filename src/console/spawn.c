#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/net/loop.h>

#define POLL_MS       200  /* how often to look where the system has no pidfd */
#define LAST_WAIT_MS  1000 /* for what was killed when the pool ends */
#define OLD_FDS_MAX   1024 /* where the system has no close_range */
#define NAME_SIZE     64
#define STATUS_UNUSED 127

struct spawn {
	struct spawn_pool *pool;
	struct spawn *next;
	struct spawn_config cfg; /* without argv */
	char name[NAME_SIZE];    /* fit for a terminal */
	pid_t pid;
	int pid_fd;          /* -1: looked after by the timer */
	int out_fd, fail_fd; /* reading ends; -1 when closed */
	struct loop_timer *timer;
	int64_t deadline_ms; /* monotonic; 0: none */
	struct buf output;
	bool late, flooded, stopped;
};

struct spawn_pool {
	struct loop *loop;
	struct spawn *all;
	size_t len, max;
};

/* --- the child, between fork and exec: only what may be called there --- */

struct child {
	const char *const *argv;
	int null, out, fail; /* out is -1 when nothing reads it */
	int nice;
	bool outlives;
	pid_t parent;
};

static void close_others(void) {
	if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
		for (int fd = STDERR_FILENO + 1; fd < OLD_FDS_MAX; fd++) {
			fcntl(fd, F_SETFD, FD_CLOEXEC);
		}
	}
}

static void reset_signals(void) {
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;
	for (int signo = 1; signo < NSIG; signo++) {
		sigaction(signo, &action, NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(const struct child *child) {
	/* Out of the way of 0 to 2, wherever they came to lie. */
	int null = fcntl(child->null, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int fail = fcntl(child->fail, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int out = child->out < 0 ? null : fcntl(child->out, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (!child->outlives) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != child->parent) {
			_exit(STATUS_UNUSED);
		}
	}
	setsid();
	if (dup2(null, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
		dup2(null, STDERR_FILENO) >= 0) {
		int priority = nice(child->nice); /* where it may not, it runs as we do */
		UNUSED(priority);
		close_others();
		reset_signals();
		/* exec's prototype predates const; it changes nothing. */
		execvp(child->argv[0], (char *const *)(uintptr_t)child->argv);
	}
	int why = errno;
	if (write(fail, &why, sizeof(why)) != (ssize_t)sizeof(why)) {
		_exit(STATUS_UNUSED);
	}
	_exit(STATUS_UNUSED);
}

/* --- the end of a program --- */

static void close_fd(struct loop *loop, int *fd) {
	if (*fd >= 0) {
		loop_unwatch_fd(loop, *fd);
		close(*fd);
		*fd = -1;
	}
}

/* Takes it off the list and frees it; the process is reaped or given up. */
static void forget(struct spawn *spawn) {
	struct spawn_pool *pool = spawn->pool;
	for (struct spawn **at = &pool->all; *at != NULL; at = &(*at)->next) {
		if (*at == spawn) {
			*at = spawn->next;
			pool->len--;
			break;
		}
	}
	close_fd(pool->loop, &spawn->pid_fd);
	close_fd(pool->loop, &spawn->out_fd);
	close_fd(pool->loop, &spawn->fail_fd);
	loop_timer_destroy(spawn->timer);
	buf_finish(&spawn->output);
	free(spawn);
}

static void kill_all(const struct spawn *spawn) {
	/* Its group is its session's first; before setsid() there is none, and nothing it started.
	 */
	kill(-spawn->pid, SIGKILL);
	kill(spawn->pid, SIGKILL);
}

/* Reads what is there. Never more than was asked for and one byte, so that nobody fills our memory.
 */
static void read_output(struct spawn *spawn) {
	char bytes[16384];
	while (spawn->out_fd >= 0) {
		size_t room = spawn->cfg.output_max + 1 - spawn->output.len;
		ssize_t len =
			read(spawn->out_fd, bytes, room < sizeof(bytes) ? room : sizeof(bytes));
		if (len < 0 && errno == EINTR) {
			continue;
		}
		if (len < 0 && errno == EAGAIN) {
			return;
		}
		if (len > 0) {
			buf_add(&spawn->output, bytes, (size_t)len);
			spawn->flooded = spawn->output.len > spawn->cfg.output_max;
		}
		if (len <= 0 || spawn->flooded) {
			close_fd(spawn->pool->loop, &spawn->out_fd);
		}
	}
}

static void describe(struct spawn *spawn, int status, struct spawn_result *result) {
	struct err err = {0};
	int why = 0;
	ssize_t len = read(spawn->fail_fd, &why, sizeof(why));
	result->started = len != (ssize_t)sizeof(why);
	if (!result->started) {
		err_set(&err, _("%s cannot be started: %s"), spawn->name, strerror(why));
	} else if (spawn->late) {
		err_set(&err, _("%s took longer than %lld s and was ended"), spawn->name,
			(long long)(spawn->cfg.limit_ms + 999) / 1000);
	} else if (spawn->flooded) {
		err_set(&err, _("%s gave more than was asked for"), spawn->name);
	} else if (WIFSIGNALED(status)) {
		err_set(&err, _("%s was ended by signal %d"), spawn->name, WTERMSIG(status));
	} else if (WEXITSTATUS(status) != 0) {
		err_set(&err, _("%s ended with %d"), spawn->name, WEXITSTATUS(status));
	}
	memcpy(result->error, err.text, sizeof(err.text));
}

/* Has it ended? It stays a zombie, so that its number still is its own. */
static bool has_ended(const struct spawn *spawn) {
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)spawn->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid == spawn->pid;
}

static void reap(struct spawn *spawn) {
	struct spawn_result result = {0};
	struct buf output;
	int status = 0;
	void (*on_end)(void *data, const struct spawn_result *result) = spawn->cfg.on_end;
	void *data = spawn->cfg.data;
	if (!spawn->cfg.outlives) {
		kill_all(spawn);
	}
	waitpid(spawn->pid, &status, WNOHANG);
	read_output(spawn);
	describe(spawn, status, &result);
	/* Gone before it is told: who hears of it may start the next one. */
	output = spawn->output;
	memset(&spawn->output, 0, sizeof(spawn->output));
	forget(spawn);
	result.output = output.data != NULL ? output.data : "";
	result.output_len = output.len;
	if (on_end != NULL) {
		on_end(data, &result);
	}
	buf_finish(&output);
}

/* --- while it runs --- */

static void set_timer(struct spawn *spawn) {
	int64_t wait = spawn->deadline_ms - clock_mono_ms();
	if (spawn->deadline_ms == 0 || spawn->late) {
		wait = POLL_MS;
	}
	if (spawn->pid_fd < 0) {
		loop_timer_set(spawn->timer, wait < POLL_MS ? wait : POLL_MS);
	} else if (spawn->deadline_ms != 0 && !spawn->late) {
		loop_timer_set(spawn->timer, wait);
	}
}

static void on_timer(void *data) {
	struct spawn *spawn = data;
	if (spawn->deadline_ms != 0 && clock_mono_ms() >= spawn->deadline_ms) {
		spawn->late = spawn->late || !spawn->stopped;
		kill_all(spawn);
	}
	if (spawn->pid_fd < 0 && has_ended(spawn)) {
		reap(spawn);
		return;
	}
	set_timer(spawn);
}

static void on_pid(void *data, int fd, uint32_t events) {
	struct spawn *spawn = data;
	UNUSED(fd);
	UNUSED(events);
	if (has_ended(spawn)) {
		reap(spawn);
	}
}

static void on_output(void *data, int fd, uint32_t events) {
	struct spawn *spawn = data;
	UNUSED(fd);
	UNUSED(events);
	read_output(spawn);
	if (spawn->flooded) {
		kill_all(spawn);
	}
}

static void watch(struct spawn *spawn) {
	struct loop *loop = spawn->pool->loop;
	spawn->pid_fd = pidfd_open(spawn->pid, 0);
	if (spawn->pid_fd >= 0 && !loop_watch_fd(loop, spawn->pid_fd, on_pid, spawn, NULL)) {
		close(spawn->pid_fd);
		spawn->pid_fd = -1;
	}
	/* Unwatched it is read when the program ends; then a full pipe makes it late. */
	if (spawn->out_fd >= 0) {
		fcntl(spawn->out_fd, F_SETFL, O_NONBLOCK);
		loop_watch_fd(loop, spawn->out_fd, on_output, spawn, NULL);
	}
	fcntl(spawn->fail_fd, F_SETFL, O_NONBLOCK);
	spawn->timer = loop_timer_create(loop, on_timer, spawn);
	set_timer(spawn);
}

/* The last part of its path, fit for a terminal. */
static void name_program(char out[NAME_SIZE], const char *program) {
	const char *slash = strrchr(program, '/');
	const char *name = slash != NULL && slash[1] != '\0' ? slash + 1 : program;
	text_clean(out, NAME_SIZE, name, strlen(name));
}

struct spawn *spawn_start(
	struct spawn_pool *pool, const struct spawn_config *cfg, struct err *err) {
	int fail[2] = {-1, -1}, out[2] = {-1, -1};
	struct spawn *spawn = NULL;
	char name[NAME_SIZE];
	name_program(name, cfg->argv[0]);
	if (pool->len >= pool->max) {
		err_set(err, _("%zu programs run already"), pool->len);
		return NULL;
	}
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || pipe2(fail, O_CLOEXEC) != 0 ||
		(cfg->output_max > 0 && pipe2(out, O_CLOEXEC) != 0)) {
		err_set(err, _("%s cannot be started: %s"), name, strerror(errno));
		goto close_fds;
	}
	struct child child = {.argv = cfg->argv,
		.null = null,
		.out = out[1],
		.fail = fail[1],
		.nice = cfg->nice,
		.outlives = cfg->outlives,
		.parent = getpid()};
	pid_t pid = fork();
	if (pid == 0) {
		run_child(&child);
	}
	if (pid < 0) {
		err_set(err, _("%s cannot be started: %s"), name, strerror(errno));
		goto close_fds;
	}
	spawn = mem_alloc(1, sizeof(*spawn));
	spawn->pool = pool;
	spawn->cfg = *cfg;
	spawn->cfg.argv = NULL;
	memcpy(spawn->name, name, sizeof(name));
	spawn->pid = pid;
	spawn->out_fd = out[0];
	spawn->fail_fd = fail[0];
	spawn->deadline_ms = cfg->limit_ms > 0 ? clock_mono_ms() + cfg->limit_ms : 0;
	spawn->next = pool->all;
	pool->all = spawn;
	pool->len++;
	watch(spawn);
	out[0] = fail[0] = -1;
close_fds:
	for (int i = 0; i < 2; i++) {
		close_fd(pool->loop, &fail[i]);
		close_fd(pool->loop, &out[i]);
	}
	close_fd(pool->loop, &null);
	return spawn;
}

void spawn_stop(struct spawn *spawn) {
	spawn->stopped = true;
	kill_all(spawn);
}

/* --- the pool --- */

struct spawn_pool *spawn_pool_create(struct loop *loop, size_t max) {
	struct spawn_pool *pool = mem_alloc(1, sizeof(*pool));
	pool->loop = loop;
	pool->max = max;
	return pool;
}

size_t spawn_pool_len(const struct spawn_pool *pool) {
	return pool->len;
}

/* Waits for a killed program. One that the kernel holds is left to init. */
static void wait_for(struct spawn *spawn, int64_t deadline_ms) {
	while (!has_ended(spawn)) {
		struct pollfd p = {.fd = spawn->pid_fd, .events = POLLIN};
		int64_t left = deadline_ms - clock_mono_ms();
		if (left <= 0) {
			return;
		}
		poll(&p, 1, spawn->pid_fd >= 0 ? (int)left : 10);
	}
	waitpid(spawn->pid, NULL, WNOHANG);
}

void spawn_pool_destroy(struct spawn_pool *pool) {
	if (pool == NULL) {
		return;
	}
	for (struct spawn *spawn = pool->all; spawn != NULL; spawn = spawn->next) {
		if (!spawn->cfg.outlives) {
			kill_all(spawn);
		}
	}
	int64_t deadline_ms = clock_mono_ms() + LAST_WAIT_MS;
	for (struct spawn *spawn = pool->all, *next; spawn != NULL; spawn = next) {
		next = spawn->next;
		if (!spawn->cfg.outlives) {
			wait_for(spawn, deadline_ms);
		}
		forget(spawn);
	}
	free(pool);
}
