#include "wire_test.h"

#include <locale.h>
#include <stdio.h>

static void fill(struct registry *reg) {
	static const struct position line[] = {{-75755123, 1108243217}, {-75700000, 1108300000}};
	reg->rev = 7;
	strcpy(reg->credit, "Batas wilayah: contoh");
	struct agency *agency = registry_add_agency(reg);
	strcpy(agency->id, "damkar");
	strcpy(agency->name, "Dinas Pemadam Kebakaran");
	strcpy(agency->short_name, "DAMKAR");
	strcpy(agency->phone, "113");
	agency->fkey = 2;
	agency->letter = 'd';
	agency = registry_add_agency(reg);
	strcpy(agency->id, "pln");
	strcpy(agency->name, "PLN");
	strcpy(agency->short_name, "PLN");
	agency->by_phone = true;
	struct camera *camera = registry_add_camera(reg);
	strcpy(camera->id, "TMC-001");
	strcpy(camera->name, "Gladag \"utara\"");
	camera->owner = OWNER_POLICE;
	camera->at = line[0];
	camera->status = CAMERA_STALE;
	camera->fictional = true;
	strcpy(camera->stream, "https://example.invalid/a/b.m3u8?x=1");
	strcpy(camera->snapshot, "rtsp://example.invalid/1");
	camera = registry_add_camera(reg);
	strcpy(camera->id, "Manahan");
	strcpy(camera->name, "Manahan");
	camera->owner = OWNER_DISHUB;
	camera->at = line[1];
	struct plan *plan = registry_add_plan(reg);
	plan->kind = KIND_FIRE;
	plan->any_priority = true;
	plan->dispatch_first = true;
	strcpy(plan->agencies[plan->agencies_len++], "damkar");
	strcpy(plan->agencies[plan->agencies_len++], "pln");
	strcpy(plan->callers[plan->callers_len++], "damkar");
	strcpy(plan->callers[plan->callers_len++], PLAN_OBSERVERS);
	plan = registry_add_plan(reg);
	plan->kind = KIND_OTHER;
	plan->priority = PRIORITY_P4;
	struct feature *feature = registry_add_feature(reg);
	feature->kind = FEATURE_ROAD;
	feature->arterial = true;
	strcpy(feature->name, "Slamet Riyadi");
	feature_add_point(feature, line[0]);
	feature_add_point(feature, line[1]);
	feature = registry_add_feature(reg);
	feature->kind = FEATURE_PLACE;
	feature_add_point(feature, line[1]);
}

static void test_round_trip(void **state) {
	struct registry reg = {0}, back;
	struct buf out = {0}, again = {0};
	struct err err = {""};
	UNUSED(state);
	fill(&reg);
	wire_put_registry(&out, &reg);
	if (!wire_get_registry(&back, out.data, out.len, &err)) {
		fail_msg("%s: %s", err.text, out.data);
	}
	wire_put_registry(&again, &back);
	assert_string_equal(out.data, again.data);
	assert_true(plan_shows_caller(&back.plans[0], "damkar"));
	assert_true(plan_shows_caller(&back.plans[0], PLAN_OBSERVERS));
	assert_false(plan_shows_caller(&back.plans[0], "pln"));
	assert_false(plan_shows_caller(&back.plans[1], "damkar"));
	assert_false(plan_shows_caller(NULL, "damkar"));
	assert_int_equal(back.agencies[0].fkey, 2);
	assert_int_equal(back.agencies[0].letter, 'd');
	assert_true(back.agencies[1].by_phone);
	assert_int_equal(back.cameras[0].at.lon_e7, 1108243217);
	assert_int_equal(back.cameras[0].status, CAMERA_STALE);
	assert_true(back.plans[0].any_priority);
	assert_int_equal(back.plans[0].agencies_len, 2);
	assert_int_equal(back.plans[1].priority, PRIORITY_P4);
	assert_true(back.features[0].arterial);
	assert_int_equal(back.features[1].points_len, 1);
	assert_true(back.grid.cols > 0); /* it was indexed */
	struct server_frame frame;
	assert_true(wire_get_server_frame(&frame, out.data, out.len, &err));
	assert_int_equal(frame.type, FRAME_REGISTRY);
	assert_int_equal(frame.registry.rev, 7);
	server_frame_finish(&frame);
	registry_finish(&back);
	registry_finish(&reg);
	buf_finish(&out);
	buf_finish(&again);
}

