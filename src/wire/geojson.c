/* The map from a GeoJSON FeatureCollection (RFC 7946): what a terminal can draw of it. */
#include <siaga/wire/wire.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

#define GEOJSON_SIZE_MAX  (8 * 1024 * 1024)
#define GEOJSON_DEPTH_MAX 10 /* MultiPolygon: down to the numbers, nine */
#define FEATURES_MAX      2000
#define POINTS_MAX        50000

/* How many lists stand around a position, by type; a polygon's rings are drawn as lines. */
static const struct {
	const char *type;
	int nesting;
} shapes[] = {
	{"LineString", 1},
	{"MultiLineString", 2},
	{"MultiPolygon", 3},
	{"Point", 0},
	{"Polygon", 2},
};

/* One feature being read, and what all lines made from it have in common. */
struct reading {
	const struct reader *r; /* the geometry */
	struct registry *reg;
	struct feature common;
	size_t points;
};

static bool read_point(const struct reading *it, struct json_object *value, struct position *out) {
	if (!json_object_is_type(value, json_type_array) || json_object_array_length(value) < 2 ||
		!read_degrees_value(json_object_array_get_idx(value, 0), 180, &out->lon_e7) ||
		!read_degrees_value(json_object_array_get_idx(value, 1), 90, &out->lat_e7)) {
		return read_fail(it->r, "coordinates", "not a position [lon, lat] in degrees");
	}
	return true;
}

static bool add_point(struct reading *it, struct feature *feature, struct json_object *value) {
	struct position at = {0};
	if (it->points == POINTS_MAX) {
		return read_fail(
			it->r, "coordinates", "more than %d points in the map", POINTS_MAX);
	}
	if (!read_point(it, value, &at)) {
		return false;
	}
	it->points++;
	feature_add_point(feature, at);
	return true;
}

/* Adds the line, or the point, that `value` holds. */
static bool add_line(struct reading *it, struct json_object *value, bool is_point) {
	if (it->reg->features_len == FEATURES_MAX) {
		return read_fail(
			it->r, "coordinates", "more than %d lines in the map", FEATURES_MAX);
	}
	struct feature *feature = registry_add_feature(it->reg);
	*feature = it->common;
	if (is_point) {
		return add_point(it, feature, value);
	}
	size_t len = json_object_array_length(value);
	if (len < 2) {
		return read_fail(it->r, "coordinates", "a line of fewer than 2 points");
	}
	for (size_t i = 0; i < len; i++) {
		if (!add_point(it, feature, json_object_array_get_idx(value, i))) {
			return false;
		}
	}
	return true;
}

static bool add_lines(struct reading *it, struct json_object *value, int nesting) {
	if (nesting == 0) {
		return add_line(it, value, true);
	}
	if (!json_object_is_type(value, json_type_array)) {
		return read_fail(it->r, "coordinates", "not a list");
	}
	if (nesting == 1) {
		return add_line(it, value, false);
	}
	size_t len = json_object_array_length(value);
	for (size_t i = 0; i < len; i++) {
		if (!add_lines(it, json_object_array_get_idx(value, i), nesting - 1)) {
			return false;
		}
	}
	return true;
}

static void read_geometry(const struct reader *r, struct reading *it) {
	struct reader geometry = read_object(r, "geometry", REQUIRED);
	const char *type;
	if (!read_raw(&geometry, "type", REQUIRED, &type)) {
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		if (strcmp(shapes[i].type, type) == 0) {
			struct json_object *value = NULL;
			json_object_object_get_ex(geometry.obj, "coordinates", &value);
			it->r = &geometry;
			add_lines(it, value, shapes[i].nesting);
			it->r = r;
			return;
		}
	}
	read_fail(&geometry, "type", "unknown value");
}

static void read_feature(const struct reader *r, struct reading *it) {
	struct reader properties = read_object(r, "properties", REQUIRED);
	const char *word;
	memset(&it->common, 0, sizeof(it->common));
	read_feature_kind(&properties, "kind", REQUIRED, &it->common.kind);
	read_text(&properties, "name", OPTIONAL, it->common.name, sizeof(it->common.name),
		sizeof(it->common.name) - 1);
	if (read_raw(&properties, "class", OPTIONAL, &word)) {
		it->common.arterial = strcmp(word, "arterial") == 0;
		if (!it->common.arterial && word[0] != '\0' && strcmp(word, "collector") != 0) {
			read_fail(&properties, "class", "unknown value");
		}
	}
	read_geometry(r, it);
}

static void read_collection(const struct reader *r, struct registry *reg) {
	struct reading it = {.reg = reg};
	char credit[sizeof(reg->credit)];
	const char *type;
	if (read_raw(r, "type", REQUIRED, &type) && strcmp(type, "FeatureCollection") != 0) {
		read_fail(r, "type", "not FeatureCollection");
	}
	bool credited =
		read_text(r, "credit", OPTIONAL, credit, sizeof(credit), sizeof(credit) - 1);
	for (size_t i = 0; i < reg->features_len; i++) {
		it.points += reg->features[i].points_len;
	}
	struct list features = read_list(r, "features", REQUIRED, FEATURES_MAX);
	for (size_t i = 0; i < features.len && read_ok(r); i++) {
		struct reader item = read_item(r, &features, i);
		read_feature(&item, &it);
	}
	if (credited && read_ok(r)) {
		memcpy(reg->credit, credit, sizeof(reg->credit));
	}
}

bool wire_get_geojson(struct registry *reg, const char *json, size_t len, struct err *err) {
	struct doc doc;
	size_t before = reg->features_len;
	if (len >= 3 && memcmp(json, "\xef\xbb\xbf", 3) == 0) {
		json += 3;
		len -= 3;
	}
	if (!doc_init(&doc, json, len, GEOJSON_SIZE_MAX, GEOJSON_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	read_collection(&r, reg);
	bool ok = read_ok(&r);
	/* A map that is wrong leaves nothing behind. */
	while (!ok && reg->features_len > before) {
		free(reg->features[--reg->features_len].points);
	}
	doc_finish(&doc);
	return ok;
}
