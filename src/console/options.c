#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "config.h"

static const char help[] =
	"Usage: siaga --feed URL --token-file FILE [options]\n"
	"       siaga --offline [--state DIR]\n"
	"       siaga --demo\n"
	"\n"
	"The operator's console of the alarm feed, full screen.\n"
	"\n"
	"  --feed URL          the feed, such as ws://127.0.0.1:7112/v1/feed\n"
	"  --token-file FILE   file that holds the token, readable by you only\n"
	"  --offline           read what is cached; no feed, nothing can be sent\n"
	"  --demo              a private feed with the city of Solo and a scenario\n"
	"  --state DIR         where the cache is kept\n"
	"  --position NAME     which desk this is, shown with your name\n"
	"  --theme NAME        siaga-dark, siaga-light or mono\n"
	"  --ascii             draw with ASCII only\n"
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
	int ways = (opt->feed != NULL) + opt->offline + opt->demo;
	if (ways == 0) {
		return usage(err, "say --feed URL, --offline or --demo");
	}
	if (ways > 1) {
		return usage(err, "--feed, --offline and --demo exclude each other");
	}
	if (opt->feed != NULL && opt->token_file == NULL) {
		return usage(err, "--feed needs --token-file");
	}
	if (opt->demo && (opt->state != NULL || opt->token_file != NULL)) {
		return usage(err, "--demo keeps nothing: no --state, no --token-file");
	}
	return OPTIONS_RUN;
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
	return check(opt, err);
}
