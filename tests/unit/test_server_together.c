/* Websockets that are sent their messages together, by a real server to real sockets. */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <siaga/base/mem.h>
#include <siaga/net/server.h>

#include "loop_test.h"
#include "ring_test.h"

#define GUESTS   100 /* more than go out in one call */
#define TEXT_MAX 10000
#define SMALL    400
#define MANY     2000 /* messages: more than two sockets hold */
#define TEXT     0x81
#define PING     0x89

/* One end of a connection is the test's, the other the server's. */
struct guest {
	struct ws_conn *conn; /* NULL: it is not open, or not any more */
	int fd;
	int next, end; /* it is sent those messages: next <= number < end */
	int got;       /* and has so many of them, in order and whole */
	char *bytes;   /* that it has read and not looked at */
	size_t len;
	bool closed;
};

static struct loop *loop;
static struct server *server;
static struct guest guests[GUESTS];
static size_t (*length)(int number); /* of a message */

static size_t small(int number) {
	(void)number;
	return SMALL;
}

static size_t large(int number) {
	(void)number;
	return 2000;
}

static size_t mixed(int number) {
	return number % 32 < 15 ? 6000 + (size_t)number % 7 * 500 : SMALL;
}

/* Around each length at which the head of a frame changes, and that of the largest to go together.
 */
static size_t odd(int number) {
	static const size_t lengths[] = {
		16, 124, 125, 126, 127, 400, 4091, 4092, 4093, 9000, 17, 65, 4097};
	return lengths[(size_t)number % ARRAY_LEN(lengths)];
}

static void put_text(char text[TEXT_MAX], int number) {
	memset(text, 'x', length(number));
	(void)snprintf(text, 16, "%014d", number);
	text[14] = '.';
}

static int on_upgrade(void *data, const struct http_request *req, void **session, int *wait_s) {
	(void)data, (void)wait_s;
	*session = &guests[atoi(req->bearer)];
	return 0;
}

static void on_open(void *data, void *session, struct ws_conn *conn) {
	(void)data;
	((struct guest *)session)->conn = conn;
}

static bool on_writable(void *data, void *session) {
	struct guest *guest = session;
	char text[TEXT_MAX];
	(void)data;
	if (guest->next < guest->end) {
		put_text(text, guest->next);
		ws_conn_send(guest->conn, text, length(guest->next));
		guest->next++;
	}
	return guest->next < guest->end;
}

static void on_close(void *data, void *session, struct ws_conn *conn) {
	struct guest *guest = session;
	(void)data, (void)conn;
	guest->conn = NULL;
	guest->closed = true;
}

static const struct server_ops ops = {.on_upgrade = on_upgrade,
	.on_open = on_open,
	.on_writable = on_writable,
	.on_close = on_close};

static bool all_open(void *data) {
	(void)data;
	for (int i = 0; i < GUESTS; i++) {
		if (guests[i].conn == NULL) {
			return false;
		}
	}
	return true;
}

