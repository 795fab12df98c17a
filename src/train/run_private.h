/* The exercise, between its files. */
#ifndef SIAGA_TRAIN_RUN_PRIVATE_H
#define SIAGA_TRAIN_RUN_PRIVATE_H

#include <siaga/base/table.h>
#include <siaga/train/director.h>
#include <siaga/train/run.h>

/* A command of the console that was used. */
struct used {
	const char *name;
	UT_hash_handle hh;
};

/* The place of an alarm's key in the list. */
struct known {
	char key[SCENARIO_KEY_SIZE];
	size_t at;
	UT_hash_handle hh;
};

/* Places of deeds in the list, ascending. */
struct deed_places {
	size_t *items; /* owned */
	size_t len, cap;
};

/* Where the deeds are that were about an incident. */
struct deeds_about {
	char incident[UUID_SIZE];
	struct deed_places at;
	UT_hash_handle hh;
};

struct run {
	struct run_config cfg;
	struct sim *sim;
	struct director *director;
	int64_t now_ms;
	int64_t settled_head; /* of the feed, when everybody was told of it */
	bool link_up, over;
	const char *said;
	char told[SCENARIO_TEXT_MAX + 1]; /* by a trainer */
	int64_t raised_by_hand;
	size_t said_count;
	size_t keys; /* since the last deed */
	char selected[UUID_SIZE];
	struct used *used;
	struct raised *raised;
	size_t raised_len, raised_cap;
	struct known *known;
	struct deed *deeds;
	size_t deeds_len, deeds_cap;
	struct deeds_about *about;
	struct deed_places by_action[ACTION_COUNT];
	int64_t *looks; /* owned, so that who only asks is counted, too; see run_looks() */
	struct expected *expected;
	size_t expected_len, expected_cap;
};

/* --- deeds.c --- */

/* The last deed of the list is found from now on. */
void deeds_add(struct run *run);
void deeds_finish(struct run *run);
/* All that were about the incident. */
struct deed_places deeds_about(const struct run *run, const char *incident);

/* --- run.c --- */

/* Something enters now: whoever wants to know is told. */
void run_note(struct run *run, const struct tape_entry *entry);
/* Something may have changed: who waited for it is told, until nobody has anything to say. */
void run_settle(struct run *run);
void run_play_caller(struct run *run, const struct scenario_line *line);

/* --- judge.c --- */

/* Is the incident the alarm's: the one that it was raised as, or the one that it belongs to now? */
bool judge_is_about(const struct run *run, const char *incident, const char *key);
/* Is the command what the condition, a COND_DID, is about? */
bool judge_is_deed(const struct run *run, const struct cond *cond, const struct command *cmd);
void judge_add(struct run *run, const struct scenario_line *line);
/* What has come true, what has run out of time. */
void judge_look(struct run *run);
/* When the next one runs out of time; -1: none does. */
int64_t judge_next_ms(const struct run *run);
/* Nothing more happens: what is open is decided. */
void judge_end(struct run *run);

#endif
