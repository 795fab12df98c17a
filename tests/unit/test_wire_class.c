#include "wire_test.h"

#include <siaga/base/text.h>
#include <siaga/wire/class.h>

#define JOIN                                                                                       \
	"{\"t\":\"join\",\"v\":1,\"name\":\"ayu\",\"position\":\"TMC-1\",\"english\":true,"        \
	"\"run\":\"" ID_A "\",\"has\":false}"
#define TAPE(more, entries)                                                                        \
	"{\"t\":\"tape\",\"made\":2,\"from\":7,\"at_ms\":60000," more                              \
	"\"speed\":400,\"paused\":true,\"watched\":false,\"entries\":[" entries "]}"
#define ACK                                                                                        \
	"{\"at\":1200,\"type\":\"do\",\"command\":{\"id\":\"" ID_B "\",\"incident\":\"" ID_C       \
	"\",\"if_rev\":1,\"action\":\"acknowledge\"}}"
#define SAY "{\"at\":1300,\"type\":\"train\",\"train\":{\"ask\":\"say\",\"text\":\"Halo\"}}"

static void get_trainee(struct trainee_frame *frame, const char *json) {
	struct err err = {""};
	if (!wire_get_trainee_frame(frame, json, strlen(json), &err)) {
		fail_msg("%s: %s", err.text, json);
	}
}

static void get_class(struct class_frame *frame, const struct buf *json) {
	struct err err = {""};
	if (!wire_get_class_frame(frame, json->data, json->len, &err)) {
		fail_msg("%s: %s", err.text, json->data);
	}
}

static void who_joins_says_who_they_are(void **state) {
	struct trainee_frame join;
	struct buf out = {0};
	UNUSED(state);
	get_trainee(&join, JOIN);
	assert_int_equal(join.type, TRAINEE_JOIN);
	assert_int_equal(join.version, CLASS_VERSION);
	assert_string_equal(join.name, "ayu");
	assert_string_equal(join.position, "TMC-1");
	assert_string_equal(join.run, ID_A);
	assert_true(join.english);
	assert_false(join.has);
	wire_put_join(&out, &join);
	assert_string_equal(out.data, JOIN);
	trainee_frame_finish(&join);
	buf_finish(&out);
}

static void a_tape_tells_what_entered(void **state) {
	static const char text[] = TAPE("\"head\":12,\"points\":40,",
		"{\"at\":1000,\"type\":\"key\"},{\"at\":1000,\"type\":\"select\",\"word\":\"" ID_C
		"\"}," ACK ",{\"at\":1200,\"type\":\"command\",\"word\":\"acknowledge\"}," SAY
		",{\"at\":60000,\"type\":\"select\"}");
	struct trainee_frame tape;
	struct buf out = {0};
	UNUSED(state);
	get_trainee(&tape, text);
	assert_int_equal(tape.type, TRAINEE_TAPE);
	assert_int_equal(tape.made, 2);
	assert_int_equal(tape.from, 7);
	assert_int_equal(tape.speed_percent, 400);
	assert_true(tape.paused && tape.whole);
	assert_int_equal(tape.head, 12);
	assert_int_equal(tape.points, 40);
	assert_int_equal(tape.entries_len, 6);
	assert_string_equal(tape.entries[1].word, ID_C);
	assert_int_equal(tape.entries[2].command->action, ACTION_ACKNOWLEDGE);
	assert_int_equal(tape.entries[2].command->if_rev, 1);
	assert_string_equal(tape.entries[3].word, "acknowledge");
	assert_int_equal(tape.entries[4].train->ask, TRAIN_SAY);
	assert_string_equal(tape.entries[4].train->text, "Halo");
	assert_string_equal(tape.entries[5].word, "");
	wire_put_tape(&out, &tape);
	for (size_t i = 0; i < tape.entries_len; i++) {
		buf_add_str(&out, i > 0 ? "," : "");
		wire_put_tape_entry(&out, &tape.entries[i]);
	}
	buf_add_str(&out, CLASS_TAPE_TAIL);
	assert_string_equal(out.data, text);
	trainee_frame_finish(&tape);
	/* Without the head nothing is said of what came of it. */
	get_trainee(&tape, TAPE("", ""));
	assert_false(tape.whole);
	trainee_frame_finish(&tape);
	buf_finish(&out);
}

