/* `siaga scenario check`: what is wrong with scenarios, and what they are worth. */
#ifndef SIAGA_CONSOLE_SCENARIO_COMMAND_H
#define SIAGA_CONSOLE_SCENARIO_COMMAND_H

#include <siaga/base/err.h>

#include "options.h"

/*
 * A line for each file that is fine on standard output; mistakes and warnings on standard error, as
 * "FILE:LINE: member: what". Returns the exit status: 0 all are fine, 1 one is not, 2 it was asked
 * for in a wrong way, and *err says how.
 */
int scenario_command(const struct options *opt, struct err *err);

#endif
