/* The command line of siaga: one table, which --help, the completions and the manual's lint share.
 */
#ifndef SIAGA_CONSOLE_OPTIONS_H
#define SIAGA_CONSOLE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/app/config.h>
#include <siaga/base/err.h>
#include <siaga/net/tls.h>

enum option_id {
	OPTION_FEED,
	OPTION_TOKEN_FILE,
	OPTION_CA,
	OPTION_CERTIFICATE,
	OPTION_KEY,
	OPTION_OFFLINE,
	OPTION_DEMO,
	OPTION_PLAIN,
	OPTION_SCRIPT,
	OPTION_SIZE,
	OPTION_SCENARIO,
	OPTION_SEED,
	OPTION_SCORE,
	OPTION_SPEED,
	OPTION_SEEK,
	OPTION_WATCH,
	OPTION_TRAINEE,
	OPTION_LISTEN,
	OPTION_TRAINER_TOKEN,
	OPTION_CLASS,
	OPTION_JOIN,
	OPTION_FROM,
	OPTION_TO,
	OPTION_RADIUS,
	OPTION_PLACES,
	OPTION_REGISTRY,
	OPTION_JSON,
	OPTION_CSV,
	OPTION_STATE,
	OPTION_POSITION,
	OPTION_READONLY,
	OPTION_LANGUAGE,
	OPTION_THEME,
	OPTION_ASCII,
	OPTION_NO_COLOR,
	OPTION_MOUSE,
	OPTION_CONFIG,
	OPTION_CHECK_CONFIG,
	OPTION_LIST_COMMANDS,
	OPTION_LIST_KEYS,
	OPTION_LIST_OPTIONS,
	OPTION_LIST_ROLES,
	OPTION_COMPLETION,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT
};

/* What may be done instead of running the console: a word beside the options. */
enum option_command {
	OPTION_COMMAND_COVERAGE,
	OPTION_COMMAND_DOCTOR,
	OPTION_COMMAND_RECORD,
	OPTION_COMMAND_REPLAY,
	OPTION_COMMAND_SCENARIO,
	OPTION_COMMAND_SCORE,
	OPTION_COMMAND_COUNT
};

struct option_command_row {
	const char *name;
	const char *words;     /* what stands behind it, as --help shows it; "" for nothing */
	int least, most;       /* words behind it; most -1: any number */
	unsigned long options; /* those that go with it only, OPTION_BIT() */
	const char *help;      /* one line, translated where it is used */
};

#define OPTION_BIT(id) (1UL << (id))

/* What may stand behind an option, for the shells. */
enum option_words {
	OPTION_WORDS_NONE, /* it takes nothing, or nothing that can be guessed */
	OPTION_WORDS_DIR,
	OPTION_WORDS_FILE,
	OPTION_WORDS_LANGUAGE,
	OPTION_WORDS_SHELL,
	OPTION_WORDS_THEME
};

struct option_row {
	const char *name; /* without the dashes */
	char letter;      /* 0: none */
	const char *arg;  /* what it takes, as --help shows it; NULL: nothing */
	enum option_words words;
	const char *section, *key; /* of the option of the configuration that it sets, or NULL */
	const char *value;         /* and to what, where it takes nothing */
	bool ends;                 /* does something else than to run the console */
	const char *help;          /* one line, translated where it is used */
};

struct options {
	const char *given[OPTION_COUNT]; /* what was said, by enum option_id; NULL: nothing */
	enum option_id action;           /* one that ends, or OPTION_COUNT: run */
	enum option_command command;     /* or OPTION_COMMAND_COUNT: none was said */
	char **words;                    /* behind the command; the caller's argv */
	int words_len;
	struct config config; /* files, then the command line */
	/* What of it is asked for most; NULL where it is empty. */
	const char *feed, *token_file, *state, *position, *theme;
	bool offline, demo, ascii, plain;
	const char *script;             /* runs this file instead of taking a terminal */
	const char *scenario;           /* with it; NULL: the demo's */
	int cols, rows;                 /* with it */
	uint64_t seed;                  /* of chance in a scenario; 1 where it was not said */
	int64_t speed_percent, seek_ms; /* of a replay: 100 is as it was; 0 */
	char warning[ERR_TEXT_MAX];     /* about the files, to be shown to the operator */
};

/* In the order of enum option_id. */
const struct option_row *options_rows(void);
/* In the order of enum option_command. */
const struct option_command_row *options_commands(void);
void options_print_help(void);
/* "120x40"; false when it is not a size that a terminal can have. */
bool options_size(const char *text, int *cols, int *rows);
/* The command line alone: what was said, and what is to be done. */
bool options_parse(struct options *opt, int argc, char **argv, struct err *err);
/* Puts what was said over opt->config, which the files have filled. */
bool options_apply(struct options *opt, struct err *err);
/* Whom the link trusts over TLS; it borrows from opt. */
struct tls_trust options_trust(const struct options *opt);
/* Do they make sense together? */
bool options_check(const struct options *opt, struct err *err);

#endif
