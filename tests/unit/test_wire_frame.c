#include "wire_test.h"

#include <siaga/base/text.h>

#define NOW_MS INT64_C(1767225600123)

static void get(struct server_frame *frame, const struct buf *text) {
	struct err err = {""};
	if (!wire_get_server_frame(frame, text->data, text->len, &err)) {
		fail_msg("%s: %s", err.text, text->data);
	}
}

static void test_welcome(void **state) {
	struct server_frame frame;
	struct buf out = {0};
	UNUSED(state);
	wire_put_welcome(&out, ID_A, 48213, NOW_MS, "ayu", ROLE_OPERATOR, "", 10000, MODE_ACTUAL);
	assert_string_equal(out.data,
		"{\"t\":\"welcome\",\"v\":1,\"feed\":\"" ID_A "\",\"head\":48213,"
		"\"now\":\"2026-01-01T00:00:00.123Z\",\"you\":{\"name\":\"ayu\",\"role\":"
		"\"operator\"},"
		"\"beat_s\":10,\"mode\":\"actual\"}");
	get(&frame, &out);
	assert_int_equal(frame.type, FRAME_WELCOME);
	assert_string_equal(frame.feed, ID_A);
	assert_int_equal(frame.head, 48213);
	assert_int_equal(frame.now_ms, NOW_MS);
	assert_string_equal(frame.name, "ayu");
	assert_int_equal(frame.role, ROLE_OPERATOR);
	assert_string_equal(frame.agency, "");
	assert_int_equal(frame.beat_ms, 10000);
	assert_int_equal(frame.mode, MODE_ACTUAL);
	server_frame_finish(&frame);
	buf_clear(&out);
	wire_put_welcome(&out, ID_A, 0, NOW_MS, "d", ROLE_AGENCY, "damkar", 250, MODE_TEST);
	get(&frame, &out);
	assert_string_equal(frame.agency, "damkar");
	assert_int_equal(frame.beat_ms, 250);
	assert_int_equal(frame.mode, MODE_TEST);
	server_frame_finish(&frame);
	buf_finish(&out);
}

static void test_short_frames(void **state) {
	struct server_frame frame;
	struct buf out = {0};
	UNUSED(state);
	wire_put_live(&out, 7, "0123456789abcdef", 1767225600000);
	get(&frame, &out);
	assert_int_equal(frame.type, FRAME_LIVE);
	assert_int_equal(frame.head, 7);
	assert_string_equal(frame.mark, "0123456789abcdef");
	buf_clear(&out);
	wire_put_diverged(&out, 6);
	get(&frame, &out);
	assert_int_equal(frame.type, FRAME_DIVERGED);
	assert_int_equal(frame.head, 6);
	buf_clear(&out);
	wire_put_beat(&out, 8, NOW_MS, TROUBLE_NONE);
	get(&frame, &out);
	assert_int_equal(frame.type, FRAME_BEAT);
	assert_int_equal(frame.head, 8);
	assert_int_equal(frame.now_ms, NOW_MS);
	assert_int_equal(frame.trouble, TROUBLE_NONE);
	for (int i = TROUBLE_FULL; i < TROUBLE_COUNT; i++) {
		buf_clear(&out);
		wire_put_beat(&out, 8, NOW_MS, (enum trouble)i);
		get(&frame, &out);
		assert_int_equal(frame.trouble, i);
	}
	buf_clear(&out);
	wire_put_done(&out, ID_B, 9);
	get(&frame, &out);
	assert_int_equal(frame.type, FRAME_DONE);
	assert_string_equal(frame.id, ID_B);
	assert_int_equal(frame.seq, 9);
	buf_clear(&out);
	wire_put_bye(&out, "stopping");
	get(&frame, &out);
	assert_int_equal(frame.type, FRAME_BYE);
	assert_string_equal(frame.reason, "stopping");
	server_frame_finish(&frame);
	buf_finish(&out);
}

static void test_refused(void **state) {
	UNUSED(state);
	for (int code = 0; code < REFUSAL_CODE_COUNT; code++) {
		struct refusal no = {.code = (enum refusal_code)code, .message = "budi was first"};
		struct server_frame frame;
		struct buf out = {0};
		wire_put_refused(&out, code == 0 ? "" : ID_C, &no);
		get(&frame, &out);
		assert_int_equal(frame.type, FRAME_REFUSED);
		assert_string_equal(frame.id, code == 0 ? "" : ID_C);
		assert_int_equal(frame.refusal.code, code);
		assert_string_equal(frame.refusal.message, no.message);
		server_frame_finish(&frame);
		buf_finish(&out);
	}
}

