/*
 * Reading strangers' JSON: the bytes are checked before the parser, each member by type, range and
 * length after it. The first thing that is wrong is remembered as "path.to.member: what"; what is
 * read after that does nothing, so a reader asks for all its members and looks once at the end.
 */
#ifndef SIAGA_WIRE_READ_H
#define SIAGA_WIRE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>
#include <siaga/model/geo.h>
#include <siaga/model/registry.h>
#include <siaga/model/words.h>

/* Whole numbers over 2^53 do not survive every JSON parser, and nothing of ours counts so far. */
#define READ_INT_MAX (INT64_C(1) << 53)

struct doc {
	struct json_object *root;
	struct err *err;
	bool failed;
	struct buf *all; /* NULL, or takes every mistake as a line: reading goes on after each */
	bool wrong;      /* with it: there was one */
};

/* Where the first member is whose name stands in its object before, in JSON that the parser took;
 * `len` where it is written in two ways. */
size_t read_twice(const char *json, size_t len, size_t *name_len);

/* One object within a document, and the way to it. Zero `obj` is an absent object: it has no
 * members. */
struct reader {
	struct doc *doc;
	struct json_object *obj;
	const struct reader *parent;
	const char *name; /* in the parent */
	size_t index;     /* in a list of that name, from 0 */
	bool in_list;
};

struct list {
	struct json_object *array; /* NULL when absent */
	const char *name;
	size_t len;
};

enum need { OPTIONAL, REQUIRED };

/* Parses one object of at most `cap` bytes, `depth` levels with the innermost values. On false doc
 * needs no finish. */
bool doc_init(
	struct doc *doc, const char *json, size_t len, size_t cap, int depth, struct err *err);
void doc_finish(struct doc *doc);
/* The reader of the whole; it must not move while readers within it live. */
struct reader doc_reader(struct doc *doc);

/* Remembers "path.member: message" unless something is remembered already; member may be NULL for
 * the object itself. Returns false. */
bool read_fail(const struct reader *r, const char *member, const char *fmt, ...) ATTR_PRINTF(3, 4);
bool read_ok(const struct reader *r);

/*
 * Each of these returns true when the member is there and right, and only then writes to its
 * output. JSON null counts as absent. An absent REQUIRED member is an error.
 */
bool read_has(const struct reader *r, const char *name);
/* Is there a member of that name, even null? */
bool read_says(const struct reader *r, const char *name);
/* Nothing but these members: each other one is a mistake. `names` ends with NULL. */
void read_only(const struct reader *r, const char *const *names);
/* Borrowed text as it came, not clean; for names of ours. */
bool read_raw(const struct reader *r, const char *name, enum need need, const char **out);
/* A text of at most `max` bytes as it came, cleaned into out. */
bool read_text(const struct reader *r, const char *name, enum need need, char *out, size_t size,
	size_t max);
/* The same for a text of up to NOTE_MAX bytes; the copy is the caller's. An empty one counts as
 * absent. */
bool read_note(const struct reader *r, const char *name, char **out);
/* An identifier of ours of size - 1 bytes at most. */
bool read_id(const struct reader *r, const char *name, enum need need, char *out, size_t size);
bool read_uuid(const struct reader *r, const char *name, enum need need, char *out);
bool read_int(const struct reader *r, const char *name, enum need need, int64_t min, int64_t max,
	int64_t *out);
bool read_number(
	const struct reader *r, const char *name, enum need need, int min, int max, double *out);
/* Seconds, 0 to max_s, perhaps with a fraction. */
bool read_seconds(
	const struct reader *r, const char *name, enum need need, int max_s, int64_t *out_ms);
bool read_flag(const struct reader *r, const char *name, enum need need, bool *out);
bool read_time(const struct reader *r, const char *name, enum need need, int64_t *out_ms);
/* `lat` and `lon` in decimal degrees: both or none. */
bool read_position(const struct reader *r, enum need need, struct position *out);
/* `accuracy_m`: phones say fractions, we keep whole metres. */
bool read_accuracy(const struct reader *r, int32_t *out);
/* An http, https or rtsp address in printable ASCII. */
bool read_url(const struct reader *r, const char *name, char *out, size_t size);

/* Members that are words of model/words.h: read_kind(r, name, need, &kind) and so on. */
#define DECLARE(type)                                                                              \
	bool read_##type(const struct reader *r, const char *name, enum need need, enum type *out)
DECLARE(action);
DECLARE(camera_owner);
DECLARE(camera_status);
DECLARE(desk);
DECLARE(dispatch_state);
DECLARE(disposition);
DECLARE(event_type);
DECLARE(feature_kind);
DECLARE(incident_state);
DECLARE(kind);
DECLARE(method);
DECLARE(mode);
DECLARE(priority);
DECLARE(reject_reason);
DECLARE(role);
#undef DECLARE

/* One of `len` words of ours, as its place among them. An error says which there are. */
bool read_word(const struct reader *r, const char *name, enum need need, const char *const *words,
	size_t len, size_t *out);

/* The object `name`; a reader of nothing when it is absent. `r` must outlive it. */
struct reader read_object(const struct reader *r, const char *name, enum need need);
/* The list `name` of at most `max` items. */
struct list read_list(const struct reader *r, const char *name, enum need need, size_t max);
/* Its item, which must be an object. */
struct reader read_item(const struct reader *r, const struct list *list, size_t index);
/* Its item, which must be an id of size - 1 bytes at most. */
bool read_item_id(
	const struct reader *r, const struct list *list, size_t index, char *out, size_t size);

/* A JSON number as degrees in 1e-7; false when it is none or over the limit. */
bool read_degrees_value(struct json_object *value, int limit_deg, int32_t *out_e7);

#endif
