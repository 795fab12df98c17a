/* How long things took in a run, how many keys, and how long they took those who had it before. */
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/figures.h>

#include "score_private.h"

/* --- times --- */

static int64_t later(int64_t a, int64_t b) {
	return a > b ? a : b;
}

/* When it came to an alarm: to its own incident, or, once that was merged, to where it went. */
static int64_t reached_ms(const struct report *report, int64_t own_ms, int64_t now_ms) {
	if (own_ms != NEVER || report->now == report->own || now_ms == NEVER) {
		return own_ms;
	}
	return later(now_ms, report->own->merged_ms);
}

static int64_t since(const struct report *report, int64_t at_ms) {
	return at_ms != NEVER ? later(at_ms - report->raised->at_ms, 0) : NEVER;
}

static void make_took(const struct report *report, int64_t took_ms[SCORE_TIMES]) {
	const struct track *own = report->own, *now = report->now;
	bool merged = own->inc->merged_into[0] != '\0';
	/* Whoever merges it has taken it. */
	int64_t acked_ms = own->acked_ms == NEVER && merged ? own->merged_ms : own->acked_ms;
	took_ms[SCORE_ACKNOWLEDGE] = since(report, acked_ms);
	took_ms[SCORE_VERIFY] =
		since(report, reached_ms(report, own->verified_ms, now->verified_ms));
	took_ms[SCORE_DISPATCH] = since(report, reached_ms(report, own->asked_ms, now->asked_ms));
}

static void make_alarms(struct tally *t) {
	for (size_t i = 0; i < t->reports_len; i++) {
		const struct report *report = &t->reports[i];
		struct score_alarm *alarm = score_add_alarm(t->score);
		text_copy(alarm->key, sizeof(alarm->key), report->raised->line->key);
		alarm->number = report->own->inc->number;
		alarm->at_ms = report->raised->at_ms;
		make_took(report, alarm->took_ms);
		for (size_t task = 0; task < SCORE_TIMES; task++) {
			alarm->recorded_ms[task] = NEVER;
		}
	}
}

static int compare_ms(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y ? 1 : 0;
}

/* Since when the task was to be done, and how long that took; NEVER where it has not come to it. */
static int64_t task_took(const struct score_alarm *alarm, enum score_task task, int64_t *from_ms) {
	int64_t acked_ms = alarm->took_ms[SCORE_ACKNOWLEDGE];
	*from_ms = alarm->at_ms;
	if (task != SCORE_VERIFY) {
		return alarm->took_ms[task];
	}
	*from_ms = acked_ms != NEVER ? alarm->at_ms + acked_ms : NEVER;
	return acked_ms != NEVER && alarm->took_ms[task] != NEVER
		       ? later(alarm->took_ms[task] - acked_ms, 0)
		       : NEVER;
}

static int64_t task_target(
	const struct timer_table *timers, const struct report *report, enum score_task task) {
	static const enum figure_time figures[SCORE_TIMES] = {
		[SCORE_ACKNOWLEDGE] = FIGURE_ANSWER,
		[SCORE_VERIFY] = FIGURE_VERIFY,
		[SCORE_DISPATCH] = FIGURE_PROCESS,
	};
	const struct incident *inc = report->own->inc;
	if (task == SCORE_DISPATCH && report_is_known(report) && report->first->needs_len == 0) {
		return 0; /* Nobody has to go. */
	}
	return figure_target_ms(timers, figures[task], inc->kind, inc->priority);
}

static void judge_time(struct score_time *time, int64_t took_ms, int64_t target_ms, bool overdue) {
	if (target_ms == 0 || (took_ms == NEVER && !overdue)) {
		return;
	}
	time->judged++;
	time->met += took_ms != NEVER && took_ms <= target_ms;
	time->target_ms =
		time->target_ms == 0 || target_ms < time->target_ms ? target_ms : time->target_ms;
	time->target_to = later(time->target_to, target_ms);
}

