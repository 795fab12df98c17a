#include <siaga/train/check.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#include "check_private.h"

/* --- what is said --- */

static void add(struct check *c, int line, bool warning, const char *member, const char *fmt,
	va_list args) ATTR_PRINTF(5, 0);

static void add(struct check *c, int line, bool warning, const char *member, const char *fmt,
	va_list args) {
	char what[300];
	struct buf text = {0};
	vsnprintf(what, sizeof(what), fmt, args);
	buf_printf(&text, "%d: %s: %s\n", line, member, what);
	if (c->len == c->cap) {
		c->cap = c->cap > 0 ? c->cap * 2 : 16;
		c->findings = mem_resize(c->findings, c->cap, sizeof(*c->findings));
	}
	c->findings[c->len] = (struct finding){line, c->len, warning, text.data};
	c->len++;
}

void check_error(struct check *c, const struct scenario_line *line, const char *member,
	const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	add(c, line->number, false, member, fmt, args);
	va_end(args);
}

void check_warn(struct check *c, const struct scenario_line *line, const char *member,
	const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	add(c, line->number, true, member, fmt, args);
	va_end(args);
}

const char *check_clock(char out[CLOCK_SIZE], int64_t ms) {
	snprintf(out, CLOCK_SIZE, "%lld:%02lld", (long long)(ms / 60000),
		(long long)(ms / 1000 % 60));
	return out;
}

static int compare(const void *a, const void *b) {
	const struct finding *x = a, *y = b;
	if (x->line != y->line) {
		return x->line < y->line ? -1 : 1;
	}
	return x->order < y->order ? -1 : x->order > y->order;
}

static void write_findings(struct check *c, struct check_result *out) {
	if (c->len > 0) {
		qsort(c->findings, c->len, sizeof(*c->findings), compare);
	}
	for (size_t i = 0; i < c->len; i++) {
		buf_add_str(c->findings[i].warning ? &out->warnings : &out->errors,
			c->findings[i].text);
		free(c->findings[i].text);
	}
	free(c->findings);
}

/* --- names --- */

struct named *check_find(struct named *table, const char *name) {
	struct named *found;
	HASH_FIND_STR(table, name, found);
	return found;
}

/* The entry of the name, with one more line; where it is new, `first` is the line itself. */
static struct named *add_name(struct named **table, const char *name, size_t at) {
	struct named *entry = check_find(*table, name);
	if (entry == NULL) {
		entry = mem_alloc(1, sizeof(*entry));
		text_copy(entry->name, sizeof(entry->name), name);
		entry->first = at;
		entry->last = at;
		entry->soonest = at;
		entry->soonest_ms = CHECK_NEVER;
		HASH_ADD_STR(*table, name, entry);
	}
	entry->count++;
	return entry;
}

static void finish_names(struct named **table) {
	struct named *entry, *next;
	HASH_ITER (hh, *table, entry, next) {
		HASH_DEL(*table, entry);
		free(entry);
	}
}

bool check_is_certain(const struct scenario_line *line) {
	return !line->has_after && !line->has_when && line->one_of[0] == '\0' && line->chance >= 1;
}

/* Are both due at one and the same moment? */
static bool is_same_moment(const struct scenario_line *a, const struct scenario_line *b) {
	return a->at_ms[0] == a->at_ms[1] && b->at_ms[0] == b->at_ms[1] &&
	       a->at_ms[0] == b->at_ms[0] && a->has_after == b->has_after &&
	       (!a->has_after || check_same_cond(&a->after, &b->after));
}

bool check_is_either(const struct scenario_line *a, const struct scenario_line *b) {
	if (a->chance <= 0 || b->chance <= 0 ||
		(a->one_of[0] != '\0' && strcmp(a->one_of, b->one_of) == 0)) {
		return true;
	}
	/* What is so at one moment may have been otherwise at another. */
	if (!a->has_when || !b->has_when || !is_same_moment(a, b)) {
		return false;
	}
	return (a->when.type == COND_NOT && check_same_cond(&a->when.parts[0], &b->when)) ||
	       (b->when.type == COND_NOT && check_same_cond(&b->when.parts[0], &a->when));
}

