#include <siaga/wire/coverage.h>

#include <assert.h>

#include "put.h"

#define FORM 1

static const char *const sight_names[] = {
	[COVERAGE_SEEN] = "seen",
	[COVERAGE_STALE] = "stale",
	[COVERAGE_DOWN] = "down",
	[COVERAGE_BLIND] = "none",
};
static_assert(ARRAY_LEN(sight_names) == COVERAGE_SIGHT_COUNT, "name every sight");

static void put_size(struct buf *out, const char *name, size_t value) {
	put_int(out, name, (int64_t)value);
}

static void put_cameras(struct buf *out, const size_t cameras[CAMERA_STATUS_COUNT]) {
	put_open(out, "cameras", '{');
	for (size_t s = 0; s < CAMERA_STATUS_COUNT; s++) {
		put_size(out, camera_status_name((enum camera_status)s), cameras[s]);
	}
	put_close(out, '}');
}

/* Of all priorities, then of each that there is. */
static void put_tally(struct buf *out, const struct coverage_tally *tally) {
	put_size(out, "incidents", coverage_total(tally));
	for (size_t s = 0; s < COVERAGE_SIGHT_COUNT; s++) {
		put_size(out, sight_names[s], coverage_sight(tally, (enum coverage_sight)s));
	}
	put_open(out, "priorities", '{');
	for (size_t p = 0; p < PRIORITY_COUNT; p++) {
		enum priority priority = (enum priority)p;
		if (coverage_of(tally, priority) == 0) {
			continue;
		}
		put_open(out, priority_name(priority), '{');
		put_size(out, "incidents", coverage_of(tally, priority));
		for (size_t s = 0; s < COVERAGE_SIGHT_COUNT; s++) {
			put_size(out, sight_names[s], tally->counts[p][s]);
		}
		put_close(out, '}');
	}
	put_close(out, '}');
}

static void put_at(struct buf *out, const struct registry *reg, struct position at) {
	char cell[GEO_CELL_SIZE];
	geo_grid_name(&reg->grid, at, cell);
	put_position(out, at);
	put_text(out, "grid", cell);
}

static void put_cells(struct buf *out, const struct coverage *coverage) {
	put_open(out, "cells", '[');
	for (size_t i = 0; i < coverage->cells_len; i++) {
		const struct coverage_cell *cell = &coverage->cells[i];
		put_open(out, NULL, '{');
		put_text(out, "grid", cell->name);
		put_tally(out, &cell->tally);
		put_cameras(out, cell->cameras);
		put_close(out, '}');
	}
	put_close(out, ']');
}

static void put_places(
	struct buf *out, const struct coverage *coverage, const struct registry *reg) {
	put_open(out, "places", '[');
	for (size_t i = 0; i < coverage->places_len; i++) {
		const struct coverage_place *place = &coverage->places[i];
		put_open(out, NULL, '{');
		put_at(out, reg, place->at);
		put_size(out, "incidents", place->incidents);
		put_size(out, "urgent", place->urgent);
		if (place->landmark != NULL) {
			put_text(out, "near", place->landmark->name);
			put_int(out, "near_m", (int64_t)place->landmark_m);
		}
		put_close(out, '}');
	}
	put_close(out, ']');
}

static void put_repairs(
	struct buf *out, const struct coverage *coverage, const struct registry *reg) {
	put_open(out, "repairs", '[');
	for (size_t i = 0; i < coverage->repairs_len; i++) {
		const struct coverage_repair *repair = &coverage->repairs[i];
		put_open(out, NULL, '{');
		put_text(out, "camera", repair->camera->id);
		put_text(out, "name", repair->camera->name);
		put_text(out, "status", camera_status_name(repair->camera->status));
		put_at(out, reg, repair->camera->at);
		put_size(out, "incidents", repair->incidents);
		put_close(out, '}');
	}
	put_close(out, ']');
}

void wire_put_coverage(struct buf *out, const struct coverage *coverage,
	const struct coverage_span *span, const struct registry *reg) {
	put_open(out, NULL, '{');
	put_int(out, "form", FORM);
	put_time(out, "from", span->from_ms);
	put_time(out, "to", span->to_ms);
	put_int(out, "radius_m", span->radius_m);
	put_tally(out, &coverage->all);
	put_cameras(out, coverage->cameras);
	put_cells(out, coverage);
	put_places(out, coverage, reg);
	put_repairs(out, coverage, reg);
	put_close(out, '}');
	buf_add_str(out, "\n");
}

void wire_put_coverage_csv(struct buf *out, const struct coverage *coverage) {
	buf_add_str(out, "grid,incidents,seen,stale,down,none");
	for (size_t p = 0; p < PRIORITY_COUNT; p++) {
		const char *name = priority_name((enum priority)p);
		buf_printf(out, ",%s,%s_seen", name, name);
	}
	buf_add_str(out, ",cameras_ok,cameras_stale,cameras_down\n");
	static_assert(CAMERA_STATUS_COUNT == 3, "name every status");
	for (size_t i = 0; i < coverage->cells_len; i++) {
		const struct coverage_cell *cell = &coverage->cells[i];
		buf_printf(out, "%s,%zu", cell->name, coverage_total(&cell->tally));
		for (size_t s = 0; s < COVERAGE_SIGHT_COUNT; s++) {
			buf_printf(
				out, ",%zu", coverage_sight(&cell->tally, (enum coverage_sight)s));
		}
		for (size_t p = 0; p < PRIORITY_COUNT; p++) {
			buf_printf(out, ",%zu,%zu", coverage_of(&cell->tally, (enum priority)p),
				cell->tally.counts[p][COVERAGE_SEEN]);
		}
		for (size_t s = 0; s < CAMERA_STATUS_COUNT; s++) {
			buf_printf(out, ",%zu", cell->cameras[s]);
		}
		buf_add_str(out, "\n");
	}
}
