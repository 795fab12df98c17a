#include <siaga/base/nearest.h>

#include <string.h>

#define WORD_MAX 40

static size_t min3(size_t a, size_t b, size_t c) {
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

/* Letters put in, left out, changed, or swapped with their neighbour. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len) {
	size_t rows[3][WORD_MAX + 1];
	size_t *two = rows[0], *one = rows[1], *now = rows[2];
	for (size_t j = 0; j <= b_len; j++) {
		one[j] = j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = one[j - 1] + (a[i - 1] != b[j - 1]);
			now[j] = min3(one[j] + 1, now[j - 1] + 1, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				two[j - 2] + 1 < now[j]) {
				now[j] = two[j - 2] + 1;
			}
		}
		size_t *spare = two;
		two = one;
		one = now;
		now = spare;
	}
	return one[b_len];
}

void nearest_init(struct nearest *near, const char *word) {
	*near = (struct nearest){.word = word};
}

void nearest_try(struct nearest *near, const char *name) {
	size_t word_len = strlen(near->word), name_len = strlen(name);
	if (word_len > WORD_MAX || name_len > WORD_MAX) {
		return;
	}
	size_t apart = distance(near->word, word_len, name, name_len);
	if (apart <= (name_len + 2) / 3 && apart < name_len &&
		(near->best == NULL || apart < near->distance)) {
		near->best = name;
		near->distance = apart;
	}
}
