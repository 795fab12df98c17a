#include "worlds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#include "../unit/world.h"

static const char *const names[] = {"ayu", "budi", "citra", ""};
static const char *const agencies[] = {"damkar", "psc119", "polresta", "nobody", ""};
static const char *const cameras[] = {"Gladag", "PasarGede", "nocam", ""};
static const char *const notes[] = {NULL, "", "asap tebal", "\xe2\x80\xae\x1b[2J", "\xc3\xa9"};

#define PICK(in, list) (list)[take_below(in, ARRAY_LEN(list))]

static const char *take_id(struct bytes *in) {
	return city_id((int)take_below(in, WORLDS_INCIDENTS) + 1);
}

static void make_alarm(struct bytes *in, struct command *cmd, unsigned count) {
	struct alarm *alarm = &cmd->alarm;
	snprintf(alarm->id, sizeof(alarm->id), "20000000-0000-4000-8000-%012u", count);
	alarm->received_at_ms = cmd->at_ms;
	alarm->occurred_at_ms = take_below(in, 4) == 0 ? cmd->at_ms - 120000 : 0;
	alarm->at.lat_e7 = -75722000 + (int32_t)take_below(in, 8) * 1000;
	alarm->at.lon_e7 = 1108289000 + (int32_t)take_below(in, 8) * 1000;
	alarm->accuracy_m = (int32_t)take_below(in, 3) * 20 - 1;
	text_copy(alarm->caller_name, sizeof(alarm->caller_name), PICK(in, names));
	text_copy(alarm->caller_phone, sizeof(alarm->caller_phone),
		take_below(in, 2) != 0 ? "+62 800-555-0101" : "");
	text_copy(alarm->place, sizeof(alarm->place), "Gladag");
	const char *note = PICK(in, notes);
	char clean[64];
	if (note != NULL && text_clean(clean, sizeof(clean), note, strlen(note)) > 0) {
		alarm->note = mem_dup_str(clean);
	}
	/* The number of incidents is small, so that things meet; a new one takes a free name. */
	text_copy(cmd->new_incident, UUID_SIZE, city_id((int)(count % 90) + 1));
}

static void make_rest(struct bytes *in, struct command *cmd) {
	char clean[64];
	cmd->kind = (enum kind)take_below(in, KIND_COUNT);
	cmd->priority = (enum priority)take_below(in, PRIORITY_COUNT);
	cmd->method = (enum method)take_below(in, METHOD_COUNT);
	cmd->reason = (enum reject_reason)take_below(in, REJECT_COUNT);
	cmd->disposition = (enum disposition)take_below(in, DISPOSITION_COUNT);
	cmd->camera_status = (enum camera_status)take_below(in, CAMERA_STATUS_COUNT);
	cmd->has |= take_byte(in) & ~(unsigned)(HAS_IF_REV | HAS_UNTIL);
	cmd->until_ms = take_below(in, 2) != 0 ? cmd->at_ms + 1000 * take_byte(in) : 0;
	cmd->seq = (int64_t)take_byte(in);
	cmd->at.lat_e7 = -75722000;
	cmd->at.lon_e7 = 1108289000 + (int32_t)take_byte(in) * 100;
	cmd->accuracy_m = 10;
	text_copy(cmd->place, sizeof(cmd->place), "Pasar Gede");
	const char *note = PICK(in, notes);
	if (note != NULL && text_clean(clean, sizeof(clean), note, strlen(note)) > 0) {
		cmd->note = mem_dup_str(clean);
	}
}

/* An agency's desk asks in its own name, the others in none. */
static void make_who(struct bytes *in, struct command *cmd) {
	static const enum role roles[] = {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_SUPERVISOR,
		ROLE_AGENCY, ROLE_OBSERVER, ROLE_TRAINER};
	cmd->role = PICK(in, roles);
	if (cmd->action == ACTION_RAISE || cmd->action == ACTION_WITHDRAW) {
		cmd->role = ROLE_INTAKE;
	} else if (cmd->action == ACTION_DELIVER) {
		cmd->role = ROLE_AGENCY;
	}
	text_copy(cmd->by.name, WHO_SIZE, names[take_below(in, 3)]);
	text_copy(cmd->by.position, WHO_SIZE, take_below(in, 2) != 0 ? "TMC-2" : "");
	if (cmd->role == ROLE_AGENCY) {
		text_copy(cmd->own_agency, AGENCY_ID_SIZE, agencies[take_below(in, 3)]);
	}
}

