/*
 * A crowd of consoles and an app, as one program that is quick enough to hold a feed to account:
 * CONSOLES websocket links that follow, and one app that posts RATE alarms a second for SECONDS.
 * Each alarm carries the moment of its press, so that every delivery tells its age. Operators
 * reject each a few seconds later. Says what it saw as one JSON object.
 *
 *     crowd PORT CONSOLES RATE SECONDS INTAKE-TOKEN TOKEN...
 *
 * All tokens but the last two are operators', who may each do so much a second. Links come from
 * several loopback addresses, as they would from several rooms.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define POSTERS    32
#define LINKS_MAX  8192
#define ROOMS      8
#define READ_BYTES 262144
#define LATE_US    1000000
#define BUCKET_US  100 /* of the histogram */
#define BUCKETS    100000
#define DRAIN_US   10000000
#define ASKED_US   180000000 /* for all links to be live */
#define OPEN_US    10000000  /* so long an incident stays open */
#define OPEN_MAX   65536     /* so many do */
#define KEY        "MDEyMzQ1Njc4OWFiY2RlZg=="

struct link {
	int fd;
	bool console, upgraded, live, gone;
	char *data; /* what came and is no whole message yet */
	size_t len, cap;
	int64_t seq;      /* console: the last event */
	uint64_t events;  /* console: with a press in them */
	bool busy;        /* poster: its request is not answered */
	int64_t asked_us; /* poster: since then */
};

/* An incident that waits for its end. */
struct open {
	int64_t due_us;
	char id[37];
};

struct figures {
	uint32_t histogram[BUCKETS + 1];
	uint64_t deliveries, late, gaps, taken, refused, broken, closed;
	int64_t most_us, post_most_us;
};

static struct link links[LINKS_MAX];
static size_t links_len;
static struct figures figures;
static struct open opens[OPEN_MAX]; /* a ring */
static size_t opens_first, opens_len;
static int epoll_fd;
static char input[READ_BYTES];
static uint16_t port;

static int64_t now_us(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void die(const char *what) {
	fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void send_text(struct link *link, const char *text, size_t len) {
	if (send(link->fd, text, len, MSG_NOSIGNAL) != (ssize_t)len) {
		figures.broken++;
	}
}

static void open_link(size_t at, bool console) {
	struct link *link = &links[at];
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = at};
	int one = 1;
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(at % ROOMS) * 256);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	free(link->data);
	memset(link, 0, sizeof(*link));
	link->console = console;
	link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link->fd < 0 ||
		setsockopt(link->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one)) != 0 ||
		bind(link->fd, (const struct sockaddr *)&from, sizeof(from)) != 0 ||
		connect(link->fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		die("connect");
	}
	setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (fcntl(link->fd, F_SETFL, O_NONBLOCK) != 0 ||
		epoll_ctl(epoll_fd, EPOLL_CTL_ADD, link->fd, &event) != 0) {
		die("epoll");
	}
}

static void ask_upgrade(struct link *link, const char *token) {
	char text[512];
	int len = snprintf(text, sizeof(text),
		"GET /v1/feed HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n"
		"Sec-WebSocket-Protocol: siaga.v1\r\nAuthorization: Bearer %s\r\n\r\n",
		token);
	send_text(link, text, (size_t)len);
}

/* A client's frame of less than 64 KiB; a mask of zeroes is a mask. */
static void send_frame(struct link *link, const char *text) {
	char frame[512] = {(char)0x81};
	size_t len = strlen(text), at = len < 126 ? 2 : 4;
	frame[1] = (char)(0x80 | (len < 126 ? len : 126));
	if (at == 4) {
		frame[2] = (char)(len >> 8);
		frame[3] = (char)len;
	}
	memcpy(frame + at + 4, text, len);
	send_text(link, frame, at + 4 + len);
}

/* Moments are written in letters: digits are not shown to everybody. */
static void put_moment(char out[24], int64_t at_us) {
	snprintf(out, 24, "%" PRId64, at_us);
	for (; *out != '\0'; out++) {
		*out = (char)(*out - '0' + 'a');
	}
}

static int64_t get_moment(const char *text) {
	int64_t value = 0;
	for (; *text >= 'a' && *text <= 'j'; text++) {
		value = value * 10 + (*text - 'a');
	}
	return value;
}

/* --- what a console gets --- */

static void count_age(int64_t age_us) {
	int64_t bucket = age_us / BUCKET_US;
	figures.histogram[bucket < BUCKETS ? bucket : BUCKETS]++;
	figures.deliveries++;
	figures.late += age_us > LATE_US;
	figures.most_us = age_us > figures.most_us ? age_us : figures.most_us;
}

