/* Lines of a training scenario. */
#include <siaga/wire/scenario.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/wire/wire.h>

#include "private.h"
#include "scenario_private.h"

#define AT_MAX_S     (7 * 86400)
#define STEP_MAX_S   86400
#define SPREAD_MAX_M 20000
#define UNITS_MAX    1000
#define DEPTH_MAX    20

/* The steps of a simulated desk, in the order of step_ms. */
static const char *const step_names[] = {"accept_s", "en_route_s", "on_scene_s", "clear_s"};

static const char *const mood_names[] = {
	[MOOD_NORMAL] = "normal",
	[MOOD_DECLINE] = "decline",
	[MOOD_LATE] = "late",
	[MOOD_OFFLINE] = "offline",
	[MOOD_SILENT] = "silent",
};
static_assert(ARRAY_LEN(mood_names) == MOOD_COUNT, "name every mood");

/* What may stand in every line that has a time. */
#define TIMED "at", "id", "after", "when", "chance", "one_of"

const char *desk_mood_name(enum desk_mood mood) {
	return (unsigned)mood < MOOD_COUNT ? mood_names[mood] : "?";
}

bool desk_mood_find(const char *name, enum desk_mood *out) {
	for (size_t i = 0; i < MOOD_COUNT; i++) {
		if (strcmp(mood_names[i], name) == 0) {
			*out = (enum desk_mood)i;
			return true;
		}
	}
	return false;
}

const char *scenario_text_get(const struct scenario_text *text, const char *lang) {
	const char *first = strcmp(lang, "id") == 0 ? text->id : text->en;
	const char *other = first == text->id ? text->en : text->id;
	return first != NULL ? first : other != NULL ? other : "";
}

/* --- what several lines have --- */

static void read_long(const struct reader *r, const char *name, char **out) {
	char clean[SCENARIO_TEXT_MAX + 1];
	if (read_text(r, name, OPTIONAL, clean, sizeof(clean), SCENARIO_TEXT_MAX)) {
		if (clean[0] == '\0') {
			read_fail(r, name, "empty");
		} else {
			*out = mem_dup_str(clean);
		}
	}
}

/* "text", or {"id":"...","en":"..."}. */
static void read_words(
	const struct reader *r, const char *name, enum need need, struct scenario_text *out) {
	static const char *const names[] = {"id", "en", NULL};
	struct json_object *value = NULL;
	json_object_object_get_ex(r->obj, name, &value);
	if (!json_object_is_type(value, json_type_object)) {
		read_long(r, name, &out->id);
		if (value == NULL && need == REQUIRED) {
			read_fail(r, name, "missing");
		}
		return;
	}
	struct reader both = read_object(r, name, need);
	read_long(&both, "id", &out->id);
	read_long(&both, "en", &out->en);
	read_only(&both, names);
	if (out->id == NULL && out->en == NULL && read_ok(r)) {
		read_fail(r, name, "neither id nor en");
	}
}

/* [least, most] seconds. */
static bool read_pair(const struct reader *r, const char *name, int max_s, int64_t out_ms[2]) {
	struct list list = read_list(r, name, REQUIRED, 2);
	double seconds[2] = {0};
	bool ok = list.len == 2;
	if (list.array == NULL) {
		return false;
	}
	for (size_t i = 0; i < list.len && ok; i++) {
		struct json_object *value = json_object_array_get_idx(list.array, i);
		ok = json_object_is_type(value, json_type_int) ||
		     json_object_is_type(value, json_type_double);
		seconds[i] = ok ? json_object_get_double(value) : 0;
		ok = ok && seconds[i] >= 0 && seconds[i] <= max_s;
		out_ms[i] = ok ? (int64_t)(seconds[i] * 1000 + 0.5) : 0;
	}
	return (ok && seconds[0] <= seconds[1]) || read_fail(r, name, "not [least, most] seconds");
}

/* Seconds, or [least, most] seconds. */
static void read_at(const struct reader *r, struct scenario_line *line) {
	struct json_object *value = NULL;
	json_object_object_get_ex(r->obj, "at", &value);
	if (json_object_is_type(value, json_type_array)) {
		read_pair(r, "at", AT_MAX_S, line->at_ms);
		return;
	}
	/* What waits for something may follow at once. */
	read_seconds(r, "at", line->has_after ? OPTIONAL : REQUIRED, AT_MAX_S, &line->at_ms[0]);
	line->at_ms[1] = line->at_ms[0];
}