static void test_presence(void **state) {
	const struct presence who[] = {{"ayu", "TMC-1", ID_A}, {"budi", "", ""}};
	const struct desk_state desks[] = {{"damkar", DESK_ONLINE}, {"pln", DESK_PHONE}};
	struct server_frame frame;
	struct buf out = {0};
	UNUSED(state);
	wire_put_presence(&out, who, ARRAY_LEN(who), desks, ARRAY_LEN(desks));
	assert_string_equal(out.data,
		"{\"t\":\"presence\",\"who\":[{\"name\":\"ayu\",\"position\":\"TMC-1\",\"open\":"
		"\"" ID_A
		"\"},{\"name\":\"budi\"}],\"desks\":{\"damkar\":\"online\",\"pln\":\"phone\"}}");
	get(&frame, &out);
	assert_int_equal(frame.who_len, 2);
	assert_string_equal(frame.who[0].open, ID_A);
	assert_string_equal(frame.who[1].name, "budi");
	assert_string_equal(frame.who[1].open, "");
	assert_int_equal(frame.desks_len, 2);
	assert_string_equal(frame.desks[1].agency, "pln");
	assert_int_equal(frame.desks[1].desk, DESK_PHONE);
	server_frame_finish(&frame);
	buf_clear(&out);
	wire_put_presence(&out, NULL, 0, NULL, 0);
	get(&frame, &out);
	assert_int_equal(frame.who_len + frame.desks_len, 0);
	server_frame_finish(&frame);
	buf_finish(&out);
}

static void put_noted(struct buf *out, int64_t seq, const char *note) {
	struct event event = {
		.seq = seq,
		.at_ms = NOW_MS,
		.incident = ID_A,
		.number = 1,
		.rev = 1,
		.type = EVENT_INCIDENT_NOTED,
	};
	event.note = mem_dup_str(note);
	wire_put_event(out, &event);
	event_finish(&event);
}

static void test_events(void **state) {
	struct server_frame frame;
	struct buf out = {0}, one = {0};
	UNUSED(state);
	buf_add_str(&out, WIRE_EVENTS_HEAD);
	put_noted(&out, 1, "satu");
	buf_add_str(&out, ",");
	put_noted(&out, 2, "dua\xc2\x9b");
	buf_add_str(&out, WIRE_EVENTS_TAIL);
	get(&frame, &out);
	assert_int_equal(frame.type, FRAME_EVENTS);
	assert_false(frame.open_only);
	assert_int_equal(frame.events.len, 2);
	assert_int_equal(frame.events.items[1].seq, 2);
	put_noted(&one, 1, "satu");
	assert_string_equal(frame.bodies[0], one.data);
	buf_clear(&one);
	/* What the cache is given is clean already. */
	put_noted(&one, 2, "dua\xef\xbf\xbd");
	assert_string_equal(frame.bodies[1], one.data);
	server_frame_finish(&frame);
	buf_clear(&out);
	buf_add_str(&out, WIRE_EVENTS_HEAD_OPEN WIRE_EVENTS_TAIL);
	get(&frame, &out);
	assert_true(frame.open_only);
	assert_int_equal(frame.events.len, 0);
	server_frame_finish(&frame);
	buf_clear(&out);
	buf_add_str(&out, WIRE_EVENTS_HEAD_PAST WIRE_EVENTS_TAIL);
	get(&frame, &out);
	assert_true(frame.past);
	assert_false(frame.partial);
	server_frame_finish(&frame);
	buf_clear(&out);
	buf_add_str(&out, WIRE_EVENTS_HEAD);
	wire_put_events_part(&out, 7, 12, "00ff");
	get(&frame, &out);
	assert_true(frame.partial);
	assert_int_equal(frame.after, 7);
	assert_int_equal(frame.to, 12);
	assert_string_equal(frame.mark, "00ff");
	server_frame_finish(&frame);
	buf_finish(&out);
	buf_finish(&one);
}

