/* Draws the console: const struct app in, cells out. */
#ifndef SIAGA_UI_DRAW_H
#define SIAGA_UI_DRAW_H

#include <siaga/app/app.h>
#include <siaga/ui/layout.h>
#include <siaga/ui/surface.h>

/* Until when something drawn is right: there are ages by the one clock, and by the other. What
 * comes first counts, as the feed's may be set. */
struct ui_until {
	int64_t mono_ms, feed_ms;
};

/* What is only known when all is drawn. */
struct ui_drawn {
	int detail_most; /* lines that the detail can be scrolled */
	int board_most;  /* the same of the board */
	bool cut;        /* there is no room to say what a strip would do, and to which incident */
	struct rect picture; /* the place of the picked camera's picture; empty: none */
	int64_t at_ms;       /* by the feed's clock: when that was so */
	/* So long each pane is right where nothing happens, and, under PANE_COUNT, what is around
	 * them but for the line with the clock. */
	struct ui_until until[PANE_COUNT + 1];
};

struct ui_drawn ui_draw(const struct app *app, struct surface *s);
/* Where nothing happened since (`app->still`): draws the line with the clock anew, and what else is
 * no longer right, over what the same surface shows. `drawn` tells of that, and then of this.
 * Returns how many rows from the top it may have drawn on. */
int ui_draw_again(const struct app *app, struct surface *s, struct ui_drawn *drawn);
/* Where ui_draw() puts things on this surface. */
void ui_layout(const struct app *app, const struct surface *s, struct layout *out);
/* What is under a cell of the screen, for a mouse: the pane (PANE_COUNT: none) and in *id (36 bytes
 * and a NUL) the incident or camera of that row, or "". */
enum pane ui_find(const struct app *app, const struct surface *s, int col, int row, char *id);

#endif
