#include <siaga/ui/surface.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#define ELLIPSIS       0x2026u
#define ELLIPSIS_ASCII '~'
#define REPLACEMENT    0xfffdu
#define HALF_BLOCK     0x2580u /* the upper half */
#define PIECE          64u     /* so many cells are copied at once */
#define PICTURE_LETTER "%"

static const char *const role_names[] = {
	[UI_TEXT] = "text",
	[UI_MUTED] = "muted",
	[UI_TITLE] = "title",
	[UI_BORDER] = "border",
	[UI_BORDER_FOCUS] = "border.focus",
	[UI_SELECTION] = "selection",
	[UI_P1] = "p1",
	[UI_P2] = "p2",
	[UI_P3] = "p3",
	[UI_P4] = "p4",
	[UI_UNACK] = "unack",
	[UI_LINK_OK] = "link.ok",
	[UI_LINK_LOST] = "link.lost",
	[UI_CACHED] = "cached",
	[UI_KEY] = "key",
	[UI_LABEL] = "label",
	[UI_PROMPT] = "prompt",
	[UI_STRIP] = "strip",
	[UI_WARN] = "warn",
	[UI_ERROR] = "error",
	[UI_MAP_STREET] = "map.street",
	[UI_MAP_WATER] = "map.water",
	[UI_MAP_RAIL] = "map.rail",
	[UI_MAP_OUTLINE] = "map.outline",
	[UI_CAMERA_OK] = "camera.ok",
	[UI_CAMERA_STALE] = "camera.stale",
	[UI_CAMERA_DOWN] = "camera.down",
	[UI_MODE] = "mode",
	[UI_COACH] = "coach",
	[UI_HELD] = "state.held",
	[UI_OVERDUE_WARN] = "overdue.warn",
	[UI_OVERDUE_ALERT] = "overdue.alert",
	[UI_CLAIM_STALE] = "claim.stale",
	[UI_MARK] = "mark",
	[UI_MAP_RING] = "map.ring",
	[UI_MAP_LABEL] = "map.label",
	[UI_PICTURE_NOTE] = "picture.note",
	[UI_DISABLED] = "disabled",
	[UI_ALERT] = "alert",
};
static_assert(ARRAY_LEN(role_names) == UI_ROLE_COUNT, "name every role");

/* One letter per role, in the order of enum ui_role, for dumps. */
static const char role_letters[] = ".mtbBs1234uLlckapSwe-~=#ohxMHvVCKrnidg!";
static_assert(sizeof(role_letters) - 1 == UI_ROLE_COUNT, "a letter for every role");

/* Lines and corners of a frame. */
enum line {
	LINE_ACROSS,
	LINE_DOWN,
	LINE_TOP_LEFT,
	LINE_TOP_RIGHT,
	LINE_LOW_LEFT,
	LINE_LOW_RIGHT,
	LINE_COUNT
};
static const uint32_t lines_unicode[LINE_COUNT] = {0x2500, 0x2502, 0x250c, 0x2510, 0x2514, 0x2518};
static const uint32_t lines_ascii[LINE_COUNT] = {'-', '|', '+', '+', '+', '+'};

const char *ui_role_name(enum ui_role role) {
	return (unsigned)role < UI_ROLE_COUNT ? role_names[role] : "?";
}

bool ui_role_find(const char *name, enum ui_role *out) {
	for (size_t i = 0; i < UI_ROLE_COUNT; i++) {
		if (strcmp(role_names[i], name) == 0) {
			*out = (enum ui_role)i;
			return true;
		}
	}
	return false;
}

void surface_init(struct surface *s, int cols, int rows) {
	memset(s, 0, sizeof(*s));
	surface_resize(s, cols, rows);
}

void surface_finish(struct surface *s) {
	free(s->cells);
	memset(s, 0, sizeof(*s));
}

void surface_resize(struct surface *s, int cols, int rows) {
	s->cols = cols > 0 ? cols : 1;
	s->rows = rows > 0 ? rows : 1;
	s->cells = mem_resize(s->cells, (size_t)s->cols * (size_t)s->rows, sizeof(*s->cells));
	surface_clear(s);
}

