/* How values are written: yes and no, numbers, times, words, commands. */
#include <siaga/app/config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/duration.h>

/* One more word; false when there are too many. */
static bool begin_word(struct config_command *command, size_t at) {
	if (command->len == CONFIG_ARGS_MAX) {
		return false;
	}
	command->at[command->len++] = (uint16_t)at;
	return true;
}

bool config_command_parse(struct config_command *command, const char *text, struct err *err) {
	bool quoted = false, in_word = false;
	size_t used = 0;
	*command = (struct config_command){0};
	if (strlen(text) >= sizeof(command->text)) {
		return err_set(
			err, _("the command is longer than %zu bytes"), sizeof(command->text) - 1);
	}
	/* What is written never gets longer: each quote makes room for a NUL. */
	for (; *text != '\0'; text++) {
		if (!quoted && *text == ' ') {
			if (in_word) {
				command->text[used++] = '\0';
			}
			in_word = false;
			continue;
		}
		if (!in_word && !begin_word(command, used)) {
			return err_set(err, _("more than %d words"), CONFIG_ARGS_MAX);
		}
		in_word = true;
		if (*text == '"') {
			quoted = !quoted;
		} else {
			command->text[used++] = *text;
		}
	}
	if (quoted) {
		return err_set(err, _("a \" is not closed"));
	}
	if (command->len > 0 && command->text[0] == '\0') {
		return err_set(err, _("the first word must be a program"));
	}
	return true;
}

void config_command_words(
	const struct config_command *command, const char *words[CONFIG_ARGS_MAX + 1]) {
	for (size_t i = 0; i < command->len; i++) {
		words[i] = command->text + command->at[i];
	}
	words[command->len] = NULL;
}

const char *config_type_name(enum config_type type) {
	static const char *const names[] = {
		[CONFIG_BOOL] = "bool",
		[CONFIG_COMMAND] = "command",
		[CONFIG_DURATION] = "duration",
		[CONFIG_FILE] = "file",
		[CONFIG_NUMBER] = "number",
		[CONFIG_TEXT] = "text",
		[CONFIG_URL] = "url",
		[CONFIG_WORD] = "word",
	};
	return names[type];
}

void config_option_allowed(const struct config_option *option, char *out, size_t size) {
	char low[DURATION_TEXT_SIZE], high[DURATION_TEXT_SIZE];
	size_t len = 0;
	switch (option->type) {
	case CONFIG_BOOL: snprintf(out, size, "%s", _("yes or no")); return;
	case CONFIG_DURATION:
		duration_format(low, option->min);
		duration_format(high, option->max);
		snprintf(out, size, _("a time from %s to %s, such as 90s, 2m or 1h30m"), low, high);
		return;
	case CONFIG_NUMBER:
		snprintf(out, size, _("a number from %ld to %ld"), (long)option->min,
			(long)option->max);
		return;
	case CONFIG_WORD:
		len = (size_t)snprintf(out, size, "%s ", _("one of"));
		for (size_t i = 0; option->words[i] != NULL && len < size; i++) {
			len += (size_t)snprintf(
				out + len, size - len, "%s%s", i > 0 ? ", " : "", option->words[i]);
		}
		return;
	case CONFIG_COMMAND: snprintf(out, size, "%s", _("a program and its arguments")); return;
	case CONFIG_FILE: snprintf(out, size, "%s", _("the name of a file")); return;
	case CONFIG_TEXT: snprintf(out, size, "%s", _("text")); return;
	case CONFIG_URL: snprintf(out, size, "%s", _("ws:// or wss://")); return;
	}
}

static bool not_allowed(const struct config_option *option, const char *value, struct err *err) {
	char allowed[200];
	config_option_allowed(option, allowed, sizeof(allowed));
	return err_set(err, _("%s = \"%s\": must be %s"), option->key, value, allowed);
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

static bool read_number(const struct config_option *option, const char *value, int *out) {
	size_t digits = strspn(value, "0123456789");
	if (digits == 0 || digits > 9 || value[digits] != '\0') {
		return false;
	}
	long number = strtol(value, NULL, 10);
	*out = (int)number;
	return number >= option->min && number <= option->max;
}

static bool read_word(const struct config_option *option, const char *value, int *out) {
	for (int i = 0; option->words[i] != NULL; i++) {
		if (strcmp(option->words[i], value) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool set_text(
	const struct config_option *option, char *to, const char *value, struct err *err) {
	if (strlen(value) >= option->size) {
		return err_set(err, _("%s: longer than %zu bytes"), option->key, option->size - 1);
	}
	memcpy(to, value, strlen(value) + 1);
	return true;
}

bool config_set(struct config *cfg, const struct config_option *option, const char *value,
	struct err *err) {
	char *to = (char *)cfg + option->offset;
	struct config_command command;
	int64_t ms;
	int number;
	bool yes;
	switch (option->type) {
	case CONFIG_BOOL:
		if (!read_bool(value, &yes)) {
			return not_allowed(option, value, err);
		}
		memcpy(to, &yes, sizeof(yes));
		return true;
	case CONFIG_COMMAND:
		if (!config_command_parse(&command, value, err)) {
			return err_prefix(err, "%s", option->key);
		}
		memcpy(to, &command, sizeof(command));
		return true;
	case CONFIG_DURATION:
		if (!duration_parse(value, &ms) || ms < option->min || ms > option->max) {
			return not_allowed(option, value, err);
		}
		memcpy(to, &ms, sizeof(ms));
		return true;
	case CONFIG_NUMBER:
		if (!read_number(option, value, &number)) {
			return not_allowed(option, value, err);
		}
		memcpy(to, &number, sizeof(number));
		return true;
	case CONFIG_WORD:
		if (!read_word(option, value, &number)) {
			return not_allowed(option, value, err);
		}
		memcpy(to, &number, sizeof(number));
		return true;
	case CONFIG_FILE:
	case CONFIG_TEXT:
	case CONFIG_URL: return set_text(option, to, value, err);
	}
	return false;
}
