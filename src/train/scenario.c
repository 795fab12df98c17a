#include <siaga/train/scenario.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

static int compare(const void *a, const void *b) {
	const struct scenario_line *x = a, *y = b;
	return x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms;
}

static bool is_timed(const struct scenario_line *line) {
	return line->type != LINE_HEAD && line->type != LINE_AGENCY;
}

/* By time; a stable insertion, because the file is nearly in order already. */
static void insert(struct scenario *sc, const struct scenario_line *line) {
	sc->lines = mem_resize(sc->lines, sc->len + 1, sizeof(*sc->lines));
	size_t at = sc->len++;
	while (at > 0 && compare(&sc->lines[at - 1], line) > 0) {
		sc->lines[at] = sc->lines[at - 1];
		at--;
	}
	sc->lines[at] = *line;
}

static bool is_blank(const char *line, size_t len) {
	for (size_t i = 0; i < len; i++) {
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
			return false;
		}
	}
	return true;
}

bool scenario_parse(
	struct scenario *sc, const char *text, size_t len, uint64_t seed, struct err *err) {
	const char *end = text + len;
	int number = 0;
	memset(sc, 0, sizeof(*sc));
	sc->seed = seed;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t width = stop != NULL ? (size_t)(stop - text) : (size_t)(end - text);
		number++;
		if (!is_blank(text, width) && text[0] != '#') {
			struct scenario_line line;
			if (!wire_get_scenario_line(&line, text, width, err)) {
				err_prefix(err, "line %d", number);
				scenario_finish(sc);
				return false;
			}
			if (line.type == LINE_HEAD) {
				text_copy(sc->title, sizeof(sc->title), line.text);
			}
			insert(sc, &line);
		}
		text += width + 1;
	}
	return true;
}

void scenario_finish(struct scenario *sc) {
	for (size_t i = 0; i < sc->len; i++) {
		scenario_line_finish(&sc->lines[i]);
	}
	free(sc->lines);
	memset(sc, 0, sizeof(*sc));
}

/* Lines without a time are not part of what is due. */
static void skip_untimed(struct scenario *sc) {
	while (sc->next < sc->len && !is_timed(&sc->lines[sc->next])) {
		sc->next++;
	}
}

const struct scenario_line *scenario_due(struct scenario *sc, int64_t at_ms) {
	skip_untimed(sc);
	if (sc->next < sc->len && sc->lines[sc->next].at_ms <= at_ms) {
		return &sc->lines[sc->next++];
	}
	return NULL;
}

int64_t scenario_next_ms(const struct scenario *sc) {
	for (size_t i = sc->next; i < sc->len; i++) {
		if (is_timed(&sc->lines[i])) {
			return sc->lines[i].at_ms;
		}
	}
	return -1;
}

const struct scenario_line *scenario_desk(const struct scenario *sc, const char *agency) {
	for (size_t i = 0; i < sc->len; i++) {
		if (sc->lines[i].type == LINE_AGENCY && strcmp(sc->lines[i].agency, agency) == 0) {
			return &sc->lines[i];
		}
	}
	return NULL;
}

/* xorshift64*, Vigna 2016: small, repeatable, and nothing here is a secret. */
static uint64_t draw(struct scenario *sc) {
	uint64_t x = sc->seed != 0 ? sc->seed : 88172645463325252u;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	sc->seed = x;
	return x * 2685821657736338717u;
}

bool scenario_answer(struct scenario *sc, const struct scenario_line *desk, enum event_type after,
	enum action *action, int64_t *wait_ms) {
	size_t step;
	if (after == EVENT_DISPATCH_REQUESTED) {
		step = 0;
		double chance = (double)(draw(sc) >> 11) / 9007199254740992.0;
		*action = chance < desk->decline ? ACTION_DECLINE : ACTION_ACCEPT;
	} else if (after == EVENT_DISPATCH_ACCEPTED) {
		step = 1;
		*action = ACTION_EN_ROUTE;
	} else if (after == EVENT_DISPATCH_EN_ROUTE) {
		step = 2;
		*action = ACTION_ON_SCENE;
	} else if (after == EVENT_DISPATCH_ON_SCENE) {
		step = 3;
		*action = ACTION_CLEAR;
	} else {
		return false;
	}
	int64_t min = desk->step_ms[step][0], max = desk->step_ms[step][1];
	*wait_ms = max > min ? min + (int64_t)(draw(sc) % (uint64_t)(max - min + 1)) : min;
	return true;
}
