/*
 * From the write of an event to the screen, by one clock: takes the moment before each event is
 * written, and the moment after the read that brought the last byte of what it changes, on a
 * console's terminal and on that of a floor that only prints what it is told.
 *
 *     screen_clock CONSOLE-TTY FLOOR-TTY COLS ROWS READY RATE SECONDS
 *                  raise|update CONSOLE-LINK FLOOR-LINK SEQ [INCIDENT NUMBER]...
 *                  press PORT INTAKE-TOKEN FILE
 *
 * The terminals are descriptors of masters; it starts when the console shows READY and the floor
 * is live. With `raise` each event is a new alarm, after which the one before ends; with `update`
 * the place of one of the incidents changes: both go as messages of a feed whose next number is
 * SEQ to websocket links that stand already. With `press` a real feed is told over HTTP, and
 * between two presses FILE is appended to and synced. Says microseconds as one JSON object; -1 is
 * what did not come.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <vterm.h>

#define EVENTS_MAX    65536
#define INCIDENTS_MAX 64
#define EVENT_BYTES   400
#define MARK          "zq" /* before the letters of an event, on every screen */
#define LETTERS       5    /* the last one proves the others */
#define READY_US      20000000
#define DRAIN_US      1000000 /* for what was sent last */
#define BEAT_US       1000000
#define BLOCK         4096

enum side { CONSOLE, FLOOR, SIDE_COUNT };

static atomic_int_least64_t sent_us[SIDE_COUNT][EVENTS_MAX];
static int64_t shown_us[SIDE_COUNT][EVENTS_MAX];
static int64_t fsync_us[EVENTS_MAX];
static atomic_bool is_ready[SIDE_COUNT];
static atomic_int count; /* events so far */
static int tty[SIDE_COUNT], cols, rows;
static const char *ready_text;
static const char *incidents[INCIDENTS_MAX];
static int64_t numbers[INCIDENTS_MAX], seq;
static int incidents_len;

static void die(const char *what) {
	fprintf(stderr, "screen_clock: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_us(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_until(int64_t at_us) {
	struct timespec at = {.tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000};
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
	}
}

/* --- what stands on a screen --- */

static void put_mark(char out[sizeof(MARK) + LETTERS], int event) {
	int check = 7;
	memcpy(out, MARK, sizeof(MARK) - 1);
	for (int i = 0; i < LETTERS - 1; i++) {
		int letter = event % 26;
		check = (check * 5 + letter) % 26;
		out[sizeof(MARK) - 1 + (size_t)i] = (char)('a' + letter);
		event /= 26;
	}
	out[sizeof(MARK) - 1 + LETTERS - 1] = (char)('a' + check);
	out[sizeof(MARK) - 1 + LETTERS] = '\0';
}

/* The event whose mark this is, or -1. */
static int get_mark(const char *text) {
	char right[sizeof(MARK) + LETTERS];
	int event = 0;
	for (int i = LETTERS - 2; i >= 0; i--) {
		char letter = text[sizeof(MARK) - 1 + (size_t)i];
		if (letter < 'a' || letter > 'z') {
			return -1;
		}
		event = event * 26 + (letter - 'a');
	}
	put_mark(right, event);
	return event < atomic_load(&count) && strncmp(text, right, strlen(right)) == 0 ? event : -1;
}

/* All of what an incident was told before is older than what stands there. */
static void saw(enum side side, int event, int64_t at_us) {
	int step = incidents_len > 0 && side == CONSOLE ? incidents_len : EVENTS_MAX;
	for (; event >= 0 && shown_us[side][event] == 0; event -= step) {
		shown_us[side][event] = at_us;
	}
}

static void look(enum side side, const char *text, int64_t at_us) {
	while ((text = strstr(text, MARK)) != NULL) {
		int event = strlen(text) >= sizeof(MARK) - 1 + LETTERS ? get_mark(text) : -1;
		if (event >= 0) {
			saw(side, event, at_us);
		}
		text++;
	}
}

static void look_at_screen(VTermScreen *screen, int64_t at_us) {
	char text[1024];
	for (int row = 0; row < rows; row++) {
		for (int col = 0; col < cols; col++) {
			VTermScreenCell cell;
			vterm_screen_get_cell(screen, (VTermPos){.row = row, .col = col}, &cell);
			text[col] = cell.chars[0] >= ' ' && cell.chars[0] <= '~'
					    ? (char)cell.chars[0]
					    : ' ';
		}
		text[cols] = '\0';
		look(CONSOLE, text, at_us);
		if (!atomic_load(&is_ready[CONSOLE]) && strstr(text, ready_text) != NULL) {
			atomic_store(&is_ready[CONSOLE], true);
		}
	}
}

