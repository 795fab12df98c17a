#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/train/score.h>

#include "world.h"

static const struct sim_user ayu = {.who = {"ayu", "TMC-1"}, .role = ROLE_OPERATOR};
static const struct score_about about = {.trainee = "Ayu Lestari", .lang = "en"};

#define RAISE(at, key, kind, priority, truth)                                                      \
	"{\"at\":" at ",\"raise\":{\"key\":\"" key "\",\"kind\":\"" kind                           \
	"\",\"priority\":\"" priority "\",\"lat\":-7.57,\"lon\":110.82}" truth "}\n"
#define TRUTH(members) ",\"truth\":{" members "}"

/* clang-format off */
static const char exam[] =
	"{\"scenario\":\"ujian\",\"title\":{\"id\":\"Ujian\",\"en\":\"Exam\"},\"end\":600,"
		"\"pass\":50}\n"
	RAISE("10", "a", "fire", "P1", TRUTH("\"needs\":[\"damkar\"],\"may\":[\"psc119\"]"))
	RAISE("20", "b", "fire", "P1", TRUTH("\"same_as\":\"a\""))
	RAISE("30", "c", "medical", "P2", TRUTH("\"needs\":[\"psc119\"]"))
	RAISE("40", "d", "crime", "P2", TRUTH("\"real\":false"))
	RAISE("50", "e", "crime", "P2", TRUTH("\"needs\":[\"polresta\"]"))
	RAISE("60", "f", "fire", "P2", TRUTH("\"real\":false,\"may\":[\"damkar\"]"))
	RAISE("70", "g", "medical", "P2", TRUTH("\"needs\":[\"psc119\"]"))
	RAISE("80", "h", "medical", "P2", TRUTH("\"same_as\":\"c\""))
	"{\"at\":10,\"expect\":{\"did\":\"acknowledge\",\"key\":\"a\",\"within\":10,"
		"\"points\":2}}\n"
	"{\"at\":10,\"expect\":{\"did\":\"dispatch\",\"key\":\"a\",\"agency\":\"damkar\","
		"\"within\":30,\"points\":3,"
		"\"text\":{\"id\":\"Kirim Damkar\",\"en\":\"Send the fire service\"}}}\n"
	"{\"at\":20,\"expect\":{\"did\":\"merge\",\"key\":\"b\",\"into\":\"a\",\"points\":4}}\n"
	"{\"at\":30,\"forbid\":{\"did\":\"reject\",\"key\":\"c\"}}\n"
	"{\"at\":10,\"forbid\":{\"did\":\"reject\",\"key\":\"a\",\"reason\":\"prank\"}}\n"
	"{\"at\":70,\"expect\":{\"all\":[{\"state\":\"verified\",\"key\":\"g\"},"
		"{\"any\":[{\"status\":\"accepted\",\"agency\":\"psc119\",\"key\":\"g\"},"
		"{\"not\":{\"command\":\"plan\"}}]}],\"within\":60,\"points\":5}}\n"
	"{\"at\":500,\"expect\":{\"selected\":\"a\",\"within\":200}}\n"
	"{\"after\":{\"did\":\"close\",\"key\":\"a\"},"
		"\"expect\":{\"did\":\"note\",\"key\":\"a\",\"points\":7}}\n"
	"{\"at\":12,\"ghost\":{\"by\":\"budi\",\"action\":\"acknowledge\",\"key\":\"a\"}}\n"
	"{\"at\":25,\"ghost\":{\"by\":\"budi\",\"action\":\"dispatch\",\"key\":\"a\","
		"\"agency\":\"damkar\"}}\n"
	"{\"at\":28,\"ghost\":{\"by\":\"budi\",\"action\":\"dispatch\",\"key\":\"a\","
		"\"agency\":\"psc119\"}}\n";
/* clang-format on */

static struct scenario scenario;
static struct run *run;

