#include "read.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/base/uuid.h>
#include <siaga/model/event.h>

#define PATH_MAX_LEN   160
#define NAME_MAX_LEN   60
#define ACCURACY_MAX_M 100000
#define POSITION_E7    1e7

/* Characters that may stand outside of strings; the parser itself would also take 'x', NaN,
 * Infinity. */
static bool is_plain(unsigned char c) {
	switch (c) {
	case ' ':
	case '\t':
	case '\n':
	case '\r':
	case '{':
	case '}':
	case '[':
	case ']':
	case ',':
	case '+':
	case '-':
	case '.':
	case 'E': return true;
	default: return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
	}
}

/*
 * What the parser would let through: controls within strings, NUL by escape (which ends a C string
 * and so cuts a key), words that are not JSON. Counts the members by their colons.
 */
static bool scan(const char *json, size_t len, size_t *members, struct err *err) {
	bool in_string = false;
	*members = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)json[i];
		if (c == '"') {
			in_string = !in_string;
		} else if (in_string) {
			if (c < ' ') {
				return err_set(err, "not JSON: a control character in a string");
			}
			if (c == '\\') {
				i++;
				if (len - i > 4 && memcmp(json + i, "u0000", 5) == 0) {
					return err_set(err, "a string contains NUL");
				}
			}
		} else if (c == ':') {
			(*members)++;
		} else if (!is_plain(c)) {
			return err_set(err,
				"not JSON: a character that does not belong there, at byte %zu",
				i + 1);
		}
	}
	return true;
}

/* Members that the parser kept; it drops all but the last of one name without a word. */
static size_t count_members(struct json_object *obj) {
	size_t count = 0;
	if (json_object_is_type(obj, json_type_object)) {
		struct json_object_iterator it = json_object_iter_begin(obj);
		struct json_object_iterator end = json_object_iter_end(obj);
		for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
			count += 1 + count_members(json_object_iter_peek_value(&it));
		}
	} else if (json_object_is_type(obj, json_type_array)) {
		size_t len = json_object_array_length(obj);
		for (size_t i = 0; i < len; i++) {
			count += count_members(json_object_array_get_idx(obj, i));
		}
	}
	return count;
}

static bool parse(struct doc *doc, const char *json, size_t len, int depth) {
	struct json_tokener *tokener = json_tokener_new_ex(depth);
	if (tokener == NULL) {
		return err_set(doc->err, "out of memory");
	}
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	doc->root = json_tokener_parse_ex(tokener, json, (int)len);
	enum json_tokener_error error = json_tokener_get_error(tokener);
	size_t end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (error == json_tokener_continue) {
		err_set(doc->err, "not JSON: it ends too early");
	} else if (error != json_tokener_success) {
		err_set(doc->err, "not JSON: %s, at byte %zu", json_tokener_error_desc(error),
			end + 1);
	} else if (end != len) {
		err_set(doc->err, "not JSON: more after its end");
	} else if (!json_object_is_type(doc->root, json_type_object)) {
		err_set(doc->err, "not a JSON object");
	} else {
		return true;
	}
	doc_finish(doc);
	return false;
}

static bool say_twice(const char *json, size_t len, struct err *err) {
	char name[NAME_MAX_LEN + 1];
	size_t name_len, at = read_twice(json, len, &name_len);
	if (at == len) {
		return err_set(err, "a member stands twice in one object");
	}
	text_clean(name, sizeof(name), json + at, name_len);
	return err_set(err, "%s: stands twice in one object, at byte %zu", name, at);
}

bool doc_init(
	struct doc *doc, const char *json, size_t len, size_t cap, int depth, struct err *err) {
	size_t members;
	*doc = (struct doc){.err = err};
	if (len > cap) {
		return err_set(err, "longer than %zu bytes", cap);
	}
	/* White space after the end is fine, but the parser stops before it. */
	while (len > 0 && strchr(" \t\r\n", json[len - 1]) != NULL && json[len - 1] != '\0') {
		len--;
	}
	if (len == 0) {
		return err_set(err, "empty");
	}
	if (!text_utf8_ok(json, len)) {
		return err_set(err, "not valid UTF-8");
	}
	if (!scan(json, len, &members, err) || !parse(doc, json, len, depth)) {
		return false;
	}
	if (count_members(doc->root) != members) {
		doc_finish(doc);
		return say_twice(json, len, err);
	}
	return true;
}

