/* The desks of a simulated feed: what they do about a dispatch, and when. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/train/desk.h>

#include "sim_private.h"

struct seat *sim_find_seat(const struct sim *sim, const char *agency) {
	const struct registry *reg = &sim->world.registry;
	const struct agency *found = registry_agency(reg, agency);
	return found != NULL ? &sim->desks[found - reg->agencies] : NULL;
}

struct sim_user sim_desk_user(const char *agency) {
	struct sim_user user = {.role = ROLE_AGENCY};
	snprintf(user.who.name, sizeof(user.who.name), "meja-%s", agency);
	text_copy(user.agency, sizeof(user.agency), agency);
	return user;
}

/* --- what a desk thinks --- */

/* A dispatch as a name for chance: the how manieth of this agency at this incident. */
static int64_t nth(const struct incident *inc, const char *agency) {
	int64_t count = 0;
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		count += strcmp(inc->dispatches[i].agency, agency) == 0;
	}
	return inc->number * 100 + count;
}

static bool is_out(const struct dispatch *dispatch) {
	return dispatch->state == DISPATCH_ACCEPTED || dispatch->state == DISPATCH_EN_ROUTE ||
	       dispatch->state == DISPATCH_ON_SCENE;
}

/* All that the agency has is somewhere already. */
static bool is_full(const struct sim *sim, const struct scenario_line *line) {
	int64_t out = 0;
	if (line->units == 0) {
		return false;
	}
	for (const struct incident *inc = sim->world.incidents; inc != NULL; inc = inc->hh.next) {
		const struct dispatch *dispatch = incident_dispatch(inc, line->agency);
		out += dispatch != NULL && is_out(dispatch);
	}
	return out >= line->units;
}

