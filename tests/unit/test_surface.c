#include "test.h"

#include <string.h>

#include <siaga/ui/surface.h>

static void assert_dump(const struct surface *s, const char *expected) {
	struct buf out = {0};

	surface_dump(s, &out, false);
	assert_string_equal(out.data, expected);
	buf_finish(&out);
}

static void test_text_is_clipped(void **state) {
	struct surface s;

	UNUSED(state);
	surface_init(&s, 8, 2);
	assert_int_equal(surface_text(&s, 0, 0, 8, UI_TEXT, "12345678"), 8);
	assert_int_equal(surface_text(&s, 0, 1, 4, UI_TEXT, "12345678"), 4);
	assert_dump(&s, "12345678\n123…\n");
	assert_int_equal(surface_text(&s, 0, 1, 0, UI_TEXT, "x"), 0);
	assert_int_equal(surface_text(&s, 0, 5, 8, UI_TEXT, "x"), 0);
	surface_finish(&s);
}

static void test_text_never_leaves_the_surface(void **state) {
	struct surface s;

	UNUSED(state);
	surface_init(&s, 5, 1);
	(void)surface_text(&s, -2, 0, 20, UI_TEXT, "abcdefghij");
	assert_dump(&s, "cdef…\n");
	surface_clear(&s);
	(void)surface_text(&s, 4, 0, 20, UI_TEXT, "火災");
	assert_dump(&s, "    …\n");
	surface_finish(&s);
}

static void test_wide_glyphs_stay_whole(void **state) {
	struct surface s;

	UNUSED(state);
	surface_init(&s, 6, 1);
	assert_int_equal(surface_text(&s, 0, 0, 6, UI_TEXT, "火災x"), 5);
	assert_int_equal(surface_cell(&s, 1, 0)->glyph[0], 0);
	(void)surface_text(&s, 1, 0, 1, UI_TEXT, "a");
	assert_dump(&s, " a災x\n");
	(void)surface_text(&s, 2, 0, 1, UI_TEXT, "b");
	assert_dump(&s, " ab x\n");
	assert_int_equal(surface_text(&s, 0, 0, 4, UI_TEXT, "火災報"), 3);
	surface_finish(&s);
}

static void test_combining_marks_join_their_base(void **state) {
	struct surface s;

	UNUSED(state);
	surface_init(&s, 4, 1);
	assert_int_equal(surface_text(&s, 0, 0, 4, UI_TEXT, "e\xcc\x81x"), 2);
	assert_int_equal(surface_cell(&s, 0, 0)->glyph[1], 0x301);
	assert_int_equal(surface_cell(&s, 1, 0)->glyph[0], 'x');
	surface_finish(&s);
}

static void test_box_and_roles(void **state) {
	struct surface s;
	struct buf out = {0};

	UNUSED(state);
	surface_init(&s, 9, 3);
	s.ascii = true;
	surface_box(&s, (struct rect){0, 0, 9, 3}, UI_MUTED, "AB", UI_TEXT);
	surface_dump(&s, &out, true);
	assert_string_equal(out.data, "+- AB --+\n|       |\n+-------+\n"
				      "mm....mmm\nm.......m\nmmmmmmmmm\n");
	surface_mark(&s, (struct rect){0, 1, 99, 1}, UI_SELECTION, true);
	assert_true(surface_cell(&s, 8, 1)->reverse);
	buf_finish(&out);
	surface_finish(&s);
}

static void test_a_picture_has_two_pixels_in_a_cell(void **state) {
	static const uint8_t rgb[] = {
		255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 9, 8, 7, 1, 2, 3};
	struct surface s;
	struct buf out = {0};

	UNUSED(state);
	surface_init(&s, 4, 3);
	surface_picture(&s, (struct rect){1, 0, 2, 2}, rgb, 2, 3);
	assert_int_equal(surface_cell(&s, 1, 0)->fg, 0xff0000);
	assert_int_equal(surface_cell(&s, 1, 0)->bg, 0x0000ff);
	assert_int_equal(surface_cell(&s, 2, 0)->bg, 0xffffff);
	/* Where there is no lower pixel the upper one fills the cell. */
	assert_int_equal(surface_cell(&s, 1, 1)->fg, 0x090807);
	assert_int_equal(surface_cell(&s, 1, 1)->bg, 0x090807);
	surface_dump(&s, &out, true);
	assert_string_equal(out.data, " ▀▀\n ▀▀\n\n.%%\n.%%\n\n");
	/* Text over it is text again. */
	surface_text(&s, 1, 0, 1, UI_P1, "x");
	assert_false(surface_cell(&s, 1, 0)->picture);
	buf_finish(&out);
	surface_finish(&s);
}

static void test_an_ascii_picture_is_as_bright_as_its_pixels(void **state) {
	static const uint8_t rgb[] = {0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255};
	struct surface s;

	UNUSED(state);
	surface_init(&s, 2, 1);
	s.ascii = true;
	surface_picture(&s, (struct rect){0, 0, 2, 1}, rgb, 2, 2);
	assert_dump(&s, " @\n");
	assert_int_equal(surface_cell(&s, 1, 0)->fg, 0xffffff);
	assert_int_equal(surface_cell(&s, 1, 0)->bg, 0);
	assert_true(surface_grey(0x000000, 0xffffff) != ' ');
	assert_true(surface_grey(0x00ff00, 0x00ff00) != surface_grey(0x0000ff, 0x0000ff));
	surface_finish(&s);
}

static void test_role_names(void **state) {
	UNUSED(state);
	for (int i = 0; i < UI_ROLE_COUNT; i++) {
		enum ui_role role = UI_ROLE_COUNT;

		assert_true(ui_role_find(ui_role_name((enum ui_role)i), &role));
		assert_int_equal(role, i);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_clipped),
		cmocka_unit_test(test_text_never_leaves_the_surface),
		cmocka_unit_test(test_wide_glyphs_stay_whole),
		cmocka_unit_test(test_combining_marks_join_their_base),
		cmocka_unit_test(test_box_and_roles),
		cmocka_unit_test(test_a_picture_has_two_pixels_in_a_cell),
		cmocka_unit_test(test_an_ascii_picture_is_as_bright_as_its_pixels),
		cmocka_unit_test(test_role_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
