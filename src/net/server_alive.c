/*
 * Is somebody still there? A peer whose machine or program hangs closes nothing, and what it would
 * have said, a console says seldom. So it is asked, and has to answer. One timer is for all: to set
 * one for a connection the library looks through those of all of them.
 */
#include "private.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <siaga/base/clock.h>

#define PING_MS     5000 /* of silence */
#define GONE_MS     12000
#define ANSWER_MS   6000  /* from the question on */
#define TUNNEL_MS   60000 /* more than that is not waited for what a tunnel holds */
#define MS_PER_BYTE 1     /* of a line so thin */
#define APART_MS    250   /* those whose time comes meanwhile are looked after together */

static void ring_at(struct server *server, int64_t at_ms, int64_t now_ms) {
	server->alive_ms = at_ms;
	loop_timer_set(server->alive, at_ms - now_ms + APART_MS);
}

void alive_start(struct ws_conn *conn) {
	struct server *server = conn->server;
	alive_heard(conn);
	conn->look_ms = conn->heard_ms + PING_MS;
	if (server->alive_ms == 0 || server->alive_ms > conn->look_ms) {
		ring_at(server, conn->look_ms, conn->heard_ms);
	}
}

void alive_heard(struct ws_conn *conn) {
	conn->heard_ms = clock_mono_ms();
	conn->heard_sent = conn->sent;
	conn->asked_ms = 0;
}

/*
 * On a thin line the question waits behind all that was sent before it. While more and more of that
 * arrives, the other end is there.
 */
static bool is_taking(struct ws_conn *conn) {
	int waiting = 0;
	uint64_t before = conn->taken;
	if (ioctl(lws_get_socket_fd(conn->wsi), SIOCOUTQ, &waiting) != 0) {
		return false;
	}
	conn->taken = conn->sent > (uint64_t)waiting ? conn->sent - (uint64_t)waiting : 0;
	return waiting > 0 && conn->taken > before;
}

/*
 * A tunnel takes all at once, whatever its far end can do, and what it holds is not seen from here.
 * So what was sent since the other end was heard is given the time that it needs on a thin line.
 */
static int64_t gone_ms(const struct ws_conn *conn) {
	uint64_t more_ms = (conn->sent - conn->heard_sent) * MS_PER_BYTE;
	return GONE_MS + (int64_t)(more_ms < TUNNEL_MS ? more_ms : TUNNEL_MS);
}

/* It may be us who were away: what it has said meanwhile waits to be read. */
static bool has_spoken(const struct ws_conn *conn) {
	int waiting = 0;
	return ioctl(lws_get_socket_fd(conn->wsi), FIONREAD, &waiting) == 0 && waiting > 0;
}

static void ask(struct ws_conn *conn, int64_t now_ms) {
	conn->ping_due = true;
	conn->asked_ms = conn->asked_ms != 0 ? conn->asked_ms : now_ms;
	lws_callback_on_writable(conn->wsi);
}

bool alive_ping(struct ws_conn *conn) {
	/* libwebsockets 4.1.6 does not tell of an answer that holds nothing. */
	unsigned char frame[LWS_PRE + 1] = {[LWS_PRE] = '?'};
	if (!conn->ping_due) {
		return false;
	}
	conn->ping_due = false;
	conn->broken = lws_write(conn->wsi, frame + LWS_PRE, 1, LWS_WRITE_PING) < 0;
	return true;
}

/* In how many milliseconds it is to be looked after again. */
static int64_t look_after(struct ws_conn *conn, int64_t now_ms) {
	int64_t silent_ms = now_ms - conn->heard_ms, left_ms = gone_ms(conn) - silent_ms;
	bool taking = silent_ms >= PING_MS && is_taking(conn);
	/* Where nobody asked, because this program stood still, nobody has failed to answer. */
	int64_t answer_ms = conn->asked_ms + ANSWER_MS - now_ms;
	bool was_asked = conn->asked_ms != 0 && answer_ms <= 0;
	if (left_ms <= 0 && was_asked && !taking && !has_spoken(conn)) {
		conn->server->stats.late[SERVER_WAIT_PONG]++;
		/* No farewell is waited for: nobody would answer it. */
		lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		return INT64_MAX - now_ms;
	}
	if (silent_ms < PING_MS) {
		return PING_MS - silent_ms;
	}
	ask(conn, now_ms);
	/* Its answer says that all of that has arrived, and then it gets no more time. */
	int64_t next_ms = left_ms > 0 ? left_ms : conn->asked_ms + ANSWER_MS - now_ms;
	return next_ms > 0 && next_ms < PING_MS ? next_ms : PING_MS;
}

void alive_look(void *data) {
	struct server *server = data;
	int64_t now_ms = clock_mono_ms(), next_ms = INT64_MAX;
	for (struct ws_conn *conn = server->conns; conn != NULL; conn = conn->next) {
		if (!conn->established) {
			continue; /* The doors wait for it. */
		}
		if (conn->look_ms <= now_ms) {
			conn->look_ms = now_ms + look_after(conn, now_ms);
		}
		next_ms = conn->look_ms < next_ms ? conn->look_ms : next_ms;
	}
	server->alive_ms = 0;
	if (next_ms != INT64_MAX) {
		ring_at(server, next_ms, now_ms);
	}
}
