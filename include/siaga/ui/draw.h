/* Draws the console: const struct app in, cells out. */
#ifndef SIAGA_UI_DRAW_H
#define SIAGA_UI_DRAW_H

#include <siaga/app/app.h>
#include <siaga/ui/layout.h>
#include <siaga/ui/surface.h>

/* What is only known when all is drawn. */
struct ui_drawn {
	int detail_most;  /* lines that the detail can be scrolled */
	int board_most;   /* the same of the board */
	bool cut;         /* there is no room to say what a strip would do, and to which incident */
	int64_t lasts_ms; /* for so long it is right but for the clock, where nothing changes */
	struct rect picture; /* the place of the picked camera's picture; empty: none */
};

struct ui_drawn ui_draw(const struct app *app, struct surface *s);
/* Draws the line with the clock anew, over what ui_draw() has drawn from the same state, and not
 * longer ago than that lasts. */
void ui_draw_clock(const struct app *app, struct surface *s);
/* Where ui_draw() puts things on this surface. */
void ui_layout(const struct app *app, const struct surface *s, struct layout *out);
/* What is under a cell of the screen, for a mouse: the pane (PANE_COUNT: none) and in *id (36 bytes
 * and a NUL) the incident or camera of that row, or "". */
enum pane ui_find(const struct app *app, const struct surface *s, int col, int row, char *id);

#endif
