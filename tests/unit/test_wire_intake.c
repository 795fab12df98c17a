#include "wire_test.h"

#include <siaga/base/text.h>

#define POS "\"lat\":-7.5755,\"lon\":110.8243"

static bool get_alarm(struct command *cmd, const char *json, struct err *err) {
	char *copy = dup_exact(json, strlen(json));
	bool ok = wire_get_alarm(cmd, copy, strlen(json), err);
	free(copy);
	return ok;
}

static void test_whole(void **state) {
	struct command cmd;
	struct err err;
	UNUSED(state);
	assert_true(get_alarm(&cmd,
		"{\"kind\":\"fire\"," POS ",\"accuracy_m\":12.6,\"occurred_at\":"
		"\"2026-01-01T07:00:00.5+07:00\",\"place\":\"Pasar\\tGede\",\"note\":\"asap\\u001b["
		"2J\","
		"\"caller\":{\"name\":\"Siti\\u202e\",\"phone\":\"+62 800-555-0100\"},"
		"\"source\":\"app\",\"priority\":\"P3\",\"mode\":\"test\",\"more\":{\"x\":[1]}}",
		&err));
	assert_int_equal(cmd.action, ACTION_RAISE);
	assert_int_equal(cmd.has, HAS_KIND | HAS_PRIORITY | HAS_AT | HAS_PLACE | HAS_ACCURACY);
	assert_int_equal(cmd.kind, KIND_FIRE);
	assert_int_equal(cmd.priority, PRIORITY_P3);
	assert_int_equal(cmd.mode, MODE_TEST);
	assert_int_equal(cmd.at.lat_e7, -75755000);
	assert_int_equal(cmd.alarm.at.lon_e7, 1108243000);
	assert_int_equal(cmd.alarm.accuracy_m, 13);
	assert_int_equal(cmd.alarm.occurred_at_ms, INT64_C(1767225600500));
	assert_string_equal(cmd.alarm.place, "Pasar Gede");
	assert_string_equal(cmd.place, "Pasar Gede");
	assert_string_equal(cmd.alarm.note, "asap\xef\xbf\xbd[2J");
	assert_string_equal(cmd.alarm.caller_name, "Siti");
	assert_string_equal(cmd.alarm.caller_phone, "+62 800-555-0100");
	assert_string_equal(cmd.alarm.source, "app");
	assert_null(cmd.note);
	command_finish(&cmd);
}

static void test_bare_press(void **state) {
	struct command cmd;
	UNUSED(state);
	assert_true(
		get_alarm(&cmd, " {" POS ",\"kind\":null,\"caller\":null,\"note\":\"\"}\n", NULL));
	assert_int_equal(cmd.kind, KIND_UNKNOWN);
	assert_int_equal(cmd.priority, PRIORITY_P2);
	assert_int_equal(cmd.mode, MODE_ACTUAL);
	assert_int_equal(cmd.has, HAS_AT);
	assert_int_equal(cmd.alarm.accuracy_m, -1);
	assert_null(cmd.alarm.note);
	command_finish(&cmd);
}

static void test_default_priority(void **state) {
	static const char want[KIND_COUNT] = {
		[KIND_UNKNOWN] = '2',
		[KIND_FIRE] = '1',
		[KIND_MEDICAL] = '1',
		[KIND_ACCIDENT] = '2',
		[KIND_CRIME] = '2',
		[KIND_RESCUE] = '1',
		[KIND_FLOOD] = '2',
		[KIND_TRAFFIC] = '3',
		[KIND_HAZARD] = '2',
		[KIND_CROWD] = '3',
		[KIND_OTHER] = '3',
	};
	UNUSED(state);
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct command cmd;
		struct buf json = {0};
		buf_printf(&json, "{\"kind\":\"%s\"," POS "}", kind_name((enum kind)kind));
		assert_true(wire_get_alarm(&cmd, json.data, json.len, NULL));
		assert_int_equal(priority_name(cmd.priority)[1], want[kind]);
		command_finish(&cmd);
		buf_finish(&json);
	}
}

/* Decimal degrees come through exactly, however they are written. */
static void test_degrees(void **state) {
	static const struct {
		const char *lat;
		int32_t lat_e7;
	} cases[] = {
		{"0", 0},
		{"-0.0", 0},
		{"90", 900000000},
		{"-90.0", -900000000},
		{"-7.5755123", -75755123},
		{"-7.57551234999", -75755123},
		{"7.00000005e0", 70000001},
		{"1e1", 100000000},
		{"89.9999999", 899999999},
		{"0.0000001", 1},
	};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct command cmd;
		struct buf json = {0};
		buf_printf(&json, "{\"lat\":%s,\"lon\":180}", cases[i].lat);
		assert_true(wire_get_alarm(&cmd, json.data, json.len, NULL));
		assert_int_equal(cmd.at.lat_e7, cases[i].lat_e7);
		assert_int_equal(cmd.at.lon_e7, 1800000000);
		command_finish(&cmd);
		buf_finish(&json);
	}
}

