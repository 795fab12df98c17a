#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/train/check.h>

#include "world.h"

/* Scenarios are written with ' for ". The first three lines of each, unless it brings its own: */
#define HEAD "{'scenario':'t','end':600}\n"
#define DESK                                                                                       \
	"{'agency':'damkar','accept_s':[4,9],'en_route_s':[8,18],'on_scene_s':[45,90],"            \
	"'clear_s':[80,150]}\n"
#define PLACE  "'lat':-7.57,'lon':110.82}"
#define RAISE  "{'at':10,'raise':{'key':'a','kind':'fire'," PLACE "}\n"
#define BEGIN  HEAD DESK RAISE
#define SAY(x) "{'at':5,'say':'x'" x "}\n"

static bool is_command(const char *name) {
	return strcmp(name, "help") == 0;
}

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

static void read_scenario(struct scenario *sc, const char *text) {
	struct buf wrong = {0};
	char *json = mem_dup_str(text);
	for (char *at = json; (at = strchr(at, '\'')) != NULL;) {
		*at = '"';
	}
	if (!scenario_parse(sc, json, strlen(json), &wrong)) {
		fail_msg("%s: %s", wrong.data, text);
	}
	free(json);
}

/* What is said of the lines behind the first three. */
static void expect_said(const char *lines, const char *errors, const char *warnings) {
	struct scenario sc;
	struct check_result result;
	struct buf text = {0};
	buf_printf(&text, "%s%s", strncmp(lines, HEAD, strlen(HEAD)) == 0 ? "" : BEGIN, lines);
	read_scenario(&sc, text.data);
	bool ok = check_scenario(&sc, &city, is_command, &result);
	assert_int_equal(ok, errors[0] == '\0');
	assert_string_equal(result.errors.len > 0 ? result.errors.data : "", errors);
	assert_string_equal(result.warnings.len > 0 ? result.warnings.data : "", warnings);
	check_result_finish(&result);
	scenario_finish(&sc);
	buf_finish(&text);
}

struct said {
	const char *lines, *what;
};

static void all_are_errors(const struct said *rows, size_t len) {
	for (size_t i = 0; i < len; i++) {
		expect_said(rows[i].lines, rows[i].what, "");
	}
}

static void all_are_warnings(const struct said *rows, size_t len) {
	for (size_t i = 0; i < len; i++) {
		expect_said(rows[i].lines, "", rows[i].what);
	}
}

static void nothing_is_said_of_what_is_fine(void **state) {
	UNUSED(state);
	expect_said("", "", "");
	expect_said("{'at':10,'expect':{'did':'acknowledge','key':'a','within':30}}\n"
		    "{'id':'b','after':{'did':'dispatch','key':'a','agency':'damkar'},'at':5,"
		    "'say':'x'}\n"
		    "{'after':{'line':'b'},'when':{'not':{'did':'verify','key':'a'}},"
		    "'expect':{'any':[{'command':'help'},{'selected':'a'}]}}\n"
		    "{'at':20,'update':{'key':'a','note':'x'}}\n"
		    "{'at':30,'camera':'Gladag','status':'down'}\n"
		    "{'at':40,'agency':'damkar','desk':'late'}\n"
		    "{'at':40,'forbid':{'did':'reject','key':'a'}}\n"
		    "{'at':50,'ghost':{'by':'ayu','action':'verify','key':'a','method':'camera',"
		    "'camera':'Gladag'}}\n",
		"", "");
	/* By telephone: the operator says what they say. */
	expect_said(
		"{'at':10,'expect':{'status':'on_scene','key':'a','agency':'polresta'}}\n", "", "");
	struct scenario sc;
	struct check_result result;
	read_scenario(&sc, "");
	assert_true(check_scenario(&sc, &city, is_command, &result));
	check_result_finish(&result);
	scenario_finish(&sc);
}

