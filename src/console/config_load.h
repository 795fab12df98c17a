/* The configuration's files: which there are, who may write them, what is wrong in them. */
#ifndef SIAGA_CONSOLE_CONFIG_LOAD_H
#define SIAGA_CONSOLE_CONFIG_LOAD_H

#include <siaga/app/config.h>
#include <siaga/base/mem.h>

#define CONFIG_FILES_MAX 2

/* What came of it; a line each, without a prefix. Free with config_report_finish(). */
struct config_report {
	char *read[CONFIG_FILES_MAX]; /* names of the files that were there */
	size_t read_len;
	struct buf errors, warnings;
};

/*
 * Reads over the defaults: the system's file, then the user's; or only the one that is named
 * (`only`, else NULL), which must be there. Paths in a file are made absolute. False when there
 * was an error; all of them are in the report.
 */
bool config_load(struct config *cfg, const char *system, const char *user, const char *only,
	struct config_report *report);
void config_report_finish(struct config_report *report);

/* What must hold of a value beyond the table: the address of a feed, the name of a theme. */
bool config_check_value(const struct setting *option, const char *value, struct err *err);

#endif
