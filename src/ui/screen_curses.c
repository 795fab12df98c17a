#define NCURSES_NOMACROS
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <siaga/app/key.h>
#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/ui/screen.h>

/* Our codes for what define_key() recognises beyond the terminal's own description. */
#define CODE_PASTE_BEGIN 1000
#define CODE_PASTE_END   1001

#define PASTE_MAX        4096 /* kept; the rest of a longer one is swallowed */
#define PASTE_WAIT_MS    1000 /* a paste whose end never came is over after this silence */
#define ALT_STACK        65536
#define ESC_DELAY_MS     50

struct screen {
	bool open;
	int fd;
	FILE *in, *out;
	SCREEN *curses;
	WINDOW *keys; /* a pad: reading from it never repaints */
	struct termios saved;
	bool utf8;
	bool pasting;
	int64_t paste_at_ms;
	struct buf paste;
	char paste_clean[PASTE_MAX * 3 + 1];
	attr_t attrs[UI_ROLE_COUNT];
};

static struct screen scr = {.fd = -1};

static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

/* Only calls that a signal handler may make. */
static void crashed(int signo) {
	static const char restore[] = "\033[?2004l\033[0m\033[?25h\033[?1049l\033[?1l\033>\r\n";

	if (scr.open) {
		ssize_t done = write(scr.fd, restore, sizeof(restore) - 1);

		UNUSED(done);
		(void)tcsetattr(scr.fd, TCSANOW, &scr.saved);
	}
	(void)signal(signo, SIG_DFL);
	(void)raise(signo);
}

static void catch_crashes(bool on) {
	static char stack[ALT_STACK];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {0};

	action.sa_handler = on ? crashed : SIG_DFL;
	action.sa_flags =
		on ? (int)((unsigned)SA_RESETHAND | (unsigned)SA_NODEFER | (unsigned)SA_ONSTACK)
		   : 0;
	(void)sigemptyset(&action.sa_mask);
	if (on) {
		(void)sigaltstack(&alternate, NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++) {
		(void)sigaction(crash_signals[i], &action, NULL);
	}
}

static void say(const char *sequence) {
	ssize_t done = write(scr.fd, sequence, strlen(sequence));

	UNUSED(done); /* a terminal that does not take it is noticed when reading */
}

static void drop_streams(void) {
	if (scr.in != NULL) {
		(void)fclose(scr.in);
	}
	if (scr.out != NULL) {
		(void)fclose(scr.out);
	}
	if (scr.fd >= 0) {
		(void)close(scr.fd);
	}
	scr.in = scr.out = NULL;
	scr.fd = -1;
}

static FILE *stream_of(int fd, const char *mode) {
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	FILE *stream;

	if (copy < 0) {
		return NULL;
	}
	stream = fdopen(copy, mode);
	if (stream == NULL) {
		(void)close(copy);
	}
	return stream;
}

static void define_keys(void) {
	static const struct {
		const char *sequence;
		int code;
	} keys[] = {
		{"\033[A", KEY_UP},
		{"\033[B", KEY_DOWN},
		{"\033[C", KEY_RIGHT},
		{"\033[D", KEY_LEFT},
		{"\033OA", KEY_UP},
		{"\033OB", KEY_DOWN},
		{"\033OC", KEY_RIGHT},
		{"\033OD", KEY_LEFT},
		{"\033[H", KEY_HOME},
		{"\033[F", KEY_END},
		{"\033[1~", KEY_HOME},
		{"\033[4~", KEY_END},
		{"\033[200~", CODE_PASTE_BEGIN},
		{"\033[201~", CODE_PASTE_END},
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		(void)define_key(keys[i].sequence, keys[i].code);
	}
}

static bool has_cursor_address(void) {
	const char *cup = tigetstr("cup");

	/* terminfo says "not a string" with (char *)-1 */
	return cup != NULL && (intptr_t)cup != -1 && cup[0] != '\0';
}

bool screen_open(const struct theme *theme, struct err *err) {
	const char *term = getenv("TERM");

	scr.fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (scr.fd < 0 || tcgetattr(scr.fd, &scr.saved) != 0) {
		int why = errno;

		drop_streams();
		return err_set(err, "there is no terminal (/dev/tty: %s)", strerror(why));
	}
	scr.out = stream_of(scr.fd, "w");
	scr.in = stream_of(scr.fd, "r");
	if (scr.in == NULL || scr.out == NULL) {
		drop_streams();
		return err_set(err, "the terminal cannot be opened: %s", strerror(errno));
	}
	scr.utf8 = MB_CUR_MAX > 1;
	set_escdelay(ESC_DELAY_MS);
	scr.curses = newterm(term, scr.out, scr.in);
	if (scr.curses == NULL) {
		drop_streams();
		return err_set(
			err, "the terminal type '%s' (TERM) is not known here", term ? term : "");
	}
	if (!has_cursor_address()) {
		(void)endwin();
		delscreen(scr.curses);
		drop_streams();
		return err_set(err, "the terminal type '%s' (TERM) cannot show a screen",
			term ? term : "");
	}
	scr.open = true;
	catch_crashes(true);
	mem_on_exhausted(screen_close);
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)curs_set(0);
	scr.keys = newpad(1, 1);
	(void)keypad(scr.keys, TRUE);
	(void)nodelay(scr.keys, TRUE);
	define_keys();
	if (has_colors()) {
		(void)start_color();
		(void)use_default_colors();
	}
	screen_set_theme(theme);
	say("\033[?2004h");
	return true;
}

