#include <siaga/feed/check.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/table.h>
#include <siaga/base/text.h>
#include <siaga/model/incident.h>
#include <siaga/model/reduce.h>
#include <siaga/store/admin.h>
#include <siaga/store/log_check.h>
#include <siaga/wire/wire.h>

#include "forms.h"

/* An incident of which something was forgotten, until a purge is found that says so. */
struct forgotten {
	char id[UUID_SIZE];
	int64_t ended_ms; /* 0: it is open */
	int64_t seq;      /* of its last event that was forgotten */
	UT_hash_handle hh;
};

struct check {
	struct log_store *log;
	const struct check_expect *expect;
	check_fault_fn on_fault;
	void *data;
	struct check_report *out;
	struct world world; /* replayed; an incident goes after its last event */
	unsigned char last[LOG_HASH_LEN];
	int64_t alarms, sent;
	struct forgotten *forgotten;
	int64_t general_seq, general_ms; /* the last forgotten event of no incident */
	struct err *err;
	bool failed; /* a read failed: not the log's fault */
};

static void fault(struct check *check, int64_t seq, const char *fmt, ...) ATTR_PRINTF(3, 4);

/* What is told may be somebody else's words: they are in the file, and they are printed. */
static void fault(struct check *check, int64_t seq, const char *fmt, ...) {
	char raw[300], text[300];
	va_list args;
	va_start(args, fmt);
	vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	text_clean(text, sizeof(text), raw, strlen(raw));
	check->out->faults++;
	check->on_fault(check->data, seq, text);
}

static void put_hex(char out[CHECK_HASH_SIZE], const unsigned char hash[LOG_HASH_LEN]) {
	for (size_t i = 0; i < LOG_HASH_LEN; i++) {
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
	}
}

bool check_parse_expect(const char *text, struct check_expect *out) {
	size_t digits = strspn(text, "0123456789"), hex;
	if (digits == 0 || digits > 18 || text[digits] != ':') {
		return false;
	}
	hex = strspn(text + digits + 1, "0123456789abcdef");
	if (hex != CHECK_HASH_SIZE - 1 || text[digits + 1 + hex] != '\0') {
		return false;
	}
	out->seq = strtoll(text, NULL, 10);
	text_copy(out->hash, sizeof(out->hash), text + digits + 1);
	return out->seq > 0;
}

/* --- one event by itself --- */

static void check_chain(struct check *check, const struct log_raw *raw) {
	unsigned flaws = log_check_link(raw, check->last);
	if (flaws & LOG_FLAW_NO_HASH) {
		fault(check, raw->seq, "it is not in the chain");
	}
	if (flaws & LOG_FLAW_PARTS) {
		fault(check, raw->seq,
			"bare form, salt, digest and purged_at_ms do not go together");
	}
	if (flaws & LOG_FLAW_DIGEST) {
		fault(check, raw->seq, "the body is not the one that was written");
	}
	if (flaws & LOG_FLAW_HASH) {
		fault(check, raw->seq,
			"the hash is not that of this event after the one before: one of them was "
			"changed, moved, taken out or put in");
	}
	if (check->expect->seq == raw->seq) {
		char hash[CHECK_HASH_SIZE];
		put_hex(hash, check->last);
		if (strcmp(hash, check->expect->hash) != 0) {
			fault(check, raw->seq,
				"the hash is not the one expected: the log up to "
				"here is another one");
		}
	}
}

static bool same(const struct log_column *column, const char *text) {
	size_t len = strlen(text);
	return column->data != NULL ? column->len == len && memcmp(column->data, text, len) == 0
				    : len == 0;
}

static void check_columns(
	struct check *check, const struct log_raw *raw, const struct event *event) {
	if (event->seq != raw->seq) {
		fault(check, raw->seq, "the body is that of event %lld", (long long)event->seq);
	}
	if (event->at_ms != raw->at_ms) {
		fault(check, raw->seq, "at_ms is not the time in the body");
	}
	if (!same(&raw->incident, event->incident)) {
		fault(check, raw->seq, "incident is not the one in the body");
	}
	if (event->number != raw->number) {
		fault(check, raw->seq, "number is not the one in the body");
	}
	if (!same(&raw->type, event_type_name(event->type))) {
		fault(check, raw->seq, "type is not the one in the body");
	}
}

enum form { FORM_MASKED, FORM_BARE };

static void put_form(
	struct buf *out, const struct event *event, const struct incident *inc, enum form form) {
	if (form == FORM_MASKED) {
		wire_put_event_masked(out, event, inc);
	} else {
		wire_put_event_bare(out, event);
	}
}

/*
 * A form says what this program would say, though an older one may have put it in other words: both
 * are read and written anew. One that is NULL is the body.
 */
