/*
 * A feed inside the process. It decides commands with the real reducer, keeps the log in memory and
 * answers for simulated desks, on a clock that only the caller moves. A console sees what it would
 * see of siagad; nothing leads from here to a network, a file or a real clock.
 */
#ifndef SIAGA_TRAIN_SIM_H
#define SIAGA_TRAIN_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/model/incident.h>
#include <siaga/model/reduce.h>
#include <siaga/train/scenario.h>
#include <siaga/wire/wire.h>

struct sim;

struct sim_config {
	struct registry *registry;       /* taken, left zero */
	const struct scenario *scenario; /* how desks answer; borrowed as long as the sim lives; or
					    NULL */
	uint64_t seed;                   /* of ids, and of what the simulated desks do and when */
	int64_t start_ms;                /* the feed's clock at the start */
	enum mode mode;
	bool mute; /* played desks receive, and do nothing by themselves; of an agency that is
		      reached by telephone nobody is there */
};

/* Whoever asks for something, as a token and its console would say. */
struct sim_user {
	struct who who;
	enum role role;
	char agency[AGENCY_ID_SIZE]; /* of a desk */
};

/* Who sits at an agency's desk. */
enum sim_desk {
	SIM_DESK_EMPTY,
	SIM_DESK_PLAYED, /* answers as the scenario says; without a line there: receives only */
	SIM_DESK_TAKEN   /* by the caller: sim_got() and sim_do() speak for it */
};

/* The agencies that the scenario has a line for are there from the start. */
struct sim *sim_create(const struct sim_config *cfg);
void sim_destroy(struct sim *sim); /* NULL is fine */

/* Moves the clock; what is due on the way happens, each at its own time. Never backwards. */
void sim_advance(struct sim *sim, int64_t to_ms);
int64_t sim_now_ms(const struct sim *sim);
/* When the next thing is due; -1 when nothing is. */
int64_t sim_next_ms(const struct sim *sim);

/*
 * Decides a command of the user's now; the same id again gets the same answer and does nothing.
 * True: *seq is the log's head with it. False: *no says why.
 */
bool sim_do(struct sim *sim, const struct sim_user *user, const struct command *cmd, int64_t *seq,
	struct refusal *no);
/*
 * A citizen's alarm now, in the form of the intake's body, moved by up to so many metres by the
 * seed. False: *err names the member. The ids are of the alarm, and of the incident that it became.
 */
struct sim_alarm {
	char alarm[UUID_SIZE], incident[UUID_SIZE];
};
bool sim_raise(struct sim *sim, const char *json, size_t len, int32_t spread_m,
	struct sim_alarm *out, struct err *err);
/* The caller says more, or asks to cancel; in the form of the intake's bodies. */
bool sim_update(struct sim *sim, const struct sim_alarm *alarm, bool cancel, const char *json,
	size_t len, struct err *err);
/* A camera is reported to be so. */
void sim_camera(struct sim *sim, const char *camera, enum camera_status status);
/* Puts an event into the log as it is, but for seq and time: odd cases. Takes it, left zero. */
void sim_put(struct sim *sim, struct event *event);
/* A desk says that it has everything up to seq: its dispatches are delivered. */
void sim_got(struct sim *sim, const struct sim_user *user, int64_t seq);
void sim_set_desk(struct sim *sim, const char *agency, enum sim_desk desk);
/* How a played desk answers from now on; what it left unanswered it takes up where it is normal. */
void sim_set_mood(struct sim *sim, const char *agency, enum desk_mood mood);
/* The agency takes a step at an incident, or with ACTION_NOTE says something of it, at once. False:
 * *no says why. The note may be NULL. */
bool sim_step(struct sim *sim, const char *agency, const char *incident, enum action action,
	const char *note, struct refusal *no);

/* The log: events with a seq over `after`, borrowed until the sim is used again. */
int64_t sim_head(const struct sim *sim);
const struct event *sim_events(const struct sim *sim, int64_t after, size_t *len);
/* All events of the open incidents. The array is the caller's to free(); what its events own is
 * borrowed until the sim is used again. */
struct event *sim_snapshot(const struct sim *sim, size_t *len);
const char *sim_feed_id(const struct sim *sim);
const struct world *sim_get_world(const struct sim *sim);
/* The state of every agency's desk, in the registry's order; `out` has room for all. */
size_t sim_desks(const struct sim *sim, struct desk_state *out);
/* Is somebody at the agency's desk? */
bool sim_is_online(const struct sim *sim, const char *agency);
/* Is a played desk going to take a step at the incident by itself? */
bool sim_will_step(const struct sim *sim, const char *agency, const char *incident);

/*
 * Ids are made of the seed and a count, so that a script can name them: incident 12 of a sim with
 * seed 1 is 00000001-0002-4000-8000-000000000012.
 */
enum sim_id { SIM_ID_FEED, SIM_ID_ALARM, SIM_ID_INCIDENT, SIM_ID_COMMAND, SIM_ID_GHOST };
void sim_make_id(char out[UUID_SIZE], uint64_t seed, enum sim_id what, int64_t count);

#endif
