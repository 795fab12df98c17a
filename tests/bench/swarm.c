/*
 * CONSOLES websocket links that follow a siagad, a nats-server or a mosquitto, and somebody who
 * publishes RATE events of 400 bytes a second for SECONDS; RATE 0: as many as there is room for
 * with at most WINDOW on their way. To a siagad they come as alarms through HTTP, and are on its
 * disk before they come out again; the others keep nothing. It is the same program that counts the
 * deliveries of all three. Says what it saw as one JSON object.
 *
 *     swarm KIND PORT CONSOLES RATE SECONDS WINDOW [INTAKE-TOKEN CONSOLE-TOKEN [BEHIND]]
 *
 * KIND is siaga, siaga-tls, nats or mqtt.
 *
 * With BEHIND nothing is published: the consoles come all at once, so many events behind, and it is
 * told when all had caught up. It says "ready" first, on standard error, and they come after a line
 * on standard input, and stay until nothing more can come there.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define LINKS_MAX   8192
#define POSTERS     64       /* apps */
#define RUSH        256      /* so many, flat out */
#define ASKED_US    60000000 /* for all links to be live, and to have what they missed */
#define DRAIN_US    10000000 /* for what is still on its way */
#define LOSS_US     2000000  /* the same, from who may lose it */
#define WARM_US     500000   /* that are not counted */
#define TOPIC       "feed"
#define PUBLISH_MAX 16 /* between two looks at what came in */

enum kind { SIAGA, NATS, MQTT };

struct client {
	struct load_link link;
	bool upgraded, live, busy;
	int64_t seq;     /* console of a siagad: the last event */
	uint64_t events; /* console: with a press in them */
	/* Of nats and mqtt: what is no whole message of theirs yet. */
	char *part;
	size_t part_len, part_cap;
};

static enum kind kind;
static struct client clients[LINKS_MAX]; /* the posters first */
static size_t posters, clients_len, live;
static uint16_t port;
static const char *intake_token = "", *console_token = "";
static int64_t behind = -1, place, head, counted_from_us;
static struct load_ages ages;
static uint64_t sent, taken, refused, delivered, counted, counted_bytes, gaps;

static bool is_console(const struct client *client) {
	return client >= &clients[posters];
}

/* --- what is delivered --- */

static const char mark[] = "press ";

static void take_press(struct client *client, const char *moment, size_t bytes, int64_t at_us) {
	int64_t then_us = load_get_moment(moment);
	delivered++;
	client->events++;
	if (then_us >= counted_from_us) {
		load_ages_add(&ages, at_us - then_us);
	}
	if (at_us >= counted_from_us) {
		counted++;
		counted_bytes += bytes;
	}
}

static void set_live(struct client *client) {
	live += !client->live;
	client->live = true;
}