static bool form_fits(const struct log_column *column, const struct event *event,
	const struct incident *inc, enum form form, bool purged) {
	struct buf want = {0}, got = {0}, full = {0};
	struct event again;
	bool fits;
	put_form(&want, event, inc, form);
	wire_put_event(&full, event);
	if (column->data == NULL) {
		/* What was forgotten is its own bare form, and needs no mask. */
		fits = (purged && form == FORM_MASKED) ||
		       (want.len == full.len && memcmp(want.data, full.data, want.len) == 0);
	} else {
		fits = wire_get_event(&again, column->data, column->len, NULL);
		if (fits) {
			wire_put_event(&got, &again);
			fits = got.len == want.len && memcmp(got.data, want.data, got.len) == 0;
			event_finish(&again);
		}
	}
	buf_finish(&want);
	buf_finish(&got);
	buf_finish(&full);
	return fits;
}

/* Was something of the incident forgotten? Then nobody knows any more whose names its notes hide.
 */
static bool is_forgotten(struct check *check, const char *incident) {
	const struct forgotten *item = NULL;
	HASH_FIND_STR(check->forgotten, incident, item);
	return item != NULL;
}

/* `inc` is the event's incident after it, NULL for none. */
static void check_forms(struct check *check, const struct log_raw *raw, const struct event *event,
	const struct incident *inc) {
	if (!form_fits(&raw->masked, event, inc, FORM_MASKED, raw->purged) &&
		(raw->purged || !is_forgotten(check, event->incident))) {
		fault(check, raw->seq, "the masked form is not one of the body");
	}
	if (!form_fits(&raw->bare, event, inc, FORM_BARE, raw->purged)) {
		fault(check, raw->seq, "the bare form is not one of the body");
	}
}

/* --- what comes of the events --- */

static int64_t ended_ms(const struct incident *inc) {
	return inc == NULL || incident_is_open(inc) ? 0 : inc->state_at_ms[inc->state];
}

static void check_raised(struct check *check, const struct event *event, int64_t last_number) {
	char found[UUID_SIZE] = "";
	if (event->number != last_number + 1) {
		fault(check, event->seq, "number %lld comes after %lld", (long long)event->number,
			(long long)last_number);
	}
	check->failed =
		check->failed || log_find_alarm(check->log, event->alarm.id, found, check->err) < 0;
	if (strcmp(found, event->incident) != 0) {
		fault(check, event->seq, "table alarm does not have its alarm");
	}
	check->alarms++;
}

static void check_asked(
	struct check *check, const struct incident *inc, const struct event *event) {
	const struct dispatch *first = NULL;
	for (size_t i = 0; inc != NULL && first == NULL && i < inc->dispatches_len; i++) {
		if (strcmp(inc->dispatches[i].agency, event->agency) == 0) {
			first = &inc->dispatches[i];
		}
	}
	if (first == NULL || first->requested_seq != event->seq) {
		return;
	}
	int64_t seq = log_get_sent(check->log, event->agency, event->incident, NULL, check->err);
	check->failed = check->failed || seq < 0;
	if (seq != event->seq) {
		fault(check, event->seq, "table sent does not have this dispatch");
	}
	check->sent++;
}

/* Which event ended it; 0: that is too many events ago. */
static int64_t find_end(const struct incident *inc) {
	for (size_t i = inc->entries_len; i > 0; i--) {
		enum event_type type = inc->entries[i - 1].type;
		if (type == EVENT_INCIDENT_CLOSED || type == EVENT_INCIDENT_REJECTED ||
			type == EVENT_INCIDENT_MERGED) {
			return inc->entries[i - 1].seq;
		}
	}
	return 0;
}

/* Who is shown the caller is what the dispatches say, and nothing else. */
static void check_shown(struct check *check, const struct incident *inc) {
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const char *agency = inc->dispatches[i].agency;
		bool shown = false, says;
		for (size_t j = 0; j < inc->dispatches_len; j++) {
			shown = shown || (inc->dispatches[j].caller &&
						 strcmp(inc->dispatches[j].agency, agency) == 0);
		}
		if (log_get_sent(check->log, agency, inc->id, &says, check->err) > 0 &&
			says != shown) {
			fault(check, inc->last_seq, "table sent: caller of %s", agency);
		}
	}
}

/* What the table has of an incident, at its last event. */
static void check_row(
	struct check *check, const struct incident *inc, const struct log_incident *row) {
	int64_t end = incident_is_open(inc) ? 0 : find_end(inc);
	if (row->number != inc->number) {
		fault(check, inc->last_seq, "table incident: number");
	}
	if (row->first_seq != inc->entries[0].seq) {
		fault(check, inc->last_seq, "table incident: first_seq");
	}
	if ((row->ended_seq == 0) != incident_is_open(inc) || (end > 0 && row->ended_seq != end)) {
		fault(check, inc->last_seq, "table incident: ended_seq");
	}
	check_shown(check, inc);
}

