/* The operator's console: reads the command line, finds feed and token, runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/account.h>

#include "config.h"
#include "console/class.h"
#include "console/completion.h"
#include "console/config_load.h"
#include "console/coverage_command.h"
#include "console/demo.h"
#include "console/doctor.h"
#include "console/lists.h"
#include "console/locale.h"
#include "console/options.h"
#include "console/record_command.h"
#include "console/replay.h"
#include "console/runtime.h"
#include "console/scenario_command.h"
#include "console/score_command.h"
#include "console/script.h"
#include "console/token_file.h"
#include "console/xdg.h"

#define EXIT_USAGE  2
#define EXIT_CONFIG 3 /* the configuration is wrong */

/* What is not the console itself: lists, checks, help. */
static int do_action(const struct options *opt, struct err *err) {
	if (opt->action == OPTION_HELP) {
		options_print_help();
	} else if (opt->action == OPTION_VERSION) {
		printf("siaga %s\n", SIAGA_VERSION);
	} else if (opt->action == OPTION_LIST_COMMANDS) {
		list_commands();
	} else if (opt->action == OPTION_LIST_KEYS) {
		list_keys(&opt->config.keys);
	} else if (opt->action == OPTION_LIST_OPTIONS) {
		list_options();
	} else if (opt->action == OPTION_LIST_ROLES) {
		list_roles();
	} else if (opt->action == OPTION_COMPLETION &&
		   !completion_print(opt->given[OPTION_COMPLETION], err)) {
		return EXIT_USAGE;
	}
	return EXIT_SUCCESS;
}

/* Reads what is configured, and says what is wrong in it. A script is the same on every machine:
 * for it only a file that is named counts. */
static bool read_config(struct options *opt, bool check, struct err *err) {
	const char *only = opt->given[OPTION_CONFIG];
	bool alone = opt->script != NULL && only == NULL;
	struct config_report report;
	char user[4096];
	bool has_user = xdg_config_path("siaga.conf", user, sizeof(user));
	bool ok = config_load(&opt->config, alone ? NULL : SIAGA_SYSCONFDIR "/siaga/siaga.conf",
		alone || !has_user ? NULL : user, only, &report);
	if (check) {
		fputs(report.errors.len > 0 ? report.errors.data : "", stderr);
		fputs(report.warnings.len > 0 ? report.warnings.data : "", stderr);
		for (size_t i = 0; ok && i < report.read_len; i++) {
			printf("OK %s\n", report.read[i]);
		}
		if (ok && report.read_len == 0) {
			printf(_("OK, no file: all is as it comes\n"));
		}
	} else if (!ok) {
		err_set(err, "%.*s", (int)strcspn(report.errors.data, "\n"), report.errors.data);
	}
	if (report.warnings.len > 0) {
		snprintf(opt->warning, sizeof(opt->warning), "%.*s",
			(int)strcspn(report.warnings.data, "\n"), report.warnings.data);
	}
	config_report_finish(&report);
	return ok;
}

static int run(struct options *opt, struct err *err) {
	static struct demo demo; /* as long as opt, which points into it */
	char token[512] = "";
	int code;
	if (opt->command == OPTION_COMMAND_COVERAGE) {
		return coverage_command(opt, err);
	}
	if (opt->script != NULL) {
		return script_run(opt, err);
	}
	if (opt->command == OPTION_COMMAND_RECORD) {
		return record_run(opt, err);
	}
	if (opt->command == OPTION_COMMAND_REPLAY) {
		return opt->given[OPTION_CLASS] != NULL ? class_run(opt, err)
							: replay_run(opt, err);
	}
	if (opt->demo) {
		if (!demo_init(&demo, err)) {
			demo_finish(&demo);
			return EXIT_FAILURE;
		}
		opt->feed = demo.feed;
		opt->state = demo.state;
		snprintf(token, sizeof(token), "%s", demo.token);
	} else if (opt->feed != NULL &&
		   !token_file_read(opt->token_file, token, sizeof(token), err)) {
		return EXIT_FAILURE;
	}
	code = runtime_run(opt, token, err);
	demo_finish(&demo);
	return code;
}

/* Everything up to the exit code; err has what is to be said about it. */
static int start(struct options *opt, int argc, char **argv, struct err *err) {
	bool check;
	if (!options_parse(opt, argc, argv, err)) {
		return EXIT_USAGE;
	}
	if (opt->given[OPTION_LANGUAGE] != NULL && !locale_init(opt->given[OPTION_LANGUAGE], err)) {
		return EXIT_USAGE;
	}
	if (opt->command == OPTION_COMMAND_DOCTOR && opt->action == OPTION_COUNT) {
		return doctor_run(opt, err);
	}
	if (opt->command == OPTION_COMMAND_SCORE && opt->action == OPTION_COUNT) {
		return score_command(opt, err);
	}
	if (opt->command == OPTION_COMMAND_SCENARIO && opt->action == OPTION_COUNT) {
		return scenario_command(opt, err);
	}
	check = opt->action == OPTION_CHECK_CONFIG;
	if (opt->action == OPTION_COUNT || opt->action == OPTION_LIST_KEYS || check) {
		if (!read_config(opt, check, err)) {
			return EXIT_CONFIG;
		}
	}
	if (opt->action != OPTION_COUNT) {
		return do_action(opt, err);
	}
	if (!options_apply(opt, err) || !options_check(opt, err)) {
		return EXIT_USAGE;
	}
	if (!locale_init(config_word(&opt->config, "console", "language"), err)) {
		return EXIT_USAGE;
	}
	return run(opt, err);
}

int main(int argc, char **argv) {
	static struct options opt; /* large */
	struct err err = {0};
	account_hide_memory();
	locale_init("auto", NULL);
	int code = start(&opt, argc, argv, &err);
	if (err.text[0] != '\0') {
		fprintf(stderr, "siaga: %s\n", err.text);
	}
	return code;
}
