/* What happened between two times, as a scenario for training: on standard output, and without
 * persons. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>
#include <siaga/store/admin.h>
#include <siaga/store/log_check.h>
#include <siaga/train/record.h>
#include <siaga/wire/wire.h>

#include "command.h"

struct start {
	int64_t seq, at_ms;
};

struct reading {
	struct recorder *recorder;
	int64_t head;
	int64_t first, last;  /* of the events that are read one by one */
	struct start *starts; /* owned */
	size_t starts_len, start;
	int64_t unread;
};

static void on_start(void *data, int64_t seq, int64_t at_ms) {
	struct reading *r = data;
	r->starts = mem_resize(r->starts, r->starts_len + 1, sizeof(*r->starts));
	r->starts[r->starts_len++] = (struct start){seq, at_ms};
}

static bool give(struct reading *r, const struct log_event *from) {
	struct event event;
	for (; r->start < r->starts_len && r->starts[r->start].seq < from->seq; r->start++) {
		recorder_restart(r->recorder, r->starts[r->start].at_ms);
	}
	if (!wire_get_event(&event, from->body, from->len, NULL)) {
		r->unread++;
		return true;
	}
	bool more = recorder_add(r->recorder, &event);
	event_finish(&event);
	return more;
}

static bool on_event(void *data, const struct log_event *from) {
	struct reading *r = data;
	r->last = from->seq;
	return give(r, from);
}

/* Of what is long before only those who came and went, and the cameras, are looked at. */
static bool on_before(void *data, const struct log_event *from) {
	struct reading *r = data;
	return from->seq < r->first && give(r, from);
}

/* Whoever called at any other time may be spoken of all the same. */
static bool on_caller(void *data, const struct log_event *from) {
	struct reading *r = data;
	struct event event;
	if (from->seq >= r->first && from->seq <= r->last) {
		return true;
	}
	if (!wire_get_event(&event, from->body, from->len, NULL)) {
		r->unread++;
		return true;
	}
	recorder_know(r->recorder, &event);
	event_finish(&event);
	return true;
}

/* What only takes alarms in is a program. */
static void on_token(void *data, const struct token_row *row) {
	struct reading *r = data;
	if (strcmp(row->role, role_name(ROLE_INTAKE)) != 0) {
		recorder_know_token(r->recorder, row->name, row->agency);
	}
}

static bool read_tokens(const char *dir, struct reading *r, struct err *err) {
	struct admin_store *admin = admin_open_look(dir, err);
	bool ok = admin != NULL && admin_list_tokens(admin, on_token, r, err);
	admin_close(admin);
	return ok;
}

static bool find_first(
	struct log_store *log, struct reading *r, int64_t since_ms, struct err *err) {
	r->first = r->head + 1;
	return log_find_since(log, since_ms, &r->first, err) >= 0;
}

static bool read_log(const char *dir, struct reading *r, int64_t from_ms, struct err *err) {
	struct log_store *log = log_open_look(dir, err);
	int64_t last_number;
	bool ok = log != NULL && log_look_begin(log, err) &&
		  log_head(log, &r->head, &last_number, err) &&
		  find_first(log, r, from_ms - RECORD_BEFORE_MS, err) &&
		  log_read_starts(log, on_start, r, err) &&
		  log_read_watch(log, NULL, on_before, r, err) &&
		  log_read(log, r->first - 1, r->head, r->head, on_event, r, err) >= 0 &&
		  log_read_callers(log, on_caller, r, err);
	if (log != NULL) {
		log_look_end(log);
	}
	log_close(log);
	return ok;
}

static void say(const struct reading *r, const struct recorder_counts *counts) {
	fprintf(stderr, "siagad: %lld alarms, %lld actions", (long long)counts->alarms,
		(long long)counts->actions);
	if (counts->earlier > 0) {
		fprintf(stderr, "; left out: %lld incidents that began before, with %lld events",
			(long long)counts->earlier, (long long)counts->left);
	}
	if (r->unread > 0) {
		fprintf(stderr, "; %lld events cannot be read, see siagad check",
			(long long)r->unread);
	}
	fputc('\n', stderr);
}

static bool export(const char *dir, int64_t from_ms, int64_t to_ms, struct err *err) {
	struct reading r = {.recorder = recorder_create(from_ms, to_ms, "")};
	struct recorder_counts counts;
	struct buf out = {0};
	bool ok = read_log(dir, &r, from_ms, err) && read_tokens(dir, &r, err) &&
		  recorder_write(r.recorder, &out, &counts, err);
	if (ok && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)) {
		ok = err_set(err, "standard output: %s", strerror(errno));
	}
	if (ok) {
		say(&r, &counts);
	}
	buf_finish(&out);
	recorder_destroy(r.recorder);
	free(r.starts);
	return ok;
}

int export_run(const struct daemon_options *opt) {
	int64_t from_ms, to_ms;
	struct err err = {0};
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	if (opt->words_len != 3 || opt->given[DAEMON_SCENARIO] == NULL) {
		return daemon_usage("export --scenario FROM TO");
	}
	if (!clock_parse_local(opt->words[1], &from_ms) ||
		!clock_parse_local(opt->words[2], &to_ms)) {
		return daemon_usage("FROM and TO: times such as 2026-01-31T08:00:00Z, or "
				    "\"2026-01-31 15:00\" in the time zone of this machine");
	}
	if (from_ms >= to_ms) {
		return daemon_usage("export: FROM is not before TO");
	}
	if (to_ms - from_ms > RECORD_SPAN_MAX_MS) {
		return daemon_usage("export: more than a week");
	}
	code = daemon_look_data(opt);
	if (code != 0) {
		return code;
	}
	return export(opt->given[DAEMON_DATA], from_ms, to_ms, &err) ? EXIT_SUCCESS
								     : daemon_fail(&err);
}
