#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/train/chance.h>
#include <siaga/train/run.h>
#include <siaga/train/score.h>

#include "world.h"

static struct scenario scenario;
static struct run *run;
static int64_t ids;

static const struct sim_user ayu = {.who = {"ayu", "TMC-1"}, .role = ROLE_OPERATOR};

#define DESKS                                                                                      \
	"{\"agency\":\"damkar\",\"accept_s\":[5,5],\"en_route_s\":[5,5],\"on_scene_s\":[5,5],"     \
	"\"clear_s\":[5,5],\"units\":1}\n"                                                         \
	"{\"agency\":\"psc119\",\"accept_s\":[5,5],\"en_route_s\":[5,5],\"on_scene_s\":[5,5],"     \
	"\"clear_s\":[5,5]}\n"
#define ALARM(at, key)                                                                             \
	"{\"at\":" at ",\"raise\":{\"key\":\"" key                                                 \
	"\",\"kind\":\"fire\",\"lat\":-7.57,\"lon\":110.82}}\n"
#define TAKEN(key) "{\"did\":\"acknowledge\",\"key\":\"" key "\"}"

static void begin_with(const char *text, uint64_t seed, bool watch,
	void (*on_entry)(void *data, const struct tape_entry *entry)) {
	struct registry reg = {0};
	struct err err = {0};
	city_fill(&reg);
	ids = 0;
	if (!scenario_read(&scenario, text, strlen(text), &err)) {
		fail_msg("%s", err.text);
	}
	run = run_create(&(struct run_config){.registry = &reg,
		.scenario = &scenario,
		.trainee = ayu,
		.seed = seed,
		.start_ms = T0,
		.mode = MODE_EXERCISE,
		.lang = "en",
		.watch = watch,
		.on_entry = on_entry});
}

static void begin(const char *text, uint64_t seed, bool watch) {
	begin_with(text, seed, watch, NULL);
}

static void end(void) {
	run_destroy(run);
	scenario_finish(&scenario);
	run = NULL;
}

static void go(int64_t seconds) {
	run_advance(run, seconds * 1000);
}

static const struct incident *get(int64_t number) {
	const struct incident *inc = world_by_number(sim_get_world(run_sim(run)), number);
	assert_non_null(inc);
	return inc;
}

static struct command ask(enum action action, int64_t number) {
	struct command cmd =
		city_command(sim_get_world(run_sim(run)), action, get(number)->id, "x");
	sim_make_id(cmd.id, 1, SIM_ID_COMMAND, ++ids);
	return cmd;
}

static bool act(enum action action, int64_t number, const char *agency) {
	struct command cmd = ask(action, number);
	struct refusal no;
	int64_t seq;
	cmd.method = METHOD_CALLBACK;
	text_copy(cmd.agency, sizeof(cmd.agency), agency);
	return run_do(run, &cmd, &seq, &no);
}

static const char *said(void) {
	size_t count;
	return run_said(run, &count);
}

static const struct expected *judged(size_t at) {
	size_t len;
	const struct expected *expected = run_expected(run, &len);
	assert_true(at < len);
	return &expected[at];
}

static void what_is_expected_comes_in_time_late_or_not(void **state) {
	UNUSED(state);
	begin(ALARM("2", "a") ALARM("2", "b") ALARM(
		      "2", "c") "{\"at\":2,\"expect\":{\"did\":\"acknowledge\",\"key\":\"a\","
				"\"within\":10}}\n"
				"{\"at\":2,\"expect\":{\"did\":\"acknowledge\",\"key\":\"b\","
				"\"within\":10}}\n"
				"{\"at\":2,\"expect\":{\"did\":\"acknowledge\",\"key\":\"c\"}}\n",
		1, false);
	go(5);
	assert_int_equal(judged(0)->verdict, VERDICT_OPEN);
	assert_int_equal(run_next_ms(run), 12000);
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	assert_int_equal(judged(0)->verdict, VERDICT_MET);
	assert_int_equal(judged(0)->at_ms, 5000);
	go(11);
	assert_int_equal(judged(1)->verdict, VERDICT_OPEN);
	go(12);
	assert_int_equal(judged(1)->verdict, VERDICT_MISSED);
	go(20);
	assert_true(act(ACTION_ACKNOWLEDGE, 2, ""));
	assert_int_equal(judged(1)->verdict, VERDICT_LATE);
	assert_int_equal(judged(1)->at_ms, 20000);
	assert_int_equal(judged(2)->verdict, VERDICT_OPEN);
	go(1000);
	assert_true(run_is_over(run));
	assert_int_equal(judged(2)->verdict, VERDICT_MISSED);
	end();
}

