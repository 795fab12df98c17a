#include "wire_test.h"

#include <siaga/base/text.h>

#define AT_MS INT64_C(1767225600123)

static void fill_alarm(struct alarm *alarm) {
	strcpy(alarm->id, ID_B);
	alarm->occurred_at_ms = AT_MS - 90000;
	alarm->received_at_ms = AT_MS;
	alarm->at = (struct position){-75755123, 1108243217};
	alarm->accuracy_m = 15;
	strcpy(alarm->caller_name, "Siti Aminah");
	strcpy(alarm->caller_phone, "+62 800-555-0117");
	strcpy(alarm->source, "app");
	strcpy(alarm->place, "Jl. Slamet Riyadi");
	alarm->note = mem_dup_str("asap tebal \"dari\" atap \\ lantai 2");
}

/* An event of every type with every member that it may have. */
static void fill(struct event *event, enum event_type type) {
	memset(event, 0, sizeof(*event));
	event->seq = 48214;
	event->at_ms = AT_MS;
	event->type = type;
	event->accuracy_m = -1;
	event->alarm.accuracy_m = -1;
	strcpy(event->by.name, "ayu");
	strcpy(event->by.position, "TMC-1");
	if (type < EVENT_CAMERA_STATUS || type == EVENT_CAMERA_VIEWED) {
		strcpy(event->incident, ID_A);
		event->number = 412;
		event->rev = 7;
	}
	event->note = mem_dup_str("catatan");
	if (type == EVENT_INCIDENT_RAISED || type == EVENT_INCIDENT_ALARM_ADDED) {
		fill_alarm(&event->alarm);
	}
	if (type == EVENT_INCIDENT_RAISED) {
		event->kind = KIND_FIRE;
		event->priority = PRIORITY_P1;
		event->at = (struct position){-75755123, 1108243217};
		strcpy(event->place, "Jl. Slamet Riyadi");
		event->mode = MODE_EXERCISE;
	}
	if (type == EVENT_INCIDENT_ALARM_ADDED) {
		strcpy(event->alarm.from, ID_C);
		event->alarm.withdrawn = true;
	}
	if (type >= EVENT_DISPATCH_REQUESTED && type <= EVENT_DISPATCH_EXPIRED) {
		strcpy(event->agency, "damkar");
	}
}

static void fill_words(struct event *event) {
	switch ((int)event->type) {
	case EVENT_INCIDENT_VERIFIED:
		event->method = METHOD_CAMERA;
		strcpy(event->camera, "Gladag");
		break;
	case EVENT_INCIDENT_REJECTED: event->reason = REJECT_PRANK; break;
	case EVENT_INCIDENT_MERGED:
	case EVENT_INCIDENT_SPLIT: strcpy(event->other, ID_D); break;
	case EVENT_INCIDENT_HELD: event->until_ms = AT_MS + 600000; break;
	case EVENT_INCIDENT_CLOSED: event->disposition = DISPOSITION_FIRE_OUT; break;
	case EVENT_CAMERA_STATUS:
		strcpy(event->camera, "TMC-001");
		event->camera_status = CAMERA_DOWN;
		break;
	case EVENT_CAMERA_VIEWED: strcpy(event->camera, "TMC-001"); break;
	case EVENT_REGISTRY_CHANGED: event->registry_rev = 7; break;
	case EVENT_LINK_UP:
	case EVENT_LINK_DOWN:
		strcpy(event->agency, "psc119");
		event->role = ROLE_AGENCY;
		break;
	case EVENT_INCIDENT_VIEWED: event->role = ROLE_OBSERVER; break;
	case EVENT_LOG_PURGED: event->before_ms = AT_MS - 7776000000; break;
	default: break;
	}
}

static void assert_same_note(const char *a, const char *b) {
	assert_int_equal(a == NULL, b == NULL);
	if (a != NULL) {
		assert_string_equal(a, b);
	}
}

static void assert_same(const struct event *a, const struct event *b) {
	struct event x = *a, y = *b;
	assert_same_note(a->note, b->note);
	assert_same_note(a->alarm.note, b->alarm.note);
	x.note = y.note = x.alarm.note = y.alarm.note = NULL;
	assert_memory_equal(&x, &y, sizeof(x));
}

