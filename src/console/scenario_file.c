#include "scenario_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/embed.h>
#include <siaga/train/scenario.h>

#define BLOCK 65536

static bool is_bare(const char *name) {
	return name[0] != '\0' && strpbrk(name, "/.") == NULL;
}

static const struct embedded_file *find_shipped(const char *name) {
	char file[80];
	int len = snprintf(file, sizeof(file), "%s.jsonl", name);
	return is_bare(name) && len < (int)sizeof(file) ? embedded_find(file) : NULL;
}

static bool read_all(FILE *file, struct buf *out) {
	size_t before = out->len, got = 1;
	while (got > 0 && out->len - before <= SCENARIO_FILE_MAX) {
		buf_reserve(out, BLOCK);
		got = fread(out->data + out->len, 1, BLOCK - 1, file);
		out->len += got;
		out->data[out->len] = '\0';
	}
	return ferror(file) == 0;
}

bool scenario_find(const char *name, struct buf *out, struct err *err) {
	const struct embedded_file *shipped = find_shipped(name);
	size_t before = out->len;
	if (shipped != NULL) {
		buf_add(out, shipped->data, shipped->len);
		return true;
	}
	FILE *file = fopen(name, "re");
	if (file == NULL) {
		return err_set(err, "%s: %s", name, strerror(errno));
	}
	bool ok = read_all(file, out) || err_set(err, "%s: %s", name, strerror(errno));
	if (ok && out->len - before > SCENARIO_FILE_MAX) {
		ok = err_set(err, _("%s: longer than %zu bytes"), name, SCENARIO_FILE_MAX);
	}
	fclose(file);
	return ok;
}