static void test_bad_event(void **state) {
	struct server_frame frame, zero = {0};
	struct buf out = {0};
	struct err err;
	UNUSED(state);
	buf_add_str(&out, WIRE_EVENTS_HEAD);
	put_noted(&out, 1, "satu");
	buf_add_str(&out, ",{\"seq\":0},");
	put_noted(&out, 3, "tiga");
	buf_add_str(&out, WIRE_EVENTS_TAIL);
	assert_false(wire_get_server_frame(&frame, out.data, out.len, &err));
	assert_string_equal(err.text, "events[1].seq: out of range 1..9007199254740992");
	assert_memory_equal(&frame, &zero, sizeof(zero));
	buf_finish(&out);
}

/* A newer feed's event, or a broken one: those around it are shown all the same. */
static void test_unread_event(void **state) {
	struct server_frame frame;
	struct buf out = {0};
	UNUSED(state);
	buf_add_str(&out, WIRE_EVENTS_HEAD);
	put_noted(&out, 1, "satu");
	buf_add_str(&out, ",{\"seq\":2,\"type\":\"incident.foretold\",\"note\":\"x\"},");
	put_noted(&out, 3, "tiga");
	buf_add_str(&out, WIRE_EVENTS_TAIL);
	get(&frame, &out);
	assert_int_equal(frame.events.len, 3);
	assert_int_equal(frame.events.items[1].type, EVENT_UNREAD);
	assert_int_equal(frame.events.items[1].seq, 2);
	assert_non_null(strstr(frame.events.items[1].note, "events[1]."));
	assert_null(frame.bodies[1]);
	assert_int_equal(frame.events.items[2].type, EVENT_INCIDENT_NOTED);
	assert_non_null(frame.bodies[2]);
	server_frame_finish(&frame);
	buf_finish(&out);
}

static const struct hostile server_frames[] = {
	{"{}", "t: missing"},
	{"{\"t\":1}", "t: not a string"},
	{"{\"t\":\"news\"}", "t"},
	{"{\"t\":\"welcome\"}", "you: missing"},
	{"{\"t\":\"welcome\",\"v\":2,\"you\":{}}", "v: a version that this program does not speak"},
	{"{\"t\":\"welcome\",\"v\":1,\"you\":{},\"feed\":\"x\"}", "feed: not a UUID"},
	{"{\"t\":\"welcome\",\"v\":1,\"feed\":\"" ID_A
	 "\",\"head\":1,\"now\":\"2026-01-01T00:00:00Z\",\"you\":{\"name\":\"a\",\"role\":\"king\"}"
	 "}",
		"you.role: unknown value"},
	{"{\"t\":\"welcome\",\"v\":1,\"feed\":\"" ID_A
	 "\",\"head\":1,\"now\":\"2026-01-01T00:00:00Z\",\"you\":{\"name\":\"a\",\"role\":"
	 "\"observer\"},"
	 "\"beat_s\":0}",
		"beat_s: too small"},
	{"{\"t\":\"events\",\"events\":[],\"to\":5}", "after: missing"},
	{"{\"t\":\"events\",\"events\":[],\"to\":5,\"after\":6}", "after: out of range 0..5"},
	{"{\"t\":\"live\",\"head\":-1}", "head: out of range 0..9007199254740992"},
	{"{\"t\":\"beat\",\"head\":1}", "now: missing"},
	{"{\"t\":\"done\"}", "id: missing"},
	{"{\"t\":\"refused\",\"code\":\"lost\"}", "code: unknown value"},
	{"{\"t\":\"events\"}", "events: missing"},
	{"{\"t\":\"events\",\"events\":{}}", "events: not a list"},
	{"{\"t\":\"events\",\"events\":[1]}", "events[0]: not an object"},
	{"{\"t\":\"events\",\"events\":[],\"open\":1}", "open: not true or false"},
	{"{\"t\":\"presence\",\"who\":[{\"name\":\"a\"},{}]}", "who[1].name: missing"},
	{"{\"t\":\"presence\",\"who\":[{\"name\":\"a\",\"open\":\"x\"}]}",
		"who[0].open: not a UUID"},
	{"{\"t\":\"presence\",\"who\":[],\"desks\":{\"a b\":\"online\"}}",
		"desks: a name that is not an id"},
	{"{\"t\":\"presence\",\"who\":[],\"desks\":{\"damkar\":\"asleep\"}}",
		"desks.damkar: unknown value"},
	{"{\"t\":\"presence\",\"who\":[],\"desks\":{\"damkar\":null}}", "desks.damkar: missing"},
	{"{\"t\":\"registry\"}", "rev: missing"},
};

