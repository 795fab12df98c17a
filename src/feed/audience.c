/* Who may see an event: found out once, when it is written, and kept in the log beside it. */
#include "audience.h"

#include <string.h>

#include <siaga/base/text.h>

#define SHOWN "+" /* before a word: the caller too */

static bool is_dispatch(enum event_type type) {
	return type >= EVENT_DISPATCH_REQUESTED && type <= EVENT_DISPATCH_EXPIRED;
}

static void add(struct buf *out, const char *word, bool caller) {
	if (out->len > 0) {
		buf_add_str(out, " ");
	}
	buf_add_str(out, caller ? SHOWN : "");
	buf_add_str(out, word);
}

/* Was the agency shown the caller with any of its dispatches? */
static bool is_shown(const struct incident *inc, const char *agency) {
	for (size_t i = 0; inc != NULL && i < inc->dispatches_len; i++) {
		if (inc->dispatches[i].caller && strcmp(inc->dispatches[i].agency, agency) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_first(const struct incident *inc, size_t at) {
	for (size_t i = 0; i < at; i++) {
		if (strcmp(inc->dispatches[i].agency, inc->dispatches[at].agency) == 0) {
			return false;
		}
	}
	return true;
}

static void add_agencies(struct buf *out, const struct event *event, const struct incident *inc) {
	if (is_dispatch(event->type)) {
		add(out, event->agency, is_shown(inc, event->agency));
		return;
	}
	for (size_t i = 0; inc != NULL && i < inc->dispatches_len; i++) {
		const char *agency = inc->dispatches[i].agency;
		if (is_first(inc, i)) {
			add(out, agency, is_shown(inc, agency));
		}
	}
}

void audience_of(struct buf *out, const struct event *event, const struct incident *inc,
	const struct registry *reg) {
	buf_clear(out);
	/* An empty text is one, too: nobody but those who see all. */
	buf_add_str(out, "");
	if (event_is_quiet(event)) {
		return;
	}
	if (event->type == EVENT_LINK_UP || event->type == EVENT_LINK_DOWN) {
		add(out, event->agency, false);
		return;
	}
	if (event->incident[0] == '\0') {
		add(out, AUDIENCE_ALL, false);
		return;
	}
	add_agencies(out, event, inc);
	if (inc != NULL &&
		plan_shows_caller(registry_plan(reg, inc->kind, inc->priority), PLAN_OBSERVERS)) {
		add(out, PLAN_OBSERVERS, true);
	}
}

enum audience_seen audience_sees(const char *audience, const char *word) {
	size_t len = strlen(word);
	while (*audience != '\0') {
		size_t part = strcspn(audience, " ");
		bool caller = *audience == SHOWN[0];
		if (part == len + caller && memcmp(audience + caller, word, len) == 0) {
			return caller ? AUDIENCE_CALLER : AUDIENCE_MASKED;
		}
		audience += part + strspn(audience + part, " ");
	}
	return AUDIENCE_NOTHING;
}

bool audience_was_all(const char *type) {
	enum event_type found;
	return event_type_find(type, &found) &&
	       (found == EVENT_LINK_UP || found == EVENT_LINK_DOWN);
}

bool audience_had_seen(const char *type) {
	enum event_type found;
	return event_type_find(type, &found) && !is_dispatch(found) &&
	       found != EVENT_INCIDENT_VIEWED;
}