static void what_is_forbidden_is_kept_or_broken(void **state) {
	UNUSED(state);
	begin(ALARM("1", "a") "{\"at\":1,\"forbid\":{\"did\":\"dispatch\",\"agency\":\"damkar\","
			      "\"key\":\"a\"}}\n"
			      "{\"at\":1,\"forbid\":{\"did\":\"dispatch\",\"agency\":\"psc119\","
			      "\"key\":\"a\",\"within\":30}}\n"
			      "{\"at\":1,\"forbid\":{\"did\":\"reject\"}}\n",
		1, false);
	go(2);
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	assert_true(act(ACTION_DISPATCH, 1, "damkar"));
	assert_int_equal(judged(0)->verdict, VERDICT_MISSED);
	go(31);
	assert_int_equal(judged(1)->verdict, VERDICT_MET);
	assert_int_equal(judged(2)->verdict, VERDICT_OPEN);
	go(1000);
	assert_int_equal(judged(0)->verdict, VERDICT_MISSED);
	assert_int_equal(judged(2)->verdict, VERDICT_MET);
	end();
}

static void a_line_waits_for_what_the_trainee_does(void **state) {
	UNUSED(state);
	begin(ALARM("1", "a") "{\"after\":" TAKEN(
		      "a") ",\"at\":3,\"say\":\"good\"}\n"
			   "{\"at\":20,\"when\":{\"not\":" TAKEN(
				   "a") "},\"say\":\"press a\"}\n"
					"{\"after\":{\"command\":\"help\"},\"say\":\"helped\"}\n"
					"{\"after\":{\"selected\":\"a\"},\"id\":\"seen\",\"say\":"
					"\"selected\"}\n"
					"{\"after\":{\"line\":\"seen\"},\"at\":2,\"say\":\"later\"}"
					"\n",
		1, false);
	go(15);
	assert_string_equal(said(), "");
	go(20);
	assert_string_equal(said(), "press a");
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	go(22);
	assert_string_equal(said(), "press a");
	go(23);
	assert_string_equal(said(), "good");
	run_command(run, "filter");
	assert_string_equal(said(), "good");
	run_command(run, "help");
	assert_string_equal(said(), "helped");
	run_select(run, get(1)->id);
	assert_string_equal(said(), "selected");
	go(25);
	assert_string_equal(said(), "later");
	end();
	/* Whoever took it in time is not reminded. */
	begin(ALARM("1", "a") "{\"at\":20,\"when\":{\"not\":" TAKEN("a") "},\"say\":\"press a\"}\n",
		1, false);
	go(5);
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	go(30);
	assert_string_equal(said(), "");
	end();
}

static void a_merged_alarm_is_meant_where_it_is(void **state) {
	struct refusal no;
	int64_t seq;
	UNUSED(state);
	begin(ALARM("1", "a") ALARM("2", "b") ALARM("2", "c") "{\"at\":2,\"expect\":{\"did\":"
							      "\"merge\",\"key\":\"b\",\"into\":"
							      "\"a\"}}\n"
							      "{\"at\":2,\"expect\":{\"did\":"
							      "\"merge\",\"key\":\"c\",\"into\":"
							      "\"a\"}}\n"
							      "{\"at\":2,\"expect\":{\"did\":"
							      "\"dispatch\",\"key\":\"b\","
							      "\"agency\":\"damkar\"}}\n",
		1, false);
	go(3);
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	/* The other way round it is one incident, too. */
	struct command cmd = ask(ACTION_MERGE, 1);
	text_copy(cmd.other, sizeof(cmd.other), get(2)->id);
	assert_true(run_do(run, &cmd, &seq, &no));
	assert_int_equal(judged(0)->verdict, VERDICT_MET);
	assert_int_equal(judged(1)->verdict, VERDICT_OPEN);
	assert_true(act(ACTION_ACKNOWLEDGE, 2, ""));
	assert_true(act(ACTION_DISPATCH, 2, "damkar"));
	assert_int_equal(judged(2)->verdict, VERDICT_MET);
	end();
}

