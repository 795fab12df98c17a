#include "scenario_file.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/embed.h>
#include <siaga/base/file.h>
#include <siaga/train/scenario.h>

static bool is_bare(const char *name) {
	return name[0] != '\0' && strpbrk(name, "/.") == NULL;
}

static const struct embedded_file *find_shipped(const char *name) {
	char file[80];
	int len = snprintf(file, sizeof(file), "%s.jsonl", name);
	return is_bare(name) && len < (int)sizeof(file) ? embedded_find(file) : NULL;
}

bool scenario_find(const char *name, struct buf *out, struct err *err) {
	const struct embedded_file *shipped = find_shipped(name);
	if (shipped != NULL) {
		buf_add(out, shipped->data, shipped->len);
		return true;
	}
	return file_read_any(name, SCENARIO_FILE_MAX, out, err);
}
