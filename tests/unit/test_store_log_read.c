#include "test.h"

#include "log_test.h"

static void test_masked(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_row(1, FIRE, 1);
	struct seen seen = {.masked = true};

	row.opens = true;
	row.masked = "{}";
	row.masked_len = 2;
	assert_true(append(log, &row, NULL));
	row = make_row(2, FIRE, 1);
	row.masked = "{\"phone\":\"+62 ***\"}";
	assert_true(append(log, &row, NULL));
	put(log, 3, FIRE, 1, ' ');
	assert_int_equal(log_read(log, 0, 1, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{}");
	assert_int_equal(log_read(log, 1, 2, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{\"phone\":\"+62 ***\"}");
	assert_int_equal(log_read_open(log, NULL, 0, 1, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{}");
	seen.masked = false;
	assert_int_equal(log_read_open(log, NULL, 0, 1, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{\"phone\":\"+62 271\"}");
	seen.masked = true;
	/* Nothing to hide: the body serves as both. */
	assert_int_equal(log_read(log, 2, 3, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.last, "{\"phone\":\"+62 271\"}");
	log_close(log);
}

static void test_read_windows(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct seen seen = {.stop_at = 2};

	for (int64_t seq = 1; seq <= 10; seq++) {
		put(log, seq, seq % 2 == 0 ? FIRE : FLOOD, seq % 2 == 0 ? 1 : 2,
			seq <= 2 ? 'o' : ' ');
	}
	assert_int_equal(log_read(log, 3, 8, 99, on_event, &seen, NULL), 2);
	assert_int_equal(seen.seqs[1], 5);
	seen = (struct seen){0};
	assert_int_equal(log_read(log, 3, 8, 3, on_event, &seen, NULL), 3);
	assert_int_equal(seen.seqs[2], 6);
	assert_int_equal(log_read(log, 10, 99, 3, on_event, &seen, NULL), 0);
	seen = (struct seen){0};
	assert_int_equal(log_read_incident(log, FIRE, on_event, &seen, NULL), 5);
	assert_int_equal(seen.seqs[0], 2);
	assert_int_equal(seen.seqs[4], 10);
	assert_int_equal(log_read_incident(log, CRASH, on_event, &seen, NULL), 0);
	log_close(log);
}

static void test_read_open(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct seen seen = {0};

	put(log, 1, FIRE, 1, 'o');
	put(log, 2, FLOOD, 2, 'o');
	put(log, 3, FIRE, 1, ' ');
	put(log, 4, "", 0, ' ');
	put(log, 5, FLOOD, 2, 'e');
	put(log, 6, FLOOD, 2, ' ');
	put(log, 7, FIRE, 1, 'e');
	put(log, 8, CRASH, 3, 'o');
	/* At 4 both were open: FLOOD ends later. CRASH is not there yet. */
	assert_int_equal(log_read_open(log, NULL, 0, 4, 99, on_event, &seen, NULL), 3);
	assert_int_equal(seen.seqs[1], 2);
	assert_int_equal(seen.seqs[2], 3);
	/* At 6 only FIRE. */
	seen = (struct seen){0};
	assert_int_equal(log_read_open(log, NULL, 0, 6, 99, on_event, &seen, NULL), 2);
	assert_int_equal(seen.seqs[0], 1);
	assert_int_equal(seen.seqs[1], 3);
	/* In windows. */
	seen = (struct seen){0};
	assert_int_equal(log_read_open(log, NULL, 0, 6, 1, on_event, &seen, NULL), 1);
	assert_int_equal(log_read_open(log, NULL, 1, 6, 1, on_event, &seen, NULL), 1);
	assert_int_equal(log_read_open(log, NULL, 3, 6, 1, on_event, &seen, NULL), 0);
	assert_int_equal(seen.seqs[1], 3);
	/* Now only CRASH; FLOOD again once it is reopened. */
	seen = (struct seen){0};
	assert_int_equal(log_read_open(log, NULL, 0, 8, 99, on_event, &seen, NULL), 1);
	assert_int_equal(seen.seqs[0], 8);
	put(log, 9, FLOOD, 2, 'o');
	assert_int_equal(log_read_open(log, NULL, 0, 9, 99, on_event, &seen, NULL), 5);
	log_close(log);
}

static void test_find(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_row(1, FIRE, 31);
	char incident[UUID_SIZE];

	row.alarm = CRASH;
	row.opens = true;
	assert_true(append(log, &row, NULL));
	assert_int_equal(log_find_alarm(log, CRASH, incident, NULL), 1);
	assert_string_equal(incident, FIRE);
	assert_int_equal(log_find_number(log, 31, incident, NULL), 1);
	assert_string_equal(incident, FIRE);
	assert_int_equal(log_find_number(log, 30, incident, NULL), 0);
	log_close(log);
}

static void test_audience_is_read(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_personal(1);
	struct seen seen = {0};

	assert_true(append(log, &row, NULL));
	put(log, 2, "", 0, ' ');
	assert_int_equal(log_read(log, 0, 1, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.audience, "damkar +psc119");
	assert_int_equal(log_read(log, 1, 2, 9, on_event, &seen, NULL), 1);
	assert_string_equal(seen.audience, "");
	log_close(log);
}

static void ask(struct log_store *log, int64_t seq, const char *incident, const char *agency) {
	struct log_row row = make_row(seq, incident, 0);

	row.asks = agency;
	assert_true(append(log, &row, NULL));
}

static void test_what_an_agency_was_asked_to(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_incident inc;
	struct seen seen = {0};

	put(log, 1, FIRE, 1, 'o');
	put(log, 2, FLOOD, 2, 'o');
	ask(log, 3, FIRE, "damkar");
	ask(log, 4, FLOOD, "psc119");
	ask(log, 5, FIRE, "damkar");
	put(log, 6, FIRE, 1, 'e');
	assert_int_equal(log_get_sent(log, "damkar", FIRE, NULL, NULL), 3);
	assert_int_equal(log_get_sent(log, "damkar", FLOOD, NULL, NULL), 0);
	assert_int_equal(log_get_incident(log, FIRE, &inc, NULL), 1);
	assert_int_equal(inc.first_seq, 1);
	assert_int_equal(inc.last_seq, 6);
	assert_int_equal(inc.ended_seq, 6);
	assert_int_equal(inc.number, 1);
	assert_int_equal(log_get_incident(log, CRASH, &inc, NULL), 0);
	/* Open and asked at 5: the whole of it. */
	assert_int_equal(log_read_open(log, "damkar", 0, 5, 9, on_event, &seen, NULL), 3);
	assert_int_equal(seen.seqs[0], 1);
	assert_int_equal(seen.seqs[2], 5);
	/* Not asked yet at 2, over at 6. */
	assert_int_equal(log_read_open(log, "damkar", 0, 2, 9, on_event, &seen, NULL), 0);
	assert_int_equal(log_read_open(log, "damkar", 0, 6, 9, on_event, &seen, NULL), 0);
	assert_int_equal(log_read_open(log, "psc119", 0, 6, 9, on_event, &seen, NULL), 2);
	assert_int_equal(log_read_open(log, "pmi", 0, 6, 9, on_event, &seen, NULL), 0);
	log_close(log);
}

static void test_what_happened_before_an_agency_was_asked(void **state) {
	struct test_dir *dir = *state;
	struct log_store *log = open_log(dir);
	struct log_row row = make_row(5, FLOOD, 0);
	struct seen seen = {0};
	char incident[UUID_SIZE] = "";

	put(log, 1, FIRE, 1, 'o');
	put(log, 2, FLOOD, 2, 'o');
	put(log, 3, FIRE, 1, 0);
	ask(log, 4, FIRE, "damkar");
	row.asks = "damkar";
	row.asks_caller = true;
	assert_true(append(log, &row, NULL));
	ask(log, 6, FIRE, "damkar");
	assert_int_equal(log_next_sent(log, "damkar", 0, 6, incident, NULL), 4);
	assert_string_equal(incident, FIRE);
	assert_int_equal(log_next_sent(log, "damkar", 4, 6, incident, NULL), 5);
	assert_string_equal(incident, FLOOD);
	/* The second time is not the first. */
	assert_int_equal(log_next_sent(log, "damkar", 5, 6, incident, NULL), 0);
	assert_int_equal(log_next_sent(log, "damkar", 0, 3, incident, NULL), 0);
	assert_int_equal(log_next_sent(log, "pmi", 0, 6, incident, NULL), 0);
	assert_int_equal(log_read_past(log, "damkar", FIRE, 0, 3, 9, on_event, &seen, NULL), 2);
	assert_int_equal(seen.seqs[1], 3);
	assert_false(seen.caller);
	assert_int_equal(log_read_past(log, "damkar", FIRE, 1, 3, 9, on_event, &seen, NULL), 1);
	assert_int_equal(log_read_past(log, "damkar", FLOOD, 0, 4, 9, on_event, &seen, NULL), 1);
	assert_true(seen.caller);
	log_close(log);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_masked),
		TEST(test_read_windows),
		TEST(test_read_open),
		TEST(test_find),
		TEST(test_audience_is_read),
		TEST(test_what_an_agency_was_asked_to),
		TEST(test_what_happened_before_an_agency_was_asked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
