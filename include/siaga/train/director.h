/* Which lines of a scenario happen, and when: those with a time, those that wait for something, and
 * those that chance leaves out. */
#ifndef SIAGA_TRAIN_DIRECTOR_H
#define SIAGA_TRAIN_DIRECTOR_H

#include <siaga/train/scenario.h>

struct director;

struct director_config {
	const struct scenario *scenario; /* borrowed for as long as the director lives */
	uint64_t seed;
	/* Is it so now? NULL: nothing ever is, and lines that ask do not happen. */
	bool (*holds)(void *data, const struct cond *cond);
	void *data;
};

struct director *director_create(const struct director_config *cfg);
void director_destroy(struct director *director); /* NULL is fine */

/* The next line that is due at `at_ms` since the start, each once, or NULL. Its `when` is asked
 * now: where it does not hold, the line never happens. */
const struct scenario_line *director_due(struct director *director, int64_t at_ms);
/* The line has happened otherwise: it does not come by itself any more. */
void director_take(struct director *director, const struct scenario_line *line);
/* When the next line is due; -1 when there is none as things are. */
int64_t director_next_ms(const struct director *director);
/* Something may have come true at `at_ms`: lines that waited for it get their time. */
void director_look(struct director *director, int64_t at_ms);
/* Has the line of this name happened? */
bool director_has_happened(const struct director *director, const char *id);
/* Lines that wait for something that has not come true. */
size_t director_waiting(const struct director *director);

#endif
