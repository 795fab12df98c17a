/* The agencies: who is there, how to ring them, what they are on. */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "view.h"

static enum ui_role desk_role(const struct agency *agency) {
	return agency->desk == DESK_ONLINE    ? UI_LINK_OK
	       : agency->desk == DESK_OFFLINE ? UI_ERROR
	       : agency->desk == DESK_PHONE   ? UI_LABEL
					      : UI_MUTED;
}

/* "#412:way #415:req": the open incidents it is on, each with its step; returns how many. */
static size_t load_text(
	const struct app *app, const struct agency *agency, char *out, size_t size) {
	size_t count = 0, used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < app->rows_len; i++) {
		const struct incident *inc = app_row(app, i);
		const struct dispatch *d = inc != NULL ? incident_dispatch(inc, agency->id) : NULL;
		char one[64];

		if (d == NULL || !dispatch_is_live(d)) {
			continue;
		}
		count++;
		(void)snprintf(one, sizeof(one), "%s#%lld:%s", used > 0 ? " " : "",
			(long long)inc->number, word_step_short(d->state));
		if (used + strlen(one) < size) {
			used += text_copy(out + used, size - used, one);
		}
	}
	return count;
}

static void draw_agency(
	const struct app *app, struct surface *s, struct rect row, const struct agency *agency) {
	char load[200], key[16] = "";
	size_t count = load_text(app, agency, load, sizeof(load));
	int col = row.col, right = row.col + row.cols;

	if (agency->fkey > 0) {
		(void)snprintf(key, sizeof(key), "F%d", agency->fkey);
	} else if (agency->letter != '\0') {
		(void)snprintf(key, sizeof(key), "d%c", agency->letter);
	}
	(void)surface_text(s, col, row.row, 3, UI_KEY, key);
	col += 3;
	(void)surface_text(s, col, row.row, 9, UI_TEXT, view_agency(app, agency->id));
	col += 10;
	(void)surface_text(s, col, row.row, 8, desk_role(agency), word_desk(agency->desk));
	col += 9;
	(void)surface_printf(s, col, row.row, 2, count > 2 ? UI_WARN : UI_TEXT, "%2zu", count);
	col += 3;
	if (row.cols >= 50) {
		(void)surface_text(s, col, row.row, 13, UI_LABEL, agency->phone);
		col += 14;
	}
	(void)surface_text(s, col, row.row, right - col, UI_TEXT, load);
}

void view_agencies(const struct app *app, struct surface *s, const struct layout *layout) {
	const struct registry *reg = &app->world.registry;
	struct rect inner = view_frame(s, app, layout, PANE_AGENCIES, word_pane(PANE_AGENCIES));
	size_t first = view_first((size_t)app->agency_pick, inner.rows);

	if (reg->agencies_len == 0) {
		(void)surface_text(
			s, inner.col, inner.row, inner.cols, UI_MUTED, _("No agency is known yet"));
		return;
	}
	for (int row = 0; row < inner.rows && first + (size_t)row < reg->agencies_len; row++) {
		size_t at = first + (size_t)row;

		draw_agency(app, s, view_row(inner, row), &reg->agencies[at]);
		if (app->focus == PANE_AGENCIES && at == (size_t)app->agency_pick) {
			view_reverse(s, view_row(inner, row));
		}
	}
	if (first + (size_t)inner.rows < reg->agencies_len) {
		view_foot(s, layout->panes[PANE_AGENCIES], _(" %zu more "),
			reg->agencies_len - first - (size_t)inner.rows);
	}
}