static void test_server_errors(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(server_frames); i++) {
		const char *json = server_frames[i].json;
		struct server_frame frame, zero = {0};
		struct err err = {""};
		assert_false(wire_get_server_frame(&frame, json, strlen(json), &err));
		assert_string_equal(err.text, server_frames[i].error);
		assert_memory_equal(&frame, &zero, sizeof(zero));
	}
}

static void test_many_events(void **state) {
	char *json = repeat("{\"t\":\"events\",\"events\":[1", ",1", 4096, "]}");
	struct server_frame frame;
	struct err err;
	UNUSED(state);
	assert_false(wire_get_server_frame(&frame, json, strlen(json), &err));
	assert_string_equal(err.text, "events: more than 4096 items");
	free(json);
	json = repeat("{\"t\":\"bye\",\"reason\":\"", "0123456789abcdef",
		WIRE_SERVER_MESSAGE_MAX / 16, "\"}");
	assert_false(wire_get_server_frame(&frame, json, strlen(json), &err));
	assert_string_equal(err.text, "longer than 1048576 bytes");
	free(json);
}

static void test_client_frames(void **state) {
	struct client_frame frame;
	struct buf out = {0};
	UNUSED(state);
	wire_put_follow(&out, true, 0, "0123456789abcdef", "TMC-1");
	assert_string_equal(out.data, "{\"t\":\"follow\",\"after\":0,\"mark\":\"0123456789abcdef\","
				      "\"position\":\"TMC-1\"}");
	assert_true(wire_get_client_frame(&frame, out.data, out.len, NULL));
	assert_int_equal(frame.type, FRAME_FOLLOW);
	assert_true(frame.has_after);
	assert_string_equal(frame.position, "TMC-1");
	assert_string_equal(frame.mark, "0123456789abcdef");
	buf_clear(&out);
	wire_put_follow(&out, false, 5, "", "");
	assert_true(wire_get_client_frame(&frame, out.data, out.len, NULL));
	assert_false(frame.has_after);
	buf_clear(&out);
	wire_put_got(&out, 48213);
	assert_true(wire_get_client_frame(&frame, out.data, out.len, NULL));
	assert_int_equal(frame.type, FRAME_GOT);
	assert_int_equal(frame.seq, 48213);
	buf_clear(&out);
	wire_put_look(&out, ID_A);
	assert_true(wire_get_client_frame(&frame, out.data, out.len, NULL));
	assert_int_equal(frame.type, FRAME_LOOK);
	assert_string_equal(frame.open, ID_A);
	buf_clear(&out);
	wire_put_look(&out, "");
	assert_string_equal(out.data, "{\"t\":\"look\",\"open\":null}");
	assert_true(wire_get_client_frame(&frame, out.data, out.len, NULL));
	assert_string_equal(frame.open, "");
	client_frame_finish(&frame);
	buf_finish(&out);
}

static void fill_command(struct command *cmd, enum action action) {
	memset(cmd, 0, sizeof(*cmd));
	cmd->action = action;
	cmd->accuracy_m = -1;
	cmd->alarm.accuracy_m = -1;
	strcpy(cmd->id, ID_B);
	strcpy(cmd->incident, ID_A);
	strcpy(cmd->agency, "damkar");
	strcpy(cmd->camera, "Gladag");
	strcpy(cmd->other, ID_C);
	cmd->method = METHOD_SECOND_REPORT;
	cmd->reason = REJECT_SILENT;
	cmd->disposition = DISPOSITION_TRANSPORTED;
	cmd->note = mem_dup_str("segera");
	/* A hold says until when, even if that is "no longer". */
	cmd->has = action == ACTION_HOLD ? HAS_UNTIL : 0;
}

static void round_trip(const struct command *cmd) {
	struct client_frame frame;
	struct buf out = {0};
	struct err err = {""};
	wire_put_do(&out, cmd);
	if (!wire_get_client_frame(&frame, out.data, out.len, &err)) {
		fail_msg("%s: %s", err.text, out.data);
	}
	assert_int_equal(frame.type, FRAME_DO);
	assert_string_equal(frame.command.note, cmd->note);
	struct command a = *cmd, b = frame.command;
	a.note = b.note = NULL;
	assert_memory_equal(&a, &b, sizeof(a));
	client_frame_finish(&frame);
	buf_finish(&out);
}

