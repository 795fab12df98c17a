/* Events of the log and the commands that ask for them, as data. */
#ifndef SIAGA_MODEL_EVENT_H
#define SIAGA_MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/uuid.h>
#include <siaga/model/geo.h>
#include <siaga/model/registry.h>
#include <siaga/model/words.h>

#define WHO_SIZE   48
#define PLACE_SIZE 160
#define MARK_SIZE  17   /* a place in the log's chain: 16 hexadecimal digits */
#define NOTE_MAX   2000 /* bytes of a note, clean */

/* Who did it: the token's name and the desk they sat at. */
struct who {
	char name[WHO_SIZE];
	char position[WHO_SIZE];
};

/* One press or call. */
struct alarm {
	char id[UUID_SIZE];
	char from[UUID_SIZE];   /* the incident it was merged from, or "" */
	int64_t occurred_at_ms; /* the caller's clock, never trusted for order; 0: not said */
	int64_t received_at_ms; /* the feed's clock */
	struct position at;
	int32_t accuracy_m; /* -1: not said */
	char caller_name[96];
	char caller_phone[40];
	char source[32];
	char place[PLACE_SIZE];
	char *note;     /* owned; NULL is none */
	bool withdrawn; /* the caller asked to cancel */
};

void alarm_finish(struct alarm *alarm);
void alarm_copy(struct alarm *dst, const struct alarm *src); /* dst is overwritten, not freed */
/* The caller's clock and ours differ by more than a minute. */
bool alarm_is_late(const struct alarm *alarm);

/* Which optional members of an event or command are set. */
enum has {
	HAS_KIND = 1 << 0,
	HAS_PRIORITY = 1 << 1,
	HAS_AT = 1 << 2, /* position */
	HAS_PLACE = 1 << 3,
	HAS_ACCURACY = 1 << 4,
	HAS_CAMERA_STATUS = 1 << 5,
	HAS_IF_REV = 1 << 6,
	HAS_WITHDRAWN = 1 << 7,
	HAS_UNTIL = 1 << 8,
	HAS_CALLER = 1 << 9 /* dispatch.requested: this agency is shown who called */
};

/* One entry of the log. What is set beyond the head depends on the type; siaga-feed(7) has the
 * table. */
struct event {
	int64_t seq;
	int64_t at_ms;
	char incident[UUID_SIZE]; /* "" for events of no incident */
	int64_t number;
	int64_t rev; /* of the incident after this event */
	enum event_type type;
	enum mode mode;
	struct who by;

	unsigned has;
	enum kind kind;
	enum priority priority;
	struct position at;
	int32_t accuracy_m;
	char place[PLACE_SIZE];
	struct alarm alarm;          /* raised, alarm_added; only its id in updated */
	char other[UUID_SIZE];       /* merged: into; split: the other incident */
	char agency[AGENCY_ID_SIZE]; /* dispatch.* */
	char camera[CAMERA_ID_SIZE]; /* verified, camera.* */
	enum camera_status camera_status;
	enum method method;
	enum reject_reason reason;
	enum disposition disposition;
	int64_t until_ms;     /* held; 0: no longer */
	int64_t registry_rev; /* registry.changed */
	enum role role;       /* link.*, viewed: of `by`; ROLE_NONE: not said */
	int64_t before_ms;    /* purged: what had ended before */
	char *note;           /* owned; note, cause or reason in words; NULL is none */
};

void event_finish(struct event *event); /* zero is fine */
/* Does it hold what tells who a caller is, or what was typed freely? */
bool event_is_personal(const struct event *event);
/* Is it only for whoever asks later who has seen what? Then nothing on a screen comes of it. */
bool event_is_quiet(const struct event *event);

/* A list of events; owns them. Zero is empty. */
struct events {
	struct event *items;
	size_t len, cap;
};

void events_finish(struct events *events);
void events_clear(struct events *events);
struct event *events_add(struct events *events); /* zeroed; valid until the next add */

/* What somebody asks. `at_ms` and new ids come with the command, so that deciding needs no clock
 * and no dice. */
struct command {
	char id[UUID_SIZE]; /* idempotency; for intake derived from the key, see feed/ */
	enum action action;
	char incident[UUID_SIZE];
	int64_t at_ms;
	struct who by;
	enum role role;
	char own_agency[AGENCY_ID_SIZE]; /* of an agency's token */
	enum mode mode;

	unsigned has;
	int64_t if_rev;
	enum kind kind;
	enum priority priority;
	struct position at;
	int32_t accuracy_m;
	char place[PLACE_SIZE];
	struct alarm alarm;           /* raise; its id in update and withdraw */
	char new_incident[UUID_SIZE]; /* raise */
	char other[UUID_SIZE];        /* merge: into */
	char agency[AGENCY_ID_SIZE];
	char camera[CAMERA_ID_SIZE];
	enum camera_status camera_status;
	enum method method;
	enum reject_reason reason;
	enum disposition disposition;
	int64_t until_ms;
	int64_t seq; /* deliver: everything up to here has arrived */
	int64_t registry_rev;
	int64_t before_ms; /* purge */
	char *note;        /* owned */
};

void command_finish(struct command *command);
void command_copy(
	struct command *dst, const struct command *src); /* dst is overwritten, not freed */
/* Does this action change an incident's state, and so carry if_rev? */
bool action_changes_state(enum action action);
/* May a role ask for this action at all? Finer rules (own agency) are the reducer's. */
bool action_allowed(enum role role, enum action action);

/* Is what the feed tells the one what it tells the other? Of a desk the agency says the rest. */
bool roles_see_the_same(enum role a, enum role b);

#endif
