/* The registry as one JSON object: the `registry` frame, and what the feed keeps in its own store.
 */
#include <siaga/wire/wire.h>

#include <string.h>

#include <siaga/base/text.h>

#include "private.h"
#include "put.h"

#define AGENCIES_MAX 64
#define CAMERAS_MAX  5000
#define PLANS_MAX    200
#define FEATURES_MAX 2000
#define POINTS_MAX   50000

static void put_agency(struct buf *out, const struct agency *agency) {
	put_open(out, NULL, '{');
	put_text(out, "id", agency->id);
	put_text(out, "name", agency->name);
	put_text(out, "short", agency->short_name);
	if (agency->fkey != 0) {
		put_int(out, "fkey", agency->fkey);
	}
	put_some(out, "letter", (char[]){agency->letter, '\0'});
	put_some(out, "phone", agency->phone);
	put_text(out, "desk", agency->by_phone ? "phone" : "console");
	put_close(out, '}');
}

static void put_camera(struct buf *out, const struct camera *camera) {
	put_open(out, NULL, '{');
	put_text(out, "id", camera->id);
	put_text(out, "owner", camera_owner_name(camera->owner));
	put_text(out, "name", camera->name);
	put_position(out, camera->at);
	put_text(out, "status", camera_status_name(camera->status));
	if (camera->fictional) {
		put_literal(out, "fictional", "true");
	}
	put_some(out, "stream", camera->stream);
	put_some(out, "snapshot", camera->snapshot);
	put_close(out, '}');
}

static void put_ids(
	struct buf *out, const char *name, const char (*ids)[AGENCY_ID_SIZE], size_t len) {
	put_open(out, name, '[');
	for (size_t i = 0; i < len; i++) {
		put_text(out, NULL, ids[i]);
	}
	put_close(out, ']');
}

static void put_plan(struct buf *out, const struct plan *plan) {
	put_open(out, NULL, '{');
	put_text(out, "kind", kind_name(plan->kind));
	put_text(out, "priority", plan->any_priority ? "*" : priority_name(plan->priority));
	put_ids(out, "agencies", plan->agencies, plan->agencies_len);
	if (plan->callers_len > 0) {
		put_ids(out, "caller", plan->callers, plan->callers_len);
	}
	if (plan->dispatch_first) {
		put_literal(out, "dispatch_first", "true");
	}
	put_close(out, '}');
}

static void put_feature(struct buf *out, const struct feature *feature) {
	put_open(out, NULL, '{');
	put_text(out, "kind", feature_kind_name(feature->kind));
	put_some(out, "name", feature->name);
	if (feature->arterial) {
		put_text(out, "class", "arterial");
	}
	put_open(out, "line", '[');
	for (size_t i = 0; i < feature->points_len; i++) {
		put_int(out, NULL, feature->points[i].lat_e7);
		put_int(out, NULL, feature->points[i].lon_e7);
	}
	put_close(out, ']');
	put_close(out, '}');
}

void wire_put_registry(struct buf *out, const struct registry *reg) {
	buf_add_str(out, "{\"t\":\"registry\"");
	put_int(out, "rev", reg->rev);
	put_open(out, "agencies", '[');
	for (size_t i = 0; i < reg->agencies_len; i++) {
		put_agency(out, &reg->agencies[i]);
	}
	put_close(out, ']');
	put_open(out, "cameras", '[');
	for (size_t i = 0; i < reg->cameras_len; i++) {
		put_camera(out, &reg->cameras[i]);
	}
	put_close(out, ']');
	put_open(out, "plans", '[');
	for (size_t i = 0; i < reg->plans_len; i++) {
		put_plan(out, &reg->plans[i]);
	}
	put_close(out, ']');
	put_open(out, "map", '{');
	put_text(out, "credit", reg->credit);
	put_open(out, "features", '[');
	for (size_t i = 0; i < reg->features_len; i++) {
		put_feature(out, &reg->features[i]);
	}
	put_close(out, ']');
	put_close(out, '}');
	put_close(out, '}');
}

static void read_agency(const struct reader *r, struct agency *agency) {
	int64_t fkey = 0;
	const char *word;
	read_id(r, "id", REQUIRED, agency->id, sizeof(agency->id));
	read_text(
		r, "name", REQUIRED, agency->name, sizeof(agency->name), sizeof(agency->name) - 1);
	read_text(r, "short", REQUIRED, agency->short_name, sizeof(agency->short_name),
		sizeof(agency->short_name) - 1);
	read_text(r, "phone", OPTIONAL, agency->phone, sizeof(agency->phone),
		sizeof(agency->phone) - 1);
	if (read_int(r, "fkey", OPTIONAL, 2, 9, &fkey)) {
		agency->fkey = (int)fkey;
	}
	if (read_raw(r, "letter", OPTIONAL, &word)) {
		if (word[0] < 'a' || word[0] > 'z' || word[1] != '\0') {
			read_fail(r, "letter", "not one letter a to z");
		}
		agency->letter = word[0];
	}
	if (read_raw(r, "desk", REQUIRED, &word)) {
		agency->by_phone = strcmp(word, "phone") == 0;
		if (!agency->by_phone && strcmp(word, "console") != 0) {
			read_fail(r, "desk", "unknown value");
		}
	}
}

