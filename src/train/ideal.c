#include <siaga/train/ideal.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/train/director.h>

#include "ideal_private.h"

#define START_MS   INT64_C(1700000000000) /* of the feed's clock: any time but 0 */
#define ACTS_MAX   40                     /* for one wish, without letting time pass */
#define ROUNDS_MAX 8                      /* over all wishes */
/* Lines times what is asked at each of them; a long night has a hundredth of it. */
#define WORK_MAX  100000000
#define LOOKS_MAX 200000000 /* at wishes, and at what was done and is to be; a thousandth */
#define NEVER_MS  INT64_MAX

/* --- is it to be played at all? --- */

static size_t count_parts(const struct cond *cond) {
	size_t count = 1;
	for (size_t i = 0; i < cond->parts_len; i++) {
		count += count_parts(&cond->parts[i]);
	}
	return count;
}

/* Whatever happens, everything that is expected or waited for is looked at again. */
static bool is_too_much(const struct scenario *sc) {
	size_t parts = 0;
	for (size_t i = 0; i < sc->len; i++) {
		const struct scenario_line *line = &sc->lines[i];
		parts += line->has_after ? count_parts(&line->after) : 0;
		parts += line->type == LINE_EXPECT || line->type == LINE_FORBID
				 ? count_parts(&line->cond)
				 : 0;
	}
	return parts > WORK_MAX / (sc->len + 1);
}

/* --- the trainee --- */

static bool on_holds(void *data, const struct cond *cond) {
	UNUSED(data);
	UNUSED(cond);
	return true;
}

static void add_keyed(struct robot *r, const char *key, size_t wish) {
	struct keyed *keyed;
	HASH_FIND_STR(r->keyed, key, keyed);
	if (keyed == NULL) {
		keyed = mem_alloc(1, sizeof(*keyed));
		text_copy(keyed->key, sizeof(keyed->key), key);
		HASH_ADD_STR(r->keyed, key, keyed);
	}
	if (keyed->len > 0 && keyed->wishes[keyed->len - 1] == wish) {
		return;
	}
	if (keyed->len == keyed->cap) {
		keyed->cap = keyed->cap > 0 ? keyed->cap * 2 : 8;
		keyed->wishes = mem_resize(keyed->wishes, keyed->cap, sizeof(*keyed->wishes));
	}
	keyed->wishes[keyed->len++] = wish;
}

static void add_keys(struct robot *r, const struct cond *cond, size_t wish) {
	if (cond->key[0] != '\0') {
		add_keyed(r, cond->key, wish);
	}
	for (size_t i = 0; i < cond->parts_len; i++) {
		add_keys(r, &cond->parts[i], wish);
	}
}

/* What is expected and forbidden in this run: a director to whom everything comes true knows what
 * chance leaves in. */
static void find_wishes(struct robot *r) {
	const struct scenario_line *line;
	struct director *director = director_create(
		&(struct director_config){.scenario = r->sc, .seed = r->seed, .holds = on_holds});
	r->wishes = mem_alloc(r->sc->len + 1, sizeof(*r->wishes));
	director_look(director, 0);
	while ((line = director_due(director, NEVER_MS)) != NULL) {
		if (line->type == LINE_EXPECT || line->type == LINE_FORBID) {
			add_keys(r, &line->cond, r->wishes_len);
			r->wishes[r->wishes_len++] = (struct wish){.line = line};
		}
	}
	director_destroy(director);
}

void robot_wake(struct robot *r, int64_t at_ms) {
	if (r->wake_ms < 0 || at_ms < r->wake_ms) {
		r->wake_ms = at_ms;
	}
}

/* Is there a console that hears of what comes, and is heard? */
static void look_link(struct robot *r) {
	bool up = run_link_is_up(r->run);
	if (up && !r->link_up) {
		r->online_at_ms = run_now_ms(r->run) + ROBOT_RECONNECT_MS;
	}
	r->link_up = up;
	r->online = up && run_now_ms(r->run) >= r->online_at_ms;
	if (r->online) {
		run_raised(r->run, &r->seen);
	} else if (up) {
		robot_wake(r, r->online_at_ms);
	}
}

