/* The coverage as people read it. */
#include <stdio.h>
#include <time.h>

#include <siaga/base/text.h>

#include "coverage_command.h"

#define CELLS_TOLD   15 /* of the worst; JSON and CSV have all */
#define REPAIRS_TOLD 10
#define TIME_SIZE    24
#define LABEL_COLS   10

/* A text in so many columns, on the left of them. */
static void put_left(struct buf *out, const char *text, int cols) {
	int used;
	size_t len = text_fit(text, cols, &used);
	buf_add(out, text, len);
	buf_printf(out, "%*s", cols - used, "");
}

static void put_time(char out[TIME_SIZE], int64_t at_ms) {
	time_t at = (time_t)(at_ms / 1000);
	struct tm tm;
	if (at_ms <= 0 || localtime_r(&at, &tm) == NULL ||
		strftime(out, TIME_SIZE, "%Y-%m-%d %H:%M", &tm) == 0) {
		text_copy(out, TIME_SIZE, "-");
	}
}

static void put_head(
	struct buf *out, const struct coverage *coverage, const struct coverage_span *span) {
	char from[TIME_SIZE], to[TIME_SIZE];
	put_time(from, span->from_ms);
	put_time(to, span->to_ms);
	size_t all = coverage_total(&coverage->all);
	size_t seen = coverage_sight(&coverage->all, COVERAGE_SEEN);
	buf_printf(out, _("Received from %s to %s: %zu\n"), from, to, all);
	buf_printf(out, _("With a working camera within %d m: %zu (%d %%)\n"), span->radius_m, seen,
		coverage_percent(seen, all));
	buf_printf(out, _("Cameras: %zu work, %zu are stale, %zu are broken\n"),
		coverage->cameras[CAMERA_OK], coverage->cameras[CAMERA_STALE],
		coverage->cameras[CAMERA_DOWN]);
}

static void put_row(struct buf *out, const char *name, size_t all, const size_t *sights) {
	put_left(out, name, LABEL_COLS);
	buf_printf(out, "%9zu %5d %% %9zu %9zu %9zu %9zu\n", all,
		coverage_percent(sights[COVERAGE_SEEN], all), sights[COVERAGE_SEEN],
		sights[COVERAGE_STALE], sights[COVERAGE_DOWN], sights[COVERAGE_BLIND]);
}

static void put_titles(struct buf *out, const char *first) {
	/* TRANSLATORS: titles of columns of at most 9 letters: how many incidents; in percent and
	 * in numbers, those near a camera that works, only near one that is stale, only near one
	 * that is down, near none. */
	static const char *const titles[] = {
		N_("incidents"), N_("seen"), N_("seen"), N_("stale"), N_("broken"), N_("none")};
	buf_add_str(out, "\n");
	put_left(out, first, LABEL_COLS);
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		const char *title = _(titles[i]);
		int cols = i == 1 ? 8 : i == 0 ? 9 : 10;
		int width = text_width(title);
		buf_printf(out, "%*s%s", cols > width ? cols - width : 1, "", title);
	}
	buf_add_str(out, "\n");
}

static void put_priorities(struct buf *out, const struct coverage *coverage) {
	put_titles(out, "");
	for (size_t p = 0; p < PRIORITY_COUNT; p++) {
		put_row(out, priority_name((enum priority)p),
			coverage_of(&coverage->all, (enum priority)p), coverage->all.counts[p]);
	}
}

static void sights_of(const struct coverage_tally *tally, size_t sights[COVERAGE_SIGHT_COUNT]) {
	for (size_t s = 0; s < COVERAGE_SIGHT_COUNT; s++) {
		sights[s] = coverage_sight(tally, (enum coverage_sight)s);
	}
}

static const struct coverage_cell *find_cell(const struct coverage *coverage, int col, int row) {
	for (size_t i = 0; i < coverage->cells_len; i++) {
		if (coverage->cells[i].col == col && coverage->cells[i].row == row) {
			return &coverage->cells[i];
		}
	}
	return NULL;
}