static void an_alarm_that_nobody_raises_is_named(void **state) {
	static const struct said rows[] = {
		{"{'at':20,'update':{'key':'b','note':'x'}}\n", "4: update.key: no alarm \"b\"\n"},
		{"{'at':20,'cancel':{'key':'b'}}\n", "4: cancel.key: no alarm \"b\"\n"},
		{"{'at':20,'agency':'damkar','status':'accepted','key':'b'}\n",
			"4: key: no alarm \"b\"\n"},
		{"{'at':20,'agency':'damkar','note':'x','key':'b'}\n", "4: key: no alarm \"b\"\n"},
		{"{'at':20,'expect':{'did':'acknowledge','key':'b'}}\n",
			"4: expect.key: no alarm \"b\"\n"},
		{"{'at':20,'forbid':{'all':[{'command':'help'},{'not':{'state':'verified','key':"
		 "'b'}}]}}\n",
			"4: forbid.all[1].not.key: no alarm \"b\"\n"},
		{"{'at':20,'expect':{'did':'merge','key':'a','into':'b'}}\n",
			"4: expect.into: no alarm \"b\"\n"},
		{"{'after':{'selected':'b'},'say':'x'}\n", "4: after.selected: no alarm \"b\"\n"},
		{"{'at':20,'when':{'any':[{'status':'accepted','agency':'damkar','key':'b'}]},"
		 "'say':'x'}\n",
			"4: when.any[0].key: no alarm \"b\"\n"},
		{"{'at':20,'ghost':{'by':'x','action':'merge','key':'b','into':'c'}}\n",
			"4: ghost.key: no alarm \"b\"\n4: ghost.into: no alarm \"c\"\n"},
		{"{'at':20,'raise':{'key':'b'," PLACE ",'truth':{'same_as':'c'}}\n",
			"4: truth.same_as: no alarm \"c\"\n"},
	};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool truth = strstr(rows[i].lines, "truth") != NULL;
		expect_said(rows[i].lines, rows[i].what,
			truth ? "3: raise: no truth, while other alarms have one\n" : "");
	}
}

static void who_and_what_is_not_in_the_registry_is_named(void **state) {
	static const struct said rows[] = {
		{"{'agency':'nobody','accept_s':[1,2],'en_route_s':[1,2],'on_scene_s':[1,2],"
		 "'clear_s':[1,2]}\n",
			"4: agency: no agency \"nobody\"\n"},
		{"{'at':20,'agency':'nobody','status':'accepted','key':'a'}\n",
			"4: agency: no agency \"nobody\"\n"},
		{"{'at':20,'agency':'nobody','note':'x','key':'a'}\n",
			"4: agency: no agency \"nobody\"\n"},
		{"{'at':20,'expect':{'did':'dispatch','agency':'nobody'}}\n",
			"4: expect.agency: no agency \"nobody\"\n"},
		{"{'at':20,'expect':{'status':'accepted','agency':'nobody','key':'a'}}\n",
			"4: expect.agency: no agency \"nobody\"\n"},
		{"{'at':20,'camera':'Nowhere','status':'ok'}\n",
			"4: camera: no camera \"Nowhere\"\n"},
		{"{'at':20,'expect':{'did':'verify','camera':'Nowhere'}}\n",
			"4: expect.camera: no camera \"Nowhere\"\n"},
		{"{'after':{'line':'b'},'say':'x'}\n", "4: after.line: no line \"b\"\n"},
		{"{'at':20,'expect':{'command':'dance'}}\n",
			"4: expect.command: no command \"dance\"\n"},
	};
	UNUSED(state);
	all_are_errors(rows, ARRAY_LEN(rows));
	expect_said(HEAD DESK "{'at':10,'raise':{'key':'a'," PLACE
			      ",'truth':{'needs':['damkar','x'],'may':['y']}}\n",
		"3: truth.needs[1]: no agency \"x\"\n3: truth.may[0]: no agency \"y\"\n", "");
	expect_said("{'at':20,'agency':'nobody','desk':'late'}\n",
		"4: agency: no agency \"nobody\"\n",
		"4: desk: no line says how the desk of \"nobody\" answers\n");
}

