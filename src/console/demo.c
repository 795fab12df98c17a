#include "demo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/embed.h>
#include <siaga/base/text.h>
#include <siaga/train/scenario.h>

#include "player.h"

#define START_MS 10000
/* What this machine's own feed is configured to be is nothing to the demo's. */
#define NO_CONFIG "--config", "/dev/null"

/* siagad beside our own program, else whatever PATH says. */
static void find_siagad(char *out, size_t size) {
	char self[400];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len > 0) {
		self[len] = '\0';
		char *slash = strrchr(self, '/');
		if (slash != NULL) {
			*slash = '\0';
			snprintf(out, size, "%s/siagad", self);
			if (access(out, X_OK) == 0) {
				return;
			}
		}
	}
	snprintf(out, size, "siagad");
}

/* Starts a program with `out_fd` as its standard output or error; it ends when we do. */
static pid_t start(const char *const argv[], int stream, int fd) {
	pid_t parent = getpid(), pid = fork();
	if (pid != 0) {
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) {
		_exit(1);
	}
	int null = open("/dev/null", O_RDWR);
	for (int i = 0; i <= 2; i++) {
		dup2(i == stream ? fd : null, i);
	}
	setsid();
	/* exec's prototype predates const; it changes nothing. */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* Reads what arrives until a line is whole, the writer is gone or time is up. */
static bool read_line(int fd, char *out, size_t size) {
	int64_t deadline = clock_mono_ms() + START_MS;
	size_t len = 0;
	while (len + 1 < size) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = deadline - clock_mono_ms();
		if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR)) {
			break;
		}
		ssize_t n = read(fd, out + len, 1);
		if (n <= 0) {
			break;
		}
		if (out[len] == '\n') {
			out[len] = '\0';
			return true;
		}
		len++;
	}
	out[len] = '\0';
	return len > 0;
}

