#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/feed/check.h>
#include <siaga/model/words.h>
#include <siaga/wire/wire.h>

/* What is the matter with a file that is not fine; false where nothing is. */
static bool say_state(struct doctor *doc, const char *what, enum look_state state, const char *why,
	const char *mend) {
	switch (state) {
	case LOOK_OLDER:
		report_say(&doc->report, REPORT_OK,
			"%s: %s; siagad brings it up to date at its next start", what, why);
		return true;
	case LOOK_MISSING:
		report_say(&doc->report, REPORT_OK, "%s: there is none yet", what);
		return true;
	case LOOK_UNREADABLE:
		report_say(&doc->report, REPORT_FAIL,
			"%s: it cannot be read: %s: correct its owner and mode", what, why);
		return true;
	case LOOK_DAMAGED:
		report_say(&doc->report, REPORT_FAIL, "%s: %s: %s; look at the disk, too", what,
			why, mend);
		return true;
	case LOOK_NEWER:
		report_say(&doc->report, REPORT_FAIL,
			"%s: %s: use that siagad, or another folder with --data", what, why);
		return true;
	case LOOK_FINE:
	case LOOK_STATE_COUNT: break;
	}
	return false;
}

/* --- log.db --- */

static void first_fault(void *data, int64_t seq, const char *what) {
	struct err *first = data;
	if (first->text[0] == '\0') {
		(void)err_set(first, "%s", what);
		if (seq > 0) {
			(void)err_prefix(first, "event %lld", (long long)seq);
		}
	}
}

/* Is every event where it was written, and as it was written? */
static void say_chain(struct doctor *doc) {
	static const struct check_expect nothing = {0};
	struct check_report found;
	struct err err = {0}, first = {0};
	if (!check_log(doc->dir, &nothing, first_fault, &first, &found, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			"log: it cannot be looked over: %s: see siagad check", err.text);
	} else if (found.faults > 0) {
		report_say(&doc->report, REPORT_FAIL,
			"log: it is not as a feed wrote it, %lld faults, the first: %s: siagad "
			"check lists them; find out who can write to it, and compare it with a "
			"copy",
			(long long)found.faults, first.text);
	} else {
		report_say(&doc->report, REPORT_OK,
			"log: each event follows on the one before it, up to %lld:%.16s...",
			(long long)found.head, found.hash);
	}
}

void doctor_log(struct doctor *doc) {
	struct log_look *log = &doc->log;
	struct err err = {0};
	log_look(doc->dir, log, &err);
	if (say_state(doc, "log", log->state, err.text,
		    "siagad does not start on it, and never resets it: put back a copy, or save "
		    "what can be read with sqlite3 log.db .recover into a new file")) {
		return;
	}
	report_say(&doc->report, REPORT_OK, "log: whole, schema %d, %lld KiB, feed %s", log->schema,
		(long long)(log->bytes / 1024), log->feed);
	report_say(&doc->report, REPORT_OK, "log: %lld events, %lld incidents are open",
		(long long)log->events, (long long)log->open);
	say_chain(doc);
}

/* --- admin.db --- */

struct counting {
	size_t live[ROLE_COUNT], revoked, strange;
	/* The agencies of live tokens. */
	char (*agencies)[AGENCY_ID_SIZE];
	char (*names)[TOKEN_NAME_SIZE];
	size_t len;
};

static void on_token(void *data, const struct token_row *row) {
	struct counting *count = data;
	enum role role;
	if (row->revoked_at_ms != 0) {
		count->revoked++;
		return;
	}
	if (!role_find(row->role, &role) || role == ROLE_NONE) {
		count->strange++;
		return;
	}
	count->live[role]++;
	if (role == ROLE_AGENCY) {
		count->agencies =
			mem_resize(count->agencies, count->len + 1, sizeof(*count->agencies));
		count->names = mem_resize(count->names, count->len + 1, sizeof(*count->names));
		text_copy(count->agencies[count->len], AGENCY_ID_SIZE, row->agency);
		text_copy(count->names[count->len++], TOKEN_NAME_SIZE, row->name);
	}
}

