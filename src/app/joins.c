/* Incidents that look like the same event, and joining them. */
#include <string.h>

#include <siaga/base/text.h>

#include "private.h"

size_t app_joins(
	const struct app *app, const struct incident *inc, struct duplicate *out, size_t max) {
	struct duplicate found[APP_JOIN_MAX * 2];
	size_t kept = 0;
	if (inc == NULL || !incident_is_open(inc) || app->role == ROLE_AGENCY) {
		return 0;
	}
	size_t len = duplicates_find(&app->world, inc, app_feed_now(app), found, APP_JOIN_MAX * 2);
	for (size_t i = 0; i < len && kept < max; i++) {
		if (incident_is_open(found[i].incident)) {
			out[kept++] = found[i];
		}
	}
	return kept;
}

void action_join(struct app *app, const struct incident *inc) {
	struct duplicate found[1];
	if (app_joins(app, inc, found, 1) == 0) {
		notice_add(app, false, _("Nothing looks like the same event as #%lld"),
			(long long)inc->number);
		return;
	}
	/* The older one takes the younger one in: its number is the one people know. */
	const struct incident *other = found[0].incident;
	const struct incident *into = other->number < inc->number ? other : inc;
	const struct incident *from = into == other ? inc : other;
	modal_open(app, MODAL_JOIN, COMMAND_JOIN, from);
	text_copy(app->modal.into, sizeof(app->modal.into), into->id);
	app->modal.into_number = into->number;
}
