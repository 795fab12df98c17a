/* What the files of the screen share. */
#ifndef SIAGA_UI_SCREEN_PRIVATE_H
#define SIAGA_UI_SCREEN_PRIVATE_H

#define NCURSES_NOMACROS
#include <curses.h>
#include <stdio.h>
#include <termios.h>

#include <siaga/ui/screen.h>

struct screen {
	bool open;
	int fd;
	FILE *in, *out;
	SCREEN *curses;
	struct termios saved;
	bool utf8;
	bool colours; /* the terminal has them and they are wanted */
	bool smart;   /* takes sequences that it does not know without harm */
	bool mouse;
	bool sync; /* it said that it can hold a frame back until it is whole */
	struct input input;
	attr_t attrs[UI_ROLE_COUNT];
	short pairs[UI_ROLE_COUNT];
	int grey_pair;      /* for pictures where there are few colours */
	struct cell *shown; /* what curses was given last */
	size_t shown_len;
	bool shown_ok;
};

extern struct screen screen_self;

/* Writes to the terminal at once, past the streams of curses; only between two frames. */
void screen_say(const char *sequence);
void screen_paint_finish(void);

#endif
