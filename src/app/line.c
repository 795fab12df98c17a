/* The command line: VERB [NUMBER] [ARGUMENTS]. The number says which incident, from any screen and
 * without moving the selection; without it, or with `.`, the selected one is meant. */
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

bool line_word(const char **rest, char *out, size_t size) {
	const char *at = *rest + strspn(*rest, " ");
	size_t len = strcspn(at, " ");
	size_t fits = len < size ? len : size - 1;
	/* Whatever it is, it comes back in a message: no half of a character. */
	while (fits < len && fits > 0 && ((unsigned char)at[fits] & 0xc0) == 0x80) {
		fits--;
	}
	memcpy(out, at, fits);
	out[fits] = '\0';
	at += len;
	*rest = at + strspn(at, " ");
	return len > 0;
}

void line_remember(struct app *app, const char *line) {
	if (line[strspn(line, " ")] == '\0' ||
		(app->lines_len > 0 && strcmp(app->lines[app->lines_len - 1], line) == 0)) {
		return;
	}
	if (app->lines == NULL) {
		app->lines = mem_alloc(APP_LINES_MAX, sizeof(*app->lines));
	}
	if (app->lines_len == APP_LINES_MAX) {
		memmove(app->lines, app->lines + 1, (APP_LINES_MAX - 1) * sizeof(*app->lines));
		app->lines_len--;
	}
	text_copy(app->lines[app->lines_len++], APP_TEXT_MAX, line);
}

/* "412", "#412" */
static bool is_number(const char *word) {
	word += word[0] == '#';
	size_t digits = strspn(word, "0123456789");
	return digits > 0 && digits < 18 && word[digits] == '\0';
}

static const struct incident *by_number(struct app *app, const char *word) {
	long long number = strtoll(word + (word[0] == '#'), NULL, 10);
	const struct incident *inc = world_by_number(&app->world, number);
	if (inc == NULL || !app_is_ours(app, inc)) {
		notice_add(app, true, _("no incident #%lld here"), number);
		return NULL;
	}
	return inc;
}

static void bad(struct app *app, enum command_id id, const char *word) {
	notice_add(app, true, _("%s %s: \"%s\" is none of these"), command_get(id)->name,
		command_get(id)->usage, word);
}

void line_usage(struct app *app, enum command_id id) {
	notice_add(app, true, "%s %s", command_get(id)->name, command_get(id)->usage);
}

/* The agencies that the line names, into out; false and a notice where one is unknown. */
static bool agencies(struct app *app, const char *args, char (*out)[AGENCY_ID_SIZE], size_t *len) {
	char word[64];
	*len = 0;
	while (line_word(&args, word, sizeof(word))) {
		const struct registry *reg = &app->world.registry;
		const struct agency *agency = registry_agency(reg, word);
		for (size_t i = 0; i < reg->agencies_len && agency == NULL; i++) {
			if (strcasecmp(reg->agencies[i].short_name, word) == 0) {
				agency = &reg->agencies[i];
			}
		}
		if (agency == NULL) {
			notice_add(app, true, _("no agency \"%s\""), word);
			return false;
		}
		bool twice = false;
		for (size_t i = 0; i < *len; i++) {
			twice = twice || strcmp(out[i], agency->id) == 0;
		}
		if (!twice && *len < PLAN_AGENCIES_MAX) {
			text_copy(out[(*len)++], AGENCY_ID_SIZE, agency->id);
		}
	}
	return true;
}

/* ":phone AGENCY STEP": what a desk without software said on the telephone. */
static void phone(struct app *app, const struct call *call, struct effects *fx) {
	char agency[64], step[32];
	const char *rest = call->args;
	enum action action;
	line_word(&rest, agency, sizeof(agency));
	line_word(&rest, step, sizeof(step));
	if (!action_find(step, &action) || action < ACTION_ACCEPT || action > ACTION_CLEAR) {
		notice_add(
			app, true, "%s", _("phone AGENCY accept|decline|en_route|on_scene|clear"));
		return;
	}
	action_step(app, action, call->inc, agency, _("by telephone"), fx);
}

/* Chooses in a menu by the word instead of the letter. */
static bool choose(struct app *app, const struct call *call, enum modal_type type, int value,
	const char *camera, struct effects *fx) {
	modal_open(app, type, call->id, call->inc);
	text_copy(app->modal.camera, sizeof(app->modal.camera), camera);
	action_choose(app, value, fx);
	if (app->modal.type == type) {
		modal_close(app); /* It could not be done; a notice said why. */
	}
	return true;
}

static bool menu_word(struct app *app, const struct call *call, struct effects *fx) {
	char word[64], camera[CAMERA_ID_SIZE];
	const char *rest = call->args;
	enum method method;
	enum reject_reason reason;
	enum disposition disposition;
	enum kind kind;
	enum priority priority;
	line_word(&rest, word, sizeof(word));
	line_word(&rest, camera, sizeof(camera));
	if (call->id == COMMAND_VERIFY && method_find(word, &method)) {
		if (camera[0] != '\0' && registry_camera(&app->world.registry, camera) == NULL) {
			notice_add(app, true, _("no camera \"%s\""), camera);
			return true;
		}
		return choose(app, call, MODAL_METHOD, (int)method, camera, fx);
	}
	if (call->id == COMMAND_REJECT && reject_reason_find(word, &reason)) {
		return choose(app, call, MODAL_REASON, (int)reason, "", fx);
	}
	if (call->id == COMMAND_CLOSE && disposition_find(word, &disposition)) {
		return choose(app, call, MODAL_DISPOSITION, (int)disposition, "", fx);
	}
	if (call->id == COMMAND_KIND && kind_find(word, &kind)) {
		return choose(app, call, MODAL_KIND, (int)kind, "", fx);
	}
	const char upper[] = {'P', word[0] != '\0' ? word[1] : '\0', '\0'};
	bool is_priority = (word[0] == 'p' || word[0] == 'P') && strlen(word) == 2;
	if (call->id == COMMAND_PRIORITY && is_priority && priority_find(upper, &priority)) {
		return choose(app, call, MODAL_PRIORITY, (int)priority, "", fx);
	}
	if (call->id == COMMAND_HOLD) {
		char *end;
		long minutes = strtol(word, &end, 10);
		end += *end == 'm';
		if (minutes >= 1 && minutes <= 24 * 60 && *end == '\0') {
			return choose(app, call, MODAL_HOLD, (int)minutes, "", fx);
		}
	}
	bad(app, call->id, word);
	return true;
}

