/* Writes the difference between what is shown and what should be, with few bytes, in one piece. */
#include "screen_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END   "\033[?2026l"
#define SYNC_MIN   1024 /* bytes; a shorter frame goes out in one piece anyway */

#define GAP_MAX    4    /* so many cells are rather written again than jumped over */
#define STEPS_MAX  4    /* so many steps are shorter than a sequence */
#define BLANK_MIN  10   /* so many blanks are rather erased than written */
#define END_MIN    4    /* and so many at the end of a row */
#define FEW        64   /* changed cells of a frame whose order may be turned about */
#define SOME       1000 /* and of one that may be written one look after the other */
#define TURNS_MIN  3    /* fewer are never worth it: the clock's digits are two at most */
#define LOOKS_MAX  12   /* of what may be */
#define LOOK_BYTES 12   /* what a change of the look costs ... */
#define JUMP_BYTES 5    /* ... and a jump */
#define FAR_BYTES  8    /* ... to another row */

void screen_paint_resize(void) {
	struct screen *scr = &screen_self;
	size_t len = (size_t)scr->cols * (size_t)scr->rows;
	scr->shown = mem_resize(scr->shown, len, sizeof(*scr->shown));
	scr->next = mem_resize(scr->next, len, sizeof(*scr->next));
	scr->shown_ok = false;
	scr->col = scr->row = -1;
	/* Rows that the surface does not reach stay blank. */
	memset(scr->next, 0, len * sizeof(*scr->next));
	scr->changed = mem_resize(scr->changed, (size_t)scr->rows, sizeof(*scr->changed));
	scr->drawn_ok = false;
	for (size_t i = 0; i < len; i++) {
		screen_resolve(&(struct cell){.glyph = {' '}}, &scr->next[i]);
	}
}

void screen_paint_finish(void) {
	struct screen *scr = &screen_self;
	/* Where there is no second screen to leave, the shell goes on below. */
	screen_say(screen_param(scr->can.cursor_move, scr->rows - 1, 0));
	screen_say(scr->can.reset);
	screen_say(scr->can.leave[0] == '\0' ? "\r\n" : "");
	buf_finish(&scr->frame);
	free(scr->shown);
	free(scr->next);
	free(scr->changed);
	surface_finish(&scr->drawn);
	scr->shown = scr->next = NULL;
	scr->changed = NULL;
	scr->cols = scr->rows = 0;
	scr->shown_ok = scr->drawn_ok = scr->look_known = scr->cursor_shown = false;
}

static struct shown *cell_at(struct shown *cells, int col, int row) {
	return &cells[(size_t)row * (size_t)screen_self.cols + (size_t)col];
}

static bool same(const struct shown *a, const struct shown *b) {
	return memcmp(a->glyph, b->glyph, sizeof(a->glyph)) == 0 &&
	       screen_same_look(a->look, b->look);
}

static bool is_blank(const struct shown *cell) {
	return cell->glyph[0] == ' ' && cell->glyph[1] == 0 &&
	       (cell->look.attrs & LOOK_UNDERLINE) == 0;
}

/* The ground that text written now would have. */
static bool has_ground(int16_t ground) {
	struct look look = screen_self.look;
	if (!screen_self.look_known || (look.attrs & LOOK_UNDERLINE) != 0) {
		return false;
	}
	if ((look.attrs & LOOK_REVERSE) == 0) {
		return look.bg == ground;
	}
	return look.fg == COLOUR_DEFAULT ? ground == COLOUR_SWAPPED : look.fg == ground;
}

/* A blank has no letter: whatever look has its ground will do. */
static void look_for(const struct shown *cell) {
	struct look look = cell->look;
	if (!is_blank(cell)) {
		screen_look(look);
		return;
	}
	if (has_ground(look.bg)) {
		return;
	}
	const struct look now = screen_self.look;
	if (!screen_self.look_known) {
		look.fg = COLOUR_DEFAULT;
	} else if ((now.attrs & LOOK_REVERSE) != 0 && look.bg >= 0) {
		look.fg = look.bg;
		look.bg = now.bg;
		look.attrs |= now.attrs & (LOOK_BOLD | LOOK_REVERSE);
	} else {
		look.fg = now.fg;
		look.attrs |= now.attrs & LOOK_BOLD;
	}
	if (look.bg == COLOUR_SWAPPED) {
		look.fg = look.bg = COLOUR_DEFAULT;
		look.attrs |= LOOK_REVERSE;
	}
	screen_look(look);
}

/* Whether the cell can be written as the look is now. */
static bool fits_look(const struct shown *cell) {
	if (is_blank(cell)) {
		return has_ground(cell->look.bg);
	}
	return screen_self.look_known && screen_same_look(cell->look, screen_self.look);
}

