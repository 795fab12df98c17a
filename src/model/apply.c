#include <siaga/model/incident.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

#define ENTRIES_FEW 16 /* a power of two */

enum incident_state incident_state_after(
	const struct incident *inc, enum event_type type, const char *other) {
	switch (type) {
	case EVENT_INCIDENT_ACKNOWLEDGED: return INCIDENT_ACKNOWLEDGED;
	case EVENT_INCIDENT_VERIFIED:
		/* Where a dispatch went first, verifying later does not take the incident back. */
		return inc->state < INCIDENT_VERIFIED ? INCIDENT_VERIFIED : inc->state;
	case EVENT_INCIDENT_REJECTED: return INCIDENT_FALSE_ALARM;
	case EVENT_INCIDENT_MERGED: return INCIDENT_DUPLICATE;
	case EVENT_INCIDENT_SPLIT:
		return strcmp(inc->merged_into, other) == 0 ? inc->state_before : inc->state;
	case EVENT_INCIDENT_RESOLVED: return INCIDENT_RESOLVED;
	case EVENT_INCIDENT_CLOSED: return INCIDENT_CLOSED;
	case EVENT_INCIDENT_REOPENED: return INCIDENT_ACKNOWLEDGED;
	case EVENT_DISPATCH_REQUESTED:
		return inc->state < INCIDENT_DISPATCHED || inc->state == INCIDENT_RESOLVED
			       ? INCIDENT_DISPATCHED
			       : inc->state;
	case EVENT_DISPATCH_ON_SCENE:
		return inc->state == INCIDENT_DISPATCHED ? INCIDENT_ON_SCENE : inc->state;
	case EVENT_INCIDENT_RAISED:
	case EVENT_INCIDENT_ALARM_ADDED:
	case EVENT_INCIDENT_UPDATED:
	case EVENT_INCIDENT_CLAIMED:
	case EVENT_INCIDENT_RELEASED:
	case EVENT_INCIDENT_NOTED:
	case EVENT_INCIDENT_HELD:
	case EVENT_DISPATCH_DELIVERED:
	case EVENT_DISPATCH_ACCEPTED:
	case EVENT_DISPATCH_DECLINED:
	case EVENT_DISPATCH_EN_ROUTE:
	case EVENT_DISPATCH_CLEARED:
	case EVENT_DISPATCH_CANCELLED:
	case EVENT_DISPATCH_EXPIRED:
	case EVENT_CAMERA_STATUS:
	case EVENT_CAMERA_VIEWED:
	case EVENT_REGISTRY_CHANGED:
	case EVENT_LINK_UP:
	case EVENT_LINK_DOWN:
	case EVENT_INCIDENT_VIEWED:
	case EVENT_LOG_PURGED:
	case EVENT_TYPE_COUNT: break;
	}
	return inc->state;
}

/* Most have a few entries, and of those there are many: no room is made that they do not need, and
 * little moved, for what is moved leaves holes that the next incident's parts are scattered over.
 */
static void make_room(struct incident *inc) {
	size_t len = inc->entries_len;
	bool full = len < ENTRIES_FEW ? len % 2 == 0 && len != 2 : (len & (len - 1)) == 0;
	if (full) {
		size_t cap = len == 0 ? 4 : len < ENTRIES_FEW ? len + 2 : len * 2;
		inc->entries = mem_resize(inc->entries, cap, sizeof(*inc->entries));
	}
}

static void add_entry(struct incident *inc, const struct event *event) {
	if (inc->entries_len == INCIDENT_ENTRIES_MAX) {
		/* The first line, how it began, is worth more than the second. */
		free(inc->entries[1].note);
		memmove(&inc->entries[1], &inc->entries[2],
			(INCIDENT_ENTRIES_MAX - 2) * sizeof(*inc->entries));
		inc->entries_len--;
	} else {
		make_room(inc);
	}
	struct entry *entry = &inc->entries[inc->entries_len++];
	memset(entry, 0, sizeof(*entry));
	entry->seq = event->seq;
	entry->at_ms = event->at_ms;
	entry->type = event->type;
	entry->by = event->by;
	text_copy(entry->agency, sizeof(entry->agency), event->agency);
	text_copy(entry->camera, sizeof(entry->camera), event->camera);
	entry->method = event->method;
	entry->reason = event->reason;
	entry->disposition = event->disposition;
	entry->note = event->note != NULL ? mem_dup_str(event->note) : NULL;
}

