#include <siaga/train/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/table.h>
#include <siaga/base/text.h>

/* Something that a simulated desk will do about a dispatch. */
struct todo {
	int64_t at_ms;
	char incident[UUID_SIZE], agency[AGENCY_ID_SIZE];
	int64_t requested_seq; /* of the dispatch that it answers, not of a later one */
	enum action action;
	struct todo *next; /* by time; those of one time as they came */
};

/* What an alarm became that the scenario calls by a key. */
struct known {
	char key[64], alarm[UUID_SIZE], incident[UUID_SIZE];
	struct known *next;
};

/* A command that was decided. */
struct answer {
	char id[UUID_SIZE];
	bool refused;
	int64_t seq;
	struct refusal no;
	UT_hash_handle hh;
};

struct sim {
	struct world world;
	struct events log; /* all of it; the event of seq n is at n - 1 */
	struct scenario scenario;
	uint64_t seed;
	int64_t start_ms, now_ms;
	enum mode mode;
	char feed_id[UUID_SIZE];
	enum sim_desk *desks; /* by place in the registry */
	struct todo *todos;
	struct known *known;
	struct answer *answers;
	int64_t alarms; /* raised so far */
};

void sim_make_id(char out[UUID_SIZE], uint64_t seed, enum sim_id what, int64_t count) {
	snprintf(out, UUID_SIZE, "%08x-%04x-4000-8000-%012llu", (unsigned)(seed & 0xffffffffu),
		(unsigned)what & 0xffffu, (unsigned long long)count % 1000000000000u);
}

static enum sim_desk *find_desk(const struct sim *sim, const char *agency) {
	const struct registry *reg = &sim->world.registry;
	const struct agency *found = registry_agency(reg, agency);
	return found != NULL ? &sim->desks[found - reg->agencies] : NULL;
}

static struct sim_user desk_user(const char *agency) {
	struct sim_user user = {.role = ROLE_AGENCY};
	snprintf(user.who.name, sizeof(user.who.name), "meja-%s", agency);
	text_copy(user.agency, sizeof(user.agency), agency);
	return user;
}

/* --- what simulated desks do --- */

/* Plans what the desk does after a step of its dispatch. */
static void plan_answer(struct sim *sim, const char *agency, const char *incident,
	enum event_type after, int64_t at_ms) {
	const struct scenario_line *line = scenario_desk(&sim->scenario, agency);
	const struct incident *inc = world_incident(&sim->world, incident);
	const struct dispatch *dispatch = inc != NULL ? incident_dispatch(inc, agency) : NULL;
	enum action action;
	int64_t wait_ms;
	if (line == NULL || dispatch == NULL ||
		!scenario_answer(&sim->scenario, line, after, &action, &wait_ms)) {
		return;
	}
	struct todo *todo = mem_alloc(1, sizeof(*todo));
	todo->at_ms = at_ms + wait_ms;
	todo->action = action;
	todo->requested_seq = dispatch->requested_seq;
	text_copy(todo->incident, sizeof(todo->incident), incident);
	text_copy(todo->agency, sizeof(todo->agency), agency);
	struct todo **place = &sim->todos;
	while (*place != NULL && (*place)->at_ms <= todo->at_ms) {
		place = &(*place)->next;
	}
	todo->next = *place;
	*place = todo;
}

/* A desk that is there and played has received what was just written, and thinks about it. */
static void react(struct sim *sim, const struct event *event) {
	enum sim_desk *desk = find_desk(sim, event->agency);
	char agency[AGENCY_ID_SIZE], incident[UUID_SIZE];
	enum event_type type = event->type;
	int64_t at_ms = event->at_ms, seq = event->seq;
	if (desk == NULL || *desk != SIM_DESK_PLAYED || event->incident[0] == '\0') {
		return;
	}
	/* Writing moves the log, and the event with it. */
	text_copy(agency, sizeof(agency), event->agency);
	text_copy(incident, sizeof(incident), event->incident);
	if (type == EVENT_DISPATCH_REQUESTED) {
		struct sim_user user = desk_user(agency);
		sim_got(sim, &user, seq);
	}
	plan_answer(sim, agency, incident, type, at_ms);
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

/* Who, when and in which mode come from the feed, whatever the command says. */
static bool decide(
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
		react(sim, &sim->log.items[i]);
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
		bool ok = decide(sim, user, &copy, no);
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
		decide(sim, user, &cmd, &no);
	}
}

