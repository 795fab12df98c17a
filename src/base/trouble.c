#include <siaga/base/trouble.h>

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <siaga/base/macros.h>

static const char *const names[] = {
	[TROUBLE_NONE] = "none",
	[TROUBLE_FULL] = "full",
	[TROUBLE_READ_ONLY] = "read_only",
	[TROUBLE_IO] = "io",
	[TROUBLE_DAMAGED] = "damaged",
	[TROUBLE_OTHER] = "other",
};
static_assert(ARRAY_LEN(names) == TROUBLE_COUNT, "name every trouble");

const char *trouble_name(enum trouble trouble) {
	return (unsigned)trouble < TROUBLE_COUNT ? names[trouble] : "other";
}

bool trouble_find(const char *name, enum trouble *out) {
	for (size_t i = 0; i < TROUBLE_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum trouble)i;
			return true;
		}
	}
	return false;
}

enum trouble trouble_of_errno(int number) {
	switch (number) {
	case 0: return TROUBLE_NONE;
	case ENOSPC:
	case EDQUOT:
	case EFBIG: return TROUBLE_FULL;
	case EROFS:
	case EACCES:
	case EPERM: return TROUBLE_READ_ONLY;
	case EIO: return TROUBLE_IO;
	default: return TROUBLE_OTHER;
	}
}
