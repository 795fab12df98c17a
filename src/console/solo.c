#include "solo.h"

#include <string.h>

#include <siaga/base/embed.h>
#include <siaga/wire/registry_files.h>

bool solo_registry(struct registry *reg, struct err *err) {
	const char *name;
	memset(reg, 0, sizeof(*reg));
	for (size_t i = 0; (name = registry_file_name(i)) != NULL; i++) {
		const struct embedded_file *file = embedded_find(name);
		if (file == NULL ||
			!registry_file_read(reg, name, (const char *)file->data, file->len, err)) {
			return false;
		}
	}
	reg->rev = 1;
	return registry_files_end(reg, err);
}
