/* Where scenarios come from: files, and those that ship. */
#ifndef SIAGA_CONSOLE_SCENARIO_FILE_H
#define SIAGA_CONSOLE_SCENARIO_FILE_H

#include <stdbool.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>

/*
 * The text of a scenario, added to *out. A name without a folder and without an extension may be
 * one that ships, such as `demo`; everything else, and what does not ship, is a file. False: *err
 * names it and says why.
 */
bool scenario_find(const char *name, struct buf *out, struct err *err);

#endif
