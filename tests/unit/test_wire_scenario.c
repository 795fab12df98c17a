#include "wire_test.h"

#include <siaga/wire/scenario.h>

static void get(struct scenario_line *line, const char *json) {
	struct buf wrong = {0};
	char *copy = dup_exact(json, strlen(json));
	if (!wire_get_scenario_line(line, copy, strlen(json), &wrong)) {
		fail_msg("%s: %s", wrong.data, json);
	}
	free(copy);
}

static void test_head(void **state) {
	struct scenario_line line;
	UNUSED(state);
	get(&line, "{\"scenario\":\"demo\",\"title\":\"Sore di Solo\",\"lang\":\"id\"}\n");
	assert_int_equal(line.type, LINE_HEAD);
	assert_string_equal(line.id, "demo");
	assert_string_equal(scenario_text_get(&line.text, "id"), "Sore di Solo");
	scenario_line_finish(&line);
}

/* The body is what would be posted: as written, without our key. */
static void test_raise(void **state) {
	struct scenario_line line;
	struct command cmd;
	UNUSED(state);
	get(&line, "{\"at\":2.5,\"raise\":{\"key\":\"kebakaran-1\",\"kind\":\"fire\",\"priority\":"
		   "\"P1\","
		   "\"lat\":-7.5755,\"lon\":110.8243217,\"accuracy_m\":15,\"place\":\"Jl. A/B\","
		   "\"note\":\"asap \\u00e9\",\"caller\":{\"name\":\"Siti\",\"phone\":\"+62 "
		   "800-555-0100\"},"
		   "\"source\":\"app\"}}");
	assert_int_equal(line.type, LINE_RAISE);
	assert_int_equal(line.at_ms[0], 2500);
	assert_string_equal(line.key, "kebakaran-1");
	assert_string_equal(line.body.data,
		"{\"kind\":\"fire\",\"priority\":\"P1\",\"lat\":-7.5755,\"lon\":110.8243217,"
		"\"accuracy_m\":15,\"place\":\"Jl. A/B\",\"note\":\"asap \xc3\xa9\","
		"\"caller\":{\"name\":\"Siti\",\"phone\":\"+62 "
		"800-555-0100\"},\"source\":\"app\"}");
	assert_int_equal(line.body.len, strlen(line.body.data));
	assert_true(wire_get_alarm(&cmd, line.body.data, line.body.len, NULL));
	assert_int_equal(cmd.at.lon_e7, 1108243217);
	command_finish(&cmd);
	scenario_line_finish(&line);
}

static void test_update_and_cancel(void **state) {
	struct scenario_line line;
	UNUSED(state);
	get(&line, "{\"at\":60,\"update\":{\"key\":\"k\",\"note\":\"pindah\",\"lat\":-7.5,\"lon\":"
		   "110}}");
	assert_int_equal(line.type, LINE_UPDATE);
	assert_int_equal(line.at_ms[0], 60000);
	assert_string_equal(line.body.data, "{\"note\":\"pindah\",\"lat\":-7.5,\"lon\":110}");
	scenario_line_finish(&line);
	get(&line, "{\"at\":61,\"cancel\":{\"key\":\"k\"}}");
	assert_int_equal(line.type, LINE_CANCEL);
	assert_string_equal(line.key, "k");
	assert_string_equal(line.body.data, "{}");
	scenario_line_finish(&line);
}

static void test_others(void **state) {
	struct scenario_line line;
	UNUSED(state);
	get(&line, "{\"agency\":\"damkar\",\"accept_s\":[6,12],\"en_route_s\":[10,25],"
		   "\"on_scene_s\":[60,120.5],\"clear_s\":[90,90],\"decline\":0.25}");
	assert_int_equal(line.type, LINE_AGENCY);
	assert_string_equal(line.agency, "damkar");
	assert_int_equal(line.step_ms[0][0], 6000);
	assert_int_equal(line.step_ms[2][1], 120500);
	assert_int_equal(line.step_ms[3][0], line.step_ms[3][1]);
	assert_true(line.decline > 0.24 && line.decline < 0.26);
	get(&line, "{\"at\":30,\"camera\":\"Gladag\",\"status\":\"down\"}");
	assert_int_equal(line.type, LINE_CAMERA);
	assert_string_equal(line.camera, "Gladag");
	assert_int_equal(line.camera_status, CAMERA_DOWN);
	get(&line, "{\"at\":30,\"say\":\"Ini latihan.\\u009b\"}");
	assert_int_equal(line.type, LINE_SAY);
	assert_string_equal(line.text.id, "Ini latihan.\xef\xbf\xbd");
	scenario_line_finish(&line);
}

