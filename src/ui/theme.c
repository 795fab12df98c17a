#include <siaga/ui/theme.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#include "theme_private.h"

#define LINE_MAX_BYTES 256
#define PALETTE_MAX    32
#define WORDS_MAX      8
#define CUBE_FIRST     16 /* of the 256 colours: a 6x6x6 cube, then 24 greys */
#define CUBE_SIDE      6
#define GREY_FIRST     232
#define GREY_COUNT     24

enum section { SECTION_NONE, SECTION_THEME, SECTION_PALETTE, SECTION_ROLE };

struct named_colour {
	char name[32];
	struct theme_colour colour;
};

struct reader {
	struct theme *theme;
	const char *name;
	int line;
	enum section section;
	struct named_colour palette[PALETTE_MAX];
	size_t palette_len;
	bool seen[UI_ROLE_COUNT];
	struct err *err;
};

static bool fail(const struct reader *rd, const char *fmt, ...) ATTR_PRINTF(2, 3);

static bool fail(const struct reader *rd, const char *fmt, ...) {
	char text[200];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return err_set(rd->err, "%s:%d: %s", rd->name, rd->line, text);
}

/* "/N" at *text, 0 to max; moves *text behind it. */
static bool read_override(const char **text, int max, int *out) {
	char *end;
	if (**text != '/' || (*text)[1] < '0' || (*text)[1] > '9') {
		return false;
	}
	long value = strtol(*text + 1, &end, 10);
	*text = end;
	*out = (int)value;
	return value >= 0 && value <= max;
}

/* #rrggbb, #rrggbb/N or #rrggbb/N/M: the nearest of 256 and of 16 colours, where the nearest is not
 * wanted. */
static bool read_literal(const struct reader *rd, const char *word, struct theme_colour *out) {
	*out = (struct theme_colour){.set = true, .index_256 = -1, .index_16 = -1};
	if (strspn(word + 1, "0123456789abcdefABCDEF") != 6) {
		return fail(rd, "\"%s\" is no colour: write #rrggbb", word);
	}
	char digits[7];
	memcpy(digits, word + 1, 6);
	digits[6] = '\0';
	out->rgb = (uint32_t)strtoul(digits, NULL, 16);
	const char *rest = word + 7;
	bool ok = *rest == '\0' || read_override(&rest, 255, &out->index_256);
	ok = ok && (*rest == '\0' || read_override(&rest, 15, &out->index_16));
	return (ok && *rest == '\0') ||
	       fail(rd, "\"%s\": after the colour goes /0..255, then /0..15", word);
}

static bool read_colour(const struct reader *rd, const char *word, struct theme_colour *out) {
	if (word[0] == '#') {
		return read_literal(rd, word, out);
	}
	if (strcmp(word, "default") == 0) {
		*out = (struct theme_colour){.index_256 = -1, .index_16 = -1};
		return true;
	}
	for (size_t i = 0; i < rd->palette_len; i++) {
		if (strcmp(rd->palette[i].name, word) == 0) {
			*out = rd->palette[i].colour;
			return true;
		}
	}
	return fail(rd, "\"%s\" is not in the palette, and no attribute", word);
}

static size_t split(char *text, char *words[WORDS_MAX]) {
	size_t len = 0;
	char *save = NULL;
	for (char *word = strtok_r(text, " \t", &save); word != NULL && len < WORDS_MAX;
		word = strtok_r(NULL, " \t", &save)) {
		words[len++] = word;
	}
	return len;
}

/* [FG] [on BG] [bold] [underline] [reverse] */
static bool read_style(const struct reader *rd, char *value, struct theme_style *out) {
	char *words[WORDS_MAX];
	size_t len = split(value, words);
	bool has_fg = false;
	for (size_t i = 0; i < len; i++) {
		if (strcmp(words[i], "bold") == 0) {
			out->bold = true;
		} else if (strcmp(words[i], "underline") == 0) {
			out->underline = true;
		} else if (strcmp(words[i], "reverse") == 0) {
			out->reverse = true;
		} else if (strcmp(words[i], "on") == 0 && i + 1 < len) {
			if (!read_colour(rd, words[++i], &out->bg)) {
				return false;
			}
		} else if (!has_fg) {
			has_fg = true;
			if (!read_colour(rd, words[i], &out->fg)) {
				return false;
			}
		} else {
			return fail(rd, "\"%s\" is one word too many", words[i]);
		}
	}
	return len > 0 || fail(rd, "the value is missing");
}

static bool read_palette(struct reader *rd, const char *key, const char *value) {
	for (size_t i = 0; i < rd->palette_len; i++) {
		if (strcmp(rd->palette[i].name, key) == 0) {
			return fail(rd, "colour \"%s\" is there twice", key);
		}
	}
	if (rd->palette_len == PALETTE_MAX) {
		return fail(rd, "more than %d colours", PALETTE_MAX);
	}
	struct named_colour *item = &rd->palette[rd->palette_len];
	if (strlen(key) >= sizeof(item->name) || value[0] != '#') {
		return fail(rd, "write NAME = #rrggbb, the name of at most %zu letters",
			sizeof(item->name) - 1);
	}
	text_copy(item->name, sizeof(item->name), key);
	if (!read_literal(rd, value, &item->colour)) {
		return false;
	}
	rd->palette_len++;
	return true;
}

