#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/app/key.h>
#include <siaga/ui/input.h>

struct typed {
	struct input in;
	int64_t now_ms;
};

static int begin(void **state) {
	struct typed *t = mem_alloc(1, sizeof(*t));
	input_init(&t->in, true);
	t->now_ms = 1000;
	*state = t;
	return 0;
}

static int end(void **state) {
	struct typed *t = *state;
	input_finish(&t->in);
	free(t);
	return 0;
}

static void type(struct typed *t, const char *bytes) {
	input_feed(&t->in, bytes, strlen(bytes), t->now_ms);
}

static void assert_key(struct typed *t, uint32_t key) {
	struct input_event event = {0};
	assert_true(input_next(&t->in, t->now_ms, &event));
	assert_int_equal(event.type, INPUT_KEY);
	assert_int_equal(event.key, key);
}

static void assert_nothing(struct typed *t) {
	struct input_event event;
	assert_false(input_next(&t->in, t->now_ms, &event));
}

static void test_keys_are_keys(void **state) {
	struct typed *t = *state;
	type(t, "a\r\n\t\x7f\x08\x03\xc3\xa9\xe6\x97\xa5\xf0\x9f\x94\xa5");
	assert_key(t, 'a');
	assert_key(t, KEY_CODE_ENTER);
	assert_key(t, KEY_CODE_ENTER);
	assert_key(t, KEY_CODE_TAB);
	assert_key(t, KEY_CODE_BACKSPACE);
	assert_key(t, KEY_CODE_BACKSPACE);
	assert_key(t, KEY_CODE_CTRL('c'));
	assert_key(t, 0xe9);
	assert_key(t, 0x65e5);
	assert_key(t, 0x1f525);
	assert_nothing(t);
}

static void test_every_terminal_has_its_arrows_and_function_keys(void **state) {
	struct typed *t = *state;
	type(t, "\033OA\033[A\033[1~\033OF\033OQ\033[12~\033[[B\033[15~\033[Z\033[6~");
	assert_key(t, KEY_CODE_UP);
	assert_key(t, KEY_CODE_UP);
	assert_key(t, KEY_CODE_HOME);
	assert_key(t, KEY_CODE_END);
	assert_key(t, KEY_CODE_F0 + 2);
	assert_key(t, KEY_CODE_F0 + 2);
	assert_key(t, KEY_CODE_F0 + 2);
	assert_key(t, KEY_CODE_F0 + 5);
	assert_key(t, KEY_CODE_BACK_TAB);
	assert_key(t, KEY_CODE_PAGE_DOWN);
	assert_nothing(t);
}

static void test_a_terminal_may_have_keys_of_its_own(void **state) {
	struct typed *t = *state;
	input_define(&t->in, "\033[25~", KEY_CODE_F0 + 12);
	input_define(&t->in, "\033[A", KEY_CODE_DOWN);
	input_define(&t->in, "x", KEY_CODE_UP);
	input_define(&t->in, "\033[longer than any sequence", KEY_CODE_UP);
	type(t, "\033[25~\033[Ax");
	assert_key(t, KEY_CODE_F0 + 12);
	assert_key(t, KEY_CODE_DOWN);
	assert_key(t, 'x');
}

static void test_a_table_of_keys_that_is_full_takes_no_more(void **state) {
	struct typed *t = *state;
	char sequence[] = "\033[AAA~";
	for (int i = 0; i < INPUT_KEYS_MAX + 9; i++) {
		sequence[3] = (char)('A' + i / 26);
		sequence[4] = (char)('A' + i % 26);
		input_define(&t->in, sequence, KEY_CODE_UP);
	}
	assert_int_equal(t->in.keys_len, INPUT_KEYS_MAX);
	type(t, "\033[B");
	assert_key(t, KEY_CODE_DOWN);
}

static void test_escape_alone_is_a_key_after_a_moment(void **state) {
	struct typed *t = *state;
	type(t, "\033");
	assert_nothing(t);
	assert_int_equal(input_wait_ms(&t->in, t->now_ms), INPUT_ESC_DELAY_MS);
	t->now_ms += INPUT_ESC_DELAY_MS;
	assert_int_equal(input_wait_ms(&t->in, t->now_ms), 0);
	assert_key(t, KEY_CODE_ESCAPE);
	type(t, "\033\033x");
	assert_key(t, KEY_CODE_ESCAPE);
	assert_key(t, KEY_CODE_ESCAPE);
	assert_key(t, 'x');
	type(t, "\033O");
	assert_nothing(t);
	t->now_ms += INPUT_ESC_DELAY_MS;
	assert_key(t, KEY_CODE_ESCAPE);
	assert_key(t, 'O');
}

