/* How roles look: INI files by role, `#rrggbb` with optional 256 and 16 colour overrides. */
#ifndef SIAGA_UI_THEME_H
#define SIAGA_UI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/ui/surface.h>

#define THEME_NAME_SIZE 32
#define THEME_FILE_MAX  65536 /* bytes; a longer file is no theme */

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
	char name[THEME_NAME_SIZE];
	struct theme_style styles[UI_ROLE_COUNT];
};

/* Names of themes, sorted, each once. Zero is empty. */
struct theme_names {
	char (*names)[THEME_NAME_SIZE];
	size_t len;
};

/* Reads a theme from its text; errors say "NAME:LINE: ...". A role that is not there looks like the
 * one it is a kind of; a colour that is left open is that of `text`. */
bool theme_parse(struct theme *theme, const char *name, const char *text, struct err *err);
/* A theme that ships, by name ("siaga-dark", "mono"); false when there is none. */
bool theme_builtin(struct theme *theme, const char *name, struct err *err);
/* The names of those that ship, NULL at the end. */
const char *const *theme_builtin_names(void);

/* Reads a file: a regular one of at most THEME_FILE_MAX bytes. Errors say "PATH:LINE: ...". */
bool theme_load_file(struct theme *theme, const char *path, struct err *err);
/* Where themes are, the first first, NULL at the end: the user's (XDG_CONFIG_HOME/siaga/themes or
 * ~/.config/siaga/themes), then those that were installed. Valid until the next call. */
const char *const *theme_dirs(void);
/*
 * The first NAME.theme in dirs, else the one that ships. A name with a '/' is the path of a file. A
 * file that is there and wrong is an error; nothing else is shown in its place.
 */
bool theme_find(struct theme *theme, const char *name, const char *const *dirs, struct err *err);
/* The names of all that theme_find() would find. */
void theme_list(struct theme_names *names, const char *const *dirs);
void theme_names_finish(struct theme_names *names);

/* The palette entry nearest to a colour, of 256 (16 to 255 are used) or of 8. */
int theme_nearest_256(uint32_t rgb);
int theme_nearest_8(uint32_t rgb);

#endif
