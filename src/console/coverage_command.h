/* `siaga coverage`: which alarms a working camera was near to, and where the next one would see the
 * most. */
#ifndef SIAGA_CONSOLE_COVERAGE_COMMAND_H
#define SIAGA_CONSOLE_COVERAGE_COMMAND_H

#include <siaga/base/err.h>
#include <siaga/wire/coverage.h>

#include "options.h"

/* Reads what this console has kept, changes nothing, and asks no feed. Returns the exit status: 0,
 * 1 it could not be read, 2 it was asked for in a wrong way; *err says why. */
int coverage_command(const struct options *opt, struct err *err);

/* The same as people read it, in the language of the locale. */
void coverage_text(struct buf *out, const struct coverage *coverage,
	const struct coverage_span *span, const struct registry *reg);

#endif
