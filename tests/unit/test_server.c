/* The port of a server where this process can open no more files. */
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include <siaga/net/server.h>

#include "loop_test.h"

#define LOOKS 40

static struct loop *loop;
static struct server *server;
static int looks;

static void on_request(void *data, const struct http_request *req) {
	(void)data;
	server_reply(server, req->id, 200, "text/plain", NULL, "ok", 2);
}

static const struct server_ops ops = {.on_request = on_request};

static int setup(void **state) {
	struct err err = {0};
	(void)state;
	looks = 0;
	loop = loop_create(LOOP_POLL, NULL, NULL, NULL, NULL, &err);
	assert_non_null(loop);
	server = server_create(loop,
		&(struct server_config){.address = "127.0.0.1",
			.ws_path = "/v1/feed",
			.subprotocol = "siaga.v1",
			.body_max = 1024,
			.message_max = 1024,
			.connections_max = 8,
			.per_address_max = 8,
			.ops = &ops},
		&err);
	assert_non_null(server);
	return 0;
}

static int teardown(void **state) {
	(void)state;
	server_destroy(server);
	loop_destroy(loop);
	return 0;
}

static bool has_looked(void *data) {
	(void)data;
	return ++looks == LOOKS;
}

static bool is_open(void *data) {
	struct server_stats stats;
	(void)data;
	server_get_stats(server, &stats);
	return stats.open == 1;
}

static int64_t cpu_ms(void) {
	struct timespec at;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static void whoever_comes_while_there_are_no_files_is_let_in_when_there_are(void **state) {
	struct rlimit before, none;
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons(server_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	(void)state;
	int peer = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(peer >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 4;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(connect(peer, (struct sockaddr *)&at, sizeof(at)), 0);
	int64_t busy_ms = cpu_ms(), since_ms = clock_mono_ms();
	bool looked = loop_run_until(loop, has_looked, NULL);
	busy_ms = cpu_ms() - busy_ms;
	since_ms = clock_mono_ms() - since_ms;
	bool open = is_open(NULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(looked);
	assert_false(open);
	assert_true(busy_ms < since_ms / 2); /* it does not turn in a circle */
	assert_true(loop_run_until(loop, is_open, NULL));
	close(peer);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			whoever_comes_while_there_are_no_files_is_let_in_when_there_are, setup,
			teardown),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
