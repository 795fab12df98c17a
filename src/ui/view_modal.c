#include <stdio.h>
#include <string.h>

#include <siaga/app/commands.h>
#include <siaga/base/text.h>

#include "view.h"

#define MENU_COLS 28

struct strip view_strip(struct surface *s, struct rect area, int rows) {
	struct strip strip = {.s = s, .area = area};

	if (rows < area.rows) {
		strip.area.row += area.rows - rows;
		strip.area.rows = rows;
	}
	surface_fill(s, strip.area, UI_STRIP, ' ');
	return strip;
}

void view_say(struct strip *strip, enum ui_role role, const char *text) {
	/* A single row has to do for both the question and the keys: the keys come after the
	 * question. */
	if (strip->row < strip->area.rows - 1 || strip->area.rows == 1) {
		struct rect row = view_row(strip->area, strip->row);

		surface_fill(strip->s, row, role, ' ');
		(void)surface_text(strip->s, row.col + 1, row.row, row.cols - 1, role, text);
		strip->row++;
	}
}

void view_say_keys(struct strip *strip, const char *text) {
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

/* "3 marked: #412 #415 #416" */
static void subjects(const struct app *app, char *out, size_t size) {
	char text[400];
	size_t used =
		(size_t)snprintf(text, sizeof(text), _("%zu marked:"), app->modal.targets_len);

	for (size_t i = 0; i < app->modal.targets_len && used + 24 < sizeof(text); i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, " #%lld",
			(long long)app->modal.targets[i].number);
	}
	(void)text_copy(out, size, text);
}

/* "#412 P1 FIRE, Jl. Slamet Riyadi, C4": what the prompt is about, whatever is selected now. */
void view_subject(const struct app *app, char *out, size_t size) {
	const struct incident *inc;
	char text[512], cell[GEO_CELL_SIZE];

	out[0] = '\0';
	if (app->modal.targets_len == 0) {
		return;
	}
	if (app->modal.targets_len > 1) {
		subjects(app, out, size);
		return;
	}
	inc = world_incident(&app->world, app->modal.targets[0].incident);
	if (inc == NULL) {
		(void)snprintf(out, size, "#%lld", (long long)app->modal.targets[0].number);
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
		view_say(strip, UI_UNACK, text);
	}
}

struct strip view_strip_told(const struct app *app, struct surface *s, struct rect area, int rows) {
	const struct incident *fresh = view_first_new(app);
	bool told = app->modal.arrived > 0 && fresh != NULL && area.rows > rows;
	struct strip strip = view_strip(s, area, rows + (told ? 1 : 0));

	if (told) {
		struct rect row = view_row(strip.area, 0);

		view_new(app, s, row, fresh);
		strip.area.row++;
		strip.area.rows--;
	}
	return strip;
}

static int count_warnings(const struct app *app) {
	int count = 0;

	for (size_t i = 0; i < app->modal.agencies_len; i++) {
		char text[160];

		app_desk_warning(app, app->modal.agencies[i], app->modal.targets[0].incident, text,
			sizeof(text));
		count += text[0] != '\0' ? 1 : 0;
	}
	return count;
}

static void say_warnings(const struct app *app, struct strip *strip) {
	for (size_t i = 0; i < app->modal.agencies_len; i++) {
		char text[160], line[256];

		app_desk_warning(app, app->modal.agencies[i], app->modal.targets[0].incident, text,
			sizeof(text));
		if (text[0] != '\0') {
			(void)snprintf(line, sizeof(line), "! %s: %s",
				view_agency(app, app->modal.agencies[i]), text);
			view_say(strip, UI_ERROR, line);
		}
	}
}

void view_also(const struct app *app, char *out, size_t size) {
	const struct modal *modal = &app->modal;
	char by[120] = "", text[240];

	if (modal->method != METHOD_NONE) {
		int len = snprintf(by, sizeof(by), _("verifies it by %s %s"),
			word_method(modal->method), modal->camera);

		/* Only where there is a camera does something follow. */
		for (; len > 0 && (size_t)len < sizeof(by) && by[len - 1] == ' '; len--) {
			by[len - 1] = '\0';
		}
	}
	(void)snprintf(text, sizeof(text), "%s%s%s", modal->take ? _("takes it") : "",
		modal->take && by[0] != '\0' ? ", " : "", by);
	(void)text_copy(out, size, text);
}

static void agency_names(const struct app *app, char *out, size_t size) {
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < app->modal.agencies_len && used + 2 < size; i++) {
		if (i > 0) {
			out[used++] = '+';
		}
		used += text_copy(
			out + used, size - used, view_agency(app, app->modal.agencies[i]));
	}
}

/* What a menu or a prompt for text asks; "" where it is another modal. */
static const char *asked_of(const struct app *app) {
	switch ((int)app->modal.type) {
	case MODAL_METHOD: return _("Verified by which means?");
	case MODAL_REASON: return _("Why is it a false alarm?");
	case MODAL_DISPOSITION: return _("How did it end?");
	case MODAL_KIND: return _("What is it?");
	case MODAL_PRIORITY: return _("How urgent is it?");
	case MODAL_HOLD: return _("On hold for how long?");
	case MODAL_NOTE: return _("Note on");
	case MODAL_CAUSE:
		return app->role == ROLE_AGENCY ? _("Why is it declined?")
						: _("Why do you take it over?");
	case MODAL_MERGE: return _("Number of the incident that takes it in:");
	default: return "";
	}
}