/* The text of a note or a reason; quotes around it are taken off. */
static void text(
	struct app *app, const struct call *call, enum modal_type type, struct effects *fx) {
	char clean[APP_TEXT_MAX];
	size_t len = text_copy(clean, sizeof(clean), call->args);
	modal_open(app, type, call->id, call->inc);
	if (len >= 2 && clean[0] == '"' && clean[len - 1] == '"') {
		clean[len - 1] = '\0';
		modal_set_text(app, clean + 1);
	} else {
		modal_set_text(app, clean);
	}
	action_text(app, fx);
	if (app->modal.type == type) {
		modal_close(app);
	}
}

static void place(struct app *app, const struct call *call, struct effects *fx) {
	struct command cmd = outbox_command(app, ACTION_UPDATE, call->inc);
	cmd.has |= HAS_PLACE;
	text_copy(cmd.place, sizeof(cmd.place), call->args);
	outbox_submit(app, &cmd, fx);
}

bool line_incident(struct app *app, const struct call *call, struct effects *fx) {
	char ids[PLAN_AGENCIES_MAX][AGENCY_ID_SIZE];
	size_t len;
	switch ((int)call->id) {
	case COMMAND_ARM:
		if (agencies(app, call->args, ids, &len)) {
			action_arm(app, call->inc, (const char(*)[AGENCY_ID_SIZE])ids, len);
		}
		return true;
	case COMMAND_CANCEL:
		if (agencies(app, call->args, ids, &len)) {
			if (len == 1) {
				action_step(app, ACTION_CANCEL, call->inc, ids[0], NULL, fx);
			} else {
				line_usage(app, call->id);
			}
		}
		return true;
	case COMMAND_PHONE: phone(app, call, fx); return true;
	case COMMAND_VERIFY:
	case COMMAND_REJECT:
	case COMMAND_CLOSE:
	case COMMAND_KIND:
	case COMMAND_PRIORITY:
	case COMMAND_HOLD: return menu_word(app, call, fx);
	case COMMAND_NOTE: text(app, call, MODAL_NOTE, fx); return true;
	case COMMAND_CLAIM:
	case COMMAND_DECLINE: text(app, call, MODAL_CAUSE, fx); return true;
	case COMMAND_MERGE: text(app, call, MODAL_MERGE, fx); return true;
	case COMMAND_PLACE: place(app, call, fx); return true;
	default: bad(app, call->id, call->args); return true;
	}
}

/* Does this command's first word say which incident? */
static bool takes_incident(enum command_id id) {
	return (command_get(id)->flags & COMMAND_INCIDENT) != 0 || id == COMMAND_SELECT ||
	       id == COMMAND_OPEN;
}

void line_run(struct app *app, const char *line, struct effects *fx) {
	char verb[64], word[64];
	const char *rest = line;
	struct call call = {.inc = app_selected(app), .args = ""};
	if (!line_word(&rest, verb, sizeof(verb))) {
		return;
	}
	if (is_number(verb)) {
		call.id = COMMAND_SELECT;
		call.inc = by_number(app, verb);
		if (call.inc != NULL) {
			keys_run(app, &call, fx);
		}
		return;
	}
	if (strcmp(verb, "quit!") == 0 || strcmp(verb, "q!") == 0) {
		call.id = COMMAND_QUIT;
		call.args = "!";
		keys_run(app, &call, fx);
		return;
	}
	size_t len = strlen(verb);
	call.all = len > 1 && verb[len - 1] == '!';
	verb[len - call.all] = '\0';
	call.id = strcmp(verb, "q") == 0 ? COMMAND_QUIT : command_find(verb);
	if (call.all && (call.id == COMMAND_COUNT || !training_has_all(app, call.id))) {
		notice_add(app, true, _("no command \"%s!\"; ? lists them"), verb);
		return;
	}
	if (call.id == COMMAND_COUNT) {
		notice_add(app, true, _("no command \"%s\"; ? lists them"), verb);
		return;
	}
	call.args = rest;
	if (takes_incident(call.id) && line_word(&rest, word, sizeof(word))) {
		/* A number alone is minutes where minutes are meant: ":hold 15". */
		bool minutes = command_get(call.id)->arg == ARG_DURATION && rest[0] == '\0' &&
			       word[0] != '#';
		if (is_number(word) && !minutes) {
			call.inc = by_number(app, word);
			if (call.inc == NULL) {
				return;
			}
			call.args = rest;
			call.named = true;
		} else if (strcmp(word, ".") == 0) {
			call.args = rest;
		}
	}
	if (call.args[0] != '\0' && command_get(call.id)->usage[0] == '\0') {
		notice_add(app, true, _("%s takes nothing after it"), command_get(call.id)->name);
		return;
	}
	keys_run(app, &call, fx);
}