/* A dispatch is confirmed by a letter: no sequence may end in one that is taken for it. */
static void test_what_nobody_knows_is_swallowed_whole(void **state) {
	static const char *const sequences[] = {
		"\033[1;5y",
		"\033[?1;2c",
		"\033[99~",
		"\033[I",
		"\033[>4;2y",
		"\033Oy",
		"\033[ y",
		"\033[1;1\033[y",
		"\033[200$y",
		"\xff",
		"\xc3(",
		"\xe6\x97(",
		"\xed\xa0\x80",
		"\xc2\x9b",
		"\033[<0;1;1x",
		"\033[<0;1M",
		"\033[M !\x20",
	};
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
		struct typed *t = *state;
		struct input_event event;
		type(t, sequences[i]);
		while (input_next(&t->in, t->now_ms, &event)) {
			assert_int_equal(event.type, INPUT_KEY);
			assert_int_equal(event.key, '(');
		}
		type(t, "k");
		assert_key(t, 'k');
	}
	struct typed *t = *state;
	char endless[100];
	memset(endless, '1', sizeof(endless));
	memcpy(endless, "\033[", 2);
	input_feed(&t->in, endless, sizeof(endless), t->now_ms);
	assert_nothing(t);
	t->now_ms += 1000; /* What comes at once might be its end. */
	type(t, "k");
	assert_key(t, 'k');
}

static void test_a_slow_line_parts_a_sequence_anywhere(void **state) {
	static const char whole[] = "\033[15~";
	struct typed *t = *state;
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		assert_nothing(t);
		input_feed(&t->in, whole + i, 1, t->now_ms);
		t->now_ms += i == 0 ? 1 : 100;
	}
	assert_key(t, KEY_CODE_F0 + 5);
	type(t, "\xe6");
	assert_nothing(t);
	type(t, "\x97\xa5");
	assert_key(t, 0x65e5);
}

static void test_the_rest_after_a_late_escape_is_no_text(void **state) {
	struct typed *t = *state;
	type(t, "\033");
	t->now_ms += INPUT_ESC_DELAY_MS;
	assert_key(t, KEY_CODE_ESCAPE);
	t->now_ms += 200;
	type(t, "[?2026;0$y");
	struct input_event event;
	assert_true(input_next(&t->in, t->now_ms, &event));
	assert_int_equal(event.type, INPUT_ANSWER);
	type(t, "\033");
	t->now_ms += INPUT_ESC_DELAY_MS;
	assert_key(t, KEY_CODE_ESCAPE);
	t->now_ms += 5000;
	type(t, "[y");
	assert_key(t, '[');
	assert_key(t, 'y');
}

static void test_a_sequence_that_never_ends_does_not_eat_the_next_key(void **state) {
	struct typed *t = *state;
	type(t, "\033[12");
	assert_nothing(t);
	t->now_ms += 5000;
	type(t, "k");
	assert_key(t, 'k');
}

static void test_a_paste_is_one_text_and_no_key(void **state) {
	struct typed *t = *state;
	struct input_event event;
	type(t, "a\033[200~y\033OQ\ny\033[20");
	assert_key(t, 'a');
	assert_nothing(t);
	type(t, "1~b");
	assert_true(input_next(&t->in, t->now_ms, &event));
	assert_int_equal(event.type, INPUT_PASTE);
	assert_string_equal(event.paste, "y\xef\xbf\xbdOQ y");
	assert_key(t, 'b');
	type(t, "\033[200~\033[201~");
	assert_true(input_next(&t->in, t->now_ms, &event));
	assert_string_equal(event.paste, "");
}

static void test_a_paste_without_end_is_over_after_silence(void **state) {
	struct typed *t = *state;
	struct input_event event;
	type(t, "\033[200~lost");
	assert_nothing(t);
	t->now_ms += 1500;
	type(t, "k");
	assert_true(input_next(&t->in, t->now_ms, &event));
	assert_string_equal(event.paste, "lost");
	assert_key(t, 'k');
}

/* What is too long to be a sequence types nothing all the same, however a slow line cuts it. */
static void test_no_part_of_an_endless_sequence_is_a_key(void **state) {
	struct typed *t = *state;
	type(t, "\033[");
	for (int i = 0; i < 40; i++) {
		type(t, "123;");
	}
	type(t, "yj");
	assert_key(t, 'j');
	assert_nothing(t);
	type(t, "\033[");
	for (int i = 0; i < 40; i++) {
		type(t, "123;");
		assert_nothing(t);
	}
	type(t, "y");
	assert_nothing(t);
	type(t, "k");
	assert_key(t, 'k');
	/* Its end never came: what is typed later is meant. */
	type(t, "\033[");
	for (int i = 0; i < 40; i++) {
		type(t, "123;");
		assert_nothing(t);
	}
	t->now_ms += 2000;
	type(t, "1");
	assert_key(t, '1');
	assert_nothing(t);
}