void sim_put(struct sim *sim, struct event *event) {
	struct event *slot = events_add(&sim->log);
	*slot = *event;
	memset(event, 0, sizeof(*event));
	slot->at_ms = sim->now_ms;
	append(sim, slot);
	react(sim, slot);
}

/* Takes the command's own memory. */
static struct known *raise_alarm(struct sim *sim, const char *key, struct command *cmd) {
	static const struct sim_user app = {.who = {.name = "aplikasi"}, .role = ROLE_INTAKE};
	struct known *known = mem_alloc(1, sizeof(*known));
	struct refusal no;
	sim_make_id(cmd->alarm.id, sim->seed, SIM_ID_ALARM, ++sim->alarms);
	sim_make_id(cmd->new_incident, sim->seed, SIM_ID_INCIDENT, sim->world.last_number + 1);
	text_copy(known->key, sizeof(known->key), key);
	text_copy(known->alarm, sizeof(known->alarm), cmd->alarm.id);
	text_copy(known->incident, sizeof(known->incident), cmd->new_incident);
	known->next = sim->known;
	sim->known = known;
	decide(sim, &app, cmd, &no);
	command_finish(cmd);
	return known;
}

bool sim_raise(struct sim *sim, const char *json, size_t len, struct err *err) {
	struct command cmd;
	if (!wire_get_alarm(&cmd, json, len, err)) {
		return false;
	}
	raise_alarm(sim, "", &cmd);
	return true;
}

/* --- the scenario --- */

/* The bodies were checked when the scenario was read; one that is refused here says nothing. */
static void play_caller(struct sim *sim, const struct scenario_line *line) {
	static const struct sim_user app = {.who = {.name = "aplikasi"}, .role = ROLE_INTAKE};
	const struct known *known = sim->known;
	const char *body = line->body.data;
	size_t len = line->body.len;
	struct command cmd;
	struct refusal no;
	if (line->type == LINE_RAISE) {
		if (wire_get_alarm(&cmd, body, len, NULL)) {
			raise_alarm(sim, line->key, &cmd);
		}
		return;
	}
	while (known != NULL && strcmp(known->key, line->key) != 0) {
		known = known->next;
	}
	bool ok = line->type == LINE_UPDATE ? wire_get_alarm_update(&cmd, body, len, NULL)
					    : wire_get_alarm_cancel(&cmd, body, len, NULL);
	if (ok && known != NULL) {
		text_copy(cmd.alarm.id, sizeof(cmd.alarm.id), known->alarm);
		text_copy(cmd.incident, sizeof(cmd.incident), known->incident);
		decide(sim, &app, &cmd, &no);
	}
	command_finish(&cmd);
}

static void play_line(struct sim *sim, const struct scenario_line *line) {
	static const struct sim_user trainer = {.who = {.name = "pelatih"}, .role = ROLE_TRAINER};
	struct command cmd = {.action = ACTION_CAMERA_STATUS, .has = HAS_CAMERA_STATUS};
	struct refusal no;
	if (line->type == LINE_CAMERA) {
		text_copy(cmd.camera, sizeof(cmd.camera), line->camera);
		cmd.camera_status = line->camera_status;
		decide(sim, &trainer, &cmd, &no);
	} else if (line->type == LINE_RAISE || line->type == LINE_UPDATE ||
		   line->type == LINE_CANCEL) {
		play_caller(sim, line);
	}
}

static void play_todo(struct sim *sim) {
	struct todo *todo = sim->todos;
	const enum sim_desk *desk = find_desk(sim, todo->agency);
	const struct incident *inc = world_incident(&sim->world, todo->incident);
	const struct dispatch *dispatch = inc != NULL ? incident_dispatch(inc, todo->agency) : NULL;
	sim->todos = todo->next;
	if (desk != NULL && *desk == SIM_DESK_PLAYED && dispatch != NULL &&
		dispatch->requested_seq == todo->requested_seq) {
		struct sim_user user = desk_user(todo->agency);
		struct command cmd = {.action = todo->action};
		struct refusal no;
		text_copy(cmd.incident, sizeof(cmd.incident), todo->incident);
		text_copy(cmd.agency, sizeof(cmd.agency), todo->agency);
		if (todo->action == ACTION_DECLINE) {
			cmd.note = mem_dup_str("semua armada sedang bertugas");
		}
		/* What was recalled meanwhile is refused, as it would be a real desk. */
		decide(sim, &user, &cmd, &no);
		command_finish(&cmd);
	}
	free(todo);
}