void screen_close(void) {
	if (!scr.open) {
		return;
	}
	say("\033[?2004l");
	(void)curs_set(1);
	(void)endwin();
	(void)tcsetattr(scr.fd, TCSANOW, &scr.saved);
	scr.open = false;
	catch_crashes(false);
	mem_on_exhausted(NULL);
	(void)delwin(scr.keys);
	delscreen(scr.curses);
	buf_finish(&scr.paste);
	drop_streams();
}

void screen_abandon(void) {
	/* Neither endwin() nor fclose(): both would write to a terminal that is not there. */
	scr.open = false;
}

int screen_fd(void) {
	return scr.fd;
}

bool screen_is_utf8(void) {
	return scr.utf8;
}

void screen_size(int *cols, int *rows) {
	struct winsize size = {0};

	if (ioctl(scr.fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
		(size.ws_col != COLS || size.ws_row != LINES)) {
		wint_t code = 0;
		int kind;

		(void)resizeterm(size.ws_row, size.ws_col);
		(void)clearok(curscr, TRUE);
		/* resizeterm() puts KEY_RESIZE before what was typed; nothing else would fetch it.
		 */
		kind = wget_wch(scr.keys, &code);
		if (kind == KEY_CODE_YES && code != KEY_RESIZE) {
			(void)ungetch((int)code);
		} else if (kind == OK) {
			(void)unget_wch((wchar_t)code);
		}
	}
	*cols = COLS;
	*rows = LINES;
}

static int colour_of(const struct theme_colour *colour) {
	if (!colour->set) {
		return -1;
	}
	if (COLORS >= 256) {
		return colour->index_256 >= 0 ? colour->index_256 : theme_nearest_256(colour->rgb);
	}
	if (colour->index_16 >= 0) {
		return colour->index_16 < COLORS ? colour->index_16 : colour->index_16 % 8;
	}
	return theme_nearest_8(colour->rgb);
}

void screen_set_theme(const struct theme *theme) {
	for (int i = 0; i < UI_ROLE_COUNT; i++) {
		const struct theme_style *style = &theme->styles[i];
		bool colours = has_colors() && COLOR_PAIRS > i + 1;
		bool reverse = style->reverse;

		if (colours) {
			(void)init_pair((short)(i + 1), (short)colour_of(&style->fg),
				(short)colour_of(&style->bg));
		} else if (style->bg.set && !theme->styles[UI_TEXT].bg.set) {
			/* Without colours a ground of its own can only be reverse video. */
			reverse = true;
		}
		scr.attrs[i] = (style->bold ? A_BOLD : A_NORMAL) |
			       (style->underline ? A_UNDERLINE : A_NORMAL) |
			       (reverse ? A_REVERSE : A_NORMAL);
	}
}

/* The C library counts columns in its own way; where it disagrees with us, a mark takes the place,
 * so that the rest of the row stays where it belongs. */
static void put_cell(int col, int row, const struct cell *cell, int columns) {
	wchar_t glyph[4] = {0};
	cchar_t out;
	attr_t attrs = scr.attrs[cell->role < UI_ROLE_COUNT ? cell->role : UI_TEXT];
	short pair =
		has_colors() && COLOR_PAIRS > cell->role + 1 ? (short)(cell->role + 1) : (short)0;

	for (size_t i = 0; i < 3; i++) {
		glyph[i] = (wchar_t)cell->glyph[i];
	}
	if (wcwidth(glyph[0]) != columns || (!scr.utf8 && glyph[0] > 0x7e)) {
		glyph[0] = '?';
		glyph[1] = L'\0';
	}
	for (size_t i = 1; i < 3; i++) {
		if (glyph[i] != 0 && wcwidth(glyph[i]) != 0) {
			glyph[i] = L'\0';
			break;
		}
	}
	if (cell->reverse) {
		attrs ^= A_REVERSE;
	}
	(void)setcchar(&out, glyph, attrs, pair, NULL);
	(void)mvwadd_wch(stdscr, row, col, &out);
	if (columns == 2 && glyph[0] == '?') {
		(void)mvwadd_wch(stdscr, row, col + 1, &out);
	}
}

void screen_present(const struct surface *s, bool full) {
	int cols = s->cols < COLS ? s->cols : COLS;
	int rows = s->rows < LINES ? s->rows : LINES;

	for (int row = 0; row < rows; row++) {
		for (int col = 0; col < cols; col++) {
			const struct cell *cell = surface_cell(s, col, row);
			const struct cell *next = surface_cell(s, col + 1, row);

			if (cell != NULL && cell->glyph[0] != 0) {
				put_cell(col, row, cell,
					next != NULL && next->glyph[0] == 0 ? 2 : 1);
			}
		}
	}
	if (full) {
		(void)clearok(curscr, TRUE);
	}
	if (s->cursor_col >= 0 && s->cursor_row >= 0 && s->cursor_col < cols &&
		s->cursor_row < rows) {
		(void)wmove(stdscr, s->cursor_row, s->cursor_col);
		(void)curs_set(1);
	} else {
		(void)curs_set(0);
	}
	(void)wnoutrefresh(stdscr);
	(void)doupdate();
}

void screen_bell(void) {
	(void)beep();
}

static uint32_t special_key(wint_t code) {
	static const struct {
		int curses;
		uint32_t key;
	} keys[] = {
		{KEY_UP, KEY_CODE_UP},
		{KEY_DOWN, KEY_CODE_DOWN},
		{KEY_LEFT, KEY_CODE_LEFT},
		{KEY_RIGHT, KEY_CODE_RIGHT},
		{KEY_HOME, KEY_CODE_HOME},
		{KEY_END, KEY_CODE_END},
		{KEY_PPAGE, KEY_CODE_PAGE_UP},
		{KEY_NPAGE, KEY_CODE_PAGE_DOWN},
		{KEY_BACKSPACE, KEY_CODE_BACKSPACE},
		{KEY_DC, KEY_CODE_DELETE},
		{KEY_BTAB, KEY_CODE_BACK_TAB},
		{KEY_ENTER, KEY_CODE_ENTER},
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if ((int)code == keys[i].curses) {
			return keys[i].key;
		}
	}
	if (code > KEY_F0 && code <= KEY_F0 + 12) {
		return KEY_CODE_F0 + (uint32_t)(code - KEY_F0);
	}
	return 0;
}

static uint32_t plain_key(wint_t code) {
	if (code == '\n' || code == '\r') {
		return KEY_CODE_ENTER;
	}
	if (code == 0x7f || code == 0x08) {
		return KEY_CODE_BACKSPACE;
	}
	return (uint32_t)code;
}

static void paste_add(wint_t code) {
	char bytes[MB_LEN_MAX];
	mbstate_t state = {0};
	size_t len = wcrtomb(bytes, (wchar_t)code, &state);

	if (len != (size_t)-1 && scr.paste.len + len <= PASTE_MAX) {
		buf_add(&scr.paste, bytes, len);
	}
}

static bool paste_done(uint32_t *key, const char **paste) {
	scr.pasting = false;
	(void)text_clean(scr.paste_clean, sizeof(scr.paste_clean),
		scr.paste.data != NULL ? scr.paste.data : "", scr.paste.len);
	buf_clear(&scr.paste);
	*key = 0;
	*paste = scr.paste_clean;
	return true;
}

static bool is_gone(void) {
	struct pollfd fd = {.fd = scr.fd, .events = POLLIN};

	return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

bool screen_read(uint32_t *key, const char **paste, bool *gone) {
	*paste = NULL;
	*gone = false;
	while (true) {
		wint_t code = 0;
		int kind = wget_wch(scr.keys, &code);

		if (kind == ERR) {
			*gone = is_gone();
			if (scr.pasting && clock_mono_ms() - scr.paste_at_ms > PASTE_WAIT_MS) {
				return paste_done(key, paste);
			}
			return false;
		}
		if (kind == KEY_CODE_YES && code == CODE_PASTE_BEGIN) {
			scr.pasting = true;
			scr.paste_at_ms = clock_mono_ms();
			buf_clear(&scr.paste);
		} else if (kind == KEY_CODE_YES && code == CODE_PASTE_END) {
			if (scr.pasting) {
				return paste_done(key, paste);
			}
		} else if (scr.pasting) {
			scr.paste_at_ms = clock_mono_ms();
			if (kind == OK) {
				paste_add(code);
			}
		} else {
			*key = kind == KEY_CODE_YES ? special_key(code) : plain_key(code);
			if (*key != 0) {
				return true;
			}
		}
	}
}
