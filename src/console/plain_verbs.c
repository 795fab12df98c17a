/* What a typed line does in plain mode: answers to what is asked, commands of the one table, and
 * the few that only tell something. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <siaga/app/commands.h>
#include <siaga/base/clock.h>
#include <siaga/base/duration.h>
#include <siaga/base/text.h>

#include "plain_private.h"

#define HISTORY_ROWS 30
#define LOG_LINES    20

struct verb {
	const char *name, *usage, *help;
	/* `args` is what follows the verb. */
	void (*run)(struct plain *plain, const char *args);
};

/* The first word of *rest; what follows it is left there. */
static void take_word(const char **rest, char *out, size_t size) {
	const char *at = *rest + strspn(*rest, " ");
	size_t len = strcspn(at, " ");
	snprintf(out, size, "%.*s", (int)len, at);
	at += len;
	*rest = at + strspn(at, " ");
}

static void run_line(struct plain *plain, const char *line) {
	runtime_apply(plain->rt, &(struct app_event){.type = APP_LINE, .text = line});
}

static void press(struct plain *plain, uint32_t key) {
	runtime_apply(plain->rt, &(struct app_event){.type = APP_KEY, .key = key});
}

static void add_line(struct plain *plain, const char *text) {
	buf_add_str(&plain->lines, text);
	buf_add_str(&plain->lines, "\n");
}

/* The incident of "412" or "#412", else the selected one; NULL, and it is said. */
static const struct incident *incident_of(struct plain *plain, const char *args) {
	const struct app *app = &plain->rt->app;
	const struct incident *inc = app_selected(app);
	char word[64];
	take_word(&args, word, sizeof(word));
	if (word[0] == '\0' || strcmp(word, ".") == 0) {
		if (inc == NULL) {
			plain_warn(app, &plain->lines, "%s", _("no incident is selected"));
		}
		return inc;
	}
	char *end;
	long long number = strtoll(word + (word[0] == '#'), &end, 10);
	inc = *end == '\0' ? world_by_number(&app->world, number) : NULL;
	if (inc == NULL || !app_is_ours(app, inc)) {
		plain_warn(app, &plain->lines, _("no incident #%s here"), word + (word[0] == '#'));
		return NULL;
	}
	return inc;
}

/* --- commands that tell --- */

static void tell_agencies(struct plain *plain, const char *args) {
	UNUSED(args);
	plain_agencies(&plain->rt->app, &plain->lines);
}

static void tell_cameras(struct plain *plain, const char *args) {
	const struct incident *inc = incident_of(plain, args);
	if (inc != NULL) {
		plain_cameras(&plain->rt->app, inc, &plain->lines);
	}
}

static void tell_log(struct plain *plain, const char *args) {
	int wanted = atoi(args);
	plain_log(&plain->rt->app, wanted > 0 ? (size_t)wanted : LOG_LINES, &plain->lines);
}

static void tell_map(struct plain *plain, const char *args) {
	plain_map(&plain->rt->app, args[0] != '\0' ? args : NULL, &plain->lines);
}

static void tell_queue(struct plain *plain, const char *args) {
	UNUSED(args);
	plain_queue(&plain->rt->app, &plain->lines);
}

/* A closed incident is looked up in the cache, as the history does. */
static bool tell_closed(struct plain *plain, const char *args) {
	struct app *app = &plain->rt->app;
	char line[80], word[64];
	take_word(&args, word, sizeof(word));
	const char *digits = word + (word[0] == '#');
	if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0' ||
		world_by_number(&app->world, strtoll(digits, NULL, 10)) != NULL) {
		return false;
	}
	snprintf(line, sizeof(line), "history #%s", digits);
	run_line(plain, line);
	size_t at = 0;
	while (at < app->history.len && app->history.rows[at].number != strtoll(digits, NULL, 10)) {
		at++;
	}
	bool found = at < app->history.len;
	for (size_t i = 0; found && i < at; i++) {
		run_line(plain, "next");
	}
	if (found) {
		run_line(plain, "open");
	}
	const struct incident *inc = app_selected(app);
	found = found && inc != NULL;
	if (found) {
		plain_detail(app, inc, &plain->lines);
	}
	run_line(plain, "history");
	return found;
}

static void tell_show(struct plain *plain, const char *args) {
	if (tell_closed(plain, args)) {
		return;
	}
	const struct incident *inc = incident_of(plain, args);
	if (inc != NULL) {
		plain_detail(&plain->rt->app, inc, &plain->lines);
	}
}

static void tell_status(struct plain *plain, const char *args) {
	UNUSED(args);
	plain_status(&plain->rt->app, &plain->lines);
}

/* Files and pipes are read faster than anything happens. */
static void wait_for(struct plain *plain, const char *args) {
	int64_t wait_ms = INT64_MAX / 2;
	if (args[0] != '\0' && !duration_parse(args, &wait_ms)) {
		plain_warn(&plain->rt->app, &plain->lines,
			_("wait TIME: such as 5s or 2m, not \"%s\""), args);
		return;
	}
	plain->read_at_ms = clock_mono_ms() + wait_ms;
}

