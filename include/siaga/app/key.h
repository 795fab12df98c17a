/* Keys as the console knows them: a code point, or one of these beyond Unicode. */
#ifndef SIAGA_APP_KEY_H
#define SIAGA_APP_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum key {
	KEY_CODE_TAB = 9,
	KEY_CODE_ENTER = 13,
	KEY_CODE_ESCAPE = 27,
	KEY_CODE_SPECIAL = 0x110000, /* first beyond Unicode */
	KEY_CODE_UP,
	KEY_CODE_DOWN,
	KEY_CODE_LEFT,
	KEY_CODE_RIGHT,
	KEY_CODE_HOME,
	KEY_CODE_END,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_BACKSPACE,
	KEY_CODE_DELETE,
	KEY_CODE_BACK_TAB,
	KEY_CODE_F0, /* F1 is KEY_CODE_F0 + 1, up to F12 */
	KEY_CODE_LAST = KEY_CODE_F0 + 12
};

#define KEY_CODE_CTRL(letter) ((uint32_t)((letter)&0x1f))

/* The name avoids curses, which exports key_name. "a", "?", "F2", "Enter", "Ctrl-L" ... into out;
 * for help and hints. */
#define KEY_LABEL_SIZE 16
void key_label(uint32_t key, char out[KEY_LABEL_SIZE]);
/* The key of such a label; the case of names does not matter, that of letters does. Also takes
 * Hash, Semicolon and Equals, for files where these characters mean something, and any one
 * character. */
bool key_parse(const char *text, uint32_t *key);

#endif
