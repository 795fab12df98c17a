#include "mask.h"

#include <string.h>
#include <strings.h>

#include <siaga/base/text.h>

/* Fewer digits than this are no phone number; two of them would be too much of it. */
#define PHONE_DIGITS_MIN 6
/* A shorter part of a name is too often another word: "Pak", that is all right, "di" is not. */
#define WORD_MIN 3

/* Between two digits of a number, as in "0271 - 712345". */
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

/* --- notes --- */

/* A letter of any script: the bytes of what is not ASCII belong to words. */
static bool is_letter(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static size_t word_len(const char *text) {
	size_t len = 0;
	while (is_letter(text[len]) || (len > 0 && text[len] == '\'')) {
		len++;
	}
	return len;
}

/* Bytes of what may be a telephone number at `text`, which begins with a digit; 0 where it has too
 * few of them. */
static size_t phone_len(const char *text) {
	size_t len = 0;
	int digits = 0;
	for (size_t at = 0; text[at] != '\0' && (is_digit(text[at]) || at - len < APART_MAX);
		at++) {
		if (is_digit(text[at])) {
			digits++;
			len = at + 1;
		} else if (strchr(" -./()", text[at]) == NULL) {
			break;
		}
	}
	return digits >= PHONE_DIGITS_MIN ? len : 0;
}

/* Is the word one of those that the name is made of? */
static bool is_in_name(const char *word, size_t len, const char *name) {
	while (*name != '\0') {
		size_t part = word_len(name);
		if (part == len && strncasecmp(name, word, len) == 0) {
			return true;
		}
		name += part > 0 ? part : 1;
	}
	return false;
}

static bool tells_who(
	const char *word, size_t len, const struct alarm *alarm, const struct incident *inc) {
	bool found = len >= WORD_MIN && is_in_name(word, len, alarm->caller_name);
	for (size_t i = 0; len >= WORD_MIN && inc != NULL && i < inc->alarms_len && !found; i++) {
		found = is_in_name(word, len, inc->alarms[i].caller_name);
	}
	return found;
}

void mask_note(
	struct buf *out, const char *note, const struct alarm *alarm, const struct incident *inc) {
	buf_clear(out);
	buf_add_str(out, "");
	while (*note != '\0') {
		size_t len = word_len(note);
		bool hide = len > 0 && tells_who(note, len, alarm, inc);
		if (is_digit(*note)) {
			len = phone_len(note);
			hide = len > 0;
			while (!hide && is_digit(note[len])) {
				len++;
			}
		}
		len = len > 0 ? len : 1;
		if (hide) {
			buf_add_str(out, stars);
		} else {
			buf_add(out, note, len);
		}
		note += len;
	}
}
