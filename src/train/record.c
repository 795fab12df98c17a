/* Takes the events of a log, and keeps of them what a recording needs. */
#include <siaga/train/record.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#include "record_private.h"

/* A claim of what another has wants a note after so long, see reduce.c. */
#define CLAIM_FREE_MS 20000

struct pair *record_pair(struct pair *pairs, const char *name) {
	struct pair *pair;
	HASH_FIND_STR(pairs, name, pair);
	return pair;
}

struct pair *record_add_pair(struct pair **pairs, const char *name) {
	struct pair *pair = record_pair(*pairs, name);
	if (pair == NULL) {
		pair = mem_alloc(1, sizeof(*pair));
		text_copy(pair->name, sizeof(pair->name), name);
		HASH_ADD_STR(*pairs, name, pair);
	}
	return pair;
}

static struct took *take(struct recorder *rec, const struct event *event, int64_t at_ms) {
	if (rec->len == rec->cap) {
		rec->cap = rec->cap > 0 ? rec->cap * 2 : 256;
		rec->items = mem_resize(rec->items, rec->cap, sizeof(*rec->items));
	}
	struct took *item = &rec->items[rec->len++];
	*item = (struct took){.event = *event};
	alarm_copy(&item->event.alarm, &event->alarm);
	item->event.note = event->note != NULL ? mem_dup_str(event->note) : NULL;
	item->event.at_ms = at_ms;
	return item;
}

/* --- who is who --- */

static struct doer *find_doer(struct recorder *rec, const char *name) {
	struct doer *doer;
	HASH_FIND_STR(rec->doers, name, doer);
	if (doer == NULL) {
		doer = mem_alloc(1, sizeof(*doer));
		text_copy(doer->name, sizeof(doer->name), name);
		HASH_ADD_STR(rec->doers, name, doer);
	}
	return doer;
}

/* What a citizen's app asked for; its token is no person's. */
static bool is_callers(const struct event *event) {
	return event->type == EVENT_INCIDENT_RAISED ||
	       (event->type == EVENT_INCIDENT_UPDATED && event->alarm.id[0] != '\0');
}

static bool is_step(enum event_type type) {
	return type == EVENT_DISPATCH_ACCEPTED || type == EVENT_DISPATCH_DECLINED ||
	       type == EVENT_DISPATCH_EN_ROUTE || type == EVENT_DISPATCH_ON_SCENE ||
	       type == EVENT_DISPATCH_CLEARED;
}

/* Of a log that does not say who has which role, it is guessed by what they do. */
static void mind_doer(struct recorder *rec, const struct event *event) {
	if (event->by.name[0] == '\0' || is_callers(event)) {
		return;
	}
	struct doer *doer = find_doer(rec, event->by.name);
	bool link = event->type == EVENT_LINK_UP || event->type == EVENT_LINK_DOWN;
	if (link && event->role != ROLE_NONE) {
		doer->role = event->role;
		text_copy(doer->agency, sizeof(doer->agency), event->agency);
	} else if (is_step(event->type) && doer->role == ROLE_NONE) {
		bool other = doer->agency[0] != '\0' && strcmp(doer->agency, event->agency) != 0;
		doer->room = doer->room || other;
		text_copy(doer->agency, sizeof(doer->agency), event->agency);
	} else if (event->incident[0] != '\0' && event->type != EVENT_INCIDENT_NOTED &&
		   event->type != EVENT_INCIDENT_VIEWED && event->type != EVENT_CAMERA_VIEWED &&
		   event->type != EVENT_DISPATCH_DELIVERED) {
		doer->room = true;
	}
}

static void mind_caller(struct recorder *rec, const struct event *event) {
	if (event->type == EVENT_INCIDENT_RAISED || event->type == EVENT_INCIDENT_ALARM_ADDED) {
		persons_add(rec->persons, event->alarm.caller_name);
		persons_add_phone(rec->persons, event->alarm.caller_phone);
	}
}

void recorder_know(struct recorder *rec, const struct event *event) {
	mind_caller(rec, event);
	if (event->by.name[0] != '\0' && !is_callers(event)) {
		find_doer(rec, event->by.name);
	}
}

void recorder_know_token(struct recorder *rec, const char *name, const char *agency) {
	persons_spare(rec->persons, agency);
	find_doer(rec, name);
}

