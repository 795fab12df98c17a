/* Which member stands twice: the parser keeps the last one only, and tells of none. */
#include <string.h>

#include "read.h"

#define LEVELS_MAX 64

/* The names of the objects that are open; NULL stands for a list. */
struct names {
	struct json_object *levels[LEVELS_MAX];
	size_t len;
};

/* Where the string ends that begins at `at` with its quote: behind the other one. */
static size_t string_end(const char *json, size_t len, size_t at) {
	for (at++; at < len && json[at] != '"'; at++) {
		at += json[at] == '\\';
	}
	return at < len ? at + 1 : len;
}

static bool is_name(const char *json, size_t len, size_t end) {
	while (end < len && strchr(" \t\r\n", json[end]) != NULL) {
		end++;
	}
	return end < len && json[end] == ':';
}

/* True: there is one of that name in the object. */
static bool add_name(struct names *names, const char *name, size_t len) {
	struct buf copy = {0};
	struct json_object *level = names->len > 0 ? names->levels[names->len - 1] : NULL;
	buf_add(&copy, name, len);
	buf_add(&copy, "", 1);
	bool twice = level != NULL && json_object_object_get_ex(level, copy.data, NULL);
	if (level != NULL && !twice) {
		json_object_object_add(level, copy.data, NULL);
	}
	buf_finish(&copy);
	return twice;
}

static void open_level(struct names *names, bool object) {
	names->levels[names->len++] = object ? json_object_new_object() : NULL;
}

static void close_level(struct names *names) {
	if (names->len > 0) {
		json_object_put(names->levels[--names->len]);
	}
}

size_t read_twice(const char *json, size_t len, size_t *name_len) {
	struct names names = {.len = 0};
	size_t found = len;
	for (size_t at = 0; at < len && found == len;) {
		size_t end = at + 1;
		if (json[at] == '"') {
			end = string_end(json, len, at);
			if (is_name(json, len, end) &&
				add_name(&names, json + at + 1, end - at - 2)) {
				found = at + 1;
				*name_len = end - at - 2;
			}
		} else if ((json[at] == '{' || json[at] == '[') && names.len < LEVELS_MAX) {
			open_level(&names, json[at] == '{');
		} else if (json[at] == '}' || json[at] == ']') {
			close_level(&names);
		}
		at = end;
	}
	while (names.len > 0) {
		close_level(&names);
	}
	return found;
}