static void read_camera(const struct reader *r, struct camera *camera) {
	read_id(r, "id", REQUIRED, camera->id, sizeof(camera->id));
	read_camera_owner(r, "owner", REQUIRED, &camera->owner);
	read_text(
		r, "name", REQUIRED, camera->name, sizeof(camera->name), sizeof(camera->name) - 1);
	read_position(r, REQUIRED, &camera->at);
	read_camera_status(r, "status", REQUIRED, &camera->status);
	read_flag(r, "fictional", OPTIONAL, &camera->fictional);
	read_url(r, "stream", camera->stream, sizeof(camera->stream));
	read_url(r, "snapshot", camera->snapshot, sizeof(camera->snapshot));
}

static size_t read_ids(
	const struct reader *r, const char *name, enum need need, char (*ids)[AGENCY_ID_SIZE]) {
	struct list list = read_list(r, name, need, PLAN_AGENCIES_MAX);
	for (size_t i = 0; i < list.len; i++) {
		read_item_id(r, &list, i, ids[i], AGENCY_ID_SIZE);
	}
	return list.len;
}

static void read_plan(const struct reader *r, struct plan *plan) {
	const char *word;
	read_kind(r, "kind", REQUIRED, &plan->kind);
	if (read_raw(r, "priority", REQUIRED, &word) && strcmp(word, "*") == 0) {
		plan->any_priority = true;
	} else {
		read_priority(r, "priority", REQUIRED, &plan->priority);
	}
	plan->agencies_len = read_ids(r, "agencies", REQUIRED, plan->agencies);
	plan->callers_len = read_ids(r, "caller", OPTIONAL, plan->callers);
	read_flag(r, "dispatch_first", OPTIONAL, &plan->dispatch_first);
}

static bool read_e7(const struct list *line, size_t index, int32_t limit_deg, int32_t *out_e7) {
	struct json_object *value = json_object_array_get_idx(line->array, index);
	int64_t number = json_object_get_int64(value);
	if (!json_object_is_type(value, json_type_int) || number < limit_deg * INT64_C(-10000000) ||
		number > limit_deg * INT64_C(10000000)) {
		return false;
	}
	*out_e7 = (int32_t)number;
	return true;
}

static void read_feature(const struct reader *r, struct feature *feature, size_t *points) {
	const char *word;
	read_feature_kind(r, "kind", REQUIRED, &feature->kind);
	read_text(r, "name", OPTIONAL, feature->name, sizeof(feature->name),
		sizeof(feature->name) - 1);
	if (read_raw(r, "class", OPTIONAL, &word)) {
		feature->arterial = strcmp(word, "arterial") == 0;
	}
	struct list line = read_list(r, "line", REQUIRED, 2 * (POINTS_MAX - *points));
	for (size_t i = 0; i < line.len; i += 2) {
		struct position at;
		if (i + 1 == line.len || !read_e7(&line, i, 90, &at.lat_e7) ||
			!read_e7(&line, i + 1, 180, &at.lon_e7)) {
			read_fail(r, "line", "not pairs of positions in 1e-7 degrees");
			return;
		}
		feature_add_point(feature, at);
	}
	*points += line.len / 2;
}

void wire_read_registry(const struct reader *r, struct registry *reg) {
	size_t points = 0;
	read_int(r, "rev", REQUIRED, 0, READ_INT_MAX, &reg->rev);
	struct list list = read_list(r, "agencies", REQUIRED, AGENCIES_MAX);
	for (size_t i = 0; i < list.len && read_ok(r); i++) {
		struct reader item = read_item(r, &list, i);
		read_agency(&item, registry_add_agency(reg));
	}
	list = read_list(r, "cameras", REQUIRED, CAMERAS_MAX);
	for (size_t i = 0; i < list.len && read_ok(r); i++) {
		struct reader item = read_item(r, &list, i);
		read_camera(&item, registry_add_camera(reg));
	}
	list = read_list(r, "plans", REQUIRED, PLANS_MAX);
	for (size_t i = 0; i < list.len && read_ok(r); i++) {
		struct reader item = read_item(r, &list, i);
		read_plan(&item, registry_add_plan(reg));
	}
	struct reader map = read_object(r, "map", OPTIONAL);
	read_text(&map, "credit", OPTIONAL, reg->credit, sizeof(reg->credit),
		sizeof(reg->credit) - 1);
	list = read_list(&map, "features", OPTIONAL, FEATURES_MAX);
	for (size_t i = 0; i < list.len && read_ok(r); i++) {
		struct reader item = read_item(&map, &list, i);
		read_feature(&item, registry_add_feature(reg), &points);
	}
	registry_index(reg);
}

bool wire_get_registry(struct registry *reg, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(reg, 0, sizeof(*reg));
	if (!doc_init(&doc, json, len, WIRE_SERVER_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	wire_read_registry(&r, reg);
	bool ok = read_ok(&r);
	if (!ok) {
		registry_finish(reg);
	}
	doc_finish(&doc);
	return ok;
}
