/* Bindings of keys as they come out of [bind], and the keymap that they make. A line is
 * KEY=COMMAND; an empty one begins the next file. */
#include <stdlib.h>
#include <string.h>

#include <siaga/app/key.h>
#include <siaga/app/keymap.h>

#include "fuzz.h"

static void bind(struct keymap *km, char *line, int number) {
	struct err err = {0};
	size_t before = km->len;
	char *equals = strchr(line, '=');
	if (equals == NULL) {
		keymap_begin(km);
		return;
	}
	*equals = '\0';
	if (!keymap_bind(km, line, equals + 1, number, &err)) {
		MUST(err.text[0] != '\0' && km->len == before);
		return;
	}
	const struct keymap_binding *made = &km->items[km->len - 1];
	MUST(km->len == before + 1 && made->line == number && made->layer == km->layer);
	MUST(made->command <= COMMAND_COUNT && made->key != 0);
	/* These confirm, cancel and lead out, and nothing else. */
	MUST(made->key != 'y' && made->key != KEY_CODE_ESCAPE && made->key != KEY_CODE_CTRL('C'));
	/* One key must not send: what writes takes no arguments, but for an agency that is armed.
	 */
	bool writes = made->command < COMMAND_COUNT &&
		      (command_get(made->command)->flags & COMMAND_WRITES) != 0;
	MUST(!writes || made->args[0] == '\0' || made->command == COMMAND_ARM);
	MUST(!writes || (made->key != KEY_CODE_ENTER && made->key != 'Y'));
}

#define COMMANDS_STEP 9

/* A key has a label, and the label is that key. */
static void check_label(uint32_t key) {
	char label[KEY_LABEL_SIZE];
	uint32_t again = 0;
	key_label(key, label);
	MUST_OF(key_parse(label, &again) && again == key, label);
}

static void check_keys(const struct keymap *km, enum pane pane, bool desk, int first) {
	uint32_t keys[KEYMAP_MAX];
	for (size_t i = 0; i < km->len; i++) {
		const struct keymap_binding *got = keymap_get(km, pane, desk, km->items[i].key);
		MUST(got == NULL || got->key == km->items[i].key);
		MUST(got == NULL || got->panes == 0 || (got->panes & PANE_BIT(pane)) != 0);
	}
	/* Some of the commands: all of them cost more than everything else. */
	for (int id = first; id < COMMAND_COUNT; id += COMMANDS_STEP) {
		size_t len = keymap_keys_of(
			km, PANE_BIT(pane), desk, (enum command_id)id, keys, KEYMAP_MAX);
		for (size_t i = 0; i < len; i++) {
			/* What the help page promises is what the key does. */
			MUST(keymap_find(km, pane, desk, keys[i]) == (enum command_id)id);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static struct keymap km;
	struct bytes in = {data, size};
	struct err err = {0};
	keymap_defaults(&km);
	keymap_begin(&km);
	for (int number = 1; in.left > 0; number++) {
		char *line = take_line(&in);
		bind(&km, line, number);
		free(line);
	}
	for (size_t i = 0; i < km.len; i++) {
		check_label(km.items[i].key);
	}
	check_keys(&km, (enum pane)(size % PANE_COUNT), size % 4 == 0, (int)size % COMMANDS_STEP);
	MUST(keymap_check(&km, &err) || is_message(&err));
	return 0;
}