void view_question(const struct app *app, char *out, size_t size) {
	const struct modal *modal = &app->modal;
	char about[400], names[320], text[900];
	const char *asked = asked_of(app);

	view_subject(app, about, sizeof(about));
	agency_names(app, names, sizeof(names));
	if (asked[0] != '\0') {
		(void)snprintf(text, sizeof(text), "%s  %s%s%s", asked, about,
			names[0] != '\0' ? _(", then send ") : "", names);
	} else if (modal->type == MODAL_RECALL) {
		(void)snprintf(text, sizeof(text), _("TAKE BACK %s from %s ?"), names, about);
	} else if (modal->type == MODAL_JOIN) {
		(void)snprintf(text, sizeof(text), _("MERGE %s into #%lld ?"), about,
			(long long)modal->into_number);
	} else if (modal->type == MODAL_GROUP) {
		(void)snprintf(text, sizeof(text), _("%s for %s ?"),
			_(command_get(modal->command)->label), about);
	} else {
		(void)snprintf(text, sizeof(text), _("SEND %s to %s ?"), names, about);
	}
	(void)text_copy(out, size, text);
}

/* Bytes of a text that make one row, cut at a blank where there is one. */
static size_t row_bytes(const char *text, int cols) {
	size_t cut = text_fit_words(text, cols);

	return cut > 0 ? cut : text_fit(text, cols, NULL);
}

/* Says all of it, on as many rows as that takes: what y does is never cut off. Without a strip it
 * only counts them. */
static int say_whole(struct strip *strip, int cols, const char *text) {
	int rows = 0;

	while (*text != '\0') {
		char row[512];
		size_t len = row_bytes(text, cols > 2 ? cols - 2 : 1);

		if (len == 0 || len >= sizeof(row)) {
			return rows;
		}
		memcpy(row, text, len);
		row[len] = '\0';
		if (strip != NULL) {
			view_say(strip, UI_STRIP, row);
		}
		text += len + strspn(text + len, " ");
		rows++;
	}
	return rows;
}

/* Bytes of the question that must be on the screen before `y` counts: of a dispatch which agencies
 * and which incident; of a merge or a group all of it. */
static size_t must_show(const struct app *app, const char *text) {
	char number[24];
	const char *at;
	enum modal_type type = app->modal.type;

	if (app->modal.targets_len != 1 || type == MODAL_JOIN) {
		return strlen(text);
	}
	(void)snprintf(number, sizeof(number), "#%lld ", (long long)app->modal.targets[0].number);
	at = strstr(text, number);
	return at != NULL ? (size_t)(at - text) + strlen(number) - 1 : strlen(text);
}

/* Bytes of the question that this strip has room for. */
static size_t room_for(struct rect area, bool wraps, const char *text) {
	size_t shown = 0;

	if (area.rows < 2) {
		return text_fit(text, area.rows == 1 ? area.cols / 2 - 1 : 0, NULL);
	}
	if (!wraps) {
		return text_fit(text, area.cols - 1, NULL);
	}
	for (int row = 1; row < area.rows && text[shown] != '\0'; row++) {
		size_t len = row_bytes(text + shown, area.cols > 2 ? area.cols - 2 : 1);

		shown += len + strspn(text + shown + len, " ");
	}
	return shown;
}

static bool draw_confirm(const struct app *app, struct surface *s, struct rect area) {
	const struct modal *modal = &app->modal;
	bool arm = modal->type == MODAL_ARM;
	int64_t left_ms = app->cfg.arm_ms - (app->now_ms - modal->opened_ms);
	long long left = left_ms > 0 ? (long long)((left_ms + 999) / 1000) : 0;
	const char *hold = app_hold_reason(app);
	char also[240], text[900];
	struct strip strip;
	bool whole;

	view_also(app, also, sizeof(also));
	view_question(app, text, sizeof(text));
	strip = view_strip(s, area,
		1 + say_whole(NULL, area.cols, text) + (arm ? count_warnings(app) : 0) +
			(hold != NULL ? 1 : 0) + (also[0] != '\0' ? 1 : 0) +
			(modal->arrived > 0 ? 1 : 0));
	whole = room_for(strip.area, strip.area.rows > 2, text) >= must_show(app, text);
	if (strip.area.rows > 2) {
		(void)say_whole(&strip, area.cols, text);
	} else {
		view_say(&strip, UI_STRIP, text);
	}
	if (hold != NULL) {
		view_say(&strip, UI_ERROR, hold);
	}
	if (also[0] != '\0') {
		(void)snprintf(text, sizeof(text), _("y also %s"), also);
		view_say(&strip, UI_STRIP, text);
	}
	if (arm) {
		say_warnings(app, &strip);
	}
	say_arrived(app, &strip);
	(void)snprintf(text, sizeof(text),
		arm ? _("y send  Esc cancel  (Enter does nothing)  %lld s")
		: modal->type == MODAL_RECALL
			? _("y take back  Esc keep  (Enter does nothing)  %lld s")
			: _("y do it  Esc cancel  (Enter does nothing)  %lld s"),
		left);
	view_say_keys(&strip, whole ? text : _("No room for y: Esc cancels"));
	return whole;
}

