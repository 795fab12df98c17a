/* What a class and its trainees say to each other, and what the class makes of a tape. */
#include <stdlib.h>
#include <string.h>

#include <siaga/train/run.h>
#include <siaga/train/score.h>

#include "fuzz.h"

#define START_MS INT64_C(1700000000000)
#define STEP_MS  100
#define STEPS    600 /* that a frame may ask for */

static const char lesson[] =
	"{\"agency\":\"damkar\",\"accept_s\":[1,2],\"en_route_s\":[1,2],\"on_scene_s\":[1,2],"
	"\"clear_s\":[1,2]}\n"
	"{\"at\":0,\"raise\":{\"key\":\"a\",\"kind\":\"fire\",\"lat\":-7.57,\"lon\":110.82}}\n"
	"{\"at\":0,\"raise\":{\"key\":\"b\",\"kind\":\"medical\",\"lat\":-7.58,\"lon\":110.81}}\n"
	"{\"at\":0,\"expect\":{\"did\":\"acknowledge\",\"key\":\"a\",\"points\":5}}\n"
	"{\"after\":{\"did\":\"merge\",\"key\":\"b\"},\"say\":\"x\"}\n"
	"{\"at\":50,\"raise\":{\"key\":\"c\",\"lat\":-7.57,\"lon\":110.82}}\n";

/* --- entries --- */

static void check_entry(const struct tape_entry *entry) {
	MUST(entry->type < TAPE_TYPE_COUNT && entry->at_ms >= 0);
	MUST(is_clean(entry->word, sizeof(entry->word)));
	MUST((entry->command != NULL) == (entry->type == TAPE_DO));
	MUST((entry->train != NULL) == (entry->type == TAPE_TRAIN));
	if (entry->command != NULL) {
		/* A trainee asks for nothing that a console cannot. */
		MUST(entry->command->action != ACTION_RAISE);
		MUST(entry->command->role == ROLE_NONE && entry->command->by.name[0] == '\0');
	}
	if (entry->train != NULL) {
		MUST(is_clean(entry->train->text, sizeof(entry->train->text)));
	}
}

static void put_entries(struct buf *out, const struct tape_entry *entries, size_t len) {
	int64_t before_ms = 0;
	for (size_t i = 0; i < len; i++) {
		check_entry(&entries[i]);
		MUST(entries[i].at_ms >= before_ms);
		before_ms = entries[i].at_ms;
		buf_add_str(out, i > 0 ? "," : "");
		wire_put_tape_entry(out, &entries[i]);
	}
	buf_add_str(out, CLASS_TAPE_TAIL);
}

static void enter(struct run *run, const struct tape_entry *entry) {
	struct refusal no;
	struct err err = {0};
	int64_t seq;
	switch (entry->type) {
	case TAPE_KEY: run_key(run); break;
	case TAPE_COMMAND: run_command(run, entry->word); break;
	case TAPE_SELECT: run_select(run, entry->word); break;
	case TAPE_DO: MUST(run_do(run, entry->command, &seq, &no) || no.message[0] != '\0'); break;
	case TAPE_TRAIN: MUST(run_train(run, entry->train, &err) || is_message(&err)); break;
	case TAPE_TYPE_COUNT: break;
	}
}

/* A tape that nobody has played: whatever comes of it has a score. */
static void play(const struct trainee_frame *tape) {
	struct registry registry = {0};
	struct scenario scenario;
	struct score score;
	struct buf json = {0};
	int64_t now_ms = 0, got, possible;
	struct agency *agency = registry_add_agency(&registry);
	strcpy(agency->id, "damkar");
	strcpy(agency->name, "damkar");
	strcpy(agency->short_name, "damkar");
	MUST(scenario_read(&scenario, lesson, sizeof(lesson) - 1, NULL));
	struct run *run = run_create(&(struct run_config){.scenario = &scenario,
		.registry = &registry,
		.trainee = {.who = {"ayu", ""}, .role = ROLE_OPERATOR},
		.seed = 1,
		.start_ms = START_MS,
		.mode = MODE_EXERCISE,
		.lang = "en"});
	run_advance(run, 0);
	for (size_t i = 0; i < tape->entries_len; i++) {
		for (int step = 0; step < STEPS && now_ms < tape->entries[i].at_ms; step++) {
			run_advance(run, now_ms += STEP_MS);
		}
		enter(run, &tape->entries[i]);
	}
	run_points(run, &got, &possible);
	MUST(got <= possible);
	score_make(&score, run, &(struct score_about){.trainee = "ayu", .lang = "en"});
	wire_put_score(&json, &score);
	score_finish(&score);
	MUST_OF(wire_get_score(&score, json.data, json.len, NULL), json.data);
	score_finish(&score);
	buf_finish(&json);
	run_destroy(run);
	scenario_finish(&scenario);
}

