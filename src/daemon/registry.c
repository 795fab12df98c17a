#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/feed/registry_load.h>
#include <siaga/store/admin.h>
#include <siaga/wire/wire.h>

#include "command.h"

/* Stored only as it can be read again: a console will get exactly this. */
static bool store_registry(
	const char *dir, const struct registry *reg, int64_t *rev, struct err *err) {
	struct buf json = {0};
	struct registry again = {0};
	wire_put_registry(&json, reg);
	bool ok = json.len <= WIRE_SERVER_MESSAGE_MAX ||
		  err_set(err, "the registry is larger than %d bytes as a message",
			  WIRE_SERVER_MESSAGE_MAX);
	ok = ok && wire_get_registry(&again, json.data, json.len, err);
	struct admin_store *admin = ok ? admin_open(dir, err) : NULL;
	ok = admin != NULL &&
	     admin_put_registry(admin, json.data, json.len, clock_wall_ms(), rev, err);
	admin_close(admin);
	registry_finish(&again);
	buf_finish(&json);
	return ok;
}

int registry_run(const struct daemon_options *opt) {
	struct registry reg = {0};
	struct err err = {0};
	int64_t rev = 0;
	if (opt->words_len != 3 || strcmp(opt->words[1], "load") != 0) {
		return daemon_usage("registry load PATH");
	}
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	/* Root may read a folder that the feed's user may not. */
	if (!registry_load(&reg, opt->words[2], &err)) {
		registry_finish(&reg);
		return daemon_fail(&err);
	}
	code = daemon_enter_data(opt);
	if (code == 0 && !store_registry(opt->given[DAEMON_DATA], &reg, &rev, &err)) {
		code = daemon_fail(&err);
	}
	if (code != 0) {
		registry_finish(&reg);
		return code;
	}
	fprintf(stderr,
		"siagad: registry %lld: %zu agencies, %zu plans, %zu cameras, %zu lines of map\n",
		(long long)rev, reg.agencies_len, reg.plans_len, reg.cameras_len, reg.features_len);
	registry_finish(&reg);
	return EXIT_SUCCESS;
}
