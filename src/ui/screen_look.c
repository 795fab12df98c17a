/* From roles to what the terminal is told. */
#include "screen_private.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define BRIGHT      8 /* of 16 colours: the first of the bright ones */
#define BLACK       0
#define WHITE       7
#define LATIN_FIRST 0xa0
#define CODES_MAX   64

static int16_t colour_of(const struct theme_colour *colour) {
	const struct ability *can = &screen_self.can;
	if (!colour->set) {
		return COLOUR_DEFAULT;
	}
	if (can->colours >= 256) {
		return (int16_t)(colour->index_256 >= 0 ? colour->index_256
							: theme_nearest_256(colour->rgb));
	}
	return (int16_t)(colour->index_16 >= 0 ? colour->index_16 : theme_nearest_8(colour->rgb));
}

static uint8_t attrs_of(const struct theme_style *style) {
	return (uint8_t)((style->bold ? LOOK_BOLD : 0) | (style->underline ? LOOK_UNDERLINE : 0) |
			 (style->reverse ? LOOK_REVERSE : 0));
}

static struct look look_of(const struct theme_style *style) {
	struct look look = {colour_of(&style->fg), colour_of(&style->bg), attrs_of(style)};
	if (screen_self.can.colours != BRIGHT) {
		return look;
	}
	/* With eight colours bold is how the bright ones are had: it would make black grey, and
	 * everything pale on a light ground. */
	bool bright = look.fg >= BRIGHT;
	look.fg = (int16_t)(bright ? look.fg - BRIGHT : look.fg);
	look.bg = (int16_t)(look.bg >= BRIGHT ? look.bg - BRIGHT : look.bg);
	if (look.fg == BLACK || look.bg == WHITE) {
		look.attrs &= (uint8_t)~LOOK_BOLD;
	} else if (bright) {
		look.attrs |= LOOK_BOLD;
	}
	return look;
}

static bool has_colour(const struct theme *theme) {
	for (size_t i = 0; i < UI_ROLE_COUNT; i++) {
		if (theme->styles[i].fg.set || theme->styles[i].bg.set) {
			return true;
		}
	}
	return false;
}

