/* A city to draw maps of, for the tests of the map. */
#ifndef SIAGA_TEST_MAP_CITY_H
#define SIAGA_TEST_MAP_CITY_H

#include "test.h"

#include <string.h>

#include <siaga/app/query.h>
#include <siaga/base/text.h>
#include <siaga/ui/map.h>

#include "world.h"

struct shown {
	struct app app;
	struct surface s;
	struct buf out;
};

/* A city of 8 km by 4 km on the equator, A1 to H4: a road from west to east, a river with a bend, a
 * railway, two kecamatan, a few places, a camera of each status. */
static inline struct feature *add_line(struct registry *reg, enum feature_kind kind,
	const char *name, const struct position *points, size_t len) {
	struct feature *feature = registry_add_feature(reg);
	feature->kind = kind;
	feature->arterial = kind == FEATURE_ROAD;
	(void)text_copy(feature->name, sizeof(feature->name), name);
	for (size_t i = 0; i < len; i++) {
		feature_add_point(feature, points[i]);
	}
	return feature;
}

static inline void add_place(struct registry *reg, const char *name, int32_t lat, int32_t lon) {
	struct position at = {lat, lon};
	(void)add_line(reg, FEATURE_PLACE, name, &at, 1);
}

static inline void add_camera(struct registry *reg, const char *name, enum camera_status status,
	int32_t lat, int32_t lon) {
	struct camera *camera = registry_add_camera(reg);
	(void)text_copy(camera->id, sizeof(camera->id), name);
	(void)text_copy(camera->name, sizeof(camera->name), name);
	camera->status = status;
	camera->at = (struct position){lat, lon};
}

static inline void build(struct registry *reg) {
	static const struct position outline[] = {
		{0, 0}, {0, 720000}, {360000, 720000}, {360000, 0}, {0, 0}};
	static const struct position road[] = {{180000, 0}, {180000, 720000}};
	static const struct position river[] = {{360000, 360000}, {180000, 500000}, {0, 500000}};
	static const struct position rail[] = {{0, 100000}, {360000, 100000}};
	static const struct position half[] = {
		{0, 0}, {0, 360000}, {360000, 360000}, {360000, 0}, {0, 0}};
	static const struct position side[] = {{100000, 300000}, {100000, 420000}};
	(void)add_line(reg, FEATURE_OUTLINE, "Kota", outline, ARRAY_LEN(outline));
	(void)add_line(reg, FEATURE_KECAMATAN, "Laweyan", half, ARRAY_LEN(half));
	(void)add_line(reg, FEATURE_ROAD, "Jl. Slamet Riyadi", road, ARRAY_LEN(road));
	(void)add_line(reg, FEATURE_RIVER, "Kali Pepe", river, ARRAY_LEN(river));
	(void)add_line(reg, FEATURE_RAIL, "Rel", rail, ARRAY_LEN(rail));
	add_line(reg, FEATURE_ROAD, "Jl. Kecil", side, ARRAY_LEN(side))->arterial = false;
	add_place(reg, "Pasar Gede", 260000, 600000);
	add_place(reg, "Keraton", 80000, 600000);
	add_camera(reg, "Gladag", CAMERA_OK, 150000, 320000);
	add_camera(reg, "Manahan", CAMERA_STALE, 210000, 250000);
	add_camera(reg, "Tipes", CAMERA_DOWN, 230000, 330000);
	reg->rev = 1;
	registry_index(reg);
}

static inline void begin(struct shown *t) {
	memset(t, 0, sizeof(*t));
	app_init(&t->app);
	build(&t->app.world.registry);
	assert_int_equal(t->app.world.registry.grid.cols, 8);
	assert_int_equal(t->app.world.registry.grid.rows, 4);
}

static inline struct incident *raise_at(
	struct shown *t, int n, enum priority priority, bool fresh, int32_t lat, int32_t lon) {
	city_raise(&t->app.world, city_id(n), KIND_FIRE, priority, T0 + n);
	struct incident *inc = world_incident(&t->app.world, city_id(n));
	inc->at = (struct position){lat, lon};
	inc->state = fresh ? INCIDENT_NEW : INCIDENT_ACKNOWLEDGED;
	return inc;
}

static inline void choose(struct shown *t, int n) {
	(void)text_copy(t->app.selected, UUID_SIZE, city_id(n));
	const struct incident *inc = world_incident(&t->app.world, city_id(n));
	t->app.near_len = registry_near(&t->app.world.registry, inc->at, t->app.near, APP_NEAR_MAX);
	t->app.near_pick = registry_first_working(t->app.near, t->app.near_len);
}

static inline void draw(struct shown *t, int cols, int rows, bool ascii) {
	surface_finish(&t->s);
	surface_init(&t->s, cols, rows);
	t->s.ascii = ascii;
	struct layout layout = {.panes = {[PANE_MAP] = {0, 0, cols, rows}}};
	view_map(&t->app, &t->s, &layout);
	buf_clear(&t->out);
	surface_dump(&t->s, &t->out, false);
}

static inline void zoom_to(struct shown *t, int zoom) {
	const struct incident *inc = app_selected(&t->app);
	t->app.map.zoom = 0;
	map_view_zoom(
		&t->app.map, zoom, &t->app.world.registry.grid, inc != NULL ? &inc->at : NULL);
}

static inline void end(struct shown *t) {
	surface_finish(&t->s);
	buf_finish(&t->out);
	app_finish(&t->app);
}

static inline void expect(const struct shown *t, const char *text) {
	if (strcmp(t->out.data, text) != 0) {
		print_error("expected\n%sbut it is\n%s", text, t->out.data);
		fail();
	}
}

static inline void assert_shows(const struct shown *t, const char *text) {
	if (strstr(t->out.data, text) == NULL) {
		print_error("not on the map: %s\n%s", text, t->out.data);
		fail();
	}
}

static inline void assert_lacks(const struct shown *t, const char *text) {
	if (strstr(t->out.data, text) != NULL) {
		print_error("on the map: %s\n%s", text, t->out.data);
		fail();
	}
}

#endif
