#include "test.h"

#include <string.h>

#include <siaga/base/text.h>
#include <siaga/ui/draw.h>

#include "world.h"

#define MINUTE INT64_C(60000)

struct shown {
	struct app app;
	struct surface s;
	struct buf out;
	struct ui_drawn drawn;
};

static void act(struct shown *t, int n, enum action action, const char *what, int64_t after_ms) {
	struct command cmd = city_command(&t->app.world, action, city_id(n), "budi");
	struct refusal no = {0};
	cmd.at_ms = T0 + after_ms;
	cmd.method = METHOD_CAMERA;
	cmd.reason = REJECT_UNVERIFIABLE;
	(void)text_copy(cmd.camera, sizeof(cmd.camera), "Balaikota");
	(void)text_copy(cmd.agency, sizeof(cmd.agency), what);
	(void)text_copy(cmd.by.position, sizeof(cmd.by.position), "TMC-2");
	assert_true(city_do(&t->app.world, &cmd, &no));
}

static void count(struct shown *t) {
	figures_compute(&t->app.board.figures, &t->app.world, &t->app.cfg.timers,
		t->app.now_ms - FIGURES_SHIFT_MS, t->app.now_ms);
}

/* Four incidents: a new P1, one that was answered late and sent to two agencies, a false alarm, and
 * another new one. */
static void begin(struct shown *t) {
	memset(t, 0, sizeof(*t));
	app_init(&t->app);
	city_fill(&t->app.world.registry);
	for (int n = 1; n <= 4; n++) {
		city_raise(&t->app.world, city_id(n), n == 2 ? KIND_FIRE : KIND_CRIME,
			n == 1 ? PRIORITY_P1 : PRIORITY_P2, T0 + n * MINUTE);
	}
	act(t, 2, ACTION_ACKNOWLEDGE, "", 2 * MINUTE + 42000);
	act(t, 2, ACTION_VERIFY, "", 3 * MINUTE);
	act(t, 2, ACTION_DISPATCH, "damkar", 4 * MINUTE);
	act(t, 2, ACTION_ACCEPT, "damkar", 5 * MINUTE);
	act(t, 2, ACTION_DISPATCH, "psc119", 4 * MINUTE);
	act(t, 3, ACTION_ACKNOWLEDGE, "", 3 * MINUTE + 5000);
	act(t, 3, ACTION_REJECT, "", 4 * MINUTE);
	t->app.rows = mem_alloc(1, sizeof(*t->app.rows));
	t->app.rows_len = 1;
	(void)text_copy(t->app.rows[0], UUID_SIZE, city_id(1));
	(void)text_copy(t->app.selected, UUID_SIZE, city_id(1));
	t->app.role = ROLE_SUPERVISOR;
	t->app.has_data = true;
	t->app.link = APP_LINK_LIVE;
	t->app.beat_ms = 5000;
	t->app.now_ms = t->app.wall_ms = T0 + 6 * MINUTE;
	t->app.proof_ms = t->app.now_ms - 400;
	t->app.feed_clock_known = true;
	t->app.board.on = true;
	t->app.board.span_ms = FIGURES_SHIFT_MS;
	count(t);
}

static void draw(struct shown *t, int cols, int rows) {
	surface_finish(&t->s);
	surface_init(&t->s, cols, rows);
	t->drawn = ui_draw(&t->app, &t->s);
	buf_clear(&t->out);
	surface_dump(&t->s, &t->out, false);
}

static void end(struct shown *t) {
	surface_finish(&t->s);
	buf_finish(&t->out);
	app_finish(&t->app);
}

static void assert_shows(const struct shown *t, const char *text) {
	if (strstr(t->out.data, text) == NULL) {
		print_error("not on the screen: %s\n%s", text, t->out.data);
		fail();
	}
}

static void assert_hides(const struct shown *t, const char *text) {
	if (strstr(t->out.data, text) != NULL) {
		print_error("on the screen: %s\n%s", text, t->out.data);
		fail();
	}
}

/* The role of the first cell of a text. */
static enum ui_role role_at(const struct shown *t, const char *text) {
	for (int row = 0; row < t->s.rows; row++) {
		for (int col = 0; col + (int)strlen(text) <= t->s.cols; col++) {
			int len = 0;
			while (text[len] != '\0' && surface_cell(&t->s, col + len, row)->glyph[0] ==
							    (uint32_t)text[len]) {
				len++;
			}
			if (text[len] == '\0') {
				return (enum ui_role)surface_cell(&t->s, col, row)->role;
			}
		}
	}
	print_error("not on the screen: %s\n%s", text, t->out.data);
	fail();
	return UI_TEXT;
}

