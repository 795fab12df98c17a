/* Prompts for text: notes, reasons, numbers, the filter, the command line with what could follow.
 */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "view.h"

#define SHOWN_MAX 5 /* candidates at a time */

/* The end of a text that fits: what is being typed is at the end. */
static const char *tail(const char *text, int cols) {
	while (text_width(text) > cols) {
		uint32_t code;
		int columns;
		size_t len = text_next(text, &code, &columns);

		if (len == 0) {
			break;
		}
		text += len;
	}
	return text;
}

/* The usage of the command that the line begins with, or "". */
static void usage(const struct app *app, char *out, size_t size) {
	char verb[32];
	size_t len = strcspn(app->modal.text, " ");
	enum command_id id;

	out[0] = '\0';
	if (len == 0 || len >= sizeof(verb)) {
		return;
	}
	memcpy(verb, app->modal.text, len);
	verb[len] = '\0';
	id = command_find(verb);
	if (id != COMMAND_COUNT) {
		(void)snprintf(out, size, "%s %s  %s", command_get(id)->name,
			command_get(id)->usage, _(command_get(id)->help));
	}
}

/* What Tab would put there, with what it means; the one that is there is marked. */
static void draw_candidates(const struct app *app, struct strip *strip) {
	struct candidate found[64];
	const struct modal *modal = &app->modal;
	size_t len = command_complete(
		app, modal->candidate >= 0 ? modal->stem : modal->text, found, ARRAY_LEN(found));
	int rows = strip->area.rows - 2, first = 0;

	if (modal->candidate >= rows) {
		first = modal->candidate - rows + 1;
	}
	for (int i = 0; i < rows && first + i < (int)len; i++) {
		struct rect row = view_row(strip->area, i);
		bool there = first + i == modal->candidate;

		(void)surface_text(strip->s, row.col + 1, row.row, 18, there ? UI_KEY : UI_STRIP,
			found[first + i].text);
		(void)surface_text(strip->s, row.col + 20, row.row, row.cols - 20, UI_STRIP,
			found[first + i].help);
		if (there) {
			view_reverse(strip->s, row);
		}
	}
	strip->row = rows < 0 ? 0 : rows;
}

static int count_candidates(const struct app *app, int most) {
	struct candidate found[SHOWN_MAX];
	const struct modal *modal = &app->modal;
	size_t len = command_complete(
		app, modal->candidate >= 0 ? modal->stem : modal->text, found, ARRAY_LEN(found));

	return (int)len < most ? (int)len : most;
}

static void draw_input(const struct app *app, struct surface *s, struct rect row) {
	const struct modal *modal = &app->modal;
	const char *mark = modal->type == MODAL_LINE     ? ":"
			   : modal->type == MODAL_FILTER ? "/"
							 : "> ";
	int used;

	surface_fill(s, row, UI_PROMPT, ' ');
	used = surface_text(s, row.col, row.row, row.cols, UI_KEY, mark);
	used += surface_text(s, row.col + used, row.row, row.cols - used, UI_PROMPT,
		tail(modal->text, row.cols - used - 1));
	s->cursor_col = row.col + (used < row.cols ? used : row.cols - 1);
	s->cursor_row = row.row;
}

void view_prompt(const struct app *app, struct surface *s, struct rect area) {
	bool line = app->modal.type == MODAL_LINE || app->modal.type == MODAL_FILTER;
	int listed =
		line ? count_candidates(app, area.rows - 2 - (app->modal.arrived > 0 ? 1 : 0)) : 0;
	struct strip strip =
		view_strip_told(app, s, area, line ? 2 + (listed > 0 ? listed : 0) : 3);
	char text[900];

	if (line) {
		draw_candidates(app, &strip);
	} else if (strip.area.rows > 1) {
		view_question(app, text, sizeof(text));
		view_say(&strip, UI_STRIP, text);
	}
	draw_input(app, s,
		view_row(
			strip.area, strip.row < strip.area.rows ? strip.row : strip.area.rows - 1));
	if (strip.area.rows <= strip.row + 1) {
		return;
	}
	usage(app, text, sizeof(text));
	if (app->modal.type != MODAL_LINE || text[0] == '\0') {
		(void)text_copy(text, sizeof(text),
			line ? _("Enter done  Tab completes  Esc cancel")
			     : _("Enter done  Esc cancel"));
	}
	view_say_keys(&strip, text);
}
