/*
 * A scenario: what happens when, how simulated desks answer, and what the trainee is expected to
 * do. Read from JSON lines, which siaga-scenario(5) describes; it does not change while it is
 * played, and knows no clock, link or screen.
 */
#ifndef SIAGA_TRAIN_SCENARIO_H
#define SIAGA_TRAIN_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>
#include <siaga/wire/scenario.h>

#define SCENARIO_FILE_MAX  ((size_t)32 * 1024 * 1024)
#define SCENARIO_LINES_MAX 100000
#define SCENARIO_CONDS_MAX 20000 /* in all its lines */
#define SCENARIO_REST_MS   60000 /* after the last line, where the head does not say when it ends */

struct scenario {
	const struct scenario_line *head; /* or NULL */
	struct scenario_line *lines;      /* owned; in the order of the file */
	size_t len, cap;
	size_t conds;
	int64_t end_ms; /* when it is over */
};

/*
 * Reads a whole file's text. False: *wrong has a line for each mistake, "LINE: member: what"; the
 * scenario is empty then.
 */
bool scenario_parse(struct scenario *sc, const char *text, size_t len, struct buf *wrong);
/* The same, with the first mistake in *err: "line LINE: member: what". */
bool scenario_read(struct scenario *sc, const char *text, size_t len, struct err *err);
void scenario_finish(struct scenario *sc); /* zero is fine */

const char *scenario_name(const struct scenario *sc); /* of the head; "" where there is none */
const char *scenario_title(const struct scenario *sc, const char *lang);
/* Percent of the points that pass; 80 where the head does not say. */
int64_t scenario_pass(const struct scenario *sc);

/* How the agency's simulated desk behaves; NULL when it has none. */
const struct scenario_line *scenario_desk(const struct scenario *sc, const char *agency);
/* The line that raises the alarm of this key, or NULL; the first, where one of several does. */
const struct scenario_line *scenario_alarm(const struct scenario *sc, const char *key);

/* Does the line happen at a time, so that a director plays it? */
bool scenario_is_timed(const struct scenario_line *line);

#endif
