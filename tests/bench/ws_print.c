/*
 * The least that a console can be: a websocket client that follows a feed and prints each message
 * as a line, as it came. What a screen costs above that is the screen's own.
 *
 *     ws_print PORT TOKEN
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (1 << 20)
#define KEY        "MDEyMzQ1Njc4OWFiY2RlZg=="

static char data[READ_BYTES + 1]; /* one more for the end of a line */
static size_t data_len;

static void die(const char *what) {
	fprintf(stderr, "ws_print: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put(int fd, const char *bytes, size_t len) {
	while (len > 0) {
		ssize_t done = write(fd, bytes, len);
		if (done < 0) {
			die("write");
		}
		bytes += done;
		len -= (size_t)done;
	}
}

/* A client's short frame; a mask of zeroes is a mask. */
static void send_frame(int fd, unsigned opcode, const char *text, size_t len) {
	char frame[6 + 125] = {(char)(0x80 | opcode), (char)(0x80 | len)};
	memcpy(frame + 6, text, len);
	put(fd, frame, 6 + len);
}

static int dial(uint16_t port) {
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		die("connect");
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static void read_more(int fd) {
	ssize_t len = data_len < READ_BYTES ? read(fd, data + data_len, READ_BYTES - data_len) : 0;
	if (len <= 0) {
		exit(len < 0);
	}
	data_len += (size_t)len;
}

static void drop(size_t len) {
	data_len -= len;
	memmove(data, data + len, data_len);
}

static void upgrade(int fd, const char *token) {
	char text[512];
	const char *end;
	int len = snprintf(text, sizeof(text),
		"GET /v1/feed HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n"
		"Sec-WebSocket-Protocol: siaga.v1\r\nAuthorization: Bearer %s\r\n\r\n",
		token);
	put(fd, text, (size_t)len);
	while ((end = memmem(data, data_len, "\r\n\r\n", 4)) == NULL) {
		read_more(fd);
	}
	drop((size_t)(end - data) + 4);
}

/* Prints what is whole; how many bytes that was, or 0. */
static size_t take_frame(int fd) {
	const unsigned char *head = (const unsigned char *)data;
	size_t size = data_len >= 2 ? head[1] & 0x7f : 0, at = size == 126   ? 4
							       : size == 127 ? 10
									     : 2;
	if (data_len < 2 || data_len < at) {
		return 0;
	}
	size = at > 2 ? 0 : size;
	for (size_t i = 2; i < at; i++) {
		size = size << 8 | head[i];
	}
	if (data_len - at < size) {
		return 0;
	}
	if ((head[0] & 0x0f) == 1) {
		/* One call for both, as a line goes out of stdio. */
		char *line = data + at, after = line[size];
		line[size] = '\n';
		put(STDOUT_FILENO, line, size + 1);
		line[size] = after;
	} else if ((head[0] & 0x0f) == 9 && size <= 125) {
		send_frame(fd, 10, data + at, size);
	}
	return at + size;
}

int main(int argc, char **argv) {
	static const char follow[] = "{\"t\":\"follow\"}";
	if (argc != 3) {
		fprintf(stderr, "usage: ws_print PORT TOKEN\n");
		return 2;
	}
	int fd = dial((uint16_t)strtoul(argv[1], NULL, 10));
	upgrade(fd, argv[2]);
	send_frame(fd, 1, follow, sizeof(follow) - 1);
	for (;;) {
		for (size_t done; (done = take_frame(fd)) > 0;) {
			drop(done);
		}
		read_more(fd);
	}
}
