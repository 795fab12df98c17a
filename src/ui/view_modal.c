#include <stdio.h>
#include <string.h>

#include <siaga/app/commands.h>
#include <siaga/base/text.h>

#include "view.h"

#define MENU_COLS 28

/* The strip is filled from the top; its last row is kept for the keys that answer it. */
struct strip {
	struct surface *s;
	struct rect area;
	int row;
};

static struct strip open_strip(struct surface *s, struct rect area, int rows) {
	struct strip strip = {.s = s, .area = area};

	if (rows < area.rows) {
		strip.area.row += area.rows - rows;
		strip.area.rows = rows;
	}
	surface_fill(s, strip.area, UI_STRIP, ' ');
	return strip;
}

static void say(struct strip *strip, enum ui_role role, const char *text) {
	/* A single row has to do for both the question and the keys: the keys come after the
	 * question. */
	if (strip->row < strip->area.rows - 1 || strip->area.rows == 1) {
		struct rect row = view_row(strip->area, strip->row);

		surface_fill(strip->s, row, role, ' ');
		(void)surface_text(strip->s, row.col + 1, row.row, row.cols - 1, role, text);
		strip->row++;
	}
}

static void say_keys(struct strip *strip, const char *text) {
	struct rect row = view_row(strip->area, strip->area.rows - 1);

	if (strip->area.rows > 1) {
		(void)surface_text(strip->s, row.col + 1, row.row, row.cols - 1, UI_STRIP, text);
	} else {
		/* On one row the keys take the right half, so that the question stays readable. */
		int half = row.cols / 2;

		(void)surface_text(
			strip->s, row.col + half, row.row, row.cols - half, UI_STRIP, text);
	}
}

/* "#412 P1 FIRE, Jl. Slamet Riyadi, C4": what the prompt is about, whatever is selected now. */
static void subject(const struct app *app, char *out, size_t size) {
	const struct incident *inc = world_incident(&app->world, app->modal.incident);
	char text[512], cell[GEO_CELL_SIZE];

	if (inc == NULL) {
		(void)snprintf(out, size, "#%lld", (long long)app->modal.number);
		return;
	}
	view_cell(app, inc->at, cell);
	(void)snprintf(text, sizeof(text), "#%lld P%d %s, %s, %s", (long long)inc->number,
		(int)inc->priority + 1, word_kind(inc->kind),
		inc->place[0] != '\0' ? inc->place : _("place not said"), cell);
	(void)text_copy(out, size, text);
}

static void say_arrived(const struct app *app, struct strip *strip) {
	char text[96];

	if (app->modal.arrived > 0) {
		(void)snprintf(text, sizeof(text),
			ngettext("%d new alarm arrived meanwhile",
				"%d new alarms arrived meanwhile",
				(unsigned long)app->modal.arrived),
			app->modal.arrived);
		say(strip, UI_UNACK, text);
	}
}

static int count_warnings(const struct app *app) {
	int count = 0;

	for (size_t i = 0; i < app->modal.agencies_len; i++) {
		char text[160];

		app_desk_warning(
			app, app->modal.agencies[i], app->modal.incident, text, sizeof(text));
		count += text[0] != '\0' ? 1 : 0;
	}
	return count;
}

static void say_warnings(const struct app *app, struct strip *strip) {
	for (size_t i = 0; i < app->modal.agencies_len; i++) {
		char text[160], line[256];

		app_desk_warning(
			app, app->modal.agencies[i], app->modal.incident, text, sizeof(text));
		if (text[0] != '\0') {
			(void)snprintf(line, sizeof(line), "! %s: %s",
				view_agency(app, app->modal.agencies[i]), text);
			say(strip, UI_ERROR, line);
		}
	}
}

