#include "bench.h"

#include <string.h>

static struct bench *open_board(void **state, enum role role) {
	struct bench *b = *state;
	bench_connect(b, role);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_key(b, 'B');
	assert_true(b->app.board.on);
	return b;
}

static void whoever_sees_all_may_see_the_board(void **state) {
	static const enum role roles[] = {
		ROLE_OPERATOR, ROLE_SUPERVISOR, ROLE_OBSERVER, ROLE_TRAINER};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		bench_connect(b, roles[i]);
		bench_key(b, 'B');
		assert_true(b->app.board.on);
		bench_key(b, 'B');
		assert_false(b->app.board.on);
	}
}

static void a_desk_is_refused_and_told_why(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_AGENCY);
	bench_key(b, 'B');
	assert_false(b->app.board.on);
	bench_line(b, "board");
	assert_false(b->app.board.on);
	assert_string_equal(b->app.notice.text, "board: not for your role");
}

static void who_becomes_a_desk_loses_the_board(void **state) {
	struct bench *b = open_board(state, ROLE_OPERATOR);
	bench_lose(b);
	assert_true(b->app.board.on);
	bench_connect(b, ROLE_AGENCY);
	assert_false(b->app.board.on);
}

static void every_way_out_leads_back_to_where_one_was(void **state) {
	static const uint32_t keys[] = {KEY_CODE_ESCAPE, 'q', 'B', KEY_CODE_CTRL('C')};
	struct bench *b = open_board(state, ROLE_OPERATOR);
	bench_key(b, 'B');
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		bench_key(b, '4');
		bench_key(b, 'B');
		assert_true(b->app.board.on);
		bench_key(b, keys[i]);
		assert_false(b->app.board.on);
		assert_int_equal(b->app.focus, PANE_CAMERAS);
	}
}

static void nobody_acts_on_an_incident_that_the_board_covers(void **state) {
	static const uint32_t keys[] = {'a', 'v', 'x', 'd', 'D', 'r', 'K', 'm', 'e', 'h', 'i', 'p',
		'C', 'c', ' ', KEY_CODE_F0 + 2, KEY_CODE_F0 + 3};
	struct bench *b = open_board(state, ROLE_SUPERVISOR);
	assert_string_not_equal(b->app.selected, "");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		b->app.notice.text[0] = '\0';
		bench_key(b, keys[i]);
		assert_int_equal(b->app.modal.type, MODAL_NONE);
		assert_int_equal(b->sent_len, 0);
		assert_non_null(strstr(b->app.notice.text, "the board covers the queue"));
		assert_true(b->app.board.on);
	}
	bench_line(b, "ack");
	assert_int_equal(b->sent_len, 0);
}

static void nor_on_those_that_were_marked_before(void **state) {
	struct bench *b = open_board(state, ROLE_OPERATOR);
	bench_key(b, 'B');
	bench_key(b, ' ');
	bench_key(b, ' ');
	assert_int_equal(b->app.marks_len, 2);
	bench_key(b, 'B');
	bench_key(b, 'a');
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->sent_len, 0);
	assert_int_equal(b->app.marks_len, 2);
}

static void an_incident_that_is_named_can_be_acted_on(void **state) {
	struct bench *b = open_board(state, ROLE_OPERATOR);
	bench_line(b, "ack 2");
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->sent[0].incident, city_id(2));
	assert_true(b->app.board.on);
	bench_settle(b, "ayu");
	bench_line(b, "d 1 damkar");
	assert_int_equal(b->app.modal.type, MODAL_ARM);
	assert_int_equal(b->app.modal.targets[0].number, 1);
	assert_true(b->app.board.on);
}

static void what_shows_something_else_leaves_the_board(void **state) {
	static const uint32_t keys[] = {
		'n', 'N', ']', '[', '2', KEY_CODE_TAB, '/', 'H', KEY_CODE_ENTER, 's', 'z'};
	struct bench *b = open_board(state, ROLE_OPERATOR);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		bench_key(b, keys[i]);
		assert_false(b->app.board.on);
		bench_key(b, KEY_CODE_ESCAPE);
		bench_key(b, 'B');
		assert_true(b->app.board.on);
	}
	bench_line(b, "2");
	assert_false(b->app.board.on);
	assert_string_equal(b->app.selected, city_id(2));
	bench_key(b, 'B');
	bench_line(b, "99");
	assert_true(b->app.board.on); /* there is nothing to be shown */
}

