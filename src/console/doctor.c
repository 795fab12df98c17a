#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <siaga/ui/theme.h>

#include "config.h"
#include "config_load.h"
#include "doctor_private.h"
#include "locale.h"
#include "xdg.h"

#define SYSTEM_CONFIG SIAGA_SYSCONFDIR "/siaga/siaga.conf"
#define EXIT_USAGE    2

/* --- the configuration --- */

static void load(struct options *opt, struct config_report *files, char *user, size_t size) {
	const char *only = opt->given[OPTION_CONFIG];
	bool has_user = xdg_config_path("siaga.conf", user, size);
	config_load(&opt->config, SYSTEM_CONFIG, has_user ? user : NULL, only, files);
	user[0] = has_user ? user[0] : '\0';
}

static void say_lines(struct doctor *doc, enum report_level level, const struct buf *lines) {
	const char *at = lines->len > 0 ? lines->data : "";
	while (*at != '\0') {
		int len = (int)strcspn(at, "\n");
		report_say(&doc->report, level, _("config: %.*s"), len, at);
		at += len + (at[len] == '\n');
	}
}

static void say_config(struct doctor *doc, const struct config_report *files, const char *user) {
	for (size_t i = 0; i < files->read_len; i++) {
		report_say(&doc->report, REPORT_OK, _("config: %s"), files->read[i]);
	}
	say_lines(doc, REPORT_FAIL, &files->errors);
	say_lines(doc, REPORT_WARN, &files->warnings);
	if (files->read_len == 0 && files->errors.len == 0) {
		report_say(&doc->report, REPORT_OK,
			_("config: all is as it comes; there is no %s, no %s"), SYSTEM_CONFIG,
			user[0] != '\0' ? user : "~/.config/siaga/siaga.conf");
	}
}

/* The language is part of what is configured, and the rest is to be told in it. */
static bool read_config(struct doctor *doc, struct err *err) {
	struct config_report files = {0};
	struct options *opt = doc->opt;
	const char *language = opt->given[OPTION_LANGUAGE];
	char user[4096];
	load(opt, &files, user, sizeof(user));
	if (language == NULL) {
		language = config_word(&opt->config, "console", "language");
	}
	if (!locale_init(language, err)) {
		config_report_finish(&files);
		return false;
	}
	config_report_finish(&files);
	load(opt, &files, user, sizeof(user));
	bool ok = options_apply(opt, err) && options_check(opt, err);
	if (ok) {
		say_config(doc, &files, user);
	}
	config_report_finish(&files);
	return ok;
}

/* --- what it names --- */

static bool is_program(const char *path) {
	return access(path, X_OK) == 0;
}

/* As execvp() looks for it. */
static bool find_program(const char *name) {
	const char *at = getenv("PATH");
	if (strchr(name, '/') != NULL) {
		return is_program(name);
	}
	at = at != NULL ? at : "/bin:/usr/bin";
	while (true) {
		size_t len = strcspn(at, ":");
		char path[4096];
		int wanted = snprintf(path, sizeof(path), "%.*s/%s", (int)len, at, name);
		if (len > 0 && wanted < (int)sizeof(path) && is_program(path)) {
			return true;
		}
		if (at[len] == '\0') {
			return false;
		}
		at += len + 1;
	}
}

static void say_program(struct doctor *doc, const char *section, const char *key,
	const struct config_command *command) {
	const char *words[CONFIG_ARGS_MAX + 1];
	if (command->len == 0) {
		return;
	}
	config_command_words(command, words);
	if (find_program(words[0])) {
		report_say(&doc->report, REPORT_OK, _("program for %s.%s: %s"), section, key,
			words[0]);
	} else {
		report_say(&doc->report, REPORT_WARN,
			_("program for %s.%s: %s is not there: install it, or name another in "
			  "siaga.conf"),
			section, key, words[0]);
	}
}

static void say_theme(struct doctor *doc) {
	struct theme theme;
	struct err err = {0};
	if (theme_find(&theme, doc->opt->theme, theme_dirs(), &err)) {
		report_say(&doc->report, REPORT_OK, _("theme: %s"), doc->opt->theme);
	} else {
		report_say(&doc->report, REPORT_FAIL, _("theme: %s"), err.text);
	}
}

int doctor_run(struct options *opt, struct err *err) {
	struct doctor doc = {.opt = opt};
	if (!read_config(&doc, err)) {
		return EXIT_USAGE;
	}
	say_theme(&doc);
	say_program(&doc, "alarm", "sound", &opt->config.sound);
	say_program(&doc, "camera", "viewer", &opt->config.viewer);
	say_program(&doc, "camera", "snapshot", &opt->config.snapshot);
	doctor_locale(&doc);
	doctor_terminal(&doc);
	doctor_environment(&doc);
	doctor_state(&doc);
	if (!opt->offline) {
		doctor_token(&doc);
		doctor_link(&doc);
	}
	memset(doc.token, 0, sizeof(doc.token));
	return report_end(&doc.report);
}