static void round_trip(const struct event *event) {
	struct event back;
	struct buf text = {0}, again = {0};
	struct err err = {""};
	wire_put_event(&text, event);
	if (!wire_get_event(&back, text.data, text.len, &err)) {
		fail_msg("%s: %s", err.text, text.data);
	}
	assert_same(event, &back);
	wire_put_event(&again, &back);
	assert_string_equal(text.data, again.data);
	event_finish(&back);
	buf_finish(&text);
	buf_finish(&again);
}

static void test_every_type(void **state) {
	UNUSED(state);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		struct event event;
		fill(&event, (enum event_type)type);
		fill_words(&event);
		round_trip(&event);
		event_finish(&event);
	}
}

/* The same with nothing that can be left out. */
static void test_every_type_bare(void **state) {
	UNUSED(state);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		struct event event;
		fill(&event, (enum event_type)type);
		fill_words(&event);
		event_finish(&event);
		event.mode = MODE_ACTUAL;
		event.until_ms = 0;
		event.place[0] = '\0';
		memset(&event.by, 0, sizeof(event.by));
		event.alarm.occurred_at_ms = 0;
		event.alarm.accuracy_m = -1;
		event.alarm.withdrawn = false;
		memset(event.alarm.from, 0, sizeof(event.alarm.from));
		memset(event.place, 0, sizeof(event.place));
		memset(event.alarm.place, 0, sizeof(event.alarm.place));
		memset(event.alarm.source, 0, sizeof(event.alarm.source));
		memset(event.alarm.caller_name, 0, sizeof(event.alarm.caller_name));
		memset(event.alarm.caller_phone, 0, sizeof(event.alarm.caller_phone));
		if (type == EVENT_LINK_UP || type == EVENT_LINK_DOWN) {
			memset(event.agency, 0, sizeof(event.agency));
			event.role = ROLE_NONE;
		}
		if (type == EVENT_INCIDENT_VERIFIED) {
			event.method = METHOD_CALLBACK;
			memset(event.camera, 0, sizeof(event.camera));
		}
		round_trip(&event);
	}
}

/* An update says what it changes, in every combination. */
static void test_every_has(void **state) {
	static const unsigned flags[] = {
		HAS_KIND, HAS_PRIORITY, HAS_AT, HAS_PLACE, HAS_ACCURACY, HAS_WITHDRAWN};
	UNUSED(state);
	for (unsigned bits = 0; bits < 1u << ARRAY_LEN(flags); bits++) {
		struct event event;
		fill(&event, EVENT_INCIDENT_UPDATED);
		for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
			event.has |= bits & 1u << i ? flags[i] : 0;
		}
		event.kind = event.has & HAS_KIND ? KIND_FLOOD : KIND_UNKNOWN;
		event.priority = event.has & HAS_PRIORITY ? PRIORITY_P4 : PRIORITY_P1;
		if (event.has & HAS_AT) {
			event.at = (struct position){900000000, -1800000000};
		}
		event.accuracy_m = event.has & HAS_ACCURACY ? 0 : -1;
		if (event.has & HAS_PLACE && bits & 1) {
			strcpy(event.place, "Pasar Gede");
		}
		if (event.has & HAS_WITHDRAWN) {
			strcpy(event.alarm.id, ID_B);
		}
		round_trip(&event);
		event_finish(&event);
	}
}

static void test_shape(void **state) {
	struct buf text = {0};
	struct event event;
	UNUSED(state);
	fill(&event, EVENT_INCIDENT_RAISED);
	wire_put_event(&text, &event);
	assert_string_equal(text.data,
		"{\"seq\":48214,\"at\":\"2026-01-01T00:00:00.123Z\",\"incident\":\"" ID_A
		"\",\"number\":412,\"rev\":7,\"type\":\"incident.raised\",\"mode\":\"exercise\","
		"\"by\":{\"name\":\"ayu\",\"position\":\"TMC-1\"},\"data\":{\"kind\":\"fire\","
		"\"priority\":\"P1\",\"place\":\"Jl. Slamet Riyadi\",\"lat\":-7.5755123,"
		"\"lon\":110.8243217,\"alarm\":{\"id\":\"" ID_B
		"\",\"occurred_at\":\"2025-12-31T23:58:30.123Z\","
		"\"received_at\":\"2026-01-01T00:00:00.123Z\",\"lat\":-7.5755123,"
		"\"lon\":110.8243217,\"accuracy_m\":15,\"caller\":{\"name\":\"Siti Aminah\","
		"\"phone\":\"+62 800-555-0117\"},\"source\":\"app\",\"place\":\"Jl. Slamet "
		"Riyadi\",\"note\":\"asap tebal \\\"dari\\\" atap \\\\ lantai 2\"},"
		"\"note\":\"catatan\"}}");
	event_finish(&event);
	buf_finish(&text);
}

