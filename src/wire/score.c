/* The score of a training run as JSON. */
#include <siaga/wire/score.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/wire/wire.h>

#include "put.h"
#include "read.h"

#define FORM      1
#define PERCENT   100
#define LINES_MAX 10000000
#define NAME_SIZE 32 /* of a member that is put together */
#define NEVER     (-1)

static const char *const verdict_names[] = {
	[VERDICT_OPEN] = "open",
	[VERDICT_MET] = "met",
	[VERDICT_LATE] = "late",
	[VERDICT_MISSED] = "missed",
};
static_assert(ARRAY_LEN(verdict_names) == VERDICT_COUNT, "name every verdict");

static const char *const fault_names[] = {
	[FAULT_WRONG_AGENCY] = "wrong_agency",
	[FAULT_NEEDLESS_AGENCY] = "needless_agency",
	[FAULT_MISSING_AGENCY] = "missing_agency",
	[FAULT_BELIEVED] = "believed",
	[FAULT_REJECTED] = "rejected",
	[FAULT_NOT_MERGED] = "not_merged",
	[FAULT_WRONGLY_MERGED] = "wrongly_merged",
	[FAULT_NEVER_TAKEN] = "never_taken",
};
static_assert(ARRAY_LEN(fault_names) == FAULT_COUNT, "name every fault");

static const char *const task_names[] = {
	[SCORE_ACKNOWLEDGE] = "acknowledge",
	[SCORE_VERIFY] = "verify",
	[SCORE_DISPATCH] = "dispatch",
	[SCORE_CLOSE] = "close",
};
static_assert(ARRAY_LEN(task_names) == SCORE_TASK_COUNT, "name every task");

const char *verdict_name(enum verdict verdict) {
	return (unsigned)verdict < VERDICT_COUNT ? verdict_names[verdict] : "?";
}

const char *fault_name(enum fault fault) {
	return (unsigned)fault < FAULT_COUNT ? fault_names[fault] : "?";
}

/* --- the struct --- */

static void text_finish(struct scenario_text *text) {
	free(text->id);
	free(text->en);
}

void score_finish(struct score *score) {
	for (size_t i = 0; i < score->expected_len; i++) {
		text_finish(&score->expected[i].text);
	}
	text_finish(&score->title);
	free(score->expected);
	free(score->faults);
	free(score->alarms);
	memset(score, 0, sizeof(*score));
}

/* Room for one more, zeroed. */
static void *add(void **items, size_t *len, size_t *cap, size_t size) {
	if (*len == *cap) {
		*cap = *cap > 0 ? *cap * 2 : 16;
		*items = mem_resize(*items, *cap, size);
	}
	return memset((char *)*items + size * (*len)++, 0, size);
}

struct score_expected *score_add_expected(struct score *score) {
	void *items = score->expected;
	struct score_expected *added =
		add(&items, &score->expected_len, &score->expected_cap, sizeof(*added));
	score->expected = items;
	return added;
}

struct score_fault *score_add_fault(struct score *score) {
	void *items = score->faults;
	struct score_fault *added =
		add(&items, &score->faults_len, &score->faults_cap, sizeof(*added));
	score->faults = items;
	return added;
}

struct score_alarm *score_add_alarm(struct score *score) {
	void *items = score->alarms;
	struct score_alarm *added =
		add(&items, &score->alarms_len, &score->alarms_cap, sizeof(*added));
	score->alarms = items;
	return added;
}

void score_sum(struct score *score) {
	score->points = score->possible = 0;
	for (size_t i = 0; i < score->expected_len; i++) {
		score->points += score->expected[i].got;
		score->possible += score->expected[i].points;
	}
	score->percent = score->possible > 0 ? score->points * PERCENT / score->possible : 0;
	score->passed = score->over && score->possible > 0 && score->percent >= score->pass;
}

size_t score_count(const struct score *score, enum fault fault) {
	size_t count = 0;
	for (size_t i = 0; i < score->faults_len; i++) {
		count += score->faults[i].fault == fault;
	}
	return count;
}

/* --- writing --- */

static void put_flag(struct buf *out, const char *name, bool flag) {
	put_literal(out, name, flag ? "true" : "false");
}