static void start(const char *text) {
	struct registry reg = {0};
	struct err err = {0};
	city_fill(&reg);
	if (!scenario_read(&scenario, text, strlen(text), &err)) {
		fail_msg("%s", err.text);
	}
	run = run_create(&(struct run_config){.registry = &reg,
		.scenario = &scenario,
		.trainee = ayu,
		.seed = 7,
		.start_ms = T0,
		.mode = MODE_EXERCISE,
		.lang = "en"});
}

static void end(void) {
	run_destroy(run);
	scenario_finish(&scenario);
	run = NULL;
}

/* What the trainee does next: at a time, with so many keys. */
struct deed_of {
	int64_t at_ms;
	int keys;
	enum action action;
	const char *key, *into, *agency;
};

static bool act(const struct deed_of *deed) {
	const struct world *world = sim_get_world(run_sim(run));
	const struct raised *raised = run_find(run, deed->key);
	struct refusal no;
	int64_t seq;
	run_advance(run, deed->at_ms);
	raised = run_find(run, deed->key);
	assert_non_null(raised);
	struct command cmd = city_command(world, deed->action, raised->ids.incident, "x");
	cmd.method = METHOD_CALLBACK;
	cmd.reason = REJECT_PRANK;
	cmd.disposition = DISPOSITION_HANDLED;
	if (deed->into != NULL) {
		text_copy(cmd.other, sizeof(cmd.other), run_find(run, deed->into)->ids.incident);
	}
	text_copy(cmd.agency, sizeof(cmd.agency), deed->agency != NULL ? deed->agency : "");
	for (int i = 0; i < deed->keys; i++) {
		run_key(run);
	}
	return run_do(run, &cmd, &seq, &no);
}

static const struct deed_of bad_evening[] = {
	{14000, 1, ACTION_ACKNOWLEDGE, "a", NULL, NULL},
	{16500, 2, ACTION_VERIFY, "a", NULL, NULL},
	{45230, 3, ACTION_DISPATCH, "a", NULL, "damkar"},
	{46000, 4, ACTION_MERGE, "b", "a", NULL},
	{90000, 1, ACTION_ACKNOWLEDGE, "c", NULL, NULL},
	{100000, 2, ACTION_REJECT, "c", NULL, NULL},
	{110000, 1, ACTION_ACKNOWLEDGE, "d", NULL, NULL},
	{111000, 2, ACTION_VERIFY, "d", NULL, NULL},
	{120000, 3, ACTION_ACKNOWLEDGE, "e", NULL, NULL},
	{121000, 5, ACTION_VERIFY, "e", NULL, NULL},
	{122000, 2, ACTION_DISPATCH, "e", NULL, "damkar"},
	{130000, 1, ACTION_ACKNOWLEDGE, "f", NULL, NULL},
	{131000, 5, ACTION_DISPATCH, "f", NULL, "damkar"},
	{131000, 0, ACTION_DISPATCH, "f", NULL, "psc119"}, /* with the same key */
	{140000, 1, ACTION_ACKNOWLEDGE, "h", NULL, NULL},
	{141000, 4, ACTION_MERGE, "h", "e", NULL},
};

static void play(const struct deed_of *deeds, size_t len) {
	start(exam);
	for (size_t i = 0; i < len; i++) {
		if (!act(&deeds[i])) {
			fail_msg("deed %zu was refused", i);
		}
	}
}

static void play_bad_evening(void) {
	play(bad_evening, ARRAY_LEN(bad_evening));
	run_advance(run, 600000);
	assert_true(run_is_over(run));
}

static char *json_of(const struct score *score) {
	struct buf out = {0};
	wire_put_score(&out, score);
	return out.data;
}

static void check_outcome(const struct score *score, size_t at, enum verdict verdict, int64_t at_ms,
	int64_t got, const char *text) {
	assert_true(at < score->expected_len);
	const struct score_expected *expected = &score->expected[at];
	assert_int_equal(expected->verdict, verdict);
	assert_int_equal(expected->at_ms, at_ms);
	assert_int_equal(expected->got, got);
	assert_string_equal(scenario_text_get(&expected->text, "en"), text);
}

