#include "flow.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#define SAY_SIZE   1024
#define WHOLE_COLS 24 /* a piece up to here is not torn */

/* Part of a line. */
struct flow_piece {
	int line, col;
	enum ui_role role;
	size_t at; /* in the flow's text */
};

void flow_init(struct flow *flow, int cols) {
	memset(flow, 0, sizeof(*flow));
	flow->cols = cols > 0 ? cols : 1;
	flow->indent = cols > 12 ? 2 : 0;
}

void flow_finish(struct flow *flow) {
	free(flow->pieces);
	buf_finish(&flow->text);
	memset(flow, 0, sizeof(*flow));
}

static void add_piece(struct flow *flow, enum ui_role role, const char *text, size_t len) {
	if (flow->len == flow->cap) {
		flow->cap = flow->cap > 0 ? flow->cap * 2 : 64;
		flow->pieces = mem_resize(flow->pieces, flow->cap, sizeof(*flow->pieces));
	}
	flow->pieces[flow->len++] = (struct flow_piece){
		.line = flow->line, .col = flow->col, .role = role, .at = flow->text.len};
	buf_add(&flow->text, text, len);
	buf_add(&flow->text, "", 1);
}

/* Bytes of `text` that go into so many columns, broken at a blank where there is one; never none of
 * a text on a line of its own. */
static size_t part_of(const char *text, int cols, bool alone) {
	size_t cut = text_fit_words(text, cols), fit;
	uint32_t code;
	int columns;
	if (cut > 0 || !alone) {
		return cut;
	}
	fit = text_fit(text, cols, NULL);
	return fit > 0 ? fit : text_next(text, &code, &columns);
}

/* Nothing stands on the line before the next piece. */
static bool at_start(const struct flow *flow) {
	return flow->col <= (flow->broken ? flow->indent : 0);
}

static void break_line(struct flow *flow) {
	flow->line++;
	flow->col = flow->indent;
	flow->broken = true;
}

void flow_keep(struct flow *flow, int cols) {
	if (!at_start(flow) && flow->col + cols > flow->cols && cols <= flow->cols - flow->indent) {
		break_line(flow);
	}
}

void flow_put(struct flow *flow, int gap, enum ui_role role, const char *text) {
	bool fresh = at_start(flow);
	if (text[0] == '\0') {
		return;
	}
	if (!fresh && !flow->placed) {
		flow->col += gap;
	}
	flow->placed = false;
	int width = text_width(text), room = flow->cols - flow->col;
	if (!fresh && width > room && (width <= WHOLE_COLS || room < WHOLE_COLS / 2)) {
		break_line(flow);
		fresh = true;
	}
	while (*text != '\0') {
		size_t len = part_of(text, flow->cols - flow->col, fresh);
		if (len > 0) {
			add_piece(flow, role, text, len);
			flow->col += text_width(flow->text.data + flow->pieces[flow->len - 1].at);
		}
		text += len;
		text += strspn(text, " ");
		if (*text != '\0') {
			break_line(flow);
			fresh = true;
		}
	}
}

static void put_formatted(
	struct flow *flow, int gap, enum ui_role role, const char *fmt, va_list args) {
	char whole[SAY_SIZE], text[SAY_SIZE - 4];
	vsnprintf(whole, sizeof(whole), fmt, args);
	/* What was cut in the middle of a character is cut before it. */
	text_copy(text, sizeof(text), whole);
	flow_put(flow, gap, role, text);
}

void flow_say(struct flow *flow, enum ui_role role, const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	put_formatted(flow, 1, role, fmt, args);
	va_end(args);
}

void flow_fact(struct flow *flow, enum ui_role role, const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	put_formatted(flow, 2, role, fmt, args);
	va_end(args);
}

void flow_column(struct flow *flow, int col) {
	if (flow->col < col && col < flow->cols) {
		flow->col = col;
		flow->placed = true;
	}
}

void flow_end(struct flow *flow) {
	if (flow->col > 0) {
		flow->line++;
	}
	flow->col = 0;
	flow->broken = flow->placed = false;
}

/* Up to the beginning of a piece; what stood before it on the line ended at `col`. */
static void add_gap(
	const struct flow_piece *piece, bool first, int col, bool columns, struct buf *out) {
	int gap = piece->col > col ? piece->col - col : 0;
	for (int i = 0; i < (columns ? gap : !first && gap > 0); i++) {
		buf_add_str(out, " ");
	}
}

void flow_text(const struct flow *flow, bool columns, struct buf *out) {
	int line = 0, col = 0;
	for (size_t i = 0; i < flow->len; i++) {
		const struct flow_piece *piece = &flow->pieces[i];
		const char *text = flow->text.data + piece->at;
		bool first = i == 0 || piece->line != line;
		for (; line < piece->line; line++) {
			buf_add_str(out, "\n");
			col = 0;
		}
		add_gap(piece, first, col, columns, out);
		buf_add_str(out, text);
		col = piece->col + text_width(text);
	}
	if (flow->len > 0) {
		buf_add_str(out, "\n");
	}
}

void flow_draw(const struct flow *flow, struct surface *s, struct rect area, int skip) {
	for (size_t i = 0; i < flow->len; i++) {
		const struct flow_piece *piece = &flow->pieces[i];
		int row = piece->line - skip;
		if (row >= 0 && row < area.rows) {
			surface_text(s, area.col + piece->col, area.row + row,
				area.cols - piece->col, piece->role, flow->text.data + piece->at);
		}
	}
}
