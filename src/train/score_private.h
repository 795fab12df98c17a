/* Counting a run's score, between its files. */
#ifndef SIAGA_TRAIN_SCORE_PRIVATE_H
#define SIAGA_TRAIN_SCORE_PRIVATE_H

#include <siaga/train/score.h>

#define NONE       SIZE_MAX /* no place in a list */
#define NEVER      (-1)
#define NAME_COLS  30 /* of a row's label */
#define CELL_SIZE  160
#define CLOCK_SIZE 32

/* An alarm in the list of an incident. */
struct link {
	size_t report, next;
};

/* An incident, and when things happened to it for the first time, since the start. */
struct track {
	const struct incident *inc; /* NULL: there is none of this number */
	int64_t acked_ms, verified_ms, asked_ms, merged_ms, rejected_ms;
	size_t raised; /* the alarm that it began as, or NONE */
	size_t links;  /* the alarms that it was or is about, or NONE */
};

/* An alarm of the scenario, and what is known of it. */
struct report {
	const struct raised *raised;
	const struct scenario_truth *truth, *first; /* its own; of the one that told of it first */
	size_t matter;           /* what it is about: a place among the matters */
	size_t next;             /* the next report of the same, or NONE */
	struct track *own, *now; /* raised as, and where it is; NULL: not there */
};

/* What really happened: an alarm and those that are the same as it. */
struct matter {
	size_t reports, last; /* the list of them, or NONE */
	size_t first;         /* the one that stands for it */
};

/* What is looked at while it is counted. */
struct tally {
	const struct run *run;
	struct score *score;
	struct world world; /* as it was when the run ended, or as it is */
	int64_t start_ms, at_ms;
	struct track *tracks; /* by number */
	size_t tracks_len;
	struct report *reports; /* as they were raised */
	size_t reports_len;
	struct matter *matters; /* by the line of the first alarm */
	struct link *links;
	size_t links_len;
};

/* --- score.c --- */

/* Does the scenario say what it is? */
bool report_is_known(const struct report *report);
bool report_is_real(const struct report *report); /* unless it is known not to be */
/* Is it the one that stands for what happened? */
bool report_is_first(const struct tally *t, const struct report *report);

/* --- score_times.c --- */

/* Each alarm's times, those of all together, and the keys. */
void score_find_times(struct tally *t);

/* --- score_faults.c --- */

void score_find_faults(struct tally *t);

/* --- score_cond.c --- */

/* What is to be so, or is forbidden, in the language of the process. */
void score_cond_words(
	struct buf *out, const struct run *run, const struct cond *cond, bool forbidden);

/* --- score_text.c --- */

/* A cell of so many columns, with a blank behind it; `cols` below 0: to the right. */
void put_cell(struct buf *out, const char *text, int cols);
/* "0:07.3", "12:05.0", "1:02:03", "-" for never; the tenths only where they are asked for. */
const char *clock_text(char out[CLOCK_SIZE], int64_t ms, bool tenths);
const char *task_word(enum score_task task);
const char *fault_word(enum fault fault);

#endif