static void every_expectation_says_what_became_of_it(void **state) {
	struct score score;
	UNUSED(state);
	play_bad_evening();
	score_make(&score, run, &about);
	assert_string_equal(score.scenario, "ujian");
	assert_string_equal(score.title.id, "Ujian");
	assert_string_equal(score.trainee, "Ayu Lestari");
	assert_int_equal(score.seed, 7);
	assert_int_equal(score.at_ms, 600000);
	assert_true(score.over);
	assert_int_equal(score.expected_len, 7);
	check_outcome(&score, 0, VERDICT_MET, 14000, 2, "acknowledge #1 a");
	check_outcome(&score, 1, VERDICT_LATE, 45230, 0, "Send the fire service");
	assert_string_equal(score.expected[1].text.id, "Kirim Damkar");
	assert_int_equal(score.expected[1].due_ms, 40000);
	assert_int_equal(score.expected[1].points, 3);
	check_outcome(&score, 2, VERDICT_MET, 600000, 1, "not: mark #1 a as a false alarm (prank)");
	assert_true(score.expected[2].forbid);
	check_outcome(&score, 3, VERDICT_MET, 46000, 4, "merge #2 b with #1 a");
	assert_int_equal(score.expected[3].due_ms, -1);
	check_outcome(&score, 4, VERDICT_MISSED, 100000, 0, "not: mark #3 c as a false alarm");
	check_outcome(&score, 5, VERDICT_MISSED, 130000, 0,
		"#7 g is verified and (psc119 at #7 g: accepted or not: use :plan)");
	check_outcome(&score, 6, VERDICT_MISSED, 600000, 0, "select #1 a");
	assert_int_equal(score.points, 7);
	assert_int_equal(score.possible, 17);
	assert_int_equal(score.percent, 41);
	assert_int_equal(score.pass, 50);
	assert_false(score.passed);
	assert_int_equal(score.unbegun, 1);
	assert_int_equal(score.unbegun_points, 7);
	score_finish(&score);
	end();
}

static void check_time(const struct score *score, enum score_task task, int64_t count,
	int64_t median_ms, int64_t p90_ms, int64_t judged, int64_t met, int64_t target_ms) {
	const struct score_time *time = &score->times[task];
	assert_int_equal(time->count, count);
	assert_int_equal(time->median_ms, median_ms);
	assert_int_equal(time->p90_ms, p90_ms);
	assert_int_equal(time->judged, judged);
	assert_int_equal(time->met, met);
	assert_int_equal(time->target_ms, target_ms);
	assert_int_equal(time->target_to, target_ms);
}

/* Of a, c, e and g; the fourth was never taken, and so is not in time either. */
static void times_are_of_real_alarms(void **state) {
	struct score score;
	UNUSED(state);
	play_bad_evening();
	score_make(&score, run, &about);
	assert_int_equal(score.alarms_known, 8);
	assert_int_equal(score.alarms_real, 4);
	check_time(&score, SCORE_ACKNOWLEDGE, 3, 60000, 70000, 4, 1, 10000);
	check_time(&score, SCORE_VERIFY, 2, 1000, 2500, 3, 2, 120000);
	check_time(&score, SCORE_DISPATCH, 2, 35230, 72000, 1, 1, 60000);
	assert_int_equal(score.alarms_len, 8);
	assert_int_equal(score.alarms[0].took_ms[SCORE_VERIFY], 6500);
	/* Of one that was merged what was done where it went, once it was there. */
	assert_int_equal(score.alarms[1].took_ms[SCORE_ACKNOWLEDGE], 26000);
	assert_int_equal(score.alarms[1].took_ms[SCORE_DISPATCH], 26000);
	assert_int_equal(score.alarms[6].took_ms[SCORE_ACKNOWLEDGE], -1);
	score_finish(&score);
	end();
}

