#include "private.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

/* A prompt that nobody finishes does not freeze the queue for ever. */
#define PROMPT_MS  120000
#define READING_MS 150 /* a strip is not read and answered in less */
#define SUDDEN_MS  1000
#define FALLEN_MS  500 /* a key that was on its way when it closed was not for the queue */
#define TYPING_MS  15  /* keys come no faster from fingers */

bool modal_is_page(enum modal_type type) {
	return type == MODAL_HELP || type == MODAL_PAGE || type == MODAL_CLASS;
}

bool modal_is_text(enum modal_type type) {
	return type == MODAL_NOTE || type == MODAL_CAUSE || type == MODAL_MERGE ||
	       type == MODAL_FILTER || type == MODAL_LINE;
}

bool modal_makes_room(const struct app *app, uint32_t key) {
	return modal_is_page(app->modal.type) && !app->modal.typing &&
	       command_of_key(app, key) == COMMAND_LINE;
}

bool modal_is_strip(enum modal_type type) {
	return type == MODAL_ARM || type == MODAL_RECALL || type == MODAL_JOIN ||
	       type == MODAL_GROUP;
}

struct incident *modal_incident(const struct app *app) {
	return app->modal.targets_len > 0
		       ? world_incident(&app->world, app->modal.targets[0].incident)
		       : NULL;
}

static void add_target(struct modal *modal, const struct incident *inc) {
	struct target *target = &modal->targets[modal->targets_len++];
	text_copy(target->incident, sizeof(target->incident), inc->id);
	target->number = inc->number;
	target->rev = inc->rev;
}

void modal_open(struct app *app, enum modal_type type, enum command_id command,
	const struct incident *inc) {
	memset(&app->modal, 0, sizeof(app->modal));
	app->modal.type = type;
	app->modal.command = command;
	app->modal.opened_ms = app->now_ms;
	app->modal.candidate = -1;
	if (inc != NULL) {
		add_target(&app->modal, inc);
	}
}

bool modal_open_marked(struct app *app, enum modal_type type, enum command_id command) {
	const char *why = NULL, *last = NULL;
	size_t refused = 0;
	modal_open(app, type, command, NULL);
	for (size_t i = 0; i < app->marks_len; i++) {
		const struct incident *inc = world_incident(&app->world, app->marks[i]);
		if (inc != NULL && command_allowed(app, command, inc, &why)) {
			add_target(&app->modal, inc);
		} else {
			refused++;
			last = why;
		}
	}
	if (app->modal.targets_len == 0) {
		modal_close(app);
		notice_add(app, true, "%s: %s", command_get(command)->name,
			last != NULL ? last : _("nothing is marked"));
		return false;
	}
	if (refused > 0) {
		notice_add(app, true, _("%zu of the marked left out: %s"), refused,
			last != NULL ? last : "?");
	}
	return true;
}

void modal_close(struct app *app) {
	draft_keep(app);
	memset(&app->modal, 0, sizeof(app->modal));
	rows_refresh(app);
}

void modal_drawn(struct app *app, bool cut) {
	if (cut) {
		app->modal.drawn = false;
	} else if (app->modal.type != MODAL_NONE && !app->modal.drawn) {
		app->modal.drawn = true;
		app->modal.drawn_ms = app->now_ms;
	}
}

int64_t app_answer_at(const struct app *app) {
	const struct modal *modal = &app->modal;
	/* The question about an old action comes by itself, perhaps under fingers that do something
	 * else. */
	int64_t reading_ms = modal->type == MODAL_RESEND   ? SUDDEN_MS
			     : modal_is_strip(modal->type) ? READING_MS
							   : 0;
	int64_t read_ms = modal->drawn_ms + reading_ms, typed_ms = app->key_ms + TYPING_MS;
	return !modal->drawn ? INT64_MAX : read_ms > typed_ms ? read_ms : typed_ms;
}

bool modal_is_answered(const struct app *app) {
	return app->now_ms >= app_answer_at(app);
}

void modal_set_text(struct app *app, const char *text) {
	struct modal *modal = &app->modal;
	modal->text_len = text_copy(modal->text, sizeof(modal->text), text);
}

/* It closes by itself, perhaps under the fingers of somebody who answers it. */
static void fall(struct app *app) {
	app->fallen = app->modal.type;
	app->fell_ms = app->now_ms;
	modal_close(app);
}

void modal_drop_resend(struct app *app, const char *id) {
	if (app->modal.type == MODAL_RESEND && strcmp(app->modal.resend, id) == 0) {
		fall(app);
	}
}

