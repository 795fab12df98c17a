#include "places.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/model/incident.h>

#define WORD_BITS  64
#define DIGIT_BITS 8
#define DIGITS     (1 << DIGIT_BITS)
#define FEW        128 /* to compare them is quicker than to count all digits that there may be */
static_assert(WORD_BITS - PLACE_GROUP_SHIFT <= DIGIT_BITS, "a group is one digit");

enum word { WORD_FIRST, WORD_SECOND };

/* Those that are sorted, and as much room beside them; they change sides with each digit. */
struct deck {
	struct place *places, *room;
	size_t len;
};

int places_compare(const void *a, const void *b) {
	const struct place *x = a, *y = b;
	if (x->first != y->first) {
		return x->first < y->first ? -1 : 1;
	}
	if (x->second != y->second) {
		return x->second < y->second ? -1 : 1;
	}
	return (x->inc->number > y->inc->number) - (x->inc->number < y->inc->number);
}

static uint64_t word_of(const struct place *place, enum word word) {
	return word == WORD_FIRST ? place->first : place->second;
}

/* Over to the other side; what has the same digit keeps its order. */
static void deal(struct deck *deck, enum word word, int shift) {
	struct place *from = deck->places, *to = deck->room;
	size_t next[DIGITS] = {0}, before = 0;
	for (size_t i = 0; i < deck->len; i++) {
		next[word_of(&from[i], word) >> shift & (DIGITS - 1)]++;
	}
	for (size_t digit = 0; digit < DIGITS; digit++) {
		size_t count = next[digit];
		next[digit] = before;
		before += count;
	}
	for (size_t i = 0; i < deck->len; i++) {
		to[next[word_of(&from[i], word) >> shift & (DIGITS - 1)]++] = from[i];
	}
	deck->places = to;
	deck->room = from;
}

/* The bits in which some differ from others. */
static uint64_t bits_that_differ(const struct deck *deck, enum word word) {
	uint64_t bits = 0;
	for (size_t i = 1; i < deck->len; i++) {
		bits |= word_of(&deck->places[i], word) ^ word_of(&deck->places[0], word);
	}
	return bits;
}

/* From the last digit on, past bits that are the same in all. */
static void sort_by(struct deck *deck, enum word word) {
	uint64_t bits = bits_that_differ(deck, word);
	for (int shift = 0; shift < WORD_BITS && bits >> shift != 0; shift += DIGIT_BITS) {
		shift += LOWEST_BIT(bits >> shift);
		deal(deck, word, shift);
	}
}

static void sort_by_comparing(struct place *places, size_t len) {
	if (len > 1) {
		qsort(places, len, sizeof(*places), places_compare);
	}
}

/* What is equal in both words, as what has ended at the same time. */
static void break_ties(struct place *places, size_t len) {
	size_t start = 0;
	for (size_t i = 1; i <= len; i++) {
		if (i < len && places[i].first == places[start].first &&
			places[i].second == places[start].second) {
			continue;
		}
		sort_by_comparing(places + start, i - start);
		start = i;
	}
}

/* Those of one group, into `out`, which may be overwritten meanwhile, as they may be. */
static void sort_group(struct place *places, struct place *out, size_t len) {
	struct deck deck = {.places = places, .room = out, .len = len};
	if (len <= FEW) {
		memcpy(out, places, len * sizeof(*out));
		sort_by_comparing(out, len);
		return;
	}
	sort_by(&deck, WORD_SECOND);
	sort_by(&deck, WORD_FIRST);
	if (deck.places != out) {
		memcpy(out, deck.places, len * sizeof(*out));
	}
	break_ties(out, len);
}

void places_sort(struct place *places, struct place *spare, size_t len) {
	if (len <= FEW) {
		sort_by_comparing(places, len);
		return;
	}
	struct deck deck = {.places = places, .room = spare, .len = len};
	size_t start = 0;
	/* Each group has digits of its own that matter. */
	deal(&deck, WORD_FIRST, PLACE_GROUP_SHIFT);
	for (size_t i = 1; i <= len; i++) {
		if (i == len || (spare[i].first ^ spare[start].first) >> PLACE_GROUP_SHIFT != 0) {
			sort_group(spare + start, places + start, i - start);
			start = i;
		}
	}
}
