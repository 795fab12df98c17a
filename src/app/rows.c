#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/queue.h>

/* More rows than anybody scrolls through; the counts in the status line are over all. */
#define ROWS_MAX 4096

bool rows_is_ours(const struct app *app, const struct incident *inc) {
	return app->role != ROLE_AGENCY || incident_dispatch(inc, app->agency) != NULL;
}

void near_refresh(struct app *app) {
	const struct incident *inc = app_selected(app);
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

void rows_refresh(struct app *app) {
	if (app_is_frozen(app)) {
		return;
	}
	int old_row = app_selected_row(app);
	size_t max = HASH_COUNT(app->world.incidents);
	if (max > ROWS_MAX) {
		max = ROWS_MAX;
	}
	struct incident **found = mem_alloc(max + 1, sizeof(struct incident *));
	size_t total = queue_collect(&app->world, app_feed_now(app), APP_KEEP_ENDED_MS, found, max);
	app->rows = mem_resize(app->rows, max + 1, sizeof(*app->rows));
	app->rows_len = 0;
	for (size_t i = 0; i < total && i < max; i++) {
		if (rows_is_ours(app, found[i])) {
			text_copy(app->rows[app->rows_len++], UUID_SIZE, found[i]->id);
		}
	}
	free(found);
	app->hidden = HASH_COUNT(app->world.incidents) - app->rows_len;
	if (app_selected_row(app) < 0) {
		/* The selected one went out of sight: what moved into its place is selected. */
		app->selected[0] = '\0';
		app->near_chosen = false;
		app->detail_scroll = 0;
		if (app->rows_len > 0) {
			size_t row = old_row < 0 ? 0 : (size_t)old_row;
			row = row < app->rows_len ? row : app->rows_len - 1;
			text_copy(app->selected, sizeof(app->selected), app->rows[row]);
		}
	}
	near_refresh(app);
}

void rows_select(struct app *app, const char *incident, struct effects *fx) {
	if (strcmp(app->selected, incident) == 0) {
		return;
	}
	text_copy(app->selected, sizeof(app->selected), incident);
	app->near_chosen = false;
	app->detail_scroll = 0;
	near_refresh(app);
	text_copy(effects_add(fx, EFFECT_LOOK)->id, UUID_SIZE, app->selected);
}

void rows_move(struct app *app, int by, struct effects *fx) {
	if (app->rows_len == 0) {
		return;
	}
	int row = app_selected_row(app) + by;
	int last = (int)app->rows_len - 1;
	row = row < 0 ? 0 : row > last ? last : row;
	rows_select(app, app->rows[row], fx);
}

void rows_move_new(struct app *app, int by, struct effects *fx) {
	int len = (int)app->rows_len, row = app_selected_row(app);
	for (int i = 1; i <= len; i++) {
		int at = ((row + i * by) % len + len) % len;
		const struct incident *inc = app_row(app, (size_t)at);
		if (inc != NULL && inc->state == INCIDENT_NEW) {
			rows_select(app, app->rows[at], fx);
			return;
		}
	}
	notice_add(app, false, "%s", _("Nothing is waiting to be acknowledged"));
}