#define STEPS "\"accept_s\":[1,2],\"en_route_s\":[1,2],\"on_scene_s\":[1,2],"

static const struct hostile lines[] = {
	{"{}", "none of scenario, agency, raise, update, cancel, camera, link, say, expect, "
	       "forbid, ghost"},
	{"{\"say\":\"x\"}", "at: missing"},
	{"{\"at\":1,\"sey\":\"x\"}",
		"none of scenario, agency, raise, update, cancel, camera, link, say, expect, "
		"forbid, ghost"},
	{"{\"at\":-1,\"say\":\"x\"}", "at: out of range 0..604800"},
	{"{\"at\":1,\"at\":2,\"say\":\"x\"}", "at: stands twice in one object, at byte 9"},
	{"{\"at\":1,\"say\":{\"id\":\"}\\\"\",\"en\":[{\"en\":\"x\"}], \"en\" :\"x\"}}",
		"en: stands twice in one object, at byte 46"},
	{"{\"at\":1,\"\xc2\x9b\":1,\"\xc2\x9b\":2}",
		"\xef\xbf\xbd: stands twice in one object, at byte 16"},
	{"{\"at\":1,\"a\\u0074\":2}", "a member stands twice in one object"},
	{"{\"at\":1 \"say\":\"x\"}", "not JSON: object value separator ',' expected, at byte 9"},
	{"{\"at\":1,\"say\":X}", "not JSON: a character that does not belong there, at byte 15"},
	{"{\"at\":1e99,\"say\":\"x\"}", "at: out of range 0..604800"},
	{"{\"at\":\"1\",\"say\":\"x\"}", "at: not a number"},
	{"{\"at\":1,\"say\":\"\"}", "say: empty"},
	{"{\"at\":1,\"raise\":[]}", "raise: not an object"},
	{"{\"at\":1,\"raise\":{\"lat\":1,\"lon\":1}}", "raise.key: missing"},
	{"{\"at\":1,\"raise\":{\"key\":\"a b\",\"lat\":1,\"lon\":1}}",
		"raise.key: not an id of 1 to 63 letters"},
	{"{\"at\":1,\"raise\":{\"key\":\"k\",\"lat\":91,\"lon\":1}}",
		"raise.lat: out of range -90..90"},
	{"{\"at\":1,\"raise\":{\"key\":\"k\",\"lat\":1,\"lon\":1,\"caller\":{\"name\":5}}}",
		"raise.caller.name: not a string"},
	{"{\"at\":1,\"update\":{\"key\":\"k\"}}",
		"update: lat and lon, accuracy_m or note: missing"},
	{"{\"at\":1,\"cancel\":{\"key\":\"k\",\"note\":1}}", "cancel.note: not a string"},
	{"{\"at\":1,\"camera\":\"Gladag\"}", "status: missing"},
	{"{\"agency\":\"damkar\"}", "accept_s: missing"},
	{"{\"agency\":\"damkar\",\"accept_s\":5}", "accept_s: not a list"},
	{"{\"agency\":\"damkar\",\"accept_s\":[5]}", "accept_s: not [least, most] seconds"},
	{"{\"agency\":\"damkar\",\"accept_s\":[5,4]}", "accept_s: not [least, most] seconds"},
	{"{\"agency\":\"damkar\",\"accept_s\":[-1,4]}", "accept_s: not [least, most] seconds"},
	{"{\"agency\":\"damkar\",\"accept_s\":[1,1e999]}", "accept_s: not [least, most] seconds"},
	{"{\"agency\":\"damkar\",\"accept_s\":[1,\"2\"]}", "accept_s: not [least, most] seconds"},
	{"{\"agency\":\"damkar\",\"accept_s\":[1,2,3]}", "accept_s: more than 2 items"},
	{"{\"agency\":\"damkar\"," STEPS "\"clear_s\":[1,2],\"decline\":1.5}",
		"decline: out of range 0..1"},
	{"{\"agency\":\"dam kar\"}", "agency: not an id of 1 to 24 letters"},
};

static void test_errors(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct scenario_line line, zero = {0};
		struct buf wrong = {0};
		assert_false(wire_get_scenario_line(
			&line, lines[i].json, strlen(lines[i].json), &wrong));
		wrong.data[strcspn(wrong.data, "\n")] = '\0';
		assert_string_equal(wrong.data, lines[i].error);
		buf_finish(&wrong);
		assert_memory_equal(&line, &zero, sizeof(zero));
	}
}