/* Answers of the terminal to what the console asks it. */
static void send_answers(VTerm *term) {
	char answer[256];
	size_t len;
	while ((len = vterm_output_read(term, answer, sizeof(answer))) > 0) {
		if (write(tty[CONSOLE], answer, len) < 0) {
			die("terminal");
		}
	}
}

/* One frame after the other: a frame is looked at when no more of it waits to be read. */
static void *read_console(void *unused) {
	static char bytes[65536];
	VTerm *term = vterm_new(rows, cols);
	vterm_set_utf8(term, 1);
	VTermScreen *screen = vterm_obtain_screen(term);
	vterm_screen_enable_altscreen(screen, 1);
	vterm_screen_reset(screen, 1);
	fcntl(tty[CONSOLE], F_SETFL, O_NONBLOCK);
	while (poll(&(struct pollfd){.fd = tty[CONSOLE], .events = POLLIN}, 1, -1) == 1) {
		ssize_t len = read(tty[CONSOLE], bytes, sizeof(bytes));
		int64_t at_us = now_us();
		while (len > 0) {
			vterm_input_write(term, bytes, (size_t)len);
			len = read(tty[CONSOLE], bytes, sizeof(bytes));
			at_us = len > 0 ? now_us() : at_us;
		}
		if (len == 0 || errno != EAGAIN) {
			break; /* The console is gone. */
		}
		send_answers(term);
		look_at_screen(screen, at_us);
	}
	return unused;
}

static void *read_floor(void *unused) {
	static char bytes[262144];
	size_t have = 0;
	ssize_t len;
	while ((len = read(tty[FLOOR], bytes + have, sizeof(bytes) - 1 - have)) > 0) {
		int64_t at_us = now_us();
		char *line = bytes, *end;
		have += (size_t)len;
		bytes[have] = '\0';
		for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			*end = '\0';
			look(FLOOR, line, at_us);
			if (strstr(line, "\"live\"") != NULL) {
				atomic_store(&is_ready[FLOOR], true);
			}
		}
		/* A line longer than all this is none of ours. */
		have = (size_t)(bytes + have - line) < sizeof(bytes) / 2
			       ? (size_t)(bytes + have - line)
			       : 0;
		memmove(bytes, line, have);
	}
	return unused;
}

static void wait_ready(void) {
	int64_t until_us = now_us() + READY_US;
	for (int side = 0; side < SIDE_COUNT; side++) {
		while (!atomic_load(&is_ready[side])) {
			if (now_us() > until_us) {
				errno = ETIMEDOUT;
				die(side == CONSOLE ? "the console" : "the floor");
			}
			sleep_until(now_us() + 10000);
		}
	}
	/* And at rest. */
	sleep_until(now_us() + 1500000);
}

/* --- a feed --- */

static int links[SIDE_COUNT];

static void put_time(char out[32]) {
	struct timespec now;
	struct tm tm;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	size_t len = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out + len, 32 - len, ".%03ldZ", now.tv_nsec / 1000000);
}

static void send_all(int fd, const char *bytes, size_t len) {
	while (len > 0) {
		ssize_t done = send(fd, bytes, len, MSG_NOSIGNAL);
		if (done <= 0) {
			die("send");
		}
		bytes += done;
		len -= (size_t)done;
	}
}

/* A message with its head, in one piece. */
static size_t put_frame(char *out, unsigned opcode, const char *text, size_t len) {
	size_t at = 0;
	out[at++] = (char)(0x80 | opcode);
	if (len < 126) {
		out[at++] = (char)len;
	} else {
		out[at++] = 126;
		out[at++] = (char)(len >> 8);
		out[at++] = (char)len;
	}
	memcpy(out + at, text, len);
	return at + len;
}

/* What the clients say is that they live; a ping has to be answered. */
static void hear(int fd) {
	unsigned char bytes[4096];
	char pong[8];
	ssize_t len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (len >= 6 && bytes[0] == 0x89) {
		send_all(fd, pong, put_frame(pong, 10, "", 0));
	}
}

static int put_event(char *out, size_t size, const char *type, const char *incident, int64_t number,
	int rev, const char *members) {
	char at[32];
	put_time(at);
	return snprintf(out, size,
		"{\"seq\":%" PRId64 ",\"at\":\"%s\",\"type\":\"%s\",\"incident\":\"%s\","
		"\"number\":%" PRId64 ",\"rev\":%d,\"by\":{\"name\":\"budi\"},\"data\":{%s}}",
		seq++, at, type, incident, number, rev, members);
}

