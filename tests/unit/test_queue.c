#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/queue.h>

#include "world.h"

#define MINUTE INT64_C(60000)
#define MANY   10000

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

/* An incident as the log would make it, numbered in the order of raising; `north_m` from Gladag. */
static struct incident *add(
	struct world *world, enum incident_state state, enum priority priority, int north_m) {
	struct event event = {.type = EVENT_INCIDENT_RAISED, .rev = 1, .priority = priority};
	event.seq = world->head + 1;
	event.number = world->last_number + 1;
	event.at_ms = T0 + event.number;
	event.at = (struct position){-75722000 + north_m * 90, 1108289000};
	snprintf(event.incident, sizeof(event.incident), "00000000-0000-4000-8000-%012u",
		(unsigned)event.number);
	struct incident *inc = world_apply(world, &event);
	inc->state = state;
	inc->state_at_ms[state] = event.at_ms;
	return inc;
}

/* The queue as a text of its numbers, "3 1 2". */
static const char *numbers(const struct world *world, struct queue_query *query) {
	static char text[200];
	struct incident *rows[16];
	query->now_ms = T0 + MINUTE;
	query->keep_ms = 30 * MINUTE;
	size_t len = queue_select(world, query, rows, ARRAY_LEN(rows));
	assert_true(len <= ARRAY_LEN(rows));
	text[0] = '\0';
	for (size_t i = 0; i < len; i++) {
		size_t used = strlen(text);
		snprintf(text + used, sizeof(text) - used, "%s%d", used > 0 ? " " : "",
			(int)rows[i]->number);
	}
	return text;
}

static const char *sorted(const struct world *world, enum queue_key key, bool reverse) {
	struct queue_query query = {.order = {key, reverse, {-75722000, 1108289000}}};
	return numbers(world, &query);
}

static void an_operator_chooses_what_the_queue_is_sorted_by(void **state) {
	struct world *world = *state;
	add(world, INCIDENT_DISPATCHED, PRIORITY_P3, 900);
	add(world, INCIDENT_VERIFIED, PRIORITY_P1, 500);
	add(world, INCIDENT_ACKNOWLEDGED, PRIORITY_P3, 100);
	add(world, INCIDENT_DISPATCHED, PRIORITY_P2, -300);
	assert_string_equal(sorted(world, QUEUE_BY_PRIORITY, false), "2 4 1 3");
	assert_string_equal(sorted(world, QUEUE_BY_PRIORITY, true), "1 3 4 2");
	assert_string_equal(sorted(world, QUEUE_BY_AGE, false), "1 2 3 4");
	assert_string_equal(sorted(world, QUEUE_BY_AGE, true), "4 3 2 1");
	assert_string_equal(sorted(world, QUEUE_BY_STATE, false), "3 2 4 1");
	assert_string_equal(sorted(world, QUEUE_BY_STATE, true), "4 1 2 3");
	assert_string_equal(sorted(world, QUEUE_BY_DISTANCE, false), "3 4 2 1");
	assert_string_equal(sorted(world, QUEUE_BY_DISTANCE, true), "1 2 4 3");
	assert_string_equal(sorted(world, QUEUE_BY_NUMBER, false), "1 2 3 4");
	assert_string_equal(sorted(world, QUEUE_BY_NUMBER, true), "4 3 2 1");
}

static void no_order_hides_what_nobody_has_taken(void **state) {
	struct world *world = *state;
	add(world, INCIDENT_VERIFIED, PRIORITY_P1, 0);
	add(world, INCIDENT_NEW, PRIORITY_P4, 4000);
	add(world, INCIDENT_CLOSED, PRIORITY_P1, 0);
	add(world, INCIDENT_NEW, PRIORITY_P1, 9000);
	add(world, INCIDENT_NEW, PRIORITY_P2, 5000);
	for (int key = 0; key < QUEUE_KEY_COUNT; key++) {
		for (int reverse = 0; reverse < 2; reverse++) {
			const char *rows = sorted(world, (enum queue_key)key, reverse != 0);
			assert_true(
				strcmp(rows, "4 5 2 1 3") == 0 || strcmp(rows, "4 2 5 1 3") == 0);
		}
	}
}