static void the_most_important_stands_on_top_at_80x24(void **state) {
	static const char *const titles[] = {
		"WAITING 2", "OVERDUE", "OPERATORS", "AGENCIES", "TIMES"};
	struct shown t;
	const char *before;
	UNUSED(state);
	begin(&t);
	draw(&t, 80, 24);
	before = t.out.data;
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		const char *found = strstr(before, titles[i]);
		if (found == NULL) {
			print_error("%s not below the others\n%s", titles[i], t.out.data);
			fail();
		}
		before = found;
	}
	assert_shows(&t, "BOARD since ");
	assert_shows(&t, "(8h)");
	assert_shows(&t, "P1    1  the oldest #1 5m");
	assert_shows(&t, "P2    1  the oldest #4 2m");
	assert_shows(&t, "budi@TMC-2");
	assert_shows(&t, "4 alarms in 10 minutes");
	assert_hides(&t, "QUEUE");
	assert_hides(&t, "DETAIL");
	end(&t);
}

static void agencies_are_counted_by_step(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	draw(&t, 80, 24);
	assert_shows(&t, "DAMKAR        0    0    1    0    0    0    0");
	assert_shows(&t, "PSC119        1    0    0    0    0    0    0 #2 2m");
	end(&t);
}

static void a_missed_target_is_named_and_marked(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	draw(&t, 80, 24);
	/* 42 s and 5 s to answer, the target is 10 s */
	assert_shows(&t, "answer        2     0:05    >0:42  10s          1/2");
	assert_int_equal(role_at(&t, ">0:42"), UI_OVERDUE_ALERT);
	assert_int_equal(role_at(&t, "1/2"), UI_OVERDUE_ALERT);
	assert_shows(&t, "verify        1     0:18     0:18  2m           1/1");
	assert_int_equal(role_at(&t, "0:18"), UI_TEXT);
	/* only P1 has a target for it, and this is P2 */
	assert_shows(&t, "process       1     2:00     2:00  -");
	end(&t);
}

static void a_wide_screen_shows_all_of_it(void **state) {
	static const struct rect sizes[] = {{0, 0, 120, 40}, {0, 0, 200, 60}};
	static const char *const texts[] = {"WAITING 2", "OVERDUE", "OPERATORS", "AGENCIES",
		"TIMES", "RECEIVED 4", "FALSE ALARMS 1 of 4 (25 %)", "only not verifiable: 1",
		"verified by camera 1 of 1 (100 %)", "no working camera within 250 m: 0 of 4 (0 %)",
		"CRIME 3"};
	struct shown t;
	UNUSED(state);
	begin(&t);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		draw(&t, sizes[i].cols, sizes[i].rows);
		for (size_t j = 0; j < ARRAY_LEN(texts); j++) {
			assert_shows(&t, texts[j]);
		}
		assert_int_equal(t.drawn.board_most, 0);
	}
	end(&t);
}

static void a_small_screen_shows_what_waits_and_what_is_overdue(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	draw(&t, 60, 16);
	assert_shows(&t, "WAITING 2");
	assert_shows(&t, "OVERDUE");
	assert_hides(&t, "OPERATORS");
	assert_hides(&t, "TIMES");
	end(&t);
}

static void the_rest_is_scrolled_to(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	draw(&t, 80, 24);
	assert_true(t.drawn.board_most > 0);
	assert_shows(&t, "more");
	assert_hides(&t, "CAMERAS");
	t.app.board.scroll = t.drawn.board_most;
	draw(&t, 80, 24);
	assert_shows(&t, "no working camera");
	assert_hides(&t, "WAITING");
	assert_hides(&t, " more ");
	end(&t);
}

static void an_alarm_that_waits_stays_in_sight(void **state) {
	static const struct rect sizes[] = {{0, 0, 60, 3}, {0, 0, 60, 5}, {0, 0, 40, 8},
		{0, 0, 60, 16}, {0, 0, 80, 24}, {0, 0, 120, 40}};
	struct shown t;
	UNUSED(state);
	begin(&t);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		t.app.board.scroll = 100;
		draw(&t, sizes[i].cols, sizes[i].rows);
		assert_shows(&t, "#1 P1 CRIME");
		assert_shows(&t, "NEW 2");
	}
	end(&t);
}

