#include "test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <siaga/feed/registry_load.h>

static const char agencies[] = "id,name,short,fkey,letter,phone,desk\n"
			       "damkar,Pemadam Kebakaran,DAMKAR,2,d,113,console\n"
			       "pln,PLN,PLN,9,l,123,phone\n";
static const char cameras[] = "id,owner,name,lat,lon,status,fictional,stream,snapshot\n"
			      "Gladag,dishub,Gladag,-7.5722,110.8289,ok,no,,\n";
static const char plans[] = "kind,priority,agencies,dispatch_first\nfire,*,damkar pln,yes\n";
static const char map[] =
	"{\"type\":\"FeatureCollection\",\"credit\":\"x\",\"features\":[{\"type\":\"Feature\","
	"\"properties\":{\"kind\":\"outline\",\"name\":\"Solo\",\"class\":\"\"},\"geometry\":"
	"{\"type\":\"LineString\",\"coordinates\":[[110.77,-7.59],[110.86,-7.52]]}}]}";

static char dir[64];

static void put(const char *name, const char *text) {
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int setup(void **state) {
	UNUSED(state);
	strcpy(dir, "/tmp/siaga-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	put("agencies.csv", agencies);
	put("cameras.csv", cameras);
	put("plans.csv", plans);
	put("map.geojson", map);
	return 0;
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw) {
	UNUSED(st);
	UNUSED(type);
	UNUSED(ftw);
	return remove(path);
}

static int teardown(void **state) {
	UNUSED(state);
	return nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static void good_files_are_read(void **state) {
	struct registry reg;
	struct err err = {0};
	UNUSED(state);
	assert_true(registry_load(&reg, dir, &err));
	assert_int_equal(reg.agencies_len, 2);
	assert_int_equal(registry_agency(&reg, "damkar")->fkey, 2);
	assert_true(registry_agency(&reg, "pln")->by_phone);
	assert_int_equal(registry_camera(&reg, "Gladag")->at.lat_e7, -75722000);
	assert_true(registry_plan(&reg, KIND_FIRE, PRIORITY_P2)->dispatch_first);
	assert_true(reg.grid.cols > 0);
	registry_finish(&reg);
}

static void a_spreadsheets_habits_are_no_errors(void **state) {
	struct registry reg;
	struct err err = {0};
	UNUSED(state);
	put("cameras.csv", "\xef\xbb\xbfname;id;owner;lon;lat;status;fictional;stream;snapshot\r\n"
			   "\"Gladag; \"\"timur\"\"\";Gladag;dishub;110.8289;-7.5722;ok;no;;\r\n");
	assert_true(registry_load(&reg, dir, &err));
	assert_string_equal(registry_camera(&reg, "Gladag")->name, "Gladag; \"timur\"");
	registry_finish(&reg);
}

static void a_bad_file_is_refused_with_file_line_and_field(void **state) {
	static const struct {
		const char *file, *text, *says[3];
	} cases[] = {
		{"cameras.csv",
			"id,owner,name,lat,lon,status,fictional,stream,snapshot\nA,dishub,A,-7.5,"
			"110.8,ok,no,,\nB,dishub,B,97,110.8,ok,no,,\n",
			{"cameras.csv", ":3", "lat"}},
		{"cameras.csv",
			"id,owner,name,lat,lon,status,fictional,stream,snapshot\nA,dishub,A,-7.5,"
			"110.8,ok,no,,\nA,dishub,A,-7.5,110.8,ok,no,,\n",
			{"cameras.csv", ":3", "id"}},
		{"cameras.csv",
			"id,owner,name,lat,lon,status,fictional,stream,snapshot\nA,nobody,A,-7.5,"
			"110.8,ok,no,,\n",
			{"cameras.csv", ":2", "owner"}},
		{"cameras.csv",
			"id,owner,name,lat,status,fictional,stream,snapshot\nA,dishub,A,-7.5,ok,no,"
			",\n",
			{"cameras.csv", "lon", ""}},
		{"cameras.csv", "", {"cameras.csv", "", ""}},
		{"agencies.csv",
			"id,name,short,fkey,letter,phone,desk\na,A,A,2,x,,console\nb,B,B,2,y,,"
			"console\n",
			{"agencies.csv", ":3", "fkey"}},
		{"agencies.csv", "id,name,short,fkey,letter,phone,desk\na,A,A,2,x,,somewhere\n",
			{"agencies.csv", ":2", "desk"}},
		{"plans.csv", "kind,priority,agencies,dispatch_first\nfire,*,nobody,yes\n",
			{"plans.csv", ":2", "agencies"}},
		{"plans.csv", "kind,priority,agencies,dispatch_first\nfires,*,damkar,yes\n",
			{"plans.csv", ":2", "kind"}},
		{"plans.csv", "kind,priority,agencies,dispatch_first\nfire,P9,damkar,yes\n",
			{"plans.csv", ":2", "priority"}},
		{"map.geojson", "{\"type\":\"FeatureCollection\"", {"map.geojson", "", ""}},
		{"map.geojson",
			"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
			"\"properties\":"
			"{\"kind\":\"moat\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[110,"
			"-7]}}]}",
			{"map.geojson", "kind", ""}},
	};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct registry reg;
		struct err err = {0};
		put("agencies.csv", agencies);
		put("cameras.csv", cameras);
		put("plans.csv", plans);
		put("map.geojson", map);
		put(cases[i].file, cases[i].text);
		assert_false(registry_load(&reg, dir, &err));
		for (size_t k = 0; k < 3; k++) {
			if (strstr(err.text, cases[i].says[k]) == NULL) {
				fail_msg("case %zu: \"%s\" does not say \"%s\"", i, err.text,
					cases[i].says[k]);
			}
		}
		assert_int_equal(reg.agencies_len, 0);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good_files_are_read, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_spreadsheets_habits_are_no_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_bad_file_is_refused_with_file_line_and_field, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
