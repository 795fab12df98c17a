#include "config_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/text.h>
#include <siaga/net/client.h>
#include <siaga/ui/theme.h>

#include "spawn.h"
#include "xdg.h"

#define FILE_MAX_BYTES (1 << 20)

struct load {
	struct config *cfg;
	struct config_report *report;
	char dir[4096]; /* of the file that is being read */
};

static void add_line(struct buf *buf, const char *text) {
	buf_printf(buf, "%s\n", text);
}

/* Does each {name} mean something there? */
static bool check_command(const struct config_option *option, const char *value, struct err *err) {
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

bool config_check_value(const struct config_option *option, const char *value, struct err *err) {
	struct link_url url;
	struct theme theme;
	if (option->type == CONFIG_URL && value[0] != '\0') {
		return link_url_parse(&url, value, err) || err_prefix(err, "%s", option->key);
	}
	if (option->type == CONFIG_COMMAND) {
		return check_command(option, value, err);
	}
	if (strcmp(option->key, "theme") == 0) {
		return theme_find(&theme, value, theme_dirs(), err);
	}
	return true;
}

static bool on_value(
	void *data, const struct config_option *option, char *value, size_t size, struct err *err) {
	struct load *load = data;
	if (option->type == CONFIG_FILE) {
		return xdg_resolve(load->dir, value, size, err) ||
		       err_prefix(err, "%s", option->key);
	}
	return config_check_value(option, value, err);
}

static bool on_error(void *data, const char *text) {
	struct load *load = data;
	add_line(&load->report->errors, text);
	return true;
}

/* The whole of a descriptor; false: an error, too large, or `err` says what it is. */
static bool read_all(int fd, struct buf *out, struct err *err) {
	char part[4096];
	ssize_t got;
	buf_reserve(out, 1);
	while ((got = read(fd, part, sizeof(part))) != 0) {
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return err_set(err, "%s", strerror(errno));
		}
		buf_add(out, part, (size_t)got);
		if (out->len > FILE_MAX_BYTES) {
			return err_set(err, _("larger than 1 MiB"));
		}
	}
	return true;
}

/* Who else can write it decides what this console does, and which programs it starts. */
static void check_writers(struct load *load, const char *path, const struct stat *st) {
	char line[4200];
	bool strange = st->st_uid != geteuid() && st->st_uid != 0;
	if (strange || (st->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		snprintf(line, sizeof(line), _("%s: others may change it; chmod go-w %s"), path,
			path);
		add_line(&load->report->warnings, line);
	}
}

/* 1: it was read, 0: there is none, -1: an error. */
static int read_file(struct load *load, const char *path, struct buf *out, struct err *err) {
	struct stat st;
	/* Without O_NONBLOCK a pipe that nobody writes would hold the console up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int result = -1;
	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR) {
			return 0;
		}
		err_set(err, "%s", strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) != 0) {
		err_set(err, "%s", strerror(errno));
	} else if (!S_ISREG(st.st_mode) && strcmp(path, "/dev/null") != 0) {
		err_set(err, _("not a file"));
	} else if (read_all(fd, out, err)) {
		if (S_ISREG(st.st_mode)) {
			check_writers(load, path, &st);
		}
		result = 1;
	}
	close(fd);
	return result;
}

static void load_file(struct load *load, const char *path, bool needed) {
	const struct config_hooks hooks = {
		.on_value = on_value, .on_error = on_error, .data = load};
	struct buf text = {0};
	struct err err = {0};
	int found = read_file(load, path, &text, &err);
	if (found == 0 && needed) {
		err_set(&err, "%s", strerror(ENOENT));
	}
	if (err.text[0] != '\0') {
		err_prefix(&err, "%s", path);
		add_line(&load->report->errors, err.text);
	} else if (found == 1) {
		const char *slash = strrchr(path, '/');
		size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
		snprintf(load->dir, sizeof(load->dir), "%.*s", len > 0 ? (int)len : 1,
			len > 0 ? path : ".");
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
