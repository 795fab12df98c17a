#include "options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/app/training.h>
#include <siaga/base/duration.h>

#include "config_load.h"
#include "token_file.h"

#define LONG_BASE   256 /* getopt_long's values: above the letters */
#define HELP_COLUMN 24

#define COLS_MAX    500
#define ROWS_MAX    200

static const struct option_row table[] = {
	[OPTION_FEED] = {.name = "feed",
		.arg = "URL",
		.section = "feed",
		.key = "url",
		.help = N_("the feed, such as ws://127.0.0.1:7112/v1/feed")},
	[OPTION_TOKEN_FILE] = {.name = "token-file",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.section = "feed",
		.key = "token_file",
		.help = N_("file that holds the token, readable by you only")},
	[OPTION_CA] = {.name = "ca",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.section = "feed",
		.key = "ca",
		.help = N_("the CA of the feed's certificate; no other is trusted")},
	[OPTION_CERTIFICATE] = {.name = "certificate",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.section = "feed",
		.key = "certificate",
		.help = N_("this console's own certificate, where the feed asks for one")},
	[OPTION_KEY] = {.name = "key",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.section = "feed",
		.key = "key",
		.help = N_("the key of it, readable by you only")},
	[OPTION_OFFLINE] = {.name = "offline",
		.help = N_("read what is cached; no feed, nothing can be sent")},
	[OPTION_DEMO] = {.name = "demo",
		.help = N_("a private feed with the city of Solo and a scenario")},
	[OPTION_PLAIN] = {.name = "plain",
		.help = N_(
			"lines instead of a screen: typed commands, for screen readers and pipes")},
	[OPTION_SCRIPT] = {.name = "script",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.help = N_("run keys and commands from a file, without terminal or feed")},
	[OPTION_SIZE] = {.name = "size",
		.arg = "WxH",
		.help = N_("columns and rows of a script's screen, 80x24")},
	[OPTION_SCENARIO] = {.name = "scenario",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.help = N_("what happens while a script runs; else that of the demo")},
	[OPTION_SEED] = {.name = "seed",
		.arg = "NUMBER",
		.help = N_("what chance in a scenario makes of it; the same number, the same run")},
	[OPTION_SCORE] = {.name = "score",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.help = N_("where a replay's score goes: text, and JSON beside it")},
	[OPTION_SPEED] = {.name = "speed",
		.arg = "NUMBER",
		.help = N_("how fast a replay begins, 0.25 to 64")},
	[OPTION_SEEK] = {.name = "seek",
		.arg = "TIME",
		.help = N_("where a replay begins, such as 12:30")},
	[OPTION_WATCH] = {.name = "watch",
		.help = N_("see a recording as it was: what was done is done again")},
	[OPTION_TRAINEE] = {.name = "trainee",
		.arg = "NAME",
		.help = N_("who is trained, for the score")},
	[OPTION_LISTEN] = {.name = "listen",
		.arg = "ADDRESS",
		.help = N_("where a trainer's console reaches a replay, such as 127.0.0.1:7113")},
	[OPTION_TRAINER_TOKEN] = {.name = "trainer-token",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.help = N_("file of the trainer's token; made where there is none")},
	[OPTION_CLASS] = {.name = "class",
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.help = N_("keep a class, whose trainees join; file of their token")},
	[OPTION_JOIN] = {.name = "join",
		.arg = "URL",
		.help = N_("be trained in a class, such as ws://127.0.0.1:7113/v1/feed")},
	[OPTION_FROM] = {.name = "from",
		.arg = "TIME",
		.help = N_("count what was received from then on, such as \"2026-01-31 15:00\"")},
	[OPTION_TO] = {.name = "to",
		.arg = "TIME",
		.help = N_("count what was received before then")},
	[OPTION_RADIUS] = {.name = "radius",
		.arg = "METRES",
		.help = N_("how near a camera has to be to see something, 250")},
	[OPTION_PLACES] = {.name = "places",
		.arg = "NUMBER",
		.help = N_("for how many more cameras a place is looked for, 10")},
	[OPTION_REGISTRY] = {.name = "registry",
		.arg = "DIR",
		.words = OPTION_WORDS_DIR,
		.help = N_("cameras and map from this folder, not those that are kept")},
	[OPTION_JSON] = {.name = "json", .help = N_("print the coverage as JSON")},
	[OPTION_CSV] = {.name = "csv", .help = N_("print its cells as CSV")},
	[OPTION_STATE] = {.name = "state",
		.arg = "DIR",
		.words = OPTION_WORDS_DIR,
		.section = "console",
		.key = "state",
		.help = N_("where the cache is kept")},
	[OPTION_POSITION] = {.name = "position",
		.arg = "NAME",
		.section = "console",
		.key = "position",
		.help = N_("which desk this is, shown with your name")},
	[OPTION_READONLY] = {.name = "readonly",
		.section = "console",
		.key = "readonly",
		.value = "yes",
		.help = N_("look only; whatever sends something is refused")},
	[OPTION_LANGUAGE] = {.name = "language",
		.arg = "NAME",
		.words = OPTION_WORDS_LANGUAGE,
		.section = "console",
		.key = "language",
		.help = N_("en, id, or auto: what the locale says")},
	[OPTION_THEME] = {.name = "theme",
		.arg = "NAME",
		.words = OPTION_WORDS_THEME,
		.section = "console",
		.key = "theme",
		.help = N_("the colours, such as siaga-light or mono")},
	[OPTION_ASCII] = {.name = "ascii",
		.section = "console",
		.key = "ascii",
		.value = "yes",
		.help = N_("draw with ASCII only")},
	[OPTION_NO_COLOR] = {.name = "no-color",
		.section = "console",
		.key = "color",
		.value = "no",
		.help = N_("draw with bold and reverse only")},
	[OPTION_MOUSE] = {.name = "mouse",
		.section = "console",
		.key = "mouse",
		.value = "yes",
		.help = N_("select and scroll with the mouse")},
	[OPTION_CONFIG] = {.name = "config",
		.letter = 'c',
		.arg = "FILE",
		.words = OPTION_WORDS_FILE,
		.help = N_("read this file, and no other, for what is configured")},
	[OPTION_CHECK_CONFIG] = {.name = "check-config",
		.letter = 'C',
		.ends = true,
		.help = N_("say what is wrong in the configuration, and exit")},
	[OPTION_LIST_COMMANDS] = {.name = "list-commands",
		.ends = true,
		.help = N_("print the commands, a line each with tabs")},
	[OPTION_LIST_KEYS] = {.name = "list-keys",
		.ends = true,
		.help = N_("print the keys as they are configured")},
	[OPTION_LIST_OPTIONS] = {.name = "list-options",
		.ends = true,
		.help = N_("print what can be configured")},
	[OPTION_LIST_ROLES] = {.name = "list-roles",
		.ends = true,
		.help = N_("print the roles that a theme colours")},
	[OPTION_COMPLETION] = {.name = "completion",
		.arg = "SHELL",
		.words = OPTION_WORDS_SHELL,
		.ends = true,
		.help = N_("print the completion for bash, zsh or fish")},
	[OPTION_HELP] = {.name = "help", .letter = 'h', .ends = true, .help = N_("this text")},
	[OPTION_VERSION] = {.name = "version",
		.letter = 'V',
		.ends = true,
		.help = N_("the version")},
};
static_assert(ARRAY_LEN(table) == OPTION_COUNT, "describe every option");

