#include <siaga/train/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/train/chance.h>

#include "sim_private.h"

void sim_make_id(char out[UUID_SIZE], uint64_t seed, enum sim_id what, int64_t count) {
	snprintf(out, UUID_SIZE, "%08x-%04x-4000-8000-%012llu", (unsigned)(seed & 0xffffffffu),
		(unsigned)what & 0xffffu, (unsigned long long)count % 1000000000000u);
}

/* --- deciding and writing --- */

static void append(struct sim *sim, struct event *event) {
	event->seq = sim->world.head + 1;
	world_apply(&sim->world, event);
}

/* A caller's update goes to where the alarm is now. */
static void follow_merge(const struct sim *sim, struct command *cmd) {
	const struct incident *inc = world_incident(&sim->world, cmd->incident);
	bool callers = cmd->role == ROLE_INTAKE;
	if (callers && inc != NULL && inc->merged_into[0] != '\0') {
		text_copy(cmd->incident, sizeof(cmd->incident), inc->merged_into);
	}
}

bool sim_decide(
	struct sim *sim, const struct sim_user *user, struct command *cmd, struct refusal *no) {
	size_t first = sim->log.len;
	cmd->at_ms = sim->now_ms;
	cmd->by = user->who;
	cmd->role = user->role;
	text_copy(cmd->own_agency, sizeof(cmd->own_agency), user->agency);
	if (sim->mode != MODE_ACTUAL) {
		cmd->mode = sim->mode;
	}
	if (cmd->action == ACTION_RAISE) {
		cmd->alarm.received_at_ms = cmd->at_ms;
	}
	follow_merge(sim, cmd);
	bool ok = reduce(&sim->world, cmd, &sim->log, no);
	size_t last = sim->log.len;
	for (size_t i = first; i < last; i++) {
		append(sim, &sim->log.items[i]);
	}
	for (size_t i = first; i < last; i++) {
		sim_react(sim, &sim->log.items[i]);
	}
	return ok;
}

static const struct answer *remember(
	struct sim *sim, const char *id, bool refused, const struct refusal *no) {
	struct answer *answer = mem_alloc(1, sizeof(*answer));
	text_copy(answer->id, sizeof(answer->id), id);
	answer->refused = refused;
	answer->seq = sim->world.head;
	answer->no = *no;
	HASH_ADD_STR(sim->answers, id, answer);
	return answer;
}

bool sim_do(struct sim *sim, const struct sim_user *user, const struct command *cmd, int64_t *seq,
	struct refusal *no) {
	const struct answer *answer;
	struct command copy;
	memset(no, 0, sizeof(*no));
	if (!action_allowed(user->role, cmd->action)) {
		no->code = REFUSAL_FORBIDDEN;
		text_copy(no->message, sizeof(no->message), "action: not for your role");
		return false;
	}
	HASH_FIND_STR(sim->answers, cmd->id, answer);
	if (answer == NULL) {
		command_copy(&copy, cmd);
		bool ok = sim_decide(sim, user, &copy, no);
		command_finish(&copy);
		answer = remember(sim, cmd->id, !ok, no);
	}
	*seq = answer->seq;
	*no = answer->no;
	return !answer->refused;
}

void sim_got(struct sim *sim, const struct sim_user *user, int64_t seq) {
	struct command cmd = {.action = ACTION_DELIVER, .seq = seq};
	struct refusal no;
	if (user->role == ROLE_AGENCY) {
		sim_decide(sim, user, &cmd, &no);
	}
}

void sim_put(struct sim *sim, struct event *event) {
	struct event *slot = events_add(&sim->log);
	*slot = *event;
	memset(event, 0, sizeof(*event));
	slot->at_ms = sim->now_ms;
	append(sim, slot);
	sim_react(sim, slot);
}

/* --- callers --- */

static const struct sim_user app_user = {.who = {.name = "aplikasi"}, .role = ROLE_INTAKE};

/* A metre of latitude in 1e-7 degrees; of longitude it is more, by a hundredth in Solo. */
#define METRE_E7 90

static void move(struct sim *sim, struct position *at, int32_t spread_m) {
	int64_t reach = (int64_t)spread_m * METRE_E7;
	at->lat_e7 +=
		(int32_t)chance_between(sim->seed, CHANCE_WHERE, "lat", sim->alarms, -reach, reach);
	at->lon_e7 +=
		(int32_t)chance_between(sim->seed, CHANCE_WHERE, "lon", sim->alarms, -reach, reach);
}

bool sim_raise(struct sim *sim, const char *json, size_t len, int32_t spread_m,
	struct sim_alarm *out, struct err *err) {
	struct command cmd;
	struct refusal no;
	if (!wire_get_alarm(&cmd, json, len, err)) {
		return false;
	}
	sim_make_id(cmd.alarm.id, sim->seed, SIM_ID_ALARM, ++sim->alarms);
	sim_make_id(cmd.new_incident, sim->seed, SIM_ID_INCIDENT, sim->world.last_number + 1);
	if (spread_m > 0) {
		move(sim, &cmd.alarm.at, spread_m);
		cmd.at = cmd.alarm.at;
	}
	text_copy(out->alarm, sizeof(out->alarm), cmd.alarm.id);
	text_copy(out->incident, sizeof(out->incident), cmd.new_incident);
	bool ok = sim_decide(sim, &app_user, &cmd, &no) || err_set(err, "%s", no.message);
	command_finish(&cmd);
	return ok;
}

