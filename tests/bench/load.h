/*
 * What the programs that load a server share: many links of one thread in one epoll set, requests
 * of an app, a client's websocket frames, and how long things took. Whatever goes wrong ends the
 * program with a line that says so.
 */
#ifndef SIAGA_BENCH_LOAD_H
#define SIAGA_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOAD_EVENT_BYTES 400 /* of an event, as its followers get it */
#define LOAD_MOMENT_SIZE 24

/* How long things took, by tens of microseconds. */
#define LOAD_BUCKET_US 10
#define LOAD_BUCKETS   1000000

struct load_ages {
	uint32_t histogram[LOAD_BUCKETS + 1];
	uint64_t count;
	int64_t most_us;
};

void load_ages_add(struct load_ages *ages, int64_t age_us);
int64_t load_ages_percentile(const struct load_ages *ages, double part);

struct load_link {
	int fd;
	void *ssl;  /* NULL: plain text */
	void *data; /* the owner's */
	char *kept; /* what came and is no whole message yet */
	size_t kept_len, kept_cap;
};

/* Takes what is whole of what came in; returns how many bytes that was. NULL: the server ended the
 * link, which is closed and may be opened again. */
typedef size_t (*load_take_fn)(struct load_link *link, const char *text, size_t len, int64_t at_us);

void load_die(const char *what);
int64_t load_now_us(void);
/* Before the first link: room for so many. */
void load_begin(size_t links);
/* From now on links are opened over TLS, whoever answers. */
void load_use_tls(void);
/* From one of several loopback addresses, by `place`, as they would come from several rooms. */
void load_open(struct load_link *link, uint16_t port, size_t place);
void load_send(struct load_link *link, const char *text, size_t len);
/* Waits for input for at most so long, and hands it on. */
void load_turn(int wait_ms, load_take_fn take);

/* Moments are written in letters: digits are not shown to everybody. As long as it is short of
 * LOAD_MOMENT_SIZE, for a text that ends at the first other byte. */
void load_put_moment(char out[LOAD_MOMENT_SIZE], int64_t at_us);
int64_t load_get_moment(const char *text);

/* POST of one alarm pressed now, with an Idempotency-Key of its own. Its event is a few bytes
 * longer than LOAD_EVENT_BYTES. */
void load_post(struct load_link *link, const char *token, uint64_t number);
/* The answer, where it is whole: its length, and whether the alarm was taken. Else 0. */
size_t load_answer(const char *text, size_t len, bool *taken);

/* Subprotocol "" asks for none, token "" needs none. */
void load_ask_upgrade(
	struct load_link *link, const char *path, const char *subprotocol, const char *token);
/* The length of the answer, 0 where it is not whole. */
size_t load_upgraded(const char *text, size_t len);

enum load_opcode { LOAD_TEXT = 1, LOAD_BINARY = 2, LOAD_PING = 9, LOAD_PONG = 10 };

void load_send_frame(struct load_link *link, enum load_opcode opcode, const char *text, size_t len);

struct load_frame {
	enum load_opcode opcode; /* of a continuation: 0 */
	const char *text;
	size_t len;
};

/* The length of the whole first frame; 0: it is not there yet. */
size_t load_get_frame(struct load_frame *frame, const char *data, size_t len);

#endif