/* Alarms that were raised meanwhile, and wishes that have come up. */
static void catch_up(struct robot *r) {
	size_t len;
	look_link(r);
	const struct raised *raised = run_raised(r->run, &len);
	for (; r->own_len < len; r->own_len++) {
		if (r->own_len == r->own_cap) {
			r->own_cap = r->own_cap > 0 ? r->own_cap * 2 : 64;
			r->own = mem_resize(r->own, r->own_cap, sizeof(const struct incident *));
		}
		r->own[r->own_len] = world_incident(r->world, raised[r->own_len].ids.incident);
	}
	const struct expected *expected = run_expected(r->run, &len);
	for (; r->known < len; r->known++) {
		for (size_t i = 0; i < r->wishes_len; i++) {
			if (r->wishes[i].line == expected[r->known].line) {
				r->wishes[i].place = r->known + 1;
			}
		}
	}
}

static int64_t due_ms(const struct robot *r, const struct expected *expected) {
	int64_t end_ms = run_end_ms(r->run);
	return expected->due_ms >= 0 && expected->due_ms < end_ms ? expected->due_ms : end_ms;
}

/* Something that a person does in passing: looks at an alarm, opens a page. What is named like a
 * deed may be a mistake that a branch waits for. */
static bool is_harmless(const struct cond *cond) {
	enum action action;
	for (size_t i = 0; i < cond->parts_len; i++) {
		if (!is_harmless(&cond->parts[i])) {
			return false;
		}
	}
	return cond->type == COND_ALL || cond->type == COND_ANY || cond->type == COND_SELECTED ||
	       (cond->type == COND_COMMAND && !action_find(cond->name, &action));
}

static void find_sights(struct robot *r) {
	r->sights = mem_alloc(r->sc->len + 1, sizeof(const struct cond *));
	for (size_t i = 0; i < r->sc->len; i++) {
		const struct scenario_line *line = &r->sc->lines[i];
		if (line->has_after && is_harmless(&line->after)) {
			r->sights[r->sights_len++] = &line->after;
		}
	}
}

/* More than it is worth. */
static bool is_spent(const struct robot *r) {
	return *r->looks + run_looks(r->run) >= LOOKS_MAX;
}

/* Lines that only wait to be looked at do not wait for ever. */
static bool look_around(struct robot *r) {
	bool busy = false;
	for (size_t i = 0; i < r->sights_len && !is_spent(r); i++) {
		busy = robot_pursue(r, r->sights[i]) == DID || busy;
	}
	return busy;
}

/* Works for what is expected at a place of the list. True: something was done. */
static bool work(struct robot *r, size_t at) {
	for (int i = 0; i < ACTS_MAX && !is_spent(r); i++) {
		size_t len;
		const struct expected *expected = &run_expected(r->run, &len)[at];
		const struct scenario_line *line = expected->line;
		if (expected->verdict != VERDICT_OPEN || line->type != LINE_EXPECT) {
			return i > 0;
		}
		r->hurry = due_ms(r, expected) - run_now_ms(r->run) <= ROBOT_LAST_MS;
		if (robot_pursue(r, &line->cond) != DID) {
			return i > 0;
		}
		catch_up(r);
	}
	return true;
}

static void act(struct robot *r) {
	bool busy = true;
	r->wake_ms = -1;
	catch_up(r);
	for (int round = 0; round < ROUNDS_MAX && busy; round++) {
		size_t len;
		busy = look_around(r);
		catch_up(r);
		run_expected(r->run, &len);
		for (size_t i = 0; i < len; i++) {
			busy = work(r, i) || busy;
			run_expected(r->run, &len);
		}
	}
}