static void check_masked(const char *name, const char *phone, const char *want) {
	struct buf text = {0};
	struct event event, back;
	struct err err;
	fill(&event, EVENT_INCIDENT_ALARM_ADDED);
	strcpy(event.alarm.caller_name, name);
	strcpy(event.alarm.caller_phone, phone);
	wire_put_event_masked(&text, &event, NULL);
	if (want != NULL) {
		assert_non_null(strstr(text.data, want));
	} else {
		assert_null(strstr(text.data, "caller"));
	}
	assert_null(strstr(text.data, "Aminah"));
	assert_null(strstr(text.data, "555"));
	assert_true(wire_get_event(&back, text.data, text.len, &err));
	event_finish(&back);
	event_finish(&event);
	buf_finish(&text);
}

static void test_masked(void **state) {
	UNUSED(state);
	check_masked("Siti Aminah", "+62 800-555-0117",
		"\"caller\":{\"name\":\"S***\",\"phone\":\"***17\"},");
	check_masked("\xc3\x89lan Aminah", "", "\"caller\":{\"name\":\"\xc3\x89***\"},");
	check_masked("", "110", "\"caller\":{\"phone\":\"***\"},");
	check_masked("", "", NULL);
}

/* What is kept for ever: times, places, kinds and who did it, and nobody who called. */
static void test_bare(void **state) {
	struct buf text = {0};
	struct event event, back;
	struct err err;
	UNUSED(state);
	fill(&event, EVENT_INCIDENT_RAISED);
	wire_put_event_bare(&text, &event);
	assert_string_equal(text.data,
		"{\"seq\":48214,\"at\":\"2026-01-01T00:00:00.123Z\",\"incident\":\"" ID_A
		"\",\"number\":412,\"rev\":7,\"type\":\"incident.raised\",\"mode\":\"exercise\","
		"\"by\":{\"name\":\"ayu\",\"position\":\"TMC-1\"},\"data\":{\"kind\":\"fire\","
		"\"priority\":\"P1\",\"place\":\"Jl. Slamet Riyadi\",\"lat\":-7.5755123,"
		"\"lon\":110.8243217,\"alarm\":{\"id\":\"" ID_B
		"\",\"occurred_at\":\"2025-12-31T23:58:30.123Z\","
		"\"received_at\":\"2026-01-01T00:00:00.123Z\",\"lat\":-7.5755123,"
		"\"lon\":110.8243217,\"accuracy_m\":15,\"source\":\"app\",\"place\":\"Jl. Slamet "
		"Riyadi\"}}}");
	assert_true(wire_get_event(&back, text.data, text.len, &err));
	assert_string_equal(back.alarm.caller_name, "");
	assert_null(back.note);
	event_finish(&back);
	event_finish(&event);
	buf_finish(&text);
}

/* Every event can be read again when its persons are forgotten, and is bare then. */
static void test_bare_of_each(void **state) {
	struct err err;
	UNUSED(state);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		struct buf text = {0}, again = {0};
		struct event event, back;
		fill(&event, (enum event_type)type);
		fill_words(&event);
		wire_put_event_bare(&text, &event);
		assert_null(strstr(text.data, "\"note\":"));
		assert_null(strstr(text.data, "Aminah"));
		if (!wire_get_event(&back, text.data, text.len, &err)) {
			fail_msg("%s: %s", text.data, err.text);
		}
		wire_put_event(&again, &back);
		assert_string_equal(text.data, again.data);
		event_finish(&back);
		event_finish(&event);
		buf_finish(&text);
		buf_finish(&again);
	}
}

/* Whatever stands in a struct, what leaves us is JSON without control characters. */
static void test_escapes(void **state) {
	struct buf text = {0};
	struct event event, back;
	struct err err;
	UNUSED(state);
	fill(&event, EVENT_INCIDENT_NOTED);
	free(event.note);
	event.note = mem_dup_str("\033[2J \x7f \xc2\x9b \xff \xe2\x80 \xc3\xa9 \xf0\x9f\x9a\x92");
	wire_put_event(&text, &event);
	assert_non_null(strstr(text.data,
		"\"\\u001b[2J \\u007f \\u009b \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd \xc3\xa9 "
		"\xf0\x9f\x9a\x92\""));
	assert_true(text_utf8_ok(text.data, text.len));
	assert_true(wire_get_event(&back, text.data, text.len, &err));
	for (const char *p = back.note; *p != '\0'; p++) {
		assert_false((unsigned char)*p < ' ' || *p == 0x7f);
	}
	event_finish(&back);
	event_finish(&event);
	buf_finish(&text);
}