static void note_forgotten(struct check *check, const struct log_raw *raw,
	const struct event *event, const struct incident *inc) {
	struct forgotten *item = NULL;
	if (event->incident[0] == '\0') {
		if (raw->purged) {
			check->general_seq = event->seq;
			check->general_ms = event->at_ms;
		}
		return;
	}
	HASH_FIND_STR(check->forgotten, event->incident, item);
	if (item == NULL && raw->purged) {
		item = mem_alloc(1, sizeof(*item));
		text_copy(item->id, sizeof(item->id), event->incident);
		HASH_ADD_STR(check->forgotten, id, item);
	}
	if (item != NULL) {
		item->seq = raw->purged ? event->seq : item->seq;
		item->ended_ms = ended_ms(inc);
	}
}

/* A purge accounts for what is forgotten before it, where that had ended by then. */
static void take_purge(struct check *check, const struct event *event) {
	struct forgotten *item, *next;
	HASH_ITER (hh, check->forgotten, item, next) {
		if (item->ended_ms != 0 && item->ended_ms < event->before_ms) {
			HASH_DEL(check->forgotten, item);
			free(item);
		}
	}
	if (check->general_ms < event->before_ms) {
		check->general_seq = 0;
	}
}

static void check_incident(
	struct check *check, const struct log_raw *raw, const struct event *event) {
	const struct incident *before = world_incident(&check->world, event->incident);
	struct log_incident row = {0};
	int64_t last_number = check->world.last_number, rev = 1;
	bool raises = event->type == EVENT_INCIDENT_RAISED;
	if (raises == (before != NULL)) {
		fault(check, event->seq,
			raises ? "the incident is there already" : "there is no such incident now");
	}
	if (before != NULL) {
		rev = incident_rev_after(before, event->type, event->other);
	}
	if (event->rev != rev && (before != NULL || raises)) {
		fault(check, event->seq, "rev %lld, where replaying gives %lld",
			(long long)event->rev, (long long)rev);
	}
	const struct incident *inc = world_apply(&check->world, event);
	note_forgotten(check, raw, event, inc);
	check_forms(check, raw, event, inc);
	if (raises) {
		check->out->incidents++;
		check_raised(check, event, last_number);
	}
	if (event->type == EVENT_DISPATCH_REQUESTED) {
		check_asked(check, inc, event);
	}
	int found = log_get_incident(check->log, event->incident, &row, check->err);
	check->failed = check->failed || found < 0;
	if (found == 0) {
		fault(check, event->seq, "table incident does not have it");
		return;
	}
	if (inc == NULL) {
		return;
	}
	if (row.last_seq < event->seq) {
		fault(check, event->seq, "table incident: last_seq");
	} else if (row.last_seq == event->seq) {
		check_row(check, inc, &row);
		world_forget(&check->world, event->incident);
	}
}

static bool on_event(void *data, const struct log_raw *raw) {
	struct check *check = data;
	struct event event;
	int64_t next = check->out->head + 1;
	if (raw->seq != next) {
		fault(check, next, "missing, up to %lld", (long long)raw->seq - 1);
	}
	check->out->head = raw->seq;
	check->out->events++;
	check->out->purged += raw->purged;
	check_chain(check, raw);
	if (!wire_get_event(&event, raw->body.data, raw->body.len, check->err)) {
		fault(check, raw->seq, "the body cannot be read: %s", check->err->text);
		check->err->text[0] = '\0';
		return true;
	}
	check_columns(check, raw, &event);
	event.seq = raw->seq;
	if (event.incident[0] != '\0') {
		check_incident(check, raw, &event);
	} else {
		check_forms(check, raw, &event, NULL);
		world_apply(&check->world, &event);
		note_forgotten(check, raw, &event, NULL);
		if (event.type == EVENT_LOG_PURGED) {
			take_purge(check, &event);
		}
	}
	event_finish(&event);
	return !check->failed;
}

/* --- the tables, and the whole --- */

static void on_file_fault(void *data, const char *what) {
	fault(data, 0, "the file: %s", what);
}