struct command make_command(
	struct bytes *in, const struct world *world, int64_t at_ms, unsigned count) {
	struct command cmd = {.at_ms = at_ms};
	cmd.alarm.accuracy_m = -1;
	snprintf(cmd.id, sizeof(cmd.id), "30000000-0000-4000-8000-%012u", count);
	cmd.action = (enum action)take_below(in, ACTION_COUNT);
	make_who(in, &cmd);
	if (cmd.action == ACTION_RAISE) {
		make_alarm(in, &cmd, count);
		cmd.kind = (enum kind)take_below(in, KIND_COUNT);
		cmd.priority = (enum priority)take_below(in, PRIORITY_COUNT);
		return cmd;
	}
	text_copy(cmd.incident, UUID_SIZE, take_id(in));
	text_copy(cmd.other, UUID_SIZE, take_id(in));
	text_copy(cmd.agency, AGENCY_ID_SIZE, PICK(in, agencies));
	text_copy(cmd.camera, CAMERA_ID_SIZE, PICK(in, cameras));
	make_rest(in, &cmd);
	const struct incident *inc = world_incident(world, cmd.incident);
	unsigned rev = take_below(in, 8);
	if (inc != NULL && rev != 0) {
		cmd.has |= HAS_IF_REV;
		cmd.if_rev = inc->rev - (rev == 1);
	}
	if (inc != NULL && inc->alarms_len > 0 &&
		(cmd.action == ACTION_UPDATE || cmd.action == ACTION_WITHDRAW)) {
		text_copy(cmd.alarm.id, UUID_SIZE,
			inc->alarms[take_below(in, (unsigned)inc->alarms_len)].id);
	}
	if (cmd.action == ACTION_WITHDRAW) {
		cmd.has |= HAS_WITHDRAWN;
	}
	return cmd;
}

bool is_allowed(const struct command *cmd) {
	switch ((int)cmd->action) {
	case ACTION_EXPIRE:
	case ACTION_REGISTRY_CHANGED:
	case ACTION_LINK_UP:
	case ACTION_LINK_DOWN: return true; /* the feed's own */
	default: return action_allowed(cmd->role, cmd->action);
	}
}

static void check_dispatches(const struct incident *inc) {
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		MUST((unsigned)dispatch->state < DISPATCH_STATE_COUNT);
		MUST(dispatch->agency[0] != '\0');
		MUST(dispatch->at_ms[dispatch->state] != 0);
		/* Nobody is asked twice while they are asked. */
		MUST(!dispatch_is_live(dispatch) ||
			incident_dispatch(inc, dispatch->agency) == dispatch);
	}
}

void check_incident(const struct world *world, const struct incident *inc) {
	MUST((unsigned)inc->state < INCIDENT_STATE_COUNT && inc->rev >= 1);
	MUST(inc->number >= 1 && inc->number <= world->last_number);
	MUST(inc->last_seq >= 1 && inc->last_seq <= world->head);
	MUST(inc->entries_len >= 1 && inc->entries_len <= INCIDENT_ENTRIES_MAX);
	MUST(inc->alarms_len >= 1);
	MUST((inc->state == INCIDENT_DUPLICATE) == (inc->merged_into[0] != '\0'));
	MUST(inc->state != INCIDENT_DUPLICATE || inc->state_before < INCIDENT_CLOSED);
	MUST(inc->state != INCIDENT_CLOSED || inc->disposition != DISPOSITION_NONE);
	MUST(inc->state != INCIDENT_FALSE_ALARM || inc->reason != REJECT_NONE);
	MUST((inc->verified_at_ms == 0) == (inc->method == METHOD_NONE));
	MUST(inc->state != INCIDENT_VERIFIED || inc->verified_at_ms != 0);
	/* Whoever still drives there has not been forgotten. */
	MUST(incident_is_open(inc) || !incident_has_live_dispatch(inc));
	MUST(inc->state != INCIDENT_NEW || !incident_has_live_dispatch(inc));
	MUST(inc->state_at_ms[inc->state] != 0);
	check_dispatches(inc);
	for (size_t i = 0; i < inc->alarms_len; i++) {
		for (size_t j = 0; j < i; j++) {
			MUST(strcmp(inc->alarms[i].id, inc->alarms[j].id) != 0);
		}
	}
}

