/* The registry as one message. */
#include <string.h>

#include <siaga/wire/wire.h>

#include "fuzz.h"

static void check_texts(const struct registry *reg) {
	MUST(is_clean(reg->credit, sizeof(reg->credit)));
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *agency = &reg->agencies[i];
		MUST(agency->id[0] != '\0' && is_clean(agency->id, sizeof(agency->id)));
		MUST(is_clean(agency->name, sizeof(agency->name)));
		MUST(is_clean(agency->short_name, sizeof(agency->short_name)));
		MUST(is_clean(agency->phone, sizeof(agency->phone)));
		MUST(agency->fkey == 0 || (agency->fkey >= 2 && agency->fkey <= 9));
		MUST(agency->letter == 0 || (agency->letter >= 'a' && agency->letter <= 'z'));
	}
	for (size_t i = 0; i < reg->cameras_len; i++) {
		const struct camera *camera = &reg->cameras[i];
		MUST(camera->id[0] != '\0' && is_clean(camera->id, sizeof(camera->id)));
		MUST(is_clean(camera->name, sizeof(camera->name)));
		MUST(is_clean(camera->stream, sizeof(camera->stream)));
		MUST(is_clean(camera->snapshot, sizeof(camera->snapshot)));
	}
	for (size_t i = 0; i < reg->features_len; i++) {
		MUST(is_clean(reg->features[i].name, sizeof(reg->features[i].name)));
	}
}

/* What is asked of it all day. */
static void check_use(const struct registry *reg) {
	struct camera_near near[8];
	struct position at = {-75722000, 1108289000};
	char cell[GEO_CELL_SIZE];
	int col, row;
	size_t len = registry_near(reg, at, near, ARRAY_LEN(near));
	MUST(len <= reg->cameras_len);
	MUST(registry_first_working(near, len) <= len);
	for (size_t i = 1; i < len; i++) {
		MUST(near[i - 1].distance_m <= near[i].distance_m);
	}
	MUST(reg->grid.cols >= 0 && reg->grid.cols <= 26 && reg->grid.rows >= 0 &&
		reg->grid.rows <= 20);
	for (size_t i = 0; i < len; i++) {
		geo_grid_name(&reg->grid, near[i].camera->at, cell);
		if (geo_grid_find(&reg->grid, near[i].camera->at, &col, &row)) {
			MUST(col >= 0 && col < reg->grid.cols && row >= 0 && row < reg->grid.rows);
		}
	}
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		const struct plan *plan = registry_plan(reg, (enum kind)kind, PRIORITY_P1);
		MUST(plan == NULL || plan->agencies_len <= PLAN_AGENCIES_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct registry reg, again;
	struct buf first = {0}, second = {0};
	struct err err = {0};
	if (!wire_get_registry(&reg, (const char *)data, size, &err)) {
		MUST(is_message(&err));
		MUST(reg.agencies == NULL && reg.cameras == NULL && reg.features == NULL);
		return 0;
	}
	check_texts(&reg);
	check_use(&reg);
	wire_put_registry(&first, &reg);
	MUST_OF(wire_get_registry(&again, first.data, first.len, &err), first.data);
	wire_put_registry(&second, &again);
	MUST_OF(first.len == second.len && memcmp(first.data, second.data, first.len) == 0,
		first.data);
	registry_finish(&reg);
	registry_finish(&again);
	buf_finish(&first);
	buf_finish(&second);
	return 0;
}
