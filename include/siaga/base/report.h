/* What a check-up finds, on standard output: a line for each thing that was looked at. */
#ifndef SIAGA_BASE_REPORT_H
#define SIAGA_BASE_REPORT_H

#include <stddef.h>

#include <siaga/base/macros.h>

#define REPORT_COLUMNS 80

enum report_level {
	REPORT_OK,
	REPORT_WARN, /* it works, and somebody should do something */
	REPORT_FAIL, /* it does not work */
	REPORT_LEVEL_COUNT
};

/* Zero is ready. */
struct report {
	size_t count[REPORT_LEVEL_COUNT];
};

/*
 * "OK   what", "WARN what: what to do" or "FAIL what: what to do". Strangers' text may be among the
 * arguments: all of it is made fit for a terminal. What is longer than REPORT_COLUMNS goes on in
 * the next row, behind blanks. Characters that the locale does not have become '?'.
 */
void report_say(struct report *report, enum report_level level, const char *fmt, ...)
	ATTR_PRINTF(3, 4);
/* How often each was said, as the last line; the exit status: 0 where nothing failed, else 1. */
int report_end(const struct report *report);

#endif