static void draw_arm(const struct app *app, struct surface *s, struct rect area, bool recall) {
	const struct modal *modal = &app->modal;
	int64_t left_ms = APP_ARM_MS - (app->now_ms - modal->opened_ms);
	long long left = left_ms > 0 ? (long long)((left_ms + 999) / 1000) : 0;
	char about[320], names[320] = "", text[700];
	struct strip strip = open_strip(
		s, area, 2 + (recall ? 0 : count_warnings(app)) + (modal->arrived > 0 ? 1 : 0));
	size_t used = 0;

	subject(app, about, sizeof(about));
	for (size_t i = 0; i < modal->agencies_len && used + 2 < sizeof(names); i++) {
		if (i > 0) {
			names[used++] = '+';
		}
		used += text_copy(
			names + used, sizeof(names) - used, view_agency(app, modal->agencies[i]));
	}
	(void)snprintf(text, sizeof(text),
		recall ? _("TAKE BACK %s from %s ?") : _("SEND %s to %s ?"), names, about);
	say(&strip, UI_STRIP, text);
	if (!recall) {
		say_warnings(app, &strip);
	}
	say_arrived(app, &strip);
	(void)snprintf(text, sizeof(text),
		recall ? _("y take back  Esc keep  (Enter does nothing)  %lld s")
		       : _("y send  Esc cancel  (Enter does nothing)  %lld s"),
		left);
	say_keys(&strip, text);
}

static void draw_resend(const struct app *app, struct surface *s, struct rect area) {
	struct strip strip = open_strip(s, area, 3);
	char about[320], text[700], made[VIEW_TIME_SIZE] = "-";
	const struct command *command = NULL;

	subject(app, about, sizeof(about));
	for (size_t i = 0; i < app->pending_len; i++) {
		if (strcmp(app->pending[i]->command.id, app->modal.resend) == 0) {
			command = &app->pending[i]->command;
			view_age(made, app->wall_ms - app->pending[i]->made_ms);
		}
	}
	(void)snprintf(text, sizeof(text), _("NOT SENT for %s: %s %s, %s"), made,
		command != NULL ? action_name(command->action) : "?",
		command != NULL && command->agency[0] != '\0' ? view_agency(app, command->agency)
							      : "",
		about);
	say(&strip, UI_STRIP, text);
	say(&strip, UI_STRIP, _("Is it still right?"));
	say_keys(&strip, _("y send now  d drop  Esc later  (Enter does nothing)"));
}

static void draw_letters(const struct app *app, struct surface *s, struct rect area) {
	struct strip strip = open_strip(s, area, 5);
	const struct registry *reg = &app->world.registry;
	int per_row = strip.area.cols / MENU_COLS > 0 ? strip.area.cols / MENU_COLS : 1;
	int at = 0;
	char about[320], text[400];

	subject(app, about, sizeof(about));
	(void)snprintf(text, sizeof(text), _("Dispatch whom to %s"), about);
	say(&strip, UI_STRIP, text);
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *agency = &reg->agencies[i];
		int row = 1 + at / per_row;

		if (agency->letter == '\0' || row >= strip.area.rows - 1) {
			continue;
		}
		(void)surface_printf(s, strip.area.col + 1 + at % per_row * MENU_COLS,
			strip.area.row + row, MENU_COLS - 1, UI_STRIP, "%c %s (%s)", agency->letter,
			view_agency(app, agency->id),
			agency->by_phone ? word_desk(DESK_PHONE) : word_desk(agency->desk));
		at++;
	}
	say_keys(&strip, _("letter arms, nothing is sent yet  Esc cancel"));
}

static void draw_menu(
	const struct app *app, struct surface *s, struct rect area, const char *question) {
	size_t len = 0;
	const struct app_menu_item *items = app_menu(app, &len);
	int per_row = area.cols / MENU_COLS > 0 ? area.cols / MENU_COLS : 1;
	struct strip strip = open_strip(s, area, 2 + ((int)len + per_row - 1) / per_row);
	char about[320], text[400];

	subject(app, about, sizeof(about));
	(void)snprintf(text, sizeof(text), "%s  %s", question, about);
	say(&strip, UI_STRIP, text);
	for (int i = 0; items != NULL && i < (int)len; i++) {
		int row = 1 + i / per_row;

		if (row < strip.area.rows - 1) {
			(void)surface_printf(s, strip.area.col + 1 + i % per_row * MENU_COLS,
				strip.area.row + row, MENU_COLS - 1, UI_STRIP, "%c %s",
				items[i].letter, _(items[i].text));
		}
	}
	say_keys(&strip, _("letter chooses  Esc cancel"));
}

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

