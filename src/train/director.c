#include <siaga/train/director.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/table.h>
#include <siaga/base/text.h>
#include <siaga/train/chance.h>

/* A line that has its time. */
struct slot {
	int64_t at_ms;
	const struct scenario_line *line;
};

struct slots {
	struct slot *items; /* by time; those of one time as they stand in the file */
	size_t len, cap, next;
};

/* A name that lines share: how many there are, and which one of them happens. */
struct group {
	char name[SCENARIO_KEY_SIZE];
	size_t count, seen, chosen;
	UT_hash_handle hh;
};

/* A line that has happened and has a name. */
struct happened {
	char id[SCENARIO_KEY_SIZE];
	UT_hash_handle hh;
};

struct director {
	struct director_config cfg;
	struct slots fixed, late; /* by the clock from the start; once what they wait for came */
	const struct scenario_line **waiting;
	size_t waiting_len;
	struct happened *happened;
};

static void add_slot(struct slots *slots, int64_t at_ms, const struct scenario_line *line) {
	if (slots->len == slots->cap) {
		slots->cap = slots->cap > 0 ? slots->cap * 2 : 64;
		slots->items = mem_resize(slots->items, slots->cap, sizeof(*slots->items));
	}
	slots->items[slots->len++] = (struct slot){at_ms, line};
}

static int compare(const void *a, const void *b) {
	const struct slot *x = a, *y = b;
	if (x->at_ms != y->at_ms) {
		return x->at_ms < y->at_ms ? -1 : 1;
	}
	return x->line->number < y->line->number ? -1 : x->line->number > y->line->number;
}

static int64_t draw_at(const struct director *d, const struct scenario_line *line) {
	return chance_between(
		d->cfg.seed, CHANCE_AT, "", line->number, line->at_ms[0], line->at_ms[1]);
}

/* --- which lines there are in this run --- */

static void count_groups(const struct scenario *sc, uint64_t seed, struct group **groups) {
	struct group *group, *next;
	for (size_t i = 0; i < sc->len; i++) {
		const char *name = sc->lines[i].one_of;
		if (name[0] == '\0') {
			continue;
		}
		HASH_FIND_STR(*groups, name, group);
		if (group == NULL) {
			group = mem_alloc(1, sizeof(*group));
			text_copy(group->name, sizeof(group->name), name);
			HASH_ADD_STR(*groups, name, group);
		}
		group->count++;
	}
	HASH_ITER (hh, *groups, group, next) {
		group->chosen = (size_t)chance_between(
			seed, CHANCE_ONE_OF, group->name, 0, 0, (int64_t)group->count - 1);
	}
}

static bool is_chosen(struct group *groups, const struct scenario_line *line) {
	struct group *group;
	if (line->one_of[0] == '\0') {
		return true;
	}
	HASH_FIND_STR(groups, line->one_of, group);
	return group != NULL && group->seen++ == group->chosen;
}

struct director *director_create(const struct director_config *cfg) {
	struct director *d = mem_alloc(1, sizeof(*d));
	const struct scenario *sc = cfg->scenario;
	struct group *groups = NULL, *group, *next;
	d->cfg = *cfg;
	d->waiting = mem_alloc(sc->len + 1, sizeof(const struct scenario_line *));
	count_groups(sc, cfg->seed, &groups);
	for (size_t i = 0; i < sc->len; i++) {
		const struct scenario_line *line = &sc->lines[i];
		if (!scenario_is_timed(line) || !is_chosen(groups, line) ||
			chance_share(cfg->seed, CHANCE_HAPPENS, "", line->number) >= line->chance) {
			continue;
		}
		if (line->has_after) {
			d->waiting[d->waiting_len++] = line;
		} else {
			add_slot(&d->fixed, draw_at(d, line), line);
		}
	}
	if (d->fixed.len > 0) {
		qsort(d->fixed.items, d->fixed.len, sizeof(*d->fixed.items), compare);
	}
	HASH_ITER (hh, groups, group, next) {
		HASH_DEL(groups, group);
		free(group);
	}
	return d;
}

