/* The terminal: the only file behind this that knows curses. One screen per process. */
#ifndef SIAGA_UI_SCREEN_H
#define SIAGA_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/ui/surface.h>
#include <siaga/ui/theme.h>

/*
 * Takes the terminal (/dev/tty): raw mode, alternate screen, no cursor, bracketed paste. From here
 * until screen_close() a crash (SEGV, ABRT, BUS, FPE, ILL) puts the terminal right before the
 * process dies. An unknown or incapable TERM is an error. setlocale() is the caller's.
 */
bool screen_open(const struct theme *theme, struct err *err);
/* Leaves the terminal as it was found. Safe to call twice. */
void screen_close(void);
/* The terminal is gone (hang-up): forget it without writing a byte. */
void screen_abandon(void);

int screen_fd(void);                    /* for the loop */
void screen_size(int *cols, int *rows); /* as the terminal says now; adapts curses to it */
bool screen_is_utf8(void);
void screen_set_theme(const struct theme *theme);

/* Shows the surface: writes what changed, nothing else. `full` repaints everything. */
void screen_present(const struct surface *s, bool full);
void screen_bell(void);

/*
 * Takes one key that is waiting; false when there is none. A paste comes whole: *key is 0 and
 * *paste points to its clean text (valid until the next call). A hang-up sets *gone.
 */
bool screen_read(uint32_t *key, const char **paste, bool *gone);

#endif
