/* Lines of a training scenario. */
#include <siaga/wire/wire.h>

#include <string.h>

#include <siaga/base/text.h>

#include "private.h"

#define AT_MAX_S   (7 * 86400)
#define STEP_MAX_S 86400

/* The steps of a simulated desk, in the order of step_ms. */
static const char *const step_names[] = {"accept_s", "en_route_s", "on_scene_s", "clear_s"};

/* What an intake's body says, ready to post: the line's object without what is only ours. */
static void take_body(const struct reader *r, struct scenario_line *line) {
	size_t len = 0;
	json_object_object_del(r->obj, "key");
	const char *text = json_object_to_json_string_length(
		r->obj, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	buf_add(&line->body, text, len);
}

/* The body is held against the same rules as a citizen's, so a script fails when it is read. */
static void read_body(const struct reader *r, const char *name, struct scenario_line *line,
	void (*read)(const struct reader *r, struct command *cmd)) {
	struct reader body = read_object(r, name, REQUIRED);
	struct command cmd = {0};
	read_id(&body, "key", REQUIRED, line->key, sizeof(line->key));
	read(&body, &cmd);
	command_finish(&cmd);
	if (read_ok(r)) {
		take_body(&body, line);
	}
}

static void read_range(const struct reader *r, const char *name, int64_t out_ms[2]) {
	struct list list = read_list(r, name, REQUIRED, 2);
	double seconds[2] = {0};
	bool ok = list.len == 2;
	for (size_t i = 0; i < list.len && ok; i++) {
		struct json_object *value = json_object_array_get_idx(list.array, i);
		ok = json_object_is_type(value, json_type_int) ||
		     json_object_is_type(value, json_type_double);
		seconds[i] = ok ? json_object_get_double(value) : 0;
		ok = ok && seconds[i] >= 0 && seconds[i] <= STEP_MAX_S;
		out_ms[i] = ok ? (int64_t)(seconds[i] * 1000) : 0;
	}
	if (read_ok(r) && (!ok || seconds[0] > seconds[1])) {
		read_fail(r, name, "not [least, most] seconds");
	}
}

static void read_desk_line(const struct reader *r, struct scenario_line *line) {
	line->type = LINE_AGENCY;
	read_id(r, "agency", REQUIRED, line->agency, sizeof(line->agency));
	for (size_t i = 0; i < ARRAY_LEN(step_names); i++) {
		read_range(r, step_names[i], line->step_ms[i]);
	}
	read_number(r, "decline", OPTIONAL, 0, 1, &line->decline);
}

static void read_line(const struct reader *r, struct scenario_line *line) {
	if (read_has(r, "scenario")) {
		line->type = LINE_HEAD;
		read_text(r, "title", OPTIONAL, line->text, sizeof(line->text),
			sizeof(line->text) - 1);
		return;
	}
	if (read_has(r, "agency")) {
		read_desk_line(r, line);
		return;
	}
	read_seconds(r, "at", REQUIRED, AT_MAX_S, &line->at_ms);
	if (read_has(r, "raise")) {
		line->type = LINE_RAISE;
		read_body(r, "raise", line, wire_read_alarm);
	} else if (read_has(r, "update")) {
		line->type = LINE_UPDATE;
		read_body(r, "update", line, wire_read_alarm_update);
	} else if (read_has(r, "cancel")) {
		line->type = LINE_CANCEL;
		read_body(r, "cancel", line, wire_read_alarm_cancel);
	} else if (read_has(r, "camera")) {
		line->type = LINE_CAMERA;
		read_id(r, "camera", REQUIRED, line->camera, sizeof(line->camera));
		read_camera_status(r, "status", REQUIRED, &line->camera_status);
	} else if (read_has(r, "say")) {
		line->type = LINE_SAY;
		read_text(
			r, "say", REQUIRED, line->text, sizeof(line->text), sizeof(line->text) - 1);
	} else {
		read_fail(r, NULL, "none of raise, update, cancel, agency, camera, say");
	}
}

bool wire_get_scenario_line(
	struct scenario_line *line, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(line, 0, sizeof(*line));
	if (!doc_init(&doc, json, len, WIRE_CLIENT_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	read_line(&r, line);
	bool ok = read_ok(&r);
	if (!ok) {
		scenario_line_finish(line);
	}
	doc_finish(&doc);
	return ok;
}

void scenario_line_finish(struct scenario_line *line) {
	buf_finish(&line->body);
	memset(line, 0, sizeof(*line));
}
