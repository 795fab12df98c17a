/* The selected incident goes out of sight by itself, and a key is on its way. */
#include "bench.h"

#include <string.h>

#include <siaga/app/history.h>
#include <siaga/base/macros.h>
#include <siaga/base/text.h>

/* Two incidents that nobody took, with a filter that shows only such; the first is selected. */
static void begin(struct bench *b, enum role role) {
	bench_connect(b, role);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_line(b, "filter state:new");
	bench_line(b, "select 1");
	bench_pass(b, 5000);
}

/* Nobody acts on another incident than the one they saw. */
static void a_key_that_was_on_its_way_is_not_for_what_moved_under_it(void **state) {
	static const uint32_t asking[] = {'v', 'x', 'K', KEY_CODE_F0 + 2, 'p', 'e', ':'};
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_line(b, "filter state:new");
	bench_line(b, "select 1");
	bench_pass(b, 5000);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	assert_string_equal(b->app.selected, city_id(2));
	bench_key(b, 'a');
	bench_key(b, 'j'); /* What steps come to was not seen either. */
	bench_key(b, 'r');
	bench_apply(b, (struct app_event){.type = APP_LINE, .text = "acknowledge"});
	assert_int_equal(b->sent_len, 0);
	assert_non_null(strstr(b->app.notice.text, "#1 went out of sight"));
	/* What asks before it does anything asks about what was seen. */
	for (size_t i = 0; i < ARRAY_LEN(asking); i++) {
		bench_key(b, asking[i]);
		assert_int_equal(b->app.modal.targets_len, 1);
		assert_string_equal(b->app.modal.targets[0].incident, city_id(1));
		bench_key(b, KEY_CODE_ESCAPE);
	}
	/* Its number says which one is meant, and after a moment what is seen is. */
	bench_apply(b, (struct app_event){.type = APP_LINE, .text = "note 2 dilihat"});
	assert_int_equal(b->sent_len, 1);
	bench_pass(b, 600);
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 2);
	assert_string_equal(b->sent[1].incident, city_id(2));
}

static void who_chooses_anew_is_not_held_up(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P3);
	bench_raise(b, 3, KIND_MEDICAL, PRIORITY_P3);
	bench_line(b, "filter state:new");
	bench_line(b, "select 1");
	bench_pass(b, 5000);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	bench_line(b, "3");
	bench_key(b, 'a');
	assert_int_equal(b->sent_len, 1);
	assert_string_equal(b->sent[0].incident, city_id(3));
}

static void read_history(struct bench *b, int n) {
	struct history_item item = {.key = 5};
	struct event events[8];
	size_t len = 0;
	text_copy(item.id, sizeof(item.id), city_id(n));
	bench_line(b, "history");
	bench_apply(b, (struct app_event){
			       .type = APP_HISTORY, .items = &item, .items_len = 1, .whole = true});
	for (size_t i = 0; i < b->log.len && len < ARRAY_LEN(events); i++) {
		if (strcmp(b->log.items[i].incident, city_id(n)) == 0) {
			events[len++] = b->log.items[i];
		}
	}
	bench_apply(
		b, (struct app_event){
			   .type = APP_OLD, .id = city_id(n), .events = events, .events_len = len});
	assert_string_equal(app_selected(&b->app)->id, city_id(n));
}

/* What moves in the queue behind them is not what is seen. */
static void the_history_and_the_board_show_another(void **state) {
	struct bench *b = *state;
	begin(b, ROLE_SUPERVISOR);
	bench_raise(b, 3, KIND_MEDICAL, PRIORITY_P3);
	bench_line(b, "select 1");
	read_history(b, 2);
	bench_pass(b, 3000);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "budi");
	bench_key(b, 'x');
	assert_string_equal(b->app.modal.targets[0].incident, city_id(2));
	bench_key(b, KEY_CODE_ESCAPE);
	bench_line(b, "board");
	bench_pass(b, 3000);
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "budi");
	bench_act(b, 3, ACTION_ACKNOWLEDGE, "budi");
	bench_key(b, 'x');
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	bench_key(b, KEY_CODE_F0 + 2);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->sent_len, 0);
}

static void take_kind(struct bench *b, int n, enum kind kind) {
	struct command cmd = city_command(&b->feed, ACTION_UPDATE, city_id(n), "budi");
	cmd.has |= HAS_KIND;
	cmd.kind = kind;
	assert_true(bench_do(b, &cmd));
}

/* It is in sight again: nothing is in the way of what is done about it, however busy the feed is.
 */
static void what_comes_back_is_what_was_seen(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_raise(b, 2, KIND_MEDICAL, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 2, ACTION_ACKNOWLEDGE, "ayu");
	bench_line(b, "filter kind:fire");
	bench_pass(b, 5000);
	assert_string_equal(b->app.selected, city_id(1));
	take_kind(b, 1, KIND_MEDICAL);
	assert_string_equal(b->app.selected, "");
	b->mono_ms += 300;
	take_kind(b, 1, KIND_FIRE);
	assert_string_equal(b->app.selected, city_id(1));
	for (size_t i = 0; i < 5; i++) {
		b->mono_ms += 400;
		bench_apply(b, (struct app_event){.type = APP_TICK});
		bench_apply(b, (struct app_event){.type = APP_LINE, .text = "note . halo"});
		assert_int_equal(b->sent_len, i + 1);
	}
}

static void to_take_back_asks_about_what_was_seen(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	for (int n = 1; n <= 2; n++) {
		bench_raise(b, n, KIND_FIRE, PRIORITY_P1);
		bench_act(b, n, ACTION_ACKNOWLEDGE, "ayu");
		bench_act(b, n, ACTION_VERIFY, "ayu");
		struct command cmd = city_command(&b->feed, ACTION_DISPATCH, city_id(n), "ayu");
		text_copy(cmd.agency, sizeof(cmd.agency), "damkar");
		assert_true(bench_do(b, &cmd));
	}
	bench_line(b, "filter state:dispatched");
	bench_line(b, "select 1");
	bench_pass(b, 15000);
	bench_act(b, 1, ACTION_RESOLVE, "budi");
	assert_string_equal(b->app.selected, city_id(2));
	bench_key(b, 'u');
	assert_int_equal(b->app.modal.type, MODAL_RECALL);
	assert_string_equal(b->app.modal.targets[0].incident, city_id(1));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(a_key_that_was_on_its_way_is_not_for_what_moved_under_it),
		BENCH_TEST(who_chooses_anew_is_not_held_up),
		BENCH_TEST(the_history_and_the_board_show_another),
		BENCH_TEST(what_comes_back_is_what_was_seen),
		BENCH_TEST(to_take_back_asks_about_what_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