static void what_the_figures_do_not_know_is_said(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	draw(&t, 80, 24);
	assert_hides(&t, "not known here");
	world_forget(&t.app.world, city_id(3));
	count(&t);
	draw(&t, 80, 24);
	assert_shows(&t, "1 of this time are not known here and not counted");
	t.app.whole_since_ms = t.app.now_ms - MINUTE;
	draw(&t, 80, 24);
	assert_shows(&t, "is not known here and not counted");
	t.app.has_data = false;
	draw(&t, 80, 24);
	assert_shows(&t, "NO DATA YET");
	assert_hides(&t, "WAITING");
	end(&t);
}

static void an_exercise_stands_apart(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	world_incident(&t.app.world, city_id(4))->mode = MODE_EXERCISE;
	count(&t);
	draw(&t, 120, 40);
	assert_shows(&t, "RECEIVED 3");
	assert_shows(&t, "apart: EXERCISE 1");
	t.app.mode = MODE_EXERCISE;
	draw(&t, 120, 40);
	assert_shows(&t, "RECEIVED 1");
	assert_shows(&t, "apart: ACTUAL 3");
	end(&t);
}

static void a_quiet_room_says_so(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	for (int n = 1; n <= 4; n++) {
		world_forget(&t.app.world, city_id(n));
	}
	t.app.rows_len = 0;
	count(&t);
	draw(&t, 80, 24);
	assert_shows(&t, "nothing is overdue");
	assert_shows(&t, "nobody has an incident");
	assert_shows(&t, "nobody is under way");
	end(&t);
}

static void a_flood_and_old_work_are_called_by_name(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	for (int n = 5; n <= 12; n++) {
		city_raise(&t.app.world, city_id(n), KIND_OTHER, PRIORITY_P4, T0 + 5 * MINUTE);
	}
	count(&t);
	draw(&t, 80, 24);
	assert_shows(&t, "FLOOD: 12 alarms in 10 minutes");
	t.app.now_ms += 120 * MINUTE;
	count(&t);
	draw(&t, 80, 24);
	assert_shows(&t, "overdue for more than an hour");
	end(&t);
}

static void what_is_held_or_left_is_counted(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	act(&t, 4, ACTION_ACKNOWLEDGE, "", 5 * MINUTE);
	act(&t, 4, ACTION_RELEASE, "", 5 * MINUTE);
	world_incident(&t.app.world, city_id(2))->held_until_ms = t.app.now_ms + MINUTE;
	t.app.board.figures.skewed = 0;
	count(&t);
	t.app.board.figures.skewed = 2;
	draw(&t, 120, 40);
	assert_shows(&t, "on hold 1");
	assert_shows(&t, "unclaimed 1");
	assert_shows(&t, "2 left out: the feed's clock was set back");
	end(&t);
}

static void the_mouse_finds_no_incident_through_the_board(void **state) {
	struct shown t;
	char id[UUID_SIZE];
	UNUSED(state);
	begin(&t);
	draw(&t, 80, 24);
	for (int row = 0; row < 24; row++) {
		(void)ui_find(&t.app, &t.s, 5, row, id);
		assert_string_equal(id, "");
	}
	end(&t);
}

static void any_size_can_be_drawn(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	for (int rows = 1; rows < 50; rows += 3) {
		for (int cols = 1; cols < 200; cols += 7) {
			draw(&t, cols, rows);
		}
	}
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_important_stands_on_top_at_80x24),
		cmocka_unit_test(agencies_are_counted_by_step),
		cmocka_unit_test(a_missed_target_is_named_and_marked),
		cmocka_unit_test(a_wide_screen_shows_all_of_it),
		cmocka_unit_test(a_small_screen_shows_what_waits_and_what_is_overdue),
		cmocka_unit_test(the_rest_is_scrolled_to),
		cmocka_unit_test(an_alarm_that_waits_stays_in_sight),
		cmocka_unit_test(what_the_figures_do_not_know_is_said),
		cmocka_unit_test(an_exercise_stands_apart),
		cmocka_unit_test(a_quiet_room_says_so),
		cmocka_unit_test(a_flood_and_old_work_are_called_by_name),
		cmocka_unit_test(what_is_held_or_left_is_counted),
		cmocka_unit_test(the_mouse_finds_no_incident_through_the_board),
		cmocka_unit_test(any_size_can_be_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
