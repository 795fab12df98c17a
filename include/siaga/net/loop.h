/*
 * The one event loop: sockets, the terminal, signals and timers wait in one place. Hides
 * libwebsockets; only src/net includes it. One loop per thread; nothing here is thread-safe
 * except loop_wake().
 */
#ifndef SIAGA_NET_LOOP_H
#define SIAGA_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/net/tls.h>

struct loop;
struct loop_timer;

enum loop_kind {
	LOOP_POLL, /* the console: a handful of descriptors */
	LOOP_UV, /* the feed: thousands of connections; falls back to poll where libuv is missing */
	LOOP_KIND_COUNT
};

typedef void (*loop_fd_fn)(void *data, int fd, uint32_t epoll_events);
typedef void (*loop_signal_fn)(void *data, int signo);
typedef void (*loop_timer_fn)(void *data);

/*
 * Makes the loop. `signals` (zero-terminated, may be NULL) are blocked in this thread and read from
 * a signalfd; create the loop before any thread. SIGPIPE is ignored. Library log lines go to
 * `on_log` (may be NULL) and never to the terminal.
 */
struct loop *loop_create(enum loop_kind kind, const int *signals, loop_signal_fn on_signal,
	void (*on_log)(void *data, const char *line), void *data, struct err *err);
void loop_destroy(struct loop *loop); /* NULL is fine; closes what was listening and connected */

/* Whom the connections trust that are made from here over TLS, and who they say they are; copied.
 * Without it: the system's CAs, and nobody. */
void loop_trust(struct loop *loop, const struct tls_trust *trust);

/* Runs until loop_stop(). Returns after the current callbacks are done. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* How often it has waited for something to happen: what two callbacks are told in one turn had
 * happened when the first of them was called. */
uint64_t loop_turn(const struct loop *loop);

/*
 * Watches a descriptor for EPOLLIN (and hang-up) through the loop's epoll set. The descriptor stays
 * the caller's: its flags are not changed and it is not closed. Watch again to change the callback.
 */
bool loop_watch_fd(struct loop *loop, int fd, loop_fd_fn on_ready, void *data, struct err *err);
void loop_unwatch_fd(struct loop *loop, int fd);

/* A one-shot timer; set again from its own callback for a repeating one. Milliseconds, monotonic.
 */
struct loop_timer *loop_timer_create(struct loop *loop, loop_timer_fn on_fire, void *data);
void loop_timer_set(struct loop_timer *timer, int64_t delay_ms);
/* As above, for what may wait for company: it fires with whichever other timer does from then on,
 * and wakes the loop for itself only when that has taken `slack_ms`. */
void loop_timer_set_lax(struct loop_timer *timer, int64_t delay_ms, int64_t slack_ms);
void loop_timer_cancel(struct loop_timer *timer);
void loop_timer_destroy(struct loop_timer *timer); /* NULL is fine */

/* Calls on_wake(data) soon, on the loop's thread. Safe from any thread; many calls may become one.
 */
void loop_on_wake(struct loop *loop, void (*on_wake)(void *data), void *data);
void loop_wake(struct loop *loop);

#endif