static void what_is_there_twice_is_said(void **state) {
	static const struct said rows[] = {
		{RAISE, "4: raise.key: \"a\" is raised in line 3, too\n"},
		{DESK, "4: agency: \"damkar\" has its desk in line 2 already\n"},
		{SAY(",'id':'x'") SAY(",'id':'x'"), "5: id: \"x\" is the name of line 4, too\n"},
		{SAY(",'id':'x'") SAY(",'id':'y'") SAY(",'id':'x','chance':0.5"),
			"6: id: \"x\" is the name of line 4, too\n"},
	};
	UNUSED(state);
	all_are_errors(rows, ARRAY_LEN(rows));
}

static void one_of_two_and_branches_may_share_a_name(void **state) {
	UNUSED(state);
	expect_said("{'at':5,'one_of':'g','id':'i','raise':{'key':'b'," PLACE "}\n"
		    "{'at':6,'one_of':'g','id':'i','raise':{'key':'b'," PLACE "}\n"
		    "{'at':7,'expect':{'did':'verify','key':'b'}}\n",
		"", "");
	expect_said("{'at':20,'when':{'did':'note'},'raise':{'key':'b'," PLACE "}\n"
		    "{'at':20,'when':{'not':{'did':'note'}},'raise':{'key':'b'," PLACE "}\n",
		"", "");
	expect_said("{'at':20,'when':{'did':'note'},'raise':{'key':'b'," PLACE "}\n"
		    "{'at':20,'when':{'did':'hold'},'raise':{'key':'b'," PLACE "}\n",
		"5: raise.key: \"b\" is raised in line 4, too\n", "");
}

/* What one asks may be so at its time, and not so any more, or not yet, at that of the other. */
static void branches_of_different_times_may_both_happen(void **state) {
	static const struct said rows[] = {
		{"{'at':20,'when':{'did':'note'},'raise':{'key':'b'," PLACE "}\n"
		 "{'at':21,'when':{'not':{'did':'note'}},'raise':{'key':'b'," PLACE "}\n",
			"5: raise.key: \"b\" is raised in line 4, too\n"},
		{"{'at':[20,30],'when':{'did':'note'},'id':'i','say':'x'}\n"
		 "{'at':[20,30],'when':{'not':{'did':'note'}},'id':'i','say':'x'}\n",
			"5: id: \"i\" is the name of line 4, too\n"},
		{"{'at':20,'when':{'did':'note'},'id':'i','say':'x'}\n"
		 "{'at':20,'after':{'did':'hold'},'when':{'not':{'did':'note'}},'id':'i','say':"
		 "'x'}\n",
			"5: id: \"i\" is the name of line 4, too\n"},
		{"{'after':{'did':'claim'},'when':{'did':'note'},'id':'i','say':'x'}\n"
		 "{'after':{'did':'hold'},'when':{'not':{'did':'note'}},'id':'i','say':'x'}\n",
			"5: id: \"i\" is the name of line 4, too\n"},
		{"{'at':3,'after':{'did':'hold'},'when':{'did':'note'},'id':'i','say':'x'}\n"
		 "{'at':3,'after':{'did':'hold'},'when':{'not':{'did':'note'}},'id':'i','say':"
		 "'x'}\n",
			""},
	};
	UNUSED(state);
	all_are_errors(rows, ARRAY_LEN(rows));
}

static void who_waits_for_themselves_is_told(void **state) {
	static const struct said rows[] = {
		{"{'id':'x','after':{'line':'x'},'say':'x'}\n", "4: after: waits for itself\n"},
		{"{'id':'x','after':{'all':[{'command':'help'},{'line':'y'}]},'say':'x'}\n"
		 "{'id':'y','after':{'line':'z'},'say':'x'}\n"
		 "{'id':'z','after':{'any':[{'line':'x'},{'line':'y'}]},'say':'x'}\n"
		 "{'after':{'line':'z'},'say':'behind them'}\n",
			"4: after: waits for itself, by way of line 5\n"
			"5: after: waits for itself, by way of line 6\n"
			"6: after: waits for itself, by way of line 4\n"
			"7: after: never comes true\n"},
		{"{'after':{'state':'verified','key':'b'},'raise':{'key':'b'," PLACE "}\n",
			"4: after: waits for itself\n"},
		{"{'id':'x','after':{'did':'note','key':'b'},'say':'x'}\n"
		 "{'after':{'line':'x'},'raise':{'key':'b'," PLACE "}\n",
			"4: after: waits for itself, by way of line 5\n"
			"5: after: waits for itself, by way of line 4\n"},
		{"{'id':'x','after':{'any':[{'line':'x'},{'command':'help'}]},'say':'x'}\n", ""},
		{"{'id':'x','after':{'not':{'line':'x'}},'say':'x'}\n", ""},
	};
	UNUSED(state);
	all_are_errors(rows, ARRAY_LEN(rows));
}