static void put_words(struct buf *out, const char *name, const struct scenario_text *text) {
	if (text->id != NULL || text->en != NULL) {
		put_open(out, name, '{');
		put_some(out, "id", text->id);
		put_some(out, "en", text->en);
		put_close(out, '}');
	}
}

/* Only what has come. */
static void put_ms(struct buf *out, const char *name, int64_t value_ms) {
	if (value_ms >= 0) {
		put_int(out, name, value_ms);
	}
}

static void put_expected(struct buf *out, const struct score_expected *expected) {
	put_open(out, NULL, '{');
	put_int(out, "line", expected->line);
	put_flag(out, "forbid", expected->forbid);
	put_words(out, "text", &expected->text);
	put_text(out, "verdict", verdict_name(expected->verdict));
	put_int(out, "from_ms", expected->from_ms);
	put_ms(out, "due_ms", expected->due_ms);
	put_ms(out, "at_ms", expected->at_ms);
	put_int(out, "points", expected->points);
	put_int(out, "got", expected->got);
	put_close(out, '}');
}

static void put_score_time(struct buf *out, const char *name, const struct score_time *time) {
	put_open(out, name, '{');
	put_int(out, "count", time->count);
	put_int(out, "median_ms", time->median_ms);
	put_int(out, "p90_ms", time->p90_ms);
	put_int(out, "judged", time->judged);
	put_int(out, "met", time->met);
	put_int(out, "target_ms", time->target_ms);
	put_int(out, "target_to_ms", time->target_to);
	put_close(out, '}');
}

static void put_fault(struct buf *out, const struct score_fault *fault) {
	put_open(out, NULL, '{');
	put_text(out, "fault", fault_name(fault->fault));
	put_int(out, "number", fault->number);
	put_text(out, "key", fault->key);
	put_some(out, "agency", fault->agency);
	put_some(out, "with", fault->with);
	if (fault->with_number > 0) {
		put_int(out, "with_number", fault->with_number);
	}
	put_ms(out, "at_ms", fault->at_ms);
	put_close(out, '}');
}

static const char *took_name(char name[NAME_SIZE], int task) {
	snprintf(name, NAME_SIZE, "%s_ms", task_names[task]);
	return name;
}

static void put_took(struct buf *out, const int64_t took_ms[SCORE_TIMES]) {
	char name[NAME_SIZE];
	for (int i = 0; i < SCORE_TIMES; i++) {
		put_ms(out, took_name(name, i), took_ms[i]);
	}
}

static void put_alarm(struct buf *out, const struct score_alarm *alarm, bool recorded) {
	put_open(out, NULL, '{');
	put_text(out, "key", alarm->key);
	put_int(out, "number", alarm->number);
	put_int(out, "at_ms", alarm->at_ms);
	put_took(out, alarm->took_ms);
	if (recorded) {
		put_open(out, "recorded", '{');
		put_took(out, alarm->recorded_ms);
		put_close(out, '}');
	}
	put_close(out, '}');
}

static void put_head(struct buf *out, const struct score *score) {
	put_int(out, "siaga_score", FORM);
	put_some(out, "scenario", score->scenario);
	put_words(out, "title", &score->title);
	put_some(out, "trainee", score->trainee);
	put_text(out, "language", score->lang);
	put_int(out, "seed", score->seed);
	put_int(out, "at_ms", score->at_ms);
	put_int(out, "end_ms", score->end_ms);
	put_flag(out, "over", score->over);
	put_int(out, "points", score->points);
	put_int(out, "possible", score->possible);
	put_int(out, "percent", score->percent);
	put_int(out, "pass", score->pass);
	put_flag(out, "passed", score->passed);
	put_open(out, "not_begun", '{');
	put_int(out, "count", score->unbegun);
	put_int(out, "points", score->unbegun_points);
	put_close(out, '}');
}

static void put_keys(struct buf *out, const struct score *score) {
	put_open(out, "keys", '{');
	put_int(out, "all", score->keys_all);
	for (size_t i = 0; i < SCORE_TASK_COUNT; i++) {
		put_open(out, task_names[i], '{');
		put_int(out, "count", score->keys[i].count);
		put_int(out, "median", score->keys[i].median);
		put_close(out, '}');
	}
	put_close(out, '}');
}

