/* The registry's folder: agencies.csv, plans.csv, cameras.csv and map.geojson, checked to the
 * field. */
#ifndef SIAGA_FEED_REGISTRY_LOAD_H
#define SIAGA_FEED_REGISTRY_LOAD_H

#include <siaga/model/registry.h>

/*
 * Reads a folder into *reg (overwritten; rev 0, indexed). An error says file, line and field, as in
 * "cameras.csv:17: lat: out of range", and leaves *reg zero.
 */
bool registry_load(struct registry *reg, const char *dir, struct err *err);

/* The same for one table; the registry has what was loaded before it (plans need agencies). */
bool registry_load_agencies(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err);
bool registry_load_plans(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err);
bool registry_load_cameras(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err);

#endif
