#include "bench.h"

#include <string.h>

#include <siaga/base/text.h>
#include <siaga/ui/plain.h>

static void assert_clean_lines(const struct buf *out, size_t lines) {
	size_t count = 0;
	assert_non_null(out->data);
	for (size_t i = 0; i < out->len; i++) {
		unsigned char byte = (unsigned char)out->data[i];
		count += byte == '\n';
		assert_true(byte == '\n' || (byte >= ' ' && byte != 0x7f));
		assert_false(byte == 0xc2 && (unsigned char)out->data[i + 1] < 0xa0);
	}
	assert_int_equal(count, lines);
	assert_int_equal(out->data[out->len - 1], '\n');
}

static void what_slipped_through_makes_no_line_and_no_control(void **state) {
	struct bench *b = *state;
	struct buf out = {0};
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	struct incident *inc = bench_incident(b, 1);
	/* As if the gate had let it pass. */
	text_copy(inc->place, sizeof(inc->place),
		"Pasar\x1b[2J\n14:00:00 NEW #9\xc2\x9b"
		"1m\x7f");
	plain_incident(&b->app, inc, "", &out);
	assert_clean_lines(&out, 1);
	assert_non_null(strstr(out.data, "Pasar?[2J?14:00:00 NEW #9"));
	buf_clear(&out);
	plain_say(&b->app, &out, "%s", inc->place);
	plain_warn(&b->app, &out, "%s", inc->place);
	assert_clean_lines(&out, 2);
	buf_finish(&out);
}

/* One line for an event of every type, whatever it does not say. */
static void every_event_is_a_line(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		struct buf out = {0};
		struct event event = {.type = (enum event_type)type,
			.number = 1,
			.at_ms = bench_wall(b),
			.until_ms = type % 2 == 0 ? 0 : bench_wall(b),
			.has = HAS_KIND | HAS_PRIORITY | HAS_AT | HAS_PLACE | HAS_WITHDRAWN};
		text_copy(event.incident, sizeof(event.incident), bench_incident(b, 1)->id);
		text_copy(event.other, sizeof(event.other), bench_incident(b, 1)->id);
		text_copy(event.agency, sizeof(event.agency), "damkar");
		text_copy(event.by.name, sizeof(event.by.name), "ayu");
		plain_event(&b->app, &event, &out);
		assert_clean_lines(&out, 1);
		assert_non_null(strstr(out.data, "#1"));
		/* Of an incident that is not known here, too. */
		buf_clear(&out);
		text_copy(event.incident, sizeof(event.incident), FEED);
		plain_event(&b->app, &event, &out);
		assert_clean_lines(&out, 1);
		buf_finish(&out);
	}
}

static void a_desk_is_not_told_of_others(void **state) {
	struct bench *b = *state;
	struct buf out = {0};
	struct event event = {.type = EVENT_INCIDENT_NOTED, .number = 1};
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	b->app.role = ROLE_AGENCY;
	text_copy(b->app.agency, sizeof(b->app.agency), "damkar");
	for (int type = 0; type < EVENT_CAMERA_STATUS; type++) {
		event.type = (enum event_type)type;
		text_copy(event.incident, sizeof(event.incident), bench_incident(b, 1)->id);
		plain_event(&b->app, &event, &out);
		text_copy(event.incident, sizeof(event.incident), FEED);
		plain_event(&b->app, &event, &out);
	}
	assert_int_equal(out.len, 0);
	buf_finish(&out);
}

static void a_choice_is_a_letter_or_an_unmistakable_word(void **state) {
	struct bench *b = *state;
	static const struct {
		const char *word;
		uint32_t key;
	} words[] = {{"c", 'c'}, {"callback", 'b'}, {"Call Back", 'b'}, {"ca", 0}, {"cam", 'c'},
		{"second_report", 's'}, {"", 0}, {"y", 0}, {"camera ", 0}, {"z", 0}};
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_FIRE, PRIORITY_P1);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_apply(b, (struct app_event){.type = APP_LINE, .text = "verify 1"});
	assert_int_equal(b->app.modal.type, MODAL_METHOD);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		assert_int_equal(plain_choice(&b->app, words[i].word), words[i].key);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(what_slipped_through_makes_no_line_and_no_control),
		BENCH_TEST(every_event_is_a_line),
		BENCH_TEST(a_desk_is_not_told_of_others),
		BENCH_TEST(a_choice_is_a_letter_or_an_unmistakable_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
