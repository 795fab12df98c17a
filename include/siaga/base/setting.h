/*
 * What can be set in a configuration: a table of rows that says where each value goes, which values
 * there are, and what stands in a file. One table feeds the reading of files, lists and manuals.
 */
#ifndef SIAGA_BASE_SETTING_H
#define SIAGA_BASE_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/nearest.h>

struct ini_item;

enum setting_type {
	SETTING_BOOL,     /* yes or no */
	SETTING_COMMAND,  /* whose table has it sets it; setting_set() does not know how */
	SETTING_DURATION, /* int64_t, milliseconds */
	SETTING_FILE,     /* text: a path */
	SETTING_NUMBER,   /* int */
	SETTING_TEXT,
	SETTING_URL, /* text */
	SETTING_WORD /* int: which of the words */
};

struct setting {
	const char *section, *key;
	enum setting_type type;
	size_t offset, size;      /* in the struct that holds the values */
	int64_t min, max;         /* number, duration */
	const char *const *words; /* word: NULL ends */
	const char *initial;      /* the default, as it would stand in a file */
	const char *help;         /* one line, translated where it is used */
};

const char *setting_type_name(enum setting_type type); /* "duration"; never translated */
/* "5s to 10m", "yes or no": what a value may be (translated). */
void setting_allowed(const struct setting *setting, char *out, size_t size);
/* NULL: the table has none of that name. */
const struct setting *setting_find(
	const struct setting *table, size_t len, const char *section, const char *key);
/* Sets one value of the struct at `values`; the error names the value and what is allowed, not the
 * place. */
bool setting_set(void *values, const struct setting *setting, const char *value, struct err *err);
/* A line for each row on standard output: section, key, type, default, what is allowed, help,
 * parted by tabs. */
void setting_list(const struct setting *table, size_t len);

/* Errors about names that no table has; what is near is offered. All return false. */
bool setting_unknown(struct err *err, const char *what, const struct nearest *near);
/* `more`: sections without rows, NULL ends. */
bool setting_unknown_section(const struct setting *table, size_t len, const char *const *more,
	const char *section, struct err *err);
bool setting_unknown_key(
	const struct setting *table, size_t len, const struct ini_item *item, struct err *err);

#endif
