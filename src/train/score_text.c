/* A run's score as a page to read. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "score_private.h"

#define WHEN_COLS   8
#define POINTS_COLS 7
#define WORD_COLS   10
#define TEXT_COL    (2 + POINTS_COLS + 1 + WHEN_COLS + 2 + WORD_COLS + 1)
#define FAULT_COL   (2 + WHEN_COLS + 2)
#define JUDGED_COL  (NAME_COLS + 1 + COUNT_COLS + 1 + 2 * (TIME_COLS + 1) + 1)
#define COUNT_COLS  8
#define TIME_COLS   10
#define ALARM_COLS  22
#define PAIR_COLS   17

static const char *const task_words[] = {
	[SCORE_ACKNOWLEDGE] = N_("acknowledge"),
	[SCORE_VERIFY] = N_("verify"),
	[SCORE_DISPATCH] = N_("dispatch"),
	[SCORE_CLOSE] = N_("close"),
};
static_assert(ARRAY_LEN(task_words) == SCORE_TASK_COUNT, "name every task");

static const char *const fault_words[] = {
	[FAULT_WRONG_AGENCY] = N_("wrong agencies"),
	[FAULT_NEEDLESS_AGENCY] = N_("needless agencies"),
	[FAULT_MISSING_AGENCY] = N_("missing agencies"),
	[FAULT_BELIEVED] = N_("false alarms believed"),
	[FAULT_REJECTED] = N_("real alarms rejected"),
	[FAULT_NOT_MERGED] = N_("duplicates not merged"),
	[FAULT_WRONGLY_MERGED] = N_("wrongly merged"),
	[FAULT_NEVER_TAKEN] = N_("alarms never taken"),
};
static_assert(ARRAY_LEN(fault_words) == FAULT_COUNT, "name every fault");

const char *task_word(enum score_task task) {
	return _(task_words[task]);
}

const char *fault_word(enum fault fault) {
	return _(fault_words[fault]);
}

/* --- pieces --- */

static void put_blanks(struct buf *out, int count) {
	for (int i = 0; i < count; i++) {
		buf_add(out, " ", 1);
	}
}

void put_cell(struct buf *out, const char *text, int cols) {
	int used, width = cols < 0 ? -cols : cols;
	size_t len = text_fit(text, width, &used);
	put_blanks(out, cols < 0 ? width - used : 0);
	buf_add(out, text, len);
	put_blanks(out, (cols < 0 ? 0 : width - used) + 1);
}

/* No blanks at a line's end. */
static void end_line(struct buf *out) {
	while (out->len > 0 && out->data[out->len - 1] == ' ') {
		out->len--;
	}
	buf_add(out, "\n", 1);
}

/* What follows on a line that has begun, and goes on below `col` where it does not fit. */
static void put_words(struct buf *out, int col, const char *text) {
	while (true) {
		int room = SCORE_COLS - col;
		size_t len = text_fit_words(text, room);
		len = len > 0 ? len : text_fit(text, room, NULL);
		buf_add(out, text, len);
		text += len;
		text += strspn(text, " ");
		end_line(out);
		if (*text == '\0' || len == 0) {
			return;
		}
		put_blanks(out, col);
	}
}

static void put_line(struct buf *out, const char *fmt, ...) ATTR_PRINTF(2, 3);

static void put_line(struct buf *out, const char *fmt, ...) {
	char text[SCENARIO_TEXT_MAX + 200];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_blanks(out, 2);
	put_words(out, 2, text);
}

static void put_heading(struct buf *out, const char *text) {
	buf_add_str(out, out->len > 0 ? "\n" : "");
	buf_add_str(out, text);
	buf_add(out, "\n", 1);
}

const char *clock_text(char out[CLOCK_SIZE], int64_t ms, bool tenths) {
	int64_t s = ms / 1000;
	if (ms < 0) {
		snprintf(out, CLOCK_SIZE, "-");
	} else if (s >= 3600) {
		snprintf(out, CLOCK_SIZE, "%lld:%02d:%02d", (long long)(s / 3600),
			(int)(s / 60 % 60), (int)(s % 60));
	} else if (tenths) {
		snprintf(out, CLOCK_SIZE, "%d:%02d.%d", (int)(s / 60), (int)(s % 60),
			(int)(ms % 1000 / 100));
	} else {
		snprintf(out, CLOCK_SIZE, "%d:%02d", (int)(s / 60), (int)(s % 60));
	}
	return out;
}

