#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/train/run.h>

#include "world.h"

#define SEED 1

static const struct sim_user ayu = {.who = {"ayu", "TMC-1"}, .role = ROLE_OPERATOR};

static const char fire[] =
	"{\"agency\":\"damkar\",\"accept_s\":[4,9],\"en_route_s\":[8,18],\"on_scene_s\":[45,90],"
	"\"clear_s\":[80,150]}\n"
	"{\"agency\":\"psc119\",\"accept_s\":[5,5],\"en_route_s\":[5,5],\"on_scene_s\":[5,5],"
	"\"clear_s\":[5,5],\"decline\":1}\n"
	"{\"at\":2,\"raise\":{\"key\":\"a\",\"kind\":\"fire\",\"lat\":-7.57,\"lon\":110.82,"
	"\"caller\":{\"name\":\"Sri\",\"phone\":\"0271\"}}}\n"
	"{\"at\":5,\"raise\":{\"key\":\"b\",\"kind\":\"fire\",\"lat\":-7.57,\"lon\":110.82}}\n"
	"{\"at\":20,\"update\":{\"key\":\"b\",\"note\":\"api membesar\"}}\n"
	"{\"at\":30,\"camera\":\"Balaikota\",\"status\":\"down\"}\n"
	"{\"at\":40,\"cancel\":{\"key\":\"a\"}}\n"
	"{\"at\":41,\"say\":\"selesai\"}\n";

/* A scenario that plays, and its feed. */
static struct {
	struct scenario scenario;
	struct run *run;
} plays[2];

static struct sim *start(uint64_t seed) {
	size_t at = plays[0].run != NULL;
	struct registry reg = {0};
	struct err err = {0};
	city_fill(&reg);
	assert_null(plays[at].run);
	assert_true(scenario_read(&plays[at].scenario, fire, strlen(fire), &err));
	plays[at].run = run_create(&(struct run_config){.registry = &reg,
		.scenario = &plays[at].scenario,
		.trainee = ayu,
		.seed = seed,
		.start_ms = T0,
		.mode = MODE_EXERCISE,
		.lang = "id"});
	assert_int_equal(reg.agencies_len, 0);
	return run_sim(plays[at].run);
}

static size_t place(const struct sim *sim) {
	size_t at = plays[0].run == NULL || run_sim(plays[0].run) != sim;
	assert_ptr_equal(run_sim(plays[at].run), sim);
	return at;
}

static void advance(struct sim *sim, int64_t to_ms) {
	run_advance(plays[place(sim)].run, to_ms - T0);
}

static void end(struct sim *sim) {
	size_t at = place(sim);
	run_destroy(plays[at].run);
	scenario_finish(&plays[at].scenario);
	plays[at].run = NULL;
}

static const char *incident_id(int64_t number) {
	static char id[UUID_SIZE];
	sim_make_id(id, SEED, SIM_ID_INCIDENT, number);
	return id;
}

static const struct incident *get(const struct sim *sim, int64_t number) {
	const struct incident *inc = world_by_number(sim_get_world(sim), number);
	assert_non_null(inc);
	return inc;
}

static const struct dispatch *sent(const struct sim *sim, int64_t number, const char *agency) {
	const struct dispatch *dispatch = incident_dispatch(get(sim, number), agency);
	assert_non_null(dispatch);
	return dispatch;
}

static struct command ask(const struct sim *sim, enum action action, int64_t number) {
	struct command cmd = city_command(sim_get_world(sim), action, get(sim, number)->id, "x");
	cmd.method = METHOD_CALLBACK;
	return cmd;
}

static bool act(struct sim *sim, enum action action, int64_t number, const char *agency) {
	struct command cmd = ask(sim, action, number);
	struct refusal no;
	int64_t seq;
	text_copy(cmd.agency, sizeof(cmd.agency), agency);
	return sim_do(sim, &ayu, &cmd, &seq, &no);
}

/* The first alarm, taken and with the fire service asked for. */
static struct sim *burning(void) {
	struct sim *sim = start(SEED);
	advance(sim, T0 + 6000);
	assert_true(act(sim, ACTION_ACKNOWLEDGE, 1, ""));
	assert_true(act(sim, ACTION_DISPATCH, 1, "damkar"));
	return sim;
}

