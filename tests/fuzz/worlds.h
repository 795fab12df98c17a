/* Worlds for the targets that decide and apply: commands made from the input, what must hold of any
 * world, and a text that two of them are compared by. */
#ifndef SIAGA_FUZZ_WORLDS_H
#define SIAGA_FUZZ_WORLDS_H

#include <siaga/model/reduce.h>

#include "fuzz.h"

#define WORLDS_INCIDENTS 10 /* that commands are about: city_id(1) and on */

/* Some command of somebody's: mostly one that is possible, about an incident that is there. The ids
 * of new things are made from `count`. */
struct command make_command(
	struct bytes *in, const struct world *world, int64_t at_ms, unsigned count);

/* May this role ask for it at all? As the feed's doors say, before anything is decided. */
bool is_allowed(const struct command *cmd);

void check_incident(const struct world *world, const struct incident *inc);
void check_world(const struct world *world);

/* All that an incident is, as text. */
void dump_incident(struct buf *out, const struct incident *inc);
/* All incidents by number, or only the open ones. */
void dump_world(struct buf *out, const struct world *world, bool open_only);

#endif
