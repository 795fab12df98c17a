#include "test.h"

#include <string.h>

#include <siaga/base/macros.h>

#include "../../src/wire/mask.h"

static struct alarm first = {.caller_name = "Wiryo Sudarmo", .caller_phone = "0812"};
static struct alarm others[] = {{.caller_name = "Bu Élan"}, {.caller_name = ""}};
static struct incident both = {.alarms = others, .alarms_len = ARRAY_LEN(others)};

static void check(const char *note, const char *want) {
	struct buf out = {0};
	mask_note(&out, note, &first, &both);
	assert_string_equal(out.data, want);
	buf_finish(&out);
}

static void test_numbers_to_ring_are_gone(void **state) {
	UNUSED(state);
	check("0812-5550-1234", "***");
	check("hub. +62 (812) 5550.1234 segera", "hub. +*** segera");
	check("telp 712345, atau 0271 / 712345!", "telp ***, atau ***!");
	check("a081255501234b", "a***b");
	check("0812_3456_7890, 0812\xc2\xb7"
	      "3456\xc2\xb7"
	      "7890, 0812*3456~7890, [0812] [3456] [7890], 0812'3456+7890",
		"***, ***, ***, [***], ***");
	check("0812\xe2\x80\xa2"
	      "3456|7890, \xef\xbc\x90\xef\xbc\x98\xef\xbc\x91\xef\xbc\x92 3456",
		"***, ***");
	/* As telephones write them, with dashes and blanks that do not break a line. */
	check("0812\xe2\x80\x91"
	      "5550\xe2\x80\x91"
	      "1234, 0812\xc2\xa0"
	      "5550\xc2\xa0"
	      "1234",
		"***, ***");
}

static void test_other_numbers_stay(void **state) {
	UNUSED(state);
	check("pukul 14.30 dua mobil, nomor 17", "pukul 14.30 dua mobil, nomor 17");
	check("12345", "12345");
	check("RT 03 RW 11", "RT 03 RW 11");
	check("5 mobil dan 12 orang 7", "5 mobil dan 12 orang 7");
	check("1234    5678", "1234    5678");
	check("123, 4567", "123, 4567");
	check("14:30:15", "14:30:15");
	check("", "");
	check("-", "-");
	check("12345 ", "12345 ");
}

static void test_names_of_all_who_called_are_gone(void **state) {
	UNUSED(state);
	check("wiryo dan SUDARMO", "*** dan ***");
	check("Wiryo, Élan.", "***, ***.");
	check("Wiryono tetangga Élanda", "Wiryono tetangga Élanda");
	check("wiryo\xe2\x80\x99s", "***\xe2\x80\x99s");
	/* Too short to be of one person only. */
	check("bu guru", "bu guru");
	check("rumah\xc3", "rumah\xc3");
	check("\xe2\x80\x9cWiryo\xe2\x80\x9d 'wiryo' wiryo's",
		"\xe2\x80\x9c***\xe2\x80\x9d '***' ***'s");
}

static void test_without_an_incident(void **state) {
	struct buf out = {0};
	UNUSED(state);
	mask_note(&out, "Wiryo dan Élan", &first, NULL);
	assert_string_equal(out.data, "*** dan Élan");
	mask_note(&out, "lain", &(struct alarm){.caller_name = ""}, NULL);
	assert_string_equal(out.data, "lain");
	buf_finish(&out);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_to_ring_are_gone),
		cmocka_unit_test(test_other_numbers_stay),
		cmocka_unit_test(test_names_of_all_who_called_are_gone),
		cmocka_unit_test(test_without_an_incident),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
