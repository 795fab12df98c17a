#include "wire_test.h"

#include <siaga/wire/score.h>

#define HEAD                                                                                       \
	"{\"siaga_score\":1,\"scenario\":\"ujian\",\"title\":{\"id\":\"Ujian\",\"en\":\"Exam\"},"  \
	"\"trainee\":\"Ayu\",\"language\":\"id\",\"seed\":7,\"at_ms\":600000,\"end_ms\":600000,"   \
	"\"over\":true,"
#define POINTS "\"points\":2,\"possible\":5,\"percent\":40,\"pass\":30,\"passed\":true,"
#define BEGUN  "\"not_begun\":{\"count\":1,\"points\":7},"
#define MET                                                                                        \
	"{\"line\":12,\"forbid\":false,\"text\":{\"id\":\"Terima\"},\"verdict\":\"met\","          \
	"\"from_ms\":0,\"due_ms\":10000,\"at_ms\":4000,\"points\":2,\"got\":2}"
#define OPEN                                                                                       \
	"{\"line\":13,\"forbid\":true,\"verdict\":\"missed\",\"from_ms\":0,\"points\":3,\"got\":"  \
	"0}"
#define EXPECTED "\"expected\":[" MET "," OPEN "],"
#define ALARMS   "\"alarms_real\":2,\"alarms_known\":3,"
#define TIME(name)                                                                                 \
	"\"" name "\":{\"count\":2,\"median_ms\":4000,\"p90_ms\":9000,\"judged\":2,\"met\":1,"     \
	"\"target_ms\":5000,\"target_to_ms\":6000}"
#define TIMES "\"times\":{" TIME("acknowledge") "," TIME("verify") "," TIME("dispatch") "},"
#define FAULT                                                                                      \
	"{\"fault\":\"not_merged\",\"number\":4,\"key\":\"b\",\"with\":\"a\",\"with_number\":1}"
#define WRONG                                                                                      \
	"{\"fault\":\"wrong_agency\",\"number\":4,\"key\":\"b\",\"agency\":\"damkar\",\"at_ms\":"  \
	"5}"
#define FAULTS     "\"faults\":[" WRONG "," FAULT "],"
#define TASK(name) "\"" name "\":{\"count\":2,\"median\":3}"
#define KEYS                                                                                       \
	"\"keys\":{\"all\":40," TASK("acknowledge") "," TASK("verify") "," TASK(                   \
		"dispatch") "," TASK("close") "},"
#define ALARM                                                                                      \
	"{\"key\":\"a\",\"number\":1,\"at_ms\":10000,\"acknowledge_ms\":4000,\"recorded\":"        \
	"{\"dispatch_ms\":9000}}"
#define TAIL  "\"recorded\":true,\"alarms\":[" ALARM "]}"
#define WHOLE HEAD POINTS BEGUN EXPECTED ALARMS TIMES FAULTS KEYS TAIL

static void get(struct score *score, const char *json) {
	struct err err = {0};
	char *copy = dup_exact(json, strlen(json));
	if (!wire_get_score(score, copy, strlen(json), &err)) {
		fail_msg("%s: %s", err.text, json);
	}
	free(copy);
}

static void what_was_written_is_read_again(void **state) {
	struct score score;
	struct buf out = {0};
	UNUSED(state);
	get(&score, WHOLE "\n");
	assert_string_equal(score.scenario, "ujian");
	assert_string_equal(score.title.en, "Exam");
	assert_string_equal(score.trainee, "Ayu");
	assert_int_equal(score.seed, 7);
	assert_int_equal(score.unbegun_points, 7);
	assert_int_equal(score.expected_len, 2);
	assert_int_equal(score.expected[0].verdict, VERDICT_MET);
	assert_int_equal(score.expected[0].due_ms, 10000);
	assert_string_equal(score.expected[0].text.id, "Terima");
	assert_null(score.expected[0].text.en);
	assert_true(score.expected[1].forbid);
	assert_int_equal(score.expected[1].due_ms, -1);
	assert_int_equal(score.expected[1].at_ms, -1);
	assert_int_equal(score.times[SCORE_DISPATCH].target_to, 6000);
	assert_int_equal(score.faults_len, 2);
	assert_string_equal(score.faults[0].agency, "damkar");
	assert_int_equal(score.faults[0].at_ms, 5);
	assert_int_equal(score.faults[1].with_number, 1);
	assert_int_equal(score.keys[SCORE_CLOSE].median, 3);
	assert_int_equal(score.alarms[0].took_ms[SCORE_ACKNOWLEDGE], 4000);
	assert_int_equal(score.alarms[0].took_ms[SCORE_VERIFY], -1);
	assert_int_equal(score.alarms[0].recorded_ms[SCORE_DISPATCH], 9000);
	wire_put_score(&out, &score);
	assert_string_equal(out.data, WHOLE);
	buf_finish(&out);
	score_finish(&score);
}

