/* Steering a replay: what is asked of whoever plays it, and how it stands. */
#include <siaga/app/training.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/app/app.h>
#include <siaga/base/duration.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

static const struct {
	const char *text;
	int64_t percent;
} speeds[] = {
	{"0.25", 25},
	{"0.5", 50},
	{"1", 100},
	{"2", 200},
	{"4", 400},
	{"8", 800},
	{"16", 1600},
	{"32", 3200},
	{"64", TRAINING_SPEED_MOST},
};

bool speed_parse(const char *text, int64_t *percent) {
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++) {
		if (strcmp(speeds[i].text, text) == 0) {
			*percent = speeds[i].percent;
			return true;
		}
	}
	return false;
}

bool speed_is_known(int64_t percent) {
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++) {
		if (speeds[i].percent == percent) {
			return true;
		}
	}
	return false;
}

int64_t speed_next(int64_t percent, int by) {
	int64_t next = by > 0 ? percent * 2 : percent / 2;
	return next < TRAINING_SPEED_LEAST || next > TRAINING_SPEED_MOST ? percent : next;
}

void training_leave(struct app *app) {
	if (app->training.followed) {
		memset(&app->training, 0, sizeof(app->training));
	}
}

/* --- the class --- */

/* Stays among those who are there, while the class is before the trainer. */
static void choose(struct app *app, int at) {
	int most = (int)app->training.persons_len - 1;
	if (app->modal.type == MODAL_CLASS) {
		at = at < most ? at : most;
		app->modal.scroll = at > 0 ? at : 0;
	}
}

static void open_class(struct app *app) {
	const struct training *training = &app->training;
	if (!training->several) {
		notice_add(app, true, "%s", _("There is one trainee, and no class"));
		return;
	}
	modal_open(app, MODAL_CLASS, COMMAND_TRAINING_CLASS, NULL);
	for (size_t i = 0; i < training->persons_len; i++) {
		if (strcmp(training->persons[i].name, training->trainee) == 0) {
			choose(app, (int)i);
		}
	}
}

void training_class_key(struct app *app, uint32_t key, struct effects *fx) {
	const struct training *training = &app->training;
	int at = app->modal.scroll;
	if (key == KEY_CODE_ENTER && (size_t)at < training->persons_len) {
		struct effect *effect = effects_add(fx, EFFECT_TRAINING);
		effect->ask = TRAINING_TRAINEE;
		text_copy(effect->text, sizeof(effect->text), training->persons[at].name);
		modal_close(app);
	} else if (key == 'j' || key == KEY_CODE_DOWN) {
		choose(app, at + 1);
	} else if (key == 'k' || key == KEY_CODE_UP) {
		choose(app, at - 1);
	} else if (key == 'g' || key == KEY_CODE_HOME) {
		choose(app, 0);
	} else if (key == 'G' || key == KEY_CODE_END) {
		choose(app, TRAINING_PERSONS_MAX);
	} else if (key == 'q' || key == 'L') {
		modal_close(app);
	}
}

bool training_has_all(const struct app *app, enum command_id id) {
	bool steers = (command_get(id)->flags & COMMAND_TRAINING) != 0;
	return steers && app->training.several && id != COMMAND_TRAINING_CLASS &&
	       id != COMMAND_TRAINING_TRAINEE;
}

void training_set(struct app *app, const struct app_event *event) {
	app->training = *event->training;
	choose(app, app->modal.scroll);
	if (event->text == NULL) {
		return;
	}
	free(app->page);
	app->page = mem_dup_str(event->text);
	if (app->modal.type != MODAL_PAGE) {
		modal_open(app, MODAL_PAGE, COMMAND_TRAINING_SCORE, NULL);
	}
}

static bool ask(struct effect *out, enum training_ask what, int64_t number) {
	*out = (struct effect){.type = EFFECT_TRAINING, .ask = what, .seq = number};
	return true;
}

static bool jump(const struct app *app, int64_t by_ms, struct effect *out) {
	int64_t to_ms = app->training.at_ms + by_ms;
	return ask(out, TRAINING_SEEK, to_ms > 0 ? to_ms : 0);
}

