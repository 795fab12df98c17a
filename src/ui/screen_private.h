/* What the files of the screen share. */
#ifndef SIAGA_UI_SCREEN_PRIVATE_H
#define SIAGA_UI_SCREEN_PRIVATE_H

#include <termios.h>

#include <siaga/ui/screen.h>

#define COLOUR_DEFAULT (-1)
#define COLOUR_SWAPPED (-2) /* as ground: the default colour of letters, by reverse video */

enum { LOOK_BOLD = 1, LOOK_UNDERLINE = 2, LOOK_REVERSE = 4 };

/* How a cell is written: indices of the terminal's colours, attributes. */
struct look {
	int16_t fg, bg;
	uint8_t attrs;
};

/* A cell as the terminal shows it. Of a blank one only the ground counts: the rest is 0. */
struct shown {
	uint32_t glyph[3];
	struct look look;
};

#define ABILITY_SIZE 96

/* What the terminal's description says, without pauses; a string is empty where it has no such
 * thing. */
struct ability {
	char bold[ABILITY_SIZE], cursor_hide[ABILITY_SIZE], cursor_move[ABILITY_SIZE],
		cursor_show[ABILITY_SIZE], enter[ABILITY_SIZE], erase_cells[ABILITY_SIZE],
		erase_line[ABILITY_SIZE], fg[ABILITY_SIZE], bg[ABILITY_SIZE], leave[ABILITY_SIZE],
		reset[ABILITY_SIZE], reverse[ABILITY_SIZE], underline[ABILITY_SIZE];
	int colours;        /* 0, 8, 16 or 256 */
	bool erases_ground; /* what is erased has the ground of the moment */
	bool wraps_late;    /* the cursor stays in the last column until the next character */
	bool ansi;          /* one sequence may change several things, and take single ones back */
	bool jumps;         /* the cursor goes sideways by CSI C and CSI D */
	bool modern;        /* takes sequences that it does not know without harm */
};

/* Columns of a row; `end` is behind the last. */
struct stretch {
	int first, end;
};

struct screen {
	bool open;
	int fd;
	struct termios saved;
	struct ability can;
	bool utf8, mouse;
	bool sync; /* it said that it can hold a frame back until it is whole */
	int cols, rows;
	struct input input;

	struct look roles[UI_ROLE_COUNT];
	struct look grey; /* of pictures where there are few colours */

	struct shown *shown, *next; /* what is there, what is wanted */
	bool shown_ok;
	struct surface drawn; /* from which `next` was made */
	bool drawn_ok;
	struct stretch *changed; /* of each row of `next`: what may differ from what is there */
	struct look look;        /* of what would be written now */
	bool look_known, cursor_shown;
	int col, row; /* of the cursor; -1: not known */
	struct buf frame;
};

extern struct screen screen_self;

/* Writes to the terminal at once; between two frames. */
void screen_say(const char *sequence);
void screen_write(const char *bytes, size_t len);
/* Makes room for the size of the terminal; nothing of what was shown counts any more. */
void screen_paint_resize(void);
void screen_paint_finish(void);
/* How a cell is to be written, its role or picture resolved. */
void screen_resolve(const struct cell *cell, struct shown *out);
/* Adds to the frame what makes the following text look so. */
void screen_look(struct look to);
bool screen_same_look(struct look a, struct look b);
/* Reads the description of the terminal type, and its keys. */
bool screen_describe(const char *term, struct err *err);
/* A sequence with its numbers filled in; valid until the next call. */
const char *screen_param(const char *sequence, int first, int second);
void screen_forget(void);

#endif