static char *whole_log(const struct sim *sim) {
	struct buf out = {0};
	size_t len;
	const struct event *events = sim_events(sim, 0, &len);
	for (size_t i = 0; i < len; i++) {
		wire_put_event(&out, &events[i]);
		buf_add_str(&out, "\n");
	}
	return out.data;
}

static void alarms_come_at_their_second(void **state) {
	struct sim *sim = start(SEED);
	UNUSED(state);
	int64_t head = sim_head(sim);
	assert_int_equal(run_next_ms(plays[place(sim)].run), 2000);
	advance(sim, T0 + 1999);
	assert_int_equal(sim_head(sim), head);
	advance(sim, T0 + 2500);
	assert_int_equal(sim_head(sim), head + 1);
	assert_int_equal(sim_now_ms(sim), T0 + 2500);
	const struct incident *inc = get(sim, 1);
	assert_string_equal(inc->id, incident_id(1));
	assert_int_equal(incident_received_ms(inc), T0 + 2000);
	assert_int_equal(inc->mode, MODE_EXERCISE);
	assert_string_equal(inc->alarms[0].caller_name, "Sri");
	advance(sim, T0); /* A clock does not go back. */
	assert_int_equal(sim_now_ms(sim), T0 + 2500);
	end(sim);
}

static void a_scenario_moves_cancels_and_breaks_cameras(void **state) {
	struct sim *sim = start(SEED);
	UNUSED(state);
	advance(sim, T0 + 60000);
	assert_true(get(sim, 1)->alarms[0].withdrawn);
	assert_int_equal(get(sim, 2)->entries[1].type, EVENT_INCIDENT_UPDATED);
	assert_string_equal(get(sim, 2)->entries[1].note, "api membesar");
	assert_int_equal(
		registry_camera(&sim_get_world(sim)->registry, "Balaikota")->status, CAMERA_DOWN);
	assert_int_equal(sim_next_ms(sim), -1);
	assert_int_equal(run_next_ms(plays[place(sim)].run), 41000 + SCENARIO_REST_MS);
	end(sim);
}

static void a_callers_update_goes_to_where_the_alarm_is(void **state) {
	struct sim *sim = start(SEED);
	struct refusal no;
	int64_t seq;
	UNUSED(state);
	advance(sim, T0 + 6000);
	struct command cmd = ask(sim, ACTION_MERGE, 2);
	text_copy(cmd.other, sizeof(cmd.other), get(sim, 1)->id);
	assert_true(sim_do(sim, &ayu, &cmd, &seq, &no));
	advance(sim, T0 + 20000);
	const struct incident *into = get(sim, 1);
	assert_string_equal(into->entries[into->entries_len - 1].note, "api membesar");
	end(sim);
}

static void a_connected_desk_receives_at_once_and_goes_in_its_time(void **state) {
	struct sim *sim = burning();
	UNUSED(state);
	const struct dispatch *dispatch = sent(sim, 1, "damkar");
	assert_int_equal(dispatch->state, DISPATCH_DELIVERED);
	assert_int_equal(dispatch->at_ms[DISPATCH_DELIVERED], T0 + 6000);
	advance(sim, T0 + 6000 + 3999);
	assert_int_equal(dispatch->state, DISPATCH_DELIVERED);
	advance(sim, T0 + 600000);
	dispatch = sent(sim, 1, "damkar");
	assert_int_equal(dispatch->state, DISPATCH_CLEARED);
	static const int64_t least[] = {4000, 8000, 45000, 80000},
			     most[] = {9000, 18000, 90000, 150000};
	for (int i = 0; i < 4; i++) {
		int64_t took = dispatch->at_ms[DISPATCH_ACCEPTED + i] -
			       dispatch->at_ms[DISPATCH_DELIVERED + i];
		assert_true(took >= least[i] && took <= most[i]);
	}
	assert_int_equal(get(sim, 1)->state, INCIDENT_ON_SCENE);
	end(sim);
}

