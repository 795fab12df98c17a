/* How the simulated desk of an agency answers. */
#ifndef SIAGA_TRAIN_DESK_H
#define SIAGA_TRAIN_DESK_H

#include <siaga/model/words.h>
#include <siaga/wire/scenario.h>

/*
 * What the desk of that line does after a step of a dispatch, and after how long: drawn by the seed
 * and by `about`, a number of the dispatch, so that a run can be repeated. False: nothing, for good
 * or until its mood is another.
 */
bool desk_answer(const struct scenario_line *desk, enum desk_mood mood, uint64_t seed,
	int64_t about, enum event_type after, enum action *action, int64_t *wait_ms);

#endif
