/* One incident as a row of the history. */
#ifndef SIAGA_CONSOLE_SUMMARY_H
#define SIAGA_CONSOLE_SUMMARY_H

#include <siaga/base/mem.h>
#include <siaga/model/incident.h>
#include <siaga/store/history.h>

/* Rows for one save; zero is empty. */
struct summary {
	struct history_row *rows;
	struct buf *texts; /* two for each row: agencies, notes */
	size_t len;
};

/* The incident must outlive the summary. */
void summary_add(struct summary *summary, const struct incident *inc);
void summary_finish(struct summary *summary);

#endif
