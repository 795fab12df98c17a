/* A note that was begun is kept when something more urgent comes, one for each incident. */
#include <string.h>

#include <siaga/base/text.h>

#include "private.h"

static struct app_draft *find(struct app *app, const char *incident) {
	for (size_t i = 0; i < APP_DRAFTS_MAX; i++) {
		if (strcmp(app->drafts[i].incident, incident) == 0) {
			return &app->drafts[i];
		}
	}
	return NULL;
}

void draft_keep(struct app *app) {
	const struct modal *modal = &app->modal;
	if (modal->type != MODAL_NOTE || modal->targets_len != 1 || modal->text_len == 0) {
		return;
	}
	struct app_draft *draft = find(app, modal->targets[0].incident);
	if (draft == NULL) {
		/* The oldest goes when all places are taken. */
		draft = find(app, "");
		if (draft == NULL) {
			memmove(app->drafts, app->drafts + 1,
				(APP_DRAFTS_MAX - 1) * sizeof(app->drafts[0]));
			draft = &app->drafts[APP_DRAFTS_MAX - 1];
		}
	}
	text_copy(draft->incident, sizeof(draft->incident), modal->targets[0].incident);
	text_copy(draft->text, sizeof(draft->text), modal->text);
	notice_add(app, false, _("The note on #%lld is kept; e goes on with it"),
		(long long)modal->targets[0].number);
}

void draft_take(struct app *app) {
	if (app->modal.type != MODAL_NOTE || app->modal.targets_len != 1) {
		return;
	}
	struct app_draft *draft = find(app, app->modal.targets[0].incident);
	if (draft != NULL) {
		modal_set_text(app, draft->text);
		memset(draft, 0, sizeof(*draft));
	}
}
