/* The feed's command line: finds the command and runs it. */
#include <errno.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/feed/owner.h>

#include "config.h"
#include "daemon/command.h"
#include "daemon/settings.h"

/* The feed itself first, then by word. */
static const struct daemon_command commands[] = {
	{NULL, "[--config FILE] [--data DIR] [--listen ADDR:PORT] [--mode MODE]\n", serve_run},
	{"backup", "backup FOLDER [--data DIR]\n", backup_run},
	{"cert", "cert --out DIR --host NAME [--host NAME]... [--client NAME]... [--days N]\n",
		cert_run},
	{"check", "check [--expect SEQ:HASH] [--data DIR]\n", check_run},
	{"doctor", "doctor [--data DIR] [--listen ADDR:PORT]\n", doctor_run},
	{"export", "export --scenario FROM TO [--data DIR]\n", export_run},
	{"purge", "purge --older-than TIME [--dry-run] [--data DIR]\n", purge_run},
	{"registry", "registry load PATH [--data DIR]\n", registry_run},
	{"token",
		"token add NAME --role ROLE [--agency ID] [--data DIR]\n"
		"token list [--data DIR]\n"
		"token revoke NAME [--data DIR]\n",
		token_run},
	{"who", "who --incident NUMBER | --since TIME [--data DIR]\n", who_run},
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

int daemon_enter_data(const struct daemon_options *opt) {
	struct account self;
	struct err err = {0};
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	return owner_become(&self, opt->given[DAEMON_DATA], opt->given[DAEMON_USER], &err)
		       ? 0
		       : daemon_fail(&err);
}

int daemon_look_data(const struct daemon_options *opt) {
	struct account self;
	struct err err = {0};
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	return owner_look(&self, opt->given[DAEMON_DATA], opt->given[DAEMON_USER], &err)
		       ? 0
		       : daemon_fail(&err);
}

static void say_lines(const struct buf *lines) {
	const char *line = lines->len > 0 ? lines->data : "";
	while (*line != '\0') {
		int len = (int)strcspn(line, "\n");
		fprintf(stderr, "siagad: %.*s\n", len, line);
		line += len + 1;
	}
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

static const struct daemon_command *find_command(const struct daemon_options *opt) {
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const char *word = commands[i].word;
		if (word == NULL ? opt->words_len == 0
				 : opt->words_len > 0 && strcmp(opt->words[0], word) == 0) {
			return &commands[i];
		}
	}
	return NULL;
}

/* Reads what is configured and puts it behind what was said: 0, or the exit status. */
static int configure(const struct daemon_command *command, struct daemon_options *opt,
	struct daemon_settings *settings) {
	static const char system_file[] = SIAGA_SYSCONFDIR "/siaga/siagad.conf";
	const char *named = opt->given[DAEMON_CONFIG];
	const char *path = named != NULL ? named : system_file;
	bool check = opt->given[DAEMON_CHECK_CONFIG] != NULL;
	struct daemon_config *config = &opt->config;
	struct err err = {0};
	config->path = path;
	daemon_settings_defaults(settings);
	config->found = daemon_settings_read(settings, path, &config->errors, &config->warnings);
	if (config->found == 0 && named != NULL) {
		buf_printf(&config->errors, "%s: %s\n", path, strerror(ENOENT));
	} else if (config->found != 0 && !daemon_settings_fill(settings, opt, &err)) {
		buf_printf(&config->errors, "%s: %s\n", path, err.text);
	} else if (check && config->found == 1 && !daemon_settings_check(settings, &err)) {
		buf_printf(&config->errors, "%s\n", err.text);
	}
	opt->settings = settings;
	/* It says so itself, with what is good in the file. */
	if (command->run == doctor_run && !check) {
		return 0;
	}
	say_lines(&config->errors);
	say_lines(&config->warnings);
	if (config->errors.len > 0) {
		return DAEMON_EXIT_CONFIG;
	}
	if (check) {
		printf(config->found == 1 ? "OK %s\n" : "OK, no file: there is no %s\n", path);
	}
	return 0;
}

static int run(struct daemon_options *opt) {
	static struct daemon_settings settings;
	const struct daemon_command *command = find_command(opt);
	int code = 0;
	if (command == NULL) {
		return daemon_usage("not a command");
	}
	/* Where certificates are made nothing of it is asked. */
	if (command->run != cert_run || opt->given[DAEMON_CHECK_CONFIG] != NULL) {
		code = configure(command, opt, &settings);
	}
	if (code == 0 && opt->given[DAEMON_CHECK_CONFIG] == NULL) {
		code = command->run(opt);
	}
	buf_finish(&opt->config.errors);
	buf_finish(&opt->config.warnings);
	return code;
}

int main(int argc, char **argv) {
	static struct daemon_options opt;
	const struct setting *rows;
	size_t rows_len;
	struct err err = {0};
	account_hide_memory();
	/* A heap for each of the two threads that work, so that none waits for the other's. */
	mallopt(M_ARENA_MAX, 2);
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
	if (opt.given[DAEMON_LIST_OPTIONS] != NULL) {
		rows = daemon_settings_rows(&rows_len);
		setting_list(rows, rows_len);
		return EXIT_SUCCESS;
	}
	return run(&opt);
}
