#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "map.h"

#define WORDS_SIZE   512
#define STREET_ROWS  11 /* a street view this high gives a row to the words */
#define SECOND_SPARE 6  /* and with so many more, two */

const struct position *map_selected(const struct app *app) {
	const struct incident *inc = app_shown(app);
	return inc != NULL ? &inc->at : NULL;
}

bool map_shows(const struct app *app, const struct incident *inc) {
	/* Which one is shown is looked up: asked last. */
	return (incident_is_open(inc) && app_is_ours(app, inc)) || inc == app_shown(app);
}

int map_gutter(const struct geo_grid *grid) {
	return grid->rows > 9 ? 3 : 2;
}

void map_edge(struct surface *s, int col, int row, bool letter, int index, bool chosen) {
	int cols = letter ? 1 : index >= 9 ? 2 : 1;
	enum ui_role role = chosen ? UI_TITLE : UI_LABEL;
	if (letter) {
		(void)surface_printf(s, col, row, cols, role, "%c", 'A' + index);
	} else {
		(void)surface_printf(s, col, row, cols, role, "%d", index + 1);
	}
	if (chosen) {
		surface_mark(s, (struct rect){col, row, cols, 1}, role, true);
	}
}

/* Rows inside the frame that the map can spare for the words; with none they stand on the frame. */
static int rows_for_words(const struct app *app, struct rect inner) {
	int need =
		app->map.style == MAP_STYLE_GRID ? app->world.registry.grid.rows + 1 : STREET_ROWS;
	int spare = inner.rows - need;
	return spare <= 0 ? 0 : spare > SECOND_SPARE ? 2 : 1;
}

/* Draws what fits into a row, whole words, and returns the rest. */
static const char *draw_line(struct surface *s, struct rect row, bool last, const char *text) {
	char line[WORDS_SIZE];
	size_t fit = text_fit(text, row.cols, NULL), cut = fit;
	if (text[fit] == '\0' || last) {
		(void)surface_text(s, row.col, row.row, row.cols, UI_TEXT, text);
		return "";
	}
	while (cut > 0 && text[cut] != ' ') {
		cut--;
	}
	cut = cut > 0 ? cut : fit;
	(void)snprintf(line, sizeof(line), "%.*s", (int)cut, text);
	(void)surface_text(s, row.col, row.row, row.cols, UI_TEXT, line);
	return text + cut + (text[cut] == ' ' ? 1 : 0);
}

static void draw_words(
	const struct app *app, struct surface *s, struct rect area, struct rect inner, int rows) {
	char words[WORDS_SIZE], shown[MAP_TEXT_SIZE];
	(void)map_words(app, NULL, words, sizeof(words));
	map_text(s, words, shown);
	if (rows == 0 && area.rows > inner.rows) {
		struct rect low = {area.col + 2, area.row + area.rows - 1, area.cols - 4, 1};
		(void)draw_line(s, low, true, shown);
		return;
	}
	const char *rest = shown;
	for (int row = 0; row < rows; row++) {
		struct rect line = view_row(inner, inner.rows - rows + row);
		rest = draw_line(s, line, row == rows - 1, rest);
	}
}

static void draw_frame(
	const struct app *app, struct surface *s, const struct layout *layout, struct rect *inner) {
	char title[64];
	if (app->map.zoom > 0) {
		(void)snprintf(
			title, sizeof(title), "%s x%d", word_pane(PANE_MAP), 1 << app->map.zoom);
	} else {
		(void)snprintf(title, sizeof(title), "%s", word_pane(PANE_MAP));
	}
	*inner = view_frame(s, app, layout, PANE_MAP, title);
}

void view_map(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect area = layout->panes[PANE_MAP], inner;
	draw_frame(app, s, layout, &inner);
	if (app->world.registry.grid.cols <= 0) {
		(void)surface_text(s, inner.col, inner.row, inner.cols, UI_MUTED, _("No map yet"));
		return;
	}
	int gutter = map_gutter(&app->world.registry.grid), rows = rows_for_words(app, inner);
	if (inner.cols < gutter + 2 || inner.rows < 2) {
		return;
	}
	draw_words(app, s, area, inner, rows);
	inner.rows -= rows;
	if (app->map.style == MAP_STYLE_GRID) {
		map_grid(app, s, inner);
	} else {
		map_street(app, s, inner);
	}
}
