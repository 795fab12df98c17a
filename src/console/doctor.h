/* siaga doctor: looks at all that the console needs, changes nothing, says what is to be done. */
#ifndef SIAGA_CONSOLE_DOCTOR_H
#define SIAGA_CONSOLE_DOCTOR_H

#include "options.h"

/* The command line has been read, the configuration has not. Returns the exit status; err says why
 * where the command line itself is wrong. */
int doctor_run(struct options *opt, struct err *err);

#endif