static void test_empty(void **state) {
	struct registry reg = {0};
	struct buf out = {0};
	UNUSED(state);
	wire_put_registry(&out, &reg);
	assert_string_equal(out.data,
		"{\"t\":\"registry\",\"rev\":0,\"agencies\":[],\"cameras\":[],"
		"\"plans\":[],\"map\":{\"credit\":\"\",\"features\":[]}}");
	assert_true(wire_get_registry(&reg, out.data, out.len, NULL));
	registry_finish(&reg);
	buf_finish(&out);
}

#define REG(agencies, cameras, plans, features)                                                    \
	"{\"rev\":1,\"agencies\":[" agencies "],\"cameras\":[" cameras "],\"plans\":[" plans       \
	"],\"map\":{\"features\":[" features "]}}"
#define AGENCY(more) REG("{\"id\":\"a\",\"name\":\"A\",\"short\":\"A\"," more "}", "", "", "")
#define CAMERA(more)                                                                               \
	REG("", "{\"id\":\"c\",\"owner\":\"police\",\"name\":\"C\",\"lat\":1,\"lon\":2," more "}", \
		"", "")

static const struct hostile registries[] = {
	{REG("", "", "", ""), NULL},
	{"{\"rev\":1,\"agencies\":[],\"cameras\":[],\"plans\":[]}", NULL},
	{"{\"agencies\":[]}", "rev: missing"},
	{"{\"rev\":1,\"agencies\":[],\"cameras\":{}}", "cameras: not a list"},
	{REG("1", "", "", ""), "agencies[0]: not an object"},
	{REG("{\"id\":\"../x\"}", "", "", ""), "agencies[0].id: not an id of 1 to 24 letters"},
	{REG("{\"id\":\"a\",\"name\":\"\"}", "", "", ""), "agencies[0].name: empty"},
	{AGENCY("\"desk\":\"console\""), NULL},
	{AGENCY("\"fkey\":1,\"desk\":\"console\""), "agencies[0].fkey: out of range 2..9"},
	{AGENCY("\"letter\":\"D\",\"desk\":\"console\""),
		"agencies[0].letter: not one letter a to z"},
	{AGENCY("\"letter\":\"\",\"desk\":\"console\""),
		"agencies[0].letter: not one letter a to z"},
	{AGENCY("\"letter\":\"dd\",\"desk\":\"console\""),
		"agencies[0].letter: not one letter a to z"},
	{AGENCY("\"desk\":\"radio\""), "agencies[0].desk: unknown value"},
	{AGENCY("\"x\":1"), "agencies[0].desk: missing"},
	{CAMERA("\"status\":\"ok\",\"stream\":\"\""), NULL},
	{CAMERA("\"status\":\"fine\""), "cameras[0].status: unknown value"},
	{CAMERA("\"status\":\"ok\",\"stream\":\"--script=/tmp/x\""),
		"cameras[0].stream: not an http, https or rtsp address"},
	{CAMERA("\"status\":\"ok\",\"snapshot\":\"file:///etc/passwd\""),
		"cameras[0].snapshot: not an http, https or rtsp address"},
	{CAMERA("\"status\":\"ok\",\"stream\":\"http://a b\""),
		"cameras[0].stream: not an http, https or rtsp address"},
	{CAMERA("\"status\":\"ok\",\"fictional\":\"yes\""),
		"cameras[0].fictional: not true or false"},
	{REG("", "", "{\"kind\":\"fire\",\"priority\":\"P9\"}", ""),
		"plans[0].priority: unknown value"},
	{REG("", "", "{\"kind\":\"fire\",\"priority\":\"*\",\"agencies\":[1]}", ""),
		"plans[0].agencies[0]: not an id of 1 to 24 letters"},
	{REG("", "",
		 "{\"kind\":\"fire\",\"priority\":\"*\",\"agencies\":[\"a\",\"a\",\"a\",\"a\","
		 "\"a\","
		 "\"a\",\"a\",\"a\",\"a\"]}",
		 ""),
		"plans[0].agencies: more than 8 items"},
	{REG("", "", "", "{\"kind\":\"alley\"}"), "map.features[0].kind: unknown value"},
	{REG("", "", "", "{\"kind\":\"road\"}"), "map.features[0].line: missing"},
	{REG("", "", "", "{\"kind\":\"road\",\"line\":[1]}"),
		"map.features[0].line: not pairs of positions in 1e-7 degrees"},
	{REG("", "", "", "{\"kind\":\"road\",\"line\":[1,1800000001]}"),
		"map.features[0].line: not pairs of positions in 1e-7 degrees"},
	{REG("", "", "", "{\"kind\":\"road\",\"line\":[1.5,1]}"),
		"map.features[0].line: not pairs of positions in 1e-7 degrees"},
};

