#include <siaga/app/key.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

static const struct {
	uint32_t key;
	const char *name;
} names[] = {
	{KEY_CODE_TAB, "Tab"},
	{KEY_CODE_ENTER, "Enter"},
	{KEY_CODE_ESCAPE, "Esc"},
	{' ', "Space"},
	{KEY_CODE_UP, "Up"},
	{KEY_CODE_DOWN, "Down"},
	{KEY_CODE_LEFT, "Left"},
	{KEY_CODE_RIGHT, "Right"},
	{KEY_CODE_HOME, "Home"},
	{KEY_CODE_END, "End"},
	{KEY_CODE_PAGE_UP, "PgUp"},
	{KEY_CODE_PAGE_DOWN, "PgDn"},
	{KEY_CODE_BACKSPACE, "Backspace"},
	{KEY_CODE_DELETE, "Del"},
	{KEY_CODE_BACK_TAB, "S-Tab"},
};

void key_label(uint32_t key, char out[KEY_LABEL_SIZE]) {
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].key == key) {
			snprintf(out, KEY_LABEL_SIZE, "%s", names[i].name);
			return;
		}
	}
	if (key > KEY_CODE_F0 && key <= KEY_CODE_LAST) {
		snprintf(out, KEY_LABEL_SIZE, "F%u", (unsigned)(key - KEY_CODE_F0));
	} else if (key < ' ') {
		snprintf(out, KEY_LABEL_SIZE, "Ctrl-%c", (char)(key + '@'));
	} else if (key < 0x7f) {
		snprintf(out, KEY_LABEL_SIZE, "%c", (char)key);
	} else {
		snprintf(out, KEY_LABEL_SIZE, "U+%04X", (unsigned)key);
	}
}

static const struct {
	uint32_t key;
	const char *name;
} other_names[] = {
	{'#', "Hash"},
	{';', "Semicolon"},
	{'=', "Equals"},
};

static bool parse_name(const char *text, uint32_t *key) {
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcasecmp(names[i].name, text) == 0) {
			*key = names[i].key;
			return true;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(other_names); i++) {
		if (strcasecmp(other_names[i].name, text) == 0) {
			*key = other_names[i].key;
			return true;
		}
	}
	return false;
}

/* A number of digits of that base, all of the text; 0 when it is none. */
static uint32_t parse_number(const char *text, const char *digits, int base) {
	size_t len = strspn(text, digits);
	return len > 0 && len <= 6 && text[len] == '\0' ? (uint32_t)strtoul(text, NULL, base) : 0;
}

bool key_parse(const char *text, uint32_t *key) {
	uint32_t code;
	if (parse_name(text, key)) {
		return true;
	}
	if (strncasecmp(text, "Ctrl-", 5) == 0) {
		char letter = text[5];
		bool ok = ((letter >= '@' && letter <= '_') || (letter >= 'a' && letter <= 'z')) &&
			  text[6] == '\0' && letter != '@';
		*key = ok ? KEY_CODE_CTRL(letter) : *key;
		return ok;
	}
	if ((text[0] == 'F' || text[0] == 'f') && text[1] != '\0') {
		code = parse_number(text + 1, "0123456789", 10);
		*key = code >= 1 && code <= 12 ? KEY_CODE_F0 + code : *key;
		return code >= 1 && code <= 12;
	}
	if (strncasecmp(text, "U+", 2) == 0 && text[2] != '\0') {
		code = parse_number(text + 2, "0123456789abcdefABCDEF", 16);
		*key = code > ' ' && code < KEY_CODE_SPECIAL ? code : *key;
		return code > ' ' && code < KEY_CODE_SPECIAL;
	}
	size_t used = text_next(text, &code, NULL);
	if (used == 0 || text[used] != '\0' || code <= ' ' || code == 0x7f) {
		return false;
	}
	*key = code;
	return true;
}
