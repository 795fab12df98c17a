/*
 * The files of a registry's folder: agencies.csv, plans.csv, cameras.csv and map.geojson, checked
 * to the field. From memory: where they come from is the caller's business.
 */
#ifndef SIAGA_WIRE_REGISTRY_FILES_H
#define SIAGA_WIRE_REGISTRY_FILES_H

#include <siaga/model/registry.h>

/* Their names, in the order in which they must be read (plans need agencies); NULL after the last.
 */
const char *registry_file_name(size_t i);

/* Adds one file to the registry; an error says file, line and field, as in
 * "cameras.csv:17: lat: out of range". */
bool registry_file_read(
	struct registry *reg, const char *name, const char *data, size_t len, struct err *err);

/* After the last file: sees that all of it can travel as one message, and indexes it. */
bool registry_files_end(struct registry *reg, struct err *err);

#endif