static void test_errors(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(registries); i++) {
		const char *json = registries[i].json;
		struct registry reg, zero = {0};
		struct err err = {""};
		bool ok = wire_get_registry(&reg, json, strlen(json), &err);
		assert_string_equal(
			err.text, registries[i].error != NULL ? registries[i].error : "");
		assert_int_equal(ok, registries[i].error == NULL);
		if (!ok) {
			assert_memory_equal(&reg, &zero, sizeof(zero));
		}
		registry_finish(&reg);
	}
}

static void test_caps(void **state) {
	static const struct {
		const char *head, *unit;
		size_t count;
		const char *tail, *error;
	} cases[] = {
		{"{\"rev\":1,\"agencies\":[0", ",0", 64, "]}", "agencies: more than 64 items"},
		{"{\"rev\":1,\"agencies\":[],\"cameras\":[0", ",0", 5000, "]}",
			"cameras: more than 5000 items"},
		{"{\"rev\":1,\"agencies\":[],\"cameras\":[],\"plans\":[0", ",0", 200, "]}",
			"plans: more than 200 items"},
		{"{\"rev\":1,\"agencies\":[],\"cameras\":[],\"plans\":[],\"map\":{\"features\":[0",
			",0", 2000, "]}}", "map.features: more than 2000 items"},
		{"{\"rev\":1,\"agencies\":[],\"cameras\":[],\"plans\":[],\"map\":{\"features\":["
		 "{\"kind\":\"road\",\"line\":[0,0]},{\"kind\":\"road\",\"line\":[0,0",
			",0,0", 49999, "]}]}}", "map.features[1].line: more than 99998 items"},
	};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *json = repeat(cases[i].head, cases[i].unit, cases[i].count, cases[i].tail);
		struct registry reg;
		struct err err = {""};
		assert_false(wire_get_registry(&reg, json, strlen(json), &err));
		assert_string_equal(err.text, cases[i].error);
		free(json);
	}
}

#define MAP(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define FEATURE(properties, type, coordinates)                                                     \
	"{\"type\":\"Feature\",\"properties\":{" properties "},\"geometry\":{\"type\":\"" type     \
	"\",\"coordinates\":" coordinates "}}"
#define ROAD(coordinates) MAP(FEATURE("\"kind\":\"road\"", "LineString", coordinates))

static void test_geojson(void **state) {
	static const char json[] =
		"\xef\xbb\xbf{\"type\":\"FeatureCollection\",\"credit\":\"OSM\",\"features\":"
		"[" FEATURE("\"kind\":\"outline\",\"name\":\"Surakarta\"", "Polygon",
			"[[[110.8,-7.6],[110.9,-7.6],[110.9,-7.5],[110.8,-7.6]],[[110.81,-7.59],["
			"110.82,-7.58]]]") "," FEATURE("\"kind\":\"road\",\"name\":\"Jl. "
						       "A\\u001b\",\"class\":\"arterial\"",
			"LineString",
			"[[110.8243217,-7.5755123,92.5],[110.83,-7.57]]") "," FEATURE("\"kind\":"
										      "\"road\","
										      "\"class\":"
										      "\"collector"
										      "\"",
			"MultiLineString",
			"[[[1,2],[3,4]],[[5,6],[7,8],[9,10]]]") "," FEATURE("\"kind\":"
									    "\"kecamatan\","
									    "\"class\":\"\"",
			"MultiPolygon",
			"[[[[1,2],[3,4],[5,6],[1,2]]]]") "," FEATURE("\"kind\":\"place\",\"name\":"
								     "\"Balapan\"",
			"Point", "[110.82,-7.55]") "]}\r\n";
	struct registry reg = {0};
	struct err err = {""};
	UNUSED(state);
	if (!wire_get_geojson(&reg, json, sizeof(json) - 1, &err)) {
		fail_msg("%s", err.text);
	}
	assert_string_equal(reg.credit, "OSM");
	assert_int_equal(reg.features_len, 7);
	assert_int_equal(reg.features[0].kind, FEATURE_OUTLINE);
	assert_int_equal(reg.features[0].points_len, 4);
	assert_int_equal(reg.features[0].points[2].lat_e7, -75000000);
	assert_int_equal(reg.features[1].points_len, 2);
	assert_string_equal(reg.features[1].name, "Surakarta");
	assert_string_equal(reg.features[2].name, "Jl. A\xef\xbf\xbd");
	assert_true(reg.features[2].arterial);
	assert_int_equal(reg.features[2].points[0].lon_e7, 1108243217);
	assert_false(reg.features[3].arterial);
	assert_int_equal(reg.features[4].points_len, 3);
	assert_int_equal(reg.features[5].kind, FEATURE_KECAMATAN);
	assert_int_equal(reg.features[6].points_len, 1);
	registry_index(&reg);
	registry_finish(&reg);
}

