/*
 * The timers of the control room: how long an incident may stay as it is before somebody is told. A
 * table of limits, and a rule that judges one incident by it. Pure: the time is an argument, by the
 * feed's clock.
 *
 * Where the defaults come from: new: Polri 110 answers in 10 s or hands on to the next level;
 * decide: the 112 procedure of Cilegon, one minute to take and one to classify; first_dispatch: 60
 * s of NFPA 1225; unaccepted: 60 s turnout of NFPA 1710; travel: 15 minutes promised by the fire
 * service of Solo, 10 minutes by Polri 110 and 112 Semarang. The rest, and twice the alert for
 * telling a supervisor where no source says when, are proposals: every number is meant to be
 * replaced by the city's own.
 */
#ifndef SIAGA_MODEL_TIMERS_H
#define SIAGA_MODEL_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/model/incident.h>

enum timer {
	TIMER_NEW,            /* not acknowledged */
	TIMER_DECIDE,         /* acknowledged, nothing decided; or all agencies said no */
	TIMER_FIRST_DISPATCH, /* received, nobody asked to go; by default for P1 only */
	TIMER_UNDELIVERED,    /* an agency was asked, its desk has not got it: telephone */
	TIMER_UNACCEPTED,     /* a desk has it and says nothing */
	TIMER_TURNOUT,        /* accepted, not on the way */
	TIMER_TRAVEL,         /* on the way, not there */
	TIMER_SCENE,          /* there, and no word since */
	TIMER_STALE_CLAIM,    /* claimed at a console that is gone */
	TIMER_COUNT
};

/* Each includes those before it: what supervisors are told, the operator is told too. */
enum timer_level {
	TIMER_LEVEL_NONE,
	TIMER_LEVEL_WARN,
	TIMER_LEVEL_ALERT,
	TIMER_LEVEL_ESCALATED, /* supervisors */
	TIMER_LEVEL_ALL,       /* every console */
	TIMER_LEVEL_COUNT
};

const char *timer_name(enum timer timer); /* "new", "decide"; "?" outside the range */
bool timer_find(const char *name, enum timer *out);
const char *timer_level_name(enum timer_level level);

/* From the beginning of the clock, by level; 0: this level is never reached. */
struct timer_limits {
	int64_t warn_ms, alert_ms, escalate_ms, all_ms;
};

#define TIMER_ANY      (-1) /* kind or priority of a row: all of them */
#define TIMER_ROWS_MAX 128
#define TIMER_OLD_MS   INT64_C(3600000) /* overdue by more than this is history: never rung */

struct timer_row {
	enum timer timer;
	int kind;     /* enum kind or TIMER_ANY */
	int priority; /* enum priority or TIMER_ANY */
	struct timer_limits limits;
};

/* Changed by the functions below only: `limits` is what the rows come to, for every question. */
struct timer_table {
	struct timer_row rows[TIMER_ROWS_MAX];
	size_t len;
	struct timer_limits limits[TIMER_COUNT][KIND_COUNT][PRIORITY_COUNT];
};

void timer_table_defaults(struct timer_table *table);
/* Sets the row of (timer, kind, priority), the last two possibly TIMER_ANY. False, and nothing
 * changes: the table is full, a limit is negative or the limits do not ascend. */
bool timer_table_set(struct timer_table *table, enum timer timer, int kind, int priority,
	struct timer_limits limits);
/* Limits by the most specific row: of kind and priority, of the kind, of the priority, of any. */
struct timer_limits timer_table_get(
	const struct timer_table *table, enum timer timer, enum kind kind, enum priority priority);

/* What runs on an incident. Zero with dispatch -1 and timer TIMER_COUNT: nothing does. */
struct timer_verdict {
	enum timer timer; /* TIMER_COUNT: none runs */
	enum timer_level level;
	bool expired;     /* overdue for longer than TIMER_OLD_MS: level none, log it, never ring */
	int64_t since_ms; /* when its clock began */
	int64_t limit_ms; /* after since_ms: the limit that was passed, or the one that comes next
			   */
	int dispatch;     /* index into the incident's dispatches, or -1 */
	int64_t until_ms; /* before that the same incident's is no other; INT64_MAX: never */
};

/*
 * The worst timer of an incident: by level, then by how long ago its limit was passed; when none is
 * passed, the one that is next. Ended and resolved incidents have none, nor have those on hold
 * until their time; then the clock begins anew, as it does with every change of state, with a
 * reopening and when a hold is lifted early. TIMER_STALE_CLAIM is not among them.
 */
struct timer_verdict timers_judge(
	const struct timer_table *table, const struct incident *inc, int64_t now_ms);

/* TIMER_STALE_CLAIM of an incident whose owner's console is gone since `gone_ms`; 0: it is there.
 */
struct timer_verdict timers_judge_claim(const struct timer_table *table, const struct incident *inc,
	int64_t gone_ms, int64_t now_ms);

/* The worse of two verdicts at the same moment, by the rule of timers_judge(). */
struct timer_verdict timer_worse(struct timer_verdict a, struct timer_verdict b, int64_t now_ms);

#endif
