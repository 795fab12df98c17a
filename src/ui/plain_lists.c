/* What the plain mode tells when it is asked: the queue, an incident, cameras, agencies, the log.
 */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "plain_private.h"

/* Lines that were made elsewhere, each through the same end as ours. */
static void add_lines(const struct buf *lines, struct buf *out) {
	const char *at = lines->data;
	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, "\n"), from = plain_begin(out);
		buf_add(out, at, len);
		plain_end(out, from);
		at += len + (at[len] == '\n');
	}
}

static void add_line(struct buf *out, const char *text) {
	size_t from = plain_begin(out);
	buf_add_str(out, text);
	plain_end(out, from);
}

/* --- incidents --- */

static void add_claim(const struct app *app, const struct incident *inc, struct buf *out) {
	if (inc->claim.name[0] == '\0') {
		if (incident_is_open(inc) && inc->state != INCIDENT_NEW) {
			buf_printf(out, "; %s", _("nobody has it"));
		}
		return;
	}
	buf_add_str(out, "; ");
	buf_printf(out, _("with %s%s%s"), inc->claim.name, view_at(inc->claim.position),
		inc->claim.position);
	if (app_claim_is_stale(app, inc)) {
		buf_printf(out, ", %s", word_timer(TIMER_STALE_CLAIM));
	}
}

/* What it waits for, where it waits too long. */
static void add_timer(const struct app *app, const struct incident *inc, struct buf *out) {
	struct timer_verdict verdict = app_timer(app, inc);
	char since[VIEW_TIME_SIZE];
	if (verdict.level < TIMER_LEVEL_WARN || verdict.timer == TIMER_COUNT) {
		return;
	}
	view_age(since, app_feed_now(app) - verdict.since_ms);
	buf_add_str(out, "; ");
	if (verdict.level >= TIMER_LEVEL_ALERT) {
		buf_printf(out, "%s ", _("OVERDUE"));
	}
	buf_printf(out, "%s %s", word_timer(verdict.timer), since);
	if (verdict.dispatch >= 0) {
		buf_printf(out, " %s", view_agency(app, inc->dispatches[verdict.dispatch].agency));
	}
}

static void add_dispatches(const struct app *app, const struct incident *inc, struct buf *out) {
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		char age[VIEW_TIME_SIZE];
		if (incident_dispatch(inc, dispatch->agency) != dispatch) {
			continue; /* A later request of the same agency says it better. */
		}
		view_age(age, app_feed_now(app) - dispatch->at_ms[dispatch->state]);
		buf_printf(out, "; %s %s %s", view_agency(app, dispatch->agency),
			word_step(dispatch->state), age);
	}
}

void plain_incident(
	const struct app *app, const struct incident *inc, const char *lead, struct buf *out) {
	size_t from = plain_begin(out);
	char age[VIEW_TIME_SIZE];
	view_age(age, app_feed_now(app) - inc->state_at_ms[inc->state]);
	buf_add_str(out, lead);
	if (inc->mode != MODE_ACTUAL) {
		buf_printf(out, "%s ", word_mode(inc->mode));
	}
	buf_printf(out, "#%lld P%d %s %s%s %s, ", (long long)inc->number, (int)inc->priority + 1,
		word_kind(inc->kind), word_state(inc->state),
		app_is_pending(app, inc->id) ? "?" : "", age);
	plain_place(app, inc->place, inc->at, out);
	if (inc->alarms_len > 1) {
		buf_printf(out, _("; %zu alarms"), inc->alarms_len);
	}
	if (incident_is_late(inc)) {
		buf_printf(out, "; %s", _("LATE"));
	}
	if (app_is_held(app, inc)) {
		view_time(age, inc->held_until_ms, false);
		buf_printf(out, _("; on hold until %s"), age);
	}
	add_timer(app, inc, out);
	add_claim(app, inc, out);
	add_dispatches(app, inc, out);
	if (strcmp(inc->id, app->selected) == 0) {
		buf_printf(out, "; %s", _("selected"));
	}
	plain_end(out, from);
}

void plain_queue(const struct app *app, struct buf *out) {
	struct buf filter = {0};
	size_t from = plain_begin(out);
	if (!app->has_data) {
		add_line(out, _("NO DATA YET"));
		return;
	}
	struct app_counts counts = app_count(app);
	filter_text(&app->filter, &filter);
	buf_printf(out, _("%zu open, %zu new; by %s%s"), counts.open, counts.fresh,
		word_order(app->order.key), app->order.reverse ? _(" reversed") : "");
	if (filter.len > 0) {
		buf_add_str(out, "; ");
		buf_printf(out, _("filter %s, %zu shown"), filter.data, app->rows_len);
	}
	buf_finish(&filter);
	plain_end(out, from);
	for (size_t i = 0; i < app->rows_len; i++) {
		const struct incident *inc = app_row(app, i);
		char lead[32];
		if (inc != NULL) {
			snprintf(lead, sizeof(lead), "%zu. ", i + 1);
			plain_incident(app, inc, lead, out);
		}
	}
}

void plain_detail(const struct app *app, const struct incident *inc, struct buf *out) {
	struct buf lines = {0};
	view_detail_text(app, inc, &lines);
	add_lines(&lines, out);
	buf_finish(&lines);
}

