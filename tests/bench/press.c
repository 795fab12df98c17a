/*
 * CLIENTS apps that each post one alarm after the other for SECONDS, as quickly as they are
 * answered, each request with an Idempotency-Key of its own. Says what it saw as one JSON object.
 *
 *     press PORT CLIENTS SECONDS INTAKE-TOKEN [RATE [each]]
 *
 * With RATE they post so many a second together, whoever is free; with "each" it also says how long
 * each of them took. SIGINT is an end, too; "warm" is said when counting begins.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "load.h"

#define CLIENTS_MAX 1024
#define WARM_S      0.5     /* that are not counted */
#define DRAIN_US    5000000 /* for the last answers */

struct client {
	struct load_link link;
	bool busy;
	int64_t asked_us;
};

static struct client clients[CLIENTS_MAX];
static struct load_ages ages;
static uint64_t taken, refused, reopened;
static int64_t counted_from_us;
static uint16_t port;
static volatile sig_atomic_t stopped;

static size_t take(struct load_link *link, const char *text, size_t len, int64_t at_us) {
	struct client *client = link->data;
	bool ok = false;
	if (text == NULL) {
		if (client->busy) {
			load_die("the server ended a link before its answer");
		}
		reopened++;
		return 0;
	}
	size_t whole = load_answer(text, len, &ok);
	if (whole == 0) {
		return 0;
	}
	client->busy = false;
	if (client->asked_us >= counted_from_us) {
		taken += ok;
		refused += !ok;
		load_ages_add(&ages, at_us - client->asked_us);
	}
	return whole;
}

static void on_signal(int signo) {
	(void)signo;
	stopped = 1;
}

static bool is_any_busy(size_t count) {
	for (size_t i = 0; i < count; i++) {
		if (clients[i].busy) {
			return true;
		}
	}
	return false;
}

static void say_each(void) {
	const char *before = "";
	fputs(",\"each_us\":[", stdout);
	for (int64_t i = 0; i <= LOAD_BUCKETS; i++) {
		for (uint32_t left = ages.histogram[i]; left > 0; left--) {
			printf("%s%" PRId64, before, (i + 1) * LOAD_BUCKET_US);
			before = ",";
		}
	}
	putchar(']');
}

int main(int argc, char **argv) {
	if (argc < 5) {
		fputs("press PORT CLIENTS SECONDS INTAKE-TOKEN [RATE [each]]\n", stderr);
		return 2;
	}
	size_t count = strtoul(argv[2], NULL, 10);
	double seconds = strtod(argv[3], NULL), rate = argc > 5 ? strtod(argv[5], NULL) : 0;
	if (count > CLIENTS_MAX) {
		load_die("too many clients");
	}
	port = (uint16_t)atoi(argv[1]);
	load_begin(count);
	for (size_t i = 0; i < count; i++) {
		clients[i].link.data = &clients[i];
		clients[i].link.fd = -1;
	}
	int64_t begun = load_now_us(), now = begun;
	int64_t end = begun + (int64_t)((seconds + WARM_S) * 1e6);
	uint64_t sent = 0;
	counted_from_us = begun + (int64_t)(WARM_S * 1e6);
	signal(SIGINT, on_signal);
	bool warm = false;
	while (now < end && !stopped) {
		if (!warm && now >= counted_from_us) {
			warm = true;
			fputs("warm\n", stderr);
		}
		uint64_t due =
			rate > 0 ? (uint64_t)((double)(now - begun) * rate / 1e6) + 1 : UINT64_MAX;
		for (size_t i = 0; i < count && sent < due; i++) {
			if (!clients[i].busy) {
				/* One that was not needed for long has been sent away. */
				if (clients[i].link.fd < 0) {
					load_open(&clients[i].link, port, i);
				}
				clients[i].busy = true;
				/* With a rate its age counts from when it was due, so that it is
				 * told also of those that a standstill kept from being asked. */
				clients[i].asked_us =
					rate > 0 ? begun + (int64_t)((double)sent * 1e6 / rate)
						 : load_now_us();
				load_post(&clients[i].link, argv[4], sent++);
			}
		}
		load_turn(rate > 0 ? 1 : 100, take);
		now = load_now_us();
	}
	/* Whoever is made to stop tells also of those that took longest. */
	for (int64_t until = now + DRAIN_US;
		stopped && is_any_busy(count) && load_now_us() < until;) {
		load_turn(1, take);
	}
	printf("{\"taken\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"reopened\":%" PRIu64
	       ",\"per_s\":%.1f,\"p50_us\":%" PRId64 ",\"p99_us\":%" PRId64 ",\"most_us\":%" PRId64,
		taken, refused, reopened, (double)taken * 1e6 / (double)(now - counted_from_us),
		load_ages_percentile(&ages, 0.5), load_ages_percentile(&ages, 0.99), ages.most_us);
	if (argc > 6) {
		say_each();
	}
	puts("}");
	return refused > 0;
}
