#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ssl.h>

#define ROOMS      8
#define READ_BYTES 262144
#define READY_MAX  1024
#define OTHERS     64 /* files that are no links */
#define KEY        "MDEyMzQ1Njc4OWFiY2RlZg=="

static int epoll_fd;
static char input[READ_BYTES];
static SSL_CTX *tls;

void load_die(const char *what) {
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

int64_t load_now_us(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- how long things took --- */

void load_ages_add(struct load_ages *ages, int64_t age_us) {
	int64_t bucket = age_us / LOAD_BUCKET_US;
	ages->histogram[bucket < LOAD_BUCKETS ? bucket : LOAD_BUCKETS]++;
	ages->count++;
	ages->most_us = age_us > ages->most_us ? age_us : ages->most_us;
}

int64_t load_ages_percentile(const struct load_ages *ages, double part) {
	uint64_t wanted = (uint64_t)((double)ages->count * part), sum = 0;
	for (int64_t i = 0; i <= LOAD_BUCKETS; i++) {
		sum += ages->histogram[i];
		if (sum > wanted) {
			return (i + 1) * LOAD_BUCKET_US;
		}
	}
	return 0;
}

void load_put_moment(char out[LOAD_MOMENT_SIZE], int64_t at_us) {
	snprintf(out, LOAD_MOMENT_SIZE, "%" PRId64, at_us);
	for (; *out != '\0'; out++) {
		*out = (char)(*out - '0' + 'a');
	}
}

int64_t load_get_moment(const char *text) {
	int64_t value = 0;
	for (; *text >= 'a' && *text <= 'j'; text++) {
		value = value * 10 + (*text - 'a');
	}
	return value;
}

/* --- links --- */

void load_begin(size_t links) {
	struct rlimit files = {links + OTHERS, links + OTHERS}, now;
	if (getrlimit(RLIMIT_NOFILE, &now) != 0 ||
		(now.rlim_cur < files.rlim_cur && setrlimit(RLIMIT_NOFILE, &files) != 0)) {
		load_die("too many links");
	}
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0) {
		load_die("epoll");
	}
}

void load_use_tls(void) {
	signal(SIGPIPE, SIG_IGN); /* OpenSSL writes as it likes */
	tls = SSL_CTX_new(TLS_client_method());
	if (tls == NULL) {
		load_die("TLS");
	}
	SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

static void begin_tls(struct load_link *link) {
	if (link->ssl == NULL) {
		link->ssl = SSL_new(tls);
	} else {
		SSL_clear(link->ssl);
	}
	if (link->ssl == NULL || SSL_set_fd(link->ssl, link->fd) != 1 ||
		SSL_connect(link->ssl) != 1) {
		load_die("TLS");
	}
}

void load_open(struct load_link *link, uint16_t port, size_t place) {
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
	int one = 1;
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(place % ROOMS) * 256);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	link->kept_len = 0;
	link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link->fd < 0 ||
		setsockopt(link->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one)) != 0 ||
		bind(link->fd, (const struct sockaddr *)&from, sizeof(from)) != 0 ||
		connect(link->fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		load_die("connect");
	}
	setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (tls != NULL) {
		begin_tls(link);
	}
	if (fcntl(link->fd, F_SETFL, O_NONBLOCK) != 0 ||
		epoll_ctl(epoll_fd, EPOLL_CTL_ADD, link->fd, &event) != 0) {
		load_die("epoll");
	}
}

/* Like send() and recv(), which they are where no TLS is spoken. */
static ssize_t put(struct load_link *link, const char *text, size_t len) {
	if (link->ssl == NULL) {
		return send(link->fd, text, len, MSG_NOSIGNAL);
	}
	int sent = SSL_write(link->ssl, text, (int)len);
	errno = sent <= 0 && SSL_get_error(link->ssl, sent) != SSL_ERROR_WANT_WRITE ? EIO : EAGAIN;
	return sent > 0 ? sent : -1;
}

static ssize_t get(struct load_link *link) {
	if (link->ssl == NULL) {
		return recv(link->fd, input, sizeof(input), 0);
	}
	int got = SSL_read(link->ssl, input, sizeof(input));
	errno = got <= 0 && SSL_get_error(link->ssl, got) != SSL_ERROR_WANT_READ ? EIO : EAGAIN;
	return got > 0 ? got : -1;
}

/* What a server does not read at once is waited for: that is its pace. */
void load_send(struct load_link *link, const char *text, size_t len) {
	while (len > 0) {
		ssize_t sent = put(link, text, len);
		if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			load_die("send");
		}
		text += sent > 0 ? sent : 0;
		len -= sent > 0 ? (size_t)sent : 0;
	}
}

static void keep(struct load_link *link, const char *data, size_t len) {
	if (link->kept_len + len > link->kept_cap) {
		link->kept_cap = (link->kept_len + len) * 2;
		link->kept = realloc(link->kept, link->kept_cap);
		if (link->kept == NULL) {
			load_die("memory");
		}
	}
	memcpy(link->kept + link->kept_len, data, len);
	link->kept_len += len;
}