static void add_alarm(struct incident *inc, const struct alarm *alarm) {
	inc->alarms = mem_resize(inc->alarms, inc->alarms_len + 1, sizeof(*inc->alarms));
	alarm_copy(&inc->alarms[inc->alarms_len++], alarm);
}

static void drop_alarms_from(struct incident *inc, const char *from) {
	size_t kept = 0;
	for (size_t i = 0; i < inc->alarms_len; i++) {
		if (strcmp(inc->alarms[i].from, from) == 0) {
			alarm_finish(&inc->alarms[i]);
		} else {
			inc->alarms[kept++] = inc->alarms[i];
		}
	}
	inc->alarms_len = kept;
}

static struct incident *raise_incident(struct world *world, const struct event *event) {
	struct incident *inc = world_incident(world, event->incident);
	if (inc != NULL) {
		return inc; /* The log has it once; a repeated message changes nothing. */
	}
	inc = mem_alloc_line(sizeof(*inc));
	text_copy(inc->id, sizeof(inc->id), event->incident);
	inc->number = event->number;
	inc->kind = event->kind;
	inc->priority = event->priority;
	inc->mode = event->mode;
	inc->at = event->at;
	text_copy(inc->place, sizeof(inc->place), event->place);
	inc->state_at_ms[INCIDENT_NEW] = event->at_ms;
	add_alarm(inc, &event->alarm);
	world_add(world, inc);
	if (event->number > world->last_number) {
		world->last_number = event->number;
	}
	return inc;
}

static void update(struct incident *inc, const struct event *event) {
	for (size_t i = 0; i < inc->alarms_len && event->alarm.id[0] != '\0'; i++) {
		struct alarm *alarm = &inc->alarms[i];
		if (strcmp(alarm->id, event->alarm.id) != 0) {
			continue;
		}
		if (event->has & HAS_AT) {
			alarm->at = event->at;
		}
		if (event->has & HAS_ACCURACY) {
			alarm->accuracy_m = event->accuracy_m;
		}
		if (event->has & HAS_WITHDRAWN) {
			alarm->withdrawn = true;
		}
	}
	/* The incident is where its first caller or an operator says; other callers move
	 * themselves. */
	bool leads = event->alarm.id[0] == '\0' ||
		     (inc->alarms_len > 0 && strcmp(event->alarm.id, inc->alarms[0].id) == 0);
	if ((event->has & HAS_AT) && leads) {
		inc->at = event->at;
	}
	if (event->has & HAS_KIND) {
		inc->kind = event->kind;
	}
	if (event->has & HAS_PRIORITY) {
		inc->priority = event->priority;
	}
	if (event->has & HAS_PLACE) {
		text_copy(inc->place, sizeof(inc->place), event->place);
	}
}

static enum dispatch_state step_of(enum event_type type) {
	static const enum dispatch_state steps[EVENT_TYPE_COUNT] = {
		[EVENT_DISPATCH_DELIVERED] = DISPATCH_DELIVERED,
		[EVENT_DISPATCH_ACCEPTED] = DISPATCH_ACCEPTED,
		[EVENT_DISPATCH_DECLINED] = DISPATCH_DECLINED,
		[EVENT_DISPATCH_EN_ROUTE] = DISPATCH_EN_ROUTE,
		[EVENT_DISPATCH_ON_SCENE] = DISPATCH_ON_SCENE,
		[EVENT_DISPATCH_CLEARED] = DISPATCH_CLEARED,
		[EVENT_DISPATCH_CANCELLED] = DISPATCH_CANCELLED,
		[EVENT_DISPATCH_EXPIRED] = DISPATCH_EXPIRED,
	};
	return steps[type];
}