/* The map's letter grid: what part of its incidents a cell sees. */
static void put_grid(
	struct buf *out, const struct coverage *coverage, const struct geo_grid *grid) {
	if (grid->cols == 0) {
		return;
	}
	buf_add_str(out, _("\nSeen, in percent of a cell's incidents; . has had none\n\n   "));
	for (int col = 0; col < grid->cols; col++) {
		buf_printf(out, "%4c", 'A' + col);
	}
	for (int row = 0; row < grid->rows; row++) {
		buf_printf(out, "\n%3d", row + 1);
		for (int col = 0; col < grid->cols; col++) {
			const struct coverage_cell *cell = find_cell(coverage, col, row);
			size_t all = cell != NULL ? coverage_total(&cell->tally) : 0;
			if (all > 0) {
				buf_printf(out, "%4d",
					coverage_percent(
						coverage_sight(&cell->tally, COVERAGE_SEEN), all));
			} else {
				buf_add_str(out, "   .");
			}
		}
	}
	buf_add_str(out, "\n");
}

static void put_cells(struct buf *out, const struct coverage *coverage) {
	size_t told = 0;
	for (size_t i = 0; i < coverage->cells_len && told < CELLS_TOLD; i++) {
		const struct coverage_cell *cell = &coverage->cells[i];
		size_t all = coverage_total(&cell->tally), sights[COVERAGE_SIGHT_COUNT];
		sights_of(&cell->tally, sights);
		if (all == sights[COVERAGE_SEEN]) {
			continue;
		}
		if (told++ == 0) {
			put_titles(out, _("Worst"));
		}
		put_row(out, cell->col < 0 ? _("outside") : cell->name, all, sights);
	}
}

static void put_place(struct buf *out, struct position at, const struct registry *reg) {
	char lat[GEO_DEGREES_SIZE], lon[GEO_DEGREES_SIZE], cell[GEO_CELL_SIZE];
	geo_format_degrees(lat, at.lat_e7);
	geo_format_degrees(lon, at.lon_e7);
	geo_grid_name(&reg->grid, at, cell);
	buf_printf(out, "%-3s %s %s", cell, lat, lon);
}

static void put_count(struct buf *out, size_t incidents) {
	buf_printf(out, ngettext("  %zu incident", "  %zu incidents", incidents), incidents);
}

static void put_places(
	struct buf *out, const struct coverage *coverage, const struct registry *reg) {
	if (coverage->places_len > 0) {
		buf_add_str(out, _("\nOne more camera would see the most here, in this order\n\n"));
	}
	for (size_t i = 0; i < coverage->places_len; i++) {
		const struct coverage_place *place = &coverage->places[i];
		buf_printf(out, "%3zu. ", i + 1);
		put_place(out, place->at, reg);
		put_count(out, place->incidents);
		buf_printf(out, _(", %zu of them P1 or P2"), place->urgent);
		if (place->landmark != NULL) {
			buf_printf(out, _(", %d m from %s"), (int)place->landmark_m,
				place->landmark->name);
		}
		buf_add_str(out, "\n");
	}
}

static void put_repairs(
	struct buf *out, const struct coverage *coverage, const struct registry *reg) {
	if (coverage->repairs_len > 0) {
		buf_add_str(out, _("\nCameras that would see the most if they worked\n\n"));
	}
	for (size_t i = 0; i < coverage->repairs_len && i < REPAIRS_TOLD; i++) {
		const struct coverage_repair *repair = &coverage->repairs[i];
		bool down = repair->camera->status == CAMERA_DOWN;
		buf_printf(out, "%3zu. ", i + 1);
		put_place(out, repair->camera->at, reg);
		put_count(out, repair->incidents);
		buf_printf(
			out, ", %s: %s\n", down ? _("broken") : _("stale"), repair->camera->name);
	}
}

void coverage_text(struct buf *out, const struct coverage *coverage,
	const struct coverage_span *span, const struct registry *reg) {
	put_head(out, coverage, span);
	put_priorities(out, coverage);
	put_grid(out, coverage, &reg->grid);
	put_cells(out, coverage);
	put_places(out, coverage, reg);
	put_repairs(out, coverage, reg);
}
