#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/train/ideal.h>

#include "world.h"

/* Scenarios are written with ' for "; each begins with two desks, and alarms at 0:10 and 0:20. */
#define STEPS "'accept_s':[4,9],'en_route_s':[8,18],'on_scene_s':[20,40],'clear_s':[60,90]}\n"
#define PLACE "'lat':-7.57,'lon':110.82}"
#define BEGIN                                                                                      \
	"{'scenario':'t','end':600}\n"                                                             \
	"{'agency':'damkar'," STEPS "{'agency':'psc119'," STEPS                                    \
	"{'at':10,'raise':{'key':'a','kind':'fire'," PLACE ",'truth':{'needs':['damkar']}}\n"      \
	"{'at':20,'raise':{'key':'b','kind':'medical'," PLACE ",'truth':{'same_as':'a'}}\n"
#define FIRST 6 /* the number of the first line behind them */

static struct registry city;

static int fill_city(void **state) {
	UNUSED(state);
	city_fill(&city);
	return 0;
}

static int empty_city(void **state) {
	UNUSED(state);
	registry_finish(&city);
	return 0;
}

static void read_scenario(struct scenario *sc, const char *lines) {
	struct buf text = {0}, wrong = {0};
	buf_printf(&text, "%s%s", BEGIN, lines);
	for (char *at = text.data; (at = strchr(at, '\'')) != NULL;) {
		*at = '"';
	}
	if (!scenario_parse(sc, text.data, text.len, &wrong)) {
		fail_msg("%s: %s", wrong.data, lines);
	}
	buf_finish(&text);
}

/* What the two plays come to; `lost` is the number of the one line that is not met, 0: none. */
static void expect_points(
	const char *lines, int64_t got, int64_t possible, int64_t silent, int lost) {
	struct scenario sc;
	struct ideal_result result;
	read_scenario(&sc, lines);
	struct ideal_config cfg = {.scenario = &sc, .registry = &city, .seed = 1};
	assert_true(ideal_play(&cfg, &result));
	if (result.got != got || result.possible != possible || result.losses_len != (lost != 0)) {
		fail_msg("%lld of %lld, line %d: %s", (long long)result.got,
			(long long)result.possible,
			result.losses_len > 0 ? result.losses[0].line->number : 0, lines);
	}
	if (lost != 0) {
		assert_int_equal(result.losses[0].line->number, lost);
	}
	ideal_result_finish(&result);
	assert_true(silent_play(&cfg, &result));
	assert_int_equal(result.got, silent);
	ideal_result_finish(&result);
	scenario_finish(&sc);
}

/* Each is met by the perfect run, and only by it. */
static void all_are_met(const char *const *conds, size_t len) {
	for (size_t i = 0; i < len; i++) {
		struct buf lines = {0};
		buf_printf(&lines, "{'at':15,'expect':{%s,'points':7}}\n", conds[i]);
		expect_points(lines.data, 7, 7, 0, 0);
		buf_finish(&lines);
	}
}

static void every_deed_is_done_with_what_comes_before_it(void **state) {
	static const char *const conds[] = {
		"'did':'acknowledge','key':'a'",
		"'did':'claim','key':'a'",
		"'did':'release','key':'a'",
		"'did':'verify','key':'a'",
		"'did':'verify','key':'a','method':'camera'",
		"'did':'verify','key':'b','method':'second_report'",
		"'did':'verify','key':'a','camera':'PasarGede'",
		"'did':'reject','key':'a'",
		"'did':'reject','key':'a','reason':'silent'",
		"'did':'merge','key':'b','into':'a'",
		"'did':'merge','key':'a','into':'b'",
		"'did':'merge','key':'b'",
		"'did':'merge','into':'b'",
		"'did':'merge'",
		"'did':'split','key':'b'",
		"'did':'note','key':'b'",
		"'did':'hold','key':'b'",
		"'did':'update','key':'b'",
		"'did':'update','key':'b','kind':'fire','priority':'P1'",
		"'did':'resolve','key':'b'",
		"'did':'close','key':'b'",
		"'did':'close','key':'b','disposition':'transported'",
		"'did':'reopen','key':'b'",
		"'did':'dispatch','key':'b'",
		"'did':'dispatch','key':'b','agency':'polresta'",
		"'did':'dispatch'",
		"'did':'cancel','key':'b','agency':'damkar'",
		"'did':'cancel','key':'b'",
		"'did':'accept','key':'b','agency':'polresta'",
		"'did':'decline','key':'b','agency':'polresta'",
		"'did':'en_route','key':'b','agency':'polresta'",
		"'did':'on_scene','key':'b'",
		"'did':'clear','key':'b','agency':'polresta'",
		"'did':'camera_viewed','key':'b'",
		"'did':'camera_viewed','camera':'Gladag'",
	};
	UNUSED(state);
	all_are_met(conds, ARRAY_LEN(conds));
}

