/* Where scenarios come from: files, and those that ship. */
#ifndef SIAGA_CONSOLE_SCENARIO_FILE_H
#define SIAGA_CONSOLE_SCENARIO_FILE_H

#include <siaga/base/err.h>
#include <siaga/base/mem.h>

/*
 * The text of a scenario, added to `out`. A name without a slash and an ending that is no file here
 * is that of one that ships, such as 01-first-alarm. False: *err names the file.
 */
bool scenario_find(const char *name, struct buf *out, struct err *err);

#endif
