/*
 * HTTP/1.1 and websocket server on one port. It moves bytes and keeps the doors: sizes, time-outs,
 * whether a websocket's peer is still there (it is asked after 5 s of silence, and gone after 12
 * or as much more as a thin line needs for what was sent since it was heard, a minute at most), and
 * the guards against known faults of libwebsockets 4.1.6. It knows nothing of alarms.
 */
#ifndef SIAGA_NET_SERVER_H
#define SIAGA_NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/net/tls.h>

struct loop;
struct server;
struct ws_conn; /* one websocket connection, the server's; valid from on_open until on_close returns
		 */

#define SERVER_PATH_MAX   256
#define SERVER_HEADER_MAX 512
#define SERVER_HEADROOM   32 /* in front of a message that ws_conn_send_in_place() sends */

/* What was asked. The texts live until the callback returns. */
struct http_request {
	uint64_t id;                 /* names the request in server_reply(); never reused */
	const char *method;          /* "GET", "POST", or "OTHER" for anything else */
	const char *path;            /* without query */
	const char *bearer;          /* token of `Authorization: Bearer`, or "" */
	const char *idempotency_key; /* or "" */
	const char *content_type;    /* or "" */
	const char *peer;            /* numeric address */
	const char *body;            /* NUL-terminated; "" when there is none */
	size_t body_len;
};

/* What a connection may be waited for. */
enum server_wait {
	SERVER_WAIT_NONE,
	SERVER_WAIT_HEADER, /* of the first request, from the beginning */
	SERVER_WAIT_BODY,   /* all of it */
	SERVER_WAIT_IDLE,   /* for the next request, all of its header */
	SERVER_WAIT_PONG,   /* websocket: for any sign of life */
	SERVER_WAIT_COUNT
};

/* Seconds; 0 means the default. */
struct server_times {
	unsigned header_s; /* 5 */
	unsigned body_s;   /* 10 */
	unsigned idle_s;   /* 20 */
};

struct server_stats {
	size_t open;                           /* connections */
	uint64_t refused_all, refused_address; /* over the cap of all, or of one address */
	uint64_t late[SERVER_WAIT_COUNT];      /* closed, by what they were waited for */
	uint64_t together;                     /* messages that went out with those to others */
};

struct server_ops {
	/*
	 * A whole request is here. Answer now or later with server_reply(). A connection has one at
	 * a time: a client that sends the next before its answer gets the answer, and is cut off.
	 */
	void (*on_request)(void *data, const struct http_request *req);
	/*
	 * Somebody wants a websocket with our subprotocol. Return 0 and set *session to take it, or
	 * an HTTP status (401, 403, 503 ...) to refuse, and with 429 and 503 *wait_s to the seconds
	 * after which to come back. on_close is called for every session that was taken, also where
	 * the handshake fails afterwards (then conn is NULL).
	 */
	int (*on_upgrade)(void *data, const struct http_request *req, void **session, int *wait_s);
	void (*on_open)(void *data, void *session, struct ws_conn *conn);
	/* One whole text message, valid until return, not NUL-checked or UTF-8-checked. */
	void (*on_message)(void *data, void *session, const char *text, size_t len);
	/* The connection can take a message: call ws_conn_send() at most once; return true to be
	 * asked again. */
	bool (*on_writable)(void *data, void *session);
	void (*on_close)(void *data, void *session, struct ws_conn *conn);
	/* A connection over a cap was closed unheard: over that of its address (of IPv6 the /64),
	 * or of all. NULL: nobody wants to know. */
	void (*on_turned_away)(void *data, const char *address, bool by_address);
};

struct server_config {
	const char *address;                 /* numeric; loopback only unless there is TLS */
	uint16_t port;                       /* 0 picks one */
	const char *ws_path;                 /* "/v1/feed" */
	const char *subprotocol;             /* "siaga.v1" */
	size_t body_max;                     /* larger: 413 */
	size_t message_max;                  /* larger: closed with 1009 */
	const struct tls_server_config *tls; /* copied; NULL: plain text */
	unsigned connections_max;            /* open at once, HTTP and websocket together */
	unsigned per_address_max; /* of them from one address; 127.0.0.1 and ::1 may have all */
	struct server_times times;
	const struct server_ops *ops;
	void *data;
};

struct server *server_create(struct loop *loop, const struct server_config *cfg, struct err *err);
void server_destroy(struct server *server); /* NULL is fine; call before loop_destroy() */
uint16_t server_port(const struct server *server);
/* Reads the files of TLS again, for connections that come from now on. False: the old ones stay. */
bool server_reload_tls(struct server *server, struct err *err);
/* When the certificate ends: UTC, seconds; 0 without TLS. */
int64_t server_tls_expires(const struct server *server);
/* Does this peer of a request sit on this machine? */
bool server_peer_is_local(const char *peer);
void server_get_stats(const struct server *server, struct server_stats *out);

/*
 * Answers a request: status, JSON or text body (copied), content type, optional extra header
 * ("Retry-After: 1", or NULL). A request whose client went away is forgotten silently; returns
 * false then.
 */
bool server_reply(struct server *server, uint64_t request_id, int status, const char *content_type,
	const char *extra_header, const char *body, size_t len);

/* Asks for on_writable. */
void ws_conn_want_write(struct ws_conn *conn);
/* The same, but where nothing waits before it on_writable is called at once, without a turn of the
 * loop for every one of a thousand connections. Not from within a callback of the connection. */
void ws_conn_write_now(struct ws_conn *conn);
/* The same for one of many: a small message may wait until server_send_together(), which sends it
 * with those to the others in one call of the kernel. Nothing else is done with the server until
 * then. Where it cannot be sent the connection closes. */
void ws_conn_write_together(struct ws_conn *conn);
void server_send_together(struct server *server);
/* Only inside on_writable: sends one text message (copied). false: the connection is broken and
 * will close. */
bool ws_conn_send(struct ws_conn *conn, const char *text, size_t len);
/* The same without a copy: the SERVER_HEADROOM bytes in front of the text are written over, the
 * text is not, so that the next connection can be sent it, too. */
bool ws_conn_send_in_place(struct ws_conn *conn, char *text, size_t len);
/* Ends the link with a websocket close code (1000, 1001, 4001 token, 4003 role, 4008 slow, 4009
 * resync ...): when the peer has closed its end, and some seconds later where it does not take what
 * waits for it or does not close. on_close comes then; what the peer says until then is dropped. */
void ws_conn_close(struct ws_conn *conn, uint16_t code, const char *reason);

#endif
