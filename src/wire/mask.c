#include "mask.h"

#include <string.h>
#include <strings.h>

#include <siaga/base/text.h>

/* Fewer digits than this are no phone number; two of them would be too much of it. */
#define PHONE_DIGITS_MIN 6
/* So many characters may stand between two digits of a number, as in "0271 - 712345". */
#define APART_MAX 3

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

/* "Ma'ruf" is one word, and so is "Siti's". */
size_t mask_word_len(const char *text) {
	size_t len = text_word(text), more;
	while (len > 0 && text[len] == '\'' && (more = text_word(text + len + 1)) > 0) {
		len += 1 + more;
	}
	return len;
}

/* What may stand between the digits of a number: blanks and dashes as telephones write them, too.
 */
static bool is_between(uint32_t code) {
	return (code != 0 && code < 0x80 && strchr(" -./()", (int)code) != NULL) || code == 0xa0 ||
	       (code >= 0x2000 && code <= 0x2015) || code == 0x202f || code == 0x2212;
}

/* Bytes of what may be a telephone number at `text`, which begins with a digit; 0 where it has too
 * few of them. */
static size_t phone_len(const char *text) {
	size_t len = 0, at = 0, used;
	int digits = 0, apart = 0;
	uint32_t code;
	while ((used = text_next(text + at, &code, NULL)) > 0) {
		at += used;
		if (code < 0x80 && is_digit((char)code)) {
			digits++;
			apart = 0;
			len = at;
		} else if (!is_between(code) || ++apart > APART_MAX) {
			break;
		}
	}
	return digits >= PHONE_DIGITS_MIN ? len : 0;
}

/* Bytes of the piece of text that is looked at as one; *hide: it tells who. */
static size_t piece(const char *text, mask_tells tells, const void *data, bool *hide) {
	size_t len = mask_word_len(text), letters = text_word(text);
	*hide = len > 0 && tells(data, text, len);
	if (!*hide && len > letters) {
		len = letters;
		*hide = tells(data, text, len);
	}
	if (is_digit(*text)) {
		len = phone_len(text);
		*hide = len > 0;
		while (!*hide && is_digit(text[len])) {
			len++;
		}
		*hide = *hide || tells(data, text, len);
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
