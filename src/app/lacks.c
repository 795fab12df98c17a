/* What is known to have happened at an incident, and is not here: the feed is asked to tell it. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#define LACKS_MAX 1024

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

bool lacks_add_open(struct app *app) {
	bool all = true;
	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (incident_is_open(inc)) {
			all = lacks_add(app, inc->id, inc->last_seq + 1) && all;
		}
	}
	return all;
}

void lacks_ask(struct app *app, struct effects *fx) {
	for (size_t i = 0; i < app->lacks_len && app->link == APP_LINK_LIVE; i++) {
		struct lack *lack = &app->lacks[i];
		if (!lack->asked) {
			text_copy(effects_add(fx, EFFECT_TELL)->id, UUID_SIZE, lack->incident);
			lack->asked = true;
		}
	}
}

void lacks_again(struct app *app) {
	for (size_t i = 0; i < app->lacks_len; i++) {
		app->lacks[i].asked = false;
	}
}

static bool is_here(const struct app *app, const struct lack *lack) {
	const struct incident *inc = world_incident(&app->world, lack->incident);
	return inc != NULL && inc->last_seq >= lack->seq;
}

void lacks_link(struct app *app) {
	lacks_again(app);
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
