/* The terminal. Of the files behind this only one knows curses, for its descriptions of terminals;
 * what is written to the screen is our own. One screen per process. */
#ifndef SIAGA_UI_SCREEN_H
#define SIAGA_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/ui/input.h>
#include <siaga/ui/surface.h>
#include <siaga/ui/theme.h>

/* How a desktop is told; terminals differ in what they know. */
enum screen_notify_kind { SCREEN_NOTIFY_OFF, SCREEN_NOTIFY_OSC9, SCREEN_NOTIFY_OSC777 };

/*
 * Takes the terminal (/dev/tty): raw mode, alternate screen, no cursor, bracketed paste, no mouse.
 * From here until screen_close() a crash (SEGV, ABRT, BUS, FPE, ILL) puts the terminal right before
 * the process dies. An unknown or incapable TERM is an error. setlocale() is the caller's.
 */
bool screen_open(const struct theme *theme, struct err *err);
/* Leaves the terminal as it was found. Safe to call twice. */
void screen_close(void);
/* The terminal is gone (hang-up): forget it without writing a byte. */
void screen_abandon(void);

int screen_fd(void);                    /* for the loop */
void screen_size(int *cols, int *rows); /* as the terminal says now */
bool screen_is_utf8(void);
/* Takes effect with the next screen_present(), which writes what looks different now, no more.
 * Without colours (a terminal that has none, NO_COLOR) a theme with colours gives way to `mono`. */
void screen_set_theme(const struct theme *theme);
/* Button 1 and the wheel are reported from now on, or the terminal keeps them to itself. */
void screen_set_mouse(bool on);

/* Shows the surface: writes what changed, nothing else. Below its first `rows` it is as it was when
 * it was shown last. `full` repaints everything. */
void screen_present(const struct surface *s, int rows, bool full);
void screen_bell(void);
/* Tells the desktop, where the terminal passes it on; the text is cleaned and cut to 200 bytes. */
void screen_notify(enum screen_notify_kind kind, const char *text);

/* Takes one key, paste or press of the mouse that is waiting; false when there is none. INPUT_GONE:
 * the terminal hung up. */
bool screen_read(struct input_event *event);

#endif