static void check_fault(const struct score *score, size_t at, enum fault fault, int64_t number,
	const char *key, const char *agency, const char *with, int64_t at_ms) {
	assert_true(at < score->faults_len);
	const struct score_fault *found = &score->faults[at];
	assert_int_equal(found->fault, fault);
	assert_int_equal(found->number, number);
	assert_string_equal(found->key, key);
	assert_string_equal(found->agency, agency);
	assert_string_equal(found->with, with);
	assert_int_equal(found->at_ms, at_ms);
}

static void what_went_wrong_is_told_by_alarm(void **state) {
	struct score score;
	UNUSED(state);
	play_bad_evening();
	score_make(&score, run, &about);
	check_fault(&score, 0, FAULT_WRONG_AGENCY, 5, "e", "damkar", "", 122000);
	check_fault(&score, 1, FAULT_NEEDLESS_AGENCY, 6, "f", "psc119", "", 131000);
	check_fault(&score, 2, FAULT_MISSING_AGENCY, 3, "c", "psc119", "", -1);
	check_fault(&score, 3, FAULT_MISSING_AGENCY, 5, "e", "polresta", "", -1);
	check_fault(&score, 4, FAULT_MISSING_AGENCY, 7, "g", "psc119", "", -1);
	check_fault(&score, 5, FAULT_BELIEVED, 4, "d", "", "", 111000);
	check_fault(&score, 6, FAULT_BELIEVED, 6, "f", "", "", 131000);
	check_fault(&score, 7, FAULT_REJECTED, 3, "c", "", "", 100000);
	check_fault(&score, 8, FAULT_NOT_MERGED, 8, "h", "", "c", -1);
	assert_int_equal(score.faults[8].with_number, 3);
	check_fault(&score, 9, FAULT_WRONGLY_MERGED, 8, "h", "", "e", 141000);
	check_fault(&score, 10, FAULT_NEVER_TAKEN, 7, "g", "", "", -1);
	assert_int_equal(score.faults_len, 11);
	assert_int_equal(score_count(&score, FAULT_MISSING_AGENCY), 3);
	score_finish(&score);
	end();
}

/* Acknowledged with 1 1 1 3 1 1 keys, verified with 2 2 5, sent with 3 2 5. */
static void keys_are_counted_by_task(void **state) {
	static const int64_t counts[] = {6, 3, 3, 0}, medians[] = {1, 2, 3, 0};
	struct score score;
	UNUSED(state);
	play_bad_evening();
	run_key(run); /* After the end. */
	score_make(&score, run, &about);
	for (int task = 0; task < SCORE_TASK_COUNT; task++) {
		assert_int_equal(score.keys[task].count, counts[task]);
		assert_int_equal(score.keys[task].median, medians[task]);
	}
	assert_int_equal(score.keys_all, 37);
	score_finish(&score);
	end();
}

static void the_recorded_evening_stands_beside_it(void **state) {
	struct score score;
	UNUSED(state);
	play_bad_evening();
	score_make(&score, run, &about);
	assert_true(score.recorded);
	assert_int_equal(score.alarms[0].recorded_ms[SCORE_ACKNOWLEDGE], 2000);
	assert_int_equal(score.alarms[0].recorded_ms[SCORE_VERIFY], -1);
	assert_int_equal(score.alarms[0].recorded_ms[SCORE_DISPATCH], 15000);
	assert_int_equal(score.alarms[1].recorded_ms[SCORE_ACKNOWLEDGE], -1);
	score_finish(&score);
	end();
}

