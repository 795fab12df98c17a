/*
 * Who may see an event, as the log keeps it: words apart by blanks. "*" is everybody, an agency's
 * id its desks, with a '+' before it the caller's name and telephone number too. "+observers" shows
 * observers the caller; operators and supervisors see all of everything, observers and trainers all
 * but the caller, and no word is needed for that.
 */
#ifndef SIAGA_FEED_AUDIENCE_H
#define SIAGA_FEED_AUDIENCE_H

#include <siaga/base/mem.h>
#include <siaga/model/incident.h>

#define AUDIENCE_ALL "*"

enum audience_seen { AUDIENCE_NOTHING, AUDIENCE_MASKED, AUDIENCE_CALLER };

/* `inc` is the event's incident after it, NULL for none. Overwrites *out. */
void audience_of(struct buf *out, const struct event *event, const struct incident *inc,
	const struct registry *reg);
/* What the one that a word stands for sees of an event; "*" is for the caller to ask about. */
enum audience_seen audience_sees(const char *audience, const char *word);
/* Is an event of this type part of what an agency is shown of the time before it was asked? What
 * was asked of others is not, nor who looked. */
bool audience_had_seen(const char *type);
/* Did an older siaga write "*" for events of this type, which are not for all? */
bool audience_was_all(const char *type);

#endif
