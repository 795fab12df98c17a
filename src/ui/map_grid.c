#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

#define CELL_COLS_MAX 6 /* at zoom 0; closer, the cells take all the room */
#define CELL_ROWS_MAX 3
#define LIST_COLS_MIN 10 /* a cell this wide lists its incidents */

/* What one cell of the grid holds. */
struct square {
	struct map_mark mark;
	int cameras, working;
};

/* How the grid lies in the pane: the part that is shown and the size of a cell on the screen. */
struct sheet {
	struct rect area;
	int gutter;
	int first_col, first_row;
	int cols, rows;
	int cell_cols, cell_rows;
	int told_col, told_row; /* the cell that is told in words; -1: none */
};

static int clamp(int value, int min, int max) {
	return value > max ? max : value < min ? min : value;
}

/* The first shown one so that `wanted` is in sight. */
static int scroll_to(int wanted, int shown, int all) {
	return clamp(wanted - shown / 2, 0, all - shown);
}

/* The size of a cell and how many are shown in `room`: all when they fit, half of them a zoom. */
static int divide(int room, int all, int zoom, int least, int most, int *size) {
	int wanted = all >> zoom > 1 ? all >> zoom : 1;
	*size = clamp(room / wanted, least, zoom > 0 ? room : most);
	return clamp(room / *size, 1, all);
}

static struct sheet make_sheet(const struct app *app, struct rect area) {
	const struct geo_grid *grid = &app->world.registry.grid;
	struct sheet sheet = {.area = area, .gutter = map_gutter(grid)};
	int col, row;
	struct position at = map_view_at(&app->map, grid, map_selected(app));
	sheet.cols = divide(area.cols - sheet.gutter, grid->cols, app->map.zoom, 2, CELL_COLS_MAX,
		&sheet.cell_cols);
	sheet.rows = divide(
		area.rows - 1, grid->rows, app->map.zoom, 1, CELL_ROWS_MAX, &sheet.cell_rows);
	if (!map_view_cell(&app->map, grid, map_selected(app), &sheet.told_col, &sheet.told_row)) {
		sheet.told_col = sheet.told_row = -1;
		if (!geo_grid_find(grid, at, &col, &row)) {
			col = row = 0;
		}
	} else {
		col = sheet.told_col;
		row = sheet.told_row;
	}
	sheet.first_col = scroll_to(col, sheet.cols, grid->cols);
	sheet.first_row = scroll_to(row, sheet.rows, grid->rows);
	return sheet;
}

/* All cells at once: everything is looked at a single time. */
static struct square *make_squares(const struct app *app) {
	const struct registry *reg = &app->world.registry;
	const struct geo_grid *grid = &reg->grid;
	struct square *squares =
		mem_alloc((size_t)grid->cols * (size_t)grid->rows, sizeof(*squares));
	const struct incident *shown = app_shown(app);
	int col, row;
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (map_shows(app, inc) && geo_grid_find(grid, inc->at, &col, &row)) {
			map_mark_add(&squares[row * grid->cols + col].mark, inc, inc == shown);
		}
	}
	for (size_t i = 0; i < reg->cameras_len; i++) {
		if (geo_grid_find(grid, reg->cameras[i].at, &col, &row)) {
			struct square *square = &squares[row * grid->cols + col];
			square->cameras++;
			square->working += reg->cameras[i].status == CAMERA_OK;
		}
	}
	return squares;
}

/* The number of the cameras that work, or x where none does; where there is room for it. */
static void draw_cameras(
	struct surface *s, int col, int row, int room, const struct square *square) {
	bool works = square->working > 0;
	char text[16];
	if (square->cameras == 0 || room <= 0) {
		return;
	}
	(void)snprintf(text, sizeof(text), works ? "o%d" : "x%d",
		works ? square->working : square->cameras);
	(void)surface_text(s, col, row, (int)strlen(text) <= room ? (int)strlen(text) : 1,
		works ? UI_CAMERA_OK : UI_CAMERA_DOWN,
		(int)strlen(text) <= room ? text
		: works                   ? "o"
					  : "x");
}

