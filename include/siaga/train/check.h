/* What is wrong between the lines of a scenario: what a line cannot know of the others by itself.
 */
#ifndef SIAGA_TRAIN_CHECK_H
#define SIAGA_TRAIN_CHECK_H

#include <siaga/model/registry.h>
#include <siaga/train/scenario.h>

/* A text line each, "LINE: member: what", by line. */
struct check_result {
	struct buf errors;   /* what cannot be as it stands */
	struct buf warnings; /* what may be meant, and probably is not */
};

/*
 * Looks at all of it and says everything at once. `is_command` knows the names of the console's
 * commands; NULL: they are not looked at. True: no errors.
 */
bool check_scenario(const struct scenario *sc, const struct registry *reg,
	bool (*is_command)(const char *name), struct check_result *out);
void check_result_finish(struct check_result *result); /* zero is fine */

#endif