static void what_does_not_leaves_it_open(void **state) {
	static const uint32_t keys[] = {'j', 'k', 'g', 'G', KEY_CODE_PAGE_DOWN, KEY_CODE_PAGE_UP,
		'o', 't', KEY_CODE_CTRL('L'), 'u'};
	struct bench *b = open_board(state, ROLE_OPERATOR);
	char selected[UUID_SIZE];
	memcpy(selected, b->app.selected, UUID_SIZE);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		bench_key(b, keys[i]);
		assert_true(b->app.board.on);
	}
	assert_string_equal(b->app.selected, selected);
	bench_key(b, '?');
	assert_int_equal(b->app.modal.type, MODAL_HELP);
	assert_true(b->app.board.on);
}

static void drawn(struct bench *b, int most) {
	bench_apply(b, (struct app_event){.type = APP_DRAWN, .board_most = most});
}

static void it_scrolls_as_far_as_it_was_drawn(void **state) {
	struct bench *b = open_board(state, ROLE_OPERATOR);
	bench_key(b, 'j');
	assert_int_equal(b->app.board.scroll, 0);
	drawn(b, 3);
	bench_key(b, 'G');
	assert_int_equal(b->app.board.scroll, 3);
	bench_key(b, 'k');
	assert_int_equal(b->app.board.scroll, 2);
	drawn(b, 1); /* the screen grew */
	assert_int_equal(b->app.board.scroll, 1);
	bench_apply(b, (struct app_event){.type = APP_WHEEL, .pane = PANE_QUEUE, .by = -1});
	assert_int_equal(b->app.board.scroll, 0);
}

static void the_figures_are_counted_anew_every_second(void **state) {
	struct bench *b = open_board(state, ROLE_SUPERVISOR);
	const struct figures *f = &b->app.board.figures;
	assert_int_equal(f->open, 2);
	bench_raise(b, 3, KIND_CRIME, PRIORITY_P2);
	assert_int_equal(f->open, 2); /* not with every event */
	bench_pass(b, 100);
	assert_int_equal(f->open, 2);
	bench_pass(b, 900);
	assert_int_equal(f->open, 3);
	assert_int_equal(f->now_ms, bench_wall(b));
	bench_pass(b, 1000);
	assert_int_equal(f->now_ms, bench_wall(b));
}

static void nothing_is_counted_while_it_is_closed(void **state) {
	struct bench *b = open_board(state, ROLE_SUPERVISOR);
	int64_t counted_ms = b->app.board.figures.now_ms;
	bench_key(b, 'B');
	bench_pass(b, 5000);
	assert_int_equal(b->app.board.figures.now_ms, counted_ms);
	bench_key(b, 'B');
	assert_int_equal(b->app.board.figures.now_ms, bench_wall(b));
}

static void how_far_back_is_said_on_the_line(void **state) {
	static const char *const wrong[] = {
		"board 3x", "board 25h", "board 30s", "board yesterday"};
	struct bench *b = open_board(state, ROLE_SUPERVISOR);
	const struct figures *f = &b->app.board.figures;
	assert_int_equal(f->now_ms - f->from_ms, FIGURES_SHIFT_MS);
	bench_line(b, "board 90m");
	assert_true(b->app.board.on);
	assert_int_equal(f->now_ms - f->from_ms, 90 * 60000);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		b->app.notice.error = false;
		bench_line(b, wrong[i]);
		assert_true(b->app.notice.error);
		assert_int_equal(f->now_ms - f->from_ms, 90 * 60000);
	}
	bench_line(b, "board");
	assert_false(b->app.board.on);
}

static void what_ended_before_we_came_is_known_to_be_unknown(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_SUPERVISOR);
	assert_int_equal(b->app.whole_since_ms, bench_wall(b));
	/* From here on nothing is missing, whatever happens to the link. */
	int64_t since_ms = b->app.whole_since_ms;
	bench_lose(b);
	bench_pass(b, 3000);
	bench_connect(b, ROLE_SUPERVISOR);
	assert_int_equal(b->app.whole_since_ms, since_ms);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(whoever_sees_all_may_see_the_board),
		BENCH_TEST(a_desk_is_refused_and_told_why),
		BENCH_TEST(who_becomes_a_desk_loses_the_board),
		BENCH_TEST(every_way_out_leads_back_to_where_one_was),
		BENCH_TEST(nobody_acts_on_an_incident_that_the_board_covers),
		BENCH_TEST(nor_on_those_that_were_marked_before),
		BENCH_TEST(an_incident_that_is_named_can_be_acted_on),
		BENCH_TEST(what_shows_something_else_leaves_the_board),
		BENCH_TEST(what_does_not_leaves_it_open),
		BENCH_TEST(it_scrolls_as_far_as_it_was_drawn),
		BENCH_TEST(the_figures_are_counted_anew_every_second),
		BENCH_TEST(nothing_is_counted_while_it_is_closed),
		BENCH_TEST(how_far_back_is_said_on_the_line),
		BENCH_TEST(what_ended_before_we_came_is_known_to_be_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