void wire_put_score(struct buf *out, const struct score *score) {
	put_open(out, NULL, '{');
	put_head(out, score);
	put_open(out, "expected", '[');
	for (size_t i = 0; i < score->expected_len; i++) {
		put_expected(out, &score->expected[i]);
	}
	put_close(out, ']');
	put_int(out, "alarms_real", score->alarms_real);
	put_int(out, "alarms_known", score->alarms_known);
	put_open(out, "times", '{');
	for (size_t i = 0; i < SCORE_TIMES; i++) {
		put_score_time(out, task_names[i], &score->times[i]);
	}
	put_close(out, '}');
	put_open(out, "faults", '[');
	for (size_t i = 0; i < score->faults_len; i++) {
		put_fault(out, &score->faults[i]);
	}
	put_close(out, ']');
	put_keys(out, score);
	put_flag(out, "recorded", score->recorded);
	put_open(out, "alarms", '[');
	for (size_t i = 0; i < score->alarms_len; i++) {
		put_alarm(out, &score->alarms[i], score->recorded);
	}
	put_close(out, ']');
	put_close(out, '}');
}

/* --- reading --- */

static void read_count(const struct reader *r, const char *name, int64_t *out) {
	read_int(r, name, REQUIRED, 0, READ_INT_MAX, out);
}

static void read_ms(const struct reader *r, const char *name, int64_t *out) {
	*out = NEVER;
	read_int(r, name, OPTIONAL, 0, READ_INT_MAX, out);
}

static void read_long(const struct reader *r, const char *name, char **out) {
	char clean[SCENARIO_TEXT_MAX + 1] = "";
	read_text(r, name, OPTIONAL, clean, sizeof(clean), SCENARIO_TEXT_MAX);
	*out = clean[0] != '\0' ? mem_dup_str(clean) : NULL;
}

static void read_words(const struct reader *r, const char *name, struct scenario_text *text) {
	struct reader both = read_object(r, name, OPTIONAL);
	read_long(&both, "id", &text->id);
	read_long(&both, "en", &text->en);
}

static void read_expected(const struct reader *r, struct score_expected *expected) {
	size_t verdict = VERDICT_OPEN;
	int64_t line = 0;
	read_int(r, "line", REQUIRED, 1, LINES_MAX, &line);
	expected->line = (int)line;
	read_flag(r, "forbid", REQUIRED, &expected->forbid);
	read_words(r, "text", &expected->text);
	read_word(r, "verdict", REQUIRED, verdict_names, VERDICT_COUNT, &verdict);
	expected->verdict = (enum verdict)verdict;
	read_count(r, "from_ms", &expected->from_ms);
	read_ms(r, "due_ms", &expected->due_ms);
	read_ms(r, "at_ms", &expected->at_ms);
	read_int(r, "points", REQUIRED, 1, SCENARIO_POINTS_MAX, &expected->points);
	read_int(r, "got", REQUIRED, 0, expected->points, &expected->got);
}

static void read_score_time(const struct reader *r, const char *name, struct score_time *time) {
	struct reader part = read_object(r, name, REQUIRED);
	read_count(&part, "count", &time->count);
	read_count(&part, "median_ms", &time->median_ms);
	read_count(&part, "p90_ms", &time->p90_ms);
	read_count(&part, "judged", &time->judged);
	read_int(&part, "met", REQUIRED, 0, time->judged, &time->met);
	read_count(&part, "target_ms", &time->target_ms);
	read_count(&part, "target_to_ms", &time->target_to);
}

static void read_fault(const struct reader *r, struct score_fault *fault) {
	size_t what = 0;
	read_word(r, "fault", REQUIRED, fault_names, FAULT_COUNT, &what);
	fault->fault = (enum fault)what;
	read_int(r, "number", REQUIRED, 1, READ_INT_MAX, &fault->number);
	read_id(r, "key", REQUIRED, fault->key, sizeof(fault->key));
	read_id(r, "agency", OPTIONAL, fault->agency, sizeof(fault->agency));
	read_id(r, "with", OPTIONAL, fault->with, sizeof(fault->with));
	read_int(r, "with_number", OPTIONAL, 1, READ_INT_MAX, &fault->with_number);
	read_ms(r, "at_ms", &fault->at_ms);
}