/* So many cells like this one, copied in pieces that stay close to the processor. */
static void repeat(struct cell *cells, size_t len, const struct cell *cell) {
	if (len == 0) {
		return;
	}
	cells[0] = *cell;
	for (size_t done = 1, more; done < len; done += more) {
		more = done < PIECE ? done : PIECE;
		more = more < len - done ? more : len - done;
		memcpy(cells + done, cells, more * sizeof(*cells));
	}
}

void surface_clear(struct surface *s) {
	const struct cell blank = {.glyph = {' '}, .role = UI_TEXT};
	repeat(s->cells, (size_t)s->cols * (size_t)s->rows, &blank);
	s->cursor_col = s->cursor_row = -1;
}

static bool inside(const struct surface *s, int col, int row) {
	return col >= 0 && row >= 0 && col < s->cols && row < s->rows;
}

struct cell *surface_cell(const struct surface *s, int col, int row) {
	return inside(s, col, row) ? &s->cells[(size_t)row * (size_t)s->cols + (size_t)col] : NULL;
}

static void set_cell(struct surface *s, int col, int row, enum ui_role role, uint32_t glyph) {
	struct cell *cell = &s->cells[(size_t)row * (size_t)s->cols + (size_t)col];
	/* Half of a wide character cannot stay when its other half is drawn over. */
	if (cell->glyph[0] == 0 && col > 0) {
		memset(cell[-1].glyph, 0, sizeof(cell[-1].glyph));
		cell[-1].glyph[0] = ' ';
	}
	if (cell->glyph[0] != 0 && col + 1 < s->cols && cell[1].glyph[0] == 0) {
		cell[1].glyph[0] = ' ';
	}
	*cell = (struct cell){.glyph = {glyph}, .role = (uint8_t)role};
}

/* Returns the cell, or NULL where it is outside. */
static struct cell *put(
	struct surface *s, int col, int row, enum ui_role role, uint32_t glyph, int wide) {
	if (!inside(s, col, row) || !inside(s, col + wide - 1, row)) {
		return NULL;
	}
	if (wide == 2) {
		set_cell(s, col + 1, row, role, ' ');
	}
	set_cell(s, col, row, role, glyph);
	struct cell *cell = &s->cells[(size_t)row * (size_t)s->cols + (size_t)col];
	if (wide == 2) {
		cell[1].glyph[0] = 0;
	}
	return cell;
}

static void combine(struct cell *cell, uint32_t mark) {
	for (size_t i = 1; cell != NULL && i < ARRAY_LEN(cell->glyph); i++) {
		if (cell->glyph[i] == 0) {
			cell->glyph[i] = mark;
			return;
		}
	}
}

/* Texts are clean when they get here; a control character that slipped through still does no harm.
 */
static size_t next_glyph(const char *text, uint32_t *code, int *wide) {
	/* Nearly all that is ever drawn. */
	if (*text >= ' ' && *text < 0x7f) {
		*code = (uint32_t)*text;
		*wide = 1;
		return 1;
	}
	size_t len = text_next(text, code, wide);
	if (len > 0 && (*code < ' ' || (*code >= 0x7f && *code < 0xa0))) {
		*code = REPLACEMENT;
		*wide = 1;
	}
	return len;
}

static int width_up_to(const char *text, int limit) {
	uint32_t code;
	int wide, width = 0;
	for (size_t len; width <= limit && (len = next_glyph(text, &code, &wide)) > 0;
		text += len) {
		width += wide;
	}
	return width;
}

/* How many plain letters it begins with, `most` at most. */
static int plain_run(const char *text, int most) {
	int len = 0;
	while (len < most && text[len] >= ' ' && text[len] < 0x7f) {
		len++;
	}
	return len;
}

/* All of them are inside. Only at the ends may half of a wide character be left over. */
static void put_plain(
	struct surface *s, int col, int row, enum ui_role role, const char *text, int len) {
	struct cell *cells = &s->cells[(size_t)row * (size_t)s->cols + (size_t)col];
	if (len > 0) {
		set_cell(s, col, row, role, (uint32_t)text[0]);
		set_cell(s, col + len - 1, row, role, (uint32_t)text[len - 1]);
	}
	for (int i = 1; i < len - 1; i++) {
		cells[i] = (struct cell){.glyph = {(uint32_t)text[i]}, .role = (uint8_t)role};
	}
}

