#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "map.h"

#define WORDS_INCIDENTS 6 /* told by number; of the others it is told how many they are */

struct content {
	const struct incident *top[WORDS_INCIDENTS]; /* the worst first */
	size_t top_len;
	int incidents, cameras, down, stale;
};

/* The worst first, unacknowledged before others, then the oldest. */
static bool comes_before(const struct incident *a, const struct incident *b) {
	bool a_new = a->state == INCIDENT_NEW, b_new = b->state == INCIDENT_NEW;
	if (a->priority != b->priority) {
		return a->priority < b->priority;
	}
	return a_new != b_new ? a_new : a->number < b->number;
}

static void add(struct content *content, const struct incident *inc) {
	size_t place = content->top_len;
	content->incidents++;
	while (place > 0 && comes_before(inc, content->top[place - 1])) {
		place--;
	}
	if (place == WORDS_INCIDENTS) {
		return;
	}
	if (content->top_len < WORDS_INCIDENTS) {
		content->top_len++;
	}
	memmove(&content->top[place + 1], &content->top[place],
		(content->top_len - 1 - place) * sizeof(content->top[0]));
	content->top[place] = inc;
}

static void look(const struct app *app, int col, int row, struct content *out) {
	const struct registry *reg = &app->world.registry;
	int c, r;
	memset(out, 0, sizeof(*out));
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (map_shows(app, inc) && geo_grid_find(&reg->grid, inc->at, &c, &r) && c == col &&
			r == row) {
			add(out, inc);
		}
	}
	for (size_t i = 0; i < reg->cameras_len; i++) {
		const struct camera *camera = &reg->cameras[i];
		if (geo_grid_find(&reg->grid, camera->at, &c, &r) && c == col && r == row) {
			out->cameras++;
			out->down += camera->status == CAMERA_DOWN;
			out->stale += camera->status == CAMERA_STALE;
		}
	}
}

static void add_incident(struct buf *out, const struct app *app, const struct incident *inc) {
	buf_printf(out, "%s#%lld P%d %s %s", inc == app_shown(app) ? ">" : "",
		(long long)inc->number, (int)inc->priority + 1, word_kind(inc->kind),
		word_state(inc->state));
}

static void tell_cell(const struct app *app, int col, int row, struct buf *out) {
	struct content content;
	look(app, col, row, &content);
	buf_printf(out, "%c%d: ", 'A' + col, row + 1);
	for (size_t i = 0; i < content.top_len; i++) {
		buf_add_str(out, i > 0 ? ", " : "");
		add_incident(out, app, content.top[i]);
	}
	if (content.incidents == 0) {
		buf_add_str(out, _("nothing open"));
	} else if (content.incidents > (int)content.top_len) {
		buf_add_str(out, " ");
		buf_printf(out, _("and %d more"), content.incidents - (int)content.top_len);
	}
	buf_add_str(out, "; ");
	if (content.cameras == 0) {
		buf_add_str(out, _("no camera"));
		return;
	}
	buf_printf(out, _("cameras %d"), content.cameras);
	if (content.stale > 0) {
		buf_add_str(out, ", ");
		buf_printf(out, _("stale %d"), content.stale);
	}
	if (content.down > 0) {
		buf_add_str(out, ", ");
		buf_printf(out, _("down %d"), content.down);
	}
}

/* The selected incident is on no cell: where it is then. */
static void tell_outside(const struct app *app, const struct incident *inc, struct buf *out) {
	struct map_view whole = {.zoom = 0};
	struct position middle = map_view_at(&whole, &app->world.registry.grid, NULL);
	char distance[VIEW_TIME_SIZE];
	view_distance(distance, geo_distance_m(middle, inc->at));
	add_incident(out, app, inc);
	buf_add_str(out, ": ");
	buf_printf(out, _("off the map, %s %s of its middle"), distance,
		geo_compass(geo_bearing_deg(middle, inc->at)));
}

bool map_words(const struct app *app, const char *cell, char *out, size_t size) {
	const struct geo_grid *grid = &app->world.registry.grid;
	const struct incident *inc = app_shown(app);
	struct buf words = {0};
	struct err err;
	int col, row;
	bool ok = true;
	if (cell != NULL && !map_cell_find(grid, cell, &col, &row, &err)) {
		buf_add_str(&words, err.text);
		ok = false;
	} else if (cell != NULL || map_view_cell(&app->map, grid, map_selected(app), &col, &row)) {
		tell_cell(app, col, row, &words);
	} else if (grid->cols <= 0) {
		buf_add_str(&words, _("No map yet"));
		ok = false;
	} else if (inc != NULL) {
		tell_outside(app, inc, &words);
	} else {
		buf_add_str(&words, _("no cell chosen"));
		ok = false;
	}
	(void)text_copy(out, size, words.data);
	buf_finish(&words);
	return ok;
}
