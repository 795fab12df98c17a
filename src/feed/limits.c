#include <siaga/feed/limits.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/address.h>
#include <siaga/base/mem.h>
#include <siaga/base/table.h>
#include <siaga/base/text.h>

#define PIECE    1000
#define SWEEP_MS 1000

struct address_bucket {
	char key[ADDRESS_SIZE];
	struct bucket bucket;
	UT_hash_handle hh; /* by key */
};

static void fill(struct bucket *bucket, struct rate rate, int64_t now_ms) {
	int64_t full = (int64_t)rate.burst * PIECE, passed_ms = now_ms - bucket->at_ms;
	/* What comes in a millisecond are as many thousandths as pieces in a second. */
	if (bucket->at_ms == 0 || passed_ms >= full / rate.per_s + 1) {
		bucket->thousandths = full;
	} else if (passed_ms > 0) {
		bucket->thousandths += passed_ms * rate.per_s;
		bucket->thousandths = bucket->thousandths < full ? bucket->thousandths : full;
	}
	bucket->at_ms = passed_ms > 0 || bucket->at_ms == 0 ? now_ms : bucket->at_ms;
}

int64_t bucket_take(struct bucket *bucket, struct rate rate, int64_t now_ms) {
	fill(bucket, rate, now_ms);
	if (bucket->thousandths >= PIECE) {
		bucket->thousandths -= PIECE;
		return 0;
	}
	return (PIECE - bucket->thousandths + rate.per_s - 1) / rate.per_s;
}

/* --- by address --- */

/* Those who have been quiet for long enough are as good as new. */
static void sweep(struct addresses *addresses, struct rate rate, int64_t now_ms) {
	struct address_bucket *one, *next;
	if (now_ms - addresses->swept_ms < SWEEP_MS && addresses->swept_ms != 0) {
		return;
	}
	addresses->swept_ms = now_ms;
	HASH_ITER (hh, addresses->known, one, next) {
		fill(&one->bucket, rate, now_ms);
		if (one->bucket.thousandths == (int64_t)rate.burst * PIECE) {
			HASH_DEL(addresses->known, one);
			free(one);
		}
	}
}

int64_t addresses_take(
	struct addresses *addresses, const char *peer, struct rate rate, int64_t now_ms) {
	char key[ADDRESS_SIZE];
	struct address_bucket *found;
	address_group(key, peer);
	HASH_FIND_STR(addresses->known, key, found);
	if (found == NULL && HASH_COUNT(addresses->known) >= LIMITS_ADDRESSES_MAX) {
		sweep(addresses, rate, now_ms);
	}
	if (found == NULL && HASH_COUNT(addresses->known) < LIMITS_ADDRESSES_MAX) {
		found = mem_alloc(1, sizeof(*found));
		text_copy(found->key, sizeof(found->key), key);
		HASH_ADD_STR(addresses->known, key, found);
	}
	return bucket_take(found != NULL ? &found->bucket : &addresses->others, rate, now_ms);
}

void addresses_finish(struct addresses *addresses) {
	struct address_bucket *one, *next;
	HASH_ITER (hh, addresses->known, one, next) {
		HASH_DEL(addresses->known, one);
		free(one);
	}
	memset(addresses, 0, sizeof(*addresses));
}
