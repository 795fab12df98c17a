/*
 * The one table of commands: the source of keys, the command line, the help page, the hint bar and
 * `siaga --list-commands`.
 */
#ifndef SIAGA_APP_COMMANDS_H
#define SIAGA_APP_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/app/pane.h>

struct app;
struct incident;

enum command_flag {
	COMMAND_INCIDENT = 1 << 0, /* is about an incident: the selected one, or the line's */
	COMMAND_WRITES = 1 << 1,   /* sends something to the feed */
	COMMAND_ROOM = 1 << 2,     /* for the control room's roles */
	COMMAND_DESK = 1 << 3,     /* for an agency's desk */
	COMMAND_HINT = 1 << 4,     /* worth a place in the hint bar */
	COMMAND_GROUP = 1 << 5,    /* does the marked incidents where some are marked */
	COMMAND_SCREEN = 1 << 6,   /* means something on a screen only: not in plain mode */
	COMMAND_TRAINING = 1 << 7, /* steers a replay; there is none elsewhere */
	COMMAND_TRAINER = 1 << 8   /* for the trainer of one, at another console */
};

/* In the order of the names. */
enum command_id {
	COMMAND_ACCEPT,
	COMMAND_ACKNOWLEDGE,
	COMMAND_BACK,
	COMMAND_BOARD,
	COMMAND_BOTTOM,
	COMMAND_CAMERA_NEXT,
	COMMAND_CAMERA_OPEN,
	COMMAND_CANCEL,
	COMMAND_CLAIM,
	COMMAND_CLEAR,
	COMMAND_CLOSE,
	COMMAND_DECLINE,
	COMMAND_ARM,      /* dispatch */
	COMMAND_ARM_PLAN, /* dispatch-plan */
	COMMAND_DOWN,
	COMMAND_EN_ROUTE,
	COMMAND_FILTER,
	COMMAND_FREEZE,
	COMMAND_GOTO,
	COMMAND_HELP,
	COMMAND_HISTORY,
	COMMAND_HOLD,
	COMMAND_JOIN,
	COMMAND_KIND,
	COMMAND_LINE,
	COMMAND_MAP_CAMERAS,
	COMMAND_MAP_CENTRE,
	COMMAND_MAP_DOWN,
	COMMAND_MAP_IN,
	COMMAND_MAP_LEFT,
	COMMAND_MAP_OUT,
	COMMAND_MAP_RIGHT,
	COMMAND_MAP_RING,
	COMMAND_MAP_STYLE,
	COMMAND_MAP_UP,
	COMMAND_MARK,
	COMMAND_MERGE,
	COMMAND_MUTE,
	COMMAND_NEXT,
	COMMAND_NEXT_NEW,
	COMMAND_NEXT_PANE,
	COMMAND_NOTE,
	COMMAND_ON_SCENE,
	COMMAND_OPEN,
	COMMAND_PAGE_DOWN,
	COMMAND_PAGE_UP,
	COMMAND_PANE,
	COMMAND_PHONE,
	COMMAND_PLACE,
	COMMAND_PREVIOUS,
	COMMAND_PREVIOUS_NEW,
	COMMAND_PREVIOUS_PANE,
	COMMAND_PRIORITY,
	COMMAND_QUIT,
	COMMAND_REDRAW,
	COMMAND_REJECT,
	COMMAND_RELEASE,
	COMMAND_REOPEN,
	COMMAND_RESOLVE,
	COMMAND_RESUME,
	COMMAND_REVERSE,
	COMMAND_SELECT,
	COMMAND_SORT,
	COMMAND_SPLIT,
	COMMAND_TEST_SOUND,
	COMMAND_THEME,
	COMMAND_TOP,
	COMMAND_TRAINING_BACK,
	COMMAND_TRAINING_CLASS,
	COMMAND_TRAINING_DECLINE,
	COMMAND_TRAINING_DESK,
	COMMAND_TRAINING_FASTER,
	COMMAND_TRAINING_FORWARD,
	COMMAND_TRAINING_LINK,
	COMMAND_TRAINING_NEXT,
	COMMAND_TRAINING_PAUSE,
	COMMAND_TRAINING_RAISE,
	COMMAND_TRAINING_RESTART,
	COMMAND_TRAINING_SAY,
	COMMAND_TRAINING_SCORE,
	COMMAND_TRAINING_SEEK,
	COMMAND_TRAINING_SLOWER,
	COMMAND_TRAINING_SPEED,
	COMMAND_TRAINING_TAKE,
	COMMAND_TRAINING_TRAINEE,
	COMMAND_RECALL, /* undo */
	COMMAND_UP,
	COMMAND_VERIFY,
	COMMAND_ZOOM,
	COMMAND_COUNT
};

/* What may follow a command on the line, for completion. */
enum command_arg {
	ARG_NONE,
	ARG_AGENCY,
	ARG_ALARM, /* that a trainer sends */
	ARG_CAMERA,
	ARG_CELL,
	ARG_DISPOSITION,
	ARG_DURATION,
	ARG_FILTER,
	ARG_INCIDENT,
	ARG_KIND,
	ARG_LINK,
	ARG_METHOD,
	ARG_MOOD,
	ARG_PANE,
	ARG_PRIORITY,
	ARG_REASON,
	ARG_SORT,
	ARG_SPAN,
	ARG_STEP,
	ARG_TEXT,
	ARG_THEME,
	ARG_TRAINEE,
	ARG_COUNT
};

#define COMMAND_KEYS_MAX  6
#define COMMAND_ALIAS_MAX 2

struct command_entry {
	const char *name;                     /* stable, for `:` and the man page */
	const char *alias[COMMAND_ALIAS_MAX]; /* short codes for the line; NULL ends */
	uint32_t keys[COMMAND_KEYS_MAX];      /* 0 ends; F2..F9 of dispatch come from the registry
					       */
	unsigned panes;                       /* where the keys work, PANE_BIT(); 0: everywhere */
	unsigned flags;
	const char *usage;          /* what may follow on the line, "" for nothing */
	enum command_arg arg, more; /* the first word after the incident, and the rest */
	const char *label;          /* one or two words for the hint bar, translated where used */
	const char *help;           /* one line, translated where it is used */
};

const struct command_entry *command_get(enum command_id id);
/* The command of a short code, a name or a unique prefix; COMMAND_COUNT when there is none or
 * several. */
enum command_id command_find(const char *name);
/* The command of a key for the app's role where the focus is; COMMAND_COUNT when there is none. */
enum command_id command_of_key(const struct app *app, uint32_t key);
/* Is it for this role? */
bool command_for_role(const struct app *app, enum command_id id);
/* Can it be done to that incident (NULL: none) now? When not, *why (may be NULL) says it in a few
 * words (translated). */
bool command_allowed(
	const struct app *app, enum command_id id, const struct incident *inc, const char **why);
/* The same for the selected incident. */
bool command_enabled(const struct app *app, enum command_id id, const char **why);

/* A word that could stand where the cursor of the command line is. */
#define CANDIDATE_SIZE 64
struct candidate {
	char text[CANDIDATE_SIZE]; /* the whole word */
	char help[120];            /* translated */
};

/* What could complete the last word of a command line; returns how many were put into out. */
size_t command_complete(const struct app *app, const char *line, struct candidate *out, size_t max);

#endif
