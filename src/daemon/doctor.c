/* siagad doctor: looks at all that the feed needs, a line for each thing and what to do about it.
 */
#include "doctor.h"

#include <time.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>
#include <siaga/feed/owner.h>

#include "command.h"

/* Before this the clock was never set. */
#define CLOCK_LEAST_MS INT64_C(1735689600000)
#define CLOCK_BACK_MS  INT64_C(60000)

/* From here on root is who siagad is, and sees what it would see. */
static void doctor_user(struct doctor *doc) {
	struct account self;
	struct err err = {0};
	bool was_root = geteuid() == 0;
	if (!owner_look(&self, doc->dir, doc->opt->given[DAEMON_USER], &err)) {
		report_say(&doc->report, REPORT_FAIL,
			"user: %s: let that user pass (chmod o+x), or name another folder with "
			"--data",
			err.text);
	} else if (!was_root) {
		report_say(&doc->report, REPORT_OK, "user: %s", self.name);
	} else if (self.uid != 0) {
		report_say(&doc->report, REPORT_OK, "user: root, who looks as %s, as siagad does",
			self.name);
	} else {
		report_say(&doc->report, REPORT_WARN,
			"user: this is root, who may do more than siagad, which gives that up and "
			"gets the folder at its start: run doctor again then");
	}
}

static void doctor_clock(struct doctor *doc) {
	int64_t now_ms = clock_wall_ms(), ahead_ms = doc->log.last_at_ms - now_ms;
	char now[CLOCK_RFC3339_SIZE];
	clock_format(now, now_ms);
	if (now_ms < CLOCK_LEAST_MS) {
		report_say(&doc->report, REPORT_FAIL,
			"clock: it says %s: set it (timedatectl set-ntp true)", now);
	} else if (ahead_ms > CLOCK_BACK_MS) {
		report_say(&doc->report, REPORT_WARN,
			"clock: it says %s, and the last event of the log is %lld s later: it was "
			"set back, or was wrong before: see to it (timedatectl set-ntp true)",
			now, (long long)(ahead_ms / 1000));
	} else {
		report_say(&doc->report, REPORT_OK, "clock: %s", now);
	}
}

/* In this order: what is found goes into struct doctor, for those that follow. */
static void (*const checks[])(struct doctor *doc) = {
	doctor_config,
	doctor_see_lock,
	doctor_tls, /* the key may be root's */
	doctor_see_port,
	doctor_user,
	doctor_tls_again,
	doctor_folder,
	doctor_disk,
	doctor_files,
	doctor_lock,
	doctor_log,
	doctor_admin,
	doctor_limits,
	doctor_port,
	doctor_clock,
};

int doctor_run(const struct daemon_options *opt) {
	struct doctor doc = {.opt = opt, .dir = opt->given[DAEMON_DATA]};
	if (opt->words_len != 1) {
		return daemon_usage("doctor takes no more words");
	}
	if (doc.dir == NULL && opt->config.errors.len == 0) {
		return daemon_need_data(opt);
	}
	if (doc.dir == NULL) {
		doctor_config(&doc);
		report_say(&doc.report, REPORT_FAIL,
			"folder: none is named: say data under [feed] in siagad.conf, or --data "
			"DIR");
		return report_end(&doc.report);
	}
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		checks[i](&doc);
	}
	registry_finish(&doc.registry);
	return report_end(&doc.report);
}
