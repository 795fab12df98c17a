#include "test.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/wire/persons.h>

static struct persons *city(void) {
	struct persons *persons = persons_create();
	persons_add(persons, "Wiryo Sudarmo");
	persons_add(persons, "Bu Élan");
	persons_add(persons, "Ratna Ma'ruf");
	persons_add(persons, "Pengguna 2207");
	persons_add(persons, "Bo");
	persons_add(persons, "S***");
	persons_add(persons, "");
	persons_add_phone(persons, "+62 800-555-0151");
	persons_add_phone(persons, "ext. 55-12");
	persons_add_phone(persons, "0812-3456-7890");
	persons_add(persons, "Siti Nur Aini");
	persons_add(persons, "Ma\xca\xbcmun D\xe2\x80\x99Souza");
	persons_spare(persons, "operator damkar psc119");
	persons_add_token(persons, "damkar-prastowo");
	persons_add_token(persons, "operator3");
	persons_add_token(persons, "psc119-prastowo");
	persons_add_token(persons, "ayu");
	persons_add_token(persons, "dewi-lestari");
	return persons;
}

static void check(const char *text, const char *want) {
	struct persons *persons = city();
	struct buf out = {0};
	persons_mask(persons, text, &out);
	assert_string_equal(out.data, want);
	buf_finish(&out);
	persons_destroy(persons);
}

static void callers_are_nowhere_in_a_text(void **state) {
	UNUSED(state);
	check("rumah WIRYO, sebelah Sudarmo", "rumah ***, sebelah ***");
	check("\xe2\x80\x9cWiryo\xe2\x80\x9d\xe2\x80\xa6 \xe2\x80\x98wiryo\xe2\x80\x99 'wiryo' "
	      "(Wiryo)",
		"\xe2\x80\x9c***\xe2\x80\x9d\xe2\x80\xa6 \xe2\x80\x98***\xe2\x80\x99 '***' (***)");
	check("wiryo's, ÉLAN, e\xcc\x81lan", "***'s, ***, ***");
	check("Elan, ELAN", "***, ***");
	check("ma'ruf dan Ratna", "*** dan ***");
	check("@wiryosudarmo di instagram, wiryo_s, wiryo77", "@*** di instagram, ***_s, ***77");
	check("Wiryono tetangga Élanda, bu guru", "Wiryono tetangga Élanda, bu guru");
	check("nomor 2207, bukan 2208", "nomor ***, bukan 2208");
	check("si Bo, bos", "si ***, bos");
	check("s dan S", "s dan S");
	check("", "");
}

static void a_name_is_known_however_it_is_written(void **state) {
	UNUSED(state);
	check("Maruf, Ma\xe2\x80\x99ruf, ma\xca\xbcruf, MA`RUF, Ma\xc2\xb4ruf, Ma\xe2\x80\x98ruf's",
		"***, ***, ***, ***, ***, ***'s");
	check("Nuraini, NURAINI, sitinur, sitinuraini, nur-aini, Nur'aini\xe2\x80\x99s",
		"***, ***, ***, ***, ***-***, ***\xe2\x80\x99s");
	check("Souza, de Souza, dsouza, d'souza, Mamun, Ma'mun", "***, de ***, ***, ***, ***, ***");
	check("Meja Dewilestari", "Meja ***");
	check("siti'nya, nurul, ain, d dan ma", "***'nya, nurul, ain, d dan ma");
}

/* What is no name of anybody, however long it goes on. */
static void many_apostrophes_do_no_harm(void **state) {
	UNUSED(state);
	check("a'b'c'd'e'f'g'h'ma'ruf'i'j'k", "a'b'c'd'e'f'g'h'***'i'j'k");
	check("'''\xca\xbc\xca\xbc''ruf'''", "'''\xca\xbc\xca\xbc''***'''");
}

static void a_number_is_known_however_it_is_split(void **state) {
	static const char *const between[] = {",", ":", ", ", "    ", "_", "\xc2\xb7", "*", "~",
		"|", "+", "'", "][", "\xe2\x80\xa2", "- -", "; ", "=", "\"", "\xe2\x80\x94"};
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(between); i++) {
		static const char *const codes[] = {"0", "62", "0062", ""};
		for (size_t j = 0; j < ARRAY_LEN(codes); j++) {
			char text[200];
			const char *by = between[i];
			snprintf(text, sizeof(text), "hub %s812%s3456%s7890 ya", codes[j], by, by);
			check(text, "hub *** ya");
			snprintf(text, sizeof(text), "hub 62%s812%s3456%s7890 ya", by, by, by);
			check(text, "hub *** ya");
		}
	}
	check("12, 0812,3456,7890, 13", "12, ***, 13");
	check("12 0812,3456,7890", "***");
	check("\xef\xbc\x90\xef\xbc\x98\xef\xbc\x91\xef\xbc\x92 3456 7890", "***");
	check("\xd9\xa0\xd9\xa8\xd9\xa1\xd9\xa2,3456,7890", "***");
	check("\xd9\xa0\xd9\xa8\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5", "***");
	check("5,5,1,2 dan 55:13", "*** dan 55:13");
	check("0812, lalu 3456, lalu 7890", "0812, lalu 3456, lalu 7890");
	check("0812,3456,7891", "0812,3456,7891");
}

static void numbers_to_ring_are_nowhere(void **state) {
	UNUSED(state);
	check("telp +62 800-555-0199!", "telp +***!");
	check("0812\xe2\x80\x91"
	      "5550\xe2\x80\x91"
	      "1234 atau 0812\xc2\xa0"
	      "5550\xc2\xa0"
	      "1234",
		"*** atau ***");
	check("sambungan 5512 bukan 5513", "sambungan *** bukan 5513");
}

static void who_worked_is_nowhere_and_agencies_stay(void **state) {
	UNUSED(state);
	check("Ayu di 119, psc119", "*** di 119, psc119");
	check("Ayu: damkar meluncur, kata Prastowo dan operator lain; kayu terbakar",
		"***: damkar meluncur, kata *** dan operator lain; kayu terbakar");
}

/* Longer than any name, and letters that fold to more. */
static void strange_words_do_no_harm(void **state) {
	char text[1200];
	struct buf out = {0};
	struct persons *persons = city();
	UNUSED(state);
	memset(text, 'w', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	persons_add(persons, text);
	persons_mask(persons, text, &out);
	assert_string_equal(out.data, text);
	for (size_t i = 0; i + 2 < sizeof(text); i += 2) {
		memcpy(text + i, "\xce\x90", 3);
	}
	persons_add(persons, text);
	persons_mask(persons, text, &out);
	text[120] = '\0';
	persons_add(persons, text);
	persons_mask(persons, text, &out);
	assert_string_equal(out.data, "***");
	persons_mask(persons, "wiryo\xff\xc3", &out);
	assert_string_equal(out.data, "***\xff\xc3");
	buf_finish(&out);
	persons_destroy(persons);
	persons_destroy(NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_are_nowhere_in_a_text),
		cmocka_unit_test(a_name_is_known_however_it_is_written),
		cmocka_unit_test(many_apostrophes_do_no_harm),
		cmocka_unit_test(a_number_is_known_however_it_is_split),
		cmocka_unit_test(numbers_to_ring_are_nowhere),
		cmocka_unit_test(who_worked_is_nowhere_and_agencies_stay),
		cmocka_unit_test(strange_words_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