/* --- frames --- */

static void put_trainee(struct buf *out, const struct trainee_frame *frame) {
	switch (frame->type) {
	case TRAINEE_JOIN: wire_put_join(out, frame); break;
	case TRAINEE_TAPE:
		wire_put_tape(out, frame);
		put_entries(out, frame->entries, frame->entries_len);
		break;
	case TRAINEE_NOTE: wire_put_note(out, frame->text); break;
	case TRAINEE_FRAME_COUNT: MUST(false);
	}
}

static void put_class(struct buf *out, const struct class_frame *frame) {
	switch (frame->type) {
	case CLASS_LESSON: wire_put_lesson(out, frame); break;
	case CLASS_PART: wire_put_part(out, frame->from, frame->text); break;
	case CLASS_PAST:
		wire_put_past(out, frame->at_ms, frame->last);
		put_entries(out, frame->entries, frame->entries_len);
		break;
	case CLASS_HAD: wire_put_had(out, frame->made, frame->count, frame->at_ms); break;
	case CLASS_ASKED: wire_put_asked(out, &frame->train); break;
	case CLASS_BYE: wire_put_class_bye(out, frame->end); break;
	case CLASS_FRAME_COUNT: MUST(false);
	}
}

static void same(const struct buf *first, const struct buf *second) {
	MUST_OF(first->len == second->len && memcmp(first->data, second->data, first->len) == 0,
		first->data);
}

static bool look_trainee(const char *data, size_t size) {
	struct trainee_frame frame, again;
	struct buf first = {0}, second = {0};
	struct err err = {0};
	if (!wire_get_trainee_frame(&frame, data, size, &err)) {
		MUST(is_message(&err) && frame.entries == NULL);
		return false;
	}
	MUST(is_clean(frame.name, sizeof(frame.name)));
	MUST(is_clean(frame.position, sizeof(frame.position)));
	MUST(is_clean(frame.text, sizeof(frame.text)));
	MUST(frame.entries_len <= CLASS_ENTRIES_MAX);
	MUST(frame.type != TRAINEE_JOIN || (frame.name[0] != '\0' && uuid_ok(frame.run)));
	put_trainee(&first, &frame);
	MUST_OF(wire_get_trainee_frame(&again, first.data, first.len, &err), first.data);
	put_trainee(&second, &again);
	same(&first, &second);
	play(&frame);
	trainee_frame_finish(&frame);
	trainee_frame_finish(&again);
	buf_finish(&first);
	buf_finish(&second);
	return true;
}

static void look_class(const char *data, size_t size) {
	struct class_frame frame, again;
	struct buf first = {0}, second = {0};
	struct err err = {0};
	if (!wire_get_class_frame(&frame, data, size, &err)) {
		MUST(is_message(&err) && frame.entries == NULL && frame.text == NULL);
		return;
	}
	MUST(frame.end < CLASS_END_COUNT && frame.entries_len <= CLASS_ENTRIES_MAX);
	MUST(frame.seed[strspn(frame.seed, "0123456789")] == '\0');
	MUST(frame.text == NULL || strlen(frame.text) <= CLASS_PART_MAX);
	put_class(&first, &frame);
	MUST_OF(wire_get_class_frame(&again, first.data, first.len, &err), first.data);
	put_class(&second, &again);
	same(&first, &second);
	class_frame_finish(&frame);
	class_frame_finish(&again);
	buf_finish(&first);
	buf_finish(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	char *copy = dup_exact(data, size);
	if (!look_trainee(copy, size)) {
		look_class(copy, size);
	}
	free(copy);
	return 0;
}
