#include "config_load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/file.h>
#include <siaga/net/client.h>
#include <siaga/ui/theme.h>

#include "spawn.h"
#include "xdg.h"

struct load {
	struct config *cfg;
	struct config_report *report;
	char dir[FILE_PATH_SIZE]; /* of the file that is being read */
};

static void add_line(struct buf *buf, const char *text) {
	buf_printf(buf, "%s\n", text);
}

/* Does each {name} mean something there? */
static bool check_command(const struct setting *option, const char *value, struct err *err) {
	bool snapshot = strcmp(option->key, "snapshot") == 0;
	bool camera = strcmp(option->section, "camera") == 0;
	const struct spawn_vars vars = {.url = camera ? "http://localhost/" : NULL,
		.id = camera ? "id" : NULL,
		.cols = snapshot,
		.rows = snapshot};
	struct config_command command;
	const char *words[CONFIG_ARGS_MAX + 1];
	struct spawn_args args = {0};
	bool ok = config_command_parse(&command, value, err);
	if (ok && command.len > 0) {
		config_command_words(&command, words);
		ok = spawn_expand(&args, words, &vars, err);
		spawn_args_finish(&args);
	}
	return ok || err_prefix(err, "%s", option->key);
}

bool config_check_value(const struct setting *option, const char *value, struct err *err) {
	struct link_url url;
	struct theme theme;
	if (option->type == SETTING_URL && value[0] != '\0') {
		return link_url_parse(&url, value, err) || err_prefix(err, "%s", option->key);
	}
	if (option->type == SETTING_COMMAND) {
		return check_command(option, value, err);
	}
	if (strcmp(option->key, "theme") == 0) {
		return theme_find(&theme, value, theme_dirs(), err);
	}
	return true;
}

static bool on_value(
	void *data, const struct setting *option, char *value, size_t size, struct err *err) {
	struct load *load = data;
	if (option->type == SETTING_FILE) {
		return file_resolve(load->dir, value, size, err) ||
		       err_prefix(err, "%s", option->key);
	}
	return config_check_value(option, value, err);
}

static bool on_error(void *data, const char *text) {
	struct load *load = data;
	add_line(&load->report->errors, text);
	return true;
}

/* Who else can write it decides what this console does, and which programs it starts. */
static void warn_writers(struct load *load, const char *path) {
	char line[2 * FILE_PATH_SIZE];
	snprintf(line, sizeof(line), _("%s: others may change it; chmod go-w %s"), path, path);
	add_line(&load->report->warnings, line);
}

static void load_file(struct load *load, const char *path, bool needed) {
	const struct config_hooks hooks = {
		.on_value = on_value, .on_error = on_error, .data = load};
	struct buf text = {0};
	struct err err = {0};
	bool open_to_others;
	int found = file_read(path, &text, &open_to_others, &err);
	if (found == 0 && needed) {
		err_set(&err, "%s", strerror(ENOENT));
	}
	if (err.text[0] != '\0') {
		err_prefix(&err, "%s", path);
		add_line(&load->report->errors, err.text);
	} else if (found == 1) {
		if (open_to_others) {
			warn_writers(load, path);
		}
		file_dir(path, load->dir, sizeof(load->dir));
		load->report->read[load->report->read_len++] = mem_dup_str(path);
		config_parse(load->cfg, path, text.data, text.len, &hooks, NULL);
	}
	buf_finish(&text);
}

bool config_load(struct config *cfg, const char *system, const char *user, const char *only,
	struct config_report *report) {
	struct load load = {.cfg = cfg, .report = report};
	*report = (struct config_report){0};
	config_defaults(cfg);
	if (only != NULL) {
		load_file(&load, only, true);
	} else {
		if (system != NULL) {
			load_file(&load, system, false);
		}
		if (user != NULL) {
			load_file(&load, user, false);
		}
	}
	return report->errors.len == 0;
}

void config_report_finish(struct config_report *report) {
	for (size_t i = 0; i < report->read_len; i++) {
		free(report->read[i]);
	}
	buf_finish(&report->errors);
	buf_finish(&report->warnings);
	*report = (struct config_report){0};
}
