#include <string.h>

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
