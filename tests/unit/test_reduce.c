#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/queue.h>

#include "world.h"

static int setup(void **state) {
	struct world *world = mem_alloc(1, sizeof(*world));
	city_fill(&world->registry);
	*state = world;
	return 0;
}

static int teardown(void **state) {
	world_finish(*state);
	free(*state);
	return 0;
}

static bool act(
	struct world *world, enum action action, int n, const char *name, struct refusal *no) {
	struct command cmd = city_command(world, action, city_id(n), name);
	cmd.method = METHOD_CALLBACK;
	cmd.reason = REJECT_PRANK;
	cmd.disposition = DISPOSITION_HANDLED;
	text_copy(cmd.agency, sizeof(cmd.agency), "damkar");
	return city_do(world, &cmd, no);
}

static bool desk(
	struct world *world, enum action action, int n, const char *agency, struct refusal *no) {
	struct command cmd = city_command(world, action, city_id(n), "desk");
	cmd.role = ROLE_AGENCY;
	text_copy(cmd.own_agency, sizeof(cmd.own_agency), agency);
	cmd.seq = world->head;
	cmd.note = action == ACTION_DECLINE ? mem_dup_str("no engine") : NULL;
	return city_do(world, &cmd, no);
}

static void from_the_button_to_the_closing(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_MEDICAL, PRIORITY_P1, T0);
	struct incident *inc = world_incident(world, city_id(1));
	assert_int_equal(inc->number, 1);
	assert_int_equal(inc->state, INCIDENT_NEW);
	assert_true(act(world, ACTION_ACKNOWLEDGE, 1, "ayu", &no));
	assert_string_equal(inc->claim.name, "ayu");
	assert_true(act(world, ACTION_VERIFY, 1, "ayu", &no));
	assert_int_equal(inc->method, METHOD_CALLBACK);
	assert_true(act(world, ACTION_DISPATCH, 1, "ayu", &no));
	assert_int_equal(inc->state, INCIDENT_DISPATCHED);
	assert_true(desk(world, ACTION_DELIVER, 1, "damkar", &no));
	assert_int_equal(inc->dispatches[0].state, DISPATCH_DELIVERED);
	assert_true(desk(world, ACTION_ACCEPT, 1, "damkar", &no));
	assert_true(desk(world, ACTION_EN_ROUTE, 1, "damkar", &no));
	assert_true(desk(world, ACTION_ON_SCENE, 1, "damkar", &no));
	assert_int_equal(inc->state, INCIDENT_ON_SCENE);
	assert_false(act(world, ACTION_CLOSE, 1, "ayu", &no));
	assert_non_null(strstr(no.message, "damkar"));
	assert_true(desk(world, ACTION_CLEAR, 1, "damkar", &no));
	assert_true(act(world, ACTION_RESOLVE, 1, "ayu", &no));
	assert_true(act(world, ACTION_CLOSE, 1, "ayu", &no));
	assert_int_equal(inc->state, INCIDENT_CLOSED);
	assert_false(incident_is_open(inc));
}

static void who_comes_second_is_told_who_was_first(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_CRIME, PRIORITY_P2, T0);
	struct command late = city_command(world, ACTION_ACKNOWLEDGE, city_id(1), "budi");
	assert_true(act(world, ACTION_ACKNOWLEDGE, 1, "ayu", &no));
	assert_false(city_do(world, &late, &no));
	assert_int_equal(no.code, REFUSAL_CONFLICT);
	assert_non_null(strstr(no.message, "ayu was first"));
	assert_string_equal(world_incident(world, city_id(1))->claim.name, "ayu");
}

static void a_state_change_without_if_rev_is_refused(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_CRIME, PRIORITY_P2, T0);
	struct command cmd = city_command(world, ACTION_ACKNOWLEDGE, city_id(1), "ayu");
	cmd.has = 0;
	assert_false(city_do(world, &cmd, &no));
	assert_int_equal(no.code, REFUSAL_INVALID);
	assert_non_null(strstr(no.message, "if_rev"));
}

