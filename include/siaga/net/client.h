/*
 * The console's side: a websocket link that comes back by itself, and one-shot HTTP POST. Names are
 * resolved on a thread of their own, so a dead resolver never freezes the screen.
 */
#ifndef SIAGA_NET_CLIENT_H
#define SIAGA_NET_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>

struct loop;
struct link;

struct link_url {
	bool tls; /* wss:// or https:// */
	char host[256];
	uint16_t port;
	char path[256];
};

/* ws://HOST[:PORT][/PATH], wss://, http://, https://; IPv6 in brackets. Plain text is for loopback
 * hosts only (127.0.0.0/8, ::1, localhost): anything else is refused here. No user info, no query.
 */
bool link_url_parse(struct link_url *url, const char *text, struct err *err);

enum link_state { LINK_WAITING, LINK_CONNECTING, LINK_OPEN, LINK_REFUSED, LINK_STATE_COUNT };

struct link_ops {
	void (*on_open)(void *data);
	/* One whole text message, valid until return. */
	void (*on_message)(void *data, const char *text, size_t len);
	/*
	 * The link is down: `why` is for a person, http_status is that of a refused handshake or 0,
	 * close_code that of a close frame or 0. `retry_ms` is the wait until the next try
	 * (retry_ms at first, twice as long with each that fails, 15 s at most, a quarter more or
	 * less; after one that was settled four times retry_ms at most; nearly none where the peer
	 * ended one that was settled with 4012, to be come back to; a minute where the token was
	 * refused).
	 */
	void (*on_down)(void *data, const char *why, int http_status, uint16_t close_code,
		int64_t retry_ms);
	/* Any byte from the peer, a pong included: proof that the link lives. Only what is not a
	 * pong ends a silence. */
	void (*on_proof)(void *data);
};

struct link_config {
	struct link_url url;
	const char *subprotocol;
	const char *token;  /* copied; sent as Authorization: Bearer */
	size_t message_max; /* a larger message ends the link with 1009 */
	int64_t silence_ms; /* no byte for that long: the link is dead. A ping is sent at a third of
			       it */
	int64_t retry_ms;   /* the wait before the first new try; 0: 0.5 s */
	const struct link_ops *ops;
	void *data;
};

struct link *link_create(struct loop *loop, const struct link_config *cfg, struct err *err);
void link_destroy(struct link *link); /* NULL is fine; no callback any more */
/* The peer is of no use: as if it had closed the link. Waits longer each time until
 * link_settle(). */
void link_drop(struct link *link, const char *why);
/* The peer does what it should: should the link break after a while, the wait is the first one. */
void link_settle(struct link *link);
/* Tries now, also after LINK_REFUSED; does nothing when open or trying. */
void link_retry(struct link *link);
/* The newest try failed for what nobody but a person can repair: a certificate, a file. */
bool link_is_distrusted(const struct link *link);
enum link_state link_get_state(const struct link *link);
/* Is a part of a message there, and the rest of it still to come? */
bool link_is_receiving(const struct link *link);
/* Changes the time-out of silence while open (the feed says its beat in `welcome`). */
void link_set_silence(struct link *link, int64_t silence_ms);
/* Queues one text message (copied); false when the link is not open or 256 KiB are waiting already.
 */
bool link_send(struct link *link, const char *text, size_t len);

/* One HTTP POST over its own connection; on_done(data, status or 0, body, len) exactly once. Over
 * TLS it trusts as all of the loop does. */
typedef void (*http_done_fn)(void *data, int status, const char *body, size_t len);
bool http_post(struct loop *loop, const struct link_url *url, const char *token,
	const char *idempotency_key, const char *body, size_t len, http_done_fn on_done, void *data,
	struct err *err);

#endif