static void an_agency_has_so_many_units_and_moods(void **state) {
	UNUSED(state);
	begin(DESKS ALARM("1", "a") ALARM("1", "b")
			ALARM("1", "c") "{\"at\":40,\"agency\":\"psc119\",\"desk\":\"silent\"}\n"
					"{\"at\":60,\"agency\":\"psc119\",\"desk\":\"normal\"}\n"
					"{\"at\":90,\"agency\":\"psc119\",\"desk\":\"offline\"}\n",
		1, false);
	go(2);
	for (int64_t number = 1; number <= 3; number++) {
		assert_true(act(ACTION_ACKNOWLEDGE, number, ""));
	}
	assert_true(act(ACTION_DISPATCH, 1, "damkar"));
	assert_true(act(ACTION_DISPATCH, 2, "damkar"));
	go(8);
	assert_int_equal(incident_dispatch(get(1), "damkar")->state, DISPATCH_ACCEPTED);
	assert_int_equal(incident_dispatch(get(2), "damkar")->state, DISPATCH_DECLINED);
	go(41);
	assert_int_equal(incident_dispatch(get(1), "damkar")->state, DISPATCH_CLEARED);
	assert_true(act(ACTION_DISPATCH, 2, "damkar"));
	assert_true(act(ACTION_DISPATCH, 3, "psc119"));
	go(59);
	assert_true(incident_dispatch(get(2), "damkar")->at_ms[DISPATCH_ACCEPTED] != 0);
	assert_int_equal(incident_dispatch(get(3), "psc119")->state, DISPATCH_DELIVERED);
	go(65);
	assert_int_equal(incident_dispatch(get(3), "psc119")->state, DISPATCH_ACCEPTED);
	go(91);
	struct desk_state desks[3];
	assert_int_equal(sim_desks(run_sim(run), desks), 3);
	assert_int_equal(desks[1].desk, DESK_OFFLINE);
	end();
}

static void the_field_speaks_where_it_was_sent(void **state) {
	UNUSED(state);
	begin(DESKS ALARM("1", "a") "{\"at\":3,\"agency\":\"psc119\",\"key\":\"a\",\"note\":\"no\"}"
				    "\n"
				    "{\"at\":9,\"agency\":\"damkar\",\"key\":\"a\",\"note\":\"api "
				    "padam\"}\n"
				    "{\"at\":10,\"agency\":\"damkar\",\"status\":\"on_scene\","
				    "\"key\":\"a\"}\n",
		1, false);
	go(2);
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	assert_true(act(ACTION_DISPATCH, 1, "damkar"));
	size_t before = get(1)->entries_len;
	go(4);
	assert_int_equal(get(1)->entries_len, before);
	go(9);
	assert_string_equal(get(1)->entries[get(1)->entries_len - 1].note, "api padam");
	go(10);
	assert_int_equal(incident_dispatch(get(1), "damkar")->state, DISPATCH_ON_SCENE);
	end();
}

static void the_link_is_cut_and_comes_back(void **state) {
	UNUSED(state);
	begin("{\"at\":5,\"link\":\"down\"}\n{\"at\":9,\"link\":\"up\"}\n", 1, false);
	assert_true(run_link_is_up(run));
	go(5);
	assert_false(run_link_is_up(run));
	go(9);
	assert_true(run_link_is_up(run));
	end();
}

