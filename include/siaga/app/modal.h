/* What lies over the panes and takes the keys: prompts, menus, the strip of an armed dispatch. */
#ifndef SIAGA_APP_MODAL_H
#define SIAGA_APP_MODAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/app/commands.h>
#include <siaga/base/uuid.h>
#include <siaga/model/registry.h>

#define APP_TEXT_MAX  400 /* bytes of what is typed in a prompt */
#define APP_MARKS_MAX 32  /* incidents that one group action takes */

enum modal_type {
	MODAL_NONE,
	MODAL_HELP,
	MODAL_PAGE,        /* app.page, to be scrolled */
	MODAL_CLASS,       /* who is trained: one is chosen */
	MODAL_LETTER,      /* `d` was pressed: an agency's letter is awaited */
	MODAL_ARM,         /* the strip: y sends, Esc cancels, Enter does nothing */
	MODAL_RECALL,      /* the strip for taking a dispatch back */
	MODAL_JOIN,        /* the strip for merging into the suggested duplicate */
	MODAL_GROUP,       /* the strip for what is done to all marked incidents */
	MODAL_METHOD,      /* how was it verified? a menu of letters */
	MODAL_REASON,      /* why is it false? a menu of letters */
	MODAL_DISPOSITION, /* how did it end? a menu of letters */
	MODAL_KIND,        /* what is it? a menu of letters */
	MODAL_PRIORITY,    /* a menu of letters */
	MODAL_HOLD,        /* for how long? a menu of letters */
	MODAL_NOTE,        /* text */
	MODAL_CAUSE,       /* text: why the desk declines, why a claim is taken over */
	MODAL_MERGE,       /* text: the number of the incident it belongs to */
	MODAL_FILTER,      /* text: live filter of the queue */
	MODAL_LINE,        /* text: the `:` command line */
	MODAL_RESEND,      /* the outbox holds something old: y sends, d drops */
	MODAL_COUNT
};

struct app_menu_item {
	char letter, home; /* the mnemonic one, and one on the home row; 0: none */
	int value;         /* of the modal's enumeration */
	const char *text;  /* translated where it is used */
};

/* An incident as the operator saw it when the prompt opened. */
struct target {
	char incident[UUID_SIZE];
	int64_t number, rev;
};

struct modal {
	enum modal_type type;
	enum command_id command; /* that opened it */
	/* What it is about, never the row under the cursor later. More than one: the marked. */
	struct target targets[APP_MARKS_MAX];
	size_t targets_len;
	char agencies[PLAN_AGENCIES_MAX][AGENCY_ID_SIZE]; /* arm, method: who is asked to go */
	size_t agencies_len;
	bool take;          /* arm: the incident is new; sending takes it */
	enum method method; /* arm: sending verifies it by this; METHOD_NONE: it does not */
	char camera[CAMERA_ID_SIZE]; /* by which; in the menu: the one that was typed, or "" */
	char into[UUID_SIZE];        /* join: the suggested incident */
	int64_t into_number;
	int64_t opened_ms; /* mono */
	int64_t drawn_ms;  /* mono */
	bool drawn;        /* keys typed before the strip was seen are dropped */
	char text[APP_TEXT_MAX];
	size_t text_len;
	char before[APP_TEXT_MAX]; /* filter: what Esc goes back to */
	bool typing;               /* help: its filter is being typed */
	int scroll;                /* help, page; class: who is chosen */
	int history;               /* line: 0 is what is typed, 1 the last one, ... */
	int candidate;             /* line: Tab goes round; -1: not yet */
	char stem[APP_TEXT_MAX];   /* line: what Tab started from */
	char resend[UUID_SIZE];    /* resend: id of the outbox item */
	int arrived;               /* incidents raised while the order was frozen */
};

/* Text is typed into it. */
bool modal_is_text(enum modal_type type);
/* Does the key leave a page for the command line? */
bool modal_makes_room(const struct app *app, uint32_t key);
/* It is looked at, and asks nothing: help, a page, the class. */
bool modal_is_page(enum modal_type type);
/* It is a strip: y does it, Esc does not, and it expires. */
bool modal_is_strip(enum modal_type type);

#endif
