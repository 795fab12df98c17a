/*
 * Which key does what, where: the command table's own keys, and what the configuration puts over
 * them. What one file says goes before what an earlier one said, and that before the table; within
 * a file a line for a pane goes before one for all.
 */
#ifndef SIAGA_APP_KEYMAP_H
#define SIAGA_APP_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/app/commands.h>
#include <siaga/app/pane.h>
#include <siaga/base/err.h>

#define KEYMAP_MAX       640
#define KEYMAP_ARGS_SIZE 48

struct keymap_binding {
	uint32_t key;
	unsigned panes;              /* PANE_BIT()s; 0: all */
	enum command_id command;     /* COMMAND_COUNT: nothing, on purpose */
	char args[KEYMAP_ARGS_SIZE]; /* what follows the command, as on the command line */
	int layer, line;
};

/* Plain data. */
struct keymap {
	struct keymap_binding items[KEYMAP_MAX];
	size_t len;
	int layer; /* 0: the table's own */
};

void keymap_defaults(struct keymap *km);
/* A new file begins: what it binds may replace whatever is there, but not contradict itself. */
void keymap_begin(struct keymap *km);
/* `where` is KEY or PANE KEY, `command` a command's name with its arguments or "none"; `line` is
 * told in the errors of later lines. */
bool keymap_bind(
	struct keymap *km, const char *where, const char *command, int line, struct err *err);
/* Can help, the command line and the way back be reached everywhere? */
bool keymap_check(const struct keymap *km, struct err *err);

/* What a key does with the focus on that pane, at a desk or in the room; NULL: nobody said. */
const struct keymap_binding *keymap_get(
	const struct keymap *km, enum pane pane, bool desk, uint32_t key);
/* The same, the command alone; COMMAND_COUNT: none. */
enum command_id keymap_find(const struct keymap *km, enum pane pane, bool desk, uint32_t key);
/* The keys that reach a command without arguments in one of the panes (PANE_BIT()s, 0: all), the
 * configured ones first; returns how many were put into out. */
size_t keymap_keys_of(const struct keymap *km, unsigned panes, bool desk, enum command_id command,
	uint32_t *out, size_t max);

#endif
