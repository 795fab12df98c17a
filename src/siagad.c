/* The feed's command line: finds the command and runs it. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>

#include "config.h"
#include "daemon/command.h"

/* The feed itself first, then by word. */
static const struct daemon_command commands[] = {
	{NULL, "--data DIR --listen ADDR:PORT [--mode MODE]\n", serve_run},
	{"doctor", "doctor --data DIR [--listen ADDR:PORT]\n", doctor_run},
	{"registry", "registry load PATH --data DIR\n", registry_run},
	{"token",
		"token add NAME --role ROLE [--agency ID] --data DIR\n"
		"token list --data DIR\n"
		"token revoke NAME --data DIR\n",
		token_run},
};

int daemon_usage(const char *text) {
	fprintf(stderr, "siagad: %s; siagad --help lists the options\n", text);
	return DAEMON_EXIT_USAGE;
}

int daemon_fail(const struct err *err) {
	fprintf(stderr, "siagad: %s\n", err->text);
	return EXIT_FAILURE;
}

int daemon_need_data(const struct daemon_options *opt) {
	return opt->given[DAEMON_DATA] != NULL ? 0 : daemon_usage("--data DIR is missing");
}

static int print_help(void) {
	const char *lead = "Usage: ";
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		for (const char *line = commands[i].usage; *line != '\0';) {
			int len = (int)strcspn(line, "\n");
			printf("%ssiagad %.*s\n", lead, len, line);
			line += len + 1;
			lead = "       ";
		}
	}
	puts("\nThe alarm feed: takes alarms in by HTTP, keeps them in a log, sends them to "
	     "consoles.\n");
	daemon_options_print();
	puts("\nSee siagad(8) and siaga-feed(7).");
	return EXIT_SUCCESS;
}

static int run(const struct daemon_options *opt) {
	if (opt->words_len == 0) {
		return commands[0].run(opt);
	}
	for (size_t i = 1; i < ARRAY_LEN(commands); i++) {
		if (strcmp(opt->words[0], commands[i].word) == 0) {
			return commands[i].run(opt);
		}
	}
	return daemon_usage("not a command");
}

int main(int argc, char **argv) {
	struct daemon_options opt;
	struct err err = {0};
	setlocale(LC_CTYPE, "C.UTF-8");
	/* A file size limit is an error to be told, not a reason to die. */
	signal(SIGXFSZ, SIG_IGN);
	if (!daemon_options_parse(&opt, argc, argv, &err)) {
		return daemon_usage(err.text);
	}
	if (opt.given[DAEMON_HELP] != NULL) {
		return print_help();
	}
	if (opt.given[DAEMON_VERSION] != NULL) {
		printf("siagad %s\n", SIAGA_VERSION);
		return EXIT_SUCCESS;
	}
	return run(&opt);
}
