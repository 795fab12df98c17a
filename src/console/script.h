/*
 * Scripts: keys and commands from a file against a fixed clock and a feed inside the process. With
 * one, the console touches no terminal, no network but a class that it joins, no cache and starts
 * nothing; the same script makes the same bytes.
 */
#ifndef SIAGA_CONSOLE_SCRIPT_H
#define SIAGA_CONSOLE_SCRIPT_H

#include <siaga/base/err.h>
#include <siaga/model/event.h>

#include "options.h"

enum script_verb {
	SCRIPT_AHEAD,      /* keys, and no frame is drawn between them */
	SCRIPT_AS,         /* who, command, text: somebody else does something */
	SCRIPT_BELLS,      /* number: how often it rang so far */
	SCRIPT_DESK,       /* who, flag: the agency's desk comes or goes */
	SCRIPT_DUMP,       /* text: where to, flag: with roles */
	SCRIPT_EVENT,      /* event */
	SCRIPT_EXPECT,     /* text is on the screen */
	SCRIPT_EXPECT_NOT, /* text is not */
	SCRIPT_KEYS,
	SCRIPT_LINK, /* flag: up */
	SCRIPT_PASTE,
	SCRIPT_PRINT, /* text, to standard output */
	SCRIPT_RAISE, /* text: the intake's JSON */
	SCRIPT_SEEK,  /* ms: since the start */
	SCRIPT_SIZE,
	SCRIPT_WAIT, /* ms: until when, since the start */
	SCRIPT_VERB_COUNT
};

struct script_step {
	enum script_verb verb;
	int line;
	char *text;     /* owned */
	uint32_t *keys; /* owned */
	size_t keys_len;
	int64_t ms, number; /* number: as: of the incident */
	int cols, rows;
	bool flag; /* wait: from when it is reached, not from the start */
	char who[WHO_SIZE];
	struct event event;     /* owned */
	struct command command; /* as: what of it the words say; owned */
	int64_t other_number;   /* as: merge into */
};

struct script {
	const char *name; /* of the file; the caller's */
	struct script_step *steps;
	size_t len;
	/* Who sits at the console, and how real it is. */
	enum role role;
	char agency[AGENCY_ID_SIZE];
	enum mode mode;
	int role_line; /* 0: not said */
};

/* Reads the whole of it; nothing runs when a line is wrong. Errors begin with "NAME:LINE: ". */
bool script_parse(
	struct script *script, const char *name, const char *text, size_t len, struct err *err);
void script_finish(struct script *script); /* zero is fine */

/* Reads opt->script and runs it. Returns the exit code; *err says why where it is not 0. */
int script_run(const struct options *opt, struct err *err);

#endif
