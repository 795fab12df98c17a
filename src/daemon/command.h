/*
 * What siagad can be told to do: one table of commands, a file for each. A command without words is
 * the feed itself.
 */
#ifndef SIAGA_DAEMON_COMMAND_H
#define SIAGA_DAEMON_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>

#include "options.h"

#define DAEMON_EXIT_USAGE  2
#define DAEMON_EXIT_CONFIG 3 /* the configuration is wrong */

/* Each runs to its end and returns the exit status; it has said what is wrong on standard error. */
typedef int (*daemon_run_fn)(const struct daemon_options *opt);

struct daemon_command {
	const char *word;  /* the first word; NULL: none was said */
	const char *usage; /* a line for each form, as --help shows it behind "siagad " */
	daemon_run_fn run;
};

/* "siagad: TEXT" and where the options are listed; returns the exit status. */
int daemon_usage(const char *text);
int daemon_fail(const struct err *err);
/* What is in the way of a command that works on a data folder: 0, or the exit status. */
int daemon_need_data(const struct daemon_options *opt);
/*
 * The same, and from here on this process is the owner of that folder, for ever, where root started
 * it: read first what only root may read.
 */
int daemon_enter_data(const struct daemon_options *opt);
/* The same for who only looks: nothing is made there, and nothing changes hands. */
int daemon_look_data(const struct daemon_options *opt);

int doctor_run(const struct daemon_options *opt);
int cert_run(const struct daemon_options *opt);
int backup_run(const struct daemon_options *opt);
int check_run(const struct daemon_options *opt);
int export_run(const struct daemon_options *opt);
int purge_run(const struct daemon_options *opt);
int registry_run(const struct daemon_options *opt);
int serve_run(const struct daemon_options *opt);
int token_run(const struct daemon_options *opt);
int who_run(const struct daemon_options *opt);

/* "127.0.0.1:7112" or "[::1]:7112" into its parts. */
bool daemon_split_listen(const char *text, char *address, size_t size, uint16_t *port);

#endif
