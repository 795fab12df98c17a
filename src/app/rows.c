#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#define SHOW_MS 120 /* after the last step */
#define AT_ONCE                                                                                    \
	200         /* incidents in memory that are put in order with every message of the feed's  \
		     */
#define SLID_MS 500 /* a key that was on its way when the selection went was for the one before */

bool app_is_ours(const struct app *app, const struct incident *inc) {
	/* It was open here and is not among what is open now: it has ended, and will be told. */
	if (app->lacks_len > 0 && app->link == APP_LINK_LIVE && incident_is_open(inc) &&
		lacks_some(app, inc->id)) {
		return false;
	}
	return app->role != ROLE_AGENCY || incident_dispatch(inc, app->agency) != NULL;
}

void near_refresh(struct app *app) {
	const struct incident *inc = app_shown(app);
	char chosen[CAMERA_ID_SIZE] = "";
	if (app->near_chosen && app->near_pick < app->near_len) {
		text_copy(chosen, sizeof(chosen), app->near[app->near_pick].camera->id);
	}
	app->near_len = 0;
	app->near_pick = 0;
	if (inc == NULL) {
		return;
	}
	app->near_len = registry_near(&app->world.registry, inc->at, app->near, APP_NEAR_MAX);
	app->near_pick = registry_first_working(app->near, app->near_len);
	for (size_t i = 0; i < app->near_len && chosen[0] != '\0'; i++) {
		if (strcmp(app->near[i].camera->id, chosen) == 0) {
			app->near_pick = i;
		}
	}
}

bool rows_has(const struct app *app, const char *incident) {
	for (size_t i = 0; i < app->rows_len; i++) {
		if (strcmp(app->rows[i], incident) == 0) {
			return true;
		}
	}
	return false;
}

/* The order is held: new alarms come in on top, nothing else moves. */
static void add_new(struct app *app) {
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (inc->state != INCIDENT_NEW || !app_is_ours(app, inc) ||
			rows_has(app, inc->id)) {
			continue;
		}
		app->rows = mem_resize(app->rows, app->rows_len + 1, sizeof(*app->rows));
		memmove(app->rows + 1, app->rows, app->rows_len * sizeof(*app->rows));
		app->still = false;
		text_copy(app->rows[0], UUID_SIZE, inc->id);
		app->rows_len++;
	}
}

/* The selected one went out of sight: what moved into its place is selected. */
static void select_neighbour(struct app *app, int old_row) {
	app->selected[0] = '\0';
	app->near_chosen = false;
	app->detail_scroll = 0;
	app->show_at_ms = 0;
	if (app->rows_len > 0) {
		size_t row = old_row < 0 ? 0 : (size_t)old_row;
		row = row < app->rows_len ? row : app->rows_len - 1;
		text_copy(app->selected, sizeof(app->selected), app->rows[row]);
	}
	text_copy(app->shown, sizeof(app->shown), app->selected);
}

/* Is what was selected gone by itself, and was it just now? The board and the history show another.
 */
static bool slides(const struct app *app) {
	return app->slid_from[0] != '\0' && strcmp(app->selected, app->slid_from) != 0 &&
	       app->now_ms - app->slid_ms < SLID_MS && !app->board.on && !app->history.on;
}

bool rows_slide_soon(const struct app *app) {
	return app->slid_from[0] != '\0' && app->now_ms - app->slid_ms < 4 * SLID_MS;
}

/* Nobody has asked for it, and a key may be on its way. */
static void slide(struct app *app, int old_row) {
	/* Twice in a moment: what was seen last by whoever pressed it is the first. */
	if (!slides(app)) {
		text_copy(app->slid_from, sizeof(app->slid_from), app->selected);
	}
	app->slid_ms = app->now_ms;
	select_neighbour(app, old_row);
	text_copy(app->slid_to, sizeof(app->slid_to), app->selected);
}

const struct incident *rows_seen(const struct app *app) {
	return slides(app) ? world_incident(&app->world, app->slid_from) : app_selected(app);
}