static void what_comes_after_the_end_counts_for_nothing(void **state) {
	static const struct deed_of late[] = {
		{700000, 1, ACTION_ACKNOWLEDGE, "g", NULL, NULL},
		{710000, 1, ACTION_VERIFY, "g", NULL, NULL},
		{720000, 1, ACTION_DISPATCH, "g", NULL, "psc119"},
		{730000, 1, ACTION_DISPATCH, "e", NULL, "polresta"},
	};
	struct score score;
	UNUSED(state);
	play_bad_evening();
	score_make(&score, run, &about);
	char *at_end = json_of(&score);
	score_finish(&score);
	for (size_t i = 0; i < ARRAY_LEN(late); i++) {
		assert_true(act(&late[i]));
	}
	score_make(&score, run, &about);
	char *later = json_of(&score);
	assert_string_equal(at_end, later);
	free(at_end);
	free(later);
	score_finish(&score);
	end();
}

static void before_the_end_it_is_open(void **state) {
	struct score score;
	UNUSED(state);
	play(bad_evening, 1);
	score_make(&score, run, &about);
	assert_int_equal(score.at_ms, 14000);
	assert_false(score.over);
	assert_int_equal(score.expected_len, 3);
	check_outcome(&score, 1, VERDICT_OPEN, -1, 0, "Send the fire service");
	assert_int_equal(score.points, 2);
	assert_int_equal(score.possible, 6);
	assert_int_equal(score.unbegun, 5);
	assert_false(score.passed);
	check_time(&score, SCORE_ACKNOWLEDGE, 1, 4000, 4000, 1, 1, 10000);
	check_time(&score, SCORE_DISPATCH, 0, 0, 0, 0, 0, 0);
	score_finish(&score);
	end();
}

/* All that is needed, and what else may be. */
static void who_does_all_right_has_no_faults(void **state) {
	static const struct deed_of good[] = {
		{12000, 1, ACTION_ACKNOWLEDGE, "a", NULL, NULL},
		{12000, 2, ACTION_DISPATCH, "a", NULL, "psc119"},
		{13000, 2, ACTION_DISPATCH, "a", NULL, "damkar"},
		{14000, 2, ACTION_VERIFY, "a", NULL, NULL},
		{22000, 3, ACTION_MERGE, "b", "a", NULL},
		{32000, 1, ACTION_ACKNOWLEDGE, "c", NULL, NULL},
		{33000, 1, ACTION_VERIFY, "c", NULL, NULL},
		{41000, 2, ACTION_REJECT, "d", NULL, NULL},
		{51000, 1, ACTION_ACKNOWLEDGE, "e", NULL, NULL},
		{52000, 1, ACTION_VERIFY, "e", NULL, NULL},
		{53000, 1, ACTION_DISPATCH, "e", NULL, "psc119"}, /* and taken back at once */
		{54000, 1, ACTION_CANCEL, "e", NULL, "psc119"},
		{55000, 1, ACTION_DISPATCH, "e", NULL, "polresta"},
		{61000, 1, ACTION_ACKNOWLEDGE, "f", NULL, NULL},
		{62000, 1, ACTION_DISPATCH, "f", NULL, "damkar"},
		{71000, 1, ACTION_ACKNOWLEDGE, "g", NULL, NULL},
		{72000, 1, ACTION_VERIFY, "g", NULL, NULL},
		{73000, 1, ACTION_DISPATCH, "g", NULL, "psc119"},
		{81000, 1, ACTION_ACKNOWLEDGE, "h", NULL, NULL},
		{82000, 1, ACTION_VERIFY, "h", NULL, NULL},
		/* To the second report: it is the same matter. */
		{83000, 1, ACTION_DISPATCH, "h", NULL, "psc119"},
		{84000, 1, ACTION_MERGE, "c", "h", NULL},
	};
	struct score score;
	UNUSED(state);
	play(good, ARRAY_LEN(good));
	run_select(run, run_find(run, "a")->ids.incident);
	run_advance(run, 550000);
	run_advance(run, 600000);
	score_make(&score, run, &about);
	assert_int_equal(score.faults_len, 0);
	assert_int_equal(score.percent, 100);
	assert_true(score.passed);
	score_finish(&score);
	end();
}