static void apply_dispatch(struct incident *inc, const struct event *event) {
	struct dispatch *dispatch;
	if (event->type == EVENT_DISPATCH_REQUESTED) {
		inc->dispatches = mem_resize(
			inc->dispatches, inc->dispatches_len + 1, sizeof(*inc->dispatches));
		dispatch = &inc->dispatches[inc->dispatches_len++];
		memset(dispatch, 0, sizeof(*dispatch));
		text_copy(dispatch->agency, sizeof(dispatch->agency), event->agency);
		dispatch->requested_seq = event->seq;
		dispatch->caller = (event->has & HAS_CALLER) != 0;
		dispatch->by = event->by;
		dispatch->at_ms[DISPATCH_REQUESTED] = event->at_ms;
		return;
	}
	dispatch = incident_dispatch(inc, event->agency);
	if (dispatch == NULL) {
		return;
	}
	dispatch->state = step_of(event->type);
	dispatch->at_ms[dispatch->state] = event->at_ms;
	if (event->note != NULL) {
		text_copy(dispatch->cause, sizeof(dispatch->cause), event->note);
	}
}

static void set_claim(struct incident *inc, const struct who *who, int64_t at_ms) {
	inc->claim = *who;
	inc->claim_at_ms = at_ms;
}

static void apply_incident(struct incident *inc, const struct event *event) {
	switch (event->type) {
	case EVENT_INCIDENT_ALARM_ADDED: add_alarm(inc, &event->alarm); break;
	case EVENT_INCIDENT_UPDATED: update(inc, event); break;
	case EVENT_INCIDENT_ACKNOWLEDGED:
	case EVENT_INCIDENT_CLAIMED: set_claim(inc, &event->by, event->at_ms); break;
	case EVENT_INCIDENT_RELEASED: set_claim(inc, &(struct who){0}, 0); break;
	case EVENT_INCIDENT_VERIFIED:
		inc->verified_at_ms = event->at_ms;
		inc->method = event->method;
		text_copy(inc->camera, sizeof(inc->camera), event->camera);
		break;
	case EVENT_INCIDENT_REJECTED: inc->reason = event->reason; break;
	case EVENT_INCIDENT_MERGED:
		inc->state_before = inc->state;
		text_copy(inc->merged_into, sizeof(inc->merged_into), event->other);
		break;
	case EVENT_INCIDENT_SPLIT:
		if (strcmp(inc->merged_into, event->other) == 0) {
			inc->merged_into[0] = '\0';
		} else {
			drop_alarms_from(inc, event->other);
		}
		break;
	case EVENT_INCIDENT_HELD:
		inc->held_until_ms = event->until_ms;
		inc->was_held = true;
		break;
	case EVENT_INCIDENT_CLOSED: inc->disposition = event->disposition; break;
	case EVENT_INCIDENT_REOPENED:
		inc->held_until_ms = 0;
		inc->verified_at_ms = 0;
		inc->method = METHOD_NONE;
		inc->reason = REJECT_NONE;
		inc->disposition = DISPOSITION_NONE;
		set_claim(inc, &event->by, event->at_ms);
		break;
	case EVENT_DISPATCH_REQUESTED:
	case EVENT_DISPATCH_DELIVERED:
	case EVENT_DISPATCH_ACCEPTED:
	case EVENT_DISPATCH_DECLINED:
	case EVENT_DISPATCH_EN_ROUTE:
	case EVENT_DISPATCH_ON_SCENE:
	case EVENT_DISPATCH_CLEARED:
	case EVENT_DISPATCH_CANCELLED:
	case EVENT_DISPATCH_EXPIRED: apply_dispatch(inc, event); break;
	case EVENT_INCIDENT_RAISED:
	case EVENT_INCIDENT_NOTED:
	case EVENT_INCIDENT_RESOLVED:
	case EVENT_CAMERA_STATUS:
	case EVENT_CAMERA_VIEWED:
	case EVENT_REGISTRY_CHANGED:
	case EVENT_LINK_UP:
	case EVENT_LINK_DOWN:
	case EVENT_INCIDENT_VIEWED:
	case EVENT_LOG_PURGED:
	case EVENT_TYPE_COUNT: break;
	}
}

