/* How much one stranger, or one program that lost its way, may ask: buckets that fill up again. */
#ifndef SIAGA_FEED_LIMITS_H
#define SIAGA_FEED_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIMITS_ADDRESSES_MAX 4096 /* that are told apart; the rest share one bucket */

/* What may be taken at once, and how fast it comes back. */
struct rate {
	unsigned per_s, burst;
};

/* Zero is full. */
struct bucket {
	int64_t thousandths; /* of one piece */
	int64_t at_ms;       /* mono, of the last look; 0: never */
};

/* Takes one piece. 0: it was there; else the milliseconds until it will be. */
int64_t bucket_take(struct bucket *bucket, struct rate rate, int64_t now_ms);

struct address_bucket;

/* A bucket for each address; of IPv6 for each /64, which is what one house gets. Zero is empty. */
struct addresses {
	struct address_bucket *known;
	struct bucket others; /* of those for whom there is no place */
	int64_t swept_ms;
};

/* `peer` is a numeric address; any other text is one more address. Returns as bucket_take(). */
int64_t addresses_take(
	struct addresses *addresses, const char *peer, struct rate rate, int64_t now_ms);
void addresses_finish(struct addresses *addresses);

#endif
