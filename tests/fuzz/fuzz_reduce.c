/* The feed's reducer: any commands, in any order, of anybody. */
#include <stdlib.h>
#include <string.h>

#include <siaga/wire/wire.h>

#include "../unit/world.h"
#include "worlds.h"

#define COMMANDS_MAX 80

struct run {
	struct world world;  /* as the feed has it */
	struct world reader; /* as a console has it, who gets the events as messages */
	struct events log;
};

static void dup_event(struct event *out, const struct event *event) {
	*out = *event;
	alarm_copy(&out->alarm, &event->alarm);
	out->note = event->note != NULL ? mem_dup_str(event->note) : NULL;
}

static void must_equal(const struct world *a, const struct world *b) {
	struct buf one = {0}, other = {0};
	dump_world(&one, a, false);
	dump_world(&other, b, false);
	MUST_OF(strcmp(one.data, other.data) == 0, one.data);
	buf_finish(&one);
	buf_finish(&other);
}

/* By the wire, and a second time, as after a link that broke. */
static void tell_reader(struct run *run, const struct event *event) {
	struct buf body = {0};
	struct event got;
	struct err err;
	wire_put_event(&body, event);
	MUST_OF(wire_get_event(&got, body.data, body.len, &err), body.data);
	world_apply(&run->reader, &got);
	world_apply(&run->reader, &got);
	event_finish(&got);
	buf_finish(&body);
}

/* An event says of itself which incident it is about and what its rev is then. */
static void check_event(const struct run *run, const struct event *event) {
	const struct incident *inc = world_incident(&run->world, event->incident);
	if (event->incident[0] == '\0') {
		return;
	}
	if (event->type == EVENT_INCIDENT_RAISED) {
		MUST(event->number == run->world.last_number + 1 && event->rev == 1);
		return;
	}
	MUST(inc != NULL && inc->number == event->number);
	MUST(event->rev == inc->rev || event->rev == inc->rev + 1);
}

static void take_event(struct run *run, const struct event *made) {
	struct event *event = events_add(&run->log);
	check_event(run, made);
	dup_event(event, made);
	event->seq = run->world.head + 1;
	world_apply(&run->world, event);
	MUST(run->world.head == event->seq);
	tell_reader(run, event);
}

/* Deciding changes nothing, and comes to the same a second time. */
static bool decide(
	const struct run *run, const struct command *cmd, struct events *out, struct refusal *no) {
	struct buf before = {0}, after = {0};
	struct events again = {0};
	struct refusal why = {0};
	bool look = run->log.len % 4 == 0; /* That costs more than all the rest. */
	if (look) {
		dump_world(&before, &run->world, false);
	}
	bool ok = reduce(&run->world, cmd, out, no);
	MUST(reduce(&run->world, cmd, &again, &why) == ok && again.len == out->len);
	if (look) {
		dump_world(&after, &run->world, false);
		MUST(strcmp(before.data, after.data) == 0);
	}
	for (size_t i = 0; i < out->len; i++) {
		MUST(again.items[i].type == out->items[i].type);
		MUST(again.items[i].rev == out->items[i].rev);
	}
	if (!ok) {
		MUST(out->len == 0 && (unsigned)no->code < REFUSAL_CODE_COUNT);
		MUST(no->message[0] != '\0' && is_clean(no->message, sizeof(no->message)));
		MUST(strcmp(no->message, why.message) == 0);
	}
	events_finish(&again);
	buf_finish(&before);
	buf_finish(&after);
	return ok;
}

static void do_command(struct run *run, const struct command *cmd) {
	struct events events = {0};
	struct refusal no = {0};
	bool taken = world_incident(&run->world, cmd->new_incident) != NULL;
	if (!is_allowed(cmd) || (cmd->action == ACTION_RAISE && taken)) {
		return; /* The doors refuse it; new ids are new. */
	}
	if (decide(run, cmd, &events, &no)) {
		for (size_t i = 0; i < events.len; i++) {
			take_event(run, &events.items[i]);
		}
	}
	events_finish(&events);
}

static void check_replay(const struct run *run) {
	struct world again = {0};
	city_fill(&again.registry);
	for (size_t i = 0; i < run->log.len; i++) {
		world_apply(&again, &run->log.items[i]);
	}
	must_equal(&run->world, &again);
	world_finish(&again);
}

/* Who comes late gets only the events of the incidents that are open: it must be enough. */
static void check_snapshot(const struct run *run) {
	struct world late = {0};
	struct buf one = {0}, other = {0};
	for (size_t i = 0; i < run->log.len; i++) {
		const struct event *event = &run->log.items[i];
		const struct incident *inc = world_incident(&run->world, event->incident);
		if (inc != NULL && incident_is_open(inc)) {
			world_apply(&late, event);
		}
	}
	dump_world(&one, &run->world, true);
	dump_world(&other, &late, true);
	MUST_OF(strcmp(one.data, other.data) == 0, one.data);
	buf_finish(&one);
	buf_finish(&other);
	world_finish(&late);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct bytes in = {data, size};
	struct run run = {0};
	city_fill(&run.world.registry);
	city_fill(&run.reader.registry);
	int64_t at_ms = T0;
	for (unsigned count = 1; in.left > 0 && count <= COMMANDS_MAX; count++) {
		at_ms += (int64_t)take_byte(&in) * 500 + 1;
		struct command cmd = make_command(&in, &run.world, at_ms, count);
		do_command(&run, &cmd);
		command_finish(&cmd);
		check_world(&run.world);
	}
	must_equal(&run.world, &run.reader);
	check_replay(&run);
	check_snapshot(&run);
	events_finish(&run.log);
	world_finish(&run.world);
	world_finish(&run.reader);
	return 0;
}