static const struct option_command_row commands[] = {
	[OPTION_COMMAND_COVERAGE] = {.name = "coverage",
		.words = "",
		.options = OPTION_BIT(OPTION_FROM) | OPTION_BIT(OPTION_TO) |
			   OPTION_BIT(OPTION_RADIUS) | OPTION_BIT(OPTION_PLACES) |
			   OPTION_BIT(OPTION_REGISTRY) | OPTION_BIT(OPTION_JSON) |
			   OPTION_BIT(OPTION_CSV),
		.help = N_("which alarms a working camera was near to, and where the next would "
			   "see the most")},
	[OPTION_COMMAND_DOCTOR] = {.name = "doctor",
		.words = "",
		.help = N_("look over configuration, terminal, cache and link: what is to be "
			   "done")},
	[OPTION_COMMAND_RECORD] = {.name = "record",
		.words = "FROM TO",
		.least = 2,
		.most = 2,
		.help = N_("make a scenario of what this console has kept; persons are masked")},
	[OPTION_COMMAND_REPLAY] = {.name = "replay",
		.words = "FILE",
		.least = 0,
		.most = 1,
		.options = OPTION_BIT(OPTION_SEED) | OPTION_BIT(OPTION_SCORE) |
			   OPTION_BIT(OPTION_SPEED) | OPTION_BIT(OPTION_SEEK) |
			   OPTION_BIT(OPTION_WATCH) | OPTION_BIT(OPTION_TRAINEE) |
			   OPTION_BIT(OPTION_LISTEN) | OPTION_BIT(OPTION_TRAINER_TOKEN) |
			   OPTION_BIT(OPTION_CLASS) | OPTION_BIT(OPTION_JOIN),
		.help = N_("train with a scenario, or look at a recording; no feed is asked")},
	[OPTION_COMMAND_SCENARIO] = {.name = "scenario",
		.words = "check FILE...",
		.least = 2,
		.most = -1,
		.options = OPTION_BIT(OPTION_SEED),
		.help = N_("say what is wrong with scenarios, and what they are worth")},
	[OPTION_COMMAND_SCORE] = {.name = "score",
		.words = "FILE.json...",
		.least = 1,
		.most = -1,
		.help = N_("put scores side by side")},
};
static_assert(ARRAY_LEN(commands) == OPTION_COMMAND_COUNT, "describe every command");

