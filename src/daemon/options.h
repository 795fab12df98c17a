/* The command line of siagad: one table, which --help and the manual's lint share. */
#ifndef SIAGA_DAEMON_OPTIONS_H
#define SIAGA_DAEMON_OPTIONS_H

#include <stdbool.h>

#include <siaga/base/err.h>

enum daemon_option {
	DAEMON_AGENCY,
	DAEMON_DATA,
	DAEMON_HELP,
	DAEMON_LISTEN,
	DAEMON_MODE,
	DAEMON_ROLE,
	DAEMON_VERSION,
	DAEMON_OPTION_COUNT
};

struct daemon_options {
	/* What was said, by enum daemon_option; "" for one that takes nothing, NULL: not said. */
	const char *given[DAEMON_OPTION_COUNT];
	char **words; /* what is no option: a command and what belongs to it */
	int words_len;
};

/* Options may stand before, between or behind the words. The texts stay argv's. */
bool daemon_options_parse(struct daemon_options *opt, int argc, char **argv, struct err *err);
/* One line for each option, on standard output. */
void daemon_options_print(void);

#endif
