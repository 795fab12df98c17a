/*
 * Is somebody still there? A peer whose machine or program hangs closes nothing, and what it would
 * have said, a console says seldom. So it is asked, and has to answer.
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
#define US_PER_MS   1000

static void look_after(struct ws_conn *conn, int64_t ms) {
	lws_set_timer_usecs(conn->wsi, (lws_usec_t)ms * US_PER_MS);
}

void alive_start(struct ws_conn *conn) {
	alive_heard(conn);
	look_after(conn, PING_MS);
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

int alive_look(struct ws_conn *conn) {
	int64_t now_ms = clock_mono_ms(), silent_ms = now_ms - conn->heard_ms;
	int64_t left_ms = gone_ms(conn) - silent_ms;
	bool taking = silent_ms >= PING_MS && is_taking(conn);
	/* Where nobody asked, because this program stood still, nobody has failed to answer. */
	int64_t answer_ms = conn->asked_ms + ANSWER_MS - now_ms;
	bool was_asked = conn->asked_ms != 0 && answer_ms <= 0;
	if (left_ms <= 0 && was_asked && !taking && !has_spoken(conn)) {
		conn->server->stats.late[SERVER_WAIT_PONG]++;
		/* No farewell is waited for: nobody would answer it. */
		lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		return 0;
	}
	if (silent_ms < PING_MS) {
		look_after(conn, PING_MS - silent_ms);
		return 0;
	}
	ask(conn, now_ms);
	/* Its answer says that all of that has arrived, and then it gets no more time. */
	int64_t next_ms = left_ms > 0 ? left_ms : conn->asked_ms + ANSWER_MS - now_ms;
	look_after(conn, next_ms > 0 && next_ms < PING_MS ? next_ms : PING_MS);
	return 0;
}
