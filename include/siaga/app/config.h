/*
 * What can be configured. One table of options feeds the reading of files, the command line,
 * `siaga --list-options` and the lint of siaga.conf(5). Reads text, not files.
 */
#ifndef SIAGA_APP_CONFIG_H
#define SIAGA_APP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/app/keymap.h>
#include <siaga/base/err.h>
#include <siaga/base/setting.h>
#include <siaga/model/timers.h>

#define CONFIG_TEXT_SIZE 1024 /* of a path, a URL, a command */
#define CONFIG_WORD_SIZE 64
#define CONFIG_ARGS_MAX  32

/* A command and its arguments, split without a shell: blanks part, "double quotes" hold together.
 */
struct config_command {
	char text[CONFIG_TEXT_SIZE]; /* the words, each with its NUL */
	uint16_t at[CONFIG_ARGS_MAX];
	size_t len; /* 0: none */
};

enum config_language { CONFIG_LANGUAGE_AUTO, CONFIG_LANGUAGE_EN, CONFIG_LANGUAGE_ID };
enum config_notify { CONFIG_NOTIFY_NONE, CONFIG_NOTIFY_OSC9, CONFIG_NOTIFY_OSC777 };
/* Plain data: may be copied, holds nothing that must be freed. */
struct config {
	char feed_url[CONFIG_TEXT_SIZE], token_file[CONFIG_TEXT_SIZE]; /* "": none */
	/* TLS: whom the feed's certificate must be signed by, and who we are; "": none */
	char ca[CONFIG_TEXT_SIZE], certificate[CONFIG_TEXT_SIZE], key[CONFIG_TEXT_SIZE];
	char state[CONFIG_TEXT_SIZE]; /* folder of cache and outbox; "": by XDG */
	char position[CONFIG_WORD_SIZE], theme[CONFIG_WORD_SIZE];
	int language; /* enum config_language */
	bool ascii, color, mouse, readonly;
	int slow_frames; /* a second, on a slow line */

	int sort; /* enum queue_key */
	int64_t keep_ended_ms;

	bool bell;
	struct config_command sound;
	int notify; /* enum config_notify */
	int64_t repeat_ms, mute_ms;
	int64_t arm_ms, recall_ms, resend_ms;
	int64_t retry_ms; /* the first wait before a lost link is tried again */

	struct config_command viewer, snapshot;
	int64_t snapshot_every_ms;

	int map_style; /* enum map_style */
	int ring_m;

	struct timer_table timers;
	struct keymap keys;
};

/* The table, in the order of the manual. [timers] and [bind] have keys of their own and no rows. */
const struct setting *config_options(size_t *len);
const struct setting *config_option_find(const char *section, const char *key);
/* The name that an option of type word has now. */
const char *config_word(const struct config *cfg, const char *section, const char *key);

void config_defaults(struct config *cfg);
/* Sets one option; the error names the value and what is allowed, not the place. */
bool config_set(
	struct config *cfg, const struct setting *option, const char *value, struct err *err);

/* Who reads a file on our behalf may look at each value, and change it: a path, for example. */
struct config_hooks {
	bool (*on_value)(void *data, const struct setting *option, char *value, size_t size,
		struct err *err);
	/* An error, "NAME:LINE: ..."; true goes on. NULL: the first one ends it. */
	bool (*on_error)(void *data, const char *text);
	void *data;
};

/* Reads a file's text over what cfg holds. `hooks` may be NULL. True when there was no error at
 * all; err has the first one. */
bool config_parse(struct config *cfg, const char *name, const char *text, size_t len,
	const struct config_hooks *hooks, struct err *err);

/* --- commands --- */

bool config_command_parse(struct config_command *command, const char *text, struct err *err);
/* The words, NULL at the end; they live as long as the command does. */
void config_command_words(
	const struct config_command *command, const char *words[CONFIG_ARGS_MAX + 1]);

#endif