/* What came in is for an operator to end, once: the first console says what there is. */
static void note_open(const struct link *link, const char *text, const char *stop, int64_t at_us) {
	static const char incident[] = "\"incident\":\"";
	const char *id = memmem(text, (size_t)(stop - text), incident, sizeof(incident) - 1);
	if (link != &links[POSTERS] || id == NULL || opens_len == OPEN_MAX) {
		return;
	}
	struct open *open = &opens[(opens_first + opens_len++) % OPEN_MAX];
	open->due_us = at_us + OPEN_US;
	snprintf(open->id, sizeof(open->id), "%.36s", id + sizeof(incident) - 1);
}

static void take_events(struct link *link, const char *text, size_t len, int64_t at_us) {
	static const char head[] = "{\"seq\":", press[] = "\"note\":\"press ";
	const char *end = text + len, *at = memmem(text, len, head, sizeof(head) - 1);
	while (at != NULL) {
		int64_t seq = strtoll(at + sizeof(head) - 1, NULL, 10);
		const char *from = at + sizeof(head) - 1;
		at = memmem(from, (size_t)(end - from), head, sizeof(head) - 1);
		const char *stop = at != NULL ? at : end;
		const char *note = memmem(from, (size_t)(stop - from), press, sizeof(press) - 1);
		if (link->live && seq != link->seq + 1) {
			figures.gaps++;
		}
		link->seq = seq;
		if (link->live && note != NULL) {
			link->events++;
			count_age(at_us - get_moment(note + sizeof(press) - 1));
			note_open(link, from, stop, at_us);
		}
	}
}

static bool begins(const char *text, size_t len, const char *head) {
	return len >= strlen(head) && memcmp(text, head, strlen(head)) == 0;
}

static void take_message(struct link *link, const char *text, size_t len, int64_t at_us) {
	if (begins(text, len, "{\"t\":\"events\"")) {
		take_events(link, text, len, at_us);
	} else if (begins(text, len, "{\"t\":\"welcome\"")) {
		const char *head = memmem(text, len, "\"head\":", 7);
		char follow[64];
		link->seq = head != NULL ? strtoll(head + 7, NULL, 10) : 0;
		snprintf(follow, sizeof(follow), "{\"t\":\"follow\",\"after\":%" PRId64 "}",
			link->seq);
		send_frame(link, follow);
	} else if (begins(text, len, "{\"t\":\"live\"")) {
		link->live = true;
	} else if (begins(text, len, "{\"t\":\"done\"")) {
		figures.closed++;
	} else if (begins(text, len, "{\"t\":\"refused\"")) {
		fprintf(stderr, "crowd: %.200s\n", text);
		figures.broken++;
	}
}

/* The feed asks whether it is there, and hears its own words again. */
static void send_pong(struct link *link, const char *text, size_t len) {
	char frame[6 + 125] = {(char)0x8a, (char)(0x80 | len)};
	memcpy(frame + 6, text, len);
	send_text(link, frame, 6 + len);
}

/* Takes what is whole; returns how many bytes that was. */
static size_t take_frames(struct link *link, const char *data, size_t len, int64_t at_us) {
	size_t done = 0;
	if (!link->upgraded) {
		const char *end = memmem(data, len, "\r\n\r\n", 4);
		if (end == NULL) {
			return 0;
		}
		if (!begins(data, len, "HTTP/1.1 101")) {
			fprintf(stderr, "crowd: %.40s\n", data);
			exit(1);
		}
		link->upgraded = true;
		done = (size_t)(end - data) + 4;
	}
	while (len - done >= 2) {
		const unsigned char *head = (const unsigned char *)data + done;
		size_t size = head[1] & 0x7f, at = 2;
		if (size == 126) {
			at = 4;
			size = len - done >= at ? (size_t)head[2] << 8 | head[3] : SIZE_MAX / 2;
		} else if (size == 127) {
			at = 10;
			size = len - done >= at ? (size_t)head[6] << 24 | (size_t)head[7] << 16 |
							  (size_t)head[8] << 8 | head[9]
						: SIZE_MAX / 2;
		}
		if (len - done < at + size) {
			break;
		}
		if ((head[0] & 0x0f) == 1) {
			take_message(link, data + done + at, size, at_us);
		} else if ((head[0] & 0x0f) == 9 && size <= 125) {
			send_pong(link, data + done + at, size);
		}
		done += at + size;
	}
	return done;
}

