/* Where things go: a pure function of the size. */
#ifndef SIAGA_UI_LAYOUT_H
#define SIAGA_UI_LAYOUT_H

#include <stdbool.h>

#include <siaga/app/app.h>
#include <siaga/ui/surface.h>

enum tier {
	TIER_STRIP,  /* smaller: status, counts, the top unacknowledged incident */
	TIER_SMALL,  /* >= 60x16: queue and bars; detail full screen on demand */
	TIER_NORMAL, /* >= 80x24: queue, map, one pane of detail or cameras */
	TIER_LARGE,  /* >= 100x30: queue, map, detail, cameras */
	TIER_WALL,   /* >= 160x45 */
	TIER_COUNT
};

struct layout {
	enum tier tier;
	struct rect status;                      /* one row on top */
	struct rect queue, map, detail, cameras; /* cols 0: not shown */
	struct rect agencies;                    /* the agency bar */
	struct rect hints;                       /* hint bar, and the notice */
	struct rect strip;                       /* over the bottom rows while a prompt is open */
};

void layout_compute(struct layout *out, int cols, int rows, enum pane focus, bool zoom);

#endif
