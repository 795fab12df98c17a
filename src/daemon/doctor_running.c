/* The siagad that runs, or would: its lock and its limits. */
#include "doctor.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <siaga/feed/feed.h>

#include "listeners.h"
#include "settings.h"

#define FILES_MORE 128 /* beside one for each connection */

/* --- the lock --- */

void doctor_see_lock(struct doctor *doc) {
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/lock", doc->dir);
	/* It is not tried: a siagad that starts at this moment would take it for another one. */
	doc->running = listeners_locked_by(path);
}

void doctor_lock(struct doctor *doc) {
	if (doc->running > 0) {
		report_say(&doc->report, REPORT_OK, "siagad: it runs on this folder (process %d)",
			(int)doc->running);
	} else if (doc->running == 0) {
		report_say(&doc->report, REPORT_OK, "siagad: none runs on this folder");
	} else {
		report_say(&doc->report, REPORT_WARN,
			"siagad: /proc/locks cannot be read, so it is not known whether one runs");
	}
}

/* --- the limits --- */

/* Of the one that runs, else what one that is started here would get. It raises its own as far as
 * it may before it listens. */
static bool files_max(const struct doctor *doc, unsigned long *most) {
	char path[64], line[256];
	bool got = false;
	if (doc->running <= 0) {
		struct rlimit limit;
		got = getrlimit(RLIMIT_NOFILE, &limit) == 0;
		*most = got ? (unsigned long)limit.rlim_max : 0;
		return got;
	}
	/* prlimit() tells nobody of a process that hides its memory; this does. */
	snprintf(path, sizeof(path), "/proc/%d/limits", (int)doc->running);
	FILE *file = fopen(path, "re");
	while (file != NULL && !got && fgets(line, sizeof(line), file) != NULL) {
		got = sscanf(line, "Max open files %*s %lu", most) == 1;
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	return got;
}

void doctor_limits(struct doctor *doc) {
	struct feed_limits limits = {0};
	unsigned long most;
	if (doc->opt->settings != NULL) {
		limits = doc->opt->settings->limits;
	}
	feed_limits_complete(&limits);
	if (!files_max(doc, &most)) {
		return;
	}
	if (most < limits.connections + FILES_MORE) {
		report_say(&doc->report, REPORT_WARN,
			"limits: %lu open files are allowed, too few for %u connections: raise "
			"LimitNOFILE of the service, or ulimit -Hn",
			most, limits.connections);
	} else {
		report_say(&doc->report, REPORT_OK, "limits: %lu open files, for %u connections",
			most, limits.connections);
	}
}
