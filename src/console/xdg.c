#include "xdg.h"

#include <stdio.h>
#include <stdlib.h>

/* An absolute path from the environment, or NULL: relative ones do not count. */
static const char *absolute(const char *name) {
	const char *value = getenv(name);
	return value != NULL && value[0] == '/' ? value : NULL;
}

bool xdg_config_path(const char *name, char *out, size_t size) {
	const char *xdg = absolute("XDG_CONFIG_HOME"), *home = absolute("HOME");
	int len = -1;
	if (xdg != NULL) {
		len = snprintf(out, size, "%s/siaga/%s", xdg, name);
	} else if (home != NULL) {
		len = snprintf(out, size, "%s/.config/siaga/%s", home, name);
	}
	return len > 0 && (size_t)len < size;
}

bool xdg_state_dir(char *out, size_t size, struct err *err) {
	const char *xdg = absolute("XDG_STATE_HOME"), *home = absolute("HOME");
	int len;
	if (xdg != NULL) {
		len = snprintf(out, size, "%s/siaga", xdg);
	} else if (home != NULL) {
		len = snprintf(out, size, "%s/.local/state/siaga", home);
	} else {
		return err_set(err, _("HOME is not set: say where the cache is with --state DIR"));
	}
	return (len > 0 && (size_t)len < size) ||
	       err_set(err, _("the state directory's name is too long"));
}
