#include <siaga/model/coverage.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/model/spots.h>

#include "coverage_private.h"

size_t coverage_sight(const struct coverage_tally *tally, enum coverage_sight sight) {
	size_t sum = 0;
	for (size_t p = 0; p < PRIORITY_COUNT; p++) {
		sum += tally->counts[p][sight];
	}
	return sum;
}

size_t coverage_of(const struct coverage_tally *tally, enum priority priority) {
	size_t sum = 0;
	for (size_t s = 0; s < COVERAGE_SIGHT_COUNT; s++) {
		sum += tally->counts[priority][s];
	}
	return sum;
}

size_t coverage_total(const struct coverage_tally *tally) {
	size_t sum = 0;
	for (size_t s = 0; s < COVERAGE_SIGHT_COUNT; s++) {
		sum += coverage_sight(tally, (enum coverage_sight)s);
	}
	return sum;
}

int coverage_percent(size_t part, size_t whole) {
	return whole > 0 ? (int)(part * 100 / whole) : 0;
}

void coverage_finish(struct coverage *coverage) {
	free(coverage->cells);
	free(coverage->places);
	free(coverage->repairs);
	memset(coverage, 0, sizeof(*coverage));
}

/* --- cameras by what they are worth --- */

/* Those of one status: where they are, and which. */
struct group {
	struct spots *spots;
	size_t *cameras;
};

static struct group group_make(const struct registry *reg, enum camera_status status) {
	struct position *places = mem_alloc(reg->cameras_len + 1, sizeof(*places));
	struct group group = {.cameras = mem_alloc(reg->cameras_len + 1, sizeof(*group.cameras))};
	size_t len = 0;
	for (size_t i = 0; i < reg->cameras_len; i++) {
		if (reg->cameras[i].status == status) {
			places[len] = reg->cameras[i].at;
			group.cameras[len++] = i;
		}
	}
	group.spots = spots_create(places, len);
	free(places);
	return group;
}

static void group_finish(struct group *group) {
	spots_destroy(group->spots);
	free(group->cameras);
}

/* --- cells --- */

struct count {
	struct coverage *out;
	const struct registry *reg;
	struct group groups[CAMERA_STATUS_COUNT];
	struct coverage_cell *cells; /* by row and column, and one for what is outside */
	size_t cells_len;
	size_t *missed; /* by camera: incidents that it would see if it worked */
};

static struct coverage_cell *cell_of(const struct count *c, struct position at) {
	const struct geo_grid *grid = &c->reg->grid;
	int col, row;
	if (!geo_grid_find(grid, at, &col, &row)) {
		return &c->cells[c->cells_len - 1];
	}
	return &c->cells[(size_t)row * (size_t)grid->cols + (size_t)col];
}

static void make_cells(struct count *c) {
	const struct geo_grid *grid = &c->reg->grid;
	c->cells_len = (size_t)grid->cols * (size_t)grid->rows + 1;
	c->cells = mem_alloc(c->cells_len, sizeof(*c->cells));
	for (size_t i = 0; i < c->cells_len; i++) {
		struct coverage_cell *cell = &c->cells[i];
		bool outside = i == c->cells_len - 1;
		cell->col = outside ? -1 : (int)i % grid->cols;
		cell->row = outside ? -1 : (int)i / grid->cols;
		geo_grid_cell_name(cell->col, cell->row, cell->name);
	}
}

static void count_cameras(struct count *c) {
	for (size_t i = 0; i < c->reg->cameras_len; i++) {
		const struct camera *camera = &c->reg->cameras[i];
		cell_of(c, camera->at)->cameras[camera->status]++;
		c->out->cameras[camera->status]++;
	}
}

static enum coverage_sight sight_of(struct count *c, struct position at, int radius_m) {
	for (int status = CAMERA_OK; status < CAMERA_STATUS_COUNT; status++) {
		struct spot_near near;
		if (!spots_nearest(c->groups[status].spots, at, radius_m, &near)) {
			continue;
		}
		if (status != CAMERA_OK) {
			c->missed[c->groups[status].cameras[near.index]]++;
		}
		return (enum coverage_sight)status;
	}
	return COVERAGE_BLIND;
}

static size_t unseen(const struct coverage_cell *cell) {
	return coverage_total(&cell->tally) - coverage_sight(&cell->tally, COVERAGE_SEEN);
}

static int compare_cells(const void *a, const void *b) {
	const struct coverage_cell *x = a, *y = b;
	size_t worse = unseen(x), other = unseen(y);
	if (worse != other) {
		return worse > other ? -1 : 1;
	}
	size_t more = coverage_total(&x->tally), less = coverage_total(&y->tally);
	if (more != less) {
		return more > less ? -1 : 1;
	}
	return x->row != y->row ? x->row - y->row : x->col - y->col;
}

static void keep_cells(struct count *c) {
	size_t len = 0;
	for (size_t i = 0; i < c->cells_len; i++) {
		size_t has = coverage_total(&c->cells[i].tally);
		for (size_t s = 0; s < CAMERA_STATUS_COUNT; s++) {
			has += c->cells[i].cameras[s];
		}
		if (has > 0) {
			c->cells[len++] = c->cells[i];
		}
	}
	qsort(c->cells, len, sizeof(*c->cells), compare_cells);
	c->out->cells = c->cells;
	c->out->cells_len = len;
}

/* --- repairs --- */

static int compare_repairs(const void *a, const void *b) {
	const struct coverage_repair *x = a, *y = b;
	if (x->incidents != y->incidents) {
		return x->incidents > y->incidents ? -1 : 1;
	}
	return x->camera < y->camera ? -1 : x->camera > y->camera;
}

static void keep_repairs(struct count *c) {
	size_t len = c->reg->cameras_len;
	struct coverage_repair *repairs = mem_alloc(len + 1, sizeof(*repairs));
	for (size_t i = 0; i < len; i++) {
		if (c->missed[i] > 0) {
			repairs[c->out->repairs_len++] =
				(struct coverage_repair){&c->reg->cameras[i], c->missed[i]};
		}
	}
	qsort(repairs, c->out->repairs_len, sizeof(*repairs), compare_repairs);
	c->out->repairs = repairs;
}

void coverage_compute(struct coverage *coverage, const struct registry *reg,
	const struct coverage_incident *incidents, size_t len, int radius_m, size_t places_max) {
	struct count c = {.out = coverage, .reg = reg};
	struct coverage_incident *blind = mem_alloc(len + 1, sizeof(*blind));
	size_t blind_len = 0;
	for (int s = 0; s < CAMERA_STATUS_COUNT; s++) {
		c.groups[s] = group_make(reg, (enum camera_status)s);
	}
	c.missed = mem_alloc(reg->cameras_len + 1, sizeof(*c.missed));
	make_cells(&c);
	count_cameras(&c);
	for (size_t i = 0; i < len; i++) {
		const struct coverage_incident *inc = &incidents[i];
		enum coverage_sight sight = sight_of(&c, inc->at, radius_m);
		cell_of(&c, inc->at)->tally.counts[inc->priority][sight]++;
		coverage->all.counts[inc->priority][sight]++;
		if (sight == COVERAGE_BLIND) {
			blind[blind_len++] = *inc;
		}
	}
	keep_cells(&c);
	keep_repairs(&c);
	coverage_find_places(coverage, reg, blind, blind_len, radius_m, places_max);
	for (int s = 0; s < CAMERA_STATUS_COUNT; s++) {
		group_finish(&c.groups[s]);
	}
	free(c.missed);
	free(blind);
}