const struct option_row *options_rows(void) {
	return table;
}

const struct option_command_row *options_commands(void) {
	return commands;
}

void options_print_help(void) {
	fputs(_("Usage: siaga --feed URL --token-file FILE [options]\n"
		"       siaga --offline [--state DIR]\n"
		"       siaga --demo\n"
		"       siaga --plain [options]\n"
		"       siaga --script FILE [--size WxH] [--scenario FILE]\n"
		"       siaga coverage [--radius METRES] [--from TIME] [--to TIME] [options]\n"
		"       siaga doctor [options]\n"
		"       siaga record FROM TO [--state DIR]\n"
		"       siaga replay FILE [--script KEYS] [--score FILE] [options]\n"
		"       siaga replay --join URL --token-file FILE [options]\n"
		"       siaga scenario check FILE...\n"
		"       siaga score FILE.json...\n"
		"\n"
		"The operator's console of the alarm feed, full screen.\n"
		"\n"),
		stdout);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		char form[40];
		snprintf(form, sizeof(form), "%s %s", commands[i].name, commands[i].words);
		printf("  %-*s%s\n", HELP_COLUMN - 2, form, _(commands[i].help));
	}
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int used = table[i].letter != 0
				   ? printf("  -%c, --%s", table[i].letter, table[i].name)
				   : printf("  --%s", table[i].name);
		used += table[i].arg != NULL ? printf(" %s", table[i].arg) : 0;
		printf("%*s%s\n", used < HELP_COLUMN - 1 ? HELP_COLUMN - used : 1, "",
			_(table[i].help));
	}
	fputs(_("\nInside, ? lists the keys and :quit leaves. See siaga(1), siaga.conf(5).\n"),
		stdout);
}

static bool usage(struct err *err, const char *text) {
	return err_set(err, _("%s; siaga --help lists the options"), text);
}

/* getopt's own two descriptions of the table. */
static void describe(struct option longs[OPTION_COUNT + 1], char letters[2 * OPTION_COUNT + 1]) {
	size_t len = 0;
	memset(longs, 0, sizeof(*longs) * (OPTION_COUNT + 1));
	for (int i = 0; i < OPTION_COUNT; i++) {
		longs[i].name = table[i].name;
		longs[i].has_arg = table[i].arg != NULL ? required_argument : no_argument;
		longs[i].val = LONG_BASE + i;
		if (table[i].letter != 0) {
			letters[len++] = table[i].letter;
			if (table[i].arg != NULL) {
				letters[len++] = ':';
			}
		}
	}
	letters[len] = '\0';
}

