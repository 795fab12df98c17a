/* All there is to know of the selected incident. */
#include <string.h>

#include <siaga/base/text.h>

#include "detail.h"
#include "view.h"

void detail_key(struct detail *d, enum command_id command, const char *label) {
	char name[KEY_LABEL_SIZE];
	uint32_t key;
	if (d->keys && command_allowed(d->app, command, d->inc, NULL) &&
		view_keys(d->app, command, true, &key, 1) > 0) {
		key_label(key, name);
		flow_keep(&d->flow, 3 + text_width(name) + text_width(label));
		flow_put(&d->flow, 2, UI_KEY, name);
		flow_put(&d->flow, 1, UI_LABEL, label);
	}
}

static void put_draft(struct detail *d) {
	for (size_t i = 0; i < APP_DRAFTS_MAX; i++) {
		const struct app_draft *draft = &d->app->drafts[i];
		if (strcmp(draft->incident, d->inc->id) == 0) {
			flow_put(&d->flow, 0, UI_WARN, _("note begun:"));
			flow_put(&d->flow, 1, UI_TEXT, draft->text);
			detail_key(d, COMMAND_NOTE, _("goes on"));
			flow_end(&d->flow);
		}
	}
}

/* What an entry is about, beside who did it; "" when its word says all. */
static const char *entry_subject(const struct app *app, const struct entry *entry) {
	if (entry->agency[0] != '\0') {
		return view_agency(app, entry->agency);
	}
	if (entry->type == EVENT_INCIDENT_VERIFIED) {
		return word_method(entry->method);
	}
	return entry->reason != REJECT_NONE ? word_reason(entry->reason)
					    : word_disposition(entry->disposition);
}

static void put_entry(struct detail *d, const struct entry *entry) {
	bool bad = entry->type == EVENT_DISPATCH_DECLINED || entry->type == EVENT_DISPATCH_EXPIRED;
	char time[VIEW_TIME_SIZE];
	view_time(time, entry->at_ms, true);
	flow_put(&d->flow, 0, UI_MUTED, time);
	flow_put(&d->flow, 1, bad ? UI_ERROR : UI_TEXT, word_event(entry->type));
	flow_put(&d->flow, 1, UI_TEXT, entry_subject(d->app, entry));
	flow_put(&d->flow, 1, UI_TEXT, entry->camera);
	flow_say(&d->flow, UI_LABEL, "%s%s%s", entry->by.name, view_at(entry->by.position),
		entry->by.position);
	if (entry->note != NULL) {
		flow_put(&d->flow, 0, UI_LABEL, ":");
		flow_put(&d->flow, 1, UI_TEXT, entry->note);
	}
	flow_end(&d->flow);
}

/* From the beginning: the newest line is the lowest. */
static void put_entries(struct detail *d) {
	flow_put(&d->flow, 0, UI_LABEL, _("HISTORY"));
	flow_end(&d->flow);
	for (size_t i = 0; i < d->inc->entries_len; i++) {
		put_entry(d, &d->inc->entries[i]);
		if (i == 0 && d->inc->entries_len == INCIDENT_ENTRIES_MAX) {
			flow_put(&d->flow, 0, UI_MUTED, _("(some lines between are left out)"));
			flow_end(&d->flow);
		}
	}
}

/* Who else has had it open, the latest last. */
static void put_seen(struct detail *d) {
	const struct app *app = d->app;
	bool any = false;
	for (size_t i = 0; i < d->inc->seen_len; i++) {
		const struct seen *seen = &d->inc->seen[i];
		char time[VIEW_TIME_SIZE];
		if (strcmp(seen->who.name, app->name) == 0 &&
			strcmp(seen->who.position, app->position) == 0) {
			continue;
		}
		view_time(time, seen->at_ms, false);
		if (!any) {
			flow_put(&d->flow, 0, UI_LABEL, _("seen by"));
		}
		flow_say(&d->flow, UI_MUTED, "%s%s%s %s", seen->who.name,
			view_at(seen->who.position), seen->who.position, time);
		any = true;
	}
	flow_end(&d->flow);
}

static void put_all(struct detail *d) {
	d->joins_len = app_joins(d->app, d->inc, d->joins, APP_JOIN_MAX);
	detail_head(d);
	detail_joins(d);
	detail_need(d);
	detail_callers(d);
	detail_place(d);
	put_draft(d);
	put_entries(d);
	put_seen(d);
}

void view_detail_text(const struct app *app, const struct incident *inc, struct buf *out) {
	struct detail d = {.app = app, .inc = inc};
	flow_init(&d.flow, FLOW_COLS_MAX);
	put_all(&d);
	flow_text(&d.flow, false, out);
	flow_finish(&d.flow);
}

int view_detail(const struct app *app, struct surface *s, const struct layout *layout) {
	struct rect inner = view_frame(s, app, layout, PANE_DETAIL, word_pane(PANE_DETAIL));
	struct detail d = {.app = app, .inc = app_shown(app)};
	if (d.inc == NULL) {
		surface_text(s, inner.col, inner.row, inner.cols, UI_MUTED,
			_("No incident is selected"));
		return 0;
	}
	d.keys = true;
	d.cameras_shown = layout->panes[PANE_CAMERAS].cols > 0;
	flow_init(&d.flow, inner.cols);
	put_all(&d);
	int most = d.flow.line > inner.rows ? d.flow.line - inner.rows : 0;
	int skip = app->detail_scroll < most ? app->detail_scroll : most;
	flow_draw(&d.flow, s, inner, skip);
	flow_finish(&d.flow);
	if (skip < most) {
		view_foot(s, layout->panes[PANE_DETAIL], _(" %d more "), most - skip);
	}
	return most;
}