static bool draw_resend(const struct app *app, struct surface *s, struct rect area) {
	struct strip strip = view_strip(s, area, 3);
	char about[320], text[700], made[VIEW_TIME_SIZE] = "-";
	const struct command *command = NULL;
	const char *agency;
	bool whole, tried = false;

	view_subject(app, about, sizeof(about));
	for (size_t i = 0; i < app->pending_len; i++) {
		if (strcmp(app->pending[i]->command.id, app->modal.resend) == 0) {
			command = &app->pending[i]->command;
			tried = app->pending[i]->tried;
			view_age(made, app_pending_age(app, app->pending[i]));
		}
	}
	agency = command != NULL ? command->agency : "";
	(void)snprintf(text, sizeof(text),
		tried ? _("NOT CONFIRMED for %s, may be done: %s%s%s, %s")
		      : _("NOT SENT for %s: %s%s%s, %s"),
		made, command != NULL ? action_name(command->action) : "?",
		agency[0] != '\0' ? " " : "", view_agency(app, agency), about);
	whole = room_for(strip.area, false, text) >= must_show(app, text);
	view_say(&strip, UI_STRIP, text);
	/* What was written tells one of several apart. */
	(void)snprintf(text, sizeof(text), "%s%s%s", _("Is it still right?"),
		command != NULL && command->note != NULL ? "  " : "",
		command != NULL && command->note != NULL ? command->note : "");
	view_say(&strip, UI_STRIP, text);
	view_say_keys(&strip, whole ? _("y send now  d drop  Esc later  (Enter does nothing)")
				    : _("No room for y: Esc cancels"));
	return whole;
}

static void draw_letters(const struct app *app, struct surface *s, struct rect area) {
	struct strip strip = view_strip_told(app, s, area, 5);
	const struct registry *reg = &app->world.registry;
	int per_row = strip.area.cols / MENU_COLS > 0 ? strip.area.cols / MENU_COLS : 1;
	int at = 0;
	char about[320], text[400];

	view_subject(app, about, sizeof(about));
	(void)snprintf(text, sizeof(text), _("Dispatch whom to %s"), about);
	view_say(&strip, UI_STRIP, text);
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
	view_say_keys(&strip, _("letter arms, nothing is sent yet  Esc cancel"));
}

/* False: which incident a letter would go to is not on the screen. */
static bool draw_menu(const struct app *app, struct surface *s, struct rect area) {
	size_t len = 0;
	const struct app_menu_item *items = app_menu(app, &len);
	int per_row = area.cols / MENU_COLS > 0 ? area.cols / MENU_COLS : 1;
	struct strip strip = view_strip_told(app, s, area, 2 + ((int)len + per_row - 1) / per_row);
	char text[900];
	bool whole;

	view_question(app, text, sizeof(text));
	whole = room_for(strip.area, false, text) >= must_show(app, text);
	view_say(&strip, UI_STRIP, text);
	for (int i = 0; items != NULL && i < (int)len; i++) {
		int row = 1 + i / per_row;
		char keys[4] = {items[i].letter, items[i].home != 0 ? ' ' : '\0', items[i].home};

		if (row < strip.area.rows - 1) {
			int col = strip.area.col + 1 + i % per_row * MENU_COLS;
			int used = surface_text(s, col, strip.area.row + row, 4, UI_STRIP, keys);

			(void)surface_text(s, col + used + 1, strip.area.row + row,
				MENU_COLS - used - 2, UI_STRIP, _(items[i].text));
		}
	}
	view_say_keys(&strip,
		whole ? _("letter chooses  Esc cancel") : _("No room for a letter: Esc cancels"));
	return whole;
}

bool view_modal(const struct app *app, struct surface *s, struct rect strip) {
	switch (app->modal.type) {
	case MODAL_HELP: view_help(app, s); break;
	case MODAL_PAGE: view_page(app, s); break;
	case MODAL_CLASS: view_class(app, s); break;
	case MODAL_LETTER: draw_letters(app, s, strip); break;
	case MODAL_ARM:
	case MODAL_RECALL:
	case MODAL_JOIN:
	case MODAL_GROUP: return draw_confirm(app, s, strip);
	case MODAL_METHOD:
	case MODAL_REASON:
	case MODAL_DISPOSITION:
	case MODAL_KIND:
	case MODAL_PRIORITY:
	case MODAL_HOLD: return draw_menu(app, s, strip);
	case MODAL_NOTE:
	case MODAL_CAUSE:
	case MODAL_MERGE:
	case MODAL_FILTER:
	case MODAL_LINE: view_prompt(app, s, strip); break;
	case MODAL_RESEND: return draw_resend(app, s, strip);
	case MODAL_NONE:
	case MODAL_COUNT: break;
	}
	return true;
}
