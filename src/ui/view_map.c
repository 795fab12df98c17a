#include <string.h>

#include "view.h"

/* What one cell of the grid holds. */
struct square {
	int worst; /* priority 1 to 4; 0: no open incident */
	bool fresh, selected;
	int cameras, working;
};

/* How the grid lies in the pane: the part that is shown and the size of a cell on the screen. */
struct sheet {
	struct rect area;
	int first_col, first_row;
	int cols, rows;
	int cell_cols, cell_rows;
};

static int at_most(int value, int most) {
	return value < most ? value : most;
}

/* The first shown one so that `wanted` is in sight. */
static int scroll_to(int wanted, int shown, int all) {
	int first = wanted - shown / 2;

	if (first > all - shown) {
		first = all - shown;
	}
	return first > 0 ? first : 0;
}

static struct sheet make_sheet(
	const struct geo_grid *grid, struct rect area, int sel_col, int sel_row) {
	struct sheet sheet = {.area = area};
	int room_cols = area.cols - 2, room_rows = area.rows - 1; /* the numbers and the letters */

	sheet.cell_cols = at_most(room_cols / grid->cols, 6);
	sheet.cell_rows = at_most(room_rows / grid->rows, 3);
	if (sheet.cell_cols < 2) {
		sheet.cell_cols = 2;
	}
	if (sheet.cell_rows < 1) {
		sheet.cell_rows = 1;
	}
	sheet.cols = at_most(room_cols / sheet.cell_cols, grid->cols);
	sheet.rows = at_most(room_rows / sheet.cell_rows, grid->rows);
	sheet.first_col = scroll_to(sel_col, sheet.cols, grid->cols);
	sheet.first_row = scroll_to(sel_row, sheet.rows, grid->rows);
	return sheet;
}

static void look(const struct app *app, int col, int row, struct square *out) {
	const struct registry *reg = &app->world.registry;
	int c, r;

	memset(out, 0, sizeof(*out));
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		int priority = (int)inc->priority + 1;
		bool selected = strcmp(inc->id, app->selected) == 0;

		if (!geo_grid_find(&reg->grid, inc->at, &c, &r) || c != col || r != row) {
			continue;
		}
		out->selected = out->selected || selected;
		if (!incident_is_open(inc)) {
			continue;
		}
		if (out->worst == 0 || priority < out->worst) {
			out->worst = priority;
		}
		out->fresh = out->fresh || inc->state == INCIDENT_NEW;
	}
	for (size_t i = 0; i < reg->cameras_len; i++) {
		if (geo_grid_find(&reg->grid, reg->cameras[i].at, &c, &r) && c == col && r == row) {
			out->cameras++;
			out->working += reg->cameras[i].status == CAMERA_OK ? 1 : 0;
		}
	}
}

static void draw_square(struct surface *s, struct rect cell, const struct square *square) {
	if (square->worst > 0) {
		(void)surface_printf(s, cell.col, cell.row, cell.cols,
			role_of_priority((enum priority)(square->worst - 1)), "%d%s", square->worst,
			square->fresh ? "*" : "");
	} else {
		(void)surface_text(
			s, cell.col, cell.row, cell.cols, UI_MAP_STREET, s->ascii ? "." : "·");
	}
	/* The camera has a place of its own when the cell is wide, else where no incident is. */
	if (square->cameras > 0 && (square->worst == 0 || cell.cols >= 4)) {
		int col = cell.cols >= 4 ? cell.col + 2 : cell.col;

		(void)surface_text(s, col, cell.row, 1,
			square->working > 0 ? UI_CAMERA_OK : UI_CAMERA_DOWN,
			square->working > 0 ? "c" : "x");
	}
	if (square->selected) {
		for (int col = cell.col; col < cell.col + (cell.cols > 2 ? cell.cols - 1 : 2);
			col++) {
			struct cell *one = surface_cell(s, col, cell.row);

			if (one != NULL) {
				one->reverse = true;
			}
		}
	}
}

void view_map(const struct app *app, struct surface *s, struct rect area) {
	const struct geo_grid *grid = &app->world.registry.grid;
	const struct incident *inc = app_selected(app);
	struct rect inner = view_frame(s, area, _("MAP"), app->focus == PANE_MAP);
	struct sheet sheet;
	int sel_col = 0, sel_row = 0;

	if (grid->cols <= 0 || grid->rows <= 0) {
		(void)surface_text(s, inner.col, inner.row, inner.cols, UI_MUTED, _("No map yet"));
		return;
	}
	if (inner.cols < 4 || inner.rows < 2) {
		return;
	}
	if (inc == NULL || !geo_grid_find(grid, inc->at, &sel_col, &sel_row)) {
		sel_col = sel_row = 0;
	}
	sheet = make_sheet(grid, inner, sel_col, sel_row);
	for (int col = 0; col < sheet.cols; col++) {
		(void)surface_printf(s, inner.col + 2 + col * sheet.cell_cols, inner.row, 1,
			UI_LABEL, "%c", 'A' + sheet.first_col + col);
	}
	for (int row = 0; row < sheet.rows; row++) {
		int at = inner.row + 1 + row * sheet.cell_rows;

		(void)surface_printf(
			s, inner.col, at, 2, UI_LABEL, "%d", sheet.first_row + row + 1);
		for (int col = 0; col < sheet.cols; col++) {
			struct square square;
			struct rect cell = {
				inner.col + 2 + col * sheet.cell_cols, at, sheet.cell_cols, 1};

			look(app, sheet.first_col + col, sheet.first_row + row, &square);
			draw_square(s, cell, &square);
		}
	}
}