static void a_held_one_sinks_until_its_time(void **state) {
	struct world *world = *state;
	struct queue_query query = {0};
	add(world, INCIDENT_ACKNOWLEDGED, PRIORITY_P4, 0);
	struct incident *late = add(world, INCIDENT_ACKNOWLEDGED, PRIORITY_P1, 0);
	struct incident *soon = add(world, INCIDENT_ACKNOWLEDGED, PRIORITY_P3, 0);
	add(world, INCIDENT_CLOSED, PRIORITY_P1, 0);
	late->held_until_ms = T0 + 3 * MINUTE;
	soon->held_until_ms = T0 + 2 * MINUTE;
	assert_string_equal(numbers(world, &query), "1 3 2 4");
	soon->held_until_ms = T0 + MINUTE; /* now */
	assert_string_equal(numbers(world, &query), "3 1 2 4");
	late->state = INCIDENT_NEW; /* a hold hides nothing that is new */
	assert_string_equal(numbers(world, &query), "2 3 1 4");
}

static void who_came_first_is_further_up_whatever_the_number(void **state) {
	struct world *world = *state;
	static const int64_t received_ms[] = {T0 + 5, T0 + 3, T0 + 3, -7, T0 + 4};
	for (size_t i = 0; i < ARRAY_LEN(received_ms); i++) {
		struct incident *inc = add(world, INCIDENT_VERIFIED, PRIORITY_P2, 0);
		inc->state_at_ms[INCIDENT_NEW] = received_ms[i];
	}
	assert_string_equal(sorted(world, QUEUE_BY_PRIORITY, false), "4 2 3 5 1");
	assert_string_equal(sorted(world, QUEUE_BY_AGE, true), "1 5 2 3 4");
}

static void what_came_in_the_same_moment_is_ordered_by_number(void **state) {
	struct world *world = *state;
	struct incident *incs[3];
	for (size_t i = 0; i < ARRAY_LEN(incs); i++) {
		incs[i] = add(world, INCIDENT_VERIFIED, PRIORITY_P2, 0);
		incs[i]->state_at_ms[INCIDENT_NEW] = T0;
	}
	incs[0]->number = 7; /* and the list has it first */
	assert_string_equal(sorted(world, QUEUE_BY_PRIORITY, false), "2 3 7");
	assert_string_equal(sorted(world, QUEUE_BY_AGE, true), "2 3 7");
	incs[0]->number = 1;
}

/* Whatever a feed says of the time. */
static void no_time_takes_a_row_out_of_its_group(void **state) {
	struct world *world = *state;
	struct queue_query query = {0};
	struct incident *held = add(world, INCIDENT_ACKNOWLEDGED, PRIORITY_P1, 0);
	struct incident *ended = add(world, INCIDENT_CLOSED, PRIORITY_P1, 0);
	add(world, INCIDENT_CLOSED, PRIORITY_P1, 0);
	add(world, INCIDENT_VERIFIED, PRIORITY_P4, 0);
	held->held_until_ms = INT64_MAX;
	ended->state_at_ms[INCIDENT_CLOSED] = INT64_MAX / 2;
	assert_string_equal(numbers(world, &query), "4 1 2 3");
	held->state_at_ms[INCIDENT_NEW] = INT64_MAX;
	add(world, INCIDENT_NEW, PRIORITY_P4, 0)->state_at_ms[INCIDENT_NEW] = INT64_MIN;
	assert_string_equal(sorted(world, QUEUE_BY_AGE, true), "5 4 1 2 3");
}