void doc_finish(struct doc *doc) {
	json_object_put(doc->root);
	doc->root = NULL;
}

struct reader doc_reader(struct doc *doc) {
	return (struct reader){.doc = doc, .obj = doc->root};
}

/* Appends one step of a path; what does not fit is left out. */
static void add_step(char *path, const char *name, bool in_list, size_t index) {
	size_t len = strlen(path);
	int n = snprintf(path + len, PATH_MAX_LEN - len, "%s%s", len > 0 ? "." : "", name);
	if (in_list && n > 0 && len + (size_t)n < PATH_MAX_LEN) {
		len += (size_t)n;
		snprintf(path + len, PATH_MAX_LEN - len, "[%zu]", index);
	}
}

static void add_path(char *path, const struct reader *r) {
	if (r->parent != NULL) {
		add_path(path, r->parent);
		add_step(path, r->name, r->in_list, r->index);
	}
}

bool read_fail(const struct reader *r, const char *member, const char *fmt, ...) {
	char path[PATH_MAX_LEN] = "";
	char message[160];
	va_list args;
	if (r->doc->failed) {
		return false;
	}
	r->doc->failed = r->doc->all == NULL;
	r->doc->wrong = r->doc->all != NULL;
	add_path(path, r);
	if (member != NULL) {
		add_step(path, member, false, 0);
	}
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	if (r->doc->all != NULL) {
		struct err line;
		err_set(&line, "%s%s%s", path, path[0] != '\0' ? ": " : "", message);
		buf_printf(r->doc->all, "%s\n", line.text);
		return false;
	}
	return err_set(r->doc->err, "%s%s%s", path, path[0] != '\0' ? ": " : "", message);
}

bool read_ok(const struct reader *r) {
	return !r->doc->failed && !r->doc->wrong;
}

void read_only(const struct reader *r, const char *const *names) {
	if (r->obj == NULL || r->doc->failed) {
		return;
	}
	struct json_object_iterator it = json_object_iter_begin(r->obj);
	struct json_object_iterator end = json_object_iter_end(r->obj);
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *name = json_object_iter_peek_name(&it);
		size_t i = 0;
		while (names[i] != NULL && strcmp(names[i], name) != 0) {
			i++;
		}
		if (names[i] == NULL) {
			read_fail(r, name, "not a member of this");
		}
	}
}

bool read_says(const struct reader *r, const char *name) {
	return r->obj != NULL && json_object_object_get_ex(r->obj, name, NULL);
}

/* The member's value, or NULL when it is absent, null, or the reading has failed before. */
static struct json_object *get_member(const struct reader *r, const char *name, enum need need) {
	struct json_object *value = NULL;
	if (r->obj == NULL || r->doc->failed) {
		return NULL;
	}
	json_object_object_get_ex(r->obj, name, &value);
	if (value == NULL && need == REQUIRED) {
		read_fail(r, name, "missing");
	}
	return value;
}

bool read_has(const struct reader *r, const char *name) {
	return get_member(r, name, OPTIONAL) != NULL;
}

/* A string and its length; the scan has seen to it that it holds no NUL. */
static bool get_string(
	const struct reader *r, const char *name, enum need need, const char **out, size_t *len) {
	struct json_object *value = get_member(r, name, need);
	if (value == NULL) {
		return false;
	}
	if (!json_object_is_type(value, json_type_string)) {
		read_fail(r, name, "not a string");
		return false;
	}
	*out = json_object_get_string(value);
	*len = (size_t)json_object_get_string_len(value);
	return true;
}

bool read_raw(const struct reader *r, const char *name, enum need need, const char **out) {
	size_t len;
	return get_string(r, name, need, out, &len);
}

bool read_text(const struct reader *r, const char *name, enum need need, char *out, size_t size,
	size_t max) {
	const char *text;
	size_t len;
	if (!get_string(r, name, need, &text, &len)) {
		return false;
	}
	if (len > max) {
		return read_fail(r, name, "longer than %zu bytes", max);
	}
	text_clean(out, size, text, len);
	if (need == REQUIRED && out[0] == '\0') {
		return read_fail(r, name, "empty");
	}
	return true;
}

bool read_note(const struct reader *r, const char *name, char **out) {
	char clean[NOTE_MAX + 1] = "";
	if (!read_text(r, name, OPTIONAL, clean, sizeof(clean), NOTE_MAX) || clean[0] == '\0') {
		return false;
	}
	*out = mem_dup_str(clean);
	return true;
}

