#include "options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/macros.h>

#define FIRST_VALUE 256 /* above any letter */

struct option_row {
	const char *name; /* without the dashes */
	const char *arg;  /* what it takes; NULL: nothing */
	const char *help;
};

static const struct option_row rows[] = {
	[DAEMON_AGENCY] = {"agency", "ID", "the agency of a token with the role agency"},
	[DAEMON_DATA] = {"data", "DIR", "where log and tokens are kept"},
	[DAEMON_HELP] = {"help", NULL, "this text"},
	[DAEMON_LISTEN] = {"listen", "ADDR:PORT",
		"loopback address to listen on; port 0 picks one"},
	[DAEMON_MODE] = {"mode", "MODE", "actual (default), exercise or test"},
	[DAEMON_ROLE] = {"role", "ROLE",
		"intake, operator, supervisor, observer, agency or trainer"},
	[DAEMON_VERSION] = {"version", NULL, "the version"},
};
static_assert(ARRAY_LEN(rows) == DAEMON_OPTION_COUNT, "a row for every option");

bool daemon_options_parse(struct daemon_options *opt, int argc, char **argv, struct err *err) {
	struct option longs[DAEMON_OPTION_COUNT + 1] = {{0}};
	int c;
	memset(opt, 0, sizeof(*opt));
	for (int i = 0; i < DAEMON_OPTION_COUNT; i++) {
		longs[i] = (struct option){.name = rows[i].name,
			.has_arg = rows[i].arg != NULL ? required_argument : no_argument,
			.val = FIRST_VALUE + i};
	}
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c < FIRST_VALUE) {
			return err_set(err, "unknown option, or one without its value");
		}
		opt->given[c - FIRST_VALUE] = optarg != NULL ? optarg : "";
	}
	opt->words = argv + optind;
	opt->words_len = argc - optind;
	return true;
}

void daemon_options_print(void) {
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char left[48];
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
			rows[i].arg != NULL ? " " : "", rows[i].arg != NULL ? rows[i].arg : "");
		printf("  %-19s %s\n", left, rows[i].help);
	}
}