/* Who has seen it is no part of what was done: it takes no line of the history. */
static void add_seen(struct incident *inc, const struct event *event) {
	size_t at = 0;
	while (at < inc->seen_len &&
		(strcmp(inc->seen[at].who.name, event->by.name) != 0 ||
			strcmp(inc->seen[at].who.position, event->by.position) != 0)) {
		at++;
	}
	if (inc->seen == NULL) {
		inc->seen = mem_alloc(INCIDENT_SEEN_MAX, sizeof(*inc->seen));
	}
	if (at == inc->seen_len && at < INCIDENT_SEEN_MAX) {
		inc->seen_len++;
	} else {
		at = at == inc->seen_len ? 0 : at;
		memmove(&inc->seen[at], &inc->seen[at + 1],
			(inc->seen_len - at - 1) * sizeof(*inc->seen));
	}
	inc->seen[inc->seen_len - 1] =
		(struct seen){.who = event->by, .role = event->role, .at_ms = event->at_ms};
}

/* Does the event add a text, or take one away? */
static bool changes_words(const struct incident *inc, const struct event *event) {
	return event->note != NULL || event->camera[0] != '\0' || (event->has & HAS_PLACE) != 0 ||
	       event->type == EVENT_INCIDENT_RAISED || event->type == EVENT_INCIDENT_ALARM_ADDED ||
	       event->type == EVENT_INCIDENT_VERIFIED || event->type == EVENT_INCIDENT_SPLIT ||
	       inc->entries_len == INCIDENT_ENTRIES_MAX;
}

struct incident *world_apply(struct world *world, const struct event *event) {
	if (event->seq > world->head) {
		world->head = event->seq;
	}
	if (event->type == EVENT_LOG_PURGED) {
		world_forget_persons(world, event->before_ms);
	}
	if (event->type == EVENT_CAMERA_STATUS) {
		struct camera *camera = registry_camera(&world->registry, event->camera);
		if (camera != NULL) {
			camera->status = event->camera_status;
			camera->status_at_ms = event->at_ms;
		}
	}
	if (event->incident[0] == '\0') {
		return NULL;
	}
	struct incident *inc = event->type == EVENT_INCIDENT_RAISED
				       ? raise_incident(world, event)
				       : world_incident(world, event->incident);
	if (inc == NULL || event->seq <= inc->last_seq) {
		return inc;
	}
	/* The new state is worked out before the event's own members overwrite what it depends on.
	 */
	enum incident_state state = incident_state_after(inc, event->type, event->other);
	bool moved = event->rev > inc->rev && event->type != EVENT_INCIDENT_RAISED;
	apply_incident(inc, event);
	if (state != inc->state) {
		inc->state = state;
		inc->state_at_ms[state] = event->at_ms;
	}
	if (moved) {
		inc->state_by = event->by;
	}
	inc->rev = event->rev;
	inc->last_seq = event->seq;
	if (event->type == EVENT_INCIDENT_VIEWED) {
		add_seen(inc, event);
	} else {
		add_entry(inc, event);
	}
	bool words = changes_words(inc, event);
	if (words) {
		incident_make_findable(inc);
	}
	/* A report that comes, goes or moves. */
	bool reports = event->type == EVENT_INCIDENT_RAISED ||
		       event->type == EVENT_INCIDENT_ALARM_ADDED ||
		       event->type == EVENT_INCIDENT_SPLIT || (event->has & HAS_AT) != 0;
	world_mark(world, inc, words, reports);
	return inc;
}