static void read_took(const struct reader *r, int64_t took_ms[SCORE_TIMES]) {
	char name[NAME_SIZE];
	for (int i = 0; i < SCORE_TIMES; i++) {
		read_ms(r, took_name(name, i), &took_ms[i]);
	}
}

static void read_alarm(const struct reader *r, struct score_alarm *alarm) {
	struct reader recorded = read_object(r, "recorded", OPTIONAL);
	read_id(r, "key", REQUIRED, alarm->key, sizeof(alarm->key));
	read_int(r, "number", REQUIRED, 1, READ_INT_MAX, &alarm->number);
	read_count(r, "at_ms", &alarm->at_ms);
	read_took(r, alarm->took_ms);
	read_took(&recorded, alarm->recorded_ms);
}

static void read_head(const struct reader *r, struct score *score) {
	int64_t form;
	read_int(r, "siaga_score", REQUIRED, FORM, FORM, &form);
	read_id(r, "scenario", OPTIONAL, score->scenario, sizeof(score->scenario));
	read_words(r, "title", &score->title);
	read_text(r, "trainee", OPTIONAL, score->trainee, sizeof(score->trainee),
		sizeof(score->trainee) - 1);
	read_id(r, "language", REQUIRED, score->lang, sizeof(score->lang));
	read_int(r, "seed", REQUIRED, 0, INT64_MAX, &score->seed);
	read_count(r, "at_ms", &score->at_ms);
	read_count(r, "end_ms", &score->end_ms);
	read_flag(r, "over", REQUIRED, &score->over);
	read_int(r, "pass", REQUIRED, 1, PERCENT, &score->pass);
	struct reader part = read_object(r, "not_begun", REQUIRED);
	read_count(&part, "count", &score->unbegun);
	read_count(&part, "points", &score->unbegun_points);
}

static void read_keys(const struct reader *r, struct score *score) {
	struct reader keys = read_object(r, "keys", REQUIRED);
	read_count(&keys, "all", &score->keys_all);
	for (size_t i = 0; i < SCORE_TASK_COUNT; i++) {
		struct reader part = read_object(&keys, task_names[i], REQUIRED);
		read_count(&part, "count", &score->keys[i].count);
		read_count(&part, "median", &score->keys[i].median);
	}
}

static void read_lists(const struct reader *r, struct score *score) {
	struct list expected = read_list(r, "expected", REQUIRED, SCORE_LIST_MAX);
	struct list faults = read_list(r, "faults", REQUIRED, SCORE_LIST_MAX);
	struct list alarms = read_list(r, "alarms", REQUIRED, SCORE_LIST_MAX);
	for (size_t i = 0; i < expected.len && read_ok(r); i++) {
		struct reader item = read_item(r, &expected, i);
		read_expected(&item, score_add_expected(score));
	}
	for (size_t i = 0; i < faults.len && read_ok(r); i++) {
		struct reader item = read_item(r, &faults, i);
		read_fault(&item, score_add_fault(score));
	}
	for (size_t i = 0; i < alarms.len && read_ok(r); i++) {
		struct reader item = read_item(r, &alarms, i);
		read_alarm(&item, score_add_alarm(score));
	}
}

bool wire_get_score(struct score *score, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(score, 0, sizeof(*score));
	if (!doc_init(&doc, json, len, SCORE_FILE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	read_head(&r, score);
	read_count(&r, "alarms_real", &score->alarms_real);
	read_count(&r, "alarms_known", &score->alarms_known);
	struct reader times = read_object(&r, "times", REQUIRED);
	for (size_t i = 0; i < SCORE_TIMES; i++) {
		read_score_time(&times, task_names[i], &score->times[i]);
	}
	read_keys(&r, score);
	read_flag(&r, "recorded", REQUIRED, &score->recorded);
	read_lists(&r, score);
	bool ok = read_ok(&r);
	if (ok) {
		score_sum(score);
	} else {
		score_finish(score);
	}
	doc_finish(&doc);
	return ok;
}
