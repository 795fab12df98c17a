#include <siaga/model/registry.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>

#include "camera_index.h"

static const char *const feature_kind_names[] = {
	[FEATURE_OUTLINE] = "outline",
	[FEATURE_KECAMATAN] = "kecamatan",
	[FEATURE_ROAD] = "road",
	[FEATURE_RIVER] = "river",
	[FEATURE_RAIL] = "rail",
	[FEATURE_PLACE] = "place",
};
static_assert(ARRAY_LEN(feature_kind_names) == FEATURE_KIND_COUNT, "name every feature");

const char *feature_kind_name(enum feature_kind kind) {
	return (unsigned)kind < FEATURE_KIND_COUNT ? feature_kind_names[kind] : "?";
}

bool feature_kind_find(const char *name, enum feature_kind *out) {
	for (size_t i = 0; i < FEATURE_KIND_COUNT; i++) {
		if (strcmp(feature_kind_names[i], name) == 0) {
			*out = (enum feature_kind)i;
			return true;
		}
	}
	return false;
}

void registry_finish(struct registry *reg) {
	for (size_t i = 0; i < reg->features_len; i++) {
		free(reg->features[i].points);
	}
	free(reg->agencies);
	free(reg->cameras);
	free(reg->plans);
	free(reg->features);
	camera_index_destroy(reg->lookup);
	memset(reg, 0, sizeof(*reg));
}

/* Makes room for one more element; capacities are powers of two, so the length tells when to grow.
 */
static void *grow(void *items, size_t len, size_t size) {
	if (len == 0) {
		return mem_resize(items, 8, size);
	}
	return len >= 8 && (len & (len - 1)) == 0 ? mem_resize(items, len * 2, size) : items;
}

struct agency *registry_add_agency(struct registry *reg) {
	reg->agencies = grow(reg->agencies, reg->agencies_len, sizeof(*reg->agencies));
	struct agency *agency = &reg->agencies[reg->agencies_len++];
	memset(agency, 0, sizeof(*agency));
	return agency;
}

struct camera *registry_add_camera(struct registry *reg) {
	reg->cameras = grow(reg->cameras, reg->cameras_len, sizeof(*reg->cameras));
	struct camera *camera = &reg->cameras[reg->cameras_len++];
	memset(camera, 0, sizeof(*camera));
	return camera;
}

struct plan *registry_add_plan(struct registry *reg) {
	reg->plans = grow(reg->plans, reg->plans_len, sizeof(*reg->plans));
	struct plan *plan = &reg->plans[reg->plans_len++];
	memset(plan, 0, sizeof(*plan));
	return plan;
}

struct feature *registry_add_feature(struct registry *reg) {
	reg->features = grow(reg->features, reg->features_len, sizeof(*reg->features));
	struct feature *feature = &reg->features[reg->features_len++];
	memset(feature, 0, sizeof(*feature));
	return feature;
}

void feature_add_point(struct feature *feature, struct position at) {
	feature->points = grow(feature->points, feature->points_len, sizeof(*feature->points));
	feature->points[feature->points_len++] = at;
}

static void add_features(struct geo_box *box, const struct registry *reg, bool outline_only) {
	for (size_t i = 0; i < reg->features_len; i++) {
		const struct feature *feature = &reg->features[i];
		if (outline_only && feature->kind != FEATURE_OUTLINE) {
			continue;
		}
		for (size_t p = 0; p < feature->points_len; p++) {
			geo_box_add(box, feature->points[p]);
		}
	}
}

static bool box_is_empty(const struct geo_box *box) {
	return box->min.lat_e7 > box->max.lat_e7;
}

void registry_index(struct registry *reg) {
	struct geo_box box = geo_box_empty();
	add_features(&box, reg, true);
	if (box_is_empty(&box)) {
		add_features(&box, reg, false);
	}
	if (box_is_empty(&box)) {
		for (size_t i = 0; i < reg->cameras_len; i++) {
			geo_box_add(&box, reg->cameras[i].at);
		}
	}
	reg->grid = geo_grid_make(box);
	camera_index_destroy(reg->lookup);
	reg->lookup = camera_index_create(reg->cameras, reg->cameras_len);
}

struct agency *registry_agency(const struct registry *reg, const char *id) {
	for (size_t i = 0; i < reg->agencies_len; i++) {
		if (strcmp(reg->agencies[i].id, id) == 0) {
			return &reg->agencies[i];
		}
	}
	return NULL;
}

struct camera *registry_camera(const struct registry *reg, const char *id) {
	if (camera_index_is_of(reg->lookup, reg->cameras, reg->cameras_len)) {
		size_t i = camera_index_find(reg->lookup, id);
		return i < reg->cameras_len ? &reg->cameras[i] : NULL;
	}
	for (size_t i = 0; i < reg->cameras_len; i++) {
		if (strcmp(reg->cameras[i].id, id) == 0) {
			return &reg->cameras[i];
		}
	}
	return NULL;
}

const struct plan *registry_plan(
	const struct registry *reg, enum kind kind, enum priority priority) {
	const struct plan *fallback = NULL;
	for (size_t i = 0; i < reg->plans_len; i++) {
		const struct plan *plan = &reg->plans[i];
		if (plan->kind != kind) {
			continue;
		}
		if (plan->any_priority) {
			fallback = plan;
		} else if (plan->priority == priority) {
			return plan;
		}
	}
	return fallback;
}

bool plan_shows_caller(const struct plan *plan, const char *id) {
	for (size_t i = 0; plan != NULL && i < plan->callers_len; i++) {
		if (strcmp(plan->callers[i], id) == 0) {
			return true;
		}
	}
	return false;
}

/* By looking at all of them, where nothing else is at hand. */
static size_t scan_near(
	const struct registry *reg, struct position at, struct spot_near *out, size_t k) {
	size_t len = 0;
	for (size_t i = 0; i < reg->cameras_len && k > 0; i++) {
		double distance_m = geo_distance_m(at, reg->cameras[i].at);
		if (len == k && distance_m >= out[k - 1].distance_m) {
			continue;
		}
		size_t place = len < k ? len++ : k - 1;
		for (; place > 0 && out[place - 1].distance_m > distance_m; place--) {
			out[place] = out[place - 1];
		}
		out[place] = (struct spot_near){i, distance_m, reg->cameras[i].at};
	}
	return len;
}

size_t registry_near(
	const struct registry *reg, struct position at, struct camera_near *out, size_t k) {
	struct spot_near found[REGISTRY_NEAR_MAX];
	bool is_indexed = camera_index_is_of(reg->lookup, reg->cameras, reg->cameras_len);
	k = k < REGISTRY_NEAR_MAX ? k : REGISTRY_NEAR_MAX;
	size_t len = is_indexed ? camera_index_near(reg->lookup, at, found, k)
				: scan_near(reg, at, found, k);
	for (size_t i = 0; i < len; i++) {
		out[i] = (struct camera_near){
			.camera = &reg->cameras[found[i].index],
			.distance_m = found[i].distance_m,
			.bearing_deg = geo_bearing_deg(at, found[i].at),
		};
	}
	return len;
}

size_t registry_first_working(const struct camera_near *near, size_t len) {
	for (int status = CAMERA_OK; status <= CAMERA_STALE; status++) {
		for (size_t i = 0; i < len; i++) {
			if (near[i].camera->status == (enum camera_status)status) {
				return i;
			}
		}
	}
	return len;
}
