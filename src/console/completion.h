/* Completion of the command line in the shells, printed from the table of options. */
#ifndef SIAGA_CONSOLE_COMPLETION_H
#define SIAGA_CONSOLE_COMPLETION_H

#include <stdbool.h>

#include <siaga/base/err.h>

/* `shell` is bash, zsh or fish; false for another one. */
bool completion_print(const char *shell, struct err *err);

#endif