static void deeds_know_their_keys(void **state) {
	size_t len;
	UNUSED(state);
	begin(ALARM("1", "a"), 1, false);
	go(2);
	run_key(run);
	run_key(run);
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	run_key(run);
	assert_false(act(ACTION_ACKNOWLEDGE, 1, "")); /* What was refused is no deed. */
	run_key(run);
	assert_true(act(ACTION_VERIFY, 1, ""));
	const struct deed *deeds = run_deeds(run, &len);
	assert_int_equal(len, 2);
	assert_int_equal(deeds[0].keys, 2);
	assert_int_equal(deeds[1].keys, 2);
	assert_int_equal(deeds[1].command.action, ACTION_VERIFY);
	assert_int_equal(deeds[1].at_ms, 2000);
	end();
}

static void ghosts_act_only_when_they_are_watched(void **state) {
	static const char text[] =
		ALARM("1", "a") "{\"at\":4,\"ghost\":{\"by\":\"siti\",\"action\":\"acknowledge\","
				"\"key\":\"a\"}}\n";
	UNUSED(state);
	begin(text, 1, false);
	go(5);
	assert_int_equal(get(1)->state, INCIDENT_NEW);
	end();
	begin(text, 1, true);
	go(5);
	assert_int_equal(get(1)->state, INCIDENT_ACKNOWLEDGED);
	assert_string_equal(get(1)->claim.name, "siti");
	end();
}

/* What is left to chance is the seed's, whatever the trainee does. */
static void chance_is_the_seeds(void **state) {
	static const char text[] = "{\"at\":[1,50],\"raise\":{\"key\":\"a\",\"lat\":-7.57,\"lon\":"
				   "110.82,\"spread_m\":500}}\n"
				   "{\"at\":[60,90],\"raise\":{\"key\":\"b\",\"lat\":-7.57,\"lon\":"
				   "110.82,\"spread_m\":500}}\n";
	int64_t first = 0;
	bool differs = false;
	UNUSED(state);
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct position at[2];
		int64_t at_ms[2];
		for (int i = 0; i < 2; i++) {
			begin(text, seed, false);
			go(55);
			if (i == 1) {
				assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
			}
			go(95);
			at[i] = get(2)->at;
			at_ms[i] = incident_received_ms(get(2));
			end();
		}
		assert_int_equal(at_ms[0], at_ms[1]);
		assert_memory_equal(&at[0], &at[1], sizeof(at[0]));
		assert_true(at_ms[0] >= T0 + 60000 && at_ms[0] <= T0 + 90000);
		assert_true(labs((long)(at[0].lat_e7 - -75700000)) <= 500 * 90);
		differs = differs || (first != 0 && at_ms[0] != first);
		first = at_ms[0];
	}
	assert_true(differs);
}

static void of_a_group_one_happens(void **state) {
	size_t seen[3] = {0};
	UNUSED(state);
	for (uint64_t seed = 1; seed <= 60; seed++) {
		begin("{\"at\":1,\"one_of\":\"g\",\"say\":\"0\"}\n"
		      "{\"at\":1,\"one_of\":\"g\",\"say\":\"1\"}\n"
		      "{\"at\":1,\"one_of\":\"g\",\"say\":\"2\"}\n"
		      "{\"at\":2,\"chance\":0,\"say\":\"never\"}\n",
			seed, false);
		size_t count;
		go(5);
		const char *text = run_said(run, &count);
		assert_int_equal(count, 1);
		seen[text[0] - '0']++;
		end();
	}
	assert_true(seen[0] > 5 && seen[1] > 5 && seen[2] > 5);
}

/* What it was about is not forgotten when it comes back. */
static void a_desk_that_was_away_goes_on(void **state) {
	UNUSED(state);
	begin(DESKS ALARM("1", "a") "{\"at\":9,\"agency\":\"damkar\",\"desk\":\"offline\"}\n"
				    "{\"at\":30,\"agency\":\"damkar\",\"desk\":\"normal\"}\n",
		1, false);
	go(2);
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	assert_true(act(ACTION_DISPATCH, 1, "damkar"));
	go(29);
	assert_int_equal(incident_dispatch(get(1), "damkar")->state, DISPATCH_ACCEPTED);
	go(35);
	assert_int_equal(incident_dispatch(get(1), "damkar")->state, DISPATCH_EN_ROUTE);
	go(60);
	assert_int_equal(incident_dispatch(get(1), "damkar")->state, DISPATCH_CLEARED);
	end();
}

