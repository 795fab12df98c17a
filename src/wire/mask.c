#include "mask.h"

#include <string.h>
#include <strings.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

/* Fewer digits than this are no phone number; two of them would be too much of it. */
#define PHONE_DIGITS_MIN 6
/* So many characters may stand between two digits of a number, as in "0271 - 712345". */
#define APART_MAX 3
/* The same between the digits of a number that is known; and the longest of them, all prefixes
 * included. */
#define KNOWN_APART_MAX  8
#define KNOWN_DIGITS_MAX 24
/* So many of them are in one word: "Ma'ruf's". */
#define APOSTROPHES_MAX 2

static const char stars[] = "***";

void mask_name(char out[MASK_SIZE], const char *name) {
	uint32_t code;
	int columns;
	size_t len = text_next(name, &code, &columns);
	if (len > 4) {
		len = 0;
	}
	memcpy(out, name, len);
	memcpy(out + len, stars, sizeof(stars));
}

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

void mask_phone(char out[MASK_SIZE], const char *phone) {
	char last[2] = {0};
	int digits = 0;
	for (; *phone != '\0'; phone++) {
		if (is_digit(*phone)) {
			last[0] = last[1];
			last[1] = *phone;
			digits++;
		}
	}
	memcpy(out, stars, sizeof(stars));
	if (digits >= PHONE_DIGITS_MIN) {
		memcpy(out + 3, last, sizeof(last));
		out[5] = '\0';
	}
}

/* --- texts --- */

static bool is_apostrophe(uint32_t code) {
	return code == '\'' || code == '`' || code == 0xb4 || code == 0x2bc || code == 0x2018 ||
	       code == 0x2019;
}

size_t mask_apostrophe_len(const char *text) {
	uint32_t code;
	size_t len = text_next(text, &code, NULL);
	return len > 0 && is_apostrophe(code) ? len : 0;
}

/* One of the apostrophes counts as a letter. */
size_t mask_letters_len(const char *text) {
	size_t len = 0, used;
	uint32_t code;
	while ((used = text_next(text + len, &code, NULL)) > 0 && text_is_letter(code) &&
		!is_apostrophe(code)) {
		len += used;
	}
	return len;
}

static size_t word_len(const char *text, int apostrophes) {
	size_t len = mask_letters_len(text);
	while (len > 0 && apostrophes-- > 0) {
		size_t mark = mask_apostrophe_len(text + len);
		size_t more = mark > 0 ? mask_letters_len(text + len + mark) : 0;
		if (more == 0) {
			break;
		}
		len += mark + more;
	}
	return len;
}

/* "Ma'ruf" is one word, and so is "Siti's". */
size_t mask_word_len(const char *text) {
	return word_len(text, APOSTROPHES_MAX);
}

int mask_digit(const char *text, size_t *len) {
	/* Where the digits of a script begin: Arabic, Persian, Devanagari, Bengali, Tamil, Thai,
	 * Balinese, Javanese, wide ones. */
	static const uint32_t zeros[] = {
		'0', 0x660, 0x6f0, 0x966, 0x9e6, 0xbe6, 0xe50, 0x1b50, 0xa9d0, 0xff10};
	uint32_t code;
	size_t used = text_next(text, &code, NULL);
	if (len != NULL) {
		*len = used;
	}
	for (size_t i = 0; used > 0 && i < ARRAY_LEN(zeros); i++) {
		if (code >= zeros[i] && code < zeros[i] + 10) {
			return (int)(code - zeros[i]);
		}
	}
	return -1;
}

/* What may stand between the digits of a number: blanks and dashes as telephones write them, too.
 */
static bool is_between(uint32_t code) {
	return (code != 0 && code < 0x80 && strchr(" -./()_*~|+'[]", (int)code) != NULL) ||
	       code == 0xa0 || code == 0xb7 || (code >= 0x2000 && code <= 0x2015) ||
	       code == 0x2022 || code == 0x202f || code == 0x2212;
}

/* Bytes of what may be a telephone number at `text`, which begins with a digit; 0 where it has too
 * few of them. */
