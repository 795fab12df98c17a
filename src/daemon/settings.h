/* siagad.conf: what can be configured, and the reading of it. */
#ifndef SIAGA_DAEMON_SETTINGS_H
#define SIAGA_DAEMON_SETTINGS_H

#include <siaga/base/mem.h>
#include <siaga/base/setting.h>
#include <siaga/feed/feed.h>
#include <siaga/net/tls.h>

#include "options.h"

#define SETTINGS_TEXT_SIZE 1024
#define SETTINGS_WORD_SIZE 64

/* Plain data; "" is not said. */
struct daemon_settings {
	char data[SETTINGS_TEXT_SIZE], listen[SETTINGS_WORD_SIZE], user[SETTINGS_WORD_SIZE];
	int mode; /* enum mode */
	char certificate[SETTINGS_TEXT_SIZE], key[SETTINGS_TEXT_SIZE];
	char client_ca[SETTINGS_TEXT_SIZE];
	int clients; /* enum tls_clients */
	struct feed_limits limits;
};

/* The table, in the order of the manual. */
const struct setting *daemon_settings_rows(size_t *len);
void daemon_settings_defaults(struct daemon_settings *settings);
/*
 * Reads a file over what is there. All errors, a line each with its place, are added to `errors`;
 * `warnings` likewise. 1: it was read, 0: there is no such file, -1: there were errors.
 */
int daemon_settings_read(struct daemon_settings *settings, const char *path, struct buf *errors,
	struct buf *warnings);
/* What a key of [feed] says holds where the option of the same name was not given. */
bool daemon_settings_fill(
	const struct daemon_settings *settings, struct daemon_options *opt, struct err *err);
/* What only looking at the files shows that are named. */
bool daemon_settings_check(const struct daemon_settings *settings, struct err *err);
/* What the feed needs for TLS, borrowed from `settings`; false: it is not configured. */
bool daemon_settings_tls(const struct daemon_settings *settings, struct tls_server_config *tls);

#endif
