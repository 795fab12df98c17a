#include <siaga/ui/theme.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/ini.h>
#include <siaga/base/text.h>

#include "theme_private.h"

#define PALETTE_MAX 64
#define WORDS_MAX   8
#define CUBE_FIRST  16 /* of the 256 colours: a 6x6x6 cube, then 24 greys */
#define CUBE_SIDE   6
#define GREY_FIRST  232
#define GREY_COUNT  24

struct named_colour {
	char name[32];
	struct theme_colour colour;
};

struct reader {
	struct theme *theme;
	struct named_colour palette[PALETTE_MAX];
	size_t palette_len;
	/* What the file says of each role: the role itself, its colours. */
	bool has_role[UI_ROLE_COUNT], has_fg[UI_ROLE_COUNT], has_bg[UI_ROLE_COUNT];
};

static const char *const builtin_names[] = {
	"high-contrast", "mono", "okabe-ito", "siaga-dark", "siaga-light", NULL};

/* A role that a theme leaves out looks like the one it is a kind of; `text` is the end of it. */
static const enum ui_role kind_of[] = {
	[UI_TEXT] = UI_TEXT,
	[UI_MUTED] = UI_TEXT,
	[UI_TITLE] = UI_TEXT,
	[UI_BORDER] = UI_MUTED,
	[UI_BORDER_FOCUS] = UI_TITLE,
	[UI_SELECTION] = UI_TEXT,
	[UI_P1] = UI_TEXT,
	[UI_P2] = UI_TEXT,
	[UI_P3] = UI_TEXT,
	[UI_P4] = UI_MUTED,
	[UI_UNACK] = UI_P1,
	[UI_LINK_OK] = UI_TEXT,
	[UI_LINK_LOST] = UI_ERROR,
	[UI_CACHED] = UI_WARN,
	[UI_KEY] = UI_TITLE,
	[UI_LABEL] = UI_MUTED,
	[UI_PROMPT] = UI_TEXT,
	[UI_STRIP] = UI_PROMPT,
	[UI_WARN] = UI_P2,
	[UI_ERROR] = UI_P1,
	[UI_MAP_STREET] = UI_MUTED,
	[UI_MAP_WATER] = UI_MUTED,
	[UI_MAP_RAIL] = UI_MUTED,
	[UI_MAP_OUTLINE] = UI_MUTED,
	[UI_CAMERA_OK] = UI_LINK_OK,
	[UI_CAMERA_STALE] = UI_WARN,
	[UI_CAMERA_DOWN] = UI_ERROR,
	[UI_MODE] = UI_WARN,
	[UI_HELD] = UI_MUTED,
	[UI_OVERDUE_WARN] = UI_WARN,
	[UI_OVERDUE_ALERT] = UI_ERROR,
	[UI_CLAIM_STALE] = UI_WARN,
	[UI_MARK] = UI_WARN,
	[UI_MAP_RING] = UI_TEXT,
	[UI_MAP_LABEL] = UI_TEXT,
	[UI_PICTURE_NOTE] = UI_CACHED,
	[UI_DISABLED] = UI_MUTED,
	[UI_COACH] = UI_STRIP,
	[UI_ALERT] = UI_LINK_LOST,
};
static_assert(ARRAY_LEN(kind_of) == UI_ROLE_COUNT, "say what every role is a kind of");

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
static bool read_literal(const char *word, struct theme_colour *out, struct err *err) {
	*out = (struct theme_colour){.set = true, .index_256 = -1, .index_16 = -1};
	if (strspn(word + 1, "0123456789abcdefABCDEF") != 6) {
		return err_set(err, _("\"%s\" is no colour: write #rrggbb"), word);
	}
	char digits[7];
	memcpy(digits, word + 1, 6);
	digits[6] = '\0';
	out->rgb = (uint32_t)strtoul(digits, NULL, 16);
	const char *rest = word + 7;
	bool ok = *rest == '\0' || read_override(&rest, 255, &out->index_256);
	ok = ok && (*rest == '\0' || read_override(&rest, 15, &out->index_16));
	return (ok && *rest == '\0') ||
	       err_set(err, _("\"%s\": after the colour goes /0..255, then /0..15"), word);
}