static bool is_for_clients(enum action action) {
	return action != ACTION_RAISE && action != ACTION_DELIVER &&
	       action != ACTION_REGISTRY_CHANGED && action != ACTION_LINK_UP &&
	       action != ACTION_LINK_DOWN && action != ACTION_VIEW && action != ACTION_PURGE;
}

static void test_every_action(void **state) {
	UNUSED(state);
	for (int action = 0; action < ACTION_COUNT; action++) {
		struct command cmd;
		fill_command(&cmd, (enum action)action);
		if (is_for_clients(cmd.action)) {
			round_trip(&cmd);
		} else {
			struct client_frame frame;
			struct buf out = {0};
			struct err err;
			wire_put_do(&out, &cmd);
			assert_false(wire_get_client_frame(&frame, out.data, out.len, &err));
			assert_string_equal(err.text, "action: not for clients");
			buf_finish(&out);
		}
		command_finish(&cmd);
	}
}

static void test_every_has(void **state) {
	static const unsigned flags[] = {HAS_KIND, HAS_PRIORITY, HAS_AT, HAS_PLACE, HAS_ACCURACY,
		HAS_CAMERA_STATUS, HAS_IF_REV, HAS_UNTIL};
	UNUSED(state);
	for (unsigned bits = 0; bits < 1u << ARRAY_LEN(flags); bits++) {
		struct command cmd;
		fill_command(&cmd, ACTION_UPDATE);
		for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
			cmd.has |= bits & 1u << i ? flags[i] : 0;
		}
		cmd.kind = cmd.has & HAS_KIND ? KIND_CROWD : KIND_UNKNOWN;
		cmd.priority = cmd.has & HAS_PRIORITY ? PRIORITY_P3 : PRIORITY_P1;
		if (cmd.has & HAS_AT) {
			cmd.at = (struct position){-75755123, 1108243217};
		}
		if (cmd.has & HAS_PLACE) {
			strcpy(cmd.place, "Manahan");
		}
		cmd.accuracy_m = cmd.has & HAS_ACCURACY ? 100000 : -1;
		cmd.camera_status = cmd.has & HAS_CAMERA_STATUS ? CAMERA_DOWN : CAMERA_OK;
		cmd.if_rev = cmd.has & HAS_IF_REV ? 7 : 0;
		cmd.until_ms = cmd.has & HAS_UNTIL ? NOW_MS : 0;
		round_trip(&cmd);
		command_finish(&cmd);
	}
}

static void test_do_shape(void **state) {
	struct command cmd = {.action = ACTION_VERIFY, .has = HAS_IF_REV, .if_rev = 7};
	struct buf out = {0};
	UNUSED(state);
	strcpy(cmd.id, ID_B);
	strcpy(cmd.incident, ID_A);
	cmd.method = METHOD_CAMERA;
	strcpy(cmd.camera, "Gladag");
	wire_put_do(&out, &cmd);
	assert_string_equal(out.data, "{\"t\":\"do\",\"id\":\"" ID_B "\",\"incident\":\"" ID_A
				      "\",\"if_rev\":7,\"action\":\"verify\",\"method\":\"camera\","
				      "\"camera\":\"Gladag\"}");
	buf_finish(&out);
}

#define DO(members) "{\"t\":\"do\",\"id\":\"" ID_B "\",\"incident\":\"" ID_A "\"," members "}"