/* Characters that every terminal counts as one column. Behind others the cursor's place is not
 * trusted. */
static bool is_sure(const struct shown *cell) {
	uint32_t code = cell->glyph[0];
	return cell->glyph[1] == 0 && (code < 0x250 || (code >= 0x2500 && code < 0x25a0) ||
					      (code >= 0x2800 && code < 0x2900) || code == 0x2026);
}

static void add_glyph(uint32_t code) {
	struct buf *out = &screen_self.frame;
	char bytes[4];
	size_t len = 0;
	if (code < 0x80 || !screen_self.utf8) {
		bytes[len++] = (char)code;
	} else if (code < 0x800) {
		bytes[len++] = (char)(0xc0 | code >> 6);
	} else if (code < 0x10000) {
		bytes[len++] = (char)(0xe0 | code >> 12);
		bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
	} else {
		bytes[len++] = (char)(0xf0 | code >> 18);
		bytes[len++] = (char)(0x80 | (code >> 12 & 0x3f));
		bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
	}
	if (code >= 0x80 && screen_self.utf8) {
		bytes[len++] = (char)(0x80 | (code & 0x3f));
	}
	buf_add(out, bytes, len);
}

static void add_steps(const char *step, int count) {
	for (int i = 0; i < count; i++) {
		buf_add_str(&screen_self.frame, step);
	}
}

/* From column to column in the cursor's row. */
static void move_in_row(int col) {
	struct screen *scr = &screen_self;
	int by = col - scr->col;
	if (by < 0 && -by <= STEPS_MAX) {
		add_steps("\b", -by);
	} else if (by < 0 && col <= STEPS_MAX) {
		buf_add_str(&scr->frame, "\r");
		if (col > 0) {
			buf_printf(&scr->frame, "\033[%dC", col);
		}
	} else if (by != 0) {
		buf_printf(&scr->frame, "\033[%d%c", by > 0 ? by : -by, by > 0 ? 'C' : 'D');
	}
	scr->col = col;
}

/* The cells between here and there are as they should be: to write them again may be shorter. */
static bool write_gap(int col, int row) {
	struct screen *scr = &screen_self;
	if (row != scr->row || col <= scr->col || col - scr->col > GAP_MAX) {
		return false;
	}
	for (int at = scr->col; at < col; at++) {
		const struct shown *cell = cell_at(scr->next, at, row);
		if (cell->glyph[0] < ' ' || cell->glyph[0] > 0x7e || cell->glyph[1] != 0 ||
			!fits_look(cell)) {
			return false;
		}
	}
	while (scr->col < col) {
		add_glyph(cell_at(scr->next, scr->col++, row)->glyph[0]);
	}
	return true;
}

static void move_to(int col, int row) {
	struct screen *scr = &screen_self;
	bool known = scr->row >= 0 && scr->col >= 0 && scr->can.jumps;
	if (known && scr->row == row && scr->col == col) {
		return;
	}
	if (known && (scr->row == row || (row > scr->row && row - scr->row <= STEPS_MAX &&
						 abs(col - scr->col) <= STEPS_MAX))) {
		/* The line feed goes straight down: nothing is done to what is written. */
		add_steps("\n", row - scr->row);
		scr->row = row;
		if (!write_gap(col, row)) {
			move_in_row(col);
		}
		return;
	}
	buf_add_str(&scr->frame, screen_param(scr->can.cursor_move, row, col));
	scr->col = col;
	scr->row = row;
}

/* Blanks of one ground from here on. */
static int blanks_from(int col, int row) {
	const struct shown *first = cell_at(screen_self.next, col, row);
	int count = 0;
	while (col + count < screen_self.cols) {
		const struct shown *cell = cell_at(screen_self.next, col + count, row);
		if (!is_blank(cell) || !same(cell, first)) {
			break;
		}
		count++;
	}
	return count;
}

/* Erases a run of blanks where that is shorter; how many cells it was. */
static int erase(int col, int row) {
	struct screen *scr = &screen_self;
	const struct shown *cell = cell_at(scr->next, col, row);
	int count = is_blank(cell) ? blanks_from(col, row) : 0;
	bool plain = cell->look.bg == COLOUR_DEFAULT;
	if (count < BLANK_MIN || cell->look.bg == COLOUR_SWAPPED ||
		(!plain && !scr->can.erases_ground)) {
		return 0;
	}
	bool to_end = col + count == scr->cols && scr->can.erase_line[0] != '\0';
	if (!to_end && scr->can.erase_cells[0] == '\0') {
		return 0;
	}
	/* With other attributes terminals do not agree on how the erased looks. */
	struct look look = {COLOUR_DEFAULT, cell->look.bg, 0};
	if (scr->look_known) {
		look.fg = scr->look.fg;
		look.attrs = scr->look.attrs & LOOK_BOLD;
	}
	screen_look(look);
	if (to_end) {
		buf_add_str(&scr->frame, scr->can.erase_line);
	} else {
		buf_add_str(&scr->frame, screen_param(scr->can.erase_cells, count, 0));
	}
	for (int at = col; at < col + count; at++) {
		*cell_at(scr->shown, at, row) = *cell_at(scr->next, at, row);
	}
	return count;
}

