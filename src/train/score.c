#include <siaga/train/score.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "score_private.h"

#define SAME_MAX 32 /* alarms that are the same as another, in a row */

/* --- what the log says of each incident --- */

static void set_once(int64_t *at_ms, int64_t now_ms) {
	if (*at_ms == NEVER) {
		*at_ms = now_ms;
	}
}

static void note_event(struct track *track, const struct event *event, int64_t at_ms) {
	if (event->type == EVENT_INCIDENT_ACKNOWLEDGED) {
		set_once(&track->acked_ms, at_ms);
	} else if (event->type == EVENT_INCIDENT_VERIFIED) {
		set_once(&track->verified_ms, at_ms);
	} else if (event->type == EVENT_DISPATCH_REQUESTED) {
		set_once(&track->asked_ms, at_ms);
	} else if (event->type == EVENT_INCIDENT_MERGED) {
		set_once(&track->merged_ms, at_ms);
	} else if (event->type == EVENT_INCIDENT_REJECTED) {
		track->rejected_ms = at_ms;
	}
}

/* What is done after the end changes nothing any more, so the world is made anew up to there. */
static void make_tracks(struct tally *t) {
	size_t len;
	const struct event *events = sim_events(run_sim(t->run), 0, &len);
	while (len > 0 && events[len - 1].at_ms - t->start_ms > t->at_ms) {
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		world_apply(&t->world, &events[i]);
	}
	t->tracks_len = (size_t)t->world.last_number + 1;
	t->tracks = mem_alloc(t->tracks_len, sizeof(*t->tracks));
	for (size_t i = 0; i < t->tracks_len; i++) {
		t->tracks[i] = (struct track){.acked_ms = NEVER,
			.verified_ms = NEVER,
			.asked_ms = NEVER,
			.merged_ms = NEVER,
			.rejected_ms = NEVER,
			.raised = NONE,
			.links = NONE};
	}
	for (struct incident *inc = t->world.incidents; inc != NULL; inc = inc->hh.next) {
		t->tracks[inc->number].inc = inc;
	}
	for (size_t i = 0; i < len; i++) {
		if (events[i].number > 0 && (size_t)events[i].number < t->tracks_len) {
			note_event(&t->tracks[events[i].number], &events[i],
				events[i].at_ms - t->start_ms);
		}
	}
}

/* --- what the scenario says of each alarm --- */

bool report_is_known(const struct report *report) {
	return report->truth->known && report->first->known;
}

bool report_is_real(const struct report *report) {
	return !report_is_known(report) || (report->truth->real && report->first->real);
}

bool report_is_first(const struct tally *t, const struct report *report) {
	return &t->reports[t->matters[report->matter].first] == report;
}

/* The line of the alarm that told of it first, whether it came or not. */
static const struct scenario_line *first_line(
	const struct run *run, const struct scenario_line *line) {
	const struct scenario *sc = run_get_config(run)->scenario;
	for (int i = 0; i < SAME_MAX && line->truth.same_as[0] != '\0'; i++) {
		const struct raised *raised = run_find(run, line->truth.same_as);
		const struct scenario_line *next =
			raised != NULL ? raised->line : scenario_alarm(sc, line->truth.same_as);
		if (next == NULL) {
			break;
		}
		line = next;
	}
	return line;
}

static void add_link(struct tally *t, struct track *track, size_t report) {
	t->links[t->links_len] = (struct link){.report = report, .next = track->links};
	track->links = t->links_len++;
}

static struct track *track_of(struct tally *t, const struct incident *inc) {
	return inc != NULL ? &t->tracks[inc->number] : NULL;
}

static void add_report(struct tally *t, size_t at, const struct raised *raised) {
	const struct scenario *sc = run_get_config(t->run)->scenario;
	const struct scenario_line *first = first_line(t->run, raised->line);
	struct report *report = &t->reports[at];
	const struct incident *inc = world_incident(&t->world, raised->ids.incident);
	*report = (struct report){.raised = raised,
		.truth = &raised->line->truth,
		.first = &first->truth,
		.matter = (size_t)(first - sc->lines),
		.next = NONE,
		.own = track_of(t, inc)};
	report->now = track_of(t, world_merged(&t->world, inc));
	struct matter *matter = &t->matters[report->matter];
	if (matter->reports == NONE) {
		matter->reports = matter->first = at;
	} else {
		t->reports[matter->last].next = at;
		matter->first = raised->line == first ? at : matter->first;
	}
	matter->last = at;
	if (report->own != NULL) {
		report->own->raised = at;
		add_link(t, report->own, at);
	}
	if (report->now != NULL && report->now != report->own) {
		add_link(t, report->now, at);
	}
}

