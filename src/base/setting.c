#include <siaga/base/setting.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/duration.h>
#include <siaga/base/ini.h>

const char *setting_type_name(enum setting_type type) {
	static const char *const names[] = {
		[SETTING_BOOL] = "bool",
		[SETTING_COMMAND] = "command",
		[SETTING_DURATION] = "duration",
		[SETTING_FILE] = "file",
		[SETTING_NUMBER] = "number",
		[SETTING_TEXT] = "text",
		[SETTING_URL] = "url",
		[SETTING_WORD] = "word",
	};
	return names[type];
}

void setting_allowed(const struct setting *setting, char *out, size_t size) {
	char low[DURATION_TEXT_SIZE], high[DURATION_TEXT_SIZE];
	size_t len = 0;
	switch (setting->type) {
	case SETTING_BOOL: snprintf(out, size, "%s", _("yes or no")); return;
	case SETTING_DURATION:
		duration_format(low, setting->min);
		duration_format(high, setting->max);
		snprintf(out, size, _("a time from %s to %s, such as 90s, 2m or 1h30m"), low, high);
		return;
	case SETTING_NUMBER:
		snprintf(out, size, _("a number from %ld to %ld"), (long)setting->min,
			(long)setting->max);
		return;
	case SETTING_WORD:
		len = (size_t)snprintf(out, size, "%s ", _("one of"));
		for (size_t i = 0; setting->words[i] != NULL && len < size; i++) {
			len += (size_t)snprintf(out + len, size - len, "%s%s", i > 0 ? ", " : "",
				setting->words[i]);
		}
		return;
	case SETTING_COMMAND: snprintf(out, size, "%s", _("a program and its arguments")); return;
	case SETTING_FILE: snprintf(out, size, "%s", _("the name of a file")); return;
	case SETTING_TEXT: snprintf(out, size, "%s", _("text")); return;
	case SETTING_URL: snprintf(out, size, "%s", _("ws:// or wss://")); return;
	}
}

static bool not_allowed(const struct setting *setting, const char *value, struct err *err) {
	char allowed[200];
	setting_allowed(setting, allowed, sizeof(allowed));
	return err_set(err, _("%s = \"%s\": must be %s"), setting->key, value, allowed);
}

static bool read_bool(const char *value, bool *out) {
	static const char *const yes[] = {"yes", "true", "on", "1"};
	static const char *const no[] = {"no", "false", "off", "0"};
	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*out = strcmp(value, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

static bool read_number(const struct setting *setting, const char *value, int *out) {
	size_t digits = strspn(value, "0123456789");
	if (digits == 0 || digits > 9 || value[digits] != '\0') {
		return false;
	}
	long number = strtol(value, NULL, 10);
	*out = (int)number;
	return number >= setting->min && number <= setting->max;
}

static bool read_word(const struct setting *setting, const char *value, int *out) {
	for (int i = 0; setting->words[i] != NULL; i++) {
		if (strcmp(setting->words[i], value) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool set_text(const struct setting *setting, char *to, const char *value, struct err *err) {
	if (strlen(value) >= setting->size) {
		return err_set(
			err, _("%s: longer than %zu bytes"), setting->key, setting->size - 1);
	}
	memcpy(to, value, strlen(value) + 1);
	return true;
}

const struct setting *setting_find(
	const struct setting *table, size_t len, const char *section, const char *key) {
	for (size_t i = 0; i < len; i++) {
		if (strcmp(table[i].section, section) == 0 && strcmp(table[i].key, key) == 0) {
			return &table[i];
		}
	}
	return NULL;
}

bool setting_set(void *values, const struct setting *setting, const char *value, struct err *err) {
	char *to = (char *)values + setting->offset;
	int64_t ms;
	int number;
	bool yes;
	switch (setting->type) {
	case SETTING_BOOL:
		if (!read_bool(value, &yes)) {
			return not_allowed(setting, value, err);
		}
		memcpy(to, &yes, sizeof(yes));
		return true;
	case SETTING_DURATION:
		if (!duration_parse(value, &ms) || ms < setting->min || ms > setting->max) {
			return not_allowed(setting, value, err);
		}
		memcpy(to, &ms, sizeof(ms));
		return true;
	case SETTING_NUMBER:
		if (!read_number(setting, value, &number)) {
			return not_allowed(setting, value, err);
		}
		memcpy(to, &number, sizeof(number));
		return true;
	case SETTING_WORD:
		if (!read_word(setting, value, &number)) {
			return not_allowed(setting, value, err);
		}
		memcpy(to, &number, sizeof(number));
		return true;
	case SETTING_FILE:
	case SETTING_TEXT:
	case SETTING_URL: return set_text(setting, to, value, err);
	case SETTING_COMMAND: break;
	}
	return not_allowed(setting, value, err);
}

void setting_list(const struct setting *table, size_t len) {
	for (size_t i = 0; i < len; i++) {
		char allowed[200];
		setting_allowed(&table[i], allowed, sizeof(allowed));
		printf("%s\t%s\t%s\t%s\t%s\t%s\n", table[i].section, table[i].key,
			setting_type_name(table[i].type), table[i].initial, allowed,
			_(table[i].help));
	}
}

/* --- names that there are not --- */

bool setting_unknown(struct err *err, const char *what, const struct nearest *near) {
	if (near->best != NULL) {
		return err_set(err, _("%s; did you mean \"%s\"?"), what, near->best);
	}
	return err_set(err, "%s", what);
}

bool setting_unknown_section(const struct setting *table, size_t len, const char *const *more,
	const char *section, struct err *err) {
	struct nearest near;
	char what[160];
	nearest_init(&near, section);
	for (size_t i = 0; i < len; i++) {
		nearest_try(&near, table[i].section);
	}
	for (; *more != NULL; more++) {
		nearest_try(&near, *more);
	}
	snprintf(what, sizeof(what), _("there is no section [%.64s]"), section);
	return setting_unknown(err, what, &near);
}

bool setting_unknown_key(
	const struct setting *table, size_t len, const struct ini_item *item, struct err *err) {
	const struct setting *elsewhere = NULL;
	struct nearest near;
	char what[160];
	nearest_init(&near, item->key);
	for (size_t i = 0; i < len; i++) {
		if (strcmp(table[i].section, item->section) == 0) {
			nearest_try(&near, table[i].key);
		} else if (strcmp(table[i].key, item->key) == 0) {
			elsewhere = &table[i];
		}
	}
	if (elsewhere != NULL) {
		return err_set(err, _("\"%s\" belongs into [%s], not [%s]"), item->key,
			elsewhere->section, item->section);
	}
	snprintf(what, sizeof(what), _("[%s] has no \"%.64s\""), item->section, item->key);
	return setting_unknown(err, what, &near);
}
