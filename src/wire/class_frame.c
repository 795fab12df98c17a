/* What a class and its trainees say to each other. */
#include <siaga/wire/class.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#include "private.h"
#include "put.h"

#define SCENARIO_BYTES_MAX (32 * 1024 * 1024)
#define TIME_MAX_MS        INT64_C(604800000)
#define SPEED_MAX          100000
#define POINTS_MAX         10000000
#define COUNT_MAX          100000000

static const char *const entry_names[] = {
	[TAPE_KEY] = "key",
	[TAPE_COMMAND] = "command",
	[TAPE_SELECT] = "select",
	[TAPE_DO] = "do",
	[TAPE_TRAIN] = "train",
};
static_assert(ARRAY_LEN(entry_names) == TAPE_TYPE_COUNT, "name everything that enters");

static const char *const trainee_frame_names[] = {
	[TRAINEE_JOIN] = "join",
	[TRAINEE_TAPE] = "tape",
	[TRAINEE_NOTE] = "note",
};
static_assert(ARRAY_LEN(trainee_frame_names) == TRAINEE_FRAME_COUNT, "name every frame");

static const char *const class_frame_names[] = {
	[CLASS_LESSON] = "lesson",
	[CLASS_PART] = "part",
	[CLASS_PAST] = "past",
	[CLASS_HAD] = "had",
	[CLASS_ASKED] = "asked",
	[CLASS_BYE] = "bye",
};
static_assert(ARRAY_LEN(class_frame_names) == CLASS_FRAME_COUNT, "name every frame");

static const char *const end_names[] = {
	[CLASS_OVER] = "over",
	[CLASS_TAKEN] = "taken",
	[CLASS_FULL] = "full",
	[CLASS_VERSION_OTHER] = "version",
	[CLASS_DIFFERS] = "differs",
	[CLASS_TOO_MUCH] = "too_much",
	[CLASS_BAD] = "bad",
};
static_assert(ARRAY_LEN(end_names) == CLASS_END_COUNT, "name every end");

const char *class_end_name(enum class_end end) {
	return (unsigned)end < CLASS_END_COUNT ? end_names[end] : "?";
}

/* FNV-1a of 64 bits. */
void class_sum(char out[CLASS_SUM_SIZE], const char *text, size_t len) {
	uint64_t sum = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < len; i++) {
		sum = (sum ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
	}
	snprintf(out, CLASS_SUM_SIZE, "%016llx", (unsigned long long)sum);
}

int64_t class_cost_ms(int64_t span_ms, size_t entries, bool anew) {
	return 25 + span_ms / 500 + (int64_t)entries / 4 + (anew ? 200 : 0);
}

size_t class_part(const char *text, size_t len) {
	if (len <= CLASS_PART_MAX) {
		return len;
	}
	len = CLASS_PART_MAX;
	while (len > CLASS_PART_MAX - 4 && ((unsigned char)text[len] & 0xc0) == 0x80) {
		len--;
	}
	return len;
}

/* --- what enters an exercise --- */

void tape_entry_finish(struct tape_entry *entry) {
	if (entry->command != NULL) {
		command_finish(entry->command);
	}
	free(entry->command);
	free(entry->train);
	memset(entry, 0, sizeof(*entry));
}

static void finish_entries(struct tape_entry *entries, size_t len) {
	for (size_t i = 0; i < len; i++) {
		tape_entry_finish(&entries[i]);
	}
	free(entries);
}

void wire_put_tape_entry(struct buf *out, const struct tape_entry *entry) {
	buf_add_str(out, "{");
	put_int(out, "at", entry->at_ms);
	put_text(out, "type", entry_names[entry->type]);
	put_some(out, "word", entry->word);
	if (entry->command != NULL) {
		put_open(out, "command", '{');
		wire_put_command(out, entry->command);
	}
	if (entry->train != NULL) {
		put_open(out, "train", '{');
		wire_put_train_members(out, entry->train);
	}
	put_close(out, '}');
}

