/*
 * Forgetting persons. Where a feed runs it is the one that does it: what is wanted is written into
 * admin.db, where it looks. Where none does, this does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/duration.h>
#include <siaga/feed/purge.h>
#include <siaga/store/admin.h>
#include <siaga/store/log_check.h>
#include <siaga/store/log_purge.h>

#include "command.h"

/* Less is a slip of the hand, and what is forgotten stays so. */
#define OLDER_MIN_MS INT64_C(86400000)
#define LOOK_US      50000
#define BEGIN_MS     10000 /* a feed that has not begun by then does not know how */

static bool count(
	const char *dir, int64_t before_ms, struct log_purge_count *out, struct err *err) {
	struct log_store *log = log_open_look(dir, err);
	bool ok = log != NULL && log_purge_count(log, before_ms, out, err);
	log_close(log);
	return ok;
}

static bool do_it_here(struct log_store *log, int64_t before_ms, struct err *err) {
	if (!purge_run_all(log, before_ms, err)) {
		return false;
	}
	log_tidy(log);
	return true;
}

/* 1 it has done it, 0 not yet, -1 error. */
static int look(const char *dir, int64_t before_ms, bool *begun, struct err *err) {
	struct log_purge pending;
	struct log_store *log = log_open_reader(dir, err);
	int64_t purged_ms = log != NULL ? log_purged_ms(log, err) : -1;
	int rc = purged_ms < 0 ? -1 : log_purge_pending(log, &pending, err);
	log_close(log);
	if (rc < 0) {
		return -1;
	}
	*begun = purged_ms >= before_ms;
	return *begun && rc == 0;
}

static bool ask(const char *dir, int64_t before_ms, struct err *err) {
	struct admin_store *admin = admin_open(dir, err);
	bool ok = admin != NULL && admin_ask_purge(admin, before_ms, err);
	admin_close(admin);
	return ok;
}

/* Whoever has the log does it; when that ends before it is done, it is ours to do. */
static bool forget(const char *dir, int64_t before_ms, struct err *err) {
	int64_t since_ms = clock_mono_ms();
	bool asked = false, begun = false;
	for (;;) {
		bool taken;
		struct log_store *log = log_try_writer(dir, &taken, err);
		if (log != NULL) {
			bool ok = do_it_here(log, before_ms, err);
			log_close(log);
			return ok;
		}
		if (!taken || (!asked && !ask(dir, before_ms, err))) {
			return false;
		}
		asked = true;
		int rc = look(dir, before_ms, &begun, err);
		if (rc != 0) {
			return rc > 0;
		}
		if (!begun && clock_mono_ms() - since_ms > BEGIN_MS) {
			return err_set(err,
				"the running siagad does not begin with it; it will when "
				"it can, or when it is started anew");
		}
		usleep(LOOK_US);
	}
}

int purge_run(const struct daemon_options *opt) {
	const char *dir = opt->given[DAEMON_DATA], *older = opt->given[DAEMON_OLDER_THAN];
	struct log_purge_count found;
	struct err err = {0};
	int64_t older_ms;
	char before[CLOCK_RFC3339_SIZE];
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	if (opt->words_len != 1 || older == NULL) {
		return daemon_usage("purge --older-than TIME");
	}
	if (!duration_parse_days(older, &older_ms) || older_ms < OLDER_MIN_MS) {
		return daemon_usage("--older-than: a time such as 90d, of one day at least");
	}
	int64_t before_ms = clock_wall_ms() - older_ms;
	if (before_ms <= 0) {
		return daemon_usage("--older-than: that is before all logs");
	}
	code = daemon_look_data(opt);
	if (code != 0) {
		return code;
	}
	if (!count(dir, before_ms, &found, &err)) {
		return daemon_fail(&err);
	}
	bool dry = opt->given[DAEMON_DRY_RUN] != NULL;
	code = dry ? 0 : daemon_enter_data(opt);
	if (code != 0) {
		return code;
	}
	if (!dry && !forget(dir, before_ms, &err)) {
		return daemon_fail(&err);
	}
	clock_format(before, before_ms);
	printf("%s %lld incidents that ended before %s: %lld callers, %lld events\n",
		dry ? "would forget" : "forgot", (long long)found.incidents, before,
		(long long)found.persons, (long long)found.events);
	return EXIT_SUCCESS;
}