int64_t sim_next_ms(const struct sim *sim) {
	int64_t line_ms = scenario_next_ms(&sim->scenario);
	int64_t next = line_ms >= 0 ? sim->start_ms + line_ms : -1;
	if (sim->todos != NULL && (next < 0 || sim->todos->at_ms < next)) {
		next = sim->todos->at_ms;
	}
	return next;
}

void sim_advance(struct sim *sim, int64_t to_ms) {
	int64_t next;
	while ((next = sim_next_ms(sim)) >= 0 && next <= to_ms) {
		sim->now_ms = next > sim->now_ms ? next : sim->now_ms;
		const struct scenario_line *line =
			scenario_due(&sim->scenario, next - sim->start_ms);
		if (line != NULL) {
			play_line(sim, line);
		} else {
			play_todo(sim);
		}
	}
	sim->now_ms = to_ms > sim->now_ms ? to_ms : sim->now_ms;
}

/* --- desks --- */

/* What was asked of the desk before it came is answered now. */
static void catch_up(struct sim *sim, const char *agency) {
	struct sim_user user = desk_user(agency);
	for (const struct incident *inc = sim->world.incidents; inc != NULL; inc = inc->hh.next) {
		const struct dispatch *dispatch = incident_dispatch(inc, agency);
		if (dispatch != NULL && dispatch->state == DISPATCH_REQUESTED) {
			plan_answer(sim, agency, inc->id, EVENT_DISPATCH_REQUESTED, sim->now_ms);
		}
	}
	sim_got(sim, &user, sim->world.head);
}

void sim_set_desk(struct sim *sim, const char *agency, enum sim_desk state) {
	enum sim_desk *desk = find_desk(sim, agency);
	struct sim_user user = desk_user(agency);
	struct refusal no;
	if (desk == NULL || *desk == state) {
		return;
	}
	enum sim_desk before = *desk;
	*desk = state;
	if (before == SIM_DESK_EMPTY || state == SIM_DESK_EMPTY) {
		struct command cmd = {
			.action = state == SIM_DESK_EMPTY ? ACTION_LINK_DOWN : ACTION_LINK_UP};
		decide(sim, &user, &cmd, &no);
	}
	if (state == SIM_DESK_PLAYED) {
		catch_up(sim, agency);
	}
}

size_t sim_desks(const struct sim *sim, struct desk_state *out) {
	const struct registry *reg = &sim->world.registry;
	for (size_t i = 0; i < reg->agencies_len; i++) {
		text_copy(out[i].agency, sizeof(out[i].agency), reg->agencies[i].id);
		out[i].desk = sim->desks[i] != SIM_DESK_EMPTY ? DESK_ONLINE
			      : reg->agencies[i].by_phone     ? DESK_PHONE
							      : DESK_OFFLINE;
	}
	return reg->agencies_len;
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
	if (cfg->scenario != NULL) {
		sim->scenario = *cfg->scenario;
		memset(cfg->scenario, 0, sizeof(*cfg->scenario));
	}
	sim->scenario.seed = cfg->seed;
	sim->seed = cfg->seed;
	sim->start_ms = sim->now_ms = cfg->start_ms;
	sim->mode = cfg->mode;
	sim_make_id(sim->feed_id, cfg->seed, SIM_ID_FEED, 1);
	const struct registry *reg = &sim->world.registry;
	sim->desks = mem_alloc(reg->agencies_len + 1, sizeof(*sim->desks));
	for (size_t i = 0; i < reg->agencies_len; i++) {
		if (scenario_desk(&sim->scenario, reg->agencies[i].id) != NULL) {
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
	for (struct known *known = sim->known, *next; known != NULL; known = next) {
		next = known->next;
		free(known);
	}
	scenario_finish(&sim->scenario);
	events_finish(&sim->log);
	world_finish(&sim->world);
	free(sim->desks);
	free(sim);
}