static int row_of(int c) {
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (c == LONG_BASE + i || (table[i].letter != 0 && c == table[i].letter)) {
			return i;
		}
	}
	return -1;
}

/* What is no option: nothing, or one command and its words. */
static bool find_command(struct options *opt, int len, char **words, struct err *err) {
	for (int i = 0; i < OPTION_COMMAND_COUNT && len > 0; i++) {
		if (strcmp(words[0], commands[i].name) == 0) {
			opt->command = (enum option_command)i;
			opt->words = words + 1;
			opt->words_len = len - 1;
			break;
		}
	}
	if (opt->command == OPTION_COMMAND_COUNT) {
		return len == 0 ||
		       err_set(err, _("%s: not an option; siaga --help lists them"), words[0]);
	}
	const struct option_command_row *row = &commands[opt->command];
	if (opt->words_len < row->least) {
		return err_set(err, _("%s: say siaga %s %s"), row->name, row->name, row->words);
	}
	if (row->most >= 0 && opt->words_len > row->most) {
		return err_set(err, _("%s: not an option; siaga --help lists them"),
			opt->words[row->most]);
	}
	return true;
}

/* The first command that an option goes with. */
static enum option_command command_of(enum option_id id) {
	int command = 0;
	while (command < OPTION_COMMAND_COUNT - 1 &&
		(commands[command].options & OPTION_BIT(id)) == 0) {
		command++;
	}
	return (enum option_command)command;
}

/* Options that go with some command only. */
static bool check_command(const struct options *opt, struct err *err) {
	unsigned long some = 0, own = 0;
	for (int i = 0; i < OPTION_COMMAND_COUNT; i++) {
		some |= commands[i].options;
		own |= (int)opt->command == i ? commands[i].options : 0;
	}
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (opt->given[i] != NULL && (some & ~own & OPTION_BIT(i)) != 0) {
			return err_set(err,
				_("--%s goes with siaga %s; siaga --help lists the options"),
				table[i].name, commands[command_of((enum option_id)i)].name);
		}
	}
	return true;
}

static bool read_seed(struct options *opt, struct err *err) {
	const char *text = opt->given[OPTION_SEED];
	opt->seed = 1;
	if (text == NULL) {
		return true;
	}
	if (text[0] == '\0' || strlen(text) > 18 || text[strspn(text, "0123456789")] != '\0') {
		return err_set(err, _("--seed: a whole number of at most 18 digits"));
	}
	opt->seed = strtoull(text, NULL, 10);
	return true;
}

static bool read_speed(struct options *opt, struct err *err) {
	const char *text = opt->given[OPTION_SPEED];
	opt->speed_percent = 100;
	return text == NULL || speed_parse(text, &opt->speed_percent) ||
	       err_set(err, _("--speed: 0.25, 0.5, 1, 2, 4, 8, 16, 32 or 64"));
}

static bool read_seek(struct options *opt, struct err *err) {
	const char *text = opt->given[OPTION_SEEK];
	return text == NULL || duration_parse_clock(text, &opt->seek_ms) ||
	       err_set(err, _("--seek: minutes:seconds, such as 12:30"));
}

