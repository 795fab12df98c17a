#include <string.h>

#include <siaga/app/board.h>

#include "private.h"

/* Lines of the log pane hold what was typed; so old ones are nobody's any more. */
static void forget_lines(struct app *app, int64_t before_ms) {
	size_t old = 0;
	while (old < app->log_len && app->log[old].wall_ms < before_ms) {
		old++;
	}
	if (old > 0) {
		memmove(app->log, app->log + old, (app->log_len - old) * sizeof(*app->log));
		memset(app->log + app->log_len - old, 0, old * sizeof(*app->log));
		app->log_len -= old;
		app->log_dropped += (int64_t)old;
	}
}

static void forget_drafts(struct app *app, int64_t before_ms) {
	for (size_t i = 0; i < APP_DRAFTS_MAX; i++) {
		struct app_draft *draft = &app->drafts[i];
		const struct incident *inc = world_incident(&app->world, draft->incident);
		if (inc != NULL && !incident_is_open(inc) &&
			inc->state_at_ms[inc->state] < before_ms) {
			memset(draft, 0, sizeof(*draft));
		}
	}
}

void app_forget_persons(struct app *app, int64_t before_ms) {
	if (before_ms <= 0) {
		return;
	}
	world_forget_persons(&app->world, before_ms);
	world_forget_persons(&app->history.old, before_ms);
	forget_lines(app, before_ms);
	forget_drafts(app, before_ms);
}

/* --- what has ended long ago: the cache keeps it, and the history shows it from there --- */

/* The board looks back no further, and no row stays longer but where the order is held; a minute
 * more, because the rows are of a moment ago. */
#define ENDED_KEPT_MS (BOARD_SPAN_MAX_MS + 60000)
#define ENDED_STEP    128 /* how many more there are before it is worth a look over all */

static bool is_meant(const struct app *app, const char *id) {
	const char *const ids[] = {app->selected, app->shown, app->looked, app->slid_from,
		app->slid_to, app->history.opened, app->undo.incident, app->modal.into};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		if (strcmp(ids[i], id) == 0) {
			return true;
		}
	}
	for (size_t i = 0; i < app->modal.targets_len; i++) {
		if (strcmp(app->modal.targets[i].incident, id) == 0) {
			return true;
		}
	}
	return app_is_marked(app, id) || app_is_pending(app, id) || lacks_has(app, id) ||
	       (app_is_frozen(app) && rows_has(app, id));
}

void app_forget_ended(struct app *app) {
	struct incident *inc, *next;
	int64_t before_ms = app_feed_now(app) - ENDED_KEPT_MS;
	if (HASH_COUNT(app->world.incidents) < app->forget_at) {
		return;
	}
	HASH_ITER (hh, app->world.incidents, inc, next) {
		if (!incident_is_open(inc) && inc->state_at_ms[inc->state] < before_ms &&
			!is_meant(app, inc->id)) {
			world_forget(&app->world, inc->id);
		}
	}
	/* So that what a look costs is shared by as many events. */
	size_t left = HASH_COUNT(app->world.incidents);
	app->forget_at = left + left / 2 + ENDED_STEP;
}