static void without_a_truth_nothing_is_held_against_anyone(void **state) {
	static const char plain[] = RAISE("10", "a", "fire", "P1", "");
	static const struct deed_of deeds[] = {
		{14000, 1, ACTION_ACKNOWLEDGE, "a", NULL, NULL},
		{16000, 1, ACTION_REJECT, "a", NULL, NULL},
	};
	struct score score;
	UNUSED(state);
	start(plain);
	assert_true(act(&deeds[0]));
	assert_true(act(&deeds[1]));
	run_advance(run, 100000);
	score_make(&score, run, &(struct score_about){.lang = "id"});
	assert_string_equal(score.trainee, "ayu");
	assert_string_equal(score.scenario, "");
	assert_int_equal(score.faults_len, 0);
	assert_int_equal(score.alarms_real, 1);
	assert_int_equal(score.alarms_known, 0);
	assert_int_equal(score.possible, 0);
	assert_int_equal(score.percent, 0);
	assert_false(score.passed);
	assert_false(score.recorded);
	score_finish(&score);
	end();
}

/* --- words --- */

static void check_width(const char *text) {
	while (*text != '\0') {
		char line[400];
		size_t len = strcspn(text, "\n");
		assert_true(len < sizeof(line));
		assert_int_equal(text[len], '\n');
		memcpy(line, text, len);
		line[len] = '\0';
		assert_true(text_width(line) <= SCORE_COLS);
		assert_true(len == 0 || line[len - 1] != ' ');
		text += len + 1;
	}
}

static const char page[] =
	"Score:\n"
	"  Exam, ujian\n"
	"  Trainee: Ayu Lestari; seed 7\n"
	"  7 of 17 points, 41 %: not passed. 50 % were needed.\n"
	"  Expectations that did not come up: 1, worth 7 points\n"
	"\n"
	"What was expected:\n"
	"   points       at\n"
	"      2/2     0:14  met        acknowledge #1 a\n"
	"      0/3     0:45  late       Send the fire service\n"
	"                               due at 0:40: 0:05.3 too late\n"
	"      1/1        -  kept       not: mark #1 a as a false alarm (prank)\n"
	"      4/4     0:46  met        merge #2 b with #1 a\n"
	"      0/1     1:40  broken     not: mark #3 c as a false alarm\n"
	"                               it was forbidden\n"
	"      0/5        -  missed     #7 g is verified and (psc119 at #7 g: accepted\n"
	"                               or not: use :plan)\n"
	"                               due at 2:10: it did not come\n"
	"      0/1        -  missed     select #1 a\n"
	"                               it did not come before the end\n"
	"\n"
	"Times of real alarms:\n"
	"                                 alarms     median       90 %  in time, of\n"
	"  until acknowledged                3/4     1:00.0     1:10.0  1/4 0:10\n"
	"  from there until verified         2/4     0:01.0     0:02.5  2/3 2:00\n"
	"  until the first agency            2/4     0:35.2     1:12.0  1/1 1:00\n"
	"\n"
	"What went wrong:\n"
	"      2:02  #5 e: damkar was sent, and another was needed\n"
	"      2:11  #6 f: psc119 was sent for nothing\n"
	"         -  #3 c: psc119 was needed, and not sent\n"
	"         -  #5 e: polresta was needed, and not sent\n"
	"         -  #7 g: psc119 was needed, and not sent\n"
	"      1:51  #4 d: a false alarm, taken for real\n"
	"      2:11  #6 f: a false alarm, taken for real\n"
	"      1:40  #3 c: real, and marked as a false alarm\n"
	"         -  #8 h: the same as #3 c, and not merged\n"
	"      2:21  #8 h: merged with #5 e, and not the same\n"
	"         -  #7 g: never taken\n"
	"\n"
	"Keys:\n"
	"                                  times     median\n"
	"  acknowledge                         6          1\n"
	"  verify                              3          2\n"
	"  dispatch                            3          3\n"
	"  close                               0          -\n"
	"  37 in all\n"
	"\n"
	"This run / the recorded evening, since the alarm:\n"
	"                               acknowledge            verify          dispatch\n"
	"  #1 a                         0:04 / 0:02          0:06 / -       0:35 / 0:15\n";