#define ARRIVED "{\"status\":\"on_scene\",\"agency\":\"damkar\",\"key\":\"a\"}"

static void a_step_that_was_reached_stays_reached(void **state) {
	struct refusal no;
	int64_t seq;
	UNUSED(state);
	begin(DESKS ALARM("1", "a")
			ALARM("1", "b") "{\"at\":35,\"when\":" ARRIVED ",\"say\":\"there\"}\n"
					"{\"at\":40,\"when\":" ARRIVED ",\"say\":\"still\"}\n",
		1, false);
	go(2);
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	assert_true(act(ACTION_DISPATCH, 1, "damkar"));
	go(30);
	assert_int_equal(incident_dispatch(get(1), "damkar")->state, DISPATCH_CLEARED);
	/* Sent once more: the second time it has not come yet. */
	assert_true(act(ACTION_DISPATCH, 1, "damkar"));
	go(35);
	assert_string_equal(said(), "there");
	assert_true(act(ACTION_CANCEL, 1, "damkar"));
	struct command cmd = ask(ACTION_MERGE, 1);
	text_copy(cmd.other, sizeof(cmd.other), get(2)->id);
	assert_true(run_do(run, &cmd, &seq, &no));
	go(40);
	assert_string_equal(said(), "still");
	end();
}

static bool train_raise(const char *word, struct err *err) {
	struct train_frame train = {.ask = TRAIN_RAISE};
	text_copy(train.word, sizeof(train.word), word);
	return run_train(run, &train, err);
}

static void an_alarm_that_a_trainer_sends_comes_once(void **state) {
	struct err err = {0};
	size_t len;
	UNUSED(state);
	begin(ALARM("10", "a") "{\"after\":" TAKEN("a") ",\"raise\":{\"key\":\"b\",\"lat\":-7.57,"
							"\"lon\":110.82}}\n",
		1, false);
	go(2);
	assert_true(train_raise("a", &err));
	assert_false(train_raise("a", &err));
	assert_non_null(strstr(err.text, "has come already"));
	assert_true(train_raise("b", &err));
	assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
	go(30);
	run_raised(run, &len);
	assert_int_equal(len, 2);
	assert_int_equal(sim_get_world(run_sim(run))->last_number, 2);
	assert_false(train_raise("nothing", &err));
	end();
}

static struct buf tape;

/* Through the wire, as a trainee's console sends it. */
static void keep_entry(void *data, const struct tape_entry *entry) {
	UNUSED(data);
	wire_put_tape_entry(&tape, entry);
	buf_add(&tape, "\n", 1);
}

static void enter(const struct tape_entry *entry) {
	struct refusal no;
	struct err err = {0};
	int64_t seq;
	switch (entry->type) {
	case TAPE_KEY: run_key(run); break;
	case TAPE_COMMAND: run_command(run, "board"); break;
	case TAPE_SELECT: run_select(run, entry->word); break;
	case TAPE_DO: run_do(run, entry->command, &seq, &no); break;
	case TAPE_TRAIN: run_train(run, entry->train, &err); break;
	case TAPE_TYPE_COUNT: fail();
	}
}

static char *score_json(void) {
	struct score score;
	struct buf json = {0};
	score_make(&score, run, &(struct score_about){.trainee = "ayu", .lang = "en"});
	wire_put_score(&json, &score);
	score_finish(&score);
	return json.data;
}