static const struct verb verbs[] = {
	{"agencies", "", N_("The agencies: who is there, how to ring them, what they are on"),
		tell_agencies},
	{"cameras", "[NUMBER]", N_("The cameras nearest to the incident"), tell_cameras},
	{"log", "[LINES]", N_("The last lines of the log"), tell_log},
	{"map", "[CELL]", N_("What is in a cell of the map"), tell_map},
	{"queue", "", N_("The queue, a line for each incident"), tell_queue},
	{"show", "[NUMBER]", N_("All there is to know of an incident"), tell_show},
	{"status", "", N_("The link, the counts, who you are, what is not sent"), tell_status},
	{"wait", "[TIME]", N_("Take no more lines for so long; without a time for ever"), wait_for},
};

static const struct verb *find_verb(const char *name) {
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0) {
			return &verbs[i];
		}
	}
	return NULL;
}

/* --- help --- */

static bool is_offered(const struct app *app, enum command_id id) {
	return (command_get(id)->flags & COMMAND_SCREEN) == 0 && command_for_role(app, id);
}

static void add_verb(struct plain *plain, const struct verb *verb) {
	buf_printf(&plain->lines, "%s%s%s: %s\n", verb->name, verb->usage[0] != '\0' ? " " : "",
		verb->usage, _(verb->help));
}

static void help(struct plain *plain, const char *args) {
	const struct app *app = &plain->rt->app;
	char word[64];
	take_word(&args, word, sizeof(word));
	enum command_id id = command_find(word);
	if (word[0] != '\0') {
		const struct verb *verb = find_verb(word);
		if (verb != NULL) {
			add_verb(plain, verb);
		} else if (id != COMMAND_COUNT && is_offered(app, id)) {
			plain_command(app, id, &plain->lines);
		} else {
			plain_warn(app, &plain->lines, _("no command \"%s\" here"), word);
		}
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		add_verb(plain, &verbs[i]);
	}
	for (int i = 0; i < COMMAND_COUNT; i++) {
		if (is_offered(app, (enum command_id)i)) {
			plain_command(app, (enum command_id)i, &plain->lines);
		}
	}
	add_line(plain, _("A number alone selects an incident and tells what it is"));
}

/* --- commands of the table --- */

/* Where a number was said and is not known, that was said instead. */
static void tell_selected(struct plain *plain, const char *number) {
	const struct incident *inc = app_selected(&plain->rt->app);
	long long wanted = strtoll(number + (number[0] == '#'), NULL, 10);
	if (inc != NULL && (wanted == 0 || inc->number == wanted)) {
		plain_incident(&plain->rt->app, inc, "", &plain->lines);
	}
}

static void tell_picked(struct plain *plain) {
	const struct app *app = &plain->rt->app;
	if (app->near_pick < app->near_len) {
		plain_near(&app->near[app->near_pick], &plain->lines);
	}
}

/* What a command did that the screen would show. */
static void tell_done(struct plain *plain, enum command_id id, const char *args) {
	const struct app *app = &plain->rt->app;
	switch ((int)id) {
	case COMMAND_BOARD:
		if (app->board.on) {
			plain_board(app, &plain->lines);
			run_line(plain, "board");
		}
		break;
	case COMMAND_CAMERA_NEXT: tell_picked(plain); break;
	case COMMAND_FILTER:
		if (args[0] != '\0') {
			plain_queue(app, &plain->lines);
		}
		break;
	case COMMAND_FREEZE:
		add_line(plain, app->frozen ? _("The order of the queue stands still")
					    : _("The order of the queue goes on"));
		break;
	case COMMAND_GOTO: plain_map(app, NULL, &plain->lines); break;
	case COMMAND_HISTORY:
		if (app->history.on) {
			plain_history(app, HISTORY_ROWS, &plain->lines);
			run_line(plain, "history");
		}
		break;
	case COMMAND_NEXT:
	case COMMAND_NEXT_NEW:
	case COMMAND_PREVIOUS:
	case COMMAND_PREVIOUS_NEW:
	case COMMAND_SELECT: tell_selected(plain, args); break;
	case COMMAND_OPEN: tell_show(plain, args); break;
	case COMMAND_REVERSE:
	case COMMAND_SORT: plain_queue(app, &plain->lines); break;
	default: break;
	}
}

static bool is_number(const char *word) {
	word += word[0] == '#';
	return word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
}

static void run_command(struct plain *plain, const char *line) {
	const char *args = line;
	char word[64];
	take_word(&args, word, sizeof(word));
	const struct verb *verb = find_verb(word);
	enum command_id id = strcmp(word, "q") == 0 ? COMMAND_QUIT : command_find(word);
	if (verb != NULL) {
		verb->run(plain, args);
	} else if (strcasecmp(line, "y") == 0) {
		plain_warn(&plain->rt->app, &plain->lines, "%s",
			plain->rt->app.modal.type == MODAL_RESEND
				? _("Not y: send or drop answers what is too old")
				: _("y answers a question, and none is open: nothing was sent"));
	} else if (id == COMMAND_HELP || strcmp(word, "?") == 0) {
		help(plain, args);
	} else if (id != COMMAND_COUNT && (command_get(id)->flags & COMMAND_SCREEN) != 0) {
		plain_warn(&plain->rt->app, &plain->lines, _("%s is for the full screen"),
			command_get(id)->name);
	} else {
		plain->confirm_at_ms = clock_mono_ms() + PLAIN_CONFIRM_MS;
		run_line(plain, line);
		tell_done(plain, is_number(word) ? COMMAND_SELECT : id,
			is_number(word) ? word : args);
	}
}

