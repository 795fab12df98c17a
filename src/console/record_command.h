/* What a console has kept of the feed, as a scenario for training. */
#ifndef SIAGA_CONSOLE_RECORD_COMMAND_H
#define SIAGA_CONSOLE_RECORD_COMMAND_H

#include "options.h"

/* From opt->words[0] to opt->words[1], on standard output; no feed is asked. Returns the exit code.
 */
int record_run(const struct options *opt, struct err *err);

#endif