/* --- the head --- */

static void put_head(struct buf *out, const struct score *score, const char *lang) {
	const char *title = scenario_text_get(&score->title, lang);
	char at[CLOCK_SIZE], end[CLOCK_SIZE];
	long long points = score->points, possible = score->possible, percent = score->percent,
		  pass = score->pass;
	put_heading(out, _("Score:"));
	if (score->scenario[0] != '\0' || title[0] != '\0') {
		bool both = score->scenario[0] != '\0' && title[0] != '\0';
		put_line(out, "%s%s%s", title, both ? ", " : "", score->scenario);
	}
	put_line(out, _("Trainee: %s; seed %lld"), score->trainee, (long long)score->seed);
	clock_text(at, score->at_ms, false);
	clock_text(end, score->end_ms, false);
	if (possible == 0) {
		put_line(out, _("Nothing was expected up to %s of %s."), at, end);
	} else if (!score->over) {
		put_line(out, _("%lld of %lld points, %lld %%, at %s of %s. %lld %% pass."), points,
			possible, percent, at, end, pass);
	} else if (score->passed) {
		put_line(out, _("%lld of %lld points, %lld %%: passed. %lld %% were needed."),
			points, possible, percent, pass);
	} else {
		put_line(out, _("%lld of %lld points, %lld %%: not passed. %lld %% were needed."),
			points, possible, percent, pass);
	}
	if (score->unbegun > 0) {
		put_line(out, _("Expectations that did not come up: %lld, worth %lld points"),
			(long long)score->unbegun, (long long)score->unbegun_points);
	}
}

/* --- what was expected --- */

static const char *verdict_word(const struct score_expected *expected) {
	switch (expected->verdict) {
	case VERDICT_MET: return expected->forbid ? _("kept") : _("met");
	case VERDICT_LATE: return _("late");
	case VERDICT_MISSED: return expected->forbid ? _("broken") : _("missed");
	case VERDICT_OPEN:
	case VERDICT_COUNT: break;
	}
	return _("open");
}

/* Rounded up: what is late is not late by nothing. */
static int64_t late_ms(const struct score_expected *expected) {
	int64_t late = expected->due_ms >= 0 ? expected->at_ms - expected->due_ms : 0;
	return late > 0 ? (late + 99) / 100 * 100 : 0;
}

/* Why there are no points, or not yet. */
static void put_why(struct buf *out, const struct score_expected *expected) {
	char due[CLOCK_SIZE], late[CLOCK_SIZE], text[2 * CELL_SIZE] = "";
	/* The end may have come before it was due. */
	bool ends = expected->due_ms >= 0 &&
		    (expected->at_ms < 0 || expected->at_ms >= expected->due_ms);
	clock_text(due, expected->due_ms, false);
	clock_text(late, late_ms(expected), true);
	if (expected->verdict == VERDICT_LATE) {
		snprintf(text, sizeof(text), _("due at %s: %s too late"), due, late);
	} else if (expected->verdict == VERDICT_MISSED && expected->forbid) {
		snprintf(text, sizeof(text), "%s", _("it was forbidden"));
	} else if (expected->verdict == VERDICT_MISSED && ends) {
		snprintf(text, sizeof(text), _("due at %s: it did not come"), due);
	} else if (expected->verdict == VERDICT_MISSED) {
		snprintf(text, sizeof(text), "%s", _("it did not come before the end"));
	} else if (expected->verdict == VERDICT_OPEN && ends) {
		snprintf(text, sizeof(text), expected->forbid ? _("not before %s") : _("due at %s"),
			due);
	}
	if (text[0] != '\0') {
		put_blanks(out, TEXT_COL);
		put_words(out, TEXT_COL, text);
	}
}

static void put_expected(struct buf *out, const struct score_expected *expected, const char *lang) {
	char points[CELL_SIZE], when[CLOCK_SIZE];
	bool came = expected->verdict == VERDICT_LATE ||
		    expected->verdict == (expected->forbid ? VERDICT_MISSED : VERDICT_MET);
	const char *text = scenario_text_get(&expected->text, lang);
	snprintf(points, sizeof(points), "%lld/%lld", (long long)expected->got,
		(long long)expected->points);
	put_blanks(out, 2);
	put_cell(out, points, -POINTS_COLS);
	put_cell(out, clock_text(when, came ? expected->at_ms : -1, false), -WHEN_COLS);
	put_blanks(out, 1);
	put_cell(out, verdict_word(expected), WORD_COLS);
	put_words(out, TEXT_COL, text);
	put_why(out, expected);
}