static void every_other_condition_is_met_too(void **state) {
	static const char *const conds[] = {
		"'state':'acknowledged','key':'b'",
		"'state':'verified','key':'b'",
		"'state':'dispatched','key':'b'",
		"'state':'on_scene','key':'b'",
		"'state':'resolved','key':'b'",
		"'state':'closed','key':'b'",
		"'state':'false_alarm','key':'b'",
		"'state':'duplicate','key':'b'",
		"'status':'requested','key':'a','agency':'damkar'",
		"'status':'delivered','key':'a','agency':'damkar'",
		"'status':'accepted','key':'a','agency':'damkar'",
		"'status':'on_scene','key':'b','agency':'psc119'",
		"'status':'cleared','key':'b','agency':'psc119'",
		"'status':'cancelled','key':'b','agency':'psc119'",
		"'status':'cleared','key':'b','agency':'polresta'",
		"'status':'declined','key':'b','agency':'polresta'",
		"'command':'help'",
		"'selected':'b'",
		"'all':[{'command':'help'},{'selected':'b'},{'did':'note','key':'b'}]",
		"'any':[{'status':'delivered','key':'a','agency':'polresta'},{'did':'note'}]",
		"'all':[{'did':'close','key':'b'},{'not':{'did':'dispatch','key':'b'}}]",
		"'all':[{'selected':'b'},{'not':{'selected':'a'}}]",
	};
	UNUSED(state);
	all_are_met(conds, ARRAY_LEN(conds));
}

static void a_whole_evening_scores_all_of_it(void **state) {
	UNUSED(state);
	expect_points(
		"{'at':10,'expect':{'did':'acknowledge','key':'a','within':30,'points':5}}\n"
		"{'at':10,'expect':{'did':'close','key':'a','disposition':'fire_out'}}\n"
		"{'at':10,'expect':{'did':'verify','key':'a','method':'camera','within':60}}\n"
		"{'at':10,'expect':{'status':'cleared','key':'a','agency':'damkar'}}\n"
		"{'at':20,'expect':{'did':'merge','key':'b','into':'a','points':3}}\n"
		"{'at':20,'forbid':{'did':'dispatch','agency':'polresta','points':4}}\n"
		"{'at':50,'raise':{'key':'c'," PLACE ",'truth':{'real':false}}\n"
		"{'at':50,'expect':{'did':'reject','key':'c','reason':'prank'}}\n"
		"{'at':50,'forbid':{'did':'dispatch','key':'c'}}\n"
		"{'at':300,'expect':{'did':'dispatch','key':'a','agency':'psc119'}}\n"
		"{'id':'x','after':{'did':'verify','key':'a'},'at':5,'say':'x'}\n"
		"{'after':{'line':'x'},'expect':{'command':'help','within':5}}\n",
		19, 19, 5, 0);
}

/* What ends an alarm is put off for what is still to be done about it, not for what will not come.
 */
static void the_end_waits_for_the_rest_only(void **state) {
	UNUSED(state);
	expect_points("{'at':10,'expect':{'did':'close','key':'a','points':5}}\n"
		      "{'at':400,'expect':{'did':'dispatch','key':'a','agency':'psc119'}}\n"
		      "{'at':500,'when':{'did':'reopen'},'expect':{'did':'hold'}}\n",
		6, 6, 0, 0);
	expect_points(
		"{'at':10,'expect':{'did':'close','key':'a','points':5}}\n"
		"{'at':100,'when':{'not':{'did':'acknowledge','key':'a'}},"
		"'expect':{'did':'claim','key':'a','points':9}}\n"
		"{'after':{'state':'closed','key':'a'},'at':5,'raise':{'key':'c'," PLACE "}\n"
		"{'after':{'selected':'c'},'expect':{'did':'reject','key':'c','within':100}}\n",
		6, 6, 0, 0);
}