static void on_readable(struct load_link *link, load_take_fn take) {
	ssize_t got = get(link);
	int64_t at_us = load_now_us();
	if (got <= 0) {
		if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
			return;
		}
		close(link->fd);
		link->fd = -1;
		link->kept_len = 0;
		take(link, NULL, 0, at_us);
		return;
	}
	if (link->kept_len == 0) {
		size_t done = take(link, input, (size_t)got, at_us);
		if (done < (size_t)got) {
			keep(link, input + done, (size_t)got - done);
		}
		return;
	}
	keep(link, input, (size_t)got);
	size_t done = take(link, link->kept, link->kept_len, at_us);
	memmove(link->kept, link->kept + done, link->kept_len - done);
	link->kept_len -= done;
}

void load_turn(int wait_ms, load_take_fn take) {
	struct epoll_event ready[READY_MAX];
	int count = epoll_wait(epoll_fd, ready, READY_MAX, wait_ms);
	for (int i = 0; i < count; i++) {
		on_readable(ready[i].data.ptr, take);
	}
}

/* --- an app --- */

void load_post(struct load_link *link, const char *token, uint64_t number) {
	char body[512], text[1024], moment[LOAD_MOMENT_SIZE];
	load_put_moment(moment, load_now_us());
	int len = snprintf(body, sizeof(body),
		"{\"kind\":\"fire\",\"lat\":-7.5%03u,\"lon\":110.8%03u,\"note\":\"press %s\","
		"\"caller\":{\"phone\":\"0800555\"}}",
		(unsigned)(number % 800), (unsigned)(number * 7 % 800), moment);
	int all = snprintf(text, sizeof(text),
		"POST /v1/alarms HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
		"Content-Type: application/json\r\nIdempotency-Key: load-%d-%" PRIu64 "\r\n"
		"Content-Length: %d\r\n\r\n%s",
		token, (int)getpid(), number, len, body);
	load_send(link, text, (size_t)all);
}

size_t load_answer(const char *text, size_t len, bool *taken) {
	static const char yes[] = "HTTP/1.1 201", length[] = "content-length: ";
	const char *end = memmem(text, len, "\r\n\r\n", 4);
	const char *size = memmem(text, len, length, sizeof(length) - 1);
	if (end == NULL || size == NULL || size > end) {
		return 0;
	}
	size_t whole = (size_t)(end - text) + 4 + strtoul(size + sizeof(length) - 1, NULL, 10);
	*taken = memcmp(text, yes, sizeof(yes) - 1) == 0;
	return len < whole ? 0 : whole;
}

/* --- a websocket --- */

void load_ask_upgrade(
	struct load_link *link, const char *path, const char *subprotocol, const char *token) {
	char text[512];
	bool asks = subprotocol[0] != '\0', is_known = token[0] != '\0';
	int len = snprintf(text, sizeof(text),
		"GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY
		"\r\n%s%s%s%s%s%s\r\n",
		path, asks ? "Sec-WebSocket-Protocol: " : "", subprotocol, asks ? "\r\n" : "",
		is_known ? "Authorization: Bearer " : "", token, is_known ? "\r\n" : "");
	load_send(link, text, (size_t)len);
}

size_t load_upgraded(const char *text, size_t len) {
	static const char yes[] = "HTTP/1.1 101";
	const char *end = memmem(text, len, "\r\n\r\n", 4);
	if (end == NULL) {
		return 0;
	}
	if (memcmp(text, yes, sizeof(yes) - 1) != 0) {
		fprintf(stderr, "load: no websocket: %.40s\n", text);
		exit(1);
	}
	return (size_t)(end - text) + 4;
}

/* Of less than 64 KiB; a mask of zeroes is a mask. */
void load_send_frame(
	struct load_link *link, enum load_opcode opcode, const char *text, size_t len) {
	char frame[1024] = {(char)(0x80 | opcode)};
	size_t at = len < 126 ? 2 : 4;
	if (at + 4 + len > sizeof(frame)) {
		load_die("a frame that is too long");
	}
	frame[1] = (char)(0x80 | (len < 126 ? len : 126));
	if (at == 4) {
		frame[2] = (char)(len >> 8);
		frame[3] = (char)len;
	}
	memcpy(frame + at + 4, text, len);
	load_send(link, frame, at + 4 + len);
}

size_t load_get_frame(struct load_frame *frame, const char *data, size_t len) {
	const unsigned char *head = (const unsigned char *)data;
	if (len < 2) {
		return 0;
	}
	size_t size = head[1] & 0x7f, at = size == 126 ? 4 : size == 127 ? 10 : 2;
	if (len < at) {
		return 0;
	}
	if (size == 126) {
		size = (size_t)head[2] << 8 | head[3];
	} else if (size == 127) {
		size = (size_t)head[6] << 24 | (size_t)head[7] << 16 | (size_t)head[8] << 8 |
		       head[9];
	}
	if (len < at + size) {
		return 0;
	}
	*frame = (struct load_frame){
		.opcode = (enum load_opcode)(head[0] & 0x0f), .text = data + at, .len = size};
	return at + size;
}
