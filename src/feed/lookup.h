/* Incidents that have ended are in no memory: here they are read again from the log. */
#ifndef SIAGA_FEED_LOOKUP_H
#define SIAGA_FEED_LOOKUP_H

#include <siaga/model/incident.h>
#include <siaga/store/log.h>

/* Tells the world of an event as it was read; false: it cannot be made out, and was left out. */
bool lookup_apply(struct world *world, const struct log_event *from);
/* Brings an incident into the world where it is not there yet; one that the log does not know is
 * not there afterwards either. False and *err: the log cannot be read, and the world holds nothing
 * of it. */
bool lookup_incident(struct world *world, struct log_store *log, const char *id, struct err *err);
/* Where an incident's alarms are now: from merge to merge, `id` becomes the one that is merged into
 * no other. False and *err: as above. */
bool lookup_merged(struct world *world, struct log_store *log, char id[UUID_SIZE], struct err *err);

#endif