static bool is_agency_key(const struct registry *reg, uint32_t key) {
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *agency = &reg->agencies[i];
		if ((agency->letter != '\0' && key == (uint32_t)agency->letter) ||
			(agency->fkey != 0 && key == KEY_CODE_F0 + (uint32_t)agency->fkey)) {
			return true;
		}
	}
	return false;
}

bool modal_was_meant(struct app *app, uint32_t key) {
	enum modal_type type = app->fallen;
	size_t len;
	const struct app_menu_item *items = menu_of(type, &len);
	bool meant = (type == MODAL_LETTER && is_agency_key(&app->world.registry, key)) ||
		     (type == MODAL_RESEND && (key == 'y' || key == 'd'));
	for (size_t i = 0; i < len; i++) {
		meant = meant || key == (uint32_t)items[i].letter ||
			(items[i].home != 0 && key == (uint32_t)items[i].home);
	}
	/* Once: the next key was pressed for what is on the screen. */
	app->fallen = MODAL_NONE;
	return meant && app->now_ms - app->fell_ms < FALLEN_MS;
}

void modal_tick(struct app *app) {
	enum modal_type type = app->modal.type;
	int64_t open_ms = app->now_ms - app->modal.opened_ms;
	if (modal_is_strip(type) && open_ms > app->cfg.arm_ms) {
		fall(app);
		notice_add(app, true, "%s", _("Nothing was sent: the strip expired"));
	} else if (type == MODAL_LETTER && open_ms > app->cfg.arm_ms) {
		fall(app);
	} else if (type != MODAL_NONE && !modal_is_page(type) && !modal_is_text(type) &&
		   open_ms > PROMPT_MS) {
		fall(app);
	}
}

/* Agencies that somebody else has sent meanwhile are taken off the strip. */
static void drop_sent_agencies(struct app *app, const struct incident *inc) {
	struct modal *modal = &app->modal;
	size_t kept = 0;
	for (size_t i = 0; i < modal->agencies_len; i++) {
		const struct dispatch *last = incident_dispatch(inc, modal->agencies[i]);
		if (last == NULL || !dispatch_is_live(last)) {
			memmove(modal->agencies[kept++], modal->agencies[i], AGENCY_ID_SIZE);
		}
	}
	if (kept == 0) {
		long long number = (long long)inc->number;
		fall(app);
		notice_add(app, true, _("#%lld: somebody else has sent them: nothing was sent"),
			number);
	} else if (kept < modal->agencies_len) {
		modal->agencies_len = kept;
		modal->drawn =
			false; /* The strip has changed: it must be seen before `y` counts. */
	}
}

/* Somebody else has taken or verified it: sending does not do that again. */
static void follow_changes(struct app *app, const struct incident *inc) {
	struct modal *modal = &app->modal;
	if (modal->take && inc->state != INCIDENT_NEW) {
		modal->take = false;
		modal->targets[0].rev = inc->rev;
		modal->drawn = false;
	}
	if (modal->method != METHOD_NONE && inc->verified_at_ms != 0) {
		modal->method = METHOD_NONE;
		modal->drawn = false;
	}
	drop_sent_agencies(app, inc);
}

bool modal_drop_ended(struct app *app) {
	struct modal *modal = &app->modal;
	size_t kept = 0;
	long long ended = 0;
	for (size_t i = 0; i < modal->targets_len; i++) {
		const struct incident *inc =
			world_incident(&app->world, modal->targets[i].incident);
		if (inc != NULL && incident_is_open(inc)) {
			modal->targets[kept++] = modal->targets[i];
		} else {
			ended = (long long)modal->targets[i].number;
		}
	}
	if (kept == 0) {
		fall(app);
		notice_add(app, true, _("#%lld has ended meanwhile: nothing was sent"), ended);
		return false;
	}
	const struct incident *into = world_incident(&app->world, modal->into);
	if (modal->type == MODAL_JOIN && (into == NULL || !incident_is_open(into))) {
		ended = (long long)modal->into_number;
		fall(app);
		notice_add(app, true, _("#%lld has ended meanwhile: nothing was sent"), ended);
		return false;
	}
	if (kept < modal->targets_len) {
		modal->targets_len = kept;
		modal->drawn = false;
	}
	return true;
}

void modal_check(struct app *app) {
	const struct modal *modal = &app->modal;
	/* A text is not taken away from who types it: the rest would be keys of the queue. */
	if (modal->targets_len == 0 || modal_is_text(modal->type) || modal->type == MODAL_RESEND ||
		!modal_drop_ended(app)) {
		return;
	}
	const struct incident *inc = modal_incident(app);
	if (modal->type == MODAL_ARM && inc != NULL) {
		follow_changes(app, inc);
	}
}
