/*
 * An exercise that is going on: a scenario played to one trainee by a feed inside the process, and
 * what is made of what the trainee does. All that happens is due to the scenario, the seed and what
 * enters here at which time; the same makes the same, to the byte. Times are since the start.
 */
#ifndef SIAGA_TRAIN_RUN_H
#define SIAGA_TRAIN_RUN_H

#include <siaga/train/scenario.h>
#include <siaga/train/sim.h>
#include <siaga/wire/class.h>
#include <siaga/wire/score.h>

struct run;

struct run_config {
	const struct scenario *scenario; /* borrowed for as long as the run lives */
	struct registry *registry;       /* taken, left zero */
	struct sim_user trainee;
	uint64_t seed;
	int64_t start_ms; /* the feed's clock at the start */
	enum mode mode;
	const char *lang; /* of what is said: "id" or "en"; a literal */
	bool watch;       /* what the scenario has recorded is done again */
	/* Is told of all that enters, before anything comes of it; what it is given is borrowed.
	 * May be NULL. */
	void (*on_entry)(void *data, const struct tape_entry *entry);
	void *data;
};

struct run *run_create(const struct run_config *cfg);
void run_destroy(struct run *run); /* NULL is fine */

/* As it was given, but for the registry, which is the feed's. */
const struct run_config *run_get_config(const struct run *run);

/* Moves the clock; what is due on the way happens, each at its own time. Never backwards. */
void run_advance(struct run *run, int64_t to_ms);
int64_t run_now_ms(const struct run *run);
/* When the next thing is due; -1 when nothing is. */
int64_t run_next_ms(const struct run *run);
int64_t run_end_ms(const struct run *run);
/* The scenario's time is over, and what was expected is decided. */
bool run_is_over(const struct run *run);

/* The feed that the trainee's console follows: to be read, and for what is not the trainee's. */
struct sim *run_sim(const struct run *run);
/* Is the trainee's link cut by the scenario? */
bool run_link_is_up(const struct run *run);
/* What was said to the trainee last, "" for nothing yet; and how often something was. */
const char *run_said(const struct run *run, size_t *count);

/* --- what a trainer does --- */

/* Says something to the trainee instead of what the scenario said last; lets an alarm come, of the
 * scenario by its key, now and not again when it would have come, or of a kind, at some place of
 * the map; says how a desk answers, lets an agency decline, cuts the link or mends it. Nothing else
 * that can be asked is of the exercise. False: *err says why it was not done. */
bool run_train(struct run *run, const struct train_frame *ask, struct err *err);

/* --- what the trainee does --- */

/* As sim_do(), by the trainee. */
bool run_do(struct run *run, const struct command *cmd, int64_t *seq, struct refusal *no);
/* A key was pressed at the console. */
void run_key(struct run *run);
/* A command of the console was used, by its name, which lives as long as the run. */
void run_command(struct run *run, const char *name);
/* This incident is selected on it, or "". */
void run_select(struct run *run, const char *incident);

/* --- what was made of it --- */

/* Something that the trainee did, and the feed took. */
struct deed {
	int64_t at_ms, seq;
	size_t keys;            /* pressed for it: since the last one */
	struct command command; /* owned */
};

const struct deed *run_deeds(const struct run *run, size_t *len);
size_t run_keys(const struct run *run); /* all that were pressed until the end */

/* An alarm that the scenario has raised. */
struct raised {
	const struct scenario_line *line;
	struct sim_alarm ids;
	int64_t at_ms;
};

const struct raised *run_raised(const struct run *run, size_t *len);
/* The one of this key, or NULL: not yet. */
const struct raised *run_find(const struct run *run, const char *key);
/* The incident that its alarm belongs to now, or NULL. */
const struct incident *run_incident(const struct run *run, const struct raised *raised);

/* What was expected, or forbidden, from a moment on. */
struct expected {
	const struct scenario_line *line;
	int64_t from_ms, due_ms; /* due -1: until the end */
	enum verdict verdict;
	int64_t at_ms; /* when it came true or was decided; -1: not yet */
};

const struct expected *run_expected(const struct run *run, size_t *len);
/* So far: got, and expected or forbidden until now. */
void run_points(const struct run *run, int64_t *got, int64_t *possible);

/* Is it so now? */
bool run_holds(const struct run *run, const struct cond *cond);
/* How often a condition or a deed was looked at, so far: what the exercise has cost. */
int64_t run_looks(const struct run *run);

#endif