static void an_agency_by_telephone_is_not_delivered(void **state) {
	struct sim *sim = burning();
	struct desk_state desks[3];
	UNUSED(state);
	assert_true(act(sim, ACTION_DISPATCH, 1, "polresta"));
	advance(sim, T0 + 600000);
	assert_int_equal(sent(sim, 1, "polresta")->state, DISPATCH_REQUESTED);
	assert_int_equal(sim_desks(sim, desks), 3);
	assert_int_equal(desks[0].desk, DESK_ONLINE);
	assert_int_equal(desks[2].desk, DESK_PHONE);
	end(sim);
}

static void a_desk_that_declines_says_why(void **state) {
	struct sim *sim = burning();
	UNUSED(state);
	assert_true(act(sim, ACTION_DISPATCH, 1, "psc119"));
	advance(sim, T0 + 12000);
	assert_int_equal(sent(sim, 1, "psc119")->state, DISPATCH_DECLINED);
	assert_true(sent(sim, 1, "psc119")->cause[0] != '\0');
	end(sim);
}

static void what_was_recalled_is_not_answered(void **state) {
	struct sim *sim = burning();
	UNUSED(state);
	assert_true(act(sim, ACTION_CANCEL, 1, "damkar"));
	advance(sim, T0 + 9500);
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_CANCELLED);
	assert_true(act(sim, ACTION_DISPATCH, 1, "damkar"));
	advance(sim, T0 + 600000);
	const struct dispatch *dispatch = sent(sim, 1, "damkar");
	assert_true(dispatch->at_ms[DISPATCH_ACCEPTED] >= T0 + 9500 + 4000);
	end(sim);
}

static void the_same_id_is_done_once(void **state) {
	struct sim *sim = start(SEED);
	struct refusal no;
	int64_t seq, again;
	UNUSED(state);
	advance(sim, T0 + 6000);
	struct command cmd = ask(sim, ACTION_ACKNOWLEDGE, 1);
	assert_true(sim_do(sim, &ayu, &cmd, &seq, &no));
	assert_int_equal(seq, sim_head(sim));
	assert_true(sim_do(sim, &ayu, &cmd, &again, &no));
	assert_int_equal(again, seq);
	assert_int_equal(sim_head(sim), seq);
	struct command late = ask(sim, ACTION_ACKNOWLEDGE, 1);
	assert_false(sim_do(sim, &ayu, &late, &again, &no));
	assert_int_equal(no.code, REFUSAL_CONFLICT);
	memset(&no, 0, sizeof(no));
	assert_false(sim_do(sim, &ayu, &late, &again, &no));
	assert_non_null(strstr(no.message, "ayu was first"));
	end(sim);
}

static void who_when_and_mode_are_the_feeds_to_say(void **state) {
	struct sim *sim = start(SEED);
	struct refusal no;
	int64_t seq;
	UNUSED(state);
	advance(sim, T0 + 6000);
	struct command cmd = ask(sim, ACTION_ACKNOWLEDGE, 1);
	cmd.mode = MODE_ACTUAL;
	text_copy(cmd.by.name, sizeof(cmd.by.name), "somebody else");
	assert_true(sim_do(sim, &ayu, &cmd, &seq, &no));
	assert_string_equal(get(sim, 1)->claim.name, "ayu");
	assert_string_equal(get(sim, 1)->claim.position, "TMC-1");
	assert_int_equal(get(sim, 1)->claim_at_ms, T0 + 6000);
	struct sim_user citra = {.who = {"citra", ""}, .role = ROLE_OBSERVER};
	cmd = ask(sim, ACTION_ACKNOWLEDGE, 2);
	assert_false(sim_do(sim, &citra, &cmd, &seq, &no));
	assert_int_equal(no.code, REFUSAL_FORBIDDEN);
	assert_int_equal(get(sim, 2)->state, INCIDENT_NEW);
	end(sim);
}

static void the_same_seed_makes_the_same_log(void **state) {
	struct sim *a = burning(), *b = burning();
	UNUSED(state);
	advance(a, T0 + 600000);
	for (int64_t ms = 6000; ms <= 600000; ms += 100) {
		advance(b, T0 + ms);
	}
	char *log_a = whole_log(a), *log_b = whole_log(b);
	assert_string_equal(log_a, log_b);
	free(log_a);
	free(log_b);
	end(a);
	end(b);
	struct sim *other = start(SEED + 1);
	advance(other, T0 + 6000);
	assert_string_not_equal(get(other, 1)->id, incident_id(1));
	end(other);
}

