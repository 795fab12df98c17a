/* What could stand where the cursor of the command line is. */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "private.h"

struct list {
	const struct app *app;
	const char *stem; /* what is there already of the word */
	struct candidate *out;
	size_t len, max;
};

static void add(struct list *list, const char *text, const char *help) {
	if (list->len < list->max && strncasecmp(text, list->stem, strlen(list->stem)) == 0) {
		struct candidate *item = &list->out[list->len++];
		text_copy(item->text, sizeof(item->text), text);
		text_copy(item->help, sizeof(item->help), help);
	}
}

static void add_commands(struct list *list) {
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command_entry *entry = command_get((enum command_id)i);
		if (command_for_role(list->app, (enum command_id)i)) {
			add(list, entry->name, _(entry->help));
		}
	}
}

static void add_incidents(struct list *list) {
	for (size_t i = 0; i < list->app->rows_len; i++) {
		const struct incident *inc = app_row(list->app, i);
		char number[24], help[PLACE_SIZE + 16];
		if (inc != NULL) {
			snprintf(number, sizeof(number), "%lld", (long long)inc->number);
			snprintf(help, sizeof(help), "%s %s", kind_name(inc->kind), inc->place);
			add(list, number, help);
		}
	}
}

static void add_agencies(struct list *list) {
	const struct registry *reg = &list->app->world.registry;
	for (size_t i = 0; i < reg->agencies_len; i++) {
		add(list, reg->agencies[i].id, reg->agencies[i].name);
	}
}

/* Words of an enumeration, up to the first "?". */
static void add_menu(struct list *list, enum modal_type type, const char *(*name)(int)) {
	size_t len;
	const struct app_menu_item *items = menu_of(type, &len);
	for (size_t i = 0; i < len; i++) {
		add(list, name(items[i].value), _(items[i].text));
	}
}

static const char *name_method(int value) {
	return method_name((enum method)value);
}

static const char *name_reason(int value) {
	return reject_reason_name((enum reject_reason)value);
}

static const char *name_disposition(int value) {
	return disposition_name((enum disposition)value);
}

static const char *name_kind(int value) {
	return kind_name((enum kind)value);
}

static const char *name_priority(int value) {
	return priority_name((enum priority)value);
}

static void add_near(struct list *list) {
	for (size_t i = 0; i < list->app->near_len; i++) {
		add(list, list->app->near[i].camera->id, list->app->near[i].camera->name);
	}
}

static void add_cells(struct list *list) {
	const struct geo_grid *grid = &list->app->world.registry.grid;
	for (int row = 0; row < grid->rows; row++) {
		for (int col = 0; col < grid->cols; col++) {
			char cell[16];
			snprintf(cell, sizeof(cell), "%c%d", 'A' + col, row + 1);
			add(list, cell, "");
		}
	}
}

/* What a trainer can send of the scenario. */
static void add_items(struct list *list) {
	const struct training *training = &list->app->training;
	for (size_t i = 0; i < training->items_len; i++) {
		add(list, training->items[i].key, training->items[i].what);
	}
}

static void add_persons(struct list *list) {
	const struct training *training = &list->app->training;
	for (size_t i = 0; i < training->persons_len; i++) {
		add(list, training->persons[i].name, "");
	}
}

static void add_words(struct list *list, const char *const *words, size_t len) {
	for (size_t i = 0; i < len; i++) {
		add(list, words[i], "");
	}
}

