#include <siaga/app/app.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

static void (*id_source)(char out[UUID_SIZE]) = uuid_make;

void app_set_id_source(void (*make_id)(char out[UUID_SIZE])) {
	id_source = make_id;
}

void app_make_id(char out[UUID_SIZE]) {
	id_source(out);
}

struct effect *effects_add(struct effects *fx, enum effect_type type) {
	if (fx->len == fx->cap) {
		fx->cap = fx->cap > 0 ? fx->cap * 2 : 8;
		fx->items = mem_resize(fx->items, fx->cap, sizeof(*fx->items));
	}
	struct effect *effect = &fx->items[fx->len++];
	memset(effect, 0, sizeof(*effect));
	effect->type = type;
	return effect;
}

void effects_finish(struct effects *fx) {
	free(fx->items);
	memset(fx, 0, sizeof(*fx));
}

void app_init(struct app *app) {
	memset(app, 0, sizeof(*app));
	app->link = APP_LINK_CONNECTING;
	app->tab = PANE_DETAIL;
	map_view_init(&app->map);
	config_defaults(&app->cfg);
	app_configure(app, &app->cfg);
}

void app_configure(struct app *app, const struct config *cfg) {
	if (&app->cfg != cfg) {
		app->cfg = *cfg;
	}
	text_copy(app->theme, sizeof(app->theme), cfg->theme);
	app->order = (struct queue_order){.key = (enum queue_key)cfg->sort};
	app->map.style = (enum map_style)cfg->map_style;
	app->map.ring_m = cfg->ring_m;
}

void app_set_themes(struct app *app, const char *const *names, size_t len, const char *shown) {
	free(app->themes);
	app->themes = mem_alloc(len + 1, sizeof(*app->themes));
	app->themes_len = len;
	for (size_t i = 0; i < len; i++) {
		text_copy(app->themes[i], APP_THEME_SIZE, names[i]);
	}
	text_copy(app->theme, sizeof(app->theme), shown);
}

void app_finish(struct app *app) {
	world_finish(&app->world);
	for (size_t i = 0; i < app->pending_len; i++) {
		command_finish(&app->pending[i]->command);
		free(app->pending[i]);
	}
	free(app->pending);
	past_finish(app);
	lacks_finish(app);
	figures_finish(&app->board.figures);
	presence_forget(app);
	app_picture_finish(&app->picture);
	filter_finish(&app->filter);
	free(app->rows);
	queue_room_finish(&app->room);
	free(app->marks);
	free(app->lines);
	free(app->themes);
	free(app->log);
	free(app->page);
	memset(app, 0, sizeof(*app));
}

/* What a tick or a beat may change of what is shown, beside the rows. What time it is, and how
 * fresh all that is, every tick draws anew. */
struct sight {
	char selected[UUID_SIZE], shown[UUID_SIZE];
	size_t near_len, near_pick, outside, hidden;
	int64_t said, dropped, notice_ms;
	size_t log_len;
	int link, modal, trouble;
	bool noticed;
};

static struct sight look(const struct app *app) {
	struct sight sight;
	memset(&sight, 0, sizeof(sight)); /* what is between the members, too */
	text_copy(sight.selected, sizeof(sight.selected), app->selected);
	text_copy(sight.shown, sizeof(sight.shown), app->shown);
	sight.near_len = app->near_len;
	sight.near_pick = app->near_pick;
	sight.outside = app->outside;
	sight.hidden = app->hidden;
	sight.said = app->said;
	sight.dropped = app->log_dropped;
	sight.log_len = app->log_len;
	sight.notice_ms = app->notice.at_ms;
	sight.noticed = app->notice.text[0] != '\0';
	sight.link = (int)app->link;
	sight.modal = (int)app->modal.type;
	sight.trouble = (int)app->feed_trouble;
	return sight;
}

static void tick(struct app *app, const struct app_event *event, struct effects *fx) {
	app->receiving = event->receiving;
	if (app->show_at_ms != 0 && app->now_ms >= app->show_at_ms) {
		rows_show(app, fx);
	}
	trust_tick(app, fx);
	notice_tick(app);
	modal_tick(app);
	outbox_tick(app, fx);
	lacks_ask(app, fx);
	outbox_ask(app);
	bool rests = rest_lasts(app);
	if (!rests) {
		rows_refresh(app);
	}
	if (app->link == APP_LINK_LIVE && app->show_at_ms == 0 &&
		strcmp(app->looked, rows_open(app)) != 0) {
		rows_look(app, fx);
	}
	alert_tick(app, rests, fx);
	if (!rests) {
		rest_begin(app);
	}
	alert_bell(app, fx);
	board_tick(app);
}

static void beat(struct app *app, const struct app_event *event, struct effects *fx) {
	app->feed_offset_ms = event->feed_now_ms - app->now_ms;
	app->feed_clock_known = true;
	app->distrusted = false;
	trust_head(app, event->head, fx);
	trouble_feed(app, event->trouble, fx);
}

