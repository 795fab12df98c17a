#include <siaga/wire/persons.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/table.h>
#include <siaga/base/text.h>

#include "mask.h"

/* No name has a longer word; folded, a letter may take three times its bytes. */
#define WORD_MAX    128
#define FOLDED_SIZE (3 * WORD_MAX + 1)

struct word {
	UT_hash_handle hh;
	char text[]; /* folded */
};

struct persons {
	struct word *words, *spared;
};

static struct word *find(struct word *words, const char *folded) {
	struct word *word;
	HASH_FIND_STR(words, folded, word);
	return word;
}

static void add(struct word **words, const char *folded) {
	size_t len = strlen(folded);
	if (len > 0 && find(*words, folded) == NULL) {
		struct word *word = mem_alloc(1, sizeof(*word) + len + 1);
		memcpy(word->text, folded, len);
		HASH_ADD_STR(*words, text, word);
	}
}

static void finish(struct word **words) {
	struct word *word, *next;
	HASH_ITER (hh, *words, word, next) {
		HASH_DEL(*words, word);
		free(word);
	}
}

/* The marks on letters, as a folded text has them behind each: who writes in a hurry leaves them
 * away. */
static void drop_marks(char *folded) {
	uint32_t code;
	char *to = folded;
	for (size_t used; (used = text_next(folded, &code, NULL)) > 0; folded += used) {
		if (code < 0x300 || code > 0x36f) {
			memmove(to, folded, used);
			to += used;
		}
	}
	*to = '\0';
}

/* Folds a part of a text; false: too long to be of a name. */
static bool fold(char out[FOLDED_SIZE], const char *part, size_t len) {
	char copy[WORD_MAX + 1];
	if (len > WORD_MAX) {
		return false;
	}
	memcpy(copy, part, len);
	copy[len] = '\0';
	text_fold(out, FOLDED_SIZE, copy);
	drop_marks(out);
	return true;
}

/* --- names --- */

static size_t digits_len(const char *text) {
	return strspn(text, "0123456789");
}

/* What was masked already, as for an observer, has nothing to tell. */
static bool is_masked(const char *name) {
	size_t first = text_next(name, NULL, NULL);
	return strcmp(name, "***") == 0 || strcmp(name + first, "***") == 0;
}

/* Takes the words that are long enough; how many bytes the longest has. */
static size_t add_words(
	struct persons *persons, const char *name, size_t least, struct word *spared) {
	char folded[FOLDED_SIZE];
	size_t longest = 0;
	while (*name != '\0') {
		size_t len = mask_word_len(name);
		len = len > 0 ? len : digits_len(name);
		longest = len > longest ? len : longest;
		if (len >= least && len > 0 && fold(folded, name, len) &&
			find(spared, folded) == NULL) {
			add(&persons->words, folded);
		}
		name += len > 0 ? len : 1;
	}
	return longest;
}

/* As people call themselves elsewhere: "sitiaminah". */
static void add_joined(struct persons *persons, const char *name) {
	char folded[FOLDED_SIZE], joined[WORD_MAX + 1] = "";
	size_t at = 0, words = 0;
	for (const char *rest = name; *rest != '\0';) {
		size_t len = text_word(rest);
		if (len > 0 && at + len < sizeof(joined)) {
			memcpy(joined + at, rest, len);
			at += len;
			words++;
		}
		rest += len > 0 ? len : 1;
	}
	joined[at] = '\0';
	if (words > 1 && fold(folded, joined, at)) {
		add(&persons->words, folded);
	}
}

void persons_add(struct persons *persons, const char *name) {
	if (is_masked(name)) {
		return;
	}
	if (add_words(persons, name, MASK_WORD_MIN, NULL) < MASK_WORD_MIN) {
		add_words(persons, name, 1, NULL);
	}
	add_joined(persons, name);
}

void persons_add_token(struct persons *persons, const char *name) {
	add_words(persons, name, MASK_WORD_MIN, persons->spared);
}

void persons_spare(struct persons *persons, const char *word) {
	char folded[FOLDED_SIZE];
	for (size_t len; *word != '\0'; word += len > 0 ? len : 1) {
		len = mask_word_len(word);
		if (len > 0 && fold(folded, word, len)) {
			add(&persons->spared, folded);
		}
	}
}

/* What is long enough to be one is found without. */
void persons_add_phone(struct persons *persons, const char *phone) {
	char digits[WORD_MAX + 1];
	size_t len = 0;
	for (; *phone != '\0' && len < WORD_MAX; phone++) {
		if (digits_len(phone) > 0) {
			digits[len++] = *phone;
		}
	}
	digits[len] = '\0';
	if (len >= MASK_WORD_MIN) {
		add(&persons->words, digits);
	}
}

/* --- texts --- */

static bool tells_who(const void *data, const char *part, size_t len) {
	const struct persons *persons = data;
	char folded[FOLDED_SIZE];
	return fold(folded, part, len) && find(persons->words, folded) != NULL;
}

void persons_mask(const struct persons *persons, const char *text, struct buf *out) {
	mask_text(out, text, tells_who, persons);
}

struct persons *persons_create(void) {
	return mem_alloc(1, sizeof(struct persons));
}

void persons_destroy(struct persons *persons) {
	if (persons != NULL) {
		finish(&persons->words);
		finish(&persons->spared);
		free(persons);
	}
}
