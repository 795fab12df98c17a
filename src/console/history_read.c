/* Closed incidents: from the cache to the app, a window at a time. */
#include <stdlib.h>
#include <string.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/store/history.h>

#include "runtime.h"

#define PAGE 100

struct page {
	struct history_item *items;
	size_t len;
};

static bool take_row(void *data, const struct history_row *row) {
	struct page *page = data;
	struct history_item *item = &page->items[page->len++];
	item->key = row->key;
	item->number = row->number;
	item->received_ms = row->received_ms;
	item->ended_ms = row->ended_ms;
	text_copy(item->id, sizeof(item->id), row->id);
	/* The file may have been written into, or be damaged where nobody noticed. */
	text_clean(item->place, sizeof(item->place), row->place, strlen(row->place));
	text_clean(item->agencies, sizeof(item->agencies), row->agencies, strlen(row->agencies));
	/* A word of a newer program stays at zero: not known. */
	(void)kind_find(row->kind, &item->kind);
	(void)priority_find(row->priority, &item->priority);
	(void)incident_state_find(row->state, &item->state);
	(void)disposition_find(row->outcome, &item->disposition);
	(void)reject_reason_find(row->outcome, &item->reason);
	return page->len < PAGE;
}

/* What another console keeps there may be more than one may see here. */
static bool may_read(struct runtime *rt) {
	bool ours = rt->cache != NULL && keep_is_ours(rt);
	if (rt->cache != NULL && !ours) {
		runtime_notice(rt, true,
			_("Another console keeps here what another feed says or another role may "
			  "see: give one of them a --state of its own"));
	}
	return ours;
}

void history_read(struct runtime *rt, const char *words, int64_t before) {
	struct history_query query = {
		.before = before, .limit = PAGE, .words = words[0] != '\0' ? words : NULL};
	struct page page = {.items = mem_alloc(PAGE, sizeof(*page.items))};
	struct err err = {0};
	if (may_read(rt) && !cache_history(rt->cache, &query, take_row, &page, &err)) {
		keep_unread(rt, &err);
	}
	runtime_apply(rt, &(struct app_event){.type = APP_HISTORY,
				  .items = page.items,
				  .items_len = page.len,
				  .whole = page.len < PAGE});
	free(page.items);
}

static bool take_event(void *data, const char *body, size_t len) {
	struct events *events = data;
	struct event event;
	if (wire_get_event(&event, body, len, NULL)) {
		*events_add(events) = event;
	}
	return true;
}

void history_read_one(struct runtime *rt, const char *incident) {
	struct events events = {0};
	struct err err = {0};
	if (may_read(rt) && !cache_read_incident(rt->cache, incident, take_event, &events, &err)) {
		keep_unread(rt, &err);
	}
	runtime_apply(rt, &(struct app_event){.type = APP_OLD,
				  .id = incident,
				  .events = events.items,
				  .events_len = events.len});
	events_finish(&events);
}
