/* `siaga score FILE...`: one run's sheet, or several runs side by side. */
#ifndef SIAGA_CONSOLE_SCORE_COMMAND_H
#define SIAGA_CONSOLE_SCORE_COMMAND_H

#include <siaga/base/err.h>

struct options;

/* The exit code; *err says what is wrong, by file and member. */
int score_command(const struct options *opt, struct err *err);

#endif
