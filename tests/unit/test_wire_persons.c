#include "test.h"

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
	persons_spare(persons, "operator damkar");
	persons_add_token(persons, "damkar-prastowo");
	persons_add_token(persons, "operator3");
	persons_add_token(persons, "ayu");
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
		cmocka_unit_test(numbers_to_ring_are_nowhere),
		cmocka_unit_test(who_worked_is_nowhere_and_agencies_stay),
		cmocka_unit_test(strange_words_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