static void what_has_ended_stays_for_a_while_youngest_first(void **state) {
	struct world *world = *state;
	struct queue_query query = {.order = {.key = QUEUE_BY_NUMBER}};
	add(world, INCIDENT_CLOSED, PRIORITY_P4, 0);
	add(world, INCIDENT_FALSE_ALARM, PRIORITY_P1, 0);
	struct incident *old = add(world, INCIDENT_DUPLICATE, PRIORITY_P1, 0);
	add(world, INCIDENT_RESOLVED, PRIORITY_P4, 0);
	assert_string_equal(numbers(world, &query), "4 3 2 1");
	old->state_at_ms[INCIDENT_DUPLICATE] = T0 + MINUTE - 30 * MINUTE;
	assert_string_equal(numbers(world, &query), "4 2 1 3");
	old->state_at_ms[INCIDENT_DUPLICATE]--;
	assert_string_equal(numbers(world, &query), "4 2 1");
}

static bool is_p1(void *data, const struct incident *inc) {
	++*(int *)data;
	return inc->priority == PRIORITY_P1;
}

static void a_view_may_want_only_some(void **state) {
	struct world *world = *state;
	int asked = 0;
	struct queue_query query = {.wants = is_p1, .data = &asked};
	add(world, INCIDENT_ACKNOWLEDGED, PRIORITY_P4, 0);
	add(world, INCIDENT_ACKNOWLEDGED, PRIORITY_P1, 0);
	add(world, INCIDENT_CLOSED, PRIORITY_P1, 0)->state_at_ms[INCIDENT_CLOSED] = 1;
	assert_string_equal(numbers(world, &query), "2");
	assert_int_equal(asked, 2);
}

static void the_newest_of_ten_thousand_is_not_cut_off(void **state) {
	struct world *world = *state;
	struct incident *rows[40];
	for (int i = 0; i < MANY; i++) {
		add(world, INCIDENT_ACKNOWLEDGED, PRIORITY_P3, i);
	}
	struct incident *newest = add(world, INCIDENT_NEW, PRIORITY_P1, 0);
	assert_int_equal(
		queue_collect(world, T0 + MINUTE, 30 * MINUTE, rows, ARRAY_LEN(rows)), MANY + 1);
	assert_ptr_equal(rows[0], newest);
	for (size_t i = 1; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(rows[i]->number, i);
	}
	struct queue_query query = {
		.order = {.key = QUEUE_BY_DISTANCE, .from = {-75722000, 1108289000}},
		.now_ms = T0 + MINUTE};
	query.order.reverse = true;
	assert_int_equal(queue_select(world, &query, rows, ARRAY_LEN(rows)), MANY + 1);
	assert_ptr_equal(rows[0], newest);
	assert_int_equal(rows[1]->number, MANY); /* the farthest */
	assert_int_equal(queue_select(world, &query, NULL, 0), MANY + 1);
}

static void the_first_page_is_the_beginning_of_the_whole(void **state) {
	struct world *world = *state;
	struct incident *all[1000], *page[1000];
	struct queue_query query = {.now_ms = T0 + MINUTE, .keep_ms = 30 * MINUTE};
	static const size_t sizes[] = {0, 1, 2, 7, 40, 999, 1000};
	for (int i = 0; i < 1000; i++) {
		add(world, (enum incident_state)(i * 7 % INCIDENT_STATE_COUNT),
			(enum priority)(i * 11 % PRIORITY_COUNT), i);
	}
	for (int key = 0; key < QUEUE_KEY_COUNT; key++) {
		query.order.key = (enum queue_key)key;
		assert_int_equal(queue_select(world, &query, all, ARRAY_LEN(all)), 1000);
		for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
			assert_int_equal(queue_select(world, &query, page, sizes[s]), 1000);
			assert_memory_equal(page, all, sizes[s] * sizeof(page[0]));
		}
	}
}