static void an_empty_score_is_read_again(void **state) {
	struct score score = {.lang = "en", .pass = 80}, again;
	struct buf out = {0}, twice = {0};
	UNUSED(state);
	wire_put_score(&out, &score);
	get(&again, out.data);
	wire_put_score(&twice, &again);
	assert_string_equal(twice.data, out.data);
	buf_finish(&out);
	buf_finish(&twice);
	score_finish(&again);
	score_finish(&score);
}

/* Points follow from the list, whatever is said of them. */
static void nobody_writes_themselves_a_better_score(void **state) {
	struct score score;
	UNUSED(state);
	get(&score, HEAD
		"\"points\":5,\"possible\":5,\"percent\":100,\"pass\":90,\"passed\":true," BEGUN
			EXPECTED ALARMS TIMES FAULTS KEYS TAIL);
	assert_int_equal(score.points, 2);
	assert_int_equal(score.possible, 5);
	assert_int_equal(score.percent, 40);
	assert_false(score.passed);
	score_finish(&score);
}

static void strangers_text_is_cleaned(void **state) {
	struct score score;
	UNUSED(state);
	get(&score, "{\"siaga_score\":1,\"trainee\":\"A\\u001b[2J\\u202eyu\",\"language\":\"id\","
		    "\"seed\":7,\"at_ms\":1,\"end_ms\":1,\"over\":true,\"pass\":30," BEGUN EXPECTED
			    ALARMS TIMES FAULTS KEYS TAIL);
	assert_string_equal(score.trainee, "A\xef\xbf\xbd[2Jyu");
	score_finish(&score);
}

#define WITH(expected)                                                                             \
	HEAD POINTS BEGUN "\"expected\":[" expected "]," ALARMS TIMES FAULTS KEYS TAIL
#define WITH_FAULT(fault)                                                                          \
	HEAD POINTS BEGUN EXPECTED ALARMS TIMES "\"faults\":[" fault "]," KEYS TAIL
#define WITH_ALARM(alarm)                                                                          \
	HEAD POINTS BEGUN EXPECTED ALARMS TIMES FAULTS KEYS "\"recorded\":true,\"alarms\":[" alarm \
							    "]}"