static void draw_prompt(
	const struct app *app, struct surface *s, struct rect area, const char *question) {
	struct strip strip = open_strip(s, area, app->modal.type == MODAL_LINE ? 2 : 3);
	char about[320], text[400];
	struct rect row;
	int used;

	if (app->modal.type != MODAL_LINE) {
		subject(app, about, sizeof(about));
		(void)snprintf(text, sizeof(text), "%s  %s", question, about);
		if (strip.area.rows > 1) {
			say(&strip, UI_STRIP, text);
		}
	}
	row = view_row(strip.area, strip.row < strip.area.rows ? strip.row : strip.area.rows - 1);
	surface_fill(s, row, UI_PROMPT, ' ');
	used = surface_text(
		s, row.col, row.row, row.cols, UI_KEY, app->modal.type == MODAL_LINE ? ":" : "> ");
	used += surface_text(s, row.col + used, row.row, row.cols - used, UI_PROMPT,
		tail(app->modal.text, row.cols - used - 1));
	s->cursor_col = row.col + (used < row.cols ? used : row.cols - 1);
	s->cursor_row = row.row;
	if (strip.area.rows > strip.row + 1) {
		say_keys(&strip, _("Enter done  Esc cancel"));
	}
}

static void keys_text(enum command_id id, char *out, size_t size) {
	const struct command_entry *entry = command_get(id);
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < COMMAND_KEYS_MAX && entry->keys[i] != 0; i++) {
		char key[KEY_LABEL_SIZE];

		key_label(entry->keys[i], key);
		if (i > 0) {
			used += text_copy(out + used, size - used, " ");
		}
		used += text_copy(out + used, size - used, key);
	}
}

static void draw_help(const struct app *app, struct surface *s) {
	struct rect area = {0, s->rows > 1 ? 1 : 0, s->cols, s->rows > 1 ? s->rows - 1 : s->rows};
	struct rect inner = view_frame(s, area, _("HELP  j k scroll, Esc leaves"), true);
	int lines = 0, first, line = 0;
	int names = inner.cols >= 60 ? 15 : 0, keys = 15;

	for (int id = 0; id < COMMAND_COUNT; id++) {
		lines += command_for_role(app, (enum command_id)id) ? 1 : 0;
	}
	first = lines > inner.rows ? lines - inner.rows : 0;
	first = app->modal.scroll < first ? app->modal.scroll : first;
	for (int id = 0; id < COMMAND_COUNT; id++) {
		char text[3 * KEY_LABEL_SIZE];
		int row = inner.row + line - first;

		if (!command_for_role(app, (enum command_id)id)) {
			continue;
		}
		line++;
		if (row < inner.row || row >= inner.row + inner.rows) {
			continue;
		}
		keys_text((enum command_id)id, text, sizeof(text));
		(void)surface_text(
			s, inner.col, row, keys < inner.cols ? keys : inner.cols, UI_KEY, text);
		(void)surface_text(s, inner.col + keys + 1, row, names - 1, UI_LABEL,
			command_get((enum command_id)id)->name);
		(void)surface_text(s, inner.col + keys + 1 + names, row,
			inner.cols - keys - 1 - names, UI_TEXT,
			_(command_get((enum command_id)id)->help));
	}
}

void view_modal(const struct app *app, struct surface *s, struct rect strip) {
	switch (app->modal.type) {
	case MODAL_HELP: draw_help(app, s); break;
	case MODAL_LETTER: draw_letters(app, s, strip); break;
	case MODAL_ARM: draw_arm(app, s, strip, false); break;
	case MODAL_RECALL: draw_arm(app, s, strip, true); break;
	case MODAL_METHOD: draw_menu(app, s, strip, _("Verified by which means?")); break;
	case MODAL_REASON: draw_menu(app, s, strip, _("Why is it a false alarm?")); break;
	case MODAL_DISPOSITION: draw_menu(app, s, strip, _("How did it end?")); break;
	case MODAL_NOTE: draw_prompt(app, s, strip, _("Note on")); break;
	case MODAL_CAUSE:
		draw_prompt(app, s, strip,
			app->role == ROLE_AGENCY ? _("Why is it declined?")
						 : _("Why do you take it over?"));
		break;
	case MODAL_MERGE:
		draw_prompt(app, s, strip, _("Number of the incident that takes it in:"));
		break;
	case MODAL_LINE: draw_prompt(app, s, strip, ""); break;
	case MODAL_RESEND: draw_resend(app, s, strip); break;
	case MODAL_NONE:
	case MODAL_COUNT: break;
	}
}