static bool read_role(struct reader *rd, const char *key, char *value) {
	enum ui_role role;
	if (!ui_role_find(key, &role)) {
		return fail(rd, "there is no role \"%s\"", key);
	}
	if (rd->seen[role]) {
		return fail(rd, "role \"%s\" is there twice", key);
	}
	rd->seen[role] = true;
	return read_style(rd, value, &rd->theme->styles[role]);
}

static bool read_section(struct reader *rd, const char *line) {
	static const char *const names[] = {[SECTION_THEME] = "[theme]",
		[SECTION_PALETTE] = "[palette]",
		[SECTION_ROLE] = "[role]"};
	for (size_t i = SECTION_THEME; i < ARRAY_LEN(names); i++) {
		if (strcmp(line, names[i]) == 0) {
			rd->section = (enum section)i;
			return true;
		}
	}
	return fail(rd, "\"%s\": the sections are [theme], [palette] and [role]", line);
}

/* Cuts blanks off both ends. */
static char *trim(char *text) {
	text += strspn(text, " \t\r");
	size_t len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL) {
		text[--len] = '\0';
	}
	return text;
}

static bool read_line(struct reader *rd, char *line) {
	line = trim(line);
	if (line[0] == '\0' || line[0] == ';' || line[0] == '#') {
		return true;
	}
	if (line[0] == '[') {
		return read_section(rd, line);
	}
	char *equals = strchr(line, '=');
	if (equals == NULL) {
		return fail(rd, "\"%s\" is neither [section] nor NAME = VALUE", line);
	}
	*equals = '\0';
	const char *key = trim(line);
	char *value = trim(equals + 1);
	switch (rd->section) {
	case SECTION_THEME:
		if (strcmp(key, "name") != 0) {
			return fail(rd, "[theme] has a name, nothing else; not \"%s\"", key);
		}
		text_clean(rd->theme->name, sizeof(rd->theme->name), value, strlen(value));
		return true;
	case SECTION_PALETTE: return read_palette(rd, key, value);
	case SECTION_ROLE: return read_role(rd, key, value);
	case SECTION_NONE: break;
	}
	return fail(rd, "\"%s\" stands before the first [section]", key);
}

/* What a role leaves open is as `text` has it. */
static void inherit(struct theme *theme) {
	const struct theme_style *text = &theme->styles[UI_TEXT];
	for (size_t i = 0; i < UI_ROLE_COUNT; i++) {
		struct theme_style *style = &theme->styles[i];
		if (!style->fg.set) {
			style->fg = text->fg;
		}
		if (!style->bg.set) {
			style->bg = text->bg;
		}
	}
}

bool theme_parse(struct theme *theme, const char *name, const char *text, struct err *err) {
	struct reader rd = {.theme = theme, .name = name, .err = err};
	memset(theme, 0, sizeof(*theme));
	text_copy(theme->name, sizeof(theme->name), name);
	while (*text != '\0') {
		char line[LINE_MAX_BYTES];
		size_t len = strcspn(text, "\n");
		rd.line++;
		if (len >= sizeof(line)) {
			return fail(&rd, "the line is longer than %zu bytes", sizeof(line) - 1);
		}
		if (!text_utf8_ok(text, len)) {
			return fail(&rd, "the line is not UTF-8");
		}
		/* Clean at once: parts of it come back in messages. */
		text_clean(line, sizeof(line), text, len);
		if (!read_line(&rd, line)) {
			return false;
		}
		text += len + (text[len] == '\n');
	}
	inherit(theme);
	return true;
}

bool theme_builtin(struct theme *theme, const char *name, struct err *err) {
	char file_name[64];
	snprintf(file_name, sizeof(file_name), "%s.theme", name);
	const struct embedded_file *file = theme_embedded_find(file_name);
	if (file == NULL) {
		return err_set(err, "no theme \"%s\"", name);
	}
	return theme_parse(theme, name, (const char *)file->data, err);
}

static int square(int value) {
	return value * value;
}

static int distance(uint32_t a, uint32_t b) {
	return square((int)(a >> 16 & 0xff) - (int)(b >> 16 & 0xff)) +
	       square((int)(a >> 8 & 0xff) - (int)(b >> 8 & 0xff)) +
	       square((int)(a & 0xff) - (int)(b & 0xff));
}

/* The palette's colours beyond the first 16, which terminals redefine. */
static uint32_t colour_of(int index) {
	static const uint32_t levels[CUBE_SIDE] = {0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
	if (index >= GREY_FIRST) {
		uint32_t grey = (uint32_t)(8 + 10 * (index - GREY_FIRST));
		return grey << 16 | grey << 8 | grey;
	}
	int at = index - CUBE_FIRST;
	return levels[at / CUBE_SIDE / CUBE_SIDE] << 16 | levels[at / CUBE_SIDE % CUBE_SIDE] << 8 |
	       levels[at % CUBE_SIDE];
}

int theme_nearest_256(uint32_t rgb) {
	int best = CUBE_FIRST;
	for (int i = CUBE_FIRST; i < GREY_FIRST + GREY_COUNT; i++) {
		if (distance(colour_of(i), rgb) < distance(colour_of(best), rgb)) {
			best = i;
		}
	}
	return best;
}

int theme_nearest_8(uint32_t rgb) {
	static const uint32_t colours[] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5};
	size_t best = 0;
	for (size_t i = 1; i < ARRAY_LEN(colours); i++) {
		if (distance(colours[i], rgb) < distance(colours[best], rgb)) {
			best = i;
		}
	}
	return (int)best;
}
