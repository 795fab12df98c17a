#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/ui/draw.h>

static struct surface surface;
static struct buf shown;

static const char *draw(struct bench *b, int cols, int rows) {
	surface_finish(&surface);
	surface_init(&surface, cols, rows);
	ui_draw(&b->app, &surface);
	buf_clear(&shown);
	surface_dump(&surface, &shown, false);
	return shown.data;
}

/* The screen's row that holds a text; -1: none. */
static int row_of(const char *screen, const char *text) {
	const char *at = strstr(screen, text);
	int row = 0;
	if (at == NULL) {
		return -1;
	}
	for (; screen < at; screen++) {
		row += *screen == '\n';
	}
	return row;
}

static void many(struct bench *b, int count) {
	bench_connect(b, ROLE_OPERATOR);
	for (int i = 1; i <= count; i++) {
		bench_raise(b, i, KIND_FIRE, PRIORITY_P2);
		bench_act(b, i, ACTION_ACKNOWLEDGE, "ayu");
	}
	bench_line(b, "1");
}

static void an_alarm_above_the_page_stays_in_sight(void **state) {
	struct bench *b = *state;
	many(b, 40);
	bench_key(b, 'G');
	bench_pass(b, 200);
	assert_int_equal(row_of(draw(b, 80, 24), "NEW above"), -1);
	bench_raise(b, 90, KIND_MEDICAL, PRIORITY_P1);
	assert_int_equal(row_of(draw(b, 80, 24), "1 NEW above: "), 2);
	assert_non_null(strstr(shown.data, "P1 MEDICAL"));
	bench_key(b, 'n'); /* and one key goes there */
	assert_int_equal(row_of(draw(b, 80, 24), "NEW above"), -1);
	assert_string_equal(b->app.selected, city_id(90));
}

static void an_alarm_is_in_sight_when_the_queue_is_not(void **state) {
	struct bench *b = *state;
	many(b, 3);
	bench_key(b, '2');
	bench_key(b, 'z'); /* the map alone */
	assert_null(strstr(draw(b, 80, 24), "MEDICAL"));
	bench_raise(b, 90, KIND_MEDICAL, PRIORITY_P1);
	assert_int_equal(row_of(draw(b, 80, 24), "* NEW #"), 22);
	bench_key(b, 'z');
	bench_key(b, 'H');
	assert_int_equal(row_of(draw(b, 80, 24), "* NEW #"), 22);
	draw(b, 60, 16);
	assert_non_null(strstr(shown.data, "P1 MEDICAL"));
}

static void a_new_alarm_has_its_place_and_moves_nobody(void **state) {
	struct bench *b = *state;
	many(b, 5);
	int before = row_of(draw(b, 120, 40), "#3 ");
	assert_non_null(strstr(shown.data, "no new alarm"));
	bench_raise(b, 90, KIND_MEDICAL, PRIORITY_P1);
	assert_int_equal(row_of(draw(b, 120, 40), "#3 "), before);
	assert_int_equal(row_of(shown.data, "MEDICAL"), 3);
	bench_act(b, 90, ACTION_ACKNOWLEDGE, "ayu");
	draw(b, 120, 40);
	assert_non_null(strstr(shown.data, "no new alarm"));
}

static void the_mouse_picks_what_is_under_it(void **state) {
	struct bench *b = *state;
	char id[UUID_SIZE];
	many(b, 40);
	for (int page = 0; page < 2; page++) {
		for (int size = 0; size < 2; size++) {
			int cols = size == 0 ? 80 : 120, rows = size == 0 ? 24 : 40;
			draw(b, cols, rows);
			for (int row = 0; row < rows; row++) {
				char *line = NULL;
				const char *at = shown.data;
				for (int i = 0; i < row; i++) {
					at = strchr(at, '\n') + 1;
				}
				line = mem_dup_str(at);
				line[strcspn(line, "\n")] = '\0';
				enum pane pane = ui_find(&b->app, &surface, 10, row, id);
				const char *number = strchr(line, '#');
				if (pane == PANE_QUEUE && id[0] != '\0') {
					const struct incident *inc =
						world_incident(&b->app.world, id);
					assert_non_null(number);
					assert_int_equal(inc->number, atoi(number + 1));
				}
				free(line);
			}
		}
		bench_key(b, 'G');
		bench_pass(b, 200);
		bench_raise(b, 90, KIND_MEDICAL, PRIORITY_P1); /* a line above the page */
	}
}