void check_world(const struct world *world) {
	for (const struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		check_incident(world, inc);
		for (const struct incident *other = inc->hh.next; other != NULL;
			other = other->hh.next) {
			MUST(other->number != inc->number);
		}
	}
}

static void dump_who(struct buf *out, const char *name, const struct who *who) {
	buf_printf(out, " %s=%s@%s", name, who->name, who->position);
}

static void dump_alarm(struct buf *out, const struct alarm *alarm) {
	buf_printf(out, "\n  alarm %s from=%s %lld %lld %d %d %d %s %s %s %s %s %d", alarm->id,
		alarm->from, (long long)alarm->occurred_at_ms, (long long)alarm->received_at_ms,
		alarm->at.lat_e7, alarm->at.lon_e7, alarm->accuracy_m, alarm->caller_name,
		alarm->caller_phone, alarm->source, alarm->place,
		alarm->note != NULL ? alarm->note : "-", alarm->withdrawn);
}

static void dump_dispatch(struct buf *out, const struct dispatch *dispatch) {
	buf_printf(out, "\n  dispatch %s %s %lld cause=%s", dispatch->agency,
		dispatch_state_name(dispatch->state), (long long)dispatch->requested_seq,
		dispatch->cause);
	dump_who(out, "by", &dispatch->by);
	for (size_t i = 0; i < DISPATCH_STATE_COUNT; i++) {
		buf_printf(out, " %lld", (long long)dispatch->at_ms[i]);
	}
}

static void dump_entry(struct buf *out, const struct entry *entry) {
	buf_printf(out, "\n  entry %lld %lld %s %s %s %s %s %s %s", (long long)entry->seq,
		(long long)entry->at_ms, event_type_name(entry->type), entry->agency, entry->camera,
		method_name(entry->method), reject_reason_name(entry->reason),
		disposition_name(entry->disposition), entry->note != NULL ? entry->note : "-");
	dump_who(out, "by", &entry->by);
}

void dump_incident(struct buf *out, const struct incident *inc) {
	buf_printf(out, "#%lld %s rev=%lld seq=%lld %s before=%d %s %s %s place=%s at=%d,%d",
		(long long)inc->number, inc->id, (long long)inc->rev, (long long)inc->last_seq,
		incident_state_name(inc->state), (int)inc->state_before, kind_name(inc->kind),
		priority_name(inc->priority), mode_name(inc->mode), inc->place, inc->at.lat_e7,
		inc->at.lon_e7);
	dump_who(out, "by", &inc->state_by);
	dump_who(out, "claim", &inc->claim);
	buf_printf(out, " %lld verified=%lld %s %s %s %s held=%lld into=%s",
		(long long)inc->claim_at_ms, (long long)inc->verified_at_ms,
		method_name(inc->method), inc->camera, reject_reason_name(inc->reason),
		disposition_name(inc->disposition), (long long)inc->held_until_ms,
		inc->merged_into);
	for (size_t i = 0; i < INCIDENT_STATE_COUNT; i++) {
		buf_printf(out, " %lld", (long long)inc->state_at_ms[i]);
	}
	for (size_t i = 0; i < inc->alarms_len; i++) {
		dump_alarm(out, &inc->alarms[i]);
	}
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		dump_dispatch(out, &inc->dispatches[i]);
	}
	for (size_t i = 0; i < inc->entries_len; i++) {
		dump_entry(out, &inc->entries[i]);
	}
	buf_add_str(out, "\n");
}

void dump_world(struct buf *out, const struct world *world, bool open_only) {
	buf_printf(out, "head=%lld\n", (long long)(open_only ? 0 : world->head));
	for (int64_t number = 1; number <= world->last_number; number++) {
		const struct incident *inc = world_by_number(world, number);
		if (inc != NULL && (!open_only || incident_is_open(inc))) {
			dump_incident(out, inc);
		}
	}
}
