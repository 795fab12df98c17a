/* Who has seen what: consoles that were there, and what was open on them, as the log tells it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/duration.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/store/log_check.h>
#include <siaga/wire/wire.h>

#include "command.h"

/* A console that is there. */
struct here {
	struct who who;
	enum role role;
	char agency[AGENCY_ID_SIZE]; /* of a desk, else "" */
	int64_t at_ms;
};

struct start {
	int64_t seq, at_ms;
};

struct asked {
	char incident[UUID_SIZE]; /* "" for all */
	int64_t first_seq, last_seq, since_ms;
	struct here *here; /* owned */
	size_t here_len;
	struct start *starts; /* owned */
	size_t starts_len, start;
	bool begun; /* those who were there at the beginning are told */
};

static void print_line(int64_t at_ms, const char *what, const struct who *who, const char *more) {
	char at[CLOCK_RFC3339_SIZE], name[2 * WHO_SIZE];
	clock_format(at, at_ms);
	snprintf(name, sizeof(name), "%s%s%s", who->name, who->position[0] != '\0' ? "@" : "",
		who->position);
	printf("%s  %-9s  %-24s  %s\n", at, what, name, more);
}

/* "#412 WHAT", of an incident, and whose desk it is or which agency it is about. */
static void print_event_line(const struct event *event, const char *verb, const char *what) {
	char more[120], number[32] = "";
	if (event->number != 0) {
		snprintf(number, sizeof(number), "#%lld ", (long long)event->number);
	}
	snprintf(more, sizeof(more), "%s%s%s%s", number, what, event->agency[0] != '\0' ? " " : "",
		event->agency);
	print_line(event->at_ms, verb, &event->by, more);
}

static void print_here(const struct here *here) {
	char more[80];
	snprintf(more, sizeof(more), "%s%s%s", role_name(here->role),
		here->agency[0] != '\0' ? " " : "", here->agency);
	print_line(here->at_ms, "connected", &here->who, more);
}

static void come(struct asked *asked, const struct event *event) {
	asked->here = mem_resize(asked->here, asked->here_len + 1, sizeof(*asked->here));
	struct here *here = &asked->here[asked->here_len++];
	*here = (struct here){.who = event->by, .role = event->role, .at_ms = event->at_ms};
	text_copy(here->agency, sizeof(here->agency), event->agency);
}

static void leave(struct asked *asked, const struct event *event) {
	for (size_t i = 0; i < asked->here_len; i++) {
		const struct who *who = &asked->here[i].who;
		if (strcmp(who->name, event->by.name) == 0 &&
			strcmp(who->position, event->by.position) == 0) {
			asked->here_len--;
			memmove(&asked->here[i], &asked->here[i + 1],
				(asked->here_len - i) * sizeof(*asked->here));
			return;
		}
	}
}

static bool is_asked(const struct asked *asked, int64_t seq, int64_t at_ms) {
	return seq >= asked->first_seq && seq <= asked->last_seq && at_ms >= asked->since_ms;
}

/* Before the first line: whoever had come before, with the time when they came. */
static void begin(struct asked *asked) {
	for (size_t i = 0; i < asked->here_len && !asked->begun; i++) {
		print_here(&asked->here[i]);
	}
	asked->begun = true;
}

/* A feed that began had nobody on it, whatever the one before could still write. */
static void take_starts(struct asked *asked, int64_t seq) {
	static const struct who feed = {.name = "siagad"};
	for (; asked->start < asked->starts_len && asked->starts[asked->start].seq < seq;
		asked->start++) {
		const struct start *start = &asked->starts[asked->start];
		if (is_asked(asked, start->seq, start->at_ms)) {
			begin(asked);
			print_line(start->at_ms, "started", &feed, "");
		}
		asked->here_len = 0;
	}
}

static void print_event(const struct asked *asked, const struct event *event) {
	if (event->type == EVENT_LINK_UP || event->type == EVENT_LINK_DOWN) {
		print_event_line(event, event->type == EVENT_LINK_UP ? "connected" : "left",
			role_name(event->role));
	} else if (event->type == EVENT_INCIDENT_VIEWED) {
		print_event_line(event, "opened", role_name(event->role));
	} else if (asked->incident[0] != '\0' && event->incident[0] != '\0') {
		print_event_line(event, "did", event_type_name(event->type));
	} else if (event->type == EVENT_LOG_PURGED) {
		print_line(event->at_ms, "forgot", &event->by, "");
	}
}

