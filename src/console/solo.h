/* The city that is built in. */
#ifndef SIAGA_CONSOLE_SOLO_H
#define SIAGA_CONSOLE_SOLO_H

#include <siaga/base/err.h>
#include <siaga/model/registry.h>

/* Fills the registry with the installed one of Solo; on false nothing is in it. */
bool solo_registry(struct registry *reg, struct err *err);

#endif
