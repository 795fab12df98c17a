/*
 * A scenario: what happens when, and how simulated desks answer. Read from JSON lines; produces
 * what is due, and knows no clock, link or screen.
 */
#ifndef SIAGA_TRAIN_SCENARIO_H
#define SIAGA_TRAIN_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/model/words.h>
#include <siaga/wire/wire.h>

struct scenario {
	char title[256];
	struct scenario_line *lines; /* by time; the order of the file where times are equal */
	size_t len;
	size_t next; /* first line that is not due yet */
	uint64_t seed;
};

/* Reads a whole file's text. An error names line and member. */
bool scenario_parse(
	struct scenario *sc, const char *text, size_t len, uint64_t seed, struct err *err);
void scenario_finish(struct scenario *sc); /* zero is fine */

/* The next line that is due at `at_ms` since the start, or NULL. Agency lines are not among them.
 */
const struct scenario_line *scenario_due(struct scenario *sc, int64_t at_ms);
/* When the next line is due; -1 when there is none. */
int64_t scenario_next_ms(const struct scenario *sc);

/* How the agency's simulated desk behaves; NULL when it has none. */
const struct scenario_line *scenario_desk(const struct scenario *sc, const char *agency);

/*
 * What a simulated desk does after a step: the action, and after how long. False: nothing more.
 * Drawn from the seed, so a run can be repeated.
 */
bool scenario_answer(struct scenario *sc, const struct scenario_line *desk, enum event_type after,
	enum action *action, int64_t *wait_ms);

#endif
