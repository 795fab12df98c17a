/* Whether a log is what a feed wrote: the file, the chain, the forms, and the state that comes of
 * it. */
#ifndef SIAGA_FEED_CHECK_H
#define SIAGA_FEED_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/err.h>

#define CHECK_HASH_SIZE 65 /* of the chain, in hexadecimal digits, and NUL */

/* What was known of the log before, kept where whoever writes to the log does not come. */
struct check_expect {
	int64_t seq; /* 0: nothing is known */
	char hash[CHECK_HASH_SIZE];
};

/* Reads "SEQ:HASH"; false when it is not that. */
bool check_parse_expect(const char *text, struct check_expect *out);

struct check_report {
	int64_t events, incidents, purged, faults;
	int64_t head;
	char hash[CHECK_HASH_SIZE]; /* of the head */
};

/* Told each fault; seq 0: it is not one event's. */
typedef void (*check_fault_fn)(void *data, int64_t seq, const char *what);

/*
 * Looks the log of a data folder over, as it is at this moment; a feed may go on writing to it.
 * False: it could not be read to its end, and *err says why. Else all was looked at, and
 * out->faults counts what is wrong.
 */
bool check_log(const char *dir, const struct check_expect *expect, check_fault_fn on_fault,
	void *data, struct check_report *out, struct err *err);
/* The same of admin.db, whose faults are told with seq 0. */
bool check_admin(const char *dir, check_fault_fn on_fault, void *data, struct check_report *out,
	struct err *err);

#endif
