/* What is known to have happened at an incident, and is not here: the feed is asked to tell it. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#define LACKS_MAX 1024
/* A feed takes 100 messages of a token at once and 20 a second after that, unless it is told
 * otherwise, and what the operator does comes first. */
#define ASK_FIRST 40
#define ASK_PER_S 10

/* Of which incident, and up to which event at least. */
struct lack {
	char incident[UUID_SIZE];
	int64_t seq;
	bool asked; /* on this link */
};

static struct lack *find(const struct app *app, const char *incident) {
	for (size_t i = 0; i < app->lacks_len; i++) {
		if (strcmp(app->lacks[i].incident, incident) == 0) {
			return &app->lacks[i];
		}
	}
	return NULL;
}

bool lacks_has(const struct app *app, const char *incident) {
	return find(app, incident) != NULL;
}

bool lacks_add(struct app *app, const char *incident, int64_t seq) {
	struct lack *lack = find(app, incident);
	if (lack == NULL && app->lacks_len == LACKS_MAX) {
		return false;
	}
	if (lack == NULL) {
		app->lacks = mem_resize(app->lacks, app->lacks_len + 1, sizeof(*app->lacks));
		lack = &app->lacks[app->lacks_len++];
		*lack = (struct lack){0};
		text_copy(lack->incident, sizeof(lack->incident), incident);
	}
	lack->seq = seq;
	lack->asked = false;
	return true;
}

void lacks_drop(struct app *app, const char *incident) {
	struct lack *lack = find(app, incident);
	if (lack != NULL) {
		*lack = app->lacks[--app->lacks_len];
	}
}

void lacks_ended(struct app *app, const char *incident) {
	const struct lack *lack = find(app, incident);
	if (lack != NULL && !lack->asked) {
		lacks_drop(app, incident);
	}
}

bool lacks_add_open(struct app *app) {
	bool all = true;
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (incident_is_open(inc)) {
			all = lacks_add(app, inc->id, inc->last_seq + 1) && all;
		}
	}
	return all;
}

static bool is_here(const struct app *app, const struct lack *lack) {
	const struct incident *inc = world_incident(&app->world, lack->incident);
	return inc != NULL && inc->last_seq >= lack->seq;
}

bool lacks_some(const struct app *app, const char *incident) {
	const struct lack *lack = find(app, incident);
	return lack != NULL && !is_here(app, lack);
}

void lacks_ask(struct app *app, struct effects *fx) {
	int64_t passed_ms = app->now_ms - app->lacks_ms;
	if (app->lacks_len == 0 || app->link != APP_LINK_LIVE || app->again_at_ms != 0) {
		return;
	}
	app->lacks_may += passed_ms * ASK_PER_S;
	app->lacks_may = app->lacks_may < ASK_FIRST * 1000 ? app->lacks_may : ASK_FIRST * 1000;
	app->lacks_ms = app->now_ms;
	for (size_t i = 0; i < app->lacks_len && app->lacks_may >= 1000; i++) {
		struct lack *lack = &app->lacks[i];
		if (!lack->asked) {
			text_copy(effects_add(fx, EFFECT_TELL)->id, UUID_SIZE, lack->incident);
			lack->asked = true;
			app->lacks_may -= 1000;
		}
	}
}

void lacks_again(struct app *app) {
	for (size_t i = 0; i < app->lacks_len; i++) {
		app->lacks[i].asked = is_here(app, &app->lacks[i]);
	}
	app->lacks_may = 0;
}

void lacks_link(struct app *app) {
	lacks_again(app);
	app->lacks_may = ASK_FIRST * 1000;
	for (size_t i = app->lacks_len; i > 0; i--) {
		if (is_here(app, &app->lacks[i - 1])) {
			app->lacks[i - 1] = app->lacks[--app->lacks_len];
		}
	}
}

void lacks_finish(struct app *app) {
	free(app->lacks);
	app->lacks = NULL;
	app->lacks_len = 0;
}
