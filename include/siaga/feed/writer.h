/*
 * The writer: one thread that owns the state of the world and the log's only writing handle.
 * Whatever waits becomes one transaction; nobody hears of a decision before it is on disk.
 */
#ifndef SIAGA_FEED_WRITER_H
#define SIAGA_FEED_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>
#include <siaga/base/trouble.h>
#include <siaga/model/reduce.h>
#include <siaga/store/log.h>

struct loop;
struct writer;

/* How one command was answered. */
struct writer_result {
	uint64_t tag;
	bool refused;
	struct refusal refusal;
	int64_t seq; /* of the last event, or the head where there was nothing to do */
	char incident[UUID_SIZE], alarm[UUID_SIZE]; /* raise */
	int64_t number;
};

/* An event that is on disk, encoded once. `masked` is NULL where it would be the same. */
struct writer_event {
	int64_t seq;
	enum event_type type;
	const char *full, *masked, *audience; /* within `texts` */
	size_t full_len, masked_len;
	unsigned char hash[LOG_HASH_LEN]; /* of the chain, with this event */
	struct buf texts;                 /* memory that the next event in this place uses again */
};

/* Becomes the same event, with texts of its own. */
void writer_event_copy(struct writer_event *to, const struct writer_event *from);
void writer_event_finish(struct writer_event *event); /* frees the texts; zero is fine */

struct writer_ops {
	/* All on the loop's thread, in the order of the log. on_event borrows. */
	void (*on_event)(void *data, const struct writer_event *event);
	void (*on_result)(void *data, const struct writer_result *result);
	/* The log cannot be written any more, or it can again (TROUBLE_NONE): once for each change,
	 * and before the results that come of it. `why` is for the log of the machine. */
	void (*on_trouble)(void *data, enum trouble trouble, const char *why);
};

struct writer_stats {
	uint64_t commits, commands, failures; /* failures: commits that were tried */
	double commit_s;                      /* summed */
	size_t waiting;
};

/* Opens the log of `dir` for writing, loads what is open and starts the thread. Takes the registry.
 */
struct writer *writer_create(const char *dir, struct registry *registry, struct loop *loop,
	const struct writer_ops *ops, void *data, struct err *err);
/* Writes what waits, tells its results to nobody, ends the thread. NULL is fine. */
void writer_destroy(struct writer *writer);

int64_t writer_head(const struct writer *writer); /* at the time of writer_create() */
/* Of before when persons had been forgotten, at the same time; 0: never. */
int64_t writer_purged_ms(const struct writer *writer);
/* Another number each time that persons were forgotten in the log: what was read before may not be
 * there any more. */
uint64_t writer_forgotten(struct writer *writer);
void writer_feed_id(const struct writer *writer, char out[UUID_SIZE]);

/*
 * Takes the command (left zero). False: too many are waiting, try later; the command stays the
 * caller's. `keep` remembers the answer under answer_id or, where that is NULL, under the command's
 * id.
 */
bool writer_submit(
	struct writer *writer, struct command *cmd, const char *answer_id, bool keep, uint64_t tag);
void writer_set_registry(struct writer *writer, struct registry *registry); /* takes it */
/* Hands over what is done; call from the loop's wake. */
void writer_collect(struct writer *writer);
void writer_get_stats(struct writer *writer, struct writer_stats *out);

#endif
