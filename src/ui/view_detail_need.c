#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "detail.h"
#include "view.h"

#define NAME_COL 3
#define STEP_COL 14

/* A desk sends nobody; it is told who goes. */
static bool may_send(const struct app *app) {
	return app->role != ROLE_AGENCY;
}

static void put_key(struct detail *d, const struct agency *agency) {
	char key[16];
	if (!d->keys || agency == NULL || !action_allowed(d->app->role, ACTION_DISPATCH) ||
		d->app->cfg.readonly) {
		return;
	}
	if (agency->fkey > 0) {
		snprintf(key, sizeof(key), "F%d", agency->fkey);
		flow_put(&d->flow, 0, UI_KEY, key);
	} else if (agency->letter != '\0') {
		snprintf(key, sizeof(key), "d%c", agency->letter);
		flow_put(&d->flow, 0, UI_KEY, key);
	}
}

/* Whom to ring when the desk will not see it. */
static void put_desk(struct detail *d, const struct agency *agency) {
	if (agency == NULL || agency->desk == DESK_ONLINE) {
		return;
	}
	flow_put(&d->flow, 2, agency->desk == DESK_OFFLINE ? UI_ERROR : UI_LABEL,
		word_desk(agency->desk));
	flow_put(&d->flow, 1, UI_TEXT, agency->phone);
}

static enum ui_role role_of_step(const struct dispatch *dispatch) {
	switch (dispatch->state) {
	case DISPATCH_DECLINED:
	case DISPATCH_EXPIRED: return UI_ERROR;
	case DISPATCH_CLEARED:
	case DISPATCH_CANCELLED: return UI_MUTED;
	case DISPATCH_REQUESTED:
	case DISPATCH_DELIVERED:
	case DISPATCH_ACCEPTED:
	case DISPATCH_EN_ROUTE:
	case DISPATCH_ON_SCENE:
	case DISPATCH_STATE_COUNT: break;
	}
	return UI_TEXT;
}

/* What became of an agency that was asked before: why it did not go. */
static void put_earlier(struct detail *d, const char *agency) {
	const struct dispatch *last = incident_dispatch(d->inc, agency);
	char time[VIEW_TIME_SIZE];
	for (size_t i = 0; i < d->inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &d->inc->dispatches[i];
		if (dispatch == last || strcmp(dispatch->agency, agency) != 0) {
			continue;
		}
		view_time(time, dispatch->at_ms[dispatch->state], false);
		flow_column(&d->flow, STEP_COL);
		flow_say(&d->flow, UI_MUTED, _("before: %s %s"), word_step(dispatch->state), time);
		flow_put(&d->flow, 2, UI_MUTED, dispatch->cause);
		flow_end(&d->flow);
	}
}

/* An agency in one line: key, name, step and its age, or that it was not sent. */
static void put_agency(struct detail *d, const char *id) {
	const struct agency *agency = registry_agency(&d->app->world.registry, id);
	const struct dispatch *dispatch = incident_dispatch(d->inc, id);
	char age[VIEW_TIME_SIZE];
	put_key(d, agency);
	flow_column(&d->flow, NAME_COL);
	flow_put(&d->flow, 1, UI_TITLE, view_agency(d->app, id));
	flow_column(&d->flow, STEP_COL);
	if (dispatch == NULL) {
		flow_put(&d->flow, 1, UI_WARN, _("not sent"));
	} else {
		view_minutes(age, app_feed_now(d->app) - dispatch->at_ms[dispatch->state]);
		flow_say(&d->flow, role_of_step(dispatch), "%s", word_step(dispatch->state));
		flow_put(&d->flow, 1, UI_LABEL, age);
		flow_put(&d->flow, 2, role_of_step(dispatch), dispatch->cause);
	}
	if (dispatch == NULL || dispatch_is_live(dispatch)) {
		put_desk(d, agency);
	}
	flow_end(&d->flow);
	put_earlier(d, id);
}

static bool in_plan(const struct plan *plan, const char *agency) {
	for (size_t i = 0; plan != NULL && i < plan->agencies_len; i++) {
		if (strcmp(plan->agencies[i], agency) == 0) {
			return true;
		}
	}
	return false;
}

/* The plan first, in its order; then who was sent beside it. What is over needs nobody more. */
static void put_agencies(struct detail *d) {
	const struct plan *plan =
		registry_plan(&d->app->world.registry, d->inc->kind, d->inc->priority);
	bool open = d->inc->state < INCIDENT_RESOLVED && may_send(d->app);
	for (size_t i = 0; plan != NULL && i < plan->agencies_len; i++) {
		const struct dispatch *dispatch = incident_dispatch(d->inc, plan->agencies[i]);
		if (dispatch != NULL || open) {
			put_agency(d, plan->agencies[i]);
		}
	}
	for (size_t i = 0; i < d->inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &d->inc->dispatches[i];
		if (!in_plan(plan, dispatch->agency) &&
			incident_dispatch(d->inc, dispatch->agency) == dispatch) {
			put_agency(d, dispatch->agency);
		}
	}
	if (plan == NULL && d->inc->dispatches_len == 0 && open) {
		flow_put(&d->flow, 0, UI_LABEL, _("no plan for this kind"));
		flow_end(&d->flow);
	}
}

/* The nearest that works stands first: the others may show nothing. */
static void put_camera(struct detail *d) {
	struct camera_near near[APP_NEAR_MAX];
	size_t len = registry_near(&d->app->world.registry, d->inc->at, near, APP_NEAR_MAX);
	size_t i = registry_first_working(near, len);
	char distance[VIEW_TIME_SIZE];
	if (i >= len) {
		flow_put(&d->flow, 0, UI_CAMERA_DOWN,
			len > 0 ? _("No camera nearby works") : _("No camera is known nearby"));
		flow_end(&d->flow);
		return;
	}
	const struct camera *camera = near[i].camera;
	view_distance(distance, near[i].distance_m);
	flow_put(&d->flow, 0, UI_LABEL, _("camera"));
	flow_say(&d->flow, UI_TEXT, "%s %s %s %03d", camera->id, distance,
		_(geo_compass(near[i].bearing_deg)), near[i].bearing_deg);
	flow_put(&d->flow, 1, role_of_camera(camera->status), word_camera(camera->status));
	if (strcmp(camera->name, camera->id) != 0) {
		flow_put(&d->flow, 1, UI_LABEL, camera->name);
	}
	flow_put(&d->flow, 1, UI_MUTED, camera->fictional ? _("(fictional)") : "");
	flow_end(&d->flow);
}

/* While it is not verified the camera is what is needed first. */
void detail_need(struct detail *d) {
	bool camera = !d->cameras_shown && incident_is_open(d->inc);
	bool first = d->inc->verified_at_ms == 0;
	int indent = d->flow.indent;
	if (camera && first) {
		put_camera(d);
	}
	d->flow.indent = d->flow.cols > 2 * STEP_COL ? STEP_COL : indent;
	put_agencies(d);
	d->flow.indent = indent;
	if (camera && !first) {
		put_camera(d);
	}
}
