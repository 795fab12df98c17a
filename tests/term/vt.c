#include "vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CELL_BYTES (VTERM_MAX_CHARS_PER_CELL * 4)

int64_t vt_now_ms(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the screen --- */

static int on_property(VTermProp prop, VTermValue *value, void *data) {
	struct vt *vt = data;
	if (prop == VTERM_PROP_ALTSCREEN) {
		vt->altscreen = value->boolean != 0;
	} else if (prop == VTERM_PROP_CURSORVISIBLE) {
		vt->cursor_visible = value->boolean != 0;
	}
	return 1;
}

static int on_bell(void *data) {
	struct vt *vt = data;
	vt->bells++;
	return 1;
}

/* What a terminal answers to a program's questions. */
static void on_answer(const char *data, size_t len, void *user) {
	vt_write(user, data, len);
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .bell = on_bell};

static void open_screen(struct vt *vt, int cols, int rows) {
	vt->cols = cols;
	vt->rows = rows;
	vt->altscreen = false;
	vt->cursor_visible = true;
	vt->term = vterm_new(rows, cols);
	vterm_set_utf8(vt->term, 1);
	vterm_output_set_callback(vt->term, on_answer, vt);
	vt->screen = vterm_obtain_screen(vt->term);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
	vterm_screen_reset(vt->screen, 1);
}

static size_t put_utf8(char *out, uint32_t code) {
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	out[0] = (char)(lead[len] | code);
	return len;
}

const char *vt_row(const struct vt *vt, int row) {
	static char text[VT_COLS_MAX * CELL_BYTES + 1];
	size_t len = 0, end = 0;
	for (int col = 0; col < vt->cols;) {
		VTermScreenCell cell;
		VTermPos at = {.row = row, .col = col};
		if (vterm_screen_get_cell(vt->screen, at, &cell) == 0) {
			break;
		}
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
			len += put_utf8(text + len, cell.chars[i]);
		}
		if (cell.chars[0] == 0) {
			text[len++] = ' ';
		} else if (cell.chars[0] != ' ') {
			end = len;
		}
		col += cell.width > 0 ? cell.width : 1;
	}
	text[end] = '\0';
	return text;
}

bool vt_has(const struct vt *vt, const char *text) {
	for (int row = 0; row < vt->rows && vt->term != NULL; row++) {
		if (strstr(vt_row(vt, row), text) != NULL) {
			return true;
		}
	}
	return false;
}

/* --- the program --- */

bool vt_init(struct vt *vt) {
	sigset_t set;
	memset(vt, 0, sizeof(*vt));
	vt->master = vt->slave = -1;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	vt->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	vt->raw = malloc(VT_RAW_MAX);
	return vt->signals >= 0 && vt->raw != NULL;
}

static void close_fd(int *fd) {
	if (*fd >= 0) {
		close(*fd);
	}
	*fd = -1;
}

/* Ends the program and forgets its terminal. */
static void drop(struct vt *vt) {
	if (vt->pid > 0 && !vt->ended) {
		kill(vt->pid, SIGKILL);
		while (waitpid(vt->pid, &vt->status, 0) < 0 && errno == EINTR) {
		}
	}
	close_fd(&vt->master);
	close_fd(&vt->slave);
	if (vt->term != NULL) {
		vterm_free(vt->term);
	}
	vt->term = NULL;
	vt->screen = NULL;
	vt->pid = 0;
	vt->ended = false;
	vt->bytes = vt->bells = 0;
	vt->raw_len = 0;
}

void vt_finish(struct vt *vt) {
	drop(vt);
	close_fd(&vt->signals);
	free(vt->raw);
	vt->raw = NULL;
}