/* --- desks and cameras --- */

struct counter *record_find_desk(struct recorder *rec, const char *agency) {
	struct counter *desk;
	HASH_FIND_STR(rec->desks, agency, desk);
	if (desk == NULL) {
		desk = mem_alloc(1, sizeof(*desk));
		text_copy(desk->id, sizeof(desk->id), agency);
		HASH_ADD_STR(rec->desks, id, desk);
	}
	return desk;
}

/* An agency's first console comes, or its last one goes. */
static void count_link(struct recorder *rec, const struct event *event, int64_t at_ms) {
	struct counter *desk = record_find_desk(rec, event->agency);
	bool was_up = desk->links > 0;
	desk->links += event->type == EVENT_LINK_UP ? 1 : desk->links > 0 ? -1 : 0;
	desk->seen = true;
	if (at_ms >= rec->from_ms && (desk->links > 0) != was_up) {
		take(rec, event, at_ms);
	}
}

static void mind_camera(struct recorder *rec, const struct event *event, int64_t at_ms) {
	struct eye *eye;
	if (at_ms >= rec->from_ms) {
		take(rec, event, at_ms);
		return;
	}
	HASH_FIND_STR(rec->eyes, event->camera, eye);
	if (eye == NULL) {
		eye = mem_alloc(1, sizeof(*eye));
		text_copy(eye->id, sizeof(eye->id), event->camera);
		HASH_ADD_STR(rec->eyes, id, eye);
	}
	eye->at_from = event->camera_status;
}

/* How things stand when the recording begins. */
static void begin(struct recorder *rec) {
	if (rec->begun) {
		return;
	}
	for (struct counter *desk = rec->desks; desk != NULL; desk = desk->hh.next) {
		desk->at_from = desk->links > 0;
	}
	rec->begun = true;
}

void recorder_restart(struct recorder *rec, int64_t at_ms) {
	if (at_ms >= rec->to_ms) {
		return;
	}
	at_ms = rec->begun && at_ms < rec->last_ms ? rec->last_ms : at_ms;
	if (at_ms >= rec->from_ms) {
		begin(rec);
	}
	for (struct counter *desk = rec->desks; desk != NULL; desk = desk->hh.next) {
		struct event down = {.type = EVENT_LINK_DOWN};
		text_copy(down.agency, sizeof(down.agency), desk->id);
		desk->links = desk->links > 0;
		count_link(rec, &down, at_ms);
	}
}

/* --- incidents --- */

/* What a line is made of; the rest follows from it, or is nobody's doing. */
static bool is_told(enum event_type type) {
	return type != EVENT_INCIDENT_ALARM_ADDED && type != EVENT_INCIDENT_VIEWED &&
	       type != EVENT_DISPATCH_DELIVERED && type != EVENT_DISPATCH_EXPIRED;
}

static bool lacks_note(const struct incident *inc, const struct event *event) {
	bool others = inc->claim.name[0] != '\0' && event->at_ms - inc->claim_at_ms > CLAIM_FREE_MS;
	return event->note == NULL &&
	       (event->type == EVENT_INCIDENT_NOTED || event->type == EVENT_DISPATCH_DECLINED ||
		       (event->type == EVENT_INCIDENT_CLAIMED && others));
}

/* One action, of which the log tells with both incidents. */
static bool is_other_half(const struct incident *inc, const struct event *event) {
	return event->type == EVENT_INCIDENT_SPLIT && strcmp(inc->merged_into, event->other) != 0;
}

static void leave_out(struct recorder *rec, const char *incident) {
	record_add_pair(&rec->earlier, incident);
	rec->left++;
}

static void take_incident(struct recorder *rec, const struct event *event, int64_t at_ms) {
	if (event->type == EVENT_INCIDENT_RAISED) {
		struct pair *alarm = record_add_pair(&rec->alarms, event->alarm.id);
		text_copy(alarm->is, sizeof(alarm->is), event->incident);
		world_apply(&rec->world, event);
		take(rec, event, at_ms);
		return;
	}
	const struct incident *inc = world_incident(&rec->world, event->incident);
	if (inc == NULL) {
		leave_out(rec, event->incident);
		return;
	}
	if (is_told(event->type) && !is_other_half(inc, event)) {
		const struct pair *alarm =
			is_callers(event) ? record_pair(rec->alarms, event->alarm.id) : NULL;
		if (is_callers(event) && alarm == NULL) {
			rec->left++; /* Whoever called before came here with a merge. */
		} else {
			struct took *item = take(rec, event, at_ms);
			item->lacks_note = lacks_note(inc, event);
			text_copy(item->event.incident, sizeof(item->event.incident),
				alarm != NULL ? alarm->is : event->incident);
		}
	}
	world_apply(&rec->world, event);
}

