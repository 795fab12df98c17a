#include "test.h"

#include <string.h>

#include <siaga/base/text.h>
#include <siaga/ui/draw.h>

#include "world.h"

struct shown {
	struct app app;
	struct surface s;
	struct ui_drawn drawn;
	struct buf out;
};

/* Two incidents, one of them new, on a live link. */
static void begin(struct shown *t) {
	memset(t, 0, sizeof(*t));
	app_init(&t->app);
	city_fill(&t->app.world.registry);
	city_raise(&t->app.world, city_id(1), KIND_FIRE, PRIORITY_P1, T0);
	city_raise(&t->app.world, city_id(2), KIND_UNKNOWN, PRIORITY_P2, T0 + 1000);
	t->app.rows = mem_alloc(2, sizeof(*t->app.rows));
	t->app.rows_len = 2;
	(void)text_copy(t->app.rows[0], UUID_SIZE, city_id(1));
	(void)text_copy(t->app.rows[1], UUID_SIZE, city_id(2));
	(void)text_copy(t->app.selected, UUID_SIZE, city_id(1));
	(void)text_copy(t->app.name, WHO_SIZE, "rina");
	(void)text_copy(t->app.position, WHO_SIZE, "desk1");
	t->app.role = ROLE_OPERATOR;
	t->app.mode = MODE_EXERCISE;
	t->app.has_data = true;
	t->app.link = APP_LINK_LIVE;
	t->app.beat_ms = 5000;
	t->app.now_ms = t->app.wall_ms = T0 + 67000;
	t->app.proof_ms = t->app.now_ms - 400;
	t->app.feed_clock_known = true;
	t->app.near_len = registry_near(&t->app.world.registry,
		world_incident(&t->app.world, city_id(1))->at, t->app.near, APP_NEAR_MAX);
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

static void test_what_matters_is_on_every_size(void **state) {
	static const struct rect sizes[] = {
		{0, 0, 60, 16}, {0, 0, 80, 24}, {0, 0, 120, 40}, {0, 0, 200, 60}};
	struct shown t;

	UNUSED(state);
	begin(&t);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		draw(&t, sizes[i].cols, sizes[i].rows);
		assert_shows(&t, "EXERCISE");
		assert_shows(&t, "LIVE <5s");
		assert_shows(&t, "NEW 2");
		assert_shows(&t, "FIRE");
		assert_shows(&t, "PANIK");
		assert_shows(&t, "*>P1    >1m #1");
	}
	end(&t);
}

static void test_normal_has_map_and_detail(void **state) {
	struct shown t;

	UNUSED(state);
	begin(&t);
	draw(&t, 80, 24);
	assert_shows(&t, "MAP");
	assert_shows(&t, "DETAIL");
	assert_shows(&t, "not verified");
	assert_shows(&t, "camera ");
	t.app.focus = PANE_CAMERAS;
	draw(&t, 80, 24);
	assert_shows(&t, "CAMERAS");
	end(&t);
}

static void test_unknown_is_not_empty(void **state) {
	struct shown t;

	UNUSED(state);
	begin(&t);
	t.app.rows_len = 0;
	draw(&t, 80, 24);
	assert_shows(&t, "queue is empty");
	t.app.has_data = false;
	draw(&t, 80, 24);
	assert_shows(&t, "NO DATA YET");
	assert_null(strstr(t.out.data, "NEW 0"));
	end(&t);
}

static void test_link_states(void **state) {
	struct shown t;

	UNUSED(state);
	begin(&t);
	t.app.proof_ms = t.app.now_ms - 9000;
	draw(&t, 80, 24);
	assert_shows(&t, "SLOW 9s");
	t.app.link = APP_LINK_LOST;
	t.app.lost_ms = t.app.now_ms - 11000;
	t.app.retry_at_ms = t.app.now_ms + 4000;
	draw(&t, 80, 24);
	assert_shows(&t, "LOST 0:11 retry 4s");
	t.app.link = APP_LINK_REFUSED;
	t.app.cached = true;
	t.app.cached_at_ms = T0;
	draw(&t, 80, 24);
	assert_shows(&t, "REFUSED");
	assert_shows(&t, "CACHED ");
	end(&t);
}

