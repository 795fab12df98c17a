#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#include "map.h"

#define LABEL_COLS   20 /* longer names are cut */
#define NAME_SHARE   6  /* names take at most this part of the map */
#define TRIES_BESIDE 6

void map_text(const struct surface *s, const char *text, char out[MAP_TEXT_SIZE]) {
	uint32_t code;
	int wide;
	size_t len = 0;
	if (!s->ascii) {
		(void)text_copy(out, MAP_TEXT_SIZE, text);
		return;
	}
	for (size_t n; (n = text_next(text, &code, &wide)) > 0; text += n) {
		for (int i = 0; i < wide && len + 1 < MAP_TEXT_SIZE; i++) {
			out[len++] = '?';
		}
		if (code < 0x80 && wide == 1 && len > 0) {
			out[len - 1] = (char)code;
		}
	}
	out[len] = '\0';
}

void map_labels_init(struct map_labels *labels, struct surface *s, struct rect area) {
	memset(labels, 0, sizeof(*labels));
	labels->s = s;
	labels->area = area;
	labels->taken = mem_alloc((size_t)area.cols * (size_t)area.rows, sizeof(*labels->taken));
	labels->room = area.cols * area.rows / NAME_SHARE;
}

void map_labels_finish(struct map_labels *labels) {
	free(labels->taken);
	memset(labels, 0, sizeof(*labels));
}

static bool *taken_at(const struct map_labels *labels, int col, int row) {
	const struct rect *area = &labels->area;
	if (col < area->col || row < area->row || col >= area->col + area->cols ||
		row >= area->row + area->rows) {
		return NULL;
	}
	return &labels->taken[(row - area->row) * area->cols + col - area->col];
}

bool map_labels_has(const struct map_labels *labels, int col, int row) {
	const bool *taken = taken_at(labels, col, row);
	return taken != NULL && *taken;
}

void map_labels_take(struct map_labels *labels, struct rect rect) {
	for (int row = rect.row; row < rect.row + rect.rows; row++) {
		for (int col = rect.col; col < rect.col + rect.cols; col++) {
			bool *taken = taken_at(labels, col, row);
			if (taken != NULL) {
				*taken = true;
			}
		}
	}
}

static void wipe(struct map_labels *labels, int col, int row) {
	const bool *taken = taken_at(labels, col, row);
	if (taken != NULL && !*taken) {
		surface_fill(labels->s, (struct rect){col, row, 1, 1}, UI_TEXT, ' ');
	}
}

void map_labels_clear(struct map_labels *labels, struct rect rect) {
	wipe(labels, rect.col - 1, rect.row);
	wipe(labels, rect.col + rect.cols, rect.row);
}

/* Inside, free, and with a blank to its left and right unless there the map ends. */
static bool is_free(const struct map_labels *labels, int col, int row, int cols) {
	if (taken_at(labels, col, row) == NULL || taken_at(labels, col + cols - 1, row) == NULL) {
		return false;
	}
	for (int at = col - 1; at <= col + cols; at++) {
		const bool *taken = taken_at(labels, at, row);
		if (taken != NULL && *taken) {
			return false;
		}
	}
	return true;
}

static int width_of(const struct map_labels *labels, const char *text) {
	int width = text_width(text), most = labels->area.cols;
	most = most < LABEL_COLS ? most : LABEL_COLS;
	return width < most ? width : most;
}

static bool put(struct map_labels *labels, int col, int row, int cols, enum ui_role role,
	const char *text) {
	if (cols <= 0 || !is_free(labels, col, row, cols)) {
		return false;
	}
	(void)surface_text(labels->s, col, row, cols, role, text);
	map_labels_take(labels, (struct rect){col, row, cols, 1});
	map_labels_clear(labels, (struct rect){col, row, cols, 1});
	return true;
}

/* The nearest column to `col` where `cols` of them are inside. */
static int shift_in(const struct map_labels *labels, int col, int cols) {
	int last = labels->area.col + labels->area.cols - cols;
	col = col < last ? col : last;
	return col > labels->area.col ? col : labels->area.col;
}

bool map_labels_beside(struct map_labels *labels, int col, int row, int wide, enum ui_role role,
	const char *text) {
	char shown[MAP_TEXT_SIZE];
	map_text(labels->s, text, shown);
	int cols = width_of(labels, shown);
	int over = shift_in(labels, col + wide / 2 - cols / 2, cols);
	const struct {
		int col, row;
	} tries[TRIES_BESIDE] = {
		{col + wide + 1, row},
		{col - cols - 1, row},
		{over, row - 1},
		{over, row + 1},
		{shift_in(labels, col + wide, cols), row - 1},
		{shift_in(labels, col - cols, cols), row + 1},
	};
	for (size_t i = 0; i < TRIES_BESIDE; i++) {
		if (put(labels, tries[i].col, tries[i].row, cols, role, shown)) {
			return true;
		}
	}
	return false;
}

bool map_labels_corner(struct map_labels *labels, enum ui_role role, const char *text) {
	char shown[MAP_TEXT_SIZE];
	map_text(labels->s, text, shown);
	const struct rect *area = &labels->area;
	int cols = text_width(shown), right = area->col + area->cols - cols;
	if (cols > area->cols) {
		cols = area->cols;
		right = area->col;
	}
	for (int up = 1; up <= area->rows; up++) {
		int row = area->row + area->rows - up;
		if (put(labels, area->col, row, cols, role, shown) ||
			put(labels, right, row, cols, role, shown)) {
			return true;
		}
	}
	return false;
}

void map_labels_know(struct map_labels *labels, const char *name) {
	if (labels->names_len < ARRAY_LEN(labels->names)) {
		labels->names[labels->names_len++] = name;
	}
}

static bool is_known(const struct map_labels *labels, const char *name) {
	for (size_t i = 0; i < labels->names_len; i++) {
		if (strcmp(labels->names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

bool map_labels_name(struct map_labels *labels, int col, int row, const char *name) {
	char shown[MAP_TEXT_SIZE];
	if (name[0] == '\0' || labels->names_len == ARRAY_LEN(labels->names) ||
		is_known(labels, name)) {
		return false;
	}
	map_text(labels->s, name, shown);
	int cols = width_of(labels, shown), start = shift_in(labels, col - cols / 2, cols);
	if (cols > labels->room) {
		return false;
	}
	for (int i = 0; i < 3; i++) {
		static const int shifts[3] = {0, -1, 1};
		if (put(labels, start, row + shifts[i], cols, UI_MAP_LABEL, shown)) {
			map_labels_know(labels, name);
			labels->room -= cols;
			return true;
		}
	}
	return false;
}
