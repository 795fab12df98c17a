#include <siaga/app/keymap.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <siaga/app/key.h>
#include <siaga/base/nearest.h>
#include <siaga/base/text.h>

#define ROOM_OR_DESK (COMMAND_ROOM | COMMAND_DESK)

/* For whom a command is: COMMAND_ROOM, COMMAND_DESK or both. */
static unsigned sides_of(enum command_id command) {
	unsigned sides = command < COMMAND_COUNT ? command_get(command)->flags & ROOM_OR_DESK : 0;
	return sides != 0 ? sides : ROOM_OR_DESK;
}

static bool is_writing(enum command_id command) {
	return command < COMMAND_COUNT && (command_get(command)->flags & COMMAND_WRITES) != 0;
}

static const char *name_of(enum command_id command) {
	return command < COMMAND_COUNT ? command_get(command)->name : "none";
}

static void add(struct keymap *km, const struct keymap_binding *binding) {
	assert(km->len < KEYMAP_MAX);
	km->items[km->len++] = *binding;
}

void keymap_defaults(struct keymap *km) {
	static_assert(COMMAND_COUNT * COMMAND_KEYS_MAX < KEYMAP_MAX, "there is room for the table");
	memset(km, 0, sizeof(*km));
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command_entry *entry = command_get((enum command_id)id);
		for (size_t k = 0; k < COMMAND_KEYS_MAX && entry->keys[k] != 0; k++) {
			add(km, &(struct keymap_binding){.key = entry->keys[k],
					.panes = entry->panes,
					.command = (enum command_id)id});
		}
	}
}

void keymap_begin(struct keymap *km) {
	km->layer++;
}

/* A key that confirms, cancels or opens must do so and nothing else: these are known by heart. */
static bool check_reserved(
	uint32_t key, enum command_id command, const char *label, struct err *err) {
	if (key == 'y') {
		return err_set(err, _("\"y\" confirms what is armed and nothing else"));
	}
	if (key == KEY_CODE_ESCAPE || key == KEY_CODE_CTRL('C')) {
		return err_set(err, _("\"%s\" always leads one step out"), label);
	}
	/* With Caps Lock on, the key that arms would be the one that confirms. */
	if (key == 'Y' && is_writing(command)) {
		return err_set(err,
			_("\"Y\" differs from the confirming y only by Shift: it can not send %s"),
			name_of(command));
	}
	if (key == KEY_CODE_ENTER && is_writing(command)) {
		return err_set(err, _("\"Enter\" opens and never sends: not %s"), name_of(command));
	}
	return true;
}

/* Does the same file say something else about the key, for the same pane and side? */
static bool check_double(const struct keymap *km, const struct keymap_binding *made,
	const char *label, struct err *err) {
	for (size_t i = 0; i < km->len; i++) {
		const struct keymap_binding *old = &km->items[i];
		bool panes =
			(old->panes == 0 && made->panes == 0) || (old->panes & made->panes) != 0;
		if (old->layer != made->layer || old->key != made->key || !panes ||
			(sides_of(old->command) & sides_of(made->command)) == 0) {
			continue;
		}
		return err_set(err, _("\"%s\" is bound to %s in line %d already, and here to %s"),
			label, name_of(old->command), old->line, name_of(made->command));
	}
	return true;
}

static bool find_pane(const char *name, unsigned *panes, struct err *err) {
	enum pane pane;
	struct nearest near;
	if (strcmp(name, "any") == 0) {
		*panes = 0;
		return true;
	}
	if (pane_find(name, &pane)) {
		*panes = PANE_BIT(pane);
		return true;
	}
	nearest_init(&near, name);
	for (int i = 0; i < PANE_COUNT; i++) {
		nearest_try(&near, pane_name((enum pane)i));
	}
	if (near.best != NULL) {
		return err_set(err, _("there is no pane \"%.40s\"; did you mean \"%s\"?"), name,
			near.best);
	}
	return err_set(err, _("there is no pane \"%.40s\""), name);
}

static bool find_command(const char *name, enum command_id *command, struct err *err) {
	struct nearest near;
	*command = COMMAND_COUNT;
	if (strcmp(name, "none") == 0) {
		return true;
	}
	nearest_init(&near, name);
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const char *known = command_get((enum command_id)id)->name;
		if (strcmp(known, name) == 0) {
			*command = (enum command_id)id;
			return true;
		}
		nearest_try(&near, known);
	}
	if (near.best != NULL) {
		return err_set(err, _("there is no command \"%.40s\"; did you mean \"%s\"?"), name,
			near.best);
	}
	return err_set(
		err, _("there is no command \"%.40s\"; siaga --list-commands lists them"), name);
}

/* Is there a word in the usage that may not be left out? */
static bool needs_words(const char *usage) {
	bool optional = false;
	for (; *usage != '\0'; usage++) {
		optional = *usage == '[' || (optional && *usage != ']');
		if (!optional && *usage >= 'A' && *usage <= 'Z') {
			return true;
		}
	}
	return false;
}

/* What one key may say: the words that a command needs, but nothing that would send at once. */
static bool check_args(const struct keymap_binding *made, struct err *err) {
	if (made->command == COMMAND_COUNT) {
		return made->args[0] == '\0' || err_set(err, _("nothing may follow none"));
	}
	const struct command_entry *entry = command_get(made->command);
	if (made->args[0] == '\0') {
		return !needs_words(entry->usage) ||
		       err_set(err, _("%s needs more words: %s %s"), entry->name, entry->name,
			       entry->usage);
	}
	if (entry->usage[0] == '\0') {
		return err_set(err, _("nothing may follow %s"), entry->name);
	}
	if (is_writing(made->command) && made->command != COMMAND_ARM) {
		return err_set(err, _("nothing may follow %s: one key would send it"), entry->name);
	}
	return true;
}

