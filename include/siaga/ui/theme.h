/* How roles look: INI files by role, `#rrggbb` with optional 256 and 16 colour overrides. */
#ifndef SIAGA_UI_THEME_H
#define SIAGA_UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/ui/surface.h>

struct theme_colour {
	bool set;      /* false: the terminal's own */
	uint32_t rgb;  /* 0xrrggbb */
	int index_256; /* -1: nearest */
	int index_16;  /* -1: nearest */
};

struct theme_style {
	struct theme_colour fg, bg;
	bool bold, underline, reverse;
};

struct theme {
	char name[32];
	struct theme_style styles[UI_ROLE_COUNT];
};

/* Reads a theme from its text; errors say "NAME:LINE: ...". Roles that are not set inherit `text`.
 */
bool theme_parse(struct theme *theme, const char *name, const char *text, struct err *err);
/* A theme that ships, by name ("siaga-dark", "mono"); false when there is none. */
bool theme_builtin(struct theme *theme, const char *name, struct err *err);
/* The palette entry nearest to a colour, of 256 (16 to 255 are used) or of 8. */
int theme_nearest_256(uint32_t rgb);
int theme_nearest_8(uint32_t rgb);

#endif
