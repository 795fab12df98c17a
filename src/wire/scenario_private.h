/* Between the readers of a scenario's line. */
#ifndef SIAGA_WIRE_SCENARIO_PRIVATE_H
#define SIAGA_WIRE_SCENARIO_PRIVATE_H

#include <siaga/wire/scenario.h>

#include "read.h"

/* Zero is fine. */
void cond_finish(struct cond *cond);
/* The members of `r` that make a condition; others are the caller's. `extra`, which ends with NULL,
 * may stand beside them. */
void read_cond(const struct reader *r, struct cond *cond, const char *const *extra);
/* What was done: `action_member` names it, `did` or `action`. */
void read_deed(const struct reader *r, struct cond *cond, const char *action_member);

#endif