static void test_strip_names_its_incident(void **state) {
	static const struct rect sizes[] = {{0, 0, 40, 4}, {0, 0, 60, 16}, {0, 0, 80, 24}};
	struct shown t;

	UNUSED(state);
	begin(&t);
	t.app.modal.type = MODAL_ARM;
	(void)text_copy(t.app.modal.targets[0].incident, UUID_SIZE, city_id(2));
	t.app.modal.targets[0].number = 2;
	t.app.modal.targets_len = 1;
	t.app.modal.agencies_len = 1;
	(void)text_copy(t.app.modal.agencies[0], AGENCY_ID_SIZE, "damkar");
	t.app.modal.opened_ms = t.app.now_ms - 2000;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		draw(&t, sizes[i].cols, sizes[i].rows);
		assert_shows(&t, "SEND ");
		assert_shows(&t, "#2 P2 PANIK");
		assert_shows(&t, "y send  Esc cancel");
	}
	assert_shows(&t, "18 s");
	end(&t);
}

/* Without a link y sends nothing, and the strip says that before it is pressed. */
static void test_a_strip_says_that_the_link_is_lost(void **state) {
	struct shown t;

	UNUSED(state);
	begin(&t);
	t.app.modal.type = MODAL_ARM;
	(void)text_copy(t.app.modal.targets[0].incident, UUID_SIZE, city_id(2));
	t.app.modal.targets[0].number = 2;
	t.app.modal.targets_len = 1;
	t.app.modal.agencies_len = 1;
	(void)text_copy(t.app.modal.agencies[0], AGENCY_ID_SIZE, "damkar");
	draw(&t, 80, 24);
	assert_null(strstr(t.out.data, "No link"));
	t.app.link = APP_LINK_LOST;
	draw(&t, 80, 24);
	assert_shows(&t, "No link: with y it waits in the outbox");
	end(&t);
}

/* What waits from before names no agency where it has none. */
static void test_an_old_action_is_named(void **state) {
	struct app_pending item = {.command = {.action = ACTION_ACKNOWLEDGE}};
	struct app_pending *pending[1] = {&item};
	struct shown t;

	UNUSED(state);
	begin(&t);
	(void)text_copy(item.command.id, UUID_SIZE, city_id(7));
	(void)text_copy(t.app.modal.resend, UUID_SIZE, city_id(7));
	(void)text_copy(t.app.modal.targets[0].incident, UUID_SIZE, city_id(2));
	t.app.modal.targets_len = 1;
	t.app.modal.type = MODAL_RESEND;
	t.app.pending = pending;
	t.app.pending_len = 1;
	draw(&t, 80, 24);
	assert_shows(&t, "acknowledge, #2");
	t.app.pending = NULL;
	t.app.pending_len = 0;
	end(&t);
}

/* Who works an incident stands in the queue of a wide screen. */
static void test_a_wide_queue_says_who_has_it(void **state) {
	struct shown t;

	UNUSED(state);
	begin(&t);
	(void)text_copy(world_incident(&t.app.world, city_id(2))->claim.name, WHO_SIZE, "budi");
	draw(&t, 200, 60);
	assert_shows(&t, " WHO ");
	assert_shows(&t, " budi ");
	end(&t);
}

/* Whatever is open, an alarm that comes is on the screen by its number and place. */
static void test_an_alarm_that_comes_is_seen_over_every_prompt(void **state) {
	static const enum modal_type open[] = {MODAL_HELP, MODAL_LINE, MODAL_FILTER, MODAL_NOTE,
		MODAL_METHOD, MODAL_DISPOSITION, MODAL_LETTER};
	struct shown t;

	UNUSED(state);
	begin(&t);
	t.app.rows_len = 0; /* the order is held: it has no row yet */
	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		t.app.modal.type = open[i];
		t.app.modal.arrived = 1;
		draw(&t, 80, 24);
		assert_shows(&t, "* NEW #1 P1");
		draw(&t, 60, 16);
		assert_shows(&t, "* NEW #1 P1");
	}
	end(&t);
}