bool options_parse(struct options *opt, int argc, char **argv, struct err *err) {
	struct option longs[OPTION_COUNT + 1];
	char letters[2 * OPTION_COUNT + 1];
	int c;
	memset(opt, 0, sizeof(*opt));
	opt->action = OPTION_COUNT;
	opt->command = OPTION_COMMAND_COUNT;
	describe(longs, letters);
	for (int i = 1; i < argc; i++) {
		/* Before anything is said about it: what is said may be kept. */
		if (token_file_is_in(argv[i])) {
			return err_set(err,
				_("a token on the command line is seen by all; put it into a file "
				  "for --token-file"));
		}
	}
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		int row = row_of(c);
		if (row < 0) {
			return err_set(err,
				_("%s: unknown, or without its value; siaga --help lists the "
				  "options"),
				argv[optind - 1]);
		}
		opt->given[row] = table[row].arg != NULL ? optarg : "";
		if (table[row].ends) {
			opt->action = (enum option_id)row;
		}
	}
	if (!find_command(opt, argc - optind, argv + optind, err)) {
		return false;
	}
	if (!check_command(opt, err) || !read_seed(opt, err) || !read_speed(opt, err) ||
		!read_seek(opt, err)) {
		return false;
	}
	opt->offline = opt->given[OPTION_OFFLINE] != NULL;
	opt->demo = opt->given[OPTION_DEMO] != NULL;
	opt->plain = opt->given[OPTION_PLAIN] != NULL;
	opt->script = opt->given[OPTION_SCRIPT];
	opt->scenario = opt->given[OPTION_SCENARIO];
	opt->cols = 80;
	opt->rows = 24;
	if (opt->given[OPTION_SIZE] != NULL &&
		!options_size(opt->given[OPTION_SIZE], &opt->cols, &opt->rows)) {
		return usage(err, _("--size: columns and rows, such as 120x40"));
	}
	return true;
}

static const char *or_null(const char *text) {
	return text[0] != '\0' ? text : NULL;
}

bool options_apply(struct options *opt, struct err *err) {
	struct config *cfg = &opt->config;
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &table[i];
		if (opt->given[i] == NULL || row->section == NULL) {
			continue;
		}
		const struct setting *option = config_option_find(row->section, row->key);
		const char *value = row->arg != NULL ? opt->given[i] : row->value;
		if (!config_set(cfg, option, value, err) ||
			!config_check_value(option, value, err)) {
			return err_prefix(err, "--%s", row->name);
		}
	}
	bool alone = opt->offline || opt->demo || opt->script != NULL ||
		     opt->command == OPTION_COMMAND_COVERAGE ||
		     opt->command == OPTION_COMMAND_RECORD || opt->command == OPTION_COMMAND_REPLAY;
	opt->feed = alone ? NULL : or_null(cfg->feed_url);
	opt->token_file = or_null(cfg->token_file);
	opt->state = or_null(cfg->state);
	opt->position = cfg->position;
	opt->theme = cfg->color ? cfg->theme : "mono";
	opt->ascii = cfg->ascii;
	return true;
}

struct tls_trust options_trust(const struct options *opt) {
	const struct config *cfg = &opt->config;
	return (struct tls_trust){cfg->ca, cfg->certificate, cfg->key};
}

bool options_size(const char *text, int *cols, int *rows) {
	int used = 0;
	return text[0] >= '1' && text[0] <= '9' &&
	       sscanf(text, "%3dx%3d%n", cols, rows, &used) == 2 && text[used] == '\0' &&
	       *rows > 0 && *cols <= COLS_MAX && *rows <= ROWS_MAX;
}

/* What is played, and how, is the class's. */
static bool check_join(const struct options *opt, struct err *err) {
	static const enum option_id others[] = {OPTION_SEED, OPTION_SPEED, OPTION_SEEK,
		OPTION_WATCH, OPTION_LISTEN, OPTION_TRAINER_TOKEN, OPTION_CLASS};
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (opt->given[others[i]] != NULL) {
			return err_set(err,
				_("--join and --%s exclude each other; siaga --help lists the "
				  "options"),
				table[others[i]].name);
		}
	}
	if (opt->words_len > 0) {
		return usage(err, _("--join plays what the class plays: no FILE"));
	}
	if (opt->given[OPTION_TRAINEE] != NULL && opt->given[OPTION_TRAINEE][0] == '\0') {
		return usage(err, _("--trainee: a class wants a name"));
	}
	return opt->given[OPTION_TOKEN_FILE] != NULL || usage(err, _("--join needs --token-file"));
}

