/* When the lines of a scenario can happen, and which of them never do. */
#include <stdlib.h>
#include <string.h>

#include "check_private.h"

/* Lines that wait for lines that wait for lines: each pass over them, forwards and backwards by
 * turns, settles a whole chain. What takes more than this is no scenario that a person wrote. */
#define PASSES_MAX 64

/* --- the soonest --- */

static int64_t soonest_of(struct named *table, const char *name) {
	const struct named *entry = check_find(table, name);
	/* What is not there is said elsewhere, and holds nothing up. */
	return entry != NULL ? entry->soonest_ms : 0;
}

static int64_t cond_soonest(const struct check *c, const struct cond *cond) {
	int64_t least = CHECK_NEVER, most = 0;
	switch (cond->type) {
	case COND_ALL:
	case COND_ANY:
		for (size_t i = 0; i < cond->parts_len; i++) {
			int64_t part = cond_soonest(c, &cond->parts[i]);
			least = part < least ? part : least;
			most = part > most ? part : most;
		}
		return cond->type == COND_ALL ? most : least;
	case COND_LINE: return soonest_of(c->ids, cond->name);
	case COND_DID:
		least = cond->key[0] != '\0' ? soonest_of(c->alarms, cond->key) : 0;
		most = cond->into[0] != '\0' ? soonest_of(c->alarms, cond->into) : 0;
		return least > most ? least : most;
	case COND_SELECTED:
	case COND_STATE:
	case COND_STATUS: return soonest_of(c->alarms, cond->key);
	case COND_NOT:
	case COND_COMMAND:
	case COND_TYPE_COUNT: break;
	}
	return 0;
}

static int64_t line_soonest(const struct check *c, const struct scenario_line *line) {
	int64_t from_ms = line->has_after ? cond_soonest(c, &line->after) : 0;
	if (line->chance <= 0 || from_ms == CHECK_NEVER) {
		return CHECK_NEVER;
	}
	return from_ms + line->at_ms[0];
}

static void lower(struct named *entry, size_t at, int64_t soonest_ms) {
	if (soonest_ms < entry->soonest_ms) {
		entry->soonest_ms = soonest_ms;
		entry->soonest = at;
	}
}

/* True: it can happen sooner than was known. */
static bool settle(struct check *c, size_t at) {
	const struct scenario_line *line = &c->sc->lines[at];
	int64_t soonest_ms = scenario_is_timed(line) ? line_soonest(c, line) : CHECK_NEVER;
	if (soonest_ms >= c->soonest_ms[at]) {
		return false;
	}
	c->soonest_ms[at] = soonest_ms;
	if (line->type == LINE_RAISE) {
		lower(check_find(c->alarms, line->key), at, soonest_ms);
	}
	if (line->id[0] != '\0') {
		lower(check_find(c->ids, line->id), at, soonest_ms);
	}
	return true;
}

/* --- circles --- */

#define NOBODY SIZE_MAX

/* A line that holds the condition up for good, or NOBODY. */
static size_t blocker(const struct check *c, const struct cond *cond) {
	const struct named *entry = NULL;
	for (size_t i = 0; i < cond->parts_len && cond->type != COND_NOT; i++) {
		if (cond_soonest(c, &cond->parts[i]) == CHECK_NEVER) {
			return blocker(c, &cond->parts[i]);
		}
	}
	if (cond->type == COND_LINE) {
		entry = check_find(c->ids, cond->name);
	} else if (cond->key[0] != '\0' && soonest_of(c->alarms, cond->key) == CHECK_NEVER) {
		entry = check_find(c->alarms, cond->key);
	} else if (cond->into[0] != '\0') {
		entry = check_find(c->alarms, cond->into);
	}
	return entry != NULL ? entry->first : NOBODY;
}

static bool is_stuck(const struct check *c, size_t at) {
	const struct scenario_line *line = &c->sc->lines[at];
	return scenario_is_timed(line) && line->chance > 0 && c->soonest_ms[at] == CHECK_NEVER;
}

