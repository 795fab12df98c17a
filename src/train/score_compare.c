/* Several runs side by side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "score_private.h"

#define LABEL_COLS 23
#define RUN_COLS   11
#define RUNS_MAX   ((SCORE_COLS - LABEL_COLS - 3) / (RUN_COLS + 1)) /* in one table */
#define IS_NOT     INT64_MIN                                        /* of what a row says nothing */

/* What stands in a row: which number, and how it is written. */
enum form { FORM_NUMBER, FORM_PERCENT, FORM_TIME };

struct row {
	enum form form;
	int64_t (*value)(const struct score *score, int arg);
	int arg;
};

static int64_t points_of(const struct score *score, int arg) {
	UNUSED(arg);
	return score->possible > 0 ? score->points : IS_NOT;
}

static int64_t possible_of(const struct score *score, int arg) {
	UNUSED(arg);
	return score->possible > 0 ? score->possible : IS_NOT;
}

static int64_t percent_of(const struct score *score, int arg) {
	UNUSED(arg);
	return score->possible > 0 ? score->percent : IS_NOT;
}

static int64_t median_of(const struct score *score, int arg) {
	return score->times[arg].count > 0 ? score->times[arg].median_ms : IS_NOT;
}

static int64_t p90_of(const struct score *score, int arg) {
	return score->times[arg].count > 0 ? score->times[arg].p90_ms : IS_NOT;
}

static int64_t in_time_of(const struct score *score, int arg) {
	const struct score_time *time = &score->times[arg];
	return time->judged > 0 ? time->met * 100 / time->judged : IS_NOT;
}

static int64_t faults_of(const struct score *score, int arg) {
	return (int64_t)score_count(score, (enum fault)arg);
}

static int64_t keys_of(const struct score *score, int arg) {
	return score->keys[arg].count > 0 ? score->keys[arg].median : IS_NOT;
}

static int64_t all_keys_of(const struct score *score, int arg) {
	UNUSED(arg);
	return score->keys_all;
}

/* --- cells --- */

/* A value, or with `sign` a difference. */
static void put_value(struct buf *out, enum form form, int64_t value, bool sign) {
	char cell[CELL_SIZE] = "-", clock[CLOCK_SIZE];
	const char *mark = !sign ? "" : value < 0 ? "-" : value > 0 ? "+" : "";
	long long size = value == IS_NOT ? 0 : value < 0 ? -value : value;
	if (value != IS_NOT && form == FORM_TIME) {
		clock_text(clock, size, true);
		snprintf(cell, sizeof(cell), "%s%s", mark, clock);
	} else if (value != IS_NOT) {
		snprintf(cell, sizeof(cell), "%s%lld%s", mark, size,
			form == FORM_PERCENT ? " %" : "");
	}
	put_cell(out, cell, -RUN_COLS);
}

static void end_row(struct buf *out) {
	while (out->data[out->len - 1] == ' ') {
		out->len--;
	}
	buf_add(out, "\n", 1);
}

/* --- tables --- */

/* Columns of a table: runs, or for a trainee the first and the last. */
struct column {
	const struct score *score, *last; /* last NULL: the run itself */
	size_t number;                    /* of the run, from 1 */
};

struct table {
	const struct column *columns;
	size_t len;
};

static void put_label(struct buf *out, const char *label) {
	put_cell(out, "", 1);
	put_cell(out, label, LABEL_COLS);
}

static void put_row(
	struct buf *out, const struct table *table, const char *label, const struct row *row) {
	put_label(out, label);
	for (size_t i = 0; i < table->len; i++) {
		const struct column *column = &table->columns[i];
		int64_t value = row->value(column->score, row->arg);
		if (column->last != NULL) {
			int64_t last = row->value(column->last, row->arg);
			value = value != IS_NOT && last != IS_NOT ? last - value : IS_NOT;
		}
		put_value(out, row->form, value, column->last != NULL);
	}
	end_row(out);
}

static const char *result_of(const struct score *score) {
	return score->possible == 0 ? "-"
	       : !score->over       ? _("not over")
	       : score->passed      ? _("passed")
				    : _("not passed");
}