void plain_board(const struct app *app, struct buf *out) {
	struct buf lines = {0};
	view_board_text(app, &lines);
	add_lines(&lines, out);
	buf_finish(&lines);
}

/* --- around it --- */

void plain_camera(const struct camera_near *near, struct buf *out) {
	char distance[VIEW_TIME_SIZE];
	view_distance(distance, near->distance_m);
	buf_printf(out, "%s %s %s %s", near->camera->id, distance,
		_(geo_compass(near->bearing_deg)), word_camera(near->camera->status));
}

void plain_near(const struct camera_near *near, struct buf *out) {
	size_t from = plain_begin(out);
	plain_camera(near, out);
	plain_end(out, from);
}

void plain_cameras(const struct app *app, const struct incident *inc, struct buf *out) {
	struct camera_near near[APP_NEAR_MAX];
	size_t len = registry_near(&app->world.registry, inc->at, near, APP_NEAR_MAX);
	const char *picked = inc == app_shown(app) && app->near_pick < app->near_len
				     ? app->near[app->near_pick].camera->id
				     : "";
	if (len == 0) {
		add_line(out, _("No camera is known nearby"));
	} else if (registry_first_working(near, len) >= len) {
		add_line(out, _("No camera nearby works"));
	}
	for (size_t i = 0; i < len; i++) {
		const struct camera *camera = near[i].camera;
		char age[VIEW_TIME_SIZE];
		size_t from = plain_begin(out);
		buf_printf(out, "%zu. ", i + 1);
		plain_camera(&near[i], out);
		if (camera->status_at_ms != 0) {
			view_minutes(age, app_feed_now(app) - camera->status_at_ms);
			buf_printf(out, " %s", age);
		}
		buf_printf(out, "; %s; %s", word_owner(camera->owner), camera->name);
		if (camera->fictional) {
			buf_printf(out, " %s", _("(fictional)"));
		}
		if (strcmp(camera->id, picked) == 0) {
			buf_printf(out, "; %s", _("selected"));
		}
		plain_end(out, from);
	}
}

void plain_map(const struct app *app, const char *cell, struct buf *out) {
	char words[1200];
	map_words(app, cell, words, sizeof(words));
	add_line(out, words);
}

void plain_agencies(const struct app *app, struct buf *out) {
	const struct registry *reg = &app->world.registry;
	if (reg->agencies_len == 0) {
		add_line(out, _("No agency is known yet"));
	}
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *agency = &reg->agencies[i];
		size_t from = plain_begin(out);
		buf_printf(out, "%s; %s; %s", agency->id, agency->name, word_desk(agency->desk));
		if (agency->phone[0] != '\0') {
			buf_printf(out, "; %s", agency->phone);
		}
		for (size_t row = 0; row < app->rows_len; row++) {
			const struct incident *inc = app_row(app, row);
			const struct dispatch *dispatch =
				inc != NULL ? incident_dispatch(inc, agency->id) : NULL;
			if (dispatch != NULL && dispatch_is_live(dispatch)) {
				buf_printf(out, "; #%lld %s", (long long)inc->number,
					word_step(dispatch->state));
			}
		}
		plain_end(out, from);
	}
}

void plain_log(const struct app *app, size_t lines, struct buf *out) {
	size_t first = app->log_len > lines ? app->log_len - lines : 0;
	if (app->log_len == 0) {
		add_line(out, _("Nothing happened yet"));
	}
	for (size_t i = first; i < app->log_len; i++) {
		size_t from = plain_begin(out);
		view_log_line(app, &app->log[i], out);
		plain_end(out, from);
	}
}

void plain_history(const struct app *app, size_t most, struct buf *out) {
	const struct history *history = &app->history;
	size_t shown = history->len < most ? history->len : most;
	if (shown == 0) {
		add_line(out, _("The cache holds nothing of that"));
		return;
	}
	for (size_t i = 0; i < shown; i++) {
		const struct history_item *item = &history->rows[i];
		char day[VIEW_TIME_SIZE], took[VIEW_TIME_SIZE];
		size_t from = plain_begin(out);
		view_day(day, item->received_ms);
		view_age(took, item->ended_ms - item->received_ms);
		buf_printf(out, "%s #%lld P%d %s, %s; %s %s", day, (long long)item->number,
			(int)item->priority + 1, word_kind(item->kind), item->place,
			view_outcome(item), took);
		if (item->agencies[0] != '\0') {
			buf_printf(out, "; %s", item->agencies);
		}
		plain_end(out, from);
	}
	if (history->len > shown || !history->whole) {
		add_line(out, _("and more; more words find fewer"));
	}
}

void plain_command(const struct app *app, enum command_id id, struct buf *out) {
	const struct command_entry *entry = command_get(id);
	const char *why = NULL;
	size_t from = plain_begin(out);
	buf_add_str(out, entry->name);
	for (size_t i = 0; i < COMMAND_ALIAS_MAX && entry->alias[i] != NULL; i++) {
		buf_printf(out, ", %s", entry->alias[i]);
	}
	buf_printf(
		out, "%s%s: %s", entry->usage[0] != '\0' ? " " : "", entry->usage, _(entry->help));
	if (!command_enabled(app, id, &why)) {
		buf_printf(out, " (%s)", why);
	}
	plain_end(out, from);
}
