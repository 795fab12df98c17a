#include "scenario_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <siaga/base/embed.h>
#include <siaga/train/scenario.h>

#define CHUNK 65536

static const struct embedded_file *find_shipped(const char *name) {
	char file[80];
	int len = snprintf(file, sizeof(file), "%s.jsonl", name);
	bool plain = strpbrk(name, "/.") == NULL && len > 0 && (size_t)len < sizeof(file);
	return plain ? embedded_find(file) : NULL;
}

bool scenario_find(const char *name, struct buf *out, struct err *err) {
	struct stat st;
	if (stat(name, &st) != 0) {
		const struct embedded_file *shipped = find_shipped(name);
		if (shipped == NULL) {
			return err_set(err, "%s: %s", name, strerror(errno));
		}
		buf_add(out, shipped->data, shipped->len);
		return true;
	}
	if (S_ISDIR(st.st_mode)) {
		return err_set(err, "%s: %s", name, strerror(EISDIR));
	}
	FILE *file = fopen(name, "re");
	size_t got = 1;
	while (file != NULL && got > 0 && out->len <= SCENARIO_FILE_MAX) {
		buf_reserve(out, CHUNK);
		got = fread(out->data + out->len, 1, CHUNK - 1, file);
		out->len += got;
		out->data[out->len] = '\0';
	}
	bool ok = file != NULL && !ferror(file);
	if (!ok) {
		err_set(err, "%s: %s", name, strerror(errno));
	} else if (out->len > SCENARIO_FILE_MAX) {
		ok = err_set(err, _("%s: longer than %zu bytes"), name, SCENARIO_FILE_MAX);
	}
	if (file != NULL) {
		fclose(file);
	}
	return ok;
}
