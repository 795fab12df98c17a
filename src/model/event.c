#include <siaga/model/event.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>

/* A merged or late alarm is one whose caller's clock and ours differ by more than this. */
#define LATE_MS 60000

static char *dup_or_null(const char *text) {
	return text != NULL ? mem_dup_str(text) : NULL;
}

void alarm_finish(struct alarm *alarm) {
	free(alarm->note);
	alarm->note = NULL;
}

void alarm_copy(struct alarm *dst, const struct alarm *src) {
	*dst = *src;
	dst->note = dup_or_null(src->note);
}

bool alarm_is_late(const struct alarm *alarm) {
	return alarm->occurred_at_ms != 0 &&
	       alarm->received_at_ms - alarm->occurred_at_ms > LATE_MS;
}

void event_finish(struct event *event) {
	alarm_finish(&event->alarm);
	free(event->note);
	event->note = NULL;
}

static bool is_text(const char *text) {
	return text != NULL && text[0] != '\0';
}

bool event_is_personal(const struct event *event) {
	return is_text(event->note) || is_text(event->alarm.note) ||
	       is_text(event->alarm.caller_name) || is_text(event->alarm.caller_phone);
}

bool event_is_quiet(const struct event *event) {
	bool link = event->type == EVENT_LINK_UP || event->type == EVENT_LINK_DOWN;
	return event->type == EVENT_INCIDENT_VIEWED || (link && event->agency[0] == '\0');
}

void events_finish(struct events *events) {
	events_clear(events);
	free(events->items);
	memset(events, 0, sizeof(*events));
}

void events_clear(struct events *events) {
	for (size_t i = 0; i < events->len; i++) {
		event_finish(&events->items[i]);
	}
	events->len = 0;
}

struct event *events_add(struct events *events) {
	if (events->len == events->cap) {
		events->cap = events->cap > 0 ? events->cap * 2 : 4;
		events->items = mem_resize(events->items, events->cap, sizeof(*events->items));
	}
	struct event *event = &events->items[events->len++];
	memset(event, 0, sizeof(*event));
	event->accuracy_m = -1;
	event->alarm.accuracy_m = -1;
	return event;
}

void command_finish(struct command *command) {
	alarm_finish(&command->alarm);
	free(command->note);
	command->note = NULL;
}

void command_copy(struct command *dst, const struct command *src) {
	*dst = *src;
	alarm_copy(&dst->alarm, &src->alarm);
	dst->note = dup_or_null(src->note);
}

bool action_changes_state(enum action action) {
	return action == ACTION_ACKNOWLEDGE || action == ACTION_VERIFY || action == ACTION_REJECT ||
	       action == ACTION_MERGE || action == ACTION_SPLIT || action == ACTION_RESOLVE ||
	       action == ACTION_CLOSE || action == ACTION_REOPEN;
}

#define ROOM  (1u << ROLE_OPERATOR | 1u << ROLE_SUPERVISOR)
#define DESKS (ROOM | 1u << ROLE_AGENCY)

/* Which roles may ask for what. Zero: only the feed itself. */
static const unsigned action_roles[ACTION_COUNT] = {
	[ACTION_RAISE] = 1u << ROLE_INTAKE,
	[ACTION_UPDATE] = 1u << ROLE_INTAKE | ROOM,
	[ACTION_WITHDRAW] = 1u << ROLE_INTAKE,
	[ACTION_ACKNOWLEDGE] = ROOM,
	[ACTION_CLAIM] = ROOM,
	[ACTION_RELEASE] = ROOM,
	[ACTION_VERIFY] = ROOM,
	[ACTION_REJECT] = ROOM,
	[ACTION_MERGE] = ROOM,
	[ACTION_SPLIT] = ROOM,
	[ACTION_NOTE] = DESKS,
	[ACTION_HOLD] = ROOM,
	[ACTION_RESOLVE] = ROOM,
	[ACTION_CLOSE] = ROOM,
	[ACTION_REOPEN] = ROOM,
	[ACTION_DISPATCH] = ROOM,
	[ACTION_DELIVER] = 1u << ROLE_AGENCY,
	[ACTION_ACCEPT] = DESKS,
	[ACTION_DECLINE] = DESKS,
	[ACTION_EN_ROUTE] = DESKS,
	[ACTION_ON_SCENE] = DESKS,
	[ACTION_CLEAR] = DESKS,
	[ACTION_CANCEL] = ROOM,
	[ACTION_CAMERA_STATUS] = ROOM | 1u << ROLE_TRAINER,
	[ACTION_CAMERA_VIEWED] = DESKS | 1u << ROLE_OBSERVER,
};

bool action_allowed(enum role role, enum action action) {
	return (unsigned)action < ACTION_COUNT && (action_roles[action] & 1u << role) != 0;
}

bool roles_see_the_same(enum role a, enum role b) {
	bool persons_a = a == ROLE_OPERATOR || a == ROLE_SUPERVISOR;
	bool persons_b = b == ROLE_OPERATOR || b == ROLE_SUPERVISOR;

	return a == b || (persons_a && persons_b);
}
