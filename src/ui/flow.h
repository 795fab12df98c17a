/*
 * Text that flows: paragraphs of pieces, each with its role, broken into lines of a width. Made
 * whole first, so that its length is known; then the lines in sight are drawn.
 */
#ifndef SIAGA_UI_FLOW_H
#define SIAGA_UI_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/base/mem.h>
#include <siaga/ui/surface.h>

#define FLOW_COLS_MAX 100000 /* wider than any text: each paragraph is one line */

struct flow_piece;

struct flow {
	int cols;
	int indent;    /* of the lines of a paragraph after its first */
	int line, col; /* where the next piece goes; `line` is the length when a paragraph ended */
	bool broken;   /* the paragraph went on to another line */
	bool placed;   /* `col` was chosen: no gap before the next piece */
	struct flow_piece *pieces;
	size_t len, cap;
	struct buf text; /* of all pieces, each with its NUL */
};

void flow_init(struct flow *flow, int cols);
void flow_finish(struct flow *flow); /* zero is fine */

/* Adds a piece to the paragraph, `gap` blanks after what stands there; one that does not fit begins
 * a line, one that is longer than a line is broken at its blanks. An empty text adds nothing. */
void flow_put(struct flow *flow, int gap, enum ui_role role, const char *text);
/* The same with one blank, formatted. */
void flow_say(struct flow *flow, enum ui_role role, const char *fmt, ...) ATTR_PRINTF(3, 4);
/* The same with two: another fact. */
void flow_fact(struct flow *flow, enum ui_role role, const char *fmt, ...) ATTR_PRINTF(3, 4);
/* The next pieces, of so many columns with their gaps, stand on one line. */
void flow_keep(struct flow *flow, int cols);
/* The next piece stands in that column, or after its gap where the line is longer. */
void flow_column(struct flow *flow, int col);
/* Ends the paragraph; nothing when it is empty. */
void flow_end(struct flow *flow);

/* Draws the lines from `skip` on. */
void flow_draw(const struct flow *flow, struct surface *s, struct rect area, int skip);
/* The lines as text; `columns`: a piece stands where it would on a screen, else a blank parts it
 * from the one before. */
void flow_text(const struct flow *flow, bool columns, struct buf *out);

#endif
