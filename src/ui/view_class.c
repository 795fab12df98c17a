/* Several who are trained at once, before their trainer: a line of all of them, and a list out of
 * which one is chosen. */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "flow.h"
#include "view.h"

#define NAME_COLS   20
#define TIME_COLS   8
#define POINTS_COLS 11
#define COUNT_COLS  7

static bool is_watched(const struct app *app, const struct training_person *person) {
	return strcmp(app->training.trainee, person->name) == 0;
}

static const char *state_of(const struct training_person *person) {
	return !person->linked  ? _("GONE")
	       : person->over   ? _("OVER")
	       : person->paused ? _("PAUSED")
				: "";
}

void view_class_line(const struct app *app, struct flow *flow, int cols) {
	const struct training *training = &app->training;
	flow_init(flow, cols - 2);
	flow->indent = 0;
	if (training->several && training->persons_len == 0) {
		flow_put(flow, 0, UI_COACH, _("Nobody has joined yet"));
	}
	for (size_t i = 0; i < training->persons_len; i++) {
		const struct training_person *person = &training->persons[i];
		const char *state = state_of(person);
		char text[TRAINING_NAME_SIZE + 100], fresh[40] = "";
		if (person->fresh > 0) {
			snprintf(fresh, sizeof(fresh), _(" NEW %lld"), (long long)person->fresh);
		}
		snprintf(text, sizeof(text), "%s%s %lld/%lld%s%s%s",
			is_watched(app, person) ? ">" : "", person->name, (long long)person->points,
			(long long)person->possible, fresh, state[0] != '\0' ? " " : "", state);
		flow_put(flow, 3, person->linked ? UI_COACH : UI_WARN, text);
	}
	flow_end(flow);
}

/* --- the list --- */

static void put_row(
	struct surface *s, struct rect row, enum ui_role role, const char *const *cells) {
	static const int widths[] = {NAME_COLS, TIME_COLS, POINTS_COLS, COUNT_COLS, COUNT_COLS};
	int col = row.col + 1, end = row.col + row.cols;
	surface_fill(s, row, role, ' ');
	for (size_t i = 0; i < ARRAY_LEN(widths) + 1 && col < end; i++) {
		int room = i < ARRAY_LEN(widths) ? widths[i] - 1 : end - col;
		(void)surface_text(
			s, col, row.row, room < end - col ? room : end - col, role, cells[i]);
		col += room + 1;
	}
}

static void put_person(const struct app *app, struct surface *s, struct rect row, size_t at) {
	const struct training_person *person = &app->training.persons[at];
	char name[TRAINING_NAME_SIZE + 2], time[VIEW_TIME_SIZE], points[48], fresh[24], open[24];
	const char *const cells[] = {name, time, points, fresh, open, state_of(person)};
	snprintf(name, sizeof(name), "%s%s", is_watched(app, person) ? ">" : " ", person->name);
	view_age(time, person->at_ms);
	snprintf(points, sizeof(points), "%lld/%lld", (long long)person->points,
		(long long)person->possible);
	snprintf(fresh, sizeof(fresh), "%lld", (long long)person->fresh);
	snprintf(open, sizeof(open), "%lld", (long long)person->open);
	enum ui_role role = (int)at == app->modal.scroll ? UI_SELECTION
			    : !person->linked            ? UI_WARN
							 : UI_TEXT;
	put_row(s, row, role, cells);
}

void view_class(const struct app *app, struct surface *s) {
	const struct training *training = &app->training;
	const char *const heads[] = {
		_(" TRAINEE"), _("TIME"), _("POINTS"), _("NEW"), _("OPEN"), _("STATE")};
	int top = s->rows > 1 ? 1 : 0, len = (int)training->persons_len;
	struct rect area = {0, top, s->cols, s->rows - top};
	struct rect inner =
		view_box(s, area, _("CLASS  j k choose  Enter looks at them  Esc leaves"), true);
	int rows = inner.rows - 1, at = app->modal.scroll;
	int first = at >= rows ? at - rows + 1 : 0;
	if (inner.rows <= 0) {
		return;
	}
	put_row(s, view_row(inner, 0), UI_TITLE, heads);
	for (int i = 0; i < rows && first + i < len; i++) {
		put_person(app, s, view_row(inner, 1 + i), (size_t)(first + i));
	}
	if (first + rows < len) {
		view_foot(s, area, _(" %zu more "), (size_t)(len - first - rows));
	}
}