static void the_sheet_says_why(void **state) {
	struct score score;
	struct buf out = {0};
	UNUSED(state);
	play_bad_evening();
	score_make(&score, run, &about);
	score_text(&out, &score, "en");
	assert_string_equal(out.data, page);
	check_width(out.data);
	buf_clear(&out);
	score_text(&out, &score, "id");
	assert_non_null(strstr(out.data, "Kirim Damkar"));
	assert_non_null(strstr(out.data, "Ujian, ujian"));
	assert_non_null(strstr(out.data, "acknowledge #1 a")); /* In no other language. */
	buf_finish(&out);
	score_finish(&score);
	end();
}

static const char table[] = "Runs:\n"
			    "  run                               1           2           3\n"
			    "  trainee                 Ayu Lestari        Budi Ayu Lestari\n"
			    "  scenario                      ujian       ujian       ujian\n"
			    "  seed                              7           7           7\n"
			    "  result                   not passed  not passed  not passed\n"
			    "  percent                        41 %        47 %        47 %\n"
			    "  points                            7           8           8\n"
			    "  of points                        17          17          17\n"
			    "  acknowledge, median          1:00.0      0:04.0      0:04.0\n"
			    "  acknowledge, 90 %            1:10.0      0:04.0      0:04.0\n"
			    "  acknowledge, in time           25 %        25 %        25 %\n"
			    "  verify, median               0:01.0      0:02.5      0:02.5\n"
			    "  verify, 90 %                 0:02.5      0:02.5      0:02.5\n"
			    "  verify, in time                66 %       100 %       100 %\n"
			    "  dispatch, median             0:35.2      0:35.2      0:35.2\n"
			    "  dispatch, 90 %               1:12.0      0:35.2      0:35.2\n"
			    "  dispatch, in time             100 %       100 %       100 %\n"
			    "  wrong agencies                    1           0           0\n"
			    "  needless agencies                 1           0           0\n"
			    "  missing agencies                  3           3           3\n"
			    "  false alarms believed             2           0           0\n"
			    "  real alarms rejected              1           0           0\n"
			    "  duplicates not merged             1           1           1\n"
			    "  wrongly merged                    1           0           0\n"
			    "  alarms never taken                1           6           6\n"
			    "  keys to acknowledge               1           1           1\n"
			    "  keys to verify                    2           2           2\n"
			    "  keys to dispatch                  3           3           3\n"
			    "  keys to close                     -           -           -\n"
			    "  keys in all                      37          10          10\n"
			    "\n"
			    "Change from the first to the last:\n"
			    "  trainee                 Ayu Lestari\n"
			    "  percent                        +6 %\n"
			    "  points                           +1\n"
			    "  of points                         0\n"
			    "  acknowledge, median         -0:56.0\n"
			    "  acknowledge, 90 %           -1:06.0\n"
			    "  acknowledge, in time            0 %\n"
			    "  verify, median              +0:01.5\n"
			    "  verify, 90 %                 0:00.0\n"
			    "  verify, in time               +34 %\n"
			    "  dispatch, median             0:00.0\n"
			    "  dispatch, 90 %              -0:36.7\n"
			    "  dispatch, in time               0 %\n"
			    "  wrong agencies                   -1\n"
			    "  needless agencies                -1\n"
			    "  missing agencies                  0\n"
			    "  false alarms believed            -2\n"
			    "  real alarms rejected             -1\n"
			    "  duplicates not merged             0\n"
			    "  wrongly merged                   -1\n"
			    "  alarms never taken               +5\n"
			    "  keys to acknowledge               0\n"
			    "  keys to verify                    0\n"
			    "  keys to dispatch                  0\n"
			    "  keys to close                     -\n"
			    "  keys in all                     -27\n";