static void write_cell(int col, int row) {
	struct screen *scr = &screen_self;
	const struct shown *cell = cell_at(scr->next, col, row);
	int columns = col + 1 < scr->cols && cell[1].glyph[0] == 0 ? 2 : 1;
	look_for(cell);
	for (size_t i = 0; i < ARRAY_LEN(cell->glyph) && cell->glyph[i] != 0; i++) {
		add_glyph(cell->glyph[i]);
	}
	for (int at = col; at < col + columns; at++) {
		*cell_at(scr->shown, at, row) = *cell_at(scr->next, at, row);
	}
	scr->col = col + columns;
	if (scr->col >= scr->cols || columns == 2 || !is_sure(cell)) {
		scr->col = scr->row = -1;
	}
}

static bool is_due(int col, int row) {
	const struct screen *scr = &screen_self;
	const struct shown *cell = cell_at(scr->next, col, row);
	/* The last cell of a terminal that goes on to the next line at once would scroll it. */
	if (!scr->can.wraps_late && row == scr->rows - 1 && col == scr->cols - 1) {
		return false;
	}
	return cell->glyph[0] != 0 && !same(cell, cell_at(scr->shown, col, row));
}

static void write_at(int col, int row) {
	move_to(col, row);
	if (erase(col, row) == 0) {
		write_cell(col, row);
	}
}

/* Writes what differs in a row; `fitting`: only what is in the look of the moment, and no blank
 * that has to be jumped to. */
static void write_row(int row, bool fitting) {
	const struct screen *scr = &screen_self;
	for (int col = scr->changed[row].first; col < scr->changed[row].end; col++) {
		const struct shown *cell = cell_at(scr->next, col, row);
		bool here = scr->col == col && scr->row == row;
		if (is_due(col, row) &&
			(!fitting || (fits_look(cell) && (here || !is_blank(cell))))) {
			write_at(col, row);
		}
	}
}

/*
 * Rows whose looks take turns, as keys and their names do, and the columns of a list, cost less one
 * look after the other: to jump over a few letters is shorter than to change the look there and
 * back. As many cells as have to be jumped to, so many changes are saved.
 */
static bool take_turns(int first, int end) {
	struct look looks[LOOKS_MAX];
	int count = 0, changes = 0, last = -1;
	for (int row = first; row < end; row++) {
		struct stretch changed = screen_self.changed[row];
		for (int col = changed.first; col < changed.end; col++) {
			const struct shown *cell = cell_at(screen_self.next, col, row);
			int at = 0;
			if (!is_due(col, row) || is_blank(cell)) {
				continue;
			}
			while (at < count && !screen_same_look(looks[at], cell->look)) {
				at++;
			}
			if (at == LOOKS_MAX) {
				return false;
			}
			count = at == count ? count + 1 : count;
			looks[at] = cell->look;
			changes += at != last ? 1 : 0;
			last = at;
		}
	}
	int jump = end - first > 1 ? FAR_BYTES : JUMP_BYTES;
	return changes * (LOOK_BYTES - jump) > count * (LOOK_BYTES + jump);
}

static void write_rows(int first, int end, bool fitting) {
	for (int row = first; row < end; row++) {
		write_row(row, fitting);
	}
}

/* The blanks come last: they have no look of their own. */
static void write_in_turns(int first, int end) {
	write_rows(first, end, true);
	for (int row = first; row < end; row++) {
		struct stretch changed = screen_self.changed[row];
		for (int col = changed.first; col < changed.end; col++) {
			if (is_due(col, row) && !is_blank(cell_at(screen_self.next, col, row))) {
				write_at(col, row);
				write_rows(row, end, true);
			}
		}
	}
	write_rows(first, end, false);
}

/* A whole screen is written from top to bottom: on a slow line it is read as it comes. */
static void write_due(int due) {
	int rows = screen_self.rows;
	bool may_turn = due >= TURNS_MIN;
	if (may_turn && due <= SOME && take_turns(0, rows)) {
		write_in_turns(0, rows);
		return;
	}
	write_rows(0, due <= FEW ? rows : 0, true);
	for (int row = 0; row < rows; row++) {
		if (may_turn && take_turns(row, row + 1)) {
			write_in_turns(row, row + 1);
		} else {
			write_rows(row, row + 1, false);
		}
	}
}

