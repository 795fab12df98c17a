#include <siaga/app/picture.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>

void app_picture_finish(struct app_picture *picture) {
	free(picture->rgb);
	memset(picture, 0, sizeof(*picture));
}

void app_picture_copy(struct app_picture *dst, const struct app_picture *src) {
	*dst = *src;
	if (src->rgb != NULL) {
		size_t size = (size_t)src->cols * (size_t)src->rows * 3;
		dst->rgb = mem_alloc(size, 1);
		memcpy(dst->rgb, src->rgb, size);
	}
}
