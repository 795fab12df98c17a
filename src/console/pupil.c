#include "pupil.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "solo.h"

/* Somebody may step on behind the end, where nothing happens any more. */
#define BEHIND_END_MS 600000

const char *pupil_lang(const struct pupil *p) {
	return p->english ? "en" : "id";
}

/* The exercise at its start. */
static bool make(struct pupil *p, struct err *err) {
	struct registry registry = {0};
	if (!solo_registry(&registry, err)) {
		registry_finish(&registry);
		return false;
	}
	run_destroy(p->run);
	p->run = run_create(&(struct run_config){.scenario = p->lesson->scenario,
		.registry = &registry,
		.trainee = {.who = p->who, .role = ROLE_OPERATOR},
		.seed = p->lesson->seed,
		.start_ms = PLAY_WALL_MS,
		.mode = p->lesson->mode,
		.lang = pupil_lang(p)});
	run_advance(p->run, 0);
	tape_clear(&p->tape);
	p->selected[0] = '\0';
	p->now_ms = 0;
	p->made_here++;
	return true;
}

struct pupil *pupil_create(
	const struct pupil_lesson *lesson, const struct who *who, bool english, struct err *err) {
	struct pupil *p = mem_alloc(1, sizeof(*p));
	p->lesson = lesson;
	p->who = *who;
	p->english = english;
	p->speed_percent = 100;
	if (!make(p, err)) {
		pupil_destroy(p);
		return NULL;
	}
	return p;
}

static void drop_before(struct pupil *p) {
	run_destroy(p->before.run);
	tape_finish(&p->before.tape);
	p->before = (struct pupil_state){0};
}

static void keep_before(struct pupil *p) {
	drop_before(p);
	p->before = (struct pupil_state){.tape = p->tape, .run = p->run, .now_ms = p->now_ms};
	text_copy(p->before.selected, sizeof(p->before.selected), p->selected);
	p->tape = (struct tape){0};
	p->run = NULL;
}

void pupil_leave(struct pupil *p) {
	if (p->before.run == NULL) {
		return;
	}
	run_destroy(p->run);
	tape_finish(&p->tape);
	p->tape = p->before.tape;
	p->run = p->before.run;
	p->now_ms = p->before.now_ms;
	text_copy(p->selected, sizeof(p->selected), p->before.selected);
	p->before = (struct pupil_state){0};
	p->made = 0;
	p->made_here++;
}

void pupil_destroy(struct pupil *p) {
	if (p == NULL) {
		return;
	}
	drop_before(p);
	run_destroy(p->run);
	tape_finish(&p->tape);
	free(p);
}

/* Step by step, as their console did. */
static void advance(struct pupil *p, int64_t to_ms) {
	while (p->now_ms < to_ms) {
		p->now_ms += PLAY_STEP_MS;
		run_advance(p->run, p->now_ms);
	}
}

static bool take_entry(struct pupil *p, const struct tape_entry *entry, enum class_end *why) {
	if (entry->at_ms < p->now_ms || entry->at_ms % PLAY_STEP_MS != 0) {
		*why = CLASS_BAD;
		return false;
	}
	advance(p, entry->at_ms);
	if (!tape_add(&p->tape, entry)) {
		*why = CLASS_TOO_MUCH;
		return false;
	}
	if (!tape_play(p->run, entry, NULL)) {
		*why = CLASS_DIFFERS;
		return false;
	}
	if (entry->type == TAPE_SELECT) {
		text_copy(p->selected, sizeof(p->selected), entry->word);
	}
	return true;
}

/* What they have before them is what is here. */
static bool is_same(const struct pupil *p, const struct trainee_frame *tape) {
	int64_t got, possible;
	run_points(p->run, &got, &possible);
	return !tape->whole || (tape->head == sim_head(run_sim(p->run)) && tape->points == got);
}

/* A console that comes back tells all anew, and may be gone again before it is through: until then
 * what was here is kept. Who begins anew by themselves is through with it soon. */
static bool begin_anew(struct pupil *p) {
	if (p->made == 0 && pupil_has_begun(p)) {
		keep_before(p);
	}
	if (!make(p, NULL)) {
		pupil_leave(p);
		return false;
	}
	return true;
}

static bool take(struct pupil *p, const struct trainee_frame *tape, enum class_end *why) {
	*why = CLASS_BAD;
	if (tape->made == 0) {
		return false;
	}
	if (tape->made != p->made) {
		if (tape->from != 0 || !begin_anew(p)) {
			return false;
		}
		p->made = tape->made;
	}
	/* What a frame may cost is bounded: its entries, and so many steps. */
	if (tape->from != (int64_t)p->tape.len || tape->at_ms < p->now_ms ||
		tape->at_ms % PLAY_STEP_MS != 0 || tape->at_ms - p->now_ms > CLASS_SPAN_MS ||
		tape->at_ms > run_end_ms(p->run) + BEHIND_END_MS) {
		return false;
	}
	for (size_t i = 0; i < tape->entries_len; i++) {
		if (!take_entry(p, &tape->entries[i], why)) {
			return false;
		}
	}
	advance(p, tape->at_ms);
	p->speed_percent = tape->speed_percent;
	p->paused = tape->paused;
	p->watched = tape->watched;
	*why = CLASS_DIFFERS;
	if (!is_same(p, tape)) {
		return false;
	}
	if (tape->whole) {
		drop_before(p);
	}
	return true;
}

bool pupil_take(struct pupil *p, const struct trainee_frame *tape, enum class_end *why) {
	bool ok = take(p, tape, why);
	/* Half of a frame may have entered: whoever comes back begins anew. */
	p->made = ok ? p->made : 0;
	return ok;
}

bool pupil_has_begun(const struct pupil *p) {
	return p->tape.len > 0 || p->now_ms > 0;
}

void pupil_subject(const struct pupil *p, struct subject *out) {
	*out = (struct subject){.whose = p,
		.run = p->run,
		.who = &p->who,
		.selected = p->selected,
		.now_ms = p->now_ms,
		.speed_percent = p->speed_percent,
		.made = p->made_here,
		.paused = p->paused,
		.watched = p->watched};
}

void pupil_fill(const struct pupil *p, struct training_trainee *out) {
	const struct world *world = sim_get_world(run_sim(p->run));
	*out = (struct training_trainee){.at_ms = p->now_ms,
		.linked = p->link != NULL,
		.paused = p->paused,
		.over = run_is_over(p->run)};
	text_copy(out->name, sizeof(out->name), p->who.name);
	run_points(p->run, &out->points, &out->possible);
	for (const struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		out->open += incident_is_open(inc);
		out->fresh += inc->state == INCIDENT_NEW;
	}
}