static void what_comes_after_the_end_is_said(void **state) {
	static const struct said rows[] = {
		{"{'at':601,'say':'x'}\n", "4: at: 10:01 at the soonest, after the end at 10:00\n"},
		{"{'at':[700,800],'say':'x'}\n",
			"4: at: 11:40 at the soonest, after the end at 10:00\n"},
		{"{'id':'x','at':500,'say':'x'}\n{'after':{'line':'x'},'at':101,'say':'x'}\n",
			"5: after: 10:01 at the soonest, after the end at 10:00\n"},
		{"{'at':700,'raise':{'key':'b'," PLACE "}\n"
		 "{'at':20,'expect':{'did':'verify','key':'b'}}\n"
		 "{'after':{'selected':'b'},'say':'x'}\n"
		 "{'at':20,'when':{'state':'new','key':'b'},'say':'x'}\n",
			"4: at: 11:40 at the soonest, after the end at 10:00\n"
			"5: expect.key: \"b\" is raised at 11:40, after the end at 10:00\n"
			"6: after.selected: \"b\" is raised at 11:40, after the end at 10:00\n"
			"6: after: 11:40 at the soonest, after the end at 10:00\n"
			"7: when.key: \"b\" is raised at 11:40, after the end at 10:00\n"},
		{"{'id':'x','at':700,'say':'x'}\n{'at':20,'expect':{'line':'x'}}\n",
			"4: at: 11:40 at the soonest, after the end at 10:00\n"
			"5: expect.line: \"x\" comes at 11:40, after the end at 10:00\n"},
		{"{'at':600,'expect':{'command':'help'}}\n", "4: expect: no time is left for it\n"},
		{"{'at':20,'expect':{'command':'help','within':0}}\n",
			"4: expect.within: no time is left for it\n"},
	};
	static const struct said maybe[] = {
		{"{'at':[500,700],'say':'x'}\n",
			"4: at: may come at 11:40, after the end at 10:00\n"},
		{"{'at':500,'expect':{'command':'help','within':101}}\n",
			"4: expect.within: ends at 10:01, after the end at 10:00\n"},
		{"{'id':'x','at':500,'say':'x'}\n"
		 "{'after':{'line':'x'},'expect':{'command':'help','within':101}}\n",
			"5: expect.within: ends at 10:01, after the end at 10:00\n"},
		{"{'at':500,'expect':{'command':'help','within':100}}\n", ""},
		{"{'at':500,'forbid':{'command':'help','within':200}}\n", ""},
		{"{'at':600,'say':'x'}\n", ""},
	};
	UNUSED(state);
	all_are_errors(rows, ARRAY_LEN(rows));
	all_are_warnings(maybe, ARRAY_LEN(maybe));
}

static void what_comes_before_its_alarm_is_said(void **state) {
	static const struct said rows[] = {
		{"{'at':9,'agency':'damkar','status':'accepted','key':'a'}\n",
			"4: key: \"a\" is raised later, at 0:10 in line 3\n"},
		{"{'at':[5,9],'update':{'key':'a','note':'x'}}\n",
			"4: update.key: \"a\" is raised later, at 0:10 in line 3\n"},
		{"{'at':5,'when':{'did':'note','key':'a'},'say':'x'}\n",
			"4: when.key: \"a\" is raised later, at 0:10 in line 3\n"},
		{"{'at':5,'expect':{'all':[{'did':'note','key':'a'}],'within':4}}\n",
			"4: expect.all[0].key: \"a\" is raised later, at 0:10 in line 3\n"},
		{HEAD DESK "{'at':10,'cancel':{'key':'a'}}\n" RAISE,
			"3: cancel.key: \"a\" is raised later, at 0:10 in line 4\n"},
		{"{'at':10,'agency':'damkar','status':'accepted','key':'a'}\n", ""},
		{"{'at':[5,15],'cancel':{'key':'a'}}\n", ""},
		{"{'at':5,'when':{'not':{'did':'note','key':'a'}},'say':'x'}\n", ""},
		{"{'after':{'command':'help'},'cancel':{'key':'a'}}\n", ""},
	};
	UNUSED(state);
	all_are_errors(rows, ARRAY_LEN(rows));
}

