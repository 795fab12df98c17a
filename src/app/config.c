#include <siaga/app/config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/duration.h>
#include <siaga/base/ini.h>
#include <siaga/base/nearest.h>
#include <siaga/base/text.h>

#define TIMER_LIMITS 4

struct reader {
	struct config *cfg;
	const struct config_hooks *hooks;
};

void config_defaults(struct config *cfg) {
	size_t len;
	const struct setting *options = config_options(&len);
	memset(cfg, 0, sizeof(*cfg));
	for (size_t i = 0; i < len; i++) {
		config_set(cfg, &options[i], options[i].initial, NULL);
	}
	timer_table_defaults(&cfg->timers);
	keymap_defaults(&cfg->keys);
}

static bool on_section(void *data, const char *section, int line, struct err *err) {
	static const char *const more[] = {"timers", "bind", NULL};
	size_t len;
	const struct setting *options = config_options(&len);
	UNUSED(data);
	UNUSED(line);
	for (size_t i = 0; i < len; i++) {
		if (strcmp(options[i].section, section) == 0) {
			return true;
		}
	}
	return strcmp(section, "timers") == 0 || strcmp(section, "bind") == 0 ||
	       setting_unknown_section(options, len, more, section, err);
}

static bool unknown_key(const struct ini_item *item, struct err *err) {
	size_t len;
	const struct setting *options = config_options(&len);
	if (strncmp(item->key, "token", 5) == 0) {
		return err_set(err, _("a token does not belong here: put it into a file that only "
				      "you can read, and say token_file = FILE"));
	}
	return setting_unknown_key(options, len, item, err);
}

static bool read_option(struct reader *rd, const struct ini_item *item, struct err *err) {
	const struct setting *option = config_option_find(item->section, item->key);
	char value[CONFIG_TEXT_SIZE];
	if (option == NULL) {
		return unknown_key(item, err);
	}
	/* First as it is written: so the message shows what stands in the file. */
	if (!config_set(rd->cfg, option, item->value, err)) {
		return false;
	}
	if (rd->hooks == NULL || rd->hooks->on_value == NULL) {
		return true;
	}
	text_copy(value, sizeof(value), item->value);
	return rd->hooks->on_value(rd->hooks->data, option, value, sizeof(value), err) &&
	       config_set(rd->cfg, option, value, err);
}

/* NAME, NAME.KIND, NAME.PRIORITY or NAME.KIND.PRIORITY. */
static bool read_timer_name(const char *key, struct timer_row *row, struct err *err) {
	char copy[CONFIG_WORD_SIZE], *save = NULL;
	struct nearest near;
	char what[160];
	*row = (struct timer_row){.kind = TIMER_ANY, .priority = TIMER_ANY};
	text_copy(copy, sizeof(copy), key);
	const char *word = strtok_r(copy, ".", &save);
	if (word == NULL || !timer_find(word, &row->timer)) {
		nearest_init(&near, word != NULL ? word : key);
		for (int i = 0; i < TIMER_COUNT; i++) {
			nearest_try(&near, timer_name((enum timer)i));
		}
		snprintf(what, sizeof(what), _("there is no timer \"%.64s\""), key);
		return setting_unknown(err, what, &near);
	}
	while ((word = strtok_r(NULL, ".", &save)) != NULL) {
		enum kind kind;
		enum priority priority;
		if (row->priority == TIMER_ANY && priority_find(word, &priority)) {
			row->priority = (int)priority;
		} else if (row->kind == TIMER_ANY && row->priority == TIMER_ANY &&
			   kind_find(word, &kind)) {
			row->kind = (int)kind;
		} else {
			return err_set(err,
				_("\"%.64s\": after the timer's name goes .KIND, then .P1 to .P4"),
				key);
		}
	}
	return true;
}

/* WARN [ALERT [ESCALATE [ALL]]]; "-" is never. */
static bool read_limits(char *value, int64_t limits[TIMER_LIMITS]) {
	char *save = NULL;
	size_t len = 0;
	for (const char *word = strtok_r(value, " ", &save); word != NULL;
		word = strtok_r(NULL, " ", &save)) {
		if (len == TIMER_LIMITS) {
			return false;
		}
		limits[len] = 0;
		if (strcmp(word, "-") != 0 && !duration_parse(word, &limits[len])) {
			return false;
		}
		len++;
	}
	return len > 0;
}

static bool read_timer(struct reader *rd, const struct ini_item *item, struct err *err) {
	int64_t limits[TIMER_LIMITS] = {0};
	struct timer_row row;
	char written[CONFIG_WORD_SIZE];
	if (!read_timer_name(item->key, &row, err)) {
		return false;
	}
	text_copy(written, sizeof(written), item->value);
	if (!read_limits(item->value, limits)) {
		return err_set(err,
			_("%s = \"%s\": must be times such as 5s 10s 20s 1m: warn, alert, tell "
			  "supervisors, tell everybody; - is never"),
			item->key, written);
	}
	row.limits = (struct timer_limits){limits[0], limits[1], limits[2], limits[3]};
	if (rd->cfg->timers.len == TIMER_ROWS_MAX) {
		return err_set(err, _("more than %d timers"), TIMER_ROWS_MAX);
	}
	if (!timer_table_set(&rd->cfg->timers, row.timer, row.kind, row.priority, row.limits)) {
		return err_set(err, _("%s = \"%s\": no time may be shorter than the one before"),
			item->key, written);
	}
	return true;
}

static bool on_item(void *data, const struct ini_item *item, struct err *err) {
	struct reader *rd = data;
	if (item->section[0] == '\0') {
		return err_set(err, _("\"%.64s\" stands before the first [section]"), item->key);
	}
	if (strcmp(item->section, "bind") == 0) {
		return keymap_bind(&rd->cfg->keys, item->key, item->value, item->line, err);
	}
	if (item->first_line != 0) {
		return err_set(
			err, _("\"%.64s\" is in line %d already"), item->key, item->first_line);
	}
	return strcmp(item->section, "timers") == 0 ? read_timer(rd, item, err)
						    : read_option(rd, item, err);
}

static bool on_error(void *data, const char *text) {
	struct reader *rd = data;
	return rd->hooks != NULL && rd->hooks->on_error != NULL &&
	       rd->hooks->on_error(rd->hooks->data, text);
}

bool config_parse(struct config *cfg, const char *name, const char *text, size_t len,
	const struct config_hooks *hooks, struct err *err) {
	static const struct ini_ops ops = {on_section, on_item, on_error};
	struct reader rd = {.cfg = cfg, .hooks = hooks};
	struct err check = {0};
	keymap_begin(&cfg->keys);
	bool ok = ini_parse(name, text, len, &ops, &rd, err);
	if (!keymap_check(&cfg->keys, &check)) {
		err_prefix(&check, "%s", name);
		if (ok && err != NULL) {
			*err = check;
		}
		if (ok || hooks != NULL) {
			on_error(&rd, check.text);
		}
		ok = false;
	}
	return ok;
}
