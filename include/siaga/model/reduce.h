/*
 * The one place that decides. (state, command) -> events or refusal, with no clock, no dice and no
 * I/O: every node that runs it over the same commands comes to the same log.
 */
#ifndef SIAGA_MODEL_REDUCE_H
#define SIAGA_MODEL_REDUCE_H

#include <stdbool.h>

#include <siaga/model/incident.h>

enum refusal_code {
	REFUSAL_CONFLICT,    /* if_rev is not the incident's rev: somebody was first */
	REFUSAL_STATE,       /* not possible in this state */
	REFUSAL_UNKNOWN,     /* no such incident, agency, camera, alarm */
	REFUSAL_FORBIDDEN,   /* not this role's to do */
	REFUSAL_INVALID,     /* a member is missing or wrong */
	REFUSAL_UNAVAILABLE, /* the log cannot be written now */
	REFUSAL_TOO_MANY,    /* more than this console may ask at once; again in a moment */
	REFUSAL_CODE_COUNT
};

const char *refusal_code_name(enum refusal_code code);
bool refusal_code_find(const char *name, enum refusal_code *out);

struct refusal {
	enum refusal_code code;
	char message[240]; /* for a person; names who was first, or the member that is wrong */
};

/* The rev of an incident after an event of this type; `other` is that of the event. */
int64_t incident_rev_after(const struct incident *inc, enum event_type type, const char *other);

/*
 * Decides. True: the events (0..n; none means it was so already) were added to *out, with
 * everything but `seq` set. False: *no says why. The world is not changed: apply the events for
 * that. The caller must have loaded command.incident and command.other into the world.
 */
bool reduce(const struct world *world, const struct command *cmd, struct events *out,
	struct refusal *no);

#endif