/* "COMMAND ARGUMENTS" */
static bool read_command(struct keymap_binding *made, const char *text, struct err *err) {
	char name[40];
	size_t len = strcspn(text, " ");
	const char *args = text + len + strspn(text + len, " ");
	text_copy(name, len < sizeof(name) ? len + 1 : sizeof(name), text);
	if (!find_command(name, &made->command, err)) {
		return false;
	}
	if (strlen(args) >= sizeof(made->args)) {
		return err_set(
			err, _("more than %zu bytes after %s"), sizeof(made->args) - 1, name);
	}
	text_copy(made->args, sizeof(made->args), args);
	return check_args(made, err);
}

bool keymap_bind(
	struct keymap *km, const char *where, const char *command, int line, struct err *err) {
	struct keymap_binding made = {.layer = km->layer, .line = line};
	char pane[32] = "", label[KEY_LABEL_SIZE];
	size_t first = strcspn(where, " ");
	const char *key = where + first + strspn(where + first, " ");
	if (*key == '\0') {
		key = where;
	} else {
		text_copy(pane, first < sizeof(pane) ? first + 1 : sizeof(pane), where);
	}
	if (pane[0] != '\0' && !find_pane(pane, &made.panes, err)) {
		return false;
	}
	if (!key_parse(key, &made.key)) {
		return err_set(
			err, _("\"%.40s\" is no key; write x, F2, Ctrl-L, Space, PgUp"), key);
	}
	key_label(made.key, label);
	if (!read_command(&made, command, err) ||
		!check_reserved(made.key, made.command, label, err) ||
		!check_double(km, &made, label, err)) {
		return false;
	}
	if (km->len == KEYMAP_MAX) {
		return err_set(err, _("more than %d keys"), KEYMAP_MAX);
	}
	add(km, &made);
	return true;
}

/* What goes first: the later file, then what is for this pane, then what is for this side only. */
static int rank(const struct keymap_binding *binding) {
	return binding->layer * 4 + (binding->panes != 0 ? 2 : 0) +
	       (sides_of(binding->command) != ROOM_OR_DESK ? 1 : 0);
}

const struct keymap_binding *keymap_get(
	const struct keymap *km, enum pane pane, bool desk, uint32_t key) {
	unsigned side = desk ? COMMAND_DESK : COMMAND_ROOM;
	const struct keymap_binding *best = NULL;
	for (size_t i = 0; i < km->len && key != 0; i++) {
		const struct keymap_binding *item = &km->items[i];
		if (item->key != key || (sides_of(item->command) & side) == 0 ||
			(item->panes != 0 && (item->panes & PANE_BIT(pane)) == 0)) {
			continue;
		}
		if (best == NULL || rank(item) > rank(best)) {
			best = item;
		}
	}
	return best;
}

enum command_id keymap_find(const struct keymap *km, enum pane pane, bool desk, uint32_t key) {
	const struct keymap_binding *found = keymap_get(km, pane, desk, key);
	return found != NULL ? found->command : COMMAND_COUNT;
}

/* Does this binding bring its command there, or is something else in front of it? */
static bool is_in_force(
	const struct keymap *km, const struct keymap_binding *item, unsigned panes, bool desk) {
	for (int pane = 0; pane < PANE_COUNT; pane++) {
		unsigned bit = PANE_BIT(pane);
		if ((panes == 0 || (panes & bit) != 0) &&
			(item->panes == 0 || (item->panes & bit) != 0) &&
			keymap_get(km, (enum pane)pane, desk, item->key) == item) {
			return true;
		}
	}
	return false;
}

static bool is_among(const uint32_t *keys, size_t len, uint32_t key) {
	for (size_t i = 0; i < len; i++) {
		if (keys[i] == key) {
			return true;
		}
	}
	return false;
}

size_t keymap_keys_of(const struct keymap *km, unsigned panes, bool desk, enum command_id command,
	uint32_t *out, size_t max) {
	size_t len = 0;
	for (int layer = km->layer; layer >= 0; layer--) {
		for (size_t i = 0; i < km->len && len < max; i++) {
			const struct keymap_binding *item = &km->items[i];
			if (item->layer == layer && item->command == command &&
				item->args[0] == '\0' && !is_among(out, len, item->key) &&
				is_in_force(km, item, panes, desk)) {
				out[len++] = item->key;
			}
		}
	}
	return len;
}

static bool is_reached(const struct keymap *km, enum pane pane, bool desk, enum command_id id) {
	for (size_t i = 0; i < km->len; i++) {
		if (km->items[i].command == id &&
			keymap_find(km, pane, desk, km->items[i].key) == id) {
			return true;
		}
	}
	return false;
}

bool keymap_check(const struct keymap *km, struct err *err) {
	static const enum command_id needed[] = {COMMAND_BACK, COMMAND_HELP, COMMAND_LINE};
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		for (int pane = 0; pane < PANE_COUNT; pane++) {
			if (!is_reached(km, (enum pane)pane, false, needed[i]) ||
				!is_reached(km, (enum pane)pane, true, needed[i])) {
				return err_set(err,
					_("[bind] leaves no key for %s in the pane %s; bind one"),
					name_of(needed[i]), pane_name((enum pane)pane));
			}
		}
	}
	return true;
}
