/* Whom the feed turned away, for its log: the first at once, then together, once a minute. However
 * many knock, it is some lines a minute. */
#ifndef SIAGA_FEED_TURNED_H
#define SIAGA_FEED_TURNED_H

#include <stddef.h>
#include <stdint.h>

#include <siaga/base/address.h>

#define TURNED_ROWS_MAX 8 /* addresses that are named in a minute */

enum turned_why {
	TURNED_GUESSES,      /* requests without a good token, more than are heard */
	TURNED_ADDRESS_FULL, /* connections over the cap of an address */
	TURNED_ALL_FULL,     /* connections over the cap of all */
	TURNED_WHY_COUNT
};

struct turned_row {
	char address[ADDRESS_SIZE];
	enum turned_why why;
	uint64_t count;
};

/* Zero is empty. */
struct turned {
	struct turned_row rows[TURNED_ROWS_MAX];
	size_t rows_len;
	uint64_t others;  /* for whom there is no row */
	int64_t since_ms; /* mono, when the minute began; 0: none has */
};

/* One line for a person, without its end. */
typedef void (*turned_say_fn)(const char *line);

/* `address` is a numeric one. */
void turned_note(struct turned *turned, enum turned_why why, const char *address, int64_t now_ms,
	turned_say_fn say);
/* To be asked now and then: says what a minute has brought when it is over. */
void turned_look(struct turned *turned, int64_t now_ms, turned_say_fn say);

#endif