#define HEAD         "{\"seq\":1,\"at\":\"2026-01-01T00:00:00Z\","
#define OF_A         "\"incident\":\"" ID_A "\",\"number\":1,\"rev\":1,"
#define RAISED(data) HEAD OF_A "\"type\":\"incident.raised\",\"data\":{" data "}}"
#define ALARM                                                                                      \
	"\"alarm\":{\"id\":\"" ID_B                                                                \
	"\",\"received_at\":\"2026-01-01T00:00:00Z\",\"lat\":0,\"lon\":0}"
#define OF(type, data) HEAD OF_A "\"type\":\"" type "\",\"data\":{" data "}}"

static const struct hostile events[] = {
	{RAISED("\"kind\":\"fire\",\"priority\":\"P1\",\"lat\":-7,\"lon\":110.5," ALARM), NULL},
	{RAISED("\"kind\":null,\"priority\":\"P1\",\"lat\":-7,\"lon\":110.5," ALARM),
		"data.kind: missing"},
	{RAISED("\"kind\":\"fir\",\"priority\":\"P1\",\"lat\":-7,\"lon\":110.5," ALARM),
		"data.kind: unknown value"},
	{RAISED("\"kind\":\"fire\",\"priority\":1,\"lat\":-7,\"lon\":110.5," ALARM),
		"data.priority: not a string"},
	{RAISED("\"kind\":\"fire\",\"priority\":\"P1\",\"lat\":-91,\"lon\":110.5," ALARM),
		"data.lat: out of range -90..90"},
	{RAISED("\"kind\":\"fire\",\"priority\":\"P1\",\"lat\":1e999,\"lon\":110.5," ALARM),
		"data.lat: out of range -90..90"},
	{RAISED("\"kind\":\"fire\",\"priority\":\"P1\",\"lat\":-7," ALARM), "data.lon: missing"},
	{RAISED("\"kind\":\"fire\",\"priority\":\"P1\",\"lat\":-7,\"lon\":110.5"),
		"data.alarm: missing"},
	{RAISED("\"kind\":\"fire\",\"priority\":\"P1\",\"lat\":-7,\"lon\":110.5,\"alarm\":[]"),
		"data.alarm: not an object"},
	{RAISED("\"kind\":\"fire\",\"priority\":\"P1\",\"lat\":-7,\"lon\":1,\"alarm\":{\"id\":"
		"\"x\"}"),
		"data.alarm.id: not a UUID"},
	{"{\"seq\":0}", "seq: out of range 1..9007199254740992"},
	{"{\"seq\":-1}", "seq: out of range 1..9007199254740992"},
	{"{\"seq\":9223372036854775808}", "seq: out of range 1..9007199254740992"},
	{"{\"seq\":99999999999999999999999}", "seq: out of range 1..9007199254740992"},
	{"{\"seq\":1.5}", "seq: not a whole number"},
	{"{\"seq\":\"1\"}", "seq: not a whole number"},
	{"{\"seq\":1,\"at\":\"gestern\"}", "at: not an RFC 3339 time"},
	{HEAD "\"type\":\"incident.exploded\"}", "type: unknown value"},
	{HEAD "\"type\":\"incident.noted\"}", "incident: missing"},
	{HEAD "\"type\":\"incident.noted\",\"incident\":\"" ID_A "\"}", "number: missing"},
	{HEAD OF_A "\"type\":\"incident.noted\"}", "data: missing"},
	{HEAD OF_A "\"type\":\"incident.noted\",\"by\":\"ayu\",\"data\":{}}", "by: not an object"},
	{HEAD OF_A "\"type\":\"incident.noted\",\"mode\":\"real\",\"data\":{}}",
		"mode: unknown value"},
	{OF("incident.noted", "\"note\":{}"), "data.note: not a string"},
	{OF("incident.verified", ""), "data.method: missing"},
	{OF("incident.verified", "\"method\":\"camera\",\"camera\":\"a b\""),
		"data.camera: not an id of 1 to 32 letters"},
	{OF("incident.rejected", ""), "data.reason: missing"},
	{OF("incident.merged", "\"into\":\"42\""), "data.into: not a UUID"},
	{OF("incident.split", ""), "data.other: missing"},
	{OF("incident.held", "\"until\":5"), "data.until: not a string"},
	{OF("incident.closed", "\"disposition\":\"none of it\""),
		"data.disposition: unknown value"},
	{OF("incident.updated", "\"lon\":5"), "data.lat: missing"},
	{OF("incident.updated", "\"withdrawn\":1"), "data.withdrawn: not true or false"},
	{OF("dispatch.requested", ""), "data.agency: missing"},
	{OF("dispatch.requested", "\"agency\":\"../../etc\""),
		"data.agency: not an id of 1 to 24 letters"},
	{HEAD "\"type\":\"camera.status\",\"data\":{\"camera\":\"x\"}}", "data.status: missing"},
	{HEAD "\"type\":\"registry.changed\",\"data\":{}}", "data.rev: missing"},
	{HEAD "\"type\":\"link.up\",\"data\":{},\"more\":[1,{\"x\":null}]}", NULL},
};