static bool check_replay(const struct options *opt, struct err *err) {
	const char *const *given = opt->given;
	bool join = given[OPTION_JOIN] != NULL;
	bool real = given[OPTION_FEED] != NULL || opt->offline || opt->demo ||
		    given[OPTION_STATE] != NULL || opt->scenario != NULL || opt->plain ||
		    (given[OPTION_TOKEN_FILE] != NULL && !join);
	if (real) {
		return usage(err, _("replay has no feed and no cache: no --feed, --offline, "
				    "--demo, --plain, --state, --token-file, --scenario"));
	}
	if (join) {
		return check_join(opt, err);
	}
	if (opt->words_len == 0) {
		return usage(err, _("replay: say siaga replay FILE"));
	}
	if ((given[OPTION_LISTEN] != NULL) != (given[OPTION_TRAINER_TOKEN] != NULL)) {
		return usage(err, _("--listen and --trainer-token go together"));
	}
	if (opt->script != NULL && (given[OPTION_SPEED] != NULL || given[OPTION_SEEK] != NULL)) {
		return usage(err, _("--speed and --seek are for a terminal"));
	}
	if (given[OPTION_LISTEN] != NULL && opt->script != NULL) {
		return usage(err, _("--listen and --script exclude each other"));
	}
	if (given[OPTION_CLASS] == NULL) {
		return true;
	}
	if (given[OPTION_LISTEN] == NULL) {
		return usage(err, _("--class needs --listen and --trainer-token"));
	}
	bool own = given[OPTION_SEEK] != NULL || given[OPTION_WATCH] != NULL ||
		   given[OPTION_TRAINEE] != NULL;
	return !own || usage(err, _("nobody is trained where a class is kept: no --trainee, "
				    "--seek, --watch"));
}

bool options_check(const struct options *opt, struct err *err) {
	const char *const *given = opt->given;
	bool keeps_nothing = given[OPTION_STATE] == NULL && given[OPTION_TOKEN_FILE] == NULL;
	if (opt->command == OPTION_COMMAND_DOCTOR) {
		return !(opt->demo || opt->plain || opt->script != NULL || opt->scenario != NULL ||
			       given[OPTION_SIZE] != NULL) ||
		       usage(err, _("doctor looks over the console itself: no --demo, --plain, "
				    "--script"));
	}
	if (opt->command == OPTION_COMMAND_COVERAGE) {
		return true; /* It looks at what was said itself. */
	}
	if (opt->command == OPTION_COMMAND_RECORD) {
		bool more = given[OPTION_FEED] != NULL || given[OPTION_TOKEN_FILE] != NULL ||
			    opt->offline || opt->demo || opt->plain || opt->script != NULL ||
			    opt->scenario != NULL || given[OPTION_SIZE] != NULL;
		return !more || usage(err, _("record reads what is kept, and nothing else: no "
					     "--feed, --offline, --demo, --plain, --script"));
	}
	if (opt->command == OPTION_COMMAND_REPLAY) {
		return check_replay(opt, err);
	}
	if ((given[OPTION_FEED] != NULL) + opt->offline + opt->demo + (opt->script != NULL) > 1) {
		return usage(err, _("--feed, --offline, --demo and --script exclude each other"));
	}
	if (opt->plain && opt->script != NULL) {
		return usage(err, _("--plain and --script exclude each other"));
	}
	if (opt->script == NULL && (opt->scenario != NULL || given[OPTION_SIZE] != NULL)) {
		return usage(err, _("--size and --scenario are for --script"));
	}
	if (opt->script != NULL && !keeps_nothing) {
		return usage(
			err, _("--script has no feed and no cache: no --state, no --token-file"));
	}
	if (opt->demo && !keeps_nothing) {
		return usage(err, _("--demo keeps nothing: no --state, no --token-file"));
	}
	if (!opt->offline && !opt->demo && opt->script == NULL && opt->feed == NULL) {
		return usage(err, _("say --feed URL, --offline, --demo or --script FILE"));
	}
	return opt->feed == NULL || opt->token_file != NULL ||
	       usage(err, _("a feed needs --token-file"));
}
