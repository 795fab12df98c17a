/* Where things go: a pure function of the size and of what the operator looks at. */
#ifndef SIAGA_UI_LAYOUT_H
#define SIAGA_UI_LAYOUT_H

#include <stdbool.h>

#include <siaga/app/pane.h>
#include <siaga/ui/surface.h>

/* With fewer rows a strip would lie over the alerts, and the status line has to say it. */
#define LAYOUT_ALERT_ROWS 12
/* So many give a training more of them. */
#define LAYOUT_COACH_ROWS 24

enum tier {
	TIER_STRIP,  /* smaller: status, counts, the top unacknowledged incident */
	TIER_SMALL,  /* >= 60x16: one pane and bars */
	TIER_NORMAL, /* >= 80x24: queue, map, one of detail, cameras, log, agencies */
	TIER_LARGE,  /* >= 100x30: queue, map, detail, cameras, and log or agencies */
	TIER_WALL,   /* >= 160x45: all six */
	TIER_COUNT
};

struct layout_options {
	enum pane focus;
	enum pane tab; /* of the panes that share a place: the one used last */
	bool zoom;     /* the pane with the focus alone */
	int alerts;    /* lines that have to be seen whatever else is */
	int coach;     /* lines of what a training says */
};

struct layout {
	enum tier tier;
	struct rect status;            /* one row on top */
	struct rect alert;             /* below it, as long as there is something to say */
	struct rect coach;             /* below that, in a training */
	struct rect panes[PANE_COUNT]; /* cols 0: not shown */
	struct rect bar;               /* the agencies' keys and steps */
	struct rect hints;             /* hint bar, and the notice */
	struct rect strip;             /* over the bottom rows while a prompt is open */
};

void layout_compute(struct layout *out, int cols, int rows, const struct layout_options *opt);
/* The pane under a cell; PANE_COUNT: none. */
enum pane layout_find(const struct layout *layout, int col, int row);

#endif
