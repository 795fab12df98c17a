/* Cameras by place and by id; private to the registry. */
#ifndef SIAGA_MODEL_CAMERA_INDEX_H
#define SIAGA_MODEL_CAMERA_INDEX_H

#include <stdbool.h>

#include <siaga/model/registry.h>
#include <siaga/model/spots.h>

struct camera_index;

/* Refers to the cameras, which must keep their ids and places. */
struct camera_index *camera_index_create(const struct camera *cameras, size_t len);
void camera_index_destroy(struct camera_index *index); /* NULL is fine */
/* Was it made of exactly these? NULL was made of none. */
bool camera_index_is_of(const struct camera_index *index, const struct camera *cameras, size_t len);

/* The first with the id; at least the number of cameras where there is none. */
size_t camera_index_find(const struct camera_index *index, const char *id);
size_t camera_index_near(
	const struct camera_index *index, struct position at, struct spot_near *out, size_t k);

#endif