static const struct hostile bodies[] = {
	{"{}", "lat: missing"},
	{"{\"lat\":-7}", "lon: missing"},
	{"{\"lon\":110}", "lat: missing"},
	{"{\"lat\":90.0000001,\"lon\":0}", "lat: out of range -90..90"},
	{"{\"lat\":0,\"lon\":-180.1}", "lon: out of range -180..180"},
	{"{\"lat\":99999999999999999999,\"lon\":0}", "lat: out of range -90..90"},
	{"{\"lat\":-1e999,\"lon\":0}", "lat: out of range -90..90"},
	{"{\"lat\":\"-7.5\",\"lon\":0}", "lat: not a number"},
	{"{\"lat\":true,\"lon\":0}", "lat: not a number"},
	{"{" POS ",\"kind\":\"api\"}", "kind: unknown value"},
	{"{" POS ",\"kind\":\"Fire\"}", "kind: unknown value"},
	{"{" POS ",\"kind\":1}", "kind: not a string"},
	{"{" POS ",\"priority\":\"P5\"}", "priority: unknown value"},
	{"{" POS ",\"mode\":\"demo\"}", "mode: unknown value"},
	{"{" POS ",\"accuracy_m\":-1}", "accuracy_m: out of range 0..100000"},
	{"{" POS ",\"accuracy_m\":100001}", "accuracy_m: out of range 0..100000"},
	{"{" POS ",\"accuracy_m\":\"5\"}", "accuracy_m: not a number"},
	{"{" POS ",\"occurred_at\":\"kemarin\"}", "occurred_at: not an RFC 3339 time"},
	{"{" POS ",\"occurred_at\":0}", "occurred_at: not a string"},
	{"{" POS ",\"place\":[]}", "place: not a string"},
	{"{" POS ",\"note\":false}", "note: not a string"},
	{"{" POS ",\"caller\":\"Siti\"}", "caller: not an object"},
	{"{" POS ",\"caller\":{\"name\":1}}", "caller.name: not a string"},
	{"{" POS ",\"source\":{}}", "source: not a string"},
};

static void test_errors(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct command cmd, zero = {0};
		struct err err = {""};
		assert_false(get_alarm(&cmd, bodies[i].json, &err));
		assert_string_equal(err.text, bodies[i].error);
		assert_memory_equal(&cmd, &zero, sizeof(zero));
	}
}

static void test_lengths(void **state) {
	static const struct {
		const char *head, *tail;
		size_t max;
		const char *error;
	} cases[] = {
		{"\"place\":\"", "\"", 120, "place: longer than 120 bytes"},
		{"\"note\":\"", "\"", 2000, "note: longer than 2000 bytes"},
		{"\"caller\":{\"name\":\"", "\"}", 80, "caller.name: longer than 80 bytes"},
		{"\"caller\":{\"phone\":\"", "\"}", 32, "caller.phone: longer than 32 bytes"},
		{"\"source\":\"", "\"", 24, "source: longer than 24 bytes"},
	};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t over = 0; over < 2; over++) {
			struct command cmd;
			struct err err = {""};
			struct buf json = {0};
			char *text = repeat(cases[i].head, "x", cases[i].max + over, cases[i].tail);
			buf_printf(&json, "{" POS ",%s}", text);
			bool ok = get_alarm(&cmd, json.data, &err);
			assert_int_equal(ok, over == 0);
			assert_string_equal(err.text, over == 0 ? "" : cases[i].error);
			if (ok) {
				command_finish(&cmd);
			}
			buf_finish(&json);
			free(text);
		}
	}
}

/* A place of the greatest length that grows by cleaning is cut between characters. */
static void test_growing_text(void **state) {
	char *json = repeat("{" POS ",\"place\":\"", "\\u0007", 120, "\"}");
	struct command cmd;
	UNUSED(state);
	assert_true(get_alarm(&cmd, json, NULL));
	assert_true(text_utf8_ok(cmd.alarm.place, strlen(cmd.alarm.place)));
	assert_true(strlen(cmd.alarm.place) < PLACE_SIZE);
	command_finish(&cmd);
	free(json);
}

static void test_update(void **state) {
	static const struct hostile cases[] = {
		{"{" POS "}", NULL},
		{"{\"accuracy_m\":0}", NULL},
		{"{\"note\":\"pindah\"}", NULL},
		{"{}", "lat and lon, accuracy_m or note: missing"},
		{"{\"note\":\"\"}", "lat and lon, accuracy_m or note: missing"},
		{"{\"lat\":1}", "lon: missing"},
		{"{\"lon\":1}", "lat: missing"},
		{"{\"lat\":1,\"lon\":181}", "lon: out of range -180..180"},
	};
	struct command cmd;
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = {""};
		bool ok = wire_get_alarm_update(&cmd, cases[i].json, strlen(cases[i].json), &err);
		assert_int_equal(ok, cases[i].error == NULL);
		assert_string_equal(err.text, ok ? "" : cases[i].error);
		if (ok) {
			assert_int_equal(cmd.action, ACTION_UPDATE);
			command_finish(&cmd);
		}
	}
	const char *all = "{" POS ",\"accuracy_m\":5,\"note\":\"di lantai 2\"}";
	assert_true(wire_get_alarm_update(&cmd, all, strlen(all), NULL));
	assert_int_equal(cmd.has, HAS_AT | HAS_ACCURACY);
	assert_int_equal(cmd.at.lat_e7, -75755000);
	assert_int_equal(cmd.accuracy_m, 5);
	assert_string_equal(cmd.note, "di lantai 2");
	command_finish(&cmd);
}

