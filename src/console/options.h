/* The command line of siaga. */
#ifndef SIAGA_CONSOLE_OPTIONS_H
#define SIAGA_CONSOLE_OPTIONS_H

#include <stdbool.h>

#include <siaga/base/err.h>

enum options_verdict {
	OPTIONS_RUN,
	OPTIONS_EXIT_OK,   /* --help or --version was answered */
	OPTIONS_EXIT_USAGE /* a message is in err */
};

struct options {
	const char *feed;
	const char *token_file;
	const char *state;    /* NULL: XDG */
	const char *position; /* which desk this is; "" when not said */
	const char *theme;
	bool offline, demo, ascii;
	const char *script;   /* runs this file instead of taking a terminal */
	const char *scenario; /* with it; NULL: the demo's */
	int cols, rows;       /* with it */
};

/* "120x40"; false when it is not a size that a terminal can have. */
bool options_size(const char *text, int *cols, int *rows);
enum options_verdict options_parse(struct options *opt, int argc, char **argv, struct err *err);

#endif