static void put_texts(struct buf *out, const struct table *table) {
	char cell[CELL_SIZE];
	if (table->columns[0].last == NULL) {
		put_label(out, _("run"));
		for (size_t i = 0; i < table->len; i++) {
			snprintf(cell, sizeof(cell), "%zu", table->columns[i].number);
			put_cell(out, cell, -RUN_COLS);
		}
		end_row(out);
	}
	put_label(out, _("trainee"));
	for (size_t i = 0; i < table->len; i++) {
		put_cell(out, table->columns[i].score->trainee, -RUN_COLS);
	}
	end_row(out);
	if (table->columns[0].last != NULL) {
		return;
	}
	put_label(out, _("scenario"));
	for (size_t i = 0; i < table->len; i++) {
		put_cell(out, table->columns[i].score->scenario, -RUN_COLS);
	}
	end_row(out);
	put_label(out, _("seed"));
	for (size_t i = 0; i < table->len; i++) {
		snprintf(cell, sizeof(cell), "%lld", (long long)table->columns[i].score->seed);
		put_cell(out, cell, -RUN_COLS);
	}
	end_row(out);
	put_label(out, _("result"));
	for (size_t i = 0; i < table->len; i++) {
		put_cell(out, result_of(table->columns[i].score), -RUN_COLS);
	}
	end_row(out);
}

static void put_time_rows(struct buf *out, const struct table *table) {
	static const char *const labels[SCORE_TIMES][3] = {
		[SCORE_ACKNOWLEDGE] = {N_("acknowledge, median"), N_("acknowledge, 90 %"),
			N_("acknowledge, in time")},
		[SCORE_VERIFY] = {N_("verify, median"), N_("verify, 90 %"), N_("verify, in time")},
		[SCORE_DISPATCH] = {N_("dispatch, median"), N_("dispatch, 90 %"),
			N_("dispatch, in time")},
	};
	for (int task = 0; task < SCORE_TIMES; task++) {
		put_row(out, table, _(labels[task][0]), &(struct row){FORM_TIME, median_of, task});
		put_row(out, table, _(labels[task][1]), &(struct row){FORM_TIME, p90_of, task});
		put_row(out, table, _(labels[task][2]),
			&(struct row){FORM_PERCENT, in_time_of, task});
	}
}

static void put_key_rows(struct buf *out, const struct table *table) {
	static const char *const labels[SCORE_TASK_COUNT] = {
		[SCORE_ACKNOWLEDGE] = N_("keys to acknowledge"),
		[SCORE_VERIFY] = N_("keys to verify"),
		[SCORE_DISPATCH] = N_("keys to dispatch"),
		[SCORE_CLOSE] = N_("keys to close"),
	};
	for (int task = 0; task < SCORE_TASK_COUNT; task++) {
		put_row(out, table, _(labels[task]), &(struct row){FORM_NUMBER, keys_of, task});
	}
	put_row(out, table, _("keys in all"), &(struct row){FORM_NUMBER, all_keys_of, 0});
}

static void put_table(struct buf *out, const struct table *table) {
	put_texts(out, table);
	put_row(out, table, _("percent"), &(struct row){FORM_PERCENT, percent_of, 0});
	put_row(out, table, _("points"), &(struct row){FORM_NUMBER, points_of, 0});
	put_row(out, table, _("of points"), &(struct row){FORM_NUMBER, possible_of, 0});
	put_time_rows(out, table);
	for (int fault = 0; fault < FAULT_COUNT; fault++) {
		put_row(out, table, fault_word((enum fault)fault),
			&(struct row){FORM_NUMBER, faults_of, fault});
	}
	put_key_rows(out, table);
}

/* As many tables below each other as the columns need. */
static void put_tables(
	struct buf *out, const char *heading, const struct column *columns, size_t len) {
	for (size_t i = 0; i < len; i += RUNS_MAX) {
		size_t left = len - i;
		buf_add_str(out, out->len > 0 ? "\n" : "");
		buf_add_str(out, heading);
		buf_add_str(out, "\n");
		put_table(out, &(struct table){&columns[i], left < RUNS_MAX ? left : RUNS_MAX});
	}
}

/* Has an earlier run the same trainee? */
static bool is_again(const struct score *scores, size_t at) {
	for (size_t i = 0; i < at; i++) {
		if (strcmp(scores[i].trainee, scores[at].trainee) == 0) {
			return true;
		}
	}
	return false;
}

void scores_compare_text(struct buf *out, const struct score *scores, size_t len) {
	struct column *columns = mem_alloc(len + 1, sizeof(*columns));
	size_t changed = 0;
	for (size_t i = 0; i < len; i++) {
		columns[i] = (struct column){.score = &scores[i], .number = i + 1};
	}
	put_tables(out, _("Runs:"), columns, len);
	for (size_t i = 0; i < len; i++) {
		const struct score *last = NULL;
		for (size_t k = i + 1; k < len && !is_again(scores, i); k++) {
			last = strcmp(scores[i].trainee, scores[k].trainee) == 0 ? &scores[k]
										 : last;
		}
		if (last != NULL) {
			columns[changed++] = (struct column){.score = &scores[i], .last = last};
		}
	}
	put_tables(out, _("Change from the first to the last:"), columns, changed);
	free(columns);
}
