/* What a trainer and an exercise say to each other. */
#include <siaga/wire/wire.h>

#include <assert.h>

#include "private.h"
#include "put.h"

#define TIME_MAX_MS INT64_C(604800000)
#define SPEED_MAX   100000
#define POINTS_MAX  10000000
#define NUMBER_MAX  READ_INT_MAX

static const char *const ask_names[] = {
	[TRAIN_PAUSE] = "pause",
	[TRAIN_SPEED] = "speed",
	[TRAIN_NEXT] = "next",
	[TRAIN_SEEK] = "seek",
	[TRAIN_RESTART] = "restart",
	[TRAIN_SAY] = "say",
	[TRAIN_RAISE] = "raise",
	[TRAIN_DESK] = "desk",
	[TRAIN_DECLINE] = "decline",
	[TRAIN_LINK] = "link",
	[TRAIN_WATCH] = "watch",
};
static_assert(ARRAY_LEN(ask_names) == TRAIN_ASK_COUNT, "name everything that can be asked");

const char *train_ask_name(enum train_ask ask) {
	return (unsigned)ask < TRAIN_ASK_COUNT ? ask_names[ask] : "?";
}

void wire_put_train(struct buf *out, const struct train_frame *train) {
	buf_add_str(out, "{\"t\":\"train\"");
	wire_put_train_members(out, train);
}

void wire_put_train_members(struct buf *out, const struct train_frame *train) {
	put_text(out, "ask", train_ask_name(train->ask));
	if (train->number != 0) {
		put_int(out, "number", train->number);
	}
	put_some(out, "word", train->word);
	put_some(out, "text", train->text);
	if (train->all) {
		put_literal(out, "all", "true");
	}
	put_close(out, '}');
}

void wire_read_train(const struct reader *r, struct train_frame *train) {
	size_t ask = 0;
	read_word(r, "ask", REQUIRED, ask_names, TRAIN_ASK_COUNT, &ask);
	train->ask = (enum train_ask)ask;
	read_int(r, "number", OPTIONAL, 0, NUMBER_MAX, &train->number);
	read_id(r, "word", OPTIONAL, train->word, sizeof(train->word));
	read_text(r, "text", OPTIONAL, train->text, sizeof(train->text), sizeof(train->text) - 1);
	read_flag(r, "all", OPTIONAL, &train->all);
}

static void put_trainee(struct buf *out, const struct training_trainee *trainee) {
	put_open(out, NULL, '{');
	put_text(out, "name", trainee->name);
	put_int(out, "at_ms", trainee->at_ms);
	put_int(out, "points", trainee->points);
	put_int(out, "possible", trainee->possible);
	put_int(out, "new", trainee->fresh);
	put_int(out, "open", trainee->open);
	put_literal(out, "linked", trainee->linked ? "true" : "false");
	put_literal(out, "paused", trainee->paused ? "true" : "false");
	put_literal(out, "over", trainee->over ? "true" : "false");
	put_close(out, '}');
}

void wire_put_training(struct buf *out, const struct training_frame *training) {
	buf_add_str(out, "{\"t\":\"training\"");
	put_int(out, "at_ms", training->at_ms);
	put_int(out, "end_ms", training->end_ms);
	put_int(out, "speed", training->speed_percent);
	put_literal(out, "paused", training->paused ? "true" : "false");
	put_literal(out, "watched", training->watched ? "true" : "false");
	put_literal(out, "over", training->over ? "true" : "false");
	put_some(out, "said", training->said);
	put_text(out, "trainee", training->trainee);
	put_int(out, "points", training->points);
	put_int(out, "possible", training->possible);
	put_some(out, "note", training->note);
	put_open(out, "alarms", '[');
	for (size_t i = 0; i < training->alarms_len; i++) {
		put_open(out, NULL, '{');
		put_text(out, "key", training->alarms[i].key);
		put_text(out, "what", training->alarms[i].what);
		put_close(out, '}');
	}
	put_close(out, ']');
	if (training->class) {
		put_open(out, "class", '[');
		for (size_t i = 0; i < training->trainees_len; i++) {
			put_trainee(out, &training->trainees[i]);
		}
		put_close(out, ']');
	}
	put_close(out, '}');
}

static void read_alarms(const struct reader *r, struct training_frame *training) {
	struct list list = read_list(r, "alarms", OPTIONAL, TRAINING_ALARMS_MAX);
	for (size_t i = 0; i < list.len; i++) {
		struct reader item = read_item(r, &list, i);
		struct training_alarm *alarm = &training->alarms[training->alarms_len++];
		read_id(&item, "key", REQUIRED, alarm->key, sizeof(alarm->key));
		read_text(&item, "what", OPTIONAL, alarm->what, sizeof(alarm->what),
			sizeof(alarm->what) - 1);
	}
}

static void read_trainees(const struct reader *r, struct training_frame *training) {
	struct list list = read_list(r, "class", OPTIONAL, TRAINING_CLASS_MAX);
	training->class = read_has(r, "class");
	for (size_t i = 0; i < list.len; i++) {
		struct reader item = read_item(r, &list, i);
		struct training_trainee *trainee = &training->trainees[training->trainees_len++];
		read_text(&item, "name", REQUIRED, trainee->name, sizeof(trainee->name),
			sizeof(trainee->name) - 1);
		read_int(&item, "at_ms", REQUIRED, 0, TIME_MAX_MS, &trainee->at_ms);
		read_int(&item, "points", REQUIRED, 0, POINTS_MAX, &trainee->points);
		read_int(&item, "possible", REQUIRED, 0, POINTS_MAX, &trainee->possible);
		read_int(&item, "new", REQUIRED, 0, NUMBER_MAX, &trainee->fresh);
		read_int(&item, "open", REQUIRED, 0, NUMBER_MAX, &trainee->open);
		read_flag(&item, "linked", REQUIRED, &trainee->linked);
		read_flag(&item, "paused", REQUIRED, &trainee->paused);
		read_flag(&item, "over", REQUIRED, &trainee->over);
	}
}

void wire_read_training(const struct reader *r, struct training_frame *training) {
	read_int(r, "at_ms", REQUIRED, 0, TIME_MAX_MS, &training->at_ms);
	read_int(r, "end_ms", REQUIRED, 0, 2 * TIME_MAX_MS, &training->end_ms);
	read_int(r, "speed", REQUIRED, 1, SPEED_MAX, &training->speed_percent);
	read_flag(r, "paused", REQUIRED, &training->paused);
	read_flag(r, "watched", REQUIRED, &training->watched);
	read_flag(r, "over", REQUIRED, &training->over);
	read_text(r, "said", OPTIONAL, training->said, sizeof(training->said),
		sizeof(training->said) - 1);
	read_text(r, "trainee", REQUIRED, training->trainee, sizeof(training->trainee),
		sizeof(training->trainee) - 1);
	read_int(r, "points", REQUIRED, 0, POINTS_MAX, &training->points);
	read_int(r, "possible", REQUIRED, 0, POINTS_MAX, &training->possible);
	read_alarms(r, training);
	read_trainees(r, training);
	read_text(r, "note", OPTIONAL, training->note, sizeof(training->note),
		sizeof(training->note) - 1);
}
