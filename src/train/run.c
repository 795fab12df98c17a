#include <siaga/train/run.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "run_private.h"

/* Room for one more in a list that grows by doubling. */
#define GROW(list, len, cap)                                                                       \
	do {                                                                                       \
		if ((len) == (cap)) {                                                              \
			(cap) = (cap) > 0 ? (cap)*2 : 16;                                          \
			(list) = mem_resize((list), (cap), sizeof(*(list)));                       \
		}                                                                                  \
	} while (0)

static bool on_holds(void *data, const struct cond *cond) {
	return run_holds(data, cond);
}

void run_note(struct run *run, const struct tape_entry *entry) {
	struct tape_entry now = *entry;
	if (run->cfg.on_entry != NULL) {
		now.at_ms = run->now_ms;
		run->cfg.on_entry(run->cfg.data, &now);
	}
}

/* --- what happens by itself --- */

static void remember(
	struct run *run, const struct scenario_line *line, const struct sim_alarm *ids) {
	struct known *known;
	GROW(run->raised, run->raised_len, run->raised_cap);
	run->raised[run->raised_len] =
		(struct raised){.line = line, .ids = *ids, .at_ms = run->now_ms};
	HASH_FIND_STR(run->known, line->key, known);
	if (known == NULL) {
		known = mem_alloc(1, sizeof(*known));
		text_copy(known->key, sizeof(known->key), line->key);
		HASH_ADD_STR(run->known, key, known);
	}
	known->at = run->raised_len++;
}

/* The bodies were checked when the scenario was read; what the feed refuses does not happen. */
void run_play_caller(struct run *run, const struct scenario_line *line) {
	struct sim_alarm ids;
	if (line->type == LINE_RAISE) {
		if (sim_raise(run->sim, line->body.data, line->body.len, line->spread_m, &ids,
			    NULL)) {
			remember(run, line, &ids);
		}
		return;
	}
	const struct raised *raised = run_find(run, line->key);
	const struct incident *inc = raised != NULL ? run_incident(run, raised) : NULL;
	if (inc != NULL) {
		ids = raised->ids;
		text_copy(ids.incident, sizeof(ids.incident), inc->id);
		sim_update(run->sim, &ids, line->type == LINE_CANCEL, line->body.data,
			line->body.len, NULL);
	}
}

static void play_agency(struct run *run, const struct scenario_line *line) {
	const struct raised *raised = run_find(run, line->key);
	const struct incident *inc = raised != NULL ? run_incident(run, raised) : NULL;
	enum action action = line->type == LINE_NOTE ? ACTION_NOTE : line->action;
	struct refusal no;
	if (inc != NULL) {
		sim_step(run->sim, line->agency, inc->id, action, line->note, &no);
	}
}

/* What the command says of the deed, and of what it is about. */
static void fill_ghost(
	const struct run *run, const struct scenario_line *line, struct command *cmd) {
	const struct cond *deed = &line->cond;
	cmd->action = deed->action;
	cmd->method = deed->method;
	cmd->reason = deed->reason;
	cmd->disposition = deed->disposition;
	cmd->kind = deed->kind;
	cmd->priority = deed->priority;
	cmd->at = line->where;
	cmd->has |= deed->has & COND_HAS_KIND ? (unsigned)HAS_KIND : 0u;
	cmd->has |= deed->has & COND_HAS_PRIORITY ? (unsigned)HAS_PRIORITY : 0u;
	cmd->has |= line->has_where ? (unsigned)HAS_AT : 0u;
	cmd->has |= line->place != NULL ? (unsigned)HAS_PLACE : 0u;
	text_copy(cmd->place, sizeof(cmd->place), line->place != NULL ? line->place : "");
	text_copy(cmd->agency, sizeof(cmd->agency), deed->agency);
	text_copy(cmd->camera, sizeof(cmd->camera), deed->camera);
	if (line->until_ms > 0) {
		cmd->until_ms = sim_now_ms(run->sim) + line->until_ms;
	}
	cmd->note = line->note != NULL ? mem_dup_str(line->note) : NULL;
}

/* The incident that the alarm came in as, wherever the alarm is now. */
static const struct incident *own_incident(const struct run *run, const char *key) {
	const struct raised *raised = run_find(run, key);
	return raised != NULL ? world_incident(sim_get_world(run->sim), raised->ids.incident)
			      : NULL;
}