/* The line before it with the same name that may happen in the same run, or NULL. Looking at two of
 * them is enough to find that there is one, unless branches are mixed. */
static const struct scenario_line *rival(
	const struct check *c, const struct named *entry, const struct scenario_line *line) {
	const struct scenario_line *first = &c->sc->lines[entry->first];
	const struct scenario_line *last = &c->sc->lines[entry->last];
	if (first != line && !check_is_either(first, line)) {
		return first;
	}
	return last != line && !check_is_either(last, line) ? last : NULL;
}

static void collect(struct check *c) {
	const struct scenario_line *other;
	for (size_t i = 0; i < c->sc->len; i++) {
		const struct scenario_line *line = &c->sc->lines[i];
		struct named *entry;
		if (line->type == LINE_AGENCY) {
			entry = add_name(&c->desks, line->agency, i);
			if (entry->count > 1) {
				check_error(c, line, "agency",
					"\"%s\" has its desk in line %d already", line->agency,
					c->sc->lines[entry->first].number);
			}
		}
		if (!scenario_is_timed(line)) {
			continue;
		}
		if (line->type == LINE_RAISE) {
			entry = add_name(&c->alarms, line->key, i);
			if ((other = rival(c, entry, line)) != NULL) {
				check_error(c, line, "raise.key",
					"\"%s\" is raised in line %d, too", line->key,
					other->number);
			}
			entry->last = i;
			c->has_truth = c->has_truth || line->truth.known;
		}
		if (line->id[0] != '\0') {
			entry = add_name(&c->ids, line->id, i);
			if ((other = rival(c, entry, line)) != NULL) {
				check_error(c, line, "id", "\"%s\" is the name of line %d, too",
					line->id, other->number);
			}
			entry->last = i;
		}
		if (line->one_of[0] != '\0') {
			add_name(&c->groups, line->one_of, i);
		}
		if (line->type == LINE_STATUS) {
			add_name(&c->said, line->agency, i);
		}
	}
}

/* --- what lines name --- */

int64_t check_latest_ms(const struct scenario_line *line) {
	return line->has_after ? CHECK_NEVER : line->at_ms[1];
}

static void look_agency(
	struct check *c, const struct scenario_line *line, const char *member, const char *agency) {
	if (registry_agency(c->reg, agency) == NULL) {
		check_error(c, line, member, "no agency \"%s\"", agency);
	}
}

/* Does the alarm come after the line, whenever that is? */
static bool comes_later(
	const struct check *c, const struct named *alarm, const struct scenario_line *line) {
	int64_t latest_ms = check_latest_ms(line);
	if (!c->timed || alarm->soonest_ms == CHECK_NEVER) {
		return false;
	}
	return latest_ms < alarm->soonest_ms ||
	       (latest_ms == alarm->soonest_ms && alarm->count == 1 &&
		       c->sc->lines[alarm->soonest].number > line->number);
}

/* An alarm that the line is about: it has to be there by then. */
static void look_key(struct check *c, const struct scenario_line *line, const char *member) {
	const struct named *alarm = check_find(c->alarms, line->key);
	char clock[CLOCK_SIZE];
	if (alarm == NULL) {
		check_error(c, line, member, "no alarm \"%s\"", line->key);
		return;
	}
	if (comes_later(c, alarm, line)) {
		check_error(c, line, member, "\"%s\" is raised later, at %s in line %d", line->key,
			check_clock(clock, alarm->soonest_ms), c->sc->lines[alarm->soonest].number);
	}
}

