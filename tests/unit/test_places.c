#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/model/incident.h>

#include "../../src/model/places.h"

#define MANY 5000

/* Bits of each word in which they may differ, and how many different values there are of each. */
struct hand {
	size_t len;
	uint64_t first, second;
	uint64_t kinds;
};

static uint64_t dice(uint64_t *seed) {
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* One of so many values, wherever in the word they differ. */
static uint64_t value(uint64_t *seed, const struct hand *hand, uint64_t bits) {
	uint64_t kind = dice(seed) % hand->kinds;
	return (kind + 1) * UINT64_C(0x9e3779b97f4a7c15) & bits;
}

/* In order, and each of them still there. */
static void check_hand(const struct hand *hand) {
	uint64_t seed = 88172645463325252;
	struct incident *incs = mem_alloc(hand->len + 1, sizeof(*incs));
	struct place *places = mem_alloc(hand->len + 1, sizeof(*places));
	struct place *spare = mem_alloc(hand->len + 1, sizeof(*places));
	struct place *by_comparing = mem_alloc(hand->len + 1, sizeof(*places));
	for (size_t i = 0; i < hand->len; i++) {
		/* Not in the order in which they come: 2389 has no factor in common with MANY. */
		incs[i].number = (int64_t)(i * 2389 % MANY) - MANY / 2;
		places[i] = (struct place){.first = value(&seed, hand, hand->first),
			.second = value(&seed, hand, hand->second),
			.inc = &incs[i]};
	}
	memcpy(by_comparing, places, hand->len * sizeof(*places));
	qsort(by_comparing, hand->len, sizeof(*places), places_compare);
	places_sort(places, spare, hand->len);
	assert_memory_equal(places, by_comparing, hand->len * sizeof(*places));
	free(by_comparing);
	free(spare);
	free(places);
	free(incs);
}

static void digits_put_them_in_the_order_of_comparing(void **state) {
	UNUSED(state);
	static const uint64_t words[] = {0, 1, UINT64_C(1) << 63, 0x3f, 0x701, UINT64_MAX,
		UINT64_C(7) << PLACE_GROUP_SHIFT, UINT64_C(0x80000000000001ff),
		UINT64_C(0xff00ff00ff00ff)};
	static const size_t lens[] = {1, 2, 3, 40, 128, 129, 257, MANY};
	static const uint64_t kinds[] = {1, 2, 50, UINT64_MAX};
	for (size_t i = 0; i < ARRAY_LEN(words) * ARRAY_LEN(words); i++) {
		for (size_t j = 0; j < ARRAY_LEN(lens) * ARRAY_LEN(kinds); j++) {
			check_hand(&(struct hand){.len = lens[j % ARRAY_LEN(lens)],
				.first = words[i % ARRAY_LEN(words)],
				.second = words[i / ARRAY_LEN(words)],
				.kinds = kinds[j / ARRAY_LEN(lens)]});
		}
	}
}

static void none_are_in_order(void **state) {
	UNUSED(state);
	places_sort(NULL, NULL, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_put_them_in_the_order_of_comparing),
		cmocka_unit_test(none_are_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
