/* The parts of the detail pane, in the order in which an operator needs them. Each adds its lines.
 */
#ifndef SIAGA_UI_DETAIL_H
#define SIAGA_UI_DETAIL_H

#include <siaga/app/app.h>

#include "flow.h"

struct detail {
	const struct app *app;
	const struct incident *inc;
	struct flow flow;
	bool cameras_shown; /* in a pane of their own */
	bool keys;          /* a command says the key that does it */
	struct duplicate joins[APP_JOIN_MAX];
	size_t joins_len;
};

/* A command's key and what it would do here, where it can be done. */
void detail_key(struct detail *d, enum command_id command, const char *label);

/* view_detail_head.c: what it is, how long it waits, where it is, who has it. */
void detail_head(struct detail *d);
/* view_detail_need.c: the plan and who goes, the nearest camera. */
void detail_need(struct detail *d);
/* view_detail_known.c: the likely duplicates; callers, and what is known of them and the place. */
void detail_joins(struct detail *d);
void detail_callers(struct detail *d);
void detail_place(struct detail *d);

#endif
