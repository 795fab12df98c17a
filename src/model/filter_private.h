/* What the files of the filter share. */
#ifndef SIAGA_MODEL_FILTER_PRIVATE_H
#define SIAGA_MODEL_FILTER_PRIVATE_H

#include <siaga/model/duplicates.h>
#include <siaga/model/filter.h>

/* In the order in which they are offered; the last two have no name. */
enum filter_field {
	FIELD_PRIORITY,
	FIELD_KIND,
	FIELD_STATE,
	FIELD_IS,
	FIELD_AGENCY,
	FIELD_CLAIM,
	FIELD_AGE,
	FIELD_NEAR,
	FIELD_GRID,
	FIELD_NUMBER, /* #412 */
	FIELD_WORD,
	FIELD_COUNT
};
#define FIELD_NAMED FIELD_NUMBER /* so many have a name */

enum filter_op { OP_IS, OP_BELOW, OP_UP_TO, OP_ABOVE, OP_FROM, OP_COUNT };

/* Bits of FIELD_IS. */
enum filter_is {
	IS_NEW,
	IS_OPEN,
	IS_ENDED,
	IS_HELD,
	IS_OVERDUE,
	IS_MINE,
	IS_LATE,
	IS_MERGED,
	IS_WITHDRAWN,
	IS_COUNT
};

/* One side of a comma. */
struct filter_value {
	char *text;   /* as it was typed, without quotes; owned */
	char *folded; /* the same for comparing; owned */
	size_t folded_len;
	int column; /* where it was typed, from 1 */

	int col, row;   /* GRID; from 0 */
	int64_t number; /* NEAR and NUMBER; WORD: what a number may begin with, or 0 */
	int32_t radius_m;
	const struct world
		*seen;     /* the world in which the number was last looked up, and how far */
	int64_t seen_head; /* it was then */
	unsigned seen_count;
	bool found;
	struct position at;

	unsigned kinds, states;      /* WORD: bits of those that the word is the beginning of */
	char digits[PHONE_KEY_SIZE]; /* WORD: part of a telephone number, or "" */
	size_t digits_len;
};

struct filter_term {
	enum filter_field field;
	enum filter_op op;
	bool negate;
	unsigned bits; /* PRIORITY, KIND, STATE, IS: which */
	int64_t ms;    /* AGE */
	struct filter_value *values;
	size_t values_len;
};

struct filter_field_info {
	const char *name;
	bool lists, compares; /* takes ":" or "=" with commas; takes "<", "<=", ">", ">=" */
	const char *opens;    /* with the operator that is most used */
	const char *help;     /* marked for translation */
};

extern const struct filter_field_info filter_fields[FIELD_NAMED];
extern const char *const filter_ops[OP_COUNT]; /* as they are written */

/* A word that stands for a value of KIND, STATE or IS. */
struct filter_word {
	const char *name;
	unsigned value;
	bool alias;       /* another word for a value that has one */
	const char *help; /* marked for translation, or NULL */
};

/* The i-th word of a field, the protocol's own before the aliases; false after the last. */
bool filter_word_at(enum filter_field field, size_t i, struct filter_word *out);

enum filter_found { FOUND_NONE, FOUND_ONE, FOUND_SEVERAL };
/* The value that a folded text names or begins; where it begins several, one of them. */
enum filter_found filter_word_find(enum filter_field field, const char *folded, unsigned *value);
/* Bits of all values of which a folded text is a beginning. */
unsigned filter_word_bits(enum filter_field field, const char *folded);

#endif
