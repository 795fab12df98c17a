/* The feed as a whole: intake by HTTP, the log, fan-out by websocket. */
#ifndef SIAGA_FEED_FEED_H
#define SIAGA_FEED_FEED_H

#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/model/words.h>
#include <siaga/net/tls.h>

/* What one stranger, or one program that lost its way, may take. 0 means the default. */
struct feed_limits {
	unsigned connections;                 /* open at once, HTTP and websocket together: 4096 */
	unsigned per_address;                 /* of them from one address: 512 */
	unsigned intake_rate, intake_burst;   /* requests of one intake token: 500/s, 2000 */
	unsigned session_rate, session_burst; /* messages of one token: 20/s, 100 */
	unsigned bad_rate, bad_burst; /* requests without a token, of one address: 10/s, 50 */
};

struct feed_config {
	const char *dir;
	const char *user; /* whom to become when started as root; NULL: see owner.h */
	const char *address;
	uint16_t port;
	enum mode mode;
	const struct tls_server_config *tls; /* NULL: plain text, on loopback only */
	struct feed_limits limits;
};

/* Puts the default wherever there is a 0. */
void feed_limits_complete(struct feed_limits *limits);

/* Serves until SIGTERM or SIGINT; says on standard error where it listens. False: *err says why
 * not. */
bool feed_run(const struct feed_config *cfg, struct err *err);

#endif