static void make_time(struct tally *t, const struct timer_table *timers, enum score_task task) {
	struct score_time *time = &t->score->times[task];
	int64_t *took = mem_alloc(t->reports_len + 1, sizeof(*took)), from_ms;
	size_t len = 0;
	for (size_t i = 0; i < t->reports_len; i++) {
		const struct report *report = &t->reports[i];
		if (!report_is_real(report) || !report_is_first(t, report)) {
			continue;
		}
		int64_t took_ms = task_took(&t->score->alarms[i], task, &from_ms);
		int64_t target_ms = task_target(timers, report, task);
		if (took_ms != NEVER) {
			took[len++] = took_ms;
		}
		judge_time(time, took_ms, target_ms,
			from_ms != NEVER && t->at_ms - from_ms > target_ms);
	}
	qsort(took, len, sizeof(*took), compare_ms);
	time->count = (int64_t)len;
	time->median_ms = len > 0 ? took[figure_rank(50, len) - 1] : 0;
	time->p90_ms = len > 0 ? took[figure_rank(90, len) - 1] : 0;
	free(took);
}

static void make_times(struct tally *t) {
	struct timer_table timers;
	timer_table_defaults(&timers);
	for (int task = 0; task < SCORE_TIMES; task++) {
		make_time(t, &timers, (enum score_task)task);
	}
}

/* --- keys, and who had it before --- */

static enum score_task task_of(enum action action) {
	return action == ACTION_ACKNOWLEDGE ? SCORE_ACKNOWLEDGE
	       : action == ACTION_VERIFY    ? SCORE_VERIFY
	       : action == ACTION_DISPATCH  ? SCORE_DISPATCH
	       : action == ACTION_CLOSE     ? SCORE_CLOSE
					    : SCORE_TASK_COUNT;
}

static void make_keys(struct score *score, const struct run *run) {
	size_t len;
	const struct deed *deeds = run_deeds(run, &len);
	int64_t *keys = mem_alloc(len + 1, sizeof(*keys));
	for (int task = 0; task < SCORE_TASK_COUNT; task++) {
		size_t count = 0;
		for (size_t i = 0; i < len; i++) {
			/* A plan's agencies are sent, and marked incidents closed, by one key. */
			bool goes_on = i > 0 && deeds[i].keys == 0 &&
				       deeds[i].command.action == deeds[i - 1].command.action;
			if ((int)task_of(deeds[i].command.action) == task && !goes_on) {
				keys[count++] = (int64_t)deeds[i].keys;
			}
		}
		qsort(keys, count, sizeof(*keys), compare_ms);
		score->keys[task].count = (int64_t)count;
		score->keys[task].median = count > 0 ? keys[figure_rank(50, count) - 1] : 0;
	}
	score->keys_all = (int64_t)run_keys(run);
	free(keys);
}

static void make_recorded(struct tally *t) {
	const struct scenario *sc = run_get_config(t->run)->scenario;
	for (size_t i = 0; i < sc->len; i++) {
		const struct scenario_line *line = &sc->lines[i];
		if (line->type != LINE_GHOST) {
			continue;
		}
		t->score->recorded = true;
		const struct raised *raised = run_find(t->run, line->key);
		enum score_task task = task_of(line->cond.action);
		/* Only times of the same clock can be held against each other. */
		if (raised == NULL || task >= SCORE_TIMES || line->has_after ||
			raised->line->has_after) {
			continue;
		}
		size_t len, at = (size_t)(raised - run_raised(t->run, &len));
		int64_t took_ms = later(line->at_ms[0] - raised->line->at_ms[0], 0);
		int64_t *best_ms = &t->score->alarms[at].recorded_ms[task];
		*best_ms = *best_ms == NEVER || took_ms < *best_ms ? took_ms : *best_ms;
	}
}

void score_find_times(struct tally *t) {
	make_alarms(t);
	make_times(t);
	make_recorded(t);
	make_keys(t->score, t->run);
}
