/*
 * The figures of a shift, for who watches over the room: what waits, who has how much, how long
 * things take. Pure: counted anew from the world whenever it is asked, by the feed's clock only;
 * what a caller's phone says of the time counts for nothing.
 *
 * What is so now (waiting, overdue, load) counts all that is open, of any age and mode: an exercise
 * takes hands, too. What was achieved (received) is of the incidents that were received since a
 * moment, and each mode is kept apart: no exercise makes the figures of the city better.
 */
#ifndef SIAGA_MODEL_FIGURES_H
#define SIAGA_MODEL_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#include <siaga/model/incident.h>
#include <siaga/model/timers.h>

#define FIGURES_SHIFT_MS  INT64_C(28800000) /* eight hours */
#define FIGURES_RECENT_MS INT64_C(600000)
#define FIGURES_FLOOD     10  /* alarms in FIGURES_RECENT_MS: more are too many for one room */
#define FIGURES_CAMERA_M  250 /* a camera within so many metres sees something */

/* How long things take. Of incidents: answer, verify, process, response, clear; of each dispatch:
 * accept, turnout, travel. */
enum figure_time {
	FIGURE_ANSWER,   /* received to first acknowledged */
	FIGURE_VERIFY,   /* acknowledged to verified, each for the first time */
	FIGURE_PROCESS,  /* received to the first agency asked */
	FIGURE_ACCEPT,   /* delivered to accepted */
	FIGURE_TURNOUT,  /* accepted to en route */
	FIGURE_TRAVEL,   /* en route to on scene */
	FIGURE_RESPONSE, /* received to the first agency on scene */
	FIGURE_CLEAR,    /* received to closed; only of those that are closed now */
	FIGURE_TIME_COUNT
};

const char *figure_time_name(enum figure_time time); /* "answer"; "?" outside the range */
/* What a time is held against; 0: nothing. */
int64_t figure_target_ms(const struct timer_table *timers, enum figure_time time, enum kind kind,
	enum priority priority);
/* The place of a percentile among n values in ascending order, from 1; 0 where there are none. */
size_t figure_rank(size_t percent, size_t n);

/*
 * Percentiles are by nearest rank: of n values in ascending order the one at place p/100 * n,
 * rounded up. They are always times that were taken; the median of two is the shorter one.
 *
 * The target of a time is the alert of its timer, for response that of travel, which the public was
 * promised from the call on; clear has none. It depends on kind and priority, so each time is held
 * against its own.
 */
struct figure {
	size_t count;
	int64_t median_ms, p90_ms;
	size_t judged, met;           /* those that have a target; those within it */
	int64_t target_ms, target_to; /* the least and the greatest of these targets; 0: none */
};

/* Is the 90th percentile above target: are fewer than nine of ten within their own? */
bool figure_is_missed(const struct figure *figure);

struct figures_waiting {
	size_t count;
	int64_t number, since_ms; /* the oldest */
};

struct figures_overdue {
	size_t levels[TIMER_LEVEL_COUNT]; /* each incident once, by its worst timer */
	int64_t number, due_ms;           /* of those over the alert, the one longest overdue */
};

struct figures_operator {
	struct who who;
	size_t open, urgent;      /* urgent: P1 and P2 of them */
	int64_t number, since_ms; /* the one that has been longest in its state */
};

struct figures_agency {
	char id[AGENCY_ID_SIZE];
	size_t live, steps[DISPATCH_CLEARED]; /* by step; live is their sum */
	int64_t number, since_ms;             /* the oldest request not accepted; number 0: none */
	size_t declined, expired;             /* since from_ms */
};

struct figures_received {
	size_t count, false_alarms, verified, by_camera;
	size_t states[INCIDENT_STATE_COUNT], kinds[KIND_COUNT], priorities[PRIORITY_COUNT];
	size_t reasons[REJECT_COUNT]; /* of the false alarms */
	size_t unseen;                /* no camera that works now within FIGURES_CAMERA_M */
	struct figure times[FIGURE_TIME_COUNT];
};

struct figures {
	int64_t from_ms, now_ms;
	size_t open, held, unclaimed;                   /* unclaimed: acknowledged, nobody's */
	struct figures_waiting waiting[PRIORITY_COUNT]; /* not acknowledged */
	struct figures_overdue overdue[TIMER_COUNT];
	size_t forgotten;                   /* overdue for more than TIMER_OLD_MS */
	size_t recent;                      /* alarms in the last FIGURES_RECENT_MS */
	struct figures_operator *operators; /* owned; who has most first */
	size_t operators_len;
	struct figures_agency *agencies; /* owned; on most first; only those with anything to say */
	size_t agencies_len;
	struct figures_received received[MODE_COUNT];
	size_t unknown; /* of all numbers ever given, those that are not known here */
	size_t missing; /* numbers between those received since from_ms that are not known here */
	size_t skewed;  /* times below zero, left out: the feed's clock was set back */

	/* Kept from one count to the next. */
	struct figures_sample *samples;
	size_t samples_len, samples_cap, operators_cap, agencies_cap;
};

void figures_init(struct figures *figures);
void figures_finish(struct figures *figures); /* zero is fine */
/* Counts everything anew; n incidents take n log n. */
void figures_compute(struct figures *figures, const struct world *world,
	const struct timer_table *timers, int64_t from_ms, int64_t now_ms);

#endif