static void a_list_tells_whether_its_rows_are_those_of_before(void **state) {
	struct world *world = *state;
	struct queue_query query = {.now_ms = T0 + MINUTE, .keep_ms = MINUTE};
	struct queue_room room = {0};
	struct incident *rows[MANY];
	char(*ids)[UUID_SIZE] = mem_alloc(MANY, UUID_SIZE);
	bool same = true;
	add(world, INCIDENT_VERIFIED, PRIORITY_P2, 0);
	struct incident *last = add(world, INCIDENT_VERIFIED, PRIORITY_P1, 0);
	assert_int_equal(queue_list(world, &query, &room, ids, 0, &same), 2);
	assert_false(same);
	assert_string_equal(ids[0], last->id);
	assert_int_equal(queue_list(world, &query, &room, ids, 2, &same), 2);
	assert_true(same);
	query.order.key = QUEUE_BY_AGE;
	assert_int_equal(queue_list(world, &query, &room, ids, 2, &same), 2);
	assert_false(same);
	assert_string_equal(ids[1], last->id);
	for (int i = 2; i < MANY; i++) {
		add(world, (enum incident_state)(i * 7 % INCIDENT_STATE_COUNT), PRIORITY_P3, 0);
	}
	size_t len = queue_select(world, &query, rows, MANY);
	assert_int_equal(queue_list(world, &query, &room, ids, 2, &same), len);
	assert_false(same);
	for (size_t i = 0; i < len; i++) {
		assert_string_equal(ids[i], rows[i]->id);
	}
	assert_int_equal(queue_list(world, &query, &room, ids, len, &same), len);
	assert_true(same);
	queue_room_finish(&room);
	free(ids);
}

static void an_empty_list_is_the_one_of_before(void **state) {
	struct queue_query query = {0};
	struct queue_room room = {0};
	char id[1][UUID_SIZE] = {"x"};
	bool same = false;
	assert_int_equal(queue_list(*state, &query, &room, id, 0, &same), 0);
	assert_true(same);
	assert_int_equal(queue_list(*state, &query, &room, id, 1, &same), 0);
	assert_false(same);
	queue_room_finish(&room);
}

/* Day in, day out: what is forgotten takes no place, and what is left is all there. */
static void incidents_come_and_go(void **state) {
	struct world *world = *state;
	struct incident *rows[16];
	struct queue_query query = {.order = {.key = QUEUE_BY_NUMBER}, .keep_ms = 30 * MINUTE};
	char old[UUID_SIZE];
	for (int i = 1; i <= MANY; i++) {
		add(world, INCIDENT_NEW, PRIORITY_P3, 0);
		if (i > 10) {
			snprintf(old, sizeof(old), "00000000-0000-4000-8000-%012u",
				(unsigned)(i % 100 == 0 ? i : i - 10));
			world_forget(world, old);
		}
	}
	size_t left = HASH_COUNT(world->incidents);
	assert_true(left > 10 && left < 200);
	assert_true(world->list_cap < 1000);
	assert_int_equal(queue_select(world, &query, rows, ARRAY_LEN(rows)), left);
	assert_int_equal(rows[0]->number, 90);
	assert_ptr_equal(world_by_number(world, 90), rows[0]);
}

static void an_empty_city_has_an_empty_queue(void **state) {
	struct queue_query query = {0};
	assert_string_equal(numbers(*state, &query), "");
}

static void orders_have_names(void **state) {
	UNUSED(state);
	enum queue_key key;
	assert_string_equal(queue_key_name(QUEUE_BY_DISTANCE), "distance");
	assert_string_equal(queue_key_name(QUEUE_KEY_COUNT), "?");
	assert_true(queue_key_find("age", &key));
	assert_int_equal(key, QUEUE_BY_AGE);
	assert_false(queue_key_find("colour", &key));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(an_operator_chooses_what_the_queue_is_sorted_by),
		TEST(no_order_hides_what_nobody_has_taken),
		TEST(a_held_one_sinks_until_its_time),
		TEST(who_came_first_is_further_up_whatever_the_number),
		TEST(what_came_in_the_same_moment_is_ordered_by_number),
		TEST(no_time_takes_a_row_out_of_its_group),
		TEST(what_has_ended_stays_for_a_while_youngest_first),
		TEST(a_view_may_want_only_some),
		TEST(the_newest_of_ten_thousand_is_not_cut_off),
		TEST(the_first_page_is_the_beginning_of_the_whole),
		TEST(a_list_tells_whether_its_rows_are_those_of_before),
		TEST(an_empty_list_is_the_one_of_before),
		TEST(incidents_come_and_go),
		TEST(an_empty_city_has_an_empty_queue),
		TEST(orders_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