static void what_is_wrong_is_named(void **state) {
	static const struct hostile frames[] = {
		{"{}", "t: missing"},
		{"{\"t\":\"follow\"}", "t: unknown value"},
		{"{\"t\":\"join\",\"v\":1,\"name\":\"\",\"english\":true,\"run\":\"" ID_A
		 "\",\"has\":true}",
			"name: "},
		{"{\"t\":\"join\",\"v\":1,\"name\":\"a\",\"english\":1,\"run\":\"" ID_A
		 "\",\"has\":true}",
			"english: "},
		{"{\"t\":\"join\",\"v\":1,\"name\":\"a\",\"english\":true,\"run\":\"x\",\"has\":"
		 "true}",
			"run: "},
		{TAPE("\"head\":1,", ""), "points: missing"},
		{TAPE("", "1"), "entries[0]: not an object"},
		{TAPE("", "{\"at\":5,\"type\":\"leave\"}"), "entries[0].type: "},
		{TAPE("", "{\"at\":-1,\"type\":\"key\"}"), "entries[0].at: "},
		{TAPE("", "{\"at\":60001,\"type\":\"key\"}"), "entries[0].at: out of order"},
		{TAPE("", "{\"at\":2,\"type\":\"key\"},{\"at\":1,\"type\":\"key\"}"),
			"entries[1].at: out of order"},
		{TAPE("", "{\"at\":5,\"type\":\"command\"}"), "entries[0].word: missing"},
		{TAPE("", "{\"at\":5,\"type\":\"select\",\"word\":\"x\"}"), "entries[0].word: "},
		{TAPE("", "{\"at\":5,\"type\":\"do\"}"), "entries[0].command: missing"},
		{TAPE("", "{\"at\":5,\"type\":\"do\",\"command\":{\"id\":\"" ID_A
			  "\",\"incident\":\"" ID_B "\",\"action\":\"raise\"}}"),
			"entries[0].command.action: "},
		{TAPE("", "{\"at\":5,\"type\":\"train\",\"train\":{\"ask\":\"fly\"}}"),
			"entries[0].train.ask: "},
		{"{\"t\":\"note\"}", "text: missing"},
	};
	struct trainee_frame frame;
	struct err err;
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		size_t len = strlen(frames[i].json);
		char *copy = dup_exact(frames[i].json, len);
		assert_false(wire_get_trainee_frame(&frame, copy, len, &err));
		if (strstr(err.text, frames[i].error) != err.text) {
			fail_msg("%s: %s", frames[i].json, err.text);
		}
		assert_null(frame.entries);
		free(copy);
	}
	char *many = repeat("{\"t\":\"tape\",\"made\":1,\"from\":0,\"at_ms\":9,\"speed\":100,"
			    "\"paused\":false,\"watched\":false,\"entries\":[{\"at\":1,\"type\":"
			    "\"key\"}",
		",{\"at\":1,\"type\":\"key\"}", CLASS_ENTRIES_MAX, "]}");
	assert_false(wire_get_trainee_frame(&frame, many, strlen(many), &err));
	assert_non_null(strstr(err.text, "entries"));
	free(many);
}

static void nothing_hostile_is_read(void **state) {
	struct trainee_frame trainee;
	struct class_frame class;
	struct tape_entry entry;
	struct err err;
	UNUSED(state);
	for (size_t i = 0; i < ARRAY_LEN(hostile_bytes); i++) {
		size_t len = hostile_len(i);
		char *copy = dup_exact(hostile_bytes[i].json, len);
		assert_false(wire_get_trainee_frame(&trainee, copy, len, &err));
		assert_false(wire_get_class_frame(&class, copy, len, &err));
		assert_false(wire_get_tape_entry(&entry, copy, len, &err));
		free(copy);
	}
}

