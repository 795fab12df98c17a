/* The command line of siagad: one table, which --help and the manual's lint share. */
#ifndef SIAGA_DAEMON_OPTIONS_H
#define SIAGA_DAEMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>

enum daemon_option {
	DAEMON_AGENCY,
	DAEMON_CHECK_CONFIG,
	DAEMON_CLIENT,
	DAEMON_CONFIG,
	DAEMON_DATA,
	DAEMON_DAYS,
	DAEMON_DRY_RUN,
	DAEMON_EXPECT,
	DAEMON_HELP,
	DAEMON_HOST,
	DAEMON_INCIDENT,
	DAEMON_LIST_OPTIONS,
	DAEMON_LISTEN,
	DAEMON_MODE,
	DAEMON_OLDER_THAN,
	DAEMON_OUT,
	DAEMON_ROLE,
	DAEMON_SCENARIO,
	DAEMON_SINCE,
	DAEMON_USER,
	DAEMON_VERSION,
	DAEMON_OPTION_COUNT
};

#define DAEMON_SAID_MAX 128

struct daemon_said {
	enum daemon_option option;
	const char *value;
};

struct daemon_settings;

/* What came of reading siagad.conf. */
struct daemon_config {
	const char *path;
	int found;                   /* as daemon_settings_read() says it */
	struct buf errors, warnings; /* a line each */
};

struct daemon_options {
	/* What was said, by enum daemon_option; "" for one that takes nothing, NULL: not said. */
	const char *given[DAEMON_OPTION_COUNT];
	struct daemon_said said[DAEMON_SAID_MAX]; /* all of it, in order */
	size_t said_len;
	const struct daemon_settings
		*settings; /* what is configured; NULL where nothing was read */
	struct daemon_config config;
	char **words; /* what is no option: a command and what belongs to it */
	int words_len;
};

/* Options may stand before, between or behind the words. The texts stay argv's. */
bool daemon_options_parse(struct daemon_options *opt, int argc, char **argv, struct err *err);
/* Says it for who did not. False: there is no option of that name. The text must outlive opt. */
bool daemon_options_fill(struct daemon_options *opt, const char *name, const char *value);
/* One line for each option, on standard output. */
void daemon_options_print(void);

#endif
