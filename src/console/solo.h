/* The city that is compiled in: what needs neither a feed nor a file. */
#ifndef SIAGA_CONSOLE_SOLO_H
#define SIAGA_CONSOLE_SOLO_H

#include <stdbool.h>

#include <siaga/base/err.h>
#include <siaga/model/registry.h>

/* Fills the registry, which the caller finishes either way. False: *err names file and line. */
bool solo_registry(struct registry *reg, struct err *err);

#endif
