/* The page of keys: this pane's first, filtered by what is typed, and why something cannot be done.
 */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "view.h"

size_t view_keys(const struct app *app, enum command_id id, bool any, uint32_t *out, size_t max) {
	const struct keymap *keys = &app->cfg.keys;
	bool desk = app->role == ROLE_AGENCY;
	size_t len = keymap_keys_of(keys, PANE_BIT(app->focus), desk, id, out, max);

	return len == 0 && any ? keymap_keys_of(keys, 0, desk, id, out, max) : len;
}

static void keys_text(const struct app *app, enum command_id id, char *out, size_t size) {
	const struct command_entry *entry = command_get(id);
	uint32_t keys[COMMAND_KEYS_MAX];
	size_t len = view_keys(app, id, true, keys, COMMAND_KEYS_MAX), used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < len; i++) {
		char key[KEY_LABEL_SIZE];

		key_label(keys[i], key);
		if (used + strlen(key) + 1 >= size) {
			return;
		}
		if (i > 0) {
			out[used++] = ' ';
		}
		used += text_copy(out + used, size - used, key);
	}
	if (used == 0) {
		(void)snprintf(
			out, size, ":%s", entry->alias[0] != NULL ? entry->alias[0] : entry->name);
	}
}

static bool matches(const struct app *app, const struct command_entry *entry) {
	const char *wanted = app->modal.text;

	return wanted[0] == '\0' || strcasestr(entry->name, wanted) != NULL ||
	       strcasestr(_(entry->help), wanted) != NULL ||
	       strcasestr(_(entry->label), wanted) != NULL;
}

static bool is_among(const enum command_id *ids, enum command_id id) {
	while (*ids != COMMAND_COUNT && *ids != id) {
		ids++;
	}
	return *ids == id;
}

/* In the order of the page: what is most wanted in this pane, what works only here, then all the
 * others by name. */
static size_t collect(const struct app *app, enum command_id out[COMMAND_COUNT]) {
	const enum command_id *wanted = view_hint_ids(app);
	size_t len = 0;

	for (size_t i = 0; wanted[i] != COMMAND_COUNT; i++) {
		if (command_for_role(app, wanted[i]) && matches(app, command_get(wanted[i]))) {
			out[len++] = wanted[i];
		}
	}
	for (int own = 1; own >= 0; own--) {
		for (int id = 0; id < COMMAND_COUNT; id++) {
			const struct command_entry *entry = command_get((enum command_id)id);
			bool here = (entry->panes & PANE_BIT(app->focus)) != 0;

			if (here == (own == 1) && command_for_role(app, (enum command_id)id) &&
				!is_among(wanted, (enum command_id)id) && matches(app, entry)) {
				out[len++] = (enum command_id)id;
			}
		}
	}
	return len;
}

static void draw_command(
	const struct app *app, struct surface *s, struct rect row, enum command_id id) {
	const struct command_entry *entry = command_get(id);
	int names = row.cols >= 60 ? 15 : 0, keys = 12;
	char text[4 * KEY_LABEL_SIZE];
	const char *why = NULL;
	bool enabled = command_enabled(app, id, &why);
	int col = row.col, right = row.col + row.cols;

	keys_text(app, id, text, sizeof(text));
	(void)surface_text(s, col, row.row, keys, enabled ? UI_KEY : UI_DISABLED, text);
	col += keys + 1;
	if (names > 0) {
		(void)surface_text(s, col, row.row, names - 1, UI_LABEL, entry->name);
		col += names;
	}
	col += surface_text(
		s, col, row.row, right - col, enabled ? UI_TEXT : UI_DISABLED, _(entry->help));
	if (why != NULL && right - col > 8) {
		(void)surface_printf(s, col, row.row, right - col, UI_WARN, "  (%s)", why);
	}
}

void view_help(const struct app *app, struct surface *s) {
	int top = s->rows >= LAYOUT_ALERT_ROWS
			  ? 1 + view_alerts(app) + view_coach_rows(app, s->cols, s->rows)
		  : s->rows > 1 ? 1
				: 0;
	struct rect area = {0, top, s->cols, s->rows - top};
	enum command_id ids[COMMAND_COUNT];
	size_t len = collect(app, ids), most, first;
	const struct incident *fresh = view_first_new(app);
	char title[APP_TEXT_MAX + 64];
	struct rect inner;

	if (fresh != NULL && area.rows > 3) {
		/* The page hides the queue; not an alarm that nobody took. */
		area.rows--;
		view_new(app, s, (struct rect){0, s->rows - 1, s->cols, 1}, fresh);
	}

	if (app->modal.typing || app->modal.text[0] != '\0') {
		(void)snprintf(title, sizeof(title), _("HELP: %s  (%zu)  Esc leaves"),
			app->modal.text, len);
	} else {
		(void)snprintf(title, sizeof(title),
			_("HELP for %s first  / finds  j k scroll  Esc leaves"),
			word_pane(app->focus));
	}
	inner = view_box(s, area, title, true);
	most = (int)len > inner.rows ? len - (size_t)inner.rows : 0;
	first = (size_t)app->modal.scroll < most ? (size_t)app->modal.scroll : most;
	for (int row = 0; row < inner.rows && first + (size_t)row < len; row++) {
		draw_command(app, s, view_row(inner, row), ids[first + (size_t)row]);
	}
	if (first + (size_t)inner.rows < len) {
		view_foot(s, area, _(" %zu more "), len - first - (size_t)inner.rows);
	}
}
