/* The supervisor board: the figures of the shift, in the place of the panes. */
#ifndef SIAGA_APP_BOARD_H
#define SIAGA_APP_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/app/pane.h>
#include <siaga/model/figures.h>

#define BOARD_SPAN_MIN_MS INT64_C(60000)
#define BOARD_SPAN_MAX_MS INT64_C(86400000)

struct board {
	bool on;
	int scroll, most; /* lines; most: as it was drawn last */
	enum pane focus;  /* where it was before */
	int64_t span_ms;  /* how far back; 0: never opened */
	int64_t count_ms; /* mono of the last count */
	struct figures figures;
};

#endif
