/* The agencies: who is there, what each is on, who said no, how fast they say yes. */
#include "shown.h"

static void accept(struct shown *t, int n, const char *agency, int64_t asked, int64_t accepted) {
	act(t, ACTION_DISPATCH, n, agency, asked);
	deliver(t, agency, asked);
	act(t, ACTION_ACCEPT, n, agency, accepted);
}

static void test_each_agency_in_a_row(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_AGENCIES);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	raise_one(&t, 2, KIND_FIRE, PRIORITY_P2, 0);
	act(&t, ACTION_ACKNOWLEDGE, 1, "", 1);
	act(&t, ACTION_ACKNOWLEDGE, 2, "", 1);
	accept(&t, 1, "damkar", 2, 60);
	act(&t, ACTION_DISPATCH, 2, "damkar", 120);
	registry_agency(&t.app.world.registry, "psc119")->desk = DESK_OFFLINE;
	at(&t, 190);
	draw(&t, 50, 6);
	assert_shows(&t, "F2 DAMKAR     online    2 #1 acc 2m, #2 req 1m");
	assert_shows(&t, "F3 PSC119     OFFLINE   0 ");
	assert_shows(&t, "F4 POLRES     by phone  0 ");
	draw(&t, 75, 9);
	assert_shows(&t, "AGENCY     DESK     ON PHONE          WHAT FOR");
	assert_shows(&t, "F2 DAMKAR     online    2 113            #1 acc 2m, #2 req 1m");
	/* What the queue does not show is on their hands all the same. */
	t.app.rows_len = 0;
	draw(&t, 50, 6);
	assert_shows(&t, "2 #1 acc 2m, #2 req 1m");
	end(&t);
}

/* Who said no is no help just now, and says so for half an hour. */
static void test_a_refusal_is_told_for_a_while(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_AGENCIES);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	act(&t, ACTION_ACKNOWLEDGE, 1, "", 1);
	act(&t, ACTION_DISPATCH, 1, "damkar", 2);
	act_by(&t, ACTION_DECLINE, 1, "damkar", "meja", "pompa rusak", 60);
	at(&t, 200);
	draw(&t, 50, 6);
	assert_shows(&t, "F2 DAMKAR     online    0 DECLINED #1 2m");
	act(&t, ACTION_DISPATCH, 1, "damkar", 210);
	draw(&t, 70, 6);
	assert_shows(&t, "1 113            DECLINED #1 2m  #1 req <1m");
	at(&t, 60 + 1801);
	draw(&t, 60, 6);
	assert_lacks(&t, "DECLINED");
	end(&t);
}

/* How fast they accept is for supervisors, and of today. */
static void test_supervisors_see_how_long_accepting_takes(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_AGENCIES);
	for (int n = 1; n <= 10; n++) {
		raise_one(&t, n, KIND_FIRE, PRIORITY_P1, n);
		act(&t, ACTION_ACKNOWLEDGE, n, "", n);
		accept(&t, n, "damkar", 100 * n, 100 * n + 5 * n);
	}
	world_incident(&t.app.world, city_id(10))->mode = MODE_TEST;
	at(&t, 2000);
	draw(&t, 75, 20);
	assert_lacks(&t, "0:25");
	t.app.role = ROLE_SUPERVISOR;
	draw(&t, 75, 20);
	assert_shows(&t, "50% 90%");
	assert_shows(&t, "0:25 0:45");
	/* The picked one whole: the figures in words, each incident with its place. */
	assert_shows(&t, "accepted 9 today, median 0:25, nine of ten in 0:45");
	assert_shows(&t, "P1 #1 FIRE G6 accepted 31m  Gladag");
	/* Tomorrow is another day: the tests begin at 22:13. */
	at(&t, 3 * 3600);
	draw(&t, 75, 20);
	assert_lacks(&t, "0:25");
	end(&t);
}

static void test_any_size(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_AGENCIES);
	t.app.role = ROLE_SUPERVISOR;
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	act(&t, ACTION_ACKNOWLEDGE, 1, "", 1);
	accept(&t, 1, "damkar", 2, 60);
	for (int cols = 1; cols < 100; cols += 6) {
		for (int rows = 1; rows < 20; rows++) {
			t.app.agency_pick = rows % 4;
			draw(&t, cols, rows);
		}
	}
	registry_finish(&t.app.world.registry);
	draw(&t, 50, 5);
	assert_shows(&t, "No agency is known yet");
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_agency_in_a_row),
		cmocka_unit_test(test_a_refusal_is_told_for_a_while),
		cmocka_unit_test(test_supervisors_see_how_long_accepting_takes),
		cmocka_unit_test(test_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