static const struct hostile lines[] = {
	{"{}", "siaga_score: missing"},
	{"{\"siaga_score\":2}", "siaga_score: out of range 1..1"},
	{"{\"siaga_score\":\"1\"}", "siaga_score: not a whole number"},
	{"{\"scenario\":\"demo\",\"title\":\"Sore\",\"siaga_score\":1}", "title: not an object"},
	{HEAD "\"pass\":0}", "pass: out of range 1..100"},
	{HEAD "\"pass\":101}", "pass: out of range 1..100"},
	{HEAD "\"pass\":50}", "not_begun: missing"},
	{"{\"siaga_score\":1,\"scenario\":\"a b\"}", "scenario: not an id of 1 to 63 letters"},
	{"{\"siaga_score\":1,\"trainee\":5}", "trainee: not a string"},
	{"{\"siaga_score\":1,\"language\":\"../../etc\"}", "language: not an id of 1 to 7 letters"},
	{"{\"siaga_score\":1,\"language\":\"id\",\"seed\":-1}",
		"seed: out of range 0..9223372036854775807"},
	{"{\"siaga_score\":1,\"language\":\"id\",\"seed\":1,\"at_ms\":1e300}",
		"at_ms: not a whole number"},
	{HEAD POINTS BEGUN ALARMS TIMES FAULTS KEYS TAIL, "expected: missing"},
	{WITH("1"), "expected[0]: not an object"},
	{WITH("{}"), "expected[0].line: missing"},
	{WITH(MET ",{\"line\":0}"), "expected[1].line: out of range 1..10000000"},
	{WITH("{\"line\":1,\"forbid\":1}"), "expected[0].forbid: not true or false"},
	{WITH("{\"line\":1,\"forbid\":true,\"verdict\":\"good\"}"),
		"expected[0].verdict: not open, met, late or missed"},
	{WITH("{\"line\":1,\"forbid\":true,\"text\":{\"id\":[]}}"),
		"expected[0].text.id: not a string"},
	{WITH("{\"line\":1,\"forbid\":true,\"verdict\":\"met\",\"from_ms\":0,\"points\":2,\"got\":"
	      "3}"),
		"expected[0].got: out of range 0..2"},
	{WITH("{\"line\":1,\"forbid\":true,\"verdict\":\"met\",\"from_ms\":0,\"points\":101,"
	      "\"got\":3}"),
		"expected[0].points: out of range 1..100"},
	{WITH("{\"line\":1,\"forbid\":true,\"verdict\":\"met\",\"from_ms\":-1}"),
		"expected[0].from_ms: out of range 0..9007199254740992"},
	{HEAD POINTS BEGUN EXPECTED ALARMS "\"times\":{" TIME("acknowledge") "}}",
		"times.verify: missing"},
	{WITH_FAULT("{\"fault\":\"lazy\"}"),
		"faults[0].fault: not wrong_agency, needless_agency, missing_agency, believed, "
		"rejected, not_merged, wrongly_merged or never_taken"},
	{WITH_FAULT("{\"fault\":\"believed\",\"number\":0}"),
		"faults[0].number: out of range 1..9007199254740992"},
	{WITH_FAULT(WRONG ",{\"fault\":\"believed\",\"number\":1,\"key\":\"k\\u001b\"}"),
		"faults[1].key: not an id of 1 to 63 letters"},
	{WITH_ALARM("{\"key\":\"a\",\"number\":1,\"at_ms\":1,\"recorded\":{\"verify_ms\":-5}}"),
		"alarms[0].recorded.verify_ms: out of range 0..9007199254740992"},
	{WITH_ALARM("{\"key\":\"a\",\"number\":1,\"at_ms\":1,\"verify_ms\":\"soon\"}"),
		"alarms[0].verify_ms: not a whole number"},
	{HEAD POINTS BEGUN EXPECTED ALARMS TIMES FAULTS "\"keys\":{\"all\":-1}}",
		"keys.all: out of range 0..9007199254740992"},
};

static void an_error_names_the_member(void **state) {
	struct score zero = {0};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct score score;
		struct err err = {0};
		char *copy = dup_exact(lines[i].json, strlen(lines[i].json));
		assert_false(wire_get_score(&score, copy, strlen(lines[i].json), &err));
		assert_string_equal(err.text, lines[i].error);
		assert_memory_equal(&score, &zero, sizeof(zero));
		free(copy);
	}
}

static void no_bytes_break_it(void **state) {
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(hostile_bytes); i++) {
		size_t len = hostile_len(i);
		char *json = dup_exact(hostile_bytes[i].json, len);
		struct score score;
		struct err err = {0};
		assert_false(wire_get_score(&score, json, len, &err));
		assert_true(err.text[0] != '\0');
		free(json);
	}
}

static void half_a_file_is_no_score(void **state) {
	UNUSED(state);
	for (size_t len = 0; len < strlen(WHOLE); len++) {
		char *json = dup_exact(WHOLE, len);
		struct score score;
		assert_false(wire_get_score(&score, json, len, NULL));
		free(json);
	}
}

static void a_list_has_its_limit(void **state) {
	struct score score;
	struct err err = {0};
	char *json = repeat(HEAD POINTS BEGUN "\"expected\":[{}", ",{}", SCORE_LIST_MAX,
		"]," ALARMS TIMES FAULTS KEYS TAIL);
	UNUSED(state);
	assert_false(wire_get_score(&score, json, strlen(json), &err));
	assert_string_equal(err.text, "expected: more than 100000 items");
	free(json);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(an_empty_score_is_read_again),
		cmocka_unit_test(nobody_writes_themselves_a_better_score),
		cmocka_unit_test(strangers_text_is_cleaned),
		cmocka_unit_test(an_error_names_the_member),
		cmocka_unit_test(no_bytes_break_it),
		cmocka_unit_test(half_a_file_is_no_score),
		cmocka_unit_test(a_list_has_its_limit),
	};
	return cmocka_run_group_tests_name("wire_score", tests, NULL, NULL);
}