static bool read_colour(
	const struct reader *rd, const char *word, struct theme_colour *out, struct err *err) {
	if (word[0] == '#') {
		return read_literal(word, out, err);
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
	return err_set(err, _("\"%s\" is not in the palette, and no attribute"), word);
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
static bool read_style(struct reader *rd, enum ui_role role, char *value, struct err *err) {
	struct theme_style *out = &rd->theme->styles[role];
	char *words[WORDS_MAX];
	size_t len = split(value, words);
	for (size_t i = 0; i < len; i++) {
		if (strcmp(words[i], "bold") == 0) {
			out->bold = true;
		} else if (strcmp(words[i], "underline") == 0) {
			out->underline = true;
		} else if (strcmp(words[i], "reverse") == 0) {
			out->reverse = true;
		} else if (strcmp(words[i], "on") == 0 && i + 1 < len && !rd->has_bg[role]) {
			rd->has_bg[role] = true;
			if (!read_colour(rd, words[++i], &out->bg, err)) {
				return false;
			}
		} else if (!rd->has_fg[role]) {
			rd->has_fg[role] = true;
			if (!read_colour(rd, words[i], &out->fg, err)) {
				return false;
			}
		} else {
			return err_set(err, _("\"%s\" is one word too many"), words[i]);
		}
	}
	return len > 0 || err_set(err, _("the value is missing"));
}

static bool read_palette(struct reader *rd, const struct ini_item *item, struct err *err) {
	struct named_colour *named = &rd->palette[rd->palette_len];
	if (rd->palette_len == PALETTE_MAX) {
		return err_set(err, _("more than %d colours"), PALETTE_MAX);
	}
	if (strlen(item->key) >= sizeof(named->name) || item->value[0] != '#') {
		return err_set(err, _("write NAME = #rrggbb, the name of at most %zu letters"),
			sizeof(named->name) - 1);
	}
	text_copy(named->name, sizeof(named->name), item->key);
	if (!read_literal(item->value, &named->colour, err)) {
		return false;
	}
	rd->palette_len++;
	return true;
}

static bool on_section(void *data, const char *section, int line, struct err *err) {
	UNUSED(data);
	UNUSED(line);
	return strcmp(section, "theme") == 0 || strcmp(section, "palette") == 0 ||
	       strcmp(section, "role") == 0 ||
	       err_set(err, _("\"[%s]\": the sections are [theme], [palette] and [role]"), section);
}

static bool on_item(void *data, const struct ini_item *item, struct err *err) {
	struct reader *rd = data;
	enum ui_role role;
	if (item->first_line > 0) {
		return err_set(
			err, _("\"%s\" stands in line %d already"), item->key, item->first_line);
	}
	if (strcmp(item->section, "palette") == 0) {
		return read_palette(rd, item, err);
	}
	if (strcmp(item->section, "theme") == 0) {
		if (strcmp(item->key, "name") != 0) {
			return err_set(
				err, _("[theme] has a name, nothing else; not \"%s\""), item->key);
		}
		text_copy(rd->theme->name, sizeof(rd->theme->name), item->value);
		return true;
	}
	if (item->section[0] == '\0') {
		return err_set(err, _("\"%s\" stands before the first [section]"), item->key);
	}
	if (!ui_role_find(item->key, &role)) {
		return err_set(err, _("there is no role \"%s\""), item->key);
	}
	rd->has_role[role] = true;
	return read_style(rd, role, item->value, err);
}

/* Fills what the file leaves open. */
static void inherit(struct reader *rd) {
	struct theme_style *styles = rd->theme->styles;
	const struct theme_style *text = &styles[UI_TEXT];
	for (size_t i = 0; i < UI_ROLE_COUNT; i++) {
		size_t from = i;
		while (!rd->has_role[from] && from != UI_TEXT && from != UI_SELECTION) {
			from = kind_of[from];
		}
		if (from != i) {
			styles[i] = styles[from];
			rd->has_fg[i] = rd->has_fg[from];
			rd->has_bg[i] = rd->has_bg[from];
		}
		if (!rd->has_fg[i]) {
			styles[i].fg = text->fg;
		}
		if (!rd->has_bg[i]) {
			styles[i].bg = text->bg;
		}
	}
	/* A selection that cannot be seen would be worse than an ugly one. */
	styles[UI_SELECTION].reverse |= !rd->has_role[UI_SELECTION];
}

bool theme_parse(struct theme *theme, const char *name, const char *text, struct err *err) {
	static const struct ini_ops ops = {.on_section = on_section, .on_item = on_item};
	struct reader rd = {.theme = theme};
	memset(theme, 0, sizeof(*theme));
	text_copy(theme->name, sizeof(theme->name), name);
	if (!ini_parse(name, text, strlen(text), &ops, &rd, err)) {
		return false;
	}
	inherit(&rd);
	return true;
}

const char *const *theme_builtin_names(void) {
	return builtin_names;
}

bool theme_builtin(struct theme *theme, const char *name, struct err *err) {
	char file_name[64];
	snprintf(file_name, sizeof(file_name), "%s.theme", name);
	const struct embedded_file *file = theme_embedded_find(file_name);
	if (file == NULL) {
		return err_set(err, _("there is no theme \"%s\""), name);
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

static int level_of(int value) {
	static const int levels[CUBE_SIDE] = {0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
	int best = 0;
	for (int i = 1; i < CUBE_SIDE; i++) {
		if (abs(levels[i] - value) < abs(levels[best] - value)) {
			best = i;
		}
	}
	return best;
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
	int red = (int)(rgb >> 16 & 0xff), green = (int)(rgb >> 8 & 0xff), blue = (int)(rgb & 0xff);
	int cube = CUBE_FIRST + (level_of(red) * CUBE_SIDE + level_of(green)) * CUBE_SIDE +
		   level_of(blue);
	/* Greys are 10 apart and begin at 8; of all, the one nearest to the mean is the nearest. */
	int step = ((red + green + blue) / 3 - 3) / 10;
	int grey = GREY_FIRST + (step < 0 ? 0 : step < GREY_COUNT ? step : GREY_COUNT - 1);
	return distance(colour_of(grey), rgb) < distance(colour_of(cube), rgb) ? grey : cube;
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
