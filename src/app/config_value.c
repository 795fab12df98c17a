/* How commands are written; every other value is a setting like any. */
#include <siaga/app/config.h>

#include <string.h>

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

bool config_set(
	struct config *cfg, const struct setting *option, const char *value, struct err *err) {
	struct config_command command;
	if (option->type != SETTING_COMMAND) {
		return setting_set(cfg, option, value, err);
	}
	if (!config_command_parse(&command, value, err)) {
		return err_prefix(err, "%s", option->key);
	}
	memcpy((char *)cfg + option->offset, &command, sizeof(command));
	return true;
}