static const struct hostile maps[] = {
	{MAP(""), NULL},
	{"{}", "type: missing"},
	{"{\"type\":\"Feature\"}", "type: not FeatureCollection"},
	{"{\"type\":\"FeatureCollection\"}", "features: missing"},
	{MAP("{}"), "features[0].properties: missing"},
	{MAP("{\"properties\":{}}"), "features[0].properties.kind: missing"},
	{MAP("{\"properties\":{\"kind\":\"road\"}}"), "features[0].geometry: missing"},
	{MAP("{\"properties\":{\"kind\":\"road\"},\"geometry\":{}}"),
		"features[0].geometry.type: missing"},
	{MAP(FEATURE("\"kind\":\"road\",\"class\":\"toll\"", "LineString", "[]")),
		"features[0].properties.class: unknown value"},
	{MAP(FEATURE("\"kind\":\"road\"", "MultiPoint", "[]")),
		"features[0].geometry.type: unknown value"},
	{ROAD("[]"), "features[0].geometry.coordinates: a line of fewer than 2 points"},
	{ROAD("null"), "features[0].geometry.coordinates: not a list"},
	{ROAD("[1,2]"), "features[0].geometry.coordinates: not a position [lon, lat] in degrees"},
	{ROAD("[[1,2],[1]]"),
		"features[0].geometry.coordinates: not a position [lon, lat] in degrees"},
	{ROAD("[[1,2],[1,91]]"),
		"features[0].geometry.coordinates: not a position [lon, lat] in degrees"},
	{ROAD("[[1,2],[-181,0]]"),
		"features[0].geometry.coordinates: not a position [lon, lat] in degrees"},
	{ROAD("[[1,2],[\"1\",0]]"),
		"features[0].geometry.coordinates: not a position [lon, lat] in degrees"},
	{MAP(FEATURE("\"kind\":\"outline\"", "Polygon", "[[[1,2],[3,4]],5]")),
		"features[0].geometry.coordinates: not a list"},
};

static void test_geojson_errors(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
		const char *json = maps[i].json;
		struct registry reg = {0};
		struct err err = {""};
		fill(&reg);
		bool ok = wire_get_geojson(&reg, json, strlen(json), &err);
		assert_string_equal(err.text, maps[i].error != NULL ? maps[i].error : "");
		assert_int_equal(ok, maps[i].error == NULL);
		assert_int_equal(reg.features_len, 2);
		/* It can still grow after it was cut back. */
		feature_add_point(registry_add_feature(&reg), (struct position){0});
		registry_finish(&reg);
	}
}

static void test_geojson_caps(void **state) {
	char *json = repeat(
		"{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":{\"kind\":\"road\"},"
		"\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[1,2]",
		",[1,2]", 50000, "]}}]}");
	struct registry reg = {0};
	struct err err = {""};
	UNUSED(state);
	assert_false(wire_get_geojson(&reg, json, strlen(json), &err));
	assert_string_equal(
		err.text, "features[0].geometry.coordinates: more than 50000 points in the map");
	free(json);
	json = repeat(
		"{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":{\"kind\":\"road\"},"
		"\"geometry\":{\"type\":\"MultiLineString\",\"coordinates\":[[[1,2],[1,2]]",
		",[[1,2],[1,2]]", 2000, "]}}]}");
	assert_false(wire_get_geojson(&reg, json, strlen(json), &err));
	assert_string_equal(
		err.text, "features[0].geometry.coordinates: more than 2000 lines in the map");
	assert_int_equal(reg.features_len, 0);
	free(json);
	registry_finish(&reg);
}

static void test_hostile_bytes(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(hostile_bytes); i++) {
		size_t len = hostile_len(i);
		char *json = dup_exact(hostile_bytes[i].json, len);
		struct registry reg;
		struct err err = {""};
		assert_false(wire_get_registry(&reg, json, len, &err));
		assert_null(strstr(err.text, "rev: missing"));
		assert_false(wire_get_geojson(&reg, json, len, &err));
		free(json);
	}
}

/* A decimal comma of the desk's language changes nothing; says nothing where there is no such
 * locale. */
static void test_locale(void **state) {
	UNUSED(state);
	if (setlocale(LC_ALL, "id_ID.UTF-8") == NULL && setlocale(LC_ALL, "de_DE.UTF-8") == NULL) {
		return;
	}
	test_round_trip(state);
	test_geojson(state);
	setlocale(LC_ALL, "C");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_geojson),
		cmocka_unit_test(test_geojson_errors),
		cmocka_unit_test(test_geojson_caps),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_locale),
	};
	return cmocka_run_group_tests_name("wire_registry", tests, NULL, NULL);
}
