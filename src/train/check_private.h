/* The look at a scenario, between its files. */
#ifndef SIAGA_TRAIN_CHECK_PRIVATE_H
#define SIAGA_TRAIN_CHECK_PRIVATE_H

#include <siaga/base/table.h>
#include <siaga/train/check.h>

#define CHECK_NEVER INT64_MAX
#define CLOCK_SIZE  32

/* A name, and the lines that have it: alarms by key, lines by id, groups of which one happens. */
struct named {
	char name[SCENARIO_KEY_SIZE];
	size_t first, last, count; /* places of lines */
	size_t soonest;            /* the one that may happen first, */
	int64_t soonest_ms;        /* and when; CHECK_NEVER */
	UT_hash_handle hh;
};

struct finding {
	int line;
	size_t order; /* as they came */
	bool warning;
	char *text; /* owned */
};

struct check {
	const struct scenario *sc;
	const struct registry *reg;
	bool (*is_command)(const char *name);
	struct named *alarms, *ids, *groups, *desks;
	struct named *said;  /* agencies that a status line speaks for */
	int64_t *soonest_ms; /* of each line, by its place; CHECK_NEVER */
	bool timed;          /* soonest_ms is known */
	bool has_truth;      /* of some alarm */
	struct finding *findings;
	size_t len, cap;
};

/* Where a condition stands in its line: "expect.all[1]". */
struct place {
	const struct place *parent;
	const char *name;
	int index; /* -1: of no list */
};

#define MEMBER_SIZE 160

/* --- check.c --- */

void check_error(struct check *c, const struct scenario_line *line, const char *member,
	const char *fmt, ...) ATTR_PRINTF(4, 5);
void check_warn(struct check *c, const struct scenario_line *line, const char *member,
	const char *fmt, ...) ATTR_PRINTF(4, 5);
/* The entry of a name, or NULL. */
struct named *check_find(struct named *table, const char *name);
/* Minutes and seconds. */
const char *check_clock(char out[CLOCK_SIZE], int64_t ms);
/* At the latest; CHECK_NEVER where nobody knows. */
int64_t check_latest_ms(const struct scenario_line *line);
/* Does it happen in every run, and without waiting for anything? */
bool check_is_certain(const struct scenario_line *line);
/* Do they never happen in the same run? */
bool check_is_either(const struct scenario_line *a, const struct scenario_line *b);

/* --- check_cond.c --- */

void check_conds(struct check *c, const struct scenario_line *line);
bool check_same_cond(const struct cond *a, const struct cond *b);

/* --- check_time.c --- */

/* When each line can happen at the soonest; and which wait for each other. */
void check_times(struct check *c);
/* What comes too late to happen, or may. */
void check_end(struct check *c, const struct scenario_line *line);

/* --- check_clash.c --- */

/* What is expected in one line and forbidden in another. */
void check_clashes(struct check *c);

#endif
