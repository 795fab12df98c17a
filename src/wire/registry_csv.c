#include <siaga/wire/registry_files.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/wire/csv_table.h>
#include <siaga/wire/wire.h>

#define AGENCIES_MAX 64
#define CAMERAS_MAX  5000
#define PLANS_MAX    200
#define NAME_COLUMNS 60
#define BAR_COLUMNS  10 /* an agency's short name, as wide as its place in the bar */
#define PHONE_MAX    32

/* One row being read; the first thing that is wrong with it is the one that is told. */
struct row {
	const struct csv_table *table;
	const struct csv_row *at;
	struct err *err;
	bool ok;
};

static bool row_fail(struct row *row, const char *field, const char *fmt, ...) ATTR_PRINTF(3, 4);

static bool row_fail(struct row *row, const char *field, const char *fmt, ...) {
	char what[200];
	va_list args;
	if (!row->ok) {
		return false;
	}
	row->ok = false;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return err_set(row->err, "%s:%d: %s: %s", row->table->name, row->at->line, field, what);
}

static const char *cell(const struct row *row, const char *field) {
	return csv_table_cell(row->table, row->at, field);
}

static void read_id(
	struct row *row, const char *field, char *out, size_t size, const char *letters) {
	const char *text = cell(row, field);
	size_t len = strlen(text);
	if (len == 0) {
		row_fail(row, field, "missing");
	} else if (len >= size || text[strspn(text, letters)] != '\0') {
		row_fail(row, field, "not an id: 1 to %zu of the letters %s", size - 1, letters);
	} else {
		memcpy(out, text, len + 1);
	}
}

/* A text for people: clean, and no wider than its place. */
static void read_text(
	struct row *row, const char *field, bool needed, char *out, size_t size, int columns) {
	const char *text = cell(row, field);
	size_t len = strlen(text);
	if (len == 0 && needed) {
		row_fail(row, field, "missing");
	}
	text_clean(out, size, text, len);
	if (len >= size || text_width(out) > columns) {
		row_fail(row, field, "longer than %d columns", columns);
	}
}

static bool is_number(const char *text) {
	return text[0] != '\0' && text[strspn(text, "+-0123456789.")] == '\0';
}

static void read_degrees(struct row *row, const char *field, int limit, int32_t *out_e7) {
	char text[32];
	text_copy(text, sizeof(text), cell(row, field));
	char *comma = strchr(text, ',');
	/* Where the semicolon separates fields, the comma is the decimal point of that spreadsheet.
	 */
	if (comma != NULL && row->table->separator == ';') {
		*comma = '.';
	}
	if (text[0] == '\0') {
		row_fail(row, field, "missing");
	} else if (!geo_parse_degrees(text, limit, out_e7)) {
		row_fail(row, field, is_number(text) ? "out of range" : "not a number of degrees");
	}
}

static bool read_yes(struct row *row, const char *field) {
	const char *text = cell(row, field);
	bool yes = strcmp(text, "yes") == 0;
	if (!yes && strcmp(text, "no") != 0) {
		row_fail(row, field, "neither yes nor no");
	}
	return yes;
}

static void read_url(struct row *row, const char *field, char *out, size_t size) {
	static const char *const schemes[] = {"http://", "https://", "rtsp://"};
	const char *text = cell(row, field);
	size_t len = strlen(text);
	bool known = len == 0;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		known = known || strncmp(text, schemes[i], strlen(schemes[i])) == 0;
	}
	if (!known) {
		row_fail(row, field, "not a http, https or rtsp address");
	}
	/* It is handed to a viewer one day: nothing but what an address is made of. */
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] >= 0x7f || strchr("\"'`<>\\", text[i]) != NULL) {
			row_fail(row, field, "a character that no address has");
		}
	}
	if (len >= size) {
		row_fail(row, field, "longer than %zu bytes", size - 1);
	}
	text_copy(out, size, text);
}

