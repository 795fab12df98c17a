#include <siaga/app/key.h>

#include <stdio.h>

#include <siaga/base/macros.h>

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
