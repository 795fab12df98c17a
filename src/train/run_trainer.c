/* What a trainer changes in an exercise that is going on. */
#include <siaga/train/run.h>

#include <string.h>

#include <siaga/base/text.h>
#include <siaga/train/chance.h>

#include "run_private.h"

static void say(struct run *run, const char *text) {
	text_copy(run->told, sizeof(run->told), text);
	run->said = run->told;
	run->said_count++;
}

/* A place of the map, where there is one. */
static const struct feature *some_place(const struct run *run, int64_t nth) {
	const struct registry *reg = &sim_get_world(run->sim)->registry;
	size_t count = 0;
	for (size_t i = 0; i < reg->features_len; i++) {
		count += reg->features[i].kind == FEATURE_PLACE;
	}
	if (count == 0) {
		return NULL;
	}
	size_t chosen = (size_t)chance_between(
		run->cfg.seed, CHANCE_WHERE, "place", nth, 0, (int64_t)count - 1);
	for (size_t i = 0; i < reg->features_len; i++) {
		if (reg->features[i].kind == FEATURE_PLACE && chosen-- == 0) {
			return &reg->features[i];
		}
	}
	return NULL;
}

static bool raise_kind(struct run *run, enum kind kind, struct err *err) {
	const struct feature *place = some_place(run, ++run->raised_by_hand);
	struct sim_alarm ids;
	struct buf body = {0};
	if (place == NULL || place->points_len == 0) {
		return err_set(err, "no place on the map");
	}
	buf_printf(&body, "{\"kind\":\"%s\",\"lat\":%.7f,\"lon\":%.7f", kind_name(kind),
		place->points[0].lat_e7 / 1e7, place->points[0].lon_e7 / 1e7);
	if (strpbrk(place->name, "\"\\") == NULL) {
		buf_printf(&body, ",\"place\":\"%s\"", place->name);
	}
	buf_add_str(&body, "}");
	bool ok = sim_raise(run->sim, body.data, body.len, 0, &ids, err);
	buf_finish(&body);
	return ok;
}

static bool raise_word(struct run *run, const char *word, struct err *err) {
	const struct scenario_line *line = scenario_alarm(run->cfg.scenario, word);
	enum kind kind;
	bool ok = false;
	if (run_find(run, word) != NULL) {
		err_set(err, "\"%s\" has come already", word);
	} else if (line != NULL) {
		director_take(run->director, line);
		run_play_caller(run, line);
		ok = true;
	} else if (kind_find(word, &kind)) {
		ok = raise_kind(run, kind, err);
	} else {
		err_set(err, "\"%s\": no alarm of the scenario, and no kind", word);
	}
	run_settle(run);
	return ok;
}

static bool set_mood(struct run *run, const struct train_frame *ask, struct err *err) {
	enum desk_mood mood;
	if (!desk_mood_find(ask->text, &mood)) {
		return err_set(
			err, _("%s: not normal, decline, late, offline or silent"), ask->text);
	}
	if (registry_agency(&sim_get_world(run->sim)->registry, ask->word) == NULL) {
		return err_set(err, _("no agency \"%s\""), ask->word);
	}
	sim_set_mood(run->sim, ask->word, mood);
	return true;
}

static bool decline(struct run *run, const struct train_frame *ask, struct err *err) {
	const struct incident *inc = world_by_number(sim_get_world(run->sim), ask->number);
	struct refusal no;
	if (inc == NULL) {
		return err_set(err, _("no incident #%lld"), (long long)ask->number);
	}
	return sim_step(run->sim, ask->word, inc->id, ACTION_DECLINE, NULL, &no) ||
	       err_set(err, "%s", no.message);
}

bool run_train(struct run *run, const struct train_frame *ask, struct err *err) {
	struct train_frame copy = *ask;
	if (ask->ask >= TRAIN_SAY && ask->ask <= TRAIN_LINK) {
		run_note(run, &(struct tape_entry){.type = TAPE_TRAIN, .train = &copy});
	}
	switch (ask->ask) {
	case TRAIN_SAY: say(run, ask->text); return true;
	case TRAIN_RAISE: return raise_word(run, ask->word, err);
	case TRAIN_LINK: run->link_up = strcmp(ask->word, "up") == 0; return true;
	case TRAIN_DESK: return set_mood(run, ask, err);
	case TRAIN_DECLINE: return decline(run, ask, err);
	case TRAIN_PAUSE:
	case TRAIN_SPEED:
	case TRAIN_NEXT:
	case TRAIN_SEEK:
	case TRAIN_RESTART:
	case TRAIN_WATCH:
	case TRAIN_ASK_COUNT: break;
	}
	return err_set(err, "%s: not of the exercise", train_ask_name(ask->ask));
}
