/* Messages that go to the kernel together, on real sockets. */
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../src/net/gather.h"
#include "ring_test.h"

#define ODD   3001 /* bytes: such messages do not fill a buffer */
#define PAIRS 200  /* more than go out in one call */

static struct gather *gather;
static int ours[PAIRS], theirs[PAIRS];
static int failed[PAIRS];

static void on_failed(void *data) {
	failed[(int *)data - ours]++;
}

static int setup(void **state) {
	(void)state;
	gather = gather_create(on_failed);
	for (int i = 0; i < PAIRS; i++) {
		int pair[2];
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
		ours[i] = pair[0];
		theirs[i] = pair[1];
		failed[i] = 0;
	}
	return 0;
}

static int teardown(void **state) {
	(void)state;
	for (int i = 0; i < PAIRS; i++) {
		close(ours[i]);
		close(theirs[i]);
	}
	gather_destroy(gather);
	gather = NULL;
	return 0;
}

static void need_ring(void) {
	if (!kernel_has_ring()) {
		skip();
	}
	assert_non_null(gather);
}

static bool add(int to, const char *text) {
	return gather_add(gather, ours[to], text, strlen(text), &ours[to]);
}

static void check_got(int at, const char *want) {
	char got[8192];
	ssize_t len = recv(theirs[at], got, sizeof(got) - 1, 0);
	got[len > 0 ? len : 0] = '\0';
	assert_string_equal(got, want);
}

static void each_gets_its_own_and_in_order(void **state) {
	char text[32];
	(void)state;
	need_ring();
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < PAIRS; i++) {
			(void)snprintf(text, sizeof(text), "%d to %d>", round, i);
			assert_true(add(i, text));
			memset(text, 'x', sizeof(text)); /* It was copied. */
		}
	}
	gather_send(gather);
	for (int i = 0; i < PAIRS; i++) {
		char want[64];
		(void)snprintf(want, sizeof(want), "0 to %d>1 to %d>", i, i);
		check_got(i, want);
		assert_int_equal(failed[i], 0);
	}
}

static void nothing_goes_out_before_it_is_sent_or_twice(void **state) {
	(void)state;
	need_ring();
	assert_true(add(0, "one"));
	check_got(0, "");
	gather_send(gather);
	gather_send(gather);
	check_got(0, "one");
	check_got(0, "");
}

static void who_is_gone_is_told_and_keeps_nobody_from_theirs(void **state) {
	(void)state;
	need_ring();
	shutdown(theirs[1], SHUT_RDWR);
	for (int i = 0; i < 3; i++) {
		assert_true(add(i, "one"));
	}
	gather_send(gather);
	check_got(0, "one");
	check_got(2, "one");
	assert_int_equal(failed[0] + failed[2], 0);
	assert_int_equal(failed[1], 1);
}

static void tcp_pair(int pair[2]) {
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int door = socket(AF_INET, SOCK_STREAM, 0), room = 65536;
	setsockopt(door, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	assert_int_equal(bind(door, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(door, 1), 0);
	assert_int_equal(getsockname(door, (struct sockaddr *)&at, &size), 0);
	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(pair[0], (struct sockaddr *)&at, sizeof(at)), 0);
	pair[1] = accept(door, NULL, NULL);
	assert_true(pair[1] >= 0);
	close(door);
}

/* What has come at the other end once nothing more does. */
static size_t drain(int fd) {
	static char bytes[1 << 20];
	size_t all = 0;
	ssize_t len;
	while ((len = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		all += (size_t)len;
	}
	return all;
}

/* It is not waited for, and a message of which the socket took only a part has failed. */
static void who_has_no_room_is_told(void **state) {
	char text[ODD + 1] = {0};
	int pair[2], told = 0;
	(void)state;
	need_ring();
	tcp_pair(pair);
	memset(text, 'x', sizeof(text) - 1);
	for (; failed[0] == 0; told++) {
		assert_in_range(told, 0, 10000);
		assert_true(gather_add(gather, pair[0], text, strlen(text), &ours[0]));
		gather_send(gather);
	}
	assert_int_equal(failed[0], 1);
	close(pair[0]);
	size_t came = drain(pair[1]);
	close(pair[1]);
	assert_int_equal(came / ODD, told - 1);
	print_message("# %zu bytes of the last came\n", came % ODD);
	assert_true(add(1, "one"));
	gather_send(gather);
	check_got(1, "one");
}

static void the_largest_is_taken_and_a_larger_one_is_not(void **state) {
	char text[GATHER_MESSAGE_MAX + 2] = {0};
	(void)state;
	need_ring();
	memset(text, 'x', sizeof(text) - 1);
	assert_false(add(0, text));
	text[GATHER_MESSAGE_MAX] = '\0';
	/* Many times: they find room for their bytes. */
	for (int i = 1; i < PAIRS; i++) {
		assert_true(add(i, text));
	}
	gather_send(gather);
	for (int i = 1; i < PAIRS; i++) {
		char got[2 * GATHER_MESSAGE_MAX];
		assert_int_equal(recv(theirs[i], got, sizeof(got), 0), GATHER_MESSAGE_MAX);
		assert_int_equal(failed[i], 0);
	}
}

static void where_the_ring_breaks_what_waits_is_sent_and_no_more_is_taken(void **state) {
	(void)state;
	need_ring();
	shutdown(theirs[1], SHUT_RDWR);
	for (int i = 0; i < 3; i++) {
		assert_true(add(i, "one"));
	}
	break_ring();
	gather_send(gather);
	check_got(0, "one");
	check_got(2, "one");
	assert_int_equal(failed[0] + failed[2], 0);
	assert_int_equal(failed[1], 1);
	assert_false(add(0, "two"));
	gather_send(gather);
	check_got(0, "");
}

/* With so many files there is a ring, or not even that, and nothing to try it with. */
static void check_no_ring(rlim_t files) {
	struct rlimit before, few;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = files;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	struct gather *other = gather_create(on_failed);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_null(other);
	gather_send(other);
	gather_destroy(other);
}

static void where_the_kernel_gives_no_ring_there_is_none(void **state) {
	(void)state;
	int next = dup(0);
	close(next);
	check_no_ring((rlim_t)next);
	check_no_ring((rlim_t)next + 1);
	check_no_ring((rlim_t)next + 2);
}

#define ON_SOCKETS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		ON_SOCKETS(each_gets_its_own_and_in_order),
		ON_SOCKETS(nothing_goes_out_before_it_is_sent_or_twice),
		ON_SOCKETS(who_is_gone_is_told_and_keeps_nobody_from_theirs),
		ON_SOCKETS(who_has_no_room_is_told),
		ON_SOCKETS(the_largest_is_taken_and_a_larger_one_is_not),
		ON_SOCKETS(where_the_ring_breaks_what_waits_is_sent_and_no_more_is_taken),
		cmocka_unit_test(where_the_kernel_gives_no_ring_there_is_none),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
