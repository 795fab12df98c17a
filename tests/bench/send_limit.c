/*
 * What any server needs at least to tell so many consoles of an event: one send() for each, and
 * another program that reads them all. No websocket, no feed.
 *
 *     send_limit CONSOLES RATE SECONDS [BYTES]
 *
 * RATE events a second of BYTES, or of LOAD_EVENT_BYTES; one that falls due while another is being
 * told waits. Says as one JSON object how old events were when they were read, from the moment they
 * fell due, and how long a round of all consoles took; the first WARM_S count for nothing.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

#define CONSOLES_MAX 4096
#define BYTES_MAX    65536
#define PATIENCE_S   10 /* for a console to come */
#define WARM_S       0.5
#define COME_US      100000 /* that consoles need to come */

static struct load_ages ages, rounds;
static uint64_t wanted, taken;
static int64_t counted_from_us;
static size_t bytes = LOAD_EVENT_BYTES;

static size_t take(struct load_link *link, const char *text, size_t len, int64_t at_us) {
	size_t whole = 0;
	(void)link;
	if (text == NULL) {
		load_die("the server ended a link");
	}
	for (; len - whole >= bytes; whole += bytes, taken++) {
		int64_t due_us = load_get_moment(text + whole);
		if (due_us >= counted_from_us) {
			load_ages_add(&ages, at_us - due_us);
		}
	}
	return whole;
}

/* The consoles, in a program of their own. */
static int follow(uint16_t port, size_t consoles) {
	static struct load_link links[CONSOLES_MAX];
	load_begin(consoles);
	for (size_t i = 0; i < consoles; i++) {
		links[i].fd = -1;
		load_open(&links[i], port, i);
	}
	while (taken < wanted) {
		load_turn(100, take);
	}
	printf("{\"p50_us\":%" PRId64 ",\"p99_us\":%" PRId64 ",", load_ages_percentile(&ages, 0.5),
		load_ages_percentile(&ages, 0.99));
	return 0;
}

static int listen_any(uint16_t *port) {
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	struct timeval patience = {.tv_sec = PATIENCE_S};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0 ||
		bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, SOMAXCONN) != 0 ||
		getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		load_die("listen");
	}
	*port = ntohs(at.sin_port);
	return fd;
}

static void accept_all(int listener, int *fds, size_t consoles) {
	int one = 1;
	for (size_t i = 0; i < consoles; i++) {
		fds[i] = accept(listener, NULL, NULL);
		if (fds[i] < 0) {
			load_die("accept");
		}
		setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	}
}

static void wait_until(int64_t due_us) {
	int64_t left_us = due_us - load_now_us();
	if (left_us > 0) {
		usleep((useconds_t)left_us);
	}
}

static void tell(const int *fds, size_t consoles, uint64_t events, double rate, int64_t begun) {
	static char event[BYTES_MAX];
	for (uint64_t n = 0; n < events; n++) {
		int64_t due = begun + (int64_t)((double)n * 1e6 / rate);
		wait_until(due);
		int64_t start = load_now_us();
		memset(event, ' ', bytes);
		load_put_moment(event, due);
		for (size_t i = 0; i < consoles; i++) {
			if (send(fds[i], event, bytes, MSG_NOSIGNAL) != (ssize_t)bytes) {
				load_die("send");
			}
		}
		if (due >= counted_from_us) {
			load_ages_add(&rounds, load_now_us() - start);
		}
	}
}

int main(int argc, char **argv) {
	static int fds[CONSOLES_MAX];
	uint16_t port;
	int status = 0;
	if (argc < 4 || argc > 5) {
		fputs("send_limit CONSOLES RATE SECONDS [BYTES]\n", stderr);
		return 2;
	}
	size_t consoles = strtoul(argv[1], NULL, 10);
	double rate = strtod(argv[2], NULL);
	uint64_t events = (uint64_t)(rate * (WARM_S + strtod(argv[3], NULL)));
	bytes = argc > 4 ? strtoul(argv[4], NULL, 10) : bytes;
	if (consoles > CONSOLES_MAX || bytes > BYTES_MAX || bytes < LOAD_MOMENT_SIZE) {
		load_die("too many consoles or bytes");
	}
	wanted = events * consoles;
	load_begin(consoles); /* for the files */
	int listener = listen_any(&port);
	/* Both count from here: the consoles are there before. */
	int64_t begun = load_now_us() + COME_US;
	counted_from_us = begun + (int64_t)(WARM_S * 1e6);
	pid_t child = fork();
	if (child < 0) {
		load_die("fork");
	}
	if (child == 0) {
		close(listener);
		return follow(port, consoles);
	}
	accept_all(listener, fds, consoles);
	wait_until(begun);
	tell(fds, consoles, events, rate, begun);
	if (waitpid(child, &status, 0) != child || status != 0) {
		load_die("the consoles");
	}
	printf("\"round_us\":%" PRId64 "}\n", load_ages_percentile(&rounds, 0.5));
	return 0;
}
