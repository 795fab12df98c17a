#include <stdio.h>
#include <stdlib.h>

#include <siaga/feed/check.h>

#include "command.h"

#define FAULTS_SHOWN 200 /* after so many it is clear, and the rest is counted */

struct told {
	int64_t count;
};

static void print_fault(void *data, int64_t seq, const char *what) {
	struct told *told = data;
	if (++told->count > FAULTS_SHOWN) {
		return;
	}
	if (seq > 0) {
		printf("FAULT event %lld: %s\n", (long long)seq, what);
	} else {
		printf("FAULT %s\n", what);
	}
}

static void print_report(const struct check_report *report, int64_t told) {
	if (told > FAULTS_SHOWN) {
		printf("FAULT %lld more of them\n", (long long)(told - FAULTS_SHOWN));
	}
	printf("%s %lld events, %lld incidents, %lld events forgotten, %lld faults\n",
		report->faults == 0 ? "OK" : "FAULT", (long long)report->events,
		(long long)report->incidents, (long long)report->purged, (long long)report->faults);
	if (report->head > 0) {
		printf("head %lld:%s\n", (long long)report->head, report->hash);
	}
}

int check_run(const struct daemon_options *opt) {
	struct check_expect expect = {0};
	struct check_report log, admin = {0};
	struct told told = {0};
	struct err err = {0};
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	if (opt->words_len != 1) {
		return daemon_usage("check takes no words");
	}
	if (opt->given[DAEMON_EXPECT] != NULL &&
		!check_parse_expect(opt->given[DAEMON_EXPECT], &expect)) {
		return daemon_usage("--expect: SEQ:HASH, as check prints it behind \"head\"");
	}
	code = daemon_look_data(opt);
	if (code != 0) {
		return code;
	}
	if (!check_log(opt->given[DAEMON_DATA], &expect, print_fault, &told, &log, &err) ||
		!check_admin(opt->given[DAEMON_DATA], print_fault, &told, &admin, &err)) {
		return daemon_fail(&err);
	}
	log.faults += admin.faults;
	print_report(&log, told.count);
	return log.faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
