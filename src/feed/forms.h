/* An event as the log keeps it: made by the writer, once. */
#ifndef SIAGA_FEED_FORMS_H
#define SIAGA_FEED_FORMS_H

#include <siaga/base/mem.h>
#include <siaga/model/incident.h>
#include <siaga/store/log.h>

/* Zero is empty. */
struct forms {
	struct buf full, masked, bare, audience;
};

/* Made anew in the same memory. `inc` is the event's incident after it, NULL for none. */
void forms_make(struct forms *forms, const struct event *event, const struct incident *inc,
	const struct registry *reg);
void forms_finish(struct forms *forms);
/* The row borrows from the forms and the event. */
void forms_row(struct log_row *row, const struct forms *forms, const struct event *event,
	const struct incident *inc);
/* Gives the events of an older siaga's log the forms that it did not keep; all of them or none. */
bool forms_fill_log(struct log_store *log, struct err *err);

#endif