/* --- answers --- */

void plain_leave(struct plain *plain) {
	plain->answering = true;
	press(plain, KEY_CODE_ESCAPE);
	plain->answering = false;
}

/* Only says no. */
static bool is_no(const char *line) {
	static const char *const words[] = {"", "n", "no", "t", "tidak", "esc", "cancel"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(line, words[i]) == 0) {
			return true;
		}
	}
	return false;
}

static void answer_text(struct plain *plain, const char *line) {
	bool filter = plain->rt->app.modal.type == MODAL_FILTER;
	if (line[0] == '\0' && !filter) {
		plain_leave(plain);
		return;
	}
	if (filter) {
		press(plain, KEY_CODE_CTRL('U'));
	}
	runtime_apply(plain->rt, &(struct app_event){.type = APP_PASTE, .text = line});
	press(plain, KEY_CODE_ENTER);
	if (plain->rt->app.modal.type != MODAL_NONE) {
		plain_leave(plain); /* It was wrong; a notice said why. */
	} else if (filter) {
		plain_queue(&plain->rt->app, &plain->lines);
	}
}

/* Whom to send, by letter or name: as if it had stood on the line. */
static bool answer_letter(struct plain *plain, const char *line) {
	const struct app *app = &plain->rt->app;
	char whole[PLAIN_LINE_SIZE + 64], word[64];
	const char *rest = line;
	take_word(&rest, word, sizeof(word));
	for (size_t i = 0; i < app->world.registry.agencies_len; i++) {
		const struct agency *agency = &app->world.registry.agencies[i];
		bool letter = word[0] == agency->letter && word[0] != '\0' && word[1] == '\0';
		if (letter || strcasecmp(word, agency->id) == 0 ||
			strcasecmp(word, agency->short_name) == 0) {
			snprintf(whole, sizeof(whole), "dispatch %lld %s %s",
				(long long)app->modal.targets[0].number, agency->id, rest);
			run_line(plain, whole);
			return true;
		}
	}
	return false;
}

/* A letter or word of the menu; for "camera Gladag" the command with both words. */
static bool answer_menu(struct plain *plain, const char *line) {
	const struct modal *modal = &plain->rt->app.modal;
	uint32_t key = plain_choice(&plain->rt->app, line);
	char word[64], whole[PLAIN_LINE_SIZE + 64];
	const char *rest = line;
	if (key != 0) {
		press(plain, key);
		return true;
	}
	take_word(&rest, word, sizeof(word));
	if (modal->type != MODAL_METHOD || modal->agencies_len > 0 || rest[0] == '\0' ||
		strcmp(word, method_name(METHOD_CAMERA)) != 0) {
		return false;
	}
	snprintf(whole, sizeof(whole), "verify %lld %s", (long long)modal->targets[0].number, line);
	run_line(plain, whole);
	return true;
}

/* True, also where it came too soon to be meant for what is asked: that is said. */
static bool confirm(struct plain *plain, uint32_t key, const char *line) {
	const struct app *app = &plain->rt->app;
	if (clock_mono_ms() < app_answer_at(app)) {
		plain_warn(app, &plain->lines, _("Not taken, typed before the question: %s"), line);
	} else {
		press(plain, key);
	}
	return true;
}

/* False: it is no answer; the question is left and the line is a command. */
static bool answer(struct plain *plain, const char *line) {
	enum modal_type type = plain->rt->app.modal.type;
	if (modal_is_strip(type)) {
		return strcmp(line, "y") == 0 && confirm(plain, 'y', line);
	}
	if (type == MODAL_RESEND) {
		return (strcmp(line, "send") == 0 && confirm(plain, 'y', line)) ||
		       (strcmp(line, "drop") == 0 && confirm(plain, 'd', line));
	}
	return type == MODAL_LETTER ? answer_letter(plain, line) : answer_menu(plain, line);
}

void plain_run(struct plain *plain, const char *line) {
	enum modal_type type = plain->rt->app.modal.type;
	line += strspn(line, " ");
	plain->answering = true;
	if (modal_is_text(type)) {
		answer_text(plain, line);
	} else if (type == MODAL_NONE || !answer(plain, line)) {
		line += line[0] == ':';
		line += strspn(line, " ");
		bool no = type != MODAL_NONE && is_no(line);
		/* What was not sent waits while something else is looked at. */
		if (type != MODAL_NONE && (no || type != MODAL_RESEND)) {
			plain_leave(plain);
		}
		if (line[0] != '\0' && !no) {
			run_command(plain, line);
		}
	}
	plain->answering = false;
	plain_put(plain);
}
