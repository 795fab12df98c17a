/*
 * A scenario played by itself, to know what it is worth: by a trainee who does all that is expected
 * as soon as it can be done, or by one who does nothing. It is really played, so that what
 * contradicts itself shows.
 */
#ifndef SIAGA_TRAIN_IDEAL_H
#define SIAGA_TRAIN_IDEAL_H

#include <siaga/train/run.h>

struct ideal_config {
	const struct scenario *scenario;
	const struct registry *registry;
	uint64_t seed;
	size_t steps_max; /* moments at which something is done; 0: as many as there may be */
};

/* What was expected or forbidden, and did not go well. */
struct ideal_loss {
	const struct scenario_line *line;
	enum verdict verdict; /* late or missed */
};

struct ideal_result {
	int64_t got, possible; /* points, of what came up in this run */
	struct ideal_loss *losses;
	size_t losses_len;
};

/* False: it is too much to be played, and nothing is known. */
bool ideal_play(const struct ideal_config *cfg, struct ideal_result *out);
bool silent_play(const struct ideal_config *cfg, struct ideal_result *out);
void ideal_result_finish(struct ideal_result *result); /* zero is fine */

#endif
