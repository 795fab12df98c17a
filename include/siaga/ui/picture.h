/* Pictures on their way to the screen: three bytes a pixel, row by row, red first. */
#ifndef SIAGA_UI_PICTURE_H
#define SIAGA_UI_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/ui/surface.h>

struct picture {
	int cols, rows; /* pixels */
	uint8_t *rgb;   /* cols * rows * 3 bytes */
};

void picture_finish(struct picture *picture); /* frees; zero is fine */
/*
 * A copy that fits into an area of a surface and keeps its shape: a cell is one pixel wide and two
 * high. Each pixel is the mean of what it covers; nothing is enlarged. False when there is no
 * picture or no room.
 */
bool picture_fit(struct picture *out, const uint8_t *rgb, int cols, int rows, struct rect area);
/* Fits and draws it in the middle of the area, the rest of which becomes black; what that took of
 * the area, empty when nothing was drawn. */
struct rect picture_draw(
	struct surface *s, struct rect area, const uint8_t *rgb, int cols, int rows);

#endif
