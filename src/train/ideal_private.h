/* The trainee who makes no mistakes, between its files. */
#ifndef SIAGA_TRAIN_IDEAL_PRIVATE_H
#define SIAGA_TRAIN_IDEAL_PRIVATE_H

#include <siaga/base/table.h>
#include <siaga/train/ideal.h>

/* Something that is expected or forbidden in this run, now or later. */
struct wish {
	const struct scenario_line *line;
	size_t place; /* in run_expected(), from 1; 0: it has not come up yet */
};

/* The wishes that name an alarm. */
struct keyed {
	char key[SCENARIO_KEY_SIZE];
	size_t *wishes; /* owned: places in the robot's */
	size_t len, cap;
	UT_hash_handle hh;
};

struct robot {
	struct run *run;
	const struct scenario *sc;
	const struct world *world;
	uint64_t seed;
	struct wish *wishes; /* what chance leaves in */
	size_t wishes_len;
	struct keyed *keyed;
	const struct cond **sights; /* what lines wait for that a person does in passing */
	size_t sights_len;
	const struct incident **own; /* of each alarm in run_raised(), what it was raised as */
	size_t own_len, own_cap;
	size_t known; /* of run_expected(), those that are in wishes */
	int64_t commands;
	bool hurry;      /* what is worked for now is over in a moment */
	int64_t *looks;  /* at wishes, so far */
	int64_t wake_ms; /* something can be done then, though nothing happens; -1: no such time */
	bool link_up, online;
	int64_t online_at_ms; /* with the link up: from when on the console is there again */
	size_t seen;          /* of run_raised(), those that the console has heard of */
};

enum outcome {
	NOT_NOW, /* it cannot be done, or has to be waited for */
	DID,     /* something was done for it */
	DONE     /* it is so */
};

/* So long before its time is over, what was put off is done. */
#define ROBOT_LAST_MS 1000
/* A desk that has not answered for so long, and is not going to, is rung: it might yet have. */
#define ROBOT_ANSWER_MS 30000
/* The console is there again so long after its link is: it tries by itself, sooner after a short
 * cut and later after a long one. */
#define ROBOT_RECONNECT_MS 5000

/* --- ideal.c --- */

/* Nothing may happen until then, but something can be done. */
void robot_wake(struct robot *r, int64_t at_ms);

/* --- robot.c --- */

/* Does the next thing that makes the condition come true, or comes before that. */
enum outcome robot_pursue(struct robot *r, const struct cond *cond);

/* --- robot_deeds.c --- */

/* NOT_NOW where it is forbidden, refused, or so already, or where the console has no feed: then it
 * is done when that is back, as what was asked for meanwhile would be. Finishes the command. */
enum outcome robot_send(struct robot *r, struct command *cmd, const char *note);

/* The same for what is done about one incident; `cond` says how, of another type it only asks that
 * it be done. */
enum outcome robot_deed(
	struct robot *r, const struct incident *inc, enum action action, const struct cond *cond);
/* Sends the agency, with what comes before; "": whoever is needed. */
enum outcome robot_dispatch(struct robot *r, const struct incident *inc, const char *agency);
/* What an agency whose desk does not say it says on the telephone, up to that step. */
enum outcome robot_report(struct robot *r, const struct incident *inc, const char *agency,
	enum dispatch_state status);

/* --- robot_rules.c --- */

/* Is it still to be decided, now or, where nothing stands before it, later? */
bool robot_is_open(const struct robot *r, const struct wish *wish);
/* Would it hurt what is forbidden? One of the three is asked for, the others are NULL. */
bool robot_is_forbidden(const struct robot *r, const struct command *cmd, const char *command,
	const char *selected);
/* How something that is done about the incident is wished for elsewhere: with one of the members of
 * `has`, or a camera; or NULL. */
const struct cond *robot_find_wish(
	const struct robot *r, const struct incident *inc, enum action action, unsigned has);
/* Is there something to be done about the incident that comes before this, and is still open? */
bool robot_is_too_early(const struct robot *r, const struct incident *inc, enum action action);
/* Does some wish need that the agency goes on? */
bool robot_is_needed(const struct robot *r, const struct incident *inc, const char *agency);

#endif