static size_t phone_len(const char *text) {
	size_t len = 0, at = 0, used;
	int digits = 0, apart = 0;
	uint32_t code;
	while ((used = text_next(text + at, &code, NULL)) > 0) {
		bool digit = mask_digit(text + at, NULL) >= 0;
		at += used;
		if (digit) {
			digits++;
			apart = 0;
			len = at;
		} else if (!is_between(code) || ++apart > APART_MAX) {
			break;
		}
	}
	return digits >= PHONE_DIGITS_MIN ? len : 0;
}

/* Bytes of the longest number at `text` that tells who; 0: none does. */
static size_t known_len(const char *text, mask_tells tells, const void *data) {
	size_t len = 0, at = 0, used;
	int digits = 0, apart = 0, columns;
	uint32_t code;
	while (digits < KNOWN_DIGITS_MAX && apart <= KNOWN_APART_MAX &&
		(used = text_next(text + at, &code, &columns)) > 0) {
		if (mask_digit(text + at, NULL) >= 0) {
			at += used;
			apart = 0;
			digits++;
			len = mask_digit(text + at, NULL) < 0 && tells(data, text, at) ? at : len;
		} else if (columns > 0 && text_is_letter(code)) {
			break;
		} else {
			at += used; /* A mark is no letter by itself. */
			apart++;
		}
	}
	return len;
}

/* A number at `text`, which begins with a digit; one that is known may begin within what only looks
 * like one, and go on behind it. */
static size_t number_piece(const char *text, mask_tells tells, const void *data, bool *hide) {
	size_t len = phone_len(text), known = known_len(text, tells, data), used;
	len = known > len ? known : len;
	*hide = len > 0;
	bool before = true;
	for (size_t at = 0; at < len; at += used) {
		bool digit = mask_digit(text + at, &used) >= 0;
		known = digit && !before ? known_len(text + at, tells, data) : 0;
		len = at + known > len ? at + known : len;
		before = digit;
	}
	if (!*hide) {
		while (mask_digit(text + len, &used) >= 0) {
			len += used;
		}
	}
	return len;
}

/* Bytes of the piece of text that is looked at as one; *hide: it tells who. */
static size_t piece(const char *text, mask_tells tells, const void *data, bool *hide) {
	size_t len = 0;
	*hide = false;
	if (mask_digit(text, NULL) >= 0) {
		return number_piece(text, tells, data, hide);
	}
	for (int i = APOSTROPHES_MAX; i >= 0 && !*hide; i--) {
		size_t shorter = word_len(text, i);
		*hide = shorter > 0 && shorter != len && tells(data, text, shorter);
		len = shorter;
	}
	return len > 0 ? len : 1;
}

void mask_text(struct buf *out, const char *text, mask_tells tells, const void *data) {
	buf_clear(out);
	buf_add_str(out, "");
	while (*text != '\0') {
		bool hide;
		size_t len = piece(text, tells, data, &hide);
		if (hide) {
			buf_add_str(out, stars);
		} else {
			buf_add(out, text, len);
		}
		text += len;
	}
}

/* --- notes --- */

/* Whose names are looked for. */
struct callers {
	const struct alarm *alarm;
	const struct incident *inc;
};

/* Is the word one of those that the name is made of? */
static bool is_in_name(const char *word, size_t len, const char *name) {
	while (*name != '\0') {
		size_t part = mask_word_len(name);
		if (part == len && strncasecmp(name, word, len) == 0) {
			return true;
		}
		name += part > 0 ? part : 1;
	}
	return false;
}

static bool tells_who(const void *data, const char *word, size_t len) {
	const struct callers *callers = data;
	const struct incident *inc = callers->inc;
	if (mask_digit(word, NULL) >= 0) {
		return false;
	}
	bool found = len >= MASK_WORD_MIN && is_in_name(word, len, callers->alarm->caller_name);
	for (size_t i = 0; len >= MASK_WORD_MIN && inc != NULL && i < inc->alarms_len && !found;
		i++) {
		found = is_in_name(word, len, inc->alarms[i].caller_name);
	}
	return found;
}

void mask_note(
	struct buf *out, const char *note, const struct alarm *alarm, const struct incident *inc) {
	mask_text(out, note, tells_who, &(struct callers){alarm, inc});
}