void director_destroy(struct director *d) {
	struct happened *item, *next;
	if (d == NULL) {
		return;
	}
	HASH_ITER (hh, d->happened, item, next) {
		HASH_DEL(d->happened, item);
		free(item);
	}
	free(d->fixed.items);
	free(d->late.items);
	free(d->waiting);
	free(d);
}

/* --- what happens --- */

static bool holds(const struct director *d, const struct cond *cond) {
	return d->cfg.holds != NULL && d->cfg.holds(d->cfg.data, cond);
}

static void remember(struct director *d, const struct scenario_line *line) {
	struct happened *item;
	if (line->id[0] == '\0' || director_has_happened(d, line->id)) {
		return;
	}
	item = mem_alloc(1, sizeof(*item));
	text_copy(item->id, sizeof(item->id), line->id);
	HASH_ADD_STR(d->happened, id, item);
}

static const struct slot *first(const struct slots *slots) {
	return slots->next < slots->len ? &slots->items[slots->next] : NULL;
}

/* The next line that is due, off the list that it stands in. */
static const struct scenario_line *take(struct director *d, int64_t at_ms) {
	const struct slot *fixed = first(&d->fixed), *late = first(&d->late);
	bool is_late = late != NULL && (fixed == NULL || compare(late, fixed) < 0);
	const struct slot *slot = is_late ? late : fixed;
	if (slot == NULL || slot->at_ms > at_ms) {
		return NULL;
	}
	if (is_late) {
		d->late.next++;
	} else {
		d->fixed.next++;
	}
	return slot->line;
}

const struct scenario_line *director_due(struct director *d, int64_t at_ms) {
	const struct scenario_line *line;
	while ((line = take(d, at_ms)) != NULL) {
		if (!line->has_when || holds(d, &line->when)) {
			remember(d, line);
			return line;
		}
	}
	return NULL;
}

static void drop(struct slots *slots, const struct scenario_line *line) {
	size_t kept = slots->next;
	for (size_t i = slots->next; i < slots->len; i++) {
		if (slots->items[i].line != line) {
			slots->items[kept++] = slots->items[i];
		}
	}
	slots->len = kept;
}

void director_take(struct director *d, const struct scenario_line *line) {
	size_t kept = 0;
	drop(&d->fixed, line);
	drop(&d->late, line);
	for (size_t i = 0; i < d->waiting_len; i++) {
		if (d->waiting[i] != line) {
			d->waiting[kept++] = d->waiting[i];
		}
	}
	d->waiting_len = kept;
	remember(d, line);
}

int64_t director_next_ms(const struct director *d) {
	const struct slot *fixed = first(&d->fixed), *late = first(&d->late);
	if (fixed != NULL && (late == NULL || fixed->at_ms <= late->at_ms)) {
		return fixed->at_ms;
	}
	return late != NULL ? late->at_ms : -1;
}

void director_look(struct director *d, int64_t at_ms) {
	size_t kept = 0, added = d->late.len;
	for (size_t i = 0; i < d->waiting_len; i++) {
		const struct scenario_line *line = d->waiting[i];
		if (holds(d, &line->after)) {
			add_slot(&d->late, at_ms + draw_at(d, line), line);
		} else {
			d->waiting[kept++] = line;
		}
	}
	d->waiting_len = kept;
	if (d->late.len > added) {
		qsort(d->late.items + d->late.next, d->late.len - d->late.next,
			sizeof(*d->late.items), compare);
	}
}

bool director_has_happened(const struct director *d, const char *id) {
	const struct happened *item;
	HASH_FIND_STR(d->happened, id, item);
	return item != NULL;
}

size_t director_waiting(const struct director *d) {
	return d->waiting_len;
}