int surface_text(
	struct surface *s, int col, int row, int cols, enum ui_role role, const char *text) {
	int room = cols < s->cols - col ? cols : s->cols - col;
	if (room <= 0 || row < 0 || row >= s->rows) {
		return 0;
	}
	int plain = plain_run(text, room + 1);
	bool all_plain = col >= 0 && (plain > room || text[plain] == '\0');
	bool cut = all_plain ? plain > room : width_up_to(text, room) > room;
	int limit = cut ? room - 1 : room, used = 0, wide;
	struct cell *last = NULL;
	uint32_t code;
	if (all_plain) {
		used = cut ? limit : plain;
		put_plain(s, col, row, role, text, used);
		text = "";
	}
	for (size_t len; (len = next_glyph(text, &code, &wide)) > 0 && used + wide <= limit;
		text += len) {
		if (wide == 0) {
			combine(last, code);
			continue;
		}
		last = put(s, col + used, row, role, code, wide);
		used += wide;
	}
	if (cut) {
		put(s, col + used, row, role, s->ascii ? ELLIPSIS_ASCII : ELLIPSIS, 1);
		used++;
	}
	return used;
}

int surface_printf(
	struct surface *s, int col, int row, int cols, enum ui_role role, const char *fmt, ...) {
	char text[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	/* What was cut off at the end of the buffer may have been inside a character. */
	size_t len = strlen(text);
	while (len > 0 && !text_utf8_ok(text, len)) {
		len--;
	}
	text[len] = '\0';
	return surface_text(s, col, row, cols, role, text);
}

static int least(int a, int b) {
	return a < b ? a : b;
}

void surface_fill(struct surface *s, struct rect area, enum ui_role role, uint32_t glyph) {
	int first = area.col > 0 ? area.col : 0, end = least(area.col + area.cols, s->cols);
	int low = least(area.row + area.rows, s->rows);
	const struct cell cell = {.glyph = {glyph}, .role = (uint8_t)role};
	for (int row = area.row > 0 ? area.row : 0; row < low && first < end; row++) {
		/* Only at the ends may half of a wide character be left over. */
		put(s, first, row, role, glyph, 1);
		put(s, end - 1, row, role, glyph, 1);
		struct cell *cells = &s->cells[(size_t)row * (size_t)s->cols];
		if (end - first > 2) {
			repeat(cells + first + 1, (size_t)(end - first - 2), &cell);
		}
	}
}

void surface_mark(struct surface *s, struct rect area, enum ui_role role, bool reverse) {
	for (int row = area.row; row < area.row + area.rows; row++) {
		for (int col = area.col; col < area.col + area.cols; col++) {
			struct cell *cell = surface_cell(s, col, row);
			if (cell != NULL) {
				cell->role = (uint8_t)role;
				cell->reverse = reverse;
			}
		}
	}
}

void surface_change(struct surface *s, struct rect area, enum ui_role from, enum ui_role to) {
	for (int row = area.row; row < area.row + area.rows; row++) {
		for (int col = area.col; col < area.col + area.cols; col++) {
			struct cell *cell = surface_cell(s, col, row);
			if (cell != NULL && cell->role == (uint8_t)from) {
				cell->role = (uint8_t)to;
			}
		}
	}
}

void surface_box(struct surface *s, struct rect area, enum ui_role role, const char *title,
	enum ui_role title_role) {
	const uint32_t *line = s->ascii ? lines_ascii : lines_unicode;
	int right = area.col + area.cols - 1, low = area.row + area.rows - 1;
	if (area.cols < 2 || area.rows < 2) {
		return;
	}
	const struct rect top = {area.col + 1, area.row, area.cols - 2, 1};
	surface_fill(s, top, role, line[LINE_ACROSS]);
	surface_fill(s, (struct rect){top.col, low, top.cols, 1}, role, line[LINE_ACROSS]);
	for (int row = area.row + 1; row < low; row++) {
		put(s, area.col, row, role, line[LINE_DOWN], 1);
		put(s, right, row, role, line[LINE_DOWN], 1);
	}
	put(s, area.col, area.row, role, line[LINE_TOP_LEFT], 1);
	put(s, right, area.row, role, line[LINE_TOP_RIGHT], 1);
	put(s, area.col, low, role, line[LINE_LOW_LEFT], 1);
	put(s, right, low, role, line[LINE_LOW_RIGHT], 1);
	if (title != NULL && title[0] != '\0' && area.cols > 6) {
		int used =
			surface_text(s, area.col + 3, area.row, area.cols - 6, title_role, title);
		put(s, area.col + 2, area.row, title_role, ' ', 1);
		put(s, area.col + 3 + used, area.row, title_role, ' ', 1);
	}
}

uint32_t surface_grey(uint32_t rgb, uint32_t other) {
	static const char ramp[] = " .:-=+*#%@";
	/* The eye's weights in 256ths; the sum of two colours at most is 2 * 255 * 256. */
	uint32_t light = 0;
	for (int i = 0; i < 2; i++) {
		uint32_t of = i == 0 ? rgb : other;
		light += 54 * (of >> 16 & 0xff) + 183 * (of >> 8 & 0xff) + 19 * (of & 0xff);
	}
	return (uint32_t)ramp[light * (sizeof(ramp) - 2) / (2 * 255 * 256)];
}

static uint32_t pixel(const uint8_t *rgb, int cols, int col, int row2) {
	const uint8_t *at = rgb + 3 * ((size_t)row2 * (size_t)cols + (size_t)col);
	return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

/* The mean of each channel. */
static uint32_t mix(uint32_t a, uint32_t b) {
	return ((a & 0xfefefe) >> 1) + ((b & 0xfefefe) >> 1) + (a & b & 0x010101);
}

void surface_picture(struct surface *s, struct rect area, const uint8_t *rgb, int cols, int rows2) {
	for (int row2 = 0; row2 < rows2 && row2 / 2 < area.rows; row2 += 2) {
		for (int col = 0; col < cols && col < area.cols; col++) {
			uint32_t upper = pixel(rgb, cols, col, row2);
			uint32_t lower = row2 + 1 < rows2 ? pixel(rgb, cols, col, row2 + 1) : upper;
			uint32_t glyph = s->ascii ? surface_grey(upper, lower) : HALF_BLOCK;
			struct cell *cell =
				put(s, area.col + col, area.row + row2 / 2, UI_TEXT, glyph, 1);
			if (cell != NULL) {
				cell->picture = true;
				cell->fg = s->ascii ? mix(upper, lower) : upper;
				cell->bg = s->ascii ? 0 : lower;
			}
		}
	}
}

static void add_glyph(struct buf *out, uint32_t code) {
	char bytes[4];
	size_t len = 0;
	if (code < 0x80) {
		bytes[len++] = (char)code;
	} else if (code < 0x800) {
		bytes[len++] = (char)(0xc0 | code >> 6);
		bytes[len++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		bytes[len++] = (char)(0xe0 | code >> 12);
		bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[len++] = (char)(0x80 | (code & 0x3f));
	} else {
		bytes[len++] = (char)(0xf0 | code >> 18);
		bytes[len++] = (char)(0x80 | (code >> 12 & 0x3f));
		bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[len++] = (char)(0x80 | (code & 0x3f));
	}
	buf_add(out, bytes, len);
}

static void dump_row(const struct surface *s, int row, struct buf *out, bool roles) {
	int last = s->cols - 1;
	while (last >= 0) {
		const struct cell *cell = &s->cells[(size_t)row * (size_t)s->cols + (size_t)last];
		if (roles ? cell->role != UI_TEXT || cell->picture : cell->glyph[0] != ' ') {
			break;
		}
		last--;
	}
	for (int col = 0; col <= last; col++) {
		const struct cell *cell = &s->cells[(size_t)row * (size_t)s->cols + (size_t)col];
		if (roles) {
			buf_add(out, cell->picture ? PICTURE_LETTER : &role_letters[cell->role], 1);
			continue;
		}
		for (size_t i = 0; i < ARRAY_LEN(cell->glyph) && cell->glyph[i] != 0; i++) {
			add_glyph(out, cell->glyph[i]);
		}
	}
	buf_add_str(out, "\n");
}

void surface_dump(const struct surface *s, struct buf *out, bool roles) {
	for (int row = 0; row < s->rows; row++) {
		dump_row(s, row, out, false);
	}
	for (int row = 0; roles && row < s->rows; row++) {
		dump_row(s, row, out, true);
	}
}