static const struct hostile client_frames[] = {
	{"{\"t\":\"shout\"}", "t: unknown value"},
	{"{\"t\":\"follow\",\"after\":-1}", "after: out of range 0..9007199254740992"},
	{"{\"t\":\"follow\",\"after\":9223372036854775807}",
		"after: out of range 0..9007199254740992"},
	{"{\"t\":\"follow\",\"position\":{}}", "position: not a string"},
	{"{\"t\":\"follow\",\"position\":\"0123456789012345678901234567890123456789012345678\"}",
		"position: longer than 47 bytes"},
	{"{\"t\":\"got\"}", "seq: missing"},
	{"{\"t\":\"look\",\"open\":412}", "open: not a string"},
	{"{\"t\":\"tell\"}", "incident: missing"},
	{"{\"t\":\"tell\",\"incident\":\"412\"}", "incident: not a UUID"},
	{"{\"t\":\"do\"}", "id: missing"},
	{"{\"t\":\"do\",\"id\":\"1\"}", "id: not a UUID"},
	{"{\"t\":\"do\",\"id\":\"" ID_B "\",\"action\":\"note\"}", "incident: missing"},
	{"{\"t\":\"do\",\"id\":\"" ID_B "\",\"action\":\"camera_status\",\"camera\":\"x\"}", NULL},
	{DO("\"action\":\"fly\""), "action: unknown value"},
	{DO("\"action\":\"verify\""), "method: missing"},
	{DO("\"action\":\"verify\",\"method\":\"guess\""), "method: unknown value"},
	{DO("\"action\":\"verify\",\"method\":\"camera\",\"if_rev\":\"7\""),
		"if_rev: not a whole number"},
	{DO("\"action\":\"reject\""), "reason: missing"},
	{DO("\"action\":\"close\""), "disposition: missing"},
	{DO("\"action\":\"merge\""), "into: missing"},
	{DO("\"action\":\"dispatch\""), "agency: missing"},
	{DO("\"action\":\"accept\""), NULL},
	{DO("\"action\":\"camera_viewed\""), "camera: missing"},
	{DO("\"action\":\"hold\",\"until\":\"nanti\""), "until: not an RFC 3339 time"},
	{DO("\"action\":\"update\",\"lat\":-7"), "lon: missing"},
};

static void test_kept_do(void **state) {
	struct command cmd = {.action = ACTION_NOTE, .accuracy_m = -1, .by = {.name = "ayu"}};
	struct client_frame frame;
	struct buf out = {0};
	UNUSED(state);
	text_copy(cmd.id, sizeof(cmd.id), ID_A);
	text_copy(cmd.incident, sizeof(cmd.incident), ID_B);
	for (int i = 0; i < 2; i++) {
		const char *feed = i == 0 ? ID_B : "";
		buf_clear(&out);
		wire_put_kept_do(&out, &cmd, feed, i == 0);
		assert_true(wire_get_client_frame(&frame, out.data, out.len, NULL));
		assert_string_equal(frame.as, "ayu");
		assert_string_equal(frame.feed, feed);
		assert_int_equal(frame.tried, i == 0);
		assert_string_equal(frame.command.id, ID_A);
		client_frame_finish(&frame);
	}
	/* What goes to the feed says nothing of it. */
	buf_clear(&out);
	wire_put_do(&out, &cmd);
	assert_null(strstr(out.data, "\"as\""));
	assert_null(strstr(out.data, "\"feed\""));
	assert_null(strstr(out.data, "\"tried\""));
	buf_finish(&out);
}

static void test_client_errors(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(client_frames); i++) {
		const char *json = client_frames[i].json;
		struct client_frame frame;
		struct err err = {""};
		bool ok = wire_get_client_frame(&frame, json, strlen(json), &err);
		assert_string_equal(err.text, ok ? "" : client_frames[i].error);
		assert_int_equal(ok, client_frames[i].error == NULL);
		/* Who asked for something wrong can be told so by the id. */
		bool has_id = strstr(json, ID_B) != NULL;
		assert_string_equal(frame.command.id, has_id ? ID_B : "");
		assert_true(!has_id || frame.type == FRAME_DO);
		client_frame_finish(&frame);
	}
}

static void test_hostile_bytes(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(hostile_bytes); i++) {
		size_t len = hostile_len(i);
		char *json = dup_exact(hostile_bytes[i].json, len);
		struct client_frame client;
		struct server_frame server;
		struct err err = {""};
		assert_false(wire_get_client_frame(&client, json, len, &err));
		assert_null(strstr(err.text, "t: missing"));
		assert_false(wire_get_server_frame(&server, json, len, &err));
		assert_null(strstr(err.text, "t: missing"));
		free(json);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_welcome),
		cmocka_unit_test(test_short_frames),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_presence),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_bad_event),
		cmocka_unit_test(test_server_errors),
		cmocka_unit_test(test_unread_event),
		cmocka_unit_test(test_many_events),
		cmocka_unit_test(test_client_frames),
		cmocka_unit_test(test_every_action),
		cmocka_unit_test(test_every_has),
		cmocka_unit_test(test_do_shape),
		cmocka_unit_test(test_kept_do),
		cmocka_unit_test(test_client_errors),
		cmocka_unit_test(test_hostile_bytes),
	};
	return cmocka_run_group_tests_name("wire_frame", tests, NULL, NULL);
}
