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

int64_t speed_next(int64_t percent, int by) {
	int64_t next = by > 0 ? percent * 2 : percent / 2;
	return next < TRAINING_SPEED_LEAST || next > TRAINING_SPEED_MOST ? percent : next;
}

void training_set(struct app *app, const struct app_event *event) {
	app->training = *event->training;
	if (event->text == NULL) {
		return;
	}
	free(app->page);
	app->page = mem_dup_str(event->text);
	if (app->modal.type != MODAL_PAGE) {
		modal_open(app, MODAL_PAGE, COMMAND_TRAINING_SCORE, NULL);
	}
}

static void ask(struct effects *fx, enum training_ask what, int64_t number) {
	struct effect *effect = effects_add(fx, EFFECT_TRAINING);
	effect->ask = what;
	effect->seq = number;
}

static void seek(struct app *app, const char *text, struct effects *fx) {
	int64_t at_ms;
	if (duration_parse_clock(text, &at_ms)) {
		ask(fx, TRAINING_SEEK, at_ms);
	} else {
		notice_add(
			app, true, "%s", _("training-seek TIME: minutes:seconds, such as 12:30"));
	}
}

static void jump(const struct app *app, int64_t by_ms, struct effects *fx) {
	int64_t to_ms = app->training.at_ms + by_ms;
	ask(fx, TRAINING_SEEK, to_ms > 0 ? to_ms : 0);
}

bool training_run(struct app *app, const struct call *call, struct effects *fx) {
	int64_t percent = app->training.speed_percent;
	switch ((int)call->id) {
	case COMMAND_TRAINING_BACK: jump(app, -TRAINING_JUMP_MS, fx); return true;
	case COMMAND_TRAINING_FORWARD: jump(app, TRAINING_JUMP_MS, fx); return true;
	case COMMAND_TRAINING_FASTER: ask(fx, TRAINING_SPEED, speed_next(percent, 1)); return true;
	case COMMAND_TRAINING_SLOWER: ask(fx, TRAINING_SPEED, speed_next(percent, -1)); return true;
	case COMMAND_TRAINING_NEXT: ask(fx, TRAINING_NEXT, 0); return true;
	case COMMAND_TRAINING_PAUSE: ask(fx, TRAINING_PAUSE, 0); return true;
	case COMMAND_TRAINING_RESTART: ask(fx, TRAINING_RESTART, 0); return true;
	case COMMAND_TRAINING_SCORE: ask(fx, TRAINING_SCORE, 0); return true;
	case COMMAND_TRAINING_TAKE: ask(fx, TRAINING_TAKE, 0); return true;
	case COMMAND_TRAINING_SEEK: seek(app, call->args, fx); return true;
	case COMMAND_TRAINING_SPEED:
		if (speed_parse(call->args, &percent)) {
			ask(fx, TRAINING_SPEED, percent);
		} else {
			notice_add(app, true, "%s",
				_("training-speed NUMBER: 0.25, 0.5, 1, 2, 4, 8, 16, 32 or 64"));
		}
		return true;
	default: return false;
	}
}