static bool on_event(void *data, const struct log_event *from) {
	struct asked *asked = data;
	struct event event;
	take_starts(asked, from->seq);
	if (!wire_get_event(&event, from->body, from->len, NULL)) {
		return true;
	}
	bool other = asked->incident[0] != '\0' && event.incident[0] != '\0' &&
		     strcmp(event.incident, asked->incident) != 0;
	if (!other && is_asked(asked, from->seq, event.at_ms)) {
		begin(asked);
		print_event(asked, &event);
	}
	if (event.type == EVENT_LINK_UP) {
		come(asked, &event);
	} else if (event.type == EVENT_LINK_DOWN) {
		leave(asked, &event);
	}
	event_finish(&event);
	return from->seq < asked->last_seq;
}

static void on_start(void *data, int64_t seq, int64_t at_ms) {
	struct asked *asked = data;
	asked->starts = mem_resize(asked->starts, asked->starts_len + 1, sizeof(*asked->starts));
	asked->starts[asked->starts_len++] = (struct start){seq, at_ms};
}

/* "8h" ago, or at a time. */
static bool read_since(const char *text, int64_t *since_ms) {
	int64_t ago_ms;
	if (duration_parse_days(text, &ago_ms)) {
		*since_ms = clock_wall_ms() - ago_ms;
		return true;
	}
	return clock_parse(text, since_ms);
}

static bool read_number(const char *text, int64_t *number) {
	char *end;
	*number = strtoll(text + (text[0] == '#'), &end, 10);
	return *number > 0 && *end == '\0';
}

/* From its first event to its last, or to now while it is open. */
static bool find_incident(
	struct log_store *log, int64_t number, struct asked *asked, struct err *err) {
	struct log_incident row;
	int found = log_find_number(log, number, asked->incident, err);
	if (found == 0) {
		return err_set(err, "there is no incident #%lld", (long long)number);
	}
	if (found < 0 || log_get_incident(log, asked->incident, &row, err) != 1) {
		return false;
	}
	asked->first_seq = row.first_seq;
	asked->last_seq = row.ended_seq != 0 ? row.last_seq : INT64_MAX;
	return true;
}

static bool answer(const char *dir, int64_t number, struct asked *asked, struct err *err) {
	struct log_store *log = log_open_look(dir, err);
	bool ok = log != NULL && log_look_begin(log, err) &&
		  (number == 0 || find_incident(log, number, asked, err)) &&
		  log_read_starts(log, on_start, asked, err) &&
		  log_read_watch(log, number != 0 ? asked->incident : NULL, on_event, asked, err);
	if (ok) {
		take_starts(asked, asked->last_seq);
		begin(asked);
	}
	if (log != NULL) {
		log_look_end(log);
	}
	log_close(log);
	return ok;
}

int who_run(const struct daemon_options *opt) {
	const char *incident = opt->given[DAEMON_INCIDENT], *since = opt->given[DAEMON_SINCE];
	struct asked asked = {.last_seq = INT64_MAX};
	struct err err = {0};
	int64_t number = 0;
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	if (opt->words_len != 1 || (incident == NULL && since == NULL)) {
		return daemon_usage("who --incident NUMBER or --since TIME");
	}
	if (incident != NULL && !read_number(incident, &number)) {
		return daemon_usage("--incident: the number of an incident");
	}
	if (since != NULL && !read_since(since, &asked.since_ms)) {
		return daemon_usage("--since: a time such as 2026-01-31T08:00:00Z, or 8h or 7d");
	}
	code = daemon_look_data(opt);
	if (code != 0) {
		return code;
	}
	bool ok = answer(opt->given[DAEMON_DATA], number, &asked, &err);
	free(asked.here);
	free(asked.starts);
	return ok ? EXIT_SUCCESS : daemon_fail(&err);
}
