/* What a city's app posts: the first byte says which of the three bodies it is. */
#include <stdlib.h>
#include <string.h>

#include <siaga/wire/wire.h>

#include "fuzz.h"

#define AT_MS INT64_C(1700000000000)

static bool read(
	struct command *cmd, unsigned which, const char *json, size_t len, struct err *err) {
	switch (which) {
	case 0: return wire_get_alarm(cmd, json, len, err);
	case 1: return wire_get_alarm_update(cmd, json, len, err);
	default: return wire_get_alarm_cancel(cmd, json, len, err);
	}
}

static void check_command(const struct command *cmd) {
	const struct alarm *alarm = &cmd->alarm;
	MUST(cmd->role == ROLE_NONE && cmd->by.name[0] == '\0' && cmd->own_agency[0] == '\0');
	MUST(is_clean(cmd->place, sizeof(cmd->place)));
	MUST(is_clean(alarm->place, sizeof(alarm->place)));
	MUST(is_clean(alarm->caller_name, sizeof(alarm->caller_name)));
	MUST(is_clean(alarm->caller_phone, sizeof(alarm->caller_phone)));
	MUST(is_clean(alarm->source, sizeof(alarm->source)));
	MUST(cmd->note == NULL || is_clean(cmd->note, NOTE_MAX + 1));
	MUST(alarm->note == NULL || is_clean(alarm->note, NOTE_MAX + 1));
	MUST(alarm->at.lat_e7 >= -900000000 && alarm->at.lat_e7 <= 900000000);
	MUST(alarm->at.lon_e7 >= -1800000000 && alarm->at.lon_e7 <= 1800000000);
}

/* Whatever was taken becomes an event of the log, and the log can be read back. */
static void check_log(struct command *cmd) {
	struct world world = {0};
	struct events events = {0};
	struct refusal no;
	struct err err;
	cmd->role = ROLE_INTAKE;
	cmd->at_ms = cmd->alarm.received_at_ms = AT_MS;
	strcpy(cmd->alarm.id, "0b0e7c1e-6d1f-4c39-9a53-1f2d3c4b5a60");
	strcpy(cmd->new_incident, "1c1e7c1e-6d1f-4c39-9a53-1f2d3c4b5a61");
	if (cmd->action == ACTION_RAISE) {
		MUST(reduce(&world, cmd, &events, &no));
		MUST(events.len == 1);
	}
	for (size_t i = 0; i < events.len; i++) {
		struct buf body = {0};
		struct event again;
		events.items[i].seq = 1;
		wire_put_event(&body, &events.items[i]);
		MUST_OF(wire_get_event(&again, body.data, body.len, &err), body.data);
		MUST(strcmp(again.alarm.caller_name, cmd->alarm.caller_name) == 0);
		MUST(strcmp(again.place, cmd->alarm.place) == 0);
		MUST(again.at.lat_e7 == cmd->alarm.at.lat_e7);
		MUST(again.at.lon_e7 == cmd->alarm.at.lon_e7);
		event_finish(&again);
		buf_finish(&body);
	}
	events_finish(&events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct bytes in = {data, size};
	struct command cmd;
	struct err err = {0};
	unsigned which = take_below(&in, 3);
	size_t len;
	char *json = take_data(&in, in.left, &len);
	if (read(&cmd, which, json, len, &err)) {
		check_command(&cmd);
		check_log(&cmd);
	} else {
		MUST(is_message(&err));
		MUST(cmd.note == NULL && cmd.alarm.note == NULL && cmd.has == 0);
	}
	command_finish(&cmd);
	free(json);
	return 0;
}