static void come(struct guest *guest) {
	static const char form[] =
		"GET /v1/feed HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Protocol: siaga.v1\r\nAuthorization: Bearer %d\r\n\r\n";
	char hello[sizeof(form) + 16];
	int len = snprintf(hello, sizeof(hello), form, (int)(guest - guests));
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons(server_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int room = 4096;
	*guest = (struct guest){
		.fd = socket(AF_INET, SOCK_STREAM, 0), .bytes = mem_alloc(1, 1 << 20)};
	setsockopt(guest->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	assert_int_equal(connect(guest->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(send(guest->fd, hello, (size_t)len, 0), len);
	fcntl(guest->fd, F_SETFL, O_NONBLOCK);
}

static int setup(void **state) {
	struct err err = {0};
	(void)state;
	length = small;
	loop = loop_create(LOOP_UV, NULL, NULL, NULL, NULL, &err);
	assert_non_null(loop);
	server = server_create(loop,
		&(struct server_config){.address = "127.0.0.1",
			.ws_path = "/v1/feed",
			.subprotocol = "siaga.v1",
			.body_max = 1024,
			.message_max = 1024,
			.connections_max = GUESTS + 8,
			.per_address_max = GUESTS + 8,
			.ops = &ops},
		&err);
	assert_non_null(server);
	for (int i = 0; i < GUESTS; i++) {
		come(&guests[i]);
	}
	assert_true(loop_run_until(loop, all_open, NULL));
	return 0;
}

static int teardown(void **state) {
	(void)state;
	server_destroy(server);
	loop_destroy(loop);
	for (int i = 0; i < GUESTS; i++) {
		close(guests[i].fd);
		free(guests[i].bytes);
	}
	return 0;
}

/* RFC 6455, 5.2; only what a server may send here. Returns the length of the whole frame, or 0. */
static size_t frame(const struct guest *guest, size_t from, const char **text, size_t *len) {
	const unsigned char *head = (const unsigned char *)guest->bytes + from;
	size_t have = guest->len - from, size = 2;
	if (have < 2) {
		return 0;
	}
	assert_true(head[0] == TEXT || head[0] == PING);
	*len = head[1];
	if (head[1] == 126) {
		if (have < 4) {
			return 0;
		}
		*len = (size_t)head[2] << 8 | head[3];
		assert_true(*len >= 126);
		size = 4;
	}
	assert_true(head[1] <= 126);
	*text = guest->bytes + from + size;
	return have >= size + *len ? size + *len : 0;
}

static void take_text(struct guest *guest, const char *text, size_t len) {
	char want[TEXT_MAX];
	put_text(want, guest->got);
	assert_int_equal(len, length(guest->got));
	assert_memory_equal(text, want, len);
	guest->got++;
}

/* Reads what is there; each message has to be the next. False: the server has ended it. */
static bool look(struct guest *guest) {
	static const char pong[] = {(char)0x8a, (char)0x81, 0, 0, 0, 0, '?'};
	const char *text, *answer;
	size_t len, from = 0, size;
	ssize_t got = recv(guest->fd, guest->bytes + guest->len, (1 << 20) - guest->len, 0);
	bool ended = got == 0 || (got < 0 && errno != EAGAIN);
	guest->len += got > 0 ? (size_t)got : 0;
	if (guest->len > 4 && memcmp(guest->bytes, "HTTP", 4) == 0) {
		answer = memmem(guest->bytes, guest->len, "\r\n\r\n", 4);
		assert_non_null(answer);
		from = (size_t)(answer - guest->bytes) + 4;
	}
	while ((size = frame(guest, from, &text, &len)) > 0) {
		unsigned char head = (unsigned char)guest->bytes[from];
		from += size;
		if (head == TEXT) {
			take_text(guest, text, len);
		} else {
			(void)!send(guest->fd, pong, sizeof(pong), MSG_NOSIGNAL);
		}
	}
	memmove(guest->bytes, guest->bytes + from, guest->len - from);
	guest->len -= from;
	return !ended;
}

/* One message more for everybody who is there. */
static void tell_all(void) {
	for (int i = 0; i < GUESTS; i++) {
		if (guests[i].conn != NULL) {
			guests[i].end++;
			ws_conn_write_together(guests[i].conn);
		}
	}
	server_send_together(server);
}

static bool all_have_all(void *data) {
	bool all = true;
	(void)data;
	for (int i = 0; i < GUESTS; i++) {
		look(&guests[i]);
		all = all && (guests[i].closed || guests[i].got == guests[i].end);
	}
	return all;
}

/* Without a turn of the server's loop: what is on its way arrives, and nothing else is sent. */
static bool arrives(struct guest *guest) {
	int64_t until_ms = clock_mono_ms() + LOOP_DEADLINE_MS;
	while (look(guest) && guest->got < guest->end && clock_mono_ms() < until_ms) {
		poll(&(struct pollfd){.fd = guest->fd, .events = POLLIN}, 1, 100);
	}
	return guest->got == guest->end;
}

static bool all_arrives(void) {
	for (int i = 0; i < GUESTS; i++) {
		if (!guests[i].closed && !arrives(&guests[i])) {
			return false;
		}
	}
	return true;
}

static uint64_t together(void) {
	struct server_stats stats;
	server_get_stats(server, &stats);
	return stats.together;
}

/* Who is asked whether it is still there gets one message by itself. */
static void check_together(uint64_t want) {
	assert_in_range(
		together(), kernel_has_ring() ? want - GUESTS : 0, kernel_has_ring() ? want : 0);
}

static void what_is_sent_together_is_there_at_once(void **state) {
	(void)state;
	for (int i = 0; i < 3; i++) {
		tell_all();
		assert_true(all_arrives());
	}
	check_together(3 * GUESTS);
}

static void messages_of_all_lengths_come_whole_and_in_order(void **state) {
	(void)state;
	length = odd;
	for (int i = 0; i < 26; i++) {
		tell_all();
		assert_true(loop_run_until(loop, all_have_all, NULL));
	}
	/* 4093, 9000 and 4097 bytes go by themselves. */
	check_together(2 * 10 * GUESTS);
}

/* The first guest reads nothing until all has been told, which is more than its socket holds. */
static void who_does_not_read_gets_all_of_it_later_and_keeps_nobody_waiting(void **state) {
	(void)state;
	for (int i = 0; i < MANY; i++) {
		guests[0].end++;
		guests[1].end++;
		ws_conn_write_together(guests[0].conn);
		ws_conn_write_together(guests[1].conn);
		server_send_together(server);
		assert_true(arrives(&guests[1]));
	}
	assert_true(guests[0].next < guests[0].end);
	assert_true(loop_run_until(loop, all_have_all, NULL));
	assert_false(guests[0].closed);
	assert_int_equal(guests[0].got, MANY);
}

/* What went by itself has taken room, too. Each guest is at another place among large and small. */
static void who_does_not_read_gets_all_of_it_also_with_large_ones_between(void **state) {
	(void)state;
	length = mixed;
	for (int i = 0; i < GUESTS; i++) {
		guests[i].next = guests[i].end = guests[i].got = i;
	}
	for (int i = 0; i < 40; i++) {
		tell_all();
	}
	assert_true(guests[0].next < guests[0].end);
	assert_true(loop_run_until(loop, all_have_all, NULL));
	for (int i = 0; i < GUESTS; i++) {
		assert_false(guests[i].closed);
		assert_int_equal(guests[i].got, 40 + i);
	}
}

static bool first_is_closed(void *data) {
	(void)data;
	return guests[0].closed;
}

static void who_has_broken_off_is_closed_and_the_others_have_all(void **state) {
	struct linger none = {.l_onoff = 1, .l_linger = 0};
	(void)state;
	tell_all();
	assert_true(all_arrives());
	setsockopt(guests[0].fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(guests[0].fd);
	guests[0].fd = -1;
	tell_all();
	assert_true(loop_run_until(loop, first_is_closed, NULL));
	tell_all();
	assert_true(loop_run_until(loop, all_have_all, NULL));
	for (int i = 1; i < GUESTS; i++) {
		assert_false(guests[i].closed);
		assert_int_equal(guests[i].got, 3);
	}
}

/* The server's end of the guest's connection. */
static int their_fd(const struct guest *guest) {
	struct sockaddr_in own, peer;
	socklen_t size = sizeof(own);
	assert_int_equal(getsockname(guest->fd, (struct sockaddr *)&own, &size), 0);
	for (int fd = 3; fd < 1024; fd++) {
		size = sizeof(peer);
		if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
			peer.sin_port == own.sin_port) {
			return fd;
		}
	}
	return -1;
}

/* It comes back and asks for what it has not; half a message would be the end of all sense. */
static void who_has_less_room_than_it_said_is_closed_and_told_no_more(void **state) {
	static const char ping[] = {(char)PING, (char)0x81, 0, 0, 0, 0, '?'};
	char text[TEXT_MAX];
	int room = 1;
	(void)state;
	length = large;
	tell_all();
	assert_true(all_arrives());
	if (!kernel_has_ring()) {
		skip();
	}
	assert_int_equal(
		setsockopt(their_fd(&guests[0]), SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
	assert_int_equal(send(guests[0].fd, ping, sizeof(ping), 0), sizeof(ping));
	for (int i = 0; i < 11; i++) {
		guests[0].end++;
		ws_conn_write_together(guests[0].conn);
	}
	server_send_together(server);
	assert_true(loop_run_until(loop, first_is_closed, NULL));
	while (look(&guests[0])) {
		poll(&(struct pollfd){.fd = guests[0].fd, .events = POLLIN}, 1, 100);
	}
	assert_in_range(guests[0].got, 1, guests[0].end - 2);
	/* What it has of the next one is the beginning of that, and no answer to its question. */
	put_text(text, guests[0].got);
	if (guests[0].len > 4) {
		assert_memory_equal(guests[0].bytes + 4, text, guests[0].len - 4);
	}
	/* The first that did not go out, and the one before which that was found. */
	assert_in_range(guests[0].next, guests[0].got + 1, guests[0].got + 2);
	tell_all();
	assert_true(all_arrives());
}

static void where_the_kernel_gives_no_ring_each_is_sent_by_itself(void **state) {
	struct rlimit before, none;
	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	tell_all();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(all_arrives());
	tell_all();
	assert_true(all_arrives());
	assert_int_equal(together(), 0);
}

static void where_the_ring_breaks_all_arrives_and_each_is_sent_by_itself_from_then(void **state) {
	(void)state;
	tell_all();
	if (!kernel_has_ring()) {
		skip();
	}
	break_ring();
	tell_all();
	assert_true(all_arrives());
	uint64_t before = together();
	tell_all();
	assert_true(all_arrives());
	assert_int_equal(together(), before);
}

#define WITH_GUESTS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_GUESTS(what_is_sent_together_is_there_at_once),
		WITH_GUESTS(messages_of_all_lengths_come_whole_and_in_order),
		WITH_GUESTS(who_does_not_read_gets_all_of_it_later_and_keeps_nobody_waiting),
		WITH_GUESTS(who_does_not_read_gets_all_of_it_also_with_large_ones_between),
		WITH_GUESTS(who_has_broken_off_is_closed_and_the_others_have_all),
		WITH_GUESTS(who_has_less_room_than_it_said_is_closed_and_told_no_more),
		WITH_GUESTS(where_the_ring_breaks_all_arrives_and_each_is_sent_by_itself_from_then),
		WITH_GUESTS(where_the_kernel_gives_no_ring_each_is_sent_by_itself),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