static void test_hostile_bytes(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(hostile_bytes); i++) {
		size_t len = hostile_len(i);
		char *json = dup_exact(hostile_bytes[i].json, len);
		struct scenario_line line;
		struct buf wrong = {0};
		assert_false(wire_get_scenario_line(&line, json, len, &wrong));
		assert_null(strstr(wrong.data, "at: missing"));
		buf_finish(&wrong);
		free(json);
	}
}

/* What was read is written as it stood: in the order and with the words in which it is written. */
static void what_is_written_is_read_as_the_same(void **state) {
	static const char *const all[] = {
		"{\"scenario\":\"x\"}",
		"{\"scenario\":\"x\",\"title\":\"Malam\",\"lang\":\"id\",\"end\":3600,\"pass\":70}",
		"{\"scenario\":\"x\",\"title\":{\"id\":\"Malam\",\"en\":\"Night\"},\"end\":0.500}",
		"{\"scenario\":\"x\",\"title\":{\"en\":\"Night\"}}",
		"{\"agency\":\"damkar\",\"accept_s\":[4,9.250],\"en_route_s\":[0,0],\"on_scene_s\":"
		"["
		"1,86400],\"clear_s\":[5,5]}",
		"{\"agency\":\"damkar\",\"accept_s\":[1,2],\"en_route_s\":[1,2],\"on_scene_s\":[1,"
		"2],\"clear_s\":[1,2],\"decline\":0.3333333333333333,\"silent\":1,\"units\":3}",
		"{\"at\":0,\"raise\":{\"key\":\"a\",\"lat\":-7.5700000,\"lon\":110.8200000}}",
		"{\"at\":[1,2.500],\"after\":{\"did\":\"verify\",\"key\":\"a\",\"camera\":"
		"\"Gladag\","
		"\"method\":\"camera\"},\"when\":{\"not\":{\"line\":\"y\"}},\"id\":\"z\","
		"\"chance\":"
		"0.25,\"one_of\":\"g\",\"raise\":{\"key\":\"b\",\"spread_m\":50,\"kind\":\"fire\","
		"\"lat\":-7.5700000,\"lon\":110.8200000,\"note\":\"\xc3\xa9 \\\"x\\\" "
		"a/b\",\"caller\":{"
		"\"name\":\"Pelapor "
		"1\"}},\"truth\":{\"real\":true,\"needs\":[\"damkar\",\"psc119\"],"
		"\"may\":[\"polresta\"]}}",
		"{\"at\":1,\"raise\":{\"key\":\"c\",\"lat\":0.0000000,\"lon\":0.0000000},\"truth\":"
		"{"
		"\"real\":false,\"same_as\":\"a\"}}",
		"{\"at\":60,\"update\":{\"key\":\"a\",\"note\":\"pindah\"}}",
		"{\"at\":61,\"cancel\":{\"key\":\"a\"}}",
		"{\"at\":61,\"cancel\":{\"key\":\"a\",\"note\":\"maaf\"}}",
		"{\"at\":30,\"camera\":\"Gladag\",\"status\":\"down\"}",
		"{\"at\":30,\"agency\":\"damkar\",\"desk\":\"late\"}",
		"{\"at\":30.001,\"agency\":\"damkar\",\"status\":\"on_scene\",\"key\":\"a\"}",
		"{\"at\":30,\"agency\":\"damkar\",\"status\":\"declined\",\"key\":\"a\",\"note\":"
		"\"habis\"}",
		"{\"at\":30,\"agency\":\"damkar\",\"key\":\"a\",\"note\":\"butuh air\"}",
		"{\"at\":30,\"link\":\"down\"}",
		"{\"at\":31,\"link\":\"up\"}",
		"{\"after\":{\"all\":[{\"any\":[{\"command\":\"help\"},{\"selected\":\"a\"}]},{"
		"\"state\":\"verified\",\"key\":\"a\"}]},\"say\":{\"id\":\"Baik\",\"en\":\"Well\"}"
		"}",
		"{\"at\":5,\"after\":{\"line\":\"z\"},\"expect\":{\"did\":\"dispatch\",\"key\":"
		"\"a\","
		"\"agency\":\"damkar\",\"within\":60,\"points\":40,\"text\":\"Damkar\"}}",
		"{\"at\":5,\"forbid\":{\"status\":\"accepted\",\"key\":\"a\",\"agency\":\"damkar\","
		"\"points\":1}}",
		"{\"at\":5,\"expect\":{\"did\":\"close\",\"disposition\":\"handled\",\"kind\":"
		"\"fire\","
		"\"priority\":\"P1\",\"within\":0,\"points\":1}}",
		"{\"at\":5,\"ghost\":{\"by\":\"operator-1\",\"position\":\"TMC-1\",\"action\":"
		"\"merge\",\"key\":\"a\",\"into\":\"b\"}}",
		"{\"at\":5,\"ghost\":{\"by\":\"meja-damkar\",\"role\":\"agency\",\"action\":"
		"\"decline\",\"key\":\"a\",\"agency\":\"damkar\",\"note\":\"***\"}}",
		"{\"at\":5,\"ghost\":{\"by\":\"operator-1\",\"action\":\"reject\",\"key\":\"a\","
		"\"reason\":\"prank\"}}",
		"{\"at\":5,\"ghost\":{\"by\":\"operator-1\",\"action\":\"update\",\"key\":\"a\","
		"\"kind\":\"flood\",\"lat\":-7.5000000,\"lon\":110.8000001,\"place\":\"Jurug\"}}",
		"{\"at\":5,\"ghost\":{\"by\":\"operator-1\",\"action\":\"update\",\"key\":\"a\","
		"\"place\":\"\"}}",
		"{\"at\":5,\"ghost\":{\"by\":\"operator-1\",\"action\":\"hold\",\"key\":\"a\","
		"\"until_s\":1200.500}}",
		"{\"at\":5,\"ghost\":{\"by\":\"operator-1\",\"action\":\"hold\",\"key\":\"a\"}}",
	};
	unsigned types = 0;
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct scenario_line line;
		struct buf out = {0};
		get(&line, all[i]);
		types |= 1u << line.type;
		wire_put_scenario_line(&out, &line);
		assert_string_equal(out.data, all[i]);
		buf_finish(&out);
		scenario_line_finish(&line);
	}
	assert_int_equal(types, (1u << LINE_TYPE_COUNT) - 1);
}