static void test_errors(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		struct event event, zero = {0};
		struct err err = {""};
		bool ok = wire_get_event(&event, events[i].json, strlen(events[i].json), &err);
		assert_string_equal(err.text, events[i].error != NULL ? events[i].error : "");
		assert_int_equal(ok, events[i].error == NULL);
		if (ok) {
			event_finish(&event);
		} else {
			assert_memory_equal(&event, &zero, sizeof(zero));
		}
	}
}

static void test_hostile_bytes(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(hostile_bytes); i++) {
		size_t len = hostile_len(i);
		char *json = dup_exact(hostile_bytes[i].json, len);
		struct event event;
		struct err err = {""};
		assert_false(wire_get_event(&event, json, len, &err));
		assert_true(err.text[0] != '\0' && strstr(err.text, "seq:") == NULL);
		free(json);
	}
}

/* An event cut off anywhere, or with any one byte turned, is read or refused, never more. */
static void test_damage(void **state) {
	struct buf text = {0};
	struct event event;
	UNUSED(state);
	fill(&event, EVENT_INCIDENT_RAISED);
	wire_put_event(&text, &event);
	for (size_t len = 0; len < text.len; len++) {
		char *json = dup_exact(text.data, len);
		struct event back;
		struct err err;
		assert_false(wire_get_event(&back, json, len, &err));
		free(json);
	}
	for (size_t i = 0; i < text.len; i++) {
		char *json = dup_exact(text.data, text.len);
		for (int bit = 0; bit < 8; bit++) {
			struct event back;
			json[i] = (char)(text.data[i] ^ 1 << bit);
			if (wire_get_event(&back, json, text.len, NULL)) {
				event_finish(&back);
			}
		}
		free(json);
	}
	event_finish(&event);
	buf_finish(&text);
}

static void test_too_long(void **state) {
	char *json = repeat("{\"x\":\"", "aaaaaaaaaa", WIRE_CLIENT_MESSAGE_MAX / 10, "\"}");
	struct event event;
	struct err err;
	UNUSED(state);
	assert_false(wire_get_event(&event, json, strlen(json), &err));
	assert_string_equal(err.text, "longer than 65536 bytes");
	free(json);
}

/* A note of the greatest length survives, and one that grows by cleaning is cut between characters.
 */
static void test_long_note(void **state) {
	struct event event;
	UNUSED(state);
	char *json = repeat(HEAD OF_A "\"type\":\"incident.noted\",\"data\":{\"note\":\"", "a",
		NOTE_MAX, "\"}}");
	assert_true(wire_get_event(&event, json, strlen(json), NULL));
	assert_int_equal(strlen(event.note), NOTE_MAX);
	round_trip(&event);
	event_finish(&event);
	free(json);
	json = repeat(HEAD OF_A "\"type\":\"incident.noted\",\"data\":{\"note\":\"", "\\u0001",
		NOTE_MAX, "\"}}");
	assert_true(wire_get_event(&event, json, strlen(json), NULL));
	assert_true(strlen(event.note) <= NOTE_MAX);
	assert_true(text_utf8_ok(event.note, strlen(event.note)));
	event_finish(&event);
	free(json);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_every_type_bare),
		cmocka_unit_test(test_every_has),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_masked),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_bare_of_each),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_long_note),
	};
	return cmocka_run_group_tests_name("wire_event", tests, NULL, NULL);
}