/* A cell whose right half differs is due as a whole. */
static int count_due(void) {
	struct screen *scr = &screen_self;
	int count = 0;
	for (int row = 0; row < scr->rows; row++) {
		if (!scr->shown_ok) {
			scr->changed[row] = (struct stretch){0, scr->cols};
		}
		for (int col = scr->changed[row].first; col < scr->changed[row].end; col++) {
			struct shown *cell = cell_at(scr->next, col, row);
			struct shown *old = cell_at(scr->shown, col, row);
			if (!scr->shown_ok) {
				memset(old, 0xff, sizeof(*old));
			} else if (cell->glyph[0] == 0 && col > 0 && !same(cell, old)) {
				memset(old - 1, 0xff, sizeof(*old));
			}
			count += is_due(col, row) ? 1 : 0;
		}
	}
	scr->shown_ok = true;
	return count;
}

static void place_cursor(const struct surface *s) {
	struct screen *scr = &screen_self;
	bool wanted = s->cursor_col >= 0 && s->cursor_row >= 0 && s->cursor_col < scr->cols &&
		      s->cursor_row < scr->rows;
	if (wanted) {
		move_to(s->cursor_col, s->cursor_row);
	}
	if (wanted != scr->cursor_shown) {
		buf_add_str(&scr->frame, wanted ? scr->can.cursor_show : scr->can.cursor_hide);
		scr->cursor_shown = wanted;
	}
}

static void resolve_row(const struct surface *s, int row, struct stretch changed) {
	struct screen *scr = &screen_self;
	for (int col = changed.first; col < changed.end; col++) {
		screen_resolve(surface_cell(s, col, row), cell_at(scr->next, col, row));
	}
	/* Half a wide character at the edge would push the row on. */
	const struct cell *right = surface_cell(s, scr->cols, row);
	if (right != NULL && right->glyph[0] == 0) {
		screen_resolve(
			&(struct cell){.glyph = {' '}}, cell_at(scr->next, scr->cols - 1, row));
	}
}

/* What of a row is not as it was, and one cell before that: a wide character has two. */
static struct stretch compare(const struct cell *before, const struct cell *now, int cols) {
	struct stretch changed = {0, cols};
	while (changed.first < cols &&
		memcmp(&before[changed.first], &now[changed.first], sizeof(*now)) == 0) {
		changed.first++;
	}
	while (changed.end > changed.first &&
		memcmp(&before[changed.end - 1], &now[changed.end - 1], sizeof(*now)) == 0) {
		changed.end--;
	}
	changed.first -= changed.first > 0;
	return changed;
}

/* Of most frames only a few rows differ from the one before, and the others are not looked at. */
static void resolve_all(const struct surface *s, int rows) {
	struct screen *scr = &screen_self;
	int cols = s->cols < scr->cols ? s->cols : scr->cols;
	size_t size = (size_t)s->cols * sizeof(*s->cells);
	bool known = scr->drawn_ok && scr->drawn.cols == s->cols && scr->drawn.rows == s->rows;
	if (!known) {
		surface_resize(&scr->drawn, s->cols, s->rows);
		rows = s->rows;
	}
	memset(scr->changed, 0, (size_t)scr->rows * sizeof(*scr->changed));
	for (int row = 0; row < rows && row < s->rows && row < scr->rows; row++) {
		struct cell *before = surface_cell(&scr->drawn, 0, row);
		const struct cell *now = surface_cell(s, 0, row);
		if (known && memcmp(before, now, size) == 0) {
			continue;
		}
		struct stretch changed =
			known ? compare(before, now, s->cols) : (struct stretch){0, cols};
		changed.first = changed.first < cols ? changed.first : cols - 1;
		changed.end = changed.end < cols ? changed.end : cols;
		scr->changed[row] = changed;
		memcpy(before, now, size);
		resolve_row(s, row, changed);
	}
	scr->drawn_ok = true;
}

void screen_present(const struct surface *s, int rows, bool full) {
	struct screen *scr = &screen_self;
	if (scr->shown == NULL) {
		int wide, high;
		screen_size(&wide, &high);
	}
	buf_clear(&scr->frame);
	buf_add_str(&scr->frame, SYNC_BEGIN);
	size_t begin = scr->frame.len;
	if (full || !scr->shown_ok) {
		/* What went wrong may have been the look, or the place of the cursor. */
		scr->shown_ok = scr->look_known = false;
		scr->col = scr->row = -1;
	}
	resolve_all(s, rows);
	write_due(count_due());
	place_cursor(s);
	bool hold = scr->sync && scr->frame.len - begin >= SYNC_MIN;
	if (hold) {
		buf_add_str(&scr->frame, SYNC_END);
	}
	begin = hold ? 0 : begin;
	screen_write(scr->frame.data + begin, scr->frame.len - begin);
}