static void put_all_expected(struct buf *out, const struct score *score, const char *lang) {
	if (score->expected_len == 0) {
		return;
	}
	put_heading(out, _("What was expected:"));
	put_blanks(out, 2);
	put_cell(out, _("points"), -POINTS_COLS);
	put_cell(out, _("at"), -WHEN_COLS);
	end_line(out);
	for (size_t i = 0; i < score->expected_len; i++) {
		put_expected(out, &score->expected[i], lang);
	}
}

/* --- times --- */

static void put_time(struct buf *out, const struct score *score, enum score_task task) {
	static const char *const words[SCORE_TIMES] = {
		[SCORE_ACKNOWLEDGE] = N_("until acknowledged"),
		[SCORE_VERIFY] = N_("from there until verified"),
		[SCORE_DISPATCH] = N_("until the first agency"),
	};
	const struct score_time *time = &score->times[task];
	char cell[CELL_SIZE], from[CLOCK_SIZE], to[CLOCK_SIZE], clock[CLOCK_SIZE];
	put_blanks(out, 2);
	put_cell(out, _(words[task]), NAME_COLS - 2);
	snprintf(cell, sizeof(cell), "%lld/%lld", (long long)time->count,
		(long long)score->alarms_real);
	put_cell(out, cell, -COUNT_COLS);
	put_cell(out, clock_text(clock, time->count > 0 ? time->median_ms : -1, true), -TIME_COLS);
	put_cell(out, clock_text(clock, time->count > 0 ? time->p90_ms : -1, true), -TIME_COLS);
	if (time->judged > 0) {
		clock_text(from, time->target_ms, false);
		clock_text(to, time->target_to, false);
		snprintf(cell, sizeof(cell), "%lld/%lld %s%s%s", (long long)time->met,
			(long long)time->judged, from, time->target_ms < time->target_to ? "-" : "",
			time->target_ms < time->target_to ? to : "");
		put_blanks(out, 1);
		put_cell(out, cell, SCORE_COLS - JUDGED_COL);
	}
	end_line(out);
}

static void put_times(struct buf *out, const struct score *score) {
	put_heading(out, _("Times of real alarms:"));
	put_blanks(out, 2);
	put_cell(out, "", NAME_COLS - 2);
	put_cell(out, _("alarms"), -COUNT_COLS);
	put_cell(out, _("median"), -TIME_COLS);
	put_cell(out, "90 %", -TIME_COLS);
	put_blanks(out, 1);
	put_cell(out, _("in time, of"), SCORE_COLS - JUDGED_COL);
	end_line(out);
	for (int task = 0; task < SCORE_TIMES; task++) {
		put_time(out, score, (enum score_task)task);
	}
}

/* --- what went wrong --- */

static void put_fault(struct buf *out, const struct score_fault *fault) {
	char text[4 * SCENARIO_KEY_SIZE + 200] = "", alarm[2 * SCENARIO_KEY_SIZE],
					  with[2 * SCENARIO_KEY_SIZE], when[CLOCK_SIZE];
	snprintf(alarm, sizeof(alarm), "#%lld %s", (long long)fault->number, fault->key);
	snprintf(with, sizeof(with), "#%lld %s", (long long)fault->with_number, fault->with);
	switch (fault->fault) {
	case FAULT_WRONG_AGENCY:
		snprintf(text, sizeof(text), _("%s: %s was sent, and another was needed"), alarm,
			fault->agency);
		break;
	case FAULT_NEEDLESS_AGENCY:
		snprintf(
			text, sizeof(text), _("%s: %s was sent for nothing"), alarm, fault->agency);
		break;
	case FAULT_MISSING_AGENCY:
		snprintf(text, sizeof(text), _("%s: %s was needed, and not sent"), alarm,
			fault->agency);
		break;
	case FAULT_BELIEVED:
		snprintf(text, sizeof(text), _("%s: a false alarm, taken for real"), alarm);
		break;
	case FAULT_REJECTED:
		snprintf(text, sizeof(text), _("%s: real, and marked as a false alarm"), alarm);
		break;
	case FAULT_NOT_MERGED:
		snprintf(text, sizeof(text), _("%s: the same as %s, and not merged"), alarm, with);
		break;
	case FAULT_WRONGLY_MERGED:
		snprintf(
			text, sizeof(text), _("%s: merged with %s, and not the same"), alarm, with);
		break;
	case FAULT_NEVER_TAKEN: snprintf(text, sizeof(text), _("%s: never taken"), alarm); break;
	case FAULT_COUNT: break;
	}
	put_blanks(out, 2);
	put_cell(out, clock_text(when, fault->at_ms, false), -WHEN_COLS);
	put_blanks(out, 1);
	put_words(out, FAULT_COL, text);
}

