/* A console with a feed that the test plays: what is sent is decided by the real reducer. */
#ifndef SIAGA_TESTS_BENCH_H
#define SIAGA_TESTS_BENCH_H

#include "test.h"

#include <siaga/app/app.h>
#include <siaga/app/query.h>
#include <siaga/app/commands.h>

#include "world.h"

#define FEED           "f0000000-0000-4000-8000-000000000001"

#define BENCH_SENT_MAX 32

struct bench {
	struct app app;
	struct effects fx;
	struct world feed;
	struct events log; /* its events, all of them */
	int64_t mono_ms;
	int64_t set_ms; /* so far the console's wall clock was set */
	int bells, stored, aside, follows, notified;
	bool follow_has_after;
	int64_t follow_after;
	char follow_mark[MARK_SIZE];
	struct command sent[BENCH_SENT_MAX];
	size_t sent_len, held_len, forgotten;
	struct effect last[EFFECT_TYPE_COUNT]; /* the last one of each type */
	int count[EFFECT_TYPE_COUNT];
	bool quit, reconnect;
	/* The outbox, when the console looks: what another one has done with all that is there. */
	bool elsewhere_done, elsewhere_tried;
	char elsewhere_name[WHO_SIZE]; /* whose it is there; "": nobody has said so */
	bool unread;                   /* it could not be looked at */
	enum trouble disk;             /* what the console's disk makes of an item of the outbox */
};

int bench_setup(void **state);
int bench_teardown(void **state);

int64_t bench_wall(const struct bench *b);
void bench_apply(struct bench *b, struct app_event event);
void bench_key(struct bench *b, uint32_t code);
void bench_type(struct bench *b, const char *text); /* each byte a key */
void bench_line(struct bench *b, const char *text); /* ":" text Enter */
void bench_drawn(struct bench *b);
void bench_pass(struct bench *b, int64_t ms); /* and one tick */
/* The feed decides a command and tells the console; false: refused. */
bool bench_do(struct bench *b, struct command *cmd);
/* It decides all that was sent and not decided yet, in order. */
void bench_settle(struct bench *b, const char *name);
void bench_raise(struct bench *b, int n, enum kind kind, enum priority priority);
void bench_raise_at(struct bench *b, int n, enum kind kind, enum priority priority,
	struct position at, const char *phone);
void bench_act(struct bench *b, int n, enum action action, const char *name);
void bench_welcome(struct bench *b, const char *feed, enum role role, int64_t head);
void bench_connect(struct bench *b, enum role role);
/* Sends all that is open, and that this was all. */
void bench_snapshot(struct bench *b);
/* Sends what has happened at an incident. */
void bench_tell(struct bench *b, int n);
void bench_lose(struct bench *b);
struct incident *bench_incident(struct bench *b, int n); /* as the console knows it */

#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

#endif