static void what_entered_makes_the_same_exercise_elsewhere(void **state) {
	static const char text[] = DESKS ALARM("2", "a") ALARM("9",
		"b") "{\"when\":{\"command\":\"board\"},\"at\":1,\"raise\":{\"key\":\"c\",\"lat\":-"
		     "7.57,\"lon\":"
		     "110.82}}\n"
		     "{\"at\":2,\"expect\":{\"did\":\"acknowledge\",\"key\":\"a\",\"within\":10,"
		     "\"points\":"
		     "7}}\n"
		     "{\"at\":2,\"expect\":{\"did\":\"acknowledge\",\"key\":\"b\",\"points\":3}}\n";
	struct err err = {0};
	int64_t now_ms = 0, entries = 0;
	UNUSED(state);
	buf_clear(&tape);
	begin_with(text, 3, false, keep_entry);
	for (now_ms = 100; now_ms <= 40000; now_ms += 100) {
		run_advance(run, now_ms);
		if (now_ms == 4000) {
			run_key(run);
			run_select(run, get(1)->id);
			run_select(run, get(1)->id);
			assert_true(act(ACTION_ACKNOWLEDGE, 1, ""));
			assert_false(act(ACTION_RESOLVE, 1, ""));
		} else if (now_ms == 6000) {
			run_command(run, "board");
			assert_true(act(ACTION_VERIFY, 1, ""));
			assert_true(act(ACTION_DISPATCH, 1, "damkar"));
		} else if (now_ms == 7000) {
			assert_true(train_raise("b", &err));
			assert_false(train_raise("nothing", &err));
		}
	}
	int64_t head = sim_head(run_sim(run));
	char *first = score_json();
	end();
	begin(text, 3, false);
	now_ms = 0;
	for (char *line = strtok(tape.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		struct tape_entry entry;
		if (!wire_get_tape_entry(&entry, line, strlen(line), &err)) {
			fail_msg("%s: %s", err.text, line);
		}
		while (now_ms < entry.at_ms) {
			run_advance(run, now_ms += 100);
		}
		enter(&entry);
		tape_entry_finish(&entry);
		entries++;
	}
	while (now_ms < 40000) {
		run_advance(run, now_ms += 100);
	}
	/* Selecting what is selected enters nothing. */
	assert_int_equal(entries, 9);
	assert_int_equal(sim_head(run_sim(run)), head);
	char *second = score_json();
	assert_string_equal(first, second);
	assert_non_null(strstr(first, "\"got\":7"));
	free(first);
	free(second);
	end();
	buf_finish(&tape);
}

static void conditions_have_an_end(void **state) {
	struct buf text = {0};
	struct scenario sc;
	struct err err = {0};
	UNUSED(state);
	for (int i = 0; i <= SCENARIO_CONDS_MAX; i++) {
		buf_add_str(&text, "{\"at\":1,\"when\":{\"line\":\"x\"},\"say\":\"y\"}\n");
	}
	assert_false(scenario_read(&sc, text.data, text.len, &err));
	assert_non_null(strstr(err.text, "conditions"));
	buf_finish(&text);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_expected_comes_in_time_late_or_not),
		cmocka_unit_test(what_is_forbidden_is_kept_or_broken),
		cmocka_unit_test(a_line_waits_for_what_the_trainee_does),
		cmocka_unit_test(a_merged_alarm_is_meant_where_it_is),
		cmocka_unit_test(an_agency_has_so_many_units_and_moods),
		cmocka_unit_test(the_field_speaks_where_it_was_sent),
		cmocka_unit_test(the_link_is_cut_and_comes_back),
		cmocka_unit_test(deeds_know_their_keys),
		cmocka_unit_test(ghosts_act_only_when_they_are_watched),
		cmocka_unit_test(chance_is_the_seeds),
		cmocka_unit_test(of_a_group_one_happens),
		cmocka_unit_test(a_desk_that_was_away_goes_on),
		cmocka_unit_test(a_step_that_was_reached_stays_reached),
		cmocka_unit_test(an_alarm_that_a_trainer_sends_comes_once),
		cmocka_unit_test(what_entered_makes_the_same_exercise_elsewhere),
		cmocka_unit_test(conditions_have_an_end),
	};
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
