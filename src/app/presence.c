/* Who is there: the other consoles, and claims whose console is gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

static bool same(const struct who *a, const struct who *b) {
	return strcmp(a->name, b->name) == 0 && strcmp(a->position, b->position) == 0;
}

static bool is_there(const struct app *app, const struct who *who) {
	for (size_t i = 0; i < app->viewers_len; i++) {
		if (same(&app->viewers[i].who, who)) {
			return true;
		}
	}
	return false;
}

static int64_t absent_since(const struct app *app, const struct who *who) {
	for (size_t i = 0; i < app->absent_len; i++) {
		if (same(&app->absent[i].who, who)) {
			return app->absent[i].since_ms;
		}
	}
	return 0;
}

/* Keeps the moment for who was gone already. */
static void find_absent(struct app *app) {
	struct app_absent *absent = NULL;
	size_t len = 0;
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		bool known = inc->claim.name[0] == '\0' || !incident_is_open(inc) ||
			     is_there(app, &inc->claim);
		for (size_t i = 0; i < len && !known; i++) {
			known = same(&absent[i].who, &inc->claim);
		}
		if (!known) {
			int64_t since_ms = absent_since(app, &inc->claim);
			absent = mem_resize(absent, len + 1, sizeof(*absent));
			absent[len++] = (struct app_absent){.who = inc->claim,
				.since_ms = since_ms != 0 ? since_ms : app->now_ms};
		}
	}
	free(app->absent);
	app->absent = absent;
	app->absent_len = len;
}

void presence_set(struct app *app, const struct app_event *event) {
	for (size_t i = 0; i < event->desks_len; i++) {
		struct agency *agency =
			registry_agency(&app->world.registry, event->desks[i].agency);
		if (agency != NULL) {
			agency->desk = event->desks[i].desk;
		}
	}
	free(app->viewers);
	app->viewers = mem_alloc(event->viewers_len + 1, sizeof(*app->viewers));
	app->viewers_len = event->viewers_len;
	if (event->viewers_len > 0) {
		memcpy(app->viewers, event->viewers, event->viewers_len * sizeof(*app->viewers));
	}
	find_absent(app);
}

void presence_forget(struct app *app) {
	free(app->viewers);
	free(app->absent);
	app->viewers = NULL;
	app->absent = NULL;
	app->viewers_len = app->absent_len = 0;
}

struct timer_verdict app_claim_timer(const struct app *app, const struct incident *inc) {
	int64_t now_ms = app_feed_now(app), since_ms = 0;
	/* Without a link nobody can be seen: that says nothing of them. */
	if (app->link == APP_LINK_LIVE && inc->claim.name[0] != '\0') {
		since_ms = absent_since(app, &inc->claim);
	}
	bool gone = since_ms != 0 && !is_there(app, &inc->claim);
	return timers_judge_claim(
		&app->cfg.timers, inc, gone ? now_ms - (app->now_ms - since_ms) : 0, now_ms);
}

bool app_claim_is_stale(const struct app *app, const struct incident *inc) {
	return app_claim_timer(app, inc).level >= TIMER_LEVEL_WARN;
}

void app_viewers(const struct app *app, const char *incident, char *out, size_t size) {
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < app->viewers_len && len + 1 < size; i++) {
		const struct viewer *viewer = &app->viewers[i];
		if (strcmp(viewer->open, incident) != 0 ||
			(strcmp(viewer->who.name, app->name) == 0 &&
				strcmp(viewer->who.position, app->position) == 0)) {
			continue;
		}
		char one[2 * WHO_SIZE + 4];
		snprintf(one, sizeof(one), "%s%s%s%s", len > 0 ? ", " : "", viewer->who.name,
			viewer->who.position[0] != '\0' ? "@" : "", viewer->who.position);
		len += text_copy(out + len, size - len, one);
	}
}
