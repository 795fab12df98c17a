#include "screen_private.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <siaga/app/key.h>
#include <siaga/base/clock.h>

#define ALT_STACK 65536

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"
#define SYNC_ASK  "\033[?2026$p"
#define SYNC_OFF  "\033[?2026l"

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

void screen_say(const char *sequence) {
	ssize_t done = write(screen_self.fd, sequence, strlen(sequence));
	UNUSED(done); /* A terminal that does not take it is noticed when reading. */
}

static void drop_streams(void) {
	struct screen *scr = &screen_self;
	if (scr->in != NULL) {
		fclose(scr->in);
	}
	if (scr->out != NULL) {
		fclose(scr->out);
	}
	if (scr->fd >= 0) {
		close(scr->fd);
	}
	scr->in = scr->out = NULL;
	scr->fd = -1;
}

static FILE *stream_of(int fd, const char *mode) {
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (copy < 0) {
		return NULL;
	}
	FILE *stream = fdopen(copy, mode);
	if (stream == NULL) {
		close(copy);
	}
	return stream;
}

/* A string of the terminal's description, or NULL. */
static const char *ability(const char *name) {
	const char *text = tigetstr(name);
	/* terminfo says "not a string" with (char *)-1 */
	return (intptr_t)text == -1 || (text != NULL && text[0] == '\0') ? NULL : text;
}

/* Keys as this terminal's description has them, beside those that are known anyway. */
static void define_keys(struct input *input) {
	static const struct {
		const char *name;
		uint32_t key;
	} keys[] = {
		{"kcuu1", KEY_CODE_UP},
		{"kcud1", KEY_CODE_DOWN},
		{"kcub1", KEY_CODE_LEFT},
		{"kcuf1", KEY_CODE_RIGHT},
		{"khome", KEY_CODE_HOME},
		{"kend", KEY_CODE_END},
		{"kpp", KEY_CODE_PAGE_UP},
		{"knp", KEY_CODE_PAGE_DOWN},
		{"kbs", KEY_CODE_BACKSPACE},
		{"kdch1", KEY_CODE_DELETE},
		{"kcbt", KEY_CODE_BACK_TAB},
		{"kent", KEY_CODE_ENTER},
	};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char *sequence = ability(keys[i].name);
		if (sequence != NULL) {
			input_define(input, sequence, keys[i].key);
		}
	}
	for (uint32_t number = 1; number <= 12; number++) {
		char name[8];
		snprintf(name, sizeof(name), "kf%u", (unsigned)number);
		const char *sequence = ability(name);
		if (sequence != NULL) {
			input_define(input, sequence, KEY_CODE_F0 + number);
		}
	}
}

/* These print what they do not know, or are no terminal of today. */
static bool is_smart(const char *term) {
	static const char *const plain[] = {"ansi", "cons", "dumb", "linux", "sun", "vt", "wsvt"};
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (strncmp(term, plain[i], strlen(plain[i])) == 0) {
			return false;
		}
	}
	return true;
}

static bool start_curses(const char *term, struct err *err) {
	struct screen *scr = &screen_self;
	/* Pauses were for terminals of paper and glass. */
	setenv("NCURSES_NO_PADDING", "1", 0);
	scr->curses = newterm(term, scr->out, scr->in);
	if (scr->curses == NULL) {
		return err_set(err, _("the terminal type '%s' (TERM) is not known here"), term);
	}
	if (ability("cup") == NULL) {
		endwin();
		delscreen(scr->curses);
		return err_set(err, _("the terminal type '%s' (TERM) cannot show a screen"), term);
	}
	return true;
}

bool screen_open(const struct theme *theme, struct err *err) {
	struct screen *scr = &screen_self;
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	scr->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (scr->fd < 0 || tcgetattr(scr->fd, &scr->saved) != 0) {
		int why = errno;
		drop_streams();
		return err_set(err, _("there is no terminal (/dev/tty: %s)"), strerror(why));
	}
	scr->out = stream_of(scr->fd, "w");
	scr->in = stream_of(scr->fd, "r");
	if (scr->in == NULL || scr->out == NULL) {
		drop_streams();
		return err_set(err, _("the terminal cannot be opened: %s"), strerror(errno));
	}
	if (!start_curses(term != NULL ? term : "", err)) {
		drop_streams();
		return false;
	}
	scr->open = true;
	catch_crashes(true);
	mem_on_exhausted(screen_close);
	raw();
	noecho();
	nonl();
	curs_set(0);
	/* A frame is shown whole, also when somebody types meanwhile. */
	typeahead(-1);
	scr->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	scr->smart = is_smart(term);
	scr->colours = has_colors() && (no_color == NULL || no_color[0] == '\0');
	if (scr->colours) {
		start_color();
		use_default_colors();
	}
	input_init(&scr->input, scr->utf8);
	define_keys(&scr->input);
	screen_set_theme(theme);
	screen_say(PASTE_ON);
	if (scr->smart) {
		/* Nobody waits for the answer: it comes between the keys, or never. */
		screen_say(SYNC_ASK);
	}
	return true;
}

void screen_close(void) {
	struct screen *scr = &screen_self;
	if (!scr->open) {
		return;
	}
	screen_set_mouse(false);
	screen_say(PASTE_OFF);
	curs_set(1);
	endwin();
	tcsetattr(scr->fd, TCSANOW, &scr->saved);
	scr->open = false;
	catch_crashes(false);
	mem_on_exhausted(NULL);
	delscreen(scr->curses);
	input_finish(&scr->input);
	screen_paint_finish();
	drop_streams();
}

void screen_abandon(void) {
	/* Neither endwin() nor fclose(): both would write to a terminal that is not there. */
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
	struct winsize size = {0};
	if (ioctl(screen_self.fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
		(size.ws_col != COLS || size.ws_row != LINES)) {
		resizeterm(size.ws_row, size.ws_col);
		clearok(curscr, TRUE);
		screen_self.shown_ok = false;
	}
	*cols = COLS;
	*rows = LINES;
}