static void what_a_ghost_says_is_read(void **state) {
	struct scenario_line line;
	UNUSED(state);
	get(&line, "{\"at\":5,\"ghost\":{\"by\":\"o\",\"action\":\"hold\",\"key\":\"a\","
		   "\"until_s\":90}}");
	assert_int_equal(line.until_ms, 90000);
	assert_false(line.has_where);
	assert_null(line.place);
	scenario_line_finish(&line);
	get(&line, "{\"at\":5,\"ghost\":{\"by\":\"o\",\"action\":\"update\",\"key\":\"a\","
		   "\"place\":\"x\",\"lat\":-7.5,\"lon\":110}}");
	assert_true(line.has_where);
	assert_int_equal(line.where.lat_e7, -75000000);
	assert_string_equal(line.place, "x");
	scenario_line_finish(&line);
}

/* An alarm that was cleaned may be longer than what a caller may send; it is cut. */
static void alarms_are_posted_again(void **state) {
	struct command cmd = {.kind = KIND_FIRE,
		.priority = PRIORITY_P2,
		.mode = MODE_TEST,
		.alarm = {.at = {-75700000, 1108200000},
			.accuracy_m = 12,
			.occurred_at_ms = 1700000000123,
			.caller_name = "Pelapor 1",
			.caller_phone = "+62 800-555-0001",
			.source = "app"}};
	struct command got;
	struct buf out = {0};
	UNUSED(state);
	memset(cmd.alarm.place, 'x', sizeof(cmd.alarm.place) - 1);
	cmd.alarm.note = mem_dup_str("asap");
	wire_put_alarm(&out, &cmd);
	assert_true(wire_get_alarm(&got, out.data, out.len, NULL));
	assert_int_equal(got.kind, KIND_FIRE);
	assert_int_equal(got.priority, PRIORITY_P2);
	assert_int_equal(got.mode, MODE_TEST);
	assert_int_equal(got.alarm.at.lat_e7, -75700000);
	assert_int_equal(got.alarm.accuracy_m, 12);
	assert_int_equal(got.alarm.occurred_at_ms, 1700000000123);
	assert_int_equal(strlen(got.alarm.place), 120);
	assert_string_equal(got.alarm.caller_name, "Pelapor 1");
	assert_string_equal(got.alarm.caller_phone, "+62 800-555-0001");
	assert_string_equal(got.alarm.source, "app");
	assert_string_equal(got.alarm.note, "asap");
	command_finish(&got);
	command_finish(&cmd);
	buf_finish(&out);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_raise),
		cmocka_unit_test(test_update_and_cancel),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(what_is_written_is_read_as_the_same),
		cmocka_unit_test(what_a_ghost_says_is_read),
		cmocka_unit_test(alarms_are_posted_again),
	};
	return cmocka_run_group_tests_name("wire_scenario", tests, NULL, NULL);
}