/* Takes note of whether it did anything: most of them do not. */
static void apply_quietly(struct app *app, const struct app_event *event, struct effects *fx,
	void (*apply)(struct app *app, const struct app_event *event, struct effects *fx)) {
	const struct sight before = look(app);
	size_t effects = fx->len;
	app->still = !rows_slide_soon(app);
	apply(app, event, fx);
	const struct sight after = look(app);
	app->still =
		app->still && fx->len == effects && memcmp(&before, &after, sizeof(before)) == 0;
}

static void pick(struct app *app, const struct app_event *event, struct effects *fx) {
	if (app->modal.type != MODAL_NONE || event->pane >= PANE_COUNT) {
		return; /* What is asked is answered by keys. */
	}
	app->focus = event->pane;
	if (event->pane != PANE_QUEUE && event->pane != PANE_MAP) {
		app->tab = event->pane;
	}
	if (event->id != NULL && world_incident(&app->world, event->id) != NULL) {
		rows_select(app, event->id, fx);
	}
	for (size_t i = 0; event->id != NULL && i < app->near_len; i++) {
		if (strcmp(app->near[i].camera->id, event->id) == 0) {
			app->near_pick = i;
			app->near_chosen = true;
		}
	}
}

/* The wheel scrolls what is under it, and leaves the focus where it was. */
static void wheel(struct app *app, const struct app_event *event, struct effects *fx) {
	enum pane focus = app->focus;
	if (app->modal.type == MODAL_NONE && event->pane < PANE_COUNT) {
		app->focus = event->pane;
		keys_run(app,
			&(struct call){.id = event->by < 0 ? COMMAND_UP : COMMAND_DOWN, .args = ""},
			fx);
		app->focus = focus;
	}
}

/* Only what was drawn knows how long it is: the end is where the last line is in sight. */
static void drawn(struct app *app, const struct app_event *event) {
	modal_drawn(app, event->cut);
	board_drawn(app, event->board_most);
	app->detail_most = event->detail_most;
	if (app->detail_scroll > app->detail_most) {
		app->detail_scroll = app->detail_most;
	}
}

void app_apply(struct app *app, const struct app_event *event, struct effects *fx) {
	app->now_ms = event->mono_ms;
	app->wall_ms = event->wall_ms;
	app->still = app->called = false;
	if (event->type != APP_TICK && event->type != APP_BEAT) {
		app->rest = (struct app_rest){0};
	}
	if (!trust_expects(app, event)) {
		return;
	}
	if (event->type != APP_EVENTS) {
		app_settle(app);
	}
	switch (event->type) {
	case APP_TICK: apply_quietly(app, event, fx, tick); break;
	case APP_KEY:
		keys_press(app, event->key, fx);
		app->key_ms = app->now_ms;
		break;
	case APP_LINE: keys_line(app, event->text, fx); break;
	case APP_PASTE:
		modal_paste(app, event->text);
		app->key_ms = app->now_ms;
		break;
	case APP_PICK: pick(app, event, fx); break;
	case APP_WHEEL: wheel(app, event, fx); break;
	case APP_HISTORY: past_rows(app, event); break;
	case APP_OLD: past_old(app, event); break;
	case APP_DRAWN: drawn(app, event); break;
	case APP_PICTURE:
		app_picture_finish(&app->picture);
		app_picture_copy(&app->picture, event->picture);
		break;
	case APP_CACHE: feed_cache(app, event); break;
	case APP_CACHE_EVENT:
		for (size_t i = 0; i < event->events_len; i++) {
			feed_cached(app, &event->events[i]);
		}
		break;
	case APP_CACHE_DONE: feed_cache_done(app); break;
	case APP_LINK_UP:
		app->link = APP_LINK_CATCHING_UP;
		app->proof_ms = app->now_ms;
		trust_link(app);
		break;
	case APP_LINK_DOWN: feed_link_down(app, event); break;
	case APP_PROOF: app->proof_ms = app->now_ms; break;
	case APP_WELCOME: feed_welcome(app, event, fx); break;
	case APP_CACHE_REGISTRY:
	case APP_REGISTRY: feed_registry(app, event->registry); break;
	case APP_EVENTS: feed_events(app, event, fx); break;
	case APP_CAUGHT_UP: feed_caught_up(app, event, fx); break;
	case APP_DONE: feed_done(app, event, fx); break;
	case APP_DIVERGED: feed_diverged(app, fx); break;
	case APP_REFUSED: feed_refused(app, event, fx); break;
	case APP_PRESENCE: presence_set(app, event); break;
	case APP_BYE: feed_bye(app, event); break;
	case APP_BEAT: apply_quietly(app, event, fx, beat); break;
	case APP_BAD_MESSAGE: trust_bad(app, "%s", event->text); break;
	case APP_OUTBOX: outbox_take(app, event); break;
	case APP_OUTBOX_SEEN: outbox_seen(app, event->id, event->name, event->tried); break;
	case APP_OUTBOX_READ: outbox_read(app, event->whole, fx); break;
	case APP_OUTBOX_GONE: outbox_gone(app); break;
	case APP_HELD: outbox_held(app, event->id, event->trouble); break;
	case APP_KEPT: trouble_cache(app, event, fx); break;
	case APP_NOTICE: notice_add(app, event->error, "%s", event->text); break;
	case APP_TRAINING: training_set(app, event); break;
	case APP_EVENT_TYPE_COUNT: break;
	}
}

