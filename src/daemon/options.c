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
	[DAEMON_CHECK_CONFIG] = {"check-config", NULL, "say what is wrong in the configuration"},
	[DAEMON_CLIENT] = {"client", "NAME", "a client's certificate; may be said again"},
	[DAEMON_CONFIG] = {"config", "FILE", "read this file, not the system's siagad.conf"},
	[DAEMON_DATA] = {"data", "DIR", "where log and tokens are kept"},
	[DAEMON_DAYS] = {"days", "N", "how long test certificates are good, 90"},
	[DAEMON_DRY_RUN] = {"dry-run", NULL, "purge: only say what it would find"},
	[DAEMON_EXPECT] = {"expect", "SEQ:HASH", "what check has printed as the head before"},
	[DAEMON_HELP] = {"help", NULL, "this text"},
	[DAEMON_HOST] = {"host", "NAME", "a name or address of the server; may be said again"},
	[DAEMON_INCIDENT] = {"incident", "NUMBER", "who: of one incident"},
	[DAEMON_LIST_OPTIONS] = {"list-options", NULL, "print what can be configured"},
	[DAEMON_LISTEN] = {"listen", "ADDR:PORT",
		"address to listen on; port 0 picks one; other than loopback only with TLS"},
	[DAEMON_MODE] = {"mode", "MODE", "actual (default), exercise or test"},
	[DAEMON_OLDER_THAN] = {"older-than", "TIME",
		"purge: since when it must have ended, such as 90d"},
	[DAEMON_OUT] = {"out", "DIR", "where test certificates are written"},
	[DAEMON_ROLE] = {"role", "ROLE",
		"intake, operator, supervisor, observer, agency or trainer"},
	[DAEMON_SCENARIO] = {"scenario", NULL,
		"export: what happened, as a training without persons"},
	[DAEMON_SINCE] = {"since", "TIME", "who: from then on; RFC 3339, or so long ago: 8h, 7d"},
	[DAEMON_USER] = {"user", "NAME",
		"whom root becomes; else the owner of DIR, siaga or nobody"},
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
		const char *value = optarg != NULL ? optarg : "";
		if (opt->said_len == DAEMON_SAID_MAX) {
			return err_set(err, "more than %d options", DAEMON_SAID_MAX);
		}
		opt->said[opt->said_len++] =
			(struct daemon_said){(enum daemon_option)(c - FIRST_VALUE), value};
		opt->given[c - FIRST_VALUE] = value;
	}
	opt->words = argv + optind;
	opt->words_len = argc - optind;
	return true;
}

bool daemon_options_fill(struct daemon_options *opt, const char *name, const char *value) {
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			opt->given[i] = opt->given[i] != NULL ? opt->given[i] : value;
			return true;
		}
	}
	return false;
}

void daemon_options_print(void) {
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char left[48];
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
			rows[i].arg != NULL ? " " : "", rows[i].arg != NULL ? rows[i].arg : "");
		printf("  %-19s %s\n", left, rows[i].help);
	}
}
