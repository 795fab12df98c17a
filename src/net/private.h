/* What the files of net/ share: the libwebsockets side of loop, server and client. */
#ifndef SIAGA_NET_PRIVATE_H
#define SIAGA_NET_PRIVATE_H

#include <libwebsockets.h>
#include <uv.h>

#include <siaga/base/address.h>
#include <siaga/base/mem.h>
#include <siaga/base/table.h>
#include <siaga/net/client.h>
#include <siaga/net/loop.h>
#include <siaga/net/server.h>

struct watch {
	int fd;
	loop_fd_fn on_ready;
	void *data;
	struct watch *next;
};

struct loop {
	struct lws_context *cx;
	struct lws_vhost *vhost;     /* for adopted descriptors and client connections */
	struct lws_vhost *tls_vhost; /* for those over TLS; NULL until there is one */
	bool set_given, timer_given; /* epoll_fd, timer_fd: the library closes them */
	uv_loop_t uv;
	uv_prepare_t before_wait;
	uint64_t turn;
	bool is_uv, stopped;
	int epoll_fd, signal_fd, timer_fd;
	struct loop_timer *timers; /* all of them, set or not */
	int64_t armed_us;          /* when timer_fd wakes the loop; 0: not at all, -1: it did */
	uint64_t timer_turn;
	bool in_timers;         /* they are being called */
	struct tls_client *tls; /* of all connections that are made from here */
	struct watch *watches;
	struct server *server; /* lives as long as its vhost: freed after the context */
	loop_signal_fn on_signal;
	void *signal_data;
	void (*on_log)(void *data, const char *line);
	void (*on_wake)(void *data);
	void *wake_data;
};

enum client_kind { CLIENT_LINK, CLIENT_POST };

/* How everything begins that a client connection may belong to: what is told to the first protocol
 * of a vhost may be about any of them. */
struct client {
	enum client_kind kind;
	struct loop *loop;
	const char *host; /* whose name the certificate must bear */
};

/* --- loop_tls.c --- */

/*
 * Where a connection from here belongs, which begins now. NULL with *err where its certificates are
 * no good, then *distrusted, or where TLS cannot be set up. OpenSSL takes two megabytes, so it is
 * started with the first connection that needs it.
 */
struct lws_vhost *loop_vhost(struct loop *loop, bool tls, bool *distrusted, struct err *err);
/* Has a context of libwebsockets started it in this process? It is started once. */
bool loop_tls_is_started(void);
void loop_tls_set_started(void);

/* The protocols of every client vhost: link first, because WSI_DESTROY goes to the first only. */
extern const struct lws_protocols loop_protocols[];
int link_callback(struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len);
int http_client_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len);
/* The connection of a POST is gone; no more is heard of it. */
void http_client_gone(struct lws *wsi, struct client *client);
/* libwebsockets asks about a certificate of the server; 0 takes it. */
int client_judge(struct lws *wsi, void *chain, bool good);
void loop_woken(struct loop *loop);
/* timer_fd is readable: calls what is due. */
void timer_fire_due(struct loop *loop);

/* --- server --- */

#define SERVER_BODY_S 10 /* libwebsockets' own time-out of silence in a body is after it */

/* The guard against upgrades that libwebsockets 4.1.6 mishandles: 0 for a websocket, -1 for all
 * else. */
int server_guard_upgrade(struct lws *wsi);
/* Answers a request for a websocket with something else. */
void server_refuse_upgrade(struct server *server, struct lws *wsi, int status, int wait_s);
int server_http_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len);
int server_ws_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len);