int64_t app_feed_now(const struct app *app) {
	return app->feed_clock_known ? app->now_ms + app->feed_offset_ms : app->wall_ms;
}

int64_t app_proof_age(const struct app *app) {
	return app->now_ms - app->proof_ms;
}

bool app_catching_up(const struct app *app, int64_t *done, int64_t *all) {
	*done = app->world.head - app->follow_seq;
	*all = app->feed_head - app->follow_seq;
	return app->link == APP_LINK_CATCHING_UP && app->welcomed && !app->snapshot && *all > 0 &&
	       *done >= 0 && *done <= *all;
}

int64_t app_pending_age(const struct app *app, const struct app_pending *item) {
	int64_t wall_ms = app->wall_ms - item->made_ms, mono_ms = app->now_ms - item->since_ms;
	return wall_ms > mono_ms ? wall_ms : mono_ms;
}

int64_t app_silence(const struct app *app) {
	int64_t proof_ms = app_proof_age(app), heard_ms = app->now_ms - app->heard_ms;
	return app->receiving && heard_ms > proof_ms ? heard_ms : proof_ms;
}

bool app_is_slow(const struct app *app) {
	return app->link == APP_LINK_LIVE && app->beat_ms > 0 &&
	       (app_silence(app) > app->beat_ms + app->beat_ms / 2 || trust_is_behind(app));
}

/* While the history is open only what was opened there is meant: nobody acts on an incident that
 * they do not see. */
static struct incident *shown(const struct app *app) {
	if (app->history.on) {
		const char *opened = app->history.opened;
		struct incident *live = world_incident(&app->world, opened);
		return live != NULL ? live : world_incident(&app->history.old, opened);
	}
	return app->selected[0] != '\0' ? world_incident(&app->world, app->selected) : NULL;
}

struct incident *app_selected(const struct app *app) {
	return app->board.on ? NULL : shown(app);
}

const struct incident *app_shown(const struct app *app) {
	const struct incident *following = NULL;
	if (!app->history.on && app->show_at_ms != 0) {
		following = world_incident(&app->world, app->shown);
	}
	return following != NULL ? following : shown(app);
}

int64_t app_wants_tick(const struct app *app) {
	return app->show_at_ms;
}

struct incident *app_row(const struct app *app, size_t row) {
	return row < app->rows_len ? world_incident(&app->world, app->rows[row]) : NULL;
}

int app_selected_row(const struct app *app) {
	for (size_t i = 0; i < app->rows_len; i++) {
		if (strcmp(app->rows[i], app->selected) == 0) {
			return (int)i;
		}
	}
	return -1;
}

size_t app_count_unsent(const struct app *app) {
	return app->pending_len;
}

size_t app_count_unkept(const struct app *app) {
	size_t count = 0;
	for (size_t i = 0; i < app->pending_len; i++) {
		count += app->pending[i]->unkept;
	}
	return count;
}

bool app_is_frozen(const struct app *app) {
	enum modal_type type = app->modal.type;
	return app->frozen || (type != MODAL_NONE && !modal_is_page(type) && type != MODAL_FILTER);
}

bool app_is_pending(const struct app *app, const char *incident) {
	for (size_t i = 0; i < app->pending_len; i++) {
		if (strcmp(app->pending[i]->command.incident, incident) == 0) {
			return true;
		}
	}
	return false;
}

/* Another open incident that the agency is on, or NULL. */
static const struct incident *busy_with(
	const struct app *app, const char *agency, const char *incident) {
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		const struct dispatch *dispatch = incident_dispatch(inc, agency);
		if (dispatch != NULL && dispatch_is_live(dispatch) &&
			strcmp(inc->id, incident) != 0) {
			return inc;
		}
	}
	return NULL;
}

void app_desk_warning(
	const struct app *app, const char *id, const char *incident, char *out, size_t size) {
	const struct agency *agency = registry_agency(&app->world.registry, id);
	out[0] = '\0';
	if (agency == NULL) {
		return;
	}
	size_t len = 0;
	if (agency->desk != DESK_ONLINE) {
		const char *state = agency->by_phone || agency->desk == DESK_PHONE
					    ? _("has no desk online")
				    : agency->desk == DESK_OFFLINE ? _("desk OFFLINE")
								   : _("desk UNKNOWN");
		int n = agency->phone[0] != '\0'
				? snprintf(out, size, _("%s: ring %s"), state, agency->phone)
				: snprintf(out, size, _("%s: ring them"), state);
		len = n < 0 ? 0 : (size_t)n;
	}
	const struct incident *busy = busy_with(app, id, incident);
	if (busy != NULL && len < size) {
		snprintf(out + len, size - len, _("%son #%lld now"), len > 0 ? "; " : "",
			(long long)busy->number);
	}
}