static void say_registry(struct doctor *doc, const struct admin_look *admin) {
	struct err err = {0};
	const char *json = admin->registry.data;
	if (admin->registry.len == 0) {
		report_say(&doc->report, REPORT_WARN,
			"registry: none is loaded, so there is no agency to send: siagad registry "
			"load PATH --data %s",
			doc->dir);
		return;
	}
	if (!wire_get_registry(&doc->registry, json, admin->registry.len, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			"registry: it cannot be read: %s: load it again (siagad registry load)",
			err.text);
		return;
	}
	doc->has_registry = true;
	report_say(&doc->report, REPORT_OK,
		"registry: rev %lld, %zu agencies, %zu plans, %zu cameras", (long long)admin->rev,
		doc->registry.agencies_len, doc->registry.plans_len, doc->registry.cameras_len);
}

static void say_counts(struct doctor *doc, const struct counting *count) {
	report_say(&doc->report, REPORT_OK,
		"tokens: %zu intake, %zu operator, %zu supervisor, %zu agency, %zu observer, "
		"%zu trainer; %zu revoked",
		count->live[ROLE_INTAKE], count->live[ROLE_OPERATOR], count->live[ROLE_SUPERVISOR],
		count->live[ROLE_AGENCY], count->live[ROLE_OBSERVER], count->live[ROLE_TRAINER],
		count->revoked);
	if (count->strange > 0) {
		report_say(&doc->report, REPORT_WARN,
			"tokens: %zu have a role that this siagad does not know, and open nothing: "
			"siagad check names them; revoke them",
			count->strange);
	}
	if (count->live[ROLE_INTAKE] == 0) {
		report_say(&doc->report, REPORT_WARN,
			"tokens: none has the role intake, so no alarm can come in: siagad token "
			"add NAME --role intake --data %s",
			doc->dir);
	}
	if (count->live[ROLE_OPERATOR] + count->live[ROLE_SUPERVISOR] == 0) {
		report_say(&doc->report, REPORT_WARN,
			"tokens: nobody has the role operator, so nobody can take an alarm: siagad "
			"token add NAME --role operator --data %s",
			doc->dir);
	}
}

static void say_desks(struct doctor *doc, const struct counting *count) {
	const struct registry *reg = &doc->registry;
	for (size_t i = 0; doc->has_registry && i < count->len; i++) {
		if (registry_agency(reg, count->agencies[i]) == NULL) {
			report_say(&doc->report, REPORT_WARN,
				"tokens: %s is of the agency %s, which the registry does not have: "
				"correct the one or the other",
				count->names[i], count->agencies[i]);
		}
	}
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *agency = &reg->agencies[i];
		size_t at = 0;
		while (at < count->len && strcmp(count->agencies[at], agency->id) != 0) {
			at++;
		}
		if (at == count->len && !agency->by_phone) {
			report_say(&doc->report, REPORT_WARN,
				"registry: %s has a desk and no token for it: siagad token add "
				"NAME "
				"--role agency --agency %s, or say phone in agencies.csv",
				agency->id, agency->id);
		}
	}
}

void doctor_admin(struct doctor *doc) {
	struct admin_look admin;
	struct counting count = {0};
	struct err err = {0};
	admin_look(doc->dir, &admin, on_token, &count, &err);
	if (!say_state(doc, "admin.db", admin.state, err.text,
		    "siagad does not start on it: put back a copy, or move it away, load the "
		    "registry and make every token anew") ||
		admin.state == LOOK_MISSING) {
		say_registry(doc, &admin);
		say_counts(doc, &count);
		say_desks(doc, &count);
	}
	free(count.agencies);
	free(count.names);
	admin_look_finish(&admin);
}
