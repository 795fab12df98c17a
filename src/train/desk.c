#include <siaga/train/desk.h>

#include <siaga/base/macros.h>
#include <siaga/train/chance.h>

#define LATE_TIMES 4 /* so much longer takes an answer that is late */

/* What it answers to being asked; false: nothing. */
static bool reply(const struct scenario_line *desk, enum desk_mood mood, uint64_t seed,
	int64_t about, enum action *action) {
	*action = ACTION_ACCEPT;
	if (mood == MOOD_SILENT ||
		chance_share(seed, CHANCE_SILENT, desk->agency, about) < desk->silent) {
		return false;
	}
	if (mood == MOOD_DECLINE ||
		chance_share(seed, CHANCE_DECLINE, desk->agency, about) < desk->decline) {
		*action = ACTION_DECLINE;
	}
	return true;
}

bool desk_answer(const struct scenario_line *desk, enum desk_mood mood, uint64_t seed,
	int64_t about, enum event_type after, enum action *action, int64_t *wait_ms) {
	/* In the order of step_ms. */
	static const struct {
		enum event_type after;
		enum action action;
	} steps[] = {
		{EVENT_DISPATCH_REQUESTED, ACTION_ACCEPT},
		{EVENT_DISPATCH_ACCEPTED, ACTION_EN_ROUTE},
		{EVENT_DISPATCH_EN_ROUTE, ACTION_ON_SCENE},
		{EVENT_DISPATCH_ON_SCENE, ACTION_CLEAR},
	};
	size_t i = 0;
	while (i < ARRAY_LEN(steps) && steps[i].after != after) {
		i++;
	}
	if (i == ARRAY_LEN(steps)) {
		return false;
	}
	*action = steps[i].action;
	if (i == 0 && !reply(desk, mood, seed, about, action)) {
		return false;
	}
	*wait_ms = chance_between(seed, (enum chance)(CHANCE_STEP + (int)i), desk->agency, about,
		desk->step_ms[i][0], desk->step_ms[i][1]);
	*wait_ms *= i == 0 && mood == MOOD_LATE ? LATE_TIMES : 1;
	return true;
}