/* Somebody of the recorded evening does again what they did; what no longer fits is refused. */
static void play_ghost(struct run *run, const struct scenario_line *line) {
	const struct incident *inc = own_incident(run, line->cond.key);
	const struct incident *other = own_incident(run, line->cond.into);
	struct sim_user user = {.who = line->by, .role = line->role};
	struct command cmd = {.has = HAS_IF_REV};
	struct refusal no;
	int64_t seq;
	if (inc == NULL) {
		return;
	}
	sim_make_id(cmd.id, run->cfg.seed, SIM_ID_GHOST, line->number);
	fill_ghost(run, line, &cmd);
	cmd.if_rev = inc->rev;
	text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
	text_copy(cmd.other, sizeof(cmd.other), other != NULL ? other->id : "");
	text_copy(user.agency, sizeof(user.agency),
		line->role == ROLE_AGENCY ? line->cond.agency : "");
	sim_do(run->sim, &user, &cmd, &seq, &no);
	command_finish(&cmd);
}

static void play(struct run *run, const struct scenario_line *line) {
	switch (line->type) {
	case LINE_RAISE:
	case LINE_UPDATE:
	case LINE_CANCEL: run_play_caller(run, line); break;
	case LINE_CAMERA: sim_camera(run->sim, line->camera, line->camera_status); break;
	case LINE_DESK: sim_set_mood(run->sim, line->agency, line->mood); break;
	case LINE_EXPECT:
	case LINE_FORBID: judge_add(run, line); break;
	case LINE_GHOST:
		if (run->cfg.watch) {
			play_ghost(run, line);
		}
		break;
	case LINE_LINK: run->link_up = line->up; break;
	case LINE_NOTE:
	case LINE_STATUS: play_agency(run, line); break;
	case LINE_SAY:
		run->said = scenario_text_get(&line->text, run->cfg.lang);
		run->said_count++;
		break;
	case LINE_AGENCY:
	case LINE_HEAD:
	case LINE_TYPE_COUNT: break;
	}
}

/* --- time --- */

static int64_t sim_at(const struct run *run, int64_t at_ms) {
	return run->cfg.start_ms + at_ms;
}