bool sim_update(struct sim *sim, const struct sim_alarm *alarm, bool cancel, const char *json,
	size_t len, struct err *err) {
	struct command cmd;
	struct refusal no;
	if (!(cancel ? wire_get_alarm_cancel(&cmd, json, len, err)
		     : wire_get_alarm_update(&cmd, json, len, err))) {
		return false;
	}
	text_copy(cmd.alarm.id, sizeof(cmd.alarm.id), alarm->alarm);
	text_copy(cmd.incident, sizeof(cmd.incident), alarm->incident);
	bool ok = sim_decide(sim, &app_user, &cmd, &no) || err_set(err, "%s", no.message);
	command_finish(&cmd);
	return ok;
}

void sim_camera(struct sim *sim, const char *camera, enum camera_status status) {
	static const struct sim_user trainer = {.who = {.name = "pelatih"}, .role = ROLE_TRAINER};
	struct command cmd = {.action = ACTION_CAMERA_STATUS, .has = HAS_CAMERA_STATUS};
	struct refusal no;
	text_copy(cmd.camera, sizeof(cmd.camera), camera);
	cmd.camera_status = status;
	/* One that is not in the registry is refused, and nothing happens. */
	sim_decide(sim, &trainer, &cmd, &no);
}

/* --- time --- */

int64_t sim_next_ms(const struct sim *sim) {
	return sim->todos != NULL ? sim->todos->at_ms : -1;
}

void sim_advance(struct sim *sim, int64_t to_ms) {
	int64_t next;
	while ((next = sim_next_ms(sim)) >= 0 && next <= to_ms) {
		sim->now_ms = next > sim->now_ms ? next : sim->now_ms;
		sim_play_todo(sim);
	}
	sim->now_ms = to_ms > sim->now_ms ? to_ms : sim->now_ms;
}

/* --- the log --- */

int64_t sim_now_ms(const struct sim *sim) {
	return sim->now_ms;
}

int64_t sim_head(const struct sim *sim) {
	return sim->world.head;
}

const struct event *sim_events(const struct sim *sim, int64_t after, size_t *len) {
	size_t skip = after > 0 ? (size_t)after : 0;
	*len = skip < sim->log.len ? sim->log.len - skip : 0;
	return *len > 0 ? &sim->log.items[skip] : NULL;
}

struct event *sim_snapshot(const struct sim *sim, size_t *len) {
	struct event *out = mem_alloc(sim->log.len + 1, sizeof(*out));
	*len = 0;
	for (size_t i = 0; i < sim->log.len; i++) {
		const struct incident *inc =
			world_incident(&sim->world, sim->log.items[i].incident);
		if (inc != NULL && incident_is_open(inc)) {
			out[(*len)++] = sim->log.items[i];
		}
	}
	return out;
}

const char *sim_feed_id(const struct sim *sim) {
	return sim->feed_id;
}

const struct world *sim_get_world(const struct sim *sim) {
	return &sim->world;
}

/* --- beginning and end --- */

struct sim *sim_create(const struct sim_config *cfg) {
	struct sim *sim = mem_alloc(1, sizeof(*sim));
	sim->world.registry = *cfg->registry;
	memset(cfg->registry, 0, sizeof(*cfg->registry));
	sim->scenario = cfg->scenario;
	sim->seed = cfg->seed;
	sim->now_ms = cfg->start_ms;
	sim->mode = cfg->mode;
	sim->mute = cfg->mute;
	sim_make_id(sim->feed_id, cfg->seed, SIM_ID_FEED, 1);
	const struct registry *reg = &sim->world.registry;
	sim->desks = mem_alloc(reg->agencies_len + 1, sizeof(*sim->desks));
	for (size_t i = 0; i < reg->agencies_len; i++) {
		if (cfg->scenario != NULL && !(cfg->mute && reg->agencies[i].by_phone) &&
			scenario_desk(cfg->scenario, reg->agencies[i].id) != NULL) {
			sim_set_desk(sim, reg->agencies[i].id, SIM_DESK_PLAYED);
		}
	}
	return sim;
}

void sim_destroy(struct sim *sim) {
	struct answer *answer, *next_answer;
	if (sim == NULL) {
		return;
	}
	HASH_ITER (hh, sim->answers, answer, next_answer) {
		HASH_DEL(sim->answers, answer);
		free(answer);
	}
	for (struct todo *todo = sim->todos, *next; todo != NULL; todo = next) {
		next = todo->next;
		free(todo);
	}
	events_finish(&sim->log);
	world_finish(&sim->world);
	free(sim->desks);
	free(sim);
}
