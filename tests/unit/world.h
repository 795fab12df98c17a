/* A small city and short ways to make things happen in it, for tests of the model and the console.
 */
#ifndef SIAGA_TEST_WORLD_H
#define SIAGA_TEST_WORLD_H

#include <siaga/model/reduce.h>

#define T0 1700000000000 /* when the tests begin */

/* Fills the registry: damkar (F2), psc119 (F3), polresta (F4, by telephone), three cameras around
 * Gladag, fire with dispatch_first, a plan for medical. */
void city_fill(struct registry *reg);

/* A command of an operator about an incident, with if_rev where its action needs one. */
struct command city_command(
	const struct world *world, enum action action, const char *incident, const char *name);

/* Decides and applies; the events are given seqs. False where it was refused (*no says why). */
bool city_do(struct world *world, struct command *cmd, struct refusal *no);

/* Raises an alarm at Gladag; `incident` is its id. */
void city_raise(struct world *world, const char *incident, enum kind kind, enum priority priority,
	int64_t at_ms);
/* The same, from a telephone. */
void city_call(struct world *world, const char *incident, enum kind kind, enum priority priority,
	int64_t at_ms, const char *phone);

/* Ids: 00000000-0000-4000-8000-00000000000N. */
const char *city_id(int n);

#endif
