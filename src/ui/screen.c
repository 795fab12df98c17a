#include <siaga/ui/screen.h>

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "screen_private.h"

#define ALT_STACK    65536
#define DEFAULT_COLS 80
#define DEFAULT_ROWS 24

#define PASTE_ON     "\033[?2004h"
#define PASTE_OFF    "\033[?2004l"
#define MOUSE_ON     "\033[?1000h\033[?1006h"
#define MOUSE_OFF    "\033[?1006l\033[?1000l"
#define SYNC_ASK     "\033[?2026$p"
#define SYNC_OFF     "\033[?2026l"

struct screen screen_self = {.fd = -1};

static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

/* Only calls that a signal handler may make. */
static void crashed(int signo) {
	static const char restore[] =
		SYNC_OFF MOUSE_OFF PASTE_OFF "\033[0m\033[?25h\033[?1049l\033[?1l\033>\r\n";
	if (screen_self.open) {
		ssize_t done = write(screen_self.fd, restore, sizeof(restore) - 1);
		UNUSED(done);
		tcsetattr(screen_self.fd, TCSANOW, &screen_self.saved);
	}
	signal(signo, SIG_DFL);
	raise(signo);
}

static void catch_crashes(bool on) {
	static char stack[ALT_STACK];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {0};
	action.sa_handler = on ? crashed : SIG_DFL;
	action.sa_flags =
		on ? (int)((unsigned)SA_RESETHAND | (unsigned)SA_NODEFER | (unsigned)SA_ONSTACK)
		   : 0;
	sigemptyset(&action.sa_mask);
	if (on) {
		sigaltstack(&alternate, NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++) {
		sigaction(crash_signals[i], &action, NULL);
	}
}

void screen_write(const char *bytes, size_t len) {
	while (len > 0) {
		ssize_t done = write(screen_self.fd, bytes, len);
		if (done < 0 && errno != EINTR) {
			return; /* A terminal that does not take it is noticed when reading. */
		}
		bytes += done > 0 ? done : 0;
		len -= done > 0 ? (size_t)done : 0;
	}
}

void screen_say(const char *sequence) {
	screen_write(sequence, strlen(sequence));
}

/* Every key at once and none with a meaning; what is written goes out as it is. */
static bool set_raw(void) {
	struct termios raw = screen_self.saved;
	cfmakeraw(&raw);
	return tcsetattr(screen_self.fd, TCSANOW, &raw) == 0;
}

bool screen_open(const struct theme *theme, struct err *err) {
	struct screen *scr = &screen_self;
	const char *term = getenv("TERM");
	scr->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (scr->fd < 0 || tcgetattr(scr->fd, &scr->saved) != 0) {
		err_set(err, _("there is no terminal (/dev/tty: %s)"), strerror(errno));
		goto fail;
	}
	scr->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	input_init(&scr->input, scr->utf8);
	if (!screen_describe(term != NULL ? term : "", err)) {
		goto fail;
	}
	if (!set_raw()) {
		err_set(err, _("the terminal cannot be set up: %s"), strerror(errno));
		goto fail;
	}
	scr->open = true;
	catch_crashes(true);
	mem_on_exhausted(screen_close);
	screen_say(scr->can.enter);
	screen_say(scr->can.cursor_hide);
	screen_say(PASTE_ON);
	if (scr->can.modern) {
		/* Nobody waits for the answer: it comes between the keys, or never. */
		screen_say(SYNC_ASK);
	}
	screen_set_theme(theme);
	return true;
fail:
	if (scr->fd >= 0) {
		close(scr->fd);
	}
	scr->fd = -1;
	input_finish(&scr->input);
	return false;
}

void screen_close(void) {
	struct screen *scr = &screen_self;
	if (!scr->open) {
		return;
	}
	screen_set_mouse(false);
	screen_say(PASTE_OFF);
	screen_paint_finish();
	screen_say(scr->can.cursor_show);
	screen_say(scr->can.leave);
	screen_forget();
	tcsetattr(scr->fd, TCSANOW, &scr->saved);
	scr->open = false;
	catch_crashes(false);
	mem_on_exhausted(NULL);
	input_finish(&scr->input);
	close(scr->fd);
	scr->fd = -1;
}

void screen_abandon(void) {
	screen_self.open = false;
}

int screen_fd(void) {
	return screen_self.fd;
}

bool screen_is_utf8(void) {
	return screen_self.utf8;
}

void screen_set_mouse(bool on) {
	if (on != screen_self.mouse) {
		screen_self.mouse = on;
		screen_say(on ? MOUSE_ON : MOUSE_OFF);
	}
}

void screen_size(int *cols, int *rows) {
	struct screen *scr = &screen_self;
	struct winsize size = {0};
	bool known = ioctl(scr->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
	*cols = known ? size.ws_col : DEFAULT_COLS;
	*rows = known ? size.ws_row : DEFAULT_ROWS;
	if (*cols != scr->cols || *rows != scr->rows) {
		scr->cols = *cols;
		scr->rows = *rows;
		screen_paint_resize();
	}
}
