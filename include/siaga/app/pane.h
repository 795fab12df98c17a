/* The parts of the screen that can have the focus. */
#ifndef SIAGA_APP_PANE_H
#define SIAGA_APP_PANE_H

#include <stdbool.h>

enum pane { PANE_QUEUE, PANE_MAP, PANE_DETAIL, PANE_CAMERAS, PANE_LOG, PANE_AGENCIES, PANE_COUNT };

#define PANE_BIT(pane) (1u << (pane))

const char *pane_name(enum pane pane); /* "queue"; never translated */
bool pane_find(const char *name, enum pane *out);

#endif