static int64_t sooner(int64_t a, int64_t b) {
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

int64_t run_next_ms(const struct run *run) {
	int64_t desk_ms = sim_next_ms(run->sim);
	int64_t next = director_next_ms(run->director);
	next = sooner(next, desk_ms >= 0 ? desk_ms - run->cfg.start_ms : -1);
	next = sooner(next, judge_next_ms(run));
	return sooner(next, run->over ? -1 : run->cfg.scenario->end_ms);
}

/* Something may have changed: who waited for it is told, until nobody has anything to say. */
void run_settle(struct run *run) {
	const struct scenario_line *line;
	if (run->over) {
		return;
	}
	run->settled_head = sim_head(run->sim);
	judge_look(run);
	director_look(run->director, run->now_ms);
	while ((line = director_due(run->director, run->now_ms)) != NULL) {
		play(run, line);
		run->settled_head = sim_head(run->sim);
		judge_look(run);
		director_look(run->director, run->now_ms);
	}
}

static void step(struct run *run, int64_t to_ms) {
	run->now_ms = to_ms;
	sim_advance(run->sim, sim_at(run, to_ms));
	run_settle(run);
	if (to_ms >= run->cfg.scenario->end_ms && !run->over) {
		judge_end(run);
		run->over = true;
	}
}

void run_advance(struct run *run, int64_t to_ms) {
	int64_t next;
	while ((next = run_next_ms(run)) >= 0 && next <= to_ms && !run->over) {
		step(run, next > run->now_ms ? next : run->now_ms);
	}
	run->now_ms = to_ms > run->now_ms ? to_ms : run->now_ms;
	/* After the end the desks go on, and nothing else does. */
	sim_advance(run->sim, sim_at(run, run->now_ms));
	if (sim_head(run->sim) != run->settled_head) {
		run_settle(run);
	}
}

int64_t run_now_ms(const struct run *run) {
	return run->now_ms;
}

int64_t run_end_ms(const struct run *run) {
	return run->cfg.scenario->end_ms;
}

bool run_is_over(const struct run *run) {
	return run->over;
}

/* --- what the trainee does --- */

bool run_do(struct run *run, const struct command *cmd, int64_t *seq, struct refusal *no) {
	struct command copy = *cmd;
	int64_t head = sim_head(run->sim);
	run_note(run, &(struct tape_entry){.type = TAPE_DO, .command = &copy});
	bool ok = sim_do(run->sim, &run->cfg.trainee, cmd, seq, no);
	/* What was so already, or was asked for before, is no deed. */
	if (ok && sim_head(run->sim) > head && !run->over) {
		GROW(run->deeds, run->deeds_len, run->deeds_cap);
		struct deed *deed = &run->deeds[run->deeds_len++];
		*deed = (struct deed){.at_ms = run->now_ms, .seq = *seq, .keys = run->keys};
		command_copy(&deed->command, cmd);
		deeds_add(run);
		run->keys = 0;
	}
	run_settle(run);
	return ok;
}

void run_key(struct run *run) {
	if (!run->over) {
		run_note(run, &(struct tape_entry){.type = TAPE_KEY});
		run->keys++;
	}
}

void run_command(struct run *run, const char *name) {
	struct used *used;
	struct tape_entry entry = {.type = TAPE_COMMAND};
	text_copy(entry.word, sizeof(entry.word), name);
	run_note(run, &entry);
	HASH_FIND_STR(run->used, name, used);
	if (used == NULL) {
		used = mem_alloc(1, sizeof(*used));
		used->name = name;
		HASH_ADD_KEYPTR(hh, run->used, used->name, strlen(used->name), used);
	}
	run_settle(run);
}

void run_select(struct run *run, const char *incident) {
	if (strcmp(run->selected, incident) != 0) {
		struct tape_entry entry = {.type = TAPE_SELECT};
		text_copy(entry.word, sizeof(entry.word), incident);
		run_note(run, &entry);
		text_copy(run->selected, sizeof(run->selected), incident);
		run_settle(run);
	}
}

/* --- what there is --- */

const struct run_config *run_get_config(const struct run *run) {
	return &run->cfg;
}

struct sim *run_sim(const struct run *run) {
	return run->sim;
}

bool run_link_is_up(const struct run *run) {
	return run->link_up;
}

const char *run_said(const struct run *run, size_t *count) {
	*count = run->said_count;
	return run->said;
}

int64_t run_looks(const struct run *run) {
	return *run->looks;
}

size_t run_keys(const struct run *run) {
	size_t keys = run->keys;
	for (size_t i = 0; i < run->deeds_len; i++) {
		keys += run->deeds[i].keys;
	}
	return keys;
}

const struct deed *run_deeds(const struct run *run, size_t *len) {
	*len = run->deeds_len;
	return run->deeds;
}

const struct raised *run_raised(const struct run *run, size_t *len) {
	*len = run->raised_len;
	return run->raised;
}

const struct raised *run_find(const struct run *run, const char *key) {
	const struct known *known;
	HASH_FIND_STR(run->known, key, known);
	return known != NULL ? &run->raised[known->at] : NULL;
}

const struct incident *run_incident(const struct run *run, const struct raised *raised) {
	const struct world *world = sim_get_world(run->sim);
	return world_merged(world, world_incident(world, raised->ids.incident));
}

const struct expected *run_expected(const struct run *run, size_t *len) {
	*len = run->expected_len;
	return run->expected;
}

void run_points(const struct run *run, int64_t *got, int64_t *possible) {
	*got = *possible = 0;
	for (size_t i = 0; i < run->expected_len; i++) {
		const struct expected *expected = &run->expected[i];
		*possible += expected->line->points;
		*got += expected->verdict == VERDICT_MET ? expected->line->points : 0;
	}
}

/* --- beginning and end --- */

struct run *run_create(const struct run_config *cfg) {
	struct run *run = mem_alloc(1, sizeof(*run));
	run->cfg = *cfg;
	run->cfg.registry = NULL;
	run->link_up = true;
	run->said = "";
	run->looks = mem_alloc(1, sizeof(*run->looks));
	run->sim = sim_create(&(struct sim_config){.registry = cfg->registry,
		.scenario = cfg->scenario,
		.seed = cfg->seed,
		.start_ms = cfg->start_ms,
		.mode = cfg->mode,
		.mute = cfg->watch});
	run->director = director_create(&(struct director_config){
		.scenario = cfg->scenario, .seed = cfg->seed, .holds = on_holds, .data = run});
	run_settle(run);
	return run;
}

void run_destroy(struct run *run) {
	struct used *used, *next_used;
	struct known *known, *next_known;
	if (run == NULL) {
		return;
	}
	HASH_ITER (hh, run->used, used, next_used) {
		HASH_DEL(run->used, used);
		free(used);
	}
	HASH_ITER (hh, run->known, known, next_known) {
		HASH_DEL(run->known, known);
		free(known);
	}
	for (size_t i = 0; i < run->deeds_len; i++) {
		command_finish(&run->deeds[i].command);
	}
	free(run->deeds);
	deeds_finish(run);
	free(run->looks);
	free(run->raised);
	free(run->expected);
	director_destroy(run->director);
	sim_destroy(run->sim);
	free(run);
}