static void on_answer(void *data, const struct log_answer *answer) {
	struct check *check = data;
	struct log_incident row;
	enum refusal_code code;
	if (answer->seq < 0 || answer->seq > check->out->head) {
		fault(check, answer->seq, "table answer: %s is about an event that is not there",
			answer->id);
	}
	if (answer->refused && !refusal_code_find(answer->code, &code)) {
		fault(check, 0, "table answer: %s: not a code: %s", answer->id, answer->code);
	}
	if (answer->incident[0] == '\0') {
		return;
	}
	int found = log_get_incident(check->log, answer->incident, &row, check->err);
	check->failed = check->failed || found < 0;
	if (found == 0 || row.number != answer->number || row.first_seq != answer->seq) {
		fault(check, answer->seq, "table answer: %s: not how the incident was raised",
			answer->id);
	}
}

static bool check_count(struct check *check, enum log_table table, const char *name, int64_t want) {
	int64_t got = log_count(check->log, table, check->err);
	if (got >= 0 && got != want) {
		fault(check, 0, "table %s has %lld rows, where the events have %lld", name,
			(long long)got, (long long)want);
	}
	return got >= 0;
}

static bool check_answers(struct check *check) {
	int64_t twice = log_count_twice_answered(check->log, check->err);
	if (twice > 0) {
		fault(check, 0, "table answer: %lld commands were answered twice",
			(long long)twice);
	}
	return twice >= 0 && log_read_answers(check->log, on_answer, check, check->err);
}

static bool check_tables(struct check *check) {
	return check_count(check, LOG_TABLE_INCIDENT, "incident", check->out->incidents) &&
	       check_count(check, LOG_TABLE_ALARM, "alarm", check->alarms) &&
	       check_count(check, LOG_TABLE_SENT, "sent", check->sent) && check_answers(check) &&
	       !check->failed;
}

static void finish_check(struct check *check, bool whole) {
	struct forgotten *item, *next;
	for (struct incident *inc = check->world.incidents; whole && inc != NULL;
		inc = inc->hh.next) {
		fault(check, inc->last_seq, "table incident: last_seq");
	}
	if (whole && check->general_seq != 0) {
		fault(check, check->general_seq, "it was forgotten, and no purge says so");
	}
	HASH_ITER (hh, check->forgotten, item, next) {
		if (whole) {
			fault(check, item->seq, "it was forgotten, and no purge says so");
		}
		HASH_DEL(check->forgotten, item);
		free(item);
	}
	world_finish(&check->world);
}

static bool check_events(struct check *check) {
	char feed[UUID_SIZE];
	log_feed_id(check->log, feed);
	if (log_hash(check->log, 0, check->last, check->err) != 1 ||
		!log_read_raw(check->log, on_event, check, check->err) || check->failed) {
		return false;
	}
	put_hex(check->out->hash, check->last);
	if (check->out->head < check->expect->seq) {
		fault(check, check->out->head, "the log ends here; %lld was expected",
			(long long)check->expect->seq);
	}
	return true;
}

bool check_log(const char *dir, const struct check_expect *expect, check_fault_fn on_fault,
	void *data, struct check_report *out, struct err *err) {
	static const struct check_expect nothing;
	struct err own = {0};
	struct check check = {
		.expect = expect != NULL ? expect : &nothing,
		.on_fault = on_fault,
		.data = data,
		.out = out,
		.err = err != NULL ? err : &own,
	};
	memset(out, 0, sizeof(*out));
	check.log = log_open_look(dir, check.err);
	if (check.log == NULL) {
		return false;
	}
	bool ok = log_look_begin(check.log, check.err) &&
		  log_check_file(check.log, on_file_fault, &check, check.err) &&
		  check_events(&check) && check_tables(&check);
	finish_check(&check, ok);
	log_look_end(check.log);
	log_close(check.log);
	return ok;
}

/* --- admin.db --- */

static void on_token(void *data, const struct token_row *row) {
	struct check *check = data;
	enum role role;
	if (!role_find(row->role, &role) || role == ROLE_NONE ||
		(role == ROLE_AGENCY) != (row->agency[0] != '\0')) {
		fault(check, 0, "admin.db: token %s: not a role: %s", row->name, row->role);
	}
}

bool check_admin(const char *dir, check_fault_fn on_fault, void *data, struct check_report *out,
	struct err *err) {
	struct check check = {.on_fault = on_fault, .data = data, .out = out, .err = err};
	struct admin_store *admin = admin_open_look(dir, err);
	struct registry registry = {0};
	struct err why = {0};
	struct buf json = {0};
	int64_t rev;
	if (admin == NULL) {
		return false;
	}
	int found = admin_get_registry(admin, &json, &rev, err);
	if (found == 1 && !wire_get_registry(&registry, json.data, json.len, &why)) {
		fault(&check, 0, "admin.db: the registry cannot be read: %s", why.text);
	}
	bool ok = found >= 0 && admin_list_tokens(admin, on_token, &check, err);
	registry_finish(&registry);
	buf_finish(&json);
	admin_close(admin);
	return ok;
}
