/*
 * Watches a camera for the cameras pane: a picture when another one is looked at, and again and
 * again while it is. By the configured program, which is never waited for.
 */
#ifndef SIAGA_CONSOLE_WATCH_H
#define SIAGA_CONSOLE_WATCH_H

#include <siaga/app/config.h>
#include <siaga/app/picture.h>

struct loop;
struct watch;

/* `cfg` and the loop outlive it. on_picture comes from the loop; the picture is borrowed. */
struct watch *watch_create(struct loop *loop, const struct config *cfg,
	void (*on_picture)(void *data, const struct app_picture *picture), void *data);
void watch_destroy(struct watch *watch); /* NULL is fine */

/* The camera whose picture is in sight now, and the cells that it has; NULL, or no cells: none is.
 */
void watch_camera(struct watch *watch, const struct camera *camera, int cols, int rows);

#endif