/* A text that goes with what is asked. */
static bool ask_text(struct effect *out, enum training_ask what, const char *text) {
	ask(out, what, 0);
	text_copy(out->text, sizeof(out->text), text);
	return text[0] != '\0';
}

/* A name, without the blank that completion puts behind it. */
static bool ask_trainee(struct effect *out, const char *args) {
	bool ok = ask_text(out, TRAINING_TRAINEE, args);
	for (size_t len = strlen(out->text); len > 0 && out->text[len - 1] == ' ';) {
		out->text[--len] = '\0';
	}
	return ok;
}

/* "damkar silent" */
static bool ask_desk(struct effect *out, const char *args) {
	size_t len = strcspn(args, " ");
	const char *mood = args + len + strspn(args + len, " ");
	if (len == 0 || len >= AGENCY_ID_SIZE || mood[0] == '\0') {
		return false;
	}
	ask_text(out, TRAINING_DESK, mood);
	memcpy(out->id, args, len);
	out->id[len] = '\0';
	return true;
}

/* "12 damkar" */
static bool ask_decline(struct effect *out, const char *args) {
	char *rest;
	long long number = strtoll(args[0] == '#' ? args + 1 : args, &rest, 10);
	const char *agency = rest + strspn(rest, " ");
	size_t len = strcspn(agency, " ");
	if (number <= 0 || len == 0 || len >= AGENCY_ID_SIZE || agency[len] != '\0') {
		return false;
	}
	ask(out, TRAINING_DECLINE, number);
	memcpy(out->id, agency, len + 1);
	return true;
}

bool training_asks(
	const struct app *app, enum command_id id, const char *args, struct effect *out) {
	int64_t percent = app->training.speed_percent, at_ms;
	switch ((int)id) {
	case COMMAND_TRAINING_BACK: return jump(app, -TRAINING_JUMP_MS, out);
	case COMMAND_TRAINING_FASTER: return ask(out, TRAINING_SPEED, speed_next(percent, 1));
	case COMMAND_TRAINING_FORWARD: return jump(app, TRAINING_JUMP_MS, out);
	case COMMAND_TRAINING_NEXT: return ask(out, TRAINING_NEXT, 0);
	case COMMAND_TRAINING_PAUSE: return ask(out, TRAINING_PAUSE, 0);
	case COMMAND_TRAINING_RESTART: return ask(out, TRAINING_RESTART, 0);
	case COMMAND_TRAINING_SCORE: return ask(out, TRAINING_SCORE, 0);
	case COMMAND_TRAINING_SEEK:
		return duration_parse_clock(args, &at_ms) && ask(out, TRAINING_SEEK, at_ms);
	case COMMAND_TRAINING_SLOWER: return ask(out, TRAINING_SPEED, speed_next(percent, -1));
	case COMMAND_TRAINING_SPEED:
		return speed_parse(args, &percent) && ask(out, TRAINING_SPEED, percent);
	case COMMAND_TRAINING_SAY: return ask_text(out, TRAINING_SAY, args);
	case COMMAND_TRAINING_RAISE:
		return text_id_ok(args, TRAINING_KEY_SIZE - 1) &&
		       ask_text(out, TRAINING_RAISE, args);
	case COMMAND_TRAINING_DESK: return ask_desk(out, args);
	case COMMAND_TRAINING_DECLINE: return ask_decline(out, args);
	case COMMAND_TRAINING_LINK:
		return (strcmp(args, "up") == 0 || strcmp(args, "down") == 0) &&
		       ask_text(out, TRAINING_LINK, args);
	case COMMAND_TRAINING_TAKE: return ask(out, TRAINING_TAKE, 0);
	case COMMAND_TRAINING_TRAINEE: return ask_trainee(out, args);
	default: return false;
	}
}

bool training_run(struct app *app, const struct call *call, struct effects *fx) {
	struct effect effect;
	if ((command_get(call->id)->flags & COMMAND_TRAINING) == 0) {
		return false;
	}
	if (call->id == COMMAND_TRAINING_CLASS) {
		open_class(app);
	} else if (training_asks(app, call->id, call->args, &effect)) {
		effect.all = call->all;
		*effects_add(fx, EFFECT_TRAINING) = effect;
	} else {
		notice_add(app, true, "%s %s", command_get(call->id)->name,
			command_get(call->id)->usage);
	}
	return true;
}