static void deeds_that_never_count_are_said(void **state) {
	static const struct said rows[] = {
		{"{'at':20,'expect':{'did':'expire','key':'a','agency':'damkar'}}\n",
			"4: expect.did: expire is not for the role operator\n"},
		{"{'at':20,'ghost':{'by':'x','role':'observer','action':'close','key':'a',"
		 "'disposition':'handled'}}\n",
			"4: ghost.action: close is not for the role observer\n"},
		{"{'at':20,'expect':{'did':'close','reason':'prank'}}\n",
			"4: expect.reason: does not go with did close\n"},
		{"{'at':20,'expect':{'did':'reject','disposition':'handled','agency':'damkar'}}\n",
			"4: expect.agency: does not go with did reject\n"
			"4: expect.disposition: does not go with did reject\n"},
		{"{'at':20,'expect':{'did':'dispatch','method':'callback','camera':'Gladag'}}\n",
			"4: expect.camera: does not go with did dispatch\n"
			"4: expect.method: does not go with did dispatch\n"},
		{"{'at':20,'expect':{'did':'verify','method':'callback','camera':'Gladag'}}\n",
			"4: expect.camera: does not go with method callback\n"},
		{"{'at':20,'expect':{'did':'verify','kind':'fire','priority':'P1','into':'a'}}\n",
			"4: expect.into: does not go with did verify\n"
			"4: expect.kind: does not go with did verify\n"
			"4: expect.priority: does not go with did verify\n"},
		{"{'at':20,'expect':{'did':'merge','key':'a','into':'a'}}\n",
			"4: expect.into: an alarm cannot be merged into itself\n"},
		{"{'at':20,'expect':{'status':'expired','key':'a','agency':'damkar'}}\n",
			"4: expect.status: no dispatch expires in an exercise\n"},
		{"{'at':20,'expect':{'did':'update','kind':'fire','priority':'P1'}}\n", ""},
		{"{'at':20,'expect':{'did':'camera_viewed','camera':'Gladag'}}\n", ""},
		{"{'at':20,'expect':{'did':'accept','agency':'polresta'}}\n", ""},
	};
	UNUSED(state);
	all_are_errors(rows, ARRAY_LEN(rows));
}

static void what_contradicts_itself_is_said(void **state) {
	static const struct said rows[] = {
		{"{'at':20,'expect':{'did':'dispatch','key':'a','agency':'damkar','within':60}}\n"
		 "{'at':10,'forbid':{'did':'dispatch','key':'a'}}\n",
			"4: expect: is forbidden all the time by line 5\n"},
		/* Later, but what was done stays done. */
		{"{'at':300,'forbid':{'any':[{'command':'help'},{'did':'note'}]}}\n"
		 "{'at':20,'expect':{'all':[{'did':'note','key':'a'},{'selected':'a'}],"
		 "'within':60}}\n",
			"5: expect: is forbidden all the time by line 4\n"},
		{"{'at':20,'expect':{'status':'accepted','key':'a','agency':'damkar'}}\n"
		 "{'at':20,'forbid':{'did':'dispatch','agency':'damkar'}}\n",
			"4: expect: is forbidden all the time by line 5\n"},
		{"{'at':20,'expect':{'state':'closed','key':'a'}}\n"
		 "{'at':20,'forbid':{'state':'closed','key':'a'}}\n",
			"4: expect: is forbidden all the time by line 5\n"},
		{"{'at':20,'forbid':{'not':{'did':'note'}}}\n",
			"4: forbid: is so from the start: nobody can keep to it\n"},
		/* Not too early, but then. */
		{"{'at':20,'expect':{'did':'dispatch','key':'a','within':100}}\n"
		 "{'at':10,'forbid':{'did':'dispatch','key':'a','within':60}}\n",
			""},
		/* Of two branches one happens. */
		{"{'at':20,'expect':{'did':'dispatch','key':'a'}}\n"
		 "{'at':20,'when':{'did':'verify'},'forbid':{'did':'dispatch','key':'a'}}\n",
			""},
		{"{'at':20,'expect':{'did':'dispatch','key':'a','agency':'damkar'}}\n"
		 "{'at':20,'forbid':{'did':'dispatch','key':'a','agency':'psc119'}}\n",
			""},
		{"{'at':20,'expect':{'did':'verify','key':'a'}}\n"
		 "{'at':20,'forbid':{'did':'verify','key':'a','method':'camera'}}\n",
			""},
		{"{'at':20,'expect':{'any':[{'did':'note'},{'did':'hold'}]}}\n"
		 "{'at':20,'forbid':{'all':[{'did':'note'},{'did':'hold'}]}}\n",
			""},
	};
	UNUSED(state);
	all_are_errors(rows, ARRAY_LEN(rows));
}