static void a_lesson_comes_as_it_stands_in_its_file(void **state) {
	struct class_frame lesson = {.version = 1,
		.seed = "123456789012345678",
		.size = 12,
		.sum = "af63dc4c8601ec8c",
		.speed_percent = 200,
		.paused = true};
	static const char file[] = "{\"a\":\"\\\"\xc2\x85\xe2\x80\xae\"}\r\n\t# \xf0\x9f\x9a\xa8\n";
	struct class_frame frame;
	struct buf out = {0};
	UNUSED(state);
	wire_put_lesson(&out, &lesson);
	get_class(&frame, &out);
	assert_int_equal(frame.type, CLASS_LESSON);
	assert_string_equal(frame.seed, lesson.seed);
	assert_string_equal(frame.sum, lesson.sum);
	assert_int_equal(frame.size, 12);
	assert_int_equal(frame.speed_percent, 200);
	assert_true(frame.paused);
	class_frame_finish(&frame);
	buf_clear(&out);
	/* It is no text for a screen: not a byte of it is changed. */
	wire_put_part(&out, 7, file);
	get_class(&frame, &out);
	assert_int_equal(frame.from, 7);
	assert_string_equal(frame.text, file);
	class_frame_finish(&frame);
	buf_finish(&out);
}

static void the_class_says_what_it_has_and_why_it_ends(void **state) {
	struct train_frame train = {.ask = TRAIN_PAUSE, .number = TRAIN_STOP};
	struct class_frame frame;
	struct buf out = {0};
	UNUSED(state);
	wire_put_had(&out, 3, 400, 61000);
	get_class(&frame, &out);
	assert_int_equal(frame.made, 3);
	assert_int_equal(frame.count, 400);
	assert_int_equal(frame.at_ms, 61000);
	class_frame_finish(&frame);
	buf_clear(&out);
	wire_put_asked(&out, &train);
	get_class(&frame, &out);
	assert_int_equal(frame.type, CLASS_ASKED);
	assert_int_equal(frame.train.ask, TRAIN_PAUSE);
	assert_int_equal(frame.train.number, TRAIN_STOP);
	class_frame_finish(&frame);
	for (int end = 0; end < CLASS_END_COUNT; end++) {
		buf_clear(&out);
		wire_put_class_bye(&out, (enum class_end)end);
		get_class(&frame, &out);
		assert_int_equal(frame.end, end);
		class_frame_finish(&frame);
	}
	buf_clear(&out);
	wire_put_past(&out, 2000, true);
	buf_add_str(&out, ACK "," SAY CLASS_TAPE_TAIL);
	get_class(&frame, &out);
	assert_int_equal(frame.entries_len, 2);
	assert_true(frame.last);
	class_frame_finish(&frame);
	buf_finish(&out);
}

static void parts_cut_no_character_in_two(void **state) {
	char *text = repeat("x", "\xf0\x9f\x9a\xa8", CLASS_PART_MAX / 2, "");
	size_t len = strlen(text), at = 0;
	char sum[CLASS_SUM_SIZE];
	UNUSED(state);
	while (at < len) {
		size_t part = class_part(text + at, len - at);
		assert_in_range(part, 1, CLASS_PART_MAX);
		assert_true(text_utf8_ok(text + at, part));
		at += part;
	}
	free(text);
	/* The figures of the algorithm's authors. */
	class_sum(sum, "", 0);
	assert_string_equal(sum, "cbf29ce484222325");
	class_sum(sum, "foobar", 6);
	assert_string_equal(sum, "85944171f73967e8");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_joins_says_who_they_are),
		cmocka_unit_test(a_tape_tells_what_entered),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(nothing_hostile_is_read),
		cmocka_unit_test(a_lesson_comes_as_it_stands_in_its_file),
		cmocka_unit_test(the_class_says_what_it_has_and_why_it_ends),
		cmocka_unit_test(parts_cut_no_character_in_two),
	};
	return cmocka_run_group_tests_name("wire_class", tests, NULL, NULL);
}