static void make_reports(struct tally *t) {
	const struct scenario *sc = run_get_config(t->run)->scenario;
	size_t len;
	const struct raised *raised = run_raised(t->run, &len);
	t->reports = mem_alloc(len + 1, sizeof(*t->reports));
	t->links = mem_alloc(2 * len + 1, sizeof(*t->links));
	t->matters = mem_alloc(sc->len + 1, sizeof(*t->matters));
	for (size_t i = 0; i < sc->len; i++) {
		t->matters[i] = (struct matter){.reports = NONE, .first = NONE};
	}
	for (size_t i = 0; i < len; i++) {
		add_report(t, i, &raised[i]);
	}
	t->reports_len = len;
	for (size_t i = 0; i < len; i++) {
		t->score->alarms_known += report_is_known(&t->reports[i]);
		t->score->alarms_real +=
			report_is_real(&t->reports[i]) && report_is_first(t, &t->reports[i]);
	}
}

/* --- expectations --- */

static char *dup_text(const char *text) {
	return text != NULL ? mem_dup_str(text) : NULL;
}

static struct scenario_text words_of(
	const struct run *run, const struct scenario_line *line, const char *lang) {
	struct scenario_text text = {dup_text(line->text.id), dup_text(line->text.en)};
	struct buf words = {0};
	char cut[SCENARIO_TEXT_MAX + 1];
	if (text.id == NULL && text.en == NULL) {
		score_cond_words(&words, run, &line->cond, line->type == LINE_FORBID);
		text_copy(cut, sizeof(cut), words.data);
		*(strcmp(lang, "id") == 0 ? &text.id : &text.en) = mem_dup_str(cut);
		buf_finish(&words);
	}
	return text;
}

static void make_expected(struct score *score, const struct run *run) {
	const struct scenario *sc = run_get_config(run)->scenario;
	size_t len;
	const struct expected *expected = run_expected(run, &len);
	for (size_t i = 0; i < sc->len; i++) {
		if (sc->lines[i].type == LINE_EXPECT || sc->lines[i].type == LINE_FORBID) {
			score->unbegun++;
			score->unbegun_points += sc->lines[i].points;
		}
	}
	for (size_t i = 0; i < len; i++) {
		const struct scenario_line *line = expected[i].line;
		*score_add_expected(score) = (struct score_expected){.line = line->number,
			.forbid = line->type == LINE_FORBID,
			.text = words_of(run, line, score->lang),
			.verdict = expected[i].verdict,
			.from_ms = expected[i].from_ms,
			.due_ms = expected[i].due_ms,
			.at_ms = expected[i].at_ms,
			.points = line->points,
			.got = expected[i].verdict == VERDICT_MET ? line->points : 0};
		score->unbegun--;
		score->unbegun_points -= line->points;
	}
}

/* --- all of it --- */

static void make_head(struct score *score, const struct run *run, const struct score_about *about) {
	const struct run_config *cfg = run_get_config(run);
	bool named = about->trainee != NULL && about->trainee[0] != '\0';
	text_copy(score->scenario, sizeof(score->scenario), scenario_name(cfg->scenario));
	if (cfg->scenario->head != NULL) {
		score->title.id = dup_text(cfg->scenario->head->text.id);
		score->title.en = dup_text(cfg->scenario->head->text.en);
	}
	text_copy(score->trainee, sizeof(score->trainee),
		named ? about->trainee : cfg->trainee.who.name);
	text_copy(score->lang, sizeof(score->lang), about->lang);
	score->seed = (int64_t)(cfg->seed & INT64_MAX);
	score->end_ms = run_end_ms(run);
	score->over = run_is_over(run);
	score->at_ms = run_now_ms(run);
	if (score->over && score->at_ms > score->end_ms) {
		score->at_ms = score->end_ms;
	}
	score->pass = scenario_pass(cfg->scenario);
}

void score_make(struct score *score, const struct run *run, const struct score_about *about) {
	memset(score, 0, sizeof(*score));
	make_head(score, run, about);
	make_expected(score, run);
	score_sum(score);
	struct tally t = {.run = run,
		.score = score,
		.start_ms = run_get_config(run)->start_ms,
		.at_ms = score->at_ms};
	make_tracks(&t);
	make_reports(&t);
	score_find_times(&t);
	score_find_faults(&t);
	world_finish(&t.world);
	free(t.tracks);
	free(t.reports);
	free(t.matters);
	free(t.links);
}
