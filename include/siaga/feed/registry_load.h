/* A registry's folder on disk. */
#ifndef SIAGA_FEED_REGISTRY_LOAD_H
#define SIAGA_FEED_REGISTRY_LOAD_H

#include <siaga/model/registry.h>

/*
 * Reads a folder into *reg (overwritten; rev 0, indexed). An error says file, line and field, as in
 * "cameras.csv:17: lat: out of range", and leaves *reg zero.
 */
bool registry_load(struct registry *reg, const char *dir, struct err *err);

#endif