static bool copy_id(const char *text, char *out, size_t size) {
	if (!text_id_ok(text, size - 1)) {
		return false;
	}
	text_copy(out, size, text);
	return true;
}

bool read_id(const struct reader *r, const char *name, enum need need, char *out, size_t size) {
	const char *text;
	if (!read_raw(r, name, need, &text)) {
		return false;
	}
	return copy_id(text, out, size) ||
	       read_fail(r, name, "not an id of 1 to %zu letters", size - 1);
}

bool read_uuid(const struct reader *r, const char *name, enum need need, char *out) {
	const char *text;
	if (!read_raw(r, name, need, &text)) {
		return false;
	}
	if (!uuid_ok(text)) {
		return read_fail(r, name, "not a UUID");
	}
	text_copy(out, UUID_SIZE, text);
	return true;
}

bool read_int(const struct reader *r, const char *name, enum need need, int64_t min, int64_t max,
	int64_t *out) {
	struct json_object *value = get_member(r, name, need);
	if (value == NULL) {
		return false;
	}
	if (!json_object_is_type(value, json_type_int)) {
		return read_fail(r, name, "not a whole number");
	}
	/* Saturates at the ends of int64_t, which are over every limit of ours. */
	int64_t number = json_object_get_int64(value);
	if (number < min || number > max) {
		return read_fail(
			r, name, "out of range %lld..%lld", (long long)min, (long long)max);
	}
	*out = number;
	return true;
}

static bool is_number(struct json_object *value) {
	return json_object_is_type(value, json_type_int) ||
	       json_object_is_type(value, json_type_double);
}

bool read_number(
	const struct reader *r, const char *name, enum need need, int min, int max, double *out) {
	struct json_object *value = get_member(r, name, need);
	if (value == NULL) {
		return false;
	}
	if (!is_number(value)) {
		read_fail(r, name, "not a number");
		return false;
	}
	double number = json_object_get_double(value);
	/* Said this way round, what is not a number at all is out of range too. */
	if (!(number >= min && number <= max)) {
		read_fail(r, name, "out of range %d..%d", min, max);
		return false;
	}
	*out = number;
	return true;
}

bool read_seconds(
	const struct reader *r, const char *name, enum need need, int max_s, int64_t *out_ms) {
	double seconds;
	if (!read_number(r, name, need, 0, max_s, &seconds)) {
		return false;
	}
	*out_ms = llround(seconds * 1000);
	return true;
}

bool read_flag(const struct reader *r, const char *name, enum need need, bool *out) {
	struct json_object *value = get_member(r, name, need);
	if (value == NULL) {
		return false;
	}
	if (!json_object_is_type(value, json_type_boolean)) {
		return read_fail(r, name, "not true or false");
	}
	*out = json_object_get_boolean(value);
	return true;
}

bool read_time(const struct reader *r, const char *name, enum need need, int64_t *out_ms) {
	const char *text;
	if (!read_raw(r, name, need, &text)) {
		return false;
	}
	return clock_parse(text, out_ms) || read_fail(r, name, "not an RFC 3339 time");
}

bool read_degrees_value(struct json_object *value, int limit_deg, int32_t *out_e7) {
	if (!is_number(value)) {
		return false;
	}
	double degrees = json_object_get_double(value);
	if (!(degrees >= -limit_deg && degrees <= limit_deg)) {
		return false;
	}
	*out_e7 = (int32_t)llround(degrees * POSITION_E7);
	return true;
}

static bool read_degrees(const struct reader *r, const char *name, int limit_deg, int32_t *out_e7) {
	double degrees;
	return read_number(r, name, REQUIRED, -limit_deg, limit_deg, &degrees) &&
	       read_degrees_value(get_member(r, name, REQUIRED), limit_deg, out_e7);
}

bool read_position(const struct reader *r, enum need need, struct position *out) {
	struct position at = {0};
	if (need == OPTIONAL && !read_has(r, "lat") && !read_has(r, "lon")) {
		return false;
	}
	if (!read_degrees(r, "lat", 90, &at.lat_e7) || !read_degrees(r, "lon", 180, &at.lon_e7)) {
		return false;
	}
	*out = at;
	return true;
}

