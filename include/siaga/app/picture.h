/* The last picture of a camera, for the cameras pane. */
#ifndef SIAGA_APP_PICTURE_H
#define SIAGA_APP_PICTURE_H

#include <stdint.h>

#include <siaga/model/registry.h>

#define PICTURE_WHY_SIZE 160

struct app_picture {
	char camera[CAMERA_ID_SIZE]; /* "": there never was one */
	int cols, rows;              /* pixels */
	uint8_t *rgb;                /* owned; cols * rows * 3 bytes, NULL: none came */
	int64_t taken_ms;            /* mono, of the pixels */
	char why[PICTURE_WHY_SIZE];  /* no newer one came; "" when this is it */
};

void app_picture_finish(struct app_picture *picture); /* zero is fine */
/* dst is overwritten, not freed. */
void app_picture_copy(struct app_picture *dst, const struct app_picture *src);

#endif
