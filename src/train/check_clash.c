/* What is expected of the trainee, and forbidden at the same time. */
#include <stdlib.h>
#include <string.h>

#include "check_private.h"

/* Pairs that are held against each other; nobody writes more, and playing it finds the rest. */
#define PAIRS_MAX 20000000

/* Something that has to be done, or must not be. */
struct demand {
	const struct cond *cond;
	const struct scenario_line *line;
	int64_t until_ms; /* expected: until then at the latest; forbidden: at least until then */
};

struct demands {
	struct demand *items;
	size_t len, cap;
};

static void add(struct demands *list, const struct cond *cond, const struct scenario_line *line,
	int64_t until_ms) {
	if (list->len == list->cap) {
		list->cap = list->cap > 0 ? list->cap * 2 : 16;
		list->items = mem_resize(list->items, list->cap, sizeof(*list->items));
	}
	list->items[list->len++] = (struct demand){cond, line, until_ms};
}

/* Each of the parts is a demand of its own: of what is expected those of an `all`, of what is
 * forbidden those of an `any`. */
static void collect(struct demands *list, enum cond_type split, const struct cond *cond,
	const struct scenario_line *line, int64_t until_ms) {
	if (cond->type == split) {
		for (size_t i = 0; i < cond->parts_len; i++) {
			collect(list, split, &cond->parts[i], line, until_ms);
		}
	} else if (cond->type == COND_COMMAND || cond->type == COND_DID ||
		   cond->type == COND_STATE || cond->type == COND_STATUS) {
		add(list, cond, line, until_ms);
	}
}

static int64_t until(const struct check *c, const struct scenario_line *line, int64_t from_ms) {
	if (line->within_ms < 0 || from_ms == CHECK_NEVER ||
		from_ms + line->within_ms > c->sc->end_ms) {
		return c->sc->end_ms;
	}
	return from_ms + line->within_ms;
}

/* --- does doing the one do the other? --- */

static bool covers(const char *wide, const char *narrow) {
	return wide[0] == '\0' || strcmp(wide, narrow) == 0;
}

static bool deed_covers(const struct cond *wide, const struct cond *narrow) {
	if (wide->action != narrow->action || !covers(wide->key, narrow->key) ||
		!covers(wide->into, narrow->into) || !covers(wide->agency, narrow->agency) ||
		!covers(wide->camera, narrow->camera) || (wide->has & ~narrow->has) != 0) {
		return false;
	}
	return (!(wide->has & COND_HAS_METHOD) || wide->method == narrow->method) &&
	       (!(wide->has & COND_HAS_REASON) || wide->reason == narrow->reason) &&
	       (!(wide->has & COND_HAS_DISPOSITION) || wide->disposition == narrow->disposition) &&
	       (!(wide->has & COND_HAS_KIND) || wide->kind == narrow->kind) &&
	       (!(wide->has & COND_HAS_PRIORITY) || wide->priority == narrow->priority);
}

static bool clashes(const struct cond *expected, const struct cond *forbidden) {
	if (forbidden->type == COND_DID && expected->type == COND_STATUS) {
		/* Nobody comes who was not sent. */
		return forbidden->action == ACTION_DISPATCH &&
		       covers(forbidden->key, expected->key) &&
		       covers(forbidden->agency, expected->agency);
	}
	if (forbidden->type != expected->type) {
		return false;
	}
	if (expected->type == COND_DID) {
		return deed_covers(forbidden, expected);
	}
	return check_same_cond(forbidden, expected);
}

/*
 * What was done stays done: it hurts what is forbidden whenever it was, as long as that is not
 * over. So both can be kept to only where the one may be done after the other has ended.
 */
void check_clashes(struct check *c) {
	struct demands expected = {0}, forbidden = {0};
	for (size_t i = 0; i < c->sc->len; i++) {
		const struct scenario_line *line = &c->sc->lines[i];
		if (line->type == LINE_EXPECT) {
			collect(&expected, COND_ALL, &line->cond, line,
				until(c, line, check_latest_ms(line)));
		} else if (line->type == LINE_FORBID && check_is_certain(line) &&
			   line->at_ms[1] <= c->sc->end_ms) {
			collect(&forbidden, COND_ANY, &line->cond, line,
				until(c, line, line->at_ms[0]));
		}
	}
	for (size_t i = 0, pairs = 0; i < expected.len; i++) {
		const struct demand *want = &expected.items[i];
		for (size_t j = 0; j < forbidden.len && pairs < PAIRS_MAX; j++, pairs++) {
			const struct demand *no = &forbidden.items[j];
			if (want->until_ms <= no->until_ms && clashes(want->cond, no->cond)) {
				check_error(c, want->line, "expect",
					"is forbidden all the time by line %d", no->line->number);
				break;
			}
		}
	}
	free(expected.items);
	free(forbidden.items);
}
