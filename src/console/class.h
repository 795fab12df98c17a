/*
 * A class: several trainees play one scenario at once, each at a console of their own, which joins
 * this one; a trainer looks at whom they choose. There is no screen here: what happens is said in
 * lines.
 */
#ifndef SIAGA_CONSOLE_CLASS_H
#define SIAGA_CONSOLE_CLASS_H

#include "options.h"

/* Keeps the class of opt->words[0] until it is ended by a signal; then the scores are written.
 * Returns the exit code. */
int class_run(const struct options *opt, struct err *err);

#endif