static void read_agency(struct row *row, struct registry *reg) {
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	struct agency agency = {0};
	read_id(row, "id", agency.id, sizeof(agency.id), letters);
	if (strcmp(agency.id, PLAN_OBSERVERS) == 0) {
		row_fail(row, "id", "%s is no agency's id: plans mean all observers by it",
			PLAN_OBSERVERS);
	}
	read_text(row, "name", true, agency.name, sizeof(agency.name), NAME_COLUMNS);
	read_text(row, "short", true, agency.short_name, sizeof(agency.short_name), BAR_COLUMNS);
	read_text(row, "phone", false, agency.phone, sizeof(agency.phone), PHONE_MAX);
	const char *fkey = cell(row, "fkey"), *letter = cell(row, "letter"),
		   *desk = cell(row, "desk");
	if (fkey[0] != '\0' && (fkey[0] < '2' || fkey[0] > '9' || fkey[1] != '\0')) {
		row_fail(row, "fkey", "not a number from 2 to 9");
	}
	agency.fkey = fkey[0] != '\0' ? fkey[0] - '0' : 0;
	if (letter[0] != '\0' && (letter[0] < 'a' || letter[0] > 'z' || letter[1] != '\0')) {
		row_fail(row, "letter", "not one letter from a to z");
	}
	agency.letter = letter[0];
	agency.by_phone = strcmp(desk, "phone") == 0;
	if (!agency.by_phone && strcmp(desk, "console") != 0) {
		row_fail(row, "desk", "neither console nor phone");
	}
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *other = &reg->agencies[i];
		if (strcmp(other->id, agency.id) == 0) {
			row_fail(row, "id", "%s is there already", agency.id);
		} else if (agency.fkey != 0 && other->fkey == agency.fkey) {
			row_fail(row, "fkey", "%d is the key of %s", agency.fkey, other->id);
		} else if (agency.letter != '\0' && other->letter == agency.letter) {
			row_fail(row, "letter", "%c is the letter of %s", agency.letter, other->id);
		}
	}
	if (reg->agencies_len == AGENCIES_MAX) {
		row_fail(row, "id", "more than %d agencies", AGENCIES_MAX);
	}
	if (row->ok) {
		*registry_add_agency(reg) = agency;
	}
}

/* Ids of agencies, apart by blanks; `also` is one more word that may stand among them, or NULL. */
static size_t read_ids(struct row *row, const char *field, const struct registry *reg,
	const char *also, char (*ids)[AGENCY_ID_SIZE]) {
	const char *rest = cell(row, field);
	size_t count = 0;
	for (;;) {
		rest += strspn(rest, " ");
		size_t len = strcspn(rest, " ");
		if (len == 0) {
			return count;
		}
		if (count == PLAN_AGENCIES_MAX) {
			row_fail(row, field, "more than %d", PLAN_AGENCIES_MAX);
			return count;
		}
		char *id = ids[count];
		if (len < AGENCY_ID_SIZE) {
			memcpy(id, rest, len);
			id[len] = '\0';
		}
		if (registry_agency(reg, id) == NULL && (also == NULL || strcmp(id, also) != 0)) {
			row_fail(row, field, "no agency %.*s in agencies.csv", (int)len, rest);
			return count;
		}
		for (size_t i = 0; i < count; i++) {
			if (strcmp(ids[i], id) == 0) {
				row_fail(row, field, "%s twice", id);
			}
		}
		count++;
		rest += len;
	}
}

static void read_plan(struct row *row, struct registry *reg) {
	struct plan plan = {0};
	const char *kind = cell(row, "kind"), *priority = cell(row, "priority");
	if (!kind_find(kind, &plan.kind)) {
		row_fail(row, "kind", kind[0] != '\0' ? "unknown value" : "missing");
	}
	plan.any_priority = strcmp(priority, "*") == 0;
	if (!plan.any_priority && !priority_find(priority, &plan.priority)) {
		row_fail(row, "priority", "not P1, P2, P3, P4 or *");
	}
	plan.agencies_len = read_ids(row, "agencies", reg, NULL, plan.agencies);
	if (plan.agencies_len == 0) {
		row_fail(row, "agencies", "missing");
	}
	plan.callers_len = read_ids(row, "caller", reg, PLAN_OBSERVERS, plan.callers);
	plan.dispatch_first = read_yes(row, "dispatch_first");
	for (size_t i = 0; i < reg->plans_len; i++) {
		const struct plan *other = &reg->plans[i];
		if (other->kind == plan.kind && other->any_priority == plan.any_priority &&
			(plan.any_priority || other->priority == plan.priority)) {
			row_fail(row, "kind", "%s %s has a plan already", kind, priority);
		}
	}
	if (reg->plans_len == PLANS_MAX) {
		row_fail(row, "kind", "more than %d plans", PLANS_MAX);
	}
	if (row->ok) {
		*registry_add_plan(reg) = plan;
	}
}