bool read_accuracy(const struct reader *r, int32_t *out) {
	double metres;
	if (!read_number(r, "accuracy_m", OPTIONAL, 0, ACCURACY_MAX_M, &metres)) {
		return false;
	}
	*out = (int32_t)lround(metres);
	return true;
}

bool read_url(const struct reader *r, const char *name, char *out, size_t size) {
	static const char *const schemes[] = {"http://", "https://", "rtsp://"};
	const char *text;
	if (!read_raw(r, name, OPTIONAL, &text) || text[0] == '\0') {
		return false;
	}
	size_t len = strlen(text);
	if (len >= size) {
		return read_fail(r, name, "longer than %zu bytes", size - 1);
	}
	bool known = false;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		known = known || strncmp(text, schemes[i], strlen(schemes[i])) == 0;
	}
	for (size_t i = 0; i < len; i++) {
		known = known && text[i] > ' ' && text[i] < 0x7f;
	}
	if (!known) {
		return read_fail(r, name, "not an http, https or rtsp address");
	}
	memcpy(out, text, len + 1);
	return true;
}

#define DEFINE(type)                                                                               \
	bool read_##type(                                                                          \
		const struct reader *r, const char *name, enum need need, enum type *out) {        \
		const char *text;                                                                  \
		if (!read_raw(r, name, need, &text)) {                                             \
			return false;                                                              \
		}                                                                                  \
		return type##_find(text, out) || read_fail(r, name, "unknown value");              \
	}
DEFINE(action)
DEFINE(camera_owner)
DEFINE(camera_status)
DEFINE(desk)
DEFINE(dispatch_state)
DEFINE(disposition)
DEFINE(event_type)
DEFINE(feature_kind)
DEFINE(incident_state)
DEFINE(kind)
DEFINE(method)
DEFINE(mode)
DEFINE(priority)
DEFINE(reject_reason)
DEFINE(role)
#undef DEFINE

bool read_word(const struct reader *r, const char *name, enum need need, const char *const *words,
	size_t len, size_t *out) {
	const char *text;
	char all[120] = "";
	size_t i = 0, used = 0;
	if (!read_raw(r, name, need, &text)) {
		return false;
	}
	while (i < len && strcmp(words[i], text) != 0) {
		i++;
	}
	if (i < len) {
		*out = i;
		return true;
	}
	for (i = 0; i < len && used < sizeof(all); i++) {
		const char *between = i == 0 ? "" : i + 1 < len ? ", " : " or ";
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", between, words[i]);
	}
	return read_fail(r, name, "not %s", all);
}

struct reader read_object(const struct reader *r, const char *name, enum need need) {
	struct reader child = {.doc = r->doc, .parent = r, .name = name};
	struct json_object *value = get_member(r, name, need);
	if (value != NULL && !json_object_is_type(value, json_type_object)) {
		read_fail(r, name, "not an object");
	} else {
		child.obj = value;
	}
	return child;
}

struct list read_list(const struct reader *r, const char *name, enum need need, size_t max) {
	struct list list = {.name = name};
	struct json_object *value = get_member(r, name, need);
	if (value == NULL) {
		return list;
	}
	if (!json_object_is_type(value, json_type_array)) {
		read_fail(r, name, "not a list");
	} else if (json_object_array_length(value) > max) {
		read_fail(r, name, "more than %zu items", max);
	} else {
		list.array = value;
		list.len = json_object_array_length(value);
	}
	return list;
}

struct reader read_item(const struct reader *r, const struct list *list, size_t index) {
	struct reader child = {
		.doc = r->doc,
		.parent = r,
		.name = list->name,
		.index = index,
		.in_list = true,
	};
	struct json_object *value = json_object_array_get_idx(list->array, index);
	if (!json_object_is_type(value, json_type_object)) {
		read_fail(&child, NULL, "not an object");
	} else {
		child.obj = value;
	}
	return child;
}

bool read_item_id(
	const struct reader *r, const struct list *list, size_t index, char *out, size_t size) {
	struct json_object *value = json_object_array_get_idx(list->array, index);
	if (json_object_is_type(value, json_type_string) &&
		copy_id(json_object_get_string(value), out, size)) {
		return true;
	}
	struct reader child = {
		.doc = r->doc,
		.parent = r,
		.name = list->name,
		.index = index,
		.in_list = true,
	};
	return read_fail(&child, NULL, "not an id of 1 to %zu letters", size - 1);
}