struct ws_conn {
	struct server *server;
	struct lws *wsi;
	void *session;
	struct buf in;
	bool established, broken, closing, close_said, lingers;
	uint16_t close_code;
	char close_reason[100];
	int64_t heard_ms;    /* mono: it said something, or answered */
	int64_t look_ms;     /* mono: it is looked after then */
	int64_t asked_ms;    /* mono: and has not answered since; 0: nobody asked */
	uint64_t sent;       /* bytes for it */
	uint64_t heard_sent; /* and when it was heard last */
	uint64_t taken;      /* and those that had arrived when it was last looked */
	size_t room;         /* of its socket, as far as is known: see server_gather.c */
	bool gathers;        /* its next message may go out with those to others */
	uint64_t batch;      /* in which its last one did */
	bool ping_due;
	struct ws_conn *next;
};

/* server_alive.c */
void alive_start(struct ws_conn *conn);
void alive_heard(struct ws_conn *conn);
/* Inside writable: was it time to ask? Then nothing else is sent now. */
bool alive_ping(struct ws_conn *conn);
/* For those whose time has come; `data` is the server. */
void alive_look(void *data);

/* server_gather.c */
/* False: the message has to be sent by itself. Where the connection breaks there is none to send.
 */
bool server_gather(struct ws_conn *conn, const char *text, size_t len);
void server_gather_finish(struct server *server);

/* server_tls.c */
struct server_tls;
struct server_tls *server_tls_create(const struct tls_server_config *cfg, struct err *err);
void server_tls_destroy(struct server_tls *tls); /* NULL is fine; after the vhost */
/* The vhost has made its SSL_CTX: it becomes ours. */
bool server_tls_adopt(struct server_tls *tls, void *ctx);

struct server {
	struct loop *loop;
	struct lws_vhost *vhost;
	struct server_tls *tls; /* NULL: plain text */
	struct server_config cfg;
	char address[64], ws_path[64], subprotocol[32];
	struct lws_protocols protocols[3];
	int listen_fd; /* -1: nobody is taken in any more */
	uint16_t port;
	struct loop_timer *listen_again; /* after a pause */
	uint64_t last_id;
	uint64_t handing;              /* the request that on_request is just told of */
	struct server_request *calls;  /* hash: those that await their answer */
	struct server_request *spares; /* for what comes next */
	size_t spares_len;
	struct buf saying; /* an answer on its way, with its head */
	struct ws_conn *conns;
	struct loop_timer *alive;    /* looks after them */
	int64_t alive_ms;            /* mono: when the first of them is due; 0: none is */
	struct server_guest *guests; /* every connection */
	struct server_house *houses; /* every address that has one */
	struct server_stats stats;
	uint64_t batch;        /* of messages that go out together */
	struct gather *gather; /* NULL: nobody needed one yet, or ... */
	bool no_ring;          /* ... the kernel gives us none, or no more */
	bool destroying;
};

/* Frees what is kept for requests that may come. */
void server_http_finish(struct server *server);
void server_free(struct server *server); /* the loop's, after the vhost; NULL is fine */
/* server_listen.c */
bool server_listen(struct server *server, struct err *err);
void server_listen_no_more(struct server *server);
/* server_doors.c */
bool doors_may_enter(struct server *server, int fd);
void doors_enter(struct server *server, struct lws *wsi);
void doors_leave(struct server *server, struct lws *wsi);
/* From now on it is waited for that; anew where it was so already. */
void doors_wait(struct server *server, struct lws *wsi, enum server_wait wait);
/* The doors wait for it no longer. */
void doors_pass(struct server *server, struct lws *wsi);
/* It took too long: it will be closed. Returns what a callback returns. */
int doors_late(struct server *server, struct lws *wsi);

void server_read_head(struct lws *wsi, struct http_request *req, char *path, char *bearer,
	char *key, char *type, char *peer);

/* Resolves off the loop; calls on_done on the loop's thread unless the resolver was dropped. */
struct resolver;
struct resolver *resolver_start(const char *host, struct loop *loop,
	void (*on_done)(void *data, const char *address), void *data);
void resolver_drop(struct resolver *resolver); /* NULL is fine */
bool url_is_loopback(const char *host);

#endif