void screen_set_theme(const struct theme *theme) {
	struct screen *scr = &screen_self;
	struct theme mono;
	/* It is compiled in: it is there. */
	bool plain =
		scr->can.colours == 0 && has_colour(theme) && theme_builtin(&mono, "mono", NULL);
	for (size_t i = 0; i < UI_ROLE_COUNT; i++) {
		scr->roles[i] = look_of(plain ? &mono.styles[i] : &theme->styles[i]);
	}
	/* Light on dark under every theme: a picture must not turn into its negative. */
	scr->grey = (struct look){COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
	if (scr->can.colours > 0) {
		scr->grey = (struct look){WHITE, BLACK, 0};
	}
	scr->drawn_ok = false;
}

/* What people write beyond ASCII, where the terminal has no more. */
static uint32_t plain_glyph(uint32_t glyph) {
	static const struct {
		uint32_t glyph;
		char ascii;
	} likes[] = {
		{0xa0, ' '},
		{0xb0, 'o'},
		{0xb7, '.'},
		{0xd7, 'x'},
		{0x2010, '-'},
		{0x2011, '-'},
		{0x2013, '-'},
		{0x2014, '-'},
		{0x2018, '\''},
		{0x2019, '\''},
		{0x201c, '"'},
		{0x201d, '"'},
		{0x2022, '*'},
		{0x2026, '~'},
	};
	int byte = wctob((wint_t)glyph);
	if (byte >= LATIN_FIRST) {
		return (uint32_t)byte; /* the locale's own character set has it */
	}
	for (size_t i = 0; i < ARRAY_LEN(likes); i++) {
		if (likes[i].glyph == glyph) {
			return (uint32_t)likes[i].ascii;
		}
	}
	return '?';
}

/* The ground that is seen behind text of this look. */
static int16_t ground_of(struct look look) {
	if ((look.attrs & LOOK_REVERSE) == 0) {
		return look.bg;
	}
	return look.fg == COLOUR_DEFAULT ? COLOUR_SWAPPED : look.fg;
}

/* What is selected is one calm bar; only what stands out by its ground still does so in it. */
static struct look selected_look(struct look look) {
	const struct look *roles = screen_self.roles;
	if (ground_of(look) == ground_of(roles[UI_TEXT])) {
		return roles[UI_SELECTION];
	}
	look.attrs &= (uint8_t)~LOOK_REVERSE;
	return look;
}

void screen_resolve(const struct cell *cell, struct shown *out) {
	const struct screen *scr = &screen_self;
	memset(out, 0, sizeof(*out));
	memcpy(out->glyph, cell->glyph, sizeof(out->glyph));
	out->look = scr->roles[cell->role < UI_ROLE_COUNT ? cell->role : UI_TEXT];
	if (cell->picture && scr->can.colours >= 256) {
		out->look.fg = (int16_t)theme_nearest_256(cell->fg);
		out->look.bg = (int16_t)theme_nearest_256(cell->bg);
		out->look.attrs = 0;
	} else if (cell->picture) {
		out->glyph[0] = surface_grey(cell->fg, cell->glyph[0] > 0x7e ? cell->bg : cell->fg);
		out->look = scr->grey;
	}
	if (cell->reverse) {
		out->look = selected_look(out->look);
	}
	if (!scr->utf8 && out->glyph[0] > 0x7e) {
		out->glyph[0] = plain_glyph(out->glyph[0]);
		out->glyph[1] = out->glyph[2] = 0;
	}
	if (out->glyph[0] == ' ' && out->glyph[1] == 0 && (out->look.attrs & LOOK_UNDERLINE) == 0) {
		out->look = (struct look){0, ground_of(out->look), 0};
	}
}

bool screen_same_look(struct look a, struct look b) {
	return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs;
}

static void add_code(char *codes, int code) {
	size_t len = strlen(codes);
	snprintf(codes + len, CODES_MAX - len, "%s%d", len > 0 ? ";" : "", code);
}

/* The codes of a colour: `base` is 30 for letters, 40 for the ground. */
static void add_colour(char *codes, int base, int colour) {
	if (colour == COLOUR_DEFAULT) {
		add_code(codes, base + 9);
	} else if (colour < BRIGHT) {
		add_code(codes, base + colour);
	} else if (colour < 2 * BRIGHT) {
		add_code(codes, base + 60 + colour - BRIGHT);
	} else {
		add_code(codes, base + 8);
		add_code(codes, 5);
		add_code(codes, colour);
	}
}

static void add_attrs(char *codes, unsigned attrs, int bold, int underline, int reverse) {
	if ((attrs & LOOK_BOLD) != 0) {
		add_code(codes, bold);
	}
	if ((attrs & LOOK_UNDERLINE) != 0) {
		add_code(codes, underline);
	}
	if ((attrs & LOOK_REVERSE) != 0) {
		add_code(codes, reverse);
	}
}

/* From a known look to another. */
static void codes_of_change(char *codes, struct look from, struct look to) {
	add_attrs(codes, from.attrs & ~(unsigned)to.attrs, 22, 24, 27);
	add_attrs(codes, to.attrs & ~(unsigned)from.attrs, 1, 4, 7);
	if (from.fg != to.fg) {
		add_colour(codes, 30, to.fg);
	}
	if (from.bg != to.bg) {
		add_colour(codes, 40, to.bg);
	}
}

/* From whatever was. */
static void codes_of_whole(char *codes, struct look to) {
	if (screen_same_look(to, (struct look){COLOUR_DEFAULT, COLOUR_DEFAULT, 0})) {
		return; /* no code at all takes everything back */
	}
	add_code(codes, 0);
	codes_of_change(codes, (struct look){COLOUR_DEFAULT, COLOUR_DEFAULT, 0}, to);
}

static void look_ansi(struct look to) {
	struct screen *scr = &screen_self;
	char whole[CODES_MAX] = "", change[CODES_MAX] = "";
	codes_of_whole(whole, to);
	codes_of_change(change, scr->look, to);
	bool shorter = scr->look_known && strlen(change) < strlen(whole);
	buf_printf(&scr->frame, "\033[%sm", shorter ? change : whole);
}

static void add_colours_of(struct look to) {
	struct screen *scr = &screen_self;
	if (to.fg >= 0 && scr->can.fg[0] != '\0') {
		buf_add_str(&scr->frame, screen_param(scr->can.fg, to.fg, 0));
	}
	if (to.bg >= 0 && scr->can.bg[0] != '\0') {
		buf_add_str(&scr->frame, screen_param(scr->can.bg, to.bg, 0));
	}
}

/* As the description of the terminal has it. */
static void look_described(struct look to) {
	struct screen *scr = &screen_self;
	const struct {
		unsigned attr;
		const char *sequence;
	} attrs[] = {
		{LOOK_BOLD, scr->can.bold},
		{LOOK_UNDERLINE, scr->can.underline},
		{LOOK_REVERSE, scr->can.reverse},
	};
	buf_add_str(&scr->frame, scr->can.reset);
	for (size_t i = 0; i < ARRAY_LEN(attrs); i++) {
		if ((to.attrs & attrs[i].attr) != 0) {
			buf_add_str(&scr->frame, attrs[i].sequence);
		}
	}
	add_colours_of(to);
}

void screen_look(struct look to) {
	struct screen *scr = &screen_self;
	if (scr->look_known && screen_same_look(scr->look, to)) {
		return;
	}
	if (scr->can.ansi) {
		look_ansi(to);
	} else {
		look_described(to);
	}
	scr->look = to;
	scr->look_known = true;
}