static void a_desk_that_went_answers_when_it_is_back(void **state) {
	struct sim *sim = start(SEED);
	struct desk_state desks[3];
	UNUSED(state);
	sim_set_desk(sim, "damkar", SIM_DESK_EMPTY);
	sim_set_desk(sim, "nobody", SIM_DESK_EMPTY);
	sim_desks(sim, desks);
	assert_int_equal(desks[0].desk, DESK_OFFLINE);
	advance(sim, T0 + 6000);
	assert_true(act(sim, ACTION_ACKNOWLEDGE, 1, ""));
	assert_true(act(sim, ACTION_DISPATCH, 1, "damkar"));
	advance(sim, T0 + 60000);
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_REQUESTED);
	sim_set_desk(sim, "damkar", SIM_DESK_PLAYED);
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_DELIVERED);
	advance(sim, T0 + 69000);
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_ACCEPTED);
	/* Whoever has left does nothing more. */
	sim_set_desk(sim, "damkar", SIM_DESK_EMPTY);
	advance(sim, T0 + 600000);
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_ACCEPTED);
	end(sim);
}

static void what_a_desk_is_going_to_do_is_told(void **state) {
	struct sim *sim = start(SEED);
	UNUSED(state);
	assert_true(sim_is_online(sim, "damkar"));
	assert_false(sim_is_online(sim, "nobody"));
	sim_set_mood(sim, "damkar", MOOD_SILENT);
	advance(sim, T0 + 6000);
	assert_false(sim_will_step(sim, "damkar", incident_id(1)));
	assert_true(act(sim, ACTION_ACKNOWLEDGE, 1, ""));
	assert_true(act(sim, ACTION_DISPATCH, 1, "damkar"));
	assert_true(sim_is_online(sim, "damkar"));
	assert_false(sim_will_step(sim, "damkar", incident_id(1)));
	sim_set_mood(sim, "damkar", MOOD_NORMAL);
	assert_true(sim_will_step(sim, "damkar", incident_id(1)));
	assert_false(sim_will_step(sim, "damkar", incident_id(9)));
	sim_set_mood(sim, "damkar", MOOD_OFFLINE);
	assert_false(sim_is_online(sim, "damkar"));
	assert_false(sim_will_step(sim, "damkar", incident_id(1)));
	end(sim);
}

static void a_taken_desk_speaks_for_itself(void **state) {
	struct sim *sim = start(SEED);
	struct sim_user desk = {.who = {"dodi", ""}, .role = ROLE_AGENCY, .agency = "damkar"};
	struct refusal no;
	int64_t seq;
	UNUSED(state);
	sim_set_desk(sim, "damkar", SIM_DESK_TAKEN);
	advance(sim, T0 + 6000);
	assert_true(act(sim, ACTION_ACKNOWLEDGE, 1, ""));
	assert_true(act(sim, ACTION_DISPATCH, 1, "damkar"));
	advance(sim, T0 + 600000);
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_REQUESTED);
	sim_got(sim, &ayu, sim_head(sim)); /* Only a desk can say so. */
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_REQUESTED);
	sim_got(sim, &desk, sim_head(sim));
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_DELIVERED);
	struct command cmd = ask(sim, ACTION_ACCEPT, 1);
	assert_true(sim_do(sim, &desk, &cmd, &seq, &no));
	assert_int_equal(sent(sim, 1, "damkar")->state, DISPATCH_ACCEPTED);
	end(sim);
}

static void a_snapshot_is_what_is_open(void **state) {
	struct sim *sim = burning();
	struct refusal no;
	int64_t seq;
	size_t len, all;
	UNUSED(state);
	struct command cmd = ask(sim, ACTION_REJECT, 2);
	cmd.reason = REJECT_PRANK;
	assert_true(sim_do(sim, &ayu, &cmd, &seq, &no));
	struct event *events = sim_snapshot(sim, &len);
	assert_int_equal(len, 4); /* raised, acknowledged, requested, delivered */
	for (size_t i = 0; i < len; i++) {
		assert_string_equal(events[i].incident, incident_id(1));
	}
	free(events);
	assert_non_null(sim_events(sim, sim_head(sim) - 1, &all));
	assert_int_equal(all, 1);
	assert_null(sim_events(sim, sim_head(sim), &all));
	assert_int_equal(all, 0);
	end(sim);
}