/* A line for each incident of a cell, the worst first, as many as it has room for. */
static void list_incidents(
	const struct app *app, struct surface *s, struct rect cell, int col, int row) {
	const struct geo_grid *grid = &app->world.registry.grid;
	const struct incident *inc = app->world.incidents;
	int line = 1, priority = 0, c, r;
	while (line < cell.rows && priority < PRIORITY_COUNT) {
		if (inc == NULL) {
			inc = app->world.incidents;
			priority++;
			continue;
		}
		if ((int)inc->priority == priority && incident_is_open(inc) &&
			map_shows(app, inc) && geo_grid_find(grid, inc->at, &c, &r) && c == col &&
			r == row) {
			(void)surface_printf(s, cell.col, cell.row + line++, cell.cols - 1,
				role_of_priority(inc->priority), "%d%s#%lld %s", priority + 1,
				inc->state == INCIDENT_NEW ? "*" : " ", (long long)inc->number,
				word_kind(inc->kind));
		}
		inc = inc->hh.next;
	}
}

/* A bracket, where it covers nothing but the dot of an empty cell. */
static void put_bracket(struct surface *s, int col, int row, const char *text) {
	const struct cell *cell = surface_cell(s, col, row);
	if (cell != NULL && (cell->glyph[0] == ' ' || cell->role == UI_MAP_STREET)) {
		(void)surface_text(s, col, row, 1, UI_TITLE, text);
	}
}

static void draw_square(
	const struct app *app, struct surface *s, struct rect cell, const struct square *square) {
	char text[MAP_MARK_SIZE];
	bool shown = square->mark.count > 0 || square->mark.selected;
	int room = cell.cols - 1 > 2 ? cell.cols - 1 : 2, len = 1;
	if (shown) {
		len = map_mark_text(&square->mark, room, text);
		map_mark_draw(s, cell.col, cell.row, room, &square->mark);
	} else {
		(void)surface_text(
			s, cell.col, cell.row, cell.cols, UI_MAP_STREET, s->ascii ? "." : "·");
	}
	if (app->map.all_cameras) {
		bool apart = shown || cell.cols >= 4;
		draw_cameras(s, apart ? cell.col + len + 1 : cell.col, cell.row,
			apart ? cell.cols - len - 2 : cell.cols - 1, square);
	}
}

/* The cell that is told in words: brackets where there is a blank for them, and reverse video. */
static void mark_told(struct surface *s, struct rect cell, const struct square *square) {
	char text[MAP_MARK_SIZE];
	int room = cell.cols - 1 > 2 ? cell.cols - 1 : 2;
	int len = square->mark.count > 0 ? map_mark_text(&square->mark, room, text) : 1;
	put_bracket(s, cell.col - 1, cell.row, "[");
	put_bracket(s, cell.col + len, cell.row, "]");
	for (int col = cell.col; col < cell.col + len; col++) {
		struct cell *one = surface_cell(s, col, cell.row);
		if (one != NULL) {
			one->reverse = true;
		}
	}
}

void map_grid(const struct app *app, struct surface *s, struct rect area) {
	const struct geo_grid *grid = &app->world.registry.grid;
	struct sheet sheet = make_sheet(app, area);
	struct square *squares = make_squares(app);
	struct rect told = {0};
	int left = area.col + sheet.gutter, top = area.row + 1;
	for (int col = 0; col < sheet.cols; col++) {
		map_edge(s, left + col * sheet.cell_cols, area.row, true, sheet.first_col + col,
			sheet.first_col + col == sheet.told_col);
	}
	for (int row = 0; row < sheet.rows; row++) {
		int at = top + row * sheet.cell_rows, grid_row = sheet.first_row + row;
		map_edge(s, area.col, at, false, grid_row, grid_row == sheet.told_row);
		for (int col = 0; col < sheet.cols; col++) {
			int grid_col = sheet.first_col + col;
			const struct square *square = &squares[grid_row * grid->cols + grid_col];
			struct rect cell = {
				left + col * sheet.cell_cols, at, sheet.cell_cols, sheet.cell_rows};
			draw_square(app, s, cell, square);
			if (cell.rows > 1 && cell.cols >= LIST_COLS_MIN && square->mark.count > 0) {
				list_incidents(app, s, cell, grid_col, grid_row);
			}
			if (grid_col == sheet.told_col && grid_row == sheet.told_row) {
				told = cell;
			}
		}
	}
	if (told.cols > 0) {
		mark_told(s, told, &squares[sheet.told_row * grid->cols + sheet.told_col]);
	}
	free(squares);
}
