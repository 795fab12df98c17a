#include <siaga/wire/persons.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/table.h>
#include <siaga/base/text.h>

#include "mask.h"

/* No name has a longer word; folded, a letter may take three times its bytes. */
#define WORD_MAX    128
#define FOLDED_SIZE (3 * WORD_MAX + 1)
/* So many words of a name are written as one. */
#define JOINED_MAX 8
/* More digits are no number to ring. */
#define NUMBER_SIZE  32
#define COUNTRY_CODE "62"
#define REST_MIN     7 /* digits that follow it */

struct word {
	UT_hash_handle hh;
	char text[]; /* folded; of a number the digits, see number() */
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

/* Folds a part of a text, without apostrophes; false: too long to be of a name. */
static bool fold(char out[FOLDED_SIZE], const char *part, size_t len) {
	char copy[WORD_MAX + 1];
	size_t at = 0;
	if (len > WORD_MAX) {
		return false;
	}
	for (size_t i = 0; i < len;) {
		size_t mark = mask_apostrophe_len(part + i);
		copy[at] = part[i];
		at += mark == 0;
		i += mark > 0 ? mark : 1;
	}
	copy[at] = '\0';
	text_fold(out, FOLDED_SIZE, copy);
	drop_marks(out);
	return true;
}

/* The digits of a part of a text, without what is dialled before them at home or from abroad;
 * false: no number of anybody. */
static bool number(char out[NUMBER_SIZE], const char *part, size_t len) {
	char digits[NUMBER_SIZE];
	const char *rest = digits;
	size_t count = 0, used;
	for (size_t at = 0; at < len && part[at] != '\0'; at += used) {
		int digit = mask_digit(part + at, &used);
		if (digit >= 0 && count + 1 >= NUMBER_SIZE) {
			return false;
		}
		if (digit >= 0) {
			digits[count++] = (char)('0' + digit);
		}
	}
	digits[count] = '\0';
	rest += strncmp(rest, "00", 2) == 0 ? 2 : 0;
	size_t country = strlen(COUNTRY_CODE);
	if (strncmp(rest, COUNTRY_CODE, country) == 0 && strlen(rest) >= country + REST_MIN) {
		rest += country;
	}
	rest += *rest == '0';
	text_copy(out, NUMBER_SIZE, strlen(rest) >= MASK_WORD_MIN ? rest : digits);
	return count > 0;
}

/* --- names --- */

static size_t digits_len(const char *text) {
	size_t len = 0, used;
	while (mask_digit(text + len, &used) >= 0) {
		len += used;
	}
	return len;
}

/* What was masked already, as for an observer, has nothing to tell. */
static bool is_masked(const char *name) {
	size_t first = text_next(name, NULL, NULL);
	return strcmp(name, "***") == 0 || strcmp(name + first, "***") == 0;
}

/* A word or a number as it is looked for; the bytes of it, 0: there is none. */
static size_t take(char out[FOLDED_SIZE], const char *text) {
	size_t len = mask_letters_len(text), digits = len > 0 ? 0 : digits_len(text);
	out[0] = '\0';
	if (len > 0 && !fold(out, text, len)) {
		out[0] = '\0';
	} else if (digits > 0 && !number(out, text, digits)) {
		out[0] = '\0';
	}
	return len > 0 ? len : digits;
}

/* As people call themselves elsewhere, "sitiaminah", or write it in a hurry, "maruf": the words
 * from `name` on as one. */
static void add_joined(struct persons *persons, const char *name, struct word *spared) {
	char folded[FOLDED_SIZE], joined[WORD_MAX];
	size_t at = 0, len;
	for (int words = 0; *name != '\0' && words<JOINED_MAX; name += len> 0 ? len : 1) {
		len = mask_letters_len(name);
		if (at + len > sizeof(joined)) {
			return;
		}
		memcpy(joined + at, name, len);
		at += len;
		words += len > 0;
		if (len > 0 && words > 1 && at >= MASK_WORD_MIN && fold(folded, joined, at) &&
			find(spared, folded) == NULL) {
			add(&persons->words, folded);
		}
	}
}

/* Takes the words that are long enough, and joins of all; how many bytes the longest has. */
static size_t add_words(
	struct persons *persons, const char *name, size_t least, struct word *spared) {
	char folded[FOLDED_SIZE];
	size_t longest = 0;
	while (*name != '\0') {
		size_t len = take(folded, name);
		longest = len > longest ? len : longest;
		if (len >= least && find(spared, folded) == NULL) {
			add(&persons->words, folded);
		}
		if (len > 0) {
			add_joined(persons, name, spared);
		}
		name += len > 0 ? len : 1;
	}
	return longest;
}

void persons_add(struct persons *persons, const char *name) {
	if (!is_masked(name) && add_words(persons, name, MASK_WORD_MIN, NULL) < MASK_WORD_MIN) {
		add_words(persons, name, 1, NULL);
	}
}

void persons_add_token(struct persons *persons, const char *name) {
	add_words(persons, name, MASK_WORD_MIN, persons->spared);
}

void persons_spare(struct persons *persons, const char *word) {
	char folded[FOLDED_SIZE];
	for (size_t len; *word != '\0'; word += len > 0 ? len : 1) {
		len = take(folded, word);
		add(&persons->spared, folded);
	}
}

/* What is long enough to be one is found without, where it is written like one. */
void persons_add_phone(struct persons *persons, const char *phone) {
	char digits[NUMBER_SIZE];
	if (number(digits, phone, strlen(phone)) && strlen(digits) >= MASK_WORD_MIN) {
		add(&persons->words, digits);
	}
}

/* --- texts --- */

static bool tells_who(const void *data, const char *part, size_t len) {
	const struct persons *persons = data;
	char folded[FOLDED_SIZE];
	bool known =
		mask_digit(part, NULL) >= 0 ? number(folded, part, len) : fold(folded, part, len);
	return known && find(persons->words, folded) != NULL;
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
