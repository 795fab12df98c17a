/* What the model's files share and nobody else sees. */
#ifndef SIAGA_MODEL_PRIVATE_H
#define SIAGA_MODEL_PRIVATE_H

#include <siaga/model/reduce.h>

/* The state that an incident is in after an event of this type; the same state when it does not
 * move. */
enum incident_state incident_state_after(
	const struct incident *inc, enum event_type type, const char *other);

/* Puts a new incident, whose id is set, among the others. */
void world_add(struct world *world, struct incident *inc);

/* Marks an incident as it is now; its letters only where its words have changed, what its reports
 * leave only where they have. */
void world_mark(struct world *world, const struct incident *inc, bool words, bool reports);

/* What its reports leave, as they are now. */
struct trace incident_trace(const struct incident *inc);

/* Puts its words together anew, after its texts have changed. */
void incident_make_findable(struct incident *inc);
void incident_free_words(struct incident *inc);
/* Is a folded text in one of them; are digits, as phone_key() makes them, in a telephone number? */
bool incident_has_word(const struct incident *inc, const char *folded, size_t len);
bool incident_has_phone(const struct incident *inc, const char *digits, size_t len);

/* Fills the head of a new event of the incident (NULL: of none) from the command, rev included. */
struct event *reduce_add(struct events *out, const struct command *cmd, const struct incident *inc,
	enum event_type type);
bool reduce_refuse(struct refusal *no, enum refusal_code code, const char *fmt, ...)
	ATTR_PRINTF(3, 4);

/* The part of reduce() that is about dispatches. */
bool reduce_dispatch(const struct world *world, const struct command *cmd,
	const struct incident *inc, struct events *out, struct refusal *no);
bool reduce_step(const struct world *world, const struct command *cmd, const struct incident *inc,
	struct events *out, struct refusal *no);
bool reduce_deliver(const struct world *world, const struct command *cmd, struct events *out);

#endif