/* Of each: one thing is forbidden, the other can still be done. */
static void what_is_forbidden_is_not_done(void **state) {
	UNUSED(state);
	/* Not now, but later. */
	expect_points("{'at':10,'forbid':{'did':'dispatch','key':'a','within':60}}\n"
		      "{'at':10,'expect':{'did':'dispatch','key':'a','within':120}}\n",
		2, 2, 1, 0);
	/* Not before something else, though a fire's plan says so. */
	expect_points("{'at':10,'forbid':{'all':[{'did':'dispatch','key':'a'},"
		      "{'not':{'did':'verify','key':'a'}}]}}\n"
		      "{'at':10,'expect':{'did':'dispatch','key':'a'}}\n",
		2, 2, 1, 0);
	/* Not in the way that comes to mind first. */
	expect_points("{'at':5,'forbid':{'did':'verify','method':'callback'}}\n"
		      "{'at':10,'expect':{'did':'verify','key':'a'}}\n",
		2, 2, 1, 0);
	expect_points("{'at':5,'forbid':{'did':'reject','reason':'prank'}}\n"
		      "{'at':10,'expect':{'did':'reject','key':'a'}}\n",
		2, 2, 1, 0);
	/* Nobody may be sent, so that they come. */
	expect_points("{'at':5,'forbid':{'status':'on_scene','key':'a','agency':'damkar'}}\n"
		      "{'at':10,'expect':{'state':'on_scene','key':'a'}}\n",
		2, 2, 1, 0);
	/* What is forbidden later is hurt by what is done now. */
	expect_points("{'at':10,'expect':{'did':'verify','key':'a'}}\n"
		      "{'at':300,'forbid':{'did':'verify','method':'callback'}}\n",
		2, 2, 1, 0);
	expect_points("{'at':10,'forbid':{'command':'acknowledge'}}\n"
		      "{'at':10,'forbid':{'selected':'a'}}\n"
		      "{'at':10,'expect':{'did':'acknowledge','key':'a'}}\n",
		3, 3, 2, 0);
}

/* Each of these loses what it must, and the line is named. */
static void what_cannot_be_met_is_named(void **state) {
	UNUSED(state);
	expect_points("{'at':10,'expect':{'did':'dispatch','key':'a','within':60,'points':9}}\n"
		      "{'at':10,'forbid':{'did':'dispatch','key':'a'}}\n",
		1, 10, 1, FIRST);
	expect_points("{'at':10,'expect':{'did':'dispatch','key':'a'}}\n"
		      "{'at':30,'forbid':{'did':'acknowledge'}}\n",
		1, 2, 1, FIRST);
	expect_points("{'at':10,'expect':{'status':'on_scene','key':'a','agency':'damkar',"
		      "'within':10}}\n",
		0, 1, 0, FIRST);
	expect_points("{'at':10,'forbid':{'not':{'did':'note'}}}\n", 0, 1, 0, FIRST);
	expect_points("{'at':0,'expect':{'did':'verify','key':'a','within':10}}\n", 0, 1, 0, FIRST);
	/* Two ends of one alarm: the second opens it again. */
	expect_points("{'at':10,'expect':{'did':'reject','key':'a'}}\n"
		      "{'at':10,'expect':{'did':'close','key':'a'}}\n",
		2, 2, 0, 0);
}