/* Where there is no room for what y would do, y does nothing, and the strip says so. */
static void test_a_strip_without_room_cannot_be_answered(void **state) {
	static const struct rect small[] = {
		{0, 0, 1, 1}, {0, 0, 10, 2}, {0, 0, 20, 2}, {0, 0, 14, 3}};
	struct shown t;

	UNUSED(state);
	begin(&t);
	t.app.modal.type = MODAL_ARM;
	(void)text_copy(t.app.modal.targets[0].incident, UUID_SIZE, city_id(2));
	t.app.modal.targets[0].number = 2;
	t.app.modal.targets_len = 1;
	t.app.modal.agencies_len = 1;
	(void)text_copy(t.app.modal.agencies[0], AGENCY_ID_SIZE, "damkar");
	for (size_t i = 0; i < ARRAY_LEN(small); i++) {
		draw(&t, small[i].cols, small[i].rows);
		assert_true(t.drawn.cut);
		assert_null(strstr(t.out.data, "y send"));
	}
	draw(&t, 40, 6);
	assert_false(t.drawn.cut);
	end(&t);
}

/* A place of any text stays in its columns: what stands right of it does not move. */
static void test_hostile_names_stay_in_their_columns(void **state) {
	struct shown t;
	struct incident *inc;
	int before, after = -1;

	UNUSED(state);
	begin(&t);
	inc = world_incident(&t.app.world, city_id(1));
	draw(&t, 80, 24);
	for (before = 40; before < 80 && surface_cell(&t.s, before, 2)->glyph[0] != 'N'; before++) {
	}
	for (size_t i = 0; i + 6 < sizeof(inc->place); i += 3) {
		memcpy(inc->place + i, "火", 4);
	}
	draw(&t, 80, 24);
	for (int col = 40; col < 80 && after < 0; col++) {
		after = surface_cell(&t.s, col, 2)->glyph[0] == 'N' ? col : -1;
	}
	assert_int_equal(before, after);
	end(&t);
}

/* Every size, every pane, every prompt: nothing asserts, nothing is written outside (with
 * sanitizers). */
static void test_any_size_can_be_drawn(void **state) {
	struct shown t;

	UNUSED(state);
	begin(&t);
	(void)text_copy(t.app.modal.targets[0].incident, UUID_SIZE, city_id(1));
	t.app.modal.targets_len = 1;
	for (int size = 1; size <= 130; size += size < 12 ? 1 : 17) {
		for (int rows = 1; rows <= 50; rows += rows < 9 ? 1 : 13) {
			for (int modal = 0; modal < MODAL_COUNT; modal++) {
				t.app.modal.type = (enum modal_type)modal;
				t.app.focus = (enum pane)(modal % PANE_COUNT);
				t.app.zoom = modal % 3 == 0;
				draw(&t, size, rows);
			}
		}
	}
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_matters_is_on_every_size),
		cmocka_unit_test(test_normal_has_map_and_detail),
		cmocka_unit_test(test_unknown_is_not_empty),
		cmocka_unit_test(test_link_states),
		cmocka_unit_test(test_strip_names_its_incident),
		cmocka_unit_test(test_a_strip_says_that_the_link_is_lost),
		cmocka_unit_test(test_an_old_action_is_named),
		cmocka_unit_test(test_a_wide_queue_says_who_has_it),
		cmocka_unit_test(test_an_alarm_that_comes_is_seen_over_every_prompt),
		cmocka_unit_test(test_a_strip_without_room_cannot_be_answered),
		cmocka_unit_test(test_hostile_names_stay_in_their_columns),
		cmocka_unit_test(test_any_size_can_be_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