static void say_circle(struct check *c, size_t start, const size_t *next) {
	size_t at = start;
	do {
		const struct scenario_line *line = &c->sc->lines[at];
		if (next[at] == at) {
			check_error(c, line, "after", "waits for itself");
		} else {
			check_error(c, line, "after", "waits for itself, by way of line %d",
				c->sc->lines[next[at]].number);
		}
		at = next[at];
	} while (at != start);
}

/* Each stuck line waits for one that is stuck, too: following them ends in a circle, or at one that
 * never happens for another reason. */
static void find_circles(struct check *c) {
	size_t *next = mem_alloc(c->sc->len + 1, sizeof(*next));
	size_t *walk = mem_alloc(c->sc->len + 1, sizeof(*walk)); /* by which it was come to */
	bool *circles = mem_alloc(c->sc->len + 1, sizeof(*circles));
	for (size_t i = 0; i < c->sc->len; i++) {
		next[i] = is_stuck(c, i) ? blocker(c, &c->sc->lines[i].after) : NOBODY;
	}
	for (size_t i = 0; i < c->sc->len; i++) {
		size_t at = i;
		while (at != NOBODY && walk[at] == 0) {
			walk[at] = i + 1;
			at = next[at];
		}
		if (at != NOBODY && walk[at] == i + 1 && next[at] != NOBODY) {
			say_circle(c, at, next);
			for (size_t in = at; !circles[in]; in = next[in]) {
				circles[in] = true;
			}
		}
	}
	for (size_t i = 0; i < c->sc->len; i++) {
		if (is_stuck(c, i) && !circles[i]) {
			check_error(c, &c->sc->lines[i], "after", "never comes true");
		}
	}
	free(next);
	free(walk);
	free(circles);
}

void check_times(struct check *c) {
	bool changed = true;
	for (size_t i = 0; i < c->sc->len; i++) {
		c->soonest_ms[i] = CHECK_NEVER;
	}
	for (int pass = 0; pass < PASSES_MAX && changed; pass++) {
		changed = false;
		for (size_t i = 0; i < c->sc->len; i++) {
			size_t at = pass % 2 == 0 ? i : c->sc->len - 1 - i;
			changed = settle(c, at) || changed;
		}
	}
	c->timed = !changed;
	if (c->timed) {
		find_circles(c);
	} else {
		check_warn(c, &c->sc->lines[0], "after",
			"too many lines wait for each other to say when they happen");
	}
}

/* --- the end --- */

static void look_window(struct check *c, const struct scenario_line *line, int64_t soonest_ms) {
	char at[CLOCK_SIZE], end[CLOCK_SIZE];
	int64_t last_ms = line->has_after ? soonest_ms : line->at_ms[1];
	if (line->type != LINE_EXPECT) {
		return;
	}
	if (line->within_ms == 0 || soonest_ms == c->sc->end_ms) {
		check_error(c, line, line->within_ms == 0 ? "expect.within" : "expect",
			"no time is left for it");
	} else if (line->within_ms > 0 && last_ms + line->within_ms > c->sc->end_ms) {
		check_warn(c, line, "expect.within", "ends at %s, after the end at %s",
			check_clock(at, last_ms + line->within_ms),
			check_clock(end, c->sc->end_ms));
	}
}

void check_end(struct check *c, const struct scenario_line *line) {
	int64_t soonest_ms = c->soonest_ms[line - c->sc->lines];
	char at[CLOCK_SIZE], end[CLOCK_SIZE];
	if (!c->timed || soonest_ms == CHECK_NEVER) {
		return;
	}
	if (soonest_ms > c->sc->end_ms) {
		check_error(c, line, line->has_after ? "after" : "at",
			"%s at the soonest, after the end at %s", check_clock(at, soonest_ms),
			check_clock(end, c->sc->end_ms));
	} else if (!line->has_after && line->at_ms[1] > c->sc->end_ms) {
		check_warn(c, line, "at", "may come at %s, after the end at %s",
			check_clock(at, line->at_ms[1]), check_clock(end, c->sc->end_ms));
	} else {
		look_window(c, line, soonest_ms);
	}
}