static void read_entry(const struct reader *r, struct tape_entry *entry) {
	size_t type = 0;
	read_int(r, "at", REQUIRED, 0, TIME_MAX_MS, &entry->at_ms);
	read_word(r, "type", REQUIRED, entry_names, TAPE_TYPE_COUNT, &type);
	entry->type = (enum tape_type)type;
	if (entry->type == TAPE_COMMAND) {
		read_id(r, "word", REQUIRED, entry->word, sizeof(entry->word));
	} else if (entry->type == TAPE_SELECT) {
		read_uuid(r, "word", OPTIONAL, entry->word);
	} else if (entry->type == TAPE_DO) {
		struct reader child = read_object(r, "command", REQUIRED);
		entry->command = mem_alloc(1, sizeof(*entry->command));
		wire_read_command(&child, entry->command);
	} else if (entry->type == TAPE_TRAIN) {
		struct reader child = read_object(r, "train", REQUIRED);
		entry->train = mem_alloc(1, sizeof(*entry->train));
		wire_read_train(&child, entry->train);
	}
}

bool wire_get_tape_entry(struct tape_entry *entry, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(entry, 0, sizeof(*entry));
	if (!doc_init(&doc, json, len, WIRE_CLIENT_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	read_entry(&r, entry);
	bool ok = read_ok(&r);
	if (!ok) {
		tape_entry_finish(entry);
	}
	doc_finish(&doc);
	return ok;
}

/* They are by time, none later than until when they are told. */
static void read_entries(
	const struct reader *r, struct tape_entry **entries, size_t *len, int64_t until_ms) {
	struct list list = read_list(r, "entries", REQUIRED, CLASS_ENTRIES_MAX);
	int64_t before_ms = 0;
	*entries = mem_alloc(list.len + 1, sizeof(**entries));
	for (size_t i = 0; i < list.len; i++) {
		struct reader item = read_item(r, &list, i);
		struct tape_entry *entry = &(*entries)[(*len)++];
		read_entry(&item, entry);
		if (entry->at_ms < before_ms || entry->at_ms > until_ms) {
			read_fail(&item, "at", "out of order");
		}
		before_ms = entry->at_ms;
	}
}

/* --- frames of a trainee --- */

static void put_head(struct buf *out, const char *name) {
	buf_add_str(out, "{");
	put_text(out, "t", name);
}

static void put_flag(struct buf *out, const char *name, bool flag) {
	put_literal(out, name, flag ? "true" : "false");
}

void wire_put_join(struct buf *out, const struct trainee_frame *join) {
	put_head(out, "join");
	put_int(out, "v", join->version);
	put_text(out, "name", join->name);
	put_some(out, "position", join->position);
	put_flag(out, "english", join->english);
	put_text(out, "run", join->run);
	put_flag(out, "has", join->has);
	put_close(out, '}');
}

void wire_put_tape(struct buf *out, const struct trainee_frame *tape) {
	put_head(out, "tape");
	put_int(out, "made", tape->made);
	put_int(out, "from", tape->from);
	put_int(out, "at_ms", tape->at_ms);
	if (tape->whole) {
		put_int(out, "head", tape->head);
		put_int(out, "points", tape->points);
	}
	put_int(out, "speed", tape->speed_percent);
	put_flag(out, "paused", tape->paused);
	put_flag(out, "watched", tape->watched);
	put_open(out, "entries", '[');
}

void wire_put_note(struct buf *out, const char *text) {
	put_head(out, "note");
	put_text(out, "text", text);
	put_close(out, '}');
}

static void read_join(const struct reader *r, struct trainee_frame *join) {
	read_int(r, "v", REQUIRED, 0, COUNT_MAX, &join->version);
	if (read_text(
		    r, "name", REQUIRED, join->name, sizeof(join->name), sizeof(join->name) - 1) &&
		join->name[0] == '\0') {
		read_fail(r, "name", "empty");
	}
	read_text(r, "position", OPTIONAL, join->position, sizeof(join->position),
		sizeof(join->position) - 1);
	read_flag(r, "english", REQUIRED, &join->english);
	read_uuid(r, "run", REQUIRED, join->run);
	read_flag(r, "has", REQUIRED, &join->has);
}

static void read_tape(const struct reader *r, struct trainee_frame *tape) {
	read_int(r, "made", REQUIRED, 0, COUNT_MAX, &tape->made);
	read_int(r, "from", REQUIRED, 0, COUNT_MAX, &tape->from);
	read_int(r, "at_ms", REQUIRED, 0, TIME_MAX_MS, &tape->at_ms);
	tape->whole = read_int(r, "head", OPTIONAL, 0, COUNT_MAX, &tape->head);
	if (tape->whole) {
		read_int(r, "points", REQUIRED, 0, POINTS_MAX, &tape->points);
	}
	read_int(r, "speed", REQUIRED, 1, SPEED_MAX, &tape->speed_percent);
	read_flag(r, "paused", REQUIRED, &tape->paused);
	read_flag(r, "watched", REQUIRED, &tape->watched);
	read_entries(r, &tape->entries, &tape->entries_len, tape->at_ms);
}

/* Which of the frames it is; count, and an error, where it is none. */
static size_t read_type(const struct reader *r, const char *const *names, size_t count) {
	const char *name;
	size_t type = count;
	if (read_raw(r, "t", REQUIRED, &name)) {
		type = 0;
		while (type < count && strcmp(names[type], name) != 0) {
			type++;
		}
		if (type == count) {
			read_fail(r, "t", "unknown value");
		}
	}
	return type;
}

bool wire_get_trainee_frame(
	struct trainee_frame *frame, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(frame, 0, sizeof(*frame));
	if (!doc_init(&doc, json, len, WIRE_CLIENT_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	frame->type =
		(enum trainee_frame_type)read_type(&r, trainee_frame_names, TRAINEE_FRAME_COUNT);
	switch (frame->type) {
	case TRAINEE_JOIN: read_join(&r, frame); break;
	case TRAINEE_TAPE: read_tape(&r, frame); break;
	case TRAINEE_NOTE:
		read_text(&r, "text", REQUIRED, frame->text, sizeof(frame->text),
			sizeof(frame->text) - 1);
		break;
	case TRAINEE_FRAME_COUNT: break;
	}
	bool ok = read_ok(&r);
	if (!ok) {
		trainee_frame_finish(frame);
	}
	doc_finish(&doc);
	return ok;
}

void trainee_frame_finish(struct trainee_frame *frame) {
	finish_entries(frame->entries, frame->entries_len);
	memset(frame, 0, sizeof(*frame));
}

/* --- frames of the class --- */

void wire_put_lesson(struct buf *out, const struct class_frame *lesson) {
	put_head(out, "lesson");
	put_int(out, "v", lesson->version);
	put_text(out, "seed", lesson->seed);
	put_int(out, "size", lesson->size);
	put_text(out, "sum", lesson->sum);
	put_int(out, "speed", lesson->speed_percent);
	put_flag(out, "paused", lesson->paused);
	put_close(out, '}');
}

void wire_put_part(struct buf *out, int64_t from, const char *text) {
	put_head(out, "part");
	put_int(out, "from", from);
	put_text(out, "text", text);
	put_close(out, '}');
}

void wire_put_past(struct buf *out, int64_t at_ms, bool last) {
	put_head(out, "past");
	put_int(out, "at_ms", at_ms);
	put_flag(out, "last", last);
	put_open(out, "entries", '[');
}

void wire_put_had(struct buf *out, int64_t made, int64_t count, int64_t at_ms) {
	put_head(out, "had");
	put_int(out, "made", made);
	put_int(out, "count", count);
	put_int(out, "at_ms", at_ms);
	put_close(out, '}');
}

void wire_put_asked(struct buf *out, const struct train_frame *train) {
	put_head(out, "asked");
	put_open(out, "train", '{');
	wire_put_train_members(out, train);
	put_close(out, '}');
}

void wire_put_class_bye(struct buf *out, enum class_end end) {
	put_head(out, "bye");
	put_text(out, "why", class_end_name(end));
	put_close(out, '}');
}

static void read_lesson(const struct reader *r, struct class_frame *lesson) {
	read_int(r, "v", REQUIRED, 0, COUNT_MAX, &lesson->version);
	if (read_id(r, "seed", REQUIRED, lesson->seed, sizeof(lesson->seed)) &&
		lesson->seed[strspn(lesson->seed, "0123456789")] != '\0') {
		read_fail(r, "seed", "not digits");
	}
	read_int(r, "size", REQUIRED, 0, SCENARIO_BYTES_MAX, &lesson->size);
	read_id(r, "sum", REQUIRED, lesson->sum, sizeof(lesson->sum));
	read_int(r, "speed", REQUIRED, 1, SPEED_MAX, &lesson->speed_percent);
	read_flag(r, "paused", REQUIRED, &lesson->paused);
}

/* A file's text, line breaks and all: whoever reads the scenario looks at it as at a file. */
static void read_part(const struct reader *r, struct class_frame *part) {
	const char *text;
	read_int(r, "from", REQUIRED, 0, SCENARIO_BYTES_MAX, &part->from);
	if (read_raw(r, "text", REQUIRED, &text)) {
		if (strlen(text) > CLASS_PART_MAX) {
			read_fail(r, "text", "too long");
		} else {
			part->text = mem_dup_str(text);
		}
	}
}

static void read_class_frame(const struct reader *r, struct class_frame *frame) {
	size_t end = 0;
	struct reader child;
	switch (frame->type) {
	case CLASS_LESSON: read_lesson(r, frame); break;
	case CLASS_PART: read_part(r, frame); break;
	case CLASS_PAST:
		read_int(r, "at_ms", REQUIRED, 0, TIME_MAX_MS, &frame->at_ms);
		read_flag(r, "last", REQUIRED, &frame->last);
		read_entries(r, &frame->entries, &frame->entries_len, frame->at_ms);
		break;
	case CLASS_HAD:
		read_int(r, "made", REQUIRED, 0, COUNT_MAX, &frame->made);
		read_int(r, "count", REQUIRED, 0, COUNT_MAX, &frame->count);
		read_int(r, "at_ms", REQUIRED, 0, TIME_MAX_MS, &frame->at_ms);
		break;
	case CLASS_ASKED:
		child = read_object(r, "train", REQUIRED);
		wire_read_train(&child, &frame->train);
		break;
	case CLASS_BYE:
		read_word(r, "why", REQUIRED, end_names, CLASS_END_COUNT, &end);
		frame->end = (enum class_end)end;
		break;
	case CLASS_FRAME_COUNT: break;
	}
}

bool wire_get_class_frame(
	struct class_frame *frame, const char *json, size_t len, struct err *err) {
	struct doc doc;
	memset(frame, 0, sizeof(*frame));
	if (!doc_init(&doc, json, len, WIRE_SERVER_MESSAGE_MAX, WIRE_DEPTH_MAX, err)) {
		return false;
	}
	struct reader r = doc_reader(&doc);
	frame->type = (enum class_frame_type)read_type(&r, class_frame_names, CLASS_FRAME_COUNT);
	read_class_frame(&r, frame);
	bool ok = read_ok(&r);
	if (!ok) {
		class_frame_finish(frame);
	}
	doc_finish(&doc);
	return ok;
}

void class_frame_finish(struct class_frame *frame) {
	finish_entries(frame->entries, frame->entries_len);
	free(frame->text);
	memset(frame, 0, sizeof(*frame));
}