/* --- what an app gets --- */

static size_t take_answer(struct link *link, const char *data, size_t len, int64_t at_us) {
	const char *end = memmem(data, len, "\r\n\r\n", 4);
	const char *size = memmem(data, len, "content-length: ", 16);
	if (end == NULL || size == NULL || size > end) {
		return 0;
	}
	size_t whole = (size_t)(end - data) + 4 + strtoul(size + 16, NULL, 10);
	if (len < whole) {
		return 0;
	}
	bool taken = begins(data, len, "HTTP/1.1 201");
	figures.taken += taken;
	figures.refused += !taken;
	if (at_us - link->asked_us > figures.post_most_us) {
		figures.post_most_us = at_us - link->asked_us;
	}
	link->busy = false;
	return whole;
}

static void post(struct link *link, const char *token, uint64_t number) {
	char body[512], text[1024], moment[24];
	link->asked_us = now_us();
	link->busy = true;
	put_moment(moment, link->asked_us);
	int len = snprintf(body, sizeof(body),
		"{\"kind\":\"fire\",\"lat\":-7.5%03u,\"lon\":110.8%03u,\"accuracy_m\":12,"
		"\"place\":\"Jl. Slamet Riyadi %" PRIu64
		"\",\"note\":\"press %s\",\"caller\":{\"name\":\"Sri Wahyuni\",\"phone\":\"+62 "
		"800-555-0101\"},"
		"\"source\":\"app\"}",
		(unsigned)(number % 800), (unsigned)(number * 7 % 800), number, moment);
	int all = snprintf(text, sizeof(text),
		"POST /v1/alarms HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
		"Content-Type: application/json\r\nIdempotency-Key: crowd-%d-%" PRIu64 "\r\n"
		"Content-Length: %d\r\n\r\n%s",
		token, (int)getpid(), number, len, body);
	send_text(link, text, (size_t)all);
}

/* --- the loop --- */

static void keep(struct link *link, const char *data, size_t len) {
	if (len == 0) {
		return;
	}
	if (link->len + len > link->cap) {
		link->cap = (link->len + len) * 2;
		link->data = realloc(link->data, link->cap);
		if (link->data == NULL) {
			die("memory");
		}
	}
	memcpy(link->data + link->len, data, len);
	link->len += len;
}

static size_t take(struct link *link, const char *data, size_t len, int64_t at_us) {
	return link->console ? take_frames(link, data, len, at_us)
			     : take_answer(link, data, len, at_us);
}

static void on_readable(struct link *link) {
	ssize_t got = recv(link->fd, input, sizeof(input), 0);
	int64_t at_us = now_us();
	if (got <= 0) {
		if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
			epoll_ctl(epoll_fd, EPOLL_CTL_DEL, link->fd, NULL);
			close(link->fd);
			link->gone = true;
			/* An app's link that is not used for a while may end. */
			figures.broken += link->console || link->busy;
		}
		return;
	}
	if (link->len == 0) {
		size_t done = take(link, input, (size_t)got, at_us);
		keep(link, input + done, (size_t)got - done);
		return;
	}
	keep(link, input, (size_t)got);
	size_t done = take(link, link->data, link->len, at_us);
	memmove(link->data, link->data + done, link->len - done);
	link->len -= done;
}

static void turn(int wait_ms) {
	struct epoll_event ready[256];
	int count = epoll_wait(epoll_fd, ready, 256, wait_ms);
	for (int i = 0; i < count; i++) {
		on_readable(&links[ready[i].data.u64]);
	}
}

static size_t count_live(void) {
	size_t count = 0;
	for (size_t i = POSTERS; i < links_len; i++) {
		count += links[i].live;
	}
	return count;
}

/* Posts what is due on links that are free. */
static uint64_t post_due(uint64_t sent, uint64_t due, const char *token) {
	for (size_t i = 0; i < POSTERS && sent < due; i++) {
		if (links[i].gone) {
			open_link(i, false);
		}
		if (!links[i].busy) {
			post(&links[i], token, sent++);
		}
	}
	return sent;
}