static void add_argument(struct list *list, enum command_arg arg) {
	static const char *const sorts[] = {"priority", "age", "state", "distance", "number"};
	static const char *const durations[] = {"5", "10", "15", "30", "60"};
	static const char *const spans[] = {"1h", "4h", "8h", "12h", "24h"};
	static const char *const links[] = {"down", "up"};
	static const char *const moods[] = {"normal", "decline", "late", "offline", "silent"};
	static const char *const steps[] = {"accept", "decline", "en_route", "on_scene", "clear"};
	switch (arg) {
	case ARG_AGENCY: add_agencies(list); break;
	case ARG_ALARM:
		add_items(list);
		add_menu(list, MODAL_KIND, name_kind);
		break;
	case ARG_CAMERA: add_near(list); break;
	case ARG_CELL: add_cells(list); break;
	case ARG_DISPOSITION: add_menu(list, MODAL_DISPOSITION, name_disposition); break;
	case ARG_DURATION: add_words(list, durations, ARRAY_LEN(durations)); break;
	case ARG_INCIDENT: add_incidents(list); break;
	case ARG_KIND: add_menu(list, MODAL_KIND, name_kind); break;
	case ARG_LINK: add_words(list, links, ARRAY_LEN(links)); break;
	case ARG_MOOD: add_words(list, moods, ARRAY_LEN(moods)); break;
	case ARG_METHOD: add_menu(list, MODAL_METHOD, name_method); break;
	case ARG_PANE:
		for (size_t i = 0; i < PANE_COUNT; i++) {
			add(list, pane_name((enum pane)i), "");
		}
		break;
	case ARG_PRIORITY: add_menu(list, MODAL_PRIORITY, name_priority); break;
	case ARG_REASON: add_menu(list, MODAL_REASON, name_reason); break;
	case ARG_SORT: add_words(list, sorts, ARRAY_LEN(sorts)); break;
	case ARG_SPAN: add_words(list, spans, ARRAY_LEN(spans)); break;
	case ARG_STEP: add_words(list, steps, ARRAY_LEN(steps)); break;
	case ARG_THEME:
		for (size_t i = 0; i < list->app->themes_len; i++) {
			add(list, list->app->themes[i], "");
		}
		break;
	case ARG_TRAINEE: add_persons(list); break;
	case ARG_FILTER:
	case ARG_NONE:
	case ARG_TEXT:
	case ARG_COUNT: break;
	}
}

/* The filter's own completion stands in for a part of the word; here the whole word is given. */
static size_t complete_filter(struct list *list, const char *text) {
	struct filter_candidate found[32];
	size_t from, cursor = strlen(text), start = cursor;
	while (start > 0 && text[start - 1] != ' ') {
		start--;
	}
	size_t len =
		filter_complete(&list->app->world, text, cursor, &from, found, ARRAY_LEN(found));
	size_t head = from > start ? from - start : 0;
	for (size_t i = 0; i < len && list->len < list->max && head < CANDIDATE_SIZE; i++) {
		struct candidate *item = &list->out[list->len++];
		memcpy(item->text, text + start, head);
		text_copy(item->text + head, sizeof(item->text) - head, found[i].text);
		text_copy(item->help, sizeof(item->help), found[i].help);
	}
	return list->len;
}

size_t command_complete(
	const struct app *app, const char *line, struct candidate *out, size_t max) {
	struct list list = {.app = app, .out = out, .max = max};
	char verb[64], word[64];
	const char *rest = line;
	size_t len = strlen(line);
	while (len > 0 && line[len - 1] != ' ') {
		len--;
	}
	list.stem = line + len;
	if (app->modal.type == MODAL_FILTER) {
		return complete_filter(&list, line);
	}
	if (!line_word(&rest, verb, sizeof(verb)) || list.stem == line + strspn(line, " ")) {
		add_commands(&list);
		return list.len;
	}
	/* ":say! ..." is asked of all. */
	verb[strcspn(verb, "!")] = '\0';
	enum command_id id = command_find(verb);
	if (id == COMMAND_COUNT) {
		return 0;
	}
	const struct command_entry *entry = command_get(id);
	if (entry->arg == ARG_FILTER) {
		return complete_filter(&list, rest);
	}
	/* Words before the one that is being typed, the incident's number not counted. */
	size_t before = 0;
	bool first = true;
	while (rest < list.stem && line_word(&rest, word, sizeof(word))) {
		bool number = strspn(word, "#0123456789.") == strlen(word);
		before += first && number && (entry->flags & COMMAND_INCIDENT) != 0 ? 0 : 1;
		first = false;
	}
	if (first && (entry->flags & COMMAND_INCIDENT) != 0 && list.stem[0] != '\0' &&
		strspn(list.stem, "#0123456789") == strlen(list.stem)) {
		add_incidents(&list);
	}
	add_argument(&list, before == 0 ? entry->arg : entry->more);
	return list.len;
}
