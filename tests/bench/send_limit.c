/*
 * What any server needs at least to tell so many consoles of an event: one send() for each, and
 * another program that reads them all. No websocket, no feed.
 *
 *     send_limit CONSOLES RATE SECONDS
 *
 * RATE events a second of LOAD_EVENT_BYTES; one that falls due while another is being told waits.
 * Says as one JSON object how long a round of all consoles took and how old events were when they
 * were read, from the moment they fell due.
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

static struct load_ages ages, rounds;
static uint64_t wanted;

static size_t take(struct load_link *link, const char *text, size_t len, int64_t at_us) {
	size_t whole = 0;
	(void)link;
	for (; text != NULL && len - whole >= LOAD_EVENT_BYTES; whole += LOAD_EVENT_BYTES) {
		load_ages_add(&ages, at_us - load_get_moment(text + whole));
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
	while (ages.count < wanted) {
		load_turn(100, take);
	}
	printf("\"p50_us\":%" PRId64 ",\"p99_us\":%" PRId64 "}\n",
		load_ages_percentile(&ages, 0.5), load_ages_percentile(&ages, 0.99));
	return 0;
}

static int listen_any(uint16_t *port) {
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, SOMAXCONN) != 0 ||
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

static void tell(const int *fds, size_t consoles, uint64_t events, double rate) {
	char event[LOAD_EVENT_BYTES];
	int64_t begun = load_now_us();
	for (uint64_t n = 0; n < events; n++) {
		int64_t due = begun + (int64_t)((double)n * 1e6 / rate);
		wait_until(due);
		int64_t start = load_now_us();
		memset(event, ' ', sizeof(event));
		load_put_moment(event, due);
		for (size_t i = 0; i < consoles; i++) {
			if (send(fds[i], event, sizeof(event), MSG_NOSIGNAL) != sizeof(event)) {
				load_die("send");
			}
		}
		load_ages_add(&rounds, load_now_us() - start);
	}
}

int main(int argc, char **argv) {
	static int fds[CONSOLES_MAX];
	uint16_t port;
	int status = 0;
	if (argc != 4) {
		fputs("send_limit CONSOLES RATE SECONDS\n", stderr);
		return 2;
	}
	size_t consoles = strtoul(argv[1], NULL, 10);
	double rate = strtod(argv[2], NULL);
	uint64_t events = (uint64_t)(rate * strtod(argv[3], NULL));
	if (consoles > CONSOLES_MAX) {
		load_die("too many consoles");
	}
	wanted = events * consoles;
	load_begin(consoles); /* for the files */
	int listener = listen_any(&port);
	pid_t child = fork();
	if (child == 0) {
		close(listener);
		return follow(port, consoles);
	}
	accept_all(listener, fds, consoles);
	tell(fds, consoles, events, rate);
	printf("{\"round_us\":%" PRId64 ",", load_ages_percentile(&rounds, 0.5));
	fflush(stdout);
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}