static void test_cancel(void **state) {
	struct command cmd;
	struct err err;
	UNUSED(state);
	assert_true(wire_get_alarm_cancel(&cmd, NULL, 0, &err));
	assert_int_equal(cmd.action, ACTION_WITHDRAW);
	assert_int_equal(cmd.has, HAS_WITHDRAWN);
	assert_null(cmd.note);
	assert_true(wire_get_alarm_cancel(&cmd, "{}", 2, &err));
	assert_null(cmd.note);
	assert_true(wire_get_alarm_cancel(&cmd, "{\"note\":\"aman\"}", 15, &err));
	assert_string_equal(cmd.note, "aman");
	command_finish(&cmd);
	assert_false(wire_get_alarm_cancel(&cmd, "{\"note\":1}", 10, &err));
	assert_string_equal(err.text, "note: not a string");
}

/* A body that asks for nothing takes any object, so an error is the bytes' own. */
static void test_hostile_bytes(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(hostile_bytes); i++) {
		size_t len = hostile_len(i);
		char *json = dup_exact(hostile_bytes[i].json, len);
		struct command cmd;
		struct err err = {""};
		if (len > 0 && wire_get_alarm_cancel(&cmd, json, len, &err)) {
			fail_msg("taken: %s", hostile_bytes[i].json);
		}
		assert_int_equal(len > 0, err.text[0] != '\0');
		free(json);
	}
}

static void test_depth(void **state) {
	const char *fine = "{\"x\":[[[[[[1]]]]]]}", *deep = "{\"x\":[[[[[[[1]]]]]]]}";
	struct command cmd;
	struct err err;
	UNUSED(state);
	assert_true(wire_get_alarm_cancel(&cmd, fine, strlen(fine), &err));
	assert_false(wire_get_alarm_cancel(&cmd, deep, strlen(deep), &err));
	assert_string_equal(err.text, "not JSON: nesting too deep, at byte 13");
}

static void test_answers(void **state) {
	struct buf out = {0};
	UNUSED(state);
	wire_put_alarm_answer(&out, ID_A, ID_B, 412, 48214);
	assert_string_equal(out.data,
		"{\"alarm\":\"" ID_A "\",\"incident\":\"" ID_B "\",\"number\":412,\"seq\":48214}");
	buf_clear(&out);
	wire_put_error(&out, "invalid", "lat: \"x\"");
	assert_string_equal(out.data, "{\"error\":\"invalid\",\"message\":\"lat: \\\"x\\\"\"}");
	buf_finish(&out);
}

/* The citizen hears of help that has said yes, and nothing of who or where. */
static void test_state(void **state) {
	struct registry reg = {0};
	struct dispatch dispatches[DISPATCH_STATE_COUNT] = {0};
	struct incident inc = {.number = 412, .state = INCIDENT_DISPATCHED};
	struct buf out = {0};
	UNUSED(state);
	struct agency *agency = registry_add_agency(&reg);
	strcpy(agency->id, "damkar");
	strcpy(agency->name, "Pemadam Kebakaran");
	for (int i = 0; i < DISPATCH_STATE_COUNT; i++) {
		strcpy(dispatches[i].agency, i == DISPATCH_EN_ROUTE ? "damkar" : "other");
		dispatches[i].state = (enum dispatch_state)i;
		dispatches[i].at_ms[i] = INT64_C(1767225600000);
	}
	inc.dispatches = dispatches;
	inc.dispatches_len = DISPATCH_STATE_COUNT;
	wire_put_alarm_state(&out, ID_A, &inc, &reg);
	assert_string_equal(out.data,
		"{\"alarm\":\"" ID_A "\",\"number\":412,\"state\":\"dispatched\",\"agencies\":["
		"{\"agency\":\"other\",\"state\":\"accepted\",\"at\":\"2026-01-01T00:00:00.000Z\"},"
		"{\"agency\":\"damkar\",\"name\":\"Pemadam Kebakaran\",\"state\":\"en_route\","
		"\"at\":\"2026-01-01T00:00:00.000Z\"},"
		"{\"agency\":\"other\",\"state\":\"on_scene\",\"at\":\"2026-01-01T00:00:00.000Z\"}]"
		"}");
	registry_finish(&reg);
	buf_finish(&out);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_bare_press),
		cmocka_unit_test(test_default_priority),
		cmocka_unit_test(test_degrees),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_growing_text),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_state),
	};
	return cmocka_run_group_tests_name("wire_intake", tests, NULL, NULL);
}
