/* The map: the pane, and what it shows in words for those who cannot see it. */
#ifndef SIAGA_UI_MAP_H
#define SIAGA_UI_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/app/app.h>
#include <siaga/ui/layout.h>
#include <siaga/ui/surface.h>

/* Draws the pane: the letter grid or the streets, and the chosen cell in words. */
void view_map(const struct app *app, struct surface *s, const struct layout *layout);

/*
 * What is in a cell: "C4: >#412 P1 FIRE NEW; cameras 3, down 1". A NULL cell means the chosen one,
 * else the selected incident's. False, and the reason in `out`, when there is no such cell.
 */
bool map_words(const struct app *app, const char *cell, char *out, size_t size);

#endif
