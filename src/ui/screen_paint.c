#include "screen_private.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END   "\033[?2026l"
/* A change of fewer cells goes out in one piece anyway. */
#define SYNC_CELLS 240
#define BRIGHT     8 /* of 16 colours: the first of the bright ones */

static int colour_of(const struct theme_colour *colour) {
	if (!colour->set) {
		return -1;
	}
	if (COLORS >= 256) {
		return colour->index_256 >= 0 ? colour->index_256 : theme_nearest_256(colour->rgb);
	}
	return colour->index_16 >= 0 ? colour->index_16 : theme_nearest_8(colour->rgb);
}

/* The pair of two colours; roles that look alike share one. -1: there are no more. */
static short pair_of(int fg, int bg, short *used) {
	short have_fg, have_bg;
	if (fg == -1 && bg == -1) {
		return 0;
	}
	for (short i = 1; i <= *used; i++) {
		if (pair_content(i, &have_fg, &have_bg) == OK && have_fg == fg && have_bg == bg) {
			return i;
		}
	}
	if (*used + 1 >= COLOR_PAIRS) {
		return -1;
	}
	return init_pair(++*used, (short)fg, (short)bg) == OK ? *used : -1;
}

static attr_t attrs_of(const struct theme_style *style) {
	return (style->bold ? A_BOLD : A_NORMAL) | (style->underline ? A_UNDERLINE : A_NORMAL) |
	       (style->reverse ? A_REVERSE : A_NORMAL);
}

static void set_role(
	int role, const struct theme_style *style, const struct theme_style *plain, short *used) {
	struct screen *scr = &screen_self;
	int fg = colour_of(&style->fg), bg = colour_of(&style->bg);
	attr_t attrs = attrs_of(style);
	if (COLORS < 256) {
		bool bright = fg >= BRIGHT;
		fg = fg >= COLORS ? fg % BRIGHT : fg;
		bg = bg >= COLORS ? bg % BRIGHT : bg;
		/* With eight colours bold is how the bright ones are had: it would make black grey,
		 * and everything pale on a light ground. */
		if (COLORS <= BRIGHT && (fg == COLOR_BLACK || bg == COLOR_WHITE)) {
			attrs &= ~A_BOLD;
		} else if (COLORS <= BRIGHT && bright) {
			attrs |= A_BOLD;
		}
	}
	short pair = pair_of(fg, bg, used);
	scr->attrs[role] = pair >= 0 ? attrs : attrs_of(plain);
	scr->pairs[role] = pair >= 0 ? pair : 0;
}

static bool has_colour(const struct theme *theme) {
	for (size_t i = 0; i < UI_ROLE_COUNT; i++) {
		if (theme->styles[i].fg.set || theme->styles[i].bg.set) {
			return true;
		}
	}
	return false;
}

void screen_set_theme(const struct theme *theme) {
	struct screen *scr = &screen_self;
	struct theme mono;
	short used = 0;
	scr->shown_ok = false;
	/* It is compiled in and tested: it is there. */
	bool have_mono = theme_builtin(&mono, "mono", NULL);
	const struct theme *plain = have_mono && has_colour(theme) ? &mono : theme;
	for (int i = 0; i < UI_ROLE_COUNT; i++) {
		if (scr->colours) {
			set_role(i, &theme->styles[i], &plain->styles[i], &used);
		} else {
			scr->attrs[i] = attrs_of(&plain->styles[i]);
			scr->pairs[i] = 0;
		}
	}
	/* Light on dark under every theme: a picture must not turn into its negative. */
	short grey = scr->colours ? pair_of(COLOR_WHITE, COLOR_BLACK, &used) : 0;
	scr->grey_pair = grey > 0 ? grey : 0;
}

/* What people write beyond ASCII, where the terminal has no more; 0: nothing like it. */
static wchar_t ascii_for(uint32_t glyph) {
	static const struct {
		uint32_t glyph;
		char ascii;
	} likes[] = {
		{0xa0, ' '},
		{0xb0, 'o'},
		{0xb7, '.'},
		{0xd7, 'x'},
		{0x2010, '-'},
		{0x2011, '-'},
		{0x2013, '-'},
		{0x2014, '-'},
		{0x2018, '\''},
		{0x2019, '\''},
		{0x201c, '"'},
		{0x201d, '"'},
		{0x2022, '*'},
		{0x2026, '~'},
	};
	for (size_t i = 0; i < ARRAY_LEN(likes); i++) {
		if (likes[i].glyph == glyph) {
			return (wchar_t)likes[i].ascii;
		}
	}
	return 0;
}

/* What to write for a cell. The C library counts columns in its own way; where it disagrees with
 * us, a mark takes the place, so that the rest of the row stays where it belongs. */