static bool begins(const char *text, size_t len, const char *with) {
	return len >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* --- siaga: each frame is a message --- */

/* One event is much like the last, so its mark is about where that one's was. */
static const char *guess_press(const char *from, const char *end, size_t hint) {
	for (size_t at = hint; at < hint + 3 && at + sizeof(mark) < (size_t)(end - from); at++) {
		if (memcmp(from + at, mark, sizeof(mark) - 1) == 0) {
			return from + at;
		}
	}
	return NULL;
}

static void take_events(struct client *client, const char *text, size_t len, int64_t at_us) {
	static const char begin[] = "{\"seq\":";
	static size_t hint;
	const char *end = text + len, *at = memmem(text, len, begin, sizeof(begin) - 1);
	while (at != NULL) {
		const char *from = at, *press = guess_press(from, end, hint);
		const char *rest = press != NULL ? press : from + 1;
		int64_t seq = strtoll(from + sizeof(begin) - 1, NULL, 10);
		at = memmem(rest, (size_t)(end - rest), begin, sizeof(begin) - 1);
		const char *stop = at != NULL ? at : end;
		if (press == NULL) {
			press = memmem(from, (size_t)(stop - from), mark, sizeof(mark) - 1);
			hint = press != NULL && press > from ? (size_t)(press - from) - 1 : 0;
		}
		gaps += seq != client->seq + 1;
		client->seq = seq;
		if (press != NULL && client->live) {
			take_press(client, press + sizeof(mark) - 1, (size_t)(stop - from), at_us);
		}
	}
}

static void take_siaga(struct client *client, const char *text, size_t len, int64_t at_us) {
	if (begins(text, len, "{\"t\":\"events\"")) {
		take_events(client, text, len, at_us);
	} else if (begins(text, len, "{\"t\":\"welcome\"")) {
		const char *said = memmem(text, len, "\"head\":", 7);
		char follow[64];
		head = said != NULL ? strtoll(said + 7, NULL, 10) : 0;
		client->seq = head;
		if (behind > 0) { /* they were all there until the same moment */
			place = place > 0 ? place : head - behind;
			client->seq = place;
		}
		int size = snprintf(follow, sizeof(follow),
			"{\"t\":\"follow\",\"after\":%" PRId64 "}", client->seq);
		load_send_frame(&client->link, LOAD_TEXT, follow, (size_t)size);
	} else if (begins(text, len, "{\"t\":\"live\"")) {
		set_live(client);
	}
}

/* --- nats: lines and payloads, in binary frames of any size --- */

static void say_nats(struct client *client, const char *text) {
	load_send_frame(&client->link, LOAD_BINARY, text, strlen(text));
}

static size_t take_nats(struct client *client, const char *text, size_t len, int64_t at_us) {
	const char *end = memmem(text, len, "\r\n", 2);
	if (end == NULL) {
		return 0;
	}
	size_t line = (size_t)(end - text) + 2;
	if (begins(text, len, "MSG ")) {
		const char *size = end;
		while (size[-1] != ' ') {
			size--;
		}
		size_t bytes = strtoul(size, NULL, 10);
		if (len < line + bytes + 2) {
			return 0;
		}
		take_press(client, text + line + sizeof(mark) - 1, bytes, at_us);
		return line + bytes + 2;
	}
	if (begins(text, len, "INFO ")) {
		say_nats(client, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n");
		say_nats(client, is_console(client) ? "SUB " TOPIC " 1\r\nPING\r\n" : "PING\r\n");
	} else if (begins(text, len, "PONG")) {
		set_live(client);
	} else if (begins(text, len, "PING")) {
		say_nats(client, "PONG\r\n");
	} else {
		fprintf(stderr, "swarm: nats says: %.80s\n", text);
		exit(1);
	}
	return line;
}

/* --- mqtt 3.1.1: packets, in binary frames of any size --- */

static void subscribe_mqtt(struct client *client) {
	static const char subscribe[] = "\x82\x09\x00\x01\x00\x04" TOPIC "\x00";
	load_send_frame(&client->link, LOAD_BINARY, subscribe, sizeof(subscribe) - 1);
}

static size_t take_mqtt(struct client *client, const char *text, size_t len, int64_t at_us) {
	const unsigned char *bytes = (const unsigned char *)text;
	size_t size = 0, at = 1, shift = 0;
	do {
		if (at >= len) {
			return 0;
		}
		size |= (size_t)(bytes[at] & 0x7f) << shift;
		shift += 7;
	} while ((bytes[at++] & 0x80) != 0);
	if (len < at + size) {
		return 0;
	}
	switch (bytes[0] >> 4) {
	case 2: /* CONNACK */
		if (is_console(client)) {
			subscribe_mqtt(client);
		} else {
			set_live(client);
		}
		break;
	case 3: { /* PUBLISH, QoS 0 */
		size_t topic = 2 + strlen(TOPIC);
		take_press(client, text + at + topic + sizeof(mark) - 1, size - topic, at_us);
		break;
	}
	case 9: set_live(client); break; /* SUBACK */
	default: break;
	}
	return at + size;
}

static void begin_mqtt(struct client *client) {
	char connect[64];
	int name = snprintf(
		connect + 14, sizeof(connect) - 14, "swarm-%05u", (unsigned)(client - clients));
	/* Clean session, no keep-alive. */
	memcpy(connect, "\x10\x00\x00\x04MQTT\x04\x02\x00\x00\x00\x00", 14);
	connect[1] = (char)(12 + name);
	connect[13] = (char)name;
	load_send_frame(&client->link, LOAD_BINARY, connect, 14 + (size_t)name);
}

/* --- a stream in frames --- */

static size_t take_stream(struct client *client, const char *text, size_t len, int64_t at_us) {
	size_t done = 0, one;
	do {
		one = kind == NATS ? take_nats(client, text + done, len - done, at_us)
				   : take_mqtt(client, text + done, len - done, at_us);
		done += one;
	} while (one > 0 && done < len);
	return done;
}

static void keep_part(struct client *client, const char *text, size_t len) {
	if (client->part_len + len > client->part_cap) {
		client->part_cap = (client->part_len + len) * 2;
		client->part = realloc(client->part, client->part_cap);
		if (client->part == NULL) {
			load_die("memory");
		}
	}
	memcpy(client->part + client->part_len, text, len);
	client->part_len += len;
}

static void take_binary(struct client *client, const char *text, size_t len, int64_t at_us) {
	if (client->part_len == 0) {
		size_t done = take_stream(client, text, len, at_us);
		if (done < len) {
			keep_part(client, text + done, len - done);
		}
		return;
	}
	keep_part(client, text, len);
	size_t done = take_stream(client, client->part, client->part_len, at_us);
	memmove(client->part, client->part + done, client->part_len - done);
	client->part_len -= done;
}

static size_t take_frames(struct client *client, const char *text, size_t len, int64_t at_us) {
	struct load_frame frame;
	size_t done = 0, one;
	if (!client->upgraded) {
		done = load_upgraded(text, len);
		client->upgraded = done > 0;
		if (done > 0 && kind == MQTT) {
			begin_mqtt(client);
		}
	}
	while (client->upgraded && (one = load_get_frame(&frame, text + done, len - done)) > 0) {
		done += one;
		if (frame.opcode == LOAD_PING) {
			load_send_frame(&client->link, LOAD_PONG, frame.text, frame.len);
		} else if (kind == SIAGA && frame.opcode == LOAD_TEXT) {
			take_siaga(client, frame.text, frame.len, at_us);
		} else if (kind != SIAGA && frame.opcode <= LOAD_BINARY) {
			take_binary(client, frame.text, frame.len, at_us);
		}
	}
	return done;
}

static size_t take_post(struct client *client, const char *text, size_t len) {
	bool ok = false;
	size_t whole = load_answer(text, len, &ok);
	if (whole > 0) {
		client->busy = false;
		taken += ok;
		refused += !ok;
	}
	return whole;
}

static size_t take(struct load_link *link, const char *text, size_t len, int64_t at_us) {
	struct client *client = link->data;
	if (text == NULL) {
		/* An app's link may end after an answer. */
		if (client->upgraded || client->busy) {
			load_die("the server ended a link");
		}
		load_open(link, port, (size_t)(client - clients));
		return 0;
	}
	return kind == SIAGA && !is_console(client) ? take_post(client, text, len)
						    : take_frames(client, text, len, at_us);
}

/* --- publishing --- */

/* "press MOMENT", filled up to the length of an event. */
static void put_event(char out[LOAD_EVENT_BYTES]) {
	char moment[LOAD_MOMENT_SIZE];
	load_put_moment(moment, load_now_us());
	memset(out, '.', LOAD_EVENT_BYTES);
	memcpy(out, mark, sizeof(mark) - 1);
	memcpy(out + sizeof(mark) - 1, moment, strlen(moment));
}

static void publish(void) {
	static const char topic[] = TOPIC;
	char text[LOAD_EVENT_BYTES + 64];
	size_t len;
	if (kind == NATS) {
		len = (size_t)snprintf(
			text, sizeof(text), "PUB " TOPIC " %d\r\n", LOAD_EVENT_BYTES);
		put_event(text + len);
		len += LOAD_EVENT_BYTES;
		memcpy(text + len, "\r\n", 2);
		len += 2;
	} else {
		size_t size = 2 + sizeof(topic) - 1 + LOAD_EVENT_BYTES;
		text[0] = 0x30;
		text[1] = (char)(0x80 | (size & 0x7f));
		text[2] = (char)(size >> 7);
		text[3] = 0;
		text[4] = sizeof(topic) - 1;
		memcpy(text + 5, topic, sizeof(topic) - 1);
		put_event(text + 5 + sizeof(topic) - 1);
		len = 3 + size;
	}
	load_send_frame(&clients[0].link, LOAD_BINARY, text, len);
	sent++;
	taken++;
}

static void send_due(uint64_t due) {
	if (kind != SIAGA) {
		for (int i = 0; i < PUBLISH_MAX && sent < due; i++) {
			publish();
		}
		return;
	}
	for (size_t i = 0; i < posters && sent < due; i++) {
		if (!clients[i].busy) {
			clients[i].busy = true;
			load_post(&clients[i].link, intake_token, sent++);
		}
	}
}

/* --- the course of it --- */

static void open_clients(size_t from, size_t to) {
	static const char *const paths[] = {"/v1/feed", "/", "/mqtt"};
	static const char *const subprotocols[] = {"siaga.v1", "", "mqtt"};
	for (size_t i = from; i < to; i++) {
		clients[i].link.data = &clients[i];
		load_open(&clients[i].link, port, i);
		if (kind == SIAGA && i < posters) {
			set_live(&clients[i]);
		} else {
			load_ask_upgrade(
				&clients[i].link, paths[kind], subprotocols[kind], console_token);
		}
		load_turn(0, take);
	}
}

static void wait_live(size_t wanted) {
	int64_t until = load_now_us() + ASKED_US;
	while (live < wanted && load_now_us() < until) {
		load_turn(10, take);
	}
	if (live < wanted) {
		errno = ETIMEDOUT;
		load_die("not all are live");
	}
}

static void run(int64_t begun, int64_t end, double rate, uint64_t window) {
	size_t consoles = clients_len - posters;
	for (int64_t now = begun; now < end; now = load_now_us()) {
		uint64_t due = rate > 0 ? (uint64_t)((double)(now - begun) * rate / 1e6) + 1
					: delivered / (consoles > 0 ? consoles : 1) + window;
		send_due(due);
		load_turn(sent < due ? 0 : 1, take);
	}
}

static bool is_drained(void) {
	return taken + refused == sent && delivered == taken * (clients_len - posters);
}

static void drain(void) {
	int64_t until = load_now_us() + (kind == SIAGA ? DRAIN_US : LOSS_US);
	while (!is_drained() && load_now_us() < until) {
		load_turn(10, take);
	}
}

/* Not before it is told to: a program that starts takes a processor as well. */
static void catch_up(void) {
	fputs("ready\n", stderr);
	if (getchar() == EOF) {
		load_die("it was not told to begin");
	}
	int64_t begun = load_now_us();
	open_clients(posters, clients_len);
	wait_live(clients_len);
	printf("{\"caught_up_s\":%.3f,\"gaps\":%" PRIu64 "}\n",
		(double)(load_now_us() - begun) / 1e6, gaps);
	fflush(stdout);
	while (getchar() != EOF) {
	}
}

static void fan_out(double rate, int64_t length_us, uint64_t window) {
	open_clients(posters, clients_len);
	wait_live(clients_len);
	fputs("live\n", stderr);
	int64_t begun = load_now_us();
	counted_from_us = begun + WARM_US;
	run(begun, begun + WARM_US + length_us, rate, window);
	uint64_t in_time = counted;
	double took_s = (double)(load_now_us() - counted_from_us) / 1e6;
	drain();
	double all_s = (double)(load_now_us() - begun) / 1e6;
	printf("{\"seconds\":%.3f,\"sent\":%" PRIu64 ",\"taken\":%" PRIu64
	       ",\"deliveries\":%" PRIu64 ",\"deliveries_per_s\":%.1f,\"missing\":%" PRIu64
	       ",\"gaps\":%" PRIu64 ",\"bytes_each\":%.1f,\"p50_us\":%" PRId64
	       ",\"p99_us\":%" PRId64 ",\"most_us\":%" PRId64 "}\n",
		all_s, sent, taken, delivered, (double)in_time / took_s,
		taken * (clients_len - posters) - delivered, gaps,
		counted > 0 ? (double)counted_bytes / (double)counted : 0.0,
		load_ages_percentile(&ages, 0.5), load_ages_percentile(&ages, 0.99), ages.most_us);
}

int main(int argc, char **argv) {
	static const char *const kinds[] = {"siaga", "nats", "mqtt"};
	if (argc < 7) {
		fputs("swarm siaga|siaga-tls|nats|mqtt PORT CONSOLES RATE SECONDS WINDOW "
		      "[INTAKE-TOKEN CONSOLE-TOKEN [BEHIND]]\n",
			stderr);
		return 2;
	}
	bool over_tls = strcmp(argv[1], "siaga-tls") == 0;
	while (kind < MQTT && !over_tls && strcmp(argv[1], kinds[kind]) != 0) {
		kind++;
	}
	port = (uint16_t)atoi(argv[2]);
	if (argc > 8) {
		intake_token = argv[7];
		console_token = argv[8];
		behind = argc > 9 ? strtoll(argv[9], NULL, 10) : -1;
	}
	double rate = strtod(argv[4], NULL);
	posters = kind != SIAGA ? 1 : rate > 0 ? POSTERS : RUSH;
	posters = behind >= 0 ? 0 : posters;
	clients_len = posters + strtoul(argv[3], NULL, 10);
	if (clients_len > LINKS_MAX) {
		load_die("too many consoles");
	}
	int64_t length_us = (int64_t)(strtod(argv[5], NULL) * 1e6);
	load_begin(clients_len);
	if (over_tls) {
		load_use_tls();
	}
	open_clients(0, posters);
	if (behind >= 0) {
		catch_up();
	} else {
		fan_out(rate, length_us, strtoull(argv[6], NULL, 10));
	}
	return 0;
}