/* What became of it after the end. */
static bool look_on(struct recorder *rec, const struct event *event) {
	bool open = false;
	/* What was merged into a later one than is recorded stays what it was until then. */
	bool away = event->type == EVENT_INCIDENT_MERGED &&
		    world_incident(&rec->world, event->other) == NULL;
	if (event->incident[0] != '\0' && event->type != EVENT_INCIDENT_RAISED && !away) {
		world_apply(&rec->world, event);
	}
	for (const struct incident *inc = rec->world.incidents; inc != NULL && !open;
		inc = inc->hh.next) {
		open = incident_is_open(inc);
	}
	return open && event->at_ms < rec->to_ms + RECORD_BEFORE_MS;
}

bool recorder_add(struct recorder *rec, const struct event *event) {
	/* A clock that was put back meanwhile does not change the order. */
	bool back = rec->begun && event->at_ms < rec->last_ms;
	int64_t at_ms = back ? rec->last_ms : event->at_ms;
	mind_caller(rec, event);
	mind_doer(rec, event);
	if (at_ms >= rec->to_ms) {
		return look_on(rec, event);
	}
	if (at_ms >= rec->from_ms) {
		rec->last_ms = at_ms;
		begin(rec);
	}
	if (event->type == EVENT_LINK_UP || event->type == EVENT_LINK_DOWN) {
		if (event->agency[0] != '\0') {
			count_link(rec, event, at_ms);
		}
	} else if (event->type == EVENT_CAMERA_STATUS) {
		mind_camera(rec, event, at_ms);
	} else if (event->incident[0] != '\0' && at_ms >= rec->from_ms) {
		take_incident(rec, event, at_ms);
	}
	return true;
}

/* --- beginning and end --- */

/* "rekaman-20260105-0700" */
static void make_name(char *out, size_t size, int64_t from_ms) {
	char at[CLOCK_RFC3339_SIZE];
	struct buf name = {0};
	clock_format(at, from_ms);
	buf_printf(&name, "rekaman-%.4s%.2s%.2s-%.2s%.2s", at, at + 5, at + 8, at + 11, at + 14);
	text_copy(out, size, name.data);
	buf_finish(&name);
}

struct recorder *recorder_create(int64_t from_ms, int64_t to_ms, const char *name) {
	struct recorder *rec = mem_alloc(1, sizeof(*rec));
	rec->from_ms = from_ms;
	rec->to_ms = to_ms;
	rec->persons = persons_create();
	text_copy(rec->name, sizeof(rec->name), name);
	if (name[0] == '\0') {
		make_name(rec->name, sizeof(rec->name), from_ms);
	}
	return rec;
}

#define FINISH_TABLE(type, table)                                                                  \
	do {                                                                                       \
		type *item, *next;                                                                 \
		HASH_ITER (hh, table, item, next) {                                                \
			HASH_DEL(table, item);                                                     \
			free(item);                                                                \
		}                                                                                  \
	} while (0)

void recorder_destroy(struct recorder *rec) {
	if (rec == NULL) {
		return;
	}
	for (size_t i = 0; i < rec->len; i++) {
		event_finish(&rec->items[i].event);
	}
	free(rec->items);
	FINISH_TABLE(struct doer, rec->doers);
	FINISH_TABLE(struct counter, rec->desks);
	FINISH_TABLE(struct eye, rec->eyes);
	FINISH_TABLE(struct call, rec->calls);
	FINISH_TABLE(struct pair, rec->alarms);
	FINISH_TABLE(struct pair, rec->earlier);
	FINISH_TABLE(struct pair, rec->phones);
	persons_destroy(rec->persons);
	world_finish(&rec->world);
	free(rec);
}
