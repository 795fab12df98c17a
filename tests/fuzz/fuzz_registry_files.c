/*
 * The files of a registry's folder, one after the other as siagad reads them. Lines that begin with
 * "%%" and a digit part them: %%0 agencies.csv, %%1 plans.csv, %%2 cameras.csv, %%3 map.geojson.
 */
#include <stdlib.h>
#include <string.h>

#include <siaga/wire/registry_files.h>
#include <siaga/wire/wire.h>

#include "fuzz.h"

#define MARK_LEN 4 /* "%%0" and the line break */

static const uint8_t *find_mark(const uint8_t *at, size_t left) {
	const uint8_t *found = left > 0 ? memmem(at, left, "%%", 2) : NULL;
	return found != NULL && (size_t)(found - at) + MARK_LEN <= left ? found : NULL;
}

/* A file, or what was made of it, counts wholly or not at all, and an error says where. */
static void read_file(struct registry *reg, const char *name, const uint8_t *data, size_t size) {
	struct err err = {0};
	char *text = dup_exact(data, size);
	size_t features = reg->features_len;
	if (!registry_file_read(reg, name, text, size, &err)) {
		MUST(is_message(&err));
		MUST_OF(strncmp(err.text, name, strlen(name)) == 0, err.text);
		MUST(reg->features_len == features);
	}
	free(text);
}

static void check_end(struct registry *reg) {
	struct err err = {0};
	struct buf first = {0}, second = {0};
	struct registry again;
	if (!registry_files_end(reg, &err)) {
		MUST(is_message(&err));
		return;
	}
	wire_put_registry(&first, reg);
	MUST_OF(wire_get_registry(&again, first.data, first.len, &err), err.text);
	wire_put_registry(&second, &again);
	MUST_OF(first.len == second.len && memcmp(first.data, second.data, first.len) == 0,
		first.data);
	registry_finish(&again);
	buf_finish(&first);
	buf_finish(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct registry reg = {0};
	const uint8_t *at = data, *end = data + size, *mark;
	unsigned which = 0;
	for (; at != NULL && at < end; at = mark != NULL ? mark + MARK_LEN : NULL) {
		mark = find_mark(at, (size_t)(end - at));
		read_file(&reg, registry_file_name(which), at,
			mark != NULL ? (size_t)(mark - at) : (size_t)(end - at));
		which = mark != NULL ? mark[2] % 4u : 0;
	}
	check_end(&reg);
	registry_finish(&reg);
	return 0;
}
