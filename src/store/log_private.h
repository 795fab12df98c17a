/* What the parts of the log share. */
#ifndef SIAGA_STORE_LOG_PRIVATE_H
#define SIAGA_STORE_LOG_PRIVATE_H

#include <siaga/store/log.h>

#include "db.h"

enum log_stmt {
	LOG_HEAD,
	LOG_FEED_GET,
	LOG_FEED_PUT,
	LOG_BEGIN,
	LOG_COMMIT,
	LOG_EVENT_PUT,
	LOG_EVENT_FILL,
	LOG_INCIDENT_PUT,
	LOG_INCIDENT_GET,
	LOG_ALARM_PUT,
	LOG_SENT_PUT,
	LOG_SENT_GET,
	LOG_SENT_NEXT,
	LOG_ANSWER_PUT,
	LOG_ANSWER_GET,
	LOG_ANSWER_NEW_PUT,
	LOG_ANSWER_NEW_GET,
	LOG_ANSWER_NEW_DROP,
	LOG_ANSWER_SETTLE,
	LOG_ALARM_FIND,
	LOG_NUMBER_FIND,
	LOG_HASH_GET,
	LOG_READ,
	LOG_READ_OPEN,
	LOG_READ_SENT,
	LOG_READ_PAST,
	LOG_READ_INCIDENT,
	LOG_STMT_COUNT
};

/* As an event is read. */
#define LOG_EVENT_COLUMNS "seq, body, masked, audience, hash, type"

enum transaction {
	TRANSACTION_NONE,
	TRANSACTION_OPEN,
	TRANSACTION_LOST, /* something failed in it: it can only be rolled back */
};

struct log_store {
	struct db db;
	char dir[PATH_MAX]; /* of the writer, else "" */
	char feed[UUID_SIZE];
	int lock; /* of the writer, else -1 */
	/* Of the writer: pages in the -wal file; and when it was last tried to move them. */
	int wal_pages, wal_tried;
	/* Of the writer: the new answers, by id, as long as they are known to be all; the last
	 * one's place; and whether, since something else was committed, some were or could not be
	 * settled.
	 */
	struct log_new_answer *new_answers;
	bool new_known, new_settles, new_failed;
	int64_t new_last;
	enum transaction transaction;
	/* In the open transaction: */
	int64_t next_seq;
	unsigned char last_hash[LOG_HASH_LEN]; /* of next_seq - 1 */
	int64_t next_fill; /* the event to fill next; next_seq: all have their place in the chain */
	int64_t new_settled; /* the last one that is settled in it */
};

/* Whether a transaction is open and whole. */
bool log_may_write(struct log_store *log, struct err *err);
/* The transaction is lost: it can only be rolled back. Returns false. */
bool log_lose(struct log_store *log);

#define LOG_SETTLE_SLICE 64

/* The new answers: what a writer holds of them is read where it is not known, at first and after
 * something was rolled back. */
bool log_load_answers(struct log_store *log, struct err *err);
void log_drop_answers(struct log_store *log);
/* Of a transaction. */
void log_commit_answers(struct log_store *log);
/* The place of the first that is not settled; 0: all are. */
int64_t log_first_new_answer(const struct log_store *log);
/* Settles the first `max` of them, in the open transaction. */
bool log_settle_slice(struct log_store *log, int max, struct err *err);
/* As log_rest_after_ms(), for log_settle(), which settles a slice. */
int log_settle_after_ms(const struct log_store *log);
void log_settle(struct log_store *log);

/* As an answer is read: all but its id. */
#define LOG_ANSWER_COLUMNS "refused, seq, code, message, incident, alarm, number"
void log_get_answer_row(sqlite3_stmt *stmt, struct log_answer *out);
/* A reader of a log that nobody has open; beside it nothing is made. */
struct log_store *log_open_still(const char *dir, struct err *err);

#define LOG_SALT_LEN 16

/* What an event adds to the chain; no salt: the body has nothing personal, so no digest either. */
struct log_link {
	unsigned char salt[LOG_SALT_LEN], digest[LOG_HASH_LEN], hash[LOG_HASH_LEN];
	bool salted;
};

/* From now on what gathers in the WAL is counted, and much of it moved by a commit. */
bool log_watch_wal(struct log_store *log, struct err *err);
/* As log_rest_after_ms(), for log_checkpoint(). */
int log_checkpoint_after_ms(const struct log_store *log);

/* The hash of seq 0. */
void log_chain_first(const char *feed, unsigned char out[LOG_HASH_LEN]);
/* The next event's place; `row` has its bare form (NULL: the body is it). */
void log_chain_link(
	struct log_link *out, const unsigned char last[LOG_HASH_LEN], const struct log_row *row);
/* What both are made of, for looking it over later. A digest of NULL is none. */
void log_chain_digest(const unsigned char *salt, size_t salt_len, const char *body, size_t len,
	unsigned char out[LOG_HASH_LEN]);
void log_chain_hash(const unsigned char last[LOG_HASH_LEN], int64_t seq, const char *bare,
	size_t bare_len, const char *audience, const unsigned char *digest,
	unsigned char out[LOG_HASH_LEN]);

#endif
