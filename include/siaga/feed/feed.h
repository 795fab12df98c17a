/* The feed as a whole: intake by HTTP, the log, fan-out by websocket. */
#ifndef SIAGA_FEED_FEED_H
#define SIAGA_FEED_FEED_H

#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/model/words.h>

struct feed_config {
	const char *dir;
	const char *address;
	uint16_t port;
	enum mode mode;
};

/* Serves until SIGTERM or SIGINT; says on standard error where it listens. False: *err says why
 * not. */
bool feed_run(const struct feed_config *cfg, struct err *err);

#endif