/* Ends what has been open long enough, each on the link of another operator. */
static void close_due(size_t tokens) {
	static size_t turn;
	int64_t now = now_us();
	for (; opens_len > 0 && opens[opens_first].due_us <= now; opens_len--) {
		char text[256];
		do {
			turn = (turn + 1) % (links_len - POSTERS);
		} while (links[POSTERS + turn].gone || (POSTERS + turn) % tokens + 2 >= tokens);
		snprintf(text, sizeof(text),
			"{\"t\":\"do\",\"id\":\"c0000000-0000-4000-8000-%012" PRIx64
			"\",\"action\":\"reject\",\"incident\":\"%s\",\"if_rev\":1,\"reason\":"
			"\"test\"}",
			(uint64_t)now & 0xffffffffffff, opens[opens_first].id);
		/* No two within a microsecond. */
		while (now_us() == now) {
		}
		now = now_us();
		send_frame(&links[POSTERS + turn], text);
		opens_first = (opens_first + 1) % OPEN_MAX;
	}
}

static bool is_drained(uint64_t sent) {
	if (figures.taken + figures.refused < sent) {
		return false;
	}
	for (size_t i = POSTERS; i < links_len; i++) {
		if (!links[i].gone && links[i].events < figures.taken) {
			return false;
		}
	}
	return true;
}

static int64_t percentile(double part) {
	uint64_t wanted = (uint64_t)((double)figures.deliveries * part), sum = 0;
	for (int64_t i = 0; i <= BUCKETS; i++) {
		sum += figures.histogram[i];
		if (sum > wanted) {
			return (i + 1) * BUCKET_US;
		}
	}
	return 0;
}

static void report(uint64_t sent, bool drained, double took_s) {
	uint64_t missing = 0;
	for (size_t i = POSTERS; i < links_len; i++) {
		missing += figures.taken - links[i].events;
	}
	printf("{\"posted\":%" PRIu64 ",\"taken\":%" PRIu64 ",\"refused\":%" PRIu64
	       ",\"deliveries\":%" PRIu64 ",\"missing\":%" PRIu64 ",\"gaps\":%" PRIu64
	       ",\"broken\":%" PRIu64 ",\"closed\":%" PRIu64 ",\"late\":%" PRIu64
	       ",\"p50_us\":%" PRId64 ",\"p99_us\":%" PRId64 ",\"p999_us\":%" PRId64
	       ",\"most_us\":%" PRId64 ",\"post_most_us\":%" PRId64
	       ",\"drained\":%s,\"seconds\":%.1f}\n",
		sent, figures.taken, figures.refused, figures.deliveries, missing, figures.gaps,
		figures.broken, figures.closed, figures.late, percentile(0.5), percentile(0.99),
		percentile(0.999), figures.most_us, figures.post_most_us,
		drained ? "true" : "false", took_s);
}

/* How many times as long everything may take: a feed under a sanitizer is no quick one. */
static double slowness(void) {
	const char *slow = getenv("SIAGA_TEST_SLOW");
	double times = slow != NULL ? strtod(slow, NULL) : 1;
	return times > 1 ? times : 1;
}

int main(int argc, char **argv) {
	if (argc < 9) {
		fputs("crowd PORT CONSOLES RATE SECONDS INTAKE-TOKEN TOKEN...\n", stderr);
		return 2;
	}
	port = (uint16_t)atoi(argv[1]);
	size_t consoles = strtoul(argv[2], NULL, 10);
	double rate = strtod(argv[3], NULL), seconds = strtod(argv[4], NULL);
	struct rlimit files = {LINKS_MAX + 64, LINKS_MAX + 64};
	if (consoles + POSTERS > LINKS_MAX || setrlimit(RLIMIT_NOFILE, &files) != 0) {
		die("too many consoles");
	}
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	links_len = POSTERS + consoles;
	for (size_t i = 0; i < links_len; i++) {
		open_link(i, i >= POSTERS);
		if (i >= POSTERS) {
			ask_upgrade(&links[i], argv[6 + i % (size_t)(argc - 6)]);
		}
		turn(0);
	}
	int64_t until = now_us() + (int64_t)(ASKED_US * slowness());
	while (count_live() < consoles && now_us() < until) {
		turn(10);
	}
	if (count_live() < consoles) {
		fprintf(stderr, "crowd: only %zu of %zu consoles are live\n", count_live(),
			consoles);
		return 1;
	}
	fputs("live\n", stderr);
	int64_t begun = now_us(), end = begun + (int64_t)(seconds * 1e6);
	uint64_t sent = 0;
	for (int64_t now = begun; now < end; now = now_us()) {
		sent = post_due(sent, (uint64_t)((double)(now - begun) * rate / 1e6) + 1, argv[5]);
		close_due((size_t)(argc - 6));
		turn(1);
	}
	until = now_us() + DRAIN_US;
	while (!is_drained(sent) && now_us() < until) {
		turn(10);
	}
	report(sent, is_drained(sent), (double)(now_us() - begun) / 1e6);
	return 0;
}