bool rows_slid(struct app *app) {
	const struct incident *from = world_incident(&app->world, app->slid_from);
	if (!slides(app)) {
		return false;
	}
	if (from != NULL) {
		notice_add(app, true,
			_("#%lld went out of sight. Nothing is done: look, and press again"),
			(long long)from->number);
	} else {
		notice_add(app, true, "%s",
			_("The incident went out of sight. Nothing is done: look, and press "
			  "again"));
	}
	return true;
}

static void drop_lost_marks(struct app *app) {
	size_t kept = 0;
	for (size_t i = 0; i < app->marks_len; i++) {
		if (rows_has(app, app->marks[i])) {
			memmove(app->marks[kept++], app->marks[i], UUID_SIZE);
		}
	}
	app->marks_len = kept;
}

static bool wants(void *data, const struct incident *inc) {
	struct app *app = data;
	if (!app_is_ours(app, inc)) {
		return false;
	}
	struct filter_ctx ctx = {.world = &app->world,
		.timers = &app->cfg.timers,
		.me = app->name,
		.now_ms = app_feed_now(app)};
	if (filter_match(&app->filter, inc, &ctx)) {
		return true;
	}
	/* No filter hides an alarm that nobody took. */
	app->outside += inc->state == INCIDENT_NEW;
	return inc->state == INCIDENT_NEW;
}

static void collect(struct app *app) {
	size_t max = HASH_COUNT(app->world.incidents);
	bool same;
	const struct incident *selected = app_selected(app);
	struct queue_query query = {.order = app->order,
		.now_ms = app_feed_now(app),
		.keep_ms = app->cfg.keep_ended_ms,
		.wants = wants,
		.data = app,
		.sieve = filter_sieve(&app->filter, &app->world)};
	query.sieve.spares = marks_state(INCIDENT_NEW);
	/* Distances are from where the operator was when the order was chosen. */
	if (query.order.key == QUEUE_BY_DISTANCE && app->order.from.lat_e7 == 0 &&
		selected != NULL) {
		query.order.from = app->order.from = selected->at;
	}
	app->outside = 0;
	app->rows = mem_resize(app->rows, max + 1, sizeof(*app->rows));
	app->rows_len =
		queue_list(&app->world, &query, &app->room, app->rows, app->rows_len, &same);
	app->still = app->still && same;
	app->hidden = max - app->rows_len;
}

void rows_renew(struct app *app) {
	int old_row = app_selected_row(app);
	collect(app);
	/* What had no row when it was asked for by its number needs none to stay selected. */
	if (app_selected_row(app) < 0 &&
		(old_row >= 0 || world_incident(&app->world, app->selected) == NULL)) {
		slide(app, old_row);
	} else if (slides(app) && strcmp(app->selected, app->slid_to) == 0 &&
		   rows_has(app, app->slid_from)) {
		text_copy(app->selected, sizeof(app->selected), app->slid_from);
		text_copy(app->shown, sizeof(app->shown), app->selected);
	}
	drop_lost_marks(app);
	near_refresh(app);
}

void rows_refresh(struct app *app) {
	app->rows_due = false;
	if (!app_is_frozen(app)) {
		rows_renew(app);
	} else if (app->frozen && app->modal.type == MODAL_NONE) {
		add_new(app);
		if (app->selected[0] == '\0') {
			/* It was held while it was empty: the first alarm is what is meant. */
			select_neighbour(app, 0);
			near_refresh(app);
		}
	}
}

void rows_changed(struct app *app) {
	if (HASH_COUNT(app->world.incidents) <= AT_ONCE) {
		rows_refresh(app);
	} else {
		app->rows_due = true;
	}
}

void app_settle(struct app *app) {
	if (app->rows_due) {
		rows_refresh(app);
	}
}

void rows_select(struct app *app, const char *incident, struct effects *fx) {
	app->slid_from[0] = '\0';
	if (strcmp(app->selected, incident) == 0) {
		return;
	}
	text_copy(app->selected, sizeof(app->selected), incident);
	rows_show(app, fx);
}

void rows_keep(struct app *app, const char *incident) {
	if (rows_has(app, incident) && strcmp(app->selected, incident) != 0) {
		text_copy(app->selected, sizeof(app->selected), incident);
		text_copy(app->shown, sizeof(app->shown), incident);
		near_refresh(app);
	}
}

