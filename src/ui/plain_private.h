/* What the files of the plain mode's words share. */
#ifndef SIAGA_UI_PLAIN_PRIVATE_H
#define SIAGA_UI_PLAIN_PRIVATE_H

#include <siaga/ui/plain.h>

#include "view.h"

/* Ends the line that began at `from`. */
void plain_end(struct buf *out, size_t from);
/* Begins a line with the time of day and, where it is no real one, the mode. Returns where. */
size_t plain_begin(const struct buf *out);
void plain_time(struct buf *out, int64_t at_ms, enum mode mode);
/* "Jl. Merdeka 17, C4" */
void plain_place(const struct app *app, const char *place, struct position at, struct buf *out);
/* "Gladag 90 m NE 045 ok" */
void plain_camera(const struct camera_near *near, struct buf *out);

#endif