/* What has come by then and what has not is known, where nothing is left to chance. */
static void a_line_that_came_before_is_judged_as_such(void **state) {
	static const struct said errors[] = {
		{"{'at':0,'id':'x','say':'x'}\n{'at':7,'forbid':{'not':{'line':'x'}}}\n", ""},
		{"{'at':7,'id':'x','say':'x'}\n{'at':7,'forbid':{'not':{'line':'x'}}}\n", ""},
		{"{'at':[0,9],'id':'x','say':'x'}\n{'at':7,'forbid':{'not':{'line':'x'}}}\n", ""},
		{"{'at':0,'chance':0.5,'id':'x','say':'x'}\n"
		 "{'at':7,'forbid':{'not':{'line':'x'}}}\n",
			""},
		{"{'at':0,'id':'x','say':'x'}\n"
		 "{'after':{'did':'note'},'forbid':{'not':{'line':'x'}}}\n",
			""},
		{"{'after':{'did':'note'},'id':'x','say':'x'}\n"
		 "{'at':7,'forbid':{'any':[{'command':'help'},{'not':{'line':'x'}}]}}\n",
			""},
		{"{'at':0,'id':'x','say':'x'}\n"
		 "{'at':7,'forbid':{'all':[{'line':'x'},{'not':{'did':'note'}}]}}\n",
			"5: forbid: is so from the start: nobody can keep to it\n"},
		{"{'at':8,'id':'x','say':'x'}\n{'at':7,'forbid':{'not':{'line':'x'}}}\n",
			"5: forbid: is so from the start: nobody can keep to it\n"},
		{"{'at':7,'forbid':{'not':{'line':'x'}}}\n{'at':7,'id':'x','say':'x'}\n",
			"4: forbid: is so from the start: nobody can keep to it\n"},
		{"{'at':0,'id':'x','say':'x'}\n{'at':7,'forbid':{'line':'x'}}\n",
			"5: forbid: is so from the start: nobody can keep to it\n"},
		{"{'at':20,'forbid':{'state':'new','key':'a'}}\n",
			"4: forbid: is so from the start: nobody can keep to it\n"},
	};
	static const struct said warnings[] = {
		{"{'at':0,'id':'x','say':'x'}\n{'at':7,'expect':{'line':'x'}}\n",
			"5: expect: is so from the start: points for nothing\n"},
		{"{'at':0,'id':'x','say':'x'}\n{'at':7,'expect':{'not':{'line':'x'}}}\n", ""},
		{"{'at':8,'id':'x','say':'x'}\n{'at':7,'expect':{'line':'x'}}\n", ""},
		/* An alarm is new without anybody's doing, once it is there. */
		{"{'at':20,'expect':{'state':'new','key':'a'}}\n",
			"4: expect: is so from the start: points for nothing\n"},
		{"{'at':20,'expect':{'state':'verified','key':'a'}}\n", ""},
		{"{'at':[0,20],'expect':{'state':'new','key':'a'}}\n", ""},
		{"{'at':20,'expect':{'not':{'state':'new','key':'a'}}}\n", ""},
	};
	UNUSED(state);
	all_are_errors(errors, ARRAY_LEN(errors));
	all_are_warnings(warnings, ARRAY_LEN(warnings));
}

