#include <siaga/app/pane.h>

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <siaga/base/macros.h>

static const char *const names[] = {
	[PANE_QUEUE] = "queue",
	[PANE_MAP] = "map",
	[PANE_DETAIL] = "detail",
	[PANE_CAMERAS] = "cameras",
	[PANE_LOG] = "log",
	[PANE_AGENCIES] = "agencies",
};
static_assert(ARRAY_LEN(names) == PANE_COUNT, "name every pane");

const char *pane_name(enum pane pane) {
	return (unsigned)pane < PANE_COUNT ? names[pane] : "?";
}

bool pane_find(const char *name, enum pane *out) {
	for (size_t i = 0; i < PANE_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum pane)i;
			return true;
		}
	}
	return false;
}
