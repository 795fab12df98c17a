/* What is happening: an incident with its alarms, dispatches and history, and how events change it.
 */
#ifndef SIAGA_MODEL_INCIDENT_H
#define SIAGA_MODEL_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/table.h>
#include <siaga/model/event.h>
#include <siaga/model/marks.h>

/* One agency asked to go. A second request after an exit makes a new one. */
struct dispatch {
	char agency[AGENCY_ID_SIZE];
	enum dispatch_state state;
	int64_t requested_seq;
	bool caller;                         /* the agency is shown who called */
	int64_t at_ms[DISPATCH_STATE_COUNT]; /* when it reached each state; 0: never */
	struct who by;                       /* who asked */
	char cause[200];                     /* of declined or cancelled */
};

bool dispatch_is_live(
	const struct dispatch *dispatch); /* not cleared, declined, cancelled, expired */

#define DISPATCH_FRONT_SIZE 120 /* bytes of a dispatch that timers look at */

/* A line of the incident's history, ready to be worded by a view. */
struct entry {
	int64_t seq, at_ms;
	enum event_type type;
	struct who by;
	char agency[AGENCY_ID_SIZE];
	char camera[CAMERA_ID_SIZE];
	enum method method;
	enum reject_reason reason;
	enum disposition disposition;
	char *note; /* owned */
};

/* Somebody who has had it open, and when last. */
struct seen {
	struct who who;
	enum role role;
	int64_t at_ms;
};

#define INCIDENT_SEEN_MAX    20  /* the latest; the log keeps all */
#define INCIDENT_ENTRIES_MAX 200 /* in memory; the oldest after the first go, the log keeps all */

#define INCIDENT_WORDS_FEW   232
#define INCIDENT_FRONT_SIZE  128 /* bytes of an incident that are looked at in passing */

/* What every filter and order asks for stands in front, together: there may be many thousands. */
struct incident {
	int64_t number;
	enum incident_state state;
	enum kind kind;
	enum priority priority;
	bool was_held; /* ever */
	struct position at;
	int64_t held_until_ms;                     /* 0: not on hold */
	int64_t state_at_ms[INCIDENT_STATE_COUNT]; /* when each state was last reached; 0: never */
	struct dispatch *dispatches;
	size_t dispatches_len;
	struct who claim; /* "" name: nobody */
	/* All texts by which it is found, in small letters, a line each, and behind them the keys
	 * of the callers' telephones. world_apply() keeps them; owned, or `few`. */
	char *words;
	uint32_t words_len, phones_len;
	char few[INCIDENT_WORDS_FEW]; /* where they fit; close by is quicker than anywhere */
	struct alarm *alarms;
	size_t alarms_len;
	struct entry *entries;
	size_t entries_len;
	struct seen *seen; /* the latest last */
	size_t seen_len;
	size_t slot; /* in the world's list */

	char id[UUID_SIZE];
	enum incident_state state_before; /* what a split goes back to */
	enum mode mode;
	int64_t rev; /* counts state changes */
	int64_t last_seq;
	char place[PLACE_SIZE];
	struct who state_by; /* who made the last state change */
	int64_t claim_at_ms;
	int64_t verified_at_ms; /* also where a dispatch went first */
	enum method method;
	char camera[CAMERA_ID_SIZE];
	enum reject_reason reason;
	enum disposition disposition;
	char merged_into[UUID_SIZE];
	UT_hash_handle hh;
};

/* received_at of the first alarm. */
int64_t incident_received_ms(const struct incident *inc);
bool incident_is_open(const struct incident *inc); /* not closed, false_alarm or duplicate */
bool incident_is_late(const struct incident *inc); /* its first alarm came late */
/* Put aside until a time still to come. A hold hides nothing that is open and not acknowledged. */
bool incident_is_held(const struct incident *inc, int64_t now_ms);
/* The youngest dispatch of an agency, or NULL. */
struct dispatch *incident_dispatch(const struct incident *inc, const char *agency);
bool incident_has_live_dispatch(const struct incident *inc);

/* An incident with its marks, which world_apply() keeps as well. */
struct listed {
	struct incident *inc; /* NULL: it was forgotten */
	struct marks marks;
};

/* From when to when; of nothing the end is before the beginning. */
struct span {
	int64_t first_ms, last_ms;
};

/* Of the reports of an incident, what is enough to leave most of them alone where another's are
 * compared with them. */
struct trace {
	struct span when; /* they came */
	int32_t south_e7, north_e7;
	uint64_t phones; /* a bit for the last digits of each telephone */
};

#define WORLD_SPAN_LEN 64 /* incidents in a row that have a span in common */

/* All that the log says, as far as it is in memory. */
struct world {
	struct incident *incidents; /* uthash by id */
	/* The same, one behind the other as they came. To go through many of them is quicker by
	 * this: some need not be looked at, and the next ones can be fetched meanwhile. */
	struct listed *list;
	struct trace *traces; /* in the same places; world_apply() keeps them */
	struct span *spans;   /* of so many traces each; no report of theirs came outside of it */
	size_t list_len, list_cap;
	struct registry registry;
	int64_t head;        /* seq of the last event applied; 0: none */
	int64_t last_number; /* incidents are numbered 1, 2, 3 ... */
};

void world_finish(struct world *world);
struct incident *world_incident(const struct world *world, const char *id); /* or NULL */
/* Where the reports of an incident are in the end: itself, or what it was merged into. NULL: that
 * is not there, or it goes round in a circle, as only a broken log has it. */
const struct incident *world_merged(const struct world *world, const struct incident *inc);
struct incident *world_by_number(const struct world *world, int64_t number); /* or NULL */
/* Of those that a report of came at that time or later, the first one from place *slot of the list
 * on, and *slot is the place behind it; NULL: no more. Of the others most are left out together. */
struct incident *world_next_since(const struct world *world, size_t *slot, int64_t since_ms);
void world_forget(struct world *world, const char *id); /* drops it from memory */
/* Forgets callers and what was typed about incidents that ended before; times, places, kinds and
 * who did what stay. An event of a purge does it by itself. */
void world_forget_persons(struct world *world, int64_t before_ms);

/*
 * Applies an event in place: the only way state changes, in the feed and in the console. An event
 * of an incident that is not known (other than raised) changes nothing but the head. Returns the
 * incident, or NULL.
 */
struct incident *world_apply(struct world *world, const struct event *event);

#endif
