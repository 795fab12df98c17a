/* Draws the console: const struct app in, cells out. */
#ifndef SIAGA_UI_DRAW_H
#define SIAGA_UI_DRAW_H

#include <siaga/app/app.h>
#include <siaga/ui/surface.h>

void ui_draw(const struct app *app, struct surface *s);

#endif
