/* The console's configuration, [bind] and [timers] included; a second file may follow a line "%%".
 */
#include <stdlib.h>
#include <string.h>

#include <siaga/app/config.h>
#include <siaga/app/key.h>

#include "fuzz.h"

#define NAME "siaga.conf"

struct heard {
	size_t errors, values;
	char first[ERR_TEXT_MAX];
};

static bool on_value(
	void *data, const struct setting *option, char *value, size_t size, struct err *err) {
	struct heard *seen = data;
	UNUSED(err);
	MUST(option != NULL && is_clean(value, size));
	seen->values++;
	return true;
}

static bool on_error(void *data, const char *text) {
	struct heard *seen = data;
	MUST_OF(strncmp(text, NAME ":", strlen(NAME ":")) == 0, text);
	MUST_OF(text[strlen(NAME ":")] == ' ' || text[strlen(NAME ":")] >= '1', text);
	if (seen->errors++ == 0) {
		strcpy(seen->first, text);
	}
	return true;
}

static void check_command(const struct config_command *command) {
	const char *words[CONFIG_ARGS_MAX + 1];
	MUST(command->len <= CONFIG_ARGS_MAX);
	config_command_words(command, words);
	for (size_t i = 0; i < command->len; i++) {
		MUST(words[i] >= command->text && words[i] < command->text + CONFIG_TEXT_SIZE);
		MUST(is_clean(words[i], (size_t)(command->text + CONFIG_TEXT_SIZE - words[i])));
	}
	MUST(words[command->len] == NULL);
}

static void check_option(const struct config *cfg, const struct setting *option) {
	const char *at = (const char *)cfg + option->offset;
	int64_t ms = 0;
	int number = 0, words = 0;
	switch (option->type) {
	case SETTING_BOOL: MUST(*at == 0 || *at == 1); break;
	case SETTING_COMMAND: check_command((const struct config_command *)(const void *)at); break;
	case SETTING_DURATION:
		memcpy(&ms, at, sizeof(ms));
		MUST(ms >= option->min && ms <= option->max);
		break;
	case SETTING_NUMBER:
		memcpy(&number, at, sizeof(number));
		MUST(number >= option->min && number <= option->max);
		break;
	case SETTING_WORD:
		memcpy(&number, at, sizeof(number));
		while (option->words[words] != NULL) {
			words++;
		}
		MUST(number >= 0 && number < words);
		break;
	case SETTING_FILE:
	case SETTING_TEXT:
	case SETTING_URL: MUST(is_clean(at, option->size)); break;
	}
}

/* Every value is one of those that the manual allows, whatever was wrong in the file. */
static void check_values(const struct config *cfg) {
	size_t len;
	const struct setting *options = config_options(&len);
	for (size_t i = 0; i < len; i++) {
		check_option(cfg, &options[i]);
	}
	MUST(cfg->timers.len <= TIMER_ROWS_MAX);
	for (size_t i = 0; i < cfg->timers.len; i++) {
		const struct timer_row *row = &cfg->timers.rows[i];
		MUST((unsigned)row->timer < TIMER_COUNT);
		MUST(row->kind >= TIMER_ANY && row->kind < KIND_COUNT);
		MUST(row->priority >= TIMER_ANY && row->priority < PRIORITY_COUNT);
	}
	MUST(cfg->keys.len <= KEYMAP_MAX);
}

static bool read_file(struct config *cfg, const char *text, size_t len, struct heard *seen) {
	struct config_hooks hooks = {on_value, on_error, seen};
	struct err err = {0};
	bool ok = config_parse(cfg, NAME, text, len, &hooks, &err);
	MUST(ok == (seen->errors == 0));
	MUST_OF(ok || (is_message(&err) && strcmp(err.text, seen->first) == 0), err.text);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static struct config cfg, again;
	struct heard seen = {0}, second = {0}, repeat = {0};
	const uint8_t *part = size > 0 ? memmem(data, size, "\n%%\n", 4) : NULL;
	size_t len = part != NULL ? (size_t)(part - data) : size;
	char *text = dup_exact(data, len);
	config_defaults(&cfg);
	bool ok = read_file(&cfg, text, len, &seen);
	check_values(&cfg);
	/* The same file says the same. */
	config_defaults(&again);
	MUST(read_file(&again, text, len, &repeat) == ok && repeat.errors == seen.errors);
	MUST(memcmp(&cfg.timers, &again.timers, sizeof(cfg.timers)) == 0);
	MUST(memcmp(&cfg.keys, &again.keys, sizeof(cfg.keys)) == 0);
	free(text);
	if (part != NULL) {
		len = size - len - 4;
		text = dup_exact(part + 4, len);
		(void)read_file(&cfg, text, len, &second);
		check_values(&cfg);
		free(text);
	}
	/* The first error ends it where nobody wants to hear of more. */
	struct err err = {0};
	config_defaults(&again);
	text = dup_exact(data, size);
	MUST(config_parse(&again, NAME, text, size, NULL, &err) || is_message(&err));
	free(text);
	return 0;
}
