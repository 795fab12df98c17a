#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/train/director.h>

/* Scenarios are written with ' for ". */
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

/* What is so is what a test says: commands by their name, and lines as the director knows them. */
static struct {
	struct director *director;
	const char *used;
	size_t asked;
} now;

static bool on_holds(void *data, const struct cond *cond) {
	assert_ptr_equal(data, &now);
	now.asked++;
	if (cond->type == COND_NOT) {
		return !on_holds(data, &cond->parts[0]);
	}
	if (cond->type == COND_LINE) {
		return now.director != NULL && director_has_happened(now.director, cond->name);
	}
	return now.used != NULL && strcmp(now.used, cond->name) == 0;
}

static void start(const struct scenario *sc, uint64_t seed) {
	memset(&now, 0, sizeof(now));
	now.director = director_create(&(struct director_config){
		.scenario = sc, .seed = seed, .holds = on_holds, .data = &now});
}

static void end(void) {
	director_destroy(now.director);
	now.director = NULL;
}

/* The texts of the lines that are due until then, put together. */
static const char *said(int64_t at_ms) {
	static char out[200];
	const struct scenario_line *line;
	out[0] = '\0';
	while ((line = director_due(now.director, at_ms)) != NULL) {
		strncat(out, scenario_text_get(&line->text, "id"), sizeof(out) - strlen(out) - 1);
	}
	return out;
}

static void a_line_comes_at_its_time_and_once(void **state) {
	struct scenario sc;
	UNUSED(state);
	read_scenario(&sc, "{'at':2,'say':'a'}\n{'at':1.5,'say':'b'}\n{'at':0,'say':'c'}\n");
	start(&sc, 1);
	assert_int_equal(director_next_ms(now.director), 0);
	assert_string_equal(said(0), "c");
	assert_int_equal(director_next_ms(now.director), 1500);
	assert_string_equal(said(1499), "");
	assert_string_equal(said(1500), "b");
	assert_string_equal(said(5000), "a");
	assert_string_equal(said(9000), "");
	assert_int_equal(director_next_ms(now.director), -1);
	end();
	scenario_finish(&sc);
}

static void lines_of_one_time_come_as_they_stand(void **state) {
	struct scenario sc;
	UNUSED(state);
	read_scenario(&sc, "{'at':1,'say':'a'}\n{'at':1,'id':'x','say':'b'}\n"
			   "{'after':{'line':'x'},'say':'e'}\n"
			   "{'at':0.5,'say':'-'}\n{'at':1,'say':'c'}\n{'at':1,'say':'d'}\n");
	start(&sc, 1);
	assert_string_equal(said(1000), "-abcd");
	director_look(now.director, 1000);
	assert_string_equal(said(1000), "e");
	end();
	/* One that waited and one that did not: the order is that of the file. */
	start(&sc, 1);
	assert_string_equal(said(999), "-");
	assert_ptr_equal(director_due(now.director, 1000), &sc.lines[0]);
	assert_ptr_equal(director_due(now.director, 1000), &sc.lines[1]);
	director_look(now.director, 1000);
	assert_string_equal(said(1000), "ecd");
	end();
	scenario_finish(&sc);
}

static void a_range_is_drawn_by_the_seed(void **state) {
	struct scenario sc;
	int64_t least = INT64_MAX, most = 0, first = -1;
	UNUSED(state);
	read_scenario(&sc, "{'at':[10,20],'say':'a'}\n");
	for (uint64_t seed = 1; seed <= 200; seed++) {
		start(&sc, seed);
		int64_t at_ms = director_next_ms(now.director);
		end();
		start(&sc, seed);
		assert_int_equal(director_next_ms(now.director), at_ms);
		end();
		assert_in_range(at_ms, 10000, 20000);
		least = at_ms < least ? at_ms : least;
		most = at_ms > most ? at_ms : most;
		first = first < 0 ? at_ms : first;
	}
	assert_true(least < 10500 && most > 19500);
	scenario_finish(&sc);
}

/* Lines put in before it do not change what is drawn for one, but for its number. */
static void what_is_drawn_for_one_line_is_not_moved_by_others(void **state) {
	struct scenario a, b;
	UNUSED(state);
	read_scenario(&a, "#\n{'at':[10,20],'say':'a'}\n");
	read_scenario(&b, "{'at':[0,5],'chance':0.5,'say':'x'}\n{'at':[10,20],'say':'a'}\n");
	for (uint64_t seed = 1; seed <= 20; seed++) {
		start(&a, seed);
		int64_t at_ms = director_next_ms(now.director);
		end();
		start(&b, seed);
		said(9999);
		assert_int_equal(director_next_ms(now.director), at_ms);
		end();
	}
	scenario_finish(&a);
	scenario_finish(&b);
}

static void of_a_group_one_line_happens(void **state) {
	struct scenario sc;
	int seen[3] = {0};
	UNUSED(state);
	read_scenario(&sc, "{'at':1,'one_of':'g','say':'a'}\n{'at':2,'one_of':'h','say':'-'}\n"
			   "{'at':3,'one_of':'g','say':'b'}\n{'at':4,'one_of':'g','say':'c'}\n"
			   "{'at':5,'one_of':'h','say':'+'}\n");
	for (uint64_t seed = 1; seed <= 300; seed++) {
		start(&sc, seed);
		const char *out = said(9000);
		assert_int_equal(strlen(out), 2);
		assert_int_equal(strcspn(out, "-+") + strcspn(out, "abc"), 1);
		seen[out[strcspn(out, "abc")] - 'a']++;
		end();
	}
	assert_true(seen[0] > 60 && seen[1] > 60 && seen[2] > 60);
	scenario_finish(&sc);
}