/* When something happens, or what was put off has to be done. */
static int64_t next_ms(const struct robot *r) {
	int64_t next = run_next_ms(r->run), now = run_now_ms(r->run);
	size_t len;
	const struct expected *expected = run_expected(r->run, &len);
	if (r->wake_ms >= 0 && (next < 0 || r->wake_ms < next)) {
		next = r->wake_ms;
	}
	for (size_t i = 0; i < len; i++) {
		int64_t last_ms = due_ms(r, &expected[i]) - ROBOT_LAST_MS;
		if (expected[i].verdict == VERDICT_OPEN && last_ms > now &&
			(next < 0 || last_ms < next)) {
			next = last_ms;
		}
	}
	return next;
}

/* --- the exercise --- */

/* What commands are decided by; of the map nothing. */
static void copy_registry(struct registry *out, const struct registry *reg) {
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < reg->agencies_len; i++) {
		*registry_add_agency(out) = reg->agencies[i];
	}
	for (size_t i = 0; i < reg->cameras_len; i++) {
		*registry_add_camera(out) = reg->cameras[i];
	}
	for (size_t i = 0; i < reg->plans_len; i++) {
		*registry_add_plan(out) = reg->plans[i];
	}
	out->rev = reg->rev;
	registry_index(out);
}

static void count(const struct run *run, struct ideal_result *out) {
	size_t len;
	const struct expected *expected = run_expected(run, &len);
	memset(out, 0, sizeof(*out));
	out->losses = mem_alloc(len + 1, sizeof(*out->losses));
	for (size_t i = 0; i < len; i++) {
		out->possible += expected[i].line->points;
		if (expected[i].verdict == VERDICT_MET) {
			out->got += expected[i].line->points;
		} else {
			out->losses[out->losses_len++] =
				(struct ideal_loss){expected[i].line, expected[i].verdict};
		}
	}
}

static void finish(struct robot *r) {
	struct keyed *keyed, *next;
	HASH_ITER (hh, r->keyed, keyed, next) {
		HASH_DEL(r->keyed, keyed);
		free(keyed->wishes);
		free(keyed);
	}
	free(r->own);
	free(r->sights);
	free(r->wishes);
	run_destroy(r->run);
}

static bool play(const struct ideal_config *cfg, bool silent, struct ideal_result *out) {
	struct registry registry;
	int64_t looks = 0;
	struct robot r = {.sc = cfg->scenario, .seed = cfg->seed, .looks = &looks, .link_up = true};
	size_t steps_max = cfg->steps_max > 0 ? cfg->steps_max : SIZE_MAX;
	memset(out, 0, sizeof(*out));
	if (is_too_much(cfg->scenario)) {
		return false;
	}
	copy_registry(&registry, cfg->registry);
	r.run = run_create(&(struct run_config){.scenario = cfg->scenario,
		.registry = &registry,
		.trainee = {.who = {.name = "siaga"}, .role = ROLE_OPERATOR},
		.seed = cfg->seed,
		.start_ms = START_MS,
		.mode = MODE_EXERCISE,
		.lang = "en"});
	r.world = sim_get_world(run_sim(r.run));
	find_wishes(&r);
	find_sights(&r);
	/* A director has no end of lines, and desks none of dispatches: the end comes by itself. */
	for (size_t i = 0; i < steps_max && !silent && !run_is_over(r.run) && !is_spent(&r); i++) {
		act(&r);
		run_advance(r.run, next_ms(&r));
	}
	if (!is_spent(&r)) {
		run_advance(r.run, run_end_ms(r.run));
	}
	count(r.run, out);
	bool played = !is_spent(&r);
	finish(&r);
	return played;
}

bool ideal_play(const struct ideal_config *cfg, struct ideal_result *out) {
	return play(cfg, false, out);
}

bool silent_play(const struct ideal_config *cfg, struct ideal_result *out) {
	return play(cfg, true, out);
}

void ideal_result_finish(struct ideal_result *result) {
	free(result->losses);
	memset(result, 0, sizeof(*result));
}
