/*
 * The one table of commands: the source of keys, the command line, the help page, the hint bar and
 * `siaga --list-commands`.
 */
#ifndef SIAGA_APP_COMMANDS_H
#define SIAGA_APP_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;

enum command_flag {
	COMMAND_INCIDENT = 1 << 0, /* needs a selected incident */
	COMMAND_WRITES = 1 << 1,   /* sends something to the feed */
	COMMAND_ROOM = 1 << 2,     /* for the control room's roles */
	COMMAND_DESK = 1 << 3,     /* for an agency's desk */
	COMMAND_HINT = 1 << 4      /* worth a place in the hint bar */
};

enum command_id {
	COMMAND_ACCEPT,
	COMMAND_ACKNOWLEDGE,
	COMMAND_ARM,
	COMMAND_ARM_PLAN,
	COMMAND_BACK,
	COMMAND_BOTTOM,
	COMMAND_CAMERA_NEXT,
	COMMAND_CLAIM,
	COMMAND_CLEAR,
	COMMAND_CLOSE,
	COMMAND_DECLINE,
	COMMAND_DOWN,
	COMMAND_EN_ROUTE,
	COMMAND_HELP,
	COMMAND_LINE,
	COMMAND_MERGE,
	COMMAND_MUTE,
	COMMAND_NEXT_NEW,
	COMMAND_NEXT_PANE,
	COMMAND_NOTE,
	COMMAND_ON_SCENE,
	COMMAND_OPEN,
	COMMAND_PAGE_DOWN,
	COMMAND_PAGE_UP,
	COMMAND_PREVIOUS_NEW,
	COMMAND_QUIT,
	COMMAND_RECALL,
	COMMAND_REDRAW,
	COMMAND_REJECT,
	COMMAND_REOPEN,
	COMMAND_RESOLVE,
	COMMAND_SPLIT,
	COMMAND_TOP,
	COMMAND_UP,
	COMMAND_VERIFY,
	COMMAND_COUNT
};

#define COMMAND_KEYS_MAX 3

struct command_entry {
	const char *name;                /* stable, for `:` and the man page */
	uint32_t keys[COMMAND_KEYS_MAX]; /* 0 ends; F2..F9 of COMMAND_ARM come from the registry */
	unsigned flags;
	const char *label; /* one or two words for the hint bar, translated where it is used */
	const char *help;  /* one line, translated where it is used */
};

const struct command_entry *command_get(enum command_id id);
/* The command of a name or a unique prefix; COMMAND_COUNT when there is none or several. */
enum command_id command_find(const char *name);
/* The command of a key for the app's role; COMMAND_COUNT when there is none. */
enum command_id command_of_key(const struct app *app, uint32_t key);
/* Is it for this role? */
bool command_for_role(const struct app *app, enum command_id id);
/* Can it be done now? When not, *why says it in a few words (translated). */
bool command_enabled(const struct app *app, enum command_id id, const char **why);

#endif