static void read_camera(struct row *row, struct registry *reg) {
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
	struct camera camera = {0};
	read_id(row, "id", camera.id, sizeof(camera.id), letters);
	if (!camera_owner_find(cell(row, "owner"), &camera.owner)) {
		row_fail(row, "owner", "not police, dishub or other");
	}
	read_text(row, "name", true, camera.name, sizeof(camera.name), NAME_COLUMNS);
	read_degrees(row, "lat", 90, &camera.at.lat_e7);
	read_degrees(row, "lon", 180, &camera.at.lon_e7);
	if (!camera_status_find(cell(row, "status"), &camera.status)) {
		row_fail(row, "status", "not ok, stale or down");
	}
	camera.fictional = read_yes(row, "fictional");
	read_url(row, "stream", camera.stream, sizeof(camera.stream));
	read_url(row, "snapshot", camera.snapshot, sizeof(camera.snapshot));
	if (row->ok && registry_camera(reg, camera.id) != NULL) {
		row_fail(row, "id", "%s is there already", camera.id);
	}
	if (reg->cameras_len == CAMERAS_MAX) {
		row_fail(row, "id", "more than %d cameras", CAMERAS_MAX);
	}
	if (row->ok) {
		*registry_add_camera(reg) = camera;
	}
}

static bool load_table(struct registry *reg, const char *name, const char *data, size_t len,
	const char *const *columns, size_t columns_len,
	void (*read)(struct row *row, struct registry *reg), struct err *err) {
	struct csv_table table;
	if (!csv_table_read(&table, name, data, len, err)) {
		return false;
	}
	bool ok = csv_table_need(&table, columns, columns_len, err);
	for (size_t i = 0; i < table.rows_len && ok; i++) {
		struct row row = {.table = &table, .at = &table.rows[i], .err = err, .ok = true};
		read(&row, reg);
		ok = row.ok;
	}
	if (ok && table.rows_len == 0) {
		ok = err_set(err, "%s:%d: no rows after the header", name, table.header.line);
	}
	csv_table_finish(&table);
	return ok;
}

static bool load_agencies(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err) {
	static const char *const columns[] = {
		"id", "name", "short", "fkey", "letter", "phone", "desk"};
	return load_table(reg, name, data, len, columns, ARRAY_LEN(columns), read_agency, err);
}

static bool load_plans(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err) {
	/* "caller" may miss: then nobody beside the control room is shown who called. */
	static const char *const columns[] = {"kind", "priority", "agencies", "dispatch_first"};
	return load_table(reg, name, data, len, columns, ARRAY_LEN(columns), read_plan, err);
}

static bool load_cameras(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err) {
	static const char *const columns[] = {
		"id", "owner", "name", "lat", "lon", "status", "fictional", "stream", "snapshot"};
	return load_table(reg, name, data, len, columns, ARRAY_LEN(columns), read_camera, err);
}

static bool load_map(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err) {
	return wire_get_geojson(reg, data, len, err) || err_prefix(err, "%s", name);
}

static const struct {
	const char *name;
	bool (*load)(struct registry *reg, const char *name, const char *data, size_t len,
		struct err *err);
} files[] = {
	/* In this order: the plans name agencies. */
	{"agencies.csv", load_agencies},
	{"plans.csv", load_plans},
	{"cameras.csv", load_cameras},
	{"map.geojson", load_map},
};

const char *registry_file_name(size_t i) {
	return i < ARRAY_LEN(files) ? files[i].name : NULL;
}

bool registry_file_read(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err) {
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (strcmp(files[i].name, name) == 0) {
			return files[i].load(reg, name, data, len, err);
		}
	}
	return err_set(err, "%s: no file of a registry", name);
}

/* What cannot travel as one message would be refused by every console. */
static bool check_message(const struct registry *reg, struct err *err) {
	struct registry copy;
	struct buf message = {0};
	wire_put_registry(&message, reg);
	bool ok = wire_get_registry(&copy, message.data, message.len, err);
	if (ok) {
		registry_finish(&copy);
	} else {
		err_prefix(err, "as one message of %zu bytes", message.len);
	}
	buf_finish(&message);
	return ok;
}

bool registry_files_end(struct registry *reg, struct err *err) {
	if (!check_message(reg, err)) {
		return false;
	}
	registry_index(reg);
	return true;
}
