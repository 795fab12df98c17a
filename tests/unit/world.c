#include "world.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

static const struct position gladag = {-75722000, 1108289000};

static void add_agency(struct registry *reg, const char *id, const char *short_name, int fkey,
	char letter, bool by_phone, const char *phone) {
	struct agency *agency = registry_add_agency(reg);
	text_copy(agency->id, sizeof(agency->id), id);
	text_copy(agency->name, sizeof(agency->name), id);
	text_copy(agency->short_name, sizeof(agency->short_name), short_name);
	text_copy(agency->phone, sizeof(agency->phone), phone);
	agency->fkey = fkey;
	agency->letter = letter;
	agency->by_phone = by_phone;
	agency->desk = by_phone ? DESK_PHONE : DESK_ONLINE;
}

static void add_camera(
	struct registry *reg, const char *id, enum camera_status status, int32_t north_e7) {
	struct camera *camera = registry_add_camera(reg);
	text_copy(camera->id, sizeof(camera->id), id);
	text_copy(camera->name, sizeof(camera->name), id);
	camera->owner = OWNER_DISHUB;
	camera->status = status;
	camera->at = (struct position){gladag.lat_e7 + north_e7, gladag.lon_e7};
}

static void add_plan(
	struct registry *reg, enum kind kind, bool first, const char *a, const char *b) {
	struct plan *plan = registry_add_plan(reg);
	plan->kind = kind;
	plan->any_priority = true;
	plan->dispatch_first = first;
	text_copy(plan->agencies[plan->agencies_len++], AGENCY_ID_SIZE, a);
	text_copy(plan->agencies[plan->agencies_len++], AGENCY_ID_SIZE, b);
}

void city_fill(struct registry *reg) {
	add_agency(reg, "damkar", "DAMKAR", 2, 'd', false, "113");
	add_agency(reg, "psc119", "PSC119", 3, 'a', false, "119");
	add_agency(reg, "polresta", "POLRES", 4, 'p', true, "110");
	add_camera(reg, "Gladag", CAMERA_DOWN, 0);
	add_camera(reg, "PasarGede", CAMERA_STALE, 10000);
	add_camera(reg, "Balaikota", CAMERA_OK, 20000);
	add_plan(reg, KIND_FIRE, true, "damkar", "psc119");
	add_plan(reg, KIND_MEDICAL, false, "psc119", "polresta");
	struct feature *outline = registry_add_feature(reg);
	outline->kind = FEATURE_OUTLINE;
	feature_add_point(outline, (struct position){-75952000, 1107692000});
	feature_add_point(outline, (struct position){-75221000, 1108690000});
	reg->rev = 1;
	registry_index(reg);
}

const char *city_id(int n) {
	static char ids[1000][UUID_SIZE];
	assert(n >= 0 && (size_t)n < ARRAY_LEN(ids));
	snprintf(ids[n], UUID_SIZE, "00000000-0000-4000-8000-%012d", n);
	return ids[n];
}

struct command city_command(
	const struct world *world, enum action action, const char *incident, const char *name) {
	static int count;
	const struct incident *inc = world_incident(world, incident);
	struct command cmd = {
		.action = action, .role = ROLE_OPERATOR, .at_ms = T0 + 1000 * ++count};
	snprintf(cmd.id, sizeof(cmd.id), "10000000-0000-4000-8000-%012d", count);
	text_copy(cmd.incident, sizeof(cmd.incident), incident);
	text_copy(cmd.by.name, sizeof(cmd.by.name), name);
	if (inc != NULL && action_changes_state(action)) {
		cmd.has |= HAS_IF_REV;
		cmd.if_rev = inc->rev;
	}
	return cmd;
}

bool city_do(struct world *world, struct command *cmd, struct refusal *no) {
	struct events events = {0};
	bool ok = reduce(world, cmd, &events, no);
	for (size_t i = 0; i < events.len; i++) {
		events.items[i].seq = world->head + 1;
		world_apply(world, &events.items[i]);
	}
	events_finish(&events);
	command_finish(cmd);
	return ok;
}

void city_call(struct world *world, const char *incident, enum kind kind, enum priority priority,
	int64_t at_ms, const char *phone) {
	struct command cmd = {.action = ACTION_RAISE, .role = ROLE_INTAKE, .at_ms = at_ms};
	struct refusal no;
	cmd.kind = kind;
	cmd.priority = priority;
	cmd.alarm.at = gladag;
	cmd.alarm.received_at_ms = at_ms;
	text_copy(cmd.alarm.id, sizeof(cmd.alarm.id), incident);
	text_copy(cmd.alarm.place, sizeof(cmd.alarm.place), "Gladag");
	text_copy(cmd.alarm.caller_name, sizeof(cmd.alarm.caller_name), "Sri");
	text_copy(cmd.alarm.caller_phone, sizeof(cmd.alarm.caller_phone), phone);
	text_copy(cmd.new_incident, sizeof(cmd.new_incident), incident);
	city_do(world, &cmd, &no);
}

void city_raise(struct world *world, const char *incident, enum kind kind, enum priority priority,
	int64_t at_ms) {
	city_call(world, incident, kind, priority, at_ms, "");
}
