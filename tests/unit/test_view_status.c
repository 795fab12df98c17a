/* The status line: what must never be missed is on it, however narrow it is. */
#include "shown.h"

/* Draws only the line, on a screen of that width. */
static void draw_line(struct shown *t, int cols) {
	draw_screen(t, cols, 24);
	t->out.data[strcspn(t->out.data, "\n")] = '\0';
}

static void test_its_order(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_QUEUE);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	raise_one(&t, 2, KIND_FLOOD, PRIORITY_P3, 5);
	t.app.mode = MODE_EXERCISE;
	at(&t, 40);
	draw_line(&t, 120);
	assert_shows(&t, "SIAGA rina@desk1 operator  EXERCISE  LIVE <5s NEW 2 OVERDUE 2 P1:1 P2:0 "
			 "P3:1 P4:0 ");
	assert_shows(&t, " 22:14:00");
	t.app.cached = true;
	t.app.cached_at_ms = T0;
	t.app.mute_until_ms = t.app.now_ms + 102001;
	t.app.cfg.readonly = true;
	draw_line(&t, 160);
	assert_shows(&t, "LIVE <5s CACHED 22:13 NEW 2 OVERDUE 2 P1:1 P2:0 P3:1 P4:0 MUTED 1:43 "
			 "READ ONLY");
	end(&t);
}

/* A second later nothing but the clock has changed, as long as the feed keeps its beat. */
static void test_the_line_is_calm(void **state) {
	struct shown t;
	char before[200];
	UNUSED(state);
	begin(&t, PANE_QUEUE);
	t.app.now_ms = T0 + 1400;
	draw_line(&t, 100);
	snprintf(before, sizeof(before), "%s", t.out.data);
	t.app.now_ms = T0 + 2400;
	draw_line(&t, 100);
	size_t same = strspn(before, " ");
	while (before[same] == t.out.data[same] && before[same] != '\0') {
		same++;
	}
	assert_string_equal(before + same, "1");
	assert_string_equal(t.out.data + same, "2");
	t.app.now_ms = T0 + 6000;
	draw_line(&t, 100);
	assert_shows(&t, "LIVE 6s");
	t.app.now_ms = T0 + 9000;
	draw_line(&t, 100);
	assert_shows(&t, "SLOW 9s");
	end(&t);
}

/* It may take minutes after a long absence: how far it is. */
static void test_how_far_it_has_caught_up(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_QUEUE);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	t.app.link = APP_LINK_CATCHING_UP;
	t.app.welcomed = true;
	t.app.follow_seq = 1000;
	t.app.world.head = 1000 + 1234;
	t.app.feed_head = 1000 + 98765;
	at(&t, 40);
	draw_line(&t, 120);
	assert_shows(&t, "CATCHING UP 1234 of 98765 events ");
	draw_line(&t, 30);
	assert_shows(&t, "CATCHING UP 1% ");
	/* What is open comes first, and nobody says how much that is. */
	t.app.snapshot = true;
	draw_line(&t, 120);
	assert_shows(&t, "CATCHING UP NEW");
	end(&t);
}

/* What is left when there is less and less room: the alarms last, the link and the mode before. */
static void test_what_goes_first(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_QUEUE);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	t.app.mode = MODE_EXERCISE;
	t.app.link = APP_LINK_LOST;
	t.app.lost_ms = t.app.now_ms - 11000;
	t.app.retry_at_ms = t.app.now_ms + 4000;
	t.app.mute_until_ms = t.app.now_ms + 60000;
	draw_line(&t, 80);
	/* Who it is is said shorter before it is not said. */
	assert_shows(&t, "rina  EXERCISE  LOST 0:11 retry 4s NEW 1 P1:1 P2:0 P3:0 P4:0 MUTED 1:00 "
			 "22:1");
	assert_lacks(&t, "SIAGA");
	for (int cols = 25; cols < 80; cols++) {
		draw_line(&t, cols);
		assert_shows(&t, "EXERCISE");
		assert_shows(&t, "LOST 0:11");
		assert_shows(&t, "NEW 1");
	}
	draw_line(&t, 40);
	assert_shows(&t, "LOST 0:11 retry 4s NEW 1");
	for (int cols = 5; cols < 25; cols++) {
		draw_line(&t, cols);
		assert_shows(&t, "NEW 1");
	}
	end(&t);
}

/* One row is all there is: the alarm is on it. */
static void test_one_row(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_QUEUE);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P2, 0);
	act(&t, ACTION_ACKNOWLEDGE, 1, "", 2);
	raise_one(&t, 2, KIND_FLOOD, PRIORITY_P1, 30);
	at(&t, 35);
	draw_screen(&t, 60, 1);
	assert_shows(&t, "LIVE <5s NEW 1 #2 P1 FLOOD 0:05 Gladag");
	act(&t, ACTION_ACKNOWLEDGE, 2, "", 36);
	draw_screen(&t, 60, 1);
	assert_shows(&t, "NEW 0");
	assert_shows(&t, "P1:1 P2:1");
	end(&t);
}

/* A desk is told of its own incidents only; without data there is no number at all. */
static void test_numbers_are_of_what_is_ours(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_QUEUE);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	raise_one(&t, 2, KIND_FLOOD, PRIORITY_P2, 0);
	act(&t, ACTION_ACKNOWLEDGE, 1, "", 2);
	act(&t, ACTION_DISPATCH, 1, "damkar", 3);
	t.app.role = ROLE_AGENCY;
	text_copy(t.app.agency, AGENCY_ID_SIZE, "damkar");
	draw_line(&t, 100);
	assert_shows(&t, "NEW 0 P1:1 P2:0");
	t.app.has_data = false;
	draw_line(&t, 100);
	assert_lacks(&t, "NEW");
	assert_lacks(&t, "P1:");
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_its_order),
		cmocka_unit_test(test_the_line_is_calm),
		cmocka_unit_test(test_how_far_it_has_caught_up),
		cmocka_unit_test(test_what_goes_first),
		cmocka_unit_test(test_one_row),
		cmocka_unit_test(test_numbers_are_of_what_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