static void runs_stand_side_by_side(void **state) {
	struct score scores[3];
	struct buf out = {0};
	UNUSED(state);
	play_bad_evening();
	score_make(&scores[0], run, &about);
	end();
	play(bad_evening, 4);
	run_advance(run, 600000);
	score_make(&scores[1], run, &(struct score_about){.trainee = "Budi", .lang = "en"});
	score_make(&scores[2], run, &about);
	end();
	scores_compare_text(&out, scores, ARRAY_LEN(scores));
	assert_string_equal(out.data, table);
	check_width(out.data);
	buf_finish(&out);
	for (size_t i = 0; i < ARRAY_LEN(scores); i++) {
		score_finish(&scores[i]);
	}
}

/* More runs than fit beside each other, and of one only a part of everything. */
static void many_runs_go_on_below(void **state) {
	struct score scores[9];
	struct buf out = {0};
	size_t tables = 0;
	UNUSED(state);
	start(exam);
	for (size_t i = 0; i < ARRAY_LEN(scores); i++) {
		char name[16];
		snprintf(name, sizeof(name), "Peserta %zu", i);
		score_make(&scores[i], run, &(struct score_about){.trainee = name, .lang = "en"});
	}
	scores_compare_text(&out, scores, ARRAY_LEN(scores));
	for (const char *at = out.data; (at = strstr(at, "Runs:")) != NULL; at++) {
		tables++;
	}
	assert_int_equal(tables, 3);
	assert_null(strstr(out.data, "Change"));
	assert_non_null(strstr(out.data, "Peserta 8"));
	check_width(out.data);
	buf_finish(&out);
	for (size_t i = 0; i < ARRAY_LEN(scores); i++) {
		score_finish(&scores[i]);
	}
	end();
}

static void long_words_stay_on_the_page(void **state) {
	struct score score = {.trainee = "名前名前名前名前", .lang = "en", .pass = 80};
	struct buf text = {0}, out = {0};
	UNUSED(state);
	for (int i = 0; i < 60; i++) {
		buf_add_str(&text, i % 3 == 0 ? "kebakaranbesar" : "名 ");
	}
	struct score_expected *expected = score_add_expected(&score);
	*expected = (struct score_expected){.line = 1, .points = 100, .due_ms = 1, .at_ms = -1};
	expected->text.en = mem_dup_str(text.data);
	score_sum(&score);
	score_text(&out, &score, "en");
	check_width(out.data);
	buf_finish(&text);
	buf_finish(&out);
	score_finish(&score);
}

static void the_same_run_makes_the_same_bytes(void **state) {
	char *first = NULL;
	UNUSED(state);
	for (int i = 0; i < 3; i++) {
		struct score score;
		play_bad_evening();
		score_make(&score, run, &about);
		char *json = json_of(&score);
		if (first == NULL) {
			first = json;
		} else {
			assert_string_equal(json, first);
			free(json);
		}
		score_finish(&score);
		end();
	}
	free(first);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_expectation_says_what_became_of_it),
		cmocka_unit_test(times_are_of_real_alarms),
		cmocka_unit_test(what_went_wrong_is_told_by_alarm),
		cmocka_unit_test(keys_are_counted_by_task),
		cmocka_unit_test(the_recorded_evening_stands_beside_it),
		cmocka_unit_test(what_comes_after_the_end_counts_for_nothing),
		cmocka_unit_test(before_the_end_it_is_open),
		cmocka_unit_test(who_does_all_right_has_no_faults),
		cmocka_unit_test(without_a_truth_nothing_is_held_against_anyone),
		cmocka_unit_test(the_sheet_says_why),
		cmocka_unit_test(runs_stand_side_by_side),
		cmocka_unit_test(many_runs_go_on_below),
		cmocka_unit_test(long_words_stay_on_the_page),
		cmocka_unit_test(the_same_run_makes_the_same_bytes),
	};
	return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
