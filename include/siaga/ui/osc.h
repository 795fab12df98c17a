/* Commands for the terminal beside the screen. */
#ifndef SIAGA_UI_OSC_H
#define SIAGA_UI_OSC_H

#include <stdbool.h>

#define OSC_TEXT_MAX    200
#define OSC_NOTIFY_SIZE 320

enum osc_kind { OSC_9, OSC_777 };

/*
 * A desktop notification: the text cleaned once more, without a byte that could end or part the
 * sequence, cut to OSC_TEXT_MAX bytes. Where the
 * terminal does not read UTF-8 only ASCII is left; in tmux it is wrapped to be passed on.
 */
void osc_notify(
	char out[OSC_NOTIFY_SIZE], enum osc_kind kind, const char *text, bool utf8, bool tmux);

#endif