/* An event of so many bytes: what lacks is said in the note. */
static size_t put_whole_event(char *out, size_t size, const char *type, const char *incident,
	int64_t number, const char *members) {
	char all[1024], note[EVENT_BYTES + 1] = "";
	for (int turn = 0; turn < 2; turn++) {
		(void)snprintf(all, sizeof(all), "%s,\"note\":\"%s\"", members, note);
		int len = put_event(out, size, type, incident, number, 1, all);
		if (turn == 0) {
			seq--;
			int room = EVENT_BYTES - len;
			memset(note, 'x', room > 0 ? (size_t)room : 0);
		}
	}
	return strlen(out);
}

static void put_incident(char out[40], int event) {
	(void)snprintf(out, 40, "%08x-0000-4000-8000-%012x", (unsigned)event + 1, (unsigned)event);
}

/* The event before is over: there are never more new alarms than a screen has room for. */
static size_t put_raise(char *out, size_t size, int event) {
	char mark[sizeof(MARK) + LETTERS], incident[40], members[512], at[32];
	size_t len = 0;
	put_time(at);
	put_mark(mark, event);
	if (event > 0) {
		put_incident(incident, event - 1);
		len = (size_t)put_event(out, size, "incident.rejected", incident, 1000 + event - 1,
			2, "\"reason\":\"test\"");
		out[len++] = ',';
	}
	put_incident(incident, event);
	(void)snprintf(members, sizeof(members),
		"\"kind\":\"fire\",\"priority\":\"P1\",\"place\":\"%s\",\"lat\":-7.5701,\"lon\":"
		"110.83,"
		"\"alarm\":{\"id\":\"%.8s-0000-4000-9000-000000000000\",\"received_at\":\"%s\","
		"\"lat\":-7.5701,\"lon\":110.83}",
		mark, incident, at);
	return len + put_whole_event(out + len, size - len, "incident.raised", incident,
			     1000 + event, members);
}

static size_t put_update(char *out, size_t size, int event) {
	char mark[sizeof(MARK) + LETTERS], members[64];
	int which = event % incidents_len;
	put_mark(mark, event);
	(void)snprintf(members, sizeof(members), "\"place\":\"%s\"", mark);
	return put_whole_event(
		out, size, "incident.updated", incidents[which], numbers[which], members);
}

static void tell(int event) {
	char text[2048], frame[2100];
	size_t len = (size_t)snprintf(text, sizeof(text), "{\"t\":\"events\",\"events\":[");
	len += (incidents_len > 0 ? put_update : put_raise)(text + len, sizeof(text) - len, event);
	memcpy(text + len, "]}", 2);
	len = put_frame(frame, 1, text, len + 2);
	atomic_store(&count, event + 1);
	for (int i = 0; i < SIDE_COUNT; i++) {
		/* Each is the first one every other time. */
		enum side side = (enum side)((event + i) % SIDE_COUNT);
		atomic_store(&sent_us[side][event], now_us());
		send_all(links[side], frame, len);
	}
}

static void beat(void) {
	char text[160], frame[170], at[32];
	put_time(at);
	int len = snprintf(text, sizeof(text),
		"{\"t\":\"beat\",\"head\":%" PRId64 ",\"now\":\"%s\"}", seq - 1, at);
	size_t size = put_frame(frame, 1, text, (size_t)len);
	for (int side = 0; side < SIDE_COUNT; side++) {
		hear(links[side]);
		send_all(links[side], frame, size);
	}
}

/* --- an app --- */

static int app = -1;
static int synced = -1;
static const char *app_token;