static void what_is_probably_not_meant_is_a_warning(void **state) {
	static const struct said rows[] = {
		{"{'at':20,'expect':{'not':{'did':'note'}}}\n",
			"4: expect: is so from the start: points for nothing\n"},
		{"{'at':20,'expect':{'any':[{'did':'hold'},{'not':{'did':'note'}}]}}\n",
			"4: expect: is so from the start: points for nothing\n"},
		{"{'at':20,'expect':{'all':[{'did':'hold'},{'not':{'did':'note'}}]}}\n", ""},
		{"{'at':20,'chance':0,'say':'x'}\n", "4: chance: 0: it never happens\n"},
		{"{'at':20,'one_of':'g','say':'x'}\n",
			"4: one_of: no other line is one of \"g\"\n"},
		{"{'at':20,'raise':{'key':'b'," PLACE ",'truth':{'real':false}}\n",
			"3: raise: no truth, while other alarms have one\n"},
		{"{'at':20,'agency':'psc119','desk':'silent'}\n",
			"4: desk: no line says how the desk of \"psc119\" answers\n"},
		{"{'at':20,'expect':{'status':'accepted','key':'a','agency':'psc119'}}\n",
			"4: expect.agency: no line says how the desk of \"psc119\" answers\n"},
		{"{'at':20,'expect':{'status':'requested','key':'a','agency':'psc119'}}\n", ""},
		{"{'at':20,'expect':{'status':'accepted','key':'a','agency':'psc119'}}\n"
		 "{'at':30,'agency':'psc119','status':'accepted','key':'a'}\n",
			""},
		{"{'at':5,'chance':0.5,'raise':{'key':'b'," PLACE "}\n"
		 "{'at':5,'expect':{'did':'verify','key':'b'}}\n",
			"5: expect.key: \"b\" may never be raised: wait for it with after\n"},
		{"{'at':5,'one_of':'g','raise':{'key':'b'," PLACE "}\n"
		 "{'at':5,'one_of':'g','say':'x'}\n"
		 "{'at':5,'expect':{'did':'verify','key':'b'}}\n"
		 "{'after':{'state':'new','key':'b'},'expect':{'did':'verify','key':'b'}}\n",
			"6: expect.key: \"b\" may never be raised: wait for it with after\n"},
	};
	UNUSED(state);
	all_are_warnings(rows, ARRAY_LEN(rows));
}

static void the_truth_has_one_first_alarm(void **state) {
	UNUSED(state);
	expect_said(HEAD DESK "{'at':1,'raise':{'key':'a'," PLACE ",'truth':{'same_as':'a'}}\n"
			      "{'at':2,'raise':{'key':'b'," PLACE ",'truth':{'same_as':'a'}}\n"
			      "{'at':3,'raise':{'key':'c'," PLACE ",'truth':{'same_as':'b'}}\n",
		"3: truth.same_as: is the alarm itself\n"
		"4: truth.same_as: \"a\" is the same as \"a\": name that one\n"
		"5: truth.same_as: \"b\" is the same as \"a\": name that one\n",
		"");
}

static void the_first_of_the_same_alarms_comes_first(void **state) {
	static const struct said rows[] = {
		{HEAD DESK "{'at':1,'raise':{'key':'b'," PLACE ",'truth':{'same_as':'a'}}\n"
			   "{'at':2,'raise':{'key':'a'," PLACE ",'truth':{'real':true}}\n",
			"3: truth.same_as: the same as one that comes later, \"a\" at 0:02 in line "
			"4\n"},
		{HEAD DESK "{'at':2,'raise':{'key':'b'," PLACE ",'truth':{'same_as':'a'}}\n"
			   "{'at':2,'raise':{'key':'a'," PLACE ",'truth':{'real':true}}\n",
			"3: truth.same_as: the same as one that comes later, \"a\" at 0:02 in line "
			"4\n"},
		{HEAD DESK "{'at':[1,3],'raise':{'key':'b'," PLACE ",'truth':{'same_as':'a'}}\n"
			   "{'at':2,'raise':{'key':'a'," PLACE ",'truth':{'real':true}}\n",
			""},
		{HEAD DESK "{'at':3,'raise':{'key':'b'," PLACE ",'truth':{'same_as':'a'}}\n"
			   "{'at':2,'raise':{'key':'a'," PLACE ",'truth':{'real':true}}\n",
			""},
	};
	UNUSED(state);
	all_are_warnings(rows, ARRAY_LEN(rows));
}