static void only_fire_goes_before_verification(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	city_raise(world, city_id(2), KIND_MEDICAL, PRIORITY_P1, T0);
	assert_false(act(world, ACTION_DISPATCH, 1, "ayu", &no)); /* not acknowledged */
	assert_true(act(world, ACTION_ACKNOWLEDGE, 1, "ayu", &no));
	assert_true(act(world, ACTION_ACKNOWLEDGE, 2, "ayu", &no));
	assert_true(act(world, ACTION_DISPATCH, 1, "ayu", &no));
	assert_false(act(world, ACTION_DISPATCH, 2, "ayu", &no));
	assert_int_equal(no.code, REFUSAL_STATE);
	/* Verifying afterwards does not take a dispatched incident back. */
	assert_true(act(world, ACTION_VERIFY, 1, "ayu", &no));
	assert_int_equal(world_incident(world, city_id(1))->state, INCIDENT_DISPATCHED);
}

static void the_same_agency_twice_is_asked_once(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	assert_true(act(world, ACTION_ACKNOWLEDGE, 1, "ayu", &no));
	assert_true(act(world, ACTION_DISPATCH, 1, "ayu", &no));
	int64_t head = world->head;
	assert_true(act(world, ACTION_DISPATCH, 1, "budi", &no));
	assert_int_equal(world->head, head);
	assert_true(desk(world, ACTION_DECLINE, 1, "damkar", &no));
	assert_true(act(world, ACTION_DISPATCH, 1, "budi", &no));
	assert_int_equal(world_incident(world, city_id(1))->dispatches_len, 2);
}

static void a_desk_has_a_say_in_its_own_dispatches_only(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	assert_true(act(world, ACTION_ACKNOWLEDGE, 1, "ayu", &no));
	assert_true(act(world, ACTION_DISPATCH, 1, "ayu", &no));
	assert_false(desk(world, ACTION_ACCEPT, 1, "psc119", &no));
	assert_int_equal(no.code, REFUSAL_FORBIDDEN);
	assert_false(desk(world, ACTION_ON_SCENE, 1, "damkar", &no));
	assert_int_equal(no.code, REFUSAL_STATE);
	struct command cmd = city_command(world, ACTION_DECLINE, city_id(1), "desk");
	cmd.role = ROLE_AGENCY;
	text_copy(cmd.own_agency, sizeof(cmd.own_agency), "damkar");
	assert_false(city_do(world, &cmd, &no)); /* without a cause */
	assert_non_null(strstr(no.message, "note"));
}

static void a_merge_keeps_every_caller_and_can_be_undone(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	city_raise(world, city_id(2), KIND_FIRE, PRIORITY_P1, T0 + 1000);
	struct command cmd = city_command(world, ACTION_MERGE, city_id(2), "ayu");
	text_copy(cmd.other, sizeof(cmd.other), city_id(1));
	assert_true(city_do(world, &cmd, &no));
	struct incident *into = world_incident(world, city_id(1)),
			*from = world_incident(world, city_id(2));
	assert_int_equal(into->alarms_len, 2);
	assert_string_equal(into->alarms[1].caller_name, "Sri");
	assert_int_equal(from->state, INCIDENT_DUPLICATE);
	assert_true(act(world, ACTION_SPLIT, 2, "ayu", &no));
	assert_int_equal(into->alarms_len, 1);
	assert_int_equal(from->state, INCIDENT_NEW);
	assert_int_equal(from->alarms_len, 1);
}

static void reopening_starts_over_without_what_was_left(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_OTHER, PRIORITY_P3, T0);
	assert_true(act(world, ACTION_REJECT, 1, "ayu", &no));
	struct incident *inc = world_incident(world, city_id(1));
	assert_int_equal(inc->state, INCIDENT_FALSE_ALARM);
	inc->held_until_ms = T0 + 99999;
	assert_true(act(world, ACTION_REOPEN, 1, "budi", &no));
	assert_int_equal(inc->state, INCIDENT_ACKNOWLEDGED);
	assert_int_equal(inc->held_until_ms, 0);
	assert_int_equal(inc->reason, REJECT_NONE);
	assert_string_equal(inc->claim.name, "budi");
}