static void the_mouse_only_looks(void **state) {
	struct bench *b = *state;
	char id[UUID_SIZE];
	many(b, 3);
	text_copy(id, sizeof(id), city_id(2));
	bench_apply(b, (struct app_event){.type = APP_PICK, .pane = PANE_QUEUE, .id = id});
	assert_string_equal(b->app.selected, city_id(2));
	bench_apply(b, (struct app_event){.type = APP_PICK, .pane = PANE_MAP});
	assert_int_equal(b->app.focus, PANE_MAP);
	bench_apply(b, (struct app_event){.type = APP_WHEEL, .pane = PANE_QUEUE, .by = 1});
	assert_int_equal(b->app.focus, PANE_MAP);
	bench_key(
		b, KEY_CODE_F0 + 2); /* a strip is answered by keys, and stays with its incident */
	bench_drawn(b);
	text_copy(id, sizeof(id), city_id(1));
	bench_apply(b, (struct app_event){.type = APP_PICK, .pane = PANE_QUEUE, .id = id});
	assert_int_not_equal(b->app.modal.type, MODAL_NONE);
	assert_string_not_equal(b->app.selected, city_id(1));
	assert_int_equal(b->sent_len, 0);
}

static void greyed_keys_keep_their_places(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P2);
	draw(b, 120, 40);
	const char *bar = strstr(shown.data, "a ack  v verify");
	assert_non_null(bar);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	draw(b, 120, 40);
	assert_non_null(strstr(shown.data, "a ack  v verify"));
	assert_int_equal(surface_cell(&surface, 0, 39)->role, UI_DISABLED);
	bench_key(b, 'a'); /* and says why */
	assert_non_null(strstr(draw(b, 120, 40), "acknowledged already"));
	bench_key(b, '?');
	assert_non_null(strstr(draw(b, 120, 40), "(acknowledged already)"));
}

static void help_finds_what_is_typed(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_key(b, '2');
	bench_key(b, '?');
	draw(b, 80, 24);
	assert_true(row_of(shown.data, "map-down") > 0); /* this pane's first */
	assert_true(row_of(shown.data, "map-down") < row_of(shown.data, "acknowledge"));
	bench_type(b, "/duplicate");
	assert_int_equal(row_of(draw(b, 80, 24), "acknowledge"), -1);
	assert_true(row_of(shown.data, "join") > 0);
}

static void a_letter_counts_only_where_its_incident_is_named(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P2);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_key(b, 'K');
	surface_finish(&surface);
	surface_init(&surface, 12, 3);
	assert_true(ui_draw(&b->app, &surface).cut);
	bench_apply(b, (struct app_event){.type = APP_DRAWN, .cut = true});
	b->mono_ms += 1000;
	bench_key(b, 'h');
	assert_int_equal(b->sent_len, 0);
	for (int cols = 40; cols <= 120; cols += 40) {
		surface_finish(&surface);
		surface_init(&surface, cols, 16);
		assert_false(ui_draw(&b->app, &surface).cut);
	}
	bench_drawn(b);
	bench_key(b, 'h');
	assert_int_equal(b->sent_len, 1);
}

static int finish(void **state) {
	surface_finish(&surface);
	buf_finish(&shown);
	return bench_teardown(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, finish)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(an_alarm_above_the_page_stays_in_sight),
		TEST(an_alarm_is_in_sight_when_the_queue_is_not),
		TEST(a_new_alarm_has_its_place_and_moves_nobody),
		TEST(the_mouse_picks_what_is_under_it),
		TEST(the_mouse_only_looks),
		TEST(greyed_keys_keep_their_places),
		TEST(help_finds_what_is_typed),
		TEST(a_letter_counts_only_where_its_incident_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