void rows_show(struct app *app, struct effects *fx) {
	app->show_at_ms = 0;
	if (strcmp(app->shown, app->selected) == 0) {
		return;
	}
	text_copy(app->shown, sizeof(app->shown), app->selected);
	app->near_chosen = false;
	app->detail_scroll = 0;
	near_refresh(app);
	rows_look(app, fx);
}

const char *rows_open(const struct app *app) {
	const struct history *history = &app->history;
	return history->on && history->opened[0] != '\0' ? history->opened : app->selected;
}

void rows_look(struct app *app, struct effects *fx) {
	text_copy(app->looked, sizeof(app->looked), rows_open(app));
	text_copy(effects_add(fx, EFFECT_LOOK)->id, UUID_SIZE, app->looked);
}

/* A step with the keys moves the mark at once; what hangs on it follows when the steps stop, so
 * that a held key runs through the queue over a slow line, too. */
static void select_soon(struct app *app, const char *incident) {
	if (strcmp(app->selected, incident) != 0) {
		text_copy(app->selected, sizeof(app->selected), incident);
		app->show_at_ms = app->now_ms + SHOW_MS;
	}
}

void rows_move(struct app *app, int by, struct effects *fx) {
	if (app->rows_len == 0) {
		return;
	}
	int row = app_selected_row(app) + by;
	int last = (int)app->rows_len - 1;
	UNUSED(fx);
	row = row < 0 ? 0 : row > last ? last : row;
	select_soon(app, app->rows[row]);
}

void rows_move_new(struct app *app, int by, struct effects *fx) {
	int len = (int)app->rows_len, row = app_selected_row(app);
	for (int i = 1; i <= len; i++) {
		int at = ((row + i * by) % len + len) % len;
		const struct incident *inc = app_row(app, (size_t)at);
		if (inc != NULL && inc->state == INCIDENT_NEW) {
			past_leave(app);
			rows_select(app, app->rows[at], fx);
			return;
		}
	}
	notice_add(app, false, "%s", _("Nothing is waiting to be acknowledged"));
}

bool app_is_marked(const struct app *app, const char *incident) {
	for (size_t i = 0; i < app->marks_len; i++) {
		if (strcmp(app->marks[i], incident) == 0) {
			return true;
		}
	}
	return false;
}

void marks_toggle(struct app *app, const char *incident) {
	for (size_t i = 0; i < app->marks_len; i++) {
		if (strcmp(app->marks[i], incident) == 0) {
			app->marks_len--;
			memmove(app->marks[i], app->marks[i + 1],
				(app->marks_len - i) * sizeof(*app->marks));
			return;
		}
	}
	if (app->marks_len == APP_MARKS_MAX) {
		notice_add(app, true, _("At most %d can be marked"), APP_MARKS_MAX);
		return;
	}
	if (app->marks == NULL) {
		app->marks = mem_alloc(APP_MARKS_MAX, sizeof(*app->marks));
	}
	text_copy(app->marks[app->marks_len++], UUID_SIZE, incident);
}

void marks_clear(struct app *app) {
	app->marks_len = 0;
}

void rows_sort(struct app *app, const char *name) {
	enum queue_key key = (enum queue_key)((app->order.key + 1) % QUEUE_KEY_COUNT);
	if (name[0] != '\0' && !queue_key_find(name, &key)) {
		notice_add(app, true, "%s", _("sort priority|age|state|distance|number"));
		return;
	}
	app->order = (struct queue_order){.key = key};
	rows_renew(app);
	notice_add(app, false, _("The queue is ordered by %s"), queue_key_name(key));
}

bool rows_set_filter(struct app *app, const char *text, struct err *err) {
	struct err unknown = {0};
	if (!filter_parse(&app->filter, text, err)) {
		return false;
	}
	/* What is not known here may come yet: said, not refused. */
	if (err != NULL && !filter_check(&app->filter, &app->world, &unknown)) {
		notice_add(app, true, "%s", unknown.text);
	}
	rows_renew(app);
	return true;
}