/* Nobody answers at the desk: the operator rings, and enters what they say. */
static void a_desk_that_does_not_answer_is_rung(void **state) {
	UNUSED(state);
	expect_points("{'at':0,'agency':'damkar','desk':'offline'}\n"
		      "{'at':10,'expect':{'status':'accepted','key':'a','agency':'damkar','within':"
		      "90}}\n",
		1, 1, 0, 0);
	expect_points("{'at':0,'agency':'damkar','desk':'silent'}\n"
		      "{'at':10,'expect':{'status':'accepted','key':'a','agency':'damkar','within':"
		      "90}}\n",
		1, 1, 0, 0);
	/* To the end, and where it went away on the way. */
	expect_points("{'at':0,'agency':'damkar','desk':'silent'}\n"
		      "{'at':10,'expect':{'status':'cleared','key':'a','agency':'damkar'}}\n"
		      "{'at':10,'expect':{'did':'close','key':'a'}}\n",
		2, 2, 0, 0);
	expect_points("{'at':16,'agency':'damkar','desk':'offline'}\n"
		      "{'at':10,'expect':{'status':'on_scene','key':'a','agency':'damkar'}}\n"
		      "{'at':10,'expect':{'state':'on_scene','key':'b'}}\n",
		2, 2, 0, 0);
	/* That it does not answer shows only after a while. */
	expect_points("{'at':0,'agency':'damkar','desk':'silent'}\n"
		      "{'at':10,'expect':{'status':'accepted','key':'a','agency':'damkar','within':"
		      "15}}\n",
		0, 1, 0, FIRST + 1);
	/* One that is there speaks for itself, however long it takes. */
	expect_points("{'at':10,'expect':{'status':'on_scene','key':'a','agency':'damkar','within':"
		      "10}}\n",
		0, 1, 0, FIRST);
	expect_points("{'agency':'polresta','silent':1," STEPS
		      "{'at':10,'expect':{'status':'accepted','key':'a','agency':'polresta'}}\n",
		1, 1, 0, 0);
}

/* What is asked for while the link is down goes when it is back, and what comes then is not seen.
 */
static void while_the_link_is_down_nothing_is_done(void **state) {
	UNUSED(state);
	/* Raised and over meanwhile; one that has until the console is there again. */
	expect_points("{'at':10,'link':'down'}\n"
		      "{'at':15,'raise':{'key':'y'," PLACE "}\n"
		      "{'at':20,'expect':{'did':'acknowledge','key':'y','within':30,'points':50}}\n"
		      "{'at':20,'expect':{'did':'acknowledge','key':'y','within':90,'points':3}}\n"
		      "{'at':100,'link':'up'}\n",
		3, 53, 0, FIRST + 2);
	/* It is back, but the console is not yet. */
	expect_points("{'at':30,'link':'down'}\n"
		      "{'at':40,'link':'up'}\n"
		      "{'at':40,'expect':{'did':'acknowledge','key':'a','within':2}}\n",
		0, 1, 0, FIRST + 2);
	/* A second cut before the console was there. */
	expect_points("{'at':30,'link':'down'}\n"
		      "{'at':40,'link':'up'}\n"
		      "{'at':42,'link':'down'}\n"
		      "{'at':60,'link':'up'}\n"
		      "{'at':40,'expect':{'did':'note','key':'a','within':15}}\n"
		      "{'at':40,'expect':{'did':'note','key':'a','within':40}}\n",
		1, 2, 0, FIRST + 4);
	/* What needs no feed goes on, with what was there before. */
	expect_points("{'at':30,'link':'down'}\n"
		      "{'at':35,'raise':{'key':'y'," PLACE "}\n"
		      "{'at':40,'expect':{'command':'help','within':20}}\n"
		      "{'at':40,'expect':{'selected':'b','within':20}}\n"
		      "{'at':40,'expect':{'selected':'y','within':20}}\n"
		      "{'after':{'selected':'y'},'expect':{'did':'note','key':'y'}}\n"
		      "{'at':100,'link':'up'}\n",
		3, 4, 0, FIRST + 4);
}

static void a_desk_that_declines_is_asked_again(void **state) {
	UNUSED(state);
	expect_points("{'at':0,'agency':'damkar','desk':'decline'}\n"
		      "{'at':60,'agency':'damkar','desk':'normal'}\n"
		      "{'at':10,'expect':{'status':'accepted','key':'a','agency':'damkar'}}\n",
		1, 1, 0, 0);
}