static void put_faults(struct buf *out, const struct score *score) {
	size_t untold = score->alarms_len > (size_t)score->alarms_known
				? score->alarms_len - (size_t)score->alarms_known
				: 0;
	put_heading(out, score->over ? _("What went wrong:") : _("What is wrong so far:"));
	for (size_t i = 0; i < score->faults_len; i++) {
		put_fault(out, &score->faults[i]);
	}
	if (score->faults_len == 0) {
		put_line(out, "%s", _("nothing that is known"));
	}
	if (untold > 0) {
		put_line(out, _("Of %zu of %zu alarms the scenario does not say what they were."),
			untold, score->alarms_len);
	}
}

/* --- keys, and the recording --- */

static void put_keys(struct buf *out, const struct score *score) {
	char cell[CELL_SIZE];
	put_heading(out, _("Keys:"));
	put_blanks(out, 2);
	put_cell(out, "", NAME_COLS - 2);
	put_cell(out, _("times"), -COUNT_COLS);
	put_cell(out, _("median"), -TIME_COLS);
	end_line(out);
	for (int task = 0; task < SCORE_TASK_COUNT; task++) {
		const struct score_keys *keys = &score->keys[task];
		put_blanks(out, 2);
		put_cell(out, task_word((enum score_task)task), NAME_COLS - 2);
		snprintf(cell, sizeof(cell), "%lld", (long long)keys->count);
		put_cell(out, cell, -COUNT_COLS);
		snprintf(cell, sizeof(cell), "%lld", (long long)keys->median);
		put_cell(out, keys->count > 0 ? cell : "-", -TIME_COLS);
		end_line(out);
	}
	put_line(out, _("%lld in all"), (long long)score->keys_all);
}

static bool is_recorded(const struct score_alarm *alarm) {
	for (int task = 0; task < SCORE_TIMES; task++) {
		if (alarm->recorded_ms[task] >= 0) {
			return true;
		}
	}
	return false;
}

static void put_recorded(struct buf *out, const struct score *score) {
	char cell[CELL_SIZE], own[CLOCK_SIZE], theirs[CLOCK_SIZE];
	if (!score->recorded) {
		return;
	}
	put_heading(out, _("This run / the recorded evening, since the alarm:"));
	put_blanks(out, 2);
	put_cell(out, "", ALARM_COLS);
	for (int task = 0; task < SCORE_TIMES; task++) {
		put_cell(out, task_word((enum score_task)task), -PAIR_COLS);
	}
	end_line(out);
	for (size_t i = 0; i < score->alarms_len; i++) {
		const struct score_alarm *alarm = &score->alarms[i];
		if (!is_recorded(alarm)) {
			continue;
		}
		snprintf(cell, sizeof(cell), "#%lld %s", (long long)alarm->number, alarm->key);
		put_blanks(out, 2);
		put_cell(out, cell, ALARM_COLS);
		for (int task = 0; task < SCORE_TIMES; task++) {
			clock_text(own, alarm->took_ms[task], false);
			clock_text(theirs, alarm->recorded_ms[task], false);
			snprintf(cell, sizeof(cell), "%s / %s", own, theirs);
			put_cell(out, cell, -PAIR_COLS);
		}
		end_line(out);
	}
}

void score_text(struct buf *out, const struct score *score, const char *lang) {
	put_head(out, score, lang);
	put_all_expected(out, score, lang);
	put_times(out, score);
	put_faults(out, score);
	put_keys(out, score);
	put_recorded(out, score);
}