static void test_of_a_long_paste_the_beginning_is_kept(void **state) {
	struct typed *t = *state;
	struct input_event event;
	type(t, "\033[200~");
	for (int i = 0; i < 3 * INPUT_PASTE_MAX / 16; i++) {
		type(t, "0123456789abcdef");
		assert_nothing(t);
	}
	type(t, "\033[201~");
	assert_true(input_next(&t->in, t->now_ms, &event));
	assert_int_equal(strlen(event.paste), INPUT_PASTE_MAX);
}

static void test_the_mouse_says_where(void **state) {
	struct typed *t = *state;
	static const struct {
		const char *bytes;
		enum input_button button;
		int col, row;
	} cases[] = {
		{"\033[<0;11;3M", INPUT_PRESS, 10, 2},
		{"\033[<64;1;1M", INPUT_WHEEL_UP, 0, 0},
		{"\033[<69;300;200M", INPUT_WHEEL_DOWN, 299, 199},
		{"\033[M !!", INPUT_PRESS, 0, 0},
		{"\033[M`!\"", INPUT_WHEEL_UP, 0, 1},
	};
	struct input_event event;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		type(t, cases[i].bytes);
		assert_true(input_next(&t->in, t->now_ms, &event));
		assert_int_equal(event.type, INPUT_MOUSE);
		assert_int_equal(event.button, cases[i].button);
		assert_int_equal(event.col, cases[i].col);
		assert_int_equal(event.row, cases[i].row);
	}
	/* Releases, other buttons and movement are nobody's business. */
	type(t, "\033[<0;1;1m\033[<2;1;1M\033[<32;1;1M\033[<0;0;1Mk");
	assert_key(t, 'k');
}

static void test_an_answer_comes_between_keys(void **state) {
	struct typed *t = *state;
	struct input_event event;
	type(t, "a\033[?2026;2$yb");
	assert_key(t, 'a');
	assert_true(input_next(&t->in, t->now_ms, &event));
	assert_int_equal(event.type, INPUT_ANSWER);
	assert_int_equal(event.mode, 2026);
	assert_int_equal(event.value, 2);
	assert_key(t, 'b');
}

static void test_any_bytes_at_all_do_no_harm(void **state) {
	struct typed *t = *state;
	struct input_event event;
	uint32_t seed = 11;
	for (int i = 0; i < 20000; i++) {
		static const char likely[] = "\033\033[[[O?<;;$0123456789~MmyAP";
		char bytes[24];
		size_t len = 1 + (seed >> 8) % sizeof(bytes);
		for (size_t at = 0; at < len; at++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[at] = (seed >> 30) != 0 ? likely[(seed >> 8) % (sizeof(likely) - 1)]
						      : (char)(seed >> 12);
		}
		t->now_ms += (int64_t)((seed >> 16) % 200);
		input_feed(&t->in, bytes, len, t->now_ms);
		while (input_next(&t->in, t->now_ms, &event)) {
			assert_true(event.type != INPUT_KEY || event.key != 0);
			assert_true(
				event.type != INPUT_MOUSE || (event.col >= 0 && event.row >= 0));
			assert_true(event.type != INPUT_PASTE || event.paste != NULL);
		}
		assert_true(t->in.bytes.len < 4096);
	}
}

static void test_bytes_of_another_character_set(void **state) {
	struct typed *t = *state;
	input_finish(&t->in);
	input_init(&t->in, false);
	type(t, "\xe9y");
	assert_key(t, 'y');
	assert_nothing(t);
}

int main(void) {
#define WITH_INPUT(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		WITH_INPUT(test_keys_are_keys),
		WITH_INPUT(test_every_terminal_has_its_arrows_and_function_keys),
		WITH_INPUT(test_a_terminal_may_have_keys_of_its_own),
		WITH_INPUT(test_a_table_of_keys_that_is_full_takes_no_more),
		WITH_INPUT(test_escape_alone_is_a_key_after_a_moment),
		WITH_INPUT(test_what_nobody_knows_is_swallowed_whole),
		WITH_INPUT(test_a_slow_line_parts_a_sequence_anywhere),
		WITH_INPUT(test_the_rest_after_a_late_escape_is_no_text),
		WITH_INPUT(test_a_sequence_that_never_ends_does_not_eat_the_next_key),
		WITH_INPUT(test_a_paste_is_one_text_and_no_key),
		WITH_INPUT(test_a_paste_without_end_is_over_after_silence),
		WITH_INPUT(test_no_part_of_an_endless_sequence_is_a_key),
		WITH_INPUT(test_of_a_long_paste_the_beginning_is_kept),
		WITH_INPUT(test_the_mouse_says_where),
		WITH_INPUT(test_an_answer_comes_between_keys),
		WITH_INPUT(test_any_bytes_at_all_do_no_harm),
		WITH_INPUT(test_bytes_of_another_character_set),
	};
#undef WITH_INPUT

	return cmocka_run_group_tests(tests, NULL, NULL);
}