/* Plans what the desk does after a step of its dispatch. */
static void plan(struct sim *sim, const struct seat *desk, const char *agency, const char *incident,
	enum event_type after, int64_t at_ms) {
	const struct scenario_line *line =
		sim->scenario != NULL ? scenario_desk(sim->scenario, agency) : NULL;
	const struct incident *inc = world_incident(&sim->world, incident);
	const struct dispatch *dispatch = inc != NULL ? incident_dispatch(inc, agency) : NULL;
	enum action action;
	int64_t wait_ms;
	if (sim->mute || line == NULL || dispatch == NULL ||
		!desk_answer(
			line, desk->mood, sim->seed, nth(inc, agency), after, &action, &wait_ms)) {
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

void sim_react(struct sim *sim, const struct event *event) {
	const struct seat *desk = sim_find_seat(sim, event->agency);
	char agency[AGENCY_ID_SIZE], incident[UUID_SIZE];
	enum event_type type = event->type;
	int64_t at_ms = event->at_ms, seq = event->seq;
	if (desk == NULL || desk->desk != SIM_DESK_PLAYED || event->incident[0] == '\0') {
		return;
	}
	/* Writing moves the log, and the event with it. */
	text_copy(agency, sizeof(agency), event->agency);
	text_copy(incident, sizeof(incident), event->incident);
	if (type == EVENT_DISPATCH_REQUESTED) {
		struct sim_user user = sim_desk_user(agency);
		sim_got(sim, &user, seq);
	}
	plan(sim, desk, agency, incident, type, at_ms);
}

/* --- what it does --- */

bool sim_step(struct sim *sim, const char *agency, const char *incident, enum action action,
	const char *note, struct refusal *no) {
	struct sim_user user = sim_desk_user(agency);
	struct command cmd = {.action = action};
	text_copy(cmd.incident, sizeof(cmd.incident), incident);
	text_copy(cmd.agency, sizeof(cmd.agency), action != ACTION_NOTE ? agency : "");
	/* Whoever declines says why. */
	note = note == NULL && action == ACTION_DECLINE ? "semua armada sedang bertugas" : note;
	cmd.note = note != NULL ? mem_dup_str(note) : NULL;
	bool ok = sim_decide(sim, &user, &cmd, no);
	command_finish(&cmd);
	return ok;
}

void sim_play_todo(struct sim *sim) {
	struct todo *todo = sim->todos;
	const struct seat *desk = sim_find_seat(sim, todo->agency);
	const struct incident *inc = world_incident(&sim->world, todo->incident);
	const struct dispatch *dispatch = inc != NULL ? incident_dispatch(inc, todo->agency) : NULL;
	sim->todos = todo->next;
	if (desk != NULL && desk->desk == SIM_DESK_PLAYED && dispatch != NULL &&
		dispatch->requested_seq == todo->requested_seq) {
		enum action action = todo->action;
		struct refusal no;
		if (action == ACTION_ACCEPT &&
			is_full(sim, scenario_desk(sim->scenario, todo->agency))) {
			action = ACTION_DECLINE;
		}
		/* What was recalled meanwhile is refused, as it would be a real desk. */
		sim_step(sim, todo->agency, todo->incident, action, NULL, &no);
	}
	free(todo);
}

/* --- who is there --- */

static bool is_planned(const struct sim *sim, const struct dispatch *dispatch) {
	for (const struct todo *todo = sim->todos; todo != NULL; todo = todo->next) {
		if (todo->requested_seq == dispatch->requested_seq) {
			return true;
		}
	}
	return false;
}

/* What was the last step that the desk still has something to do after? EVENT_TYPE_COUNT: there is
 * none, or what it will do is planned. */
static enum event_type left_after(
	const struct sim *sim, const struct incident *inc, const char *agency) {
	static const enum event_type after[DISPATCH_STATE_COUNT] = {
		[DISPATCH_REQUESTED] = EVENT_DISPATCH_REQUESTED,
		[DISPATCH_DELIVERED] = EVENT_DISPATCH_REQUESTED,
		[DISPATCH_ACCEPTED] = EVENT_DISPATCH_ACCEPTED,
		[DISPATCH_EN_ROUTE] = EVENT_DISPATCH_EN_ROUTE,
		[DISPATCH_ON_SCENE] = EVENT_DISPATCH_ON_SCENE,
		[DISPATCH_CLEARED] = EVENT_TYPE_COUNT,
		[DISPATCH_DECLINED] = EVENT_TYPE_COUNT,
		[DISPATCH_CANCELLED] = EVENT_TYPE_COUNT,
		[DISPATCH_EXPIRED] = EVENT_TYPE_COUNT,
	};
	const struct dispatch *dispatch = incident_dispatch(inc, agency);
	return dispatch == NULL || is_planned(sim, dispatch) ? EVENT_TYPE_COUNT
							     : after[dispatch->state];
}

/* What was asked of the desk before it came is answered now, and what it was about goes on. */
static void catch_up(struct sim *sim, const struct seat *desk, const char *agency) {
	struct sim_user user = sim_desk_user(agency);
	for (const struct incident *inc = sim->world.incidents; inc != NULL; inc = inc->hh.next) {
		enum event_type after = left_after(sim, inc, agency);
		if (after != EVENT_TYPE_COUNT) {
			plan(sim, desk, agency, inc->id, after, sim->now_ms);
		}
	}
	sim_got(sim, &user, sim->world.head);
}

void sim_set_desk(struct sim *sim, const char *agency, enum sim_desk state) {
	struct seat *desk = sim_find_seat(sim, agency);
	struct sim_user user = sim_desk_user(agency);
	struct refusal no;
	if (desk == NULL || desk->desk == state) {
		return;
	}
	enum sim_desk before = desk->desk;
	desk->desk = state;
	if (before == SIM_DESK_EMPTY || state == SIM_DESK_EMPTY) {
		struct command cmd = {
			.action = state == SIM_DESK_EMPTY ? ACTION_LINK_DOWN : ACTION_LINK_UP};
		sim_decide(sim, &user, &cmd, &no);
	}
	if (state == SIM_DESK_PLAYED) {
		catch_up(sim, desk, agency);
	}
}

void sim_set_mood(struct sim *sim, const char *agency, enum desk_mood mood) {
	struct seat *desk = sim_find_seat(sim, agency);
	if (desk == NULL || desk->desk == SIM_DESK_TAKEN) {
		return;
	}
	desk->mood = mood;
	sim_set_desk(sim, agency, mood == MOOD_OFFLINE ? SIM_DESK_EMPTY : SIM_DESK_PLAYED);
	if (mood != MOOD_OFFLINE && mood != MOOD_SILENT) {
		catch_up(sim, desk, agency);
	}
}

size_t sim_desks(const struct sim *sim, struct desk_state *out) {
	const struct registry *reg = &sim->world.registry;
	for (size_t i = 0; i < reg->agencies_len; i++) {
		text_copy(out[i].agency, sizeof(out[i].agency), reg->agencies[i].id);
		out[i].desk = sim->desks[i].desk != SIM_DESK_EMPTY ? DESK_ONLINE
			      : reg->agencies[i].by_phone          ? DESK_PHONE
								   : DESK_OFFLINE;
	}
	return reg->agencies_len;
}

bool sim_is_online(const struct sim *sim, const char *agency) {
	const struct seat *desk = sim_find_seat(sim, agency);
	return desk != NULL && desk->desk != SIM_DESK_EMPTY;
}

bool sim_will_step(const struct sim *sim, const char *agency, const char *incident) {
	const struct incident *inc = world_incident(&sim->world, incident);
	const struct dispatch *dispatch = inc != NULL ? incident_dispatch(inc, agency) : NULL;
	return dispatch != NULL && sim_is_online(sim, agency) && is_planned(sim, dispatch);
}
