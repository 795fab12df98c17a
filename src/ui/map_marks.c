#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

#define COUNT_MAX 99 /* "+99": more are not told apart */

void map_mark_add(struct map_mark *mark, const struct incident *inc, bool selected) {
	mark->selected = mark->selected || selected;
	if (!incident_is_open(inc)) {
		return;
	}
	if (mark->count == 0 || inc->priority < mark->worst) {
		mark->worst = inc->priority;
	}
	mark->count++;
	mark->fresh = mark->fresh || inc->state == INCIDENT_NEW;
}

int map_mark_text(const struct map_mark *mark, int room, char out[MAP_MARK_SIZE]) {
	char more[8];
	if (mark->count == 0) {
		return snprintf(out, MAP_MARK_SIZE, "-");
	}
	int others = mark->count - 1 < COUNT_MAX ? mark->count - 1 : COUNT_MAX;
	int len =
		snprintf(out, MAP_MARK_SIZE, "%d%s", (int)mark->worst + 1, mark->fresh ? "*" : "");
	int wide = others > 0 ? snprintf(more, sizeof(more), "+%d", others) : 0;
	if (others > 0 && len + wide <= room) {
		len += snprintf(out + len, MAP_MARK_SIZE - (size_t)len, "%s", more);
	}
	return len;
}

void map_mark_draw(struct surface *s, int col, int row, int room, const struct map_mark *mark) {
	char text[MAP_MARK_SIZE];
	int len = map_mark_text(mark, room, text);
	enum ui_role role = mark->count > 0 ? role_of_priority(mark->worst) : UI_MUTED;
	(void)surface_text(s, col, row, room, role, text);
	for (int i = 0; i < len && i < room; i++) {
		struct cell *cell = surface_cell(s, col + i, row);
		if (cell != NULL) {
			cell->role = (uint8_t)(text[i] == '*' ? UI_UNACK : role);
			cell->reverse = mark->selected;
		}
	}
}

struct rect map_marks_extent(const struct map_mark *mark, struct rect area) {
	char text[MAP_MARK_SIZE];
	int brackets = mark->selected ? 2 : 0;
	int cols = map_mark_text(mark, MAP_MARK_SIZE, text) + brackets;
	int col = mark->col - brackets / 2, last = area.col + area.cols - cols;
	col = col > last ? last : col;
	return (struct rect){col < area.col ? area.col : col, mark->row, cols, 1};
}

/* Two marks need a blank between them, or "1" and "2" would read as twelve. */
static bool collide(const struct map_mark *left, const struct map_mark *right, struct rect area) {
	struct rect a = map_marks_extent(left, area), b = map_marks_extent(right, area);
	return a.row == b.row && a.col + a.cols + 1 > b.col;
}

/* What stays in its place: the selected incident, else the worse one, else an unacknowledged one.
 */
static bool is_weightier(const struct map_mark *a, const struct map_mark *b) {
	if (a->selected != b->selected) {
		return a->selected;
	}
	if ((a->count > 0) != (b->count > 0)) {
		return a->count > 0;
	}
	return a->worst != b->worst ? a->worst < b->worst : a->fresh && !b->fresh;
}

static void join(struct map_mark *into, const struct map_mark *other) {
	if (is_weightier(other, into)) {
		into->col = other->col;
	}
	if (into->count == 0 || (other->count > 0 && other->worst < into->worst)) {
		into->worst = other->worst;
	}
	into->count += other->count;
	into->fresh = into->fresh || other->fresh;
	into->selected = into->selected || other->selected;
}

/* One bucket for each cell of the screen, then row by row what would overlap becomes one: with any
 * number of incidents this costs no more than reading them. */
static struct map_mark *fill(struct map_marks *marks, const struct app *app, const struct canvas *c,
	const struct projection *p) {
	struct map_mark *buckets =
		mem_alloc((size_t)c->area.cols * (size_t)c->area.rows, sizeof(*buckets));
	const struct incident *shown = app_shown(app);
	int col, row;
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (!map_shows(app, inc)) {
			continue;
		}
		if (!canvas_cell_at(c, p, inc->at, &col, &row)) {
			marks->hidden_p1 += inc->priority == PRIORITY_P1 && incident_is_open(inc);
			marks->hidden_new += inc->state == INCIDENT_NEW;
			continue;
		}
		struct map_mark *bucket =
			&buckets[(row - c->area.row) * c->area.cols + col - c->area.col];
		bucket->col = col;
		bucket->row = row;
		map_mark_add(bucket, inc, inc == shown);
	}
	return buckets;
}

void map_marks_make(struct map_marks *marks, const struct app *app, const struct canvas *c,
	const struct projection *p) {
	memset(marks, 0, sizeof(*marks));
	if (c->cells == NULL) {
		return;
	}
	struct map_mark *buckets = fill(marks, app, c, p);
	for (int i = 0; i < c->area.cols * c->area.rows; i++) {
		if (buckets[i].count == 0 && !buckets[i].selected) {
			continue;
		}
		/* The front of the array is free by now: its buckets were read. */
		buckets[marks->len++] = buckets[i];
		while (marks->len > 1 &&
			collide(&buckets[marks->len - 2], &buckets[marks->len - 1], c->area)) {
			join(&buckets[marks->len - 2], &buckets[marks->len - 1]);
			marks->len--;
		}
	}
	marks->items = buckets;
}

void map_marks_finish(struct map_marks *marks) {
	free(marks->items);
	memset(marks, 0, sizeof(*marks));
}

void map_marks_draw(const struct map_marks *marks, struct surface *s, struct rect area) {
	for (size_t i = 0; i < marks->len; i++) {
		const struct map_mark *mark = &marks->items[i];
		struct rect at = map_marks_extent(mark, area);
		if (!mark->selected) {
			map_mark_draw(s, at.col, at.row, at.cols, mark);
			continue;
		}
		(void)surface_text(s, at.col, at.row, 1, UI_TITLE, "[");
		map_mark_draw(s, at.col + 1, at.row, at.cols - 2, mark);
		(void)surface_text(s, at.col + at.cols - 1, at.row, 1, UI_TITLE, "]");
	}
}