static void taking_over_late_needs_a_reason(void **state) {
	struct world *world = *state;
	struct refusal no;
	city_raise(world, city_id(1), KIND_OTHER, PRIORITY_P3, T0);
	assert_true(act(world, ACTION_ACKNOWLEDGE, 1, "ayu", &no));
	struct command cmd = city_command(world, ACTION_CLAIM, city_id(1), "budi");
	cmd.at_ms += 60000;
	assert_false(city_do(world, &cmd, &no));
	assert_non_null(strstr(no.message, "ayu"));
	cmd = city_command(world, ACTION_CLAIM, city_id(1), "budi");
	cmd.at_ms += 60000;
	cmd.note = mem_dup_str("shift ends");
	assert_true(city_do(world, &cmd, &no));
	assert_string_equal(world_incident(world, city_id(1))->claim.name, "budi");
}

static void an_event_seen_twice_counts_once(void **state) {
	struct world *world = *state;
	struct event event = {
		.seq = 1, .at_ms = T0, .number = 1, .rev = 1, .type = EVENT_INCIDENT_RAISED};
	text_copy(event.incident, sizeof(event.incident), city_id(1));
	world_apply(world, &event);
	world_apply(world, &event);
	assert_int_equal(HASH_COUNT(world->incidents), 1);
	assert_int_equal(world_incident(world, city_id(1))->alarms_len, 1);
	assert_int_equal(world_incident(world, city_id(1))->entries_len, 1);
}

static void the_queue_puts_what_waits_first(void **state) {
	struct world *world = *state;
	struct refusal no;
	struct incident *rows[8];
	city_raise(world, city_id(1), KIND_OTHER, PRIORITY_P3, T0);
	city_raise(world, city_id(2), KIND_FIRE, PRIORITY_P1, T0 + 1);
	city_raise(world, city_id(3), KIND_MEDICAL, PRIORITY_P1, T0 + 2);
	city_raise(world, city_id(4), KIND_OTHER, PRIORITY_P4, T0 + 3);
	assert_true(act(world, ACTION_ACKNOWLEDGE, 2, "ayu", &no));
	assert_true(act(world, ACTION_REJECT, 4, "ayu", &no));
	assert_int_equal(queue_collect(world, T0 + 60000, 3600000, rows, 8), 4);
	assert_int_equal(rows[0]->number, 3);
	assert_int_equal(rows[1]->number, 1);
	assert_int_equal(rows[2]->number, 2);
	assert_int_equal(rows[3]->number, 4);
	assert_int_equal(queue_collect(world, T0 + 99 * 3600000, 3600000, rows, 8), 3);
}

static void the_first_working_camera_is_found(void **state) {
	struct world *world = *state;
	struct camera_near near[3];
	struct position at = {-75722000, 1108289000};
	assert_int_equal(registry_near(&world->registry, at, near, 3), 3);
	assert_string_equal(near[0].camera->id, "Gladag");
	assert_string_equal(near[registry_first_working(near, 3)].camera->id, "Balaikota");
	assert_int_equal(registry_first_working(near, 1), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(from_the_button_to_the_closing),
		TEST(who_comes_second_is_told_who_was_first),
		TEST(a_state_change_without_if_rev_is_refused),
		TEST(only_fire_goes_before_verification),
		TEST(the_same_agency_twice_is_asked_once),
		TEST(a_desk_has_a_say_in_its_own_dispatches_only),
		TEST(a_merge_keeps_every_caller_and_can_be_undone),
		TEST(reopening_starts_over_without_what_was_left),
		TEST(taking_over_late_needs_a_reason),
		TEST(an_event_seen_twice_counts_once),
		TEST(the_queue_puts_what_waits_first),
		TEST(the_first_working_camera_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