/* Nothing is done about what comes to the trainee by another way in this run. */
static void chance_decides_what_is_possible(void **state) {
	static const char lines[] =
		"{'at':10,'one_of':'g','expect':{'did':'note','key':'a','points':2}}\n"
		"{'at':10,'one_of':'g','forbid':{'did':'note','key':'a','points':5}}\n";
	struct scenario sc;
	struct ideal_result result;
	int seen[6] = {0};
	UNUSED(state);
	read_scenario(&sc, lines);
	for (uint64_t seed = 1; seed <= 20; seed++) {
		assert_true(ideal_play(
			&(struct ideal_config){.scenario = &sc, .registry = &city, .seed = seed},
			&result));
		assert_int_equal(result.got, result.possible);
		assert_true(result.got == 2 || result.got == 5);
		seen[result.got]++;
		ideal_result_finish(&result);
	}
	assert_true(seen[2] > 0 && seen[5] > 0);
	scenario_finish(&sc);
}

static void the_same_seed_plays_the_same(void **state) {
	struct scenario sc;
	struct ideal_result first, again;
	UNUSED(state);
	read_scenario(&sc, "{'at':[10,500],'expect':{'did':'note','key':'a'}}\n"
			   "{'at':10,'chance':0.5,'expect':{'did':'note','key':'b'}}\n"
			   "{'at':10,'expect':{'status':'cleared','key':'a','agency':'damkar',"
			   "'within':150}}\n");
	struct ideal_config cfg = {.scenario = &sc, .registry = &city};
	for (cfg.seed = 1; cfg.seed < 8; cfg.seed++) {
		assert_true(ideal_play(&cfg, &first));
		assert_true(ideal_play(&cfg, &again));
		assert_int_equal(first.got, again.got);
		assert_int_equal(first.possible, again.possible);
		ideal_result_finish(&first);
		ideal_result_finish(&again);
	}
	scenario_finish(&sc);
}

/* A whole town rings about one fire: what each thing expected costs does not grow with all that was
 * done before. */
static void a_crowd_that_is_one_is_merged_in_time(void **state) {
	enum { CROWD = 1200 };
	struct scenario sc;
	struct ideal_result result;
	struct buf lines = {0};
	UNUSED(state);
	for (int i = 0; i < CROWD; i++) {
		buf_printf(&lines, "{'at':30,'raise':{'key':'k%d'," PLACE "}\n", i);
		buf_printf(
			&lines, "{'at':30,'expect':{'did':'merge','key':'k%d','into':'a'}}\n", i);
	}
	read_scenario(&sc, lines.data);
	struct ideal_config cfg = {.scenario = &sc, .registry = &city, .seed = 1};
	assert_true(ideal_play(&cfg, &result));
	assert_int_equal(result.got, CROWD);
	assert_int_equal(result.possible, CROWD);
	ideal_result_finish(&result);
	scenario_finish(&sc);
	buf_finish(&lines);
}

static void a_monster_is_not_played(void **state) {
	struct scenario sc;
	struct ideal_result result;
	struct buf lines = {0};
	UNUSED(state);
	for (int i = 0; i < 12000; i++) {
		buf_add_str(&lines, "{'at':10,'expect':{'did':'note','key':'a'}}\n");
	}
	read_scenario(&sc, lines.data);
	struct ideal_config cfg = {.scenario = &sc, .registry = &city, .seed = 1};
	assert_false(ideal_play(&cfg, &result));
	ideal_result_finish(&result);
	assert_false(silent_play(&cfg, &result));
	ideal_result_finish(&result);
	scenario_finish(&sc);
	buf_finish(&lines);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_deed_is_done_with_what_comes_before_it),
		cmocka_unit_test(every_other_condition_is_met_too),
		cmocka_unit_test(a_whole_evening_scores_all_of_it),
		cmocka_unit_test(the_end_waits_for_the_rest_only),
		cmocka_unit_test(what_is_forbidden_is_not_done),
		cmocka_unit_test(what_cannot_be_met_is_named),
		cmocka_unit_test(a_desk_that_does_not_answer_is_rung),
		cmocka_unit_test(while_the_link_is_down_nothing_is_done),
		cmocka_unit_test(a_desk_that_declines_is_asked_again),
		cmocka_unit_test(chance_decides_what_is_possible),
		cmocka_unit_test(the_same_seed_plays_the_same),
		cmocka_unit_test(a_crowd_that_is_one_is_merged_in_time),
		cmocka_unit_test(a_monster_is_not_played),
	};
	return cmocka_run_group_tests(tests, fill_city, empty_city);
}