static void all_of_it_is_said_by_line(void **state) {
	UNUSED(state);
	expect_said("{'at':700,'agency':'nobody','note':'x','key':'b'}\n"
		    "{'id':'x','after':{'line':'x'},'expect':{'command':'dance'}}\n"
		    "{'at':20,'chance':0,'say':'x'}\n"
		    "{'at':20,'expect':{'did':'note','key':'b'}}\n",
		"4: agency: no agency \"nobody\"\n"
		"4: key: no alarm \"b\"\n"
		"4: at: 11:40 at the soonest, after the end at 10:00\n"
		"5: after: waits for itself\n"
		"5: expect.command: no command \"dance\"\n"
		"7: expect.key: no alarm \"b\"\n",
		"6: chance: 0: it never happens\n");
}

/* A long chain of lines, the last first, is gone through; a thicket is given up, and that is said.
 */
static void lines_that_wait_for_each_other_without_end_are_no_trouble(void **state) {
	struct scenario sc;
	struct check_result result;
	struct buf text = {0};
	UNUSED(state);
	for (int i = 0; i < 5000; i++) {
		buf_printf(&text, "{'id':'l%d','after':{'line':'l%d'},'say':'x'}\n", i, i + 1);
	}
	buf_add_str(&text, "{'id':'l5000','at':1,'say':'x'}\n");
	read_scenario(&sc, text.data);
	assert_true(check_scenario(&sc, &city, is_command, &result));
	assert_int_equal(result.warnings.len, 0);
	check_result_finish(&result);
	scenario_finish(&sc);
	buf_clear(&text);
	buf_add_str(&text, "{'at':1,'say':'x','id':'k0'}\n");
	/* The first is waited for by the last, that by the second, that by the last but one ... */
	for (int i = 1; i < 400; i++) {
		buf_printf(&text, "{'id':'k%d','after':{'line':'k%d'},'say':'x'}\n", i,
			i < 200 ? 400 - i : 399 - i);
	}
	read_scenario(&sc, text.data);
	assert_true(check_scenario(&sc, &city, is_command, &result));
	assert_string_equal(result.warnings.data,
		"1: after: too many lines wait for each other to say when they happen\n");
	check_result_finish(&result);
	scenario_finish(&sc);
	buf_finish(&text);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_of_what_is_fine),
		cmocka_unit_test(an_alarm_that_nobody_raises_is_named),
		cmocka_unit_test(who_and_what_is_not_in_the_registry_is_named),
		cmocka_unit_test(what_is_there_twice_is_said),
		cmocka_unit_test(one_of_two_and_branches_may_share_a_name),
		cmocka_unit_test(branches_of_different_times_may_both_happen),
		cmocka_unit_test(who_waits_for_themselves_is_told),
		cmocka_unit_test(what_comes_after_the_end_is_said),
		cmocka_unit_test(what_comes_before_its_alarm_is_said),
		cmocka_unit_test(deeds_that_never_count_are_said),
		cmocka_unit_test(what_contradicts_itself_is_said),
		cmocka_unit_test(a_line_that_came_before_is_judged_as_such),
		cmocka_unit_test(what_is_probably_not_meant_is_a_warning),
		cmocka_unit_test(the_truth_has_one_first_alarm),
		cmocka_unit_test(the_first_of_the_same_alarms_comes_first),
		cmocka_unit_test(all_of_it_is_said_by_line),
		cmocka_unit_test(lines_that_wait_for_each_other_without_end_are_no_trouble),
	};
	return cmocka_run_group_tests(tests, fill_city, empty_city);
}
