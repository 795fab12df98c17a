/*
 * What a training run was worth: what was expected and what came of it, how long things took, what
 * went wrong, and how many keys it took. Counted by train/score.h, kept as JSON, read again by
 * whoever compares runs. The same run makes the same bytes: no clock but that of the exercise.
 *
 * One object. Times are whole milliseconds since the start of the exercise (at_ms, from_ms, due_ms,
 * end_ms) or lengths (all others); a time that is not there has not come, or has no limit.
 *
 *   siaga_score 1, the form; scenario, title {id?, en?}, trainee, language, seed
 *   at_ms, end_ms, over   when it was counted, when the scenario is over, and whether it was
 *   points, possible, percent, pass, passed, of what has begun; but for pass they follow from
 *       `expected` and are counted anew when it is read
 *   not_begun {count, points}   expectations that never came up
 *   expected [{line, forbid, text {id?, en?}, verdict (open met late missed), from_ms, due_ms?,
 *       at_ms?, points, got}]
 *   alarms_real, alarms_known   how many were real and the first of their matter; of how many the
 *       scenario says what they were
 *   times {acknowledge, verify, dispatch: {count, median_ms, p90_ms, judged, met, target_ms,
 *       target_to_ms}}   of the real alarms
 *   faults [{fault, number, key, agency?, with?, with_number?, at_ms?}]
 *   keys {all, acknowledge, verify, dispatch, close: {count, median}}
 *   recorded   does the scenario hold what others did in their evening?
 *   alarms [{key, number, at_ms, acknowledge_ms?, verify_ms?, dispatch_ms?, recorded
 *       {acknowledge_ms?, verify_ms?, dispatch_ms?}?}]   all since the alarm was received
 */
#ifndef SIAGA_WIRE_SCORE_H
#define SIAGA_WIRE_SCORE_H

#include <siaga/base/err.h>
#include <siaga/wire/scenario.h>

#define SCORE_FILE_MAX  ((size_t)32 * 1024 * 1024)
#define SCORE_LIST_MAX  100000 /* items of a list */
#define SCORE_LANG_SIZE 8

enum verdict {
	VERDICT_OPEN,   /* not decided yet */
	VERDICT_MET,    /* came true in time; of what is forbidden: did not come true */
	VERDICT_LATE,   /* came true, too late */
	VERDICT_MISSED, /* did not; of what is forbidden: came true */
	VERDICT_COUNT
};

const char *verdict_name(enum verdict verdict);

struct score_expected {
	int line; /* of the scenario */
	bool forbid;
	struct scenario_text text; /* owned */
	enum verdict verdict;
	int64_t from_ms, due_ms; /* due -1: until the end */
	int64_t at_ms;           /* when it came true or was decided; -1: not yet */
	int64_t points, got;
};

/* What an operator does with an alarm. */
enum score_task { SCORE_ACKNOWLEDGE, SCORE_VERIFY, SCORE_DISPATCH, SCORE_CLOSE, SCORE_TASK_COUNT };

#define SCORE_TIMES SCORE_CLOSE /* the tasks before this one have a time */

/*
 * How long a task took: acknowledge and dispatch since the alarm was received, verify since it was
 * acknowledged, as in model/figures.h; percentiles by nearest rank. An alarm that has waited longer
 * than its target is judged even where nothing came.
 */
struct score_time {
	int64_t count, median_ms, p90_ms;
	int64_t judged, met;          /* those that have a target; those within it */
	int64_t target_ms, target_to; /* the least and the greatest of these targets; 0: none */
};

enum fault {
	FAULT_WRONG_AGENCY,    /* sent to a real one that has no use for it, and lacks another */
	FAULT_NEEDLESS_AGENCY, /* sent where nothing has use for it */
	FAULT_MISSING_AGENCY,  /* needed and never sent */
	FAULT_BELIEVED,        /* a false alarm was verified, or somebody sent to it */
	FAULT_REJECTED,        /* a real one was marked false */
	FAULT_NOT_MERGED,
	FAULT_WRONGLY_MERGED,
	FAULT_NEVER_TAKEN,
	FAULT_COUNT
};

const char *fault_name(enum fault fault);

struct score_fault {
	enum fault fault;
	int64_t number; /* of the incident that the alarm was raised as */
	char key[SCENARIO_KEY_SIZE];
	char agency[AGENCY_ID_SIZE]; /* wrong, needless, missing */
	int64_t with_number;         /* not merged, wrongly merged: the other's; 0: none */
	char with[SCENARIO_KEY_SIZE];
	int64_t at_ms; /* -1: it is something that did not happen */
};

struct score_keys {
	int64_t count;  /* how often it was done */
	int64_t median; /* keys pressed for it */
};

/* Times since it was received; -1: never. */
struct score_alarm {
	char key[SCENARIO_KEY_SIZE];
	int64_t number, at_ms;
	int64_t took_ms[SCORE_TIMES];
	int64_t recorded_ms[SCORE_TIMES]; /* by those who had it in their evening */
};

/* Zero is empty. */
struct score {
	char scenario[SCENARIO_KEY_SIZE]; /* "": it has no name */
	struct scenario_text title;       /* owned */
	char trainee[WHO_SIZE];
	char lang[SCORE_LANG_SIZE];
	int64_t seed;
	int64_t at_ms, end_ms;
	bool over, passed, recorded;
	int64_t points, possible, percent, pass;
	int64_t unbegun, unbegun_points;
	struct score_expected *expected; /* owned; in the order in which they began */
	size_t expected_len, expected_cap;
	int64_t alarms_real, alarms_known;
	struct score_time times[SCORE_TIMES];
	struct score_fault *faults; /* owned; by fault, then by number */
	size_t faults_len, faults_cap;
	struct score_keys keys[SCORE_TASK_COUNT];
	int64_t keys_all;
	struct score_alarm *alarms; /* owned; as they came */
	size_t alarms_len, alarms_cap;
};

void score_finish(struct score *score); /* zero is fine */
/* Zeroed; valid until the next one. */
struct score_expected *score_add_expected(struct score *score);
struct score_fault *score_add_fault(struct score *score);
struct score_alarm *score_add_alarm(struct score *score);
/* Points, percent (rounded down) and whether that passes, of what was expected. */
void score_sum(struct score *score);
size_t score_count(const struct score *score, enum fault fault);

void wire_put_score(struct buf *out, const struct score *score);
/* On false the score is zero, and *err names the member. */
bool wire_get_score(struct score *score, const char *json, size_t len, struct err *err);

#endif
