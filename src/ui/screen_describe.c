/* What terminfo knows of a terminal. */
#include "screen_private.h"

#include <curses.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

#include <siaga/app/key.h>

/* Copies without pauses ("$<5>"): they were for terminals of glass and wire. */
static void copy_ability(char out[ABILITY_SIZE], const char *name) {
	const char *text = tigetstr(name);
	size_t len = 0;
	/* terminfo says "not a string" with (char *)-1 */
	if (text == NULL || (intptr_t)text == -1) {
		text = "";
	}
	while (*text != '\0' && len < ABILITY_SIZE - 1) {
		if (text[0] == '$' && text[1] == '<' && strchr(text, '>') != NULL) {
			text = strchr(text, '>') + 1;
		} else {
			out[len++] = *text++;
		}
	}
	out[*text == '\0' ? len : 0] = '\0'; /* Half of a sequence is none. */
}

/* Keys as this description has them, beside those that are known anyway. */
static void define_keys(struct input *input) {
	static const struct {
		const char *name;
		uint32_t key;
	} keys[] = {
		{"kcuu1", KEY_CODE_UP},
		{"kcud1", KEY_CODE_DOWN},
		{"kcub1", KEY_CODE_LEFT},
		{"kcuf1", KEY_CODE_RIGHT},
		{"khome", KEY_CODE_HOME},
		{"kend", KEY_CODE_END},
		{"kpp", KEY_CODE_PAGE_UP},
		{"knp", KEY_CODE_PAGE_DOWN},
		{"kbs", KEY_CODE_BACKSPACE},
		{"kdch1", KEY_CODE_DELETE},
		{"kcbt", KEY_CODE_BACK_TAB},
		{"kent", KEY_CODE_ENTER},
	};
	char sequence[ABILITY_SIZE];
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		copy_ability(sequence, keys[i].name);
		input_define(input, sequence, keys[i].key);
	}
	for (uint32_t number = 1; number <= 12; number++) {
		char name[8];
		snprintf(name, sizeof(name), "kf%u", (unsigned)number);
		copy_ability(sequence, name);
		input_define(input, sequence, KEY_CODE_F0 + number);
	}
}

const char *screen_param(const char *sequence, int first, int second) {
	const char *filled = tparm(sequence, (long)first, (long)second, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
	return filled != NULL ? filled : "";
}

static bool begins(const char *text, const char *with) {
	return strncmp(text, with, strlen(with)) == 0;
}

/* These print what they do not know, or are no terminal of today. */
static bool is_modern(const char *term) {
	static const char *const plain[] = {"ansi", "cons", "dumb", "linux", "sun", "vt", "wsvt"};
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (begins(term, plain[i])) {
			return false;
		}
	}
	return true;
}

static int colours_of(const struct ability *can) {
	int count = tigetnum("colors");
	const char *no_color = getenv("NO_COLOR");
	if (can->fg[0] == '\0' || can->bg[0] == '\0' || (no_color != NULL && no_color[0] != '\0')) {
		return 0;
	}
	return count >= 256 ? 256 : count >= 16 ? 16 : count >= 8 ? 8 : 0;
}

/* Whether the codes of ECMA-48 mean what they say; the VT100 can only take back all at once. */
static bool is_ansi(const struct ability *can, const char *term) {
	bool colours = can->fg[0] == '\0' || strcmp(screen_param(can->fg, 1, 0), "\033[31m") == 0;
	return colours && strcmp(can->bold, "\033[1m") == 0 && !begins(term, "vt1");
}

bool screen_describe(const char *term, struct err *err) {
	struct ability *can = &screen_self.can;
	char right[ABILITY_SIZE];
	int found = 0;
	if (setupterm(term, screen_self.fd, &found) != OK && found != 1) {
		return err_set(err, _("the terminal type '%s' (TERM) is not known here"), term);
	}
	const struct {
		const char *name;
		char *out;
	} strings[] = {
		{"bold", can->bold},
		{"civis", can->cursor_hide},
		{"cnorm", can->cursor_show},
		{"cup", can->cursor_move},
		{"ech", can->erase_cells},
		{"el", can->erase_line},
		{"rev", can->reverse},
		{"rmcup", can->leave},
		{"setab", can->bg},
		{"setaf", can->fg},
		{"sgr0", can->reset},
		{"smcup", can->enter},
		{"smul", can->underline},
	};
	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		copy_ability(strings[i].out, strings[i].name);
	}
	copy_ability(right, "cuf");
	can->colours = colours_of(can);
	can->erases_ground = tigetflag("bce") == 1;
	can->wraps_late = tigetflag("xenl") == 1;
	can->ansi = is_ansi(can, term);
	can->jumps = strcmp(right, "\033[%p1%dC") == 0;
	can->modern = is_modern(term);
	define_keys(&screen_self.input);
	if (can->cursor_move[0] == '\0') {
		return err_set(err, _("the terminal type '%s' (TERM) cannot show a screen"), term);
	}
	return true;
}

void screen_forget(void) {
	del_curterm(cur_term);
}