static void glyph_of(const struct cell *cell, int columns, wchar_t glyph[4]) {
	memset(glyph, 0, 4 * sizeof(*glyph));
	for (size_t i = 0; i < ARRAY_LEN(cell->glyph); i++) {
		glyph[i] = (wchar_t)cell->glyph[i];
	}
	if (!screen_self.utf8 && cell->glyph[0] > 0x7e) {
		wchar_t like = ascii_for(cell->glyph[0]);
		glyph[0] = like != 0 ? like : L'?';
		glyph[1] = L'\0';
	} else if (wcwidth(glyph[0]) != columns) {
		glyph[0] = L'?';
		glyph[1] = L'\0';
	}
	for (size_t i = 1; i < ARRAY_LEN(cell->glyph); i++) {
		if (glyph[i] != 0 && wcwidth(glyph[i]) != 0) {
			glyph[i] = L'\0';
			break;
		}
	}
}

static void put_cell(int col, int row, const struct cell *cell, int columns) {
	const struct screen *scr = &screen_self;
	size_t role = cell->role < UI_ROLE_COUNT ? cell->role : UI_TEXT;
	attr_t attrs = scr->attrs[role];
	int pair = scr->pairs[role];
	wchar_t glyph[4];
	cchar_t out;
	glyph_of(cell, columns, glyph);
	if (cell->picture && scr->colours && COLORS >= 256) {
		pair = alloc_pair(theme_nearest_256(cell->fg), theme_nearest_256(cell->bg));
		pair = pair > 0 ? pair : 0;
		attrs = A_NORMAL;
	} else if (cell->picture) {
		glyph[0] = (wchar_t)surface_grey(
			cell->fg, cell->glyph[0] > 0x7e ? cell->bg : cell->fg);
		pair = scr->grey_pair;
		attrs = A_NORMAL;
	}
	attrs ^= cell->reverse ? A_REVERSE : A_NORMAL;
	setcchar(&out, glyph, attrs, (short)pair, &pair);
	mvwadd_wch(stdscr, row, col, &out);
	if (columns == 2 && wcwidth(glyph[0]) == 1) {
		mvwadd_wch(stdscr, row, col + 1, &out);
	}
}

static bool same_cell(const struct cell *a, const struct cell *b) {
	return memcmp(a->glyph, b->glyph, sizeof(a->glyph)) == 0 && a->role == b->role &&
	       a->reverse == b->reverse && a->picture == b->picture &&
	       (!a->picture || (a->fg == b->fg && a->bg == b->bg));
}

/* Gives curses the cells that are not as they were; how many those are. */
static int put_changes(const struct surface *s, int cols, int rows) {
	struct screen *scr = &screen_self;
	size_t len = (size_t)s->cols * (size_t)s->rows;
	int changes = 0;
	if (len != scr->shown_len) {
		scr->shown = mem_resize(scr->shown, len, sizeof(*scr->shown));
		scr->shown_len = len;
		scr->shown_ok = false;
	}
	for (int row = 0; row < rows; row++) {
		for (int col = 0; col < cols; col++) {
			size_t at = (size_t)row * (size_t)s->cols + (size_t)col;
			const struct cell *cell = &s->cells[at];
			bool wide = col + 1 < s->cols && cell[1].glyph[0] == 0;
			if (scr->shown_ok && same_cell(cell, &scr->shown[at])) {
				continue;
			}
			changes++;
			if (cell->glyph[0] != 0) {
				put_cell(col, row, cell, wide ? 2 : 1);
			}
		}
	}
	memcpy(scr->shown, s->cells, len * sizeof(*scr->shown));
	scr->shown_ok = true;
	return changes;
}

void screen_present(const struct surface *s, bool full) {
	struct screen *scr = &screen_self;
	int cols = s->cols < COLS ? s->cols : COLS;
	int rows = s->rows < LINES ? s->rows : LINES;
	bool cursor = s->cursor_col >= 0 && s->cursor_row >= 0 && s->cursor_col < cols &&
		      s->cursor_row < rows;
	int changes = put_changes(s, cols, rows);
	bool hold = scr->sync && (full || changes > SYNC_CELLS);
	if (full) {
		clearok(curscr, TRUE);
	}
	if (cursor) {
		wmove(stdscr, s->cursor_row, s->cursor_col);
	}
	/* A cursor that nobody sees may stay where the last change was. */
	leaveok(stdscr, !cursor);
	curs_set(cursor ? 1 : 0);
	wnoutrefresh(stdscr);
	/* Past the stream of curses, which doupdate() empties before it ends. */
	if (hold) {
		screen_say(SYNC_BEGIN);
	}
	doupdate();
	if (hold) {
		screen_say(SYNC_END);
	}
}

void screen_paint_finish(void) {
	free(screen_self.shown);
	screen_self.shown = NULL;
	screen_self.shown_len = 0;
	screen_self.shown_ok = false;
}
