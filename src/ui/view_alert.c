/* What cannot be written, here or there: a line each, as long as it is so. */
#include <stdio.h>

#include "view.h"

int view_alerts(const struct app *app) {
	return (app->feed_trouble != TROUBLE_NONE) + (app->cache_trouble != TROUBLE_NONE);
}

static void feed_text(const struct app *app, char *out, size_t size) {
	char since[VIEW_TIME_SIZE];
	view_time(since, app->feed_trouble_since_ms, false);
	snprintf(out, size, _("THE FEED CANNOT WRITE since %s: %s. No alarm or action is taken"),
		since, app_trouble_word(app->feed_trouble));
}

static void cache_text(const struct app *app, char *out, size_t size) {
	char since[VIEW_TIME_SIZE];
	size_t unkept = app_count_unkept(app);
	view_time(since, app->cache_trouble_since_ms, false);
	if (unkept > 0) {
		snprintf(out, size,
			_("NOTHING IS KEPT HERE since %s: %s. %zu not sent would be lost"), since,
			app_trouble_word(app->cache_trouble), unkept);
	} else {
		snprintf(out, size,
			_("NOTHING IS KEPT HERE since %s: %s. The feed's link is not touched"),
			since, app_trouble_word(app->cache_trouble));
	}
}

void view_alert_text(const struct app *app, int which, char *out, size_t size) {
	if (which == 0 && app->feed_trouble != TROUBLE_NONE) {
		feed_text(app, out, size);
	} else {
		cache_text(app, out, size);
	}
}

void view_alert(const struct app *app, struct surface *s, struct rect area) {
	char text[200];
	for (int i = 0; i < area.rows && i < view_alerts(app); i++) {
		struct rect row = view_row(area, i);
		view_alert_text(app, i, text, sizeof(text));
		surface_fill(s, row, UI_ALERT, ' ');
		surface_text(s, row.col, row.row, row.cols, UI_ALERT, text);
	}
}