/* Runs a siagad command to its end; its first line of `stream` goes to out. */
static bool run(const char *const argv[], int stream, char *out, size_t size) {
	int fds[2], status = 1;
	if (pipe2(fds, O_CLOEXEC) != 0) {
		return false;
	}
	pid_t pid = start(argv, stream, fds[1]);
	close(fds[1]);
	out[0] = '\0';
	bool got = read_line(fds[0], out, size);
	close(fds[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
	       (got || stream == STDERR_FILENO);
}

static bool add_token(const struct demo *demo, const char *siagad, const char *name,
	const char *role, const char *agency, char *out, size_t size, struct err *err) {
	const char *argv[] = {siagad, "token", "add", name, "--role", role, "--data", demo->data,
		NO_CONFIG, agency != NULL ? "--agency" : NULL, agency, NULL};
	return run(argv, STDOUT_FILENO, out, size) ||
	       err_set(err, _("%s: no token for %s"), siagad, name);
}

static bool write_registry(const struct demo *demo, char *path, size_t size, struct err *err) {
	static const char *const names[] = {
		"agencies.csv", "cameras.csv", "map.geojson", "plans.csv"};
	snprintf(path, size, "%s/registry", demo->dir);
	if (mkdir(path, 0700) != 0) {
		return err_set(err, "%s: %s", path, strerror(errno));
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char file[700];
		const struct embedded_file *data = embedded_find(names[i]);
		snprintf(file, sizeof(file), "%s/%s", path, names[i]);
		FILE *out = data != NULL ? fopen(file, "wx") : NULL;
		bool ok = out != NULL && fwrite(data->data, 1, data->len, out) == data->len;
		if (out == NULL || fclose(out) != 0 || !ok) {
			return err_set(err, _("%s: cannot be written"), file);
		}
	}
	return true;
}

static bool start_feed(struct demo *demo, const char *siagad, uint16_t *port, struct err *err) {
	char line[256], said[256] = "";
	const char *argv[] = {siagad, "--data", demo->data, "--listen", "127.0.0.1:0", "--mode",
		"exercise", NO_CONFIG, NULL};
	int fds[2];
	unsigned number = 0;
	if (pipe2(fds, O_CLOEXEC) != 0) {
		return err_set(err, _("pipe: %s"), strerror(errno));
	}
	demo->siagad = start(argv, STDERR_FILENO, fds[1]);
	close(fds[1]);
	/* It may say something else first, such as who it is. */
	bool ok = false;
	while (demo->siagad > 0 && !ok && read_line(fds[0], line, sizeof(line))) {
		ok = sscanf(line, "siagad: listening on 127.0.0.1:%u", &number) == 1;
		text_copy(said, sizeof(said), line);
	}
	/* The pipe's end stays open in siagad only: what it says later goes nowhere and hurts
	 * nobody. */
	close(fds[0]);
	*port = (uint16_t)number;
	return ok || err_set(err, _("%s did not start: %s"), siagad, said);
}

/* The desks that the scenario simulates get tokens of their own. */
static bool add_desks(
	const struct demo *demo, const char *siagad, struct player_config *cfg, struct err *err) {
	struct scenario scenario;
	bool ok = scenario_read(&scenario, cfg->scenario, cfg->scenario_len, err);
	for (size_t i = 0; ok && i < scenario.len && cfg->desks_len < PLAYER_DESKS_MAX; i++) {
		const struct scenario_line *line = &scenario.lines[i];
		char name[48];
		if (line->type != LINE_AGENCY) {
			continue;
		}
		struct player_desk *desk = &cfg->desks[cfg->desks_len++];
		text_copy(desk->agency, sizeof(desk->agency), line->agency);
		snprintf(name, sizeof(name), "meja-%s", line->agency);
		ok = add_token(demo, siagad, name, "agency", line->agency, desk->token,
			sizeof(desk->token), err);
	}
	if (ok) {
		scenario_finish(&scenario);
	}
	return ok;
}

/*
 * Started by root, the feed is somebody else, who has to pass through the folder to its own; root's
 * places for temporary files are closed to all others.
 */
static bool make_folder(struct demo *demo, struct err *err) {
	bool root = geteuid() == 0;
	const char *tmp = root ? NULL : getenv("XDG_RUNTIME_DIR");
	if (!root && (tmp == NULL || access(tmp, W_OK) != 0)) {
		tmp = getenv("TMPDIR");
	}
	snprintf(demo->dir, sizeof(demo->dir), "%s/siaga-demo-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(demo->dir) == NULL || (root && chmod(demo->dir, 0711) != 0)) {
		demo->dir[0] = '\0';
		return err_set(err, _("no place for the demo's files: %s"), strerror(errno));
	}
	snprintf(demo->data, sizeof(demo->data), "%s/feed", demo->dir);
	snprintf(demo->state, sizeof(demo->state), "%s/console", demo->dir);
	return true;
}

bool demo_init(struct demo *demo, struct err *err) {
	static struct player_config cfg;
	const struct embedded_file *scenario = embedded_find("demo.jsonl");
	char siagad[512], registry[600], line[300];
	memset(demo, 0, sizeof(*demo));
	if (!make_folder(demo, err)) {
		return false;
	}
	cfg.scenario = (const char *)scenario->data;
	cfg.scenario_len = scenario->len;
	find_siagad(siagad, sizeof(siagad));
	if (!write_registry(demo, registry, sizeof(registry), err)) {
		return false;
	}
	const char *load[] = {
		siagad, "registry", "load", registry, "--data", demo->data, NO_CONFIG, NULL};
	if (!run(load, STDERR_FILENO, line, sizeof(line))) {
		return err_set(err, _("%s registry load: %s"), siagad, line);
	}
	if (!add_token(demo, siagad, "operator", "operator", NULL, demo->token, sizeof(demo->token),
		    err) ||
		!add_token(demo, siagad, "aplikasi", "intake", NULL, cfg.intake_token,
			sizeof(cfg.intake_token), err) ||
		!add_token(demo, siagad, "pelatih", "trainer", NULL, cfg.trainer_token,
			sizeof(cfg.trainer_token), err) ||
		!add_desks(demo, siagad, &cfg, err) || !start_feed(demo, siagad, &cfg.port, err)) {
		return false;
	}
	snprintf(demo->feed, sizeof(demo->feed), "ws://127.0.0.1:%u/v1/feed", (unsigned)cfg.port);
	pid_t parent = getpid();
	demo->player = fork();
	if (demo->player == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		int null = open("/dev/null", O_RDWR);
		for (int i = 0; i <= 2; i++) {
			dup2(null, i);
		}
		setsid();
		_exit(getppid() == parent ? player_run(&cfg) : 1);
	}
	return demo->player > 0 || err_set(err, _("fork: %s"), strerror(errno));
}

static void end(pid_t pid) {
	int status;
	if (pid > 0) {
		kill(pid, SIGTERM);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
		}
	}
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
	UNUSED(st);
	UNUSED(type);
	UNUSED(ftw);
	return remove(path);
}

void demo_finish(struct demo *demo) {
	end(demo->player);
	end(demo->siagad);
	if (demo->dir[0] != '\0') {
		nftw(demo->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	}
	memset(demo, 0, sizeof(*demo));
}
