/* The simulated feed, between its files. */
#ifndef SIAGA_TRAIN_SIM_PRIVATE_H
#define SIAGA_TRAIN_SIM_PRIVATE_H

#include <siaga/base/table.h>
#include <siaga/train/sim.h>

/* Something that a simulated desk will do about a dispatch. */
struct todo {
	int64_t at_ms;
	char incident[UUID_SIZE], agency[AGENCY_ID_SIZE];
	int64_t requested_seq; /* of the dispatch that it answers, not of a later one */
	enum action action;
	struct todo *next; /* by time; those of one time as they came */
};

/* A command that was decided. */
struct answer {
	char id[UUID_SIZE];
	bool refused;
	int64_t seq;
	struct refusal no;
	UT_hash_handle hh;
};

struct seat {
	enum sim_desk desk;
	enum desk_mood mood;
};

struct sim {
	struct world world;
	struct events log; /* all of it; the event of seq n is at n - 1 */
	const struct scenario *scenario;
	uint64_t seed;
	int64_t now_ms;
	enum mode mode;
	bool mute;
	char feed_id[UUID_SIZE];
	struct seat *desks; /* by place in the registry */
	struct todo *todos;
	struct answer *answers;
	int64_t alarms; /* raised so far */
};

/* --- sim.c --- */

/* Who, when and in which mode come from the feed, whatever the command says. */
bool sim_decide(
	struct sim *sim, const struct sim_user *user, struct command *cmd, struct refusal *no);

/* --- sim_desks.c --- */

struct seat *sim_find_seat(const struct sim *sim, const char *agency); /* or NULL */
struct sim_user sim_desk_user(const char *agency);
/* A desk that is there and played has received what was just written, and thinks about it. The
 * event may be of the log: it is not looked at once something was written. */
void sim_react(struct sim *sim, const struct event *event);
/* Does what is next, whatever the time. */
void sim_play_todo(struct sim *sim);

#endif