static void alarms_and_events_can_be_put_in_by_hand(void **state) {
	struct sim *sim = start(SEED);
	struct event event = {.type = EVENT_INCIDENT_CLOSED, .seq = 99, .number = 1, .rev = 2};
	static const char alarm[] = "{\"kind\":\"medical\",\"lat\":-7.57,\"lon\":110.82}";
	struct sim_alarm ids;
	struct err err = {0};
	UNUSED(state);
	assert_false(sim_raise(sim, "{\"lat\":1}", 9, 0, &ids, &err));
	assert_non_null(strstr(err.text, "lon"));
	assert_true(sim_raise(sim, alarm, strlen(alarm), 0, &ids, &err));
	assert_string_equal(ids.incident, get(sim, 1)->id);
	assert_string_equal(ids.alarm, get(sim, 1)->alarms[0].id);
	assert_int_equal(get(sim, 1)->kind, KIND_MEDICAL);
	int64_t head = sim_head(sim);
	text_copy(event.incident, sizeof(event.incident), get(sim, 1)->id);
	event.disposition = DISPOSITION_HANDLED;
	event.note = mem_dup_str("x");
	sim_put(sim, &event);
	assert_null(event.note);
	assert_int_equal(sim_head(sim), head + 1);
	assert_int_equal(get(sim, 1)->state, INCIDENT_CLOSED);
	end(sim);
	sim_destroy(NULL);
	run_destroy(NULL);
}

static void without_a_scenario_nothing_happens(void **state) {
	struct registry reg = {0};
	UNUSED(state);
	city_fill(&reg);
	struct sim *sim = sim_create(&(struct sim_config){.registry = &reg, .seed = 5});
	assert_int_equal(sim_next_ms(sim), -1);
	sim_advance(sim, 1000000);
	assert_int_equal(sim_head(sim), 0);
	assert_int_equal(strlen(sim_feed_id(sim)), UUID_SIZE - 1);
	assert_true(uuid_ok(sim_feed_id(sim)));
	sim_destroy(sim);
}

/* The text of a file is no C string: nothing is read behind its end, and NUL is no blank. */
static void test_blank_lines(void **state) {
	struct scenario sc;
	struct err err = {0};
	char blanks[] = {' ', '\t', '\r', '\n', ' ', ' '}, nul[] = {'\0', '\n'};
	char *exact = mem_alloc(sizeof(blanks), 1);
	UNUSED(state);
	memcpy(exact, blanks, sizeof(blanks));
	assert_true(scenario_read(&sc, exact, sizeof(blanks), &err));
	assert_int_equal(sc.len, 0);
	scenario_finish(&sc);
	free(exact);
	assert_false(scenario_read(&sc, nul, sizeof(nul), &err));
	assert_non_null(strstr(err.text, "line 1"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blank_lines),
		cmocka_unit_test(alarms_come_at_their_second),
		cmocka_unit_test(a_scenario_moves_cancels_and_breaks_cameras),
		cmocka_unit_test(a_callers_update_goes_to_where_the_alarm_is),
		cmocka_unit_test(a_connected_desk_receives_at_once_and_goes_in_its_time),
		cmocka_unit_test(an_agency_by_telephone_is_not_delivered),
		cmocka_unit_test(a_desk_that_declines_says_why),
		cmocka_unit_test(what_was_recalled_is_not_answered),
		cmocka_unit_test(the_same_id_is_done_once),
		cmocka_unit_test(who_when_and_mode_are_the_feeds_to_say),
		cmocka_unit_test(the_same_seed_makes_the_same_log),
		cmocka_unit_test(a_desk_that_went_answers_when_it_is_back),
		cmocka_unit_test(what_a_desk_is_going_to_do_is_told),
		cmocka_unit_test(a_taken_desk_speaks_for_itself),
		cmocka_unit_test(a_snapshot_is_what_is_open),
		cmocka_unit_test(alarms_and_events_can_be_put_in_by_hand),
		cmocka_unit_test(without_a_scenario_nothing_happens),
	};
	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