static void dial(uint16_t port) {
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int one = 1;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	app = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (app < 0 || connect(app, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		die("connect");
	}
	setsockopt(app, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void take_answer(void) {
	char answer[8192];
	size_t have = 0;
	const char *end = NULL, *size = NULL;
	do {
		ssize_t len = recv(app, answer + have, sizeof(answer) - 1 - have, 0);
		if (len <= 0) {
			die("answer");
		}
		have += (size_t)len;
		answer[have] = '\0';
		end = strstr(answer, "\r\n\r\n");
		size = strcasestr(answer, "content-length: ");
	} while (end == NULL || size == NULL ||
		 have < (size_t)(end - answer) + 4 + strtoul(size + 16, NULL, 10));
	if (strncmp(answer, "HTTP/1.1 201", 12) != 0) {
		errno = EPROTO;
		die(answer);
	}
}

static void press(int event) {
	char mark[sizeof(MARK) + LETTERS], body[256], text[768];
	put_mark(mark, event);
	int len = snprintf(body, sizeof(body),
		"{\"lat\":-7.5701,\"lon\":110.83,\"kind\":\"fire\",\"priority\":\"P1\",\"place\":"
		"\"%s\"}",
		mark);
	len = snprintf(text, sizeof(text),
		"POST /v1/alarms HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		app_token, len, body);
	atomic_store(&count, event + 1);
	atomic_store(&sent_us[CONSOLE][event], now_us());
	atomic_store(&sent_us[FLOOR][event], atomic_load(&sent_us[CONSOLE][event]));
	send_all(app, text, (size_t)len);
	take_answer();
}

static void sync_block(int event) {
	static char block[BLOCK];
	int64_t start_us = now_us();
	memset(block, event, sizeof(block));
	if (write(synced, block, sizeof(block)) != (ssize_t)sizeof(block) ||
		fdatasync(synced) != 0) {
		die("sync");
	}
	fsync_us[event] = now_us() - start_us;
}

/* --- the run --- */

static void run(int rate, int seconds) {
	int64_t start_us = now_us(), step_us = 1000000 / rate, beat_us = start_us;
	for (int event = 0; event < rate * seconds; event++) {
		int64_t at_us = start_us + event * step_us;
		sleep_until(at_us);
		if (app >= 0) {
			press(event);
			sleep_until(at_us + step_us / 2);
			sync_block(event);
			continue;
		}
		if (now_us() - beat_us >= BEAT_US) {
			beat_us += BEAT_US;
			beat();
		}
		tell(event);
	}
	sleep_until(now_us() + DRAIN_US);
}

static void say(const char *name, int total, const int64_t *values) {
	printf("\"%s\":[", name);
	for (int i = 0; i < total; i++) {
		printf("%s%" PRId64, i > 0 ? "," : "", values[i]);
	}
	printf("]");
}

static void say_side(const char *name, enum side side, int total) {
	static int64_t took_us[EVENTS_MAX];
	for (int i = 0; i < total; i++) {
		int64_t at_us = shown_us[side][i];
		took_us[i] = at_us == 0 ? -1 : at_us - atomic_load(&sent_us[side][i]);
	}
	say(name, total, took_us);
}

static bool set_up(int argc, char **argv) {
	bool presses = argc == 12 && strcmp(argv[8], "press") == 0;
	if (presses) {
		dial((uint16_t)strtoul(argv[9], NULL, 10));
		app_token = argv[10];
		synced = open(argv[11], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		return synced >= 0;
	}
	if (argc < 12 || (strcmp(argv[8], "raise") != 0 && strcmp(argv[8], "update") != 0)) {
		return false;
	}
	links[CONSOLE] = atoi(argv[9]);
	links[FLOOR] = atoi(argv[10]);
	seq = strtoll(argv[11], NULL, 10);
	for (int i = 12; i + 1 < argc && incidents_len < INCIDENTS_MAX; i += 2) {
		incidents[incidents_len] = argv[i];
		numbers[incidents_len++] = strtoll(argv[i + 1], NULL, 10);
	}
	return (strcmp(argv[8], "update") == 0) == (incidents_len > 0);
}

int main(int argc, char **argv) {
	pthread_t readers[SIDE_COUNT];
	if (!set_up(argc, argv)) {
		fprintf(stderr, "screen_clock: bad arguments\n");
		return 2;
	}
	tty[CONSOLE] = atoi(argv[1]);
	tty[FLOOR] = atoi(argv[2]);
	cols = atoi(argv[3]);
	rows = atoi(argv[4]);
	ready_text = argv[5];
	int rate = atoi(argv[6]), seconds = atoi(argv[7]);
	if (rate < 1 || cols < 1 || cols > 1000 || rows < 1 || rate * seconds > EVENTS_MAX) {
		fprintf(stderr, "screen_clock: too much\n");
		return 2;
	}
	if (pthread_create(&readers[CONSOLE], NULL, read_console, NULL) != 0 ||
		pthread_create(&readers[FLOOR], NULL, read_floor, NULL) != 0) {
		die("threads");
	}
	wait_ready();
	run(rate, seconds);
	printf("{");
	say_side("console_us", CONSOLE, rate * seconds);
	printf(",");
	say_side("floor_us", FLOOR, rate * seconds);
	if (synced >= 0) {
		printf(",");
		say("fsync_us", rate * seconds, fsync_us);
	}
	printf("}\n");
	return 0;
}
