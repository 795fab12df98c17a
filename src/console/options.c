#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "config.h"

#define COLS_MAX 500
#define ROWS_MAX 200

static const char help[] =
	"Usage: siaga --feed URL --token-file FILE [options]\n"
	"       siaga --offline [--state DIR]\n"
	"       siaga --demo\n"
	"       siaga --script FILE [--size WxH] [--scenario FILE]\n"
	"\n"
	"The operator's console of the alarm feed, full screen.\n"
	"\n"
	"  --feed URL          the feed, such as ws://127.0.0.1:7112/v1/feed\n"
	"  --token-file FILE   file that holds the token, readable by you only\n"
	"  --offline           read what is cached; no feed, nothing can be sent\n"
	"  --demo              a private feed with the city of Solo and a scenario\n"
	"  --state DIR         where the cache is kept\n"
	"  --position NAME     which desk this is, shown with your name\n"
	"  --theme NAME        siaga-dark, siaga-light, high-contrast, okabe-ito, mono,\n"
	"                      or one of your own; see siaga-theme(5)\n"
	"  --ascii             draw with ASCII only\n"
	"  --script FILE       run keys and commands from a file, without terminal or feed\n"
	"  --size WxH          columns and rows of a script's screen, 80x24\n"
	"  --scenario FILE     what happens while a script runs; else that of the demo\n"
	"  --help              this text\n"
	"  --version           the version\n"
	"\n"
	"Inside, ? lists the keys and :quit leaves. See siaga(1).\n";

enum {
	OPT_FEED = 256,
	OPT_TOKEN_FILE,
	OPT_OFFLINE,
	OPT_DEMO,
	OPT_STATE,
	OPT_POSITION,
	OPT_THEME,
	OPT_ASCII,
	OPT_SCRIPT,
	OPT_SIZE,
	OPT_SCENARIO,
	OPT_HELP,
	OPT_VERSION
};

static const struct option longs[] = {
	{"ascii", no_argument, NULL, OPT_ASCII},
	{"demo", no_argument, NULL, OPT_DEMO},
	{"feed", required_argument, NULL, OPT_FEED},
	{"help", no_argument, NULL, OPT_HELP},
	{"offline", no_argument, NULL, OPT_OFFLINE},
	{"position", required_argument, NULL, OPT_POSITION},
	{"scenario", required_argument, NULL, OPT_SCENARIO},
	{"script", required_argument, NULL, OPT_SCRIPT},
	{"size", required_argument, NULL, OPT_SIZE},
	{"state", required_argument, NULL, OPT_STATE},
	{"theme", required_argument, NULL, OPT_THEME},
	{"token-file", required_argument, NULL, OPT_TOKEN_FILE},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static enum options_verdict usage(struct err *err, const char *text) {
	err_set(err, "%s; siaga --help lists the options", text);
	return OPTIONS_EXIT_USAGE;
}

static enum options_verdict check(const struct options *opt, struct err *err) {
	bool script = opt->script != NULL;
	int ways = (opt->feed != NULL) + opt->offline + opt->demo + script;
	if (ways == 0) {
		return usage(err, "say --feed URL, --offline, --demo or --script FILE");
	}
	if (ways > 1) {
		return usage(err, "--feed, --offline, --demo and --script exclude each other");
	}
	if (script && (opt->state != NULL || opt->token_file != NULL)) {
		return usage(err, "--script has no feed and no cache: no --state, no --token-file");
	}
	if (!script && (opt->scenario != NULL || opt->cols != 0)) {
		return usage(err, "--size and --scenario are for --script");
	}
	if (opt->feed != NULL && opt->token_file == NULL) {
		return usage(err, "--feed needs --token-file");
	}
	if (opt->demo && (opt->state != NULL || opt->token_file != NULL)) {
		return usage(err, "--demo keeps nothing: no --state, no --token-file");
	}
	return OPTIONS_RUN;
}

bool options_size(const char *text, int *cols, int *rows) {
	int used = 0;
	return text[0] >= '1' && text[0] <= '9' &&
	       sscanf(text, "%3dx%3d%n", cols, rows, &used) == 2 && text[used] == '\0' &&
	       *rows > 0 && *cols <= COLS_MAX && *rows <= ROWS_MAX;
}

enum options_verdict options_parse(struct options *opt, int argc, char **argv, struct err *err) {
	int c;
	*opt = (struct options){.position = "", .theme = "siaga-dark"};
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case OPT_ASCII: opt->ascii = true; break;
		case OPT_DEMO: opt->demo = true; break;
		case OPT_FEED: opt->feed = optarg; break;
		case OPT_OFFLINE: opt->offline = true; break;
		case OPT_POSITION: opt->position = optarg; break;
		case OPT_SCENARIO: opt->scenario = optarg; break;
		case OPT_SCRIPT: opt->script = optarg; break;
		case OPT_SIZE:
			if (!options_size(optarg, &opt->cols, &opt->rows)) {
				return usage(err, "--size: columns and rows, such as 120x40");
			}
			break;
		case OPT_STATE: opt->state = optarg; break;
		case OPT_THEME: opt->theme = optarg; break;
		case OPT_TOKEN_FILE: opt->token_file = optarg; break;
		case OPT_HELP: fputs(help, stdout); return OPTIONS_EXIT_OK;
		case OPT_VERSION: printf("siaga %s\n", SIAGA_VERSION); return OPTIONS_EXIT_OK;
		default:
			err_set(err,
				"%s: unknown, or without its value; siaga --help lists the options",
				argv[optind - 1]);
			return OPTIONS_EXIT_USAGE;
		}
	}
	if (optind < argc) {
		err_set(err, "%s: not an option; siaga --help lists them", argv[optind]);
		return OPTIONS_EXIT_USAGE;
	}
	enum options_verdict verdict = check(opt, err);
	if (opt->cols == 0) {
		opt->cols = 80;
		opt->rows = 24;
	}
	return verdict;
}