/* The same on every machine: only what is named here passes. */
static void fix_environment(const char *term) {
	static const char *const kept[] = {"PATH", "HOME", "NO_COLOR", "XDG_CONFIG_HOME",
		"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TMPDIR",
		"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};
	enum { KEPT = sizeof(kept) / sizeof(kept[0]) };
	char *values[KEPT];
	for (size_t i = 0; i < KEPT; i++) {
		const char *value = getenv(kept[i]);
		values[i] = value != NULL ? strdup(value) : NULL;
	}
	clearenv();
	for (size_t i = 0; i < KEPT; i++) {
		if (values[i] != NULL) {
			setenv(kept[i], values[i], 1);
		}
	}
	setenv("TERM", term, 1);
	setenv("TZ", "UTC", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
}

static void run_child(int slave, const char *term, char *const argv[]) {
	sigset_t none;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int i = 0; i <= 2; i++) {
		dup2(slave, i);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	fix_environment(term);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

bool vt_spawn(struct vt *vt, int cols, int rows, const char *term, char *const argv[]) {
	struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};
	drop(vt);
	if (openpty(&vt->master, &vt->slave, NULL, NULL, &size) != 0) {
		return false;
	}
	fcntl(vt->master, F_SETFD, FD_CLOEXEC);
	fcntl(vt->slave, F_SETFD, FD_CLOEXEC);
	fcntl(vt->master, F_SETFL, O_NONBLOCK);
	tcgetattr(vt->slave, &vt->before);
	open_screen(vt, cols, rows);
	pid_t pid = fork();
	if (pid == 0) {
		run_child(vt->slave, term, argv);
	}
	vt->pid = pid > 0 ? pid : 0;
	return pid > 0;
}

bool vt_write(struct vt *vt, const char *data, size_t len) {
	while (len > 0 && vt->master >= 0) {
		ssize_t n = write(vt->master, data, len);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			return false;
		}
		if (n < 0) {
			struct pollfd fd = {.fd = vt->master, .events = POLLOUT};
			if (poll(&fd, 1, 2000) <= 0) {
				return false;
			}
			continue;
		}
		data += n;
		len -= (size_t)n;
	}
	return len == 0;
}

bool vt_resize(struct vt *vt, int cols, int rows) {
	struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};
	vt->cols = cols;
	vt->rows = rows;
	vterm_set_size(vt->term, rows, cols);
	return ioctl(vt->master, TIOCSWINSZ, &size) == 0;
}

void vt_hangup(struct vt *vt) {
	close_fd(&vt->master);
}

static bool reap(struct vt *vt) {
	struct signalfd_siginfo info;
	while (read(vt->signals, &info, sizeof(info)) > 0) {
	}
	if (vt->pid == 0 || vt->ended || waitpid(vt->pid, &vt->status, WNOHANG) != vt->pid) {
		return false;
	}
	vt->ended = true;
	return true;
}

bool vt_pump(struct vt *vt) {
	char data[16384];
	bool some = reap(vt);
	ssize_t n;
	while (vt->master >= 0 && (n = read(vt->master, data, sizeof(data))) > 0) {
		size_t len = (size_t)n, room = VT_RAW_MAX - vt->raw_len;
		memcpy(vt->raw + vt->raw_len, data, len < room ? len : room);
		vt->raw_len += len < room ? len : room;
		vt->bytes += len;
		vterm_input_write(vt->term, data, len);
		some = true;
	}
	return some;
}

void vt_poll(struct vt *vt, int other_fd, int64_t deadline_ms) {
	int64_t left = deadline_ms - vt_now_ms();
	struct pollfd fds[] = {
		{.fd = vt->signals, .events = POLLIN},
		{.fd = vt->master, .events = POLLIN},
		{.fd = other_fd, .events = POLLIN},
	};
	poll(fds, sizeof(fds) / sizeof(fds[0]), left < 0 ? 0 : left > 60000 ? 60000 : (int)left);
}

const char *vt_modes_left(const struct vt *vt) {
	struct termios now;
	const struct termios *old = &vt->before;
	if (vt->slave < 0 || tcgetattr(vt->slave, &now) != 0) {
		return "unreadable";
	}
	return now.c_lflag != old->c_lflag                          ? "c_lflag"
	       : now.c_iflag != old->c_iflag                        ? "c_iflag"
	       : now.c_oflag != old->c_oflag                        ? "c_oflag"
	       : now.c_cflag != old->c_cflag                        ? "c_cflag"
	       : memcmp(now.c_cc, old->c_cc, sizeof(now.c_cc)) != 0 ? "c_cc"
								    : "";
}