static void read_timed(const struct reader *r, struct scenario_line *line) {
	static const char *const none[] = {NULL};
	struct reader after = read_object(r, "after", OPTIONAL);
	struct reader when = read_object(r, "when", OPTIONAL);
	line->has_after = after.obj != NULL;
	if (line->has_after) {
		read_cond(&after, &line->after, none);
	}
	line->has_when = when.obj != NULL;
	if (line->has_when) {
		read_cond(&when, &line->when, none);
	}
	read_at(r, line);
	read_id(r, "id", OPTIONAL, line->id, sizeof(line->id));
	line->chance = 1;
	read_number(r, "chance", OPTIONAL, 0, 1, &line->chance);
	read_id(r, "one_of", OPTIONAL, line->one_of, sizeof(line->one_of));
}

/* --- callers --- */

/* What an intake's body says, ready to post: the line's object without what is only ours. */
static void take_body(const struct reader *r, struct scenario_line *line) {
	size_t len = 0;
	json_object_object_del(r->obj, "key");
	json_object_object_del(r->obj, "spread_m");
	const char *text = json_object_to_json_string_length(
		r->obj, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	buf_add(&line->body, text, len);
}

/* The body is held against the same rules as a citizen's, so a script fails when it is read. */
static void read_body(const struct reader *r, const char *name, struct scenario_line *line,
	void (*read)(const struct reader *r, struct command *cmd), const char *const *names) {
	static const char *const caller_names[] = {"name", "phone", NULL};
	struct reader body = read_object(r, name, REQUIRED);
	struct command cmd = {0};
	int64_t spread = 0;
	if (body.obj == NULL) {
		return;
	}
	read_id(&body, "key", REQUIRED, line->key, sizeof(line->key));
	read(&body, &cmd);
	command_finish(&cmd);
	if (line->type == LINE_RAISE) {
		struct reader caller = {.doc = r->doc, .parent = &body, .name = "caller"};
		json_object_object_get_ex(body.obj, "caller", &caller.obj);
		if (json_object_is_type(caller.obj, json_type_object)) {
			read_only(&caller, caller_names);
		}
		read_int(&body, "spread_m", OPTIONAL, 0, SPREAD_MAX_M, &spread);
		line->spread_m = (int32_t)spread;
	}
	read_only(&body, names);
	if (read_ok(r)) {
		take_body(&body, line);
	}
}

static void read_agencies(
	const struct reader *r, const char *name, char out[][AGENCY_ID_SIZE], size_t *len) {
	struct list list = read_list(r, name, OPTIONAL, SCENARIO_NEEDS_MAX);
	for (size_t i = 0; i < list.len; i++) {
		if (read_item_id(r, &list, i, out[*len], AGENCY_ID_SIZE)) {
			(*len)++;
		}
	}
}

static void read_truth(const struct reader *r, struct scenario_truth *truth) {
	static const char *const names[] = {"real", "same_as", "needs", "may", NULL};
	struct reader part = read_object(r, "truth", OPTIONAL);
	if (part.obj == NULL) {
		return;
	}
	truth->known = true;
	truth->real = true;
	read_flag(&part, "real", OPTIONAL, &truth->real);
	read_id(&part, "same_as", OPTIONAL, truth->same_as, sizeof(truth->same_as));
	read_agencies(&part, "needs", truth->needs, &truth->needs_len);
	read_agencies(&part, "may", truth->may, &truth->may_len);
	if (!truth->real && truth->needs_len > 0) {
		read_fail(&part, "needs", "a false alarm needs nobody");
	}
	if (truth->same_as[0] != '\0' && truth->needs_len > 0) {
		read_fail(&part, "needs", "stands with the alarm that it is the same as");
	}
	read_only(&part, names);
}

static void read_raise(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {"key", "spread_m", "kind", "lat", "lon", "accuracy_m",
		"occurred_at", "place", "note", "caller", "source", "priority", "mode", NULL};
	static const char *const line_names[] = {TIMED, "raise", "truth", NULL};
	read_body(r, "raise", line, wire_read_alarm, names);
	read_truth(r, &line->truth);
	read_only(r, line_names);
}

static void read_update(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {"key", "lat", "lon", "accuracy_m", "note", NULL};
	static const char *const line_names[] = {TIMED, "update", NULL};
	read_body(r, "update", line, wire_read_alarm_update, names);
	read_only(r, line_names);
}

static void read_cancel(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {"key", "note", NULL};
	static const char *const line_names[] = {TIMED, "cancel", NULL};
	read_body(r, "cancel", line, wire_read_alarm_cancel, names);
	read_only(r, line_names);
}

/* --- agencies --- */

static void read_agency(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {"agency", "accept_s", "en_route_s", "on_scene_s",
		"clear_s", "decline", "silent", "units", NULL};
	read_id(r, "agency", REQUIRED, line->agency, sizeof(line->agency));
	for (size_t i = 0; i < ARRAY_LEN(step_names); i++) {
		read_pair(r, step_names[i], STEP_MAX_S, line->step_ms[i]);
	}
	read_number(r, "decline", OPTIONAL, 0, 1, &line->decline);
	read_number(r, "silent", OPTIONAL, 0, 1, &line->silent);
	read_int(r, "units", OPTIONAL, 1, UNITS_MAX, &line->units);
	read_only(r, names);
}

static void read_desk_line(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {TIMED, "agency", "desk", NULL};
	size_t mood = 0;
	read_id(r, "agency", REQUIRED, line->agency, sizeof(line->agency));
	read_word(r, "desk", REQUIRED, mood_names, MOOD_COUNT, &mood);
	line->mood = (enum desk_mood)mood;
	read_only(r, names);
}

/* The dispatch's state that the agency says it has come to. */
static void read_step(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {TIMED, "agency", "status", "key", "note", NULL};
	static const char *const words[] = {
		"accepted", "declined", "en_route", "on_scene", "cleared"};
	static const enum action actions[] = {
		ACTION_ACCEPT, ACTION_DECLINE, ACTION_EN_ROUTE, ACTION_ON_SCENE, ACTION_CLEAR};
	size_t step = 0;
	read_id(r, "agency", REQUIRED, line->agency, sizeof(line->agency));
	read_id(r, "key", REQUIRED, line->key, sizeof(line->key));
	read_note(r, "note", &line->note);
	read_word(r, "status", REQUIRED, words, ARRAY_LEN(words), &step);
	line->action = actions[step];
	read_only(r, names);
}

static void read_field_note(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {TIMED, "agency", "key", "note", NULL};
	read_id(r, "agency", REQUIRED, line->agency, sizeof(line->agency));
	read_id(r, "key", REQUIRED, line->key, sizeof(line->key));
	if (!read_note(r, "note", &line->note) && read_ok(r)) {
		read_fail(r, "note", "missing");
	}
	read_only(r, names);
}

/* --- the rest --- */

static void read_camera(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {TIMED, "camera", "status", NULL};
	read_id(r, "camera", REQUIRED, line->camera, sizeof(line->camera));
	read_camera_status(r, "status", REQUIRED, &line->camera_status);
	read_only(r, names);
}

static void read_link(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {TIMED, "link", NULL};
	static const char *const words[] = {"down", "up"};
	size_t word = 0;
	read_word(r, "link", REQUIRED, words, ARRAY_LEN(words), &word);
	line->up = word == 1;
	read_only(r, names);
}

static void read_say(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {TIMED, "say", NULL};
	read_words(r, "say", REQUIRED, &line->text);
	read_only(r, names);
}

static void read_expect(const struct reader *r, struct scenario_line *line, const char *member) {
	static const char *const extra[] = {"within", "points", "text", NULL};
	const char *const names[] = {TIMED, member, NULL};
	struct reader part = read_object(r, member, REQUIRED);
	line->within_ms = -1;
	line->points = 1;
	if (part.obj != NULL) {
		line->has_cond = true;
		read_cond(&part, &line->cond, extra);
		read_seconds(&part, "within", OPTIONAL, AT_MAX_S, &line->within_ms);
		read_int(&part, "points", OPTIONAL, 1, SCENARIO_POINTS_MAX, &line->points);
		read_words(&part, "text", OPTIONAL, &line->text);
	}
	read_only(r, names);
}

/* What an update or a hold says besides. */
static void read_changed(const struct reader *r, struct scenario_line *line) {
	char place[PLACE_SIZE];
	line->has_where = read_position(r, OPTIONAL, &line->where);
	if (read_text(r, "place", OPTIONAL, place, sizeof(place), sizeof(place) - 1)) {
		line->place = mem_dup_str(place);
	}
	read_seconds(r, "until_s", OPTIONAL, AT_MAX_S, &line->until_ms);
}

/* What an action is about is named by keys: ids are made anew in every run. */
static void read_ghost(const struct reader *r, struct scenario_line *line) {
	static const char *const line_names[] = {TIMED, "ghost", NULL};
	static const char *const names[] = {"by", "position", "role", "action", "key", "into",
		"agency", "camera", "method", "reason", "disposition", "kind", "priority", "note",
		"lat", "lon", "place", "until_s", NULL};
	struct reader part = read_object(r, "ghost", REQUIRED);
	if (part.obj != NULL) {
		line->has_cond = true;
		read_deed(&part, &line->cond, "action");
		text_copy(line->key, sizeof(line->key), line->cond.key);
		read_text(&part, "by", REQUIRED, line->by.name, sizeof(line->by.name),
			sizeof(line->by.name) - 1);
		read_text(&part, "position", OPTIONAL, line->by.position, sizeof(line->by.position),
			sizeof(line->by.position) - 1);
		line->role = ROLE_OPERATOR;
		read_role(&part, "role", OPTIONAL, &line->role);
		read_note(&part, "note", &line->note);
		read_changed(&part, line);
		read_only(&part, names);
	}
	read_only(r, line_names);
}

static void read_head(const struct reader *r, struct scenario_line *line) {
	static const char *const names[] = {"scenario", "title", "lang", "end", "pass", NULL};
	line->end_ms = -1;
	read_id(r, "scenario", REQUIRED, line->id, sizeof(line->id));
	read_words(r, "title", OPTIONAL, &line->text);
	read_id(r, "lang", OPTIONAL, line->key, sizeof(line->key));
	read_seconds(r, "end", OPTIONAL, AT_MAX_S, &line->end_ms);
	read_int(r, "pass", OPTIONAL, 1, 100, &line->pass);
	read_only(r, names);
}

/* --- which line it is --- */

static void read_line_expect(const struct reader *r, struct scenario_line *line) {
	read_expect(r, line, "expect");
}

static void read_line_forbid(const struct reader *r, struct scenario_line *line) {
	read_expect(r, line, "forbid");
}

/* The first whose members are all there; so those that say more stand before those that say less.
 */
static const struct {
	enum scenario_line_type type;
	const char *members[2];
	void (*read)(const struct reader *r, struct scenario_line *line);
} forms[] = {
	{LINE_HEAD, {"scenario"}, read_head},
	{LINE_RAISE, {"raise"}, read_raise},
	{LINE_UPDATE, {"update"}, read_update},
	{LINE_CANCEL, {"cancel"}, read_cancel},
	{LINE_CAMERA, {"camera"}, read_camera},
	{LINE_LINK, {"link"}, read_link},
	{LINE_SAY, {"say"}, read_say},
	{LINE_EXPECT, {"expect"}, read_line_expect},
	{LINE_FORBID, {"forbid"}, read_line_forbid},
	{LINE_GHOST, {"ghost"}, read_ghost},
	{LINE_DESK, {"agency", "desk"}, read_desk_line},
	{LINE_STATUS, {"agency", "status"}, read_step},
	{LINE_NOTE, {"agency", "note"}, read_field_note},
	{LINE_AGENCY, {"agency"}, read_agency},
};
static_assert(ARRAY_LEN(forms) == LINE_TYPE_COUNT, "read every line");

static void read_line(const struct reader *r, struct scenario_line *line) {
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *second = forms[i].members[1];
		if (!read_says(r, forms[i].members[0]) ||
			(second != NULL && !read_says(r, second))) {
			continue;
		}
		line->type = forms[i].type;
		if (line->type != LINE_HEAD && line->type != LINE_AGENCY) {
			read_timed(r, line);
		}
		forms[i].read(r, line);
		return;
	}
	read_fail(r, NULL,
		"none of scenario, agency, raise, update, cancel, camera, link, say, expect, "
		"forbid, ghost");
}

bool wire_get_scenario_line(
	struct scenario_line *line, const char *json, size_t len, struct buf *wrong) {
	struct doc doc;
	struct err err;
	memset(line, 0, sizeof(*line));
	if (!doc_init(&doc, json, len, SCENARIO_LINE_MAX, DEPTH_MAX, &err)) {
		buf_printf(wrong, "%s\n", err.text);
		return false;
	}
	doc.all = wrong;
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
	cond_finish(&line->after);
	cond_finish(&line->when);
	cond_finish(&line->cond);
	free(line->note);
	free(line->place);
	free(line->text.id);
	free(line->text.en);
	memset(line, 0, sizeof(*line));
}