static void chance_leaves_lines_out(void **state) {
	struct scenario sc;
	int seen = 0;
	UNUSED(state);
	read_scenario(&sc, "{'at':1,'chance':0.25,'say':'a'}\n{'at':1,'chance':0,'say':'b'}\n"
			   "{'at':1,'chance':1,'say':'c'}\n");
	for (uint64_t seed = 1; seed <= 1000; seed++) {
		start(&sc, seed);
		const char *out = said(1000);
		assert_null(strchr(out, 'b'));
		assert_non_null(strchr(out, 'c'));
		seen += strchr(out, 'a') != NULL;
		end();
	}
	assert_in_range(seen, 200, 300);
	scenario_finish(&sc);
}

static void who_waits_gets_a_time_when_it_comes_true(void **state) {
	struct scenario sc;
	UNUSED(state);
	read_scenario(&sc, "{'after':{'command':'help'},'at':5,'say':'a'}\n"
			   "{'after':{'command':'help'},'say':'b'}\n"
			   "{'after':{'command':'zoom'},'say':'c'}\n{'at':60,'say':'d'}\n");
	start(&sc, 1);
	assert_int_equal(director_waiting(now.director), 3);
	director_look(now.director, 1000);
	assert_int_equal(director_next_ms(now.director), 60000);
	now.used = "help";
	director_look(now.director, 2000);
	assert_int_equal(director_waiting(now.director), 1);
	assert_int_equal(director_next_ms(now.director), 2000);
	assert_string_equal(said(2000), "b");
	/* It came true once: that it is no longer so changes nothing. */
	now.used = NULL;
	director_look(now.director, 3000);
	assert_int_equal(director_next_ms(now.director), 7000);
	assert_string_equal(said(60000), "ad");
	assert_int_equal(director_next_ms(now.director), -1);
	assert_int_equal(director_waiting(now.director), 1);
	end();
	scenario_finish(&sc);
}

static void when_is_asked_at_the_time_and_once(void **state) {
	struct scenario sc;
	UNUSED(state);
	read_scenario(&sc, "{'at':1,'id':'x','when':{'command':'help'},'say':'a'}\n"
			   "{'at':2,'when':{'command':'help'},'say':'b'}\n"
			   "{'at':2,'when':{'not':{'command':'help'}},'say':'c'}\n"
			   "{'after':{'line':'x'},'say':'d'}\n");
	start(&sc, 1);
	assert_int_equal(now.asked, 0);
	assert_string_equal(said(1000), "");
	assert_int_equal(now.asked, 1);
	now.used = "help";
	assert_string_equal(said(2000), "b");
	/* What did not happen is not there for who waits for it either. */
	assert_false(director_has_happened(now.director, "x"));
	director_look(now.director, 2000);
	assert_string_equal(said(9000), "");
	end();
	scenario_finish(&sc);
}

static void lines_follow_each_other(void **state) {
	struct scenario sc;
	UNUSED(state);
	read_scenario(&sc, "{'id':'c','after':{'line':'b'},'at':1,'say':'c'}\n"
			   "{'id':'b','after':{'line':'a'},'at':[1,1],'say':'b'}\n"
			   "{'id':'a','at':1,'say':'a'}\n");
	start(&sc, 1);
	for (int64_t at_ms = 1000; at_ms <= 3000; at_ms += 1000) {
		const char *names[] = {"a", "b", "c"};
		assert_int_equal(director_next_ms(now.director), at_ms);
		assert_string_equal(said(at_ms), names[at_ms / 1000 - 1]);
		assert_true(director_has_happened(now.director, names[at_ms / 1000 - 1]));
		director_look(now.director, at_ms);
	}
	assert_int_equal(director_waiting(now.director), 0);
	end();
	scenario_finish(&sc);
}

static void without_anybody_to_ask_lines_that_ask_do_not_happen(void **state) {
	struct scenario sc;
	UNUSED(state);
	read_scenario(&sc, "{'at':1,'when':{'not':{'command':'help'}},'say':'a'}\n"
			   "{'after':{'command':'help'},'say':'b'}\n{'at':2,'say':'c'}\n");
	now.director = director_create(&(struct director_config){.scenario = &sc, .seed = 1});
	director_look(now.director, 0);
	assert_string_equal(said(9000), "c");
	end();
	director_destroy(NULL);
	scenario_finish(&sc);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_comes_at_its_time_and_once),
		cmocka_unit_test(lines_of_one_time_come_as_they_stand),
		cmocka_unit_test(a_range_is_drawn_by_the_seed),
		cmocka_unit_test(what_is_drawn_for_one_line_is_not_moved_by_others),
		cmocka_unit_test(of_a_group_one_line_happens),
		cmocka_unit_test(chance_leaves_lines_out),
		cmocka_unit_test(who_waits_gets_a_time_when_it_comes_true),
		cmocka_unit_test(when_is_asked_at_the_time_and_once),
		cmocka_unit_test(lines_follow_each_other),
		cmocka_unit_test(without_anybody_to_ask_lines_that_ask_do_not_happen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