static void look_same(struct check *c, const struct scenario_line *line) {
	const char *key = line->truth.same_as;
	const struct named *same = check_find(c->alarms, key);
	char clock[CLOCK_SIZE];
	if (same == NULL) {
		check_error(c, line, "truth.same_as", "no alarm \"%s\"", key);
	} else if (strcmp(key, line->key) == 0) {
		check_error(c, line, "truth.same_as", "is the alarm itself");
	} else if (c->sc->lines[same->first].truth.same_as[0] != '\0') {
		check_error(c, line, "truth.same_as", "\"%s\" is the same as \"%s\": name that one",
			key, c->sc->lines[same->first].truth.same_as);
	} else if (comes_later(c, same, line)) {
		check_warn(c, line, "truth.same_as",
			"the same as one that comes later, \"%s\" at %s in line %d", key,
			check_clock(clock, same->soonest_ms), c->sc->lines[same->soonest].number);
	}
}

static void look_truth(struct check *c, const struct scenario_line *line) {
	const struct scenario_truth *truth = &line->truth;
	char member[MEMBER_SIZE];
	for (size_t i = 0; i < truth->needs_len; i++) {
		snprintf(member, sizeof(member), "truth.needs[%zu]", i);
		look_agency(c, line, member, truth->needs[i]);
	}
	for (size_t i = 0; i < truth->may_len; i++) {
		snprintf(member, sizeof(member), "truth.may[%zu]", i);
		look_agency(c, line, member, truth->may[i]);
	}
	if (!truth->known && c->has_truth) {
		check_warn(c, line, "raise", "no truth, while other alarms have one");
	}
	if (truth->same_as[0] != '\0') {
		look_same(c, line);
	}
}

static void look_camera(struct check *c, const struct scenario_line *line) {
	if (registry_camera(c->reg, line->camera) == NULL) {
		check_error(c, line, "camera", "no camera \"%s\"", line->camera);
	}
}

static void look_line(struct check *c, const struct scenario_line *line) {
	switch (line->type) {
	case LINE_AGENCY: look_agency(c, line, "agency", line->agency); break;
	case LINE_CAMERA: look_camera(c, line); break;
	case LINE_CANCEL: look_key(c, line, "cancel.key"); break;
	case LINE_UPDATE: look_key(c, line, "update.key"); break;
	case LINE_NOTE:
	case LINE_STATUS:
		look_agency(c, line, "agency", line->agency);
		look_key(c, line, "key");
		break;
	case LINE_DESK:
		look_agency(c, line, "agency", line->agency);
		if (check_find(c->desks, line->agency) == NULL) {
			check_warn(c, line, "desk", "no line says how the desk of \"%s\" answers",
				line->agency);
		}
		break;
	case LINE_RAISE: look_truth(c, line); break;
	case LINE_EXPECT:
	case LINE_FORBID:
	case LINE_GHOST:
	case LINE_HEAD:
	case LINE_LINK:
	case LINE_SAY:
	case LINE_TYPE_COUNT: break;
	}
	if (!scenario_is_timed(line)) {
		return;
	}
	if (line->chance <= 0) {
		check_warn(c, line, "chance", "0: it never happens");
	}
	if (line->one_of[0] != '\0' && check_find(c->groups, line->one_of)->count == 1) {
		check_warn(c, line, "one_of", "no other line is one of \"%s\"", line->one_of);
	}
	check_conds(c, line);
	check_end(c, line);
}

/* --- all of it --- */

bool check_scenario(const struct scenario *sc, const struct registry *reg,
	bool (*is_command)(const char *name), struct check_result *out) {
	struct check c = {.sc = sc, .reg = reg, .is_command = is_command};
	memset(out, 0, sizeof(*out));
	c.soonest_ms = mem_alloc(sc->len + 1, sizeof(*c.soonest_ms));
	collect(&c);
	check_times(&c);
	for (size_t i = 0; i < sc->len; i++) {
		look_line(&c, &sc->lines[i]);
	}
	check_clashes(&c);
	write_findings(&c, out);
	finish_names(&c.alarms);
	finish_names(&c.ids);
	finish_names(&c.groups);
	finish_names(&c.desks);
	finish_names(&c.said);
	free(c.soonest_ms);
	return out->errors.len == 0;
}

void check_result_finish(struct check_result *result) {
	buf_finish(&result->errors);
	buf_finish(&result->warnings);
}
