#include "record_command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/store/cache.h>
#include <siaga/train/record.h>
#include <siaga/wire/wire.h>

#include "xdg.h"

#define EXIT_USAGE 2

struct reading {
	struct recorder *recorder;
	int64_t since_ms; /* what was before only tells names, and who came and went */
	bool past;        /* nothing but names is of use any more */
	int64_t unread;
};

static bool on_event(void *data, const char *body, size_t len) {
	struct reading *r = data;
	struct event event;
	if (!wire_get_event(&event, body, len, NULL)) {
		r->unread++;
		return true;
	}
	if (!r->past && (event.at_ms >= r->since_ms || event.incident[0] == '\0')) {
		r->past = !recorder_add(r->recorder, &event);
	} else {
		recorder_know(r->recorder, &event);
	}
	event_finish(&event);
	return true;
}

/* A cache begins with what was open when its console came, and may have holes where one was away
 * for too long. An agency's is full of them, and holds what that one may see. */
static bool reaches_back(struct cache_store *cache, bool part, int64_t from_ms, struct err *err) {
	int64_t seq, at_ms;
	char at[CLOCK_RFC3339_SIZE];
	int rc = cache_whole_since(cache, &seq, &at_ms, err);
	if (rc == 0) {
		return err_set(err, _("no event was ever kept there"));
	}
	if (rc < 0 || part || seq == 1 || at_ms <= from_ms) {
		return rc > 0;
	}
	clock_format(at, at_ms);
	return err_set(err, _("what is kept there is whole from %s on, and not before"), at);
}

static void say(const struct reading *r, const struct cache_meta *meta, int64_t to_ms,
	const struct recorder_counts *counts) {
	enum role role = ROLE_NONE;
	char at[CLOCK_RFC3339_SIZE];
	fprintf(stderr, _("siaga: alarms: %lld, actions: %lld\n"), (long long)counts->alarms,
		(long long)counts->actions);
	if (counts->earlier > 0) {
		fprintf(stderr,
			_("siaga: left out: incidents that began before: %lld, with events: "
			  "%lld\n"),
			(long long)counts->earlier, (long long)counts->left);
	}
	if (r->unread > 0) {
		fprintf(stderr, _("siaga: events that cannot be read: %lld\n"),
			(long long)r->unread);
	}
	if (meta->saved_at_ms < to_ms) {
		clock_format(at, meta->saved_at_ms);
		fprintf(stderr, _("siaga: what is kept there ends at %s\n"), at);
	}
	(void)role_find(meta->role, &role);
	if (role == ROLE_AGENCY) {
		fprintf(stderr,
			_("siaga: it holds only what %s may see, and whose names stand in places "
			  "and "
			  "notes is not known here, so look it over\n"),
			meta->agency);
	} else if (role != ROLE_OPERATOR && role != ROLE_SUPERVISOR) {
		fprintf(stderr,
			_("siaga: it is of a console that was not shown who called: whose names "
			  "stand in places and notes is not known here, so look it over\n"));
	}
}

static bool record(struct cache_store *cache, int64_t from_ms, int64_t to_ms, struct err *err) {
	struct reading r = {.recorder = recorder_create(from_ms, to_ms, ""),
		.since_ms = from_ms - RECORD_BEFORE_MS};
	struct recorder_counts counts;
	struct cache_meta meta;
	struct buf out = {0};
	bool ok = cache_get_meta(cache, &meta, err) &&
		  reaches_back(cache, meta.agency[0] != '\0', from_ms, err) &&
		  cache_read_since(cache, 0, on_event, &r, err) &&
		  recorder_write(r.recorder, &out, &counts, err);
	if (ok && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)) {
		ok = err_set(err, _("standard output: %s"), strerror(errno));
	}
	if (ok) {
		say(&r, &meta, to_ms, &counts);
	}
	buf_finish(&out);
	recorder_destroy(r.recorder);
	return ok;
}

int record_run(const struct options *opt, struct err *err) {
	int64_t from_ms, to_ms;
	char dir[4096];
	if (!clock_parse_local(opt->words[0], &from_ms) ||
		!clock_parse_local(opt->words[1], &to_ms)) {
		err_set(err, _("record: FROM and TO are times such as 2026-01-31T08:00:00Z, or "
			       "\"2026-01-31 15:00\" in the time zone of this machine"));
		return EXIT_USAGE;
	}
	if (from_ms >= to_ms) {
		err_set(err, _("record: FROM is not before TO"));
		return EXIT_USAGE;
	}
	if (to_ms - from_ms > RECORD_SPAN_MAX_MS) {
		err_set(err, _("record: more than a week"));
		return EXIT_USAGE;
	}
	if (opt->state != NULL) {
		text_copy(dir, sizeof(dir), opt->state);
	} else if (!xdg_state_dir(dir, sizeof(dir), err)) {
		return EXIT_FAILURE;
	}
	struct cache_store *cache = cache_open_look(dir, err);
	bool ok = cache != NULL && record(cache, from_ms, to_ms, err);
	cache_close(cache);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
